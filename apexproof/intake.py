"""Intake: which files came with which claim, what they say, and what their sender says of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from apexproof.attestation import Attestation
from apexproof.checks.case import Result
from apexproof.claim import AttachedFile, Claim, DeclaredAttachment, EarlierImage, History, last_step
from apexproof.exposure import DateOrder, ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.policy import BurnedInWords, Demand, Policy
from apexproof.radiograph import (
    FileReading,
    PatientStatement,
    Radiograph,
    ReadingFault,
    TeethReading,
    TeethStatement,
    strongest,
)
from apexproof.verification import Verification, verify

T = TypeVar("T")
_SENDER = "the sender's word (sent with this claim)"
# What words in a picture can answer: its view, its tooth, when it was taken, and of whom.
_ASKED_OF_WORDS = frozenset({"APX201", "APX301", "APX401", "APX402", "APX501"})
_WORDS_LOST = ReadingFault(
    fault="words_unread",
    message="Reading the words in this file broke down, so they were left out; all else of it was read.",
    fatal=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPath:
    """A file to read, and the name under which to speak of it: as it was given, or below the folder that was."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verifications of a run, and the files that none of several claims declares."""

    verifications: tuple[Verification, ...]
    unassigned: tuple[AttachedFile, ...]


def gather(given: Iterable[str], *, leave_out: Sequence[Path] = ()) -> list[NamedPath]:
    """The files that were given, and those below the folders that were, in a stable order.

    Hidden files and links within a folder are passed over; so is what `leave_out` names (the claim itself).
    """
    left_out = {path.resolve() for path in leave_out}
    gathered: list[NamedPath] = []
    for name in given:
        path = Path(name)
        if path.is_dir():
            gathered += [found for found in _below(path) if found.path.resolve() not in left_out]
        else:
            gathered.append(NamedPath(path=path, name=_readable(name)))
    return gathered


def declared_files(claims: Iterable[Claim], folder: Path) -> list[NamedPath]:
    """The files beside the claim that it declares by name; a name with a path in it, or of a link, names none here."""
    names = dict.fromkeys(
        attachment.file_name
        for claim in claims
        for attachment in claim.attachments
        if attachment.file_name and _plain(attachment.file_name)
    )
    beside = [NamedPath(path=folder / name, name=name) for name in names]
    return [named for named in beside if named.path.is_file() and not named.path.is_symlink()]


def check_in_depth(  # noqa: PLR0913 - one argument for each thing that is judged by
    claims: Sequence[Claim],
    files: Sequence[AttachedFile],
    history: History,
    policy: Policy,
    *,
    words: BurnedInWords,
    read_words: Callable[[Sequence[AttachedFile]], Iterable[FileReading]],
    attestations: Sequence[Attestation] = (),
) -> Checked:
    """Verify claims; where that leaves open what words in a picture may answer, read them and verify again."""
    checked = check_claims(claims, files, history, policy, attestations)
    if words is BurnedInWords.NEVER:
        return checked
    open_names = {finding for verification in checked.verifications for finding in _left_open(verification)}
    asked = [file for file in files if words is BurnedInWords.ALWAYS or file.name in open_names]
    if not asked:
        return checked
    deepened = {id(file): _deepened(file, reading) for file, reading in zip(asked, read_words(asked), strict=True)}
    return check_claims(claims, [deepened.get(id(file), file) for file in files], history, policy, attestations)


def _left_open(verification: Verification) -> Iterator[str]:
    """The names of files with a picture of which a required question could not be answered."""
    for line in verification.lines:
        if line.proof is None:
            found = (*line.findings, *(finding for considered in line.considered for finding in considered.obstacles))
            for finding in found:
                open_to_words = finding.check in _ASKED_OF_WORDS and finding.demand is Demand.REQUIRED
                if open_to_words and finding.stands is Result.UNSURE and finding.exhibit is not None:
                    yield finding.exhibit.file.name


def _deepened(file: AttachedFile, reading: FileReading) -> AttachedFile:
    """The file as it was read with its words; as it was before, when that cost one of its pictures."""
    if reading.sha256 == file.reading.sha256 and len(reading.radiographs) >= len(file.reading.radiographs):
        return replace(file, reading=reading)
    return replace(file, reading=replace(file.reading, faults=(*file.reading.faults, _WORDS_LOST)))


