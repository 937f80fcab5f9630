"""PostgreSQL: every migration up and down, and the same cards, numbers and chains as on SQLite, on a server of its own (tests/engines.py)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from app import create_app
from card.access import Viewer
from store import batch, closed_cards, dossier, log, looking_back, looks, verify
from store.looking_back import Wanted
from store.memory import memory
from store.models import db
from tests import engines
from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, server

REVISIONS = sorted(path.name[:4] for path in (Path(__file__).parents[2] / "migrations" / "versions").glob("0*.py"))


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    with engines.postgres() as found:
        yield found


@pytest.fixture
def app(postgres: engines.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("DATA", str(tmp_path))
    return server(tmp_path, Clock(), SQLALCHEMY_DATABASE_URI=postgres.database())


def shape(url: str) -> dict[str, Any]:
    """Tables with their columns and indexes."""
    engine = create_engine(url)
    found = inspect(engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version", "access_line"})
    shaped = {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)),
            sorted(str(index["name"]) for index in found.get_indexes(table)),
        )
        for table in tables
    }
    engine.dispose()
    return shaped


def test_every_migration_goes_up_and_down_and_ends_in_the_tables_of_the_models(
    postgres: engines.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    migrated, modelled = postgres.database(), postgres.database()
    with create_app({"SECRET_KEY": "a secret of the tests", "SQLALCHEMY_DATABASE_URI": migrated}).app_context():
        for revision in REVISIONS:
            upgrade(revision=revision)
        for _ in REVISIONS:
            downgrade(revision="-1")
        assert shape(migrated) == {}
        upgrade()
        db.engine.dispose()
    with create_app({"SECRET_KEY": "a secret of the tests", "SQLALCHEMY_DATABASE_URI": modelled}).app_context():
        db.create_all()
        db.engine.dispose()
    assert shape(migrated) == shape(modelled)


def test_a_card_is_written_by_two_sides_numbered_without_gaps_and_read_by_who_may(app: Flask) -> None:
    officer, triagist, elsewhere = Phone(app, OFFICER), Phone(app, TRIAGIST), Phone(app, OFFICER_SOUTH)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"says": "Ik ga niet mee"}, audience="police")
    triagist.write(card, "risk.assessed", {"for": "client", "level": "high", "acute": True})
    offer = officer.write(card, "handover.offered", {"to": "crisisdienst", "situation": "Man op het dak"})
    triagist.write(card, "handover.accepted", {"offer": offer["id"], "release": True})
    news = officer.sync(have={})["entries"]
    assert sorted(entry["seq"] for entry in news if entry["card"] == card) == [1, 2, 3, 4, 5, 6]
    assert "observation.noted" not in {entry["kind"] for entry in triagist.sync(have={})["entries"]}
    assert elsewhere.sync(have={})["entries"] == []
    assert officer.card(card)["holders"] == ["crisisdienst"]
    for path in ("/", f"/cards/{card}", "/plans", "/agreements", "/visits", "/missing", "/care-reports", "/directory", "/settings"):
        assert officer.http.get(path).status_code == 200, path
    lead = Phone(app, "teamlead@noord.example")
    assert [lead.http.get(path).status_code for path in ("/review", "/review?open=1", "/figures")] == [200] * 3
    with app.app_context():
        found = verify.cards()
    assert (found.cards, found.entries, found.breaks) == (1, 6, [])


def test_nobody_changes_or_empties_the_access_log(app: Flask) -> None:
    Phone(app, OFFICER).open_card()
    with app.app_context(), db.engines["access"].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM access_line")).scalar()
        connection.rollback()
        for statement in ("UPDATE access_line SET name = ''", "DELETE FROM access_line", "TRUNCATE access_line"):
            with pytest.raises(Exception, match="only grows|append"):
                connection.execute(text(statement))
            connection.rollback()


def test_lists_are_whole_in_a_database_that_sorts_as_a_language_does(
    postgres: engines.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a tilde comes before the digits."""
    monkeypatch.setenv("DATA", str(tmp_path))
    app = server(tmp_path, Clock(), SQLALCHEMY_DATABASE_URI=postgres.of_a_language())
    officer, lead = Phone(app, OFFICER), Phone(app, "teamlead@noord.example")
    assert not officer.sync(openings := [officer.opening() for _ in range(looks.PAGE + 3)])["rejected"]
    cards = sorted((opening["card"] for opening in openings), reverse=True)
    viewer = Viewer(*(lead.me[name] for name in ("person", "org", "domain", "role", "device")))
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT '~' < '0'"))
        first = looks.open_cards_of_team(viewer, None, officer.clock())
        assert first + looks.open_cards_of_team(viewer, first[-1], officer.clock()) == cards
        assert log.page(viewer, looks.AFTER_ALL, 100) == cards
        for card in cards:
            officer.write(card, "card.closed", {"outcome": "x"})
        assert closed_cards.refresh(100) == len(cards)
        assert [row.id for row in looking_back.closed_cards(viewer, Wanted(), 100)] == cards
        assert [row["card"] for row in dossier.cards_of("noord")] == cards
        assert verify.cards().breaks == []


