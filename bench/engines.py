"""The databases under the server: SQLite in its folder, or a PostgreSQL of its own with every safety on, on a core that is said."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.served import Pinned, pin
from tests.engines import Postgres


@dataclass(frozen=True)
class Database:
    """A PostgreSQL that runs: its address, and its first process."""

    url: str
    process: int

    def busy_s(self) -> float:
        """Seconds that all its processes have computed (Linux), those that ended too."""
        return spent(self.process, ended=True) + sum(spent(child) for child in children(self.process))


@contextmanager
def on_sqlite(core: int = 0) -> Iterator[tuple[Pinned, Database | None]]:
    with Pinned(core) as served:
        yield served, None


@contextmanager
def on_postgresql(core: int = 0, database_core: int = 0) -> Iterator[tuple[Pinned, Database | None]]:
    """PostgreSQL waits for the disk at every commit (`fsync=on`), as in earnest; the tests' own does not."""
    with postgresql(database_core) as database, Pinned(core, {"DATABASE_URL": database.url}) as served:
        yield served, database


@contextmanager
def postgresql(core: int) -> Iterator[Database]:
    """With an empty database."""
    engine = Postgres(fsync=True)
    try:
        engine.start()
        assert engine.process
        for process in [engine.process.pid, *children(engine.process.pid)]:
            pin(process, {core})
        yield Database(engine.database(), engine.process.pid)
    finally:
        engine.close()


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def spent(process: int, ended: bool = False) -> float:
    """Seconds of a core, of its children that ended as well when asked for."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0  # it ended between being listed and being asked
    return sum(map(int, told[11 : 15 if ended else 13])) / os.sysconf("SC_CLK_TCK")


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
