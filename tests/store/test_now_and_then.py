"""Work beside the server: done every so often until it is stopped, whatever goes wrong in it."""

from __future__ import annotations

import logging
import threading

import pytest
from flask import Flask, current_app

from store.now_and_then import NowAndThen


def test_it_goes_on_after_a_problem_inside_the_application_until_it_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    app, names, enough = Flask("the application"), list[str](), threading.Event()

    def work() -> None:
        names.append(current_app.name)
        if len(names) == 3:
            enough.set()
        raise OSError("not now")

    with caplog.at_level(logging.ERROR):
        going = NowAndThen(app, "work", 0.01, work, "it could not be done")
        assert enough.wait(10)
        going.stop()
        assert going.is_over_within(10)
    done = len(names)
    assert set(names) == {"the application"}
    assert [record.message for record in caplog.records] == ["it could not be done"] * done


@pytest.mark.parametrize("at_last", [True, False])
def test_who_stops_it_may_have_it_done_once_more_and_waits_for_that(at_last: bool) -> None:
    done: list[int] = []
    going = NowAndThen(Flask("x"), "work", 60, lambda: done.append(1), "no", at_last=at_last)
    going.stop()
    assert going.is_over_within(10)
    assert len(done) == at_last


def test_who_stops_it_waits_no_longer_than_they_say() -> None:
    begun, over = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        over.wait(30)

    going = NowAndThen(Flask("x"), "work", 0.01, work, "no")
    assert begun.wait(10)
    going.stop()
    assert not going.is_over_within(0.05)
    over.set()
    assert going.is_over_within(10)
