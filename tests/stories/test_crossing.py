"""Scenario 1, the crossing: from opening to closing on four phones, one of them in a stairwell without a network. Whoever is asked hears it in a
pocket, and answers there. On a Tuesday evening, when addiction care has closed.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.evening import Evening
from tests.stories.hands import OFFICER, OTHER_OFFICER, TRIAGIST, fill_in
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.served import Served
from tests.stories.test_directory import heard_of_the_directory

DRIVER = "chauffeur@ggzvervoer.example"


def test_from_opening_to_closing_and_nothing_is_lost_doubled_or_decided_by_a_clock(
    phone: Callable[..., Phone], pocket: Callable[..., Pocket], server: Served
) -> None:
    evening = Evening(server, weekday=1, hour=19)
    pockets = [pocket(who, ahead_ms=evening.shift_ms) for who in (OFFICER, TRIAGIST, DRIVER)]
    officer, triagist, driver = (evening.with_phone(one.phone) for one in pockets)
    second = evening.with_phone(phone(OTHER_OFFICER, ahead_ms=evening.shift_ms))

    # 19:00. Three taps: who asks whom, what for, open.
    heard_of_the_directory(officer)
    officer.go("/")
    officer.tap("Politie vraagt zorg")
    officer.tap("Crisisdienst: beoordeling")
    officer.page.fill("[name=place]", "Kruispunt Stationsweg")
    officer.page.fill("[name=about]", "Man regelt het verkeer")
    with officer.page.expect_navigation():
        officer.page.locator("main form button").last.click()
    card = officer.card
    fill_in(
        officer,
        "observation",
        "observation.noted",
        {"does": "Regelt het verkeer", "says": "Tegen wie er niet is", "used": "Ruikt naar alcohol", "means": "Keukenmes in de tas"},
    )
    for whom, level in (("client", "middle"), ("surroundings", "high")):
        fill_in(officer, "risk", f"for={whom}", {}, {"level": level})
    officer.wait_until_shared()
    second.go(f"/cards/{card}")
    second.page.locator("#section-presence form button").first.wait_for()

    # 19:02. The crisis service is asked, hears it, and says no; it refers to who is closed. The card says who is open, and to whom one escalates.
    evening.at(19, 2)
    waiting = officer.page.locator("#section-waiting")
    fill_in(officer, "waiting", "service.requested", {"service": "crisisdienst"}, {"for": "assessment"})
    officer.wait_until_shared()
    pockets[1].opens("requested", card, "waiting")
    evening.at(19, 6)
    triagist.tap("Vraag ontvangen", "#section-header")
    expect(waiting).to_contain_text("ontvangen")
    evening.at(19, 21)
    fill_in(triagist, "waiting", "service.declined", {"referred_to": "verslavingszorg"}, {"reason": "under_influence"})
    expect(waiting).to_contain_text("Onder invloed")
    evening.at(19, 23)
    fill_in(officer, "waiting", "service.requested", {"service": "verslavingszorg"}, {"for": "assessment"})
    evening.at(19, 25)
    fill_in(officer, "waiting", "service.declined", {}, {"reason": "office_hours"})
    expect(waiting.locator(".wait-chain")).to_contain_text("Doorverwezen: GGZ Crisisdienst, beoordeling ter plaatse")

    expect(waiting.locator(".what-now")).to_contain_text("Vraag Opvang De Haven, dag en nacht (Opvang)")

    # 19:30. Escalated, asked again, and a clock time promised.
    evening.at(19, 30)
    waiting.locator(".what-now a[hx-get*='service.escalated']").first.click()
    officer.page.locator("#form .form-send button").first.click()
    expect(waiting).to_contain_text("Opgeschaald")
    evening.at(19, 31)
    fill_in(officer, "waiting", "service.requested", {"service": "crisisdienst"}, {"for": "assessment"})
    officer.wait_until_shared()
    pockets[1].opens("requested", card, "waiting")
    fill_in(triagist, "header", "service.promised", {"until": "20:15"})
    expect(waiting).to_contain_text("komt om 20:15")

    # 19:40. In the stairwell, without a network, the risk for the client goes down.
    evening.at(19, 40)
    officer.cut()
    fill_in(officer, "risk", "for=client", {}, {"level": "low"})
    expect(officer.page.locator("#section-risk")).to_contain_text("Laag")
    assert officer.unsent() == 1

    # 20:15. The triagist joins with the code on the other officer's phone and judges otherwise.
    evening.at(20, 15)
    second.go(f"/cards/{card}/people")
    second.page.locator("form[action$='/code'] button").click()
    code = second.page.locator("#code .code-letters strong").inner_text()
    triagist.go("/join")
    triagist.page.fill("#field-code", code)
    triagist.page.locator("form[action='/join'] button").first.click()
    triagist.page.wait_for_url(f"**/cards/{card}")
    triagist.see("Kruispunt Stationsweg")
    triagist.page.locator("#section-waiting").get_by_role("button", name="Wij zijn er").first.click()
    evening.at(20, 19)
    fill_in(triagist, "risk", "for=client", {}, {"level": "high", "acute": "true"})
    triagist.wait_until_shared()

    # 20:22. The officer is back: two judgements side by side, the highest counts, on both phones without a touch.
    evening.at(20, 22)
    officer.mend()
    officer.wait_until_shared()
    for one in (officer, triagist):
        one.wait_until(lambda one=one: one.page.locator("#section-risk .judgements-two .judgement").count() == 2, "both judgements side by side")
        expect(one.page.locator("#section-risk .risk.level-high.acute")).to_have_count(1)

    # 20:24. The officer has seen both and agrees: one head.
    fill_in(officer, "risk", "for=client", {}, {"level": "high", "acute": "true"})
    triagist.wait_until(lambda: triagist.page.locator("#section-risk .judgements-two").count() == 0, "one judgement on the other phone")

    # 20:27. One picture, one plan, agreed by both.
    fill_in(triagist, "picture", "picture.set", {"problem": "Man die dagen niet sliep en dronk"})
    fill_in(officer, "plan", "plan.set", {"plan": "Samen naar de crisisdienst", "if_then": "Als hij wegloopt, dan houdt de politie hem staande"})
    triagist.page.locator("#section-plan form:has(input[value='plan.agreed']) button").click()
    officer.wait_until(lambda: officer.page.locator("#section-plan .agreed-both").count() == 1, "police and care agree")

    # 20:31. Transport is asked, hears it, and promises 21:00. At that time nobody is there: the card warns, and the phone in the pocket.
    evening.at(20, 31)
    fill_in(officer, "waiting", "service.requested", {"service": "ggzvervoer"}, {"for": "transport"})
    officer.wait_until_shared()
    pockets[2].opens("requested", card, "waiting")
    fill_in(driver, "header", "service.promised", {"until": "21:00"})
    expect(waiting).to_contain_text("komt om 21:00")
    evening.at(21, 1)
    pockets[0].opens("promise_passed", card, "waiting")
    officer.page.reload()  # the clock of a page is not moved here, only that of its worker
    expect(waiting.locator(".wait-overdue")).to_contain_text("GGZ Vervoer")
    evening.at(21, 8)
    waiting.locator(".wait-overdue").get_by_role("button", name="Zij zijn er").click()
    expect(waiting.locator(".wait-overdue")).to_have_count(0)
    fill_in(officer, "transport", "transport.chosen", {}, {"by": "ggz_transport"})

    # 21:09. The handover, with its content; the card says that it cannot just close.
    evening.at(21, 9)
    fill_in(
        officer,
        "handover",
        "handover.offered",
        {"to": "crisisdienst", "weapons": "Keukenmes, ingenomen", "call_back": "OvD tot 23:00"},
        {"searched": "yes"},
    )
    officer.page.locator("#section-closing a[hx-get*='card.closed']").first.click()
    officer.page.locator("#form [name=outcome]").fill("Mee met de crisisdienst")
    officer.page.locator("#form .form-send button").click()
    officer.page.locator("#form [data-error]").wait_for()
    assert officer.page.locator("#form [name=outcome]").input_value() == "Mee met de crisisdienst"
    officer.page.locator("#form [data-close]").first.click()

    evening.at(21, 12)
    pockets[1].opens("handover_offered", card, "handover")
    triagist.page.locator("#section-handover a[hx-get*='handover.accepted']").wait_for()
    fill_in(triagist, "handover", "handover.accepted", {"read_back": "Wij nemen hem mee, mes is bij de politie"}, {"release": "true"})
    fill_in(triagist, "risk", "for=client", {}, {"level": "middle"})
    officer.wait_until(lambda: "GGZ Crisisdienst" in officer.page.locator("#section-holding").inner_text(), "the crisis service holds the card")
    assert "Noord" not in officer.page.locator("#section-holding .holding-who").inner_text()

    pockets[0].gets("taken_over")

    # 21:14. Closed, and everybody sees the same.
    evening.at(21, 14)
    triagist.wait_until_shared()
    fill_in(triagist, "closing", "card.closed", {"outcome": "Mee met de crisisdienst"})
    triagist.wait_until_shared()
    officer.wait_until(lambda: "esloten" in officer.page.locator("#section-header").inner_text(), "closed on the other phone")
    seen = [one.server_json(card) for one in (officer, second, triagist)]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["closed"]
    assert seen[0]["holders"] == ["crisisdienst"]
    assert [request["state"] for request in seen[0]["requests"]] == ["declined", "declined", "arrived", "arrived"]
