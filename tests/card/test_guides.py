"""Which guides are offered where, and where to begin: alike in Python and in JavaScript."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from card.begin import begins
from card.fold import fold
from card.guides import fitting, is_past, offered, plain
from card.vocabulary import BEGINS, KINDS, SITUATIONS
from tests.card import logs
from tests.card.conftest import Twin

TODAY = "2026-11-25"


def guide(id_: str, **told: Any) -> dict[str, Any]:
    return {"id": id_, "situations": ["danger_inside"], "place": "", "owner": "Motorkap", "instead_of": "", "valid_until": "2027-01-01", **told}


DOOR = guide("door", place="kliniek")
CLINIC = guide("clinic", place="Forensische kliniek", owner="kliniek", instead_of="door")
DRIVES = guide("drives", situations=["crisis_assessment"])
GUIDES = [DOOR, CLINIC, DRIVES, guide("old", valid_until="2026-11-24"), guide("last day", valid_until=TODAY)]


def ids(guides: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in guides]


def test_a_guide_of_the_place_goes_first_and_before_the_common_one_it_was_made_from() -> None:
    assert ids(fitting(GUIDES, "noord", "danger_inside", "FORENSISCHE Kliniek, afdeling 2", TODAY)) == ["clinic", "last day"]
    assert ids(fitting(GUIDES, "noord", "danger_inside", "Kliniek Zuid", TODAY)) == ["door", "last day"]
    assert ids(fitting(GUIDES, "noord", "danger-inside", "Klinieken", TODAY)) == ["last day"], "whole words"


def test_a_guide_past_its_date_is_not_offered_and_its_last_day_still_counts() -> None:
    assert is_past(GUIDES[3], TODAY)
    assert not is_past(GUIDES[4], TODAY)
    assert "old" not in ids(offered(GUIDES, "noord", TODAY))


def test_an_own_version_takes_the_place_of_the_common_one_for_its_organisation_alone_and_not_past_its_date() -> None:
    assert "door" in ids(offered(GUIDES, "noord", TODAY))
    assert "door" not in ids(offered(GUIDES, "kliniek", TODAY))
    assert "door" in ids(offered([DOOR, {**CLINIC, "valid_until": "2026-01-01"}], "kliniek", TODAY))


some_place = st.sampled_from(["", "Forensische kliniek", "kliniek", "KLINIEK zuid", "Café Élan", "cafe", " . ", "ﬁlm İ"]) | st.text(max_size=12)


situations = st.sampled_from(["danger_inside", "crisis-assessment", "x"])


@given(text=some_place, place=some_place, situation=situations, org=st.sampled_from(["noord", "kliniek"]))
def test_both_offer_the_same(twin: Twin, text: str, place: str, situation: str, org: str) -> None:
    guides = [*GUIDES, guide("here", place=place)]
    assert twin("plain", text) == plain(text)
    assert twin("offered", guides, org, TODAY) == offered(guides, org, TODAY)
    assert twin("fitting", guides, org, situation, text, TODAY) == fitting(guides, org, situation, text, TODAY)


@given(log=logs.logs())
def test_both_begin_with_the_same(twin: Twin, log: list[Any]) -> None:
    card = fold(log)
    assert twin("begins", card) == begins(card)


def test_every_situation_says_where_to_begin_with_a_kind_that_people_write() -> None:
    assert set(BEGINS) == {slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]}
    for slug, asked in BEGINS.items():
        assert 1 <= len(asked) <= 3, slug
        for one in asked:
            assert not KINDS[one["kind"]].get("by_server")
            assert "begin" in KINDS[one["kind"]]["shows"], f"{one['kind']} must draw the links anew"
            assert "for" not in one or one["for"] in KINDS[one["kind"]]["fields"]["for"]["choices"]
    assert "begin" in KINDS["card.closed"]["shows"]


def test_what_was_written_is_asked_no_more() -> None:
    opened = {"kind": "card.opened", "body": {}}
    card: dict[str, Any] = {"situation": "report_offence_inside", "timeline": [opened]}
    assert begins(card) == [{"kind": "report.decided"}, {"kind": "observation.noted"}]
    assert begins({**card, "timeline": [opened, {"kind": "report.decided", "body": {"will": "yes"}}]}) == [{"kind": "observation.noted"}]
    asked = {"kind": "service.requested", "for": "assessment"}
    other = {"kind": "service.requested", "body": {"for": "transport"}}
    assert asked in begins({"situation": "crisis-assessment", "timeline": [opened, other]})
    assert begins({**card, "timeline": [opened, {"kind": "card.closed", "body": {}}]}) == []
