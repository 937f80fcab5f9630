"""The chains of hashes: whatever one entry or one line is changed, left out or swapped, `verify` says where."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from card.entry import canonical
from store import access_log, anchors, epoch, verify
from store.batch import chain
from store.models import db
from tests.cast import OFFICER, TRIAGIST, Phone, server

# What is changed behind our back is changed in the file; that chains hold on PostgreSQL is in test_several_processes.py.
pytestmark = pytest.mark.sqlite

ENTRIES = 6
TEXTS = ("document", "received", "hash", "kind", "by", "org", "audience", "id")
LINE_TEXTS = (*access_log.FIELDS, "hash")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with two cards and what was seen of them, that nobody has open."""
    folder = tmp_path_factory.mktemp("written")
    app = server(folder)
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    other = officer.open_card("zuid")
    card = officer.open_card("crisisdienst")
    for turn in range(ENTRIES - 2):
        (officer, triagist)[turn % 2].write(card, "observation.noted", {"does": f"Stap {turn}"}, audience=("all", "org")[turn % 2])
    with app.app_context():
        assert verify.cards().breaks == verify.access().breaks == []
        assert (verify.cards().cards, verify.cards().entries, verify.cards(other).entries) == (2, ENTRIES + 2, 2)
        anchors.write(officer.clock(), anew=True)
        for engine in db.engines.values():
            engine.dispose()
    return folder, card


@pytest.fixture
def broken(written: tuple[Path, str], tmp_path: Path) -> Callable[..., verify.Verified]:
    """What verify says of a fresh copy after somebody did something to one of its two files."""
    folder, card = written
    turn = iter(range(10_000))

    def after(file: str, do: Callable[[sqlite3.Connection], object], check: Callable[[], verify.Verified]) -> verify.Verified:
        copy = tmp_path / str(next(turn))
        shutil.copytree(folder, copy)
        with sqlite3.connect(copy / file) as connection:
            for trigger in ("access_line_stays", "access_line_never_goes", "access_line_is_not_replaced"):
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            do(connection)
            connection.commit()
        connection.close()
        app = bare(copy)
        with app.app_context():
            done = check()
            for engine in db.engines.values():
                engine.dispose()
        shutil.rmtree(copy)
        return done

    return after


def bare(folder: Path) -> Flask:
    from app import create_app

    return create_app({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'motorkap.sqlite'}"})


def swap(connection: sqlite3.Connection, table: str, key: str, where: str, one: int, two: int, columns: tuple[str, ...]) -> None:
    """The content of two rows changes places; which number is where stays."""
    told = {
        number: connection.execute(f"SELECT {', '.join(map(quoted, columns))} FROM {table} WHERE {key} = ? {where}", (number,)).fetchone()
        for number in (one, two)
    }
    for number in (one, two):
        connection.execute(
            f"UPDATE {table} SET {', '.join(f'{quoted(name)} = ? || {quoted(name)}' for name in columns)} WHERE {key} = ? {where}",
            (*["~"] * len(columns), number),
        )
    for number, other in ((one, two), (two, one)):
        connection.execute(
            f"UPDATE {table} SET {', '.join(f'{quoted(name)} = ?' for name in columns)} WHERE {key} = ? {where}", (*told[other], number)
        )


def quoted(name: str) -> str:
    return f'"{name}"'


def test_any_single_entry_that_is_changed_removed_or_swapped_is_found(written: tuple[Path, str], broken: Callable[..., verify.Verified]) -> None:
    card = written[1]
    here = f"AND card = '{card}'"

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(["change", "remove", "swap", "swap rows"]),
        st.integers(1, ENTRIES),
        st.integers(1, ENTRIES - 1),
        st.sampled_from(TEXTS),
        st.integers(0, 9),
    )
    def tried(what: str, seq: int, step: int, column: str, place: int) -> None:
        other = (seq + step - 1) % ENTRIES + 1

        def do(connection: sqlite3.Connection) -> None:
            if what == "remove":
                connection.execute(f"DELETE FROM entry WHERE seq = ? {here}", (seq,))
            elif what == "change":
                (text,) = connection.execute(f'SELECT "{column}" FROM entry WHERE seq = ? {here}', (seq,)).fetchone()
                at = len(text) * place // 10
                changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
                connection.execute(f'UPDATE entry SET "{column}" = ? WHERE seq = ? {here}', (changed, seq))
            else:
                columns = ("id", "kind", "by", "org", "audience", "document", *(("received", "hash") if what == "swap rows" else ()))
                swap(connection, "entry", "seq", here, seq, other, columns)

        found = broken("motorkap.sqlite", do, verify.cards).breaks
        assert found, (what, seq, column)
        assert {one.card for one in found} == {card}
        first = min(seq, other) if what.startswith("swap") else seq
        assert found[0].seq == first, (what, seq, other, found)
        assert found[0].what == {"remove": "missing", "change": "changed"}.get(what, "swapped"), found

    tried()


