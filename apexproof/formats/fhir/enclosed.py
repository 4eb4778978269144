"""Enclosed: the files that came in a resource: inline, or in a DocumentReference, Media or Binary beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from apexproof.formats.fhir.element import Element
from apexproof.formats.fhir.embedded import Embedded
from apexproof.formats.fhir.references import References

NOT_FETCHED = "its file did not come along, and nothing is fetched; send it beside the claim"
_NAME_MOST = 255
_ENDINGS = {
    "application/dicom": "dcm",
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
}


def plain_title(title: str) -> str:
    """The name of a file in a title: its last step, without what steers a terminal."""
    name = PurePosixPath(title.replace("\\", "/")).name
    return "".join(filter(str.isprintable, name))[-_NAME_MOST:]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedFile:
    """A file that came in a resource; `place` is where its bytes stand."""

    place: str
    name: str
    _written: str
    _embedded: Embedded

    def pieces(self) -> Iterator[bytes]:
        """Its bytes.

        Raises:
            Base64Unusable: they are none.
        """
        return self._embedded.decoded(self._written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An Attachment (the FHIR type), or a Binary.

    Attributes:
        taken: the day on which a Media was collected.
        control_number: the first identifier of a DocumentReference.
    """

    attachment: Element
    taken: date | None = None
    control_number: str | None = None

    @property
    def title(self) -> str | None:
        """The name of the file, as its sender says; None when they say none."""
        return plain_title(self.attachment.text("title") or "") or None

    def file(self, known: References, embedded: Embedded, *, number: int) -> EnclosedFile | None:
        """Its file, inline or in a Binary that came along; None when it did not come. `number` is part of its name."""
        holder = self.attachment
        if holder.text("data") is None and (url := holder.text("url")):
            named = known.named(url)
            holder = named[0] if len(named) == 1 else holder
        written = holder.text("data")
        if written is None:
            return None
        ending = _ENDINGS.get((holder.text("contentType") or "").partition(";")[0], "")
        name = self.title or ".".join(filter(None, (f"attachment-{number}", ending)))
        return EnclosedFile(place=f"{holder.place}.data", name=name, _written=written, _embedded=embedded)


def contents(resource: Element) -> Iterator[Content]:
    """What a resource holds of files; nothing when it is of a kind that holds none."""
    kind = resource.text("resourceType")
    if kind == "DocumentReference":
        number = next((one.text("value") for one in resource.many("identifier")), None)
        for content in resource.many("content"):
            yield Content(attachment=content.one("attachment"), control_number=number)
    elif kind == "Media":
        yield Content(attachment=resource.one("content"), taken=resource.day("createdDateTime"))
    elif kind == "Binary":
        yield Content(attachment=resource)
