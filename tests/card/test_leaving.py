"""Leaving: the last person of an organisation that holds the card is asked before going (report 4.1.2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from card.entry import Entry
from card.fold import fold
from card.leaving import left_holding
from tests.card import logs
from tests.card.conftest import Twin
from tests.vectors.make import PEOPLE, Written, handed, opened

NOORD, CRISIS = PEOPLE["noord"], PEOPLE["crisisdienst"]


def here() -> Written:
    write = opened()
    write("noord", "presence.arrived", {"person": NOORD})
    write("noord", "presence.arrived", {"person": "p-noord-2", "organisation": "noord"})
    write("crisisdienst", "presence.arrived", {"person": CRISIS})
    return write


def asked(write: Written, person: str) -> str | None:
    return left_holding(fold(write.log), {"person": person}, NOORD, "noord")


def test_the_last_one_of_who_holds_is_asked_and_the_one_before_is_not() -> None:
    write = here()
    assert asked(write, NOORD) is None
    write("noord", "presence.left", {"person": "p-noord-2", "organisation": "noord"})
    assert asked(write, NOORD) == "noord"
    assert asked(write, CRISIS) is None, "who holds nothing may go"


def test_after_a_complete_handover_the_giver_may_go_and_the_receiver_is_asked() -> None:
    write = here()
    write("noord", "presence.left", {"person": "p-noord-2", "organisation": "noord"})
    handed(write, "noord", "crisisdienst")
    assert asked(write, NOORD) is None
    assert asked(write, CRISIS) == "crisisdienst"


def test_from_a_closed_card_everybody_may_go_and_who_went_before_is_nobody_elses_question() -> None:
    write = here()
    write("noord", "presence.left", {"person": "p-noord-2", "organisation": "noord"})
    write("noord", "presence.left", {"person": NOORD, "reason": "Andere melding"})
    assert asked(write, CRISIS) is None
    assert [flag["org"] for flag in fold(write.log)["flags"] if flag["flag"] == "left_while_holding"] == ["noord"]
    write("noord", "presence.arrived", {"person": NOORD})
    write("noord", "card.closed", {"outcome": "Klaar"})
    assert asked(write, NOORD) is None


@given(log=logs.logs(), data=st.data())
def test_both_languages_ask_the_same(twin: Twin, log: list[Entry], data: st.DataObject) -> None:
    body = {"person": data.draw(st.sampled_from(logs.PEOPLE))}
    by, org = data.draw(st.sampled_from(logs.PEOPLE)), data.draw(st.sampled_from(logs.ORGANISATIONS))
    assert twin("leftHoldingOf", log, body, by, org) == left_holding(fold(log), body, by, org)
