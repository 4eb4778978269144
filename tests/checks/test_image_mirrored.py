"""APX503."""

from __future__ import annotations

from apexproof.checks.case import Answer, Result
from apexproof.checks.image_mirrored import image_mirrored
from tests.builders import judged, picture_of, said
from tests.checks.exhibits import ask


def stated(*mirrored: bool) -> Answer:
    return ask(image_mirrored, picture_of(mirrored=tuple(said(value) for value in mirrored)))


def test_mirrored_picture_is_pointed_out() -> None:
    assert (image_mirrored.id, judged(stated(True))) == ("APX503", Result.FAIL)  # noqa: FBT003 - the observed value


def test_upright_picture_passes_and_silence_is_no_answer() -> None:
    assert judged(stated(False)) is Result.PASS  # noqa: FBT003 - the observed value
    assert judged(stated()) is Result.NOT_APPLICABLE


def test_law_whoever_denies_it_never_clears_it() -> None:
    for mirrored in ((True, False), (False, True), (False, False, True)):
        answer = stated(*mirrored)
        assert judged(answer) is Result.UNSURE
        words = ["mirrored" if value else "not mirrored" for value in mirrored]
        assert [evidence.value for evidence in answer.evidence] == words
