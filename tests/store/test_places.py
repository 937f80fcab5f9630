"""Places: no more than so many at once, and who waits longest is next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import gevent
import gevent.thread
import pytest

from store import places
from store.places import NoPlace, Places


def wait_until(there: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def waiting(full: Places, names: list[str], came: list[str]) -> Iterator[None]:
    """These wait for a place, each since after the one before it; once this ends each has had one."""

    def come(name: str) -> None:
        with full.one():
            came.append(name)

    threads = [threading.Thread(target=come, args=(name,)) for name in names]
    for count, thread in enumerate(threads, 1):
        thread.start()
        wait_until(lambda count=count: len(full._waiting) == count)
    yield
    for thread in threads:
        thread.join(20)


def test_as_many_as_there_are_places_are_in_at_once_and_the_rest_waits() -> None:
    full, came = Places(2, 5), []
    with ExitStack() as inside:
        inside.enter_context(full.one())
        inside.enter_context(full.one())
        with waiting(full, ["third"], came):
            assert came == []
            inside.close()
    assert came == ["third"]


def test_who_waits_longest_is_next_and_who_comes_when_a_place_comes_free_is_behind_all_who_wait() -> None:
    full, came = Places(1, 5), []
    with ExitStack() as inside:
        inside.enter_context(full.one())
        with waiting(full, ["first", "second", "third"], came):
            inside.close()
            with full.one():
                came.append("came just then")
    assert came == ["first", "second", "third", "came just then"]


def test_a_place_is_free_again_also_after_what_went_wrong() -> None:
    full = Places(1, 5)
    for _ in range(3):
        with pytest.raises(ValueError, match="wrong"), full.one():
            raise ValueError("wrong")
    with full.one():
        assert not full._free


def test_who_waited_too_long_goes_away_and_keeps_nobody_from_a_place() -> None:
    full = Places(1, 0.05)
    with full.one():
        with pytest.raises(NoPlace), full.one():
            pytest.fail("there was no place")
        assert not full._waiting
    with full.one():
        assert not full._free


@pytest.mark.parametrize("when", ["it still waits", "a place was given to it just then"])
def test_who_is_stopped_keeps_nobody_from_a_place(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "Lock", gevent.thread.LockType)
    full, came = Places(1, 5), []

    def come(name: str) -> None:
        with full.one():
            came.append(name)

    with full.one():
        stopped, next_ = (gevent.spawn(come, name) for name in ("stopped", "next"))
        gevent.sleep(0)
        assert len(full._waiting) == 2
        stopped.kill(block=when == "it still waits")
    next_.join(20)
    assert came == ["next"]
    assert full._free == 1
