"""What changes under a reader's eyes: the time line, a card that is no longer theirs, an entry that gets shared, a session that ends."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import OFFICER, TRIAGIST, WRITES, fill_in, ids, open_card
from tests.stories.phone import Phone


def test_the_time_line_is_live_and_does_not_move_who_reads_further_down(phone: Callable[..., Phone]) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    for turn in range(25):
        officer.hand_in(card, "observation.noted", does=f"Stap {turn}")
    triagist.go(f"/cards/{card}/timeline")
    triagist.see("Stap 24")
    officer.hand_in(card, "observation.noted", does="Valt")
    triagist.see("Valt")

    triagist.page.evaluate("window.scrollTo(0, 1200)")
    line = triagist.page.get_by_text("Stap 12", exact=True)
    before = line.bounding_box()
    officer.hand_in(card, "observation.noted", does="Staat op")
    button = triagist.page.get_by_role("button", name="1 nieuw: toon")
    expect(button).to_be_visible()
    assert line.bounding_box() == before
    button.click()
    triagist.see("Staat op")
    expect(triagist.page.get_by_text("Staat op")).to_be_in_viewport()


def test_who_was_long_without_a_network_hears_others_as_soon_as_something_is_shared(phone: Callable[..., Phone]) -> None:
    """A browser says nothing of a network that was there and brought nothing; the pauses of the stream have become long by then."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.page.clock.install()
    triagist.go(f"/cards/{card}")
    officer.hand_in(card, "observation.noted", does="Loopt weg")
    triagist.see("Loopt weg")
    with triagist.without_network():
        for _ in range(5):
            with triagist.page.expect_event("requestfailed", lambda asked: asked.url.endswith("/live")):
                triagist.page.clock.fast_forward(60_000)
    triagist.wait_until_shared()
    officer.hand_in(card, "observation.noted", does="Komt terug")
    triagist.see("Komt terug")


def test_nothing_moves_away_under_a_finger(phone: Callable[..., Phone]) -> None:
    """The line about sharing becomes higher, and a card shorter, while somebody taps: the tap is for what they see."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.go(f"/cards/{card}")
    triagist.page.wait_for_timeout(1_000)
    link = triagist.page.locator("a[hx-get*='risk.assessed']").first
    place = link.bounding_box()
    assert place
    triagist.page.mouse.move(place["x"] + 10, place["y"] + 5)
    triagist.page.mouse.down()
    officer.hand_in(card, "alarm.raised")
    triagist.wait_until(lambda: "alarm.raised" in str(triagist.entries(card)), "the alarm is on the phone")
    triagist.cut()
    triagist.page.evaluate(WRITES, [card, ids(1)])
    triagist.page.wait_for_timeout(1_000)
    assert link.bounding_box() == place
    triagist.page.mouse.up()
    triagist.page.locator("#form .form-title").wait_for()
    triagist.see("1 nog te delen")
    expect(triagist.page.locator("#sheet .alarms")).to_be_visible()
    triagist.mend()


def test_who_is_taken_off_a_card_while_typing_is_told_and_keeps_what_was_typed(phone: Callable[..., Phone]) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.go(f"/cards/{card}")
    triagist.page.locator("#section-observation a[hx-get*='observation.noted']").first.click()
    triagist.page.fill("#form [name=says]", "Mijn zus komt zo")
    officer.hand_in(card, "card.unshared", organisation="crisisdienst")
    triagist.see("U staat niet meer op deze kaart")
    expect(triagist.page.locator("main")).to_contain_text("Mijn zus komt zo")
    expect(triagist.page.locator("#sheet")).to_have_count(0)
    triagist.wait_until(lambda: triagist.kept()["drafts"] == [], "what was typed for this card left the phone")


def test_the_page_of_what_is_not_shared_empties_itself_and_signing_out_waits_for_the_network(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.cut()
    fill_in(officer, "observation", "observation.noted", {"does": "Loopt weg"})
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    officer.page.fill("#form [name=problem]", "Half getypt")
    officer.go("/unsent")
    officer.see("Loopt weg")

    officer.go("/settings")
    officer.page.locator("form[action='/logout'] button").click()
    officer.see("U bent nog aangemeld en er is niets gewist")
    officer.go(f"/cards/{card}")
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    expect(officer.page.locator("#form [name=problem]")).to_have_value("Half getypt")

    officer.go("/unsent")
    officer.mend()
    officer.share()
    officer.see("Alles is gedeeld.")

    officer.go("/settings")
    with officer.page.expect_navigation():
        officer.page.locator("form[action='/logout'] button").click()
    officer.page.locator("input[name=password]").wait_for()
    officer.wait_until(lambda: officer.kept()["drafts"] == [], "what was typed left the phone")


def test_who_signs_in_again_is_back_on_the_card(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.context.clear_cookies()
    officer.share()
    officer.page.locator("#sync-line").get_by_role("link", name="Aanmelden").click()
    officer.page.fill("input[name=email]", OFFICER)
    officer.page.fill("input[name=password]", "motorkap-demo")
    officer.page.locator("form:has(input[name=password]) button").first.click()
    officer.page.wait_for_url(f"**/cards/{card}")
