"""Disagreements: while two judgements of a risk stood side by side and said something else, from the second of them until somebody who saw both
judged again. To disagree is no fault; that it was seen and spoken about is what a review looks for (report 3.1.3).

By the stamps of who judged. One that reached the others late stood there from when it was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from card.entry import Entry
from card.gathered import Gathered
from card.risk import is_acute
from card.vocabulary import RISK_FOR
from review.period import period, stamp_ms, within
from review.standing import Standing


@dataclass(frozen=True, slots=True)
class Disagreement:
    """About whom the risk was, and from when until when they disagreed, in milliseconds."""

    about: str
    begins_ms: int
    ends_ms: int


def disagreements(log: Gathered, now_ms: int) -> list[Disagreement]:
    """Those that were ever there, in the order in which they began."""
    span, found = period(log, now_ms), []
    for about in RISK_FOR:
        since: int | None = None
        for moment, apart in _turns([entry for entry in log.of("risk.assessed") if entry["body"]["for"] == about]):
            if apart and since is None:
                since = within(span, moment)
            elif not apart and since is not None:
                found.append(Disagreement(about, since, within(span, moment)))
                since = None
        if since is not None:
            found.append(Disagreement(about, since, span[1]))
    return sorted(found, key=lambda one: (one.begins_ms, one.about))


def _turns(judged: Iterable[Entry]) -> Iterable[tuple[int, bool]]:
    """After each judgement, in reading order: when it was given, and whether those that stand differ."""
    standing, said = Standing(), Counter[tuple[str, bool]]()
    for entry in judged:
        gone, stands = standing.add(entry)
        said.subtract(map(_says, gone))
        said.update([_says(entry)] if stands else [])
        yield stamp_ms(entry), len(+said) > 1


def _says(entry: Entry) -> tuple[str, bool]:
    return entry["body"]["level"], is_acute(entry)
