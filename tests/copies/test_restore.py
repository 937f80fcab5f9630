"""Restore: the backup is what the server works with, or what was there is; what was purged since stays gone, and what was there is kept."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import text

from store import epoch, verify
from store.copies import into_postgresql, into_sqlite, make, put_back
from store.copies.revisions import newest
from store.models import db
from tests import engines
from tests.cast import OFFICER, TRIAGIST, Clock, Phone
from tests.copies.kept import ENGINES, content, database, motorkap, say, set_up, some_cards, something_in_every_table, stop
from tests.http.privacy import close


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return motorkap(database(request.param, tmp_path), Clock())


def name_of(app: Flask) -> str:
    with app.app_context():
        return epoch.epoch()


def restored(app: Flask, folder: Path, *more: str) -> str:
    stop(app)
    done = say(app, "restore", folder, *more)
    assert done.exit_code == 0, done.output
    return done.output


def refused(app: Flask, folder: Path) -> str:
    stop(app)
    before = content(app)
    stop(app)
    done = say(app, "restore", folder)
    assert done.exit_code == 1, done.output
    assert content(app) == before
    stop(app)
    return done.output


def back_up(app: Flask, folder: Path) -> Path:
    done = say(app, "backup", folder)
    assert done.exit_code == 0, done.output
    return folder


def test_every_row_of_every_table_is_as_it_was(app: Flask, tmp_path: Path) -> None:
    officer = Phone(app, OFFICER)
    some_cards(app)
    something_in_every_table(app)
    before, name = content(app), name_of(app)
    assert all(before.values()), [table for table, rows in before.items() if not rows]
    backup = back_up(app, tmp_path / "backup")
    officer.open_card()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM api_token"))
    said = restored(app, backup)
    after = content(app)
    lines = after.pop("access_line")
    assert set(before.pop("access_line")) < set(lines), "the newest access log is the one to have"
    assert after == before
    assert name_of(app) != name
    assert name_of(app) in said
    assert "2 cards with 8 entries, and every chain holds." in said


def test_what_was_there_is_kept_under_another_name(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    Phone(app, OFFICER).open_card()
    said = restored(app, backup)
    assert "What was there is kept" in said
    if db_kind(app) == "sqlite":
        (kept,) = tmp_path.glob("motorkap.sqlite.before-*")
        with sqlite3.connect(kept) as connection:
            assert connection.execute("SELECT count(*) FROM card").fetchone() == (3,)
        connection.close()
    else:
        with app.app_context(), db.engine.connect() as connection:
            (schema,) = connection.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'motorkap_before%'"))
            assert schema in said
            assert connection.scalar(text(f"SELECT count(*) FROM {schema}.card")) == 3
            assert connection.scalar(text("SELECT count(*) FROM card")) == 2


def db_kind(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.dialect.name)


def test_a_restored_database_is_backed_up_and_restored_again(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    restored(app, back_up(app, tmp_path / "first"))
    Phone(app, OFFICER).open_card()
    said = restored(app, back_up(app, tmp_path / "second"))
    assert "3 cards with 9 entries, and every chain holds." in said
    with app.app_context():
        assert verify.cards().breaks == verify.access().breaks == []
    Phone(app, OFFICER).open_card()


def test_what_was_purged_after_the_backup_is_erased_again(app: Flask, tmp_path: Path) -> None:
    officer = Phone(app, OFFICER)
    card, stays = officer.open_card(), officer.open_card()
    close(officer, card)
    backup = back_up(app, tmp_path / "backup")
    officer.clock.later(hours=24 * 29)
    assert f"erased  {card}" in say(app, "purge", "--really").output
    said = restored(app, backup)
    assert f"Erased again: card {card}" in said
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM card")).all() == [stays]


def test_a_backup_of_older_tables_gets_those_of_today(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    with app.app_context():
        downgrade(revision="0017")
    backup = back_up(app, tmp_path / "backup")
    assert json.loads((backup / "manifest.json").read_text())["revision"] == "0017"
    said = restored(app, backup)
    assert "its tables are those of today" in said
    assert "2 cards with 8 entries, and every chain holds." in said
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest()
        assert connection.scalar(text("SELECT count(*) FROM joint_review")) == 0


def changed(folder: Path, **told: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **told}))


def test_a_backup_of_newer_tables_or_of_another_kind_of_database_is_refused(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    kind = db_kind(app)
    changed(backup, revision="0999")
    assert "newer Motorkap" in refused(app, backup)
    changed(backup, form=2)
    assert "newer Motorkap" in refused(app, backup)
    changed(backup, form=1, revision=newest(), engine={"sqlite": "postgresql", "postgresql": "sqlite"}[kind])
    assert "flask move" in refused(app, backup)


def test_a_damaged_backup_is_refused(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    for name in ("motorkap", "manifest.json"):
        backup = back_up(app, tmp_path / name)
        (file,) = [one for one in backup.iterdir() if one.name.startswith(name)]
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content if name == "motorkap" else content[:40])
        assert "damaged" in refused(app, backup)
        file.unlink()
        assert "damaged" in refused(app, backup) or name == "manifest.json"


def test_while_somebody_has_the_database_open_it_is_refused(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    other = motorkap(app.config["SQLALCHEMY_DATABASE_URI"])
    Phone(other, OFFICER)
    stop(app)
    done = say(app, "restore", backup)
    assert done.exit_code == 1
    assert "Stop the server first" in done.output
    stop(other)
    restored(app, backup)


def test_a_role_that_may_no_more_than_own_its_database_backs_up_and_restores(tmp_path: Path) -> None:
    postgres = engines.shared_postgres()
    name = postgres.database().rpartition("/")[2]
    with postgres.connect("postgres") as connection:
        connection.execute(f"CREATE ROLE plain_{name} LOGIN")
        connection.execute(f"ALTER DATABASE {name} OWNER TO plain_{name}")
    url = postgres.url(name).replace("motorkap@", f"plain_{name}@")
    set_up(url)
    app = motorkap(url)
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    stop(app)
    with postgres.connect(name):
        done = say(app, "restore", backup)
        assert done.exit_code == 1
        assert "1 sessions are in this database" in done.output
        assert "2 cards with 8 entries, and every chain holds." in restored(app, backup, "--although-connected")
    assert "2 cards with 8 entries, and every chain holds." in restored(app, back_up(app, tmp_path / "again"))


def test_a_database_that_is_gone_comes_back_with_its_access_log(tmp_path: Path) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    stop(app)
    for file in tmp_path.glob("*.sqlite*"):
        file.unlink()
    said = restored(app, backup)
    assert "The access log is the backup's." in said
    assert "2 cards with 8 entries, and every chain holds." in said
    assert content(app)["access_line"]
    assert (tmp_path / "motorkap.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_and_a_stray_write_ahead_log_do_not_spoil_what_is_put_back(tmp_path: Path) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    Phone(app, OFFICER).open_card()
    log = (tmp_path / "motorkap.sqlite-wal").read_bytes()
    stop(app)
    (tmp_path / "motorkap.sqlite").write_bytes(b"no database" * 100)
    (tmp_path / "motorkap.sqlite-wal").write_bytes(log)
    said = restored(app, backup)
    assert "2 cards with 8 entries, and every chain holds." in said
    (kept,) = tmp_path.glob("motorkap.sqlite.before-*-wal")
    assert kept.read_bytes() == log


def test_an_access_log_that_was_begun_anew_stays_and_is_said(tmp_path: Path) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app)
    backup = back_up(app, tmp_path / "backup")
    stop(app)
    (tmp_path / "access.sqlite").rename(tmp_path / "access-2026.sqlite")
    Phone(app, OFFICER).open_card()
    before = content(app)["access_line"]
    stop(app)
    done = say(app, "restore", backup)
    assert "does not go on from the backup's" in done.output
    assert content(app)["access_line"] == before


def test_an_access_log_that_lost_its_end_is_the_backups_again(tmp_path: Path) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app, 1)
    back_up(app, tmp_path / "older")
    some_cards(app, 1)
    backup = back_up(app, tmp_path / "backup")
    before = content(app)["access_line"]
    stop(app)
    shutil.copy(tmp_path / "older" / "access.sqlite", tmp_path / "access.sqlite")
    assert "The access log is the backup's." in restored(app, backup)
    assert content(app)["access_line"] == before


def test_another_secret_is_said(app: Flask, tmp_path: Path) -> None:
    backup = back_up(app, tmp_path / "backup")
    assert "another SECRET_KEY" not in restored(app, backup)
    app.config["SECRET_KEY"] = "not that one"
    assert "another SECRET_KEY" in restored(app, backup)


def test_without_room_nothing_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = motorkap(database("sqlite", tmp_path))
    backup = back_up(app, tmp_path / "backup")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(make.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    assert "No room" in refused(app, backup)


@pytest.mark.parametrize("where", ["brought up to date", "named", "erased again", "verified"])
def test_what_breaks_off_on_sqlite_before_the_last_step_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app, 1)
    backup = back_up(app, tmp_path / "backup")
    some_cards(app, 1)
    before, name = content(app), name_of(app)
    stop(app)

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    steps = {
        "brought up to date": (put_back.revisions, "bring_up_to_date"), "named": (put_back.epoch, "new_epoch"),
        "erased again": (put_back.retention, "keep_purged"), "verified": (put_back.verify, "cards"),
    }  # fmt: skip
    monkeypatch.setattr(*steps[where], breaks)
    assert say(app, "restore", backup).exit_code == 1
    monkeypatch.undo()
    assert content(app) == before
    assert name_of(app) == name
    assert not list(tmp_path.glob(".*restoring"))


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_half_way(source: Any, into: Any, *_: object) -> None:
    """In the middle of what pg_restore says."""
    told = source.read()
    into.write(told[: len(told) * 2 // 3])
    into.flush()
    die()


def die_after(step: Callable[..., object]) -> Callable[..., None]:
    def done(*given: Any, **named: Any) -> None:
        step(*given, **named)
        die()

    return done


Step = tuple[Any, str, Callable[..., Any]]
BEGINNING: dict[str, Step] = {"before anything": (put_back.manifest, "read", die)}
FINISHING: dict[str, Step] = {
    "before the tables of today": (put_back.revisions, "bring_up_to_date", die),
    "before its name": (put_back.epoch, "new_epoch", die),
    "before what was purged": (put_back.retention, "keep_purged", die),
    "before it is verified": (put_back.verify, "cards", die),
}
# Per database: at which steps the old is there still, and at which the new is there already.
OLD: dict[str, dict[str, Step]] = {
    "sqlite": {
        **BEGINNING, "while it is copied": (into_sqlite.shutil, "copyfile", die), **FINISHING,
        "before the other name": (into_sqlite.os, "link", die), "before the last step": (into_sqlite.os, "replace", die),
    },
    "postgresql": {
        **BEGINNING, "before pg_restore": (into_postgresql, "_passed_on", die),
        "in the middle": (into_postgresql.shutil, "copyfileobj", die_half_way),
        "before the commit": (into_postgresql, "_passed_on", die_after(into_postgresql._passed_on)),
    },
}  # fmt: skip
NEW: dict[str, dict[str, Step]] = {
    "sqlite": {"after the last step": (into_sqlite.os, "replace", die_after(os.replace))},
    "postgresql": {"after the commit": (into_postgresql, "_played", die_after(into_postgresql._played)), **FINISHING},
}


def killed(app: Flask, backup: Path, where: Step) -> None:
    """In a process of its own, kill -9 at that step; psql and pg_restore must find out by themselves."""
    stop(app)

    def restore() -> None:
        setattr(*where)
        say(app, "restore", backup)
        os._exit(0)

    child = multiprocessing.get_context("fork").Process(target=restore)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    if db_kind(app) == "postgresql":
        asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        deadline = time.monotonic() + 20
        with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while connection.scalar(asked):
                assert time.monotonic() < deadline, "psql must not stay, and must not commit"
                time.sleep(0.05)


@pytest.mark.parametrize("engine", ENGINES)
def test_whenever_it_is_killed_all_of_the_old_or_all_of_the_new_is_there(tmp_path: Path, engine: str) -> None:
    app = motorkap(database(engine, tmp_path))
    some_cards(app, 3)
    backup = back_up(app, tmp_path / "backup")
    some_cards(app, 2)
    name = name_of(app)
    for outcome, steps in (((5, 20), OLD[engine]), ((3, 12), NEW[engine])):
        for where, step in steps.items():
            killed(app, backup, step)
            with app.app_context():
                epoch.forget()
                found = verify.cards()
                assert found.breaks == [], where
                assert (found.cards, found.entries) == outcome, where
                assert (epoch.epoch() == name) == (steps is OLD[engine]), where
    assert "3 cards with 12 entries, and every chain holds." in restored(app, backup)


def test_phones_give_back_what_the_backup_lacks(app: Flask, tmp_path: Path) -> None:
    officer = Phone(app, OFFICER)
    card = officer.open_card("crisisdienst")
    backup = back_up(app, tmp_path / "backup")
    lost = Phone(app, TRIAGIST).write(card, "risk.assessed", {"for": "client", "level": "high", "acute": True})
    (sealed,) = [entry for entry in officer.sync(have={})["entries"] if entry["id"] == lost["id"]]
    restored(app, backup)
    assert officer.sync(have={}, epoch="")["epoch"] != officer.me["epoch"]
    answer = officer.sync([sealed], epoch=name_of(app))
    assert answer["accepted"] == {lost["id"]: lost["seq"]}
