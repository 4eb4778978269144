"""Signing in and out: sessions, forms that are our own, and what every page says of itself."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from apexproof.store.keys import Scope
from apexproof.store.sessions import LONGEST
from apexproof.store.tables import AuditRow, SessionRow
from tests.api.asked import post
from tests.api.listening import Listening
from tests.pages.visitor import Visitor


def signed_in(api: Listening, organisation: str, **said: frozenset[Scope]) -> Visitor:
    visitor = Visitor(api.address)
    assert visitor.sign_in(api.caller(organisation, **said).key).status == 303
    return visitor


def test_a_key_opens_the_pages_and_a_wrong_one_does_not(api: Listening) -> None:
    visitor = Visitor(api.address)
    refused = visitor.sign_in("apx_0123456789ab_wrong")
    assert (refused.status, b"none of ours" in refused.body) == (401, True)
    assert visitor.get("/").status == 303
    assert visitor.sign_in(api.caller().key).headers["Location"] == "/"
    assert visitor.get("/").status == 200


def test_the_token_is_new_after_signing_in_and_kept_only_as_its_hash(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.get("/sign-in")
    before = dict(visitor.cookies)
    visitor.sign_in(api.caller("hashed").key)
    (token,) = visitor.cookies.values()
    assert [token] != list(before.values())
    with api.database.looking() as session:
        kept = session.scalars(select(SessionRow.token_sha256)).all()
    assert hashlib.sha256(token.encode()).hexdigest() in kept
    assert token not in kept


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Listening) -> None:
    said = Visitor(api.address).get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said


def test_signing_out_ends_the_session_in_the_database_too(api: Listening) -> None:
    visitor = signed_in(api, "leaving")
    cookies = dict(visitor.cookies)
    assert visitor.post("/sign-out").headers["Location"] == "/sign-in"
    visitor.cookies = cookies
    assert visitor.get("/").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("column", "by"), [("seen_at", timedelta(minutes=31)), ("created_at", LONGEST + timedelta(minutes=1))]
)
def test_a_session_that_was_left_or_lasted_a_day_is_over(api: Listening, column: str, by: timedelta) -> None:
    visitor = signed_in(api, f"over-{column}")
    assert visitor.get("/").status == 200
    (token,) = visitor.cookies.values()
    with api.database.writing() as session:
        row = session.get_one(SessionRow, hashlib.sha256(token.encode()).hexdigest())
        session.execute(update(SessionRow).values({column: getattr(row, column) - by}))
    assert visitor.get("/").headers["Location"] == "/sign-in?to=%2F&why=idle"


def test_a_page_that_asks_of_itself_keeps_nobody_signed_in(api: Listening) -> None:
    visitor = signed_in(api, "away")
    (token,) = visitor.cookies.values()
    its_row = hashlib.sha256(token.encode()).hexdigest()
    with api.database.writing() as session:
        row = session.get_one(SessionRow, its_row)
        row.seen_at = left = row.seen_at - timedelta(minutes=20)
    for unattended in ({"Accept": "text/event-stream"}, {"X-Unattended": "1"}):
        assert visitor.get("/", **unattended).status == 200
        with api.database.looking() as session:
            assert session.get_one(SessionRow, its_row).seen_at == left
    visitor.get("/")
    with api.database.looking() as session:
        assert session.get_one(SessionRow, its_row).seen_at > left


def test_a_revoked_key_ends_its_sessions(api: Listening) -> None:
    admin = api.caller("revoking")
    made = post(admin, "/v1/keys", scopes=["read"]).json
    visitor = Visitor(api.address)
    visitor.sign_in(made["key"])
    assert visitor.get("/").status == 200
    admin.ask("DELETE", f"/v1/keys/{made['id']}")
    assert visitor.get("/").status == 303


def test_a_form_without_the_pages_token_or_from_another_site_is_refused(api: Listening) -> None:
    visitor = signed_in(api, "forged")
    own = visitor.token
    for token, site in (("", "same-origin"), ("0" * 64, "same-origin"), (own, "cross-site"), (own, "same-site")):
        answer = visitor.post("/sign-out", {"csrf": token}, **{"Sec-Fetch-Site": site})
        assert (answer.status, b"open it again" in answer.body) == (403, True)
    other = signed_in(api, "forged").token
    assert visitor.post("/sign-out", {"csrf": other}).status == 403
    assert visitor.post("/sign-out", {"csrf": own}, **{"Sec-Fetch-Site": "same-origin"}).status == 303


def test_nobody_is_signed_in_by_a_form_of_another_site(api: Listening) -> None:
    visitor = Visitor(api.address)
    assert visitor.post("/sign-in", {"key": api.caller().key or "", "csrf": "0" * 64}).status == 403
    assert visitor.cookies == {}


def test_who_has_to_sign_in_comes_back_to_where_they_were_and_nowhere_else(api: Listening) -> None:
    visitor, key = Visitor(api.address), api.caller().key
    asked = visitor.get("/?outcome=verified").headers["Location"]
    assert asked == "/sign-in?to=%2F%3Foutcome%3Dverified"
    for to, leads in (
        ("/?outcome=verified", "/?outcome=verified"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
    ):
        assert visitor.sign_in(key, to=to).headers["Location"] == leads


def test_pages_are_kept_by_no_cache_and_let_nothing_foreign_run(api: Listening) -> None:
    visitor = signed_in(api, "guarded")
    for answer in (visitor.get("/"), visitor.get("/sign-in"), visitor.get("/nowhere"), visitor.get("/static/app.css")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get("/").headers["Cache-Control"] == "no-store"


def test_a_problem_is_a_page_to_a_browser_and_json_to_a_program(api: Listening) -> None:
    visitor = signed_in(api, "problems")
    shown = visitor.get("/nowhere")
    assert (shown.status, shown.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    told = visitor.get("/nowhere", Accept="*/*")
    assert (told.status, told.headers["Content-Type"]) == (404, "application/problem+json")
    assert visitor.get("/v1/nowhere").headers["Content-Type"] == "application/problem+json"


def test_a_session_is_no_key_of_the_api(api: Listening) -> None:
    assert signed_in(api, "apart").get("/v1/claims").status == 401


def test_signing_in_and_out_leaves_entries_and_a_page_does(api: Listening) -> None:
    visitor = signed_in(api, "noted-pages")
    visitor.post("/sign-out")
    with api.database.looking() as session:
        found = select(AuditRow.action).where(AuditRow.organisation == "noted-pages").order_by(AuditRow.id)
        assert session.scalars(found).all() == ["POST /sign-in", "GET /", "POST /sign-out"]


def test_a_form_that_is_too_large_or_no_form_is_refused(api: Listening) -> None:
    visitor = signed_in(api, "large")
    assert visitor.post("/sign-out", {"why": "x" * 70_000}).status == 413
    assert visitor.post("/sign-out", {f"field{n}": "" for n in range(300)}).status == 422
