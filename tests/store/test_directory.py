"""The directory: the newest counts, nothing is overwritten, nobody overwrites somebody else unseen, and a phone gets only what is for its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from card.access import Viewer
from card.opening_hours import minute_of
from card.service_request import service_owner
from card.vocabulary import AUDIENCES, KINDS, SITUATIONS
from store import demo_directory, directory
from store.refused import Refused
from tests.cast import EVENING_MS, Phone, server

OFFICER = Viewer("p", "noord", "police", "member", "7f3a9c21")
OFFICER_SOUTH = Viewer("p", "zuid", "police", "member", "7f3a9c21")
TRIAGIST = Viewer("p", "crisisdienst", "care", "member", "7f3a9c21")
LATER = EVENING_MS + 1


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = server(tmp_path)
    with app.app_context():
        yield app


@pytest.fixture
def lead(app: Flask) -> str:
    return str(Phone(app, "teamlead@crisisdienst.example").me["person"])


def known(viewer: Viewer, id_: str) -> dict[str, Any] | None:
    return next((one for one in directory.book(viewer)["services"] if one["id"] == id_), None)


def change(id_: str, by: str, **more: Any) -> Refused | None:
    said = directory.newest(directory.service(id_))
    assert said is not None
    return directory.say(directory.service(id_), {**said.says, **more}, by, LATER, said.version)


def test_the_newest_counts_and_what_was_said_before_stays(lead: str) -> None:
    before = directory.current_edition(OFFICER)
    assert change("crisisdienst", lead, phone="088-000 20 99") is None
    one = known(OFFICER, "crisisdienst")
    assert one is not None
    assert (one["phone"], one["organisation"]) == ("088-000 20 99", "crisisdienst")
    assert one["checked"] == {"at": LATER, "by": "Teamlead GGZ Crisisdienst"}
    assert directory.current_edition(OFFICER) != before
    told = directory.history(directory.service("crisisdienst"))
    assert [said.says["phone"] for said in told] == ["088-000 20 99", "088-000 20 01"]
    assert {said.by for said in told} == {"Teamlead GGZ Crisisdienst"}


def test_who_did_not_see_the_newest_changes_nothing(lead: str) -> None:
    said = directory.newest(directory.service("crisisdienst"))
    assert said is not None
    assert change("crisisdienst", lead, phone="1") is None
    assert directory.say(directory.service("crisisdienst"), said.says, lead, LATER, said.version) == Refused("changed")
    one = known(OFFICER, "crisisdienst")
    assert one is not None
    assert one["phone"] == "1"


def test_checking_says_that_it_is_still_so_and_makes_no_version(lead: str) -> None:
    said = directory.newest(directory.service("~slachtofferhulp"))
    directory.check("~slachtofferhulp", lead, LATER)
    one = known(TRIAGIST, "~slachtofferhulp")
    assert one is not None
    assert one["checked"] == directory.checked("~slachtofferhulp") == {"at": LATER, "by": "Teamlead GGZ Crisisdienst"}
    assert directory.newest(directory.service("~slachtofferhulp")) == said


def test_what_is_taken_away_is_in_nobodys_book_and_can_come_back(lead: str) -> None:
    said = directory.newest(directory.service("crisisdienst/advies"))
    assert said is not None
    assert directory.say(directory.service("crisisdienst/advies"), {}, lead, LATER, said.version) is None
    assert known(OFFICER, "crisisdienst/advies") is None
    gone = directory.newest(directory.service("crisisdienst/advies"))
    assert gone is not None
    assert gone.says == {}
    assert directory.say(directory.service("crisisdienst/advies"), said.says, lead, LATER, gone.version) is None
    assert known(OFFICER, "crisisdienst/advies") is not None


def test_ids_say_whose_it_is_and_are_never_given_twice(lead: str) -> None:
    says = {**demo_directory.PLAIN, **demo_directory.LISTS, "hours": {"always": True}, "phone": "1"}
    service, person = {**says, "name": "Écht & snel: hulp"}, {**says, "name": "Edit", "kind": "person"}
    assert [directory.add("crisisdienst", service, lead, LATER) for _ in range(3)] == [
        "crisisdienst/echt-snel-hulp", "crisisdienst/echt-snel-hulp-2", "crisisdienst/echt-snel-hulp-3",
    ]  # fmt: skip
    assert directory.add("crisisdienst", person, lead, LATER) == "crisisdienst/edit-2", "an address of ours"
    assert directory.add("", service, lead, LATER) == "~echt-snel-hulp"
    assert directory.add("", {**says, "name": "日本"}, lead, LATER) == "~dienst"
    assert len(directory.add("", {**says, "name": "x" * 500}, lead, LATER)) <= 200
    assert [service_owner(id_) for id_ in ("crisisdienst", "crisisdienst/advies", "~huisartsenpost")] == ["crisisdienst", "crisisdienst", ""]


def test_the_first_service_of_an_organisation_has_its_slug(app: Flask, lead: str) -> None:
    from sqlalchemy import insert

    from store.database import writing
    from store.models import Organisation

    with writing() as connection:
        connection.execute(insert(Organisation).values(id="nieuw", name="Nieuw", domain="care", sector="x"))
    says = {**demo_directory.PLAIN, **demo_directory.LISTS, "hours": {"always": True}, "phone": "1", "name": "Nieuw"}
    assert directory.add("nieuw", {**says, "kind": "person"}, lead, LATER) == "nieuw/nieuw"
    assert directory.add("nieuw", says, lead, LATER) == "nieuw"
    assert directory.add("nieuw", says, lead, LATER) == "nieuw/nieuw-2"


def test_a_book_has_what_is_for_everybody_for_ones_side_and_for_ones_own_organisation(lead: str) -> None:
    for audience, readers in (("all", 3), ("police", 2), ("care", 1), ("org", 1)):
        assert change("noord/wijkagent", lead, audience=audience) is None
        assert sum(known(viewer, "noord/wijkagent") is not None for viewer in (OFFICER, OFFICER_SOUTH, TRIAGIST)) == readers
    assert known(OFFICER, "noord/wijkagent") is not None
    assert directory.current_edition(OFFICER) != directory.current_edition(TRIAGIST)


def test_contacts_are_those_for_the_viewers_organisation_level_by_level(lead: str) -> None:
    noord, zuid = (directory.book(viewer)["organisations"]["crisisdienst"]["contacts"] for viewer in (OFFICER, OFFICER_SOUTH))
    assert noord["operational"] == {"name": "Coördinator acute dienst, voor Noord", "phone": "088-000 20 11"}
    assert zuid["operational"]["name"] == "Dienstdoend psychiater"
    assert noord["management"] == zuid["management"]
    assert directory.partners("crisisdienst") == ["noord"]
    said = directory.newest(directory.contacts("crisisdienst", "noord"))
    assert said is not None
    assert directory.say(directory.contacts("crisisdienst", "noord"), {}, lead, LATER, said.version) is None
    assert directory.book(OFFICER)["organisations"]["crisisdienst"]["contacts"] == zuid
    assert directory.partners("crisisdienst") == []


def test_contacts_for_a_partner_are_there_before_the_page_is(app: Flask, lead: str) -> None:
    from sqlalchemy import delete

    from store.database import writing
    from store.models import DirectorySaid

    with writing() as connection:
        connection.execute(delete(DirectorySaid).where(DirectorySaid.what == "page"))
    assert directory.say(directory.contacts("ggd", "noord"), {"board": {"name": "A", "phone": "1"}}, lead, LATER, 0) is None
    told = directory.book(OFFICER)["organisations"]
    assert told["ggd"] == {**directory.empty_page(), "contacts": {"board": {"name": "A", "phone": "1"}}}
    assert "ggd" not in directory.book(OFFICER_SOUTH)["organisations"]


def test_the_demo_is_made_once_and_says_what_can_be_understood(app: Flask) -> None:
    before = directory.book(OFFICER)
    demo_directory.make(LATER)
    assert directory.book(OFFICER) == before
    situations = {slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]}
    for one in before["services"]:
        assert set(one["situations"]) <= situations
        assert len(set(one["situations"])) == len(one["situations"])
        assert set(one["for"]) <= set(KINDS["service.requested"]["fields"]["for"]["choices"])
        assert one["audience"] in AUDIENCES
        spans = [span for day in (*one["hours"]["week"], *one["hours"]["exceptions"].values()) for span in day]
        assert all(minute_of(said) is not None for span in spans for said in span)
        assert len(one["hours"]["week"]) == 7
        assert one["checked"]["at"] < EVENING_MS
    assert {"crisisdienst", "dehaven", "verslavingszorg", "~huisartsenpost"} <= {one["id"] for one in before["services"]}
