"""The ledger: what was written, and what the server acknowledged to whom. Afterwards it reads the database and every phone, and says the one sentence
that every fault must leave true: 0 acknowledged entries lost, 0 doubled, all phones converge.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import create_engine, text

from app import create_app
from card.access import Viewer, may_read
from card.entry import canonical
from card.fold import fold
from card.membership import membership
from store import verify
from store.models import db
from tests.faults.phone import Phone

SAID_BY_THE_SERVER = ("seq", "received", "hash", "seal")


class Ledger:
    def __init__(self) -> None:
        self.written: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, int] = {}
        self.histories: list[str] = []
        self.earlier: set[str] = set()
        self.to_whom: dict[str, set[str]] = defaultdict(set)
        self.said_otherwise: list[tuple[str, int, int]] = []
        self._lock = threading.Lock()

    def wrote(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self.written[entry["id"]] = entry

    def acknowledged(self, phone: str, accepted: dict[str, int], history: str) -> None:
        """Numbers are of one history: after a restore there is another. What was acknowledged in an earlier one must be there, under any."""
        with self._lock:
            if history not in self.histories:
                self.histories.append(history)
                self.earlier |= self.numbers.keys()
                self.numbers = {}
            if history != self.histories[-1]:
                self.earlier |= accepted.keys()
                return
            for id_, seq in accepted.items():
                self.to_whom[id_].add(phone)
                if self.numbers.setdefault(id_, seq) != seq:
                    self.said_otherwise.append((id_, self.numbers[id_], seq))

    def check(self, url: str, phones: Sequence[Phone], unsent: Iterable[str] = ()) -> None:
        """`url` is of the database. `unsent`: entries that no phone handed in, because it was never asked to."""
        kept = everything_in(url)
        self.nothing_lost(kept)
        self.nothing_doubled(kept, set(unsent))
        chains_hold(url)
        for phone in phones:
            converged(phone, kept)

    def nothing_lost(self, kept: list[dict[str, Any]]) -> None:
        numbers = {entry["id"]: entry["seq"] for entry in kept}
        acknowledged = self.earlier | self.numbers.keys()
        lost = acknowledged - numbers.keys()
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged entries are lost: {sorted(lost)[:5]}"
        other = {id_: (seq, numbers[id_]) for id_, seq in self.numbers.items() if numbers[id_] != seq}
        assert not other, f"acknowledged under another number than it has: {other}"
        assert not self.said_otherwise, f"acknowledged twice, under different numbers: {self.said_otherwise}"

    def nothing_doubled(self, kept: list[dict[str, Any]], unsent: set[str]) -> None:
        times = Counter(entry["id"] for entry in kept)
        assert not [one for one, many in times.items() if many > 1], "an entry is there twice"
        assert times.keys() == self.written.keys() - unsent, "what is there is not what was written"
        for entry in kept:
            told = {name: said for name, said in entry.items() if name not in SAID_BY_THE_SERVER}
            assert canonical(told) == canonical(self.written[entry["id"]]), "an entry is half of what was written"
        of_card = defaultdict(list)
        for entry in kept:
            of_card[entry["card"]].append(entry["seq"])
        for card, numbers in of_card.items():
            assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"card {card} has gaps or doubles: {sorted(numbers)}"


def everything_in(url: str) -> list[dict[str, Any]]:
    """Every entry as the database has it, and no further than its driver: the app has no say in this."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT document, seq, received, hash FROM entry ORDER BY card, seq")).all()
    finally:
        engine.dispose()
    return [{**json.loads(document), "seq": seq, "received": received, "hash": hash_} for document, seq, received, hash_ in rows]


def chains_hold(url: str) -> None:
    """Of every card, and of the access log: who wrote is in it, whatever broke."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        cards, access = verify.cards(), verify.access()
        for engine in db.engines.values():
            engine.dispose()
    assert cards.entries
    assert cards.breaks == access.breaks == []


def converged(phone: Phone, kept: list[dict[str, Any]]) -> None:
    """The phone holds what it may see, all of it, as the server has it; and folds it to the card that the server shows."""
    me = Viewer(phone.me["person"], phone.me["org"], phone.me["domain"], phone.me["role"], phone.me["device"])
    cards = defaultdict(list)
    for entry in kept:
        cards[entry["card"]].append(entry)
    due = {entry["id"]: entry for entries in cards.values() for entry in entries if may_read(me, membership(entries), entry)}
    assert phone.outbox == [], f"{phone} still has something to hand in"
    assert phone.refused == {}, f"{phone} was refused something: {phone.refused}"
    lacks, more = due.keys() - phone.entries.keys(), phone.entries.keys() - due.keys()
    assert not lacks | more, f"{phone} lacks {len(lacks)} entries and has {len(more)} that it should not"
    for id_, entry in due.items():
        assert (phone.entries[id_]["seq"], phone.entries[id_]["hash"]) == (entry["seq"], entry["hash"])
    phone.hang_up()  # nobody said anything for as long as the chains took: the server may have let go
    for card in {entry["card"] for entry in due.values()}:
        status, shown = phone.ask("GET", f"/cards/{card}.json")
        mine = [entry for entry in phone.entries.values() if entry["card"] == card]
        assert (status, canonical(json.loads(shown))) == (200, canonical(fold(mine))), f"{phone} shows another card than the server"
