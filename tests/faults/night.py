"""A night: the real server (gunicorn, gevent) on a database of its own that a test can hurt."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from store.models import db
from tests import cast, engines
from tests.engines import Engine, Postgres
from tests.faults.crowd import wait_until
from tests.stories.served import Served


class Night(Served):
    """`url` is of the database: SQLite in the folder of the data when none is given."""

    def __init__(self, data: Path, url: str = "") -> None:
        super().__init__(data)
        self.url = url or f"sqlite:///{data / 'motorkap.sqlite'}"
        if url:
            self.settings["DATABASE_URL"] = url

    def family(self) -> list[int]:
        """Gunicorn's arbiter and its workers."""
        assert self.process is not None
        return [self.process.pid, *children(self.process.pid)]

    @property
    def worker(self) -> int:
        return self.family()[-1]

    def kill_worker(self) -> None:
        """Only the process that serves, with its arbiter left to begin another: what an out-of-memory killer does."""
        worker = self.worker
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: len(self.family()) > 1 and self.worker != worker, 30)
        self.until_it_answers()

    def log(self) -> str:
        return (self.data / "server.log").read_text()


def running(night: Night) -> Iterator[Night]:
    """For a fixture. Whatever was broken in the night, nothing of the app may have ended for good: who works in the background is there still."""
    try:
        yield night.start()
    finally:
        night.kill()
    assert "a thread ended" not in night.log()


def children(process: int) -> list[int]:
    """Linux."""
    told = Path(f"/proc/{process}/task/{process}/children")
    return [int(one) for one in told.read_text().split()] if told.exists() else []


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """One question by somebody who comes for that alone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def kill_whole(engine: Engine) -> None:
    """kill -9 of the server and of all its children: PostgreSQL puts each of them in a group of its own."""
    assert engine.process is not None
    theirs = children(engine.process.pid)
    engine.kill()
    for one in theirs:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue


def on_sqlite(folder: Path) -> Night:
    shutil.copytree(_demo(), folder, dirs_exist_ok=True)
    return Night(folder)


def on_postgres(folder: Path, postgres: Postgres | None = None) -> Night:
    """On the PostgreSQL of all tests, or on one that the test may kill."""
    folder.mkdir(exist_ok=True)
    if postgres is None:
        return Night(folder, engines.shared_postgres().database(like=cast._demo_on_postgres()))
    url = postgres.database()
    _fill(url)
    return Night(folder, url)


@cache
def _demo() -> Path:
    folder = Path(mkdtemp(prefix="motorkap-night-"))
    _fill(f"sqlite:///{folder / 'motorkap.sqlite'}")
    return folder


def _fill(url: str) -> None:
    app = cast._made({"SQLALCHEMY_DATABASE_URI": url, "NOW": cast.Clock()})
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
