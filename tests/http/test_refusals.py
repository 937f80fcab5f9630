"""Who is refused over and over is cut short, and nobody else is: not a colleague at the same address, and not who has yet to sign in there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.storage import memory
from werkzeug.test import TestResponse

from blueprints.engine import words
from store import people
from store.demo import PASSWORD
from tests.cast import OFFICER, OTHER_OFFICER, Clock, Phone, server
from tests.http.inviting import signing_in
from tests.http.test_headers import assert_told
from tests.http.test_logs import Written, written

Phones = Callable[[str], Phone]
HTML = {"Accept": "text/html"}
MOST = 5

__all__ = ["written"]


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, REFUSALS_LIMIT=f"{MOST} per 10 seconds")


def refused(http: FlaskClient, times: int = MOST) -> None:
    for _ in range(times):
        assert http.get("/nergens").status_code == 404


def is_cut_short(answer: TestResponse) -> bool:
    return answer.status_code == 429 and answer.headers.get("Retry-After", "").isdigit() and 1 <= int(answer.headers["Retry-After"]) <= 10


@pytest.mark.parametrize("path", ["/", "/nergens", "/me.json", "/login", "/healthz"])
def test_whose_session_was_refused_over_and_over_is_cut_short_whatever_they_ask(phone: Phones, path: str) -> None:
    officer = phone(OFFICER)
    refused(officer.http)
    assert is_cut_short(officer.http.get(path))


def test_every_kind_of_refusal_counts(phone: Phones) -> None:
    http = phone(OFFICER).http
    answers = [
        http.get("/nergens"), http.open("/sync", method="PROPFIND"), http.post("/sync", data="{"),
        http.post("/cards", headers={"Sec-Fetch-Site": "cross-site"}), http.post("/sync", json={"entries": [1] * 501}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 405, 400, 403, 413]
    assert is_cut_short(http.get("/me.json"))


def test_a_colleague_at_the_same_address_notices_nothing(app: Flask, phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    refused(officer.http)
    refused(app.test_client())
    assert is_cut_short(officer.http.get("/"))
    assert colleague.http.get("/").status_code == 200
    assert colleague.http.get("/nergens", headers=HTML).status_code == 404
    assert colleague.sync()["accepted"] == {}


def test_who_is_not_signed_in_loses_at_an_address_no_more_than_the_reason_of_a_refusal(app: Flask) -> None:
    refused(app.test_client())
    http = app.test_client()
    assert is_cut_short(http.get("/nergens"))
    assert is_cut_short(http.delete("/settings"))
    assert http.get("/healthz").status_code == 200
    assert http.get("/").status_code == 303
    assert http.get("//settings").status_code == 308
    assert http.get("/me.json").status_code == 401
    assert http.get("/api/v1/cards", headers={"Authorization": "Bearer nothing"}).status_code in (401, 404)
    assert signing_in(http, OFFICER, PASSWORD).status_code == 303
    assert http.get("/me.json").status_code == 200


@pytest.mark.parametrize("cookie", ["nothing", ".eJw", "signed elsewhere"])
def test_a_session_that_was_not_given_out_here_is_nobodys(app: Flask, tmp_path: Path, cookie: str) -> None:
    if cookie == "signed elsewhere":
        (tmp_path / "elsewhere").mkdir()
        elsewhere = Phone(server(tmp_path / "elsewhere", SECRET_KEY="another secret"), OFFICER).http.get_cookie("session")
        assert elsewhere is not None
        cookie = elsewhere.value
    refused(app.test_client())
    http = app.test_client()
    http.set_cookie("session", cookie)
    assert is_cut_short(http.get("/nergens"))
    assert http.get("/login").status_code == 200


def test_after_it_everything_is_as_before(phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = phone(OFFICER)
    refused(officer.http)
    later = memory.time.time() + 11
    monkeypatch.setattr(memory, "time", SimpleNamespace(time=lambda: later))
    assert officer.http.get("/me.json").status_code == 200
    refused(officer.http)
    assert officer.http.get("/me.json").status_code == 429


def test_what_is_accepted_does_not_count(phone: Phones) -> None:
    officer = phone(OFFICER)
    for _ in range(3 * MOST):
        assert officer.http.get("/me.json").status_code == 200


def test_a_short_no_carries_what_every_answer_carries(app: Flask, phone: Phones, written: Written) -> None:
    officer = phone(OFFICER)
    refused(officer.http)
    answer = officer.http.post("/sync", json={})
    assert answer.get_json() == {"error": "too_many_refusals", "message": words("nl")["page.error.too_many_refusals"]}
    assert_told(answer, "a short no")
    line = written.lines[-1]
    assert (line["status"], line["code"], line["route"], line["method"]) == (429, "too_many_refusals", "/sync", "POST")
    assert line["id"] == answer.headers["X-Request-Id"]
    counted = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'motorkap_requests_total{method="POST",route="/sync",status="429"} 1.0' in counted


@pytest.mark.parametrize(("language", "says"), [("nl", "Er kwam te veel achter elkaar"), ("en", "Too much came in a row")])
def test_somebody_who_is_cut_short_reads_it_on_a_page_in_their_language(phone: Phones, language: str, says: str) -> None:
    officer = phone(OFFICER)
    officer.http.set_cookie("lang", language)
    refused(officer.http)
    answer = officer.http.get("/", headers=HTML)
    assert is_cut_short(answer)
    assert says in answer.get_data(as_text=True)
    assert_told(answer, "a page that says no")


def test_nobody_is_looked_up_for_an_address_that_is_none_unless_a_page_is_asked_for(phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    http = phone(OFFICER).http
    asked: list[str] = []
    known = people.signed_in
    monkeypatch.setattr(people, "signed_in", lambda session, now_ms: asked.append(session) or known(session, now_ms))
    assert http.get("/nergens", headers={"Accept": "application/json"}).get_json()["error"] == "not_found"
    assert "data-signed-out" in http.get("/nergens").get_data(as_text=True)
    assert http.open("/me.json", method="PROPFIND").status_code == 405
    assert asked == []
    with_frame = http.get("/nergens", headers=HTML).get_data(as_text=True)
    assert len(asked) == 1
    assert "data-signed-out" not in with_frame
    assert 'class="top-nav"' in with_frame


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_for_nobody_is_of_the_kind_and_in_the_language_that_is_asked_for(app: Flask, language: str) -> None:
    http = app.test_client()
    http.set_cookie("lang", language)
    for status, method, path in ((404, "GET", "/nergens"), (405, "DELETE", "/settings"), (404, "GET", "/nergens")):
        answer = http.open(path, method=method, headers=HTML)
        assert answer.status_code == status
        assert words(language)[f"page.error.{status}"] in answer.get_data(as_text=True)
        assert f'<html lang="{language}">' in answer.get_data(as_text=True)
