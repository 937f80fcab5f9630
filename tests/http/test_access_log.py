"""Everything that was seen is known: who, when, which card, what, on what ground, from where, and how it ended (NEN 7513)."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from store import access_log, duty, guides, heard
from store.access_log import Line, Visit
from store.administration import By
from tests.cast import DOCTOR, DRIVER, OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id
from tests.http.privacy import PRIVACY, PRIVACY_CARE, did, told
from tests.http.screens import Screen
from tests.http.test_devices import page
from tests.http.test_doors import ADMIN, LEAD
from tests.http.test_live import Ear
from tests.http.test_set_aside import decide, hand_in, lost_phone

Phones = Callable[[str], Phone]


def about_cards(app: Flask) -> list[Rule]:
    """The routes that people ask, of any card; those for other systems are in tests/http/test_api.py, that of a report in test_outgoing.py."""
    elsewhere = ("api.", "outgoing.care_report")
    return [rule for rule in app.url_map.iter_rules() if "card" in rule.arguments and not rule.endpoint.startswith(elsewhere)]


def test_every_read_route_of_a_card_writes_a_line(app: Flask, phone: Phones) -> None:
    """From the URL map: a new route about a card cannot be forgotten."""
    triagist = phone(TRIAGIST)
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    offer = officer.write(card, "handover.offered", {"to": "crisisdienst", "situation": "Overdracht"})["id"]
    rules = [rule for rule in about_cards(app) if "GET" in rule.methods]
    watching, lead = phone(PRIVACY), phone("teamlead@crisisdienst.example")
    assert len(rules) >= 8
    for rule in rules:
        path = rule.rule.replace("<uuid:card>", card).replace("<guide>", guides.common()[0]["id"]).replace("<uuid:offer>", offer)
        one = watching if rule.endpoint.startswith("privacy.") else lead if rule.endpoint.startswith("review.") else triagist
        before = len(told(app))
        answer = one.http.get(path, query_string={"kind": "picture.set", "names": "risk"})
        assert answer.status_code == 200, path
        lines = told(app)[before:]
        if one is not watching:
            ground = "review" if one is lead else "organisation"
            assert [(line["card"], line["person"], line["ground"]) for line in lines] == [(card, one.me["person"], ground)], path


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_route_about_a_card_that_is_refused_writes_a_line(app: Flask, phone: Phones, method: str) -> None:
    card = phone(OFFICER).open_card()
    stranger = phone(DRIVER)
    rules = [rule for rule in about_cards(app) if method in rule.methods and not rule.endpoint.startswith("privacy.")]
    for rule in rules:
        before = len(told(app))
        path = rule.rule.replace("<uuid:card>", card).replace("<uuid:offer>", new_id())
        assert stranger.http.open(path, method=method).status_code == 404
        (line,) = told(app)[before:]
        assert (line["outcome"], line["ground"], line["opened_by"], line["org"]) == ("refused", "none", "noord", "ggzvervoer"), rule.rule


def test_a_lead_who_says_why_stands_in_the_log_by_name_and_from_where(app: Flask, phone: Phones) -> None:
    with app.app_context():
        duty.set_rule(By("noord", 0), "rota")
    card = phone(OFFICER_SOUTH).open_card("noord")
    lead = phone(LEAD)
    lead.http.post(f"/review/{card}", data={"reason": "klacht"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    lines = [line for line in told(app, card=card) if line["person"] == lead.me["person"]]
    assert {(line["name"], line["role"], line["ip"]) for line in lines} == {(lead.me["name"], "lead", "192.0.2.7")}
    assert "write" in {line["action"] for line in lines}


def test_a_line_says_who_when_with_what_and_from_where(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.http.get(f"/cards/{card}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    line = told(app, card=card)[-1]
    assert line["at"] == access_log.iso(clock())
    assert {name: line[name] for name in ("person", "org", "role", "device", "ip", "action", "card", "opened_by", "ground", "outcome")} == {
        **{name: officer.me[name] for name in ("person", "org", "role", "device")},
        "ip": "192.0.2.7", "action": "read", "card": card, "opened_by": "noord", "ground": "opened", "outcome": "ok",
    }  # fmt: skip
    assert line["name"] == "Agent Basisteam Noord"


def test_writing_is_one_line_a_call_and_card_and_what_comes_back_of_it_is_no_reading(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.sync([officer.entry(card, "observation.noted", {"does": str(turn)}) for turn in range(5)], {card: 2})
    triagist.sync()
    assert did(app, card) == [
        ("open", "Agent", "opened", "ok"), ("write", "Agent", "opened", "ok"), ("sync", "Triagist", "organisation", "ok"),
    ]  # fmt: skip
    assert told(app, card=card)[1]["detail"].startswith("5 written; to 7 ")
    assert told(app, card=card)[2]["detail"] == "7 sent"
    triagist.sync(have={card: 7})
    assert len(told(app, card=card)) == 3


def test_what_is_refused_is_there_too_and_says_why(app: Flask, phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    driver = phone(DRIVER)
    driver.sync([driver.entry(card, "observation.noted", {"does": "x"})], {card: 1})
    assert did(app, card)[-1] == ("write", "Chauffeur", "none", "refused")
    assert told(app, card=card)[-1]["detail"] == "refused: forbidden"


def test_joining_and_giving_a_code_are_there_with_their_ground(app: Flask, phone: Phones) -> None:
    officer, driver = phone(OFFICER), phone(DRIVER)
    card = officer.open_card()
    code = officer.http.post(f"/cards/{card}/code", json={}).get_json()["code"]
    assert driver.http.post("/join", json={"code": "AAAAAA"}).status_code == 422
    assert driver.http.post("/join", json={"code": code}).status_code == 200
    driver.http.get(f"/cards/{card}.json")
    assert did(app, card)[1:] == [("code", "Agent", "opened", "ok"), ("join", "Chauffeur", "code", "ok"), ("read", "Chauffeur", "code", "ok")]
    assert ("join", "Chauffeur", "none", "refused") in did(app)


def test_a_page_of_flask_that_writes_is_a_writing_and_a_form_that_is_not_good_a_reading(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    assert officer.http.post(f"/cards/{card}/entries", data={"kind": "picture.set", "problem": "Iets"}).status_code == 303
    assert officer.http.post(f"/cards/{card}/entries", data={"kind": "picture.set", "problem": ""}).status_code == 422
    assert [action for action, *_ in did(app, card)] == ["open", "write", "read"]


def test_the_list_of_cards_says_which_were_on_it_once_in_five_minutes(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    cards = {officer.open_card(), officer.open_card()}
    for _ in range(3):
        officer.http.get("/")
    assert {line["card"] for line in told(app, action="list")} == cards
    assert len(told(app, action="list")) == 2
    clock.later(minutes=5)
    officer.http.get("/")
    assert len(told(app, action="list")) == 4


def test_a_stream_is_one_line_a_device_and_card_for_five_minutes(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card, other = officer.open_card("crisisdienst"), officer.open_card("crisisdienst")
    ear = Ear(triagist)
    for turn in range(4):
        officer.write(card, "observation.noted", {"does": str(turn)})
        ear.next()
    officer.write(other, "observation.noted", {"does": "elders"})
    ear.next()
    assert [(line["card"], line["name"]) for line in told(app, action="stream")] == [
        (card, "Triagist GGZ Crisisdienst"),
        (other, "Triagist GGZ Crisisdienst"),
    ]
    clock.later(minutes=5)
    officer.write(card, "observation.noted", {"does": "later"})
    ear.next()
    assert len(told(app, action="stream")) == 3


def test_a_stream_that_brings_nothing_to_somebody_writes_nothing(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    officer.write(card, "observation.noted", {"does": "x"}, audience="police")
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    assert ear.next()["gone"] == [card]
    assert told(app, action="stream") == []


def test_without_its_line_nothing_is_handed_out_and_nothing_is_written(app: Flask, phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entry = officer.entry(card, "observation.noted", {"does": "x"})
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def full(_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(access_log, "append", full)
        assert officer.http.get(f"/cards/{card}").status_code == 500
        assert officer.http.post("/sync", json={"have": {}, "entries": [entry]}).status_code == 500
    assert officer.sync([entry], {card: 1})["accepted"] == {entry["id"]: 2}


@pytest.mark.sqlite
def test_the_log_cannot_be_changed_by_the_program_itself(app: Flask, phone: Phones) -> None:
    phone(OFFICER).open_card()
    statements = (
        "UPDATE access_line SET name = 'Niemand'", "DELETE FROM access_line", "DROP TABLE access_line", "DROP TRIGGER access_line_stays",
        "INSERT OR REPLACE INTO access_line SELECT * FROM access_line", "ALTER TABLE access_line ADD COLUMN x",
    )  # fmt: skip
    for statement in statements:
        with app.app_context(), access_log.engine().connect() as connection, pytest.raises(Exception, match="not authorized|only grows"):
            connection.exec_driver_sql(statement)


@pytest.mark.sqlite
def test_another_program_on_the_same_file_is_stopped_by_the_triggers(app: Flask, phone: Phones, tmp_path: Path) -> None:
    phone(OFFICER).open_card()
    with sqlite3.connect(tmp_path / "access.sqlite") as other:
        before = other.execute("SELECT * FROM access_line").fetchall()
        for statement in (
            "UPDATE access_line SET name = 'x'",
            "DELETE FROM access_line",
            "INSERT OR REPLACE INTO access_line SELECT * FROM access_line",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                other.execute(statement)
        assert other.execute("SELECT * FROM access_line").fetchall() == before


@pytest.mark.sqlite
def test_no_content_of_a_card_is_in_the_log(app: Flask, phone: Phones, tmp_path: Path) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "observation.noted", {"says": "een-heel-bijzonder-woord"})
    officer.http.get(f"/cards/{card}")
    with app.app_context():
        access_log.to_disk()
    assert all(b"bijzonder-woord" not in file.read_bytes() for file in tmp_path.glob("access.sqlite*"))


def test_only_who_watches_over_privacy_comes_in(phone: Phones) -> None:
    for account in (OFFICER, "teamlead@noord.example", "admin@noord.example", "teamlead@zuid.example"):
        http = phone(account).http
        for path in ("/access-log", "/access-log.csv", "/access-log.jsonl", "/privacy", "/privacy/cards"):
            assert http.get(path).status_code == 404, (account, path)
    for path in ("/access-log", "/access-log.csv", "/access-log.jsonl", "/privacy", "/privacy/cards"):
        assert phone(PRIVACY).http.get(path).status_code == 200


def test_who_watches_over_privacy_sees_own_people_and_own_cards_and_no_others(app: Flask, phone: Phones) -> None:
    officer, triagist, south = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
    own = officer.open_card("crisisdienst")
    triagist.http.get(f"/cards/{own}")
    foreign = south.open_card("crisisdienst")
    triagist.http.get(f"/cards/{foreign}")
    for account, expected in ((PRIVACY, {(own, "noord"), (own, "crisisdienst")}), (PRIVACY_CARE, {(own, "crisisdienst"), (foreign, "crisisdienst")})):
        text = phone(account).http.get("/access-log.jsonl").get_data(as_text=True)
        lines = [json.loads(line) for line in text.splitlines()]
        assert {(line["card"], line["org"]) for line in lines if line["card"]} == expected
    page = phone(PRIVACY).http.get("/access-log").get_data(as_text=True)
    assert own in page
    assert foreign not in page


def test_reading_the_log_is_in_the_log(app: Flask, phone: Phones) -> None:
    watching = phone(PRIVACY)
    card = new_id()
    watching.http.get("/access-log", query_string={"card": card})
    watching.http.get("/access-log.csv")
    assert [(line["action"], line["person"], line["card"], line["ground"]) for line in told(app)] == [
        ("log", watching.me["person"], card, "privacy"), ("log_export", watching.me["person"], "", "privacy"),
    ]  # fmt: skip


def test_the_filters_find_what_they_say(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, other = phone(OFFICER), phone("agent2@noord.example")
    first = officer.open_card()
    clock.later(hours=48)
    second = other.open_card()
    watching = phone(PRIVACY)

    def found(**asked: str) -> set[str]:
        return {
            json.loads(line)["card"] for line in watching.http.get("/access-log.jsonl", query_string=asked).get_data(as_text=True).splitlines()
        } - {""}

    assert found() == {first, second}
    assert found(card=f"http://localhost/cards/{first}") == {first}
    assert found(person=other.me["person"], action="open") == {second}
    assert found(action="open", since="26-11-2026") == {second}
    assert found(until="2026-11-25") == {first}
    assert found(action="join") == set()


@pytest.mark.parametrize(
    "asked", [{"card": "x"}, {"since": "31-02-2026"}, {"since": "25-11-2026", "until": "24-11-2026"}, {"person": "x"}, {"action": "x"}]
)
def test_a_filter_that_says_nothing_is_said_at_its_field_and_kept(phone: Phones, asked: dict[str, str]) -> None:
    answer = phone(PRIVACY).http.get("/access-log", query_string=asked)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    name = list(asked)[-1]
    assert f'id="error-{name}"' in page
    assert f'href="#field-{name}"' in page
    if name in ("card", "since", "until"):
        assert f'value="{asked[name]}"' in page


def test_a_long_log_comes_in_pages(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    for _ in range(120):
        officer.http.get(f"/cards/{card}/people")
    watching = phone(PRIVACY)
    seen: list[str] = []
    path = f"/access-log?card={card}&action=read"
    while path:
        page = watching.http.get(path).get_data(as_text=True)
        numbers = [part.split(".")[0] for part in page.split("Regel ")[1:]]
        assert len(numbers) <= 50
        seen += numbers
        path = next((part.split('"')[0].replace("&amp;", "&") for part in page.split('href="') if "before=" in part.split('"')[0]), "")
    assert len(seen) == len(set(seen)) == 120


def test_a_name_that_looks_like_a_formula_is_none_in_excel(app: Flask, phone: Phones) -> None:
    with app.app_context():
        access_log.append([Line(Visit("p", name, "noord", "member", "d"), 0, "read") for name in ("=1+1", "+1", "-1", "@x", "\tx", 'a;"b"')])
    text = phone(PRIVACY).http.get("/access-log.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["name"] for row in rows if row["person"] == "p"][::-1] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", 'a;"b"']
    assert not [row for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_who_watches_over_privacy_is_on_no_card_by_the_organisation(phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    watching = phone(PRIVACY)
    assert watching.http.get(f"/cards/{card}").status_code == 404
    assert watching.sync()["entries"] == []
    assert card not in watching.http.get("/").get_data(as_text=True)


def test_everybody_on_a_card_can_see_who_saw_it(app: Flask, phone: Phones) -> None:
    officer, triagist, doctor = phone(OFFICER), phone(TRIAGIST), phone(DOCTOR)
    card = officer.open_card("crisisdienst")
    triagist.sync()
    ear = Ear(doctor)
    officer.write(card, "observation.noted", {"does": "x"})
    ear.next()
    phone(DRIVER).http.get(f"/cards/{card}")
    page = officer.http.get(f"/cards/{card}/seen").get_data(as_text=True)
    for words in (
        "Agent Basisteam Noord",
        "opende de kaart om",
        "Triagist GGZ Crisisdienst",
        "kreeg de kaart op een toestel om",
        "Arts GGZ Crisisdienst",
    ):
        assert words in page
    assert "Chauffeur" not in page
    assert did(app, card)[-1][0] == "seen"
    assert phone(DRIVER).http.get(f"/cards/{card}/seen").status_code == 404
    assert f"/cards/{card}/seen" in officer.http.get(f"/cards/{card}").get_data(as_text=True)


def test_what_streams_brought_is_kept_when_the_log_cannot_be_written_for_a_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(Visit("p", "n", "noord", "member", "d"), 0, "stream", "c")
    with app.app_context():
        buffer = heard.heard()
        buffer.note(line)
        with monkeypatch.context() as broken:
            broken.setattr(access_log, "append", lambda _: (_ for _ in ()).throw(OSError("full")))
            with pytest.raises(OSError, match="full"):
                buffer.write()
        assert buffer.write()
    assert [one["card"] for one in told(app, action="stream")] == ["c"]


def test_an_alarm_that_is_shown_elsewhere_was_seen_and_a_page_without_one_showed_nothing(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    triagist.http.get("/alarms")
    assert did(app, card, action="list") == []
    officer.write(card, "alarm.raised", {})
    triagist.http.get("/alarms")
    triagist.http.get("/alarms")
    assert did(app, card, action="list") == [("list", "Triagist", "organisation", "ok")]


def test_what_a_lost_phone_handed_in_is_seen_by_the_lead_and_put_on_the_card_in_their_name(app: Flask, phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Loopt weg bij de brug"})
    hand_in(lost, entry)
    lead = phone(LEAD)
    before = len(told(app))
    page(lead, "/set-aside")
    assert decide(lead, "put", entry) == 303
    lines = [(line["action"], line["person"], line["card"], line["ground"]) for line in told(app)[before:]]
    assert lines == [(action, lead.me["person"], card, "organisation") for action in ("list", "write")]


@pytest.mark.parametrize("through", ["form", "file"])
def test_who_comes_to_watch_over_privacy_hears_of_no_card_by_the_organisation_from_then_on(phone: Phones, through: str) -> None:
    """The stream that began before ends; the one after it, and sync, know what they may see now."""
    admin, officer, colleague = phone(ADMIN), phone(OFFICER), phone(OTHER_OFFICER)
    card = officer.open_card()
    ear = Ear(colleague)
    if through == "form":
        data = {"name": "Agent", "function": "privacyfunctionaris", "role": "privacy", "team": ""}
        assert admin.http.post(f"/people/{colleague.me['person']}", data=data).status_code == 303
    else:
        text = f"email;name;function;role;team\n{OTHER_OFFICER};;;privacy;\n"
        assert admin.http.post("/people/import/confirm", data={"text": text}).status_code == 200
    assert ear.ended()
    again = Ear(colleague)
    officer.write(card, "observation.noted", {"does": "x"})
    assert colleague.sync(have={card: 1})["gone"] == [card]
    assert again.is_silent()
    assert card not in colleague.sync()["upto"]


def test_the_page_of_the_log_speaks_to_people_and_the_file_has_all(phone: Phones) -> None:
    """A privacy officer is no programmer: roles and periods in words, and nothing of hashes and JSON."""
    officer, watching = phone(OFFICER), phone(PRIVACY)
    card = officer.open_card()
    officer.write(card, "observation.noted", {"does": "Loopt weg"})
    officer.sync()
    watching.http.post("/privacy/periods", data={"retention_days": "14", "stays_open_days": "60"})
    watching.http.post(f"/privacy/cards/{card}/hold", data={"reason": "klacht 2026-118"})
    log = " ".join(Screen(page(watching, "/access-log")).text.split())
    for said in ("Rol: Medewerker.", "Rol: Privacyfunctionaris.", "klacht 2026-118", "Dagen na sluiten: 14. Dagen zonder notitie: 60"):
        assert said in log, said
    for odd in ("member", "written; to", '{"', "placed_by"):
        assert odd not in log, odd
    assert "written; to" in watching.http.get("/access-log.csv").get_data(as_text=True)


def test_who_watches_over_privacy_reads_of_an_opening_what_their_organisation_may(phone: Phones) -> None:
    """That there is a card, since when and by whom, is what they must know to be asked about it."""
    officer = phone(OFFICER)
    opening = officer.entry(new_id(), "card.opened", {"situation": "pressure_to_open", "place": "Geheimstraat 12"}, audience="police")
    assert not officer.sync([opening, officer.entry(opening["card"], "card.shared", {"organisation": "crisisdienst"})])["rejected"]
    for account, tells in ((PRIVACY, True), (PRIVACY_CARE, False)):
        watching = phone(account)
        listed, one = page(watching, "/privacy/cards"), page(watching, f"/privacy/cards/{opening['card']}")
        assert opening["card"] in listed
        assert [word in text for text in (listed, one) for word in ("Geheimstraat 12", "Druk om de deur")] == [tells] * 4


def test_of_cards_that_came_at_one_moment_no_page_leaves_any_out(phone: Phones, clock: Clock) -> None:
    officer, watching = phone(OFFICER), phone(PRIVACY)
    openings = [officer.opening() for _ in range(121)]
    assert not officer.sync(openings)["rejected"]
    found, address = list[str](), "/privacy/cards"
    while address:
        links = Screen(page(watching, address)).links
        found += [link.rsplit("/", 1)[1] for link in links if re.fullmatch(r"/privacy/cards/[0-9a-f-]{36}", link)]
        address = next((link for link in links if "before=" in link), "")
    assert found == sorted((opening["card"] for opening in openings), reverse=True)


def test_who_hands_out_or_holds_a_card_sees_which_one(phone: Phones) -> None:
    officer, watching = phone(OFFICER), phone(PRIVACY)
    card, other = (
        officer.entry(new_id(), "card.opened", {"situation": "crisis_assessment", "place": place}) for place in ("Havenstraat 3", "Dorpsplein")
    )
    officer.sync([card, other])
    told = page(watching, f"/privacy/cards/{card['card']}")
    assert "Havenstraat 3" in told
    assert "Dorpsplein" not in told
    assert "Dorpsplein" in page(watching, f"/privacy/cards/{other['card']}")