def check_claims(
    claims: Sequence[Claim],
    files: Sequence[AttachedFile],
    history: History,
    policy: Policy,
    attestations: Sequence[Attestation] = (),
) -> Checked:
    """Verify claims by the files that came with them.

    One claim gets every file. Of several claims each gets the files that it declares, and the images of each count
    as earlier images for the others.
    """
    files = [_dates_in_order(file, policy.words.dates) for file in files]
    if len(claims) == 1:
        attached = attach(claims[0], files)
        return Checked(
            verifications=(verify(claims[0], attached, history, policy, _of(attestations, claims[0])),), unassigned=()
        )
    by_claim = [attach(claim, [file for file in files if _is_declared(claim, file)]) for claim in claims]
    images = [tuple(_earlier_images(claim, attached)) for claim, attached in zip(claims, by_claim, strict=True)]
    verifications = []
    for index, (claim, attached) in enumerate(zip(claims, by_claim, strict=True)):
        others = tuple(image for other, theirs in enumerate(images) if other != index for image in theirs)
        known = replace(history, images=(*history.images, *others))
        verifications.append(verify(claim, attached, known, policy, _of(attestations, claim)))
    unassigned = tuple(file for file in files if not any(_is_declared(claim, file) for claim in claims))
    return Checked(verifications=tuple(verifications), unassigned=unassigned)


def _of(attestations: Sequence[Attestation], claim: Claim) -> Sequence[Attestation]:
    return [one for one in attestations if one.claim_number in (None, claim.number)]


def _dates_in_order(file: AttachedFile, order: DateOrder) -> AttachedFile:
    """The file with dates whose day and month may be exchanged read as the policy says."""
    if order is DateOrder.UNKNOWN:
        return file
    pictures = tuple(
        replace(
            picture,
            exposure=tuple(_exposed_in_order(observation, order) for observation in picture.exposure),
            patient=tuple(_born_in_order(observation, order) for observation in picture.patient),
        )
        for picture in file.reading.radiographs
    )
    return replace(file, reading=replace(file.reading, radiographs=pictures))


def _exposed_in_order(observation: Observation[ExposureInterval], order: DateOrder) -> Observation[ExposureInterval]:
    interval = observation.value
    if interval is None or interval.in_order(order) is interval:
        return observation
    return _settled(observation, interval.in_order(order), str(interval.in_order(order.other)), order)


def _born_in_order(observation: Observation[PatientStatement], order: DateOrder) -> Observation[PatientStatement]:
    statement = observation.value
    if statement is None or statement.birth_readings is None:
        return observation
    other = statement.in_order(order.other).birth_date
    return _settled(observation, statement.in_order(order), f"born {other}", order)


def _settled(observation: Observation[T], value: T, other: str, order: DateOrder) -> Observation[T]:
    """The observation in the policy's order; its note keeps what it says in the other one."""
    source = f"{observation.source}, read {order.label} as the policy says"
    return replace(observation, value=value, source=source, note=f"{order.other.label} it would be: {other}")


def attach(claim: Claim, files: Iterable[AttachedFile]) -> tuple[AttachedFile, ...]:
    """Join the files with what the sender declared: the sender's word becomes the last observation of each aspect."""
    return tuple(_attached(claim, file) for file in files)


def _attached(claim: Claim, file: AttachedFile) -> AttachedFile:
    pictures = tuple(_with_word_of_sender(claim, file, picture) for picture in file.reading.radiographs)
    return replace(file, reading=replace(file.reading, radiographs=pictures), declared=_declared(claim, file, ""))


