"""Push: what is written on a card reaches a phone in a pocket, through the push service of its browser, once, and says nothing of the card there."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exc, func, select

from blueprints import outward
from card.notice import NOTICES
from live import push, push_room
from live.push import NOBODY, Answer, outcome_of, pause_ms
from settings import settings
from store import duty, push_look, retention
from store.administration import By
from store.database import reading
from store.models import PushLook, PushOut, PushSubscription
from store.push_out import Sending
from tests.cast import DOCTOR, DRIVER, OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, server
from tests.http.inviting import seen
from tests.http.privacy import close
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService

Phones = Callable[[str], Phone]
HTML = {"Accept": "text/html"}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])


@pytest.fixture
def listening(app: Flask, phone: Phones, makers: PushService, clock: Clock) -> Callable[[str, str], Phone]:
    """Somebody with a phone that is pushed to under this name."""

    def made(account: str, name: str) -> Phone:
        one = phone(account)
        assert subscribe(one, makers, name).status_code == 204
        clock.later(seconds=1)
        return one

    return made


def subscribe(one: Phone, makers: PushService, name: str) -> Any:
    return one.http.put("/push/subscription", json=makers.browser(name).to_json())


def turn(app: Flask) -> None:
    """What the sender does when it is woken, until all that is due came back."""
    sender = app.extensions["push"]
    while sender.turn():
        assert sender.room.is_empty_within(30)


def minute(app: Flask) -> None:
    app.extensions["push"].look_around()
    turn(app)


def rows(app: Flask, model: Any) -> int:
    with app.app_context(), reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(model)) or 0)


def test_a_request_reaches_the_phone_of_the_asked_service_and_says_nothing_but_which_card(
    app: Flask, makers: PushService, phone: Phones, listening: Any
) -> None:
    listening(TRIAGIST, "triagist")
    officer = phone(OFFICER)
    card = officer.open_card()
    asked = officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment", "note": "Graag snel"})
    turn(app)
    assert makers.refused == []
    [message] = makers.messages
    assert message.told == {"v": 1, "card": card, "kind": "requested", "entry": asked["id"]}
    assert message.headers["urgency"] == "high"
    assert message.headers["ttl"] == "3600"
    assert len(message.headers["topic"]) == 32
    assert message.claims["sub"] == SUBJECT
    assert message.claims["key"] == app.extensions["push"].key


def test_whether_care_can_go_in_reaches_the_police_at_once_unless_they_do_not_want_it(
    app: Flask, makers: PushService, phone: Phones, listening: Any
) -> None:
    officer = listening(OFFICER, "officer")
    card = officer.open_card("crisisdienst")
    phone(TRIAGIST).write(card, "safety.asked", {"where": "Kerkstraat 3"})
    turn(app)
    [message] = [one for one in makers.messages if one.told["kind"] == "safety_asked"]
    assert (message.path, message.headers["urgency"], message.headers["ttl"]) == ("/officer", "high", "3600")
    form = seen(officer.http.get("/settings/notices", headers=HTML)).forms[-1]
    others = [kind for kind in NOTICES if kind != "safety_asked"]
    assert officer.http.post("/settings/notices", data=form.filled(wanted=others, begins="", ends="")).status_code == 303
    phone(TRIAGIST).write(card, "safety.asked", {"where": "Kerkstraat 5"})
    turn(app)
    assert makers.kinds("officer").count("safety_asked") == 1


def test_the_answer_reaches_who_asked_at_once(app: Flask, makers: PushService, phone: Phones, listening: Any) -> None:
    triagist, officer = listening(TRIAGIST, "triagist"), phone(OFFICER)
    card = officer.open_card("crisisdienst")
    asked = triagist.write(card, "safety.asked", {"where": "Kerkstraat 3"})
    answered = officer.write(card, "safety.answered", {"question": asked["id"], "answer": "not_alone"})
    turn(app)
    [message] = [one for one in makers.messages if one.told["kind"] == "safety_answered"]
    assert message.told["entry"] == answered["id"]
    assert (message.path, message.headers["urgency"], message.headers["ttl"]) == ("/triagist", "high", "3600")


def test_nothing_is_pushed_twice_and_every_message_is_as_long(app: Flask, makers: PushService, phone: Phones, listening: Any) -> None:
    listening(TRIAGIST, "triagist")
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    offer = officer.entry(card, "handover.offered", {"to": "crisisdienst"})
    for _ in range(2):
        assert officer.sync([offer])["rejected"] == {}
        turn(app)
        minute(app)
    officer.write(card, "alarm.raised", {})
    turn(app)
    assert sorted(makers.kinds("triagist")) == ["handover_offered", "invited"], "who is not present hears no alarm of others"
    assert len({message.length for message in makers.messages}) == 1
    assert len({message.headers["topic"] for message in makers.messages}) == 2
    assert rows(app, PushLook) == 0


def test_the_one_who_wrote_it_hears_nothing_also_on_another_phone(app: Flask, makers: PushService, listening: Any) -> None:
    officer = listening(OFFICER, "in-the-hand")
    listening(OFFICER, "at-home")
    listening(OTHER_OFFICER, "colleague")
    officer.write(officer.open_card(), "alarm.raised", {})
    turn(app)
    assert [message.path for message in makers.messages] == ["/colleague"]


def test_a_promised_time_that_passed_is_told_once_to_who_waits(app: Flask, makers: PushService, phone: Phones, listening: Any, clock: Clock) -> None:
    officer = listening(OFFICER, "officer")
    listening(DRIVER, "driver")
    card = officer.open_card()
    officer.write(card, "service.requested", {"service": "ggzvervoer", "for": "transport"})
    clock.later(minutes=29)
    minute(app)
    assert makers.kinds("officer") == []
    clock.later(minutes=2)
    for _ in range(3):
        minute(app)
        clock.later(minutes=1)
    assert makers.kinds("officer") == ["promise_passed"]
    assert makers.kinds("driver") == ["requested"], "who is waited for knows"
    app.extensions["push"].waiting.rests.clear()  # as after a restart
    minute(app)
    assert makers.kinds("officer") == ["promise_passed"]


def test_a_card_is_not_read_again_before_something_can_be_overdue(app: Flask, listening: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = listening(OFFICER, "officer")
    card = officer.open_card()
    officer.write(card, "service.requested", {"service": "ggzvervoer", "for": "transport"})
    read: list[str] = []
    deciding = push_look.deciding
    monkeypatch.setattr(push_look, "deciding", lambda card: (read.append(card), deciding(card))[1])
    for _ in range(5):
        minute(app)
        clock.later(minutes=1)
    assert read == [card]


def test_per_kind_and_by_quiet_hours_one_hears_nothing_but_an_alarm_always_comes(
    app: Flask, makers: PushService, listening: Any, clock: Clock
) -> None:
    triagist, officer = listening(TRIAGIST, "triagist"), listening(OFFICER, "officer")
    form = seen(triagist.http.get("/settings/notices", headers=HTML)).forms[-1]
    kinds = [kind for kind in form.choices["wanted"] if kind != "invited"]
    assert triagist.http.post("/settings/notices", data=form.filled(wanted=kinds, begins="", ends="")).status_code == 303
    card = officer.open_card("crisisdienst")
    turn(app)
    assert makers.messages == []
    now = seen(triagist.http.get("/settings/notices", headers=HTML)).forms[-1]
    assert triagist.http.post("/settings/notices", data=now.filled(begins="18.30", ends="7:00")).status_code == 303
    again = seen(triagist.http.get("/settings/notices", headers=HTML)).forms[-1].filled()
    assert (again["begins"], again["ends"]) == (["18:30"], ["07:00"])
    triagist.write(card, "presence.arrived", {"person": triagist.me["person"]})
    officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    officer.write(card, "alarm.raised", {})
    turn(app)
    assert makers.kinds("triagist") == ["alarm"]
    clock.later(hours=13)
    minute(app)
    assert makers.kinds("triagist") == ["alarm"], "what was quiet does not come after all"


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [("22:00", "", "Vul beide tijden in"), ("straks", "7:00", "Schrijf een tijd zoals 22:00"), ("22:00", "2200", "Dit is dezelfde tijd")],
)
def test_a_wrong_time_is_said_and_what_was_typed_stays(listening: Any, begins: str, ends: str, words: str) -> None:
    officer = listening(OFFICER, "officer")
    form = seen(officer.http.get("/settings/notices", headers=HTML)).forms[-1]
    page = seen(officer.http.post("/settings/notices", data=form.filled(wanted=["alarm"], begins=begins, ends=ends)), 422)
    assert words in page.text
    kept = page.forms[-1].filled()
    assert (kept["begins"], kept["ends"], kept["wanted"]) == ([begins], [ends], ["alarm"])


def test_in_an_organisation_with_a_rota_only_who_is_on_duty_hears_it(app: Flask, makers: PushService, phone: Phones, listening: Any) -> None:
    with app.app_context():
        duty.set_rule(By("crisisdienst", 0), "rota")
    doctor = listening(DOCTOR, "doctor")
    listening(TRIAGIST, "triagist")
    assert doctor.http.post("/duty", data={"until": "23:00"}).status_code == 303
    officer = phone(OFFICER)
    officer.write(officer.open_card(), "service.requested", {"service": "crisisdienst", "for": "assessment"})
    turn(app)
    assert [message.path for message in makers.messages] == ["/doctor"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_is_forgotten(app: Flask, makers: PushService, phone: Phones, listening: Any, status: int) -> None:
    listening(TRIAGIST, "triagist")
    makers.answers = [(status, {})]
    phone(OFFICER).open_card("crisisdienst")
    turn(app)
    assert (makers.messages, rows(app, PushSubscription), rows(app, PushOut)) == ([], 0, 0)


def test_what_fails_goes_again_after_a_pause_and_as_late_as_it_is_asked(
    app: Flask, makers: PushService, phone: Phones, listening: Any, clock: Clock
) -> None:
    listening(TRIAGIST, "triagist")
    makers.answers = [(500, {}), (429, {"Retry-After": "120"})]
    phone(OFFICER).open_card("crisisdienst")
    turn(app)
    turn(app)
    assert len(makers.answers) == 1, "not at once"
    clock.later(seconds=5)
    turn(app)
    clock.later(seconds=60)
    turn(app)
    assert makers.messages == [], "it was asked to wait two minutes"
    clock.later(seconds=61)
    turn(app)
    assert makers.kinds("triagist") == ["invited"]


def test_what_is_worth_nothing_any_more_is_not_sent_and_an_alarm_is_that_sooner(
    app: Flask, makers: PushService, listening: Any, clock: Clock
) -> None:
    listening(TRIAGIST, "triagist")
    listening(OTHER_OFFICER, "colleague")
    officer = listening(OFFICER, "officer")
    makers.answers = [(503, {})] * 2
    card = officer.open_card("crisisdienst")
    officer.write(card, "alarm.raised", {})
    turn(app)
    assert makers.answers == []
    clock.later(minutes=20)
    turn(app)
    assert makers.kinds("colleague") == []
    assert makers.kinds("triagist") == ["invited"]


def test_what_is_refused_is_given_up_and_the_next_one_goes(app: Flask, makers: PushService, phone: Phones, listening: Any, clock: Clock) -> None:
    listening(TRIAGIST, "triagist")
    makers.answers = [(413, {})]
    officer = phone(OFFICER)
    officer.open_card("crisisdienst")
    turn(app)
    clock.later(minutes=10)
    officer.open_card("crisisdienst")
    turn(app)
    assert makers.kinds("triagist") == ["invited"]


@pytest.fixture
def hanging(app: Flask) -> Iterator[set[str]]:
    """Who of these is called, by name, does not answer; to others it goes as always."""
    sender, names, over = app.extensions["push"], set[str](), threading.Event()
    send = sender.send

    def maybe(sending: Sending) -> Answer:
        if sending.to.endpoint.rpartition("/")[2] not in names:
            return send(sending)
        over.wait(30)
        return NOBODY

    sender.send = maybe
    yield names
    over.set()
    sender.stop()


def test_who_does_not_answer_holds_up_nobody_else(app: Flask, makers: PushService, listening: Any, hanging: set[str]) -> None:
    """Not what goes with it, not what is written after it, and what was sent is written down before it answers."""
    listening(TRIAGIST, "triagist")
    listening(OTHER_OFFICER, "colleague")
    officer = listening(OFFICER, "officer")
    hanging.add("triagist")
    app.extensions["push"].start()
    card = officer.open_card("crisisdienst")
    makers.wait_for(lambda: "triagist" in calls(app))
    officer.write(card, "alarm.raised", {})
    makers.wait_for(lambda: makers.kinds("colleague") == ["alarm"])
    makers.wait_for(lambda: undone(app) == ["triagist"])
    assert "triagist" in calls(app)


def calls(app: Flask) -> list[str]:
    """Where notices are on their way to now, by name: being sent, with a lease."""
    with app.app_context(), reading() as connection:
        rows = connection.execute(UNDONE.where(PushOut.not_before_ms > app.config["NOW"]())).scalars()
        return [endpoint.rpartition("/")[2] for endpoint in rows]


def undone(app: Flask) -> list[str]:
    with app.app_context(), reading() as connection:
        return [endpoint.rpartition("/")[2] for endpoint in connection.execute(UNDONE).scalars()]


UNDONE = select(PushSubscription.endpoint).join(PushOut, PushOut.device == PushSubscription.device).where(PushOut.done_ms.is_(None))


def test_what_there_is_no_room_for_waits_quietly_until_there_is(
    app: Flask, makers: PushService, listening: Any, hanging: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening(TRIAGIST, "triagist")
    listening(DOCTOR, "doctor")
    officer, sender = listening(OFFICER, "officer"), app.extensions["push"]
    monkeypatch.setattr(push_room, "AT_ONCE", 1)
    hanging |= {"triagist", "doctor"}
    sender.start()
    officer.open_card("crisisdienst")
    makers.wait_for(lambda: calls(app))
    [waiting] = hanging - set(calls(app))
    turns: list[int] = []
    turned = sender.turn
    monkeypatch.setattr(sender, "turn", lambda: turns.append(turned()))
    time.sleep(1.2)
    assert turns == [0] * len(turns)
    assert 1 <= len(turns) <= 4, "it looks now and then, not all the time"
    assert makers.messages == []
    hanging.clear()
    monkeypatch.setattr(push_room, "AT_ONCE", 2)
    makers.wait_for(lambda: makers.kinds(waiting) == ["invited"])


def test_who_lets_the_head_of_the_answer_drip_is_asked_again_after_a_pause(
    app: Flask, phone: Phones, makers: PushService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have taken the notice and may not: then rather twice than never."""
    monkeypatch.setattr(outward, "PATIENCE_S", 0.3)
    triagist, server = phone(TRIAGIST), socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=drip, args=(server,), daemon=True).start()
    there = {**makers.browser("triagist").to_json(), "endpoint": f"http://127.0.0.1:{server.getsockname()[1]}/triagist"}
    assert triagist.http.put("/push/subscription", json=there).status_code == 204
    clock.later(seconds=1)
    phone(OFFICER).open_card("crisisdienst")
    began = time.monotonic()
    turn(app)
    assert time.monotonic() - began < 3
    assert undone(app) == ["triagist"]
    server.close()


