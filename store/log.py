"""The log: every entry of every card, in the order in which this server took them.

Invariants, and what keeps them:
1. A card's numbers are 1, 2, 3 ... without gaps, and who reads number 7 can read 6 (`batch.py`: numbers are given under a lock until the commit).
2. An entry is stored whole or not at all, and once: its id is the key, its document the canonical JSON that was judged.
3. Each hash covers the entry, its number and time, and the hash before it: no entry can be changed, left out or swapped unseen.
4. Nothing leaves without `may_read`: every way out takes a Viewer.
5. Nobody hears what could still be lost: listeners are told after the commit, in the order of the commits. Where its answer was lost they are told
   as soon as the database says that it happened (store/unsure.py).
6. Who wrote is in the access log before it is here, or with it: its lines are kept before the commit, or in it (store/access_log.py).
7. Two who write the same at once get one outcome: who meets another transaction is taken back and judged anew (`again`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from operator import itemgetter
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, SelectBase, and_, bindparam, literal_column, not_, or_, select, union, union_all

from card.access import Viewer, ground_of, may_read, on_card
from card.entry import Entry, Rejected, canonical, is_uuid7
from card.membership import KINDS_OF_MEMBERSHIP, Membership
from card.vocabulary import KINDS, TYPES
from store import access_log, ended, unsure
from store.access_log import Line, Visit
from store.batch import HandedIn, Job, Tell, Written, members_upto, nobody_listens, read, wire_text, write
from store.database import again, hold_still, hurry, pipelined, reading, writing
from store.epoch import ABOUT_HISTORY, PLACE, in_history, named_by, within
from store.grown import Grown
from store.inside import holds
from store.memory import memory
from store.models import Card, CardOrganisation, CardPerson, CardWriter, EntryRow, Person, PurgedCard, Setting, db
from store.prepared import Prepared
from store.turns import Turns
from store.unwell import cannot_hold, is_away

PAGE_ENTRIES = 1000
PAGE_CHARACTERS = 1024 * 1024


def hand_in(viewer: Viewer, raws: Sequence[object], now_ms: int, secret: bytes, tell: Tell = nobody_listens, visit: Visit | None = None) -> HandedIn:
    """Judge and store what one call brings; each entry by itself, all of it in one durable transaction (shared with whoever calls meanwhile)."""
    if not raws:
        return HandedIn()
    job = Job(viewer, read(raws, secret), now_ms, secret, tell, visit=visit)
    try:
        return _turns().ask(job)
    except Exception as problem:
        if not cannot_hold(problem):
            raise
    return _each_alone(job)


def _each_alone(job: Job) -> HandedIn:
    """What the database cannot hold of one entry takes no other with it. What `parse` takes is made to fit; this is for what nobody thought of."""
    done = HandedIn()
    for written in job.written:
        try:
            done.add(_turns().ask(replace(job, written=[written])))
        except Exception as problem:
            if not cannot_hold(problem):
                raise
            done.rejected[written.name] = Rejected("malformed", "the database cannot hold it", "entry")
    return done


def append_by_server(entry: Entry, now_ms: int, secret: bytes, tell: Tell = nobody_listens, visit: Visit | None = None) -> HandedIn:
    """Write an entry that only the server writes (`card.joined`, `card.looked`), on the card of somebody who may."""
    viewer = Viewer(entry["by"], entry["org"], "", "", entry["device"])
    written = Written(entry["id"], entry, canonical(entry).decode(), sealed=False)
    return _turns().ask(Job(viewer, [written], now_ms, secret, tell, by_server=True, visit=visit))


_lines: WeakKeyDictionary[Engine, Turns[Job, HandedIn]] = WeakKeyDictionary()


def _turns() -> Turns[Job, HandedIn]:
    """One line of writers a database."""
    engine = db.engine
    line = _lines.get(engine)
    if line is None:
        line = _lines[engine] = Turns(_write, by_itself=lambda job: _write([job], hurried=True)[0], is_of_all=is_away)
    return line


def _write(jobs: list[Job], hurried: bool = False) -> list[HandedIn]:
    outcomes, grown = in_history(lambda: again(lambda: _written(jobs, hurried)))
    memory().keep(grown)
    unsure.bring()
    for tell in {job.tell for job in jobs}:
        tell(grown)
    return outcomes


def _written(jobs: list[Job], hurried: bool) -> tuple[list[HandedIn], list[Grown]]:
    outcomes, grown = list[HandedIn](), list[Grown]()
    try:
        with writing(alone=None) as connection, pipelined(connection):
            if hurried:
                hurry(connection)
            outcomes, grown = write(connection, jobs, within(connection))
            access_log.append([line for outcome in outcomes for line in outcome.lines], along=connection)
    except Exception as problem:
        if grown and is_away(problem):
            unsure.note(grown, {job.tell for job in jobs}, jobs[0].secret, outcomes[0].epoch)
        raise
    return outcomes, grown


_ORGANISATIONS_ON = select(CardOrganisation.organisation).where(CardOrganisation.card == bindparam("card"))
_ORGANISATIONS_OF_PERSONS = select(Person.org).join(CardPerson, CardPerson.person == Person.id).where(CardPerson.card == bindparam("card"))
# The cards of a viewer, as `on_card` of card/access.py says: on duty, and not.
_OURS = select(CardOrganisation.card).where(CardOrganisation.organisation == bindparam("org"))
_THEIRS = select(CardPerson.card).where(CardPerson.person == bindparam("person"))
_WRITTEN_ON = select(CardWriter.card).where(CardWriter.person == bindparam("person"), CardWriter.card.in_(_OURS))
_MINE = {True: union(_OURS, _THEIRS), False: union(_WRITTEN_ON, _THEIRS)}
_STANDS = (Card.id, Card.seq, Card.hash, Card.opener, Card.opener_org)
_CARDS_OF = {on_duty: Prepared(select(*_STANDS).where(Card.id.in_(mine)).order_by(Card.id)) for on_duty, mine in _MINE.items()}
_HISTORY: SelectBase = select(literal_column("1"), Setting.name, literal_column("0"), Setting.value, PLACE, literal_column("''")).where(ABOUT_HISTORY)
_CARDS_AND_HISTORY = {
    on_duty: Prepared(union_all(_HISTORY, select(literal_column("0"), *_STANDS).where(Card.id.in_(mine))).order_by(literal_column("2")))
    for on_duty, mine in _MINE.items()
}
_ALARMED = {
    on_duty: select(EntryRow.card).distinct().where(EntryRow.card.in_(mine), EntryRow.kind == "alarm.raised").order_by(EntryRow.card)
    for on_duty, mine in _MINE.items()
}
_CARD = select(Card.seq, Card.hash, Card.opened, Card.opener, Card.opener_org).where(Card.id == bindparam("card"))
_PURGED = Prepared(select(PurgedCard.id).where(PurgedCard.id.in_(bindparam("cards", expanding=True))))
_WAS_ON = Prepared(
    select(EntryRow.card, Card.seq)
    .distinct()
    .join(Card, Card.id == EntryRow.card)
    .where(
        EntryRow.card.in_(bindparam("cards", expanding=True)),
        or_(
            EntryRow.by == bindparam("person"),
            EntryRow.org == bindparam("org"),
            and_(EntryRow.kind.in_(KINDS_OF_MEMBERSHIP), holds(EntryRow.document, bindparam("named"))),
        ),
    )
)
_ON = (
    select(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.hash, EntryRow.kind, EntryRow.by, EntryRow.org, EntryRow.audience)
    .where(EntryRow.card == bindparam("card"), EntryRow.seq > bindparam("after"), EntryRow.seq <= bindparam("upto"))
    .order_by(EntryRow.seq)
)
_OF_KIND = select(EntryRow.document, EntryRow.seq).where(EntryRow.card == bindparam("card"), EntryRow.kind == bindparam("kind"))
_FOR_VIEWER = or_(
    EntryRow.audience == "all",
    EntryRow.audience == bindparam("domain"),
    and_(EntryRow.audience == "org", EntryRow.org == bindparam("org")),
    EntryRow.by == bindparam("person"),
)
_PAGE_ON = Prepared(_ON.where(_FOR_VIEWER).limit(bindparam("room")))


def cards_of_type(viewer: Viewer, *types: str) -> list[str]:
    """The ids of the viewer's cards that may be of one of these types, newest first; which type a card has now, its fold says (card/card_type.py)."""
    says = and_(EntryRow.kind.in_(("card.opened", "card.turned")), or_(*map(may_be, types)))
    wanted = select(EntryRow.card).distinct().where(EntryRow.card.in_(_MINE[viewer.on_duty]), says).order_by(EntryRow.card.desc())
    with reading() as connection:
        return list(connection.scalars(wanted, _mine(viewer)))


