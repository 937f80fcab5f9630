"""Safekeeping: `flask backup`, `flask restore` and `flask move`, for whoever runs Motorkap (docs/operations.md, "Backup")."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from blueprints import server
from store.access_place import Misplaced
from store.copies import make, put_back
from store.copies.move import address
from store.copies.move import move as move_all
from store.copies.refused import Refused
from store.verify import Break

FOLDER = click.Path(path_type=Path, file_okay=False, resolve_path=True)


def register(app: Flask) -> None:
    for command in (backup, restore, move):
        app.cli.command(command.__name__)(command)


@click.argument("folder", type=FOLDER)
@click.option("--force", is_flag=True, help="Put it in the place of the backup that is in this folder.")
def backup(folder: Path, force: bool) -> None:
    """A backup of everything in FOLDER, which is not there yet. While the server runs; of one moment. Its secret is not in it."""
    with refusals():
        made = make.backup(folder, server.now_ms(), current_app.config["SECRET_KEY"], instead=force)
    size = sum(int(one["bytes"]) for one in made.files.values())
    click.echo(f"{made.cards} cards with {made.entries} entries and {made.lines} lines of the access log are in {folder} ({size / 1e6:,.1f} MB).")
    click.echo("SECRET_KEY (DATA/secret) and the keys for push (DATA/push-keys) are not in it: keep those apart, or nobody can use it.")


@click.argument("folder", type=FOLDER)
@click.option("--although-connected", is_flag=True, help="PostgreSQL: others are in the database, and none of them is Motorkap.")
def restore(folder: Path, although_connected: bool) -> None:
    """Put the backup in FOLDER back, with the server stopped. What was there is kept under another name; phones give back what the backup lacks."""
    with refusals():
        done = put_back.restore(folder, server.now_ms(), current_app.config["SECRET_KEY"], although_connected)
    click.echo(f"The backup of {done.backup.made} is put back{', and its tables are those of today' if done.upgraded else ''}.")
    click.echo(done.access)
    for card in done.erased:
        click.echo(f"Erased again: card {card}, which was purged before.")
    for kept in done.kept:
        click.echo(f"What was there is kept: {kept}. It holds what people wrote: remove it when you no longer need it.")
    if done.other_secret:
        click.echo("MIND: the backup was made with another SECRET_KEY. Put that one back before the server starts: with this one phones can hand in")
        click.echo("only what their own people wrote, everybody signs in again, and codes and providers must be set anew.")
    click.echo(f"This history is now called {done.epoch}: phones hand in what the backup lacks. Start the server again.")
    _tell(done.breaks, f"{done.cards} cards with {done.entries} entries, and every chain holds.")


@click.argument("target_url")
@click.option("--while-running", is_flag=True, help="A copy of one moment, with a name of its own: phones hand in what it lacks.")
def move(target_url: str, while_running: bool) -> None:
    """Everything from this SQLite to the empty PostgreSQL at TARGET_URL, with the server stopped. The password may come from PGPASSWORD."""
    with refusals():
        done = move_all(target_url, click.echo, while_running)
    if done.replaced:
        click.echo(f"{done.replaced} texts had a NUL in them, which PostgreSQL cannot hold: a \N{REPLACEMENT CHARACTER} stands there now.")
    click.echo(f"{sum(done.rows.values())} rows in {len(done.rows)} tables are there. This history is called {done.epoch}{_name(while_running)}.")
    click.echo(f"Set DATABASE_URL to that PostgreSQL ({_without_password(target_url)}), keep SECRET_KEY and the keys for push, and start the server.")
    if done.lines_too:
        click.echo("Take ACCESS_DATABASE_URL away where it is set: the access log is in PostgreSQL too.")
    else:
        click.echo("The access log was in PostgreSQL already and stays there: keep ACCESS_DATABASE_URL.")
    click.echo("What is in the files of SQLite stays there. They hold what people wrote: remove them when you no longer need them.")
    _tell(done.breaks, "Every chain holds.")


@contextmanager
def refusals() -> Iterator[None]:
    """What cannot be done is said in a sentence; also what a database says that does not answer."""
    try:
        yield
    except (Refused, Misplaced) as why:
        raise click.ClickException(str(why)) from why
    except (OSError, sqlite3.Error) as problem:
        raise click.ClickException(f"It did not go: {problem}.") from problem
    except DBAPIError as problem:
        raise click.ClickException(f"The database says: {str(problem.orig).strip()}") from problem


def _name(while_running: bool) -> str:
    return ", a name of its own: phones hand in what was written since" if while_running else " as before: phones go on from what they have"


def _without_password(url: str) -> str:
    return make_url(address(url)).render_as_string(hide_password=True)


def _tell(breaks: Iterable[Break], holds: str) -> None:
    found = list(breaks)
    for one in found:
        click.echo(f"BREAK  {one.said}")
    if found:
        click.echo('A chain is broken: see docs/operations.md, "When a chain breaks".')
        sys.exit(1)
    click.echo(holds)
