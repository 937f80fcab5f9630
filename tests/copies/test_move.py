"""Move: everything from SQLite to PostgreSQL, or nothing. Phones go on from the numbers that they have."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, select, text

from store import access_log, epoch, verify
from store.access_log import Line, Visit
from store.copies import move as moving
from store.copies import rows
from store.models import Administration, CardOrganisation, Organisation, PurgedCard, db
from tests import engines
from tests.cast import OFFICER, TRIAGIST, Phone, new_id
from tests.copies.kept import content, database, motorkap, say, some_cards, something_in_every_table, stop


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return motorkap(database("sqlite", tmp_path))


@pytest.fixture
def target() -> str:
    return engines.shared_postgres().database()


def name_of(app: Flask) -> str:
    with app.app_context():
        epoch.forget()
        return epoch.epoch()


def move(app: Flask, target: str, *more: str) -> Result:
    stop(app)
    return say(app, "move", target, *more)


def is_empty(target: str) -> bool:
    """No rows; tables may be there."""
    app = motorkap(target)
    with app.app_context(), db.engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")).all()
        found = [table for table in tables if connection.execute(text(f'SELECT 1 FROM "{table}" LIMIT 1')).first()]
    stop(app)
    return found == []


def test_every_row_of_every_table_goes_along_and_the_history_keeps_its_name(app: Flask, target: str) -> None:
    some_cards(app)
    something_in_every_table(app)
    before, name = content(app), name_of(app)
    assert all(before.values()), [table for table, found in before.items() if not found]
    done = move(app, target)
    assert done.exit_code == 0, done.output
    assert "Every chain holds." in done.output
    assert "DATABASE_URL" in done.output
    moved = motorkap(target)
    assert content(moved) == before
    assert name_of(moved) == name
    with moved.app_context():
        assert [found.breaks for found in (verify.cards(), verify.access())] == [[], []]


def test_phones_go_on_from_the_numbers_that_they_have(app: Flask, target: str) -> None:
    officer = Phone(app, OFFICER)
    card = officer.open_card("crisisdienst")
    have = officer.sync(have={})["upto"]
    done = move(app, target)
    assert done.exit_code == 0, done.output
    moved = motorkap(target)
    http = moved.test_client()
    http._cookies = officer.http._cookies
    officer.app, officer.http = moved, http
    answer = officer.sync(have=have)
    assert (answer["epoch"], answer["entries"]) == (officer.me["epoch"], [])
    assert officer.write(card, "observation.noted", {"says": "Daar"})["seq"] == 3
    Phone(moved, TRIAGIST).write(card, "observation.noted", {"says": "Hier"})


def test_who_starts_the_old_file_all_the_same_has_another_history(app: Flask, target: str) -> None:
    some_cards(app, 1)
    name = name_of(app)
    assert move(app, target).exit_code == 0
    assert name_of(app) != name


def test_counters_go_on_behind_the_highest_number(app: Flask, target: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        told = {"org": "noord", "at_ms": 1, "by_name": "A", "what": "x", "about_name": "B", "changes": "{}"}
        connection.execute(insert(Administration), [{"id": 41, **told}])
    assert move(app, target).exit_code == 0
    moved = motorkap(target)
    with moved.app_context(), db.engine.begin() as connection:
        assert connection.execute(insert(Administration).values(told).returning(Administration.id)).scalar() == 42


def test_a_target_that_is_not_empty_is_refused(app: Flask, tmp_path: Path) -> None:
    full = database("postgresql", tmp_path)
    before = content(motorkap(full))
    done = move(app, full)
    assert done.exit_code == 1
    assert "not empty: there are rows in organisation" in done.output
    assert content(motorkap(full)) == before
    done = move(app, f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert done.exit_code == 1
    assert "no PostgreSQL" in done.output


def test_a_target_with_tables_of_something_else_is_refused(app: Flask, target: str) -> None:
    other = motorkap(target)
    with other.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters (text text)"))
    stop(other)
    done = move(app, target)
    assert done.exit_code == 1
    assert "not those of this Motorkap" in done.output


def test_a_target_that_does_not_answer_is_said_without_its_password(app: Flask) -> None:
    done = move(app, "postgresql://motorkap:geheim-woord@127.0.0.1:1/none")
    assert done.exit_code == 1
    assert "does not answer" in done.output
    assert "geheim-woord" not in done.output


def test_while_somebody_has_the_file_open_it_is_refused_and_a_copy_of_one_moment_has_its_own_name(app: Flask, target: str) -> None:
    some_cards(app)
    name = name_of(app)
    server = motorkap(app.config["SQLALCHEMY_DATABASE_URI"])
    officer = Phone(server, OFFICER)
    done = move(app, target)
    assert done.exit_code == 1
    assert "Stop the server first" in done.output
    done = move(app, target, "--while-running")
    assert done.exit_code == 0, done.output
    assert "a name of its own" in done.output
    officer.open_card()
    moved = motorkap(target)
    assert name_of(moved) != name
    assert name_of(app) == name
    with moved.app_context():
        assert (verify.cards().entries, verify.cards().breaks, verify.access().breaks) == (8, [], [])


@pytest.mark.parametrize("where", ["entry", "access_line", "the end"])
def test_a_move_that_is_killed_leaves_the_target_empty_and_the_source_whole(app: Flask, target: str, where: str) -> None:
    some_cards(app)
    before, name = content(app), name_of(app)
    stop(app)

    def until(connection: Any, table: Any, found: Any) -> None:
        if table.name == where:
            os.kill(os.getpid(), signal.SIGKILL)
        real(connection, table, found)

    def moves() -> None:
        if where == "the end":
            moving._name_goes_along = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        moving.into = until
        say(app, "move", target)
        os._exit(0)

    real = rows.into
    child = multiprocessing.get_context("fork").Process(target=moves)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert is_empty(target)
    assert content(app) == before
    assert name_of(app) == name
    done = move(app, target)
    assert done.exit_code == 0, "a second try finds tables without rows: " + done.output
    assert content(motorkap(target)) == before


def test_what_reads_otherwise_there_is_not_taken_for_moved(app: Flask, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    some_cards(app)
    real = rows.into

    def spoiled(connection: Any, table: Any, found: Any) -> None:
        real(connection, table, found)
        if table.name == "organisation":
            connection.execute(text("UPDATE organisation SET name = name || ' ' WHERE id = 'noord'"))

    monkeypatch.setattr(moving, "into", spoiled)
    done = move(app, target)
    assert done.exit_code == 1
    assert "organisation reads otherwise there" in done.output
    assert is_empty(target)


def test_what_postgresql_cannot_hold_is_replaced_where_it_may_be_and_said_where_not(app: Flask, target: str) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(Organisation.__table__.update().where(Organisation.id == "noord").values(name="Noord\0!"))
        visit = Visit("p", "A", "noord", "member", "d" * 41)
        access_log.append([Line(visit, 1_795_543_200_000, "opened")])
    done = move(app, target)
    assert done.exit_code == 1
    assert "access_line.device of 1 has 41 characters, and PostgreSQL holds 40" in done.output
    assert is_empty(target)


def test_a_number_that_is_too_large_is_said(app: Flask, target: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Organisation.__table__.update().where(Organisation.id == "noord").values(quiet_days=2**40))
    done = move(app, target)
    assert done.exit_code == 1
    assert "organisation was not copied" in done.output
    assert "out of range" in done.output
    assert is_empty(target)


def test_an_upgrade_takes_away_what_postgresql_has_no_room_for(app: Flask, target: str) -> None:
    """Names of organisations of nobody, which versions before took as members, and the end of a long situation of a purged card."""
    phone = Phone(app, OFFICER)
    card = phone.open_card("crisisdienst")
    with app.app_context():
        downgrade(revision="0021")
        with db.engine.begin() as connection:
            connection.execute(CardOrganisation.__table__.insert().values(card=card, organisation="x" * 201))
            told = {"opened_day": "2026-11-24", "closed_day": "2026-11-24", "organisations": 1, "kinds": "{}", "hash": "0" * 64}
            connection.execute(PurgedCard.__table__.insert().values(id=new_id(), situation="a" * 120, **told))
        upgrade()
    done = move(app, target)
    assert done.exit_code == 0, done.output
    moved = motorkap(target)
    with moved.app_context(), db.engine.connect() as connection:
        assert connection.scalar(select(PurgedCard.situation)) == "a" * 100
        on_it = select(CardOrganisation.organisation).where(CardOrganisation.card == card)
        assert sorted(connection.scalars(on_it)) == ["crisisdienst", "noord"]


def test_a_nul_in_a_text_becomes_a_mark(app: Flask, target: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Organisation.__table__.update().where(Organisation.id == "noord").values(name="Noord\0!"))
    done = move(app, target)
    assert done.exit_code == 0, done.output
    assert "1 texts had a NUL" in done.output
    moved = motorkap(target)
    with moved.app_context(), db.engine.connect() as connection:
        assert connection.scalar(select(Organisation.name).where(Organisation.id == "noord")) == "Noord\N{REPLACEMENT CHARACTER}!"


def test_a_nul_that_a_hash_was_made_over_is_refused(app: Flask, target: str) -> None:
    with app.app_context():
        access_log.append([Line(Visit("p", "A\0", "noord", "member", "d"), 1_795_543_200_000, "opened")])
    done = move(app, target)
    assert done.exit_code == 1
    assert "access_line.name of 1 has a NUL" in done.output
    assert is_empty(target)


def test_a_long_log_goes_as_a_stream(app: Flask, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than are read at once."""
    monkeypatch.setattr(rows, "AT_ONCE", 10)
    some_cards(app, 12)
    done = move(app, target)
    assert done.exit_code == 0, done.output
    assert "entry: 48 rows, read back and the same" in done.output
