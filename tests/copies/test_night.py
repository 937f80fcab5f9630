"""The night: one command that does all of it, each part whatever became of the others, and names nobody."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import OperationalError

from store import retention
from store.access_log import iso
from store.copies.tidy import DAY_MS, tidy
from store.database import reading
from store.models import ClosedCard, EntryRow, PurgedCard, db
from tests.cast import OFFICER, Clock, Phone, new_id
from tests.copies.kept import ENGINES, database, motorkap, say

NOW = 1_795_000_000_000


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Flask:
    return motorkap(database(request.param, tmp_path), clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def made(folder: Path, name: str, days_ago: float) -> Path:
    (folder / name).mkdir()
    (folder / name / "motorkap.sqlite").write_text("cards")
    (folder / name / "manifest.json").write_text(json.dumps({"made": iso(int(NOW - days_ago * DAY_MS))}))
    return folder / name


def closed_card(app: Flask) -> str:
    phone = Phone(app, OFFICER)
    card = phone.open_card()
    done = phone.sync([phone.entry(card, "card.closed", {"outcome": "Klaar"})])
    assert not done["rejected"], done
    return card


def test_a_night_makes_a_backup_purges_and_verifies_and_names_no_card(app: Flask, folder: Path, clock: Clock) -> None:
    card = closed_card(app)
    clock.later(hours=29 * 24)
    done = say(app, "night", folder)
    assert done.exit_code == 0, done.output
    (backup,) = folder.iterdir()
    assert json.loads((backup / "manifest.json").read_text())["cards"] == 1, "of before the purge"
    assert "1 cards and 0 invitations erased" in done.output
    assert "every chain holds" in done.output
    assert card not in done.output
    with app.app_context():
        assert retention.purged([card]) == {card}
    clock.later(hours=24)
    assert say(app, "night", folder).exit_code == 0
    assert len(list(folder.iterdir())) == 2


def test_what_leads_look_back_on_is_up_to_date_in_the_morning(app: Flask, folder: Path) -> None:
    card = closed_card(app)
    assert "review: 1 closed cards brought up to date" in say(app, "night", folder).output
    with app.app_context(), reading() as connection:
        assert connection.execute(select(ClosedCard.card, ClosedCard.stale)).all() == [(card, False)]
    assert "review: 0 closed cards brought up to date" in say(app, "night", folder).output


def test_a_chain_that_is_broken_fails_the_night(app: Flask, folder: Path) -> None:
    card = closed_card(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(EntryRow).where(EntryRow.card == card, EntryRow.seq == 1).values(hash="0" * 64))
    done = say(app, "night", folder)
    assert done.exit_code == 1
    assert "verify FAILED" in done.output
    assert card not in done.output
    assert len(list(folder.iterdir())) == 1


def test_on_postgresql_what_was_purged_is_cleaned_up_at_once(tmp_path: Path, folder: Path, clock: Clock) -> None:
    app = motorkap(database("postgresql", tmp_path), clock)
    closed_card(app)
    clock.later(hours=29 * 24)
    assert say(app, "night", folder).exit_code == 0
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = :entries"), {"entries": EntryRow.__tablename__})


def test_without_a_folder_for_it_the_backup_fails_the_rest_is_done_and_the_night_says_so(app: Flask, folder: Path, clock: Clock) -> None:
    card = closed_card(app)
    clock.later(hours=29 * 24)
    done = say(app, "night", folder / "gone")
    assert done.exit_code == 1
    assert "backup FAILED" in done.output
    assert "1 cards and 0 invitations erased" in done.output
    assert "every chain holds" in done.output
    with app.app_context():
        assert retention.purged([card]) == {card}


def test_a_mistake_in_one_part_leaves_no_other_undone_and_its_words_unsaid(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(now_ms: int) -> None:
        raise KeyError("Kerkstraat 12")

    monkeypatch.setattr(retention, "purge", fails)
    done = say(app, "night", folder)
    assert done.exit_code == 1
    assert "purge FAILED: KeyError" in done.output
    assert "Kerkstraat" not in done.output
    assert "every chain holds" in done.output


@pytest.fixture
def one_fails(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cards in it cannot be erased."""
    cards: list[str] = []
    erase = retention._erase

    def fails(connection: Connection, card: str) -> None:
        if card in cards:
            raise KeyError("Kerkstraat 12")
        erase(connection, card)

    monkeypatch.setattr(retention, "_erase", fails)
    return cards


