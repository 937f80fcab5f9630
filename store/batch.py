"""Batch: what is written in one transaction. Every entry is judged by itself, numbered, and chained to what its card has.

What an entry costs does not depend on how many there are: a card's membership is kept in rows, and only entries about membership touch them.
Numbers and hashes are given while the card's row is locked, until the transaction ends: who reads number 7 can read 6.

With several processes two batches may open the same card or bring the same entry at once: the database then takes one of them back, and it is done
again (store/log.py). What is new goes in by order of its key, as what is there is locked in that order: so they seldom wait in a circle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import Connection, SelectBase, String, bindparam, delete, insert, literal_column, select, union_all, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import InstrumentedAttribute

from card.access import Viewer, ground_of, may_read, may_write
from card.admission import admit
from card.entry import Entry, Rejected, canonical, parse
from card.membership import KINDS_OF_MEMBERSHIP, NOT_WRITING, Membership, membership, removed
from store import access_log, closed_cards, push_out
from store.access_log import Line, Visit
from store.furthest import furthest, note
from store.grown import Grown
from store.memory import memory
from store.models import Card, CardOrganisation, CardPerson, CardWriter, EntryRow, PurgedCard
from store.prepared import Prepared
from store.seal import is_sealed, seal

Tell = Callable[[list[Grown]], None]
PAST_RETENTION = Rejected("forbidden", "past its retention", "card")


def nobody_listens(grown: list[Grown]) -> None:
    """For a log without listeners."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as somebody hands it in: under which name it is answered, its document, and whether this server took it before."""

    name: str
    entry: Entry | Rejected
    document: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Job:
    """What one call hands in, and who is told after the commit. `by_server`: the server writes it, and whoever asked for that decided that it may.

    `visit` says for the access log from where; without it the viewer alone is known.
    """

    viewer: Viewer
    written: list[Written]
    now_ms: int
    secret: bytes
    tell: Tell = nobody_listens
    by_server: bool = False
    visit: Visit | None = None


@dataclass(slots=True)
class Touched:
    """What one call did to one card: the numbers of what is in the log now, the codes of what was refused."""

    numbers: set[int] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class HandedIn:
    """What became of it: numbers of what was accepted, reasons of what was not, and the same per card. `purged`: cards past their retention.
    `epoch`: the history in which the numbers were given.
    """

    accepted: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    touched: dict[str, Touched] = field(default_factory=dict)
    purged: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    epoch: str = ""

    def add(self, later: HandedIn) -> None:
        """And what became of what was written after it."""
        self.accepted |= later.accepted
        self.rejected = {name: why for name, why in (self.rejected | later.rejected).items() if name not in self.accepted}
        for card, touched in later.touched.items():
            ours = self.touched.setdefault(card, Touched())
            ours.numbers |= touched.numbers
            ours.codes |= touched.codes
            ours.kinds |= touched.kinds
        self.purged |= later.purged
        self.lines += later.lines
        self.epoch = later.epoch


@dataclass(slots=True)
class _Place:
    """Where a card's log stands while a batch is written.

    `stale`: entries about membership came, and `members` is not made again yet. Until then it says too little of who was put on,
    and too much only of the organisations and persons in `taken_off`.
    """

    id: str
    before: int
    hash_before: str
    opened: bool
    exists: bool
    members_before: Membership
    members: Membership
    seq: int
    hash: str
    opener: str = ""
    opener_org: str = ""
    purged: bool = False
    added: list[tuple[Entry, str]] = field(default_factory=list)
    about_members: list[Entry] | None = None
    stale: bool = False
    taken_off: set[str] = field(default_factory=set)


def read(raws: Sequence[object], secret: bytes) -> list[Written]:
    """What was handed in, parsed. An entry without a usable id is answered under its place, `#0`."""
    return [_read(place, raw, secret) for place, raw in enumerate(raws)]


def _read(place: int, raw: object, secret: bytes) -> Written:
    told = raw if isinstance(raw, dict) else {}
    name = told["id"] if isinstance(told.get("id"), str) else f"#{place}"
    entry = parse(raw)
    if isinstance(entry, Rejected):
        return Written(name, entry, "", False)
    document = canonical(entry).decode()
    return Written(name, entry, document, "seal" in told and is_sealed(secret, document, told["seal"]))


def write(connection: Connection, jobs: list[Job], history: Callable[[], str]) -> tuple[list[HandedIn], list[Grown]]:
    """Judge and store all jobs. The outcome of each (with its lines for the access log), and the cards that grew. `history` tells its name, which is
    asked for already.
    """
    batch = _Batch(connection, history, [written.entry for job in jobs for written in job.written if not isinstance(written.entry, Rejected)])
    outcomes = [batch.do(job) for job in jobs]
    return outcomes, batch.finish()


