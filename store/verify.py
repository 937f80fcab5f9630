"""Verify: walks the chains of hashes and says where one breaks: which card and number, and whether an entry is missing, changed or swapped.

An entry's columns that queries use must say what its document says, and a card's rows of members what its log says: who could change those in the
database could open a card to somebody without touching a document. And a card must stand at least where the access log saw it stand when somebody
wrote on it: so the end of a card, or a card as a whole, cannot go without a trace either, nor can its chain be made anew.

After a break the walk goes on from the hash that is stored, so that the next break is found too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, func, select, union

from card.entry import Entry, canonical
from card.membership import KINDS_OF_MEMBERSHIP, Membership, membership
from store import access_log, anchors, epoch, retention
from store.access_log import FIELDS, PAGE_LINES, lines
from store.batch import chain, members_of
from store.database import hold_still, once_written, reading, writing
from store.models import Card, EntryRow, PurgedCard

COLUMNS = ("id", "card", "kind", "by", "org", "audience")


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain breaks. `card` is empty for the access log; `what` is missing, changed, swapped, members or cut."""

    card: str
    seq: int
    what: str
    say: str

    @property
    def said(self) -> str:
        """In a line, for who runs Motorkap."""
        where = f"card {self.card}, entry {self.seq}" if self.card else f"access log, line {self.seq}"
        return f"{where}: {self.what}: {self.say}"


@dataclass
class Verified:
    cards: int = 0
    entries: int = 0
    purged: int = 0
    lines: int = 0
    not_carried_out: list[str] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)


def cards(only: str | None = None) -> Verified:
    """All cards, or one. A card of which nothing is left but its entries' numbers is a break too.

    Of each card in turn what is read is forgotten, but its number: a country has a hundred thousand cards and a hundred million lines.
    """
    done = Verified()
    name, head = epoch.kept(), access_log.head()
    until = head[1] if head else 0
    with writing() as connection:
        once_written(connection)  # A line of the access log is there before what it is about: who was in the middle of writing is done now.
    with reading() as connection:
        hold_still(connection)
        done.purged = connection.scalar(select(func.count()).select_from(PurgedCard)) or 0
        known = select(Card.id).union(select(EntryRow.card).distinct()).subquery()
        asked = select(known.c.id).order_by(known.c.id)
        here = connection.scalars(asked if only is None else asked.where(known.c.id == only)).all()
        for card, stood in access_log.stood(here, name, until):
            entries, breaks = _card(connection, card, stood)
            done.cards, done.entries = done.cards + 1, done.entries + entries
            done.breaks += breaks
        for page in access_log.cards() if only is None else [[only]]:
            for card, stood in access_log.stood(_gone(connection, page), name, until):
                if stood:
                    done.cards += 1
                    done.breaks.append(Break(card, 1, "missing", f"the access log knows {stood[0]} entries, and there is no such card"))
        if only is None:
            done.not_carried_out = retention.not_carried_out(connection, until)
    return done


def _gone(connection: Connection, page: Sequence[str]) -> list[str]:
    """Those of these cards of which nothing is there, and that were not purged."""
    asked = union(*(select(column).where(column.in_(page)) for column in (Card.id, EntryRow.card, PurgedCard.id)))
    return sorted(set(page) - set(connection.scalars(asked)))


def _card(connection: Connection, card: str, stood: tuple[int, str] | None) -> tuple[int, list[Break]]:
    row = connection.execute(select(Card.seq, Card.hash, Card.opened, Card.opener_org, Card.opener).where(Card.id == card)).first()
    rows = connection.execute(select(EntryRow.__table__).where(EntryRow.card == card).order_by(EntryRow.seq)).all()
    breaks = list(_walk(card, rows))
    last = rows[-1] if rows else None
    if row is None:
        breaks.append(Break(card, 0, "missing", "the card itself is missing, its entries are there"))
    elif last is None or row.seq > last.seq:
        first = last.seq + 1 if last else 1
        breaks.append(Break(card, first, "missing", f"entries {first} to {row.seq} are missing at the end"))
    elif not breaks and (row.seq, row.hash) != (last.seq, last.hash):
        breaks.append(Break(card, last.seq, "changed", "the card's own number and hash are not those of its last entry"))
    if stood and not breaks:
        breaks += _against_access(card, rows, *stood)
    if row is not None and not breaks:
        breaks += _members(connection, card, rows, row)
    return len(rows), breaks


def _against_access(card: str, rows: Sequence[Any], seq: int, hash_: str) -> Iterator[Break]:
    """The chain holds by itself; whether it is the one that people wrote, and all of it."""
    last = rows[-1].seq if rows else 0
    if last < seq:
        yield Break(card, last + 1, "missing", f"entries {last + 1} to {seq} are missing at the end: the access log knows them")
    elif not rows[seq - 1].hash.startswith(hash_):
        yield Break(card, seq, "changed", "up to here this is another chain than the one that the access log saw")


