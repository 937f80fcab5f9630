"""What every feature needs of the running server: the time, the secret, the hub, and writing entries for whoever is signed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import uuid6
from flask import abort, current_app, g, request
from flask_login import current_user

from blueprints.measures import measures
from card import hlc
from card.access import Viewer
from card.clock import date
from card.entry import Entry, is_sayable
from card.fold import Card, fold
from live.hub import Hub
from live.push import Sender
from store import epoch, log, sessions
from store.access_log import Visit
from store.administration import By

Draft = tuple[str, dict[str, Any], str]
"""What somebody is about to write: kind, body, audience."""


def now_ms() -> int:
    """The wall clock in milliseconds; a test sets another one."""
    moment: int = current_app.config["NOW"]()
    return moment


def today() -> str:
    """The day in the Netherlands, as year-month-day."""
    return date(f"{now_ms():013d}-")


def secret() -> bytes:
    key: str = current_app.config["SECRET_KEY"]
    return key.encode()


def viewer() -> Viewer:
    """With whose eyes a card is read: of whoever is signed in, or of whom a token or a secret address stands for (doors.py)."""
    seen: Viewer = g.viewer if "viewer" in g else current_user.viewer
    return seen


def visit() -> Visit:
    """Who is signed in, with which device, from where: for the access log. A token or a secret address says so itself."""
    if "visit" in g:
        told: Visit = g.visit
        return told
    user = current_user
    return Visit(user.person, user.name, user.org, user.role, user.device, request.remote_addr or "")


def hub() -> Hub:
    found: Hub = current_app.extensions["hub"]
    return found


def push() -> Sender | None:
    """What sends notices to phones; None on a server that has no keys for that."""
    found: Sender | None = current_app.extensions.get("push")
    return found


def sessions_ended(ended: list[sessions.Ended]) -> None:
    """Whoever listened in a session that ended hears nothing more from now on."""
    for one in ended:
        hub().end_device(one)


def hand_in(raws: list[object]) -> log.HandedIn:
    """Into the log, and then to everybody who listens."""
    done = log.hand_in(current_user.viewer, raws, now_ms(), secret(), hub().tell, visit())
    measures().handed_in(len(done.accepted), done.rejected.values())
    g.wrote = next(iter(done.touched), None)
    return done


def put_on(card: str) -> None:
    """Write `card.joined` for whoever is signed in; the server writes it, because only it knows that the code was good."""
    before = log.taken_off(card, current_user.person)
    facts = {"id_": str(uuid6.uuid7()), "after": before, "supersedes": [one["id"] for one in before]}
    joined = entry(card, "card.joined", {"person": current_user.person}, **facts)
    log.append_by_server(joined, now_ms(), secret(), hub().tell, visit())


def by() -> By:
    """The administrator who is signed in, for what is written down of it."""
    return By(current_user.org, now_ms(), current_user.person, current_user.name)


def duty() -> dict[str, Any]:
    """What the phone shows of somebody's duty: the rule of the organisation, and until when this person is on."""
    return {"rule": current_user.duty, "until": current_user.duty_until if current_user.duty == "rota" else None}


def put_look(card: str, reason: str) -> None:
    """Write `card.looked`: a lead looks at a card that is open, and everybody on it can see that and why."""
    looked = entry(card, "card.looked", {"person": current_user.person, "reason": reason}, id_=str(uuid6.uuid7()), after=[])
    log.append_by_server(looked, now_ms(), secret(), hub().tell, visit())


def entry(card: str, kind: str, body: dict[str, Any], *, id_: str, after: list[Entry], **more: Any) -> Entry:
    """An entry by whoever is signed in, stamped after all that is on the card."""
    last = max((one["at"] for one in after), default=None)
    at = hlc.tick(last if last and hlc.millis(last) <= now_ms() + 600_000 else None, now_ms(), current_user.device)
    return {
        "id": id_,
        "card": card,
        "kind": kind,
        "at": at,
        "by": current_user.person,
        "org": current_user.org,
        "device": current_user.device,
        "audience": more.get("audience", "all"),
        "supersedes": more.get("supersedes", []),
        "body": body,
    }


def open_card(card: str, drafts: Iterable[Draft]) -> None:
    """A new card with its first entries, in this order. One that is there already was opened by an earlier tap on the same
    form, or is not theirs, which the card itself then says.
    """
    if not log.is_opened(card):
        hand_in(list(opening(card, drafts)))


def opening(card: str, drafts: Iterable[Draft]) -> list[Entry]:
    """The first entries of a new card, in this order, not handed in yet."""
    written: list[Entry] = []
    for place, (kind, body, audience) in enumerate(drafts):
        written.append(entry(card, kind, body, id_=id_on(card, place), after=written, audience=audience))
    return written


def id_on(card: str, place: int) -> str:
    """The id (a UUID of version 7, RFC 9562) of what a form writes at this place on the card that it opens. Two taps at once, also at two processes,
    write the same, and the log has it once.
    """
    opened = UUID(card)
    told = hashlib.sha256(opened.bytes + place.to_bytes(2)).digest()
    return str(UUID(bytes=opened.bytes[:6] + bytes([0x70 | told[6] & 0x0F, told[7], 0x80 | told[8] & 0x3F]) + told[9:16]))


def write_on(card: Card, drafts: Iterable[Draft], supersedes: Iterable[str] = ()) -> None:
    """Entries on a card that is there, in this order."""
    hand_in(list(more_on(card, drafts, supersedes)))


def more_on(card: Card, drafts: Iterable[Draft], supersedes: Iterable[str] = (), first_id: str | None = None) -> list[Entry]:
    """The same, not handed in yet. `first_id`: of the first, by which a second tap on the same form is known."""
    written: list[Entry] = []
    for kind, body, audience in drafts:
        id_ = first_id if first_id and not written else new_id()
        after = written or card["timeline"]
        written.append(entry(card["id"], kind, body, id_=id_, after=after, audience=audience, supersedes=list(supersedes)))
    return written


def new_id() -> str:
    return str(uuid6.uuid7())


def folded_of_type(*types: str) -> list[Card]:
    """The viewer's cards that are of one of these types now, newest first."""
    found = map(folded, log.cards_of_type(viewer(), *types))
    return [card for card in found if card and card["type"] in types]


def folded(card: str) -> Card | None:
    """The card as this viewer may see it; None where there is none, or none for this viewer."""
    entries = log.entries_of(viewer(), card)
    return fold(entries) if entries and log.is_opened(card) else None


def folded_or_404(card: UUID) -> Card:
    return folded(str(card)) or abort(404)


def wire(told: dict[str, Any], texts: list[str]) -> str:
    """What `/sync` answers and `/live` brings, as text. Entries are in their final form already: parsing them to print them again would be the
    dearest thing here.
    """
    head = {
        "epoch": epoch.epoch(),
        "accepted": {},
        "rejected": {},
        "gone": [],
        "more": False,
        "clock": hlc.tick(None, now_ms(), "00000000"),
        **told,
    }
    return f'{json.dumps(head)[:-1]},"entries":[{",".join(texts)}]}}'


def sayable(text: str) -> bool:
    """Whether an entry can hold this text: no NUL, no half character."""
    return is_sayable(text) and "\0" not in text
