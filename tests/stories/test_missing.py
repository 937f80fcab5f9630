"""She did not come home (scenario 5): the home reports from its own phone, police decide and decide again, both search, she is back, and the home is
asked until it says so. By tapping, the forms without a network.
"""

from __future__ import annotations

from collections.abc import Callable

import uuid6
from playwright.sync_api import expect

from tests.push_service import PushService
from tests.stories.evening import until_next
from tests.stories.hands import OFFICER, OTHER_OFFICER, fill_in
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.served import Served

Phones = Callable[..., Phone]
Pockets = Callable[..., Pocket]
HOME = "begeleider@dehaven.example"
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
REPORT = {
    "about": "Meisje met rode jas", "age": "15", "since": "vandaag 18:00", "last_seen": "Busstation", "clothes": "Rode jas, witte sneakers",
    "phone": "Ja, staat uit", "before": "Twee keer", "found_before": "Bij het station", "asked": "Vriendinnen, school", "doing": "Wij bellen rond",
}  # fmt: skip


def report(phone: Phone, **told: str) -> str:
    """Opens the form in the ordinary way of opening a card, fills it in and sends it."""
    phone.go("/cards/new?context=care_outside")
    phone.tap("Vermissing")
    phone.page.wait_for_url("**/missing/new")
    fill_report(phone, {**REPORT, **told})
    with phone.page.expect_navigation():
        phone.tap("Meld bij de politie")
    return phone.card


def fill_report(phone: Phone, told: dict[str, str]) -> None:
    for name, text in told.items():
        phone.page.fill(f"[name={name}]", text)
    phone.page.locator("label:has(input[name=risks][value=vulnerable])").click()
    phone.page.select_option("[name=organisation]", "noord")


def section(phone: Phone, name: str):  # type: ignore[no-untyped-def]
    return phone.page.locator(f"#section-{name}")


def test_the_list_of_missing_persons_stays_that_list_while_others_write(phone: Phones) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    card = str(uuid6.uuid7())
    home.hand_in(card, "card.opened", situation="missing_person", place="Busstation", about="Meisje met rode jas", type="missing")
    home.hand_in(card, "missing.reported", about="Meisje met rode jas", last_seen="Busstation")
    home.hand_in(card, "card.shared", organisation="noord")
    officer.share()
    officer.go("/missing?from=home").see("Meisje met rode jas")

    other = str(uuid6.uuid7())
    officer.hand_in(other, "card.opened", situation="missing_person", place="Park", about="Jongen met fiets", type="missing")
    officer.share()
    officer.see("Jongen met fiets")
    expect(officer.page.locator("h1")).to_have_text("Vermist")
    expect(officer.page.locator("#cards")).to_contain_text("Meld iemand vermist")


def test_the_form_insists_says_why_and_lets_go_of_what_is_not_known(phone: Phones) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    with home.without_network():
        home.go("/missing/new")
        home.see("Hieraan herkent een agent iemand op straat.")
        fill_report(home, {"about": "Meisje met rode jas", "age": "15"})
        home.tap("Meld bij de politie")
        expect(home.page.locator(".problems")).to_contain_text("Kleding: De politie heeft dit nodig")
        expect(home.page.locator("[name=age]")).to_have_value("15")
        home.page.fill("[name=unknown]", "Onbekend, de collega van vanmiddag is weg")
        # Called away half-way: what was typed is there when the form opens again.
        home.go("/")
        home.go("/missing/new")
        expect(home.page.locator("[name=about]")).to_have_value("Meisje met rode jas")
        expect(home.page.locator("[name=unknown]")).to_have_value("Onbekend, de collega van vanmiddag is weg")
        expect(home.page.locator("input[name=risks][value=vulnerable]")).to_be_checked()
        with home.page.expect_navigation():
            home.tap("Meld bij de politie")
        card = home.card
        expect(section(home, "missing")).to_contain_text("Nog niet bekend")
        home.go("/missing/new")
        home.page.wait_for_timeout(500)
        expect(home.page.locator("[name=about]")).to_have_value("")
    home.wait_until_shared()
    officer.share()
    officer.go(f"/cards/{card}")
    expect(section(officer, "missing").locator(".notice")).to_contain_text("Kleding")
    expect(section(officer, "missing").locator(".notice")).to_contain_text("Onbekend, de collega van vanmiddag is weg")


