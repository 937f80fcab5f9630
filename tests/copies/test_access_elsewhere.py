"""Copies where the access log is in a PostgreSQL of its own: a backup has it, and a restore leaves it as it is, once it knows that it is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from store import verify
from store.copies import access_file
from store.models import db
from tests import access_elsewhere, engines
from tests.access_elsewhere import access_database, as_role, name_of
from tests.cast import OFFICER, Clock, Phone
from tests.copies.kept import ENGINES, content, database, motorkap, say, some_cards, stop
from tests.http.privacy import close, told


@pytest.fixture(params=ENGINES)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return cards_on(request.param, tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return cards_on("sqlite", tmp_path)


def cards_on(engine: str, folder: Path) -> Flask:
    return motorkap(database(engine, folder), Clock(), ACCESS_DATABASE_URI=access_database())


def lines_of(app: Flask) -> str:
    return str(app.config["ACCESS_DATABASE_URI"])


def done(app: Flask, *command: object) -> str:
    stop(app)
    outcome = say(app, *command)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def refused(app: Flask, *command: object) -> str:
    stop(app)
    outcome = say(app, *command)
    assert outcome.exit_code == 1, outcome.output
    assert "Traceback" not in outcome.output
    return outcome.output


def with_its_log_at(app: Flask, url: str) -> Flask:
    """The same cards, with another setting."""
    stop(app)
    return motorkap(app.config["SQLALCHEMY_DATABASE_URI"], app.config["NOW"], ACCESS_DATABASE_URI=url)


def test_it_is_in_a_backup_and_a_restore_leaves_it_as_it_is_and_erases_again_what_it_says_was_purged(either: Flask, tmp_path: Path) -> None:
    app = either
    officer = Phone(app, OFFICER)
    kept, goes = some_cards(app)
    duties = [one["id"] for one in officer.sync(have={})["entries"] if one["kind"] == "risk.assessed"]
    close(officer, goes, override={"reason": "klaar", "duties": duties})
    done(app, "backup", tmp_path / "backup")
    assert (tmp_path / "backup" / "access.dump").exists()
    app.config["NOW"].later(hours=30 * 24)
    assert "1 erased" in done(app, "purge", "--really")
    before = told(app)
    said = done(app, "restore", tmp_path / "backup")
    assert access_file.ELSEWHERE in said
    assert f"Erased again: card {goes}" in said
    assert "1 cards with 4 entries, and every chain holds." in said
    assert told(app) == before
    officer.sign_in()
    assert officer.http.get(f"/cards/{kept}").status_code == 200
    (tmp_path / "nights").mkdir()
    assert "every chain holds" in done(app, "night", tmp_path / "nights")


def test_a_restore_without_it_changes_nothing_and_says_why(either: Flask, tmp_path: Path) -> None:
    app = either
    some_cards(app, 1)
    done(app, "backup", tmp_path / "backup")
    some_cards(app, 1)
    before = content(app)
    stop(app)
    with access_elsewhere.away(lines_of(app)):
        assert "not currently accepting connections" in refused(app, "restore", tmp_path / "backup")
    assert content(app) == before
    stop(app)
    with engines.other_postgres().connect(name_of(lines_of(app))) as owner:
        owner.execute(f"REVOKE INSERT ON access_line FROM {access_elsewhere.ROLE}")
    assert "may not both read and add" in refused(app, "restore", tmp_path / "backup")
    assert content(app) == before


def test_a_backup_without_it_is_none_and_a_night_says_so(app: Flask, tmp_path: Path) -> None:
    some_cards(app, 1)
    (tmp_path / "nights").mkdir()
    with access_elsewhere.away(lines_of(app)):
        said = refused(app, "night", tmp_path / "nights")
    assert [name for name in ("backup", "purge", "verify") if f"{name} FAILED" in said] == ["backup", "purge", "verify"]
    assert list((tmp_path / "nights").iterdir()) == []


def test_its_owner_puts_it_back_from_the_backup(app: Flask, tmp_path: Path) -> None:
    some_cards(app, 1)
    done(app, "verify")
    done(app, "backup", tmp_path / "backup")
    before = told(app)
    new = engines.other_postgres().database()
    engines.needs("pg_restore")
    program, where = str(engines.program("pg_restore")), new.replace("+psycopg", "")
    back = subprocess.run([program, "--exit-on-error", "--dbname", where, tmp_path / "backup" / "access.dump"], capture_output=True, text=True)
    assert back.returncode == 0, back.stderr
    after = with_its_log_at(app, as_role(new))
    assert told(after) == before
    done(after, "restore", tmp_path / "backup")
    Phone(after, OFFICER).open_card()
    assert "Every chain holds" in done(after, "verify")


def test_one_that_is_full_of_years_is_kept_and_another_begun(app: Flask) -> None:
    card = some_cards(app, 1)[0]
    done(app, "verify")
    after = with_its_log_at(app, access_database())
    Phone(after, OFFICER).open_card()
    assert "is not here: moved away (then say --moved)" in refused(after, "verify")
    assert "Every chain holds" in done(after, "verify", "--moved")
    assert "open" not in {line["action"] for line in told(after, card=card)}
    Phone(after, OFFICER).write(card, "observation.noted", {"does": "iets"})
    assert "Every chain holds" in done(after, "verify")


def test_a_backup_of_when_the_log_was_elsewhere_says_that_this_one_stays(tmp_path: Path) -> None:
    app = cards_on("postgresql", tmp_path)
    some_cards(app, 1)
    done(app, "backup", tmp_path / "backup")
    for now in ("", f"sqlite:///{tmp_path / 'lines.sqlite'}"):
        other = with_its_log_at(app, now)
        stop(other)
        assert access_file.NONE_FOR_HERE in say(other, "restore", tmp_path / "backup").output
        stop(other)


def test_a_move_leaves_it_where_it_is_and_verifies_what_came_against_it(app: Flask) -> None:
    some_cards(app)
    before, target = told(app), engines.shared_postgres().database()
    said = done(app, "move", target)
    assert "keep ACCESS_DATABASE_URL" in said
    assert "Every chain holds." in said
    moved = motorkap(target, app.config["NOW"], ACCESS_DATABASE_URI=lines_of(app))
    assert told(moved) == before
    Phone(moved, OFFICER).open_card()
    with moved.app_context():
        assert verify.cards().breaks == verify.access().breaks == []


def test_a_move_of_a_card_whose_end_was_cut_off_says_so(app: Flask) -> None:
    card = Phone(app, OFFICER).open_card("crisisdienst")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM entry WHERE card = :card AND seq = 2"), {"card": card})
        connection.execute(text("UPDATE card SET seq = 1, hash = (SELECT hash FROM entry WHERE card = :card) WHERE id = :card"), {"card": card})
        connection.execute(text("DELETE FROM card_organisation WHERE card = :card AND organisation = 'crisisdienst'"), {"card": card})
    said = refused(app, "move", engines.shared_postgres().database())
    assert "entries 2 to 2 are missing at the end: the access log knows them" in said