def chain(previous: str, entry: Entry, seq: int, received: str) -> str:
    """The hash of an entry in its card's chain: over the entry as numbered and the hash before it (empty before the first)."""
    numbered = {**entry, "seq": seq, "received": received}
    return hashlib.sha256(canonical({"entry": numbered, "previous": previous})).hexdigest()


def wire_text(document: str, seq: int, received: str, hash_: str, secret: bytes) -> str:
    """An entry as it goes over the wire: the stored document with what the server says of it behind."""
    said = f'"seq":{seq},"received":"{received}","hash":"{hash_}","seal":"{seal(secret, document)}"'
    return f"{document[:-1]},{said}}}"


def as_told(entry: Entry, document: str, seq: int, received: str, hash_: str, secret: bytes) -> tuple[Entry, str]:
    """An entry as whoever tells of it needs it (live/, store/memory.py): with its number and time, and as it goes over the wire."""
    return {**entry, "seq": seq, "received": received}, wire_text(document, seq, received, hash_, secret)


_CARDS = Prepared(
    select(Card.id, Card.seq, Card.hash, Card.opened, Card.opener, Card.opener_org)
    .where(Card.id.in_(bindparam("cards", expanding=True)))
    .order_by(Card.id)
    .with_for_update()
)
_PURGED = Prepared(select(PurgedCard.id).where(PurgedCard.id == bindparam("card")))
_KNOWN = Prepared(
    select(EntryRow.id, EntryRow.card, EntryRow.seq, EntryRow.by, EntryRow.document).where(EntryRow.id.in_(bindparam("ids", expanding=True)))
)
_KNOWN_AS = ("card", "seq", "by", "document")
_ABOUT_MEMBERS = Prepared(select(EntryRow.document, EntryRow.seq).where(EntryRow.card == bindparam("card"), EntryRow.kind.in_(KINDS_OF_MEMBERSHIP)))


def _on_it(what: str, model: type[Any], column: InstrumentedAttribute[str]) -> SelectBase:
    return select(literal_column(f"'{what}'"), column).where(model.card == bindparam("card"))


_ON_IT = [
    _on_it("organisations", CardOrganisation, CardOrganisation.organisation),
    _on_it("persons", CardPerson, CardPerson.person),
    _on_it("writers", CardWriter, CardWriter.person),
]
_MEMBERS = Prepared(union_all(*_ON_IT))
_MEMBERS_AND_SEQ = Prepared(union_all(*_ON_IT, select(literal_column("'seq'"), sql_cast(Card.seq, String)).where(Card.id == bindparam("card"))))
_KEPT = ("seq", "hash", "opened", "opener", "opener_org")


def _rows_of(model: type[Any], column: InstrumentedAttribute[str]) -> tuple[Prepared, Prepared]:
    """What adds, and what takes away, somebody (`name`) who is on a card."""
    added = insert(model).values({"card": bindparam("card"), column.key: bindparam("name")})
    return Prepared(added), Prepared(delete(model).where(model.card == bindparam("card"), column == bindparam("name")))


_MOVE_ON = Prepared(update(Card).where(Card.id == bindparam("card")).values({name: bindparam(f"to_{name}") for name in _KEPT}))
_NEW = Prepared(insert(Card))
_ADD = Prepared(insert(EntryRow))
_ROWS_OF_MEMBERS: tuple[tuple[Literal["organisations", "persons", "writers"], Prepared, Prepared], ...] = (
    ("organisations", *_rows_of(CardOrganisation, CardOrganisation.organisation)),
    ("persons", *_rows_of(CardPerson, CardPerson.person)),
    ("writers", *_rows_of(CardWriter, CardWriter.person)),
)


def members_of(connection: Connection, card: str) -> Membership:
    """In one question: with more processes than one it is asked at every writing that another process came before."""
    return _members(_MEMBERS.rows(connection, {"card": card}))


def members_upto(connection: Connection, card: str) -> tuple[Membership, int]:
    """Who is on a card and the number of its last entry, of one moment: what comes after that may not be for them any more."""
    rows = _MEMBERS_AND_SEQ.rows(connection, {"card": card})
    return _members([row for row in rows if row[0] != "seq"]), next((int(seq) for what, seq in rows if what == "seq"), 0)


def _members(rows: Sequence[tuple[Any, ...]]) -> Membership:
    members: dict[str, list[str]] = {"organisations": [], "persons": [], "writers": []}
    for what, name in rows:
        members[what].append(name)
    return cast(Membership, members)


