"""What the server writes down about itself: enough to find what went wrong, and nothing of a person or a card, even when it fails over them."""

from __future__ import annotations

import io
import json
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import text

from blueprints import logs
from store.access_log import engine as access_engine
from store.demo import PASSWORD
from store.models import db
from tests.cast import OFFICER, Phone, new_id, server
from tests.http.inviting import signing_in
from tests.http.routes import ways
from tests.stories.served import Served, copied

Phones = Callable[[str], Phone]
WORDS = "Mevrouw De Wit woont op Kerkstraat 12, BSN 123456782"


class Written:
    """The log as it is written, kept here."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    kept = Written()
    handler = logging.StreamHandler(kept.stream)
    handler.setFormatter(logs.Lines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


def breaks(app: Flask, how: Callable[[], object]) -> None:
    """A route that fails as a mistake of ours would."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["health.healthz"] = how


def test_a_request_is_one_line_with_its_route_and_not_its_address(phone: Phones, written: Written) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    before = len(written.lines)
    answer = officer.http.get(f"/cards/{card}/timeline?before={WORDS}")
    [line] = written.lines[before:]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert 0 < line.pop("ms") < 10_000
    assert line == {
        "level": "info", "said": "request", "method": "GET", "route": "/cards/<uuid:card>/timeline", "status": 200,
        "id": answer.headers["X-Request-Id"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code", "ask"),
    [
        (400, "malformed", lambda http: http.post("/sync", data="nul")),
        (404, "not_found", lambda http: http.get(f"/cards/{new_id()}")),
        (404, "not_found", lambda http: http.get(f"/{WORDS}")),
        (405, "method_not_allowed", lambda http: http.delete("/settings")),
        (403, "forbidden", lambda http: http.post("/cards", headers={"Sec-Fetch-Site": "cross-site"})),
    ],
)
def test_a_refusal_says_its_code(phone: Phones, written: Written, status: int, code: str, ask: Any) -> None:
    ask(phone(OFFICER).http)
    assert (written.lines[-1]["status"], written.lines[-1]["code"]) == (status, code)
    assert "Kerkstraat" not in written.text


def test_no_route_writes_down_who_came_with_what(app: Flask, phone: Phones, written: Written) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entry = officer.write(card, "observation.noted", {"does": WORDS})
    typed = dict.fromkeys(("email", "name", "place", "problem", "text", "code", "password", "reason", "does", "q"), WORDS)
    for http in (officer.http, app.test_client()):
        for way in ways(app, {"card": card, "person": officer.me["person"], "token": "a-token-of-somebody"}):
            more = {"data": typed} if way.method == "POST" else {"query_string": typed}
            http.open(way.path, method=way.method, headers={"X-Forwarded-For": "203.0.113.9"}, **more).close()
    assert len(written.lines) > 100
    known = [*WORDS.split(", "), "Wit", "noord.example", officer.me["name"], officer.me["person"], officer.me["device"]]
    for personal in [*known, card, entry["id"], "127.0.0.1", "203.0.113.9", "a-token-of-somebody", PASSWORD, app.config["SECRET_KEY"]]:
        assert personal not in written.text, personal


def test_signing_in_leaves_no_secret_in_the_log(app: Flask, written: Written) -> None:
    http = app.test_client()
    signing_in(http, OFFICER, "mis geraden")
    signing_in(http, OFFICER, PASSWORD)
    session = http.get_cookie("session")
    assert session is not None
    for secret in (OFFICER, "mis geraden", PASSWORD, session.value, app.config["SECRET_KEY"]):
        assert secret not in written.text


def fails_in_the_database() -> None:
    with db.engine.connect() as connection:
        connection.execute(text("insert into nowhere values (:said)"), {"said": WORDS})


def fails_in_the_access_log() -> None:
    with access_engine().connect() as connection:
        connection.execute(text("select :said from nowhere"), {"said": WORDS})


def fails_in_words() -> None:
    said = request.args["said"]
    try:
        raise ValueError(f"what is {said}?")
    except ValueError as problem:
        raise RuntimeError(said) from problem


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("how", "kinds"),
    [
        (fails_in_the_database, ["sqlalchemy.exc.OperationalError", "sqlite3.OperationalError"]),
        (fails_in_the_access_log, ["sqlalchemy.exc.OperationalError", "sqlite3.OperationalError"]),
        (fails_in_words, ["builtins.RuntimeError", "builtins.ValueError"]),
    ],
)
def test_a_mistake_says_what_kind_and_where_and_none_of_the_words_it_failed_over(
    phone: Phones, app: Flask, written: Written, how: Callable[[], None], kinds: list[str]
) -> None:
    officer = phone(OFFICER)
    breaks(app, how)
    answer = officer.http.get("/healthz", query_string={"said": WORDS})
    assert answer.status_code == 500
    mistake, line = written.lines[-2:]
    assert (line["status"], line["level"]) == (500, "error")
    assert mistake["id"] == line["id"] == answer.headers["X-Request-Id"]
    assert (mistake["level"], mistake["route"]) == ("error", "/healthz")
    assert [one["type"] for one in mistake["exceptions"]] == kinds
    assert any(re.fullmatch(rf"tests/http/test_logs\.py:\d+ {how.__name__}", place) for place in mistake["exceptions"][0]["stack"])
    for personal in ("Wit", "Kerkstraat", "123456782", OFFICER):
        assert personal not in written.text