def _walk(card: str, rows: Sequence[Any]) -> Iterator[Break]:
    previous, expected = "", 1
    for row in rows:
        if row.seq != expected:
            yield Break(card, expected, "missing", f"entries {expected} to {row.seq - 1} are missing" if row.seq - 1 > expected else "is missing")
        elif _hash(previous, row.document, row.seq, row.received) != row.hash:
            other = _swapped_with(previous, row, rows)
            yield Break(card, row.seq, "swapped" if other else "changed", f"is swapped with entry {other}" if other else "is not what its hash says")
        elif different := _columns(row):
            yield Break(card, row.seq, "changed", f"{', '.join(different)} in the database is not what the entry says")
        previous, expected = row.hash, row.seq + 1


def _hash(previous: str, document: str, seq: int, received: str) -> str | None:
    """The hash that belongs to this document there; None for what is no entry any more, or not as it was written."""
    try:
        entry: Entry = json.loads(document)
        return chain(previous, entry, seq, received) if canonical(entry).decode() == document else None
    except Exception:
        return None


def _columns(row: Any) -> list[str]:
    entry = json.loads(row.document)
    return [name for name in COLUMNS if getattr(row, name) != entry[name]]


def _swapped_with(previous: str, row: Any, rows: Sequence[Any]) -> int | None:
    """The number of the entry that belongs here: with it the chain holds. Somebody may have swapped the content alone, or whole rows."""
    for other in rows:
        for received, hash_ in ((row.received, row.hash), (other.received, row.hash), (other.received, other.hash)):
            if other.seq != row.seq and _hash(previous, other.document, row.seq, received) == hash_:
                return int(other.seq)
    return None


def _members(connection: Connection, card: str, rows: Sequence[Any], row: Any) -> list[Break]:
    numbered = [cast(Entry, {**json.loads(one.document), "seq": one.seq}) for one in rows]
    about = [entry for entry in numbered if entry["kind"] in KINDS_OF_MEMBERSHIP]
    opening = next((entry for entry in about if entry["kind"] == "card.opened"), None)
    said: Membership = {**membership(about if opening else numbered), "writers": membership(numbered)["writers"]}
    kept = members_of(connection, card)
    breaks = [
        Break(card, row.seq, "members", f"{which} on the card are {sorted(kept[which])}, its log says {sorted(said[which])}")
        for which in ("organisations", "persons", "writers")
        if set(kept[which]) != set(said[which])
    ]
    if row.opened != bool(opening):
        breaks.append(Break(card, row.seq, "members", "whether the card was opened is not what its log says"))
    if opening and (row.opener, row.opener_org) != (opening["by"], opening["org"]):
        breaks.append(Break(card, opening.get("seq", 1), "members", "who opened the card is not what its log says"))
    return breaks


def access() -> Verified:
    """The access log: its chain, and that it still has everything that it had on the days that are written down elsewhere."""
    done = Verified()
    stood = anchors.all_anchors()
    hashes: dict[int, str | None] = {number: None for _, _, number, _ in stood}
    first = ""
    previous, expected = "", 1
    for row in _all_lines():
        first = first or row.hash
        done.lines += 1
        if row.number in hashes:
            hashes[row.number] = row.hash
        if row.number != expected:
            done.breaks.append(Break("", expected, "missing", f"lines {expected} to {row.number - 1} are missing"))
        elif access_log.chain(previous, row.number, _told(row)) != row.hash:
            done.breaks.append(_broken_line(previous, row))
        previous, expected = row.hash, row.number + 1
    done.breaks += _against(stood, first, hashes)
    return done


def _all_lines() -> Iterator[Any]:
    after = 0
    with access_log.engine().connect() as connection:
        while page := connection.execute(select(lines).where(lines.c.number > after).order_by(lines.c.number).limit(PAGE_LINES)).all():
            yield from page
            after = page[-1].number


def _told(row: Any) -> list[str]:
    return [getattr(row, name) for name in FIELDS]


def _broken_line(previous: str, row: Any) -> Break:
    """Changed; or it and one of the lines after it belong in each other's place."""
    before = row.hash
    with access_log.engine().connect() as connection:
        for other in connection.execute(select(lines).where(lines.c.number > row.number).order_by(lines.c.number).limit(PAGE_LINES)):
            hashes = (row.hash, other.hash)
            belongs = access_log.chain(previous, row.number, _told(other)) in hashes
            if belongs and any(access_log.chain(hash_, other.number, _told(row)) in hashes for hash_ in (before, other.hash)):
                return Break("", row.number, "swapped", f"is swapped with line {other.number}")
            before = other.hash
    return Break("", row.number, "changed", "is not what its hash says")


def _against(stood: Iterable[tuple[str, str, int, str]], first: str, hashes: dict[int, str | None]) -> Iterator[Break]:
    for file, day, number, hash_ in stood:
        if file != first:
            yield Break("", number, "cut", f"the access log of {day} is not here: moved away (then say --moved), or made anew")
        elif hashes[number] != hash_:
            yield Break("", number, "cut", f"on {day} the access log had {number} lines and another last line than now")