def page(viewer: Viewer, before: str, most: int, kind: str = "card.opened") -> list[str]:
    """The ids of the viewer's cards on which there is an entry of this kind, newest first: so many, older than `before`."""
    has = and_(EntryRow.card.in_(_MINE[viewer.on_duty]), EntryRow.kind == kind, EntryRow.card < before)
    with reading() as connection:
        return list(connection.scalars(select(EntryRow.card).distinct().where(has).order_by(EntryRow.card.desc()).limit(most), _mine(viewer)))


def may_be(type_: str) -> ColumnElement[bool]:
    """What an opening or a turning into this type holds, in canonical JSON. An opening that names no type is of an incident."""
    named = or_(*(holds(EntryRow.document, f'"{field}":"{type_}"') for field in ("type", "into")))
    if type_ != "incident":
        return named
    others = [not_(holds(EntryRow.document, f'"type":"{other}"')) for other in TYPES if other != type_]
    return or_(named, and_(EntryRow.kind == "card.opened", *others))


def cards_with_alarms(viewer: Viewer) -> list[str]:
    """The viewer's cards on which anybody ever raised an alarm: only the fold knows whether it rings still."""
    with reading() as connection:
        return list(connection.scalars(_ALARMED[viewer.on_duty], _mine(viewer)))


