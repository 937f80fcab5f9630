"""What the page does by itself, on Flask's own pages: the sheet, a double tap, a tap on the alarm that is too short, a server that is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Locator, Page, expect

from tests.stories.hands import OFFICER
from tests.stories.phone import PASSWORD, new_context
from tests.stories.served import Served


class Desk:
    """A page without a worker, signed in, on a card."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(10_000)
        page.goto("/login")
        page.fill("input[name=email]", OFFICER)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("form:has(input[name=password]) button").first.click()
        page.goto("/cards/new?context=police_asks&situation=crisis_assessment")
        self.focused = page.evaluate("document.activeElement.name")
        page.fill("[name=place]", "Kruispunt")
        with page.expect_navigation():
            page.locator("main form button").last.click()
        self.card = page.url.rsplit("/", 1)[1]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        card = self.page.request.get(f"/cards/{self.card}.json").json()
        return [item for item in card["timeline"] if item["kind"] == kind]

    def opens(self, link: str) -> None:
        self.page.locator(f"main a[hx-get*='{link}']").first.click()
        self.page.locator("#sheet form").wait_for()


@pytest.fixture
def desk(browser: Browser, server: Served) -> Iterator[Callable[[], Desk]]:
    contexts = []

    def take() -> Desk:
        contexts.append(new_context(browser, base_url=server.base, service_workers="block"))
        return Desk(contexts[-1].new_page())

    yield take
    for context in contexts:
        context.close()


def test_the_place_can_be_typed_at_once_when_a_card_is_opened(desk: Callable[[], Desk]) -> None:
    assert desk().focused == "place"


def test_a_form_opens_at_its_beginning_and_the_way_back_puts_it_away(desk: Callable[[], Desk]) -> None:
    one = desk()
    one.opens("handover.offered")
    one.page.evaluate("document.getElementById('sheet').scrollTop = 900")
    assert one.page.evaluate("document.getElementById('sheet').scrollTop") > 100
    one.page.evaluate("history.back()")
    expect(one.page.locator("#sheet")).to_be_hidden()
    assert one.page.url.endswith(f"/cards/{one.card}")
    one.opens("handover.offered")
    assert one.page.evaluate("document.getElementById('sheet').scrollTop") == 0
    one.page.locator("#form [data-close]").click()
    expect(one.page.locator("#sheet")).to_be_hidden()
    one.page.wait_for_function("!history.state?.sheet")
    one.page.go_back()
    assert "/cards/new" in one.page.url, "one step back from a card without a form leaves it"


def leaves(one: Desk) -> Locator:
    return one.page.locator("#section-presence form:has(input[value='presence.left']) button")


def leave_for_a_reason(one: Desk) -> None:
    """The card is held by nobody else, so it asks why."""
    leaves(one).click()
    one.page.fill("#form [name=reason]", "Naar een volgende melding")
    one.page.locator("#form .form-send button").last.click()
    expect(one.page.locator("#section-presence .gone")).to_be_visible()


def test_two_taps_before_the_answer_write_once_and_a_lost_answer_doubles_nothing(desk: Callable[[], Desk]) -> None:
    one = desk()
    arrive = one.page.locator("#section-presence form:has(input[value='in_sight']) button")
    leave_for_a_reason(one)
    arrive.evaluate("button => { button.click(); button.click(); }")
    expect(leaves(one)).to_be_visible()
    assert len(one.entries("presence.arrived")) == 2, "opening the card, and this once"
    leave_for_a_reason(one)
    lost = []

    def lose(route: Any) -> None:
        lost.append(route.fetch())
        route.abort()

    one.page.route("**/entries", lose)
    arrive.click()
    expect(one.page.locator("[data-no-answer]")).to_contain_text("Dit is nog niet verstuurd")
    one.page.unroute("**/entries")
    arrive.click()
    expect(leaves(one)).to_be_visible()
    assert len(one.entries("presence.arrived")) == 3, "and this once"


def test_a_form_that_nobody_answers_says_so_and_stays(desk: Callable[[], Desk], server: Served) -> None:
    one = desk()
    one.opens("picture.set")
    one.page.fill("#form [name=problem]", "Ruzie om de hond")
    server.kill()
    one.page.locator("#form .form-send button").click()
    expect(one.page.locator("#form [data-no-answer]")).to_be_visible()
    assert one.page.locator("#form [name=problem]").input_value() == "Ruzie om de hond"
    server.start()
    one.page.locator("#form .form-send button").click()
    expect(one.page.locator("#section-picture")).to_contain_text("Ruzie om de hond")


