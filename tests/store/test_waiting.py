"""On PostgreSQL who waits for what somebody else holds keeps nobody else waiting: not who writes elsewhere, not who reads, not who asks whether it is
ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, QueuePool, make_url

from store import log, people
from store.database import ONE_WRITER, OURS, number_of, reading, writing
from store.models import db
from tests import engines
from tests.cast import OFFICER, Clock, Phone, say_tables_are_at, server
from tests.faults.crowd import wait_until

WRITERS = 8


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("DATA", str(tmp_path))
    return server(tmp_path, Clock(), SQLALCHEMY_DATABASE_URI=engines.shared_postgres().database())


def pool(engine: Engine) -> QueuePool:
    assert isinstance(engine.pool, QueuePool)
    return engine.pool


@contextmanager
def held(app: Flask, question: str) -> Iterator[None]:
    """Somebody else, in a transaction that does not end."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as other:
        other.execute(question)
        yield
        other.rollback()


def test_who_writes_on_another_card_does_not_wait_for_one_that_somebody_holds(app: Flask) -> None:
    officer = Phone(app, OFFICER)
    stuck, free = officer.open_card(), officer.open_card()
    with app.app_context():
        viewer = people.viewer_of(officer.me["person"], officer.me["device"])
    assert viewer
    outcomes: dict[str, object] = {}

    def write(name: str, card: str) -> None:
        entry = officer.entry(card, "observation.noted", {"does": name})
        with app.app_context():
            try:
                outcomes[name] = list(log.hand_in(viewer, [entry], app.config["NOW"](), b"a secret").accepted) == [entry["id"]]
            except Exception as problem:
                outcomes[name] = type(problem)

    with held(app, f"SELECT * FROM card WHERE id = '{stuck}' FOR UPDATE"):
        threads = [threading.Thread(target=write, args=(f"stuck {turn}", stuck)) for turn in range(WRITERS)]
        begin = time.monotonic()
        for thread in [*threads, last := threading.Thread(target=write, args=("free", free))]:
            thread.start()
        last.join(60)
        took = time.monotonic() - begin
        for thread in threads:
            thread.join(60)
    assert outcomes.pop("free") is True
    assert set(outcomes.values()) == {psycopg.errors.LockNotAvailable}
    assert took < WRITERS * 3 / 2, f"each of {WRITERS} was waited for: {took:.1f} s"


def test_who_waits_for_a_name_takes_one_connection_and_leaves_the_others(app: Flask) -> None:
    waits = threading.Barrier(WRITERS + 1)

    def change() -> None:
        with app.app_context():
            waits.wait()
            with writing():
                pass

    threads = [threading.Thread(target=change) for _ in range(WRITERS)]
    with held(app, f"SELECT pg_advisory_xact_lock({OURS}, {number_of(ONE_WRITER)})"):
        for thread in threads:
            thread.start()
        waits.wait()
        with app.app_context():
            wait_until(lambda: pool(db.engine).checkedout() == 1, 10)
            with reading():
                assert pool(db.engine).checkedout() == 2
    for thread in threads:
        thread.join(60)


def test_a_process_whose_connections_are_all_in_use_is_ready(app: Flask) -> None:
    say_tables_are_at(app)
    with app.app_context(), ExitStack() as taken:
        while pool(db.engine).checkedout() < pool(db.engine).size():
            taken.enter_context(db.engine.connect())
        assert app.test_client().get("/readyz").status_code == 200
