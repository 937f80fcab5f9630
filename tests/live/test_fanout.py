"""Live across processes: a phone writes to one and listens to another. Two servers on one PostgreSQL and one Redis, each with its own hub."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import update

from live import fanout as live_fanout
from live.fanout import Fanout
from store import epoch, people, sessions
from store.database import writing
from store.models import Person
from tests import engines
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.test_identity import attempt
from tests.http.test_live import Ear

PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    with engines.postgres() as found:
        yield found


@pytest.fixture
def shared() -> Iterator[engines.Redis]:
    with engines.redis() as found:
        yield found


@dataclass
class Two:
    """Two processes, as far as each of them can tell."""

    one: Flask
    other: Flask
    redis: engines.Redis

    def fanouts(self) -> list[Fanout]:
        return [app.extensions["fanout"] for app in (self.one, self.other)]

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def until_whole(self) -> None:
        self.until(lambda: not any(fanout.degraded for fanout in self.fanouts()))

    def until_degraded(self) -> None:
        self.until(lambda: all(fanout.degraded for fanout in self.fanouts()))


@pytest.fixture
def two(postgres: engines.Postgres, shared: engines.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setattr(live_fanout, "LOOK_DEGRADED_S", 0.2)
    url, clock = postgres.database(), Clock()
    one, other = (
        server(tmp_path, clock, SQLALCHEMY_DATABASE_URI=url, LIVE_URL=shared.url, RATELIMIT_STORAGE_URI=f"everywhere+{shared.url}")
        for _ in range(2)
    )
    found = Two(one, other, shared)
    for fanout in found.fanouts():
        fanout.start()
    found.until_whole()
    yield found
    for fanout in found.fanouts():
        fanout.stop()


def ids(said: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in said["entries"]]


def everything(ear: Ear, last: str) -> list[str]:
    """The ids of all that comes until this one."""
    heard: list[str] = []
    while last not in heard:
        heard += ids(ear.next())
    return heard


def test_what_is_written_to_one_is_heard_at_the_other(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    ear = Ear(triagist)
    card = officer.open_card("crisisdienst")
    entry = officer.write(card, "picture.set", {"problem": "Man op het kruispunt"})
    said = everything(ear, entry["id"])
    assert len(said) == 3
    answer = triagist.write(card, "observation.noted", {"does": "Praat rustig"})
    assert triagist.sync(have={card: 0})["upto"][card] == 4
    ear_of_officer = Ear(officer)
    more = triagist.write(card, "observation.noted", {"does": "Gaat zitten"})
    assert more["id"] in everything(ear_of_officer, more["id"])
    assert answer["id"] != more["id"]


def test_who_writes_to_both_in_turns_is_heard_whole_at_both(two: Two) -> None:
    phones = [Phone(two.one, OFFICER), Phone(two.other, OTHER_OFFICER)]
    card = phones[0].open_card()
    two.until(lambda: all(fanout.told.get(card) for fanout in two.fanouts()))
    ears = [Ear(phone) for phone in phones]
    written = [phones[turn % 2].write(card, "observation.noted", {"does": f"Stap {turn}"})["id"] for turn in range(40)]
    for ear in ears:
        heard: set[str] = set()
        while not set(written) <= heard:
            heard |= set(ids(ear.next()))


def test_who_is_put_on_a_card_elsewhere_hears_all_of_it_and_who_is_taken_off_hears_that_it_is_gone(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card()
    officer.write(card, "observation.noted", {"does": "Iets"})
    two.until(lambda: (known := two.fanouts()[1].told.get(card)) is not None and known.seq == 2)
    ear = Ear(triagist)
    officer.write(card, "card.shared", {"organisation": "crisisdienst"})
    assert [entry["kind"] for entry in ear.next()["entries"]] == ["card.opened", "observation.noted", "card.shared"]
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    said = ear.next()
    assert (said["gone"], said["entries"]) == ([card], [])


def test_who_may_not_see_an_entry_does_not_get_it_from_elsewhere_either(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    hidden = officer.write(card, "observation.noted", {"says": "Onder ons"}, audience="police")
    seen = officer.write(card, "observation.noted", {"says": "Voor allen"})
    assert hidden["id"] not in everything(ear, seen["id"])


def test_a_process_that_begins_later_tells_what_is_new_and_nothing_old(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    old = officer.open_card("crisisdienst")
    fanout = two.fanouts()[1]
    fanout.told, fanout.looked = {}, False
    with two.other.app_context():
        fanout.look()
    ear = Ear(triagist)
    new = officer.write(old, "observation.noted", {"does": "Iets nieuws"})
    assert ids(ear.next()) == [new["id"]]


def test_who_signs_out_or_is_sent_away_at_one_hears_nothing_more_at_the_other(two: Two) -> None:
    triagist = Phone(two.other, TRIAGIST)
    ear = Ear(triagist)
    with two.one.app_context():
        two.one.extensions["hub"].end_person(triagist.me["person"])
    assert ear.ended()


def test_what_an_administrator_changes_at_one_is_read_at_the_other(two: Two) -> None:
    def name(app: Flask) -> str:
        with app.app_context():
            return people.names_of({officer.me["person"]})[officer.me["person"]]["name"]

    officer = Phone(two.one, OFFICER)
    was = [name(app) for app in (two.one, two.other)]
    with two.one.app_context():
        with writing() as connection:
            connection.execute(update(Person).where(Person.id == officer.me["person"]).values(name="Agent De Vries"))
        people.forget_names()
    two.until(lambda: name(two.other) == "Agent De Vries")
    assert "Agent De Vries" not in was


def test_only_ids_and_numbers_cross(two: Two) -> None:
    listening = redis.Redis.from_url(two.redis.url, decode_responses=True).pubsub()
    listening.psubscribe("*")
    officer = Phone(two.one, OFFICER)
    card = officer.open_card("crisisdienst")
    officer.write(card, "picture.set", {"problem": "Man op het kruispunt"})
    said = ""
    while f'"{card}": 3' not in said:
        message = listening.get_message(timeout=PATIENCE_S)
        assert message is not None
        said += str(message["data"])
    for told in ("kruispunt", "Kruispunt", "picture", "crisisdienst", officer.me["person"]):
        assert told not in said


def test_what_others_say_on_the_same_channel_stops_nothing(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    ear = Ear(triagist)
    saying = redis.Redis.from_url(two.redis.url)
    for said in ("", "no JSON", "[]", '{"from": 1}', '{"from": "", "cards": {}, "ends": [[]]}', '{"from": "", "cards": {"x": "y"}, "ends": []}'):
        saying.publish(two.fanouts()[0].channel, said)
    card = officer.open_card("crisisdienst")
    assert card in ear.next()["upto"]
    assert not any(fanout.degraded for fanout in two.fanouts())


def test_a_card_from_a_backup_is_told_anew_from_where_it_stands(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card("crisisdienst")
    fanout = two.fanouts()[1]
    two.until(lambda: (known := fanout.told.get(card)) is not None and known.seq == 2)
    fanout.told[card] = replace(fanout.told[card], seq=40)
    with two.other.app_context():
        fanout.look()
    ear = Ear(triagist)
    entry = officer.write(card, "observation.noted", {"does": "Na de back-up"})
    assert entry["id"] in everything(ear, entry["id"])


def test_a_word_that_was_lost_is_made_good_by_looking(two: Two) -> None:
    """As when a process is killed between its commit and its word."""
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    two.one.extensions["hub"].others.remove(two.fanouts()[0].hear)
    entry = officer.write(card, "observation.noted", {"does": "Niemand zegt het"})
    two.fanouts()[1].look_now.set()
    assert entry["id"] in everything(ear, entry["id"])


def test_what_was_written_elsewhere_in_between_is_heard_first(two: Two) -> None:
    """Else a number would say of a device that it has what it never got."""
    officer, triagist, listens = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST), Phone(two.other, OTHER_OFFICER)
    card = officer.open_card("crisisdienst")
    two.until(lambda: (known := two.fanouts()[1].told.get(card)) is not None and known.seq == 2)
    ear = Ear(listens)
    two.one.extensions["hub"].others.remove(two.fanouts()[0].hear)
    between = officer.write(card, "observation.noted", {"does": "Niemand zegt het"})
    after = triagist.write(card, "observation.noted", {"does": "Daarna"})
    assert everything(ear, after["id"]) == [between["id"], after["id"]]


def test_when_the_history_gets_another_name_cards_are_told_from_where_they_stand_in_it(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card("crisisdienst")
    fanout = two.fanouts()[1]
    two.until(lambda: (known := fanout.told.get(card)) is not None and known.seq == 2)
    fanout.told[card] = replace(fanout.told[card], seq=3)
    with two.one.app_context():
        epoch.new_epoch()
    monkeypatch.setattr(epoch, "FRESH_S", 0.0)
    with two.other.app_context():
        epoch.epoch()
    two.until(lambda: fanout.looked and fanout.told[card].seq == 2)
    ear = Ear(triagist)
    entry = officer.write(card, "observation.noted", {"does": "In de nieuwe geschiedenis"})
    assert entry["id"] in everything(ear, entry["id"])


def test_what_is_kept_of_cards_is_bounded(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    cards = [officer.open_card("crisisdienst") for _ in range(3)]
    fanout = two.fanouts()[1]
    two.until(lambda: all(card in fanout.told and fanout.told[card].seq == 2 for card in cards))
    purged = new_id()
    fanout.told[purged] = fanout.told[cards[0]]
    monkeypatch.setattr(live_fanout, "MOST_KNOWN", 1)
    with two.other.app_context():
        fanout.look()
    assert purged not in fanout.told
    assert [fanout.told[card].members is None for card in cards] == [True, True, False]
    ear = Ear(triagist)
    entry = officer.write(cards[0], "observation.noted", {"does": "Op een kaart die rustte"})
    assert entry["id"] in everything(ear, entry["id"])


def test_who_was_sent_away_by_a_process_that_was_killed_before_it_said_so_hears_nothing_more(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_fanout, "PARTS", 1)
    triagist = Phone(two.other, TRIAGIST)
    ear = Ear(triagist)
    with two.one.app_context():
        sessions.end(sessions.on_devices([triagist.me["device"]]), "signed_out", two.one.config["NOW"]())
    two.until(lambda: two.fanouts()[1].rights_seen > 0)
    two.fanouts()[1].look_now.set()
    assert ear.ended()


def test_without_redis_it_goes_on_more_slowly_and_says_so_and_is_whole_again_when_redis_is_back(two: Two) -> None:
    officer, triagist = Phone(two.one, OFFICER), Phone(two.other, TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    two.redis.kill()
    two.until_degraded()
    entry = officer.write(card, "observation.noted", {"does": "Zonder Redis"})
    assert entry["id"] in everything(ear, entry["id"])
    assert entry["id"] in ids(triagist.sync(have={}))
    two.redis.start()
    two.until_whole()
    after = officer.write(card, "observation.noted", {"does": "Met Redis"})
    assert after["id"] in everything(ear, after["id"])


def test_who_is_sent_away_while_redis_is_away_hears_nothing_more_soon(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_fanout, "RIGHTS_S", 0.2)
    triagist = Phone(two.other, TRIAGIST)
    two.redis.kill()
    two.until_degraded()
    ear = Ear(triagist)
    with two.one.app_context():
        sessions.end(sessions.on_devices([triagist.me["device"]]), "signed_out", two.one.config["NOW"]())
    assert ear.ended()


def test_who_guesses_is_counted_at_both_together_and_without_redis_at_each(two: Two) -> None:
    def wrong(app: Flask) -> int:
        return attempt(app.test_client(), OFFICER, "wrong").status_code

    assert {wrong(two.one) for _ in range(5)} | {wrong(two.other) for _ in range(5)} == {401}
    assert (wrong(two.one), wrong(two.other)) == (429, 429)
    two.redis.kill()
    assert {wrong(two.one) for _ in range(10)} == {401}
    assert wrong(two.one) == 429