def _mine(viewer: Viewer) -> dict[str, str]:
    """On whose account cards are the viewer's: nobody's organisation has no name (`on_card`)."""
    return {"org": "" if viewer.role == "privacy" else viewer.org, "person": viewer.person}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a viewer stands to a card: on it or not, on what ground, and which organisation opened it."""

    on: bool
    ground: str
    opened_by: str


@dataclass
class News:
    """What a viewer may see beyond what the device has: entries of each card with when they were received, whom they name, up to where was looked.

    `sent` says the numbers per card, `standings` on what ground: for the access log. `epoch`: the history that the numbers are of.
    `ended`: why cards that are gone are (store/ended.py).
    """

    cards: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    upto: dict[str, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: bool = False
    entries: int = 0
    characters: int = 0
    sent: dict[str, list[int]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    epoch: str = ""

    @property
    def room(self) -> int:
        return PAGE_ENTRIES - self.entries if self.characters < PAGE_CHARACTERS else 0

    @property
    def texts(self) -> list[str]:
        """Oldest first: as the server received them, and never against the numbers of their card, which go on where its clock was set back."""
        return [text for _, text in merge(*self.cards.values(), key=itemgetter(0))]

    def add(self, card: str, seq: int, received: str, text: str) -> None:
        self.sent.setdefault(card, []).append(seq)
        self.cards.setdefault(card, []).append((received, text))
        self.entries += 1
        self.characters += len(text)


def since(viewer: Viewer, have: Mapping[str, int], of_epoch: object, secret: bytes) -> News:
    """Everything beyond `have` that the viewer may see, at most a page of it. What a device has of another history counts for nothing."""
    return in_history(lambda: _since(viewer, have, of_epoch, secret))


def _since(viewer: Viewer, have: Mapping[str, int], of_epoch: object, secret: bytes) -> News:
    news, left = News(), set[str]()
    with reading() as connection:
        news.epoch, mine = _mine_at_once(connection, viewer)
        same_epoch = news.epoch == of_epoch
        held = have if same_epoch else {}
        for card, last, hash_, opener, opener_org in mine:
            after = max(0, held.get(card, 0))
            if after >= last:
                continue
            if news.room <= 0:
                news.more = True
                break
            members = _read_on(connection, viewer, (card, last, hash_), after, secret, news)
            if not on_card(viewer, members):  # taken off since the question before
                left.add(card)
                continue
            news.standings[card] = Standing(True, ground_of(viewer, members, opener), opener_org)
            news.more = news.more or news.upto[card] < last
    if lost := have.keys() - {card for card, *_ in mine if card not in left}:
        news.gone = sorted(lost) if same_epoch else _was_on(viewer, {card: have[card] for card in lost})
        if unconfirmed := [card for card in news.gone if held.get(card) == 0]:
            with reading() as connection:
                news.ended = ended.why(connection, viewer, unconfirmed)
    return news


def _mine_at_once(connection: Connection, viewer: Viewer) -> tuple[str, list[tuple[str, int, str, str, str]]]:
    """The name of the history and how the viewer's cards stand in it, of one moment: one question. What is read of them afterwards may be newer, and
    is then numbered so.
    """
    if connection.dialect.name != "postgresql":
        return within(connection)(), _CARDS_OF[viewer.on_duty].rows(connection, _mine(viewer))
    rows = _CARDS_AND_HISTORY[viewer.on_duty].rows(connection, _mine(viewer))
    history = named_by([(name, value, place) for of_history, name, _, value, place, _ in rows if of_history])
    return history, [(card, seq, hash_, opener, org) for of_history, card, seq, hash_, opener, org in rows if not of_history]


def read_from(viewer: Viewer, card: str, after: int, secret: bytes) -> News:
    """What the viewer may see of one card beyond a number; nothing, and `gone`, when it is not the viewer's card."""
    news = News()
    with reading() as connection:
        hold_still(connection)
        found = connection.execute(_CARD, {"card": card}).first()
        if found is not None and on_card(viewer, _members(connection, card, found.hash)[0]):
            _read_on(connection, viewer, (card, found.seq, found.hash), after, secret, news)
        else:
            news.gone.append(card)
    return news


