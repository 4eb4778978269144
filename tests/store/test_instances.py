"""What waits in the inbox is told in the order in which it came, page by page, to its organisation alone."""

from __future__ import annotations

from apexproof.store.database import Database
from apexproof.store.instances import InstanceState, add_instance, any_waits, waiting, waiting_instance
from tests.store.rows import NOON, OURS, THEIRS

_TEXTS = ("syntax", "sop_class", "study", "series", "accession", "study_id", "study_date", "modality")
_SAID = {**dict.fromkeys(_TEXTS, "1.2"), "patient_name": "Quill^Marigold", "patient_id": "", "attributes": "{}"}


def instance(uid: str, *, organisation: str = OURS, state: InstanceState = InstanceState.WAITING) -> dict[str, object]:
    """An instance that came."""
    kept = {"content": f"{uid:0>64}", "sha256": f"{uid:0>64}", "size": 1, "sender": "XRAY1", "received_at": NOON}
    return {**_SAID, **kept, "uid": uid, "organisation": organisation, "state": state, "why": "no_claim"}


def test_the_inbox_is_told_page_by_page(database: Database) -> None:
    with database.writing() as session:
        for number in range(7):
            add_instance(session, instance(f"2.25.{number}"))
        add_instance(session, instance("2.25.8", organisation=THEIRS))
        add_instance(session, instance("2.25.9", state=InstanceState.DISMISSED))
    with database.looking() as session:
        pages, last = [], 0
        while page := waiting(session, OURS, after=last, most=3):
            pages.append([row.uid for row in page])
            last = page[-1].id
        (theirs,) = waiting(session, THEIRS, most=3)
        assert pages == [[f"2.25.{n}" for n in range(3)], [f"2.25.{n}" for n in range(3, 6)], ["2.25.6"]]
        assert any_waits(session, OURS)
    with database.writing() as session:
        assert waiting_instance(session, OURS, theirs.id) is None


def test_the_same_data_set_is_one_instance(database: Database) -> None:
    with database.writing() as session:
        assert [add_instance(session, instance("2.25.1"))[1] for _ in range(2)] == [True, False]
