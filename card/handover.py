"""Handover (overdracht): nobody lets go before another holds (report 3.2.2, 4.1.2; PROTOCOL, "Responsibility").

Who may say what: only the organisation that the offer is for accepts, releases or declines it, only the one that made it withdraws it. What another
says stays in the time line and changes nothing. A question about an offer, and its answer, decide nothing: anybody's are heard.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from card.entry import Entry
from card.gathered import Gathered


@dataclass
class Offer:
    """One offer with every answer that counts."""

    entry: Entry
    acceptances: list[Entry] = field(default_factory=list)
    releases: list[Entry] = field(default_factory=list)
    declines: list[Entry] = field(default_factory=list)
    withdrawals: list[Entry] = field(default_factory=list)

    @property
    def giver(self) -> str:
        return self.entry["org"]

    @property
    def receiver(self) -> str:
        return str(self.entry["body"]["to"])

    @property
    def released(self) -> bool:
        return bool(self.releases) or any(said["body"].get("release") is True for said in self.acceptances)

    @property
    def open(self) -> bool:
        return not (self.acceptances or self.declines or self.withdrawals)

    @property
    def complete(self) -> bool:
        """The giver may go: accepted, released, and not withdrawn."""
        return bool(self.acceptances) and self.released and not self.withdrawals

    @property
    def state(self) -> str:
        if self.acceptances and self.withdrawals:
            return "crossed"
        if self.acceptances:
            return "released" if self.released else "accepted"
        if self.withdrawals:
            return "withdrawn"
        return "declined" if self.declines else "offered"


def offers(log: Gathered) -> list[Offer]:
    """Every offer on the card, in reading order."""
    made = {entry["id"]: Offer(entry) for entry in log.of("handover.offered")}
    for kind, answers in (("accepted", "acceptances"), ("released", "releases"), ("declined", "declines"), ("withdrawn", "withdrawals")):
        for said in log.of(f"handover.{kind}"):
            offer = made.get(said["body"]["offer"])
            if offer and said["org"] == (offer.giver if kind == "withdrawn" else offer.receiver):
                getattr(offer, answers).append(said)
    return list(made.values())


def handovers(log: Gathered) -> list[dict[str, Any]]:
    asked, answers = log.by_link("offer", "handover.asked"), log.by_link("question", "handover.answered")
    return [
        {
            "item": log.item(offer.entry),
            "to": offer.receiver,
            "from": offer.giver,
            "state": offer.state,
            "acceptances": log.items(offer.acceptances),
            "released": offer.released and bool(offer.acceptances),
            "releases": log.items(offer.releases),
            "declines": log.items(offer.declines),
            "withdrawals": log.items(offer.withdrawals),
            "questions": [
                {"item": log.item(question), "answers": log.items(answers.get(question["id"], []))} for question in asked.get(offer.entry["id"], [])
            ],
            "open": offer.open,
        }
        for offer in offers(log)
    ]


def asked_handovers(log: Gathered) -> list[dict[str, Any]]:
    """ "I want to take over": answered once the asked organisation has offered to the asker's after it, unless that offer was withdrawn."""
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for offer in offers(log):
        if offer.acceptances or not offer.withdrawals:
            last[offer.giver, offer.receiver] = (offer.entry["at"], offer.entry["id"])
    return [
        {"item": log.item(entry), "from": asked, "answered": last.get((asked, entry["org"]), ("", "")) > (entry["at"], entry["id"])}
        for entry in log.of("handover.requested")
        for asked in [entry["body"]["from"]]
    ]