def _read_on(connection: Connection, viewer: Viewer, about: tuple[str, int, str], after: int, secret: bytes, news: News) -> Membership:
    """One page of a card beyond a number, with who was on it then. Entries that the viewer may not see take no room, so who asks for more always gets
    some. Nothing where the viewer is not on the card by now: what they hear of it then is that it is gone.
    """
    card, last, hash_ = about
    members, upto = _members(connection, card, hash_)
    if not on_card(viewer, members):
        return members
    lately = memory().of(card, hash_)
    beyond = lately.beyond(after) if lately else None
    if beyond is not None and len(beyond) <= news.room:
        news.upto[card] = last
        for entry, text in beyond:
            if may_read(viewer, members, entry):
                news.named |= named_in([entry])
                news.add(card, entry["seq"], entry["received"], text)
        return members
    may = _Judged(viewer, members)
    asked = {"card": card, "after": after, "upto": upto, "room": news.room + 1, "domain": viewer.domain, "org": viewer.org, "person": viewer.person}
    news.upto[card] = after
    for document, seq, received, hash_, kind, by, org, audience in _PAGE_ON.each(connection, asked):
        if news.room <= 0:
            return members
        news.upto[card] = seq
        if may[audience, org, by]:
            news.named |= named_in([json.loads(document)]) if kind in _NAMING else {by}
            news.add(card, seq, received, wire_text(document, seq, received, hash_, secret))
    news.upto[card] = upto
    return members


class _Judged(dict[tuple[str, str, str], bool]):
    """`may_read`, asked once for all entries that are alike in what it looks at."""

    def __init__(self, viewer: Viewer, members: Membership) -> None:
        self.viewer, self.members = viewer, members

    def __missing__(self, told: tuple[str, str, str]) -> bool:
        audience, org, by = told
        self[told] = may_read(self.viewer, self.members, cast(Entry, {"audience": audience, "org": org, "by": by}))
        return self[told]


def _members(connection: Connection, card: str, hash_: str) -> tuple[Membership, int]:
    """Who is on a card, and up to which entry that says who reads."""
    lately = memory().of(card, hash_)
    return (lately.members, lately.seq) if lately else members_upto(connection, card)


def entries_of(viewer: Viewer, card: str) -> list[Entry]:
    """All of a card that the viewer may see, numbered; empty when the card is not there or not the viewer's."""
    with reading() as connection:
        members, upto = members_upto(connection, card)
        if not on_card(viewer, members):
            return []
        rows = connection.execute(_ON, {"card": card, "after": 0, "upto": upto})
        may = _Judged(viewer, members)
        return [_entry(row) for row in rows if may[row.audience, row.org, row.by]]


