"""A care report to Veilig Thuis, written in a hall without a network: it goes by itself, is taken up, and police see that on their card."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.stories.hands import OFFICER, OTHER_OFFICER, fill_in
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket

ADVISER = "medewerker@veiligthuis.example"
SEEN = "Twee kinderen alleen in de keuken"
FOR_POLICE = "Telefoon in beslag genomen"


def section(phone: Phone, name: str) -> Locator:
    return phone.page.locator(f"#section-{name}")


def send(phone: Phone, button: str = "Verstuur de melding") -> None:
    phone.page.get_by_role("button", name=button).click()


def test_a_report_is_written_offline_sent_taken_up_and_seen_on_the_card(phone: Callable[..., Phone], pocket: Callable[..., Pocket]) -> None:
    called = pocket(ADVISER)
    adviser, officer = called.phone, phone(OFFICER)
    officer.go("/cards/new?context=police_asks&situation=domestic_violence")
    officer.page.fill("[name=place]", "Lindelaan 4")
    with officer.page.expect_navigation():
        officer.page.locator("main form button").last.click()
    card = officer.card
    fill_in(officer, "observation", "observation.noted", {"found": SEEN})
    fill_in(officer, "observation", "observation.noted", {"found": FOR_POLICE}, {"audience": "police"})
    fill_in(officer, "risk", "for=client", {"note": "4 en 6 jaar"}, {"level": "high", "facts": "children"})
    officer.wait_until_shared()

    with officer.without_network():
        section(officer, "care_reports").get_by_role("link", name="Doe een zorgmelding").click()
        page = officer.page
        assert SEEN in page.input_value("[name=facts]")
        assert FOR_POLICE not in page.input_value("[name=facts]")
        assert page.input_value("[name=children_note]") == "4 en 6 jaar"
        expect(page.locator("[name=level][value=high]")).to_be_checked()
        page.locator("[name=to]").select_option("veiligthuis")
        page.locator("label:has([name=screening][value=sash])").click()
        send(officer)
        expect(page.locator(".problems")).to_contain_text("Wie kan worden teruggebeld")
        assert SEEN in page.input_value("[name=facts]"), "what was typed stays"
        page.fill("[name=whom]", "Moeder en twee kinderen")
        page.fill("[name=call_back]", "Wijkagent, 088-000 10 01")
        with page.expect_navigation():
            send(officer, "Verstuur toch")
        report = officer.card
        assert report != card
        expect(section(officer, "care_report")).to_contain_text("Niet ingevuld: Terugbellen tot en met")
        expect(section(officer, "care_report")).to_contain_text("Nu samen ingrijpen")
        officer.go(f"/cards/{card}")
        expect(section(officer, "care_reports")).to_contain_text("Verstuurd")
    officer.wait_until_shared()

    # Veilig Thuis hears it, sees the report, and nothing of the card.
    called.opens("care_report", report, "care_report")
    expect(section(adviser, "care_report")).to_contain_text(SEEN)
    adviser.tap("Ontvangen", "#section-care_report")
    expect(section(adviser, "care_report").locator("[role=status]")).to_have_text("Ontvangen")
    expect(section(officer, "care_reports")).to_contain_text("Ontvangen")
    fill_in(adviser, "care_report", "care_report.asked", {"text": "Waar slapen zij vannacht?"})
    assert {entry["card"] for entry in adviser.kept()["entries"]} == {report}

    # The question stands where police look; a colleague answers it; then it is taken up.
    colleague = phone(OTHER_OFFICER)
    colleague.share()
    colleague.go("/care-reports")
    page = colleague.page
    page.locator("section:has(#title-for_us) a").first.click()
    fill_in(colleague, "care_report", "care_report.answered", {"answer": "Bij oma"})
    expect(section(adviser, "care_report")).to_contain_text("Bij oma")
    fill_in(adviser, "care_report", "care_report.taken_up", {"note": "Wij bellen morgen om tien uur"})
    expect(section(officer, "care_reports")).to_contain_text("Opgepakt")
    section(officer, "care_reports").get_by_role("link", name="Bekijk de melding").click()
    expect(section(officer, "care_report")).to_contain_text("Wij bellen morgen om tien uur")

    # On paper: the report, and nothing of the frame of the app.
    officer.tap("Afdrukken")
    officer.page.emulate_media(media="print")
    expect(officer.page.locator(".top")).to_be_hidden()
    expect(officer.page.locator("main")).to_contain_text(SEEN)
    expect(officer.page.locator("main .button, main .link").first).to_be_hidden()


def test_a_question_becomes_a_report_with_one_tap_also_without_a_network(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    with officer.without_network():
        officer.go("/cards/new?type=consultation&context=police_asks&situation=worry")
        officer.page.fill("[name=place]", "Wijk Oost")
        with officer.page.expect_navigation():
            officer.page.locator("main form button").last.click()
        fill_in(officer, "consultation", "consultation.asked", {"to": "ggd", "text": "Man komt niet meer buiten"})
        section(officer, "care_reports").get_by_role("link", name="Doe een zorgmelding").click()
        assert officer.page.input_value("[name=situation]").startswith("Man komt niet meer buiten")
        officer.page.fill("[name=to_name]", "Huisarts Jansweg")
        send(officer)
        with officer.page.expect_navigation():
            send(officer, "Verstuur toch")
        expect(section(officer, "care_report")).to_contain_text("druk af of bewaar als PDF")
        officer.go("/care-reports")
        expect(officer.page.locator("main")).to_contain_text("Huisarts Jansweg")
