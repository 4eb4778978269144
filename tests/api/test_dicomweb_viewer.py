"""A viewer finds and shows what was stored, by DICOMweb alone; `dicomweb-client` is the viewer."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import dcmread
from requests.exceptions import HTTPError

from fixtures.dicom_files import DicomFile
from fixtures.scenarios.films import PA8, PA9
from tests.api.dicomweb_body import film, store
from tests.api.listening import Listening
from tests.service.caller import Caller

RAW = "1.2.840.10008.1.2.1"
STUDY, SERIES = "2.25.10", "2.25.11"
FILMS = [
    film(StudyInstanceUID=STUDY, SeriesInstanceUID=SERIES, SOPInstanceUID="2.25.12", AccessionNumber="V-1"),
    DicomFile(
        frames=(PA8, PA9),
        syntax=RAW,
        changes=(
            ("StudyInstanceUID", STUDY),
            ("SeriesInstanceUID", "2.25.13"),
            ("SOPInstanceUID", "2.25.14"),
            ("Modality", "OT"),
        ),
    ).content(),
    film(StudyInstanceUID="2.25.20", StudyDate="20260301", PatientName="Fernsby^Basil", PatientID="CH%7"),
]


@pytest.fixture(scope="module")
def caller(api: Listening) -> Caller:
    """Somebody who stored two studies."""
    caller = api.caller("viewing")
    assert store(caller, *FILMS).status == 200
    return caller


@pytest.fixture(scope="module")
def viewer(api: Listening, caller: Caller) -> Iterator[DICOMwebClient]:
    """A viewer of theirs."""
    session = create_session()
    session.headers["Authorization"] = f"Bearer {caller.key}"
    yield DICOMwebClient(f"{api.address}/dicom-web", session=session)
    session.close()


def test_viewer_stores_and_gets_back_the_same_bytes(viewer: DICOMwebClient) -> None:
    sent = dcmread(io.BytesIO(film(StudyInstanceUID="2.25.30", SeriesInstanceUID="2.25.31", SOPInstanceUID="2.25.32")))
    answer = viewer.store_instances([sent])
    assert len(answer.ReferencedSOPSequence) == 1
    assert viewer.retrieve_instance("2.25.30", "2.25.31", "2.25.32").PixelData == sent.PixelData
    assert viewer.search_for_studies(search_filters={"StudyInstanceUID": "2.25.30"})


@pytest.mark.parametrize(
    ("filters", "studies"),
    [
        ({}, [STUDY, "2.25.20"]),
        ({"StudyInstanceUID": f"{STUDY},2.25.20"}, [STUDY, "2.25.20"]),
        ({"PatientName": "quill*"}, [STUDY]),
        ({"PatientName": "F?rnsby^B*"}, ["2.25.20"]),
        ({"PatientID": "CH%7"}, ["2.25.20"]),
        ({"PatientID": "CH_7"}, []),
        ({"AccessionNumber": "V-1"}, [STUDY]),
        ({"StudyDate": "20260127"}, [STUDY]),
        ({"StudyDate": "20260201-"}, ["2.25.20"]),
        ({"StudyDate": "-20260201"}, [STUDY]),
        ({"ModalitiesInStudy": "OT"}, [STUDY]),
        ({"00100020": "CH%7"}, ["2.25.20"]),
        ({"Modality": "XX"}, []),
    ],
)
def test_studies_are_found_by_their_usual_attributes(
    viewer: DICOMwebClient, filters: dict[str, str], studies: list[str]
) -> None:
    found = viewer.search_for_studies(search_filters=filters)
    told = [study["0020000D"]["Value"][0] for study in found]
    assert [uid for uid in told if uid != "2.25.30"] == studies


def test_study_tells_what_it_holds_and_is_paged(viewer: DICOMwebClient, caller: Caller) -> None:
    (study,) = viewer.search_for_studies(search_filters={"AccessionNumber": "V-1"})
    assert study["00080061"]["Value"] == ["IO", "OT"]
    assert [study[tag]["Value"] for tag in ("00201206", "00201208")] == [[2], [2]]
    first = caller.ask("GET", "/dicom-web/studies?limit=1")
    second = caller.ask("GET", "/dicom-web/studies?limit=1&offset=1")
    assert first.headers["Warning"].startswith("299 ")
    assert [answer.json[0]["0020000D"]["Value"] for answer in (first, second)] == [[STUDY], ["2.25.20"]]


def test_series_and_instances_are_found_below_their_study(viewer: DICOMwebClient) -> None:
    assert [one["00080060"]["Value"] for one in viewer.search_for_series(STUDY)] == [["IO"], ["OT"]]
    (instance,) = viewer.search_for_instances(STUDY, "2.25.13")
    assert (instance["00280008"]["Value"], "00081030" in instance) == ([2], False)
    (whole,) = viewer.search_for_instances(STUDY, SERIES, fields=["SeriesDescription"])
    assert whole["0008103E"]["Value"] == ["Periapical #8"]
    everything = viewer.search_for_instances(search_filters={"SOPInstanceUID": "2.25.12"}, fields=["all"])
    assert "00280004" in everything[0]


def test_study_series_and_instance_are_given_out_as_they_came(viewer: DICOMwebClient, caller: Caller) -> None:
    assert [one.SOPInstanceUID for one in viewer.retrieve_study(STUDY)] == ["2.25.12", "2.25.14"]
    assert [one.SOPInstanceUID for one in viewer.retrieve_series(STUDY, SERIES)] == ["2.25.12"]
    answer = caller.ask("GET", f"/dicom-web/studies/{STUDY}")
    assert all(sent in answer.body for sent in FILMS[:2])


def test_metadata_tell_all_but_pixels(viewer: DICOMwebClient) -> None:
    (said,) = viewer.retrieve_series_metadata(STUDY, SERIES)
    assert said["00100010"]["Value"] == [{"Alphabetic": "Quill^Marigold"}]
    assert said["00082228"]["Value"][0]["00080100"]["Value"]
    assert "7FE00010" not in said
    assert len(viewer.retrieve_study_metadata(STUDY)) == 2


def test_frames_are_given_out_as_they_are_stored(viewer: DICOMwebClient) -> None:
    raw = dcmread(io.BytesIO(FILMS[1]))
    got = viewer.retrieve_instance_frames(
        STUDY, "2.25.13", "2.25.14", [2, 1], media_types=("application/octet-stream",)
    )
    assert got[1] + got[0] == raw.PixelData
    (compressed,) = viewer.retrieve_instance_frames(
        STUDY, SERIES, "2.25.12", [1], media_types=(("image/jls", "1.2.840.10008.1.2.4.80"),)
    )
    assert compressed.startswith(b"\xff\xd8\xff\xf7")  # SOI, then SOF55 of JPEG-LS


def test_instance_is_rendered_as_a_picture(caller: Caller) -> None:
    place = f"/dicom-web/studies/{STUDY}/series/{SERIES}/instances/2.25.12/rendered"
    answer = caller.ask("GET", place)
    assert (answer.status, answer.headers["Content-Type"], answer.body[:4]) == (200, "image/png", b"\x89PNG")
    assert caller.ask("GET", place, headers={"Accept": "image/jpeg"}).status == 406


@pytest.mark.parametrize(
    ("place", "accept", "status"),
    [
        ("studies", "application/dicom+xml", 406),
        ("studies", "application/dicom+json;q=0, text/plain", 406),
        (f"studies/{STUDY}", "application/dicom+json", 406),
        (
            f"studies/{STUDY}",
            'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90',
            406,
        ),
        (f"studies/{STUDY}", 'multipart/related; type="image/*", multipart/related; type="application/dicom"', 200),
        (f"studies/{STUDY}", "*/*", 200),
        (f"studies/{STUDY}/series/{SERIES}/instances/2.25.12/frames/1", 'multipart/related; type="image/jp2"', 406),
        (f"studies/{STUDY}/series/{SERIES}/instances/2.25.12/frames/2", "*/*", 404),
        (f"studies/{STUDY}/metadata", "application/json", 200),
        ("studies/2.25.99", "*/*", 404),
        ("studies/2.25.99/series", "*/*", 404),
        ("studies?Rows=7", "*/*", 400),
        ("studies?Nonsense=7", "*/*", 400),
        ("studies?StudyDate=yesterday", "*/*", 400),
        ("studies?limit=0", "*/*", 400),
    ],
)
def test_what_is_not_to_be_had_is_refused_with_its_status(caller: Caller, place: str, accept: str, status: int) -> None:
    answer = caller.ask("GET", f"/dicom-web/{place}", headers={"Accept": accept})
    assert answer.status == status
    assert status == 200 or answer.json["detail"]


def test_nothing_of_another_organisation_is_seen(api: Listening, viewer: DICOMwebClient) -> None:
    stranger = api.caller("stranger")
    assert stranger.ask("GET", "/dicom-web/studies").json == []
    assert stranger.ask("GET", f"/dicom-web/studies/{STUDY}").status == 404
    with pytest.raises(HTTPError):
        viewer.retrieve_study("2.25.404")
