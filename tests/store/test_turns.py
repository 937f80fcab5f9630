"""Turns: many who write at once share one turn, and nobody suffers for another."""

from __future__ import annotations

import threading

import pytest

from store.turns import Turns


class Gate:
    """Work that waits until it is let through, and remembers what was done together."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.begun, self.let_through = threading.Event(), threading.Event()

    def __call__(self, jobs: list[int]) -> list[int]:
        self.turns.append(jobs)
        self.begun.set()
        assert self.let_through.wait(20)
        if 13 in jobs:
            raise ValueError("thirteen")
        return [job * 10 for job in jobs]


def ask_behind(turns: Turns[int, int], gate: Gate, jobs: list[int]) -> dict[int, object]:
    """Asks job 0, and the others in this order while the gate holds job 0."""
    outcomes: dict[int, object] = {}

    def ask(job: int) -> None:
        try:
            outcomes[job] = turns.ask(job)
        except Exception as problem:
            outcomes[job] = problem

    threads = [threading.Thread(target=ask, args=(job,)) for job in (0, *jobs)]
    for place, thread in enumerate(threads):
        thread.start()
        if place == 0:
            assert gate.begun.wait(20)
        while len(turns._waiting) < place:
            threading.Event().wait(0.001)
    gate.let_through.set()
    for thread in threads:
        thread.join(20)
    return outcomes


def test_who_comes_while_another_writes_shares_the_next_turn_in_order_of_coming() -> None:
    gate = Gate()
    assert ask_behind(Turns(gate), gate, [1, 2, 3, 4, 5]) == {job: job * 10 for job in range(6)}
    assert gate.turns == [[0], [1, 2, 3, 4, 5]]


def test_a_turn_is_never_larger_than_it_may_be() -> None:
    gate = Gate()
    ask_behind(Turns(gate, most=2), gate, [1, 2, 3])
    assert gate.turns == [[0], [1, 2], [3]]


def test_one_whose_work_fails_does_not_take_the_others_along() -> None:
    gate = Gate()
    outcomes = ask_behind(Turns(gate), gate, [1, 13, 2])
    assert isinstance(outcomes.pop(13), ValueError)
    assert outcomes == {0: 0, 1: 10, 2: 20}


def test_what_was_not_done_when_a_turn_is_broken_off_is_done_in_the_next() -> None:
    done: list[list[str]] = []

    def work(jobs: list[str]) -> list[str]:
        if not done:
            done.append([])
            raise KeyboardInterrupt
        done.append(jobs)
        return jobs

    turns = Turns(work)
    with pytest.raises(KeyboardInterrupt):
        turns.ask("first")
    assert turns.ask("second") == "second"
    assert done[1] == ["first", "second"]


def test_what_is_nobodys_own_is_found_out_once_for_all() -> None:
    gate = Gate()
    outcomes = ask_behind(Turns(gate, is_of_all=lambda problem: isinstance(problem, ValueError)), gate, [1, 13, 2])
    assert outcomes.pop(0) == 0
    assert [type(outcomes[job]) for job in (1, 13, 2)] == [ValueError] * 3
    assert gate.turns == [[0], [1, 13, 2]]


def test_after_that_failed_each_is_done_in_the_way_that_is_said_for_it() -> None:
    gate = Gate()
    assert ask_behind(Turns(gate, by_itself=lambda job: job * 100), gate, [1, 13, 2]) == {0: 0, 1: 100, 13: 1300, 2: 200}
