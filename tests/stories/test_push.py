"""Push: from a tap on one phone to words on the screen of another, with every page of it closed (tests/stories/pocket.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.push_service import PushService
from tests.stories.hands import OFFICER, OTHER_OFFICER, TRIAGIST, open_card
from tests.stories.phone import Phone
from tests.stories.pocket import SHOWN, Pocket
from tests.stories.served import Served
from tests.stories.wire import Wire

Phones = Callable[..., Phone]
Pockets = Callable[..., Pocket]
ELSEWHERE, DOCTOR = "agent@zuid.example", "arts@crisisdienst.example"
MINUTE_MS = 60_000

# The browser has another address for its pushes, and tells the worker (W3C Push API, 10.4).
MOVES = """async ([to]) => {
  let done;
  self.heard.pushsubscriptionchange({ oldSubscription: null, newSubscription: to, waitUntil: (work) => (done = work) });
  await done;
}"""
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"


def ask_for_assessment(officer: Phone, card: str, note: str = "") -> str:
    return officer.hand_in(card, "service.requested", service="crisisdienst", **{"for": "assessment"}, **({"note": note} if note else {}))


def shared_card(officer: Phone) -> str:
    card = open_card(officer)
    officer.wait_until_shared()
    return card


def test_a_question_is_heard_with_the_phone_in_a_pocket_and_a_tap_opens_the_card_where_it_is(pocket: Pockets, phone: Phones) -> None:
    triagist, officer = pocket(TRIAGIST), phone(OFFICER)
    card = shared_card(officer)
    asked = ask_for_assessment(officer, card, "Hij heet Jan")
    told = triagist.gets("requested")
    assert told == {"v": 1, "card": card, "kind": "requested", "entry": asked}
    shown = triagist.shows(f"{card} requested")
    assert shown["title"] == "Nieuwe vraag voor uw dienst"
    assert shown["body"] == "Beoordeling · Politie Basisteam Noord · Kruispunt"
    assert shown["stays"]
    triagist.phone.wait_until(lambda: triagist.counted == [card], "the badge counts it")
    triagist.taps(shown["tag"])
    triagist.phone.page.wait_for_url(f"**/cards/{card}#section-waiting")
    triagist.phone.see("Hij heet Jan")
    expect(triagist.phone.page.locator("#section-waiting")).to_be_in_viewport()
    triagist.phone.wait_until(lambda: triagist.counted == [], "what was seen counts no more")
    triagist.phone.wait_until(lambda: triagist.phone.page.evaluate(SHOWN) == [], "its notice has done its work")


class NoIcons(Wire):
    """Brings everything but pictures: what asks for one waits."""

    def asked(self, chunk: bytes) -> bytes:
        return b"" if chunk.startswith(b"GET /static/icons/icon-192.png") else chunk


def test_a_notice_waits_for_no_picture(pocket: Pockets, phone: Phones) -> None:
    triagist, officer = pocket(TRIAGIST, wire_of=NoIcons), phone(OFFICER)
    card = shared_card(officer)
    ask_for_assessment(officer, card)
    triagist.opens("requested", card, "waiting")


def test_each_thing_that_one_must_hear_at_once_comes_to_whom_it_is_for_and_opens_where_it_is(pocket: Pockets) -> None:
    officer, triagist = pocket(OFFICER), pocket(TRIAGIST)
    card = shared_card(officer.phone)
    officer.phone.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.opens("invited", card)
    triagist.phone.hand_in(card, "risk.assessed", **{"for": "client"}, level="high", acute=True)
    assert officer.opens("risk_higher", card, "risk")["body"] == "Cliënt: Hoog · acuut · Kruispunt"
    offer = officer.phone.hand_in(card, "handover.offered", to="crisisdienst", situation="Man op het kruispunt")
    assert triagist.opens("handover_offered", card, "handover")["stays"]
    triagist.phone.hand_in(card, "handover.accepted", offer=offer, release=True)
    officer.opens("taken_over", card, "handover")
    question = triagist.phone.hand_in(card, "safety.asked", where="Kerkstraat 3")
    asked = officer.opens("safety_asked", card, "safety")
    assert asked["body"] == "GGZ Crisisdienst · Kruispunt", "where exactly is read on the card"
    assert asked["stays"]
    officer.phone.hand_in(card, "safety.answered", question=question, answer="police_join")
    officer.phone.hand_in(card, "safety.answered", question=question, answer="go")
    answered = triagist.opens("safety_answered", card, "safety")
    assert answered["body"] == "Politie gaat mee · Politie Basisteam Noord · Kruispunt", "of two answers the strictest counts"
    assert answered["stays"]
    assert answered["again"], "an answer after an answer is heard too"
    triagist.phone.hand_in(card, "alarm.raised")
    alarm = officer.opens("alarm", card, "alarm")
    assert alarm["stays"]
    assert alarm["again"]
    assert alarm["icon"].startswith("data:image/png;base64,"), "this phone has it by now"


def test_what_a_killed_server_had_not_sent_is_sent_once_when_it_is_back(
    pocket: Pockets, phone: Phones, server: Served, makers: PushService
) -> None:
    triagist, officer = pocket(TRIAGIST), phone(OFFICER)
    card = shared_card(officer)
    makers.answers = [(503, {})] * 100
    ask_for_assessment(officer, card)
    makers.wait_for(lambda: len(makers.answers) < 100)
    server.kill()
    makers.answers = []
    triagist.never_gets("requested")
    server.set_clock(MINUTE_MS)  # of what it was sending just then, nobody knows until its time is over
    server.start()
    triagist.opens("requested", card, "waiting")
    officer.page.wait_for_timeout(5_000)
    assert makers.kinds(triagist.name) == ["requested"], "the server looked around twice meanwhile"


def test_a_promised_time_that_passed_is_told_to_who_waits_and_a_restart_does_not_tell_it_again(
    pocket: Pockets, phone: Phones, server: Served, makers: PushService
) -> None:
    officer, triagist = pocket(OFFICER), phone(TRIAGIST)
    card = shared_card(officer.phone)
    asked = ask_for_assessment(officer.phone, card)
    until = datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(minutes=10)
    triagist.share()
    triagist.hand_in(card, "service.promised", request=asked, until=until.isoformat(timespec="seconds"))
    officer.never_gets("promise_passed")
    server.set_clock(11 * MINUTE_MS)
    shown = officer.opens("promise_passed", card, "waiting")
    assert shown["body"].startswith("GGZ Crisisdienst")
    server.kill()
    server.start()
    officer.phone.page.wait_for_timeout(5_000)
    assert makers.kinds(officer.name) == ["promise_passed"]


def test_quiet_hours_keep_everything_away_but_an_alarm(pocket: Pockets, phone: Phones) -> None:
    elsewhere, officer = pocket(ELSEWHERE), phone(OFFICER)
    now = datetime.now(ZoneInfo("Europe/Amsterdam"))
    page = elsewhere.phone.page
    page.fill("[name=begins]", f"{now - timedelta(hours=1):%H:%M}")
    page.fill("[name=ends]", f"{now + timedelta(hours=1):%H:%M}")
    elsewhere.phone.tap("Bewaar")
    elsewhere.phone.see("Bewaard.")
    card = shared_card(officer)
    officer.hand_in(card, "card.shared", organisation="zuid")
    officer.hand_in(card, "alarm.raised")
    elsewhere.opens("alarm", card, "alarm")
    elsewhere.never_gets("invited")


def test_a_notice_can_be_tried_from_the_settings(pocket: Pockets) -> None:
    triagist = pocket(TRIAGIST)
    triagist.phone.tap("Stuur mij een proefmelding")
    triagist.phone.see("De proefmelding is onderweg")
    triagist.gets("test")
    shown = triagist.shows(" test")
    assert (shown["title"], shown["body"]) == ("Dit is een proefmelding", "Meldingen komen aan op dit toestel.")
    assert triagist.counted == []


def test_who_signed_out_is_not_pushed_to(pocket: Pockets, phone: Phones) -> None:
    triagist, doctor, officer = pocket(TRIAGIST), pocket(DOCTOR), phone(OFFICER)
    card = shared_card(officer)
    triagist.phone.go("/settings").tap("Afmelden")
    triagist.phone.page.wait_for_url("**/login*")
    ask_for_assessment(officer, card)
    doctor.gets("requested")
    triagist.never_gets("requested")


def test_a_browser_with_a_new_address_is_pushed_to_there(pocket: Pockets, phone: Phones, makers: PushService) -> None:
    triagist, officer = pocket(TRIAGIST), phone(OFFICER)
    before, triagist.name = triagist.name, "another-address"
    triagist.phone.worker.evaluate(MOVES, [makers.browser(triagist.name).to_json()])
    card = shared_card(officer)
    ask_for_assessment(officer, card)
    triagist.opens("requested", card, "waiting")
    assert makers.kinds(before) == []


def test_who_said_no_to_notices_reads_how_to_say_yes(phone: Phones) -> None:
    officer = phone(OTHER_OFFICER)
    officer.context.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    officer.go("/settings").tap("Meldingen instellen")
    officer.see("Uw browser houdt meldingen van Motorkap tegen")
    officer.see("Android: tik in de adresbalk")
    expect(officer.page.get_by_role("button", name="Zet meldingen aan")).to_be_hidden()


def test_on_an_iphone_one_reads_that_motorkap_must_be_on_the_home_screen_first(phone: Phones) -> None:
    officer = phone(OTHER_OFFICER, user_agent=IPHONE)
    officer.context.add_init_script("delete window.PushManager")
    officer.go("/settings").tap("Meldingen instellen")
    officer.see("Op een iPhone of iPad werken meldingen pas als Motorkap op uw beginscherm staat")
    expect(officer.page.get_by_role("button", name="Zet meldingen aan")).to_be_hidden()
