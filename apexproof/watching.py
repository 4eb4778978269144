"""Watching: whatever is dropped into a folder is verified, and nothing is done half or twice with two results.

    IN/claim.json, IN/pa8.dcm    a claim beside the files that it names; or
    IN/case-7/...                a folder with one claim and its files
    IN/.work/NAME/               what was taken; a program that was killed goes on here
    IN/done/NAME/, IN/failed/NAME/
    OUT/NAME.json ...            the results, each there whole or not at all

What came is taken when nothing of it has changed for some seconds. A claim is moved into its place of work first, its
files after it, and the place as a whole moves on when the results are written: at whichever step the program is killed,
the next start finds out what is left to do, and does it from the same files.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from apexproof.claim import AttachedFile, History
from apexproof.errors import ApexproofError, ClaimUnusable, InputUnusable
from apexproof.formats.answer import verification_answer
from apexproof.formats.claim_file import ClaimFile, read_claim_file
from apexproof.formats.verification_json import verification_document
from apexproof.formats.x12.segments import is_interchange
from apexproof.intake import NamedPath, check_in_depth, gather
from apexproof.lock import held
from apexproof.policy import Policy
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth
from apexproof.reading.sandbox import read_many
from apexproof.verification import Outcome

WORK, DONE, FAILED = ".work", "done", "failed"
_LOCK, _MARK = ".lock", ".taking"
_OWN = frozenset({DONE, FAILED})
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
_CLAIM_NAME = re.compile(r".*\.(json|837|837d|edi|x12|txt)", re.IGNORECASE)
_SETTLED = (Outcome.VERIFIED, Outcome.NOT_APPLICABLE)


class FolderBusy(ApexproofError):
    """Another program watches the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of one claim file: the outcomes of its claims, or why it could not be used."""

    name: str
    outcomes: tuple[Outcome, ...] = ()
    fault: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether every claim of it is verified."""
        return self.fault is None and not self.faults and all(outcome in _SETTLED for outcome in self.outcomes)

    def __str__(self) -> str:
        """As a line for a person."""
        if self.fault is not None:
            return f"{self.name}: failed: {self.fault}"
        found = Counter(outcome.value.replace("_", " ") for outcome in self.outcomes)
        told = ", ".join(f"{number} {words}" for words, number in sorted(found.items()))
        left_out = f"; {len(self.faults)} faults, see the result" if self.faults else ""
        return f"{self.name}: {told}{left_out}"


