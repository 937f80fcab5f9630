"""Move: everything from SQLite to an empty PostgreSQL, in one transaction there, read as a stream; then every row is read back and compared.

The history keeps its name, because nothing of it is lost: phones go on from the numbers that they have. The name leaves the SQLite just before the
commit (to lose a name costs one round of sharing, to have it twice would lose what is written under it), so a server that is started on the old file
all the same has another name. Of a server that goes on meanwhile (`while_running`) the copy is one of a moment, and gets a name of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import Connection, Engine, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from store import access_log, epoch, verify
from store.copies import revisions
from store.copies.elsewhere import living_at
from store.copies.in_use import alone
from store.copies.refused import Refused
from store.copies.rows import Sum, Told, into, streamed
from store.database import begin, commit, file_of, hold_still, put_away
from store.models import EntryRow, Setting, db
from store.verify import Break

_CHAINED = {EntryRow.__tablename__, access_log.lines.name}
_SEQUENCE = "SELECT pg_get_serial_sequence(:table, :column)"
_ON = 'SELECT setval(:sequence, coalesce((SELECT max("{column}") FROM "{table}"), 0) + 1, false)'


@dataclass
class Moved:
    """What was moved: rows per table, texts in which a NUL was replaced, and how the chains are there. `lines_too`: the access log came along."""

    rows: dict[str, int] = field(default_factory=dict)
    replaced: int = 0
    lines_too: bool = True
    epoch: str = ""
    breaks: list[Break] = field(default_factory=list)


def move(target: str, say: Callable[[str], None], while_running: bool = False) -> Moved:
    source, log = db.engine, access_log.engine()
    _may_be_left(source)
    done = Moved(lines_too=log.dialect.name == "sqlite")
    put_away()
    with ExitStack() as held:
        cards = held.enter_context(_of_one_moment(source, not while_running))
        lines = held.enter_context(_of_one_moment(log, not while_running)) if done.lines_too else None
        with living_at(address(target), address(target) if done.lines_too else log.url.render_as_string(hide_password=False)):
            _made_ready()
            with db.engine.connect() as there:
                _copy_all(cards, lines, there, say, done)
                if not while_running:
                    _name_goes_along(cards, there)
                there.commit()
            _look_after(done)
    return done


def address(target: str) -> str:
    """PostgreSQL's own spelling of an address is good too."""
    kind, _, rest = target.partition("://")
    return f"postgresql+psycopg://{rest}" if kind in ("postgres", "postgresql") else target


def _may_be_left(source: Engine) -> None:
    file = file_of(source)
    if file is None:
        raise Refused("This moves from SQLite to PostgreSQL, and DATABASE_URL is not SQLite.")
    if not file.exists() or not (revision := revisions.of(source)):
        raise Refused(f"There is nothing to move: {file} has no tables of Motorkap.")
    if revision != revisions.newest():
        raise Refused("This SQLite has the tables of an older Motorkap. First: flask --app app db upgrade")


@contextmanager
def _of_one_moment(source: Engine, still: bool) -> Iterator[Connection]:
    """`still`: nobody has it open now, and nobody writes in it until this ends."""
    file = file_of(source)
    assert file is not None
    if still:
        with alone(file):
            pass
    with source.connect() as connection:
        if still:
            begin(connection, "BEGIN IMMEDIATE")
        else:
            hold_still(connection)
            connection.execute(text("SELECT count(*) FROM sqlite_master")).all()  # A moment begins with the first reading.
        yield connection


def _made_ready() -> None:
    """The target has the tables of today, and nothing in them."""
    if db.engine.dialect.name != "postgresql":
        raise Refused("The target is no PostgreSQL: postgresql+psycopg://USER@HOST/DATABASE")
    try:
        tables = inspect(db.engine).get_table_names()
        if not tables:
            revisions.bring_up_to_date()
        elif revisions.of(db.engine) != revisions.newest():
            raise Refused("The target has tables, and they are not those of this Motorkap. Name an empty database.")
        with db.engine.connect() as connection:
            full = [table.name for table in _tables() if connection.execute(select(table).limit(1)).first()]
    except DBAPIError as problem:
        raise Refused(f"The target does not answer as it should: {problem.orig}") from problem
    if full:
        raise Refused(f"The target is not empty: there are rows in {', '.join(full)}. Name an empty database.")


def _tables() -> list[Table]:
    """In the order in which they may be filled: first what others point at."""
    return [*db.metadata.sorted_tables, access_log.lines]


def _copy_all(cards: Connection, lines: Connection | None, there: Connection, say: Callable[[str], None], done: Moved) -> None:
    there.execute(text("LOCK TABLE setting IN ACCESS EXCLUSIVE MODE"))
    for table in _tables():
        source = lines if table is access_log.lines else cards
        if source is None:
            continue
        told, read, found = Told(table, fixed=table.name in _CHAINED), Sum(), Sum()
        try:
            into(there, table, read.over(map(told.row, streamed(source, table))))
        except psycopg.Error as problem:
            # Only what is wrong: what PostgreSQL says besides has what people wrote in it.
            said = problem.diag.message_primary or type(problem).__name__
            raise Refused(f"{table.name} was not copied, and the target is as it was: {said}") from problem
        _sequence(there, table)
        for _ in found.over(streamed(there, table)):
            pass
        if found != read:
            raise Refused(f"{table.name} reads otherwise there than here ({read.rows} rows, {found.rows} there). The target is as it was.")
        done.rows[table.name], done.replaced = read.rows, done.replaced + told.replaced
        say(f"{table.name}: {read.rows} rows, read back and the same")


def _sequence(there: Connection, table: Table) -> None:
    """A counter goes on behind the highest number."""
    column = table.autoincrement_column
    sequence = column is not None and there.scalar(text(_SEQUENCE), {"table": f'"{table.name}"', "column": column.name})
    if sequence and column is not None:
        there.execute(text(_ON.format(table=table.name, column=column.name)), {"sequence": sequence})


def _name_goes_along(cards: Connection, there: Connection) -> None:
    name = cards.scalar(select(Setting.value).where(Setting.name == "epoch"))
    if name is None:
        return
    there.execute(insert(Setting), [{"name": "epoch", "value": name}, {"name": "lives_in", "value": epoch.lives_in()}])
    cards.execute(delete(Setting).where(Setting.name.in_(("epoch", "lives_in"))))
    commit(cards)


def _look_after(done: Moved) -> None:
    done.epoch = epoch.epoch()
    done.breaks = [*verify.cards().breaks, *verify.access().breaks]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
