"""The contract of the API is true: the file names every route, and schemathesis asks the real app what it makes of the file, with and without sense.

Half of what is asked is about cards and handovers that are there, so that good answers are held against the file too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, GenerationMode

from store.api_tokens import SCOPES
from tests.cast import OFFICER, TRIAGIST, Phone, server
from tests.http.outside import ADMIN, System, make_token
from tests.http.test_visits import visit

CONTRACT = Path(__file__).parents[2] / "blueprints" / "openapi.json"


@dataclass
class Filled:
    """A server with something of everything that the API tells."""

    app: Flask
    system: System
    card: str
    offer: str
    asked: int = 0


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    app = server(tmp_path_factory.mktemp("contract"), API_LIMIT="100000 per minute")
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card = officer.open_card("crisisdienst")
    for body in ({"situation": "Man op het dak"}, {"request": "Neem over"}):
        offer = officer.write(card, "handover.offered", {"to": "crisisdienst", **body})["id"]
    triagist.write(card, "handover.accepted", {"offer": offer, "release": True})
    officer.write(card, "risk.assessed", {"for": "client", "level": "high", "acute": True})
    officer.write(officer.open_card(), "card.closed", {"outcome": "Rustig"})
    visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25", next="2026-12-08")
    return Filled(app, System(app, make_token(Phone(app, ADMIN))), card, offer)


@pytest.fixture(scope="module")
def contract(filled: Filled) -> Iterator[schemathesis.schemas.BaseSchema]:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", filled.app)  # type: ignore[return-value]


schema = schemathesis.pytest.from_fixture("contract")


@schema.parametrize()
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
def test_the_app_answers_as_the_contract_says(case: Case, filled: Filled) -> None:
    filled.asked += 1
    sensible = case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE
    if sensible and filled.asked % 2 and case.path_parameters:
        case.path_parameters = {**case.path_parameters, "card": filled.card, **({"offer": filled.offer} if "offer" in case.path_parameters else {})}
    case.call_and_validate(headers={"Authorization": f"Bearer {filled.system.token}"})


def test_what_is_there_is_answered_as_the_contract_says(contract: schemathesis.schemas.BaseSchema, filled: Filled) -> None:
    """Each operation once for certain, with something in its answer."""
    seen = set()
    for result in contract.get_all_operations():
        operation = result.ok()
        known = {"card": filled.card, "offer": filled.offer}
        case = operation.Case(path_parameters={name: known[name] for name in known if f"{{{name}}}" in operation.path})
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {filled.system.token}"})
        assert answer.status_code == 200, operation.label
        told = answer.json() if "json" in answer.headers["content-type"][0] else {}
        assert all(value for name, value in told.items() if name in ("cards", "handovers", "events", "follow_ups", "timeline", "entry")), operation.label
        seen.add(operation.path)
    assert len(seen) == 9


def test_every_route_of_the_api_is_in_the_contract_and_nothing_else_is(filled: Filled) -> None:
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in filled.app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    told = json.loads(CONTRACT.read_text("utf-8"))
    assert {f"/api/v1{path}" for path in told["paths"]} == rules
    assert told["components"]["schemas"]["Token"]["properties"]["scopes"]["items"]["enum"] == list(SCOPES)


def test_an_answer_that_is_not_as_the_contract_says_is_noticed(filled: Filled) -> None:
    """So that the tests above can fail."""
    told = json.loads(CONTRACT.read_text("utf-8"))
    told["components"]["schemas"]["Outline"]["required"].append("nothing_of_the_kind")
    other = schemathesis.openapi.from_dict(told)
    other.app = filled.app
    case = other["/cards"]["GET"].Case()
    with pytest.raises(Exception, match="nothing_of_the_kind"):
        case.call_and_validate(headers={"Authorization": f"Bearer {filled.system.token}"})