def drip(server: socket.socket) -> None:
    with suppress(OSError):
        one, _ = server.accept()
        one.recv(65536)
        while True:
            one.sendall(b"H")
            time.sleep(0.05)


def test_what_cannot_be_sent_at_all_stops_nobody_else(app: Flask, makers: PushService, listening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listening(TRIAGIST, "triagist")
    listening(DOCTOR, "doctor")
    officer, sender = listening(OFFICER, "officer"), app.extensions["push"]
    send = sender.send

    def breaks(sending: Sending) -> Answer:
        if sending.to.endpoint.endswith("/triagist"):
            raise RuntimeError("not foreseen")
        return send(sending)

    monkeypatch.setattr(sender, "send", breaks)
    officer.open_card("crisisdienst")
    turn(app)
    assert makers.kinds("doctor") == ["invited"]
    assert undone(app) == ["triagist"], "and this one goes again"


def test_an_entry_or_a_card_that_cannot_be_looked_at_keeps_no_alarm_of_another_back(
    app: Flask, makers: PushService, listening: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = listening(OFFICER, "officer")
    listening(OTHER_OFFICER, "colleague")
    listening(DRIVER, "driver")
    spoilt, other = officer.open_card(), officer.open_card()
    notice_of, deciding = push.notice_of, push_look.deciding
    monkeypatch.setattr(push, "notice_of", lambda before, entry: 1 / 0 if entry["card"] == spoilt else notice_of(before, entry))
    monkeypatch.setattr(push_look, "deciding", lambda card: 1 / 0 if card == spoilt else deciding(card))
    for card in (spoilt, other):
        officer.write(card, "service.requested", {"service": "ggzvervoer", "for": "transport"})
    raised = officer.write(other, "alarm.raised", {})
    turn(app)
    assert [message.told["entry"] for message in makers.messages if message.told["kind"] == "alarm"] == [raised["id"]]
    assert rows(app, PushLook) == 0
    clock.later(minutes=31)
    minute(app)
    assert [message.told["card"] for message in makers.messages if message.told["kind"] == "promise_passed"] == [other] * 2


def test_while_the_database_does_no_work_nothing_counts_as_decided(app: Flask, listening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = listening(OFFICER, "officer")
    officer.write(officer.open_card(), "alarm.raised", {})

    def is_away(*_: Any) -> Any:
        raise exc.TimeoutError

    monkeypatch.setattr(push, "listeners", is_away)
    with pytest.raises(exc.TimeoutError):
        turn(app)
    assert rows(app, PushLook) == 2, "the alarm, and what opened its card"


def test_a_sender_that_stops_lets_what_is_on_its_way_come_back_and_begins_nothing(
    app: Flask, makers: PushService, listening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening(TRIAGIST, "triagist")
    officer, sender = listening(OFFICER, "officer"), app.extensions["push"]
    begun, send = threading.Event(), sender.send

    def slowly(sending: Sending) -> Answer:
        begun.set()
        time.sleep(0.5)
        return send(sending)

    monkeypatch.setattr(sender, "send", slowly)
    monkeypatch.setattr("live.push.GOODBYE_S", 15)
    sender.start()
    officer.open_card("crisisdienst")
    assert begun.wait(10)
    sender.stop()
    assert undone(app) == []
    officer.open_card("crisisdienst")
    time.sleep(0.3)
    assert makers.kinds("triagist") == ["invited"]


def test_a_push_service_never_leads_the_server_elsewhere(app: Flask, makers: PushService, phone: Phones, listening: Any) -> None:
    listening(TRIAGIST, "triagist")
    makers.browser("elsewhere")
    makers.answers = [(307, {"Location": f"{makers.origin}/elsewhere"})]
    phone(OFFICER).open_card("crisisdienst")
    turn(app)
    assert makers.messages == []
    assert makers.answers == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/x"}, {"endpoint": "https://a@push.example/x"}, {"endpoint": "https://push.example/" + "x" * 1000},
        {"endpoint": 7}, {"keys": None}, {"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, {"keys": {"p256dh": "\u00e9", "auth": "x"}},
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(phone: Phones, makers: PushService, app: Flask, wrong: dict[str, Any]) -> None:
    answer = phone(OFFICER).http.put("/push/subscription", json={**makers.browser("officer").to_json(), **wrong})
    assert (answer.status_code, rows(app, PushSubscription)) == (422, 0)


def test_an_address_inside_is_not_called_and_forgotten(tmp_path: Path, clock: Clock, makers: PushService) -> None:
    """Without PUSH_NETWORKS: a name of ours may be https and lead inside all the same, and it is looked at when it is called."""
    app = server(tmp_path, clock, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT)
    triagist = Phone(app, TRIAGIST)
    inside = {**makers.browser("triagist").to_json(), "endpoint": makers.browser("triagist").endpoint.replace("http:", "https:")}
    assert triagist.http.put("/push/subscription", json=inside).status_code == 204
    clock.later(seconds=1)
    Phone(app, OFFICER).open_card("crisisdienst")
    turn(app)
    assert (makers.messages, rows(app, PushSubscription)) == ([], 0)


def signs_out(app: Flask, one: Phone) -> None:
    assert one.http.post("/logout").status_code == 303


def is_reported_lost(app: Flask, one: Phone) -> None:
    colleague = Phone(app, DOCTOR)
    assert colleague.http.post(f"/devices/lost/{one.me['person']}", data={"device": one.me["device"]}).status_code == 303


def is_switched_off(app: Flask, one: Phone) -> None:
    admin = Phone(app, "admin@crisisdienst.example")
    assert admin.http.post(f"/people/{one.me['person']}/deactivate").status_code == 303


def gives_the_phone_to_another(app: Flask, one: Phone) -> None:
    one.account = DOCTOR
    one.sign_in()


def switches_it_off(app: Flask, one: Phone) -> None:
    assert one.http.post("/settings/notices/off").status_code == 303


@pytest.mark.parametrize("how", [signs_out, is_reported_lost, is_switched_off, gives_the_phone_to_another, switches_it_off])
def test_a_phone_that_is_no_longer_theirs_is_not_pushed_to(
    app: Flask, makers: PushService, phone: Phones, listening: Any, how: Callable[[Flask, Phone], None]
) -> None:
    triagist = listening(TRIAGIST, "triagist")
    makers.answers = [(503, {})]
    phone(OFFICER).open_card("crisisdienst")
    turn(app)
    assert rows(app, PushOut) == 1, "one is on its way"
    how(app, triagist)
    assert (rows(app, PushSubscription), rows(app, PushOut)) == (0, 0)


def test_who_signs_in_again_on_the_same_phone_is_pushed_to_still_and_not_in_between(
    app: Flask, makers: PushService, phone: Phones, listening: Any, clock: Clock
) -> None:
    triagist = listening(TRIAGIST, "triagist")
    officer = phone(OFFICER)
    clock.later(hours=73)
    officer.sign_in()
    officer.open_card("crisisdienst")
    turn(app)
    assert makers.messages == [], "this session was not used for too long"
    triagist.sign_in()
    clock.later(seconds=1)
    officer.open_card("crisisdienst")
    turn(app)
    assert makers.kinds("triagist") == ["invited"]


def test_an_address_belongs_to_who_gave_it_last(app: Flask, makers: PushService, listening: Any) -> None:
    listening(TRIAGIST, "the-same")
    listening(DRIVER, "the-same")
    assert rows(app, PushSubscription) == 1


def test_a_phone_that_says_its_address_again_loses_nothing_that_waits_for_its_next_try(
    app: Flask, makers: PushService, listening: Any, clock: Clock
) -> None:
    colleague, officer = listening(OTHER_OFFICER, "colleague"), listening(OFFICER, "officer")
    makers.answers = [(503, {})]
    officer.write(officer.open_card(), "alarm.raised", {})
    turn(app)
    assert subscribe(colleague, makers, "colleague").status_code == 204
    clock.later(seconds=5)
    turn(app)
    assert makers.kinds("colleague") == ["alarm"]


def test_a_phone_that_listens_since_before_the_clock_was_set_back_hears_an_alarm(
    app: Flask, makers: PushService, listening: Any, phone: Phones, clock: Clock
) -> None:
    clock.later(hours=1)
    listening(OTHER_OFFICER, "colleague")
    clock.later(hours=-1)
    officer = phone(OFFICER)
    card = officer.open_card()
    clock.later(seconds=1)
    officer.write(card, "alarm.raised", {})
    clock.later(seconds=1)
    turn(app)
    assert makers.kinds("colleague") == ["alarm"]


def test_a_test_notice_comes_to_the_phone_in_the_hand_alone(app: Flask, makers: PushService, listening: Any) -> None:
    officer = listening(OFFICER, "in-the-hand")
    listening(OFFICER, "at-home")
    answer = officer.http.post("/settings/notices/try")
    assert answer.headers["Location"] == "/settings/notices?tried=1"
    turn(app)
    assert [(message.path, message.told["kind"], message.told["card"]) for message in makers.messages] == [("/in-the-hand", "test", "")]


def test_a_purged_card_leaves_nothing_behind(app: Flask, makers: PushService, phone: Phones, listening: Any, clock: Clock) -> None:
    listening(TRIAGIST, "triagist")
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    close(officer, card)
    clock.later(hours=29 * 24)
    with app.app_context():
        assert [one.card for one in retention.purge(clock())] == [card]
    assert (rows(app, PushLook), rows(app, PushOut)) == (0, 0)


def test_what_a_restored_server_gets_back_from_phones_is_no_news(app: Flask, makers: PushService, phone: Phones, tmp_path: Path) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    held = [entry for entry in officer.sync([])["entries"] if entry["card"] == card]
    (tmp_path / "restored").mkdir()
    later = server(tmp_path / "restored", app.config["NOW"], VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])
    triagist, again = Phone(later, TRIAGIST), Phone(later, OFFICER)
    assert subscribe(triagist, makers, "triagist").status_code == 204
    assert all(entry["id"] in again.sync(held)["accepted"] for entry in held)
    assert rows(later, PushLook) == 0


def test_a_server_without_keys_says_so_and_takes_no_subscription(tmp_path: Path, clock: Clock, makers: PushService) -> None:
    app = server(tmp_path, clock, VAPID_PRIVATE="")
    officer = Phone(app, OFFICER)
    assert "Deze server stuurt geen meldingen" in seen(officer.http.get("/settings/notices", headers=HTML)).text
    assert subscribe(officer, makers, "officer").status_code == 409
    assert officer.http.post("/settings/notices/try").status_code == 303


def test_done_notices_leave_after_some_days(app: Flask, phone: Phones, listening: Any, clock: Clock) -> None:
    listening(TRIAGIST, "triagist")
    phone(OFFICER).open_card("crisisdienst")
    turn(app)
    minute(app)
    assert rows(app, PushOut) == 1
    clock.later(hours=80)
    minute(app)
    assert rows(app, PushOut) == 0


def test_keys_are_made_once_for_their_owner_alone_and_never_said(tmp_path: Path) -> None:
    app = server(tmp_path, VAPID_PRIVATE="", PUSH_KEYS=tmp_path / "push-keys")
    said = app.test_cli_runner().invoke(args=["push-keys", "--subject", SUBJECT]).output
    kept = json.loads((tmp_path / "push-keys").read_text())
    assert kept["private"] not in said
    assert (tmp_path / "push-keys").stat().st_mode & 0o777 == 0o600
    found = settings({"DATA": str(tmp_path)})
    assert (found["VAPID_PRIVATE"], found["VAPID_SUBJECT"]) == (kept["private"], SUBJECT)
    app.config["VAPID_PRIVATE"] = kept["private"]
    assert "already" in app.test_cli_runner().invoke(args=["push-keys"]).output
    assert app.test_cli_runner().invoke(args=["push-keys", "--subject", "nobody"]).exit_code != 0
    assert app.test_cli_runner().invoke(args=["push-keys", "--env"]).output.startswith("VAPID_PRIVATE=")


def test_pauses_double_and_spread_and_obey() -> None:
    assert [pause_ms(tries, 0, 1) for tries in range(4)] == [2_000, 4_000, 8_000, 16_000]
    assert pause_ms(30, 0, 1) == 300_000
    assert pause_ms(0, 0, 0) == 1_000
    assert pause_ms(0, 600, 0) == 600_000
    assert [outcome_of(status) for status in (201, 410, -1, 0, 503, 400, 301)] == ["sent", "gone", "gone", "again", "again", "refused", "refused"]
