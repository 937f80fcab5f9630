"""Scenario 4, the clinic's door: a client has hit a worker. Aangifte at the clinic's address, an arrest, and the line until somebody decides.
With the guide of that door in the lock, where there is no network.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import OFFICER, fill_in, invite
from tests.stories.phone import Phone
from tests.stories.test_guides import DOOR, with_guides

CLINIC = "begeleider@kliniek.example"
LINE = "zonder aangifte is er geen grond om iemand vast te houden"


def test_until_the_clinic_decides_the_card_says_that_there_is_no_ground_also_in_the_lock(phone: Callable[..., Phone]) -> None:
    clinic, officer, wijkagent = phone(CLINIC), with_guides(phone(OFFICER)), phone("wijkagent@noord.example")
    clinic.go("/cards/new?context=care_inside&situation=danger_inside")
    clinic.page.fill("[name=place]", "Forensische kliniek, Dijkweg 100, bij de sluis")
    with clinic.page.expect_navigation():
        clinic.page.locator("main form button").last.click()
    card = clinic.card
    invite(clinic, card, "noord")
    clinic.wait_until_shared()
    clinic.go(f"/cards/{card}")
    officer.share()
    officer.go(f"/cards/{card}")
    officer.see("bij de sluis")

    # In the lock there is no network. The guide of this door is on the officer's card; two of its steps go on it.
    officer.cut()
    officer.tap(DOOR, "#section-begin")
    officer.see("Ga één voor één door de sluis")
    for step in ("Wapens, pepperspray", "Ga één voor één"):
        officer.page.locator(".guide-steps label", has_text=step).click()
    with officer.page.expect_navigation():
        officer.tap("Zet op de kaart als afspraak", "main")
    expect(officer.page.locator("#section-agreement")).to_contain_text("Ga één voor één door de sluis")

    # The clinic says how to come near; the officer arrests, and reads at once what is missing.
    fill_in(officer, "offence_report", "arrest.made", {"who": "De man met de rode jas", "offence": "Sloeg een medewerker"})
    expect(officer.page.locator("#section-header .notice-flag", has_text=LINE)).to_be_visible()
    expect(officer.page.locator("#section-offence_report .notice-flag", has_text=LINE)).to_be_visible()
    fill_in(clinic, "approach", "approach.noted", {"uniform": "Wordt onrustig", "by_whom": "Zijn begeleider"})

    # Aangifte: later first, which is no decision, and then yes, on the clinic's address that is there to choose without a network as well.
    clinic.cut()
    fill_in(clinic, "offence_report", "report.decided", {"until": "23:30"}, {"will": "later"})
    clinic.page.locator("#section-offence_report a[hx-get*='report.decided']").first.click()
    address = clinic.page.locator("#form input[name=domicile]:checked")
    expect(address).to_have_value("Forensische kliniek, Dijkweg 100")
    clinic.page.locator("#form [data-close]").first.click()
    clinic.mend()
    officer.mend()
    clinic.wait_until_shared()
    officer.wait_until_shared()
    notice = officer.page.locator("#section-header .notice-flag", has_text=LINE)
    officer.wait_until(lambda: "23:30" in notice.inner_text(), "until when nobody knows")
    clinic.page.locator("#section-header .notice-flag", has_text=LINE).wait_for()
    fill_in(clinic, "offence_report", "report.decided", {"who": "De begeleider"}, {"will": "yes", "how": "now"})
    for one in (clinic, officer):
        one.wait_until(lambda one=one: one.page.locator("#section-header .notice-flag", has_text=LINE).count() == 0, "decided")
        expect(one.page.locator("#section-offence_report")).to_contain_text("Forensische kliniek, Dijkweg 100")
        expect(one.page.locator("#section-offence_report")).to_contain_text("Hier en nu")
    expect(officer.page.locator("#section-approach")).to_contain_text("Wordt onrustig")
    clinic.wait_until_shared()
    assert officer.server_json(card) == clinic.server_json(card)
    assert officer.server_json(card)["flags"] == []

    # Afterwards the wijkagent reads what came of it.
    fill_in(officer, "feedback", "feedback.given", {"text": "Aangifte is opgenomen, hij is overgedragen aan de recherche"})
    officer.wait_until_shared()
    wijkagent.share()
    wijkagent.go(f"/cards/{card}")
    expect(wijkagent.page.locator("#section-feedback")).to_contain_text("overgedragen aan de recherche")


def test_care_asks_whether_it_can_go_alone_and_police_answer_with_one_tap_in_the_basement(phone: Callable[..., Phone]) -> None:
    care, officer = phone("medewerker@jeugdbescherming.example"), phone("opco@noord.example")
    care.go("/cards/new?context=care_outside&situation=keep_calm_outside")
    care.page.fill("[name=place]", "Kade 12")
    with care.page.expect_navigation():
        care.page.locator("main form button").last.click()
    card = care.card
    invite(care, card, "noord")
    care.go(f"/cards/{card}")
    fill_in(care, "safety", "safety.asked", {"where": "Kade 12", "when": "16:00"})
    care.wait_until_shared()
    officer.share()
    officer.go("/")
    officer.page.locator(".card-row-offer", has_text="vraagt of iemand alleen kan gaan").wait_for()
    officer.go(f"/cards/{card}")
    officer.cut()
    expect(officer.page.locator(".notice-safety")).to_contain_text("Jeugdbescherming vraagt: kan ik daar alleen heen? Kade 12")
    officer.page.locator("#section-safety .answers button", has_text="Niet alleen").click()
    officer.page.locator("#section-safety .safety-not_alone").wait_for()
    expect(officer.page.locator(".notice-safety")).to_have_count(0)
    officer.mend()
    officer.wait_until_shared()
    care.page.locator("#section-safety .safety-not_alone", has_text="Niet alleen").wait_for()
    assert officer.server_json(card)["safety"][0]["answer"] == "not_alone"
    assert [item["body"] for item in officer.server_json(card)["timeline"] if item["kind"] == "safety.answered"][0].keys() == {"question", "answer"}