@pytest.mark.parametrize("length", [201, 9000])
def test_the_name_of_an_organisation_that_no_table_holds_takes_no_other_entry_with_it(app: Flask, length: int) -> None:
    officer = Phone(app, OFFICER)
    opening = officer.opening()
    named = [
        officer.entry(opening["card"], kind, body)
        for kind, body in (
            ("card.shared", {"organisation": "x" * length}), ("handover.offered", {"to": "x" * length}), ("care_report.sent", {"to": "x" * length}),
        )
    ]  # fmt: skip
    typed = officer.entry(opening["card"], "service.requested", {"service": "Die ene dienst. " * (length // 16 + 1), "for": "advice"})
    answer = officer.sync([opening, *named, typed])
    assert {answer["rejected"][entry["id"]]["code"] for entry in named} == {"malformed"}
    assert [answer["rejected"][entry["id"]]["field"] for entry in named[:2]] == ["body.organisation", "body.to"]
    assert {*answer["accepted"]} == {opening["id"], typed["id"]}
    assert officer.card(opening["card"])["organisations"] == ["noord"]


def test_an_entry_that_the_database_cannot_hold_takes_no_other_with_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is: here somebody whose name no table of members holds."""
    officer = Phone(app, OFFICER)
    card, other = officer.open_card(), officer.open_card()
    entries = [officer.entry(one, "observation.noted", {"does": "x"}) for one in (card, other, card)]
    append = batch._Batch._append

    def too_long(self: Any, job: Any, place: Any, entry: Any, document: str) -> int:
        seq = append(self, job, place, entry, document)
        self.rows[entry["id"]]["audience"] = "far too long" if entry["id"] == entries[1]["id"] else entry["audience"]
        return seq

    monkeypatch.setattr(batch._Batch, "_append", too_long)
    answer = officer.sync(entries)
    assert {name: (why["code"], why["field"]) for name, why in answer["rejected"].items()} == {entries[1]["id"]: ("malformed", "entry")}
    assert answer["accepted"] == {entries[0]["id"]: 2, entries[2]["id"]: 3}


@pytest.mark.parametrize("said", ["a\0b", "x" * 100])
def test_a_text_that_the_database_cannot_hold_is_refused_by_code_and_in_plain_words(app: Flask, said: str) -> None:
    def keeps() -> str:
        with db.engine.connect() as connection:
            connection.execute(text("INSERT INTO setting (name, value) VALUES (:said, '')"), {"said": said})
        return "kept"

    app.view_functions["health.healthz"] = keeps
    answer = app.test_client().get("/healthz", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    page = app.test_client().get("/healthz", headers={"Accept": "text/html"})
    assert (page.status_code, "niet te bewaren" in page.get_data(as_text=True)) == (400, True)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "20s"), ("tcp_keepalives_idle", "10"), ("tcp_keepalives_count", "3")],
)
def test_postgresql_itself_lets_go_of_a_process_that_hangs_and_of_a_machine_that_is_gone(app: Flask, setting: str, value: str) -> None:
    """25 seconds after its last sign of life at most, also in the middle of a pipeline, where it is not idle."""
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text(f"SHOW {setting}")) == value


def right_after(monkeypatch: pytest.MonkeyPatch, name: str, turn: int, work: Callable[[], None]) -> list[int]:
    """Whoever asks `name` of the log for the so-manieth time has its answer, and then somebody else's work is done. How often it was asked."""
    asks, asked = getattr(log, name), list[int]()

    def answers(*given: Any) -> Any:
        answer = asks(*given)
        if threading.current_thread() is threading.main_thread():
            asked.append(len(asked))
            if len(asked) == turn:
                elsewhere = threading.Thread(target=work)
                elsewhere.start()
                elsewhere.join()
        return answer

    monkeypatch.setattr(log, name, answers)
    return asked


def to_the_triagist_and_then_no_more(app: Flask, officer: Phone) -> tuple[str, Callable[[], None]]:
    """A card that a service is on, nothing of it in memory; and what takes that service off and is written after."""
    card = officer.open_card("crisisdienst")
    [shared] = [entry["id"] for entry in officer.sync()["entries"] if entry["card"] == card and entry["kind"] == "card.shared"]

    def forgotten() -> None:
        with app.app_context():
            memory().cards.clear()

    def taken_off() -> None:
        officer.write(card, "card.unshared", {"organisation": "crisisdienst"}, supersedes=[shared])
        officer.write(card, "observation.noted", {"says": "Niet voor de crisisdienst"})
        forgotten()

    forgotten()
    return card, taken_off


@pytest.mark.parametrize("name", ["_mine_at_once", "_members"])
def test_who_is_taken_off_while_they_ask_hears_nothing_of_what_is_written_after(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card, taken_off = to_the_triagist_and_then_no_more(app, officer)
    assert right_after(monkeypatch, name, 1, taken_off) == []
    told = triagist.sync(have={card: 1})
    assert {entry["kind"] for entry in told["entries"]} <= {"card.shared"}
    assert triagist.sync(have={card: told["upto"].get(card, 1)})["gone"] == [card]


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_who_is_taken_off_while_they_read_a_card_reads_nothing_of_what_is_written_after(
    app: Flask, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card, taken_off = to_the_triagist_and_then_no_more(app, officer)
    asked = right_after(monkeypatch, "members_upto", turn, taken_off)
    answer = triagist.http.get(f"/cards/{card}.json")
    assert "Niet voor de crisisdienst" not in answer.get_data(as_text=True)
    assert len(asked) >= 1
