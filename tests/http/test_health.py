"""Whether a process lives, and whether it should be sent anybody: what stands in front asks this every second."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from gevent import sleep
from sqlalchemy import text

from blueprints import health
from store import schema
from store.models import db
from tests import engines
from tests.cast import say_tables_are_at, server


def ready(app: Flask) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()


def test_a_server_with_its_tables_as_they_should_be_is_ready(app: Flask) -> None:
    say_tables_are_at(app)
    assert ready(app) == (200, {"ready": True, "tables": "current", "access": "ok", "live": "ok", "ending": False})


def test_without_tables_or_with_those_of_an_older_version_it_lives_and_is_not_ready(app: Flask) -> None:
    assert (ready(app)[0], ready(app)[1]["tables"]) == (503, "none")
    say_tables_are_at(app, "0018")
    assert (ready(app)[0], ready(app)[1]["tables"]) == (503, "behind")
    assert app.test_client().get("/healthz").get_json() == {"live": True}


def test_an_upgrade_that_goes_before_does_not_take_the_older_version_out(app: Flask) -> None:
    say_tables_are_at(app, "9999_of_a_later_version")
    assert (ready(app)[0], ready(app)[1]["tables"]) == (200, "ahead")


def test_a_server_that_ends_is_not_ready(app: Flask) -> None:
    say_tables_are_at(app)
    app.extensions["ending"] = True
    assert (ready(app)[0], ready(app)[1]["ending"]) == (503, True)
    app.extensions["ending"] = False
    app.extensions["hub"].close()
    assert (ready(app)[0], ready(app)[1]["ending"]) == (503, True)
    assert app.test_client().get("/healthz").status_code == 200


def test_without_the_others_it_is_ready_and_says_that_it_is_degraded(app: Flask) -> None:
    say_tables_are_at(app)
    app.extensions["fanout"] = SimpleNamespace(degraded=True)
    assert ready(app) == (200, {"ready": True, "tables": "current", "access": "ok", "live": "degraded", "ending": False})
    app.extensions["fanout"].degraded = False
    assert ready(app)[1]["live"] == "ok"


@pytest.mark.sqlite
def test_a_database_that_is_not_there_is_said_without_a_word_of_where_it_should_be(app: Flask, tmp_path: Path) -> None:
    say_tables_are_at(app)
    with app.app_context():
        db.engine.dispose()
    (tmp_path / "motorkap.sqlite").rename(tmp_path / "elsewhere")
    (tmp_path / "motorkap.sqlite").mkdir()
    status, said = ready(app)
    assert (status, said["tables"]) == (503, "unknown")
    assert set(said) == {"ready", "tables", "access", "live", "ending"}
    assert app.test_client().get("/healthz").status_code == 200


def test_a_database_that_does_not_answer_soon_is_one_that_does_not_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.05)
    monkeypatch.setattr(schema, "standing", lambda: sleep(30))
    assert (ready(app)[0], ready(app)[1]["tables"]) == (503, "unknown")


@pytest.mark.sqlite
def test_what_is_asked_of_the_database_is_one_small_question(app: Flask) -> None:
    from sqlalchemy import event

    say_tables_are_at(app)
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _connection, _cursor, words, *_: asked.append(words))
    ready(app)
    assert asked == ["SELECT version_num FROM alembic_version"]
    app.test_client().get("/healthz")
    assert len(asked) == 1


def test_postgresql_says_the_same_and_leaves_its_connection_usable(tmp_path: Path) -> None:
    app = server(tmp_path, SQLALCHEMY_DATABASE_URI=engines.shared_postgres().database())
    assert (ready(app)[0], ready(app)[1]["tables"]) == (503, "none")
    say_tables_are_at(app)
    assert ready(app)[0] == 200
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
