"""What leaves Motorkap from a card: on paper, and as FHIR. It holds what its reader may see, and that it left is known."""

from __future__ import annotations

from collections.abc import Callable

from fhir.resources.R4B.bundle import Bundle
from flask import Flask

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Phone, new_id
from tests.http.privacy import told

Phones = Callable[[str], Phone]


def on_a_card(phone: Phones) -> tuple[Phone, Phone, str, str]:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"says": "alleen voor de politie"}, audience="police")
    triagist.write(card, "observation.noted", {"says": "alleen voor de zorg"}, audience="care")
    offer = officer.write(card, "handover.offered", {"to": "crisisdienst", "situation": "Man op het dak"})["id"]
    return officer, triagist, card, offer


def test_the_page_for_paper_says_who_printed_it_when_and_holds_what_that_person_may_see(phone: Phones) -> None:
    officer, triagist, card, _ = on_a_card(phone)
    for one, sees, never in ((officer, "alleen voor de politie", "alleen voor de zorg"), (triagist, "alleen voor de zorg", "alleen voor de politie")):
        page = one.http.get(f"/cards/{card}/print").get_data(as_text=True)
        assert sees in page
        assert never not in page
        assert f"Afgedrukt op 24-11-2026 19:00:00 door {one.me['name']}" in page
        assert "Man op het dak" in page
        assert "/static/build/" not in page, "its style is its own"


def test_a_card_leads_to_its_page_for_paper_and_each_handover_to_its_document(phone: Phones) -> None:
    officer, _, card, offer = on_a_card(phone)
    page = officer.http.get(f"/cards/{card}").get_data(as_text=True)
    assert f'href="/cards/{card}/print"' in page
    assert f'href="/cards/{card}/handovers/{offer}" download' in page
    answer = officer.http.get(f"/cards/{card}/handovers/{offer}")
    assert answer.mimetype == "application/fhir+json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="overdracht-{offer}.fhir.json"'
    taken = Bundle.model_validate_json(answer.get_data())
    assert taken.entry[0].resource.title == "Overdracht: Politie Basisteam Noord → GGZ Crisisdienst"


def test_a_handover_that_is_not_there_and_a_card_that_is_not_yours_are_not_there(phone: Phones) -> None:
    officer, _, card, offer = on_a_card(phone)
    other = officer.open_card()
    assert officer.http.get(f"/cards/{card}/handovers/{new_id()}").status_code == 404
    assert officer.http.get(f"/cards/{other}/handovers/{offer}").status_code == 404, "of another card"
    south = phone(OFFICER_SOUTH)
    for path in (f"/cards/{card}/print", f"/cards/{card}/handovers/{offer}"):
        assert south.http.get(path).status_code == 404


def test_what_left_is_in_the_access_log_as_handed_out(app: Flask, phone: Phones) -> None:
    officer, _, card, offer = on_a_card(phone)
    for path in (f"/cards/{card}/print", f"/cards/{card}/handovers/{offer}"):
        before = len(told(app))
        assert officer.http.get(path).status_code == 200
        [line] = told(app)[before:]
        assert (line["action"], line["card"], line["person"], line["outcome"]) == ("export", card, officer.me["person"], "ok")


def test_what_somebody_typed_stays_text_on_paper(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "picture.set", {"problem": "<script>alert(1)</script>"})
    page = officer.http.get(f"/cards/{card}/print").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_care_report_is_a_document_for_who_sent_and_who_got_it_and_its_leaving_is_known(app: Flask, phone: Phones) -> None:
    officer, triagist, elsewhere = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
    report, card = new_id(), officer.open_card()
    filled = {"card": report, "incident": card, "to": "crisisdienst", "situation": "Zorgen", "place": "Kade 12", "incomplete": "true"}
    assert officer.http.post("/care-reports", data=filled).status_code == 303
    assert f'href="/cards/{report}/care-report" download' in triagist.http.get(f"/cards/{report}").get_data(as_text=True)
    for one in (officer, triagist):
        before = len(told(app))
        answer = one.http.get(f"/cards/{report}/care-report")
        taken = Bundle.model_validate_json(answer.get_data())
        assert taken.entry[0].resource.title == "Zorgmelding: Politie Basisteam Noord → GGZ Crisisdienst"
        assert [(line["card"], line["outcome"]) for line in told(app)[before:]] == [(report, "ok")]
    assert elsewhere.http.get(f"/cards/{report}/care-report").status_code == 404
    assert officer.http.get(f"/cards/{card}/care-report").status_code == 404