def _with_word_of_sender(claim: Claim, file: AttachedFile, picture: Radiograph) -> Radiograph:
    patient = claim.patient
    sender = Observation(
        value=PatientStatement(name=patient.name, birth_date=patient.birth_date),
        source=_SENDER,
        strength=Strength.DECLARED,
    )
    picture = replace(picture, patient=(*picture.patient, sender))
    declared = _declared(claim, file, picture.place)
    if declared is None:
        return picture
    index = claim.attachments.index(declared)
    if picture.in_mount is not None and picture.in_mount.of > 1:
        # What is declared of a mount names no film in it: neither its tooth nor its view. None is later than the whole.
        taken = declared.taken.as_upper_bound() if declared.taken is not None else None
        return replace(
            picture,
            exposure=(*picture.exposure, *_word(taken, index, "date_taken")),
            mirrored=(*picture.mirrored, *_word(declared.mirrored, index, "mirrored")),
        )
    return replace(
        picture,
        view=(*picture.view, *_word(declared.view, index, "image_type")),
        teeth=(*picture.teeth, *_teeth_word(declared.teeth, index), *_teeth_of_lines(claim, declared.lines, index)),
        exposure=(*picture.exposure, *_word(declared.taken, index, "date_taken")),
        mirrored=(*picture.mirrored, *_word(declared.mirrored, index, "mirrored")),
    )


def _word(value: T | None, index: int, key: str) -> tuple[Observation[T], ...]:
    if value is None:
        return ()
    return (
        Observation(value=value, source=f"the sender's word (attachments[{index}].{key})", strength=Strength.DECLARED),
    )


def _teeth_word(teeth: TeethStatement | None, index: int) -> tuple[Observation[TeethStatement], ...]:
    if teeth is not None and not teeth.readings:
        return (
            Observation(
                value=None,
                source=f"the sender's word (attachments[{index}].teeth)",
                strength=Strength.DECLARED,
                note=f"'{teeth.written}' cannot be read as teeth of the stated system",
            ),
        )
    return _word(teeth, index, "teeth")


def _teeth_of_lines(claim: Claim, lines: Sequence[int], index: int) -> tuple[Observation[TeethStatement], ...]:
    """Who says that a picture is for a line says that the tooth of the line is in it."""
    claimed = [line.tooth for line in claim.lines if line.number in lines and line.tooth is not None]
    teeth = tuple(tooth.tooth for tooth in claimed if tooth.tooth is not None)
    if not teeth:
        return ()
    systems = {tooth.system for tooth in claimed}
    reading = TeethReading(system=systems.pop() if len(systems) == 1 else None, teeth=teeth)
    written = f"line {', '.join(map(str, lines))}"
    return _word(TeethStatement(written=written, readings=(reading,)), index, "lines")


def _declared(claim: Claim, file: AttachedFile, place: str) -> DeclaredAttachment | None:
    """What was declared of a picture: by the hash of its file, by the file's name, by its name within an archive."""
    names = {last_step(file.name), last_step(place.partition(",")[0])} - {""}
    by_hash = (a for a in claim.attachments if a.sha256 and a.sha256 == file.reading.sha256)
    by_name = (a for a in claim.attachments if a.sha256 is None and a.file_name and last_step(a.file_name) in names)
    return next(by_hash, None) or next(by_name, None)


def _is_declared(claim: Claim, file: AttachedFile) -> bool:
    places = ("", *(picture.place for picture in file.reading.radiographs))
    return any(_declared(claim, file, place) is not None for place in places)


def _plain(name: str) -> bool:
    return name not in {".", ".."} and "/" not in name and "\\" not in name and "\0" not in name


def _readable(name: str) -> str:
    """The name as text: what of it is no UTF-8 on the disk is shown as a mark, since no document could hold it."""
    return os.fsencode(name).decode("utf-8", "replace")


def _below(folder: Path) -> Iterator[NamedPath]:
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        hidden = any(step.startswith(".") for step in below.parts)
        linked = any((folder / Path(*below.parts[: n + 1])).is_symlink() for n in range(len(below.parts)))
        if path.is_file() and not hidden and not linked:
            yield NamedPath(path=path, name=_readable(below.as_posix()))


def _earlier_images(claim: Claim, files: Iterable[AttachedFile]) -> Iterator[EarlierImage]:
    for file in files:
        for picture in file.reading.radiographs:
            hashes = strongest(picture.fingerprint)
            yield EarlierImage(
                claim_number=claim.number,
                sha256=file.reading.sha256,
                pixel_sha256=hashes.value.pixel_sha256 if hashes and hashes.value else None,
                perceptual=hashes.value.perceptual if hashes and hashes.value else None,
                patient_name=claim.patient.name,
                patient_birth_date=claim.patient.birth_date,
                patient_member_id=claim.patient.member_id,
            )
