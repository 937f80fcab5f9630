"""Facts: what a lead wants to know of a card before reading it: how long it took, who was waited for, who drove, how it was handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from card.gathered import Gathered
from card.handover import offers
from card.hlc import millis
from card.service_request import requests
from card.transport import transport_heads
from card.waiting import waited
from review.disagreements import disagreements
from review.period import period, whole_minutes


@dataclass(frozen=True, slots=True)
class Help:
    """From the first asking for a purpose until the first who came for it: whole minutes, over how many requests and escalations. `minutes` is None
    where nobody came."""

    purpose: str
    minutes: int | None
    requests: int
    escalations: int


def facts(log: Gathered, now_ms: int) -> dict[str, Any]:
    begins, ends = period(log, now_ms)
    return {
        "minutes": whole_minutes(begins, ends),
        "help": helped(log),
        "waits": [_wait(request, ends) for request in requests(log)],
        "drivers": sorted({entry["body"]["by"] for entry in transport_heads(log)}),
        "handovers": [{"from": offer.giver, "to": offer.receiver, "state": offer.state} for offer in offers(log)],
        "disagreements": [
            {"about": one.about, "minutes": whole_minutes(one.begins_ms, one.ends_ms), "begins_ms": one.begins_ms, "ends_ms": one.ends_ms}
            for one in disagreements(log, now_ms)
        ],
    }


def helped(log: Gathered) -> list[Help]:
    """For each purpose, in the order in which it was first asked for."""
    by_purpose: dict[str, list[dict[str, Any]]] = {}
    for request in requests(log):
        by_purpose.setdefault(request["item"]["body"]["for"], []).append(request)
    return [_help(purpose, asked) for purpose, asked in by_purpose.items()]


def _help(purpose: str, asked: list[dict[str, Any]]) -> Help:
    came = min((request["ended"] for request in asked if request["state"] == "arrived"), default=None)
    tried = [request for request in asked if came is None or request["asked"] <= came]
    escalations = sum(said["at"] <= (came or said["at"]) for request in tried for said in request["escalations"])
    minutes = None if came is None else whole_minutes(millis(asked[0]["asked"]), millis(came))
    return Help(purpose, minutes, len(tried), escalations)


def _wait(request: dict[str, Any], ends_ms: int) -> dict[str, Any]:
    """Of a request that nobody ended the clock stops with the card."""
    took = waited(request, ends_ms)
    body = request["item"]["body"]
    return {
        "service": body["service"], "purpose": body["for"], "state": request["state"], "asked": request["asked"], "due": request["due"],
        "minutes": took["minutes_waiting"], "overdue": took["minutes_overdue"],
    }  # fmt: skip
