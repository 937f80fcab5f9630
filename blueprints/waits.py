"""Waits: whom this card asked, how long that takes, and what can be done about it now (report 4.2.1, 4.1.1). Pure; twin of static/worker/waits.js.

What can be done is never more than an offer: call, ask another service that is open, or escalate to whom the organisation named for that. The
directory is the book that the viewer has (`frame["directory"]`); a phone that has none yet only counts the minutes.
"""

from __future__ import annotations

from typing import Any

from blueprints import directory_screen as directory
from card.fold import Card
from card.heads import by_text
from card.hlc import millis
from card.opening_hours import openness
from card.service_request import chains, service_owner
from card.waiting import overdue, waited

Frame = dict[str, Any]
Row = dict[str, Any]

MOST_OTHERS = 3
SHELTER = "shelter"


def waits(frame: Frame, card: Card) -> list[Row]:
    """Every request with its minutes, its service, what this viewer's organisation can say to it, and what now when it takes too long."""
    return [wait(frame, card, request) for request in card["requests"]]


def in_chains(rows: list[Row]) -> list[list[Row]]:
    """Those that followed one another, the chain in which somebody still waits first."""
    return sorted(chains(rows), key=lambda chain: not any(one["waiting"] for one in chain))


def requests_to(card: Card, org: str) -> list[dict[str, Any]]:
    """What other organisations ask of a service of this one, as long as nobody answered."""
    asked = [one["item"] for one in card["requests"] if one["state"] == "waiting" and service_owner(one["item"]["body"]["service"]) == org]
    return [item for item in asked if item["org"] != org and not card["closed"]]


def late(frame: Frame, card: Card) -> list[str]:
    """The services for which this card waits past the time that was promised or agreed."""
    return [] if card["closed"] else [one["item"]["body"]["service"] for one in card["requests"] if overdue(one, frame["now"])]


def wait(frame: Frame, card: Card, request: Row) -> Row:
    body, count = request["item"]["body"], waited(request, frame["now"])
    known = service_of(frame, body["service"])
    stuck = bool(count["step"]) if request["waiting"] else request["state"] == "declined" and not is_taken_up(card, request)
    return {
        **request,
        **count,
        "asked_ms": millis(request["asked"]),
        "tel": known["phone"] and directory.tel(known["phone"]) if known else None,
        "phone": known["phone"] if known else None,
        "ours": service_owner(body["service"]) == frame["viewer"]["org"] and request["item"]["org"] != frame["viewer"]["org"],
        "what_now": what_now(frame, card, request) if stuck else None,
    }


def is_taken_up(card: Card, declined: Row) -> bool:
    """Whether somebody else was asked since, or is being waited for, for the same."""
    return any(
        other["follows"] == declined["item"]["id"] or (other["waiting"] and other["item"]["body"]["for"] == declined["item"]["body"]["for"])
        for other in card["requests"]
    )


def what_now(frame: Frame, card: Card, request: Row) -> Row:
    """Other services that are open, the one that was referred to first; where everybody says no, a shelter that is open day and night, so that nobody
    has to stay in the street meanwhile; and the next contact to escalate to.
    """
    purpose = request["item"]["body"]["for"]
    rows = [other(card, request, one, purpose) for one in others(frame, card, request, purpose)]
    if not request["waiting"] and purpose != SHELTER:
        rows += [other(card, request, one, SHELTER) for one in others(frame, card, request, SHELTER) if one["hours"]["always"]]
    return {"others": rows, "escalate": escalate(frame, card, request)}


def others(frame: Frame, card: Card, request: Row, purpose: str) -> list[Row]:
    """Open now, for this purpose, and not asked on this card already; for this situation before the rest."""
    asked = {one["item"]["body"]["service"] for one in card["requests"]}
    fit = [one for one in services(frame) if purpose in one["for"] and one["id"] not in asked and openness(one["hours"], frame["now"])["open"]]
    referred, situation = request["referred_to"], card["situation"]
    return sorted(fit, key=lambda one: (one["id"] != referred, situation not in one["situations"], by_text(one["name"])))[:MOST_OTHERS]


def other(card: Card, request: Row, one: Row, purpose: str) -> Row:
    known = {"kind": "service.requested", "service": one["id"], "for": purpose}
    follows = {} if request["waiting"] else {"follows": request["item"]["id"]}
    return {
        "name": one["name"], "phone": one["phone"], "tel": directory.tel(one["phone"]), "ask": form_address(card, {**known, **follows}),
        "referred": one["id"] == request["referred_to"], "for": purpose,
    }  # fmt: skip


def escalate(frame: Frame, card: Card, request: Row) -> Row | None:
    """The lowest level that was not tried yet and for which there is a contact."""
    said = {one["body"]["level"] for one in request["escalations"]}
    contacts = frame["directory"]["organisations"].get(service_owner(request["item"]["body"]["service"]), {}).get("contacts") or {}
    level = next((level for level in directory.LEVELS if level not in said and contacts.get(level)), None)
    if level is None:
        return None
    contact = contacts[level]
    address = form_address(card, {"kind": "service.escalated", "request": request["item"]["id"], "level": level, "to": contact["name"]})
    return {"level": level, **contact, "tel": directory.tel(contact["phone"]), "ask": address}


def form_address(card: Card, known: dict[str, str]) -> str:
    return directory.address(f"/cards/{card['id']}/entries/new", known)


def choices(frame: Frame, card: Card) -> list[Row]:
    """The services to choose from in a form: open first, and of those the ones for this situation; each with until or from when."""
    asked = directory.understood({})
    rows = [directory.row(frame, one, asked) for one in services(frame)]
    return sorted(rows, key=lambda one: (not one["open"], card["situation"] not in one["situations"], one["opens"] or "", by_text(one["name"])))


def services(frame: Frame) -> list[Row]:
    """A key person is called, not asked."""
    return [one for one in frame["directory"]["services"] if one["kind"] == "service"]


def service_of(frame: Frame, id_: str) -> Row | None:
    return next((one for one in frame["directory"]["services"] if one["id"] == id_), None)
