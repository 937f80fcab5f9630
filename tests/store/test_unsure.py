"""A commit whose answer was lost: the entry is in the log, its writer hears that it did not work, and everybody else must hear of it all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, exc

from card.access import Viewer
from live.hub import Stream
from store import access_log, log, unsure
from store.grown import Grown
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Phone, server


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    found = server(tmp_path)
    found.testing = False
    return found


Lost = Callable[[bool], None]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Lost:
    """The connection is lost when the log writes next: after the commit, or just before it."""

    def at_next(happened: bool) -> None:
        writing, append = log.writing, access_log.append

        @contextmanager
        def loses(**how: Any) -> Iterator[Connection]:
            monkeypatch.setattr(log, "writing", writing)
            with writing(**how) as connection:
                yield connection
            raise exc.TimeoutError("no answer")

        def breaks(*_lines: Any, **_how: Any) -> None:
            monkeypatch.setattr(access_log, "append", append)
            raise exc.TimeoutError("no answer")

        if happened:
            monkeypatch.setattr(log, "writing", loses)
        else:
            monkeypatch.setattr(access_log, "append", breaks)

    return at_next


def listens(app: Flask, account: str) -> Stream:
    me = Phone(app, account).me
    stream: Stream = app.extensions["hub"].listen(Viewer(*(me[name] for name in ("person", "org", "domain", "role", "device"))))
    return stream


def heard(stream: Stream) -> list[str]:
    """The kinds of all that came down this stream."""
    kinds: list[str] = []
    while not stream.queue.empty():
        grown = stream.queue.get_nowait()
        kinds += [entry["kind"] for entry, _ in grown.entries] if grown else []
    return kinds


def hand_in(one: Phone, entry: dict[str, object]) -> int:
    return one.http.post("/sync", json={"epoch": one.me["epoch"], "have": {entry["card"]: 1_000_000}, "entries": [entry]}).status_code


def test_an_alarm_of_which_the_answer_was_lost_is_heard_once_its_writer_tries_again(app: Flask, lost: Lost) -> None:
    officer = Phone(app, OFFICER)
    card = officer.open_card("crisisdienst")
    stream, others = listens(app, TRIAGIST), list[Grown]()
    app.extensions["hub"].others.append(others.extend)
    alarm = officer.entry(card, "alarm.raised", {})
    lost(True)
    assert hand_in(officer, alarm) == 503
    assert heard(stream) == []
    assert [hand_in(officer, alarm) for _ in range(2)] == [200, 200]
    assert heard(stream) == ["alarm.raised"], "once"
    assert [entry["kind"] for grown in others for entry, _ in grown.entries] == ["alarm.raised"], "who pushes, too"


def test_it_is_heard_also_where_nobody_writes_again(app: Flask, lost: Lost) -> None:
    officer, stream = Phone(app, OFFICER), listens(app, OTHER_OFFICER)
    opening = officer.opening()
    lost(True)
    assert hand_in(officer, opening) == 503
    with app.app_context():
        unsure.bring()
    assert heard(stream) == ["card.opened"]


def test_before_what_somebody_else_writes_after_it(app: Flask, lost: Lost) -> None:
    officer, colleague = Phone(app, OFFICER), Phone(app, OTHER_OFFICER)
    card = officer.open_card("crisisdienst")
    stream = listens(app, TRIAGIST)
    lost(True)
    assert hand_in(officer, officer.entry(card, "alarm.raised", {})) == 503
    colleague.write(colleague.open_card("crisisdienst"), "observation.noted", {"says": "Hallo"})
    assert heard(stream)[0] == "alarm.raised"


def test_what_did_not_happen_is_not_told_and_looked_for_only_for_a_while(app: Flask, lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    stream = listens(app, OTHER_OFFICER)
    lost(False)
    assert hand_in(officer, officer.entry(card, "alarm.raised", {})) == 503
    with app.app_context():
        unsure.bring()
        monkeypatch.setattr(unsure, "LOOKED_FOR_S", 0)
        unsure.bring()
        monkeypatch.setattr(unsure, "_brought", lambda one: pytest.fail("it was looked for again"))
        unsure.bring()
    assert heard(stream) == []


def test_while_the_database_is_away_it_is_kept(app: Flask, lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    stream, looks = listens(app, OTHER_OFFICER), unsure._brought
    monkeypatch.setattr(unsure, "LOOKED_FOR_S", 0)
    lost(True)
    assert hand_in(officer, officer.entry(card, "alarm.raised", {})) == 503
    with app.app_context():
        monkeypatch.setattr(unsure, "_brought", lambda one: 1 / 0)
        unsure.bring()
        monkeypatch.setattr(unsure, "_brought", looks)
        unsure.bring()
    assert heard(stream) == ["alarm.raised"]
