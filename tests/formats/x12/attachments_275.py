"""Attachments, put together segment by segment: synthetic bodies with a right envelope around them."""

from __future__ import annotations

import base64
from collections.abc import Sequence

FILM = b"\xff\xd8\xff\xe0 a film, as far as anybody here looks ~*:^ \n" * 3
HEAD = ("BGN*02*1*20260211", "NM1*PR*2*SYNTHETIC DENTAL PLAN*****PI*PAYER-1", "NM1*41*2*SENDER*****46*SENDER")
OF_CLAIM = ("NM1*1P*2*LANTERN STREET DENTAL*****XX*0000000000", "NM1*QC*1*QUILL*MARIGOLD****MI*MEMBER-0107")
BODY = bytes | str


def mime(*parts: tuple[str, bytes], name: str = "pa8.jpg") -> bytes:
    """A MIME body with these parts, each with its type."""
    boundary = "=_film"
    written = [f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="{boundary}"\r\n\r\n'.encode()]
    for media_type, content in parts:
        head = (
            f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        )
        written += [head.encode(), base64.encodebytes(content), b"\r\n"]
    return b"".join([*written, f"--{boundary}--\r\n".encode()])


def unstructured(content: bytes = FILM, *, media_type: str = "image/jpeg", begin: str = "") -> bytes:
    """A CDA document with a file inline."""
    inline = base64.b64encode(content).decode()
    return (
        f'<?xml version="1.0"?>{begin}<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Radiograph</title><component>'
        f'<nonXMLBody><text mediaType="{media_type}" representation="B64">{inline}</text></nonXMLBody>'
        "</component></ClinicalDocument>"
    ).encode()


def loop(body: bytes, *, control_number: str = "ACN-0001", segment: str = "BDS*ASC", line: str = "1") -> list[bytes]:
    """An attachment (LX) with its body."""
    trace = [f"TRN*1*{control_number}".encode()] if control_number else []
    status = f"STC*R4:52040-3::LOI*20260211********{line}".encode()
    return [b"LX*1", *trace, status, b"CAT*AE*IA", f"{segment}*{len(body)}*".encode() + body]


def attachment(
    *loops: Sequence[bytes], claim: str | None = "AX-1001", version: str = "006020X314", npi: str = "0000000000"
) -> bytes:
    """An interchange with one transaction set that holds these attachments of a claim."""
    reference = [f"REF*EJ*{claim}".encode()] if claim else []
    head = [segment.replace("0000000000", npi).encode() for segment in (*HEAD, *OF_CLAIM)]
    inner = [f"ST*275*0001*{version}".encode(), *head, *reference, *(part for one in loops for part in one)]
    isa = f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'SENDER':<15}*ZZ*{'RECEIVER':<15}*260211*0712*^*00602*000000007*0*T*:"
    segments = [
        isa.encode(),
        f"GS*PI*SENDER*RECEIVER*20260211*0712*7*X*{version}".encode(),
        *inner,
        f"SE*{len(inner) + 1}*0001".encode(),
        b"GE*1*7",
        b"IEA*1*000000007",
    ]
    return b"".join(segment + b"~\n" for segment in segments)
