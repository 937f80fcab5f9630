"""Two processes of the real server (gunicorn, gevent) on one PostgreSQL and one Redis, as behind a proxy that gives each call to whichever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.models import db
from tests import cast, engines
from tests.stories.served import Served


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
        shared = {"DATABASE_URL": made_by_the_cast(postgres), "LIVE_URL": redis.url, "SECRET_KEY": "a secret of both", **settings}
        served = [Served(made(folder / name)) for name in ("one", "other")]
        for one in served:
            one.settings = shared
        try:
            for one in served:
                one.begin()
            for one in served:
                one.until_it_answers()
            yield Pair(served, postgres, redis)
        finally:
            for one in served:
                one.kill()


def made_by_the_cast(postgres: engines.Postgres) -> str:
    """The address of a database with the demo organisations in it, its tables at the newest: in this process, which is quicker than two commands."""
    url = postgres.database()
    app = cast._made({"SQLALCHEMY_DATABASE_URI": url, "ACCESS_DATABASE_URI": "", "NOW": cast.Clock()})
    cast.say_tables_are_at(app)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    return url


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
