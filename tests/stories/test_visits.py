"""Scenario 6, coffee on Tuesday: a wijkagent logs visits by tapping, offline in a basement; three weeks later a shelter is overdue; the area goes
to a successor; care asks for a visit and sees its own part.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import KEPT, OFFICER
from tests.stories.phone import Phone
from tests.stories.served import Served
from tests.stories.test_looks import Looker, looker  # noqa: F401

WIJKAGENT, CARE = "wijkagent@noord.example", "begeleider@dehaven.example"
DAY_MS = 24 * 3600 * 1000
NAME = "Fatima Elhamdaoui"


def choose(phone: Phone, name: str, value: str) -> None:
    phone.page.locator(f"label.choice:has(input[name='{name}'][value='{value}'])").click()


def keep(phone: Phone, to: str = "/visits") -> None:
    with phone.page.expect_navigation():
        phone.page.locator(".form-send button").click()
    wrong = phone.page.locator("[data-error]")
    assert wrong.all_inner_texts() == []
    assert phone.page.url.endswith(to), phone.page.url


def keeps_contact(phone: Phone, organisation: str = "dehaven", rhythm: str = "fortnightly", function: str = "begeleider") -> None:
    phone.go("/visits")
    phone.tap("Organisatie toevoegen")
    phone.page.select_option("#field-organisation", organisation)
    choose(phone, "rhythm", rhythm)
    phone.page.fill("#field-function", function)
    phone.page.fill("#field-since", "2026-02-01")
    keep(phone)


def test_a_visit_in_the_basement_with_nobody_named_syncs_later(phone: Callable[..., Phone], server: Served) -> None:
    officer = phone(WIJKAGENT)
    keeps_contact(officer)
    officer.go("/")
    officer.cut()

    # One tap from home; a name has no field until its bearer agreed; and none at all with an anonymous consultation.
    officer.page.get_by_role("link", name="Bezoek", exact=True).click()
    officer.page.wait_for_url("**/visits/new")
    expect(officer.page.locator("#field-name")).to_be_hidden()
    choose(officer, "agreed", "true")
    expect(officer.page.locator("#field-name")).to_be_visible()
    choose(officer, "agreed", "true")
    choose(officer, "whom", "dehaven")
    choose(officer, "topics", "informal_consultation")
    choose(officer, "topics", "anonymous_consultation")
    choose(officer, "topics", "criminal_law_advice")
    expect(officer.page.locator("#field-agreed")).to_be_hidden()
    officer.see("Anoniem overleg: schrijf niets")
    officer.page.fill("#field-words", f"{NAME} wordt bedreigd")
    officer.page.locator(".form-send button").click()
    officer.page.locator("#error-words").wait_for()
    expect(officer.page.locator("#field-words")).to_have_value(f"{NAME} wordt bedreigd")
    officer.page.fill("#field-words", "Een medewerker wordt bedreigd. Advies over aangifte.")
    officer.page.fill("#field-follow_what", "Vragen of er aangifte is")
    officer.page.fill("#field-follow_on", "2020-01-06")
    officer.page.fill("#field-next", "2040-12-04")
    keep(officer)
    week = officer.page.locator("main")
    expect(week).to_contain_text("Anoniem overleg")
    expect(week).to_contain_text("Vragen of er aangifte is")
    expect(week).to_contain_text("Later (1)")

    # The follow-up with one tap, undone with another, and done again; still without a network.
    officer.tap("Gedaan", "[aria-labelledby=visits-follow]")
    officer.page.locator("[aria-labelledby=visits-done] button", has_text="Toch niet gedaan").click()
    officer.tap("Gedaan", "[aria-labelledby=visits-follow]")
    officer.page.locator("[aria-labelledby=visits-done] button", has_text="Toch niet gedaan").wait_for()
    officer.page.locator("[aria-labelledby=visits-done] a", has_text="Opvang De Haven").first.click()
    officer.page.locator("#section-visit").wait_for()
    card = officer.card
    assert officer.unsent() > 0
    officer.mend()
    officer.wait_until_shared()
    told = officer.server_json(card)
    assert (told["type"], told["organisations"]) == ("visit", ["noord"])
    assert told["visit"]["logged"][0]["body"]["anonymous"] is True
    assert told["visit"]["follow_ups"][0]["done"]
    assert NAME not in officer.page.evaluate(KEPT), "nor anything of it on the phone"
    files = [file for file in server.data.rglob("*") if file.is_file()]
    assert [file.name for file in files if NAME.encode() in file.read_bytes()] == []


def test_three_weeks_later_the_shelter_is_overdue_and_goes_to_a_successor(phone: Callable[..., Phone], server: Served) -> None:
    officer = phone(WIJKAGENT)
    keeps_contact(officer)
    keeps_contact(officer, "kliniek", "monthly", "beveiliger")
    officer.page.locator("[aria-labelledby=visits-contacts] li", has_text="De Haven").get_by_text("Bezoek vastleggen").click()
    officer.page.wait_for_url("**/visits/new?contact=*")
    expect(officer.page.locator("input[name=whom][value=dehaven]")).to_be_checked()
    choose(officer, "topics", "coffee")
    officer.page.fill("#field-follow_what", "Nummer van de nachtdienst")
    officer.page.fill("#field-follow_on", "2020-01-06")
    keep(officer)
    expect(officer.page.locator("[aria-labelledby=visits-contacts]")).not_to_contain_text("te laat")
    officer.wait_until_shared()

    server.set_clock(21 * DAY_MS)
    later, successor = phone(WIJKAGENT, ahead_ms=21 * DAY_MS), phone(OFFICER, ahead_ms=21 * DAY_MS)
    later.share()
    later.go("/visits")
    expect(later.page.locator("[aria-labelledby=visits-contacts] .chip-late")).to_contain_text("dagen te laat")
    assert later.page.locator("[aria-labelledby=visits-contacts] .chip-late").count() == 1, "once a month is not late yet"
    later.go("/visits/new")
    expect(later.page.locator("#field-whom .choice").first).to_contain_text("Opvang De Haven")

    # Handing over, in the basement as well: who knows whom is on the screen, and the colleagues are on the phone.
    later.cut()
    later.go("/visits/handover")
    for text in ("begeleider", "beveiliger (sinds 01-02-2026)", "Om de week", "Elke maand", "Nummer van de nachtdienst"):
        later.see(text)
    later.page.select_option("#field-person", successor.me["person"])
    later.page.fill("#field-note", "Op dinsdag is er koffie")
    keep(later)
    expect(later.page.locator("[aria-labelledby=visits-contacts]")).to_contain_text("U houdt nog geen contact bij")
    later.mend()
    later.wait_until_shared()
    successor.share()
    successor.go("/visits")
    mine = successor.page.locator("[aria-labelledby=visits-contacts]")
    expect(mine).to_contain_text("Op dinsdag is er koffie")
    expect(mine).to_contain_text("Wijkagent Basisteam Noord kent: begeleider")
    expect(mine).to_contain_text("dagen te laat")
    expect(successor.page.locator("[aria-labelledby=visits-follow]")).to_contain_text("Nummer van de nachtdienst")


def test_care_asks_for_a_visit_and_sees_the_part_that_is_shared(phone: Callable[..., Phone]) -> None:
    care, officer = phone(CARE), phone(WIJKAGENT)
    care.go("/")
    care.cut()
    care.page.get_by_role("link", name="Bezoek", exact=True).click()
    care.page.wait_for_url("**/visits/ask")
    care.page.select_option("#field-organisation", "noord")
    care.page.fill("#field-what", "Kennismaken met het nieuwe team")
    keep(care)
    care.see("Gevraagd, nog geen antwoord")
    care.mend()
    care.wait_until_shared()

    officer.share()
    officer.go("/visits")
    officer.tap("Plannen of antwoorden", "[aria-labelledby=visits-asked]")
    officer.page.locator("#section-visit a[hx-get*='visit.planned']").click()
    officer.page.fill("#form [name=on]", "2040-12-04")
    officer.page.locator("#form .form-send button").click()
    expect(officer.page.locator("#section-visit")).to_contain_text("Gepland op 04-12-2040")
    officer.page.locator("#section-visit a", has_text="Bezoek vastleggen").click()
    officer.page.locator(".visit-more > summary").click()
    expect(officer.page.locator("input[name=share]")).to_be_checked()
    choose(officer, "topics", "lower_threshold")
    officer.page.fill("#field-words", "Team gesproken")
    officer.page.fill("#field-follow_what", "Alleen voor ons")
    officer.page.fill("#field-follow_on", "2040-12-10")
    keep(officer)
    officer.wait_until_shared()
    care.share()
    care.go("/visits")
    care.see("Team gesproken")
    expect(care.page.locator("main")).not_to_contain_text("Alleen voor ons")
    assert "Alleen voor ons" not in str(care.kept()["entries"])


def test_a_location_is_asked_for_by_a_tap_alone_and_is_rounded_on_the_phone(phone: Callable[..., Phone]) -> None:
    officer = phone(WIJKAGENT, geolocation={"latitude": 52.091234, "longitude": 5.119876}, permissions=["geolocation"])
    keeps_contact(officer)
    officer.go("/visits/new")
    choose(officer, "whom", "other")
    officer.page.fill("#field-place", "Kelder van het buurthuis")
    officer.page.locator(".visit-more > summary").click()
    assert officer.page.locator("[name=lat]").input_value() == ""
    officer.page.locator("[data-locate]").click()
    officer.see("Locatie erbij, op ongeveer een kilometer.")
    assert officer.page.locator("[name=lat]").input_value() == "52.09"
    choose(officer, "topics", "anonymous_consultation")
    assert officer.page.locator("[name=lat]").input_value() == ""
    choose(officer, "topics", "anonymous_consultation")
    officer.page.locator("[data-locate]").click()
    officer.page.wait_for_function("() => document.querySelector('[name=lng]').value === '5.12'")
    keep(officer)
    officer.wait_until_shared()
    opened = next(entry for entry in officer.kept()["entries"] if entry["kind"] == "card.opened" and entry["body"]["type"] == "visit")
    assert (opened["body"]["lat"], opened["body"]["lng"]) == (52.09, 5.12)


SEND = "([path, told]) => fetch(path, {method: 'POST', body: new URLSearchParams(told)}).then((reply) => [reply.status, reply.url])"


def test_axe_finds_nothing_on_the_pages_of_visits_when_there_is_much_on_them(looker: Callable[[str], Looker], server: Served) -> None:  # noqa: F811
    officer, care = looker(WIJKAGENT), looker(CARE)
    kept = {"organisation": "dehaven", "rhythm": "fortnightly", "function": "begeleider"}
    assert officer.page.evaluate(SEND, ["/visits/contact", kept])[0] == 200
    told = {"what": "Kennismaken met het nieuwe team", "organisation": "noord", "on": "2040-12-04"}
    assert care.page.evaluate(SEND, ["/visits/ask", told])[0] == 200
    visit = {"whom": "dehaven", "topics": "stern_talk", "function": "begeleider", "agreed": "true", "name": "Sanne", "words": "Woorden " * 40,
             "follow_what": "Nummer van de nachtdienst", "follow_on": "2020-01-06", "next": "2040-01-06", "share": "true"}  # fmt: skip
    assert officer.page.evaluate(SEND, ["/visits", visit])[0] == 200
    assert officer.page.evaluate(SEND, ["/visits", {**visit, "next": "2020-01-06", "follow_on": "2040-01-06"}])[0] == 200
    officer.looks("/visits")
    cards = officer.page.eval_on_selector_all("main a[href^='/cards/']", "links => [...new Set(links.map((link) => link.getAttribute('href')))]")
    assert len(cards) >= 4
    for path in (*cards, "/visits/new", "/visits/handover", f"/visits/new?to={cards[0].rsplit('/', 1)[1]}"):
        officer.looks(path)
    care.looks("/visits")
    for one, path in ((officer, "/visits/new"), (officer, "/visits/contact"), (officer, "/visits/handover"), (care, "/visits/ask")):
        one.page.goto(path)
        with one.page.expect_navigation():
            one.page.locator(".form-send button").click()
        assert one.page.locator("[data-error]").count() == 1, path
        one.looks()
