"""Whom can I call now, on real phones: in a basement with the worker's own clock, and a number that a lead changes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.evening import until_next
from tests.stories.hands import LEAD, OFFICER, open_card
from tests.stories.phone import Phone
from tests.stories.served import Served
from tests.stories.test_looks import TOO_WIDE, looker  # noqa: F401

Phones = Callable[..., Phone]
CARE_LEAD = "teamlead@crisisdienst.example"


def heard_of_the_directory(phone: Phone) -> Phone:
    phone.share()
    phone.wait_until(lambda: phone.kept()["meta"].get("directory"), "the directory is on the phone")
    return phone


def row(phone: Phone, name: str):  # type: ignore[no-untyped-def]
    return phone.page.locator(".service", has=phone.page.locator(".service-name a", has_text=name))


def test_in_a_basement_open_now_goes_by_the_clock_of_the_phone(phone: Phones, server: Served) -> None:
    """Tuesday five past five in the afternoon and an hour earlier, on two phones without a network."""
    late = until_next(1, 17, 5)
    server.set_clock(late)
    for ahead_ms, said, group in ((late, "Gesloten, opent morgen 08:30", "Nu gesloten"), (late - 3_600_000, "Open tot 17:00", "Nu te bellen")):
        server.set_clock(ahead_ms)
        officer = heard_of_the_directory(phone(OFFICER, ahead_ms=ahead_ms))
        card = open_card(officer)
        with officer.without_network():
            officer.go(f"/cards/{card}")
            officer.tap("Wie bel ik nu?", "#section-header")
            officer.see("Opvang De Haven, dag en nacht")
            care = row(officer, "Verslavingszorg, aanmelding")
            expect(care.locator(".service-state")).to_have_text(said)
            assert group in (care.locator("xpath=ancestor::section//h2").text_content() or "")
            assert care.locator("a.call").get_attribute("href") == "tel:0880009501"
            care.locator(".service-name a").click()
            officer.see("Neemt niet op vanaf de straat")
            expect(officer.page.locator(".hours-today")).to_contain_text("dinsdag")
            officer.tap("In hun keuken")
            officer.see("Dit blijft bij de deur")
            officer.see("Teamleider aanmelding")


def test_an_open_list_says_by_itself_that_a_service_closed(phone: Phones, server: Served) -> None:
    """The page's own clock meets the moment; what is typed in the filter stays."""
    before = until_next(1, 16, 55)
    server.set_clock(before)
    officer = heard_of_the_directory(phone(OFFICER, ahead_ms=before))
    officer.go("/directory")
    officer.page.fill("#field-q", "aanmelding")
    expect(row(officer, "Verslavingszorg, aanmelding").locator(".service-state")).to_have_text("Open tot 17:00")
    expect(officer.page.locator("#services .service")).to_have_count(1)
    with officer.without_network():
        officer.worker.evaluate("self.shift += 10 * 60_000")
        officer.page.locator("#services[data-due]").evaluate("(list) => (list.dataset.due = Date.now() - 1)")
        expect(row(officer, "Verslavingszorg, aanmelding").locator(".service-state")).to_have_text("Gesloten, opent morgen 08:30", timeout=10_000)
        expect(officer.page.locator("#services .service")).to_have_count(1)
        expect(officer.page.locator("#field-q")).to_have_value("aanmelding")


def test_typing_and_filters_leave_what_fits_without_a_network(phone: Phones) -> None:
    officer = heard_of_the_directory(phone(OFFICER))
    with officer.without_network():
        officer.go("/directory")
        officer.page.locator("#field-q").press_sequentially("nuchter")
        row(officer, "GGZ Crisisdienst, beoordeling").wait_for(state="hidden")
        officer.see("Opvang De Haven, dag en nacht")
        expect(officer.page.locator("#services [role=status]")).to_have_text("1 nu open, 0 nu gesloten")
        assert officer.page.evaluate("document.activeElement.id") == "field-q"
        officer.page.fill("#field-q", "")
        officer.page.locator(".filter-more summary").click()
        officer.page.select_option("#field-for", "transport")
        row(officer, "Opvang De Haven").wait_for(state="hidden")
        officer.see("GGZ Vervoer")


