"""Databases as `flask db upgrade` makes them, with the demo organisations in them, to be copied for every test; and something in every table."""

from __future__ import annotations

import gc
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Boolean, Connection, DateTime, Integer, LargeBinary, Table, func, insert, select

from app import create_app
from blueprints.identity import hasher
from store import access_log, anchors, demo, retention
from store.models import Setting, db
from tests import engines
from tests.cast import CHEAP_PASSWORDS, OFFICER, TRIAGIST, Clock, Phone

ENGINES = ("sqlite", "postgresql")
SECRET = "a secret of the tests"
# Where this history is, and how far its access log was looked at.
OF_THE_SERVER = ("epoch", "lives_in", retention.CARRIED_OUT)


def motorkap(url: str, clock: Clock | None = None, **config: Any) -> Flask:
    told = {"SECRET_KEY": SECRET, "PASSWORD_COST": CHEAP_PASSWORDS, "TESTING": True, "NOW": clock or Clock()}
    app = create_app({**told, "SQLALCHEMY_DATABASE_URI": url, **config})
    with app.app_context():
        engines.used(db.engines.values())
    return app


def database(engine: str, folder: Path) -> str:
    """The address of a database of its own, like that of a server that was just set up."""
    if engine == "postgresql":
        return engines.shared_postgres().database(like=_on_postgresql())
    shutil.copy(_on_sqlite(), folder / "motorkap.sqlite")
    return f"sqlite:///{folder / 'motorkap.sqlite'}"


@cache
def _on_sqlite() -> Path:
    file = Path(tempfile.mkdtemp(prefix="motorkap-kept-")) / "motorkap.sqlite"
    set_up(f"sqlite:///{file}")
    return file


@cache
def _on_postgresql() -> str:
    url = engines.shared_postgres().database()
    set_up(url)
    return url.rpartition("/")[2]


def set_up(url: str) -> None:
    app = motorkap(url)
    with app.app_context():
        upgrade()
        demo.make(hasher().hash, app.config["NOW"]())
        demo.make_guide(app.config["NOW"]())
    stop(app)


def stop(app: Flask) -> None:
    """No connection of it is open any more."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def say(app: Flask, *command: object) -> Result:
    """What a command before it left open is closed, as it is when a process ends."""
    gc.collect()
    return app.test_cli_runner().invoke(args=[str(part) for part in command])


def some_cards(app: Flask, number: int = 2) -> list[str]:
    """Cards with something of both sides on them."""
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    cards = [officer.open_card("crisisdienst") for _ in range(number)]
    for card in cards:
        officer.write(card, "observation.noted", {"says": "Ik ga niet mee \N{PENSIVE FACE} \\u0000"}, audience="police")
        triagist.write(card, "risk.assessed", {"for": "client", "level": "high", "acute": True})
    return cards


def something_in_every_table(app: Flask) -> None:
    """Where nothing is yet, a row with a value of its kind in every column: also what no test of copying thinks of."""
    with app.app_context():
        anchors.write(app.config["NOW"](), anew=True)
        with db.engine.begin() as connection:
            connection.execute(insert(Setting).values(name="other", value="of the server"))
            for table in db.metadata.sorted_tables:
                if connection.execute(select(func.count()).select_from(table)).scalar() == 0:
                    connection.execute(insert(table).values(_row(connection, table)))


def _row(connection: Connection, table: Table) -> dict[str, Any]:
    return {column.name: _value(connection, column) for column in table.columns}


def _value(connection: Connection, column: Any) -> Any:
    if column.foreign_keys:
        other = next(iter(column.foreign_keys)).column
        return connection.execute(select(other).limit(1)).scalar()
    kinds: list[tuple[type, Any]] = [
        (Boolean, True), (Integer, 7), (DateTime, datetime(2026, 11, 26, 2, 4, 28, 123456)), (LargeBinary, b"\x00\xff\\x"),
    ]  # fmt: skip
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    return f'\t"{column.name}"\\N\n\N{LATIN SMALL LETTER E WITH DIAERESIS}'[: column.type.length or 100]


def content(app: Flask) -> dict[str, list[str]]:
    """All rows of all tables, in an order that does not depend on the database; without the name of the history."""
    with app.app_context():
        tables = {table.name: (db.engine, table) for table in db.metadata.sorted_tables}
        tables["access_line"] = (access_log.engine(), access_log.lines)
        found = {}
        for name, (engine, table) in tables.items():
            with engine.connect() as connection:
                rows = [tuple(row) for row in connection.execute(select(table))]
                found[name] = sorted(repr(row) for row in rows if row[0] not in OF_THE_SERVER)
        return found
