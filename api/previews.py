"""Previews: pictures of a claim's files, drawn small in a process of their own, with the words in them covered."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from apexproof import READER_VERSION
from apexproof.errors import ReadingFailed
from apexproof.reading.child_process import SandboxBroken
from apexproof.reading.drawing import SIDE_MOST
from apexproof.reading.sandbox import Sandbox
from apexproof.store.blobs import BlobsAway
from apexproof.store.keys import Caller, Scope
from api.attached import UNTRUSTED, Sha256, kept_file
from api.premises import Here, Premises
from api.problems import NotAllowed, NotFound, documented
from api.security import Reader

router = APIRouter(tags=["attachments"])
_KEPT_BYTES = 64 * 1024**2


class Previews:
    """One reader, warm between pictures, and the pictures that were drawn last.

    They are kept in memory alone: a file that is sealed or deleted leaves no picture behind. The reader is another one
    for each organisation: a file that took it over could lie about the next sender's.
    """

    def __init__(self) -> None:
        self._sandbox = Sandbox()
        self._draws_for = ""
        self._busy = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def known(self, tag: str) -> bytes | None:
        """A picture that was drawn already."""
        with self._busy:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def draw(self, organisation: str, tag: str, draw: Callable[[Sandbox], bytes]) -> bytes:
        """Draw a picture and keep it for a while."""
        with self._busy:
            if self._draws_for != organisation:
                self._sandbox.renew()
                self._draws_for = organisation
            drawn = draw(self._sandbox)
            self._kept[tag] = drawn
            while sum(map(len, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return drawn

    def close(self) -> None:
        """End the reader."""
        self._sandbox.close()


async def previews_of(request: Request) -> Previews:
    """Those of the app."""
    previews: Previews = request.app.state.previews
    return previews


@router.get(
    "/v1/claims/{number:path}/attachments/{sha256}/preview",
    summary="Look at a picture of a file",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "The caller has it"},
        **documented(NotFound, ReadingFailed, SandboxBroken, BlobsAway),
    },
)
def preview(  # noqa: PLR0913, PLR0917 - FastAPI passes one argument for each thing that came
    number: str,
    sha256: Sha256,
    here: Here,
    caller: Reader,
    previews: Annotated[Previews, Depends(previews_of)],
    place: Annotated[str, Query(max_length=1000, description="the picture in the file, as a finding names it")] = "",
    side: Annotated[int, Query(ge=16, le=SIDE_MOST, description="pixels of the longer side, at most")] = 1024,
    covered: Annotated[  # noqa: FBT002 - a parameter of the address
        bool, Query(description="cover every word: no name, no number, no date; `false` takes the scope `review`")
    ] = True,
    if_none_match: Annotated[str | None, Header(max_length=10_000)] = None,
) -> Response:
    """A PNG in grey, stretched from black to white, drawn from the pixels: no byte of the file itself is in it."""
    wanted = Wanted(sha256=sha256, place=place, side=side, covered=covered)
    return picture_of(here, previews, caller, number, wanted, if_none_match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which picture: of which file, at which place in it, how large at most, and whether its words are covered."""

    sha256: str
    place: str
    side: int
    covered: bool


def picture_of(
    here: Premises, previews: Previews, caller: Caller, number: str, wanted: Wanted, if_none_match: str | None = None
) -> Response:
    """Draw it, or take the one that was drawn.

    Raises:
        NotAllowed: its words are to be seen, and the key may not settle questions, for which one has to see them.
        NotFound: the claim has no such file, or its bytes were deleted.
    """
    if not wanted.covered and Scope.REVIEW not in caller.scopes:
        raise NotAllowed("Words in pictures are shown to keys with the scope 'review'; leave them covered.")
    kept_file(here, caller.organisation, number, wanted.sha256)
    return drawn_picture(here, previews, caller.organisation, wanted, if_none_match)


def drawn_picture(
    here: Premises, previews: Previews, organisation: str, wanted: Wanted, if_none_match: str | None = None
) -> Response:
    """The picture of a file that may be given out."""
    said = f"{organisation}\n{wanted.sha256}\n{wanted.place}\n{wanted.side}\n{wanted.covered}\n{READER_VERSION}"
    tag = hashlib.sha256(said.encode()).hexdigest()
    headers = {**UNTRUSTED, "ETag": f'"{tag}"'}
    if if_none_match is not None and f'"{tag}"' in if_none_match:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    drawn = previews.known(tag)
    if drawn is None:
        with here.blobs.at_hand(wanted.sha256) as path:
            drawn = previews.draw(organisation, tag, _drawing(path, wanted))
    return Response(drawn, media_type="image/png", headers=headers)


def _drawing(path: FilePath, wanted: Wanted) -> Callable[[Sandbox], bytes]:
    def draw(sandbox: Sandbox) -> bytes:
        if not path.is_file():
            raise NotFound("This file is not kept any more.")
        return sandbox.preview(path, place=wanted.place, side=wanted.side, covered=wanted.covered)

    return draw
