"""The databases under the server: SQLite in its folder, or a PostgreSQL of its own with every safety on, on a core that is said."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.served import Pinned, pin
from tests.engines import Postgres


@contextmanager
def on_sqlite(core: int = 0) -> Iterator[Pinned]:
    with Pinned(core) as served:
        yield served


@contextmanager
def on_postgresql(core: int = 0, database_core: int = 0) -> Iterator[Pinned]:
    """PostgreSQL waits for the disk at every commit (`fsync=on`), as in earnest; the tests' own does not."""
    with postgresql(database_core) as url, Pinned(core, {"DATABASE_URL": url}) as served:
        yield served


@contextmanager
def postgresql(core: int) -> Iterator[str]:
    """The address of an empty database."""
    engine = Postgres(fsync=True)
    try:
        engine.start()
        assert engine.process
        for process in [engine.process.pid, *children(engine.process.pid)]:
            pin(process, {core})
        yield engine.database()
    finally:
        engine.close()


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def fsync_ms(times: int = 200) -> list[float]:
    """What this disk takes to keep four kilobytes: no durable write is quicker than that."""
    took = []
    with tempfile.NamedTemporaryFile(prefix="motorkap-bench-") as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(1000 * (time.perf_counter() - begin))
    return took