def test_she_did_not_come_home(phone: Phones, pocket: Pockets, server: Served, makers: PushService) -> None:
    evening = until_next(1, 20, 30)
    server.set_clock(evening)
    home_pocket, officer_pocket = pocket(HOME, ahead_ms=evening), pocket(OFFICER, ahead_ms=evening)
    home, officer, colleague = home_pocket.phone, officer_pocket.phone, phone(OTHER_OFFICER, ahead_ms=evening)

    # The home reports without a network; police hear of it once there is one.
    with home.without_network():
        card = report(home, call_back="088-000 30 01, groepsleiding")
        expect(section(home, "missing")).to_contain_text("Rode jas, witte sneakers")
        expect(section(home, "missing")).not_to_contain_text("Nog niet bekend")
        expect(section(home, "urgency").locator("a[hx-get*='urgency.judged']")).to_have_count(0)
    home.wait_until_shared()
    officer_pocket.opens("invited", card)

    # Police decide, and decide again when a message arrives; what they thought before stays.
    with officer.without_network():
        fill_in(officer, "urgency", "urgency.judged", {"note": "Vaker weg, komt terug"}, {"urgency": "other"})
        expect(section(officer, "urgency").locator(".level-chip")).to_have_text("Urgentie Overig")
    officer.wait_until_shared()
    colleague.share()
    colleague.go(f"/cards/{card}")
    fill_in(home, "search", "search.agreed", {"who": "Groepsleiding", "where": "Bij vriendinnen"})
    fill_in(home, "search", "sighting.noted", {"when": "20:10", "where": "Bushalte Centrum", "what": "Stapte in een auto"})
    home.wait_until_shared()
    # Neither phone knows what the other writes: the more urgent counts.
    colleague.cut()
    officer.cut()
    fill_in(colleague, "urgency", "urgency.judged", {"note": "Bericht: zij is bij een man"}, {"urgency": "urgent", "signs": "others"})
    fill_in(officer, "urgency", "urgency.judged", {"note": "Nog steeds overig"}, {"urgency": "other"})
    colleague.mend()
    officer.mend()
    colleague.wait_until_shared()
    officer.wait_until_shared()
    home.share()
    home.go(f"/cards/{card}")
    expect(section(home, "urgency").locator(".level-chip")).to_have_text("Urgentie Urgent")
    expect(section(home, "urgency")).to_contain_text("Twee oordelen die elkaar niet zagen")
    expect(section(home, "urgency")).to_contain_text("Bericht: zij is bij een man")
    expect(section(home, "urgency").locator("details")).to_contain_text("Eerder bepaald (1)")

    # Who searches where, both sides; how it went.
    officer.share()
    officer.go(f"/cards/{card}")
    fill_in(officer, "search", "search.agreed", {"who": "Politie Noord", "where": "Busstation"})
    fill_in(officer, "search", "search.done", {"note": "Niemand"}, {"result": "not_there"})
    expect(section(officer, "search")).to_contain_text("Groepsleiding")
    expect(section(officer, "search")).to_contain_text("Niet aangetroffen")
    expect(section(officer, "search")).to_contain_text("Stapte in een auto")
    officer.go("/missing").see("Meisje met rode jas")
    officer.see("Urgentie Urgent")
    officer.go("/").see("Urgentie Urgent")

    # Reported at 20:30: asked at 22:00, not at night, and again at seven and at eight. A killed server sends none twice.
    # Who looks at the card needs no notice of it: the phone is put away.
    home_pocket.never_gets("report_back")
    home.go("/settings")
    server.set_clock(evening + 95 * MINUTE_MS)
    assert home_pocket.opens("report_back", card, "back")["title"] == "Is hij of zij terug?"
    server.kill()
    server.start()
    home.page.wait_for_timeout(5_000)
    assert makers.kinds(home_pocket.name).count("report_back") == 1
    # Back at 23:40, and the home forgets.
    server.set_clock(evening + 190 * MINUTE_MS)
    home.page.wait_for_timeout(5_000)
    assert makers.kinds(home_pocket.name).count("report_back") == 1
    for times, minutes in ((2, 635), (3, 695)):
        server.set_clock(evening + minutes * MINUTE_MS)
        makers.wait_for(lambda times=times: makers.kinds(home_pocket.name).count("report_back") == times)
    assert makers.kinds(officer_pocket.name).count("report_back") == 0

    # Police say found, the home is asked to confirm, and reports back: that closes the card, and nothing is asked any more.
    found = evening + 700 * MINUTE_MS
    server.set_clock(found)
    for one in (home, officer):
        one.worker.evaluate(f"self.shift = {found}")
    officer.go(f"/cards/{card}")
    fill_in(officer, "back", "missing.found", {"where": "Thuis aan de deur", "when": "08:05"})
    officer.wait_until_shared()
    home.go("/settings")
    home_pocket.opens("person_found", card, "back")
    expect(section(home, "back")).to_contain_text("Een ander meldt: gevonden")
    with home.without_network():
        fill_in(home, "back", "missing.back", {"when": "gisteren 23:40", "found_at": "Zelf aan de deur"})
        expect(section(home, "header")).to_contain_text("Gesloten")
        fill_in(home, "back", "return_talk.agreed", {"who": "Mentor"})
        section(home, "back").get_by_role("button", name="Gesprek gevoerd").click()
        expect(section(home, "back")).to_contain_text("Gevoerd")
    home.wait_until_shared()
    officer_pocket.gets("person_found")
    server.set_clock(found + 3 * HOUR_MS)
    home.page.wait_for_timeout(5_000)
    assert makers.kinds(home_pocket.name).count("report_back") == 3

    # Missing again: both sides see how often, and where she was found.
    home.go("/missing").see("Terug sinds gisteren 23:40")
    again = report(home, call_back="088-000 30 01", about="meisje met rode jas")
    expect(section(home, "missing")).to_contain_text("1 keer eerder")
    home.wait_until_shared()
    officer.share()
    officer.go(f"/cards/{again}")
    expect(section(officer, "missing")).to_contain_text("gevonden: Zelf aan de deur")
