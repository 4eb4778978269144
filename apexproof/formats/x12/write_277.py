"""Write 277: the request for a radiograph that a claim lacks, as an interchange that names 006020X313.

Built to public facts and NOT held against the licensed guide: HL7 Da Vinci CDex (its mapping from the 277 request of
version 6020: TRN02 the payer's number of the request, REF*X1 the provider's number of the claim, the LOINC code in
STC01-2, the line by its SVC), the purpose and category codes as open-source builders write them (BHT01 0010, BHT02 08,
STC01-1 R4). A trading partner's own companion guide decides; ask before anything is sent.

A 275 in answer repeats TRN02 in its own TRN02, and `read_275` finds the claim by REF*X1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apexproof.formats.native_documents import ClaimDocument, LineDocument
from apexproof.formats.x12.write_837d import Elements, Sending, interchange_of

VERSION = "006020X313"
_IMAGES_NOT_DICOM = "52040-3"  # LOINC: dental X-rays and other images (not DICOM)


def write_request(document: ClaimDocument, lines: Iterable[int], sending: Sending, *, request_number: str) -> bytes:
    """An interchange that asks for a radiograph of each of these lines of a claim."""
    day, minute = f"{sending.made_at:%Y%m%d}", f"{sending.made_at:%H%M}"
    wanted = set(lines)
    body: list[Elements] = [
        ["BHT", "0010", "08", request_number, day, minute],
        *_parties(document, sending),
        ["TRN", "1", request_number],
        _asked(day),
        ["REF", "X1", document.claim_number],
    ]
    for line in document.lines:
        if line.line in wanted:
            body += _line(line, day)
    return interchange_of("HN", "277", VERSION, body, sending)


def _parties(document: ClaimDocument, sending: Sending) -> Iterator[Elements]:
    patient, provider = document.patient, document.billing_provider
    payer_id = ["PI", document.payer.id] if document.payer.id else []
    npi = ["XX", provider.npi] if provider.npi else []
    member = ["MI", patient.member_id] if patient.member_id else []
    name = patient.name
    yield ["HL", "1", "", "20", "1"]
    yield ["NM1", "PR", "2", document.payer.name or sending.sender, "", "", "", "", *payer_id]
    yield ["HL", "2", "1", "21", "1"]
    yield ["NM1", "41", "2", sending.receiver, "", "", "", "", "46", sending.receiver]
    yield ["HL", "3", "2", "19", "1"]
    yield ["NM1", "1P", "2", provider.name or "", "", "", "", "", *npi]
    yield ["HL", "4", "3", "PT"]
    yield ["NM1", "QC", "1", name.family, name.given, name.middle, "", name.suffix, *member]


def _line(line: LineDocument, day: str) -> Iterator[Elements]:
    yield ["SVC", ("AD", line.procedure), "0"]
    yield _asked(day)
    if line.service_date:
        yield ["DTP", "472", "D8", f"{line.service_date:%Y%m%d}"]
    if line.service_period:
        period = line.service_period
        yield ["DTP", "472", "RD8", f"{period.start:%Y%m%d}-{period.end:%Y%m%d}"]


def _asked(day: str) -> Elements:
    return ["STC", ("R4", _IMAGES_NOT_DICOM, "", "LOI"), day]