def test_any_single_line_of_the_access_log_that_is_changed_removed_or_swapped_is_found(
    broken: Callable[..., verify.Verified], written: tuple[Path, str]
) -> None:
    with sqlite3.connect(written[0] / "access.sqlite") as connection:
        (many,) = connection.execute("SELECT COUNT(*) FROM access_line").fetchone()
    connection.close()
    assert many >= 4

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(["change", "remove", "swap"]), st.integers(1, many), st.integers(1, many - 1), st.sampled_from(LINE_TEXTS))
    def tried(what: str, number: int, step: int, column: str) -> None:
        other = (number + step - 1) % many + 1

        def do(connection: sqlite3.Connection) -> None:
            if what == "remove":
                connection.execute("DELETE FROM access_line WHERE number = ?", (number,))
            elif what == "change":
                connection.execute(f"UPDATE access_line SET {column} = {column} || 'x' WHERE number = ?", (number,))
            else:
                swap(connection, "access_line", "number", "", number, other, LINE_TEXTS)

        found = broken("access.sqlite", do, verify.access).breaks
        assert found, (what, number, column)
        if not (what == "remove" and number == many):
            assert found[0].seq == (min(number, other) if what == "swap" else number)
            assert found[0].what == {"remove": "missing", "change": "changed", "swap": "swapped"}[what]

    tried()


def test_an_access_log_that_was_cut_off_made_anew_or_taken_away_is_found(broken: Callable[..., verify.Verified]) -> None:
    (cut,) = broken("access.sqlite", lambda log: log.execute("DELETE FROM access_line WHERE number > 2"), verify.access).breaks
    assert cut.what == "cut"

    def anew(log: sqlite3.Connection) -> None:
        rows = log.execute(f"SELECT number, {', '.join(access_log.FIELDS)} FROM access_line ORDER BY number").fetchall()
        previous = ""
        for number, *told in rows:
            told[access_log.FIELDS.index("name")] = "Iemand anders"
            previous = access_log.chain(previous, number, told)
            log.execute("UPDATE access_line SET name = 'Iemand anders', hash = ? WHERE number = ?", (previous, number))

    assert [one.what for one in broken("access.sqlite", anew, verify.access).breaks] == ["cut"]
    assert [one.what for one in broken("access.sqlite", lambda log: log.execute("DELETE FROM access_line"), verify.access).breaks] == ["cut"]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("INSERT INTO card_organisation (card, organisation) VALUES ('{card}', 'ggd')", "members"),
        ("DELETE FROM card_organisation WHERE card = '{card}' AND organisation = 'crisisdienst'", "members"),
        ("DELETE FROM card_person WHERE card = '{card}'", "members"),
        ("UPDATE card SET opener_org = 'zuid' WHERE id = '{card}'", "members"),
        ("UPDATE card SET hash = 'x' WHERE id = '{card}'", "changed"),
        ("INSERT INTO card_writer (card, person) VALUES ('{card}', 'somebody')", "members"),
        ("DELETE FROM card_writer WHERE card = '{card}'", "members"),
        ("UPDATE card SET opened = 0 WHERE id = '{card}'", "members"),
        ("UPDATE card SET opener = 'somebody' WHERE id = '{card}'", "members"),
        ("UPDATE card SET seq = seq + 1 WHERE id = '{card}'", "missing"),
        ("UPDATE card SET seq = seq - 1 WHERE id = '{card}'", "changed"),
        ("UPDATE entry SET seq = 100 WHERE card = '{card}' AND seq = 6", "missing"),
        ("UPDATE entry SET seq = -1 WHERE card = '{card}' AND seq = 1", "missing"),
        ("DELETE FROM card WHERE id = '{card}'", "missing"),
        ("DELETE FROM entry WHERE card = '{card}'", "missing"),
    ],
)
def test_who_is_on_a_card_and_where_it_stands_cannot_be_changed_unseen(
    written: tuple[Path, str], broken: Callable[..., Any], statement: str, what: str
) -> None:
    found = broken("motorkap.sqlite", lambda cards: cards.execute(statement.format(card=written[1])), verify.cards).breaks
    assert {(one.card, one.what) for one in found} == {(written[1], what)}


