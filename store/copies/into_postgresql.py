"""Into PostgreSQL: everything in one transaction of psql. What was there goes to a schema of its own, what pg_restore says takes its place, and the
name of the history goes; only the last word is COMMIT, so that whoever is stopped before it leaves what was there.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import inspect, text

from store import access_log
from store.copies import programs
from store.copies.make import SCHEMA
from store.copies.manifest import CARDS
from store.copies.refused import Refused
from store.models import db

# One restore at a time, and nobody waits for a table that somebody holds.
_BEGIN = """\\set ON_ERROR_STOP on
BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT pg_advisory_xact_lock(7514);
"""
_ASIDE = """CREATE SCHEMA {before};
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.oid::regclass AS name, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS what
      FROM pg_class c WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition LOOP
    EXECUTE format('ALTER %s %s SET SCHEMA {before}', one.what, one.name);
  END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE pronamespace = '{schema}'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e') LOOP
    EXECUTE format('ALTER ROUTINE %s SET SCHEMA {before}', one.name);
  END LOOP;
END $$;
"""
# The lines that were written after the backup, where they go on from its last.
_LINES = """INSERT INTO {schema}.access_line ({columns}) SELECT {columns} FROM {before}.access_line
WHERE number > (SELECT coalesce(max(number), 0) FROM {schema}.access_line)
AND (NOT EXISTS (SELECT 1 FROM {schema}.access_line) OR EXISTS (
  SELECT 1 FROM {before}.access_line mine JOIN {schema}.access_line theirs USING (number, hash)
  WHERE number = (SELECT max(number) FROM {schema}.access_line)))
ORDER BY number;
"""
_NOT_THERE = """SELECT EXISTS (SELECT 1 FROM {before}.access_line mine WHERE number = (SELECT max(number) FROM {before}.access_line)
AND NOT EXISTS (SELECT 1 FROM {schema}.access_line theirs WHERE theirs.number = mine.number AND theirs.hash = mine.hash))"""
_NO_NAME = "DELETE FROM {schema}.setting WHERE name IN ('epoch', 'lives_in');\n"


def put(folder: Path, stamp: str) -> tuple[list[str], bool]:
    """Where what was there is kept now, and whether the access log that was here went on from the backup's."""
    tables = set(inspect(db.engine).get_table_names(schema=SCHEMA))
    before = _before(stamp)
    begin, end = _BEGIN, _NO_NAME.format(schema=SCHEMA)
    if tables:
        begin += _ASIDE.format(before=before, schema=SCHEMA)
    if access_log.lines.name in tables:
        columns = ", ".join(f'"{column.name}"' for column in access_log.lines.columns)
        end = _LINES.format(before=before, schema=SCHEMA, columns=columns) + end
    reader, writer = programs.program("pg_restore", db.engine), programs.program("psql", db.engine)
    db.engine.dispose()
    told = [reader, "--schema", SCHEMA, "--no-owner", "--no-acl", "--file", "-", str(folder / CARDS["postgresql"])]
    _played([writer, "--no-psqlrc", "--quiet", "--no-password", "--file", "-"], begin, told, f"{end}COMMIT;\n")
    goes_on = access_log.lines.name not in tables or _goes_on(before)
    return [f"the schema {before} of the database"] if tables else [], goes_on


def _before(stamp: str) -> str:
    name = f"motorkap_before_{stamp.replace('-', '_')}"
    number = sum(schema.startswith(name) for schema in inspect(db.engine).get_schema_names()) + 1
    return f"{name}_{number}" if number > 1 else name


def _goes_on(before: str) -> bool:
    with db.engine.connect() as connection:
        return not connection.scalar(text(_NOT_THERE.format(before=before, schema=SCHEMA)))


def _played(psql: list[str], begin: str, reader: list[str], end: str) -> None:
    """psql is told the beginning, what the reader says, and the end; the end only when the reader came to its own."""
    with tempfile.TemporaryFile() as said:
        player = subprocess.Popen(psql, env=programs.environment(db.engine), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        assert player.stdin is not None
        read = 1
        try:
            # psql that stops at a mistake closes this pipe, and says which mistake.
            with suppress(BrokenPipeError), player.stdin as into:
                into.write(begin.encode())
                read = _passed_on(reader, into, said)
                if read == 0:
                    into.write(end.encode())
        finally:
            played = player.wait()
        if read != 0 or played != 0:
            said.seek(0)
            told = said.read().decode(errors="replace").strip()
            raise Refused(f"Nothing was put back; the database is as it was. PostgreSQL says: {told or 'nothing'}")


def _passed_on(reader: list[str], into: IO[bytes], said: IO[bytes]) -> int:
    with subprocess.Popen(reader, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL) as source:
        assert source.stdout is not None
        shutil.copyfileobj(source.stdout, into, 1 << 16)
    return source.returncode
