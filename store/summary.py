"""Summary: what figures keep of a card, from its log by the subjects of the fold (report 4.1.2). Pure. No content and no persons are in it.

Every word of it is from a list that we know: a type of situation, a choice of the vocabulary, an organisation with an account, four digits of a
postcode. What people typed themselves (the name of a service that nobody has an account for, a reason, a place) never comes in.

Only what is for everybody on the card counts, so that no lead reads from a figure what was written for the other side. A contact is its own
organisation's, and so are its visits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from card.address import address_of
from card.card_type import card_types
from card.clock import date
from card.closing import closed
from card.entry import Entry
from card.gathered import Gathered
from card.handover import offers
from card.membership import membership
from card.missing import is_back
from card.rhythm import RHYTHMS, due_on
from card.service_request import chains, requests, service_owner
from card.transport import transport_heads
from card.vocabulary import SITUATIONS
from card.waiting import waited

# What is kept of whom one keeps in touch with, and what is agreed for later, is no situation in which people met.
NOT_COUNTED = ("contact", "agreement")
LONGEST_CHAIN = 4
OTHERS = "~"
"""The service of somebody without an account."""

_SITUATIONS = frozenset(slug for context in SITUATIONS for group in context["groups"] for slug in group["types"])


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to count. Of a visit: the day on which it was due, and `org`, the organisation that it counts for."""

    what: str
    name: str
    minutes: int | None = None
    org: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    quarter: str
    situation: str
    area: str
    organisations: tuple[str, ...]
    kept_with: tuple[str, ...]
    cases: tuple[Case, ...]


def summary(entries: Sequence[Entry], known: Collection[str]) -> Summary | None:
    """Of all that is on a card; None of one whose opening did not arrive. `known`: the organisations with an account."""
    log = Gathered(entry for entry in entries if entry.get("audience", "all") == "all")
    opening = next(iter(log.of("card.opened")), None)
    if opening is None:
        return None
    situation, type_ = _situation(opening["body"].get("situation")), card_types(log)[0]
    own = Gathered(entry for entry in entries if entry["org"] == opening["org"]) if type_ == "contact" else log
    counted = [] if type_ in NOT_COUNTED else [Case("card", situation)]
    return Summary(
        quarter_of(date(opening["at"])),
        situation,
        _area(opening["body"].get("place")),
        tuple(sorted(_on_it(entries) & set(known))),
        tuple(sorted(_kept_with(own) & set(known))),
        (*counted, *_asked(log, known), *_handovers(log), *_transports(log), *_missing(log), *_visits(own, type_, opening)),
    )


def quarter_of(day: str) -> str:
    """`2026Q4` of 2026-11-25."""
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def _situation(said: Any) -> str:
    """Other systems may spell it with hyphens; one that we do not know has no name."""
    slug = said.replace("-", "_") if isinstance(said, str) else ""
    return slug if slug in _SITUATIONS else ""


def _area(place: Any) -> str:
    """The four digits of the postcode in what people typed as the place, if they did."""
    return address_of(place)["postcode"][:4] if isinstance(place, str) else ""


def _on_it(entries: Sequence[Entry]) -> set[str]:
    """The organisations that take part, as a lead who looks back has it: on the card, or one of their people joined it and is still there."""
    members = membership(entries)
    joined = {entry["org"] for entry in Gathered(entries).of("card.joined") if entry["body"]["person"] in members["persons"]}
    return {*members["organisations"], *joined}


def _kept_with(log: Gathered) -> set[str]:
    named = (entry["body"].get("organisation") for entry in log.of("contact.kept"))
    return {name for name in named if isinstance(name, str)}


def _asked(log: Gathered, known: Collection[str]) -> Iterator[Case]:
    """Waiting is from the asking until somebody arrived; who declined is counted, by service and by reason; so is how far people were sent on."""
    asked = requests(log)
    reasons = {entry["id"]: entry["body"]["reason"] for entry in log.of("service.declined")}
    for one in asked:
        service = _service(one["item"]["body"], known)
        if one["state"] == "arrived":
            yield Case("wait", service, waited(one, 0)["minutes_waiting"])
        if one["state"] == "declined":
            yield Case("declined", service)
            yield Case("reason", next(reasons[head] for head in one["heads"] if head in reasons))
    for chain in chains(asked):
        yield Case("chain", str(min(len(chain), LONGEST_CHAIN)))


def _service(body: dict[str, Any], known: Collection[str]) -> str:
    """Whose service, and what it was asked for; never which person of it, nor what somebody typed."""
    owner = service_owner(str(body["service"]))
    return f"{owner if owner in known else OTHERS}/{body['for']}"


def _handovers(log: Gathered) -> Iterator[Case]:
    for offer in offers(log):
        yield Case("handover", offer.state)


def _transports(log: Gathered) -> Iterator[Case]:
    for entry in transport_heads(log):
        yield Case("transport", entry["body"]["by"])


def _missing(log: Gathered) -> Iterator[Case]:
    if log.of("missing.reported"):
        yield Case("missing", "back" if is_back(log) else "not_back")


def _visits(log: Gathered, type_: str, opening: Entry) -> Iterator[Case]:
    """Every visit to a contact after the first day: by the day on which it was due. The one that is due now is `due` until it is made."""
    kept = [(date(entry["at"]), entry["body"]["rhythm"]) for entry in log.of("contact.kept") if entry["body"]["rhythm"] in RHYTHMS]
    if type_ != "contact" or not kept:
        return
    org, last = opening["org"], date(opening["at"])
    made = {entry["body"]["on"] for entry in log.of("contact.visited") if entry["body"]["on"] <= date(entry["at"])}
    for day in sorted(made):
        if day > last:
            due = due_on(_rhythm(kept, last), last)
            yield Case("visit", "late" if day > due else "in_rhythm", None, org, due)
            last = day
    if closed(log) is None:
        yield Case("visit", "due", None, org, due_on(_rhythm(kept, last), last))


def _rhythm(kept: list[tuple[str, str]], day: str) -> str:
    """What was agreed on that day; before anything was, what was agreed first."""
    return next((rhythm for since, rhythm in reversed(kept) if since <= day), kept[0][1])
