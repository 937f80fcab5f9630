"""Guides: at hand for who may see them, written by one lead and published by another, every version kept, and steps that become agreements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id
from tests.http.screens import Form, Screen, assert_well_made

Phones = Callable[[str], Phone]
LEAD, ADMIN = "teamlead@noord.example", "admin@noord.example"
TOLD: dict[str, Any] = {
    "title": "Bij ons bureau", "body": "1. Bel aan\n\n   Aan de achterkant.\n2. Wacht op de opco", "situations": ["worry"], "place": "",
    "visible": "all", "valid_until": "2027-06-01", "source": "Afspraak van het team", "seen": "0", "do": "save",
}  # fmt: skip


def seen(phone: Phone, path: str, status: int = 200) -> Screen:
    answer = phone.http.get(path)
    assert answer.status_code == status, path
    return well_made(answer.get_data(as_text=True))


def well_made(markup: str) -> Screen:
    page = Screen(markup)
    assert_well_made(page)
    return page


def written(phones: Phones, account: str = LEAD, **told: Any) -> str:
    answer = phones(account).http.post("/guides/mine/new", data={**TOLD, **told})
    assert answer.status_code == 303, Screen(answer.get_data(as_text=True)).text
    return str(answer.headers["Location"])


def publish(phones: Phones, path: str, version: int = 1, account: str = ADMIN) -> int:
    return phones(account).http.post(f"{path}/review", data={"version": str(version), "do": "publish"}).status_code


def shelf(phone: Phone) -> dict[str, dict[str, Any]]:
    return {guide["id"]: guide for guide in phone.sync(shelf={"guides": ""})["shelf"]["guides"]["content"]}


def form_with(page: Screen, name: str) -> Form:
    return next(form for form in page.forms if name in form.names)


def test_the_common_guides_and_the_clinics_own_are_there_for_both_sides(phone: Phones) -> None:
    for account in (OFFICER, TRIAGIST):
        known = shelf(phone(account))
        assert {"drugs-in-hospital", "weapons-at-the-door", "sash-outcome", "who-may-enter", "who-drives"} <= set(known)
        [clinic] = [guide for guide in known.values() if guide["owner"] == "kliniek"]
        assert set(clinic) == {"id", "title", "situations", "place", "owner", "version", "valid_until", "source", "instead_of", "steps"}
        assert set(clinic["steps"][0]) == {"text", "more"}
        page = seen(phone(account), "/guides")
        assert "/guides/who-drives" in page.links
    page = seen(phone(OFFICER), "/guides/who-drives")
    assert "Ambulance: bel 112" in page.text
    assert "Geldig tot en met" in page.text
    assert "rapport 4.1.2" in page.text


def test_the_card_leads_to_the_guide_of_its_place_and_its_situation(phone: Phones) -> None:
    officer = phone(OFFICER)
    opening = officer.entry(new_id(), "card.opened", {"situation": "danger_inside", "place": "Forensische kliniek, afdeling 2"})
    officer.sync([opening])
    card = opening["card"]
    [clinic] = [id_ for id_, guide in shelf(officer).items() if guide["owner"] == "kliniek"]
    links = seen(officer, f"/cards/{card}").links
    assert f"/cards/{card}/guides/{clinic}" in links
    assert f"/cards/{card}/guides/weapons-at-the-door" not in links, "the clinic's own takes its place there"
    listed = [link for link in seen(officer, f"/cards/{card}/guides").links if link.startswith(f"/cards/{card}/guides/")]
    assert listed[0] == f"/cards/{card}/guides/{clinic}"
    assert "/guides/who-may-enter" in seen(officer, "/cards/new?context=care_outside&situation=police_powers").links


def test_ticked_steps_become_agreements_once_and_the_guide_says_so(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    page = seen(officer, f"/cards/{card}/guides/who-drives")
    form = form_with(page, "step")
    assert "Politie Basisteam Noord" in [value for name, value in form.fields if name == "who"]
    data = form.filled(step=["0", "5"], who="Wij beiden")
    for _ in range(2):
        assert officer.http.post(form.action, data=data).status_code == 303
    made = [one["item"]["body"] for one in phone(TRIAGIST).card(card)["agreements"]]
    assert [(body["what"][:13], body["who"]) for body in made] == [("Moet hij weg?", "Wij beiden"), ("Rijdt de poli", "Wij beiden")]
    assert seen(officer, f"/cards/{card}/guides/who-drives").text.count("staat op de kaart") == 2


def test_what_is_missing_is_told_and_what_was_ticked_stays(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    form = form_with(seen(officer, f"/cards/{card}/guides/who-drives"), "step")
    for told, error in (({}, "error-step"), ({"step": ["1"], "who": " "}, "error-who"), ({"step": ["1"], "version": "7"}, "error-step")):
        answer = officer.http.post(form.action, data={**form.filled(), **told})
        page = well_made(answer.get_data(as_text=True))
        assert answer.status_code == 422
        assert error in page.by_id
        assert [value for name, value in form_with(page, "step").fields if name == "step"] == told.get("step", [])
        assert len([name for name, _ in form_with(page, "step").fields if name == "id"]) == 10
    assert officer.card(card)["agreements"] == []


def test_a_guide_shows_only_after_another_lead_published_it(phone: Phones) -> None:
    path = written(phone)
    name = path.rsplit("/", 1)[1]
    assert name not in shelf(phone(OFFICER))
    assert seen(phone(OFFICER), f"/guides/{name}", 404)
    own = seen(phone(LEAD), path)
    assert "U schreef deze versie zelf" in own.text
    assert publish(phone, path, account=LEAD) == 422, "not who wrote it"
    assert name not in shelf(phone(OFFICER))
    officer = phone(OFFICER)
    before = officer.sync(shelf={"guides": ""})["shelf"]["guides"]["edition"]
    form = form_with(seen(phone(ADMIN), path), "note")
    assert phone(ADMIN).http.post(form.action, data={**form.filled(), "do": "publish"}).status_code == 303
    after = officer.sync(shelf={"guides": before})["shelf"]["guides"]
    assert name in {guide["id"] for guide in after["content"]}
    assert shelf(officer)[name]["steps"] == [{"text": "Bel aan", "more": "Aan de achterkant."}, {"text": "Wacht op de opco", "more": ""}]


def test_a_new_version_waits_while_the_old_one_shows_and_every_version_stays(phone: Phones) -> None:
    path = written(phone)
    assert publish(phone, path) == 303
    name = path.rsplit("/", 1)[1]
    form = form_with(seen(phone(ADMIN), f"{path}/edit"), "body")
    assert phone(ADMIN).http.post(form.action, data={**form.filled(body="1. Bel de portier"), "do": "save"}).status_code == 303
    assert shelf(phone(OFFICER))[name]["version"] == 1
    assert phone(LEAD).http.post(f"{path}/review", data={"version": "2", "do": "return", "note": ""}).status_code == 422
    assert phone(LEAD).http.post(f"{path}/review", data={"version": "2", "do": "return", "note": "Zeg ook waar."}).status_code == 303
    assert phone(LEAD).http.post(f"{path}/review", data={"version": "2", "do": "publish"}).status_code == 422, "it waits no more"
    page = seen(phone(ADMIN), path)
    assert "Zeg ook waar." in page.text
    assert "teruggegeven" in page.text
    form = form_with(seen(phone(ADMIN), f"{path}/edit"), "body")
    assert phone(ADMIN).http.post(form.action, data={**form.filled(body="1. Bel de portier, achter"), "do": "save"}).status_code == 303
    assert publish(phone, path, 3, LEAD) == 303
    assert shelf(phone(OFFICER))[name]["version"] == 3
    for version, text in ((1, "Aan de achterkant."), (2, "Bel de portier"), (3, "Bel de portier, achter")):
        assert text in seen(phone(LEAD), f"{path}/versions/{version}").text
    assert seen(phone(LEAD), f"{path}/versions/9", 404)


def test_nobody_writes_over_what_they_did_not_see(phone: Phones) -> None:
    path = written(phone)
    form = form_with(seen(phone(LEAD), f"{path}/edit"), "body")
    other = form_with(seen(phone(ADMIN), f"{path}/edit"), "body")
    assert phone(ADMIN).http.post(other.action, data={**other.filled(title="Van een ander"), "do": "save"}).status_code == 303
    answer = phone(LEAD).http.post(form.action, data={**form.filled(title="Van mij"), "do": "save"})
    page = well_made(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Een ander schreef intussen een nieuwe versie" in page.text
    assert f"{path}/versions/2" in page.links
    again = form_with(page, "body")
    assert ("title", "Van mij") in again.fields
    assert phone(LEAD).http.post(again.action, data={**again.filled(), "do": "save"}).status_code == 303


def test_a_preview_saves_nothing_and_loses_nothing(phone: Phones) -> None:
    lead = phone(LEAD)
    answer = lead.http.post("/guides/mine/new", data={**TOLD, "do": "preview"})
    page = well_made(answer.get_data(as_text=True))
    assert "Zo komen de stappen op de telefoon" in page.text
    assert form_with(page, "body").filled()["body"] == [TOLD["body"]]
    assert ("situations", "worry") in form_with(page, "body").fields
    assert "Uw organisatie heeft nog geen eigen handreiking" in seen(lead, "/guides/mine").text


def test_what_cannot_be_a_guide_is_told_at_the_field_and_stays(phone: Phones) -> None:
    lead = phone(LEAD)
    for field, text in (
        ("title", ""), ("title", "x" * 121), ("body", ""), ("body", "geen lijst"), ("body", f"1. goed\n2. {'x' * 300}"), ("valid_until", "morgen"),
        ("valid_until", "2020-01-01"), ("source", ""), ("visible", "spy"), ("situations", ""),
    ):  # fmt: skip
        answer = lead.http.post("/guides/mine/new", data={**TOLD, field: text})
        page = well_made(answer.get_data(as_text=True))
        assert answer.status_code == 422, field
        assert f"error-{field}" in page.by_id
        if field in ("title", "body", "valid_until", "source"):
            assert form_with(page, "body").filled()[field] == [text]
    answer = lead.http.post("/guides/mine/new", data={**TOLD, "body": f"1. goed\n2. {'x' * 300}"})
    assert "Stap 2 is langer dan 200 tekens" in Screen(answer.get_data(as_text=True)).text


def test_it_is_for_whom_it_was_written(phone: Phones) -> None:
    for visible, readers in (("all", {OFFICER, OFFICER_SOUTH, TRIAGIST}), ("domain", {OFFICER, OFFICER_SOUTH}), ("org", {OFFICER})):
        path = written(phone, visible=visible)
        assert publish(phone, path) == 303
        name = path.rsplit("/", 1)[1]
        for account in (OFFICER, OFFICER_SOUTH, TRIAGIST):
            assert (name in shelf(phone(account))) == (account in readers), (visible, account)
            assert phone(account).http.get(f"/guides/{name}").status_code == (200 if account in readers else 404)


def test_an_own_version_takes_the_place_of_a_common_guide_for_its_organisation_alone(phone: Phones) -> None:
    begun = form_with(seen(phone(LEAD), "/guides/mine/new?instead_of=who-drives"), "body")
    assert "Moet hij weg?" in begun.filled()["body"][0]
    path = written(phone, **{**begun.filled(visible="all", title="Wie rijdt bij ons"), "do": "save"})
    assert publish(phone, path) == 303
    assert "/guides/who-drives" not in seen(phone(OFFICER), "/guides").links
    assert "/guides/who-drives" in seen(phone(TRIAGIST), "/guides").links
    assert "/guides/mine/new?instead_of=who-drives" not in seen(phone(LEAD), "/guides/mine").links


def test_the_last_day_is_written_and_read_as_people_write_a_day(phone: Phones) -> None:
    path = written(phone, valid_until="1-6-2027")
    assert publish(phone, path) == 303
    assert next(form for form in seen(phone(LEAD), f"{path}/edit").forms if "valid_until" in form.names).filled()["valid_until"] == ["01-06-2027"]
    for account, page in ((OFFICER, f"/guides/{path.rsplit('/', 1)[1]}"), (LEAD, path), (LEAD, "/guides/mine")):
        text = seen(phone(account), page).text
        assert "01-06-2027" in text
        assert "2027-06-01" not in text


def test_a_guide_past_its_date_says_so_and_is_not_offered(phone: Phones, clock: Clock) -> None:
    path = written(phone, valid_until="2026-11-25")
    assert publish(phone, path) == 303
    name = path.rsplit("/", 1)[1]
    assert f"/guides/{name}" in seen(phone(OFFICER), "/guides").links
    clock.later(hours=48)
    assert f"/guides/{name}" not in seen(phone(OFFICER), "/guides").links
    assert "gold tot en met 25-11-2026" in seen(phone(OFFICER), f"/guides/{name}").text
    assert "wordt niet meer aangeboden" in seen(phone(LEAD), path).text


def test_a_withdrawn_guide_shows_to_nobody_and_comes_back_when_that_was_a_slip(phone: Phones) -> None:
    path = written(phone)
    assert publish(phone, path) == 303
    name = path.rsplit("/", 1)[1]
    assert phone(ADMIN).http.post(f"{path}/withdraw", data={"do": "withdraw"}).status_code == 303
    assert name not in shelf(phone(OFFICER))
    assert "ingetrokken" in seen(phone(LEAD), path).text
    assert phone(LEAD).http.post(f"{path}/withdraw", data={"do": "back"}).status_code == 303
    assert name in shelf(phone(OFFICER))


def test_only_leads_and_administrators_of_the_organisation_keep_its_guides(phone: Phones) -> None:
    path = written(phone)
    assert phone(OFFICER).http.get("/guides/mine").status_code == 404
    assert phone(OFFICER).http.post("/guides/mine/new", data=TOLD).status_code == 404
    for account in ("teamlead@zuid.example", "teamlead@crisisdienst.example"):
        assert phone(account).http.get(path).status_code == 404
        assert publish(phone, path, account=account) == 404
