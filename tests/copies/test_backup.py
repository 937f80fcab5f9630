"""Backup: everything, of one moment, whole or not there."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from store.copies import make
from store.copies.revisions import newest
from tests.cast import OFFICER, Phone
from tests.copies.kept import ENGINES, SECRET, database, motorkap, say, some_cards, stop


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return motorkap(database(request.param, tmp_path))


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text())


def test_a_backup_says_what_is_in_it_and_is_for_its_owner_alone(app: Flask, tmp_path: Path) -> None:
    some_cards(app)
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 0, done.output
    assert "2 cards with 8 entries" in done.output
    assert "SECRET_KEY" in done.output
    told = manifest(tmp_path / "backup")
    assert (told["cards"], told["entries"], told["revision"]) == (2, 8, newest())
    assert told["lines"] >= 4
    assert len(told["epoch"]) == 36
    names = {one.name for one in (tmp_path / "backup").iterdir()}
    assert names - {"manifest.json"} == set(told["files"])
    for one in (tmp_path / "backup").iterdir():
        assert one.stat().st_mode & 0o777 == 0o600, one
        assert SECRET.encode() not in one.read_bytes()
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_a_backup_is_not_overwritten_and_what_is_no_backup_never(app: Flask, tmp_path: Path) -> None:
    assert say(app, "backup", tmp_path / "backup").exit_code == 0
    Phone(app, OFFICER).open_card()
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 1
    assert "--force" in done.output
    assert manifest(tmp_path / "backup")["cards"] == 0
    assert say(app, "backup", tmp_path / "backup", "--force").exit_code == 0
    assert manifest(tmp_path / "backup")["cards"] == 1
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear")
    done = say(app, "backup", tmp_path / "letters", "--force")
    assert done.exit_code == 1
    assert "is no backup" in done.output
    assert (tmp_path / "letters" / "mother.txt").read_text() == "dear"


def test_without_room_nothing_is_begun(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(make.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 1
    assert "No room" in done.output
    assert not (tmp_path / "backup").exists()
    assert not (tmp_path / ".backup.being-made").exists()


def test_what_a_killed_backup_left_is_no_backup_and_does_not_stand_in_the_way(app: Flask, tmp_path: Path) -> None:
    left = tmp_path / ".backup.being-made"
    left.mkdir()
    (left / "motorkap.sqlite").write_bytes(b"half")
    (left / "motorkap.dump").write_bytes(b"half")
    done = say(app, "restore", left)
    assert done.exit_code == 1
    assert "is no backup" in done.output
    assert say(app, "backup", tmp_path / "backup").exit_code == 0
    assert not left.exists()


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_that_looks_like_a_backup(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make.manifest, "write", full)
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 1
    assert "No space left" in done.output
    assert list(tmp_path.glob("*backup*")) == []


def test_a_database_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    app = motorkap(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 1
    assert "flask db upgrade" in done.output


def test_a_damaged_database_is_not_passed_off_as_a_backup(tmp_path: Path) -> None:
    app = motorkap(database("sqlite", tmp_path))
    some_cards(app, 12)
    stop(app)
    file = tmp_path / "motorkap.sqlite"
    with sqlite3.connect(file) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(os.urandom(size))
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 1
    assert "damaged" in done.output or "malformed" in done.output
    assert not (tmp_path / "backup").exists()


def test_the_password_of_postgresql_is_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database("postgresql", tmp_path).replace("motorkap@", "motorkap:geheim-woord@")
    app, commands, environments = motorkap(url), [], []
    real = subprocess.run

    def seen(command: list[str], **told: Any) -> Any:
        commands.append(command)
        environments.append(told["env"])
        return real(command, **told)

    monkeypatch.setattr(make.programs.subprocess, "run", seen)
    assert say(app, "backup", tmp_path / "backup").exit_code == 0
    assert commands
    assert "geheim-woord" not in str(commands)
    assert environments[0]["PGPASSWORD"] == "geheim-woord"


def test_what_the_address_says_goes_to_the_programs_of_postgresql(tmp_path: Path) -> None:
    app = motorkap("postgresql+psycopg://somebody:geheim%20woord@db.example:6432/cards?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    with app.app_context():
        told = make.programs.environment(make.db.engine)
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT")
    assert [told[name] for name in names] == ["db.example", "6432", "somebody", "geheim woord", "cards", "verify-full", "/etc/ca.pem"]


def test_a_dump_that_takes_long_is_not_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of a server may not sit in a transaction; this one does, so that the dump is of the moment that was counted."""
    app = motorkap(database("postgresql", tmp_path) + "?options=-c%20idle_in_transaction_session_timeout%3D300ms")
    some_cards(app)
    real = subprocess.run

    def slowly(command: list[str], **told: Any) -> Any:
        time.sleep(1)
        return real(command, **told)

    monkeypatch.setattr(make.programs.subprocess, "run", slowly)
    done = say(app, "backup", tmp_path / "backup")
    assert done.exit_code == 0, done.output
    assert manifest(tmp_path / "backup")["entries"] == 8


def test_where_nothing_may_be_written_it_is_said(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = say(app, "backup", tmp_path / "file" / "backup")
    assert done.exit_code == 1
    assert "is not there" in done.output
    assert "Traceback" not in done.output
