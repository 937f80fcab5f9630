"""Access by need and careful sharing, on real phones: what leaves the phone with a duty, what the form asks, and the aid without a network."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from tests.stories.hands import OFFICER, TRIAGIST, open_card
from tests.stories.phone import Phone
from tests.stories.served import Served

Phones = Callable[..., Phone]


def with_a_rota(server: Served, organisation: str) -> None:
    database = sqlite3.connect(server.data / "motorkap.sqlite")
    database.execute("UPDATE organisation SET duty = 'rota' WHERE id = ?", (organisation,))
    database.commit()
    database.close()


def test_a_card_comes_with_the_duty_and_leaves_the_phone_with_it(phone: Phones, server: Served) -> None:
    with_a_rota(server, "crisisdienst")
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.share()
    triagist.go("/")
    triagist.see("U hebt geen dienst")
    assert triagist.entries(card) == []
    triagist.tap("Begin mijn dienst")
    triagist.see("U hebt dienst tot")
    triagist.wait_until(lambda: triagist.entries(card), "the card is on the phone")
    with triagist.without_network():
        triagist.go("/")
        triagist.see("U hebt dienst tot")
        triagist.see("Kruispunt")
    triagist.go("/")
    triagist.tap("Dienst klaar")
    triagist.see("U hebt geen dienst")
    triagist.wait_until(lambda: not triagist.entries(card), "the card has left the phone")


def test_who_is_taken_off_by_name_loses_the_card_from_the_phone(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.wait_until_shared()
    code = officer.page.evaluate("(card) => fetch(`/cards/${card}/code`, {method: 'POST'}).then((reply) => reply.json())", card)["code"]
    triagist.page.evaluate("(code) => fetch('/join', {method: 'POST', body: new URLSearchParams({code})})", code)
    triagist.share()
    triagist.wait_until(lambda: triagist.entries(card), "the card is on the phone")
    triagist.go(f"/cards/{card}")
    officer.share()
    officer.go(f"/cards/{card}/people")
    officer.page.locator("a[href*='card.removed']").click()
    officer.write(officer.page.locator("#form .form-send button"))
    officer.wait_until_shared()
    triagist.wait_until(lambda: not triagist.entries(card), "the card has left the phone")


def test_without_a_network_the_form_asks_for_the_ground_and_keeps_it(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    with officer.without_network():
        officer.page.locator("#section-observation a[hx-get*='observation.noted']").first.click()
        officer.page.locator("#form [name=says]").fill("ik slik haldol")
        officer.page.locator("#form .form-send button").click()
        officer.see("Dit lijkt medisch")
        assert officer.page.input_value("#form [name=says]") == "ik slik haldol"
        officer.page.locator("#form label:has(input[name=ground][value=consent])").click()
        officer.page.locator("#form .form-send button").click()
        officer.wait_until(lambda: not officer.page.locator("#form form").count(), "it is on the card")
        officer.see("De persoon geeft toestemming")
    officer.wait_until_shared()
    told = [item for item in officer.server_json(card)["timeline"] if item["kind"] == "observation.noted"]
    assert [item["body"]["ground"] for item in told] == ["consent"]


def test_an_anonymous_card_warns_while_typing_and_one_tap_keeps_what_was_typed(phone: Phones) -> None:
    officer = phone(OFFICER)
    officer.go("/cards/new?context=police_asks&situation=informal_consultation")
    officer.page.locator("[name=place]").press_sequentially("Kerkstraat 12")
    officer.see("Dit lijkt op een adres: Kerkstraat 12")
    officer.page.fill("[name=place]", "wijk Noord")
    officer.page.locator("[data-watch]").first.wait_for(state="hidden")
    with officer.page.expect_navigation():
        officer.tap("Kaart openen", "main")
    card = officer.card
    officer.page.locator("#section-observation a[hx-get*='observation.noted']").first.click()
    officer.page.locator("#form [name=says]").press_sequentially("bel Jan de Vries")
    officer.see("Dit lijkt op een naam: Jan de Vries")
    officer.page.locator("#form .form-send button").first.click()
    officer.see("Hier hoort geen naam of adres")
    officer.tap("Toch zo laten", "#form")
    officer.wait_until(lambda: not officer.page.locator("#form form").count(), "it is on the card")
    assert [entry["body"]["says"] for entry in officer.entries(card) if entry["kind"] == "observation.noted"] == ["bel Jan de Vries"]


def test_the_aid_for_sharing_works_without_a_network_with_what_the_organisation_says(phone: Phones) -> None:
    admin, officer = phone("admin@noord.example"), phone(OFFICER)
    admin.go("/organisation/sharing/go_alone")
    for name, text in {"reason": "Bel eerst de opco.", "source": "Convenant Noord", "date": "2026-03-01"}.items():
        admin.page.fill(f"[name={name}]", text)
    admin.page.locator(".form .form-send button").click()
    admin.see("aangepast")
    officer.wait_until(lambda: "Bel eerst" in str(heard(officer)), "the phone has heard it", 15)
    card = open_card(officer)
    with officer.without_network():
        officer.go(f"/cards/{card}")
        officer.tap("Wat mag ik delen?", "#section-header")
        for choice in ("Politie", "Of het daar veilig is", "Zorg met medisch beroepsgeheim", "Hulp geven of overdragen"):
            officer.page.locator(".way", has_text=choice).first.click()
        officer.see("Bel eerst de opco.")
        officer.see("Kan ik daar alleen heen?")
        officer.tap("Terug")
        officer.page.locator("#section-header").wait_for()


def heard(phone: Phone) -> object:
    phone.share()
    return phone.kept()["meta"].get("sharing")
