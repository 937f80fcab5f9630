"""Scenario 2, children home alone with a quarrel: Veilig Thuis is on the card before the officers are at the door, and stays at a distance.

What police write for police never comes near a phone of care, and what care writes for care never near one of police.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import KEPT, OFFICER, fill_in
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.test_directory import heard_of_the_directory
from tests.stories.wire import RecordingWire

ADVISER = "medewerker@veiligthuis.example"
FOR_POLICE, FOR_CARE = "Telefoon in beslag genomen", "Eerder gezien door het wijkteam"


def test_veilig_thuis_is_called_on_the_way_and_each_side_keeps_what_is_its_own(
    phone: Callable[..., Phone], pocket: Callable[..., Pocket]
) -> None:
    called = pocket(ADVISER, wire_of=RecordingWire)
    adviser, officer = called.phone, heard_of_the_directory(phone(OFFICER, wire_of=RecordingWire))

    # On the way: the card, and Veilig Thuis is asked for advice. It opens nothing itself; the card comes to its pocket.
    officer.go("/cards/new?context=police_asks&situation=domestic_violence")
    officer.page.fill("[name=place]", "Lindelaan 4")
    officer.page.fill("[name=about]", "Twee kinderen, ruzie gemeld")
    with officer.page.expect_navigation():
        officer.page.locator("main form button").last.click()
    card = officer.card
    fill_in(officer, "waiting", "service.requested", {"service": "veiligthuis"}, {"for": "advice"})
    officer.wait_until_shared()
    called.opens("requested", card, "waiting")
    adviser.tap("Vraag ontvangen", "#section-header")
    adviser.tap("Ik doe mee op afstand", "#section-presence")
    expect(officer.page.locator("#section-presence")).to_contain_text("Op afstand")

    # What it wants to hear for the safety plan is an agreement on the card: who asks it, and of whom.
    fill_in(adviser, "agreement", "agreement.made", {"what": "Vraag apart: wie slaapt vannacht waar, en wie belt ons", "who": "Agenten"})
    expect(officer.page.locator("#section-agreement")).to_contain_text("wie slaapt vannacht waar")

    # Facts for everybody; one note for each side.
    fill_in(officer, "observation", "observation.noted", {"found": "Twee kinderen alleen in de keuken", "says": "Mama kwam niet thuis"})
    fill_in(officer, "observation", "observation.noted", {"found": FOR_POLICE}, {"audience": "police"})
    fill_in(adviser, "observation", "observation.noted", {"found": FOR_CARE}, {"audience": "care"})
    fill_in(officer, "risk", "for=client", {}, {"level": "high", "facts": "children"})
    expect(adviser.page.locator("#section-risk .risk.level-high")).to_have_count(1)

    # Aangifte: later, and then one must say where or when.
    officer.page.locator("#section-offence_report a[hx-get*='report.decided']").first.click()
    officer.page.locator("#form label:has(input[name=will][value=later])").click()
    officer.page.fill("#form [name=who]", "Moeder")
    officer.page.locator("#form .form-send button").first.click()
    expect(officer.page.locator("#form .problems")).to_contain_text("Vul ten minste één van deze velden in")
    assert officer.page.input_value("#form [name=who]") == "Moeder"
    officer.page.fill("#form [name=where]", "Op het bureau")
    officer.page.locator("#form .form-send button").first.click()
    expect(adviser.page.locator("#section-offence_report")).to_contain_text("Op het bureau")

    for one in (officer, adviser):
        one.wait_until_shared()
        for page in ("", "/timeline", "/bonnet", "/people"):
            one.go(f"/cards/{card}{page}")
    for one, other, own in ((officer, FOR_CARE, FOR_POLICE), (adviser, FOR_POLICE, FOR_CARE)):
        everything = one.wire.heard() + one.page.evaluate(KEPT)  # type: ignore[attr-defined]
        theirs = str(one.entries(card))
        assert other not in everything
        assert other not in theirs
        assert own in theirs, "and one does see what is there"
