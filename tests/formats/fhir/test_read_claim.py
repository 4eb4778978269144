"""Claims in FHIR R4 mean what the same claims mean in our own form; what cannot be used is named with its place."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.claim import Claim as R4Claim
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.cli import main
from apexproof.errors import ClaimUnusable
from apexproof.formats.claim_file import Unpacked, read_documents
from apexproof.formats.native_documents import ClaimDocument
from fixtures.case import CASES

HL7 = "http://terminology.hl7.org/CodeSystem"
ADA_TOOTH = f"{HL7}/ADAUniversalToothDesignationSystem"
FDI_TOOTH = "http://fdi.org/fhir/oraltoothcodes"
EX_TOOTH = f"{HL7}/ex-tooth"
CASE = CASES / "verified-coded-dicom"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


CLAIM: dict[str, Any] = json.loads((CASES.parent / "fhir" / "claim.json").read_bytes())


def documents(resource: object, unpack: Path | None = None) -> list[ClaimDocument | str | Unpacked]:
    content = json.dumps(resource).encode()
    return list(read_documents(io.BufferedReader(io.BytesIO(content)), origin="test", unpack=unpack))


def read(resource: object) -> tuple[list[ClaimDocument], list[str]]:
    found = documents(resource)
    claims = [one for one in found if isinstance(one, ClaimDocument)]
    return claims, [one for one in found if isinstance(one, str)]


def changed(**item: object) -> dict[str, Any]:
    claim = copy.deepcopy(CLAIM)
    claim["item"][0] |= item
    return claim


def test_the_claim_of_these_tests_is_one_of_r4() -> None:
    R4Claim.model_validate(CLAIM)


def test_a_claim_means_what_it_means_in_our_own_form() -> None:
    (claim,), said = read(CLAIM)
    assert said == []
    assert claim.model_dump(mode="json", exclude_defaults=True) == {
        "claim_number": "AX-1001",
        "payer": {"id": "PAYER-1", "name": "Synthetic Dental Plan"},
        "billing_provider": {"npi": "0000000000", "name": "Lantern Street Dental"},
        "patient": {
            "name": {"family": "Quill", "given": "Marigold"},
            "birth_date": "2017-03-03",
            "member_id": "MEMBER-0107",
            "missing_teeth": [{"number": "15", "system": "fdi"}],
        },
        "lines": [
            {
                "line": 1,
                "procedure": "D3351",
                "tooth": {"number": "8", "system": "universal"},
                "service_date": "2026-02-10",
            }
        ],
        "narrative": "Tooth #8: open apex.",
        "attachments": [{"file_name": "pa8.dcm", "date_taken": "2026-01-27"}],
    }


def test_cdt_is_known_in_both_spellings() -> None:
    (claim,), said = read(changed(productOrService=coded("http://ada.org/cdt", "D3351")))
    assert (claim.lines[0].procedure, said) == ("D3351", [])


@pytest.mark.parametrize(
    ("system", "code", "fdi"),
    [(ADA_TOOTH, "11", 23), (FDI_TOOTH, "11", 11), (EX_TOOTH, "31", 31), (EX_TOOTH, "8", None)],
)
def test_a_tooth_is_read_in_the_system_that_it_names(system: str, code: str, fdi: int | None) -> None:
    (claim,), _ = read(changed(bodySite=coded(system, code)))
    tooth = claim.lines[0].tooth
    parsed = tooth.parsed() if tooth else None
    assert (parsed.fdi if parsed else None) == fdi


def test_a_tooth_of_no_system_is_left_out_and_said() -> None:
    (claim,), said = read(changed(bodySite={"coding": [{"code": "11"}]}))
    assert claim.lines[0].tooth is None
    assert said == [
        "Claim.item[0].bodySite: the tooth was left out, for it names no numbering system known here",
    ]


def test_a_period_stays_one() -> None:
    claim = changed(servicedPeriod={"start": "2026-02-10", "end": "2026-02-12"})
    del claim["item"][0]["servicedDate"]
    (read_claim,), _ = read(claim)
    period = read_claim.lines[0].service_period
    assert period
    assert (period.start.day, period.end.day) == (10, 12)


def test_every_fault_is_named_with_its_place() -> None:
    claim = changed(servicedDate="2026-02", sequence="1")
    claim |= {"use": "gift", "patient": {"reference": "http://127.0.0.1:9/Patient/1"}}
    claims, said = read(claim)
    assert claims == []
    assert [reason.partition(":")[0] for reason in said] == [
        "Claim.use",
        "Claim.patient",
        "Claim.item[0].sequence",
        "Claim.item[0].servicedDate",
    ]


def test_in_a_bundle_one_bad_claim_stops_no_other() -> None:
    patient = CLAIM["contained"][0] | {"id": "1"}
    good = CLAIM | {"patient": {"reference": "Patient/1"}, "id": "a"}
    bad = CLAIM | {"status": "entered-in-error", "id": "b"}
    entries = [{"fullUrl": f"urn:x:{n}", "resource": one} for n, one in enumerate((bad, good, patient))]
    claims, said = read({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert [claim.patient.name.family for claim in claims] == ["Quill"]
    assert said == [
        "Bundle.entry[0].resource.status: a claim that was taken back is not read (claim AX-1001 was left out)"
    ]


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def test_what_is_wrong_in_what_a_claim_refers_to_is_a_fault_of_the_claim() -> None:
    patient = CLAIM["contained"][0] | {"id": "1", "birthDate": "2017"}
    claims, said = read(bundle(CLAIM | {"patient": {"reference": "Patient/1"}}, patient))
    assert claims == []
    assert [fault.partition(":")[0] for fault in said] == ["Bundle.entry[1].resource.birthDate"]


def test_a_name_that_several_resources_go_by_names_none() -> None:
    patient = CLAIM["contained"][0] | {"id": "1"}
    other = patient | {"birthDate": "2009-09-09"}
    claims, said = read(bundle(CLAIM | {"patient": {"reference": "Patient/1"}}, patient, other))
    assert claims == []
    assert "several of the resources that came go by this name" in said[0]


def test_another_resource_is_refused() -> None:
    with pytest.raises(ClaimUnusable, match="must be a Claim"):
        read({"resourceType": "Patient"})


FILM = CASE / "files" / "pa8.dcm"


def enclosing(*, reference: dict[str, Any] | None = None, **attachment: str) -> dict[str, Any]:
    """The claim with its attachment inline or referred to, and its line linked to it."""
    claim = changed(informationSequence=[2])
    said = {"valueReference": reference} if reference else {"valueAttachment": attachment}
    kept = {name: value for name, value in claim["supportingInfo"][1].items() if name != "valueAttachment"}
    claim["supportingInfo"][1] = kept | said
    return claim


INLINE = base64.b64encode(FILM.read_bytes()).decode()
BINARY = {"resourceType": "Binary", "id": "b", "contentType": "application/dicom", "data": INLINE}
DOCUMENT = {
    "resourceType": "DocumentReference",
    "id": "d",
    "status": "current",
    "content": [{"attachment": {"title": "pa8.dcm", "url": "Binary/b"}}],
}
MEDIA = {
    "resourceType": "Media",
    "id": "m",
    "status": "completed",
    "createdDateTime": "2026-01-27T09:00:00-06:00",
    "content": {"title": "pa8.dcm", "data": INLINE},
}
HELD = [
    enclosing(title="pa8.dcm", contentType="application/dicom", data=INLINE),
    bundle(enclosing(reference={"reference": "DocumentReference/d"}), DOCUMENT, BINARY),
    bundle(enclosing(reference={"reference": "Media/m"}), MEDIA),
    bundle(enclosing(reference={"reference": "Binary/b"}), BINARY),
    bundle(enclosing(title="pa8.dcm", url="Binary/b"), BINARY),
    {**(claim := enclosing(reference={"reference": "#m"})), "contained": [*claim["contained"], MEDIA]},
]


@pytest.mark.parametrize("resource", HELD)
def test_a_file_is_found_wherever_it_came_along(resource: dict[str, Any], tmp_path: Path) -> None:
    for one in [entry["resource"] for entry in resource.get("entry", [])] or [resource]:
        get_fhir_model_class(one["resourceType"]).model_validate(one)
    claim, file = read_with_files(resource, tmp_path)
    assert file.path.read_bytes() == FILM.read_bytes()
    (declared,) = claim.attachments
    assert (declared.sha256, declared.lines) == (hashlib.sha256(FILM.read_bytes()).hexdigest(), [1])
    assert declared.file_name == file.name


def read_with_files(resource: object, folder: Path) -> tuple[ClaimDocument, Unpacked]:
    found = documents(resource, folder)
    (claim,) = [one for one in found if isinstance(one, ClaimDocument)]
    (file,) = [one for one in found if isinstance(one, Unpacked)]
    return claim, file


def test_a_file_that_did_not_come_along_is_named_and_never_fetched() -> None:
    for resource in (enclosing(reference={"reference": "Media/9"}), enclosing(url="http://127.0.0.1:9/film")):
        (read_claim,), said = read(resource)
        assert "did not come along, and nothing is fetched" in said[0]
        assert len(read_claim.attachments) == 1


def test_a_claim_whose_file_is_no_base64_is_left_out(tmp_path: Path) -> None:
    (said,) = documents(enclosing(data="AAA"), tmp_path)
    assert said == (
        "Claim.supportingInfo[1].valueAttachment.data: its bytes are no base64; send the file beside the claim"
        " (claim AX-1001 was left out)"
    )


def test_the_command_line_reads_the_files_inside(tmp_path: Path) -> None:
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(enclosing(title="pa8.dcm", data=INLINE)))
    ran = CliRunner().invoke(main, ["verify", str(path), "--format", "json"])
    assert ran.exit_code == 0, ran.output


def test_the_command_line_takes_it_as_it_takes_a_claim(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    path = tmp_path / "claim-fhir.json"
    path.write_text(json.dumps(CLAIM))
    ran = CliRunner().invoke(main, ["verify", str(path), str(CASE / "files"), "--format", "json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["claims"][0]["outcome"] == "verified"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.text(max_size=4) | st.sampled_from(["#p", "D3351", "info"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "code", "system", "reference", "value", "family"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from([*CLAIM][1:]), _JSON), st.sampled_from([*CLAIM["item"][0]]), _JSON)
def test_whatever_stands_there_is_read_or_said(top: dict[str, object], name: str, inner: object) -> None:
    claims, said = read(changed(**{name: inner}) | top)
    assert claims or said
