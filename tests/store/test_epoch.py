"""Epoch: a history keeps its name as long as it is the same history."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from store import epoch, people
from store.models import db
from tests.cast import OFFICER, Phone, server

# A file that was put back; how PostgreSQL notices a restore is in test_several_processes.py.
pytestmark = pytest.mark.sqlite


def name_of(app: Flask) -> str:
    with app.app_context():
        return epoch.epoch()


def stopped(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def test_a_server_that_starts_again_keeps_its_name(tmp_path: Path) -> None:
    assert name_of(server(tmp_path)) == name_of(server(tmp_path))


def test_a_backup_that_was_put_back_is_noticed_without_being_told(tmp_path: Path) -> None:
    live, backup = tmp_path / "live", tmp_path / "backup"
    live.mkdir()
    first = server(live)
    before = name_of(first)
    stopped(first)
    shutil.copytree(live, backup)
    shutil.rmtree(live)
    shutil.copytree(backup, live)
    after = name_of(server(live))
    assert after != before
    assert name_of(server(live)) == after


def left_and_started_again(app: Flask, folder: Path) -> str:
    with app.app_context():
        epoch.server_stops()
    again = server(folder)
    with again.app_context():
        return epoch.server_starts()


def test_a_server_that_is_stopped_and_started_keeps_its_name(tmp_path: Path) -> None:
    app = server(tmp_path)
    Phone(app, OFFICER).open_card()
    before = name_of(app)
    assert left_and_started_again(app, tmp_path) == before


def test_a_backup_that_is_written_over_the_database_is_noticed(tmp_path: Path) -> None:
    """The same file, with the same inode, and also the note of how it was left is the backup's."""
    (tmp_path / "backup").mkdir()
    app = server(tmp_path)
    before = name_of(app)
    with app.app_context():
        epoch.server_stops()
    kept = [file for file in tmp_path.iterdir() if file.is_file()]
    for file in kept:
        shutil.copy2(file, tmp_path / "backup")
    app = server(tmp_path)
    Phone(app, OFFICER).open_card()
    with app.app_context():
        assert epoch.server_starts() == before
        epoch.server_stops()
    inode = (tmp_path / "motorkap.sqlite").stat().st_ino
    for file in kept:
        shutil.copy2(tmp_path / "backup" / file.name, file)
    assert (tmp_path / "motorkap.sqlite").stat().st_ino == inode
    restored = server(tmp_path)
    with restored.app_context():
        assert epoch.server_starts() != before


def test_the_operator_can_say_that_a_backup_was_put_back(tmp_path: Path) -> None:
    app = server(tmp_path)
    before = name_of(app)
    said = app.test_cli_runner().invoke(args=["restored"])
    assert said.exit_code == 0
    assert name_of(app) != before
    assert name_of(app) in said.output
    assert name_of(server(tmp_path)) == name_of(app)


def test_a_phone_that_the_backup_does_not_know_is_the_same_device_again(tmp_path: Path) -> None:
    """Signed in for the first time after the backup was made: what it wrote under its name is still its own."""
    (tmp_path / "live").mkdir()
    live = server(tmp_path / "live")
    stopped(live)
    shutil.copytree(tmp_path / "live", tmp_path / "backup")
    officer = Phone(live, OFFICER)
    unsent = officer.opening()
    restored = server(tmp_path / "backup")
    http = restored.test_client()
    http._cookies = officer.http._cookies
    officer.app, officer.http = restored, http
    assert http.get("/me.json").status_code == 401
    officer.sign_in()
    assert http.get("/me.json").get_json()["device"] == officer.me["device"]
    assert officer.sync([unsent])["accepted"] == {unsent["id"]: 1}


def test_a_device_is_one_person_on_one_browser_and_a_revoked_one_never_comes_back(tmp_path: Path) -> None:
    app = server(tmp_path)
    person, now = Phone(app, OFFICER).me["person"], datetime.now(UTC)
    with app.app_context():
        first, again, other = (people.device_of(browser, person, now) for browser in ("a", "a", "b"))
        assert first == again != other
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE device SET revoked = created WHERE id = ?", (first,))
        assert people.device_of("a", person, now) not in (first, other)
