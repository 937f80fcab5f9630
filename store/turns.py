"""Turns: many who write at once share one transaction, and so one wait for the disk (group commit; DeWitt and others, 1984).

Whoever has the turn does the work of all who wait, in the order in which they came. Alone it costs nothing; the busier it is, the more share a turn.
When the work of several fails as a whole, each is done again by itself: nobody suffers for what another asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class _Asked(Generic[Job, Outcome]):
    __slots__ = ("job", "done", "outcome", "problem")

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = False
        self.outcome: Outcome
        self.problem: Exception | None = None

    def end(self, outcome: Outcome) -> None:
        self.outcome, self.done = outcome, True

    def fail(self, problem: Exception) -> None:
        self.problem, self.done = problem, True


class Turns(Generic[Job, Outcome]):
    """`together(jobs)` does them all or none, and gives their outcomes in the same order."""

    def __init__(self, together: Callable[[list[Job]], list[Outcome]], most: int = 64) -> None:
        self._together, self._most = together, most
        self._waiting: deque[_Asked[Job, Outcome]] = deque()
        self._turn = Lock()

    def ask(self, job: Job) -> Outcome:
        asked: _Asked[Job, Outcome] = _Asked(job)
        self._waiting.append(asked)
        with self._turn:
            while not asked.done:
                self._take_turn()
        if asked.problem:
            raise asked.problem
        return asked.outcome

    def _take_turn(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._work(taken)
        finally:
            # Stopped in the middle (the worker ends): whoever is next still finds what was not done.
            self._waiting.extendleft(asked for asked in reversed(taken) if not asked.done)

    def _work(self, taken: list[_Asked[Job, Outcome]]) -> None:
        try:
            outcomes = self._together([asked.job for asked in taken])
        except Exception as problem:
            if len(taken) == 1:
                taken[0].fail(problem)
            else:
                for asked in taken:
                    self._work([asked])
            return
        for asked, outcome in zip(taken, outcomes, strict=True):
            asked.end(outcome)
