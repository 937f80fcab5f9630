"""Two processes of the real server (gunicorn, gevent) on one PostgreSQL and one Redis, as behind a proxy that gives each call to whichever."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import engines
from tests.stories.served import BIN, ROOT, Served


@dataclass
class Pair:
    served: list[Served]
    postgres: engines.Postgres
    redis: engines.Redis

    @property
    def ports(self) -> list[int]:
        return [served.port for served in self.served]


@contextmanager
def pair(folder: Path, **settings: str) -> Iterator[Pair]:
    """With the demo organisations in them. Each has a folder of its own, as on two machines: what they share is in the settings."""
    with engines.postgres() as postgres, engines.redis() as redis:
        shared = {"DATABASE_URL": postgres.database(), "LIVE_URL": redis.url, "SECRET_KEY": "a secret of both", **settings}
        served = [Served(made(folder / name)) for name in ("one", "other")]
        for one in served:
            one.settings = shared
        for command in (["db", "upgrade"], ["demo"]):
            done = subprocess.run(
                [str(BIN / "flask"), "--app", "app", *command], cwd=ROOT, env=served[0].environment(), capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
        try:
            for one in served:
                one.begin()
            for one in served:
                one.until_it_answers()
            yield Pair(served, postgres, redis)
        finally:
            for one in served:
                one.kill()


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
