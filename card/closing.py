"""Closing: a card closes over duties that were seen, never over unseen ones (report 4.1.2; PROTOCOL, "Closing").

An open duty is a judgement of risk that is acute, an offer that nobody answered, or an alarm that nobody ended. A card is closed when one of
its closings names every open duty. A duty that arrives later is named by none, so it opens the card again.
"""

from __future__ import annotations

from typing import Any

from card.alarm import ringing
from card.entry import Entry
from card.gathered import Gathered
from card.handover import offers
from card.risk import is_acute, risk_heads


def duties(log: Gathered) -> list[dict[str, Any]]:
    """The open duties, ordered by the id of their entry."""
    acute = [(entry["id"], "risk", whom) for whom, heads in risk_heads(log).items() for entry in heads if is_acute(entry)]
    unanswered = [(offer.entry["id"], "handover", None) for offer in offers(log) if offer.open]
    alarms = [(alarm, "alarm", None) for alarm in ringing(log)]
    return [{"entry": entry, "kind": kind, "for": whom} for entry, kind, whom in sorted([*acute, *unanswered, *alarms], key=lambda duty: duty[0])]


def closing(log: Gathered) -> Entry | None:
    """The first closing, in reading order, that names every open duty."""
    open_now = {duty["entry"] for duty in duties(log)}
    return next((entry for entry in log.of("card.closed") if open_now <= _named(entry)), None)


def closed(log: Gathered) -> dict[str, Any] | None:
    entry = closing(log)
    if entry is None:
        return None
    return {
        "entry": entry["id"], "at": entry["at"], "by": entry["by"], "org": entry["org"],
        "outcome": entry["body"]["outcome"], "override": override(entry),
    }  # fmt: skip


def override(entry: Entry) -> dict[str, Any] | None:
    """The reason to close over open duties, and which; None where none was given."""
    told = entry["body"].get("override")
    return told if isinstance(told, dict) and isinstance(told.get("duties"), list) else None


def _named(entry: Entry) -> set[str]:
    told = override(entry)
    return {duty for duty in told["duties"] if isinstance(duty, str)} if told else set()
