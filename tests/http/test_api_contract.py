"""The contract of the API is true: the file names every route, and schemathesis asks the real app what it makes of the file, with and without sense.

Half of what is asked is about cards and handovers that are there, so that good answers are held against the file too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import BaseSchema as Contract
from schemathesis.specs.openapi.checks import negative_data_rejection

from blueprints.limits import limiter
from store.api_tokens import SCOPES
from tests.cast import OFFICER, TRIAGIST, Phone, server
from tests.http.outside import ADMIN, System, make_token
from tests.http.test_visits import visit

CONTRACT = Path(__file__).parents[2] / "blueprints" / "openapi.json"
TOLD = json.loads(CONTRACT.read_text("utf-8"))
PATHS = sorted(TOLD["paths"])
LISTS = ("cards", "handovers", "events", "follow_ups", "timeline", "entry", "reviews")
# The card that is filled is no care report, and open: tests/http/test_api.py and test_outgoing.py have one that is.
NOT_OF_THIS_CARD = ("/cards/{card}/care-report", "/reviews/{card}")


@dataclass
class Filled:
    """A server with something of everything that the API tells."""

    app: Flask
    system: System
    card: str
    offer: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.system.token}", "Accept-Encoding": "identity"}

    def named_in(self, path: str) -> dict[str, str]:
        return {name: value for name, value in (("card", self.card), ("offer", self.offer)) if f"{{{name}}}" in path}


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
def contract(filled: Filled) -> Contract:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", filled.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", PATHS)
def test_the_app_answers_as_the_contract_says(contract: Contract, filled: Filled, path: str, mode: GenerationMode) -> None:
    """Also what makes no sense: a card that is no id, a page before nothing."""
    operation = contract[path]["GET"]
    if mode == GenerationMode.NEGATIVE and not TOLD["paths"][path].get("parameters") and not TOLD["paths"][path]["get"].get("parameters"):
        return  # there is nothing to get wrong

    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    @settings(max_examples=30, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case: Case, there: bool) -> None:
        if there and mode == GenerationMode.POSITIVE:
            case.path_parameters = filled.named_in(path)
        limiter.reset()  # it tries wrong tokens with each
        # What makes no sense often makes sense again once it is written as an address: tests/http/test_api.py says what is refused.
        case.call_and_validate(headers=filled.headers, excluded_checks=[negative_data_rejection])

    ask()


def test_what_is_there_is_answered_as_the_contract_says(contract: Contract, filled: Filled) -> None:
    """Each operation once for certain, with something in its answer."""
    seen = set()
    for path in PATHS:
        limiter.reset()
        answer = contract[path]["GET"].Case(path_parameters=filled.named_in(path)).call_and_validate(headers=filled.headers)
        assert answer.status_code == (404 if path in NOT_OF_THIS_CARD else 200), path
        told = answer.json() if "json" in answer.headers["content-type"][0] else {}
        seen |= {name for name in LISTS if told.get(name)}
    assert seen == set(LISTS)


def test_a_parameter_that_nothing_knows_is_refused_as_the_contract_says(contract: Contract, filled: Filled) -> None:
    for path in PATHS:
        limiter.reset()
        case = contract[path]["GET"].Case(path_parameters=filled.named_in(path))
        case.query = {"narrower": "yes"}
        answer = case.call(headers=filled.headers)
        assert answer.status_code == 400, path
        case.validate_response(answer, excluded_checks=[negative_data_rejection])


def test_every_route_of_the_api_is_in_the_contract_and_nothing_else_is(filled: Filled) -> None:
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in filled.app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert {f"/api/v1{path}" for path in TOLD["paths"]} == rules
    assert TOLD["components"]["schemas"]["Token"]["properties"]["scopes"]["items"]["enum"] == list(SCOPES)


def test_an_answer_that_is_not_as_the_contract_says_is_noticed(filled: Filled) -> None:
    """So that the tests above can fail."""
    told = json.loads(CONTRACT.read_text("utf-8"))
    told["components"]["schemas"]["Outline"]["required"].append("nothing_of_the_kind")
    other = schemathesis.openapi.from_dict(told)
    other.app = filled.app
    case = other["/cards"]["GET"].Case()
    with pytest.raises(FailureGroup) as failed:
        case.call_and_validate(headers=filled.headers)
    assert "nothing_of_the_kind" in str(failed.value.exceptions[0])
