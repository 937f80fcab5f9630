"""Whom can I call now: who reads what, who keeps what, and nothing that somebody typed is lost or overwritten unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import OFFICER, TRIAGIST, Clock, Phone, new_id
from tests.http.screens import Form, Screen, assert_well_made

Phones = Callable[[str], Phone]
LEAD, ADMIN = "teamlead@crisisdienst.example", "admin@crisisdienst.example"
LEAD_NORTH = "teamlead@noord.example"
NEW: dict[str, Any] = {
    "whose": "own", "kind": "service", "name": "Nachtteam", "phone": "088-000 20 05", "sector": "ggz", "hours_0": "22:00-06:00",
    "audience": "all", "does": "Komt 's nachts\nBelt terug", "does_not": "", "exceptions": "24-12-2026 20:00-24:00\n25-12-2026 gesloten",
}  # fmt: skip


def seen(phone: Phone, path: str, status: int = 200) -> Screen:
    answer = phone.http.get(path)
    page = Screen(answer.get_data(as_text=True))
    assert answer.status_code == status, (path, answer.status_code)
    assert_well_made(page)
    return page


def form_of(phone: Phone, path: str) -> Form:
    return next(form for form in seen(phone, path).forms if "version" in form.names)


def sent(phone: Phone, path: str, data: Any, status: int = 422) -> Screen:
    answer = phone.http.post(path, data=data)
    assert answer.status_code == status, answer.get_data(as_text=True)[-500:] if status == 303 else answer.status_code
    page = Screen(answer.get_data(as_text=True))
    if status != 303:
        assert_well_made(page)
    return page


def book(phone: Phone) -> dict[str, Any]:
    told: dict[str, Any] = phone.sync(shelf={"directory": ""})["shelf"]["directory"]["content"]
    return told


def one(phone: Phone, id_: str) -> dict[str, Any] | None:
    return next((service for service in book(phone)["services"] if service["id"] == id_), None)


def test_what_is_open_comes_first_and_what_is_closed_says_when_it_opens(phone: Phones) -> None:
    page = seen(phone(OFFICER), "/directory?situation=crisis_assessment")
    assert page.text.index("Nu te bellen") < page.text.index("Opvang De Haven") < page.text.index("Nu gesloten") < page.text.index("Verslavingszorg")
    assert "Gesloten, opent morgen 08:30" in page.text
    assert "tel:0880002001" in page.links
    assert "Slachtofferhulp" not in page.text


def test_filters_leave_only_what_fits_and_an_empty_list_leads_on(phone: Phones) -> None:
    officer = phone(OFFICER)
    assert "Verslavingszorg" not in seen(officer, "/directory?situation=crisis_assessment&open=1").text
    assert "/directory?situation=crisis_assessment" in seen(officer, "/directory?situation=crisis_assessment&open=1").links
    transport = seen(officer, "/directory?for=transport").text
    assert "GGZ Vervoer" in transport
    assert "Veilig Thuis, politielijn" not in transport
    assert "GGZ Vervoer" in seen(officer, "/directory?q=VERVOER+begeleiders").text
    empty = seen(officer, "/directory?q=bestaat+niet")
    assert "Niets past hierbij" in empty.text
    assert "/directory" in empty.links
    for odd in ("situation=%3Cb%3E&for=x&open=&q=%00&card=y", "q=" + "x" * 5000):
        seen(officer, f"/directory?{odd}")


def test_from_a_card_one_tap_leads_to_its_services_and_one_more_asks_one(phone: Phones) -> None:
    officer = phone(OFFICER)
    opening = officer.opening()
    card = opening["card"]
    assert officer.sync([opening])["rejected"] == {}
    assert f"/directory?card={card}&situation=crisis_assessment" in seen(officer, f"/cards/{card}").links
    page = seen(officer, f"/directory?card={card}&situation=crisis_assessment")
    assert f"/cards/{card}" in page.links
    assert f"/cards/{card}/entries/new?kind=service.requested&service=crisisdienst&for=assessment" in page.links
    detail = next(link for link in page.links if link.startswith("/directory/crisisdienst/advies"))
    assert f"/cards/{card}/entries/new?kind=service.requested&service=crisisdienst%2Fadvies&for=advice" in seen(officer, detail).links
    assert not [link for link in seen(officer, "/directory").links if "service.requested" in link], "without a card there is nothing to ask on"


def test_where_a_situation_is_chosen_its_services_are_one_tap_away(phone: Phones) -> None:
    page = seen(phone(OFFICER), "/cards/new?context=police_asks&situation=domestic_violence")
    assert "/directory?situation=domestic_violence" in page.links
    assert "Veilig Thuis, politielijn" in seen(phone(OFFICER), "/directory?situation=domestic_violence").text


def test_one_service_says_what_to_say_what_they_do_and_when(phone: Phones) -> None:
    page = seen(phone(OFFICER), "/directory/verslavingszorg")
    for said in ("Gesloten, opent morgen 08:30", "Dit doen ze niet", "Neemt niet op vanaf de straat", "Zeg dit eerst", "maandag", "Tweede Kerstdag"):
        assert said in page.text, said
    assert "/organisations/verslavingszorg" in page.links
    assert "Klopt nog" not in page.text
    assert "Deze dienst werkt niet met Motorkap" in seen(phone(OFFICER), "/directory/~huisartsenpost").text
    assert "Al 140 dagen heeft niemand nagekeken" in seen(phone(OFFICER), "/directory/~slachtofferhulp").text
    assert "heeft niemand nagekeken" not in seen(phone(OFFICER), "/directory/ggd").text
    for missing in ("/directory/nobody", "/directory/crisisdienst/nobody", "/organisations/nobody"):
        assert phone(OFFICER).http.get(missing).status_code == 404


def test_an_entry_that_nobody_checked_for_ninety_days_says_so_until_somebody_taps(phone: Phones, clock: Clock) -> None:
    lead, words = phone(LEAD), "dagen heeft niemand nagekeken"
    clock.now_ms += 88 * 24 * 3_600_000
    lead.sign_in()
    assert words not in seen(lead, "/directory/crisisdienst").text
    clock.now_ms += 2 * 24 * 3_600_000
    lead.sign_in()
    assert f"Al 91 {words}" in seen(lead, "/directory/crisisdienst").text
    sent(lead, "/directory/crisisdienst/check", {}, 303)
    page = seen(lead, "/directory/crisisdienst?said=checked")
    assert words not in page.text
    assert "Genoteerd" in page.text
    assert "Nagekeken op 22-02-2027 door Teamlead GGZ Crisisdienst" in page.text


def test_the_page_of_an_organisation_has_the_contacts_for_the_reader(phone: Phones) -> None:
    north, triagist = seen(phone(OFFICER), "/organisations/crisisdienst"), seen(phone("agent@zuid.example"), "/organisations/crisisdienst")
    assert "tel:0880002011" in north.links
    assert "tel:0880002010" in triagist.links
    for said in ("Dit kunt u verwachten", "Dit blijft bij de deur", "Operationeel", "Management", "Bestuur", "Parklaan 20", "30, 45 en 60 minuten"):
        assert said in north.text, said
    assert "/organisations/crisisdienst/edit" not in north.links


def test_the_page_of_an_organisation_says_what_it_does_and_what_not_and_the_list_of_whom_to_call_stays_short(phone: Phones) -> None:
    officer = phone(OFFICER)
    page = seen(officer, "/organisations/crisisdienst").text
    for said in ("Dit doen ze niet", "Zoekt geen slaapplek", "Denkt mee over aanpak en woordkeus", "Komt niet ter plaatse"):
        assert said in page, said
    assert "Zoekt geen slaapplek" not in seen(officer, "/directory").text


def test_a_lead_adds_a_service_and_a_phone_hears_it(phone: Phones) -> None:
    lead, officer = phone(LEAD), phone(OFFICER)
    form = form_of(lead, "/directory/new")
    answer = lead.http.post("/directory/new", data=form.filled(**{**NEW, "for": ["advice"], "situations": ["worry"], "closed_on": ["kings_day"]}))
    assert (answer.status_code, answer.location) == (303, "/directory/crisisdienst/nachtteam?said=kept")
    assert "Opgeslagen" in seen(lead, answer.location).text
    told = one(officer, "crisisdienst/nachtteam")
    assert told is not None
    assert told["hours"]["week"] == [[["22:00", "06:00"]], [], [], [], [], [], []]
    assert told["hours"]["exceptions"] == {"2026-12-24": [["20:00", "24:00"]], "2026-12-25": []}
    assert (told["hours"]["closed_on"], told["for"], told["situations"]) == (["kings_day"], ["advice"], ["worry"])
    assert (told["does"], told["phone"], told["organisation"]) == (["Komt 's nachts", "Belt terug"], "088-000 20 05", "crisisdienst")
    again = form_of(lead, "/directory/crisisdienst/nachtteam/edit").filled()
    sent(lead, "/directory/crisisdienst/nachtteam/edit", again, 303)
    changed = one(officer, "crisisdienst/nachtteam")
    assert changed is not None
    assert {**changed, "checked": None} == {**told, "checked": None}, "what the form shows is what was said"


def test_anybody_who_keeps_keeps_what_is_of_nobody_with_an_account(phone: Phones) -> None:
    answer = phone(LEAD).http.post("/directory/new", data={**NEW, "whose": "none", "name": "Dierenambulance"})
    assert answer.location == "/directory/~dierenambulance?said=kept"
    form = form_of(phone(LEAD_NORTH), "/directory/~dierenambulance/edit")
    sent(phone(LEAD_NORTH), form.action, form.filled(phone="088-1"), 303)
    told = one(phone(OFFICER), "~dierenambulance")
    assert told is not None
    assert (told["phone"], told["checked"]["by"]) == ("088-1", "Teamlead Basisteam Noord")
    assert sent(phone(LEAD), "/directory/new", {**NEW, "whose": "none", "audience": "org"}).by_id["error-audience"]


WRONG = [
    ({"name": " "}, "name"), ({"phone": ""}, "phone"), ({"phone": "bel maar"}, "phone"), ({"sector": ""}, "sector"), ({"kind": "x"}, "kind"),
    ({"audience": "police"}, "audience"), ({"hours_0": "", "exceptions": ""}, "always"), ({"hours_3": "9 tot 5"}, "hours_3"),
    ({"hours_0": "25:00-26:00"}, "hours_0"), ({"hours_0": "24:00-25:00"}, "hours_0"), ({"exceptions": "30-02-2026 gesloten"}, "exceptions"),
    ({"exceptions": "kerst dicht"}, "exceptions"), ({"does": "\n".join("abcdefghijklm")}, "does"), ({"does": "x" * 201}, "does"),
    ({"say_first": "x" * 501}, "say_first"), ({"whose": ""}, "whose"), ({"name": "a\0b"}, "name"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(phone: Phones, wrong: dict[str, str], field: str) -> None:
    typed = {**NEW, **wrong}
    page = sent(phone(LEAD), "/directory/new", typed)
    assert f"error-{field}" in page.by_id, page.by_id.keys()
    assert f"#field-{field}" in page.links
    form = next(form for form in page.forms if "version" in form.names)
    kept = form.filled()
    for name, text in typed.items():
        if name not in ("kind", "audience", "whose") and "\0" not in text:
            assert kept[name] == [text], name


@pytest.mark.parametrize(
    ("said", "spans"),
    [
        ("9:00-17:00", [["09:00", "17:00"]]),
        ("9.00 - 12.30, 13:00 tot 17:00", [["09:00", "12:30"], ["13:00", "17:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("22:00–06:00", [["22:00", "06:00"]]),
        ("Gesloten", []),
    ],
)
def test_hours_as_people_write_them(phone: Phones, said: str, spans: list[list[str]]) -> None:
    answer = phone(LEAD).http.post("/directory/new", data={**NEW, "hours_2": said})
    assert answer.status_code == 303
    told = one(phone(OFFICER), "crisisdienst/nachtteam")
    assert told is not None
    assert told["hours"]["week"][2] == spans


def test_who_changed_it_meanwhile_is_told_and_nothing_is_overwritten(phone: Phones) -> None:
    lead, admin = phone(LEAD), phone(ADMIN)
    theirs, ours = form_of(lead, "/directory/crisisdienst/edit"), form_of(admin, "/directory/crisisdienst/edit")
    sent(lead, theirs.action, theirs.filled(phone="088-111", area="Stad"), 303)
    page = sent(admin, ours.action, ours.filled(phone="088-222"), 409)
    assert "Iemand anders heeft dit intussen gewijzigd" in page.text
    assert "Teamlead GGZ Crisisdienst" in page.text
    assert "088-111" in page.text
    told = one(phone(OFFICER), "crisisdienst")
    assert told is not None
    assert told["phone"] == "088-111"
    again = next(form for form in page.forms if "phone" in form.names)
    assert again.filled()["phone"] == ["088-222"], "what was typed is still there"
    sent(admin, again.action, again.filled(), 303)
    told = one(phone(OFFICER), "crisisdienst")
    assert told is not None
    assert told["phone"] == "088-222", "who saw it may"


def test_a_mistake_does_not_make_a_conflict_go_unseen(phone: Phones) -> None:
    lead, admin = phone(LEAD), phone(ADMIN)
    theirs, ours = form_of(lead, "/directory/crisisdienst/edit"), form_of(admin, "/directory/crisisdienst/edit")
    sent(lead, theirs.action, theirs.filled(phone="088-111"), 303)
    page = sent(admin, ours.action, ours.filled(phone="niks"), 422)
    again = next(form for form in page.forms if "phone" in form.names)
    sent(admin, again.action, again.filled(phone="088-222"), 409)


def test_what_is_taken_out_leaves_every_phone_and_one_tap_puts_it_back(phone: Phones) -> None:
    lead, officer = phone(LEAD), phone(OFFICER)
    form = next(form for form in seen(lead, "/directory/crisisdienst/advies/edit").forms if form.action.endswith("/remove"))
    sent(lead, form.action, {"version": "1"}, 409)
    assert one(officer, "crisisdienst/advies") is not None
    assert lead.http.post(form.action, data=form.filled()).location == "/directory/crisisdienst/advies/edit"
    assert one(officer, "crisisdienst/advies") is None
    assert officer.http.get("/directory/crisisdienst/advies").status_code == 404
    assert lead.http.post("/directory/crisisdienst/advies/check").status_code == 404
    page = seen(lead, "/directory/crisisdienst/advies/edit")
    assert "Dit staat niet meer in de gids" in page.text
    back = next(form for form in page.forms if "phone" in form.names)
    sent(lead, back.action, back.filled(), 303)
    assert one(officer, "crisisdienst/advies") is not None
    assert "Uit de gids gehaald" in seen(lead, "/directory/crisisdienst/advies/edit").text, "in its history"


def test_the_history_says_who_changed_what(phone: Phones) -> None:
    lead = phone(LEAD)
    form = form_of(lead, "/directory/crisisdienst/edit")
    sent(lead, form.action, form.filled(phone="088-111", hours_0="09:00-17:00"), 303)
    text = seen(phone(ADMIN), "/directory/crisisdienst/edit").text
    assert re.search(r"Gewijzigd: (Openingstijden, Rechtstreeks nummer|Rechtstreeks nummer, Openingstijden)", text)


def test_a_lead_keeps_the_page_of_their_own_organisation(phone: Phones) -> None:
    lead, officer = phone(LEAD), phone(OFFICER)
    form = form_of(lead, "/organisations/crisisdienst/edit")
    minutes = {"agreed_1": "10", "agreed_2": "20", "agreed_3": "30", "answer_days": "3"}
    typed = {**minutes, "expect": "Wij bellen\neerst.", "board_name": "", "board_phone": "", "domicile": "Plein 1"}
    sent(lead, form.action, form.filled(**typed), 303)
    told = book(officer)["organisations"]["crisisdienst"]
    assert (told["expect"], told["agreed"], told["domicile"]) == ("Wij bellen\neerst.", [10, 20, 30], "Plein 1")
    assert set(told["contacts"]) == {"operational", "management"}
    card = officer.open_card()
    asked = {"kind": "consultation.asked", "id": new_id(), "to": "crisisdienst", "text": "Kijken jullie mee?"}
    assert officer.http.post(f"/cards/{card}/entries", data=asked).status_code == 303
    [question] = officer.card(card)["consultations"]
    assert (question["item"]["body"]["days"], question["due"]) == (3, "2026-11-27")
    sent(lead, form.action, form.filled(expect="Anders."), 409)
    for wrong, field in (
        ({"agreed_2": "5"}, "agreed_1"), ({"agreed_3": "x"}, "agreed_1"), ({"answer_days": "0"}, "answer_days"),
        ({"board_phone": "088-1"}, "board_name"), ({"board_name": "Wie"}, "board_phone"),
        ({"operational_phone": "geen"}, "operational_phone"), ({"expect": "x" * 1001}, "expect"),
    ):  # fmt: skip
        again = form_of(lead, "/organisations/crisisdienst/edit")
        page = sent(lead, form.action, again.filled(**wrong), 422)
        assert f"error-{field}" in page.by_id
        kept = next(form for form in page.forms if "expect" in form.names).filled()
        assert all(kept[name] == [text] for name, text in wrong.items())


def test_contacts_for_one_partner_are_for_that_partner_alone(phone: Phones) -> None:
    lead = phone(LEAD)
    assert "/organisations/crisisdienst/contacts/zuid" in seen(lead, "/organisations/crisisdienst/edit").links
    form = form_of(lead, "/organisations/crisisdienst/contacts/zuid")
    assert "Leeg is: Manager acute zorg" in seen(lead, "/organisations/crisisdienst/contacts/zuid").text.replace("  ", " ")
    typed = {"management_name": "Manager voor Zuid", "management_phone": "088-555"}
    sent(lead, form.action, form.filled(**typed), 303)
    zuid = book(phone("agent@zuid.example"))["organisations"]["crisisdienst"]["contacts"]
    noord = book(phone(OFFICER))["organisations"]["crisisdienst"]["contacts"]
    assert (zuid["management"]["name"], noord["management"]["name"]) == ("Manager voor Zuid", "Manager acute zorg")
    assert zuid["board"] == noord["board"]
    sent(lead, form.action, form.filled(**typed), 409)
    assert "error-management_phone" in sent(lead, form.action, {**form_of(lead, form.action).filled(), "management_phone": "x"}, 422).by_id
    for partner in ("crisisdienst", "nobody"):
        assert lead.http.get(f"/organisations/crisisdienst/contacts/{partner}").status_code == 404


def test_only_leads_and_administrators_keep_and_only_what_is_theirs(phone: Phones) -> None:
    paths = (
        "/directory/crisisdienst/edit", "/directory/crisisdienst/advies/edit", "/organisations/crisisdienst/edit",
        "/organisations/crisisdienst/contacts/noord",
    )  # fmt: skip
    for account, may in ((LEAD, 200), (ADMIN, 200), (TRIAGIST, 404), ("privacy@crisisdienst.example", 404), (LEAD_NORTH, 404), (OFFICER, 404)):
        somebody = phone(account)
        assert {somebody.http.get(path).status_code for path in paths} == {may}, account
        if may == 404:
            posts = (*paths, "/directory/crisisdienst/check", "/directory/crisisdienst/remove")
            assert {somebody.http.post(path, data=NEW).status_code for path in posts} == {404}, account
        for_all = 200 if account in (LEAD, ADMIN, LEAD_NORTH) else 404
        assert somebody.http.get("/directory/new").status_code == for_all
        assert somebody.http.get("/directory/~huisartsenpost/edit").status_code == for_all
    for missing in ("crisisdienst/nobody", "crisisdienst/%00"):
        assert phone(LEAD).http.get(f"/directory/{missing}/edit").status_code == 404
    assert phone(LEAD).http.post("/directory/~nobody/check").status_code == 404


def test_what_is_for_one_side_does_not_reach_the_other(phone: Phones) -> None:
    lead = phone(LEAD_NORTH)
    form = form_of(lead, "/directory/noord/wijkagent/edit")
    sent(lead, form.action, form.filled(audience="police"), 303)
    assert one(phone(OFFICER), "noord/wijkagent") is not None
    assert one(phone(TRIAGIST), "noord/wijkagent") is None
    assert phone(TRIAGIST).http.get("/directory/noord/wijkagent").status_code == 404
    assert "Wijkagent Noord" not in seen(phone(TRIAGIST), "/organisations/noord").text
    assert "Alleen politie ziet dit" in seen(phone(OFFICER), "/directory/noord/wijkagent").text
