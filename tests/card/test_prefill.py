"""Prefill: a handover begins with what everybody on the card knows already, and with nothing else (report 3.2.2)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints.engine import words
from card.entry import Entry
from card.fold import fold
from card.prefill import SBAR, prefill
from card.vocabulary import KINDS
from tests.card import logs
from tests.card.conftest import Twin
from tests.vectors.make import Written, opened

NAMES = {"noord": "Politie Noord", "crisisdienst": "GGZ Crisisdienst"}
WORDS = words("nl")


def told(write: Written) -> dict[str, str]:
    return prefill(fold(write.log), WORDS, NAMES)


def evening() -> Written:
    write = opened()
    seen = {"does": "Regelt het verkeer", "used": "Ruikt naar alcohol", "means": "Keukenmes in de tas", "source": "seen"}
    write("noord", "observation.noted", seen)
    write("noord", "risk.assessed", {"for": "surroundings", "level": "high", "facts": ["weapon", "children"], "note": "twee kinderen op de stoep"})
    write("noord", "risk.assessed", {"for": "client", "level": "middle"})
    write("crisisdienst", "risk.assessed", {"for": "client", "level": "high", "acute": True})
    write("noord", "picture.set", {"problem": "Man die niet sliep"})
    write("noord", "plan.set", {"plan": "Samen", "if_then": ["Als hij wegloopt, dan volgen", {"if": "hij valt", "then": "helpen"}]})
    write("noord", "transport.chosen", {"by": "ggz_transport"})
    return write


def test_every_part_comes_from_where_the_card_says_it() -> None:
    said = told(evening())
    assert said["situation"].splitlines() == [
        "Man die niet sliep", "Crisisdienst: beoordeling. Man regelt verkeer. Kruispunt", "Vervoer: GGZ-vervoer",
    ]  # fmt: skip
    assert said["background"] == (
        "19:01 Doet: Regelt het verkeer; Gebruikt: Ruikt naar alcohol; Zelfdoding en middelen: Keukenmes in de tas (Zelf gezien)"
    )
    assert said["weapons"].splitlines() == ["Wapen: twee kinderen op de stoep", "Keukenmes in de tas"]
    assert said["substances"] == "Ruikt naar alcohol"
    assert said["left_behind"] == "Kinderen: twee kinderen op de stoep"
    assert said["if_then"].splitlines() == ["Als hij wegloopt, dan volgen", "Als hij valt, dan helpen"]
    assert "request" not in said, "what is asked is for the giver to say"
    assert "searched" not in said, "nobody was searched because a card says so"


def test_two_judgements_are_both_said_with_who_and_when() -> None:
    assert told(evening())["assessment"].splitlines() == [
        "Cliënt: Twee inschattingen. Zolang telt de hoogste. Politie Noord 19:03: Midden / GGZ Crisisdienst 19:04: Hoog, acuut",
        "Omgeving: Hoog (Wapen, Kinderen) twee kinderen op de stoep",
    ]


@pytest.mark.parametrize("audience", ["police", "care", "org"])
def test_what_is_for_some_never_gets_into_what_the_other_side_reads(audience: str) -> None:
    write = evening()
    before = told(write)
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("observation.noted", {"found": "GEHEIM", "used": "GEHEIM", "means": "GEHEIM"}),
        ("picture.set", {"problem": "GEHEIM"}),
        ("plan.set", {"plan": "x", "if_then": ["GEHEIM"]}),
        ("risk.assessed", {"for": "professional", "level": "high", "facts": ["weapon", "animals"], "note": "GEHEIM"}),
        ("transport.chosen", {"by": "police", "reason": "GEHEIM"}),
        ("handover.offered", {"to": "ggzvervoer", "situation": "GEHEIM"}),
    ]
    for kind, body in kinds:
        write("noord", kind, body, audience=audience)
    assert told(write) == before


def test_a_correction_for_one_side_takes_the_fact_out_and_one_for_all_goes_along() -> None:
    write = opened()
    first = write("noord", "observation.noted", {"found": "Een mes"})
    second = write("noord", "observation.noted", {"found": "Een tas"})
    write("noord", "entry.corrected", {"entry": first, "text": "Het was van zijn broer, die gezocht wordt"}, audience="police")
    write("noord", "entry.corrected", {"entry": second, "text": "Het was een koffer"})
    assert told(write)["found"] == "Een tas (Gecorrigeerd: Het was een koffer)"


def test_an_offer_after_an_earlier_one_begins_with_that_one_and_with_what_came_since() -> None:
    write = evening()
    write("noord", "handover.offered", {"to": "ggzvervoer", "background": "Door mij verbeterd", "searched": "yes", "medication": "Onbekend"})
    said = told(write)
    assert said["background"] == "Door mij verbeterd"
    assert (said["searched"], said["medication"]) == ("yes", "Onbekend")
    assert said["situation"].startswith("Man die niet sliep"), "what that one did not say is from the card"
    write("noord", "observation.noted", {"does": "Is rustig"})
    write("noord", "risk.assessed", {"for": "client", "level": "low"})
    said = told(write)
    assert said["background"].splitlines() == ["Door mij verbeterd", "19:09 Doet: Is rustig"]
    assert said["situation"].splitlines()[-1] == "Vervoer: GGZ-vervoer"
    write("noord", "transport.chosen", {"by": "ambulance"}, supersedes=(write.log[7]["id"],))
    assert told(write)["situation"].splitlines()[1:] == ["Crisisdienst: beoordeling. Man regelt verkeer. Kruispunt", "Vervoer: Ambulance"]
    assert "Laag" in said["assessment"], "an older judgement of the risk does not stand in the place of a newer one"


def test_a_long_evening_keeps_its_newest_lines_and_fits() -> None:
    write = opened()
    for turn in range(40):
        write("noord", "observation.noted", {"does": f"stap {turn} " + "x" * 190, "found": "y" * 300})
    said = told(write)
    assert said["background"].splitlines()[0] == "…"
    assert "stap 39" in said["background"]
    for field, text in said.items():
        assert len(text) <= KINDS["handover.offered"]["fields"][field].get("max", 9), field


def test_an_evening_of_ten_thousand_lines_keeps_nobody_waiting(twin: Twin) -> None:
    write = opened()
    for turn in range(10_000):
        write("noord", "observation.noted", {"does": f"stap {turn}"})
    began = time.process_time()
    said = prefill(fold(write.log), WORDS, NAMES)
    assert time.process_time() - began < 5, "twenty times what it takes"
    assert said["background"].splitlines()[-1].endswith("stap 9999")
    assert twin("prefillOf", write.log, WORDS, NAMES) == said


def test_an_empty_card_says_nothing() -> None:
    assert prefill(fold([]), WORDS, {}) == {}


@settings(max_examples=150)
@given(log=logs.logs())
def test_both_languages_begin_a_handover_the_same_and_tell_nothing_that_is_not_for_all(twin: Twin, log: list[Entry]) -> None:
    said = prefill(fold(log), WORDS, NAMES)
    assert twin("prefillOf", log, WORDS, NAMES) == said
    assert list(said) == [name for name in SBAR if name in said]


@settings(max_examples=150)
@given(log=logs.logs(), data=st.data())
def test_another_text_in_what_is_not_for_all_changes_no_handover(log: list[Entry], data: st.DataObject) -> None:
    log = list({entry["id"]: entry for entry in log}.values())
    hidden = [entry for entry in log if entry["audience"] != "all"]
    other: list[Any] = [
        {**entry, "body": {name: f"{said}." if name in ("note", "found", "text", "plan", "problem", "reason", "situation") else said
                           for name, said in entry["body"].items()}}
        if entry in hidden and isinstance(entry["body"], dict) else entry for entry in log
    ]  # fmt: skip
    assert prefill(fold(other), WORDS, NAMES) == prefill(fold(log), WORDS, NAMES)