TABLES_OF_A_CARD = ("entry", "card_organisation", "card_person", "card_writer")


def cut_off(connection: sqlite3.Connection, card: str, last: int) -> None:
    """Everything after a number goes, and the card is made to say that this is its end."""
    connection.execute("DELETE FROM entry WHERE card = ? AND seq > ?", (card, last))
    (hash_,) = connection.execute("SELECT hash FROM entry WHERE card = ? AND seq = ?", (card, last)).fetchone()
    connection.execute("UPDATE card SET seq = ?, hash = ? WHERE id = ?", (last, hash_, card))
    (writers,) = connection.execute("SELECT json_group_array(\"by\") FROM entry WHERE card = ?", (card,)).fetchone()
    connection.execute("DELETE FROM card_writer WHERE card = ? AND person NOT IN (SELECT value FROM json_each(?))", (card, writers))


@pytest.mark.parametrize("last", range(2, ENTRIES))
def test_a_card_whose_end_is_cut_off_is_found_also_when_the_card_says_that_it_ends_there(
    written: tuple[Path, str], broken: Callable[..., verify.Verified], last: int
) -> None:
    """Its own chain holds. The access log, a file of its own, knows how far the card stood when somebody last wrote."""
    card = written[1]
    (found,) = broken("motorkap.sqlite", lambda cards: cut_off(cards, card, last), verify.cards).breaks
    assert (found.card, found.seq, found.what) == (card, last + 1, "missing")


@pytest.mark.parametrize("seq", [1, 3, ENTRIES])
def test_an_entry_that_was_put_on_another_card_is_found_on_both(written: tuple[Path, str], broken: Callable[..., verify.Verified], seq: int) -> None:
    card = written[1]

    def move(cards: sqlite3.Connection) -> None:
        (other,) = cards.execute("SELECT id FROM card WHERE id != ?", (card,)).fetchone()
        cards.execute("UPDATE entry SET card = ?, seq = 3 WHERE card = ? AND seq = ?", (other, card, seq))

    found = broken("motorkap.sqlite", move, verify.cards).breaks
    assert {(one.card == card, one.seq, one.what) for one in found} >= {(True, seq, "missing"), (False, 3, "changed")}


def test_a_card_that_is_gone_as_a_whole_is_found(written: tuple[Path, str], broken: Callable[..., verify.Verified]) -> None:
    card = written[1]

    def gone(cards: sqlite3.Connection) -> None:
        for table in TABLES_OF_A_CARD:
            cards.execute(f"DELETE FROM {table} WHERE card = ?", (card,))
        cards.execute("DELETE FROM card WHERE id = ?", (card,))

    for only in (None, card):
        (found,) = broken("motorkap.sqlite", gone, lambda only=only: verify.cards(only)).breaks
        assert (found.card, found.seq, found.what) == (card, 1, "missing")


