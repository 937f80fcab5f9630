"""The card's screens from Flask: whoever has no worker yet gets the same card, the same forms and the same answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from blueprints.screen import ELSEWHERE
from card.entry import is_uuid7
from card.vocabulary import KINDS, TYPES
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Phone
from tests.http.screens import Screen, assert_well_made

WRITABLE = [kind for kind, rule in KINDS.items() if not rule.get("by_server") and not rule.get("own_form") and kind != "card.opened"]
HTMX = {"HX-Request": "true"}


def drawn_after(kind: str) -> list[str]:
    """The sections of an incident's page that an entry of this kind changes."""
    return sorted({*TYPES["incident"]["sections"], *ELSEWHERE} & set(KINDS[kind]["shows"]))


def seen(phone: Phone, path: str, status: int = 200, **headers: str) -> Screen:
    answer = phone.http.get(path, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Screen(answer.get_data(as_text=True))


def fragment(phone: Phone, path: str) -> Screen:
    return seen(phone, path, **HTMX)


def form_of(phone: Phone, card: str, kind: str, more: str = "") -> Screen:
    return seen(phone, f"/cards/{card}/entries/new?kind={kind}{more}")


def send(phone: Phone, card: str, sent: dict[str, list[str]], status: int = 303, **headers: str) -> Screen:
    answer = phone.http.post(f"/cards/{card}/entries", data=sent, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Screen(answer.get_data(as_text=True))


def writes(phone: Phone, card: str, kind: str, more: str = "", **typed: Any) -> None:
    """Opens the form of a kind, fills it in and sends it as a page does."""
    send(phone, card, form_of(phone, card, kind, more).form(kind).filled(**typed))


def bodies(phone: Phone, card: str, kind: str) -> list[dict[str, Any]]:
    return [item["body"] for item in phone.card(card)["timeline"] if item["kind"] == kind]


# the list


def test_the_card_on_which_an_alarm_rings_stands_first_in_the_list_however_old_it_is(phone):
    officer = phone(OFFICER)
    old, middle, new = (officer.open_card() for _ in range(3))
    officer.write(middle, "alarm.raised", {})
    home = officer.http.get("/").get_data(as_text=True)
    assert re.findall(r'class="card-link" href="/cards/([0-9a-f-]{36})"', home) == [middle, new, old]
    assert re.findall(r'data-rings="([^"]+)"', home) == [middle]


# opening


def test_a_card_is_open_after_three_choices_and_a_place(phone):
    officer = phone(OFFICER)
    contexts = seen(officer, "/cards/new")
    assert "/cards/new?context=police_asks" in contexts.links
    situations = seen(officer, "/cards/new?context=police_asks")
    assert "/cards/new?context=police_asks&situation=crisis_assessment" in situations.links
    form = seen(officer, "/cards/new?context=police_asks&situation=crisis_assessment").form()
    answer = officer.http.post(form.action, data=form.filled(place="Kruispunt", about="Man regelt het verkeer"))
    assert answer.status_code == 303
    card = answer.location.rsplit("/", 1)[1]
    assert officer.card(card)["opened"]["org"] == "noord"
    assert [one["person"] for one in officer.card(card)["present"]] == [officer.me["person"]], "who opens a card is there"
    page = seen(officer, f"/cards/{card}")
    assert_well_made(page)
    assert "Kruispunt" in page.text
    assert "Man regelt het verkeer" in page.text
    assert "Kruispunt" in seen(officer, "/").text


def test_a_card_without_a_place_is_asked_for_again_with_what_was_typed(phone):
    officer = phone(OFFICER)
    form = seen(officer, "/cards/new?situation=crisis_assessment").form()
    answer = officer.http.post("/cards", data=form.filled(place=" ", about="met een <mes>"))
    assert answer.status_code == 422
    again = Screen(answer.get_data(as_text=True))
    assert_well_made(again)
    assert "Vul dit in." in again.by_id["error-place"]
    assert "error-place" in again.described["field-place"]
    assert ("about", "met een <mes>") in again.form().fields


# the forms


@pytest.mark.parametrize("kind", WRITABLE)
def test_every_kind_has_a_form_that_is_well_made(phone, kind):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    page = form_of(officer, card, kind)
    assert_well_made(page)
    form = page.form(kind)
    assert is_uuid7(form.filled()["id"][0]), "a second tap on the same form is the same entry"
    part = fragment(officer, f"/cards/{card}/entries/new?kind={kind}")
    assert_well_made(part)
    assert "main" not in part.ids, "htmx gets the form and not the page around it"
    assert {name for name, _ in part.form(kind).fields} == {name for name, _ in form.fields}


FILLED: dict[str, dict[str, Any]] = {
    "presence.arrived": {"position": "nearby", "role": "praat"},
    "risk.assessed": {"for_": "client", "level": "high", "acute": "true", "facts": ["weapon", "suicidal"], "note": "mes in de tas"},
    "observation.noted": {"says": "ik ga niet", "audience": "police", "source": "heard"},
    "approach.noted": {"uniform": "wordt onrustig"},
    "picture.set": {"problem": "In de war\nen onder invloed"},
    "plan.set": {"plan": "Eén praat", "if_then": ["Als hij wegrent, volgen", "Als hij valt, helpen"]},
    "agreement.made": {"what": "tas weg", "who": "Agent", "until": "21.15"},
    "transport.chosen": {"by": "police", "reason": "geen ander vervoer"},
    "handover.offered": {"to": "crisisdienst", "searched": "yes", "weapons": "mes, ingenomen"},
    "card.closed": {"outcome": "mee met de dienst"},
    "feedback.given": {"text": "goed overlegd"},
}  # fmt: skip


@pytest.mark.parametrize("kind", FILLED)
def test_a_filled_form_is_an_entry_and_htmx_gets_the_sections_that_it_changes(phone, kind):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    form = form_of(officer, card, kind).form(kind)
    answer = send(officer, card, form.filled(**FILLED[kind]), 200, **HTMX)
    assert sorted(answer.swapped) == drawn_after(kind)
    assert answer.sections == answer.swapped
    [body] = bodies(officer, card, kind)
    for name, typed in FILLED[kind].items():
        if name == "audience":
            assert officer.card(card)["timeline"][-1]["audience"] == typed
        elif name == "until":
            assert re.fullmatch(r"2026-11-24T\d\d:15:00Z", body[name])
        else:
            assert body[name.rstrip("_")] == (True if typed == "true" else typed)


def test_a_plain_browser_goes_back_to_the_card(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    form = form_of(officer, card, "picture.set").form("picture.set")
    answer = officer.http.post(form.action, data=form.filled(problem="Ruzie om de hond"))
    assert (answer.status_code, answer.location) == (303, f"/cards/{card}")
    assert "Ruzie om de hond" in seen(officer, f"/cards/{card}").text


def test_a_double_tap_writes_once(phone, clock):
    officer = phone(OFFICER)
    card = officer.open_card()
    sent = form_of(officer, card, "feedback.given").form("feedback.given").filled(text="één keer")
    send(officer, card, sent)
    clock.later(seconds=2)
    send(officer, card, sent)
    send(officer, card, sent, 200, **HTMX)
    assert len(bodies(officer, card, "feedback.given")) == 1


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("picture.set", {"problem": "  "}, "problem", "Vul dit in."),
    ("risk.assessed", {"note": "wel een toelichting"}, "level", "Vul dit in."),
    ("agreement.made", {"what": "tas weg", "who": "Agent", "until": "straks"}, "until", "Schrijf een kloktijd, zoals 14:30."),
    ("transport.chosen", {"by": "police"}, "reason", "Vul dit in."),
    ("observation.noted", {"note": "alleen een toelichting"}, "found", "Vul ten minste één van deze velden in."),
    ("plan.set", {"if_then": ["Als hij wegrent, volgen"]}, "plan", "Vul dit in."),
    ("handover.offered", {"weapons": "mes, ingenomen"}, "to", "Vul dit in."),
    ("feedback.given", {"text": "te lang " * 400}, "text", "Dit is te lang."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "field", "message"), WRONG)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_mistake_is_said_at_its_field_and_nothing_that_was_typed_is_lost(phone, kind, typed, field, message, headers):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    form = form_of(officer, card, kind).form(kind)
    again = send(officer, card, form.filled(**typed), 422, **headers)
    assert_well_made(again)
    assert message in again.by_id[f"error-{field}"]
    assert f"#field-{field}" in again.links, "the summary leads to the field"
    assert f"field-{field}" in again.ids
    kept = again.form(kind).filled()
    assert kept["id"] == form.filled()["id"]
    for name, value in typed.items():
        texts = [text.strip() for text in kept.get(name, []) if text.strip()]
        assert texts == [text.strip() for text in (value if isinstance(value, list) else [value]) if text.strip()], name
    assert bodies(officer, card, kind) == []


def test_somebody_without_an_account_is_kept_whole_after_a_mistake(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    form = form_of(officer, card, "presence.arrived", "&other=1").form("presence.arrived")
    again = send(officer, card, form.filled(person=" ", organisation="Buurt", role="buurvrouw"), 422).form("presence.arrived")
    send(officer, card, again.filled(person="Mevrouw De Wit"))
    there = officer.card(card)["present"]
    assert [(one["person"], one["organisation"], one["role"]) for one in there] == [("Mevrouw De Wit", "Buurt", "buurvrouw")]


def test_only_kinds_that_people_write_have_a_form(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    for kind in ("card.joined", "card.opened", "no.such", ""):
        seen(officer, f"/cards/{card}/entries/new?kind={kind}", 404)
        send(officer, card, {"kind": [kind]}, 404)


# what the card says


def test_a_new_judgement_replaces_only_what_its_writer_saw(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "risk.assessed", "&for=client", level="low")
    form = form_of(triagist, card, "risk.assessed", "&for=client").form("risk.assessed")
    writes(officer, card, "risk.assessed", "&for=client", level="middle")
    send(triagist, card, form.filled(level="high", acute="true"))
    client = officer.card(card)["risk"]["client"]
    assert client["disagreement"]
    assert {head["body"]["level"] for head in client["heads"]} == {"middle", "high"}
    page = seen(officer, f"/cards/{card}")
    assert "Twee inschattingen" in page.by_id["section-risk"]
    assert "Hoog acuut" in page.by_id["section-risk"]
    writes(officer, card, "risk.assessed", "&for=client", level="high")
    assert not officer.card(card)["risk"]["client"]["disagreement"]


def test_a_handover_is_asked_for_offered_accepted_and_only_then_let_go(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(triagist, card, "handover.requested", "&from=noord", note="wij nemen hem mee")
    assert "wij nemen hem mee" in seen(officer, f"/cards/{card}").by_id["section-handover"]
    writes(officer, card, "handover.offered", "&to=crisisdienst", searched="yes", situation="verward", weapons="mes, ingenomen")
    [offer] = officer.card(card)["handovers"]
    accept = form_of(triagist, card, "handover.accepted", f"&offer={offer['item']['id']}")
    assert "mes, ingenomen" in accept.text, "who takes over reads what it is"
    send(triagist, card, accept.form("handover.accepted").filled(release="false", read_back="mes is weg, wij beoordelen"))
    assert officer.card(card)["holders"] == ["crisisdienst", "noord"]
    page = seen(triagist, f"/cards/{card}")
    assert "mes is weg, wij beoordelen" in page.by_id["section-handover"]
    send(triagist, card, page.form("handover.released").filled())
    assert officer.card(card)["holders"] == ["crisisdienst"]
    assert "GGZ Crisisdienst" in seen(officer, f"/cards/{card}").by_id["section-holding"]


def test_a_card_closes_over_what_its_closer_saw_and_gave_a_reason_for(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(triagist, card, "risk.assessed", "&for=client", level="high", acute="true")
    page = form_of(officer, card, "card.closed")
    assert "Acuut risico" in page.text
    again = send(officer, card, page.form("card.closed").filled(outcome="rustig"), 422)
    assert "Vul dit in." in again.by_id["error-override"]
    assert ("outcome", "rustig") in again.form("card.closed").fields
    ready = again.form("card.closed").filled(override__reason="ambulance is er al")
    send(triagist, card, {"kind": ["alarm.raised"]})
    send(officer, card, ready)
    assert officer.card(card)["closed"] is None, "the alarm came after the form"
    [alarm] = officer.card(card)["alarms"]
    send(officer, card, seen(officer, f"/cards/{card}").form("alarm.ended").filled())
    assert officer.card(card)["alarms"][0]["ended"]["body"] == {"alarm": alarm["item"]["id"]}
    assert officer.card(card)["closed"]["override"]["reason"] == "ambulance is er al"
    closed = seen(officer, f"/cards/{card}")
    assert "rustig" in closed.by_id["section-header"]
    assert "ambulance is er al" in closed.by_id["section-closing"]


def test_what_comes_after_the_closing_is_marked(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    late = triagist.entry(card, "observation.noted", {"says": "kwam later binnen"})
    writes(officer, card, "card.closed", outcome="klaar")
    triagist.sync([late])
    assert "nagekomen" in seen(officer, f"/cards/{card}").by_id["section-observation"]


def test_a_correction_leaves_the_original_readable(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "observation.noted", found="een mes")
    [item] = officer.card(card)["observations"]
    writes(triagist, card, "entry.corrected", f"&entry={item['id']}", text="het was een schroevendraaier")
    answer = triagist.http.get(f"/cards/{card}").get_data(as_text=True)
    section = Screen(answer).by_id["section-observation"]
    assert "een mes" in section
    assert "het was een schroevendraaier" in section
    assert "item-struck" in answer


def test_one_tap_agrees_with_the_plan(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "plan.set", plan="Eén praat")
    assert [one for one in seen(officer, f"/cards/{card}").forms if ("kind", "plan.agreed") in one.fields] == [], "who made the plan agrees already"
    answer = send(triagist, card, seen(triagist, f"/cards/{card}").form("plan.agreed").filled(), 200, **HTMX)
    assert sorted(answer.swapped) == ["plan", "timeline"]
    assert "Politie en zorg zijn akkoord" in answer.by_id["section-plan"]


@pytest.mark.parametrize("position", ["in_sight", "remote"])
def test_one_tap_says_that_you_are_here(phone, position):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    [form] = [one for one in seen(triagist, f"/cards/{card}").forms if ("position", position) in one.fields]
    answer = send(triagist, card, form.filled(), 200, **HTMX)
    assert [(one["person"], one["position"]) for one in triagist.card(card)["present"]] == [(triagist.me["person"], position)]
    assert sorted(answer.swapped) == drawn_after("presence.arrived")
    assert [one for one in seen(triagist, f"/cards/{card}").forms if ("kind", "presence.arrived") in one.fields] == [], "one is here once"


def test_an_organisation_is_taken_off_the_card_but_never_who_opened_it_or_holds_it(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst", "ambulance")
    links = [one for one in seen(triagist, f"/cards/{card}/people").links if "card.unshared" in one]
    assert len(links) == 1, "not one's own organisation, and not the police who opened it"
    writes(triagist, card, "card.unshared", links[0].partition("card.unshared")[2])
    assert triagist.card(card)["organisations"] == sorted([officer.me["org"], triagist.me["org"]])


def test_a_request_shows_who_answered_it_and_how(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    asked = officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    triagist.write(card, "service.declined", {"request": asked["id"], "reason": "under_influence", "referred_to": "verslavingszorg"})
    officer.write(card, "service.escalated", {"request": asked["id"], "level": "operational", "to": "dienstdoende manager"})
    section = seen(officer, f"/cards/{card}").by_id["section-waiting"]
    assert re.search("Onder invloed.*Opgeschaald.*dienstdoende manager", section, re.DOTALL)
    assert triagist.me["name"] in section


def test_every_entry_can_be_corrected_from_the_time_line(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    judged = officer.write(card, "risk.assessed", {"for": "client", "level": "low", "note": "rustig"})
    [link] = [one for one in seen(officer, f"/cards/{card}/timeline").links if judged["id"] in one]
    send(officer, card, seen(officer, link).form("entry.corrected").filled(text="verkeerde kaart"))
    assert "verkeerde kaart" in seen(officer, f"/cards/{card}").by_id["section-risk"]


def test_the_time_line_pages_back_to_the_beginning(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.sync([officer.entry(card, "feedback.given", {"text": f"regel {number:03d}"}) for number in range(120)])
    path, found = f"/cards/{card}/timeline", []
    while path:
        page = seen(officer, path)
        assert_well_made(page)
        found += re.findall(r"regel \d{3}", page.text)
        path = next((link for link in page.links if "before=" in link), "")
    assert found == [f"regel {number:03d}" for number in reversed(range(120))]


@pytest.mark.parametrize("view", ["", "/bonnet", "/people", "/timeline"])
def test_every_view_of_a_card_is_well_made(phone, view):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    for kind, typed in FILLED.items():
        if kind != "card.closed":
            writes(officer, card, kind, **typed)
    page = seen(officer, f"/cards/{card}{view}")
    assert_well_made(page)
    assert page.headings


# who may see it


def test_a_note_for_the_police_is_on_no_page_of_care(phone):
    officer, triagist, colleague = phone(OFFICER), phone(TRIAGIST), phone(OTHER_OFFICER)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "observation.noted", found="geheim onderzoek", audience="police")
    [item] = officer.card(card)["observations"]
    correcting = f"/entries/new?kind=entry.corrected&entry={item['id']}"
    for view in ("", "/bonnet", "/people", "/timeline", "/sections?names=observation,timeline", correcting):
        assert "geheim onderzoek" not in seen(triagist, f"/cards/{card}{view}").text
    page = seen(colleague, f"/cards/{card}")
    assert "geheim onderzoek" in page.text
    assert "Alleen politie" in page.by_id["section-observation"]


def test_whom_a_note_is_for_is_asked_only_where_it_may_be_chosen(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    asked = {kind for kind in WRITABLE if "audience" in form_of(officer, card, kind).form(kind).names}
    assert asked == {kind for kind in WRITABLE if KINDS[kind].get("choose_audience")}
    assert form_of(officer, card, "observation.noted").form("observation.noted").choices["audience"] == ["all", "police", "org"]


def test_a_structural_entry_is_for_all_whatever_is_sent(phone):
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    sent = form_of(officer, card, "risk.assessed", "&for=client").form("risk.assessed").filled(level="high")
    send(officer, card, {**sent, "audience": ["police"]})
    assert officer.card(card)["timeline"][-1]["audience"] == "all"


def test_who_is_not_on_a_card_finds_nothing_there(phone):
    officer, stranger = phone(OFFICER), phone(OFFICER_SOUTH)
    card = officer.open_card()
    for view in ("", "/bonnet", "/people", "/timeline", "/sections?names=risk", "/entries/new?kind=picture.set"):
        assert "Kruispunt" not in seen(stranger, f"/cards/{card}{view}", 404).text
    send(stranger, card, {"kind": ["picture.set"], "problem": ["binnen"]}, 404)
    assert bodies(officer, card, "picture.set") == []
    assert "Kruispunt" not in seen(stranger, "/").text


def test_an_organisation_that_is_put_on_the_card_is_on_it_at_once(phone):
    officer, doctor = phone(OFFICER), phone(DOCTOR)
    card = officer.open_card()
    seen(doctor, f"/cards/{card}", 404)
    page = seen(officer, f"/cards/{card}/people")
    [put] = [one for one in page.forms if ("organisation", "crisisdienst") in one.fields]
    send(officer, card, put.filled())
    assert "Kruispunt" in seen(doctor, f"/cards/{card}").text


def test_who_is_not_signed_in_is_asked_to_and_comes_back(app):
    nobody = app.test_client()
    answer = nobody.get("/cards/new?context=police_asks")
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=")
    answer = nobody.get("/cards/new", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"].split("?")[0]) == (401, "/login")


def test_the_screens_are_in_the_language_of_their_reader(phone):
    officer = phone(OFFICER)
    card = officer.open_card()
    assert "Wie is er" in seen(officer, f"/cards/{card}").headings
    officer.http.post("/language", data={"lang": "en"})
    page = seen(officer, f"/cards/{card}")
    assert "Wie is er" not in page.text
    assert "Who is here" in page.headings
