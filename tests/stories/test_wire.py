"""Offline in these stories means that the worker cannot reach the server. This proves that a cut wire does that, for one phone only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.phone import Phone
from tests.stories.wire import free_port

REACH = """async () => {
  try { return (await fetch("/healthz", {cache: "no-store"})).status; } catch (problem) { return problem.name; }
}"""


def test_a_cut_wire_reaches_the_worker_itself_and_no_other_phone(phone: Callable[..., Phone]) -> None:
    cut, whole = phone("agent@noord.example"), phone("triagist@crisisdienst.example")
    assert cut.worker.evaluate(REACH) == 200
    cut.cut()
    assert cut.worker.evaluate(REACH) == "TypeError"
    assert cut.page.evaluate(REACH) == "TypeError"
    assert whole.worker.evaluate(REACH) == 200
    cut.mend()
    assert cut.worker.evaluate(REACH) == 200


def test_no_two_processes_that_test_side_by_side_are_given_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    given = []
    for process in ("gw0", "gw1"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", process)
        given.append({free_port() for _ in range(200)})
    assert [len(ports) for ports in given] == [200, 200]
    assert not given[0] & given[1]
    assert max(given[0] | given[1]) < 32_768, "the system gives those from there on to whoever calls out"