def test_an_error_of_the_database_hides_its_values_wherever_it_is_printed(app: Flask) -> None:
    for how in (fails_in_the_database, fails_in_the_access_log):
        with app.app_context(), pytest.raises(Exception, match="nowhere") as problem:
            how()
        assert "Kerkstraat" not in str(problem.value)


def test_of_what_others_say_only_the_fixed_words_are_kept(written: Written) -> None:
    log = logging.getLogger("gunicorn.error")
    log.propagate = True
    log.error("Error handling request %s %s", "GET", f"/cards/{WORDS}")
    log.warning(f"{WORDS}: invalid request from ip=203.0.113.9")  # noqa: G004
    log.error(ValueError(WORDS))
    logging.getLogger("a.library").info(f"Hello {WORDS}")  # noqa: G004
    logging.getLogger("store").warning("the access log could not be written; tried again in a second")
    assert [line["said"] for line in written.lines] == [
        "Error handling request %s %s", logs.PUT_TOGETHER, "ValueError", logs.PUT_TOGETHER,
        "the access log could not be written; tried again in a second",
    ]  # fmt: skip
    assert [line["at"].rpartition(":")[0] for line in written.lines if line["said"] == logs.PUT_TOGETHER] == [
        "gunicorn.error test_logs", "a.library test_logs",
    ]  # fmt: skip


def test_a_mistake_on_a_page_of_a_card_does_not_say_which_card(phone: Phones, app: Flask, written: Written) -> None:
    """Flask says the address of the request that failed."""
    officer = phone(OFFICER)
    card = officer.open_card()
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["cards.page"] = lambda card: 1 / 0
    assert officer.http.get(f"/cards/{card}").status_code == 500
    assert written.lines[-2]["exceptions"][0]["type"] == "builtins.ZeroDivisionError"
    assert card not in written.text


def test_a_method_that_http_does_not_know_is_not_written_down(phone: Phones, written: Written) -> None:
    phone(OFFICER).http.open("/login", method="KERKSTRAAT")
    assert written.lines[-1]["method"] == "other"
    assert "KERKSTRAAT" not in written.text


@pytest.mark.parametrize(
    ("behind_tls", "given", "kept"),
    [
        (True, "proxy-1234567890", True),
        (False, "proxy-1234567890", False),
        (True, "short", False),
        (True, "Wit, Kerkstraat 12", False),
        (True, "", False),
    ],
)
def test_the_number_of_a_request_is_the_proxys_where_there_is_one(tmp_path: Path, behind_tls: bool, given: str, kept: bool) -> None:
    answer = server(tmp_path, BEHIND_TLS=behind_tls).test_client().get("/login", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert kept or re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_the_server_as_it_runs_writes_nothing_but_such_lines(demo_folder: Path, tmp_path: Path) -> None:
    served = Served(copied(demo_folder, tmp_path / "data")).start()
    try:
        urllib.request.urlopen(f"{served.base}/login?next=Kerkstraat").read()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{served.base}/cards/Kerkstraat")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(f"{served.base}/login", headers={"Kerk(straat": "12"}))
        served.stop()
    finally:
        served.kill()
    log = (served.data / "server.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"/login", ""} <= {line["route"] for line in lines if line["said"] == "request"}
    assert any(line["said"].startswith("Listening at") for line in lines)
    assert any(line["said"] == logs.PUT_TOGETHER and line["at"].startswith("gunicorn.error base") for line in lines), log
    assert "Kerkstraat" not in log
    assert "127.0.0.1:" not in log.replace(f"http://127.0.0.1:{served.port}", "")
    assert "from 127.0.0.1" not in log


def test_a_thread_that_ends_by_a_mistake_says_what_kind_and_none_of_its_words(written: Written) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError as problem:
        logs.ended(problem)
    [line] = written.lines
    assert (line["level"], line["exceptions"][0]["type"]) == ("critical", "builtins.ValueError")
    assert "Kerkstraat" not in written.text
