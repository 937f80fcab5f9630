"""Doors: what is not for you looks as if it is not there, and no other site can push a browser through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from blueprints import doors
from tests.cast import OFFICER, TRIAGIST, Phone, new_id

Phones = Callable[[str], Phone]
LEAD, ADMIN = "teamlead@noord.example", "admin@noord.example"
VIEWS = ("", ".json", "/sections?names=risk", "/timeline", "/bonnet", "/people", "/entries/new?kind=picture.set")


@pytest.mark.parametrize("view", VIEWS)
def test_a_foreign_card_and_a_missing_card_look_the_same(phone: Phones, view: str) -> None:
    theirs, nobodys = phone(TRIAGIST).open_card(), new_id()
    officer = phone(OFFICER)
    foreign, missing = (officer.http.get(f"/cards/{card}{view}") for card in (theirs, nobodys))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.data.replace(theirs.encode(), b"") == missing.data.replace(nobodys.encode(), b"")


@pytest.mark.parametrize("path", ["/code", "/entries"])
def test_nothing_is_written_on_a_foreign_card(phone: Phones, path: str) -> None:
    triagist = phone(TRIAGIST)
    theirs = triagist.open_card()
    for card in (theirs, new_id()):
        assert phone(OFFICER).http.post(f"/cards/{card}{path}", data={"kind": "picture.set", "problem": "Iets"}).status_code == 404
    assert len(triagist.sees(theirs)) == 1


def test_a_card_whose_opening_has_not_arrived_is_not_there_yet(phone: Phones) -> None:
    officer = phone(OFFICER)
    early = officer.entry(new_id(), "picture.set", {"problem": "Iets"})
    officer.sync([early])
    assert officer.http.get(f"/cards/{early['card']}").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
)
def test_no_other_site_can_push_a_browser_through_a_door(phone: Phones, headers: dict[str, str]) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    for path in (f"/cards/{card}/code", f"/cards/{card}/entries", "/cards", "/join", "/logout", "/sync", "/language", "/login"):
        assert officer.http.post(path, data={}, headers=headers).status_code == 403, path
    assert officer.http.get("/me.json").status_code == 200


def test_what_is_for_leads_and_for_administrators_is_there_for_them_alone(app: Flask, phone: Phones) -> None:
    rooms = Blueprint("rooms", __name__)
    rooms.get("/for-leads")(doors.lead(lambda: "in"))
    rooms.add_url_rule("/for-admins", "admins", doors.admin(lambda: "in"))
    app.register_blueprint(rooms)
    expected = {OFFICER: (404, 404), LEAD: (200, 404), ADMIN: (404, 200)}
    for account, statuses in expected.items():
        http = phone(account).http
        assert tuple(http.get(path).status_code for path in ("/for-leads", "/for-admins")) == statuses, account
    assert app.test_client().get("/for-leads").status_code == 303


@pytest.mark.parametrize("path", ["/code", "/entries"])
def test_who_must_sign_in_again_comes_back_to_the_page_on_which_they_tapped(app: Flask, path: str) -> None:
    http, card = app.test_client(), new_id()
    tapped = {"HX-Request": "true", "Accept": "text/html", "HX-Current-URL": f"http://localhost/cards/{card}/people?a=1"}
    answer = http.post(f"/cards/{card}{path}", headers=tapped)
    assert answer.headers["HX-Redirect"] == f"/login?next=/cards/{card}/people?a%3D1"
    sent = http.post(f"/cards/{card}{path}", headers={"Accept": "text/html", "Referer": f"http://localhost/cards/{card}"})
    assert sent.headers["Location"] == f"/login?next=/cards/{card}"
    for other in ("http://evil.example/cards", "http://[", "//["):
        elsewhere = http.post(f"/cards/{card}{path}", headers={**tapped, "HX-Current-URL": other})
        assert elsewhere.headers["HX-Redirect"] == "/login?next=/"


def test_alarms_are_told_only_to_who_is_on_the_card_and_only_while_they_ring(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    officer.open_card()
    raised = officer.write(card, "alarm.raised", {"note": "hij heeft het mes"})
    told = officer.http.get("/alarms").get_data(as_text=True)
    assert f'data-alarm="{raised["id"]}"' in told
    assert "hij heeft het mes" in told
    assert told.count("data-alarm-card") == 1
    assert "data-alarm" not in triagist.http.get("/alarms").get_data(as_text=True)
    officer.write(card, "alarm.ended", {"alarm": raised["id"]})
    assert "data-alarm" not in officer.http.get("/alarms").get_data(as_text=True)
