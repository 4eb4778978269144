"""Intake joins files, claims and the word of the sender."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec.structs import replace

from apexproof.claim import AttachedFile, Claim, ClaimedTooth, DeclaredAttachment, History, Patient, ServiceLine
from apexproof.exposure import ExposureInterval
from apexproof.intake import attach, check_claims, declared_files, gather
from apexproof.observation import Observation, Strength
from apexproof.person import PersonName
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading, Fingerprint, InMount, Radiograph, TeethStatement
from apexproof.tooth import NumberingSystem, parse_tooth
from apexproof.view import View, ViewStatement

PERIAPICAL = ViewStatement(possible=frozenset({View.PERIAPICAL}))


def file(name: str, *places: str, sha256: str = "") -> AttachedFile:
    prints = Fingerprint(pixel_sha256="1" * 64, perceptual="2" * 64)
    pictures = tuple(
        Radiograph(place=place, fingerprint=(Observation(value=prints, source="pixels", strength=Strength.ATTRIBUTE),))
        for place in places or ("",)
    )
    return AttachedFile(
        name=name, reading=FileReading(sha256=sha256 or f"{name:0>64}", size=1, kind="jpeg", radiographs=pictures)
    )


def claim(*attachments: DeclaredAttachment, number: str = "SYN-1", given: str = "Marigold") -> Claim:
    return Claim(number=number, patient=Patient(name=PersonName(family="Quill", given=given)), attachments=attachments)


def views(attached: AttachedFile) -> list[bool]:
    return [any(o.value == PERIAPICAL for o in picture.view) for picture in attached.reading.radiographs]


def test_the_word_of_the_sender_is_an_observation_of_its_own_strength() -> None:
    declared = DeclaredAttachment(file_name="pa8.jpg", view=PERIAPICAL, mirrored=True)
    (attached,) = attach(claim(declared), [file("images/PA8.JPG")])
    (picture,) = attached.reading.radiographs
    assert [(o.value, o.strength) for o in picture.view] == [(PERIAPICAL, Strength.DECLARED)]
    assert [(o.value, o.strength) for o in picture.mirrored] == [(True, Strength.DECLARED)]
    assert attached.declared == declared


def film_of_mount(of: int) -> AttachedFile:
    mount = file("mount.png", "film 1")
    place = InMount(whole="", number=1, of=of, left=0, top=0, right=9, bottom=9)
    film = replace(mount.reading.radiographs[0], in_mount=place)
    return replace(mount, reading=replace(mount.reading, radiographs=(film,)))


def test_what_is_declared_of_a_mount_names_no_film_of_several() -> None:
    taken = ExposureInterval.on_day(date(2026, 2, 9))
    declared = DeclaredAttachment(
        file_name="mount.png", view=PERIAPICAL, taken=taken, teeth=TeethStatement(written="8", readings=())
    )
    (several,) = attach(claim(declared), [film_of_mount(3)])
    (picture,) = several.reading.radiographs
    assert (picture.view, picture.teeth) == ((), ())
    assert [o.value for o in picture.exposure] == [taken.as_upper_bound()]
    (alone,) = attach(claim(declared), [film_of_mount(1)])
    assert views(alone) == [True]


def test_whatever_is_sent_with_a_claim_is_said_to_be_of_its_patient() -> None:
    (attached,) = attach(claim(), [file("pa8.jpg")])
    (said,) = attached.reading.radiographs[0].patient
    assert said.strength is Strength.DECLARED
    assert said.value is not None
    assert str(said.value.name) == "Quill, Marigold"


def test_a_hash_decides_whatever_the_name() -> None:
    declared = DeclaredAttachment(file_name="other.jpg", sha256="a" * 64, view=PERIAPICAL)
    matching, stranger = attach(claim(declared), [file("pa8.jpg", sha256="a" * 64), file("other.jpg", sha256="b" * 64)])
    assert views(matching) == [True]
    assert views(stranger) == [False]


def test_a_picture_in_an_archive_is_found_by_its_own_name() -> None:
    declared = DeclaredAttachment(file_name="pa8.dcm", view=PERIAPICAL)
    (attached,) = attach(
        claim(declared), [file("study.zip", "export/pa8.dcm", "export/pan.dcm", "export/pa8.dcm, frame 2")]
    )
    assert views(attached) == [True, False, True]


def test_declared_teeth_that_cannot_be_read_are_said_so() -> None:
    declared = DeclaredAttachment(file_name="pa8.jpg", teeth=TeethStatement(written="99", readings=()))
    (attached,) = attach(claim(declared), [file("pa8.jpg")])
    (said,) = attached.reading.radiographs[0].teeth
    assert said.value is None
    assert said.note == "'99' cannot be read as teeth of the stated system"


def test_a_picture_that_is_for_a_line_is_said_to_show_its_tooth() -> None:
    system, nine = NumberingSystem.UNIVERSAL, parse_tooth("9", NumberingSystem.UNIVERSAL)
    teeth = [ClaimedTooth(written=name, system=system, tooth=parse_tooth(name, system)) for name in ("8", "9")]
    lines = [ServiceLine(number=n, procedure="D3351", tooth=tooth) for n, tooth in enumerate(teeth, start=1)]
    declared = DeclaredAttachment(file_name="pa8.jpg", lines=(2, 7))
    (attached,) = attach(replace(claim(declared), lines=tuple(lines)), [file("pa8.jpg")])
    (said,) = attached.reading.radiographs[0].teeth
    assert (said.source, said.strength) == ("the sender's word (attachments[0].lines)", Strength.DECLARED)
    assert said.value
    assert [reading.teeth for reading in said.value.readings] == [(nine,)]


def test_of_several_claims_each_gets_what_it_declares_and_knows_the_images_of_the_others() -> None:
    one = claim(DeclaredAttachment(file_name="one.jpg"), number="SYN-1")
    two = claim(DeclaredAttachment(file_name="two.jpg"), number="SYN-2", given="Basil")
    checked = check_claims([one, two], [file("one.jpg"), file("two.jpg"), file("stray.jpg")], History(), load_policy())
    assert [[f.name for f in v.files] for v in checked.verifications] == [["one.jpg"], ["two.jpg"]]
    assert [f.name for f in checked.unassigned] == ["stray.jpg"]


def test_one_claim_gets_every_file() -> None:
    checked = check_claims([claim()], [file("one.jpg"), file("two.jpg")], History(), load_policy())
    assert [f.name for f in checked.verifications[0].files] == ["one.jpg", "two.jpg"]
    assert checked.unassigned == ()


def test_a_folder_is_walked_in_order_without_hidden_files_links_and_the_claim(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/c.jpg", ".hidden", "a/.hidden/d.jpg", "claim.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "etc").symlink_to("/etc")
    (tmp_path / "link.jpg").symlink_to("b.jpg")
    gathered = gather([str(tmp_path)], leave_out=[tmp_path / "claim.json"])
    assert [named.name for named in gathered] == ["a/c.jpg", "b.jpg"]


def test_a_file_keeps_the_name_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "pa8.jpg").touch()
    (named,) = gather([f"{tmp_path}/pa8.jpg"])
    assert named.name == f"{tmp_path}/pa8.jpg"


def test_only_plain_names_lead_from_a_claim_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "secret.jpg").touch()
    (tmp_path / "claims" / "pa8.jpg").touch()
    (tmp_path / "claims" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    names = (
        "pa8.jpg",
        "pa8.jpg",
        "link.jpg",
        "../secret.jpg",
        str(tmp_path / "secret.jpg"),
        "..",
        "gone.jpg",
        "nul\0.jpg",
    )
    declared = claim(*(DeclaredAttachment(file_name=name) for name in names))
    assert [named.name for named in declared_files([declared], tmp_path / "claims")] == ["pa8.jpg"]
