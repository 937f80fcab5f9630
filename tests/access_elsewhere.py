"""The access log in a PostgreSQL of its own, on another server than the cards: made by its owner with the very words of docs/operations.md, so that
the program may add and read, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from tests import engines
from tests.engines import Postgres

ROLE = "motorkap_log"
OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"


def documented() -> str:
    """What the owner types, for this role."""
    (told,) = re.findall(r"```sql\n(CREATE TABLE access_line.*?)```", OPERATIONS.read_text(), re.DOTALL)
    return re.sub(r"\bmotorkap\b", ROLE, told)


def access_database(engine: Postgres | None = None) -> str:
    """The address of a new access log without lines, for the role of the program. `engine`: one that the test may kill."""
    if engine is not None:
        return as_role(made_by_its_owner(engine))
    return as_role(engines.other_postgres().database(like=_empty()))


def made_by_its_owner(engine: Postgres) -> str:
    """The address for its owner."""
    with engine.connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
    url = engine.database()
    with engine.connect(name_of(url)) as connection:
        connection.execute(documented())
    return url


def as_role(url: str) -> str:
    return url.replace(f"{engines.USER}@", f"{ROLE}@", 1)


def name_of(url: str) -> str:
    return str(make_url(url).database)


@contextmanager
def away(url: str) -> Iterator[None]:
    """Its server lets nobody in, and put out who was."""
    name = name_of(url)
    with engines.other_postgres().connect("postgres") as owner:
        owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@cache
def _empty() -> str:
    return name_of(made_by_its_owner(engines.other_postgres()))