def standing(viewer: Viewer, card: str) -> Standing:
    """Whether this card is there, as far as the viewer may know, and on what ground."""
    with reading() as connection:
        found = connection.execute(_CARD, {"card": card}).first()
        if found is None:
            return Standing(False, "none", "")
        members, _ = _members(connection, card, found.hash)
        on = bool(found.opened) and on_card(viewer, members)
        return Standing(on, ground_of(viewer, members, found.opener) if on else "none", found.opener_org)


def is_on(viewer: Viewer, card: str) -> bool:
    """Whether this card is there, as far as the viewer may know."""
    return standing(viewer, card).on


def read_lines(visit: Visit, news: News, own: HandedIn, now_ms: int) -> list[Line]:
    """A line for each card of which others' entries are handed out. What a device hears back of its own writing has its line already."""
    lines = []
    for card, numbers in news.sent.items():
        written = own.touched[card].numbers if card in own.touched else set()
        if unseen := set(numbers) - written:
            on = news.standings[card]
            lines.append(Line(visit, now_ms, "sync", card, on.opened_by, on.ground, "ok", f"{len(unseen)} sent"))
    return lines


def took_part(card: str) -> set[str]:
    """The organisations that take part in an opened card: those on it, and those whose people opened it or joined by code."""
    with reading() as connection:
        found = connection.execute(_CARD, {"card": card}).first()
        if found is None or not found.opened:
            return set()
        return {*connection.scalars(_ORGANISATIONS_ON, {"card": card}), *connection.scalars(_ORGANISATIONS_OF_PERSONS, {"card": card})}


def is_opened(card: str) -> bool:
    with reading() as connection:
        found = connection.execute(_CARD, {"card": card}).first()
        return found is not None and bool(found.opened)


def taken_off(card: str, person: str) -> list[Entry]:
    """The entries that took this person off the card by name: who is let in again supersedes them."""
    return _about(person, card, "card.removed")


def joined_with(card: str, person: str, device: str) -> bool:
    """Whether this person came onto the card by code, with this device."""
    return any(entry["device"] == device for entry in _about(person, card, "card.joined"))


def _about(person: str, card: str, kind: str) -> list[Entry]:
    with reading() as connection:
        rows = connection.execute(_OF_KIND, {"card": card, "kind": kind})
        return [entry for entry in map(_entry, rows) if entry["body"].get("person") == person]


def _was_on(viewer: Viewer, have: Mapping[str, int]) -> list[str]:
    """Those of these cards that the viewer, or their organisation, was on once and is not now. Of others nobody hears whether they exist.
    Of a purged card nothing says any more who was on it: who still names one hears that it is gone.

    Whoever has more of a card than there is here was on it after this history parted from theirs, and has what may be nowhere else. They
    do not hear that it is gone before they gave that back: phones of before erase at once.
    """
    asked = sorted(filter(is_uuid7, have))
    pages = [asked[start : start + PAGE_ENTRIES] for start in range(0, len(asked), PAGE_ENTRIES)]
    who = {"person": viewer.person, "org": viewer.org, "named": json.dumps(viewer.org, ensure_ascii=False)}
    with reading() as connection:
        hold_still(connection)
        mine = {card for card, *_ in _CARDS_OF[viewer.on_duty].rows(connection, _mine(viewer))}
        was_on = {card for page in pages for card, seq in _WAS_ON.rows(connection, {"cards": page, **who}) if have[card] <= seq}
        purged = {card for page in pages for (card,) in _PURGED.rows(connection, {"cards": page})}
    return sorted((was_on | purged) - mine)


_NAMING = frozenset(kind for kind, rule in KINDS.items() if "person" in rule["fields"])


def _entry(row: Any) -> Entry:
    entry: Entry = json.loads(row.document)
    entry["seq"] = row.seq
    return entry


def named_in(entries: Iterable[Entry]) -> set[str]:
    """The ids of people whom entries name: writers, and persons who come, go or join."""
    said = ((entry["by"], entry["body"].get("person")) for entry in entries)
    return {person for both in said for person in both if isinstance(person, str)}