class _Batch:
    def __init__(self, connection: Connection, history: Callable[[], str], entries: list[Entry]) -> None:
        self.connection = connection
        self.rows: dict[str, dict[str, Any]] = {}
        self.news: list[Entry] = []
        cards, ids = {entry["card"] for entry in entries}, {entry["id"] for entry in entries}
        places = _CARDS.asked(connection, {"cards": sorted(cards)}) if entries else list
        known = _KNOWN.asked(connection, {"ids": sorted(ids)}) if entries else list
        self.epoch = history()
        self.places = {row[0]: self._place(*row) for row in places()}
        self.known: dict[str, Mapping[str, Any]] = {id_: dict(zip(_KNOWN_AS, said, strict=True)) for id_, *said in known()}

    def _place(self, card: str, seq: int, hash_: str, opened: bool, opener: str, opener_org: str) -> _Place:
        lately = memory().of(card, hash_)
        members = lately.members if lately else members_of(self.connection, card)
        return _Place(card, seq, hash_, opened, True, members, members, seq, hash_, opener, opener_org)

    def do(self, job: Job) -> HandedIn:
        done = HandedIn(epoch=self.epoch)
        for written in job.written:
            outcome = written.entry if isinstance(written.entry, Rejected) else self._take(job, written, written.entry)
            self._note(done, written, outcome)
            if not isinstance(outcome, Rejected):
                done.accepted[written.name] = outcome
                done.rejected.pop(written.name, None)
            elif written.name not in done.accepted:
                done.rejected[written.name] = outcome
        done.lines = [self._line(job, card, touched) for card, touched in done.touched.items()]
        return done

    def _note(self, done: HandedIn, written: Written, outcome: int | Rejected) -> None:
        if isinstance(written.entry, Rejected):
            return
        card = written.entry["card"]
        touched = done.touched.setdefault(card, Touched())
        if isinstance(outcome, Rejected):
            touched.codes.add(outcome.code)
            if (place := self.places.get(card)) and place.purged:
                done.purged.add(card)
        else:
            touched.numbers.add(outcome)
            touched.kinds.add(written.entry["kind"])

    def _line(self, job: Job, card: str, touched: Touched) -> Line:
        """One line a call and card: what is refused as a whole says why; an entry that was sent twice was written, too."""
        place, visit = self.places.get(card), job.visit or Visit(job.viewer.person, "", job.viewer.org, job.viewer.role, job.viewer.device)
        viewer = Viewer(visit.person, visit.org, job.viewer.domain, visit.role, visit.device)
        ground = ground_of(viewer, self._members_for(place, viewer), place.opener) if place else "none"
        action = next((name for kind, name in (("card.opened", "open"), ("card.joined", "join")) if kind in touched.kinds), "write")
        said = [f"{len(touched.numbers)} written"] if touched.numbers else []
        said += [f"refused: {', '.join(sorted(touched.codes))}"] if touched.codes else []
        said += [access_log.standing(place.seq, place.hash, self.epoch)] if touched.numbers and place else []
        outcome = "ok" if touched.numbers else "refused"
        return Line(visit, job.now_ms, action, card, place.opener_org if place else "", ground, outcome, "; ".join(said))

    def _take(self, job: Job, written: Written, entry: Entry) -> int | Rejected:
        """The number of an entry that is (or already was) in the log, or why it is refused."""
        known = self.known.get(entry["id"])
        if known is not None:
            return self._again(job.viewer, known, written.document)
        place = self.places.get(entry["card"]) or self._new_place(entry["card"])
        if place.purged:
            return PAST_RETENTION
        if not (written.sealed or job.by_server):
            judged = self._admit(job, place, entry, job.now_ms)
            if isinstance(judged, Rejected) and judged.code == "clock":
                judged = self._admit(job, place, entry, furthest(self.connection, job.now_ms))
            if isinstance(judged, Rejected):
                return judged
        seq = self._append(job, place, entry, written.document)
        if not written.sealed:  # what this server took before was told then
            self.news.append(entry)
        return seq

    def _admit(self, job: Job, place: _Place, entry: Entry, now_ms: int) -> object:
        return admit(job.viewer, place.opened, self._members_for(place, job.viewer), entry, now_ms)

    def _new_place(self, card: str) -> _Place:
        nobody = Membership(organisations=[], persons=[], writers=[])
        place = self.places[card] = _Place(card, 0, "", False, False, nobody, nobody, 0, "")
        place.purged = bool(_PURGED.rows(self.connection, {"card": card}))
        return place

    def _again(self, viewer: Viewer, known: Mapping[str, Any], document: str) -> int | Rejected:
        """Sent twice is accepted once. Another content under the same id is not the same entry; who may not read it learns nothing."""
        if known["by"] != viewer.person:
            place = self.places.get(known["card"])
            members = self._members_for(place, viewer) if place else members_of(self.connection, known["card"])
            if not may_read(viewer, members, json.loads(known["document"])):
                return Rejected("forbidden", "not yours", "id")
        if known["document"] != document:
            return Rejected("malformed", "another entry has this id", "id")
        return int(known["seq"])

    def _append(self, job: Job, place: _Place, entry: Entry, document: str) -> int:
        place.seq += 1
        received = access_log.iso(job.now_ms)
        note(self.connection.engine, job.now_ms)
        place.hash = chain(place.hash, entry, place.seq, received)
        row: dict[str, Any] = {name: entry[name] for name in ("id", "card", "kind", "by", "org", "audience")}
        row |= {"seq": place.seq, "received": received, "hash": place.hash, "document": document}
        self.rows[entry["id"]] = self.known[entry["id"]] = row
        place.added.append(as_told(entry, document, place.seq, received, place.hash, job.secret))
        self._note_members(place, entry)
        return place.seq

    def _note_members(self, place: _Place, entry: Entry) -> None:
        """What an entry changes in who is on the card, as far as somebody needs to know before the batch ends (see `_Place`)."""
        if entry["kind"] in KINDS_OF_MEMBERSHIP:
            self._about_members(place).append({**entry, "seq": place.seq})
            place.stale = True
            if entry["kind"] == "card.opened":
                place.opened = True
                place.opener, place.opener_org = place.opener or entry["by"], place.opener_org or entry["org"]
                self._make_members(place)
            elif entry["kind"] in ("card.unshared", "card.removed"):
                place.taken_off |= {name for name in entry["body"].values() if isinstance(name, str)}
        self._note_writer(place, entry)
        if not place.opened and entry["by"] not in place.members["persons"]:
            place.members = {**place.members, "persons": sorted([*place.members["persons"], entry["by"]])}

    def _note_writer(self, place: _Place, entry: Entry) -> None:
        """The first word of somebody on a card. Only then is it looked up whether they were taken off before."""
        if entry["by"] in place.members["writers"] or entry["kind"] in NOT_WRITING:
            return
        if entry["by"] not in removed(self._about_members(place)):
            place.members = {**place.members, "writers": sorted([*place.members["writers"], entry["by"]])}

    def _members_for(self, place: _Place, viewer: Viewer) -> Membership:
        """Membership that is right about this viewer: made again only when it could be wrong about them."""
        off = not place.taken_off.isdisjoint((viewer.org, viewer.person))
        if place.stale and (off or not may_write(viewer, place.members) or not viewer.on_duty):
            self._make_members(place)
        return place.members

    def _make_members(self, place: _Place) -> None:
        about = self._about_members(place)
        members = membership(about)
        members["writers"] = sorted({*members["writers"], *place.members["writers"]} - removed(about))
        if not place.opened:
            members["persons"] = sorted({*members["persons"], *place.members["persons"]})
        place.members, place.stale = members, False
        place.taken_off.clear()

    def _about_members(self, place: _Place) -> list[Entry]:
        if place.about_members is None:
            stored = _ABOUT_MEMBERS.rows(self.connection, {"card": place.id}) if place.exists else ()
            place.about_members = [cast(Entry, {**json.loads(document), "seq": seq}) for document, seq in stored]
        return place.about_members

    def finish(self) -> list[Grown]:
        """Everything to the database; the cards that grew."""
        grown = [place for place in self.places.values() if place.added]
        if not grown:
            return []
        if new := [{"id": place.id, **{name: getattr(place, name) for name in _KEPT}} for place in _by_id(grown) if not place.exists]:
            _NEW.do(self.connection, new)
        if moved := [_moved(place) for place in grown if place.exists]:
            _MOVE_ON.do(self.connection, moved)
        _ADD.do(self.connection, [self.rows[id_] for id_ in sorted(self.rows)])
        push_out.note(self.connection, self.news)
        closed_cards.note(self.connection, [place.id for place in grown if place.exists], self._closed())
        for place in grown:
            if place.stale:
                self._make_members(place)
            if place.members is not place.members_before:
                self._save_members(place)
        return [
            Grown(
                place.id, place.before, place.seq, place.hash_before, place.hash, place.members_before, place.members, place.added,
                opener=place.opener, opener_org=place.opener_org,
            )
            for place in grown
        ]  # fmt: skip

    def _closed(self) -> set[str]:
        """The cards on which somebody wrote that they are closed; whether they are, the fold says later."""
        return {row["card"] for row in self.rows.values() if row["kind"] == "card.closed"}

    def _save_members(self, place: _Place) -> None:
        was, now = place.members_before, place.members
        for which, add, take in _ROWS_OF_MEMBERS:
            if gone := set(was[which]) - set(now[which]):
                take.do(self.connection, [{"card": place.id, "name": name} for name in sorted(gone)])
            if new := set(now[which]) - set(was[which]):
                add.do(self.connection, [{"card": place.id, "name": name} for name in sorted(new)])


def _by_id(places: list[_Place]) -> list[_Place]:
    return sorted(places, key=lambda place: place.id)


def _moved(place: _Place) -> dict[str, Any]:
    return {"card": place.id, **{f"to_{name}": getattr(place, name) for name in _KEPT}}
