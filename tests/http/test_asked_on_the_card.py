"""What the card asks and says at the door, from Flask: leaving while holding, going alone, aangifte, and a question about a handover."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Phone
from tests.http.screens import Screen, assert_well_made
from tests.http.test_card_pages import HTMX, bodies, form_of, seen, send, writes

CLINIC = "begeleider@kliniek.example"
DOMICILE = "Forensische kliniek, Dijkweg 100"


def section(phone: Phone, card: str, name: str) -> str:
    return " ".join(seen(phone, f"/cards/{card}").by_id[f"section-{name}"].split())


def flags(phone: Phone, card: str) -> list[str]:
    return [flag["flag"] for flag in phone.card(card)["flags"]]


# leaving while holding


def leaves(phone: Phone, card: str, status: int, **more: str) -> Screen:
    told = {"kind": ["presence.left"], "person": [phone.me["person"]], **{name: [text] for name, text in more.items()}}
    return send(phone, card, told, status, **HTMX)


def test_the_last_one_of_who_holds_is_asked_before_going_and_may_go_with_a_reason_that_stays(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.write(card, "presence.arrived", {"person": officer.me["person"]})
    asked = leaves(officer, card, 422)
    assert_well_made(asked)
    assert "Politie Basisteam Noord houdt de kaart nog vast" in asked.text
    assert any("kind=handover.offered" in link for link in asked.links), "the way out is to hand over"
    assert bodies(officer, card, "presence.left") == []
    again = asked.form("presence.left")
    assert send(officer, card, again.filled(reason="  "), 422, **HTMX).form("presence.left").filled()["person"] == [officer.me["person"]]
    send(officer, card, again.filled(reason="Spoedmelding elders"), 200, **HTMX)
    assert "left_while_holding" in flags(officer, card)
    assert "Is weg en houdt de kaart nog vast" in section(triagist, card, "header")
    assert "Spoedmelding elders" in section(triagist, card, "presence")


def test_who_is_not_the_last_one_or_handed_over_goes_with_one_tap(phone):
    officer, second, triagist = phone(OFFICER), phone(OTHER_OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    for one in (officer, second, triagist):
        one.write(card, "presence.arrived", {"person": one.me["person"]})
    leaves(triagist, card, 200)
    leaves(second, card, 200)
    offer = officer.write(card, "handover.offered", {"to": "crisisdienst"})
    triagist.write(card, "handover.accepted", {"offer": offer["id"], "release": True})
    leaves(officer, card, 200)
    assert "left_while_holding" not in [flag["flag"] for flag in officer.card(card)["flags"] if flag["org"] == "noord"]


def test_sync_refuses_no_leaving(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "presence.arrived", {"person": officer.me["person"]})
    officer.write(card, "presence.left", {"person": officer.me["person"]})
    assert "left_while_holding" in flags(officer, card)


# can I go there alone?


def test_care_asks_and_police_answer_with_one_tap_that_tells_no_more(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = triagist.open_card("noord")
    writes(triagist, card, "safety.asked", where="Kade 12", when="16:00")
    assert "GGZ Crisisdienst vraagt: kan ik daar alleen heen? Kade 12 16:00" in section(officer, card, "header")
    assert "GGZ Crisisdienst vraagt of iemand alleen kan gaan" in seen(officer, "/").text
    assert "vraagt of iemand" not in seen(triagist, "/").text
    page = seen(officer, f"/cards/{card}")
    answer = page.form("safety.answered")
    assert answer.choices["answer"] == ["go", "not_alone", "police_join", "unknown"]
    assert set(answer.names) == {"kind", "question", "supersedes", "answer"}, "there is no place to write why"
    send(officer, card, answer.filled(answer="not_alone"))
    [asked] = officer.card(card)["safety"]
    assert (asked["answer"], asked["disagreement"]) == ("not_alone", False)
    assert "Niet alleen" in section(triagist, card, "safety")
    for one in (officer, triagist):
        assert "vraagt: kan ik" not in section(one, card, "header")
    send(officer, card, seen(officer, f"/cards/{card}").form("safety.answered").filled(answer="go"))
    assert officer.card(card)["safety"][0]["answer"] == "go", "who saw the first answer replaces it"


def test_of_two_answers_that_did_not_see_each_other_the_strictest_counts(phone):
    officer, second, triagist = phone(OFFICER), phone(OTHER_OFFICER), phone(TRIAGIST)
    card = triagist.open_card("noord")
    triagist.write(card, "safety.asked", {"where": "Kade 12"})
    ready = {one: seen(one, f"/cards/{card}").form("safety.answered") for one in (officer, second)}
    send(officer, card, ready[officer].filled(answer="police_join"))
    send(second, card, ready[second].filled(answer="go"))
    said = section(triagist, card, "safety")
    assert "Verschillende antwoorden" in said
    assert said.index("Politie gaat mee") < said.index("Verschillende antwoorden")
    send(officer, card, seen(officer, f"/cards/{card}").form("safety.answered").filled(answer="not_alone"))
    assert "Verschillende antwoorden" not in section(triagist, card, "safety")


def test_care_is_offered_no_answer_and_police_no_question(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    triagist.write(card, "safety.asked", {"where": "Kade 12"})
    theirs, ours = seen(triagist, f"/cards/{card}"), seen(officer, f"/cards/{card}")
    assert not [form for form in theirs.forms if ("kind", "safety.answered") in form.fields]
    assert any("kind=safety.asked" in link for link in theirs.links)
    assert not any("kind=safety.asked" in link for link in ours.links)


# aangifte


def arrested(phone: Any) -> tuple[Phone, Phone, str]:
    officer, clinic = phone(OFFICER), phone(CLINIC)
    card = clinic.open_card("noord")
    writes(officer, card, "arrest.made", who="De man met de rode jas", offence="Sloeg een medewerker")
    return officer, clinic, card


def test_until_somebody_decides_the_card_says_that_there_is_no_ground(phone):
    officer, clinic, card = arrested(phone)
    line = "zonder aangifte is er geen grond om iemand vast te houden"
    for one in (officer, clinic):
        assert line in section(one, card, "header")
        assert line in section(one, card, "offence_report")
    writes(clinic, card, "report.decided", will="later", until="23:15")
    assert line in section(officer, card, "header"), "later is no decision"
    assert "Beslissing om 23:15" in section(officer, card, "header")
    writes(clinic, card, "report.decided", will="yes", how="now", who="De begeleider")
    assert line not in section(officer, card, "header")
    assert officer.card(card)["report"]["decided"]
    assert flags(officer, card) == []


def test_the_employers_address_is_there_to_choose_and_chosen_for_its_own_people(phone):
    officer, clinic, card = arrested(phone)
    for one in (clinic, officer):
        form = form_of(one, card, "report.decided").form("report.decided")
        assert DOMICILE in form.choices["domicile"]
        assert form.filled()["domicile"][0] == DOMICILE, "the only care organisation on the card"
    form = form_of(clinic, card, "report.decided").form("report.decided")
    again = send(clinic, card, form.filled(domicile=[DOMICILE, "Kade 9"]), 422).form("report.decided").filled(will="yes")
    send(clinic, card, again)
    assert clinic.card(card)["report"]["heads"][0]["body"]["domicile"] == "Kade 9", "what is typed goes before what is chosen"
    assert "Kade 9" in section(officer, card, "offence_report")


def test_yes_and_no_stand_side_by_side_and_no_alone_leaves_no_ground(phone):
    officer, clinic, card = arrested(phone)
    forms = {one: form_of(one, card, "report.decided").form("report.decided") for one in (officer, clinic)}
    send(clinic, card, forms[clinic].filled(will="no"))
    assert "Er komt geen aangifte: dan is er geen grond" in section(officer, card, "header")
    send(officer, card, forms[officer].filled(will="yes"))
    assert "Twee besluiten over aangifte" in section(officer, card, "offence_report")
    assert flags(officer, card) == []


def test_who_is_let_go_is_no_longer_said_to_be_kept(phone):
    officer, clinic, card = arrested(phone)
    link = next(link for link in seen(officer, f"/cards/{card}").links if "arrest.ended" in link)
    send(officer, card, seen(officer, link).form("arrest.ended").filled(reason="Heengezonden"))
    assert flags(officer, card) == []
    assert "Niet meer aangehouden: Heengezonden" in section(clinic, card, "offence_report")


@pytest.mark.parametrize("audience", ["police", "all"])
def test_an_arrest_is_for_whom_its_writer_chose_and_so_is_its_end(phone, audience):
    officer, clinic = phone(OFFICER), phone(CLINIC)
    card = clinic.open_card("noord")
    writes(officer, card, "arrest.made", who="De broer", audience=audience)
    assert ("De broer" in seen(clinic, f"/cards/{card}").text) == (audience == "all")
    assert ("arrest_undecided" in flags(clinic, card)) == (audience == "all")
    link = next(link for link in seen(officer, f"/cards/{card}").links if "arrest.ended" in link)
    send(officer, card, seen(officer, link).form("arrest.ended").filled())
    assert officer.card(card)["timeline"][-1]["audience"] == audience


# a question about a handover


def test_who_takes_over_asks_before_accepting_and_both_read_the_answer(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "handover.offered", "&to=crisisdienst", weapons="mes, ingenomen")
    [offer] = officer.card(card)["handovers"]
    link = next(link for link in seen(triagist, f"/cards/{card}").links if "kind=handover.asked" in link)
    ask = seen(triagist, link)
    [text] = ask.form("handover.asked").filled()["text"]
    assert "Gefouilleerd?" in text
    assert "Wapens?" not in text, "what is said is not asked"
    send(triagist, card, ask.form("handover.asked").filled(text="Is hij gefouilleerd?"))
    assert "GGZ Crisisdienst vraagt over uw overdracht: Is hij gefouilleerd?" in section(officer, card, "header")
    assert "GGZ Crisisdienst vraagt iets over uw overdracht" in seen(officer, "/").text
    link = next(link for link in seen(officer, f"/cards/{card}").links if "kind=handover.answered" in link)
    page = seen(officer, link)
    assert "Is hij gefouilleerd?" in page.text, "who answers reads what was asked"
    send(officer, card, page.form("handover.answered").filled(text="Ja, niets gevonden"))
    for one in (officer, triagist):
        assert "Ja, niets gevonden" in section(one, card, "handover")
        assert "vraagt over uw" not in section(one, card, "header")
    accept = form_of(triagist, card, "handover.accepted", f"&offer={offer['item']['id']}")
    assert "Ja, niets gevonden" in accept.text
    assert accept.form("handover.accepted").choices["release"] == ["false", "true"], "one button each"


def test_a_handover_form_begins_with_the_card_and_says_so_and_asks_no_police_note_of_anybody(phone):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"does": "Regelt het verkeer", "used": "Bier"})
    officer.write(card, "observation.noted", {"found": "GEHEIM"}, audience="police")
    page = form_of(officer, card, "handover.offered", "&to=crisisdienst")
    form = page.form("handover.offered")
    filled = form.filled()
    assert "Doet: Regelt het verkeer" in filled["background"][0]
    assert filled["substances"] == ["Bier"]
    assert "GEHEIM" not in page.text
    assert page.text.count("Van de kaart: controleer") == 3, "situation, background, substances"
    assert "card-substances" in page.described["field-substances"]
    again = send(officer, card, form.filled(to="", substances="Bier en wijn"), 422)
    assert again.text.count("Van de kaart: controleer") == 2, "what was changed was looked at"
    assert re.search("Bier en wijn", again.form("handover.offered").filled()["substances"][0])
