"""Scenario 3, "I checked: you can go": youth protection asks whether it can go alone, and the answer becomes a plan that both agree with. At its
start the plan is the live card with everything on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.push_service import PushService
from tests.stories.hands import OFFICER, fill_in, invite, open_card
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.served import Served

Phones = Callable[..., Phone]
CARE, COORDINATOR = "medewerker@jeugdbescherming.example", "opco@noord.example"
HOUR_MS = 3_600_000


def action(phone: Phone):  # type: ignore[no-untyped-def]
    return phone.page.locator("#section-action")


def today_at(ahead: timedelta) -> tuple[str, str]:
    then = datetime.now(ZoneInfo("Europe/Amsterdam")) + ahead
    return f"{then:%Y-%m-%d}", f"{then:%H:%M}"


def new_plan(phone: Phone, place: str) -> str:
    """From the first page: who asks whom, what for, where."""
    phone.go("/").tap("Plannen")
    phone.tap("Nieuw plan")
    phone.tap("Zorg vraagt politie, buiten een instelling")
    phone.tap("Rustig houden")
    phone.page.fill("[name=place]", place)
    with phone.page.expect_navigation():
        phone.page.locator("main form button").last.click()
    return phone.card


def test_a_question_becomes_a_plan_and_the_plan_the_live_card_with_everything_on_it(phone: Phones) -> None:
    care, coordinator, officer = phone(CARE), phone(COORDINATOR), phone(OFFICER, ahead_ms=1)
    card = new_plan(care, "Kade 12")
    invite(care, card, "noord")
    care.go(f"/cards/{card}")
    fill_in(care, "safety", "safety.asked", {"where": "Kade 12", "when": "vrijdag"})
    care.wait_until_shared()

    # The coordinator answers without details and without a network, and prepares what to do instead.
    coordinator.share()
    coordinator.go(f"/cards/{card}")
    day, start = today_at(timedelta(hours=1))
    with coordinator.without_network():
        coordinator.page.locator("#section-safety .answers button", has_text="Niet alleen").click()
        coordinator.page.locator("#section-safety .safety-not_alone").wait_for()
        fill_in(
            coordinator,
            "action",
            "action.prepared",
            {"purpose": "Gesprek met de moeder", "day": day, "start": start, "expect": "Vader kan thuiskomen", "sign": "Gordijn dicht"},
            {"warrant": "asked", "weapons": "unknown", "children": "yes"},
        )
        for who, what, stands in (("Twee jeugdbeschermers", "Praten met de moeder", "inside"), ("Agenten", "Wachten op het teken", "plain_clothes")):
            add_task(coordinator, who, what, stands)
    coordinator.wait_until_shared()

    # Youth protection reads it and agrees; a later task asks again.
    expect(action(care)).to_contain_text("Machtiging tot binnentreden")
    care.go("/plans")
    expect(care.page.locator("section:has(#title-to_agree)")).to_contain_text("Gesprek met de moeder")
    care.go(f"/cards/{card}")
    action(care).get_by_role("button", name="Akkoord").click()
    coordinator.wait_until(lambda: action(coordinator).locator(".agreed-both").count() == 1, "both agree")
    add_task(coordinator, "Opco", "Blijft aan de telefoon", "remote")
    expect(action(coordinator).locator(".agreed-both")).to_have_count(0)
    expect(action(care)).to_contain_text("Ging akkoord vóór de laatste wijziging")
    action(care).get_by_role("button", name="Akkoord").click()
    coordinator.wait_until(lambda: action(coordinator).locator(".agreed-both").count() == 1, "both agree again")
    fill_in(care, "agreement", "agreement.made", {"what": "Politie blijft tot wij zeggen dat het kan", "who": "Agenten"})

    # It should have begun: the card asks, also in the list and without a network.
    officer.share()
    officer.go("/").see("Gesprek met de moeder")
    with officer.without_network():
        officer.worker.evaluate(f"self.shift += {2 * HOUR_MS}")
        officer.go("/").see("Had al moeten beginnen")
        officer.go(f"/cards/{card}")
        expect(action(officer)).to_contain_text("Dit plan had al moeten beginnen.")
        officer.worker.evaluate(f"self.shift -= {2 * HOUR_MS}")

    # Both begin at the door, one of them without a network: it is one live card.
    care.cut()
    start_now(care)
    start_now(officer)
    care.mend()
    for one in (care, officer):
        one.wait_until_shared()
    coordinator.page.locator("#section-presence").wait_for()
    for one in (care, officer, coordinator):
        one.go(f"/cards/{card}")
        expect(action(one)).to_contain_text("Gesprek met de moeder")
        expect(one.page.locator("#section-safety")).to_contain_text("Niet alleen")
        expect(one.page.locator("#section-header .chip", has_text="Plan")).to_have_count(0)
    action(care).get_by_role("button", name="Ik sta er Twee jeugdbeschermers").click()
    action(officer).get_by_role("button", name="Ik sta er Agenten").click()
    expect(action(care)).to_contain_text("Agent Basisteam Noord staat er")
    expect(care.page.locator("#section-presence")).to_contain_text("In burger")

    # It stays calm. Police leave after youth protection released them.
    care.page.locator("#section-agreement form:has(input[value='agreement.done']) button").first.click()
    expect(officer.page.locator("#section-agreement")).to_contain_text("Gedaan")
    officer.write(officer.page.locator("#section-presence form:has(input[value='presence.left']) button").first)
    for one in (care, officer):
        one.wait_until_shared()
    seen = [one.server_json(card) for one in (care, officer, coordinator)]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["types"] == ["incident", "plan"]
    assert [said["org"] for said in seen[0]["action"]["agreed"]] == ["jeugdbescherming"] * 2
    kinds = [item["kind"] for item in seen[0]["timeline"]]
    assert kinds.count("card.turned") == 2
    assert {"safety.answered", "action.prepared", "action.task", "action.agreed", "agreement.made"} <= set(kinds)


def add_task(phone: Phone, who: str, what: str, stands: str) -> None:
    fill_in(phone, "action", "kind=action.task", {"who": who, "what": what}, {"stands": stands})


def start_now(phone: Phone) -> None:
    phone.go(f"/cards/{phone.card}")
    with phone.page.expect_navigation():
        action(phone).get_by_role("button", name="Begin nu").click()
    phone.page.locator("#section-presence").wait_for()


def test_an_answer_that_one_cannot_go_alone_becomes_a_plan_at_that_place_with_who_asked(phone: Phones) -> None:
    care, officer = phone(CARE), phone(OFFICER)
    card = open_card(officer)
    invite(officer, card, "jeugdbescherming")
    officer.wait_until_shared()
    care.share()
    care.go(f"/cards/{card}")
    fill_in(care, "safety", "safety.asked", {"where": "Havenkade 3, achterom", "when": "morgen"})
    care.wait_until_shared()
    with officer.without_network():
        officer.go(f"/cards/{card}")
        officer.page.locator("#section-safety .answers button", has_text="Niet alleen").click()
        officer.tap("Maak samen een plan")
        expect(officer.page.locator("[name=place]")).to_have_value("Havenkade 3, achterom")
        officer.page.fill("[name=place]", "")
        officer.page.locator("main form button").last.click()
        officer.see("Zet meteen op deze kaart")
        officer.page.fill("[name=place]", "Havenkade 3")
        with officer.page.expect_navigation():
            officer.page.locator("main form button").last.click()
        plan = officer.card
    officer.wait_until_shared()
    care.share()
    care.go("/plans")
    care.see("Havenkade 3")
    assert care.server_json(plan)["organisations"] == ["jeugdbescherming", "noord"]


def test_who_prepared_a_plan_hears_in_a_pocket_that_it_did_not_begin(
    phone: Phones, pocket: Callable[..., Pocket], makers: PushService, server: Served
) -> None:
    care_pocket = pocket(CARE)
    care, officer = care_pocket.phone, phone(OFFICER)
    officer.go("/cards/new?type=plan&context=care_outside&situation=keep_calm_outside")
    officer.page.fill("[name=place]", "Kade 12")
    with officer.page.expect_navigation():
        officer.page.locator("main form button").last.click()
    card = officer.card
    day, start = today_at(timedelta(hours=1))
    fill_in(officer, "action", "action.prepared", {"purpose": "Gesprek", "day": day, "start": start})
    invite(officer, card, "jeugdbescherming")
    officer.wait_until_shared()
    care.share()
    care.go(f"/cards/{card}")
    care.write(action(care).get_by_role("button", name="Akkoord"))
    care.wait_until_shared()
    care.go("/settings")
    care_pocket.never_gets("plan_late")
    server.set_clock(HOUR_MS + 5 * 60_000)
    shown = care_pocket.opens("plan_late", card, "action")
    assert (shown["title"], shown["body"]) == ("Dit plan is nog niet begonnen", f"{start} · Kade 12")


def test_a_plan_is_moved_or_called_off_with_a_reason_and_what_was_typed_wrong_stays(phone: Phones) -> None:
    officer = phone(OFFICER)
    officer.go("/cards/new?type=plan&context=care_outside&situation=keep_calm_outside")
    officer.page.fill("[name=place]", "Kade 12")
    with officer.page.expect_navigation():
        officer.page.locator("main form button").last.click()
    expect(action(officer)).to_contain_text("Er is nog geen plan.")
    action(officer).get_by_role("link", name="Bereid het plan voor").click()
    officer.page.fill("#form [name=purpose]", "Huisuitzetting")
    officer.page.fill("#form [name=start]", "straks")
    officer.page.locator("#form .form-send button").click()
    expect(officer.page.locator("#form .problems")).to_contain_text("Begint om: Schrijf een kloktijd")
    assert officer.page.input_value("#form [name=purpose]") == "Huisuitzetting"
    day, start = today_at(timedelta(days=2))
    officer.page.fill("#form [name=day]", day)
    officer.page.fill("#form [name=start]", start.replace(":", "."))
    officer.page.locator("#form .form-send button").click()
    expect(action(officer)).to_contain_text(start)
    action(officer).get_by_role("link", name="Aanpassen").click()
    expect(officer.page.locator("#form [name=purpose]")).to_have_value("Huisuitzetting")
    officer.page.fill("#form [name=start]", "09:00")
    officer.page.locator("#form .form-send button").click()
    expect(action(officer)).to_contain_text("09:00")
    fill_in(officer, "action", "action.called_off", {"reason": "De eigenaar trekt het in"})
    expect(action(officer)).to_contain_text("Afgelast")
    expect(action(officer).get_by_role("button", name="Begin nu")).to_have_count(0)
    officer.go("/plans")
    expect(officer.page.locator("section:has(#title-called_off)")).to_contain_text("Kade 12")
