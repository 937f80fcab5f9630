"""A server's clock that ran ahead and was set right: what phones stamp after what it told then is taken; what is ahead of all it ever told is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from store import furthest
from store.access_log import Line, Visit
from store.heard import WINDOW_MS, Heard
from tests import engines
from tests.cast import OFFICER, Clock, Phone, server

HOUR_MS = 3_600_000


def test_after_a_clock_that_ran_ahead_a_phone_goes_on_from_the_stamps_that_it_has(tmp_path: Path) -> None:
    clock = Clock()
    phone = Phone(server(tmp_path, clock), OFFICER)
    clock.later(hours=1)
    card = phone.open_card()
    clock.later(hours=-1)
    for restarted in (False, True):
        if restarted:
            http = server(tmp_path, clock, SQLALCHEMY_DATABASE_URI=phone.app.config["SQLALCHEMY_DATABASE_URI"]).test_client()
            http._cookies = phone.http._cookies
            phone.http = http
        stamps = (phone.at(ahead_ms=HOUR_MS), phone.at(ahead_ms=HOUR_MS + 660_000))
        after, beyond = (phone.entry(card, "observation.noted", {"does": "Loopt weg"}, at=at) for at in stamps)
        answer = phone.sync([after, beyond])
        assert list(answer["accepted"]) == [after["id"]]
        assert answer["rejected"][beyond["id"]]["code"] == "clock"


def test_a_server_that_never_was_ahead_refuses_what_is_ahead_of_it(tmp_path: Path) -> None:
    phone = Phone(server(tmp_path), OFFICER)
    card = phone.open_card()
    ahead = phone.entry(card, "observation.noted", {"does": "Loopt weg"}, at=phone.at(ahead_ms=HOUR_MS))
    assert phone.sync([ahead])["rejected"][ahead["id"]]["code"] == "clock"


def test_what_another_process_with_a_clock_ahead_took_in_is_found_out_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = Clock(), Clock()
    wrong.later(hours=1)
    monkeypatch.setenv("DATA", str(tmp_path))
    here = server(tmp_path, right, SQLALCHEMY_DATABASE_URI=engines.shared_postgres().database())
    phone = Phone(here, OFFICER)
    card = phone.open_card()

    def is_taken(app: Flask, ahead_ms: int) -> bool:
        http = app.test_client()
        http._cookies = phone.http._cookies
        entry = phone.entry(card, "observation.noted", {"does": "Loopt weg"}, at=phone.at(ahead_ms=ahead_ms))
        asked = {"epoch": phone.me["epoch"], "have": {}, "entries": [entry]}
        return entry["id"] in http.post("/sync", json=asked).get_json()["accepted"]

    assert not is_taken(here, HOUR_MS)
    assert is_taken(server(tmp_path, wrong, SQLALCHEMY_DATABASE_URI=here.config["SQLALCHEMY_DATABASE_URI"]), HOUR_MS)
    monkeypatch.setattr(furthest, "FRESH_S", 0.0)
    assert is_taken(here, HOUR_MS)


def test_a_clock_that_is_set_back_keeps_nothing_out_of_the_access_log() -> None:
    def line(at_ms: int) -> Line:
        return Line(Visit("jan", "Jan", "noord", "member", "aaaaaaaa"), at_ms, "stream", "a card")

    heard = Heard()
    moments = (0, WINDOW_MS - 1, WINDOW_MS, -HOUR_MS // 2, -HOUR_MS // 2 + 1)
    assert [heard.is_new(line(HOUR_MS + at)) for at in moments] == [True, False, True, True, False]