def test_a_card_that_cannot_be_erased_keeps_no_other_and_the_night_says_so(app: Flask, folder: Path, clock: Clock, one_fails: list[str]) -> None:
    cards = [closed_card(app) for _ in range(3)]
    one_fails.append(cards[0])
    clock.later(hours=29 * 24)
    done = say(app, "night", folder)
    assert done.exit_code == 1
    assert "purge FAILED: 1 cards could not be erased" in done.output
    assert "2 cards and 0 invitations erased" in done.output
    assert not [word for word in ("Kerkstraat", *cards) if word in done.output]
    told = say(app, "purge", "--really")
    assert (told.exit_code, f"NOT erased  {cards[0]}: KeyError" in told.output) == (1, True)
    with app.app_context():
        assert retention.purged(cards) == {*cards[1:]}
    one_fails.clear()
    assert say(app, "purge", "--really").exit_code == 0


def test_a_card_that_cannot_be_looked_at_keeps_no_other(app: Flask, clock: Clock) -> None:
    cards = [closed_card(app) for _ in range(2)]
    clock.later(hours=29 * 24)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(EntryRow).where(EntryRow.card == cards[0], EntryRow.seq == 1).values(document="{"))
    told = say(app, "purge", "--really")
    assert (told.exit_code, f"NOT erased  {cards[0]}: JSONDecodeError" in told.output) == (1, True)
    with app.app_context():
        assert retention.purged(cards) == {cards[1]}


def test_a_database_that_is_gone_stops_the_purge_at_once(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        closed_card(app)
    clock.later(hours=29 * 24)
    tried: list[str] = []

    def gone(connection: Connection, card: str) -> None:
        tried.append(card)
        raise OperationalError("DELETE", None, psycopg.OperationalError("gone"))

    monkeypatch.setattr(retention, "_erase", gone)
    assert say(app, "purge", "--really").exit_code == 1
    assert len(tried) == 1


def test_a_card_with_a_long_situation_goes_like_any_other(app: Flask, clock: Clock) -> None:
    """A newer phone may know types of situations that we do not: a slug has no longest."""
    phone = Phone(app, OFFICER)
    opening = phone.entry(new_id(), "card.opened", {"situation": "a" * 120, "place": "x"})
    assert not phone.sync([opening, phone.entry(opening["card"], "card.closed", {"outcome": "Klaar"})])["rejected"]
    clock.later(hours=29 * 24)
    assert say(app, "purge", "--really").exit_code == 0
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(select(PurgedCard.situation)) == "a" * 100


def test_old_backups_go_and_what_is_no_backup_stays(folder: Path) -> None:
    old, young = made(folder, "2026-10-01", 29), made(folder, "2026-11-20", 2)
    (folder / "letters").mkdir()
    (folder / "notes.txt").write_text("dear")
    (folder / "link").symlink_to(old)
    assert tidy(folder, NOW, 28) == 1
    assert {one.name for one in folder.iterdir()} == {young.name, "letters", "notes.txt", "link"}


def test_the_newest_backup_stays_however_old_it_is(folder: Path) -> None:
    made(folder, "2026-01-01", 300)
    newest = made(folder, "2026-02-01", 270)
    assert tidy(folder, NOW, 28) == 1
    assert list(folder.iterdir()) == [newest]


def test_what_killed_backups_left_goes_and_one_that_is_being_made_stays(folder: Path) -> None:
    made(folder, ".2026-11-01.being-removed", 20)
    left, begun = folder / ".2026-11-02.being-made", folder / ".2026-11-20.being-made"
    for one in (left, begun):
        one.mkdir()
        (one / "motorkap.sqlite").write_text("half")
    handle = os.open(begun, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    tidy(folder, NOW, 28)
    os.close(handle)
    assert list(folder.iterdir()) == [begun]
