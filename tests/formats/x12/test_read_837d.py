"""A dental claim is found in an interchange with its patient, its dates and its teeth; a bad one stops no other."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.errors import ClaimUnusable
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.read_837d import ReadClaim, read_claims
from apexproof.tooth import NumberingSystem
from tests.formats.x12.interchanges import CLAIM, PROVIDER, SUBSCRIBER, interchange, one_claim


def read(content: bytes) -> tuple[list[ReadClaim], list[Fault]]:
    found = list(read_claims(io.BytesIO(content), origin="test.edi"))
    return [one for one in found if isinstance(one, ReadClaim)], [one for one in found if isinstance(one, Fault)]


def only(*claim: str, body: tuple[str, ...] | None = None) -> ClaimDocument:
    (found,), faults = read(interchange(body or one_claim(*claim)))
    assert faults == []
    return found.document


def with_(segment: str, *instead: str) -> tuple[str, ...]:
    """The claim with other segments in the place of one."""
    at = next(index for index, one in enumerate(CLAIM) if one.startswith(segment))
    return (*CLAIM[:at], *instead, *CLAIM[at + 1 :])


def test_a_claim_is_read_with_all_that_verification_asks_of_it() -> None:
    (found,), faults = read(interchange(one_claim()))
    assert faults == []
    assert found.document == ClaimDocument.model_validate(
        {
            "claim_number": "AX-1001",
            "payer": {"id": "PAYER-1", "name": "SYNTHETIC DENTAL PLAN"},
            "billing_provider": {"npi": "0000000000", "name": "LANTERN STREET DENTAL"},
            "patient": {
                "name": {"family": "QUILL", "given": "MARIGOLD"},
                "birth_date": date(2017, 3, 3),
                "member_id": "MEMBER-0107",
            },
            "lines": [
                {
                    "line": 1,
                    "procedure": "D3351",
                    "tooth": {"number": "8", "system": "universal"},
                    "service_date": date(2026, 2, 10),
                }
            ],
            "narrative": "TOOTH 8 TRAUMA, NECROTIC PULP, OPEN APEX",
            "attachments": [{"control_number": "ACN-0001"}],
        }
    )
    assert (found.interchange, found.group, found.transaction_set) == ("000000007", "7", "0001")
    assert found.line_control_numbers == {1: "LINE0001"}


def test_the_subscriber_is_the_patient_where_no_other_is_named() -> None:
    body = (*PROVIDER, *SUBSCRIBER[:3], "DMG*D8*20170303*F", SUBSCRIBER[3], *CLAIM)
    patient = only(body=body).patient
    assert (patient.name.given, patient.birth_date, patient.member_id) == ("HOLLIS", date(2017, 3, 3), "MEMBER-0107")


def test_a_patient_is_never_taken_for_the_one_before() -> None:
    second = ("HL*4*1*22*0", "SBR*P*18", "NM1*IL*1*FERNSBY*ROWAN****MI*MEMBER-0108", *CLAIM)
    found, faults = read(interchange((*one_claim(), *second)))
    assert faults == []
    assert [one.document.patient.name.family for one in found] == ["QUILL", "FERNSBY"]
    assert found[1].document.patient.birth_date is None
    assert found[1].document.payer.id is None


def test_a_date_of_the_line_stands_before_one_of_the_claim() -> None:
    line = only(*CLAIM, "DTP*472*D8*20260211").lines[0]
    assert line.service_date == date(2026, 2, 11)


def test_a_range_stays_a_range_and_a_range_of_one_day_is_a_day() -> None:
    period = only(*with_("DTP", "DTP*472*RD8*20260210-20260212")).lines[0]
    assert period.service_date is None
    assert period.service_period is not None
    assert (period.service_period.start, period.service_period.end) == (date(2026, 2, 10), date(2026, 2, 12))
    assert only(*with_("DTP", "DTP*472*RD8*20260210-20260210")).lines[0].service_date == date(2026, 2, 10)


def test_a_predetermination_has_no_date_and_says_what_it_is() -> None:
    claim = only("CLM*AX-1*410***11::1*Y**Y*Y**********PB", *CLAIM[2:])
    assert claim.kind == "predetermination"
    assert claim.lines[0].service_date is None


def test_a_missing_tooth_is_missing_and_one_to_be_extracted_is_there() -> None:
    claim = only(*with_("PWK", "DN2*9*M****JP", "DN2*10*E****JP"))
    assert [tooth.number for tooth in claim.patient.missing_teeth] == ["9"]


def test_several_teeth_on_one_line_are_no_tooth() -> None:
    tooth = only(*with_("TOO", "TOO*JP*8", "TOO*JP*9")).lines[0].tooth
    assert tooth is not None
    assert (tooth.number, tooth.system, tooth.parsed()) == ("8, 9", NumberingSystem.UNIVERSAL, None)


@pytest.mark.parametrize(
    ("note", "number", "narrative"),
    [
        ("NEA#123456789 OPEN APEX", "123456789", "OPEN APEX"),
        ("NEA# 123456789; OPEN APEX", "123456789", "OPEN APEX"),
        ("nea 123456789", "123456789", ""),
        ("NEAR THE APEX", "ACN-0001", "NEAR THE APEX"),
    ],
)
def test_an_attachment_number_before_the_note_is_one_of_the_claim(note: str, number: str, narrative: str) -> None:
    claim = only(*with_("NTE", f"NTE*ADD*{note}"))
    assert claim.attachments[-1].control_number == number
    assert claim.narrative == narrative


def test_a_long_note_is_put_together_again() -> None:
    text = (
        "TOOTH 8: THE PULP LOST ITS LIFE BY TRAUMA, THE APEX IS OPEN. CALCIUM HYDROXIDE WAS PLACED; MORE VISITS FOLLOW."
    )
    claim = only(*with_("NTE", f"NTE*ADD*{text[:80]}", f"NTE*ADD*{text[80:]}"))
    assert claim.narrative == text
    assert only(*with_("NTE", "NTE*ADD*OPEN", "NTE*ADD*APEX")).narrative == "OPEN APEX"


def test_an_attachment_kept_until_asked_for_was_not_sent() -> None:
    (found,), _ = read(interchange(one_claim(*with_("PWK", "PWK*RB*AA"))))
    assert found.document.attachments == []
    assert "until it is asked for" in found.left_out[0]


def test_nothing_of_another_payers_view_is_of_this_claim() -> None:
    other = ("SBR*S*18", "NM1*IL*1*ELSE*SOMEBODY", "NM1*PR*2*OTHER PLAN*****PI*OTHER", "DTP*472*D8*19990101")
    claim = only(*CLAIM[:4], *other, *CLAIM[4:])
    assert claim == only()


def test_a_birth_date_that_is_no_day_is_left_out_and_said_so() -> None:
    whole = interchange(one_claim(), one_claim())
    first, second = read_claims(io.BytesIO(whole.replace(b"D8*20170303", b"D8*20170230", 1)), origin="test.edi")
    assert isinstance(first, ReadClaim)
    assert isinstance(second, ReadClaim)
    assert first.left_out == ("the patient's birth date, which is written as no day (DMG)",)
    assert (first.document.patient.birth_date, second.left_out) == (None, ())


def test_a_line_without_a_cdt_code_is_left_out_and_said_so() -> None:
    (found,), _ = read(interchange(one_claim(*CLAIM, "LX*2", "SV3*HC:99213*10****1")))
    assert [line.line for line in found.document.lines] == [1]
    assert found.left_out == ("line 2, whose procedure is no CDT code",)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (with_("CLM", "CLM**410***11:B:1"), "claim_number"),
        (with_("DTP", "DTP*472*D8*20261345"), "neither a day"),
        (with_("LX", "LX*A"), "LX states no number"),
        ((*CLAIM, "LX*1", "SV3*AD:D0220*35"), "same line number"),
    ],
)
def test_a_claim_that_cannot_be_used_stops_no_other(broken: tuple[str, ...], reason: str) -> None:
    found, faults = read(interchange((*one_claim(), *broken, *with_("CLM", "CLM*AX-1003*410***11:B:1"))))
    assert [one.document.claim_number for one in found] == ["AX-1001", "AX-1003"]
    assert len(faults) == 1
    assert reason in faults[0].reason
    assert "QUILL" not in str(faults[0])


@pytest.mark.parametrize(
    ("swapped", "instead", "reasons"),
    [
        (b"SE*21*", b"SE*99*", ["SE counts 99 and 21 segments came"]),
        (b"GE*1*7", b"GE*2*7", ["GE counts 2 and 1 transaction sets came"]),
        (b"GE*1*7", b"GE*1*8", ["GE has another control number"]),
        (b"IEA*1*000000007", b"IEA*1*000000008", ["IEA has another control number"]),
        (b"SE*21*0001~\n", b"", ["the transaction set that began at segment 3 has no SE"]),
        (b"GE*1*7~\n", b"", ["the group that began at segment 2 has no GE"]),
        (b"IEA*1*000000007~\n", b"", ["the interchange that began at segment 1 has no IEA"]),
        (b"SE*21*", b"SE*21*0001~SE*21*", ["SE closes what was never opened"]),
        (b"HL*3*2*", b"HL*3*9*", ["HL names a parent"]),
        (b"SENDER         *ZZ", b"SENDER*ZZ", ["have not their fixed widths"]),
    ],
)
def test_every_fault_of_the_envelope_is_said_and_the_claim_is_read(
    swapped: bytes, instead: bytes, reasons: list[str]
) -> None:
    content = interchange(one_claim())
    assert swapped in content
    found, faults = read(content.replace(swapped, instead, 1))
    assert [one.document.claim_number for one in found] == ["AX-1001"]
    assert len(faults) == len(reasons)
    assert all(reason in str(fault) for reason, fault in zip(reasons, faults, strict=True))


def test_claims_of_other_guides_are_left_out_and_said_so() -> None:
    found, faults = read(interchange(one_claim(), version="005010X222A1"))
    assert found == []
    assert "is no dental claim" in faults[0].reason


@pytest.mark.parametrize(
    ("kind", "said"),
    [("835", "none of the kind 837"), ("275", "attachments (275) and was left out; the service takes them at /v1/att")],
)
def test_transaction_sets_of_another_kind_are_not_left_out_in_silence(kind: str, said: str) -> None:
    found, faults = read(interchange(one_claim(), kind=kind))
    assert found == []
    assert said in faults[0].reason


def test_version_4010_names_its_guide_in_a_reference() -> None:
    body = ("REF*87*004010X097A1", *one_claim())
    (found,), faults = read(interchange(body, version="004010X096A1"))
    assert (found.document.claim_number, faults) == ("AX-1001", [])


_TEXT = st.text(st.sampled_from("AB 8#:*^-éß"), max_size=12)
_ANY_SEGMENT = st.tuples(
    st.sampled_from(
        ["HL", "NM1", "DMG", "CLM", "DTP", "DN2", "PWK", "NTE", "SBR", "LX", "SV3", "TOO", "REF", "SE", "ST"]
    ),
    st.lists(
        st.sampled_from(["", "1", "2", "20", "22", "23", "472", "D8", "RD8", "20260210", "IL", "QC", "AD:D3351"])
        | _TEXT,
        max_size=6,
    ),
).map(lambda parts: "*".join([parts[0], *parts[1]]))


@given(st.lists(_ANY_SEGMENT, max_size=25))
def test_segments_in_any_order_are_claims_or_faults(segments: list[str]) -> None:
    try:
        found, _ = read(interchange((*one_claim(), *segments)))
    except ClaimUnusable:
        return
    assert found == [] or found[0].document.patient.name.family == "QUILL"
