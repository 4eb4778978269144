"""Fingerprint: two hashes that tell whether two pictures are the same."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np

from apexproof.perceptual import SIDE
from apexproof.radiograph import Fingerprint
from apexproof.reading.picture import Picture

# A coefficient of the thumbnail that is smaller is rounding, and counts as not positive.
_ROUNDING = 1e-5


def fingerprint(picture: Picture) -> Fingerprint:
    """Hash the decoded samples, and what the picture looks like."""
    return Fingerprint(pixel_sha256=pixel_sha256(picture), perceptual=perceptual_hash(picture))


def pixel_sha256(picture: Picture) -> str:
    """SHA-256 over `WIDTHxHEIGHTxBITS`, a line feed, and the samples row by row, little-endian."""
    digest = hashlib.sha256(f"{picture.width}x{picture.height}x{picture.bits}\n".encode("ascii"))
    samples = picture.samples
    digest.update(samples.astype(samples.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()


def perceptual_hash(picture: Picture) -> str:
    """The signs of the 255 lowest frequencies of the film, as 64 hex digits; `perceptual_distance` compares them.

    The film is averaged into a square and transformed (DCT-II). Only signs are kept, so brightness and contrast do not
    matter; the square makes a quarter turn of any shape an exchange of rows and columns. A blank is all zeros.
    """
    positive = cv2.dct(picture.thumbnail)[:SIDE, :SIDE] > _ROUNDING
    positive[0, 0] = False
    return np.packbits(positive).tobytes().hex()
