"""The log: every entry of every card, in the order in which this server took them.

Invariants, and what keeps them:
1. A card's numbers are 1, 2, 3 ... without gaps. They are given inside the writing transaction, with the card's row locked until it commits:
   who reads number 7 can read 6.
2. An entry is stored whole or not at all, and once: its id is the key, its document the canonical JSON that was judged.
3. Each hash covers the entry, its number and time, and the hash before it: no entry can be changed, left out or swapped unseen.
4. Nothing leaves without `may_read`: every way out takes a Viewer.
What one more entry costs does not depend on how many there are: membership is kept in rows, and only entries about membership touch them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from card.access import Viewer, may_read, on_card
from card.admission import judge
from card.entry import Entry, Rejected, canonical, parse
from card.membership import KINDS_OF_MEMBERSHIP, Membership, membership
from store.database import reading, writing
from store.models import Card, CardOrganisation, CardPerson, EntryRow
from store.seal import is_sealed, seal

PAGE_ENTRIES = 500
NOBODY = Membership(organisations=[], persons=[])


@dataclass(frozen=True)
class Grown:
    """What a batch added to one card: the entries after number `before`, as they go over the wire, and who was and is on the card.

    Who listens gets it from here without asking the database again. `sent` keeps what listeners were told, by which of the entries they may see.
    """

    card: str
    before: int
    seq: int
    members_before: Membership
    members: Membership
    entries: list[tuple[Entry, str]]
    sent: dict[tuple[int, ...], str] = field(default_factory=dict)


@dataclass
class HandedIn:
    """What became of a batch: numbers of what was accepted, reasons of what was not, and the cards that grew."""

    accepted: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    grown: list[Grown] = field(default_factory=list)


@dataclass
class _Place:
    """Where a card's log stands while a batch is written."""

    id: str
    seq: int = 0
    hash: str = ""
    opened: bool = False
    exists: bool = False
    members: Membership = field(default_factory=lambda: NOBODY)
    before: int = 0
    members_before: Membership = field(default_factory=lambda: NOBODY)
    added: list[tuple[Entry, str]] = field(default_factory=list)


def hand_in(viewer: Viewer, raws: Sequence[object], now_ms: int, secret: bytes) -> HandedIn:
    """Judge and store a batch; each entry by itself, all of it in one durable transaction.

    An entry without a usable id is answered under its place in the batch, `#0`.
    """
    done = HandedIn()
    with writing() as connection:
        batch = _Batch(connection, viewer, now_ms, secret)
        for place, raw in enumerate(raws):
            name = raw["id"] if isinstance(raw, dict) and isinstance(raw.get("id"), str) else f"#{place}"
            outcome = batch.take(raw)
            if isinstance(outcome, Rejected):
                done.rejected[name] = outcome
            else:
                done.accepted[name] = outcome
        done.grown = batch.finish()
    return done


