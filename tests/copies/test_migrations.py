"""From every version to this one and back, with something in every table: what people wrote is not touched by a step, and the chains hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect, select, text

from store import access_log, verify
from store.copies.revisions import newest, of
from store.models import EntryRow, db
from tests.cast import OFFICER, TRIAGIST, Phone
from tests.copies.kept import ENGINES, content, database, motorkap, say, some_cards, something_in_every_table, stop

VERSIONS = sorted(path.name[:4] for path in (Path(__file__).parents[2] / "migrations" / "versions").glob("0*.py"))


def written(engine: Engine) -> list[tuple[object, ...]]:
    """The log of every card, with its chain."""
    columns = list(EntryRow.__table__.columns)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(EntryRow.card, EntryRow.seq))]


def lines(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(access_log.lines.c.hash).order_by(access_log.lines.c.number)))


def shape(engine: Engine) -> dict[str, object]:
    """Tables with their columns, keys and indexes."""
    found = inspect(engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version", "access_line"})
    return {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)),
            sorted(str(sorted(key["constrained_columns"])) + str(key["referred_table"]) for key in found.get_foreign_keys(table)),
            sorted(str(index["name"]) for index in found.get_indexes(table)),
        )
        for table in tables
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_every_step_down_and_up_again_leaves_what_people_wrote(tmp_path: Path, engine: str) -> None:
    app = motorkap(database(engine, tmp_path))
    some_cards(app)
    something_in_every_table(app)
    with app.app_context():
        assert of(db.engine) == newest() == VERSIONS[-1]
        log, seen, before = written(db.engine), lines(access_log.engine()), shape(db.engine)
        assert len(log) == 8
        for version in reversed(VERSIONS[:-1]):
            downgrade(revision=version)
            assert (of(db.engine), written(db.engine), lines(access_log.engine())) == (version, log, seen), version
        for version in VERSIONS[1:]:
            upgrade(revision=version)
            assert (of(db.engine), written(db.engine), lines(access_log.engine())) == (version, log, seen), version
        assert shape(db.engine) == before


@pytest.mark.parametrize("version", VERSIONS[:-1])
@pytest.mark.parametrize("engine", ENGINES)
def test_from_every_version_an_upgrade_gives_a_server_on_which_people_go_on(tmp_path: Path, engine: str, version: str) -> None:
    """The tables as that version had them, with what was in them; then one `flask db upgrade`, as an operator types it."""
    app = motorkap(database(engine, tmp_path))
    cards = some_cards(app)
    with app.app_context():
        downgrade(revision=version)
    stop(app)
    app = motorkap(app.config["SQLALCHEMY_DATABASE_URI"])
    assert say(app, "db", "upgrade").exit_code == 0
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    for card in cards:
        assert len(officer.sees(card)) == 4
        assert len(triagist.sees(card)) == 3
        triagist.write(card, "observation.noted", {"says": "Na de nieuwe versie"})
        assert officer.card(card)["risk"]["client"]["level"] == "high"
    for path in ("/", f"/cards/{cards[0]}", "/settings", "/directory"):
        assert officer.http.get(path).status_code == 200, path
    with app.app_context():
        found, access = verify.cards(), verify.access()
        assert (found.cards, found.entries, found.breaks, access.breaks) == (2, 10, [], [])
        assert all(content(app)[table] for table in ("organisation", "person", "entry"))
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM card WHERE opened")) == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_an_upgrade_that_breaks_off_leaves_the_tables_as_they_were(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = motorkap(database(engine, tmp_path))
    some_cards(app)
    with app.app_context():
        downgrade(revision="0018")
        log, before = written(db.engine), shape(db.engine)

        def breaks(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Operations, "create_index", breaks)
        with pytest.raises(OSError, match="No space left"):
            upgrade()
        monkeypatch.undo()
        assert (of(db.engine), written(db.engine), shape(db.engine)) == ("0018", log, before)
        upgrade()
        assert (of(db.engine), written(db.engine)) == (newest(), log)
        with db.engine.connect() as connection:
            assert connection.dialect.name != "sqlite" or connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