@dataclass(slots=True, kw_only=True)
class Watch:
    """A folder that is watched.

    `settle` is for how many seconds nothing of a claim may change before it is taken, `patience` for how many a claim
    waits for files that it names and that are not there.
    """

    inbox: Path
    out: Path
    policy: Policy
    forms: Sequence[str]
    settle: float
    patience: float
    clock: Callable[[], float] = time.time
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)
    _names: dict[Path, tuple[tuple[int, int], frozenset[str]]] = field(default_factory=dict)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder, so that no other program takes from it.

        Raises:
            FolderBusy: one does already.
        """
        for folder in (self.inbox, self.inbox / WORK, self.inbox / DONE, self.inbox / FAILED, self.out):
            folder.mkdir(parents=True, exist_ok=True)
        with (self.inbox / _LOCK).open("w") as lock:
            if not held(lock):
                raise FolderBusy(f"Another 'apexproof watch' watches '{self.inbox}'; end it first.")
            yield

    def look(self) -> Iterator[Watched]:
        """Go on with what was taken and is not done, then take what is there and has settled."""
        for place in sorted((self.inbox / WORK).iterdir()):
            if self._is_whole(place):
                yield self._done(place)
        for name, path in self._settled():
            place = self._taken(name, path)
            yield self._done(place)

    def is_empty(self) -> bool:
        """Whether nothing is left that could be taken, now or when it has settled."""
        return not any((self.inbox / WORK).iterdir()) and not list(self._candidates())

    def left(self) -> list[str]:
        """The files that belong to no claim."""
        return sorted(path.name for path in self._entries() if path.is_file() and not _is_claim(path))

    def _entries(self) -> list[Path]:
        found = [path for path in self.inbox.iterdir() if not path.name.startswith(".") and path.name not in _OWN]
        return sorted(path for path in found if not path.is_symlink() and not path.name.endswith(_UNFINISHED))

    def _candidates(self) -> Iterator[Path]:
        return (path for path in self._entries() if path.is_dir() or _is_claim(path))

    def _settled(self) -> Iterator[tuple[str, Path]]:
        now = self.clock()
        for path in list(self._candidates()):
            age = now - self._unchanged_since(path, now)
            if age < self.settle:  # a claim that is still being written is not read
                continue
            parts = sorted(path.rglob("*")) if path.is_dir() else self._beside(path)
            if any(part.name.endswith(_UNFINISHED) for part in parts):
                continue
            if any(now - self._unchanged_since(part, now) < self.settle for part in parts):
                continue
            if path.is_file() and len(parts) < len(self._named(path)) and age < self.patience:
                continue
            yield path.name, path

    def _unchanged_since(self, path: Path, now: float) -> float:
        """Since when a file has had its size and time; what was never seen is judged by its own time of change."""
        try:
            status = path.stat()
        except OSError:
            return now
        looks = (status.st_size, status.st_mtime_ns)
        known = self._seen.get(path)
        if known is None or known[0] != looks:
            self._seen[path] = (looks, now)
            return now
        return known[1]

    def _named(self, path: Path) -> frozenset[str]:
        """The files that a claim names; none of one that cannot be read, which is said when it is verified."""
        looks = self._seen[path][0]
        known = self._names.get(path)
        if known is None or known[0] != looks:
            known = self._names[path] = (looks, _names_beside(path))
        return known[1]

    def _beside(self, path: Path) -> list[Path]:
        """The files beside a claim that it names."""
        return _files_named(self._named(path), path.parent)

    def _taken(self, name: str, path: Path) -> Path:
        """Move what came to its place of work. Who is killed here leaves a mark, and `_is_whole` goes on."""
        place = self.inbox / WORK / self._free(name)
        if path.is_dir():
            path.rename(place)
        else:
            files = self._beside(path)
            place.mkdir()
            (place / _MARK).touch()
            path.rename(place / path.name)
            _gather(files, place)
        for gone in [known for known in self._seen if not known.exists()]:
            del self._seen[gone]
        self._names.pop(path, None)
        return place

    def _is_whole(self, place: Path) -> bool:
        """Whether a place of work has all that was to be moved there; of one that was left halfway the rest is."""
        if not (place / _MARK).exists() and any(place.iterdir()):
            return True
        moved = [path for path in place.iterdir() if path.name != _MARK]
        if not moved:  # not even the claim: it is still where it came
            shutil.rmtree(place)
            return False
        claims = [path for path in moved if _is_claim(path)]
        _gather(_files_named((name for path in claims for name in _names_beside(path)), self.inbox), place)
        return True

    def _free(self, name: str) -> str:
        """The name, or the name with a number, under which nothing was ever taken here."""
        taken = {path.name for folder in (WORK, DONE, FAILED) for path in (self.inbox / folder).iterdir()}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        return free

    def _done(self, place: Path) -> Watched:
        try:
            with TemporaryDirectory(prefix="apexproof-") as folder:
                watched, answers = self._verified(place, _only_claim(place), Path(folder))
        except InputUnusable as error:
            watched, answers = Watched(name=place.name, fault=str(error)), {"error.txt": f"{error}\n".encode()}
        for ending, octets in answers.items():
            _write(self.out / f"{place.name}.{ending}", octets)
        place.rename(self.inbox / (DONE if watched.fault is None else FAILED) / place.name)
        return watched

    def _verified(self, place: Path, claim_path: Path, folder: Path) -> tuple[Watched, dict[str, bytes]]:
        claim_file = _read(claim_path, folder)
        paths = gather([str(place)], leave_out=[claim_path])
        paths += [NamedPath(path=file.path, name=file.name) for file in claim_file.files]
        named = {path.name: path for path in paths}
        words = self.policy.words.burned_in

        def read_words(files: Sequence[AttachedFile]) -> list[FileReading]:
            return [file.reading for file in _files([named[file.name] for file in files], depth=Depth.WORDS)]

        checked = check_in_depth(
            claim_file.claims, _files(paths), History(), self.policy, words=words, read_words=read_words
        )
        document = verification_document(checked.verifications, self.policy, checked.unassigned, claim_file.faults)
        outcomes = tuple(verification.outcome for verification in checked.verifications)
        watched = Watched(name=place.name, outcomes=outcomes, faults=claim_file.faults)
        return watched, {form: verification_answer(document, form) for form in self.forms}


def _is_claim(path: Path) -> bool:
    """Whether a file is one of claims: by its name, and by how it begins, for images have any name."""
    if not path.is_file() or not _CLAIM_NAME.fullmatch(path.name):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    return is_interchange(head) or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _only_claim(place: Path) -> Path:
    found = [path for path in sorted(place.iterdir()) if _is_claim(path)]
    if len(found) != 1:
        raise ClaimUnusable(origin=place.name, reason=f"it holds {len(found) or 'no'} claims; put one into each folder")
    return found[0]


def _read(path: Path, folder: Path) -> ClaimFile:
    """The claims of a file; the files within it are put into the folder."""
    with path.open("rb") as stream:
        return read_claim_file(stream, origin=path.name, unpack=folder)


def _names_beside(path: Path) -> frozenset[str]:
    """The files that a claim names and does not hold; none of one that cannot be read."""
    try:
        with TemporaryDirectory(prefix="apexproof-") as folder:
            found = _read(path, Path(folder))
    except InputUnusable:
        return frozenset()
    named = {one.file_name for claim in found.claims for one in claim.attachments if one.file_name}
    return frozenset(named - {file.name for file in found.files})


def _files_named(names: Iterable[str], folder: Path) -> list[Path]:
    """The files of these names in a folder; a name with a path in it, or of a link, names none."""
    plain = sorted(name for name in set(names) if name not in {".", ".."} and not set(name) & set("/\\\0"))
    found = [folder / name for name in plain]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _gather(files: Iterable[Path], place: Path) -> None:
    """Move files to a place of work, and take the mark away when all are there."""
    for file in files:
        file.rename(place / file.name)
    (place / _MARK).unlink(missing_ok=True)


def _files(paths: Sequence[NamedPath], *, depth: Depth = Depth.PIXELS) -> list[AttachedFile]:
    if not paths:
        return []
    processes = min(len(paths), os.cpu_count() or 1)
    readings = read_many([named.path for named in paths], processes=processes, depth=depth)
    return [AttachedFile(name=named.name, reading=reading) for named, reading in zip(paths, readings, strict=True)]


def _write(path: Path, octets: bytes) -> None:
    """Write a file that is there whole or not at all, also after a power cut."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
