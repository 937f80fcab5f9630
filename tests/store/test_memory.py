"""Memory: what was just written is sent without asking the database, and is never older than the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest

from card.access import Viewer
from store import epoch, log, memory
from store.models import db
from tests.cast import OFFICER, TRIAGIST, Phone, server


def viewer_of(phone: Phone) -> Viewer:
    return Viewer(*(phone.me[name] for name in ("person", "org", "domain", "role", "device")))


@pytest.mark.sqlite
def test_two_servers_on_one_database_never_send_what_is_no_longer_so(tmp_path: Path) -> None:
    """Each remembers only what it wrote itself; the other's entries and changes of membership must still be seen by both."""
    first, second = server(tmp_path), server(tmp_path)
    officer, triagist = Phone(first, OFFICER), Phone(second, TRIAGIST)
    card = officer.open_card("crisisdienst")
    triagist.write(card, "observation.noted", {"does": "van de tweede server"})
    officer.write(card, "observation.noted", {"does": "van de eerste"})
    for phone in (officer, triagist):
        assert [entry["seq"] for entry in phone.sync(have={card: 1})["entries"]] == [2, 3, 4]
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    assert triagist.sync(have={card: 4})["gone"] == [card]
    refused = triagist.entry(card, "observation.noted", {"does": "te laat"})
    assert triagist.sync([refused])["rejected"][refused["id"]]["code"] == "forbidden"


@pytest.mark.sqlite
def test_what_was_just_written_is_read_from_memory(tmp_path: Path) -> None:
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    for turn in range(5):
        officer.write(card, "observation.noted", {"does": str(turn)})
    with app.app_context():
        asked: list[str] = []
        with db.engine.connect() as connection:
            cast(sqlite3.Connection, connection.connection.dbapi_connection).set_trace_callback(asked.append)
        news = log.since(viewer_of(officer), {card: 3}, epoch.epoch(), b"secret")
        assert news.sent == {card: [4, 5, 6]}
        assert [statement for statement in asked if "FROM card" in statement], "this is where what is asked is seen"
        assert not [statement for statement in asked if "FROM entry" in statement]


def test_memory_keeps_to_its_size(tmp_path: Path, monkeypatch) -> None:
    """A few cards that are written to a lot never fill the server; what is forgotten comes from the database."""
    monkeypatch.setattr(memory, "MOST_CHARACTERS", 8_000)
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    cards = [officer.open_card() for _ in range(6)]
    have: dict[str, Any] = {}
    for turn in range(3):
        for card in cards:
            officer.sync([officer.entry(card, "observation.noted", {"does": f"{turn} {'x' * 1500}"})])
    with app.app_context():
        kept = memory.memory()
        assert 0 < kept.characters <= 8_000
        assert kept.characters == sum(lately.characters for lately in kept.cards.values())
        assert cards[0] not in kept.cards
    assert len(officer.sync(have=have)["entries"]) == 6 * 4


def test_nobody_gets_from_memory_what_they_may_not_see(tmp_path: Path) -> None:
    app = server(tmp_path)
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card = officer.open_card("crisisdienst")
    secret = officer.write(card, "observation.noted", {"says": "een geheim woord"}, audience="police")
    public = officer.write(card, "observation.noted", {"says": "voor iedereen"})
    answer = triagist.sync(have={card: 2})
    assert [entry["id"] for entry in answer["entries"]] == [public["id"]]
    assert secret["id"] not in str(answer)
