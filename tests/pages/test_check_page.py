"""Check before sending: what is dropped is answered where it lies, the answer forms, and a correction changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from apexproof.store.keys import Scope
from fixtures.case import CASES
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.formats.x12.interchanges import interchange, one_claim
from tests.pages.chromium import open_page, sign_in
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.pages.visitor import Visitor

WRONG_TOOTH = CASES / "wrong-tooth"


@pytest.fixture
def page(api: Listening, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser of an organisation of its own."""
    with open_page(browser, api.address, refuses=422) as page:
        sign_in(page, api.caller(request.node.name[:60]).key)
        page.goto("/check")
        yield page


def claim_file(folder: Path, case: Path, number: str) -> Path:
    """The claim of a case under a number, as a file to drop."""
    said = json.loads((case / "claim.json").read_bytes())
    path = folder / "claim.json"
    path.write_text(json.dumps({**said, "claim_number": number}), encoding="utf-8")
    return path


def dropped(page: Page, *paths: Path) -> None:
    page.get_by_label("Drop a claim and its pictures here").set_input_files([str(path) for path in paths])


def test_the_answer_forms_and_a_corrected_tooth_makes_it_ready(page: Page, api: Listening, tmp_path: Path) -> None:
    films = sorted((WRONG_TOOTH / "files").iterdir())
    dropped(page, *films, claim_file(tmp_path, WRONG_TOOTH, "CHECK/1"))
    expect(page.get_by_text("taken: claim CHECK/1")).to_be_visible()
    expect(page.get_by_text("Being checked")).to_be_visible()
    work_off(api)
    expect(page.locator("#result .sentence")).to_contain_text(
        "Not ready: the only periapical shows tooth 9, not tooth 8"
    )
    mend = page.locator("form.mend").first
    mend.get_by_label("Tooth").fill("9")
    mend.get_by_role("button", name="Change").press("Enter")
    expect(page.get_by_text("Being checked")).to_be_visible()
    work_off(api)
    expect(page.locator("#result .sentence")).not_to_contain_text("shows tooth 9")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="One-page result (PDF)").click()
    assert Path(fetched.value.path()).read_bytes().startswith(b"%PDF-")


def test_rubbish_is_answered_where_it_lies(page: Page, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "broken.json").write_text('{"claim_number": ', encoding="utf-8")
    film = next((WRONG_TOOTH / "files").iterdir())
    dropped(page, tmp_path / "empty.jpg", tmp_path / "broken.json")
    expect(page.get_by_text("is empty; copy or export it again")).to_be_visible()
    expect(page.locator(".dropped .bad-words").nth(1)).to_contain_text("This claim cannot be used")
    dropped(page, film)
    expect(page.get_by_text("waits for its claim")).to_be_visible()
    dropped(page, claim_file(tmp_path, WRONG_TOOTH, "CHECK-2"))
    expect(page.get_by_text("taken: claim CHECK-2")).to_be_visible()
    dropped(page, film)
    expect(page.get_by_text("came before: it is the same file")).to_be_visible()


def test_a_file_of_claims_that_cannot_be_used_says_why(page: Page, tmp_path: Path) -> None:
    nobody = {"resourceType": "Claim", "identifier": [{"value": "CHECK-9"}]}
    (tmp_path / "nobody.json").write_text(json.dumps(nobody), encoding="utf-8")
    (tmp_path / "half.edi").write_bytes(interchange(one_claim()).replace(b"D8*20170303", b"D8*some day"))
    dropped(page, tmp_path / "nobody.json", tmp_path / "half.edi")
    expect(page.locator(".dropped .bad-words").first).to_contain_text("the Patient did not come along: contain it")
    expect(page.locator(".dropped")).to_contain_text("not all of it could be used: segment ")


def test_a_short_form_is_a_claim_with_the_keyboard_alone(page: Page, api: Listening) -> None:
    for label, words in {
        "Claim number": "CHECK-3",
        "Patient's first name": "Marigold",
        "Last name": "Quill",
        "Born": "2017-03-03",
        "D3351 visit": "2026-02-10",
    }.items():
        page.locator("#short").get_by_label(label).fill(words)
    page.locator("#short").get_by_label("Tooth").fill("8")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Being checked")).to_be_visible()
    work_off(api)
    expect(page.locator("#result .sentence")).to_contain_text("Not ready: no file came with the claim")


def test_an_impossible_correction_is_refused_with_its_place(api: Listening) -> None:
    caller = api.caller("mend-desk")
    caller.send_claim({**json.loads((WRONG_TOOTH / "claim.json").read_bytes()), "claim_number": "CHECK-4"})
    visitor = Visitor(api.address)
    visitor.sign_in(caller.key)
    visitor.get("/check?number=CHECK-4")
    answer = visitor.post("/check/CHECK-4/lines/1", {"tooth": "8", "service_date": "soon"})
    assert answer.status == 422
    assert b"lines[0].service_date" in answer.body
    assert visitor.post("/check/CHECK-4/files/" + "0" * 64, {"tooth": "8"}).status == 404


def test_who_only_reads_has_no_such_page(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("check-reads", scopes=frozenset({Scope.READ})).key)
    assert b'href="/check"' not in visitor.get("/").body
    assert visitor.get("/check").status == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_the_check_is_accessible(
    api: Listening, browser: Browser, scheme: str, screen: dict[str, object], tmp_path: Path
) -> None:
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        sign_in(page, api.caller(f"check-{scheme}-{len(screen)}").key)
        page.goto("/check")
        accessible(page)
        dropped(page, claim_file(tmp_path, WRONG_TOOTH, "CHECK-5"), *(WRONG_TOOTH / "files").iterdir())
        expect(page.get_by_text("Being checked")).to_be_visible()
        work_off(api)
        expect(page.get_by_text("Not ready")).to_be_visible()
        accessible(page)
        not_wider_than_the_screen(page)
