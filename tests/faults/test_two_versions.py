"""Two versions at once. Phones run what they have until somebody lets a new version take over, and a server may be put back: so the last released
worker (tests/released) meets the server of today, and the worker of today the last released server.

The workers are the real ones, as they were built, in Node (headless.mjs); the servers run from the source that they had.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST
from tests.faults import released
from tests.faults.headless import TODAY, Headless
from tests.faults.ledger import Ledger, everything_in
from tests.faults.night import Night, on_sqlite
from tests.faults.phone import Phone
from tests.faults.size import sized

TURNS = sized(3, 100)
NEWEST = 40
"""So many a timeline shows before somebody asks for more."""
CAME_LATER = "approach.noted"


@pytest.fixture
def close() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def phones_at(night: Night, close: ExitStack, *workers: Path) -> list[Headless]:
    """One a worker: police officers of one team, so that each sees the cards of the other."""
    return [close.enter_context(Headless(night.base, account, worker)) for account, worker in zip((OFFICER, OTHER_OFFICER), workers, strict=True)]


def write_through_everything(phones: list[Headless], card: str, turns: int) -> None:
    """Both write, with a network and without, and with answers that never come."""
    for turn in range(turns):
        for phone in phones:
            phone.wire(("whole", "cut", "deaf")[turn % 3])
            assert phone.write(card, "observation.noted", does=f"Stap {turn} van {phone.account}")["status"] == 200
            phone.share()
            phone.wire("whole")


def all_is_shared(night: Night, phones: list[Headless]) -> list[dict[str, object]]:
    """0 acknowledged entries lost, 0 doubled, and every phone holds what the server has, and shows it: all of it is for both of them."""
    for _ in range(2):
        for phone in phones:
            assert phone.share() is None
            assert phone.unsent() == 0
    ledger, kept = Ledger(), everything_in(night.url)
    for phone in phones:
        seen = phone.seen()
        ledger.written |= seen["written"]
        ledger.acknowledged(phone.account, seen["accepted"], "")
    refused = {id_ for phone in phones for id_ in phone.seen()["rejected"]}
    ledger.nothing_lost(kept)
    ledger.nothing_doubled(kept, refused)
    released.flask(night.root, night.data, "verify")
    for phone in phones:
        held = phone.seen()["entries"]
        assert {id_: entry["seq"] for id_, entry in held.items()} == {entry["id"]: entry["seq"] for entry in kept}, phone.account
        for card in {entry["card"] for entry in kept}:
            page = phone.page(f"/cards/{card}/timeline")
            in_time = sorted(kept, key=lambda entry: entry["at"])
            told = [entry["body"]["does"] for entry in in_time if entry["card"] == card and entry["kind"] == "observation.noted"]
            assert [does for does in told[-NEWEST:] if does not in page] == [], phone.account
    return kept


def test_the_last_released_phone_shares_with_one_of_today_at_the_server_of_today(tmp_path: Path, close: ExitStack) -> None:
    night = on_sqlite(tmp_path / "data")
    close.callback(night.kill)
    night.start()
    old, new = phones_at(night, close, released.worker(tmp_path, knows_not=CAME_LATER), TODAY)
    card = old.open_card()
    assert old.share() is None
    assert new.share() is None
    write_through_everything([old, new], card, TURNS)
    assert new.write(card, CAME_LATER, looks="Rustig")["status"] == 200
    kept = all_is_shared(night, [old, new])
    assert CAME_LATER in {entry["kind"] for entry in kept}, "the old phone was to meet a kind that it does not know"


def test_a_phone_of_today_shares_with_the_last_released_server_and_keeps_what_that_does_not_know(tmp_path: Path, close: ExitStack) -> None:
    night = released.night(tmp_path / "data", released.source(knows_not=CAME_LATER))
    close.callback(night.kill)
    night.start()
    new, old = phones_at(night, close, TODAY, released.worker(tmp_path))
    card = new.open_card()
    assert new.share() is None
    assert new.write(card, CAME_LATER, looks="Rustig")["status"] == 200
    assert old.share() is None
    write_through_everything([new, old], card, TURNS)
    all_is_shared(night, [new, old])
    assert [refused["code"] for refused in new.seen()["rejected"].values()] == ["unknown_kind"]
    assert "Rustig" in new.page("/unsent"), "what the server refused is gone from the phone"


def test_on_the_night_of_an_upgrade_phones_write_on_and_take_the_new_version_with_everything_that_is_unsent(tmp_path: Path, close: ExitStack) -> None:
    night = released.night(tmp_path / "data", released.source())
    close.callback(night.kill)
    night.start()
    released_worker = released.worker(tmp_path)
    phones = phones_at(night, close, released_worker, released_worker)
    card = phones[0].open_card()
    for phone in phones:
        assert phone.share() is None
    night.stop()
    write_through_everything(phones, card, TURNS)
    assert [phone.unsent() for phone in phones] == [TURNS, TURNS]
    phones[0].begin(TODAY)
    assert phones[0].unsent() == TURNS
    released.flask(released.TODAY, night.data, "db", "upgrade")
    night.root = released.TODAY
    night.start()
    kept = all_is_shared(night, phones)
    assert len([entry for entry in kept if entry["kind"] == "observation.noted"]) == 2 * TURNS


@pytest.mark.parametrize("versions", ["phone and server of today", "last released phone", "last released server"])
def test_who_was_put_on_a_card_after_the_backup_keeps_it_and_gives_it_back(tmp_path: Path, close: ExitStack, versions: str) -> None:
    """The backup knows that they were on it once and were taken off. A released phone erases what is gone, and a released server says at once
    that it is.
    """
    night = released.night(tmp_path / "data", released.source()) if versions == "last released server" else on_sqlite(tmp_path / "data")
    close.callback(night.kill)
    night.start()
    officer = Phone(night.port, OFFICER, Ledger())
    card = officer.open_card("crisisdienst")
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    officer.share_until_calm()
    worker = released.worker(tmp_path) if versions == "last released phone" else TODAY
    guest = close.enter_context(Headless(night.base, TRIAGIST, worker))
    night.stop()
    shutil.copytree(night.data, tmp_path / "backup")
    night.start()

    officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    officer.share_until_calm()
    assert guest.share() is None
    for turn in range(TURNS):
        assert guest.write(card, "observation.noted", does=f"Stap {turn}", audience="care")["status"] == 200
    assert guest.share() is None
    night.stop()
    assert guest.write(card, "observation.noted", does="Nog niet gedeeld")["status"] == 200
    for file in night.data.glob("motorkap.sqlite*"):
        file.unlink()
    for file in (tmp_path / "backup").glob("motorkap.sqlite*"):
        shutil.copy2(file, night.data)
    released.flask(night.root, night.data, "restored")
    night.start()

    for _ in range(2):
        assert guest.share() is None
    shown = guest.page(f"/cards/{card}/timeline")
    there = {entry["body"].get("does") for entry in everything_in(night.url)}
    for turn in range(TURNS):
        assert f"Stap {turn}" in shown
        assert f"Stap {turn}" in there
    refused = [why["field"] for why in guest.seen()["rejected"].values() if why["field"] == "card"]
    if versions == "last released phone":
        assert refused == ["card"], "it handed in what was new before it knew that the server was put back, and keeps it apart"
        assert "Nog niet gedeeld" in guest.page("/unsent")
    else:
        assert "Nog niet gedeeld" in shown
        assert "Nog niet gedeeld" in there
        assert guest.unsent() == 0