class _Batch:
    def __init__(self, connection: Connection, viewer: Viewer, now_ms: int, secret: bytes) -> None:
        self.connection, self.viewer, self.now_ms, self.secret = connection, viewer, now_ms, secret
        self.places: dict[str, _Place] = {}
        self.rows: dict[str, dict[str, Any]] = {}

    def take(self, raw: object) -> int | Rejected:
        """The number of an entry that is (or already was) in the log, or why it is refused."""
        parsed = parse(raw)
        if isinstance(parsed, Rejected):
            return parsed
        document = canonical(parsed).decode()
        place = self._place(parsed["card"])
        known = self._known(parsed["id"])
        if known is not None:
            return self._again(known, document, parsed)
        if not is_sealed(self.secret, document, raw.get("seal") if isinstance(raw, dict) else None):
            judged = judge(self.viewer, place.opened, place.members, parsed, self.now_ms)
            if isinstance(judged, Rejected):
                return judged
        return self._append(place, parsed, document)

    def write(self, entry: Entry) -> int:
        """An entry that the server writes itself: who may is decided by the caller."""
        return self._append(self._place(entry["card"]), entry, canonical(entry).decode())

    def finish(self) -> list[Grown]:
        """Everything to the database; the cards that grew."""
        grown = [place for place in self.places.values() if place.added]
        if grown:
            for place in grown:
                self._save(place)
            self.connection.execute(insert(EntryRow), list(self.rows.values()))
        return [Grown(place.id, place.before, place.seq, place.members_before, place.members, place.added) for place in grown]

    def _place(self, card: str) -> _Place:
        if card not in self.places:
            row = self.connection.execute(select(Card).where(Card.id == card).with_for_update()).mappings().first()
            place = _Place(card)
            if row is not None:
                members = _members(self.connection, card)
                place = _Place(card, row["seq"], row["hash"], row["opened"], True, members, row["seq"], members)
            self.places[card] = place
        return self.places[card]

    def _known(self, id_: str) -> Mapping[str, Any] | None:
        if id_ in self.rows:
            return self.rows[id_]
        row = self.connection.execute(select(EntryRow.__table__).where(EntryRow.id == id_)).mappings().first()
        return None if row is None else dict(row)

    def _again(self, known: Mapping[str, Any], document: str, entry: Entry) -> int | Rejected:
        """Sent twice is accepted once. Another content under the same id is not the same entry; who may not read it learns nothing."""
        members = self._place(known["card"]).members
        if known["by"] != self.viewer.person and not may_read(self.viewer, members, json.loads(known["document"])):
            return Rejected("forbidden", "not yours", "id")
        if known["document"] != document:
            return Rejected("malformed", "another entry has this id", "id")
        return int(known["seq"])

    def _append(self, place: _Place, entry: Entry, document: str) -> int:
        place.seq += 1
        received = datetime.fromtimestamp(self.now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place.hash = chain(place.hash, entry, place.seq, received)
        self.rows[entry["id"]] = {
            **{name: entry[name] for name in ("id", "card", "kind", "by", "org", "audience")},
            "seq": place.seq,
            "received": received,
            "hash": place.hash,
            "document": document,
        }
        place.added.append(({**entry, "seq": place.seq}, wire_text(document, place.seq, received, place.hash, self.secret)))
        self._update_members(place, entry)
        return place.seq

    def _update_members(self, place: _Place, entry: Entry) -> None:
        if entry["kind"] in KINDS_OF_MEMBERSHIP:
            place.opened = place.opened or entry["kind"] == "card.opened"
            place.members = membership(self._about_membership(place))
        if not place.opened and entry["by"] not in place.members["persons"]:
            place.members = {**place.members, "persons": [*place.members["persons"], entry["by"]]}

    def _about_membership(self, place: _Place) -> Iterator[Entry]:
        """The entries that say who is on the card; before the opening also everybody's who wrote, because they are."""
        wanted = select(EntryRow.document).where(EntryRow.card == place.id)
        if place.opened:
            wanted = wanted.where(EntryRow.kind.in_(KINDS_OF_MEMBERSHIP))
        yield from map(json.loads, self.connection.scalars(wanted))
        yield from (json.loads(row["document"]) for row in self.rows.values() if row["card"] == place.id)

    def _save(self, place: _Place) -> None:
        values = {"seq": place.seq, "hash": place.hash, "opened": place.opened}
        if place.exists:
            self.connection.execute(update(Card).where(Card.id == place.id).values(values))
        else:
            self.connection.execute(insert(Card).values(id=place.id, **values))
        self._save_members(place)

    def _save_members(self, place: _Place) -> None:
        was, now = place.members_before, place.members
        for model, column, before, after in (
            (CardOrganisation, CardOrganisation.organisation, was["organisations"], now["organisations"]),
            (CardPerson, CardPerson.person, was["persons"], now["persons"]),
        ):
            if gone := set(before) - set(after):
                self.connection.execute(delete(model).where(model.card == place.id, column.in_(gone)))
            if new := set(after) - set(before):
                self.connection.execute(insert(model), [{"card": place.id, column.key: name} for name in sorted(new)])


def append_by_server(entry: Entry, now_ms: int, secret: bytes) -> list[Grown]:
    """Write an entry that only the server writes (`card.joined`), on the card of somebody who may."""
    viewer = Viewer(entry["by"], entry["org"], "", "", entry["device"])
    with writing() as connection:
        batch = _Batch(connection, viewer, now_ms, secret)
        batch.write(entry)
        return batch.finish()


def chain(previous: str, entry: Entry, seq: int, received: str) -> str:
    """The hash of an entry in its card's chain: over the entry as numbered and the hash before it (empty before the first)."""
    numbered = {**entry, "seq": seq, "received": received}
    return hashlib.sha256(canonical({"entry": numbered, "previous": previous})).hexdigest()


def cards_of(connection: Connection, viewer: Viewer) -> dict[str, int]:
    """The viewer's cards, each with its last number."""
    by_org = select(CardOrganisation.card).where(CardOrganisation.organisation == viewer.org)
    by_person = select(CardPerson.card).where(CardPerson.person == viewer.person)
    rows = connection.execute(select(Card.id, Card.seq).where(or_(Card.id.in_(by_org), Card.id.in_(by_person))).order_by(Card.id))
    return {row.id: row.seq for row in rows}


def cards_for(viewer: Viewer) -> list[str]:
    """The ids of the viewer's cards, newest first: an id begins with its time (RFC 9562)."""
    with reading() as connection:
        return sorted(cards_of(connection, viewer), reverse=True)


@dataclass
class News:
    """What a viewer may see beyond what the device has: wire texts of entries, oldest first, and up to where was looked."""

    texts: list[str]
    entries: list[Entry]
    upto: dict[str, int]
    gone: list[str]
    more: bool


def since(viewer: Viewer, have: Mapping[str, int], same_epoch: bool, secret: bytes) -> News:
    """Everything beyond `have` that the viewer may see, at most a page of it."""
    with reading() as connection:
        mine = cards_of(connection, viewer)
        held = have if same_epoch else {}
        gone = _gone(connection, have, mine, same_epoch)
        news = News([], [], {}, gone, False)
        for card, last in mine.items():
            room = PAGE_ENTRIES - len(news.texts)
            if held.get(card, 0) >= last:
                continue
            if room <= 0:
                news.more = True
                break
            _read_on(connection, viewer, card, held.get(card, 0), room, secret, news)
            news.more = news.more or news.upto[card] < last
        return news


def read_from(viewer: Viewer, card: str, after: int, secret: bytes) -> News:
    """What the viewer may see of one card beyond a number; nothing, and `gone`, when it is not the viewer's card."""
    with reading() as connection:
        news = News([], [], {}, [], False)
        if not on_card(viewer, _members(connection, card)):
            news.gone.append(card)
            return news
        _read_on(connection, viewer, card, after, PAGE_ENTRIES, secret, news)
        return news


def entries_of(viewer: Viewer, card: str) -> list[Entry]:
    """All of a card that the viewer may see, numbered; empty when the card is not there or not the viewer's."""
    with reading() as connection:
        members = _members(connection, card)
        if not on_card(viewer, members):
            return []
        rows = connection.execute(_numbered().where(EntryRow.card == card).order_by(EntryRow.seq))
        return [entry for entry in map(_entry, rows) if may_read(viewer, members, entry)]


def is_opened(card: str) -> bool:
    with reading() as connection:
        return bool(connection.scalar(select(Card.opened).where(Card.id == card)))


def _gone(connection: Connection, have: Mapping[str, int], mine: Mapping[str, int], same_epoch: bool) -> list[str]:
    lost = [card for card in have if card not in mine]
    if not lost or same_epoch:
        return sorted(lost)
    return sorted(connection.scalars(select(Card.id).where(Card.id.in_(lost), Card.opened)))


def _numbered() -> Any:
    return select(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.hash)


def _read_on(connection: Connection, viewer: Viewer, card: str, after: int, room: int, secret: bytes, news: News) -> None:
    members = _members(connection, card)
    rows = connection.execute(_numbered().where(EntryRow.card == card, EntryRow.seq > after).order_by(EntryRow.seq).limit(room)).all()
    news.upto[card] = rows[-1].seq if rows else after
    for row in rows:
        entry = _entry(row)
        if may_read(viewer, members, entry):
            news.entries.append(entry)
            news.texts.append(wire_text(row.document, row.seq, row.received, row.hash, secret))


def wire_text(document: str, seq: int, received: str, hash_: str, secret: bytes) -> str:
    """An entry as it goes over the wire: the stored document with what the server says of it behind."""
    said = f'"seq":{seq},"received":"{received}","hash":"{hash_}","seal":"{seal(secret, document)}"'
    return f"{document[:-1]},{said}}}"


def _entry(row: Row[Any]) -> Entry:
    entry: Entry = json.loads(row.document)
    entry["seq"] = row.seq
    return entry


def _members(connection: Connection, card: str) -> Membership:
    organisations = connection.scalars(select(CardOrganisation.organisation).where(CardOrganisation.card == card))
    persons = connection.scalars(select(CardPerson.person).where(CardPerson.card == card))
    return {"organisations": list(organisations), "persons": list(persons)}


def named_in(entries: Iterable[Entry]) -> set[str]:
    """The ids of people whom entries name: writers, and persons who come, go or join."""
    said = (entry["body"].get("person") for entry in entries)
    return {entry["by"] for entry in entries} | {person for person in said if isinstance(person, str)}
