"""Turns: many who write at once share one transaction, and so one wait for the disk (group commit; DeWitt and others, 1984).

Whoever has the turn does the work of all who wait, in the order in which they came. Alone it costs nothing; the busier it is, the more share a turn.
When the work of several fails as a whole, each is done again by itself: nobody suffers for what another asked. Unless what went wrong is nobody's
own, such as a database that is away: to find that out once for each would keep everybody waiting.
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
    """`together(jobs)` does them all or none, and gives their outcomes in the same order. `by_itself` does one again after that failed, where it is
    done in another way then. `is_of_all` says whether what went wrong is nobody's own.
    """

    def __init__(
        self,
        together: Callable[[list[Job]], list[Outcome]],
        most: int = 64,
        by_itself: Callable[[Job], Outcome] | None = None,
        is_of_all: Callable[[Exception], bool] = lambda problem: False,
    ) -> None:
        self._together, self._most, self._is_of_all = together, most, is_of_all
        self._by_itself = by_itself or (lambda job: together([job])[0])
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
            for asked in taken:
                if len(taken) == 1 or self._is_of_all(problem):
                    asked.fail(problem)
                else:
                    self._work_alone(asked)
            return
        for asked, outcome in zip(taken, outcomes, strict=True):
            asked.end(outcome)

    def _work_alone(self, asked: _Asked[Job, Outcome]) -> None:
        try:
            asked.end(self._by_itself(asked.job))
        except Exception as problem:
            asked.fail(problem)
