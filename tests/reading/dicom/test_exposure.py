"""Dates become exposure intervals, as strong as what wrote them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pydicom.uid as u
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.reading.dicom.moments import NoMoment, parse_day, parse_moment, parse_time
from tests.reading.dicom.builders import code, header_of, intra_oral, put_raw, sequence

END = time(23, 59, 59, 999999)


def by_source(ds: Dataset) -> dict[str, Observation[ExposureInterval]]:
    """What was found, by the keyword of the date that it stands in."""
    return {one.source.removeprefix("DICOM ").split(" (")[0]: one for one in header_of(ds).exposure}


def day(when: date) -> ExposureInterval:
    return ExposureInterval(earliest=datetime.combine(when, time.min), latest=datetime.combine(when, END))


FIFTH = date(2026, 1, 5)


def test_acquisition_by_the_device_itself_is_an_attribute() -> None:
    ds = intra_oral()
    ds.AcquisitionDate, ds.AcquisitionTime = "20260105", "093015"
    (found,) = header_of(ds).exposure
    assert found.strength is Strength.ATTRIBUTE
    assert found.source == "DICOM Acquisition Date (0008,0022), Acquisition Time (0008,0032)"
    assert found.value == ExposureInterval.at(datetime(2026, 1, 5, 9, 30, 15))  # noqa: DTZ001 - the file states no zone


@pytest.mark.parametrize("image_type", [["DERIVED", "SECONDARY"], ["DERIVED", "PRIMARY"]])
def test_acquisition_in_a_derived_picture_may_have_been_typed(image_type: list[str]) -> None:
    ds = intra_oral()
    ds.ImageType, ds.AcquisitionDate = image_type, "20260105"
    assert by_source(ds)["Acquisition Date"].strength is Strength.FREE_TEXT


def test_acquisition_in_a_secondary_capture_may_have_been_typed() -> None:
    ds = intra_oral()
    ds.SOPClassUID, ds.AcquisitionDate = u.SecondaryCaptureImageStorage, "20260105"
    found = by_source(ds)["Acquisition Date"]
    assert found.strength is Strength.FREE_TEXT
    assert found.value == day(FIFTH)


def test_study_is_a_guess_and_of_a_secondary_capture_only_a_bound() -> None:
    ds = intra_oral()
    ds.StudyDate = "20260105"
    found = by_source(ds)["Study Date"]
    assert (found.strength, found.value) == (Strength.BOUND, day(FIFTH))
    ds.SOPClassUID = u.SecondaryCaptureImageStorage
    found = by_source(ds)["Study Date"]
    assert (found.strength, found.value) == (Strength.BOUND, day(FIFTH).as_upper_bound())


@pytest.mark.parametrize(
    ("study", "content", "strength"),
    [
        ("20260105", None, Strength.ATTRIBUTE),
        ("20251201", "20260106", Strength.ATTRIBUTE),
        ("20251201", "20260109", Strength.BOUND),
        ("20251201", None, Strength.BOUND),
    ],
)
def test_series_counts_when_study_or_content_bears_it_out(study: str, content: str | None, strength: Strength) -> None:
    ds = intra_oral()
    ds.SeriesDate, ds.StudyDate = "20260105", study
    if content:
        ds.ContentDate = content
    assert by_source(ds)["Series Date"].strength is strength


def test_content_leaves_the_day_up_to_its_time_because_plates_are_scanned_later() -> None:
    ds = intra_oral()
    ds.ContentDate, ds.ContentTime = "20260105", "1430"
    found = by_source(ds)["Content Date"]
    assert found.strength is Strength.ATTRIBUTE
    assert found.value is not None
    assert str(found.value) == "2026-01-05 00:00 to 2026-01-05 14:30"


def test_content_of_a_derived_picture_is_an_upper_bound() -> None:
    ds = intra_oral()
    ds.ImageType, ds.ContentDate = ["DERIVED", "PRIMARY"], "20260105"
    found = by_source(ds)["Content Date"]
    assert (found.strength, found.value) == (Strength.ATTRIBUTE, day(FIFTH).as_upper_bound())


@pytest.mark.parametrize("keyword", ["InstanceCreationDate", "DateOfSecondaryCapture"])
def test_creation_and_capture_bound_the_exposure_from_above(keyword: str) -> None:
    ds = intra_oral()
    setattr(ds, keyword, "20260105")
    (found,) = header_of(ds).exposure
    assert (found.strength, found.value) == (Strength.ATTRIBUTE, day(FIFTH).as_upper_bound())


def test_procedure_step_is_a_day_and_not_a_minute() -> None:
    ds = intra_oral()
    ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = "20260105", "0900"
    (found,) = header_of(ds).exposure
    assert (found.strength, found.value) == (Strength.ATTRIBUTE, day(FIFTH))


def test_stated_offset_goes_with_every_date() -> None:
    ds = intra_oral()
    ds.TimezoneOffsetFromUTC, ds.AcquisitionDate = "-0500", "20260105"
    ds.AcquisitionDateTime = "20260105093000+0100"
    found = by_source(ds)
    west, east = timezone(timedelta(hours=-5)), timezone(timedelta(hours=1))
    assert found["Acquisition Date"].value == ExposureInterval.on_day(FIFTH, zone=west)
    assert found["Acquisition DateTime"].value == ExposureInterval.at(datetime(2026, 1, 5, 9, 30, tzinfo=east))


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("20260230", "20260230 is not a date"),
        ("00000000", "00000000 is not a date"),
        ("19000101", "19000101 stands for an unknown date"),
        ("next tue", "is not a date"),
        ("20100101", "lies before the birth date in the same file"),
        ("20170303", "is the birth date in the same file"),
    ],
)
def test_impossible_date_is_said_and_not_dropped(written: str, note: str) -> None:
    ds = intra_oral()
    put_raw(ds, 0x00080022, "DA", written)
    (found,) = header_of(ds).exposure
    assert found.value is None
    assert found.note == note


def test_date_from_before_dicom_is_accepted_with_a_note() -> None:
    ds = intra_oral()
    put_raw(ds, 0x00080022, "DA", "2026.01.05")
    (found,) = header_of(ds).exposure
    assert found.value == day(FIFTH)
    assert found.note == "written in the form from before DICOM"


def test_unreadable_time_leaves_the_whole_day() -> None:
    ds = intra_oral()
    ds.AcquisitionDate = "20260105"
    put_raw(ds, 0x00080032, "TM", "noon")
    (found,) = header_of(ds).exposure
    assert found.value == day(FIFTH)
    assert found.note == "the whole day, because its time is not a time of day"


def test_dates_that_an_anonymiser_changed_are_no_evidence() -> None:
    ds = intra_oral()
    ds.AcquisitionDate, ds.LongitudinalTemporalInformationModified = "20260105", "MODIFIED"
    assert by_source(ds)["Acquisition Date"].value is None
    ds.LongitudinalTemporalInformationModified = "UNMODIFIED"
    ds.PatientIdentityRemoved = "YES"
    assert by_source(ds)["Acquisition Date"].strength is Strength.ATTRIBUTE
    del ds.LongitudinalTemporalInformationModified
    assert by_source(ds)["Acquisition Date"].strength is Strength.BOUND
    ds.DeidentificationMethodCodeSequence = sequence(code("113107", "DCM"))
    assert by_source(ds)["Acquisition Date"].value is None


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("09", time(9), time(9, 59, 59, 999999)),
        ("0930", time(9, 30), time(9, 30, 59, 999999)),
        ("093015", time(9, 30, 15), time(9, 30, 15, 999999)),
        ("093015.5", time(9, 30, 15, 500000), time(9, 30, 15, 599999)),
        ("09:30:15", time(9, 30, 15), time(9, 30, 15, 999999)),
        ("235960", time(23, 59, 59), END),
    ],
)
def test_time_is_as_wide_as_what_was_written(written: str, first: time, last: time) -> None:
    assert parse_time(written) == (first, last)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026", "2026-01-01 to 2026-12-31"),
        ("202602", "2026-02-01 to 2026-02-28"),
        ("20260205", "2026-02-05"),
        ("2026020509", "2026-02-05 09:00 to 2026-02-05 09:59"),
        ("202602050930", "2026-02-05 09:30"),
        ("202602050930-0500", "2026-02-05 09:30 -0500"),
    ],
)
def test_moment_is_as_wide_as_what_was_written(written: str, words: str) -> None:
    assert str(parse_moment(written, None)) == words


@settings(max_examples=150)
@given(text=st.one_of(st.text(max_size=30), st.text("0123456789.+-:", max_size=26), st.from_regex(r"\d{4,26}")))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    for parse in (parse_day, parse_time, lambda written: parse_moment(written, None)):
        try:
            parse(text)
        except NoMoment as error:
            assert str(error)  # noqa: PT017 - either outcome is right, and a reason goes with the second


@settings(max_examples=60)
@given(moment=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), length=st.sampled_from([4, 6, 8, 10, 12, 14]))  # noqa: DTZ001 - no zone is written
def test_shorter_writing_widens_the_interval_and_keeps_the_moment(moment: datetime, length: int) -> None:
    moment = moment.replace(microsecond=0)
    interval = parse_moment(f"{moment:%Y%m%d%H%M%S}"[:length], None)
    assert interval.earliest is not None
    assert interval.latest is not None
    assert interval.earliest <= moment <= interval.latest
