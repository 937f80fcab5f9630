"""Asking and waiting on real phones (scenario 1): asked, received, declined and sent on, escalated, promised, too late.

The asked service answers from its own phone. On a Tuesday evening, when addiction care has closed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import expect

from tests.stories.evening import HERE, until_next
from tests.stories.hands import OFFICER, TRIAGIST, fill_in, open_card
from tests.stories.phone import Phone
from tests.stories.served import Served
from tests.stories.test_directory import heard_of_the_directory

Phones = Callable[..., Phone]
HOUR_MS = 3_600_000


def section(phone: Phone):  # type: ignore[no-untyped-def]
    return phone.page.locator("#section-waiting")


def test_a_service_is_asked_answers_from_its_own_phone_and_the_card_says_what_now(phone: Phones, server: Served) -> None:
    evening = until_next(1, 19, 2)
    server.set_clock(evening)
    officer, triagist = (heard_of_the_directory(phone(who, ahead_ms=evening)) for who in (OFFICER, TRIAGIST))
    card = open_card(officer)

    # Asked: the directory says who is open.
    section(officer).get_by_role("link", name="Dienst vragen").click()
    officer.page.locator("#form select[name=service]").wait_for()
    options = officer.page.locator("#form select[name=service] option").all_inner_texts()
    assert any("Verslavingszorg, aanmelding: Gesloten, opent morgen 08:30" in option for option in options)
    assert any("GGZ Crisisdienst, beoordeling ter plaatse" in option for option in options[:6]), "open ones first"
    officer.page.locator("#form a[data-close]").click()
    fill_in(officer, "waiting", "service.requested", {"service": "crisisdienst", "note": "Man op kruispunt"}, {"for": "assessment"})
    expect(section(officer)).to_contain_text("GGZ Crisisdienst, beoordeling ter plaatse, Beoordeling")
    officer.wait_until_shared()

    # The asked service has it in its list, and answers.
    triagist.share()
    triagist.go("/").see("Politie Basisteam Noord vraagt u: Beoordeling.")
    triagist.go(f"/cards/{card}")
    triagist.tap("Vraag ontvangen", "#section-header")
    expect(triagist.page.locator("#section-header")).not_to_contain_text("vraagt u")
    expect(section(officer)).to_contain_text("ontvangen")

    # Declined, and sent on to who is closed: the chain, who else is open, and to whom one escalates.
    fill_in(triagist, "waiting", "service.declined", {"referred_to": "verslavingszorg"}, {"reason": "under_influence"})
    expect(section(officer)).to_contain_text("Verwezen naar Verslavingszorg, aanmelding")
    now_what = section(officer).locator(".what-now")
    expect(now_what).to_contain_text("Opschalen, Operationeel")
    expect(now_what).not_to_contain_text("Vraag Verslavingszorg")
    assert now_what.locator("a[href^='tel:']").count() >= 2
    fill_in(officer, "waiting", "service.requested", {"service": "verslavingszorg"}, {"for": "assessment"})
    expect(section(officer).locator(".wait-chain")).to_contain_text("Doorverwezen: GGZ Crisisdienst, beoordeling ter plaatse")
    fill_in(officer, "waiting", "service.declined", {}, {"reason": "office_hours"})
    with officer.without_network():
        officer.page.locator(".what-now a[hx-get*='service.escalated']").first.click()
        assert officer.page.input_value("#form [name=to]") != ""
        officer.page.locator("#form .form-send button").first.click()
        expect(section(officer)).to_contain_text("Opgeschaald")
        fill_in(officer, "waiting", "service.requested", {"service": "crisisdienst"}, {"for": "assessment"})
    officer.wait_until_shared()

    # A time that was promised is a clock time; when it has passed the card says so, also without a network.
    triagist.share()
    triagist.go(f"/cards/{card}")
    triagist.page.locator("#section-header a[hx-get*='service.promised']").first.click()
    triagist.page.fill("#form [name=until]", "20:15")
    triagist.page.locator("#form .form-send button").first.click()
    expect(section(officer)).to_contain_text("komt om 20:15")
    with officer.without_network():
        officer.worker.evaluate(f"self.shift += {HOUR_MS + 35 * 60_000}")
        officer.go("/").see("Later dan afgesproken: GGZ Crisisdienst, beoordeling ter plaatse")
        officer.go(f"/cards/{card}")
        expect(section(officer).locator(".wait-overdue")).to_contain_text("Veel later dan afgesproken")
        section(officer).locator(".wait-overdue").get_by_role("button", name="Zij zijn er").click()
        expect(section(officer).locator(".wait-overdue")).to_have_count(0)
        section(officer).locator(".wait-arrived").first.get_by_role("link", name="Komt toch nog").wait_for()


def test_who_is_asked_in_words_is_on_the_card_in_words_and_a_slip_can_be_taken_back(phone: Phones) -> None:
    officer = heard_of_the_directory(phone(OFFICER))
    open_card(officer)
    section(officer).get_by_role("link", name="Dienst vragen").click()
    officer.page.locator("#form .form-send button").first.click()
    expect(officer.page.locator("#form .problems")).to_contain_text("Dienst: Vul dit in.")
    officer.page.fill("#form #field-service-else", "Wijkteam Oost")
    officer.page.locator("#form label:has(input[name=for][value=advice])").click()
    officer.page.locator("#form .form-send button").first.click()
    expect(section(officer)).to_contain_text("Wijkteam Oost, Advies")
    section(officer).get_by_role("button", name="Zij zijn er").click()
    expect(section(officer).locator(".wait-arrived")).to_contain_text("Wijkteam Oost")
    until = f"{datetime.now(HERE) + timedelta(hours=1):%H:%M}"
    fill_in(officer, "waiting", "service.promised", {"until": until})
    expect(section(officer)).to_contain_text(f"komt om {until}")
    expect(section(officer).locator(".wait-arrived")).to_have_count(0)


def test_the_page_says_by_itself_that_the_time_has_passed(phone: Phones) -> None:
    """The page's own clock meets the moment; the worker says what that means. Drawn again it has the moment that the worker knows."""
    officer = heard_of_the_directory(phone(OFFICER))
    card = open_card(officer)
    fill_in(officer, "waiting", "service.requested", {"service": "ggzvervoer"}, {"for": "transport"})
    expect(section(officer).locator("[data-due]")).to_have_count(1)
    due = section(officer).locator("[data-due]")
    agreed = due.get_attribute("data-due")
    due.evaluate("(element) => (element.dataset.due = Date.now() - 1)")
    expect(due).to_have_attribute("data-due", str(agreed))
    assert officer.card == card
