"""What is decided first when much waits: alarms, and no card is read once for each of its entries."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from live import push
from live.push import Answer, Sender
from store import push_look, push_subscriptions
from store.database import reading
from store.models import PushLook, PushOut, db
from store.push_out import Sending
from store.push_subscriptions import Subscription
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id

KEY = "a key"
FLOOD = 250


@pytest.fixture
def officer(app: Flask, clock: Clock) -> Phone:
    """Who writes; two others have a phone in their pocket."""
    for account in (OTHER_OFFICER, TRIAGIST):
        me = Phone(app, account).me
        with app.app_context():
            push_subscriptions.keep(Subscription(me["device"], me["person"], f"https://push.example/{new_id()}", "k", "a"), KEY, clock())
    clock.later(seconds=1)
    return Phone(app, OFFICER)


def floods(officer: Phone, card: str) -> None:
    asked = [officer.entry(card, "service.requested", {"service": "crisisdienst", "for": "advice"}) for _ in range(FLOOD)]
    assert officer.sync(asked, {card: 1_000_000})["rejected"] == {}


def decided(app: Flask, what: Any) -> int:
    with reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(what)) or 0)


def alarms() -> list[str]:
    with reading() as connection:
        return list(connection.scalars(select(PushOut.entry).where(PushOut.kind == "alarm")))


def test_an_alarm_is_decided_of_first_whatever_waits_and_also_when_it_comes_in_between(app: Flask, officer: Phone, clock: Clock) -> None:
    flooded, other = officer.open_card("crisisdienst"), officer.open_card()
    floods(officer, flooded)
    raised, seen = [officer.write(other, "alarm.raised", {})["id"]], []

    def between() -> bool:
        seen.append(alarms() == raised and decided(app, PushLook) > 0)
        if len(raised) == 1:
            raised.append(officer.write(other, "alarm.raised", {})["id"])
        return True

    with app.app_context():
        push.decide(KEY, clock(), between)
        assert seen[:2] == [True, True]
        assert decided(app, PushLook) == 0


def test_an_alarm_is_on_its_way_before_the_flood_around_it_is_decided_of(app: Flask, officer: Phone) -> None:
    flooded = officer.open_card("crisisdienst")
    floods(officer, flooded)
    officer.write(flooded, "alarm.raised", {})
    waiting: list[int] = []

    def send(sending: Sending) -> Answer:
        if sending.out.kind == "alarm":
            with app.app_context():
                waiting.append(decided(app, PushLook))
        return Answer(201)

    sender = Sender(app, KEY, send)
    with app.app_context():
        while sender.turn():
            assert sender.room.is_empty_within(30)
    assert len(waiting) == 1
    assert waiting[0] > 0


def test_a_card_is_read_once_a_round_and_each_entry_is_decided_by_what_was_before_it(app: Flask, officer: Phone) -> None:
    card = officer.open_card()
    floods(officer, card)
    with app.app_context():
        read: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, said, *_: read.append(said))
        looks = push_look.waiting()
        assert len([said for said in read if "entry.document" in said]) == 2, "what waits, and the card of it"
        assert len(looks) == push_look.A_ROUND
        for place, look in enumerate(looks):
            assert [one["seq"] for one in look.before] == list(range(1, place + 1))
