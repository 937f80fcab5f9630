"""The ledger that checks every fault sees what it is there for: an entry that is lost, doubled, half, out of number, or not on a phone."""

from __future__ import annotations

import copy
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import cast
from tests.cast import OFFICER, TRIAGIST
from tests.faults.ledger import Ledger, converged, everything_in
from tests.faults.phone import Phone


class Desk(Phone):
    """A phone of a server in this process."""

    def __init__(self, app: Flask, account: str, ledger: Ledger) -> None:
        self.app_phone = cast.Phone(app, account)
        super().__init__(0, account, ledger)

    def sign_in(self) -> None:
        self.me, self.now_ms = self.app_phone.me, cast.Clock()  # type: ignore[method-assign]

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        answer = self.app_phone.http.open(path, method=method, data=body, content_type=kind)
        return answer.status_code, answer.data


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, list[Desk], Path]:
    folder = tmp_path_factory.mktemp("night")
    app = cast._made({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'motorkap.sqlite'}", "NOW": cast.Clock()})
    ledger = Ledger()
    phones = [Desk(app, account, ledger) for account in (OFFICER, TRIAGIST)]
    card = phones[0].open_card("crisisdienst")
    for turn in range(6):
        for phone in phones:
            phone.share_until_calm()
        phones[turn % 2].write(card, "observation.noted", {"does": f"Stap {turn}"}, audience=("all", "org")[turn % 2])
    for phone in [*phones, *phones]:
        phone.share_until_calm()
    return ledger, phones, folder


@pytest.fixture
def night_of_two(played: tuple[Ledger, list[Desk], Path], tmp_path: Path) -> tuple[Ledger, list[Desk], str]:
    """A copy of that night, to damage."""
    before, phones, folder = played
    ledger = Ledger()
    ledger.written, ledger.numbers, ledger.histories = dict(before.written), dict(before.numbers), list(before.histories)
    shutil.copytree(folder, tmp_path / "copy")
    copies = [copy.copy(phone) for phone in phones]
    for one in copies:
        one.entries, one.outbox = dict(one.entries), list(one.outbox)
    return ledger, copies, f"sqlite:///{tmp_path / 'copy' / 'motorkap.sqlite'}"


def test_a_night_on_which_nothing_happened_is_a_good_one(night_of_two: tuple[Ledger, list[Desk], str]) -> None:
    ledger, phones, url = night_of_two
    ledger.check(url, phones)
    assert len(ledger.numbers) == len(everything_in(url)) == 8


def sql(statement: str) -> Callable[[Ledger, list[Desk], str], None]:
    def do(_ledger: Ledger, _phones: list[Desk], url: str) -> None:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute(statement)

    return do


def forgotten_on_a_phone(_ledger: Ledger, phones: list[Desk], _url: str) -> None:
    phones[1].entries.popitem()


def on_a_phone_that_may_not(_ledger: Ledger, phones: list[Desk], _url: str) -> None:
    secret = next(entry for entry in phones[1].entries.values() if entry["audience"] == "org")
    phones[0].entries[secret["id"]] = secret


def acknowledged_under_two_numbers(ledger: Ledger, _phones: list[Desk], _url: str) -> None:
    ledger.acknowledged("somebody", {next(iter(ledger.numbers)): 99}, ledger.histories[-1])


def acknowledged_and_nowhere(ledger: Ledger, _phones: list[Desk], _url: str) -> None:
    ledger.acknowledged("somebody", {"an entry": 9}, ledger.histories[-1])


def written_and_nowhere(ledger: Ledger, phones: list[Desk], _url: str) -> None:
    ledger.wrote({**next(iter(phones[0].entries.values())), "id": "an entry"})


def still_unsent(_ledger: Ledger, phones: list[Desk], _url: str) -> None:
    phones[0].outbox.append(next(iter(phones[0].entries)))


@pytest.mark.parametrize(
    "damage",
    [
        sql("DELETE FROM entry WHERE seq = 4"),
        sql("DELETE FROM entry WHERE seq = 8"),
        sql("UPDATE entry SET seq = 9 WHERE seq = 8"),
        sql("UPDATE entry SET document = replace(document, 'Stap 3', 'Stap 4') WHERE seq = 6"),
        sql("UPDATE entry SET hash = 'x' WHERE seq = 8"),
        forgotten_on_a_phone,
        on_a_phone_that_may_not,
        acknowledged_under_two_numbers,
        acknowledged_and_nowhere,
        written_and_nowhere,
        still_unsent,
    ],
)
def test_whatever_is_lost_doubled_or_different_the_ledger_says_so(night_of_two: tuple[Ledger, list[Desk], str], damage: Any) -> None:
    ledger, phones, url = night_of_two
    damage(ledger, phones, url)
    with pytest.raises(AssertionError):
        ledger.check(url, phones)


def test_a_card_that_a_phone_folds_otherwise_than_the_server_shows(night_of_two: tuple[Ledger, list[Desk], str]) -> None:
    _, phones, url = night_of_two
    kept = everything_in(url)
    converged(phones[0], kept)
    shown = phones[0].ask
    phones[0].ask = lambda *asked: (200, json.dumps({**json.loads(shown(*asked)[1]), "place": "Elders"}).encode())  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="another card"):
        converged(phones[0], kept)
