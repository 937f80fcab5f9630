"""A handover as FHIR: whatever anybody wrote on a card, what goes out is a document that a FHIR library takes, with all that was said in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given

from blueprints.engine import words
from card.fold import Card, fold
from card.vocabulary import KINDS
from export.document import bundle
from export.handover import PARTS, document, offer_of
from export.names import Names
from tests.card.logs import logs
from tests.cast import new_id

NAMES = Names(words("nl"), {"jan": {"name": "Jan", "function": "agent", "org": "noord"}}, {"noord": {"name": "Basisteam Noord"}})
NOW = 1_795_543_200_000
BODY: dict[str, Any] = {
    "to": "crisisdienst", "situation": "Man op het dak <b>&", "background": "Drie dagen niet geslapen", "assessment": "Ernstig",
    "request": "Beoordelen", "if_then": "Als hij loopt, dan bellen", "searched": "yes", "found": "Mes", "weapons": "Mes",
    "substances": "Speed", "injuries": "Hand",
    "restraints": "Geen boeien", "medication": "Onbekend", "belongings": "Tas", "left_behind": "Hond", "call_back": "Jan, 0600000000, 23:00",
}  # fmt: skip


def entry(kind: str, org: str, by: str, body: dict[str, Any], ahead: int) -> dict[str, Any]:
    at = f"{NOW + ahead:013d}-0000-7f3a9c21"
    told = {"id": new_id(), "card": CARD, "kind": kind, "at": at, "by": by, "org": org, "device": "7f3a9c21"}
    return {**told, "audience": "all", "supersedes": [], "body": body, "seq": ahead}


CARD = new_id()
OPENED = entry("card.opened", "noord", "jan", {"situation": "crisis_assessment", "place": "Dak", "about": "man, rode jas"}, 1)


def card_with(*more: dict[str, Any], body: dict[str, Any] = BODY) -> tuple[Card, str]:
    offered = entry("handover.offered", "noord", "jan", body, 2)
    for one in more:
        one["body"] = {name: offered["id"] if value == "OFFER" else value for name, value in one["body"].items()}
    return fold([OPENED, offered, *more]), offered["id"]  # type: ignore[list-item]


def made(card: Card, offer: str) -> dict[str, Any]:
    found = offer_of(card, offer)
    assert found is not None
    return bundle(document(card, found, NAMES), NOW)


def checked(told: dict[str, Any]) -> Bundle:
    """Taken by the library, referring to nothing that is not in it, and with sections that are XHTML."""
    taken = Bundle.model_validate(told)
    addresses = [one["fullUrl"] for one in told["entry"]]
    assert len(addresses) == len(set(addresses))
    assert set(references(told)) == set(addresses[1:])
    assert told["entry"][0]["resource"]["resourceType"] == "Composition"
    for section in told["entry"][0]["resource"]["section"]:
        ET.fromstring(section["text"]["div"])
    return taken


def references(thing: Any) -> list[str]:
    if isinstance(thing, list):
        return [one for part in thing for one in references(part)]
    if not isinstance(thing, dict):
        return []
    own = [thing["reference"]] if isinstance(thing.get("reference"), str) else []
    return own + [one for part in thing.values() for one in references(part)]


def words_in(told: dict[str, Any]) -> str:
    return "\n".join("".join(ET.fromstring(section["text"]["div"]).itertext()) for section in told["entry"][0]["resource"]["section"])


def test_every_field_of_a_handover_has_a_part_of_sbar() -> None:
    """Not for whom it is, on what ground it may be shared and what it gives: those steer Motorkap itself."""
    assert {name for part in PARTS.values() for name in part} == set(KINDS["handover.offered"]["fields"]) - {"to", "gives", "ground"}


def test_all_that_was_said_is_in_its_part_under_the_name_that_the_form_gives_it() -> None:
    told = made(*card_with())
    checked(told)
    composition = told["entry"][0]["resource"]
    assert [one["code"]["coding"][0]["code"] for one in composition["section"]] == ["situation", "background", "assessment", "request", "outcome"]
    text = words_in(told)
    for name, said in BODY.items():
        if name not in ("to", "searched"):
            assert said in text, name
    assert "gefouilleerdja" in text.lower()
    assert composition["title"] == "Overdracht: Basisteam Noord → crisisdienst"
    assert composition["subject"] == {"display": "man, rode jas"}
    assert told["entry"][2]["resource"]["name"] == [{"text": "Jan"}]


def test_what_nobody_said_is_named_as_not_said() -> None:
    told = made(*card_with(body={"to": "crisisdienst", "situation": "Man op het dak"}))
    checked(told)
    sections = told["entry"][0]["resource"]["section"]
    assert "emptyReason" not in sections[0]
    assert [one["emptyReason"]["coding"][0]["code"] for one in sections[1:4]] == ["unavailable"] * 3
    assert "Gefouilleerd" in words_in(told)
    assert "Letsel?" in words_in(told)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([], "preliminary"),
        ([("handover.accepted", "crisisdienst", {"release": True, "read_back": "Ik beoordeel"})], "final"),
        ([("handover.declined", "crisisdienst", {"reason": "Geen plek"})], "entered-in-error"),
        ([("handover.withdrawn", "noord", {"reason": "Niet meer nodig"})], "entered-in-error"),
    ],
)
def test_only_what_was_accepted_is_final(answers: list[tuple[str, str, dict[str, Any]]], status: str) -> None:
    more = [entry(kind, org, "fatima", {"offer": "OFFER", **body}, 3) for kind, org, body in answers]
    told = made(*card_with(*more))
    checked(told)
    composition = told["entry"][0]["resource"]
    assert composition["status"] == status
    assert [one["mode"] for one in composition["attester"]] == ["personal", *(["professional"] if status == "final" else [])]
    for _, _, body in answers:
        assert str(body.get("read_back") or body.get("reason")) in words_in(told)


def test_a_correction_after_it_shows_and_makes_it_amended() -> None:
    accepted = entry("handover.accepted", "crisisdienst", "fatima", {"offer": "OFFER", "release": True}, 3)
    corrected = entry("entry.corrected", "noord", "jan", {"entry": "OFFER", "text": "Geen mes maar een schroevendraaier"}, 4)
    told = made(*card_with(accepted, corrected))
    checked(told)
    assert told["entry"][0]["resource"]["status"] == "amended"
    assert "Geen mes maar een schroevendraaier" in words_in(told)


def test_the_same_handover_made_twice_is_the_same_document() -> None:
    card, offer = card_with()
    assert made(card, offer) == made(card, offer)


@given(logs())
def test_whatever_is_on_a_card_each_of_its_handovers_is_a_valid_document(log: Any) -> None:
    card = fold(log)
    for offer in card["handovers"]:
        checked(bundle(document(card, offer, NAMES), NOW))


def test_what_people_type_cannot_break_out_of_the_text() -> None:
    nasty = "</dd><script>alert(1)</script>\x0b\x00\ufffe &amp; “]]>”"
    told = made(*card_with(body={"to": "crisisdienst", "situation": nasty, "request": "\x0b"}))
    checked(told)
    assert "<script>" not in str([one["text"]["div"] for one in told["entry"][0]["resource"]["section"]])
    assert "</dd><script>alert(1)</script> &amp; “]]>”" in words_in(told)
    assert "emptyReason" in told["entry"][0]["resource"]["section"][3]
