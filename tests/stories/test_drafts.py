"""What was typed and not sent: it is there again after a reload or a dead network, in its own form and in no other, until that form is accepted."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import LEAD, OFFICER, TRIAGIST, fill_in, invite, open_card
from tests.stories.phone import Phone

Phones = Callable[..., Phone]
ASK = """async ([card, service]) => fetch(`/cards/${card}/entries`, {
  method: "POST", headers: {"HX-Request": "true"}, body: new URLSearchParams({kind: "service.requested", service, for: "transport"}),
})"""


def types(phone: Phone, place: str, text: str) -> None:
    phone.page.fill(place, text)
    phone.wait_until(lambda: text in str(phone.kept()["drafts"]), "the draft is kept")


def test_a_care_report_is_there_again_after_a_reload(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.go(f"/care-reports/new?card={card}")
    types(officer, "[name=facts]", "De kinderen stonden om 23:10 alleen buiten")
    officer.page.reload()
    expect(officer.page.locator("[name=facts]")).to_have_value("De kinderen stonden om 23:10 alleen buiten")
    officer.go(f"/care-reports/new?card={card}")
    expect(officer.page.locator("[name=facts]")).to_have_value("De kinderen stonden om 23:10 alleen buiten")


def test_what_was_typed_before_the_page_knows_its_drafts_is_kept_with_what_was_typed_before(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.page.add_init_script(WORKER_IS_SLOW)
    officer.go(f"/care-reports/new?card={card}")
    types(officer, "[name=facts]", "De kinderen stonden alleen buiten")
    officer.page.evaluate("sessionStorage.setItem('slow', 'yes')")
    officer.page.reload()
    expect(officer.page.locator("[name=facts]")).to_have_value("")
    officer.page.fill("[name=situation]", "Het huis was donker")
    officer.page.evaluate("sessionStorage.removeItem('slow')")
    officer.page.reload()
    expect(officer.page.locator("[name=facts]")).to_have_value("De kinderen stonden alleen buiten")
    expect(officer.page.locator("[name=situation]")).to_have_value("Het huis was donker")
    officer.wait_until(lambda: "Het huis was donker" in str(officer.kept()["drafts"]), "both are kept, sealed")
    assert "donker" not in officer.page.evaluate("JSON.stringify(sessionStorage)"), "and nothing stays in the open"


# A worker that does not answer yet which drafts there are.
WORKER_IS_SLOW = """
const say = ServiceWorker.prototype.postMessage;
ServiceWorker.prototype.postMessage = function (message, ...more) {
  if (message?.type === "drafts" && sessionStorage.getItem("slow")) return;
  return say.call(this, message, ...more);
};
"""


def test_what_was_typed_over_a_page_of_an_organisation_without_a_network_is_there_when_it_is_opened_anew(phone: Phones) -> None:
    lead = phone(LEAD)
    lead.go("/organisations/noord/edit")
    first = lead.page.input_value("[name=leave_at_door]")
    types(lead, "[name=leave_at_door]", "Bel eerst de receptie")
    with lead.without_network():
        lead.page.locator("form:has([name=leave_at_door]) .button-main").click()
        lead.see("Hiervoor is internet nodig")
    lead.go("/organisations/noord/edit")
    expect(lead.page.locator("[name=leave_at_door]")).to_have_value("Bel eerst de receptie")
    if first:
        lead.see("Het is nog niet bewaard")
    lead.page.locator("form:has([name=leave_at_door]) .button-main").click()
    lead.page.wait_for_url(lambda url: not url.endswith("/edit"))
    lead.wait_until(lambda: not lead.kept()["drafts"], "what was accepted is no draft")


def test_what_was_typed_for_the_server_alone_and_sent_without_a_network_is_there_when_it_is_opened_anew(phone: Phones) -> None:
    admin = phone("admin@noord.example")
    admin.go("/people/invite")
    types(admin, "#field-name", "Nieuwe collega")
    with admin.without_network():
        admin.page.locator(".form-send button").first.click()
        admin.see("Nu geen internet")
    admin.go("/people/invite")
    expect(admin.page.locator("#field-name")).to_have_value("Nieuwe collega")


def test_what_was_begun_for_one_service_stands_not_in_the_form_of_another(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    for service in ("ggzvervoer", "ambulance"):
        officer.page.evaluate(ASK, [card, service])
    officer.go(f"/cards/{card}")
    come = officer.page.locator("#section-waiting a[hx-get*='service.promised']")
    come.nth(0).click()
    types(officer, "#form [name=note]", "Busje komt van depot Zuid")
    officer.page.locator("#form [data-close]").click()
    come.nth(1).click()
    expect(officer.page.locator("#form [name=note]")).to_have_value("")
    officer.page.locator("#form [data-close]").click()
    come.nth(0).click()
    expect(officer.page.locator("#form [name=note]")).to_have_value("Busje komt van depot Zuid")


def test_looking_at_a_question_keeps_the_read_back(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    invite(officer, card, "crisisdienst")
    officer.go(f"/cards/{card}")
    fill_in(officer, "handover", "handover.offered", {"to": "crisisdienst", "situation": "Man op de trap"})
    officer.wait_until_shared()
    triagist.share()
    triagist.go(f"/cards/{card}")
    accept = triagist.page.locator("#section-handover a[hx-get*='handover.accepted']").first
    accept.click()
    types(triagist, "#form [name=read_back]", "Ik neem over: niet gefouilleerd")
    triagist.page.locator("#form form a[hx-get*='handover.asked']").click()
    triagist.page.locator("#form [data-form='handover.asked']").wait_for()
    triagist.page.locator("#form [data-close]").click()
    accept.click()
    expect(triagist.page.locator("#form [name=read_back]")).to_have_value("Ik neem over: niet gefouilleerd")
