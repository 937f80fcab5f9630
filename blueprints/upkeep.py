"""Upkeep: the commands of whoever runs Motorkap: verify, purge, hold and export, each in the access log; and making the figures anew, which read
nothing but numbers.
"""

from __future__ import annotations

import getpass
import socket
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from blueprints import handing_out, push_keys, safekeeping, server
from store import access_log, anchors, closed_cards, dossier, holds, invitations, log, retention, summaries, verify
from store.access_log import Line, Visit
from store.retention import Due


def operator(org: str) -> Visit:
    """Who typed the command, for which organisation, on which machine."""
    return Visit("", getpass.getuser()[:200], org, "operator", socket.gethostname()[:40])


def register(app: Flask) -> None:
    app.cli.command("verify")(verify_chains)
    app.cli.command("purge")(purge)
    app.cli.command("hold")(hold)
    app.cli.command("export")(export)
    review = AppGroup("review", help="What team leads find closed cards by.")
    review.command("rebuild")(rebuild)
    app.cli.add_command(review)
    push_keys.register(app)
    safekeeping.register(app)
    figures = AppGroup("figures", help="What is counted of cards, for the figures of leads.")
    figures.command("rebuild")(rebuild_figures)
    app.cli.add_command(figures)


@click.option("--card", help="Only this card.")
@click.option("--moved", is_flag=True, help="An older access log was moved away on purpose: forget that it was here.")
def verify_chains(card: str | None, moved: bool) -> None:
    """Whether every chain of hashes holds: of each card, and of the access log. Says where one breaks, and exits 1."""
    if moved and (found := access_log.head()):
        click.echo(f"{anchors.forget_other_files(found[0])} days of an older access log are no longer looked for.")
    cards = verify.cards(card)
    if card and not cards.cards:
        click.echo(f"Card {card}: {'erased after its retention' if retention.purged([card]) else 'there is no such card'}.")
        sys.exit(0 if retention.purged([card]) else 1)
    log_of_access = verify.access()
    for one in [*cards.breaks, *log_of_access.breaks]:
        click.echo(f"BREAK  {one.said}")
    for gone_on in cards.not_carried_out:
        click.echo(f"NOTE  card {gone_on}: the access log says that it was erased, and it is here: that purge was stopped half way.")
    if cards.not_carried_out:
        click.echo("NOTE  The next `purge --really`, or the next start, writes that in the access log too.")
    click.echo(f"{cards.cards} cards with {cards.entries} entries, {cards.purged} purged; access log: {log_of_access.lines} lines.")
    if cards.breaks or log_of_access.breaks:
        click.echo('The chain is broken: see docs/operations.md, "When a chain breaks".')
        sys.exit(1)
    if found := access_log.head():
        anchors.write(server.now_ms(), anew=True)
        click.echo(f"Every chain holds. The access log ends with line {found[1]}, hash {found[2]}.")
    else:
        click.echo("Every chain holds.")


@click.option("--really", is_flag=True, help="Erase. Without it nothing happens but telling.")
@click.option("--dry-run", is_flag=True, help="Only tell what would go. This is also what happens without options.")
def purge(really: bool, dry_run: bool) -> None:
    """Erase the content of cards that are past their retention, and invitations that are long over. Without --really it only tells what would go."""
    if really and dry_run:
        raise click.UsageError("--really or --dry-run, not both")
    now = server.now_ms()
    for card in retention.keep_purged(now) if really else ():
        click.echo(f"erased again  {card}, which was purged before and came back with a backup")
    found = retention.plan(now)
    gone, failed = _erase(now) if really else (found.goes, found.unread)
    for one in gone:
        click.echo(f"{'erased' if really else 'would be erased'}  {_told(one)}")
    for card, why in failed.items():
        click.echo(f"NOT erased  {card}: {type(why).__name__}. All others {'were' if really else 'would be'}.")
    for one in found.held:
        click.echo(f"held  {_told(one)}  {'; '.join(one.holds)}")
    for one in found.stays_open:
        click.echo(f"stays open  {one.card}  opened by {one.opened_by or 'unknown'}, nobody wrote since {one.since[:10]}")
    click.echo(f"{len(gone)} {'erased' if really else 'would be erased'}, {len(found.held)} held, {len(found.stays_open)} stay open.")
    over = invitations.erase_long_over(now) if really else invitations.long_over(now)
    click.echo(f"{over} invitations of more than 90 days ago {'erased' if really else 'would be erased'}.")
    if (gone or over) and not really:
        click.echo("Nothing was erased. To erase: flask --app app purge --really")
    anchors.write(now, anew=really)
    if failed:
        sys.exit(1)


def _erase(now_ms: int) -> tuple[list[Due], dict[str, Exception]]:
    """What went, and what did not, with why."""
    try:
        return retention.purge(now_ms), {}
    except retention.NotErased as some:
        return some.gone, some.failed


def _told(one: Due) -> str:
    return f"{one.card}  opened by {one.opened_by}, {'quiet since' if one.quiet else 'closed'} {one.since[:10]}"


def rebuild_figures() -> None:
    """Count all cards anew, from their logs. Purged cards stay counted as they were."""
    click.echo(f"{summaries.rebuild()} cards counted.")


@click.argument("card")
@click.option("--org", required=True, help="The organisation that holds it, or lifts its hold.")
@click.option("--reason", required=True, help="Why.")
@click.option("--lift", is_flag=True, help="The hold ends.")
def hold(card: str, org: str, reason: str, lift: bool) -> None:
    """Hold a card longer than its retention, or lift the hold."""
    if org not in log.took_part(card):
        raise click.ClickException(f"{org} takes no part in card {card}, or there is no such card")
    if not 0 < len(reason.strip()) <= holds.MOST_REASON:
        raise click.ClickException(f"the reason has 1 to {holds.MOST_REASON} characters")
    done = (holds.lift if lift else holds.place)(operator(org), card, org, reason.strip(), server.now_ms())
    if not done:
        raise click.ClickException(f"{org} {'does not hold' if lift else 'already holds'} card {card}")
    click.echo(f"{org} {'no longer holds' if lift else 'holds'} card {card}.")


def rebuild() -> None:
    """Make the rows by which leads find closed cards again, from the logs. Safe to do twice and while the server runs."""
    click.echo(f"{closed_cards.rebuild()} closed cards looked at.")


@click.option("--card", required=True)
@click.option("--org", required=True, help="The organisation that hands it out: what it may not read is left out.")
@click.option("--ground", type=click.Choice(dossier.GROUNDS), required=True)
@click.option("--reference", required=True, help="Of the request, for the access log.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(card: str, org: str, ground: str, reference: str, out: Path) -> None:
    """All that an organisation may hand out about one card, as a ZIP."""
    found = dossier.dossier(card, org) if org in log.took_part(card) else None
    if found is None:
        raise click.ClickException(f"{org} takes no part in card {card}, or there is no such card")
    access_log.append([Line(operator(org), server.now_ms(), "export", card, found.opened_by, ground, detail=reference[: holds.MOST_REASON])])
    out.write_bytes(handing_out.packed(found, org, ground, reference, server.now_ms()))
    click.echo(f"{len(found.entries)} entries in {out}; {found.left_out} of other organisations left out.")
