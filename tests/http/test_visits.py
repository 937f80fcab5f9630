"""Visits from Flask: logging one, contacts and what is late, care that asks, handing over; and what an anonymous one leaves behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from blueprints import server
from card.rhythm import due_on
from store.log import HandedIn
from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id
from tests.http.privacy import PRIVACY
from tests.http.screens import Screen

Phones = Callable[[str], Phone]
WIJKAGENT, SUCCESSOR, CARE = "wijkagent@noord.example", OFFICER, "begeleider@dehaven.example"
DAY_MS = 24 * 3600 * 1000
HAVEN = {"organisation": "dehaven"}


def page(phone: Phone, path: str = "/visits") -> str:
    answer = phone.http.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def send(phone: Phone, path: str, data: dict[str, Any], status: int = 303) -> str:
    answer = phone.http.post(path, data=data)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def visit(phone: Phone, status: int = 303, **typed: Any) -> str:
    """Logs a visit to De Haven; the id of its card."""
    card = new_id()
    empty = dict.fromkeys(("on", "lat", "lng", "organisation", "place"), "")
    send(phone, "/visits", {"card": card, "whom": "dehaven", "topics": ["coffee"], **empty, **typed}, status)
    return card


def contact(phone: Phone, **typed: Any) -> str:
    card = new_id()
    send(phone, "/visits/contact", {"card": card, **HAVEN, "rhythm": "fortnightly", "function": "begeleider", "since": "2026-02-01", **typed})
    return card


def later(clock: Clock, days: int, *phones: Phone) -> None:
    clock.later(hours=24 * days)
    for one in phones:
        one.sign_in()
        one.me = one.http.get("/me.json").get_json()


def test_a_visit_is_one_form_and_stands_in_my_week(phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card = visit(officer, function="begeleider", words="Rustig", next="2026-12-08", follow_what="Nummer sturen", follow_on="2026-11-25")
    told = officer.card(card)
    [logged] = told["visit"]["logged"]
    assert logged["body"] == {
        "on": "2026-11-24", "organisation": "dehaven", "function": "begeleider", "topics": ["coffee"], "words": "Rustig", "next": "2026-12-08",
    }  # fmt: skip
    assert logged["audience"] == "org"
    assert (told["type"], told["place"], told["organisations"]) == ("visit", "Opvang De Haven", ["noord"])
    week = page(officer)
    assert all(text in week for text in ("Nummer sturen", "Opvang De Haven", "Koffie", "Later (1)"))
    assert "Opvang De Haven" in page(officer, f"/cards/{card}")


def test_a_second_tap_on_the_same_form_logs_nothing_new(phone: Phones) -> None:
    officer, typed = phone(WIJKAGENT), {"card": new_id(), "whom": "dehaven"}
    for _ in range(2):
        send(officer, "/visits", typed)
    assert len(officer.card(typed["card"])["visit"]["logged"]) == 1


def test_what_is_not_good_comes_back_as_it_was_typed(phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    again = send(officer, "/visits", {"card": new_id(), "words": "Iets bijzonders", "name": "Sanne", "follow_what": "Bellen"}, 422)
    assert all(text in again for text in ("Iets bijzonders", "Sanne", "Bellen", "alleen als die persoon dat goed vindt"))
    assert again.count("data-error") == 1
    assert visit(officer, name="Sanne", agreed="true")


def test_a_visit_on_a_day_that_is_yet_to_come_is_asked_about_and_hides_nothing_that_is_late(phone: Phones, clock: Clock) -> None:
    officer = phone(WIJKAGENT)
    contact(officer)
    visited = {"card": new_id(), "whom": "dehaven", "topics": ["coffee"], "on": "2031-05-05"}
    known = {"card": new_id(), "place": "Kerk", "function": "koster", "since": "2031-01-01"}
    assert "Deze dag moet nog komen." in send(officer, "/visits", visited, 422)
    assert "Deze dag moet nog komen." in send(officer, "/visits/contact", known, 422)
    later(clock, 21, officer)
    assert "7 dagen te laat" in page(officer)


def test_a_follow_up_is_done_with_one_tap_and_undone_with_another(phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card = visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25")
    follow_up = officer.card(card)["visit"]["follow_ups"][0]["item"]["id"]
    for _ in range(2):
        send(officer, f"/cards/{card}/follow-up", {"follow_up": follow_up})
    assert officer.card(card)["visit"]["follow_ups"][0]["done"]
    assert "Toch niet gedaan" in page(officer)
    send(officer, f"/cards/{card}/follow-up", {"follow_up": follow_up, "again": "1"})
    assert officer.card(card)["visit"]["follow_ups"][0]["done"] is None
    kinds = [item["kind"] for item in officer.card(card)["timeline"]]
    assert kinds.count("follow_up.done") == kinds.count("follow_up.reopened") == 1
    send(officer, f"/cards/{card}/follow-up", {"follow_up": new_id()}, 404)
    assert phone(OFFICER_SOUTH).http.post(f"/cards/{card}/follow-up", data={"follow_up": follow_up}).status_code == 404


def test_an_organisation_is_late_after_its_rhythm_over_the_end_of_the_year(phone: Phones, clock: Clock) -> None:
    """Fortnightly from 24 November: due 8 December. A visit on 22 December is due 5 January, and the holidays in between are not late."""
    officer = phone(WIJKAGENT)
    card = contact(officer)
    assert "dagen te laat" not in page(officer)
    later(clock, 21, officer)
    assert "7 dagen te laat" in page(officer)
    assert page(officer, "/visits/new").index("Opvang De Haven") > 0
    later(clock, 7, officer)
    visit(officer)
    assert officer.card(card)["contact"]["visited"] == "2026-12-22"
    later(clock, 14, officer)
    assert due_on("fortnightly", "2026-12-22") == "2027-01-05"
    assert "te laat" not in page(officer)
    later(clock, 1, officer)
    assert "1 dag te laat" in page(officer)


def test_an_area_is_handed_over_and_the_successor_sees_who_knows_whom(phone: Phones) -> None:
    officer, successor, south = phone(WIJKAGENT), phone(SUCCESSOR), phone(OFFICER_SOUTH)
    card = contact(officer)
    visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25")
    form = page(officer, "/visits/handover")
    assert all(text in form for text in ("Opvang De Haven", "begeleider", "sinds 01-02-2026", "Nummer sturen", "Om de week", successor.me["name"]))
    assert south.me["person"] not in form
    send(officer, "/visits/handover", {"person": south.me["person"]}, 422)
    send(officer, "/visits/handover", {"person": successor.me["person"], "note": "Dinsdag is koffie"})
    assert officer.card(card)["contact"]["keeper"] == successor.me["person"]
    week = page(successor)
    assert all(text in week for text in ("Dinsdag is koffie", "Nummer sturen", "Wijkagent Basisteam Noord kent: begeleider"))
    assert "Nummer sturen" not in page(officer), "the open ends went along"
    assert "U houdt nog geen contact bij" in page(officer, "/visits/handover")


def test_care_asks_and_police_plan_and_log_what_care_then_sees(phone: Phones) -> None:
    care, officer = phone(CARE), phone(WIJKAGENT)
    card = new_id()
    send(care, "/visits/ask", {"card": card, "organisation": "noord", "what": "Kennismaken met het team", "on": "2026-12-04"})
    assert "Gevraagd, nog geen antwoord" in page(care)
    assert "Kennismaken met het team" in page(officer)
    send(officer, f"/cards/{card}/entries", {"kind": "visit.planned", "on": "2026-11-26"})
    assert "Kennismaken met het team" not in page(officer)
    assert "26-11-2026" in page(care)
    told = {"share": "true", "words": "Team gesproken", "follow_what": "Alleen van ons", "follow_on": "2026-11-30"}
    send(officer, "/visits", {"card": new_id(), "to": card, **told})
    assert "Team gesproken" in page(care)
    assert "Alleen van ons" not in page(care, f"/cards/{card}")
    assert "Alleen van ons" in page(officer)


def test_care_sees_the_shared_part_of_its_own_visits_and_nobody_elses(phone: Phones) -> None:
    officer, care, other = phone(WIJKAGENT), phone(CARE), phone(TRIAGIST)
    visit(officer, words="Alleen voor ons")
    shared = visit(officer, words="Samen besproken", share="true")
    assert "Samen besproken" in page(care)
    assert "Alleen voor ons" not in page(care)
    assert "Samen besproken" not in page(other)
    assert other.http.get(f"/cards/{shared}").status_code == 404
    send(care, "/visits", {"whom": "dehaven"}, 404)
    assert care.http.get("/visits/new").status_code == 303


def test_a_visit_counts_for_its_contact_also_where_the_server_was_killed_and_the_form_sent_again(
    phone: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, typed = phone(WIJKAGENT), {"card": new_id(), "whom": "dehaven"}
    card, hand_in, calls = contact(officer), server.hand_in, []

    def killed_after_the_first(raws: list[object]) -> HandedIn:
        calls.append(raws)
        assert len(calls) == 1, "the server was killed"
        return hand_in(raws)

    monkeypatch.setattr(server, "hand_in", killed_after_the_first)
    with suppress(AssertionError):
        officer.http.post("/visits", data=typed)
    monkeypatch.setattr(server, "hand_in", hand_in)
    for _ in range(2):
        send(officer, "/visits", typed)
    told = officer.card(card)
    assert told["contact"]["visited"] == "2026-11-24"
    assert [item["kind"] for item in told["timeline"]].count("contact.visited") == 1
    assert len(officer.card(typed["card"])["visit"]["logged"]) == 1


def test_what_looks_medical_is_shared_only_with_a_ground(phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    visit(officer, 422, words="Hij krijgt medicatie en is schizofreen", share="true")
    visit(officer, words="Hij krijgt medicatie en is schizofreen", share="true", ground="consent")
    visit(officer, words="Hij krijgt medicatie en is schizofreen")


TYPED = ("Fatima Elhamdaoui", "06-48291735", "Zonnebloemstraat 71", "52.0912", "111222333")


@pytest.mark.sqlite
def test_an_anonymous_visit_leaves_nothing_that_identifies_in_any_table_log_push_or_export(
    phone: Phones, app: Flask, tmp_path: Path, caplog: Any, capfd: Any
) -> None:
    caplog.set_level(0)
    officer = phone(WIJKAGENT)
    name, number, address, lat, bsn = TYPED
    anonymous: dict[str, Any] = {"topics": ["anonymous_consultation"]}
    for wrong in ({"words": f"{name} wordt bedreigd"}, {"function": f"mevrouw {name}"}, {"follow_what": f"Bel {number}", "follow_on": "2026-11-30"},
                  {"whom": "other", "place": address}, {"words": f"BSN {bsn}"}, {"name": name, "agreed": "true"}):  # fmt: skip
        again = send(officer, "/visits", {"card": new_id(), "whom": "dehaven", **anonymous, **wrong}, 422)
        assert next(text for text in wrong.values() if any(one in text for one in TYPED)) in again, "what was typed stays on the screen"
    card = visit(officer, **anonymous, words="Een medewerker wordt bedreigd. Advies over aangifte.", lat=lat, lng="5.1199", share="true")
    told = officer.card(card)
    assert told["organisations"] == ["noord"]
    assert not {"lat", "lng"} & officer.card(card)["timeline"][0]["body"].keys()
    # Not by another form of the same card either, not by whoever keeps names on purpose, and not by a client that knows no form.
    send(officer, f"/cards/{card}/entries", {"kind": "visit.answered", "note": f"{name} belde", "keep_names": "1"}, 422)
    body = {"on": "2026-11-24", "anonymous": True, "words": f"{name} belt"}
    entry = officer.entry(card, "visit.logged", body, audience="org")
    assert officer.sync([entry])["rejected"][entry["id"]]["field"] == "body.words"
    send(phone(PRIVACY), f"/privacy/cards/{card}/hold", {"reason": "vraag"})
    export = phone(PRIVACY).http.post(f"/privacy/cards/{card}/export", data={"ground": "avg_access", "reference": "AVG 7"}).get_data()
    packed = zipfile.ZipFile(io.BytesIO(export))
    files = b"".join(packed.read(one) for one in packed.namelist())
    assert b"Advies over aangifte" in files
    with app.app_context():
        from store.models import db

        with db.engine.connect() as connection:
            tables = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = json.dumps([list(map(list, connection.exec_driver_sql(f'SELECT * FROM "{table}"'))) for table in tables], default=str)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    said = "".join(capfd.readouterr()) + caplog.text
    assert "Advies over aangifte" in rows
    for secret in TYPED:
        assert secret not in rows, "a table"
        assert secret.encode() not in kept, "a file of the server"
        assert secret not in said, "the log"
        assert secret.encode() not in files, "the export"


def test_another_rhythm_stays_with_the_same_organisation(phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card = contact(officer)
    form = Screen(page(officer, f"/cards/{card}/entries/new?kind=contact.kept")).form("contact.kept")
    send(officer, f"/cards/{card}/entries", form.filled(rhythm="weekly"))
    [agreed] = officer.card(card)["contact"]["heads"]
    assert agreed["body"] == {"organisation": "dehaven", "rhythm": "weekly"}
    visit(officer)
    assert officer.card(card)["contact"]["visited"] == "2026-11-24"


def test_a_second_tap_on_a_visit_that_was_asked_for_logs_nothing_new(phone: Phones) -> None:
    care, officer, card = phone(CARE), phone(WIJKAGENT), new_id()
    send(care, "/visits/ask", {"card": card, "organisation": "noord", "what": "Kennismaken"})
    typed = {"card": new_id(), "to": card}
    for _ in range(2):
        send(officer, "/visits", typed)
    assert len(officer.card(card)["visit"]["logged"]) == 1
    assert phone(OFFICER_SOUTH).http.post("/visits", data=typed).status_code == 404
