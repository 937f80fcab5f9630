"""Several processes on PostgreSQL, and many threads on SQLite, write the same cards at once: numbers without gaps, nothing lost, nothing twice, every
chain holds. And every job by the clock may run in two processes at once."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from store import access_log, epoch, retention, verify
from store.database import add_new, reading, writing
from store.models import (
    AccessAnchor,
    Card,
    ClosedCard,
    Device,
    EntryRow,
    FigureCard,
    Guide,
    Organisation,
    Person,
    PurgedCard,
    PushLook,
    PushOut,
    PushSubscription,
    Setting,
    db,
)
from tests import engines
from tests.cast import EVENING_MS, OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.privacy import close
from tests.store import processes
from tests.store.processes import Beside, beside

DEVICE = "0badcafe"
PROCESSES, THREADS = 3, 17
DAY_MS = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    with engines.postgres() as found:
        yield found


@pytest.fixture(scope="module")
def app(postgres: engines.Postgres, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return server(tmp_path_factory.mktemp("one"), Clock(), SQLALCHEMY_DATABASE_URI=postgres.database())


@pytest.fixture(scope="module")
def together(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    with app.app_context():
        epoch.epoch()
    with beside(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path_factory.mktemp("others"), PROCESSES) as found:
        yield found


def who(app: Flask, account: str = OFFICER) -> str:
    with app.app_context(), reading() as connection:
        return str(connection.scalar(select(Person.id).where(Person.email == account)))


def entry(by: str, card: str, kind: str, body: dict[str, Any], number: int = 0) -> dict[str, Any]:
    at = f"{EVENING_MS:013d}-{number:04x}-{DEVICE}"
    facts = {"by": by, "org": "noord", "device": DEVICE, "audience": "all", "supersedes": []}
    return {"id": new_id(), "card": card, "kind": kind, "at": at, **facts, "body": body}


def opening(by: str, card: str) -> dict[str, Any]:
    return entry(by, card, "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})


def work_of_one(by: str, cards: list[str], turns: int) -> list[dict[str, Any]]:
    """What one writer writes: also who comes onto the card, so that everybody changes the same rows of members."""
    written = [entry(by, cards[turn % len(cards)], "observation.noted", {"does": str(turn)}, turn) for turn in range(turns)]
    return [*written, *(entry(by, card, "card.shared", {"organisation": "crisisdienst"}) for card in cards)]


def pushed_to(app: Flask, account: str) -> None:
    """Somebody has a phone that can be pushed to."""
    by, created = who(app, account), datetime.fromtimestamp(EVENING_MS / 1000, UTC)
    keys = {"p256dh": "p", "auth": "a", "key": "a key", "created_ms": 0, "endpoint": "https://push.example/1"}
    with app.app_context(), writing() as connection:
        add_new(connection, Device, [{"id": DEVICE, "person": by, "browser": "a", "created": created}])
        add_new(connection, PushSubscription, [{"device": DEVICE, "person": by, **keys}])


def holds(app: Flask, cards: list[str], entries: list[dict[str, Any]], accepted: list[tuple[str, int]]) -> None:
    """Everything that was acknowledged is there under its number and once, without gaps; members are what the log says; the chains hold."""
    card_of = {one["id"]: one["card"] for one in entries}
    assert {name for name, _ in accepted} == set(card_of)
    with app.app_context():
        with reading() as connection:
            rows = connection.execute(select(EntryRow.id, EntryRow.card, EntryRow.seq).where(EntryRow.card.in_(cards))).all()
            for card in cards:
                assert sorted(row.seq for row in rows if row.card == card) == list(range(1, 1 + sum(row.card == card for row in rows)))
        assert Counter(row.id for row in rows) == Counter(set(card_of))
        assert {(row.id, row.seq) for row in rows} == set(accepted)
        found = [verify.cards(card) for card in cards]
        assert [broken for one in found for broken in one.breaks] == []
        assert verify.access().breaks == []


def test_fifty_writers_in_several_processes_write_on_the_same_cards(app: Flask, together: Beside) -> None:
    by, cards = who(app), [new_id() for _ in range(3)]
    lists = [[work_of_one(by, cards, 6) for _ in range(THREADS)] for _ in range(PROCESSES)]
    lists[0].append([opening(by, card) for card in cards])
    done = together.do("writes", [{"who": by, "lists": one, "now_ms": EVENING_MS} for one in lists])
    assert [one["rejected"] for one in done] == [[]] * PROCESSES
    entries = [one for process in lists for thread in process for one in thread]
    holds(app, cards, entries, [(name, seq) for one in done for name, seq in one["accepted"]])
    with app.app_context():
        assert {name for one in done for name in one["epochs"]} == {epoch.epoch()}


def test_fifty_writers_in_one_process_write_on_the_same_cards_on_sqlite(tmp_path: Path) -> None:
    app = server(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'motorkap.sqlite'}")
    by, cards = who(app), [new_id() for _ in range(3)]
    lists = [[opening(by, card) for card in cards], *(work_of_one(by, cards, 6) for _ in range(49))]
    done = processes.writes(app, by, lists, EVENING_MS)
    assert done["rejected"] == []
    holds(app, cards, [one for thread in lists for one in thread], done["accepted"])


def test_the_same_entries_from_several_processes_at_once_are_taken_once(app: Flask, together: Beside) -> None:
    """Also the opening of a card, of which there is nothing yet to lock: the phone sent it again, to another process."""
    by, cards = who(app), [new_id() for _ in range(12)]
    batches = [[opening(by, card), *work_of_one(by, [card], 2)] for card in cards]
    backwards = [list(reversed(batches[0])), *batches[1:]]
    done = together.do("hands_in", [{"who": by, "batches": one, "now_ms": EVENING_MS} for one in (batches, backwards, batches)])
    assert done[0] == done[1] == done[2]
    holds(app, cards, [one for batch in batches for one in batch], [pair for one in done[0]["accepted"] for pair in one.items()])


def test_cards_that_are_opened_in_another_order_at_once_keep_nobody_waiting_in_a_circle(app: Flask, together: Beside) -> None:
    by, cards = who(app), [new_id() for _ in range(20)]
    openings = [opening(by, card) for card in cards]
    told = [[openings], [list(reversed(openings))], [openings[10:] + openings[:10]]]
    done = together.do("hands_in", [{"who": by, "batches": one, "now_ms": EVENING_MS} for one in told])
    assert [one["accepted"] for one in done] == [[{one["id"]: 1 for one in openings}]] * PROCESSES
    holds(app, cards, openings, [(one["id"], 1) for one in openings])


def test_a_moment_is_kept_in_utc_whatever_the_zone_of_the_server(app: Flask) -> None:
    device = Phone(app, OFFICER).me["device"]
    with app.app_context(), reading() as connection:
        created = connection.scalar(select(Device.created).where(Device.id == device))
    assert created == datetime.fromtimestamp(EVENING_MS / 1000, UTC).replace(tzinfo=None)


def test_two_senders_take_every_notice_once(app: Flask, together: Beside) -> None:
    """Until several took of the same: on a busy machine one may be done before the next has begun."""
    pushed_to(app, TRIAGIST)
    facts = {"entry": new_id(), "kind": "alarm", "device": DEVICE, "until_ms": EVENING_MS + 1, "not_before_ms": EVENING_MS}
    for turn in range(1, 21):
        with app.app_context(), writing() as connection:
            connection.execute(insert(PushOut), [{"card": new_id(), **facts} for _ in range(60)])
        done = together.do("takes", [{"now_ms": EVENING_MS}] * PROCESSES)
        taken = [id_ for one in done for id_ in one["taken"]]
        assert (len(taken), len(set(taken))) == (60, 60)
        with app.app_context(), reading() as connection:
            assert connection.execute(select(PushOut.outcome, func.count()).group_by(PushOut.outcome)).all() == [("sent", 60 * turn)]
        if sum(bool(one["taken"]) for one in done) > 1:
            return
    raise AssertionError("several were to take")


def says_purged(card: str, **more: str) -> None:
    """The access log says that this card was purged, as it stands now."""
    with reading() as connection:
        hash_ = connection.scalar(select(Card.hash).where(Card.id == card))
    row = {"id": card, "situation": "worry", "opened_day": "2026-11-24", "closed_day": "2026-11-24", "organisations": 1, "kinds": "{}", "hash": hash_}
    line = access_log.Line(retention.BY_SERVER, EVENING_MS, "purge", card, "noord", "retention", detail=json.dumps(row | more))
    access_log.append([line])


def said_of(card: str) -> list[str]:
    """Of whether it stays, oldest first."""
    return [line["action"] for line in access_log.every(access_log.Asked(card=card)) if line["action"] in access_log.TO_KEEP][::-1]


def test_a_card_that_people_write_on_while_a_process_starts_stays_whole_or_goes_before_their_first_word(app: Flask, together: Beside) -> None:
    """It came back with a backup, and nobody waited with serving. Nothing that was acknowledged is erased."""
    by, ended = who(app), Counter[str]()
    for turn in range(8):
        card = new_id()
        with app.app_context():
            processes.hands_in(app, by, [[opening(by, card)]], EVENING_MS)
            says_purged(card)
        told = [{"who": by, "lists": [[entry(by, card, "alarm.raised", {})]], "now_ms": EVENING_MS} for _ in range(PROCESSES)]
        with ThreadPoolExecutor(1) as pool:
            writing_on = pool.submit(together.do, "writes", told)
            time.sleep(0.19 + turn * 0.004)
            with app.app_context():
                erased = retention.keep_purged(EVENING_MS)
            done = writing_on.result()
        accepted = [pair for one in done for pair in one["accepted"]]
        assert not (accepted and card in erased), "acknowledged, and erased"
        with app.app_context(), reading() as connection:
            rows = connection.execute(select(EntryRow.id, EntryRow.seq).where(EntryRow.card == card, EntryRow.seq > 1)).all()
            assert {tuple(row) for row in rows} == {tuple(pair) for pair in accepted}
            assert verify.cards(card).breaks == []
            assert said_of(card) == (["purge"] if card in erased else ["purge", "not_purged"])
        ended["goes" if card in erased else "stays"] += 1
    assert sum(ended.values()) == 8


def test_every_job_by_the_clock_may_run_in_several_processes_at_once(app: Flask, together: Beside) -> None:
    pushed_to(app, TRIAGIST)
    officer = Phone(app, OFFICER)
    cards = [officer.open_card("crisisdienst") for _ in range(12)]
    for card in cards[:8]:
        raised = officer.write(card, "alarm.raised", {})
        officer.write(card, "alarm.ended", {"alarm": raised["id"]}, supersedes=[raised["id"]])
        close(officer, card)
    stays = [officer.open_card() for _ in range(2)]
    for card in stays:
        close(officer, card)
    with app.app_context(), writing() as connection:
        assert connection.scalar(select(func.count()).select_from(PushLook)), "there is something to decide of"
        connection.execute(update(EntryRow).where(EntryRow.card.in_(stays)).values(received="2030-01-01T00:00:00.000Z"))
    came_back = officer.open_card()
    with app.app_context():
        says_purged(stays[0], history=epoch.epoch())
        says_purged(came_back)
    later_ms = EVENING_MS + 40 * DAY_MS
    done = together.do("upkeep", [{"now_ms": later_ms}] * PROCESSES)
    assert len({one["epoch"] for one in done}) == 1
    with app.app_context(), reading() as connection:
        purged = [card for one in done for card in one["purge"]]
        assert Counter(purged) == Counter(cards[:8]), "each was purged once"
        assert [card for one in done for card in one["keep purged"]] == [came_back], "what came back goes once"
        assert said_of(stays[0]) == ["purge", "not_purged"], "what was here all the time stays, and that is said once"
        assert set(connection.scalars(select(PurgedCard.id))) & {*cards, *stays, came_back} == {*purged, came_back}
        assert connection.scalar(select(func.count()).select_from(PushLook)) == 0
        assert connection.scalar(select(func.count()).select_from(Guide)) == 1
        assert connection.scalar(select(func.count()).select_from(AccessAnchor)) == 1
        assert connection.scalar(select(func.count()).select_from(Organisation)) == 12
        assert set(connection.scalars(select(FigureCard.card))) >= {*cards, *stays}
        assert set(connection.scalars(select(ClosedCard.card))) == set(stays)
        assert connection.scalar(select(func.count()).select_from(Setting)) == 3
    with app.app_context():
        assert verify.access().breaks == []


def test_a_restore_is_noticed_by_every_process_before_it_acknowledges_anything(app: Flask, together: Beside) -> None:
    """`flask restored` in one process; the others name the new history from their next word on."""
    by, card = who(app), new_id()
    first = together.do("writes", [{"who": by, "lists": [[opening(by, card)]], "now_ms": EVENING_MS}, *[_writes(by, card)] * 2])
    with app.app_context():
        new = epoch.new_epoch()
    then = together.do("writes", [_writes(by, card)] * PROCESSES)
    assert [one["epochs"] for one in then] == [[new]] * PROCESSES
    assert first[0]["epochs"] != [new]


def test_a_backup_that_is_put_back_under_running_processes_is_noticed_and_no_phone_is_told_to_erase_what_it_lacks(
    app: Flask, together: Beside, postgres: engines.Postgres, tmp_path: Path
) -> None:
    officer = Phone(app, OFFICER)
    kept, name = officer.open_card(), app.config["SQLALCHEMY_DATABASE_URI"].rpartition("/")[2]
    where = ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", engines.USER, "-d", name]
    backup = str(tmp_path / "backup")
    run("pg_dump", "-Fc", "-f", backup, *where)
    lacks = officer.open_card()
    assert officer.sync(have={kept: 1, lacks: 1})["gone"] == []
    with app.app_context():
        db.engine.dispose()
    run("pg_restore", "--clean", "--if-exists", *where, backup)
    answer = officer.sync(have={kept: 1, lacks: 1})
    assert (answer["epoch"] == officer.me["epoch"], answer["gone"]) == (False, [])
    done = together.do("writes", [_writes(officer.me["person"], kept)] * PROCESSES)
    assert [one["epochs"] for one in done] == [[answer["epoch"]]] * PROCESSES, "it has one new name"


def run(name: str, *told: str) -> None:
    engines.needs(name)
    done = subprocess.run([str(engines.program(name)), *told], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _writes(by: str, card: str) -> dict[str, Any]:
    return {"who": by, "lists": [[entry(by, card, "observation.noted", {"does": "iets"})]], "now_ms": EVENING_MS}
