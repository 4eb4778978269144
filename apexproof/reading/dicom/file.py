"""A DICOM file: its header as observations, then each of its frames as a radiograph."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace
from pydicom.uid import UID

from apexproof.errors import ReadingFailed
from apexproof.observation import Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.dicom.attributes import Attributes, quietly
from apexproof.reading.dicom.decoding import Frames
from apexproof.reading.dicom.display import grey_picture, shown_picture
from apexproof.reading.dicom.exposure import read_exposure
from apexproof.reading.dicom.form import PixelForm, read_form
from apexproof.reading.dicom.header import Header, PixelElement, read_header
from apexproof.reading.dicom.objects import DIRECTORY, ENCAPSULATED_PDF, is_standard
from apexproof.reading.dicom.orientation import read_mirrored
from apexproof.reading.dicom.patient import read_patient
from apexproof.reading.dicom.teeth import read_teeth
from apexproof.reading.dicom.view import read_view
from apexproof.reading.mount import observed
from apexproof.reading.part import Depth, Part, Read

_SHARED, _PER_FRAME = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"


def read_dicom(part: Part, *, read_member: Callable[[Part], Read] | None = None) -> Read:
    """Read a DICOM file; `read_member` reads a document that is packed in it.

    Raises:
        ReadingFailed: nothing of it can be read, or it holds no picture.
    """
    header = read_header(io.BytesIO(part.content), part.limits)
    with quietly():
        radiograph = observe(header)
        remarks = tuple(_remarks(part, header))
        no_picture = _no_picture(header)
    yield from remarks
    if header.sop_class == DIRECTORY:
        yield _remark(part, "directory", "This is the directory of a medium: its files are read as they lie.")
    elif header.sop_class == ENCAPSULATED_PDF:
        yield from _document(part, header, radiograph, read_member)
    elif header.pixels is None:
        raise no_picture
    else:
        yield from _pictures(part, header, header.pixels, radiograph)
    # Values are converted when they are asked for, so what is unreadable is known last.
    if header.attributes.unreadable:
        named = ", ".join(sorted(header.attributes.unreadable))
        yield _remark(part, "bad_attribute", f"Values of this DICOM file break its rules and were left out: {named}.")


def observe(header: Header) -> Radiograph:
    """What the header says, without a pixel."""
    attributes, sop_class = header.attributes, header.sop_class
    return Radiograph(
        view=read_view(attributes, sop_class),
        teeth=read_teeth(attributes),
        exposure=read_exposure(attributes, sop_class),
        patient=read_patient(attributes),
        mirrored=read_mirrored(attributes),
    )


def _pictures(part: Part, header: Header, pixels: PixelElement, radiograph: Radiograph) -> Read:
    with quietly():
        form = read_form(header.attributes, pixels.keyword, part.limits)
        frames = Frames(header, pixels, form) if part.depth is not Depth.HEADERS else None
    if form.frames == 1:
        # The reader has entered the part itself, which is this one picture.
        yield from _picture(part, header, form, frames, 0, replace(radiograph, place=part.place))
        return
    for index in range(min(form.frames, part.limits.pictures)):
        place = part.at(f"frame {index + 1}")
        if part.enter(place):
            of_frame = partial(_picture, part, header, form, frames, index, replace(radiograph, place=place))
            truncated = False
            for found in attempt(place, of_frame):
                yield found
                truncated = truncated or (isinstance(found, ReadingFault) and found.fault == "truncated")
            if truncated:
                return  # the frames behind the end are missing too, and one sentence says so
    if form.frames > part.limits.pictures:
        message = (
            f"Only the first {part.limits.pictures} of {form.frames} frames were read: attach the picture on its own."
        )
        yield ReadingFault(fault="too_many_pictures", message=message, place=part.place)


def _picture(
    part: Part, header: Header, form: PixelForm, frames: Frames | None, index: int, radiograph: Radiograph
) -> Read:
    attributes = header.attributes
    if form.frames > 1:
        with quietly():
            radiograph = _with_frame(radiograph, header, index)
    if frames is None:
        yield radiograph
        return
    array, photometric = frames.decode(index)
    with quietly():
        picture = grey_picture(array, photometric, form, attributes)
        shown = shown_picture(picture, form, attributes)
    for found in observed(radiograph, picture, part, shown=shown):
        yield found
        if isinstance(found, Radiograph) and attributes.word("BurnedInAnnotation") == "NO" and _names_somebody(found):
            yield _name_burned_in(found.place)


def _names_somebody(radiograph: Radiograph) -> bool:
    """Whether the words in its picture hold somebody's name, or a birth date."""
    return any(
        observation.strength is Strength.BURNED_IN and observation.value is not None
        for observation in radiograph.patient
    )


