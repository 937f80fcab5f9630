"""What is an hour old takes the place of the database under two processes that go on serving: somebody in a hurry. Phones give back what it lacks.

With the server stopped, and by `flask restore`, that is the drill (tests/copies/test_drill.py).
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests import engines
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, TRIAGIST
from tests.faults.crowd import Crowd, in_turn_at, wait_until
from tests.faults.ledger import SAID_BY_THE_SERVER, Ledger
from tests.faults.phone import Phone
from tests.faults.size import sized
from tests.live.pair import Pair

TIMES = sized(1, 20)
LACKS = sized(25, 250)
PUT_ON_TIMES = sized(1, 10)
EACH = sized(5, 150)
"""So many each writes on a card after they were put on it. In full a phone gives back more than one call takes."""


def test_what_a_backup_lacks_the_phones_give_back_while_two_processes_go_on_serving(two: Pair, tmp_path: Path) -> None:
    url = two.served[0].settings["DATABASE_URL"]
    with Crowd(two.ports[0], listens=True, phone=in_turn_at(two.ports)) as crowd:
        for turn in range(TIMES):
            crowd.until_acknowledged(25)
            backup = tmp_path / f"backup-{turn}"
            run(url, "pg_dump", "--format=custom", f"--file={backup}")
            crowd.until_acknowledged(LACKS)
            before = {phone.epoch for phone in crowd.phones}
            put_in_the_place_of(two.postgres, url, backup)
            wait_until(lambda before=before: not before & {phone.epoch for phone in crowd.phones}, 60, lambda: "nobody noticed")
            crowd.until_acknowledged(25)
        crowd.settle(url)
    assert len(crowd.ledger.histories) == TIMES + 1
    assert set(crowd.statuses()) <= {200, 503}


@pytest.mark.parametrize("first", ["who lets in", "who was let in"])
def test_who_was_put_on_a_card_after_the_backup_gives_back_what_they_alone_hold_whoever_comes_first(two: Pair, tmp_path: Path, first: str) -> None:
    """By a code, by being asked, and by being asked in words that are not for them. All were on the card before and were off it when the backup was
    made: so it says that the card is gone. One who wrote there never comes back: another read what they wrote.
    """
    url = two.served[0].settings["DATABASE_URL"]
    phone, ledger = in_turn_at(two.ports), Ledger()
    officer, triagist, south, doctor = everybody = [phone(0, account, ledger) for account in (OFFICER, TRIAGIST, OFFICER_SOUTH, DOCTOR)]
    for turn in range(PUT_ON_TIMES):
        by_code, asked, out_of_sight = [officer.open_card("crisisdienst", "zuid") for _ in range(3)]
        calm(everybody)
        south.write(by_code, "observation.noted", {"does": "Van voor de kopie"})
        calm([south])
        for card in (by_code, asked, out_of_sight):
            for organisation in ("crisisdienst", "zuid"):
                officer.write(card, "card.unshared", {"organisation": organisation})
        for guest in (triagist, south, doctor):
            guest.lets_go = {by_code, asked, out_of_sight}
        calm(everybody)
        assert not triagist.lets_go | south.lets_go | doctor.lets_go
        backup = tmp_path / f"backup-{turn}"
        run(url, "pg_dump", "--format=custom", f"--file={backup}")

        joins(south, officer, by_code)
        question = {"service": "crisisdienst", "for": "assessment"}
        officer.write(asked, "service.requested", question)
        officer.write(out_of_sight, "service.requested", question, audience="police")
        calm(everybody)
        for number in range(EACH):
            south.write(by_code, "observation.noted", {"does": f"Zuid {number}"}, audience="org")
            for card in (asked, out_of_sight):
                doctor.write(card, "observation.noted", {"does": f"Arts {number}"}, audience="care")
                triagist.write(card, "observation.noted", {"does": f"Triage {number}"}, audience="care")
        calm([doctor, south, triagist])
        unsent = [south.write(by_code, "alarm.raised", {}), *(triagist.write(card, "alarm.raised", {}) for card in (asked, out_of_sight))]
        put_in_the_place_of(two.postgres, url, backup)
        everybody.remove(doctor)
        let_in = [south, triagist]
        if first == "who lets in":
            calm([officer])
        else:
            give_back(let_in)
            assert triagist.outbox == [unsent[-1]["id"]], "what lets them in there is not back, so their new words wait"
            assert {entry["card"] for entry in triagist.entries.values()} >= {asked, out_of_sight}
            calm([officer])
        calm(let_in)
        calm(everybody)
        doctor = phone(0, DOCTOR, ledger)
        everybody.append(doctor)
        calm([doctor])
    assert [one.unconfirmed for one in everybody] == [set()] * len(everybody)
    ledger.check(url, everybody)


def calm(phones: list[Phone]) -> None:
    for phone in phones:
        phone.share_until_calm()


def give_back(phones: list[Phone]) -> None:
    """As far as it goes: whatever is taken is taken, and the rest waits for somebody else. What the database under it broke off goes again."""
    for phone in phones:
        answered = -1
        while not phone.share() and not (phone.failures and phone.statuses[200] > answered >= 0):
            answered = phone.statuses[200]
            if phone.failures:
                time.sleep(phone.pause_s())


def joins(guest: Phone, host: Phone, card: str) -> None:
    """Only the server writes that somebody joined: so it tells what it wrote."""
    status, told = host.ask("POST", f"/cards/{card}/code", b"{}")
    assert status == 200
    status, _ = guest.ask("POST", "/join", json.dumps({"code": json.loads(told)["code"]}).encode())
    assert status == 200
    guest.share_until_calm()
    (joined,) = (entry for entry in guest.entries.values() if (entry["card"], entry["kind"]) == (card, "card.joined"))
    guest.ledger.wrote({name: said for name, said in joined.items() if name not in SAID_BY_THE_SERVER})


def put_in_the_place_of(postgres: engines.Postgres, url: str, backup: Path) -> None:
    name, old = make_url(url).database, postgres.database()
    run(old, "pg_restore", str(backup))
    with postgres.connect("postgres") as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"ALTER DATABASE {make_url(old).database} RENAME TO {name}")


def run(url: str, program: str, *told: str) -> None:
    whom = make_url(url)
    options = [f"--host={whom.host}", f"--port={whom.port}", f"--username={whom.username}", f"--dbname={whom.database}"]
    done = subprocess.run([str(engines.program(program)), *options, *told], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
