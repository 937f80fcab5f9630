"""Scenario 1, the crossing, as its log: by the clock of that evening, with when the server got each entry (SCENARIOS.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from card.clock import HERE
from card.entry import Entry

CARD = "019a0000-0000-7000-8000-00000000cafe"
OFFICER, OTHER, TRIAGIST, DRIVER = (f"019a0000-0000-7000-8000-0000000000{number}" for number in ("a1", "a2", "b1", "c1"))
ORGANISATION_OF = {OFFICER: "noord", OTHER: "noord", TRIAGIST: "crisisdienst", DRIVER: "ggzvervoer"}
DOMAINS = {"noord": "police", "crisisdienst": "care", "ggzvervoer": "care", "verslavingszorg": "care"}


def ms(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return int(datetime(2026, 11, 24, hour, minute, tzinfo=HERE).timestamp() * 1000)


class Log:
    """Written one after another; what an officer wrote in the stairwell got its number when the phone was back."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.received_ms: dict[str, int] = {}

    def __call__(self, clock: str, by: str, kind: str, body: dict[str, Any], *, received: str = "", **told: Any) -> str:
        number = len(self.entries) + 1
        id_ = f"019a0000-{number:04x}-7000-8000-000000000000"
        self.entries.append(
            {
                "id": id_, "card": CARD, "kind": kind, "at": f"{ms(clock):013d}-{number:04x}-7f3a9c21", "by": by, "org": ORGANISATION_OF[by],
                "device": "7f3a9c21", "audience": "all", "supersedes": [], "body": body, **told,
            }  # type: ignore[typeddict-unknown-key]
        )  # fmt: skip
        self.received_ms[id_] = ms(received or clock)
        return id_

    def numbered(self) -> list[Entry]:
        """In the order in which the server got them."""
        self.entries.sort(key=lambda entry: (self.received_ms[entry["id"]], entry["at"]))
        for seq, entry in enumerate(self.entries, 1):
            entry["seq"] = seq
        return self.entries


def crossing() -> Log:
    log = Log()
    log("19:00", OFFICER, "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt Stationsweg", "about": "Man regelt het verkeer"})
    log("19:00", OFFICER, "presence.arrived", {"person": OFFICER, "position": "in_sight"})
    log("19:00", OTHER, "presence.arrived", {"person": OTHER, "position": "in_sight"})
    log("19:00", OFFICER, "observation.noted", {"does": "Regelt het verkeer", "means": "Keukenmes in de tas"})
    middle = log("19:00", OFFICER, "risk.assessed", {"for": "client", "level": "middle"})
    log("19:00", OFFICER, "risk.assessed", {"for": "surroundings", "level": "high"})
    first = log("19:02", OFFICER, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    log("19:06", TRIAGIST, "service.acknowledged", {"request": first})
    log("19:21", TRIAGIST, "service.declined", {"request": first, "reason": "under_influence", "referred_to": "verslavingszorg"})
    second = log("19:23", OFFICER, "service.requested", {"service": "verslavingszorg", "for": "assessment"})
    log("19:25", OFFICER, "service.declined", {"request": second, "reason": "office_hours"})
    log("19:30", OFFICER, "service.escalated", {"request": second, "level": "operational", "to": "Achterwacht"})
    third = log("19:31", OFFICER, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    log("19:31", TRIAGIST, "service.promised", {"request": third, "until": "2026-11-24T19:15:00Z"})
    low = log("19:40", OFFICER, "risk.assessed", {"for": "client", "level": "low"}, received="20:22", supersedes=[middle])
    log("20:15", TRIAGIST, "card.joined", {"person": TRIAGIST})
    log("20:15", TRIAGIST, "presence.arrived", {"person": TRIAGIST, "position": "in_sight"})
    log("20:15", TRIAGIST, "service.arrived", {"request": third})
    high = log("20:19", TRIAGIST, "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=[middle])
    agreed = log("20:24", OFFICER, "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=[low, high])
    log("20:27", TRIAGIST, "picture.set", {"problem": "Dagen niet geslapen, drank"})
    plan = log("20:27", OFFICER, "plan.set", {"plan": "Samen naar de crisisdienst"})
    log("20:27", TRIAGIST, "plan.agreed", {"plan": plan})
    drive = log("20:31", OFFICER, "service.requested", {"service": "ggzvervoer", "for": "transport"})
    log("20:31", DRIVER, "service.promised", {"request": drive, "until": "2026-11-24T20:00:00Z"})
    log("21:08", OFFICER, "service.arrived", {"request": drive})
    log("21:08", OFFICER, "transport.chosen", {"by": "ggz_transport"})
    offer = log("21:09", OFFICER, "handover.offered", {"to": "crisisdienst", "searched": "yes", "weapons": "Keukenmes"})
    log("21:12", TRIAGIST, "handover.accepted", {"offer": offer, "release": True, "read_back": "Wij nemen hem mee"})
    log("21:12", TRIAGIST, "risk.assessed", {"for": "client", "level": "middle"}, supersedes=[agreed])
    log("21:14", TRIAGIST, "card.closed", {"outcome": "Mee met de crisisdienst"})
    log.numbered()
    return log