def _name_burned_in(place: str) -> ReadingFault:
    message = (
        "This DICOM file says that no words are burned into its picture (Burned In Annotation), but a name or a birth "
        "date stands in it: cover it before the image is passed on to anybody who may not see it."
    )
    return ReadingFault(fault="burned_in_annotation", message=message, place=place, fatal=False)


def _with_frame(radiograph: Radiograph, header: Header, index: int) -> Radiograph:
    """The radiograph with what the functional groups of an enhanced object say of one frame (PS3.3 C.7.6.16)."""
    groups = [
        *header.attributes.items(_PER_FRAME, first=index, most=1),
        *header.attributes.items(_SHARED, most=1),
    ]
    if not groups:
        return radiograph
    anatomy = [item for group in groups for item in group.items("FrameAnatomySequence")]
    content = [item for group in groups for item in group.items("FrameContentSequence")]
    return replace(
        radiograph,
        teeth=read_teeth(header.attributes, anatomy) if anatomy else radiograph.teeth,
        exposure=read_exposure(header.attributes, header.sop_class, content) if content else radiograph.exposure,
    )


def _document(part: Part, header: Header, radiograph: Radiograph, read_member: Callable[[Part], Read] | None) -> Read:
    """The pictures of an encapsulated PDF, with what the data set around it says before what they say themselves."""
    with quietly():
        document = header.attributes.value("EncapsulatedDocument")
    if not isinstance(document, bytes) or read_member is None or part.nesting >= part.limits.nesting:
        raise ReadingFailed("no_picture", "This DICOM file holds a document and no picture: attach the image itself.")
    for found in read_member(part.within("document.pdf", document)):
        if isinstance(found, Radiograph):
            yield replace(
                found,
                teeth=(*radiograph.teeth, *found.teeth),
                exposure=(*radiograph.exposure, *found.exposure),
                patient=(*radiograph.patient, *found.patient),
            )
        else:
            yield found


def _no_picture(header: Header) -> ReadingFailed:
    if header.cut_short or header.attributes.integer("Rows") or "Image Storage" in UID(header.sop_class).name:
        return ReadingFailed("truncated", "The file ends before its picture begins: send it again.")
    return ReadingFailed("no_picture", "This DICOM file holds no picture: attach the image itself.")


def _remarks(part: Part, header: Header) -> Iterator[ReadingFault]:
    """What a reader of the file should know of, though it costs no picture."""
    if header.bare:
        message = "This DICOM file lacks its preamble and was read as a bare data set: export it as DICOM Part 10."
        yield _remark(part, "not_part10", message)
    missing = [keyword for keyword in ("SOPClassUID", "SOPInstanceUID") if not _stated(header, keyword)]
    if missing:
        message = f"This DICOM file lacks {' and '.join(missing)}, which name its kind and itself: it was read anyway."
        yield _remark(part, "missing_uid", message)
    if header.sop_class and not is_standard(header.sop_class):
        message = "This DICOM file is of a maker's own kind (private SOP class) and was read as a plain image."
        yield _remark(part, "private_sop_class", message)


def _stated(header: Header, keyword: str) -> bool:
    in_meta: Attributes = header.meta
    return bool(header.attributes.text(keyword) or in_meta.text(f"MediaStorage{keyword}"))


def _remark(part: Part, fault: str, message: str) -> ReadingFault:
    return ReadingFault(fault=fault, message=message, place=part.place, fatal=False)