def test_a_card_asks_a_service_that_was_found(phone: Phones) -> None:
    officer = heard_of_the_directory(phone(OFFICER))
    card = open_card(officer)
    with officer.without_network():
        officer.go(f"/cards/{card}")
        officer.tap("Wie bel ik nu?", "#section-header")
        row(officer, "Opvang De Haven, dag en nacht").locator("a[href*='service.requested']").click()
        officer.page.wait_for_url("**/entries/new?kind=service.requested**")
        assert officer.page.locator("main form [name=service]").first.input_value() == "dehaven"


def test_a_lead_changes_a_number_and_a_phone_hears_it(phone: Phones) -> None:
    officer, lead = heard_of_the_directory(phone(OFFICER)), phone(CARE_LEAD)
    lead.go("/directory/crisisdienst")
    lead.tap("Wijzig")
    lead.page.fill("[name=phone]", "kies een toestel")
    lead.tap("Opslaan")
    lead.see("Dit is geen telefoonnummer")
    lead.page.fill("[name=phone]", "088-000 20 77")
    lead.tap("Opslaan")
    lead.see("Opgeslagen")
    assert lead.page.locator("a.call").first.get_attribute("href") == "tel:0880002077", "the lead's own phone has it at once"
    officer.share()
    with officer.without_network():
        officer.go("/directory/crisisdienst")
        assert officer.page.locator("a.call").first.get_attribute("href") == "tel:0880002077"


def test_one_tap_says_that_it_is_still_so(phone: Phones) -> None:
    lead = heard_of_the_directory(phone(LEAD))
    lead.go("/directory/~slachtofferhulp")
    lead.see("dagen heeft niemand nagekeken")
    lead.tap("Klopt nog")
    lead.see("Genoteerd: het klopt nog.")
    lead.see("door Teamlead Basisteam Noord")
    expect(lead.page.locator(".service-unchecked")).to_have_count(0)


def test_two_who_change_the_same_are_told(phone: Phones) -> None:
    lead, admin = phone(CARE_LEAD), phone("admin@crisisdienst.example")
    for one in (lead, admin):
        one.go("/organisations/crisisdienst/edit")
    lead.page.fill("[name=leave_at_door]", "Alleen de hond.")
    lead.tap("Opslaan")
    lead.see("Alleen de hond.")
    admin.page.fill("[name=leave_at_door]", "Alleen de kat.")
    admin.tap("Opslaan")
    admin.see("Iemand anders heeft dit intussen gewijzigd")
    admin.see("Alleen de hond.")
    assert admin.page.input_value("[name=leave_at_door]") == "Alleen de kat."


def test_nothing_is_wrong_with_forms_that_were_filled_in_wrongly_or_too_late(looker):  # noqa: F811
    one, other = looker(CARE_LEAD), looker("admin@crisisdienst.example")
    one.page.goto("/directory/new")
    one.page.fill("[name=hours_1]", "tot vijf")
    with one.page.expect_navigation():
        one.page.locator(".form-send button").click()
    one.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    one.looks()
    for path in ("/organisations/crisisdienst/edit", "/directory/crisisdienst/edit", "/organisations/crisisdienst/contacts/noord"):
        for each in (one, other):
            each.page.goto(path)
        for each in (one, other):
            each.page.locator("main form input[type=text]").last.fill("088-000 77 77")
            with each.page.expect_navigation():
                each.page.locator(".form-send button").click()
        assert other.page.locator("[data-error]").count() == 1, path
        other.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        other.looks()
    one.looks("/directory?q=niets+hiervan")
    one.page.goto("/directory/crisisdienst/advies/edit")
    one.page.get_by_role("button", name="Haal uit de gids").click()
    one.page.get_by_text("Dit staat niet meer in de gids").wait_for()
    one.looks()


def test_with_text_of_twice_the_size_it_is_no_wider_than_the_phone(looker):  # noqa: F811
    lead = looker(CARE_LEAD)
    card = "019a0000-0000-7000-8000-00000000aaaa"
    paths = (f"/directory?situation=crisis_assessment&card={card}", "/directory/verslavingszorg", f"/directory/crisisdienst?card={card}")
    for path in (*paths, "/organisations/crisisdienst", "/organisations/crisisdienst/edit", "/directory/crisisdienst/edit"):
        lead.page.goto(path)
        lead.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        lead.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert lead.page.evaluate(TOO_WIDE) <= 0, path
