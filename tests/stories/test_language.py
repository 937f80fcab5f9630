"""One language, on a real phone without a network: a word gets a hint, one tap opens the right field, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import OFFICER, TRIAGIST, open_card
from tests.stories.phone import Phone
from tests.stories.test_looks import Looker, full_card, looker  # noqa: F401

Phones = Callable[..., Phone]
HINT = "#form .language:not(:empty)"
# Where the field under the thumb is, before and after the hint came.
TOP = "(name) => document.querySelector(`#form [name=${name}]`).getBoundingClientRect().top"


def ready(phone: Phone) -> str:
    """On a card, with the words list on the phone."""
    phone.share()
    phone.wait_until(lambda: phone.kept()["meta"].get("language"), "the words are on the phone")
    card = open_card(phone)
    phone.wait_until_shared()
    return card


def form(phone: Phone, kind: str) -> None:
    phone.page.locator(f"a[hx-get*='kind={kind}']").first.click()
    phone.page.locator(f"#form form[data-form='{kind}']").wait_for()


def types(phone: Phone, name: str, text: str) -> None:
    phone.page.locator(f"#form [name={name}]").press_sequentially(text)


def test_agressief_leads_to_what_happened_and_what_was_typed_comes_back(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = ready(officer)
    with officer.without_network():
        form(officer, "observation.noted")
        before = officer.page.evaluate(TOP, "does")
        types(officer, "does", "Hij is agressief")
        officer.see("Wat gebeurde er? Geweld of niet")
        assert officer.page.evaluate(TOP, "does") == before, "the field stays under the thumb"
        officer.tap("Zet het bij risico", "#form")
        officer.page.locator("#form form[data-form='risk.assessed']").wait_for()
        assert officer.page.locator("#form [name=facts][value=violence]").is_checked()
        officer.page.locator("#form label:has([name=level][value=high])").click()
        officer.page.locator("#form .form-send button").click()
        officer.page.locator("#form form[data-form='observation.noted']").wait_for()
        officer.wait_until(lambda: officer.page.input_value("#form [name=does]") == "Hij is agressief", "what was typed is back")
        officer.page.fill("#form [name=does]", "Hij sloeg een begeleider, nu voorbij")
        officer.page.locator("#form .form-send button").click()
        officer.wait_until(lambda: not officer.page.locator("#form form").count(), "it is on the card")
    kinds = [entry["kind"] for entry in officer.entries(card)]
    assert kinds[-2:] == ["risk.assessed", "observation.noted"]


def test_a_vague_time_leads_to_the_clock_of_the_same_form_and_a_clock_time_is_no_hint(phone: Phones) -> None:
    triagist = phone(TRIAGIST)
    ready(triagist)
    with triagist.without_network():
        form(triagist, "agreement.made")
        types(triagist, "what", "Arts komt zo")
        triagist.see("Hoe laat precies")
        triagist.tap("Vul de kloktijd in", "#form")
        assert triagist.page.evaluate("document.activeElement.name") == "until"
        assert triagist.page.input_value("#form [name=what]") == "Arts komt zo"
        triagist.page.locator("#form [name=what]").fill("Arts komt zo om 14:30")
        triagist.page.locator(HINT).wait_for(state="detached")
        assert not triagist.page.locator("[data-language-more]").is_visible()


def test_opnemen_of_police_asks_for_an_assessment_and_putting_it_away_comes_back_too(phone: Phones) -> None:
    officer = phone(OFFICER)
    ready(officer)
    form(officer, "plan.set")
    types(officer, "plan", "Jullie moeten hem opnemen")
    officer.tap("Beoordeling vragen", "#form")
    officer.page.locator("#form form[data-form='service.requested']").wait_for()
    assert officer.page.locator("#form [name=for][value=assessment]").is_checked()
    officer.page.go_back()
    officer.page.locator("#form form[data-form='plan.set']").wait_for()
    officer.wait_until(lambda: "opnemen" in officer.page.input_value("#form [name=plan]"), "what was typed is back")
    officer.page.go_back()
    officer.wait_until(lambda: not officer.page.locator("#form form").count(), "the form is put away, and the card stays")
    assert officer.card


def test_a_hint_is_put_away_for_this_text_and_never_holds_anything_up(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = ready(officer)
    form(officer, "picture.set")
    types(officer, "problem", "Verwarde man, komt zo naar buiten")
    officer.see("Schrijf wat u ziet en hoort")
    officer.tap("Laat maar", "#form")
    officer.see("Hoe laat precies")
    officer.tap("Laat maar", "#form")
    officer.page.locator(HINT).wait_for(state="detached")
    types(officer, "problem", " met een verwarde blik")
    officer.page.wait_for_timeout(1_000)
    assert officer.page.locator(HINT).count() == 0
    officer.page.locator("#form .form-send button").click()
    officer.wait_until(lambda: not officer.page.locator("#form form").count(), "it is on the card")
    assert any(entry["kind"] == "picture.set" for entry in officer.entries(card))


def test_the_glossary_works_without_a_network_and_leads_back_to_the_card(phone: Phones) -> None:
    triagist = phone(TRIAGIST)
    card = ready(triagist)
    with triagist.without_network():
        form(triagist, "picture.set")
        types(triagist, "problem", "Jullie moeten hem meenemen")
        triagist.tap("Wat bedoelt de ander?", "#form")
        triagist.see("Hetzelfde woord betekent")
        triagist.page.fill("#field-search", "meenem")
        triagist.page.locator("#term-sash").wait_for(state="hidden")
        assert triagist.page.locator("#term-take_away").is_visible()
        triagist.tap("Terug")
        triagist.page.wait_for_url(f"**/cards/{card}")
        form(triagist, "picture.set")
        triagist.wait_until(lambda: "meenemen" in triagist.page.input_value("#form [name=problem]"), "what was typed is back")


def test_a_hint_is_seen_and_heard_by_everybody_also_without_a_worker(looker: Callable[[str], Looker]) -> None:  # noqa: F811
    officer = looker(OFFICER)
    card, _ = full_card(officer, looker(TRIAGIST))
    officer.page.goto(f"/cards/{card}/entries/new?kind=observation.noted")
    officer.page.locator("[name=does]").press_sequentially("Hij is agressief")
    officer.page.locator(".language:not(:empty)").wait_for()
    assert officer.page.locator(".language:not(:empty)").get_attribute("role") == "status"
    officer.looks()
    officer.page.locator("[data-tap]").click()
    officer.page.locator("form[data-form='risk.assessed']").wait_for()
    officer.page.go_back()
    officer.page.wait_for_function("document.querySelector('[name=does]')?.value === 'Hij is agressief'")


def test_a_care_report_gets_the_hint_as_well_and_leads_to_no_form_that_is_not_there(phone: Phones) -> None:
    officer = phone(OFFICER)
    officer.go(f"/care-reports/new?card={ready(officer)}")
    field = officer.page.locator(".field:has([name=facts])")
    field.locator("[name]").press_sequentially("Hij is agressief")
    officer.see("Wat gebeurde er? Geweld of niet")
    assert "null" not in field.inner_text()
    expect(officer.page.get_by_role("link", name="Zet het bij risico")).to_be_hidden()
    officer.page.locator("[data-put-away]").click()
    expect(officer.page.locator(".language:not(:empty)")).to_have_count(0)
    assert officer.page.evaluate("document.activeElement.name") == "facts"
