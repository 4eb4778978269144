"""Markup: whatever a sender writes anywhere is text on every page, and never an element, an attribute or a header."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from tests.api.asked import post, work_off
from tests.api.dicomweb_body import film
from tests.api.listening import Listening
from tests.pages.asked import absent, pages
from tests.pages.visitor import Visitor
from tests.service.caller import Answer, Caller

MARK = "hostile"
EVIL = f"""<{MARK} {MARK}=1>"{MARK}='{MARK}' {MARK}=2 {{{{ 7*7 }}}} </textarea></script><script>{MARK}</script>"""
EVIL_NAME = f"""<{MARK} {MARK}=1>" {MARK}=2 '; filename=x.html.dcm"""
BROKEN = "\r\nSet-Cookie: evil=1\r\nX-Evil: 1\r\n\r\n"
NUMBER = f"""X<{MARK}>"{MARK}='1'"""
ADDRESSES = [
    f"/?part={quote(EVIL)}&outcome={quote(EVIL)}",
    f"/{quote(EVIL)}",
    f"/sign-in?to={quote(EVIL)}&why={quote(EVIL)}",
]
DRAWN = 10
"""So many pages are drawn at least; the others are pictures and streams."""


@pytest.fixture(scope="module")
def sent(api: Listening) -> Caller:
    """Somebody all of whose words are hostile, with a claim that has an open question."""
    caller = api.caller(f"org-{EVIL}")
    claim = {
        "claim_number": NUMBER,
        "received_date": "2026-02-12",
        "payer": {"id": EVIL[:60], "name": EVIL},
        "billing_provider": {"npi": "0000000000", "name": EVIL},
        "patient": {
            "name": {"family": EVIL, "given": EVIL},
            "birth_date": "2017-03-03",
            "member_id": EVIL[:60],
            "chart_number": EVIL[:60],
        },
        "lines": [
            {
                "line": 1,
                "procedure": "D3351",
                "tooth": {"number": "8", "system": "universal"},
                "service_date": "2026-02-10",
            }
        ],
        "narrative": f"Tooth #8: {EVIL} pulp necrosis after trauma; immature root with an open apex. {EVIL}",
        "attachments": [
            {"file_name": EVIL_NAME, "image_type": EVIL[:100], "control_number": EVIL[:80]},
            {"file_name": f"{EVIL_NAME}2", "image_type": EVIL[:100]},
        ],
    }
    received = caller.send_claim(claim)
    assert received.status == 201, received.body
    place = f"/v1/claims/{quote(NUMBER, safe='')}/attachments"
    header = {"PatientName": f"<{MARK}>^{MARK}", "SeriesDescription": f"<{MARK} x>", "BodyPartExamined": f"<{MARK}>"}
    for content in (film(AcquisitionDate="20260210"), film(**header, SOPInstanceUID="2.25.7")):
        assert _upload(caller, place, content).status == 202
    work_off(api)
    attested = post(
        caller,
        place.replace("attachments", "attestations"),
        decision="stated",
        person=EVIL[:60],
        why=EVIL,
        file=_file(caller, place),
        view="periapical",
    )
    assert attested.status == 201, attested.body
    work_off(api)
    return caller


def _upload(caller: Caller, place: str, content: bytes) -> Answer:
    written = EVIL_NAME.replace("\\", "\\\\").replace('"', '\\"')
    form = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n\r\n'.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return caller.ask("POST", place, body=form + content + b"\r\n--b--\r\n", headers=headers)


def _file(caller: Caller, place: str) -> str:
    file, *_ = caller.ask("GET", place).json["attachments"]
    return str(file["sha256"])


class Found(HTMLParser):
    """What of a page a browser would take for more than text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.foreign += [tag] if tag == MARK else []
        self.foreign += [name for name, _ in attrs if MARK in name or name.startswith("on") or name == "style"]
        self.foreign += [value for _, value in attrs if value and value.strip().lower().startswith("javascript:")]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)
        self.text += data


def test_whatever_a_sender_writes_is_text_on_every_page(api: Listening, sent: Caller) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(sent.key)
    run = post(sent, "/v1/reprocessing", why=EVIL).json["id"]
    work_off(api)
    place = f"/v1/claims/{quote(NUMBER, safe='')}/attachments"
    ours = {"number": NUMBER, "which": "1", "sha256": _file(sent, place), "run": str(run), "form": "html"}
    things = {**absent({}), **ours}
    answers = [visitor.get(address) for address in ADDRESSES]
    answers += [seen.ask(visitor, things) for seen in pages(api) if seen.method == "GET"]
    drawn = [answer.body.decode() for answer in answers if answer.headers["Content-Type"].startswith("text/html")]
    assert len(drawn) >= DRAWN
    assert {answer.status for answer in answers} <= {200, 404, 422}
    shown = ""
    for page in drawn:
        found = Found(page)
        assert found.foreign == [], page
        assert not any(script.strip() for script in found.scripts), page
        shown += found.text
    assert all(written in shown for written in (NUMBER, EVIL, EVIL_NAME, "{{ 7*7 }}"))


def test_what_is_sent_to_be_downloaded_names_itself_in_one_header(sent: Caller) -> None:
    place = f"/v1/claims/{quote(NUMBER, safe='')}/attachments"
    named = sent.ask("POST", f"{place}?file_name={quote(f'x{BROKEN}')}", body=b"a letter")
    for sha256 in (_file(sent, place), named.json["sha256"]):
        answer = sent.ask("GET", f"{place}/{sha256}/content")
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment; filename*=utf-8''")
        assert not set("\r\n<>\" '") & set(said.partition("''")[2])
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", f"/v1/claims/{quote(f'x{BROKEN}')}"),
        ("GET", f"/claims/{quote(f'x{BROKEN}')}"),
        ("GET", f"/sign-in?to={quote(f'/{BROKEN}')}"),
        ("GET", f"/{quote(BROKEN)}"),
        ("POST", f"/v1/claims/{quote(f'x{BROKEN}')}/attachments?control_number=A1"),
        ("GET", f"/static/{quote(BROKEN)}"),
    ],
)
def test_no_address_that_breaks_a_line_makes_a_header(sent: Caller, method: str, place: str) -> None:
    answer = sent.ask(method, place, body=b"a letter" if method == "POST" else None)
    assert "evil" not in answer.headers.get("Set-Cookie", "")
    assert not {"x-evil"} & {name.lower() for name in answer.headers}
