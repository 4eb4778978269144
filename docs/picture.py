"""The picture of a result for the README: the terminal's own output, drawn as SVG without anything from elsewhere."""

from __future__ import annotations

import io
import re

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from apexproof.formats.terminal.verification import show_verifications
from fixtures.case import CASES
from fixtures.judged import Written, judge

CASE = "taken-after-the-visit"
_WIDTH = 104
_FONTS_FROM_ELSEWHERE = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)


def picture() -> str:
    """Draw what `apexproof verify` says of a claim whose radiograph was taken too late."""
    (judged,) = judge([Written.read(CASES / CASE)])
    (verification,) = judged.checked.verifications
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), highlight=False, color_system="truecolor")
    show_verifications(console, [verification], verification.policy, ())
    shape = _FONTS_FROM_ELSEWHERE.sub("", CONSOLE_SVG_FORMAT)
    title = f"apexproof verify {CASE}/claim.json {CASE}/files"
    return console.export_svg(title=title, code_format=shape, unique_id="apexproof") + "\n"
