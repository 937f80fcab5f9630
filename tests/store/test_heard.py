"""What streams bring, on its way to the access log: no stream waits for it or ends by it, and what cannot be kept is said."""

from __future__ import annotations

import logging
import runpy
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from store import access_log, heard
from store.access_log import Asked, Line, Visit
from tests.cast import EVENING_MS, server
from tests.stories.served import ROOT


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = server(tmp_path)
    with made.app_context():
        yield made


def line(device: str, card: str = "c", at_ms: int = EVENING_MS) -> Line:
    return Line(Visit("p", "n", "noord", "member", device), at_ms, "stream", card)


def kept() -> list[str]:
    return [one["device"] for one in access_log.every(Asked(action="stream"))][::-1]


def is_away(*_: object) -> None:
    raise OSError("the database of the access log is away")


def test_a_stream_goes_on_while_the_log_is_away_and_what_waits_has_an_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_WAITING", 700)
    buffer = heard.heard()
    with monkeypatch.context() as away:
        away.setattr(access_log, "append", is_away)
        for number in range(2_000):
            buffer.note(line(str(number)))
        with pytest.raises(OSError, match="away"):
            buffer.write()
        assert (buffer.waiting(), buffer.lost) == (700, 1_300)
    assert buffer.write()
    assert kept() == [str(number) for number in range(700)], "each once, in order"


def test_whose_line_was_not_kept_has_one_the_next_time_and_not_after_five_minutes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_WAITING", 1)
    buffer = heard.heard()
    for device in ("first", "second"):
        buffer.note(line(device))
    assert buffer.write()
    for device in ("first", "second"):
        buffer.note(line(device, at_ms=EVENING_MS + 1_000))
    assert buffer.write()
    assert kept() == ["first", "second"]


def test_what_is_known_is_bounded_and_costs_as_little_when_there_is_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of so many devices and cards that not all are remembered the oldest has a line sooner: never later."""
    monkeypatch.setattr(heard, "MOST_KNOWN", 10)
    buffer = heard.heard()
    assert [buffer.is_new(line(str(number))) for number in range(25)] == [True] * 25
    assert len(buffer._known) + len(buffer._older) <= 20
    known = buffer._known
    assert [buffer.is_new(line(str(number))) for number in (24, 15, 10, 3)] == [False, False, False, True]
    assert buffer._known is known, "what is known is not gone through for each"


def test_five_minutes_are_five_minutes_however_many_began_in_them(app: Flask) -> None:
    buffer, minute = heard.heard(), 60_000
    told = [buffer.is_new(line("one", at_ms=EVENING_MS + turn * minute)) for turn in range(12)]
    assert told == [turn % 5 == 0 for turn in range(12)]
    assert [buffer.is_new(line("other", at_ms=EVENING_MS + turn * minute)) for turn in (13, 16, 17, 18)] == [True, False, False, True]


def test_what_is_lost_is_said_once_and_counted(app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(heard, "MOST_WAITING", 1)
    monkeypatch.setattr(heard, "EVERY_S", 0.01)
    for device in ("first", "second", "third"):
        heard.heard().note(line(device))
    with caplog.at_level(logging.ERROR):
        end = heard.keep_writing(app)
        deadline = time.monotonic() + 10
        while not caplog.records:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.1)
        end()
    assert [record.facts for record in caplog.records] == [{"lines": 2}]  # type: ignore[attr-defined]
    assert "motorkap_access_lines_lost_total 2.0" in app.test_client().get("/metrics").get_data(as_text=True)


def test_a_list_that_could_not_be_written_down_is_no_look_that_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the page would be shown the next time without its line."""
    with monkeypatch.context() as away:
        away.setattr(access_log, "append", is_away)
        with pytest.raises(OSError, match="away"):
            heard.append_new([line("d")])
    heard.append_new([line("d")])
    heard.append_new([line("d")])
    assert kept() == ["d"]


def slow(monkeypatch: pytest.MonkeyPatch, until: Any) -> threading.Event:
    """The log from now on: each writing waits until then. Set when one has begun."""
    begun, append = threading.Event(), access_log.append

    def slowly(lines: list[Line]) -> None:
        begun.set()
        until()
        append(lines)

    monkeypatch.setattr(access_log, "append", slowly)
    return begun


def test_a_process_that_ends_in_the_middle_of_writing_writes_that_and_the_rest(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "EVERY_S", 0.01)
    begun = slow(monkeypatch, lambda: time.sleep(0.4))
    heard.heard().note(line("first"))
    worker = SimpleNamespace(wsgi=app, write_rest=heard.keep_writing(app))
    assert begun.wait(10)
    heard.heard().note(line("second"))
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["worker_exit"](None, worker)
    assert kept() == ["first", "second"]


def test_a_process_that_ends_waits_for_a_log_that_hangs_no_longer_than_it_can(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(heard, "EVERY_S", 0.01)
    monkeypatch.setattr(heard, "LAST_S", 0.2)
    over = threading.Event()
    begun = slow(monkeypatch, lambda: over.wait(30))
    heard.heard().note(line("first"))
    end = heard.keep_writing(app)
    assert begun.wait(10)
    heard.heard().note(line("second"))
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        end()
    assert time.monotonic() - began < 5
    assert [record.facts for record in caplog.records] == [{"lines": 2}]  # type: ignore[attr-defined]
    over.set()
