"""Care reports without a worker: the form, sending it all the same, who sees what of it, and what comes back to the card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Phone, new_id
from tests.http.screens import Screen

Phones = Callable[[str], Phone]
REPORT_POINT = "medewerker@ggd.example"
SECRET = "Gezien na aanrijding op de kade"
REPORT = {
    "to": "ggd", "whom": "Vrouw van 40", "place": "Lindelaan 4", "situation": "Ruzie thuis", "facts": "Zegt dat het uit de hand loopt",
    "children": "no", "level": "high", "screening": "sash", "call_back": "Wijkagent, 088-1", "until_day": "2026-11-30",
}  # fmt: skip


def incident(officer: Phone) -> str:
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"does": SECRET, "source": "seen"})
    return card


def send(one: Phone, card: str = "", **told: str) -> str:
    report = new_id()
    asked = {**REPORT, "card": report, **({"incident": card} if card else {}), **told}
    answer = one.http.post("/care-reports", data={name: text for name, text in asked.items() if text})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cards/{report}"), answer.text
    return report


def write(one: Phone, card: str, kind: str, **told: str) -> Any:
    return one.http.post(f"/cards/{card}/entries", data={"kind": kind, "id": new_id(), **told})


def sent(one: Phone, report: str) -> str:
    found: str = one.card(report)["care_report"]["sent"][0]["id"]
    return found


def test_the_form_begins_with_what_the_card_says_and_marks_it(phone: Phones) -> None:
    officer = phone(OFFICER)
    page = officer.http.get(f"/care-reports/new?card={incident(officer)}").text
    assert SECRET in page
    assert 'value="Kruispunt"' in page
    assert 'id="card-facts"' in page, "its writer sees what they did not write themselves"


def test_what_is_missing_is_asked_and_can_be_sent_all_the_same(phone: Phones) -> None:
    officer = phone(OFFICER)
    data = {**REPORT, "card": new_id(), "facts": "", "call_back": ""}
    answer = officer.http.post("/care-reports", data=data)
    assert answer.status_code == 422
    page = Screen(answer.text)
    assert "Wie de melding krijgt, heeft dit nodig" in answer.text
    assert "Vrouw van 40" in answer.text
    assert "Verstuur toch" in page.text
    assert officer.http.get(f"/cards/{data['card']}").status_code == 404, "nothing was sent"
    report = send(officer, facts="", call_back="", incomplete="true")
    shown = phone(REPORT_POINT).http.get(f"/cards/{report}").text
    assert "Niet ingevuld:" in shown
    assert officer.card(report)["care_report"]["sent"][0]["body"]["incomplete"] is True


def test_a_field_that_is_asked_about_does_not_say_that_it_may_stay_empty(phone: Phones) -> None:
    typed = {**REPORT, "card": new_id(), "children": "yes", "children_note": ""}
    text = Screen(phone(OFFICER).http.post("/care-reports", data=typed).text).text
    label = "Welke kinderen, hoe oud, waar zijn ze nu"
    assert f"{label} (mag leeg)" in Screen(phone(OFFICER).http.get("/care-reports/new").text).text
    assert label in text
    assert f"{label} (mag leeg)" not in text


def test_a_report_without_a_receiver_a_place_or_a_situation_is_never_sent(phone: Phones) -> None:
    officer = phone(OFFICER)
    for wrong in ({"to": ""}, {"place": ""}, {"situation": ""}, {"to": "noord"}, {"to": "no_such"}, {"until_day": "2020-01-01"}):
        answer = officer.http.post("/care-reports", data={**REPORT, "card": new_id(), "incomplete": "true", **wrong})
        assert answer.status_code == 422, wrong
        assert "Zegt dat het uit de hand loopt" in answer.text
    assert "Er zijn geen zorgmeldingen" in officer.http.get("/care-reports").text


def test_what_looks_criminal_or_medical_asks_for_its_ground(phone: Phones) -> None:
    officer = phone(OFFICER)
    told = {**REPORT, "card": new_id(), "facts": "Heeft een strafblad"}
    answer = officer.http.post("/care-reports", data=told)
    assert answer.status_code == 422
    assert "field-ground" in answer.text
    report = send(officer, facts="Heeft een strafblad", ground="own_task")
    assert officer.card(report)["care_report"]["sent"][0]["body"]["ground"] == "own_task"


def test_who_receives_it_sees_the_report_and_nothing_of_the_card_and_others_see_nothing(phone: Phones) -> None:
    officer, point = phone(OFFICER), phone(REPORT_POINT)
    card = incident(officer)
    report = send(officer, card)
    told = point.sync()
    assert {entry["card"] for entry in told["entries"]} == {report}
    assert card not in str(told)
    assert SECRET not in str(told)
    assert point.http.get(f"/cards/{card}").status_code == 404
    assert "Ruzie thuis" in point.http.get(f"/cards/{report}").text
    assert "Vrouw van 40" in point.http.get(f"/care-reports/{report}/print").text
    for account in (TRIAGIST, OFFICER_SOUTH):
        other = phone(account)
        assert [other.http.get(path).status_code for path in (f"/cards/{report}", f"/care-reports/{report}/print")] == [404, 404]
        assert report not in {entry["card"] for entry in other.sync()["entries"]}
        assert "Vrouw van 40" not in other.http.get("/care-reports").text


def test_the_card_says_that_it_was_reported_to_who_is_on_it_and_how_it_stands_to_who_may_see_the_report(phone: Phones) -> None:
    officer, colleague, point, triagist = (phone(one) for one in (OFFICER, OTHER_OFFICER, REPORT_POINT, TRIAGIST))
    card = incident(officer)
    report = send(officer, card)
    assert write(point, report, "care_report.taken_up", report=sent(point, report), note="Wij bellen").status_code == 303
    theirs, ours = triagist.http.get(f"/cards/{card}").text, colleague.http.get(f"/cards/{card}").text
    assert "GGD Meldpunt" in theirs
    assert "Opgepakt" not in theirs
    assert f"/cards/{report}" not in theirs
    assert "Opgepakt</p>" in ours
    assert f'href="/cards/{report}"' in ours


def test_whether_the_other_side_sees_that_a_report_was_made_is_for_its_writer_to_say(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = incident(officer)
    send(officer, card, audience="police")
    assert triagist.card(card)["care_reports"] == []
    assert len(officer.card(card)["care_reports"]) == 1
    send(officer, card, audience="care")
    assert [item["audience"] for item in officer.card(card)["care_reports"]] == ["police", "all"], "nobody writes for the other side alone"


def test_a_report_is_written_on_no_other_card_by_a_form(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = incident(officer)
    for kind in ("care_report.sent", "care_report.made"):
        assert officer.http.get(f"/cards/{card}/entries/new?kind={kind}").status_code == 404
        assert write(officer, card, kind, to="ggd", situation="x", report=new_id()).status_code == 404
    assert phone(REPORT_POINT).http.get(f"/cards/{card}").status_code == 404


def test_what_lacks_nothing_is_not_called_incomplete(phone: Phones) -> None:
    officer = phone(OFFICER)
    assert "incomplete" not in officer.card(send(officer, incomplete="true"))["care_report"]["sent"][0]["body"]


def test_a_second_tap_sends_nothing_twice(phone: Phones) -> None:
    officer = phone(OFFICER)
    card, report = incident(officer), new_id()
    for _ in range(2):
        assert officer.http.post("/care-reports", data={**REPORT, "card": report, "incident": card}).status_code == 303
    assert len(officer.card(card)["care_reports"]) == 1
    assert len(officer.card(report)["care_report"]["sent"]) == 1


def test_a_report_from_a_card_that_one_is_not_on_is_not_there(phone: Phones) -> None:
    card, stranger = incident(phone(OFFICER)), phone(OFFICER_SOUTH)
    assert stranger.http.get(f"/care-reports/new?card={card}").status_code == 404
    assert stranger.http.post("/care-reports", data={**REPORT, "incident": card, "card": new_id()}).status_code == 404


def test_outside_motorkap_it_is_printed_and_its_sender_writes_down_what_they_hear(phone: Phones) -> None:
    officer = phone(OFFICER)
    report = send(officer, to="", to_name="Huisarts Jansweg")
    page = officer.http.get(f"/cards/{report}").text
    assert "druk af of bewaar als PDF" in page
    assert "Huisarts Jansweg" in officer.http.get(f"/care-reports/{report}/print").text
    assert write(officer, report, "care_report.taken_up", report=sent(officer, report)).status_code == 303
    assert officer.card(report)["care_report"]["state"] == "taken_up"


def test_a_question_stands_in_the_list_of_who_must_answer_it(phone: Phones) -> None:
    officer, point = phone(OFFICER), phone(REPORT_POINT)
    report = send(officer)
    write(point, report, "care_report.asked", report=sent(point, report), text="Waar zijn de kinderen?")
    assert "Wacht op u" in officer.http.get("/care-reports").text
    assert "Er is een vraag" in officer.http.get("/").text
    [question] = officer.card(report)["care_report"]["questions"]
    write(officer, report, "care_report.answered", asked=question["item"]["id"], answer="Bij oma")
    assert "Bij oma" in point.http.get(f"/cards/{report}").text
    assert "Wacht op u" in point.http.get("/care-reports").text


def test_choosing_the_situation_leads_to_the_form(phone: Phones) -> None:
    answer = phone(OFFICER).http.get("/cards/new?context=police_asks&situation=care_report")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/care-reports/new")