def test_a_tap_on_the_alarm_says_how_long_to_hold(desk: Callable[[], Desk]) -> None:
    one = desk()
    one.page.locator("[data-hold]").click()
    hint = one.page.locator("[data-hold-hint]")
    expect(hint).to_have_text("Nog niet verstuurd. Houd 1,5 seconde vast.")
    expect(hint).to_be_in_viewport()
    assert hint.get_attribute("role") == "status"
    assert one.entries("alarm.raised") == []


def test_a_browser_without_a_scanner_reads_a_code_with_ours(desk: Callable[[], Desk]) -> None:
    """Its engine is WebAssembly, loaded when somebody scans, from this server: the policy lets that through, and nothing else."""
    one = desk()
    address = f"{one.page.url.split('/cards')[0]}/join?code=ABC234"
    assert one.page.evaluate(SCAN, segno.make(address).png_data_uri(scale=6)) == address


SCAN = """async (picture) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const { BarcodeDetector } = await import("/static/build/barcode.js");
  const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(image);
  return code.rawValue;
}"""


WHERE = "() => document.activeElement.closest('[id^=section-]')?.id ?? document.activeElement.tagName"


def test_a_tap_by_keyboard_leaves_the_focus_where_the_person_was(desk: Callable[[], Desk]) -> None:
    one = desk()
    leave_for_a_reason(one)
    one.page.wait_for_function(f"() => ({WHERE})() === 'section-presence'")
    one.page.locator("#section-presence form:has(input[value='in_sight']) button").focus()
    one.page.keyboard.press("Enter")
    expect(leaves(one)).to_be_visible()
    one.page.wait_for_function(f"() => ({WHERE})() === 'section-presence'")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate(WHERE) == "section-presence", "and goes on from there"
    one.page.locator("#alarm-raise").focus()
    one.page.keyboard.down("Enter")
    end = one.page.locator("#section-alarm form button")
    end.wait_for()
    one.page.keyboard.up("Enter")
    end.focus()
    one.page.keyboard.press("Enter")
    expect(end).to_have_count(0)
    one.page.wait_for_function(f"() => ({WHERE})() === 'section-header'")


def test_what_is_unfolded_stays_unfolded_when_it_is_drawn_again(desk: Callable[[], Desk]) -> None:
    one = desk()
    offer(one, "Man op de trap")
    content = one.page.locator("#section-handover details", has_text="Man op de trap")
    expect(content).to_have_attribute("open", "")
    one.page.locator("#section-handover a[hx-get*='handover.withdrawn']").click()
    one.page.locator("#form .form-send button").last.click()
    expect(one.page.locator("#section-handover a[hx-get*='handover.withdrawn']")).to_have_count(0)
    expect(content).to_have_attribute("open", "")
    content.locator("summary").click()
    offer(one, "Vrouw bij de deur")
    expect(one.page.locator("#section-handover details")).to_have_count(2)
    expect(content).not_to_have_attribute("open", "")
    expect(one.page.locator("#section-handover details", has_text="Vrouw bij de deur")).to_have_attribute("open", "")


def offer(one: Desk, what: str) -> None:
    one.page.locator("#section-handover a[hx-get*='handover.offered']").first.click()
    one.page.locator("#form [name=to]").select_option("crisisdienst")
    one.page.fill("#form [name=situation]", what)
    one.page.locator("#form .form-send button").last.click()
    expect(one.page.locator("#section-handover details", has_text=what)).to_have_count(1)


def test_a_page_that_comes_back_with_what_is_wrong_begins_there(desk: Callable[[], Desk]) -> None:
    one = desk()
    for path in ("/cards/new?context=police_asks&situation=crisis_assessment", "/missing/new", "/visits/new", f"/care-reports/new?card={one.card}"):
        one.page.goto(path)
        with one.page.expect_navigation():
            one.page.locator("main form .button-main").last.click()
        assert one.page.title().startswith("Niet gelukt: "), path
        expect(one.page.locator("main .problems").first).to_be_focused()
