"""Interchanges, put together segment by segment: synthetic claims with a right envelope around them."""

from __future__ import annotations

import io
from collections.abc import Sequence

PROVIDER = ("HL*1**20*1", "NM1*85*2*LANTERN STREET DENTAL*****XX*0000000000")
SUBSCRIBER = (
    "HL*2*1*22*1",
    "SBR*P*******CI",
    "NM1*IL*1*QUILL*HOLLIS****MI*MEMBER-0107",
    "NM1*PR*2*SYNTHETIC DENTAL PLAN*****PI*PAYER-1",
)
PATIENT = ("HL*3*2*23*0", "PAT*19", "NM1*QC*1*QUILL*MARIGOLD", "DMG*D8*20170303*F")
CLAIM = (
    "CLM*AX-1001*410***11:B:1*Y*A*Y*Y",
    "DTP*472*D8*20260210",
    "PWK*RB*EL***AC*ACN-0001",
    "NTE*ADD*TOOTH 8 TRAUMA, NECROTIC PULP, OPEN APEX",
    "LX*1",
    "SV3*AD:D3351*375****1",
    "TOO*JP*8",
    "REF*6R*LINE0001",
)


class Repeated(io.BytesIO):
    """A stream of a beginning and of the same transaction sets again and again."""

    def __init__(self, beginning: bytes, body: bytes, *, times: int) -> None:
        super().__init__(beginning)
        self._body, self._times = body, times

    def read(self, size: int | None = -1, /) -> bytes:
        if piece := super().read(size):
            return piece
        self._times -= 1
        return self._body if self._times >= 0 else b""


def interchange(
    *bodies: Sequence[str],
    version: str = "005010X224A2",
    delimiters: str = "*:^~",
    between: str = "\n",
    kind: str = "837",
) -> bytes:
    """An interchange of one group, with one transaction set for each body; the delimiters as element, component, ..."""
    element, component, repetition, terminator = tuple(delimiters)
    sets: list[str] = []
    for number, body in enumerate(bodies, start=1):
        inner = [f"ST*{kind}*{number:04d}*{version}", f"BHT*0019*00*{number}*20260211*1023*CH", *body]
        sets += [*inner, f"SE*{len(inner) + 1}*{number:04d}"]
    group = [f"GS*HC*SENDER*RECEIVER*20260211*0712*7*X*{version}", *sets, f"GE*{len(bodies)}*7"]
    swap = str.maketrans("*:^", element + component + repetition)
    head = f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'SENDER':<15}*ZZ*{'RECEIVER':<15}*260211*0712*^*00501*000000007*0*T*:"
    segments = [head.translate(swap), *(segment.translate(swap) for segment in [*group, "IEA*1*000000007"])]
    return "".join(f"{segment}{terminator}{between}" for segment in segments).encode()


def one_claim(*claim: str) -> tuple[str, ...]:
    """The body of a transaction set with one claim of a dependent patient."""
    return (*PROVIDER, *SUBSCRIBER, *PATIENT, *(claim or CLAIM))
