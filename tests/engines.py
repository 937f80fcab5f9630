"""PostgreSQL and Redis of the tests: their own servers, each on a free port of this machine with its own data folder, gone when the test ends.

A machine without these programs skips what needs them, by name; in CI they must be there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.stories.wire import free_port

USER = "motorkap"
_numbers = count(1)


def program(name: str) -> Path | None:
    """Debian keeps the programs of PostgreSQL out of the path, because several versions may be installed."""
    found = shutil.which(name)
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return beside[-1] if beside else Path(found) if found else None


def needs(*names: str) -> None:
    """Skips whoever asks where one of these programs is missing; in CI that is a failure."""
    missing = [name for name in names if program(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI must have {', '.join(missing)}")
    if missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")


def somebody_else() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as one of these."""
    if os.geteuid() != 0:
        return {}
    known = {one.pw_name for one in pwd.getpwall()}
    name = "postgres" if "postgres" in known else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


class Engine:
    """A program that serves on a port, can be killed and comes back with what it had."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="motorkap-engine-"))
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def as_whom(self) -> dict[str, Any]:
        return {}

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **self.as_whom()
            )
        deadline = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.03)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Engine):
    def __init__(self, fsync: bool = False) -> None:
        """Without fsync: a power cut is not tested, and kill -9 takes nothing from the pages that the kernel has. Whoever measures wants it."""
        super().__init__()
        self.fsync = fsync
        if whom := self.as_whom():
            os.chown(self.folder, pwd.getpwnam(whom["user"]).pw_uid, whom["group"])
        made = [str(program("initdb")), "-D", str(self.folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(made, capture_output=True, text=True, cwd=self.folder, **whom)
        assert done.returncode == 0, done.stderr

    def as_whom(self) -> dict[str, Any]:
        return somebody_else()

    def command(self) -> list[str]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
        settings |= {"fsync": "on" if self.fsync else "off", "lock_timeout": "5s", "timezone": "Europe/Amsterdam"}
        told = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(program("postgres")), "-D", str(self.folder / "data"), "-p", str(self.port), *told]

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname=name, autocommit=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def database(self, like: str | None = None) -> str:
        """The address of a new database: an empty one, or a copy of another."""
        return self._made(f"TEMPLATE {like}" if like else "")

    def of_a_language(self) -> str:
        """The address of an empty database that sorts as English does and not by bytes, as those of many servers do by default."""
        return self._made("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")

    def _made(self, how: str) -> str:
        name = f"motorkap_{next(_numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} {how}")
        return self.url(name)


class Redis(Engine):
    """Or Valkey, which speaks the same: in memory alone, as live across processes needs it."""

    def command(self) -> list[str]:
        server = program("redis-server") or program("valkey-server")
        return [str(server), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)]

    def answers(self) -> bool:
        with socket.socket() as connection:
            connection.settimeout(1)
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def redis() -> Iterator[Redis]:
    if program("valkey-server") is None:
        needs("redis-server")
    with _running(Redis()) as engine:
        yield engine


@contextmanager
def postgres() -> Iterator[Postgres]:
    needs("postgres", "initdb")
    with _running(Postgres()) as engine:
        yield engine


@contextmanager
def _running(engine: Any) -> Iterator[Any]:
    try:
        engine.start()
        yield engine
    finally:
        engine.close()


@cache
def shared_postgres() -> Postgres:
    """One for everything that this process of pytest tests; it ends with the process (tests/conftest.py)."""
    return _started()


@cache
def other_postgres() -> Postgres:
    """Another server, for what is kept apart."""
    return _started()


def _started() -> Postgres:
    needs("postgres", "initdb")
    engine = Postgres()
    engine.start()
    return engine


_used: list[Any] = []


def used(made: Iterable[Any]) -> None:
    """Engines of SQLAlchemy that a test made: their connections are put away when it ends, or PostgreSQL would run out of them."""
    _used.extend(made)


def put_away() -> None:
    while _used:
        _used.pop().dispose()


def end_shared() -> None:
    for shared in (shared_postgres, other_postgres):
        if shared.cache_info().currsize:
            shared().close()
            shared.cache_clear()
