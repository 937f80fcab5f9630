"""The API: another system reads what the organisation of its token may see, by the scopes of it, until it ends; and every reading is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from blueprints.limits import limiter
from store import duty, summaries
from store.administration import By
from store.api_tokens import SCOPES
from store.database import reading
from store.models import ApiToken
from tests.cast import OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.outside import ADMIN, System, make_token
from tests.http.privacy import told
from tests.http.test_review import many_closed, played
from tests.http.test_visits import visit

Phones = Callable[[str], Phone]
CARE_ADMIN, SOUTH = "admin@crisisdienst.example", "agent@zuid.example"
OPENED_BY = {
    "cards:read": ["/cards"], "handovers:read": ["/handovers"], "calendar:read": ["/calendar", "/calendar.ics", "/follow-ups"],
    "review:read": ["/reviews"],
    "figures:read": ("/figures", "/figures?quarter=2026Q3&part=partner:crisisdienst"),
}  # fmt: skip
SBAR = {"to": "crisisdienst", "situation": "Man op het dak", "request": "Beoordelen"}


def test_a_system_reads_the_cards_of_its_organisation_and_no_others(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    shared, own, south = officer.open_card("crisisdienst"), officer.open_card(), phone(SOUTH).open_card()
    noord = System(app, make_token(phone(ADMIN)))
    assert {card["id"] for card in noord.told("/cards")["cards"]} == {shared, own}
    assert noord.told(f"/cards/{own}")["place"] == "Kruispunt"
    theirs, nobodys = noord.ask(f"/cards/{south}"), noord.ask(f"/cards/{new_id()}")
    assert (theirs.status_code, theirs.get_data()) == (404, nobodys.get_data())
    care = System(app, make_token(phone(CARE_ADMIN)))
    assert [card["id"] for card in care.told("/cards")["cards"]] == [shared]
    assert care.ask(f"/cards/{own}").status_code == 404


def test_a_system_reads_what_is_for_the_organisation_as_a_whole_and_nothing_that_is_for_one_side(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    for writer, audience in ((officer, "all"), (officer, "police"), (officer, "org"), (triagist, "care"), (triagist, "org")):
        writer.write(card, "observation.noted", {"says": f"{writer.me['org']} {audience}"}, audience=audience)

    def said(account: str) -> set[str]:
        timeline = System(app, make_token(phone(account))).told(f"/cards/{card}")["timeline"]
        return {item["body"]["says"] for item in timeline if item["kind"] == "observation.noted"}

    assert said(ADMIN) == {"noord all", "noord police", "noord org"}
    assert said(CARE_ADMIN) == {"noord all", "crisisdienst care", "crisisdienst org"}


def test_pages_of_cards_follow_one_another_until_there_are_no_more(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    made = [officer.open_card() for _ in range(53)]
    system = System(app, make_token(phone(ADMIN)))
    first = system.told("/cards")
    second = system.told(first["next"].removeprefix("/api/v1"))
    assert (len(first["cards"]), len(second["cards"]), second["next"]) == (50, 3, None)
    assert [card["id"] for card in first["cards"] + second["cards"]] == sorted(made, reverse=True)
    for wrong in ("?before=yesterday", "?before=", "?after=x", "?before=yesterday&before="):
        assert system.statuses([f"/cards{wrong}", f"/handovers{wrong}", f"/calendar{wrong}"]) == [400] * 3


def test_a_handover_is_read_as_fhir_by_who_gives_and_who_gets_it_and_by_nobody_else_on_the_card(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst", "kliniek")
    offer = officer.write(card, "handover.offered", SBAR)["id"]
    for account, sees in ((ADMIN, True), (CARE_ADMIN, True), ("admin@kliniek.example", False)):
        system = System(app, make_token(phone(account), "handovers:read"))
        rows = system.told("/handovers")["handovers"]
        assert [row["id"] for row in rows] == ([offer] if sees else []), account
        answer = system.ask(f"/cards/{card}/handovers/{offer}")
        assert answer.status_code == (200 if sees else 404), account
        if sees:
            assert answer.mimetype == "application/fhir+json"
            assert Bundle.model_validate_json(answer.get_data()).type == "document"
            assert "Man op het dak" in answer.get_data(as_text=True)


def test_where_a_rota_says_who_sees_a_card_a_system_reads_no_cards_and_the_handovers_that_were_accepted(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    waits, accepted = (officer.write(card, "handover.offered", SBAR)["id"] for _ in range(2))
    triagist.write(card, "handover.accepted", {"offer": accepted, "release": False})
    system = System(app, make_token(phone(CARE_ADMIN)))
    assert len(system.told("/cards")["cards"]) == 1
    with app.app_context():
        duty.set_rule(By("crisisdienst", 0), "rota")
    assert system.told("/cards")["cards"] == []
    assert system.ask(f"/cards/{card}").status_code == 404
    assert [row["id"] for row in system.told("/handovers")["handovers"]] == [accepted]
    assert system.statuses([f"/cards/{card}/handovers/{one}" for one in (waits, accepted)]) == [404, 200]


def test_who_is_taken_off_the_card_reads_it_no_longer(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    system = System(app, make_token(phone(CARE_ADMIN)))
    assert system.ask(f"/cards/{card}").status_code == 200
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    assert system.ask(f"/cards/{card}").status_code == 404
    assert system.told("/cards")["cards"] == []


def test_follow_ups_and_visits_are_read_as_facts_and_as_a_calendar(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25", next="2026-12-08")
    system = System(app, make_token(phone(ADMIN), "calendar:read"))
    [row] = system.told("/follow-ups")["follow_ups"]
    assert {name: row[name] for name in ("card", "what", "on", "done")} == {"card": card, "what": "Nummer sturen", "on": "2026-11-25", "done": False}
    assert [(event["on"], event["title"]) for event in system.told("/calendar")["events"]] == [
        ("2026-11-25", "Opvolgen: Opvang De Haven"), ("2026-12-08", "Bezoek: Opvang De Haven"),
    ]  # fmt: skip
    calendar = Calendar.from_ical(system.ask("/calendar.ics").get_data())
    assert sorted(str(event["summary"]) for event in calendar.walk("VEVENT")) == ["Bezoek: Opvang De Haven", "Opvolgen: Opvang De Haven"]
    assert b"Nummer" not in system.ask("/calendar.ics").get_data()


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_its_scope_and_nothing_else(app: Flask, phone: Phones, scope: str) -> None:
    system = System(app, make_token(phone(ADMIN), scope))
    card = phone(OFFICER).open_card()
    for one, paths in OPENED_BY.items():
        assert set(system.statuses(paths)) == {200 if one == scope else 403}, one
    assert system.ask(f"/cards/{card}").status_code == (200 if scope == "cards:read" else 403)
    assert system.told("/token")["scopes"] == [scope]


def test_every_route_of_the_api_wears_the_door_with_a_scope_that_exists(app: Flask) -> None:
    """From the URL map: a route that other features add is in it."""
    open_to_all = {"api.openapi": "public", "api.token": "token"}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            view = app.view_functions[rule.endpoint]
            if rule.endpoint in open_to_all:
                assert view.door == open_to_all[rule.endpoint]  # type: ignore[attr-defined]
            else:
                assert (view.door, view.scope in SCOPES) == ("token", True), rule.rule  # type: ignore[attr-defined]
            assert rule.methods <= {"GET", "HEAD", "OPTIONS"}, "reading only"


def test_what_is_no_token_opens_nothing_and_says_so_as_facts(app: Flask, phone: Phones) -> None:
    made = make_token(phone(ADMIN))
    for said in ("", "Bearer", "Bearer ", f"Basic {made}", f"Bearer {made[:-1]}", f"Bearer {made}x", "Bearer \xff", made):
        answer = app.test_client().get("/api/v1/cards", headers={"Authorization": said} if said else {})
        assert (answer.status_code, answer.get_json()["error"]) == (401, "no_token"), said
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing_of_the_api(phone: Phones) -> None:
    assert phone(OFFICER).http.get("/api/v1/cards").status_code == 401


def test_a_token_opens_no_page_and_no_call_of_people(app: Flask, phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    held = {"Authorization": f"Bearer {make_token(phone(ADMIN))}"}
    for path in (f"/cards/{card}", f"/cards/{card}.json", "/", "/me.json", "/organisation/api", f"/cards/{card}/print"):
        assert app.test_client().get(path, headers=held).status_code in (303, 401), path
    assert app.test_client().post("/sync", json={"entries": []}, headers=held).status_code == 401


def test_a_token_that_is_withdrawn_opens_nothing_from_then_on(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    system = System(app, make_token(admin))
    assert system.ask("/token").status_code == 200
    [id_] = ids_of(app)
    assert phone(CARE_ADMIN).http.post(f"/organisation/api/{id_}/withdraw").status_code == 404, "of another organisation"
    assert system.ask("/token").status_code == 200
    assert admin.http.post(f"/organisation/api/{id_}/withdraw").status_code == 303
    assert admin.http.post(f"/organisation/api/{id_}/withdraw").status_code == 303, "twice is once"
    assert system.ask("/token").status_code == 401
    page = admin.http.get("/organisation/api").get_data(as_text=True)
    assert "ingetrokken" in page
    log = admin.http.get("/people/log").get_data(as_text=True)
    assert log.count("Koppeling ingetrokken") == 1
    assert log.count("Koppeling gemaakt") == 1


def test_a_token_ends_by_itself(app: Flask, phone: Phones, clock: Clock) -> None:
    system = System(app, make_token(phone(ADMIN), days="30"))
    clock.later(hours=30 * 24 - 1)
    assert system.ask("/token").status_code == 200
    clock.later(hours=1)
    assert system.ask("/token").status_code == 401
    assert "verlopen" in phone(ADMIN).http.get("/organisation/api").get_data(as_text=True)


@pytest.mark.sqlite
def test_the_database_does_not_hold_a_token_and_the_page_shows_it_once(app: Flask, phone: Phones, tmp_path: Path) -> None:
    admin = phone(ADMIN)
    token = make_token(admin)
    assert System(app, token).ask("/token").status_code == 200
    assert token not in admin.http.get("/organisation/api").get_data(as_text=True)
    for file in tmp_path.glob("*.sqlite*"):
        assert token.encode() not in file.read_bytes(), file


def test_when_a_token_was_last_used_shows(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    system = System(app, make_token(admin))
    assert "Nog niet gebruikt." in admin.http.get("/organisation/api").get_data(as_text=True)
    system.ask("/token")
    assert "Laatst gebruikt op 24-11-2026" in admin.http.get("/organisation/api").get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": ""}, "Welk systeem: Vul dit in."),
        ({"name": "x" * 101}, "Welk systeem: Dit is te lang."),
        ({"scopes": []}, "Wat mag het lezen: Vul dit in."),
        ({"scopes": ["everything"]}, "Wat mag het lezen: Vul dit in."),
        ({"days": "3650"}, "Hoe lang werkt het: Vul dit in."),
    ],
)
def test_what_is_not_good_is_said_and_what_was_typed_stays(app: Flask, phone: Phones, typed: dict[str, object], error: str) -> None:
    sent = {"name": "Dossier van de kliniek", "scopes": ["cards:read"], "days": "30", **typed}
    answer = phone(ADMIN).http.post("/organisation/api", data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert error in page
    assert "name" in typed or 'value="Dossier van de kliniek"' in page
    assert ids_of(app) == []


def test_every_reading_of_a_card_is_in_the_access_log_with_the_name_of_the_system(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    offer = officer.write(card, "handover.offered", SBAR)["id"]
    south = phone(SOUTH).open_card()
    system = System(app, make_token(phone(ADMIN), name="EPD Noord"))
    for path, action, outcome in (
        ("/cards", "list", "ok"), (f"/cards/{card}", "read", "ok"), (f"/cards/{card}/handovers/{offer}", "export", "ok"),
        (f"/cards/{south}", "read", "refused"),
    ):  # fmt: skip
        before = len(told(app))
        system.ask(path)
        [line] = told(app)[before:]
        assert (line["name"], line["org"], line["role"], line["action"], line["outcome"]) == ("EPD Noord", "noord", "token", action, outcome), path
        assert system.token not in json.dumps(line)
    assert "EPD Noord" in officer.http.get(f"/cards/{card}/seen").get_data(as_text=True)


def test_who_guesses_tokens_is_stopped_and_shuts_nobody_out(app: Flask, phone: Phones) -> None:
    known = System(app, make_token(phone(ADMIN)))
    statuses = [System(app, f"motorkap_{turn}").ask("/cards").status_code for turn in range(31)]
    assert statuses == [401] * 30 + [429]
    assert known.ask("/cards").status_code == 200
    limiter.reset()
    assert System(app, "motorkap_32").ask("/cards").status_code == 401


def test_what_is_not_in_the_api_says_so_as_facts(app: Flask) -> None:
    for path in ("/api/v1/nothing", "/api/v1/cards/no-id"):
        answer = app.test_client().get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")


def test_a_system_that_asks_too_often_waits_and_shuts_no_other_out(tmp_path: Path) -> None:
    app = server(tmp_path, API_LIMIT="5 per minute")
    admin = Phone(app, ADMIN)
    busy, other = System(app, make_token(admin)), System(app, make_token(admin))
    assert busy.statuses(["/token"] * 6) == [200] * 5 + [429]
    refused = busy.ask("/token")
    assert (refused.headers["Retry-After"], refused.get_json()["error"]) == ("60", "too_many_requests")
    assert other.ask("/token").status_code == 200


def ids_of(app: Flask) -> list[str]:
    with app.app_context(), reading() as connection:
        return list(connection.scalars(select(ApiToken.id)))


def test_figures_are_those_that_leads_see(app: Flask, phone: Phones) -> None:
    officer, system = phone(OFFICER), System(app, make_token(phone(ADMIN), "figures:read"))
    for _ in range(6):
        officer.open_card()
    with app.app_context():
        summaries.catch_up()
    told = system.told("/figures")
    assert (told["quarter"], told["part"]) == ("2026Q4", None)
    assert told["tables"]["card"]["rows"] == [{"name": "crisis_assessment", "number": 6, "median": None, "ninetieth": None}]
    assert told["tables"]["wait"] == {"rows": [], "total": None, "hidden": False, "share": None}
    few = System(app, make_token(phone(CARE_ADMIN), "figures:read"))
    phone(TRIAGIST).open_card()
    with app.app_context():
        summaries.catch_up()
    assert few.told("/figures")["tables"]["card"]["rows"] == []
    wrong = ("?quarter=1999Q5", "?quarter=", "?part=person:jan", "?part=", "?before=x")
    assert system.statuses([f"/figures{one}" for one in wrong]) == [400] * 5


def test_the_pages_of_reviews_have_every_closed_card_also_where_nobody_looked_yet(app: Flask, phone: Phones) -> None:
    many_closed(phone(SOUTH), 60)
    own = many_closed(phone(OFFICER), 120)
    system = System(app, make_token(phone(ADMIN), "review:read"))
    found: list[str] = []
    page = "/reviews"
    while page:
        answer = system.told(page)
        found += [row["id"] for row in answer["reviews"]]
        page = (answer["next"] or "").removeprefix("/api/v1")
    assert found == sorted(own, reverse=True)


def test_what_happened_on_closed_cards_is_told_without_a_word_of_them(app: Flask, phone: Phones, clock: Clock) -> None:
    card = played(phone, clock)
    still_open = phone(OFFICER).open_card()
    system = System(app, make_token(phone(ADMIN), "review:read"))
    [row] = system.told("/reviews")["reviews"]
    assert (row["id"], row["minutes"], "referral_chain" in row["marks"]) == (card, 134, True)
    took = system.told(f"/reviews/{card}")
    assert (took["minutes"], took["help"][0]["minutes"], took["disagreements"][0]["minutes"]) == (134, 73, 5)
    assert "Kruispunt" not in str(took) + str(row)
    assert system.statuses([f"/reviews/{still_open}", f"/reviews/{new_id()}", f"/cards/{card}"]) == [404, 404, 403]
