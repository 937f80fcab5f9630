"""Flags: what somebody should look at, now or afterwards. They say; they decide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from card.arrest import arrested
from card.closing import closing, override
from card.gathered import Gathered
from card.handover import offers
from card.offence_report import will_report
from card.presence import organisations_of
from card.responsibility import holders
from card.risk import disagree, risk_heads
from card.transport import transport_heads

Flag = dict[str, Any]


def flags(log: Gathered) -> list[Flag]:
    return [*_handovers(log), *_disagreements(log), *_left_while_holding(log), *_closings(log), *_late(log), *_police_drove(log), *_arrests(log)]


def _flag(flag: str, entry: str | None = None, org: str | None = None, about: str | None = None) -> Flag:
    return {"flag": flag, "entry": entry, "org": org, "about": about}


def _handovers(log: Gathered) -> Iterator[Flag]:
    for offer in offers(log):
        if offer.acceptances and offer.withdrawals:
            yield _flag("handover_crossed", offer.entry["id"])
        if offer.acceptances and offer.declines:
            yield _flag("handover_contradicted", offer.entry["id"])


def _disagreements(log: Gathered) -> Iterator[Flag]:
    for whom, standing in risk_heads(log).items():
        if disagree(standing):
            yield _flag("risk_disagreement", about=whom)


def _left_while_holding(log: Gathered) -> Iterator[Flag]:
    """An organisation that holds the card, was here, and of which nobody is here any more."""
    of = organisations_of(log)
    if closing(log) is None:
        for org in holders(log):
            if org in of["left"] - of["arrived"]:
                yield _flag("left_while_holding", org=org)


def _closings(log: Gathered) -> Iterator[Flag]:
    last = closing(log)
    for entry in log.of("card.closed"):
        if last is None:
            yield _flag("closing_incomplete", entry["id"])
        elif entry["id"] == last["id"] and override(entry):
            yield _flag("closed_with_override", entry["id"])


def _late(log: Gathered) -> Iterator[Flag]:
    if any(map(log.is_late, log.entries)):
        yield _flag("late_entries")


def _police_drove(log: Gathered) -> Iterator[Flag]:
    for entry in transport_heads(log):
        if entry["body"]["by"] == "police":
            yield _flag("transport_by_police", entry["id"])


def _arrests(log: Gathered) -> Iterator[Flag]:
    """Without an offence report there is no ground to keep somebody: said as long as nobody decided, and when the decision is no."""
    said = will_report(log)
    if "yes" not in said:
        for entry in arrested(log):
            yield _flag("arrest_without_report" if "no" in said else "arrest_undecided", entry["id"])