def test_a_chain_that_is_made_anew_from_a_changed_entry_on_is_found(written: tuple[Path, str], broken: Callable[..., verify.Verified]) -> None:
    """Whoever can write in the database can also reckon hashes."""
    card = written[1]

    def anew(cards: sqlite3.Connection) -> None:
        previous = ""
        for seq, document, received in cards.execute("SELECT seq, document, received FROM entry WHERE card = ? ORDER BY seq", (card,)).fetchall():
            entry = json.loads(document.replace("Stap 1", "Stap 9"))
            previous = chain(previous, entry, seq, received)
            told = (canonical(entry).decode(), previous, card, seq)
            cards.execute("UPDATE entry SET document = ?, hash = ? WHERE card = ? AND seq = ?", told)
        cards.execute("UPDATE card SET hash = ? WHERE id = ?", (previous, card))

    (found,) = broken("motorkap.sqlite", anew, verify.cards).breaks
    assert (found.card, found.seq, found.what) == (card, ENTRIES, "changed")


def test_what_a_restored_server_lacks_is_no_break_and_what_goes_after_it_is(tmp_path: Path) -> None:
    """The history has a new name: numbers are given anew to what phones hand in again."""
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card, other = officer.open_card("zuid"), officer.open_card()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    with sqlite3.connect(tmp_path / "motorkap.sqlite") as backup:
        cut_off(backup, card, 1)
        backup.execute("DELETE FROM card_organisation WHERE card = ? AND organisation = 'zuid'", (card,))
        for table in TABLES_OF_A_CARD:
            backup.execute(f"DELETE FROM {table} WHERE card = ?", (other,))
        backup.execute("DELETE FROM card WHERE id = ?", (other,))
    with app.app_context():
        assert {(one.card, one.what) for one in verify.cards().breaks} == {(card, "missing"), (other, "missing")}
        epoch.new_epoch()
        assert verify.cards().breaks == []
    officer.write(card, "observation.noted", {"does": "x"})
    with app.app_context():
        assert verify.cards().breaks == []
        with db.engine.begin() as connection:
            raw = connection.connection.dbapi_connection
            cut_off(raw, card, 1)
        assert [(one.card, one.seq, one.what) for one in verify.cards().breaks] == [(card, 2, "missing")]


def test_the_command_says_where_and_ends_with_one(tmp_path: Path) -> None:
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card, other = officer.open_card("zuid"), officer.open_card()
    run = app.test_cli_runner()
    said = run.invoke(args=["verify"])
    assert said.exit_code == 0, said.output
    assert "2 cards with 3 entries, 0 purged" in said.output
    assert "Every chain holds" in said.output
    with sqlite3.connect(tmp_path / "motorkap.sqlite") as connection:
        (document,) = connection.execute("SELECT document FROM entry WHERE card = ? AND seq = 1", (card,)).fetchone()
        changed = json.dumps(json.loads(document) | {"body": {"situation": "nuisance", "place": "Elders"}})
        connection.execute("UPDATE entry SET document = ? WHERE card = ? AND seq = 1", (changed, card))
    said = run.invoke(args=["verify"])
    assert said.exit_code == 1
    assert f"BREAK  card {card}, entry 1: changed" in said.output
    assert run.invoke(args=["verify", "--card", other]).exit_code == 0
    assert run.invoke(args=["verify", "--card", card]).exit_code == 1
    assert run.invoke(args=["verify", "--card", "019a0000-0000-7000-8000-000000000000"]).exit_code == 1


def test_who_is_on_a_card_follows_the_numbers_of_its_entries_and_no_clock_of_a_phone(tmp_path: Path) -> None:
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    for kind, minutes in (("card.shared", 5), ("card.unshared", -5)):
        officer.write(card, kind, {"organisation": "crisisdienst"}, at=officer.at(minutes * 60_000))
    with app.app_context():
        assert verify.cards().breaks == []
