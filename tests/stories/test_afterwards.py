"""Afterwards: half a day after a card closed its people say how it went, one of them in a basement; the receiver tells what came of it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.push_service import PushService
from tests.stories.hands import OFFICER, TRIAGIST, fill_in, invite, open_card
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.served import Served

HOUR_MS = 3_600_000


def test_half_a_day_later_everybody_says_how_it_went_and_the_receiver_what_came_of_it(
    phone: Callable[..., Phone], pocket: Callable[..., Pocket], server: Served, makers: PushService
) -> None:
    officer_pocket = pocket(OFFICER, ahead_ms=1)
    officer, triagist = officer_pocket.phone, phone(TRIAGIST, ahead_ms=1)
    card = open_card(officer)
    invite(officer, card, "crisisdienst")
    officer.wait_until_shared()
    triagist.share()
    triagist.go(f"/cards/{card}")
    triagist.write(triagist.page.locator("#section-presence form button").first)
    triagist.wait_until_shared()
    officer.go(f"/cards/{card}")
    fill_in(officer, "closing", "card.closed", {"outcome": "Naar huis"})
    officer.wait_until_shared()
    officer.go("/")
    officer.page.locator(".closed-cards").wait_for()
    expect(officer.page.get_by_text("Hoe ging het samen?")).to_have_count(0)
    officer.go("/settings")
    officer_pocket.never_gets("how_was_it")

    # Half a day later: in the pocket, and on the first page, which knows it without a network.
    later = 12 * HOUR_MS + 60_000
    server.set_clock(later)
    for one in (officer, triagist):
        one.worker.evaluate(f"self.shift += {later}")
    told = officer_pocket.gets("how_was_it")
    assert told["card"] == card
    with officer.without_network():
        officer.go("/").tap("Hoe ging het samen?")
        officer.page.locator("label:has(input[name=well][value=handover])").click()
        officer.page.locator("label:has(input[name=not_well][value=waiting])").click()
        officer.page.fill("[name=not_well_note]", "Drie kwartier op de gang")
        with officer.page.expect_navigation():
            officer.page.locator(".form-send button").first.click()
        expect(officer.page.locator("#section-feedback")).to_contain_text("Drie kwartier op de gang")
        officer.go("/")
        expect(officer.page.get_by_text("Hoe ging het samen?")).to_have_count(0)
    officer.wait_until_shared()
    triagist.share()
    triagist.go("/").see("Hoe ging het samen?")

    # What came of it comes back to who was there.
    triagist.go(f"/cards/{card}")
    fill_in(triagist, "feedback", "outcome.told", {"text": "Is in zorg bij het wijkteam"}, {"result": "taken_up"})
    triagist.wait_until_shared()
    officer.go("/settings")
    shown = officer_pocket.opens("outcome_told", card, "feedback")
    assert "wijkteam" not in shown["body"]
    expect(officer.page.locator("#section-feedback")).to_contain_text("Is in zorg bij het wijkteam")
    officer.go("/")
    officer.page.locator(".closed-cards > summary").click()
    officer.see("Is in zorg bij het wijkteam")
