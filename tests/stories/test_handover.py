"""A handover at the scene: nothing between two phones without a holder, what is half-typed wins, and hands, keys and ears find the same order."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from card.fold import fold
from tests.stories.hands import OFFICER, TRIAGIST, fill_in, invite, open_card
from tests.stories.phone import Phone
from tests.stories.test_looks import TOO_WIDE, Looker, full_card, looker

__all__ = ["looker"]
Phones = Callable[..., Phone]


def word(one: Phone) -> str:
    return " ".join(one.page.locator("#section-holding .holding-word").inner_text().split())


def two_on_a_card(phone: Phones) -> tuple[Phone, Phone, str]:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    invite(officer, card, "crisisdienst")
    officer.wait_until_shared()
    for one in (officer, triagist):
        one.go(f"/cards/{card}")
    triagist.see("Kruispunt")
    return officer, triagist, card


def somebody_always_held(one: Phone, card: str) -> bool:
    history = sorted(one.entries(card), key=lambda entry: entry["seq"])
    return all(fold(history[:length])["holders"] for length in range(1, len(history) + 1))


def test_offered_without_a_network_asked_about_and_accepted_when_both_are_back(phone: Phones) -> None:
    officer, triagist, card = two_on_a_card(phone)
    assert (word(officer), word(triagist)) == ("U houdt vast", "Politie Basisteam Noord houdt vast")

    # Both in the basement. What the card knows stands in the form already.
    officer.cut()
    triagist.cut()
    fill_in(officer, "observation", "observation.noted", {"does": "Loopt heen en weer", "used": "Bier"})
    fill_in(triagist, "observation", "observation.noted", {"says": "Ik ben zijn zus"})
    officer.page.locator("#section-handover a[hx-get*='handover.offered']").first.click()
    officer.page.locator("#form [name=to]").select_option("crisisdienst")
    expect(officer.page.locator("#form [name=substances]")).to_have_value("Bier")
    assert "Loopt heen en weer" in officer.page.locator("#form [name=background]").input_value()
    officer.page.locator("#form [name=substances]").fill("Bier, een halve krat")
    officer.page.locator("#form .form-send button").click()
    officer.wait_until(lambda: officer.page.locator("#section-handover .handover-offered").count() == 1, "the offer is on the card")
    assert word(officer) == "U houdt vast", "nobody lets go by offering"

    officer.mend()
    triagist.mend()
    for one in (officer, triagist):
        one.wait_until_shared()
        one.share()
    triagist.page.locator("#section-handover .missing").first.wait_for()
    assert "Gefouilleerd?" in triagist.page.locator("#section-handover .missing-list").inner_text()
    triagist.page.locator("#section-handover a[hx-get*='handover.asked']").first.click()
    triagist.page.locator("#form [name=text]").fill("Gefouilleerd?")
    triagist.page.locator("#form .form-send button").click()
    officer.page.locator("#section-header .notice-offer", has_text="Gefouilleerd?").locator("a").click()
    officer.page.locator("#form [name=text]").fill("Ja, een mes gevonden")
    officer.page.locator("#form .form-send button").click()
    triagist.page.locator("#section-handover .question", has_text="een mes gevonden").wait_for()

    # Accepted, and the giver stays; then the giver may go. The large word follows on both phones, and is told to who listens.
    live = officer.page.locator("#section-holding .holding-now[role=status]")
    expect(live).to_have_attribute("aria-atomic", "true")
    fill_in(triagist, "handover", "handover.accepted", {"read_back": "Wij brengen hem naar de post; het mes houdt u"}, {"release": "false"})
    officer.wait_until(lambda: word(officer) == "U en GGZ Crisisdienst houden vast", "both hold it")
    triagist.wait_until(lambda: word(triagist) == "U en Politie Basisteam Noord houden vast", "both hold it, on the other phone as well")
    for one in (officer, triagist):
        expect(one.page.locator("#section-handover .read-back blockquote")).to_have_text("Wij brengen hem naar de post; het mes houdt u")
    triagist.page.locator("#section-handover form:has(input[value='handover.released']) button").click()
    officer.wait_until(lambda: word(officer) == "GGZ Crisisdienst houdt vast", "the crisis service holds it alone")
    triagist.wait_until(lambda: word(triagist) == "U houdt vast", "the crisis service holds it alone, on its own phone as well")
    officer.go(f"/cards/{card}/bonnet")
    expect(officer.page.locator(".bonnet-holding")).to_have_text("GGZ Crisisdienst houdt vast")
    triagist.wait_until_shared()
    officer.share()
    assert somebody_always_held(triagist, card)


def test_accepted_and_withdrawn_in_two_basements_leaves_both_holding(phone: Phones) -> None:
    officer, triagist, card = two_on_a_card(phone)
    fill_in(officer, "handover", "handover.offered", {"to": "crisisdienst"}, {"searched": "yes"})
    officer.wait_until_shared()
    triagist.page.locator("#section-handover a[hx-get*='handover.accepted']").first.wait_for()
    officer.cut()
    triagist.cut()
    fill_in(triagist, "handover", "handover.accepted", {}, {"release": "true"})
    triagist.wait_until(lambda: word(triagist) == "U houdt vast", "as far as this phone knows")
    fill_in(officer, "handover", "handover.withdrawn", {"reason": "Ambulance komt"})
    officer.page.locator("#section-handover a[hx-get*='handover.withdrawn']").wait_for(state="detached")
    assert word(officer) == "U houdt vast"
    officer.mend()
    triagist.mend()
    for one in (officer, triagist):
        one.wait_until_shared()
        one.share()
    officer.wait_until(lambda: word(officer) == "U en GGZ Crisisdienst houden vast", "nobody let go")
    triagist.wait_until(lambda: word(triagist) == "U en Politie Basisteam Noord houden vast", "nobody let go")
    assert somebody_always_held(officer, card)


def test_half_a_handover_goes_before_what_the_card_would_fill_in(phone: Phones) -> None:
    officer, _, card = two_on_a_card(phone)
    fill_in(officer, "observation", "observation.noted", {"used": "Bier", "found": "Een tas"})
    officer.page.locator("#section-handover a[hx-get*='handover.offered']").first.click()
    officer.page.locator("#form [name=substances]").fill("Bier en pillen")
    officer.page.locator("#form [name=found]").fill("")
    officer.wait_until(lambda: any(["found", ""] in draft["values"] for draft in officer.kept()["drafts"]), "the draft is kept")
    officer.go(f"/cards/{card}")
    fill_in(officer, "observation", "observation.noted", {"used": "Wijn"})
    officer.page.locator("#section-handover a[hx-get*='handover.offered']").first.click()
    expect(officer.page.locator("#form [name=substances]")).to_have_value("Bier en pillen")
    expect(officer.page.locator("#form [name=found]")).to_have_value("")


def test_the_last_one_of_who_holds_is_asked_before_going_also_without_a_network(phone: Phones) -> None:
    officer, triagist, card = two_on_a_card(phone)
    officer.cut()
    leave = officer.page.locator("#section-presence form:has(input[value='presence.left']) button").first
    leave.click()
    form = officer.page.locator("#form form")
    expect(form).to_contain_text("Politie Basisteam Noord houdt de kaart nog vast")
    assert officer.page.evaluate("document.activeElement.getAttribute('role')") == "alert", "the question is what is heard"
    officer.page.locator("#form [data-close]").first.click()
    expect(officer.page.locator("#section-presence .person-name")).to_have_count(1)
    leave.click()
    officer.page.locator("#form [name=reason]").fill("Spoedmelding elders")
    officer.page.locator("#form .form-send button").click()
    officer.page.locator("#section-presence .gone", has_text="Spoedmelding elders").wait_for()
    officer.mend()
    officer.wait_until_shared()
    triagist.page.locator("#section-header .notice-flag", has_text="Is weg en houdt de kaart nog vast").wait_for()


# for keys and ears


def controls(page: Page) -> list[str]:
    """What the Tab key comes by in the form, in its order: one stop for each group of radio buttons."""
    page.locator("#form .form-title").focus()
    stops: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => document.activeElement.closest('#form form') && (document.activeElement.name || document.activeElement.textContent.trim())"
        )
        if not at:
            break
        stops.append(at)
    return stops


# Names of what can be filled in, from top to bottom as it is seen.
SEEN = """() => {
  const fields = [...document.querySelectorAll("#form form :is(input:not([type=hidden]), textarea, select, button)")].filter((one) => one.name);
  const names = fields.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((one) => one.name);
  return names.filter((name, place) => names.indexOf(name) === place);
}"""
FORMS = (
    ("handover.offered&to=crisisdienst", "to situation background assessment request if_then searched found weapons substances injuries restraints "
     "medication belongings left_behind call_back"),
    ("handover.requested&from=noord", "note"),
    ("handover.asked&offer={offer}", "text"),
    ("handover.accepted&offer={offer}", "read_back from release"),
    ("service.requested", "service for note"),
    ("safety.asked", "where when"),
    ("report.decided", "will who domicile how until where"),
)  # fmt: skip


def once(names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if names.index(name) == place]


LABELS = "[...document.querySelectorAll('#form :is(label[for], legend)')].map((one) => one.childNodes[0].textContent.trim())"


def test_keys_ears_and_eyes_come_by_the_same_fields_in_the_same_order(looker: Callable[[str], Looker]) -> None:
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, offer = full_card(officer, triagist)
    for form, order in FORMS:
        one = triagist if "offer=" in form or "requested" in form else officer
        one.page.goto(f"/cards/{card}/entries/new?kind={form.format(offer=offer)}")
        wanted = order.split()
        seen = [name for name in one.page.evaluate(SEEN) if name != "audience"]
        assert seen[: len(wanted)] == wanted, form
        assert [name for name in once(controls(one.page)) if name in wanted] == wanted, form
        labels = one.page.evaluate(LABELS)
        heard = one.page.locator("#form").aria_snapshot()
        places = [heard.find(label) for label in labels]
        assert -1 not in places, (form, [label for label, place in zip(labels, places, strict=True) if place < 0])
        assert places == sorted(places), f"a screen reader hears the fields of {form} as they stand"


def test_what_is_wrong_is_heard_first_and_leads_to_its_field(looker: Callable[[str], Looker]) -> None:
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, _ = full_card(officer, triagist)
    officer.page.goto(f"/cards/{card}")
    officer.page.locator("#section-handover a[hx-get*='handover.offered']").first.click()
    officer.page.locator("#form [name=injuries]").fill("Snee in de hand")
    officer.page.locator("#form .form-send button").click()
    officer.page.locator("#form [data-error]").wait_for()
    assert officer.page.evaluate("document.activeElement.matches('[data-error]')")
    assert officer.page.locator("#form").aria_snapshot().index("Dit moet nog") < officer.page.locator("#form").aria_snapshot().index("combobox")
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.getAttribute('href')") == "#field-to"
    officer.page.keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.id") == "field-to"
    expect(officer.page.locator("#form [name=injuries]")).to_have_value("Snee in de hand")


# Words that do not fit in the thing that says them.
CUT = """() => [...document.querySelectorAll("#form button, #form label, #form legend, .holding-word, .safety-answer, .missing-list > li")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline").map((one) => one.textContent.trim())"""


def test_on_the_narrowest_phone_with_text_of_twice_the_size_nothing_is_cut_off(looker: Callable[[str], Looker]) -> None:
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, offer = full_card(officer, triagist)
    officer.writes(card, ("arrest.made", {"who": "De man met de rode jas", "offence": "Sloeg een medewerker"}))
    triagist.writes(card, ("handover.asked", {"offer": offer, "text": "Gefouilleerd?"}))
    for one in (officer, triagist):
        letters = one.page.context.new_cdp_session(one.page)
        letters.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        for view in ("", "/bonnet", *(f"/entries/new?kind={form.format(offer=offer)}" for form, _ in FORMS)):
            one.page.goto(f"/cards/{card}{view}")
            assert one.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
            assert one.page.evaluate(TOO_WIDE) <= 0, view
            assert one.page.evaluate(CUT) == [], view
