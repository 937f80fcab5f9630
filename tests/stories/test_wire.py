"""Offline in these stories means that the worker cannot reach the server. This proves that a cut wire does that, for one phone only."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.phone import Phone

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
