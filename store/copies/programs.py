"""Programs: pg_dump, pg_restore and psql, as PostgreSQL brings them. How they sign in goes through the environment: everybody sees a command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import Engine, text

from store.copies.refused import Refused

_FOLDERS = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin")  # Debian; Red Hat


def program(name: str, engine: Engine) -> str:
    """The one of the same version as the server, where several are installed; else the one on the path, else the newest."""
    with engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    same = [file for folder in _FOLDERS if Path(file := f"{folder.format(version)}/{name}").exists()]
    others = sorted(file for folder in _FOLDERS for file in glob(f"{folder.format('*')}/{name}"))
    found = [*same, *filter(None, [shutil.which(name)]), *reversed(others)]
    if not found:
        raise Refused(f"{name} is not here. It comes with PostgreSQL's client programs; Debian: apt install postgresql-client.")
    return found[0]


def environment(engine: Engine) -> dict[str, str]:
    """Where the database is and who comes, in the words of libpq."""
    _, told = engine.dialect.create_connect_args(engine.url)
    called = {one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar}
    return os.environ | {called[name]: str(value) for name, value in told.items() if name in called}


def run(command: Sequence[str], engine: Engine) -> None:
    """Done, or refused with what the program said. What it writes is for its owner alone."""
    done = subprocess.run(command, env=environment(engine), capture_output=True, text=True, umask=0o077, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Refused(f"{Path(command[0]).name}: {done.stderr.strip() or 'ended without a word'}")
