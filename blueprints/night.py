"""The night: what must be done every night, in one command, for a timer (deploy/motorkap-night.timer, `night` in deploy/compose.yaml).

Each part is done whatever became of the one before, and if one did not go the command exits 1. It says numbers alone: what it says goes to the log of
the machine, in which no card is named. The commands of its parts say which (docs/operations.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app

from blueprints import server
from blueprints.safekeeping import FOLDER, refusals
from store import access_log, anchors, closed_cards, invitations, retention, verify
from store.copies import make
from store.copies.tidy import tidy
from store.vacuum import vacuum


def register(app: Flask) -> None:
    app.cli.command("night")(night)


@click.argument("folder", type=FOLDER)
@click.option("--keep-days", type=click.IntRange(min=1), default=retention.RETENTION_DAYS, show_default=True, help="How long backups stay.")
def night(folder: Path, keep_days: int) -> None:
    """All that must be done every night: a backup in FOLDER, older ones away, purge, review, verify. Says what did not go, and exits 1."""
    parts: dict[str, Callable[[], str]] = {
        "backup": lambda: _backup(folder), "tidy": lambda: _tidy(folder, keep_days), "purge": _purge, "review": _review, "verify": _verify
    }  # fmt: skip
    went = [_goes(name, part) for name, part in parts.items()]
    if not all(went):
        sys.exit(1)


def _goes(name: str, part: Callable[[], str]) -> bool:
    try:
        with refusals():
            click.echo(f"{name}: {part()}")
    except click.ClickException as why:
        click.echo(f"{name} FAILED: {why.message.splitlines()[0]}", err=True)
        return False
    except Exception as problem:  # a mistake in one part is no reason to leave the others; what it says may have anybody in it
        click.echo(f"{name} FAILED: {type(problem).__name__}", err=True)
        return False
    return True


def _backup(folder: Path) -> str:
    now = server.now_ms()
    moment = access_log.iso(now)[:19].replace(":", "").replace("T", "-")
    made = make.backup(folder / moment, now, current_app.config["SECRET_KEY"])
    return f"{made.cards} cards with {made.entries} entries and {made.lines} lines of the access log are in {folder / moment}."


def _tidy(folder: Path, keep_days: int) -> str:
    return f"{tidy(folder, server.now_ms(), keep_days)} backups of more than {keep_days} days ago are gone."


def _purge() -> str:
    now = server.now_ms()
    gone, failed = retention.keep_purged(now), 0
    try:
        gone += [due.card for due in retention.purge(now)]
    except retention.NotErased as some:
        gone, failed = [*gone, *(due.card for due in some.gone)], len(some.failed)
    over = invitations.erase_long_over(now)
    left = retention.plan(now)
    anchors.write(now, anew=True)
    if gone or over:
        vacuum()
    said = f"{len(gone)} cards and {over} invitations erased; {len(left.held)} cards held, {len(left.stays_open)} stay open."
    if failed:
        raise click.ClickException(f"{failed} cards could not be erased: `flask purge --really` says which. {said}")
    return said


def _review() -> str:
    """By day a row is made up to date when somebody looks back: after an upgrade, or where nobody does, that is many at once."""
    return f"{closed_cards.bring_up_to_date()} closed cards brought up to date for who looks back."


def _verify() -> str:
    cards, lines = verify.cards(), verify.access()
    if breaks := [*cards.breaks, *lines.breaks]:
        raise click.ClickException(f'{len(breaks)} breaks in the chains: docs/operations.md, "When a chain breaks". `flask verify` says where.')
    if access_log.head():
        anchors.write(server.now_ms(), anew=True)
    return f"every chain holds, of {cards.cards} cards and of the access log."
