"""JPEG Extended with 12 bits (process 4), which pydicom's plugin for GDCM declines and GDCM itself decodes.

Checked against the values that pydicom's own tests state for its 12-bit sample file.
"""

from __future__ import annotations

import gdcm
import numpy as np
import numpy.typing as npt

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.form import PixelForm

_WORD = 16


def decode_extended(frame: bytes, form: PixelForm, precision: int) -> npt.NDArray[np.generic]:
    """Decode a grey frame of more than 8 bits.

    Raises:
        ReadingFailed: GDCM gives nothing back, or the picture is in colour.
    """
    if form.samples != 1:
        raise ReadingFailed("undecodable", "The picture is JPEG Extended in colour with 12 bits, which is not read.")
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((form.columns, form.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.MONOCHROME2
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGExtendedProcess2_4))
    image.SetPixelFormat(gdcm.PixelFormat(1, _WORD, precision, precision - 1, int(form.signed)))
    # GDCM hands bytes out as a string.
    decoded = image.GetBuffer().encode("utf-8", "surrogateescape")
    if len(decoded) != form.rows * form.columns * _WORD // 8:
        raise ReadingFailed("undecodable", "The picture (JPEG Extended) is damaged and cannot be decoded.")
    return np.frombuffer(decoded, np.int16 if form.signed else np.uint16).reshape(form.rows, form.columns)
