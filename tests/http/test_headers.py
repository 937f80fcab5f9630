"""What every answer tells the browser, over the whole URL map and for everything that can go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import OFFICER, Phone, new_id, server
from tests.http.inviting import signing_in
from tests.http.routes import ways

Phones = Callable[[str], Phone]
ROOT = Path(__file__).parents[2]
POLICY = "; ".join(f"{name} {' '.join(sources)}" for name, sources in json.loads((ROOT / "static/policy.json").read_text()).items())
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), display-capture=(), geolocation=(self), microphone=(), payment=(), usb=()",
}
THE_SAME_FOR_EVERYBODY = {"shell.worker": "no-cache", "shell.manifest": "public, max-age=3600"}
ACCOUNTS = ("", OFFICER, "teamlead@noord.example", "admin@noord.example", "privacy@noord.example")


NOTHING = "default-src 'none'; frame-ancestors 'none'"


def assert_told(answer: TestResponse, what: str, cached: str = "no-store") -> None:
    """A page and the worker are told what they may; what is neither may nothing."""
    policy = POLICY if answer.mimetype in ("text/html", "text/javascript") and not what.startswith("file") else NOTHING
    told = {name: answer.headers.getlist(name) for name in [*ALWAYS, "Content-Security-Policy", "Cache-Control"]}
    expected = {name: [value] for name, value in ALWAYS.items()} | {"Content-Security-Policy": [policy], "Cache-Control": [cached]}
    assert told == expected, f"{what} {answer.status}"


def test_the_policy_lets_in_no_code_but_ours_and_no_text_as_code() -> None:
    policy = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == policy["connect-src"] == policy["worker-src"] == policy["form-action"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "motorkap"
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_route_tells_it_to_whoever_comes(app: Flask, phone: Phones, account: str) -> None:
    card = phone(OFFICER).open_card()
    http = phone(account).http if account else app.test_client()
    statuses = set()
    for way in ways(app, {"card": card}, ("GET", "HEAD", "OPTIONS", "POST", "PUT")):
        if way.endpoint == "identity.sign_out":
            continue
        with http.open(way.path, method=way.method) as answer:
            cached = THE_SAME_FOR_EVERYBODY.get(way.endpoint, "no-store") if way.method in ("GET", "HEAD") else "no-store"
            assert_told(answer, f"{way.method} {way.path}", cached)
            statuses.add(answer.status_code)
    assert statuses >= ({200, 303, 401} if not account else {200, 303, 404, 422})


def too_large(http: FlaskClient) -> TestResponse:
    return http.post("/sync", data=b"[" + b" " * 9_000_000 + b"]", content_type="application/json")


def too_often(http: FlaskClient) -> TestResponse:
    return [signing_in(http, OFFICER, "mis") for _ in range(12)][-1]


def broken(http: FlaskClient) -> TestResponse:
    app = http.application
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["health.healthz"] = lambda: 1 / 0
    return http.get("/healthz")


WRONG: dict[str, tuple[int, Callable[[FlaskClient], TestResponse]]] = {
    "nothing is there": (404, lambda http: http.get("/nergens")),
    "a card that is not theirs": (404, lambda http: http.get(f"/cards/{new_id()}")),
    "no file": (404, lambda http: http.get("/static/build/nothing.js")),
    "the wrong method": (405, lambda http: http.delete("/settings")),
    "writing to a file": (405, lambda http: http.post("/static/icons/icon.svg")),
    "an address with too many slashes": (308, lambda http: http.get("//settings")),
    "too large": (413, too_large),
    "too often": (429, too_often),
    "another site": (403, lambda http: http.post("/cards", headers={"Sec-Fetch-Site": "cross-site"})),
    "no JSON": (400, lambda http: http.post("/sync", data="nul")),
    "a mistake of ours": (500, broken),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_that_says_no_tells_it_too(phone: Phones, what: str) -> None:
    status, ask = WRONG[what]
    with ask(phone(OFFICER).http) as answer:
        assert answer.status_code == status
        if what == "writing to a file":
            assert answer.headers["Content-Security-Policy"] == NOTHING
            assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
        else:
            assert_told(answer, what)


@pytest.mark.parametrize("file", ["icons/icon.svg", "policy.json", "style/index.css", "page/index.js"])
def test_a_file_of_ours_tells_it_too_and_may_be_kept(app: Flask, file: str) -> None:
    with app.test_client().get(f"/static/{file}") as answer:
        assert answer.status_code == 200
        assert_told(answer, f"file {file}", "max-age=60, public")
        again = {"If-None-Match": answer.headers["ETag"]}
    with app.test_client().get(f"/static/{file}", headers=again) as kept:
        assert kept.status_code == 304
        assert "Content-Security-Policy" not in kept.headers, "what the browser kept has it"


def test_the_worker_is_told_the_policy_of_pages(app: Flask) -> None:
    with app.test_client().get("/worker.js") as answer:
        assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("behind_tls", [True, False])
def test_only_behind_tls_a_browser_is_told_to_come_by_tls_for_a_year(tmp_path: Path, behind_tls: bool) -> None:
    http = server(tmp_path, BEHIND_TLS=behind_tls).test_client()
    expected = ["max-age=31536000; includeSubDomains"] if behind_tls else []
    for path in ("/login", "/worker.js", "/static/icons/icon.svg", "/nergens"):
        with http.get(path) as answer:
            assert answer.headers.getlist("Strict-Transport-Security") == expected, path
