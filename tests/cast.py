"""Who is who, and who must never see what: the demo organisations of the evenings, as phones without a screen, on a server in this process."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import uuid6
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from store import access_log, demo, schema
from store.models import db
from tests import engines

OFFICER = "agent@noord.example"
OTHER_OFFICER = "agent2@noord.example"
OFFICER_SOUTH = "agent@zuid.example"
TRIAGIST = "triagist@crisisdienst.example"
DOCTOR = "arts@crisisdienst.example"
DRIVER = "chauffeur@ggzvervoer.example"
EVENING_MS = 1_795_543_200_000

DATABASE = "motorkap.sqlite"
CHEAP_PASSWORDS = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Clock:
    """The server's clock, as a test sets it."""

    def __init__(self, now_ms: int = EVENING_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def later(self, **time: float) -> None:
        units = {"seconds": 1_000, "minutes": 60_000, "hours": 3_600_000}
        self.now_ms += int(sum(units[unit] * amount for unit, amount in time.items()))


def server(folder: Path, clock: Clock | None = None, **config: Any) -> Flask:
    """Motorkap on a database of its own, with the demo organisations."""
    return _made({"SQLALCHEMY_DATABASE_URI": database_in(folder), "NOW": clock or Clock(), **config})


def _made(config: dict[str, Any]) -> Flask:
    app = create_app({"SECRET_KEY": "a secret of the tests", "PASSWORD_COST": CHEAP_PASSWORDS, "TESTING": True, **config})
    with app.app_context():
        engines.used(db.engines.values())
        db.create_all()
        access_log.make()
        from blueprints.identity import hasher

        demo.make(hasher().hash, app.config["NOW"]())
        demo.make_guide(app.config["NOW"]())
    return app


def say_tables_are_at(app: Flask, revision: str | None = None) -> None:
    """As `flask db upgrade` leaves it (alembic's own table), for a server whose tables were made at once. Without a revision: at the newest."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": revision or schema.known()[0]})


def database_in(folder: Path) -> str:
    """SQLite, or what MOTORKAP_TEST_DATABASE says: with `postgresql` every test gets a database on a PostgreSQL that is started for them."""
    if os.environ.get("MOTORKAP_TEST_DATABASE") == "postgresql":
        return engines.shared_postgres().database(like=_demo_on_postgres())
    if not (folder / DATABASE).exists():
        for file in _demo_on_sqlite().iterdir():
            shutil.copy(file, folder)
    return sqlite_in(folder)


def sqlite_in(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE}"


@cache
def _demo_on_sqlite() -> Path:
    """A database to copy: to make the tables and the demo organisations anew for every test would take longer than many a test."""
    folder = Path(mkdtemp(prefix="motorkap-cast-"))
    _made({"SQLALCHEMY_DATABASE_URI": sqlite_in(folder), "NOW": Clock()})
    engines.put_away()
    return folder


@cache
def _demo_on_postgres() -> str:
    """The same."""
    url = engines.shared_postgres().database()
    _made({"SQLALCHEMY_DATABASE_URI": url, "NOW": Clock()})
    engines.put_away()
    return url.rpartition("/")[2]


def new_id() -> str:
    return str(uuid6.uuid7())


class Phone:
    """Somebody who is signed in on a device of their own."""

    def __init__(self, app: Flask, account: str) -> None:
        self.app, self.account = app, account
        self.http: FlaskClient = app.test_client()
        self.sign_in()
        self.me: dict[str, Any] = self.http.get("/me.json").get_json()
        self.clock: Clock = app.config["NOW"]
        self.counter = 0

    def sign_in(self) -> None:
        form = self.http.get("/login").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert token, form
        data = {"email": self.account, "password": demo.PASSWORD, "csrf_token": token.group(1)}
        assert self.http.post("/login", data=data).status_code == 303

    def at(self, ahead_ms: int = 0) -> str:
        self.counter += 1
        return f"{self.clock() + ahead_ms:013d}-{self.counter:04x}-{self.me['device']}"

    def entry(self, card: str, kind: str, body: dict[str, Any], **told: Any) -> dict[str, Any]:
        """An entry as this phone would write it; `told` says what else, or otherwise."""
        return {
            "id": new_id(),
            "card": card,
            "kind": kind,
            "at": self.at(),
            "by": self.me["person"],
            "org": self.me["org"],
            "device": self.me["device"],
            "audience": "all",
            "supersedes": [],
            "body": body,
            **told,
        }

    def opening(self, card: str | None = None) -> dict[str, Any]:
        return self.entry(card or new_id(), "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})

    def sync(self, entries: Sequence[object] = (), have: dict[str, int] | None = None, **told: Any) -> dict[str, Any]:
        asked = {"epoch": self.me["epoch"], "have": have or {}, "entries": list(entries), **told}
        answer = self.http.post("/sync", json=asked)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        said: dict[str, Any] = answer.get_json()
        return said

    def write(self, card: str, kind: str, body: dict[str, Any], **told: Any) -> dict[str, Any]:
        """Write and share one entry that must be taken."""
        entry = self.entry(card, kind, body, **told)
        answer = self.sync([entry], {card: 1_000_000})
        assert answer["rejected"] == {}, answer["rejected"]
        return {**entry, "seq": answer["accepted"][entry["id"]]}

    def open_card(self, *invited: str) -> str:
        """A card that is open on the server, with these organisations on it."""
        opening = self.opening()
        shares = [self.entry(opening["card"], "card.shared", {"organisation": organisation}) for organisation in invited]
        assert self.sync([opening, *shares])["rejected"] == {}
        return str(opening["card"])

    def card(self, card: str) -> dict[str, Any]:
        """The folded card as the server gives it to this person."""
        answer = self.http.get(f"/cards/{card}.json")
        assert answer.status_code == 200
        folded: dict[str, Any] = answer.get_json()
        return folded

    def sees(self, card: str) -> set[str]:
        """The ids of all entries of the card that the server gives to this person."""
        return {entry["id"] for entry in self.sync(have={})["entries"] if entry["card"] == card}
