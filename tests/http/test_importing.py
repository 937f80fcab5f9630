"""Many people at once: what would happen is said first, line by line; what can be done is done, and what cannot takes nothing else with it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Phone
from tests.http.inviting import ADMIN, LEAD, OFFICER, log_of, me, person_named, seen, signing_in, take
from tests.http.screens import Form, Screen

Phones = Callable[[str], Phone]
FILE = """email;name;function;role;team
kim@noord.example;Kim de Wit;agent;;Nacht
AGENT@noord.example;Andere Naam;wijkagent;teamleider;Nacht
opco@noord.example;;;;
agent@zuid.example;Zuid;agent;member;
geen adres;Iemand;;;
bo@noord.example;Bo;"agent;member;
kim@noord.example;Kim nog eens;;;
sam@noord.example;Sam;;baas;
admin@noord.example;;;member;
lee@noord.example;Lee;;privacy;
"""


def look(admin: Phone, text: str, status: int = 200) -> Screen:
    return seen(admin.http.post("/people/import", data={"text": text}), status)


def form_to(page: Screen, action: str) -> Form:
    [form] = [one for one in page.forms if one.action == action]
    return form


def confirmed(admin: Phone, page: Screen) -> TestResponse:
    return admin.http.post("/people/import/confirm", data=form_to(page, "/people/import/confirm").filled())


def lines(page: Screen) -> list[str]:
    text = " ".join(page.text.split())
    return [one.strip() for one in re.split(r"(?=Regel \d)", text)][1:]


def test_first_it_is_said_line_by_line_what_would_happen_and_nothing_is_done(phone: Phones) -> None:
    admin = phone(ADMIN)
    told = lines(look(admin, FILE))
    for place, said in enumerate(
        (
            "Wordt uitgenodigd: Medewerker, agent, Nacht",
            "Wordt gewijzigd: functie agent werd wijkagent; rol Medewerker werd Leidinggevende; team leeg werd Nacht",
            "Blijft zoals het is",
            "Kan niet: e-mailadres: Dit e-mailadres is al in gebruik.",
            "Kan niet: e-mailadres: Dit is geen e-mailadres.",
            "Kan niet: regel: De aanhalingstekens op deze regel kloppen niet.",
            "Kan niet: e-mailadres: Dit e-mailadres staat vaker in het bestand.",
            "Kan niet: rol: Deze rol is er niet.",
            "Kan niet: rol: Dit is de laatste beheerder",
            "Wordt uitgenodigd: Privacyfunctionaris",
        )
    ):
        assert told[place].startswith(f"Regel {place + 2} "), told[place]
        assert said in told[place], told[place]
    assert "kim@noord.example" not in seen(admin.http.get("/people")).text
    assert "Er is nog niets gedaan." in log_of(admin)


def test_what_can_be_done_is_done_and_the_links_work(app: Flask, phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    done = confirmed(admin, look(admin, FILE))
    page = seen(done)
    assert [line.count("Niet gedaan") for line in lines(page)] == [0, 0, 0, 1, 1, 1, 1, 1, 1, 0]
    assert (me(officer.http)["role"], me(officer.http)["function"]) == ("lead", "wijkagent")
    assert me(officer.http)["name"] == "Agent Basisteam Noord", "the name is its owner's"
    assert me(admin.http)["role"] == "admin"
    links = re.findall(r'value="http://localhost(/invitations/[^"]+)"', done.get_data(as_text=True))
    assert len(links) == 2
    assert take(app, links[0], name="Kim de Wit").status_code == 303
    assert signing_in(app.test_client(), "kim@noord.example").status_code == 303
    told = log_of(admin)
    assert "Uitgenodigd: Lee" in told
    assert "Gewijzigd: Agent Basisteam Noord" in told


def test_the_links_come_as_a_file_too_and_are_kept_nowhere(phone: Phones) -> None:
    admin = phone(ADMIN)
    done = confirmed(admin, look(admin, FILE.replace("Kim de Wit", "=cmd|'/c calc'!A1")))
    answer = admin.http.post("/people/import/file", data=form_to(seen(done), "/people/import/file").filled())
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="uitnodigingen.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert rows[0] == ["Regel", "e-mailadres", "naam", "wat er gebeurde", "link"]
    assert rows[1][:4] == ["2", "kim@noord.example", "'=cmd|'/c calc'!A1", "Uitgenodigd"]
    assert rows[1][4].startswith("http://localhost/invitations/")
    assert rows[4][3].startswith("Niet gedaan (e-mailadres:")
    assert len(rows) == 11
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_file_is_read_as_what_is_typed_is(phone: Phones) -> None:
    admin = phone(ADMIN)
    for encoding in ("utf-8-sig", "cp1252"):
        sent = {"file": (io.BytesIO("email;naam\r\nzoe@noord.example;Zoë".encode(encoding)), "mensen.csv"), "text": ""}
        page = seen(admin.http.post("/people/import", data=sent, content_type="multipart/form-data"))
        assert "Zoë" in lines(page)[0]
        assert "Zoë" in form_to(page, "/people/import/confirm").filled()["text"][0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "geen regels"), ("naam;rol\nKim;lead", "kolom email ontbreekt"), ("a@x.nl\n" * 2_001, "te veel regels"), ("x" * 1_048_577, "te groot")],
)
def test_what_is_no_list_is_refused_at_the_field_and_stays(phone: Phones, text: str, reason: str) -> None:
    page = look(phone(ADMIN), text, 422)
    assert reason in page.by_id["error-file"]
    assert page.forms[0].filled()["text"] == [text]


def test_a_file_that_is_no_text_is_refused(phone: Phones) -> None:
    sent = {"file": (io.BytesIO(b"PK\x03\x04\x00\x00"), "mensen.xlsx"), "text": ""}
    assert "geen CSV" in seen(phone(ADMIN).http.post("/people/import", data=sent, content_type="multipart/form-data"), 422).by_id["error-file"]


def test_of_two_administrators_a_file_cannot_take_both(phone: Phones) -> None:
    admin = phone(ADMIN)
    agent = person_named(admin, OFFICER)
    admin.http.post(f"/people/{agent}", data={"name": "Agent", "function": "", "team": "", "role": "admin"})
    text = "admin@noord.example,,,member\nagent@noord.example,,,member"
    page = look(admin, text)
    assert ["laatste beheerder" in line for line in lines(page)] == [False, True]
    confirmed(admin, page)
    assert phone(OFFICER).me["role"] == "admin"


def test_who_hands_over_being_administrator_in_one_file_can_do_so(phone: Phones) -> None:
    admin = phone(ADMIN)
    confirmed(admin, look(admin, "agent@noord.example,,,beheerder\nadmin@noord.example,,,medewerker"))
    assert (phone(OFFICER).me["role"], me(admin.http)["role"]) == ("admin", "member")


def test_who_is_switched_off_stays_so(phone: Phones) -> None:
    admin = phone(ADMIN)
    agent = person_named(admin, OFFICER)
    admin.http.post(f"/people/{agent}/deactivate")
    assert "uitgezet" in lines(look(admin, "agent@noord.example,,opco"))[0]


def test_the_same_file_twice_leaves_one_link_a_person(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    text = "kim@noord.example,Kim"
    pages = [confirmed(admin, look(admin, text)).get_data(as_text=True) for _ in range(2)]
    first, second = (re.findall(r'value="http://localhost(/invitations/[^"]+)"', page)[0] for page in pages)
    assert take(app, first).status_code == 410
    assert take(app, second).status_code == 303


def test_two_thousand_people_come_in_at_once(phone: Phones) -> None:
    admin = phone(ADMIN)
    text = "".join(f"persoon{turn}@noord.example;Persoon {turn};agent;;Nacht\n" for turn in range(2_000))
    done = admin.http.post("/people/import/confirm", data={"text": text})
    assert len(set(re.findall(r'value="http://localhost/invitations/[^"]+"', done.get_data(as_text=True)))) == 2_000


@pytest.mark.parametrize("path", ["", "/confirm", "/file"])
def test_importing_is_for_administrators(app: Flask, phone: Phones, path: str) -> None:
    for account in (OFFICER, LEAD):
        assert phone(account).http.post(f"/people/import{path}", data={"text": "kim@noord.example"}).status_code == 404
    assert app.test_client().post(f"/people/import{path}", data={"text": "kim@noord.example"}).headers["Location"].startswith("/login")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_the_page_says_about_the_file_is_what_it_takes(phone: Phones, lang: str) -> None:
    """Whoever copies the columns and a role from the page must not hear that they do not exist."""
    admin = phone(ADMIN)
    admin.http.post("/language", data={"lang": lang})
    heading, *roles = re.findall("<code>([^<]+)</code>", admin.http.get("/people/import").get_data(as_text=True))
    assert heading.count(";") == 4
    assert len(roles) == 4
    rows = [f"persoon{place}@noord.example;Persoon;agent;{role};Nacht" for place, role in enumerate(roles)]
    admin.http.post("/language", data={"lang": "nl"})
    assert "Wordt uitgenodigd: 4" in look(admin, "\n".join([heading, *rows])).text
