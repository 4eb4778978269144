"""Strategies: any claim with any pictures, as far as the nouns allow it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from apexproof.claim import (
    AttachedFile,
    Claim,
    ClaimedTooth,
    ClaimKind,
    DeclaredAttachment,
    EarlierImage,
    EarlierService,
    History,
    Patient,
    ServiceLine,
)
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.person import PersonName
from apexproof.radiograph import (
    Crowns,
    FileReading,
    Fingerprint,
    Legibility,
    PatientStatement,
    Radiograph,
    ReadingFault,
    TeethReading,
    TeethStatement,
    Towards,
)
from apexproof.tooth import NumberingSystem, Tooth
from apexproof.view import View, ViewStatement
from apexproof.words.narrative import read_narrative
from tests.builders import MARIGOLD, NARRATIVE, VISIT, unlike

_DAYS = st.one_of(
    st.sampled_from([VISIT + timedelta(days=days) for days in (-400, -30, -1, 0, 1, 90)]),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
_WORDS = st.text(max_size=20)
_FDI = [quadrant * 10 + n for quadrant in range(1, 9) for n in range(1, 9 if quadrant < 5 else 6)]
_TEETH = st.builds(Tooth, fdi=st.sampled_from([11, 21, 51, *_FDI]), supernumerary=st.booleans())
_SYSTEMS = st.sampled_from(NumberingSystem)
_NAMES = st.sampled_from(
    [
        MARIGOLD.name,
        PersonName(family="Thistle", given="Rowan"),
        PersonName(family="Quill"),
        PersonName(family="", given=""),
    ]
)
_HASHES = st.sampled_from([digit * 64 for digit in "abc"])
_LOOKS = st.sampled_from([unlike(digit) for digit in "abc"])


def _observed(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[Observation[object], ...]]:
    one = st.builds(
        Observation,
        value=st.none() | values,
        source=st.sampled_from(["DICOM attribute", "EXIF", "claim"]),
        strength=st.sampled_from(Strength),
        note=st.none() | _WORDS,
    )
    return st.lists(one, max_size=3).map(tuple)


@st.composite
def _intervals(draw: st.DrawFn) -> ExposureInterval:
    zone = draw(st.sampled_from([None, UTC]))
    moments = st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)) | st.builds(  # noqa: DTZ001 - zone comes below
        datetime.combine, st.sampled_from([VISIT, VISIT - timedelta(days=1)]), st.times()
    )
    ends = sorted(draw(st.lists(moments, min_size=2, max_size=2)))
    earliest, latest = (draw(st.none() | st.just(end.replace(tzinfo=zone))) for end in ends)
    return ExposureInterval(earliest=earliest, latest=latest)


_STATEMENTS = st.builds(
    TeethStatement,
    written=_WORDS,
    readings=st.lists(
        st.builds(TeethReading, system=st.none() | _SYSTEMS, teeth=st.lists(_TEETH, min_size=1, max_size=8).map(tuple)),
        max_size=3,
    ).map(tuple),
)
_SHARES = st.floats(0, 1)
_RADIOGRAPHS = st.builds(
    Radiograph,
    place=st.sampled_from(["", "frame 2", "a/b.png"]),
    view=_observed(st.builds(ViewStatement, possible=st.frozensets(st.sampled_from(View), max_size=4))),
    teeth=_observed(_STATEMENTS),
    exposure=_observed(_intervals()),
    patient=_observed(
        st.builds(
            PatientStatement,
            name=st.none() | _NAMES,
            birth_date=st.none() | st.just(MARIGOLD.birth_date) | _DAYS,
            chart_number=st.none() | st.sampled_from(["1001", "2"]),
        )
    ),
    legibility=_observed(
        st.builds(
            Legibility,
            width=st.integers(1, 4000),
            height=st.integers(1, 4000),
            bits=st.integers(1, 16),
            contrast=_SHARES,
            sharpness=st.floats(0, 3),
            dark=_SHARES,
            bright=_SHARES,
        )
    ),
    fingerprint=_observed(st.builds(Fingerprint, pixel_sha256=_HASHES, perceptual=_LOOKS)),
    mirrored=_observed(st.booleans()),
    crowns=_observed(st.builds(Crowns, towards=st.sampled_from(Towards), probability=_SHARES)),
)
_DECLARED = st.builds(
    DeclaredAttachment,
    file_name=st.none() | st.sampled_from(["pa8.dcm", "a/b.png"]),
    sha256=st.none() | _HASHES,
    control_number=st.none() | _WORDS,
)
FILES = st.lists(
    st.builds(
        AttachedFile,
        name=st.sampled_from(["pa8.dcm", "x.zip", ""]),
        reading=st.builds(
            FileReading,
            sha256=_HASHES,
            size=st.just(1),
            kind=st.just("dicom"),
            radiographs=st.lists(_RADIOGRAPHS, max_size=2).map(tuple),
            faults=st.lists(
                st.builds(ReadingFault, fault=st.just("truncated"), message=_WORDS, fatal=st.booleans()), max_size=2
            ).map(tuple),
        ),
        declared=st.none() | _DECLARED,
    ),
    max_size=3,
).map(tuple)
_PROCEDURES = st.sampled_from(["D3351", "D3351", "D3352", "D3353", "D3310", "D0220", "D9999"])


@st.composite
def _lines(draw: st.DrawFn) -> ServiceLine:
    days = sorted(draw(st.lists(_DAYS, min_size=2, max_size=2)))
    first, last = draw(st.sampled_from([(None, None), (days[0], days[0]), (days[0], days[1])]))
    tooth = st.builds(ClaimedTooth, written=_WORDS, system=_SYSTEMS, tooth=st.none() | _TEETH)
    return ServiceLine(
        number=draw(st.integers(1, 9)),
        procedure=draw(_PROCEDURES),
        tooth=draw(st.none() | tooth),
        first_day=first,
        last_day=last,
        start_time=draw(st.none() | st.just(time(9, 30))),
    )


HISTORIES = st.builds(
    History,
    services=st.lists(
        st.builds(
            EarlierService,
            procedure=_PROCEDURES,
            tooth=st.none() | _TEETH,
            service_date=st.none() | _DAYS,
            claim_number=st.none() | st.sampled_from(["C-0", "C-1"]),
        ),
        max_size=3,
    ).map(tuple),
    images=st.lists(
        st.builds(
            EarlierImage,
            claim_number=st.sampled_from(["C-0", "C-1"]),
            sha256=st.none() | _HASHES,
            pixel_sha256=st.none() | _HASHES,
            perceptual=st.none() | _LOOKS,
            patient_name=st.none() | _NAMES,
            patient_birth_date=st.none() | _DAYS,
            patient_member_id=st.none() | _WORDS,
        ),
        max_size=3,
    ).map(tuple),
)
CLAIMS = st.builds(
    Claim,
    number=st.just("C-1"),
    kind=st.sampled_from(ClaimKind),
    received=st.none() | _DAYS,
    patient=st.builds(
        Patient,
        name=_NAMES,
        birth_date=st.none() | _DAYS,
        member_id=st.none() | _WORDS,
        chart_number=st.none() | st.just("1001"),
        missing_teeth=st.lists(_TEETH, max_size=2).map(tuple),
    ),
    lines=st.lists(_lines(), min_size=1, max_size=3).map(tuple),
    narrative=st.one_of(st.just(NARRATIVE), st.just("Tooth #9: apex closed. Second visit."), st.text(max_size=80)).map(
        read_narrative
    ),
    attachments=st.lists(_DECLARED, max_size=2).map(tuple),
    history=HISTORIES,
)
