"""Visits and contacts: what an entry may say, and what the fold makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from card.entry import Rejected, body_errors, parse
from card.fold import fold
from tests.card.conftest import Twin
from tests.card.test_card_type import entry, opened

LOGGED = {"on": "2026-12-01", "topics": ["anonymous_consultation"], "anonymous": True}


def test_a_name_is_taken_only_when_its_bearer_agreed() -> None:
    assert body_errors("visit.logged", {"on": "2026-12-01", "name": "Sanne"}) == {"name": "not_agreed"}
    assert body_errors("visit.logged", {"on": "2026-12-01", "name": "Sanne", "agreed": False}) == {"name": "not_agreed"}
    assert body_errors("visit.logged", {"on": "2026-12-01", "name": "Sanne", "agreed": True}) == {}
    assert body_errors("contact.known", {"function": "begeleider", "name": "Sanne"}) == {"name": "not_agreed"}


@pytest.mark.parametrize(
    ("kind", "body", "refused"),
    [
        ("visit.logged", {**LOGGED, "words": "Jan de Vries wordt bedreigd"}, {"words": "identifies"}),
        ("visit.logged", {**LOGGED, "function": "mevrouw Jansen"}, {"function": "identifies"}),
        ("visit.logged", {**LOGGED, "words": "Bel 06-12345678"}, {"words": "identifies"}),
        ("visit.logged", {**LOGGED, "agreed": True, "name": "x"}, {"name": "no_names_here", "agreed": "no_names_here"}),
        ("visit.logged", {**LOGGED, "words": "Een medewerker wordt bedreigd. Advies over aangifte."}, {}),
        ("follow_up.set", {"what": "Fatima bellen", "on": "2026-12-02", "anonymous": True}, {"what": "identifies"}),
        ("follow_up.set", {"what": "Fatima bellen", "on": "2026-12-02"}, {}),
        ("card.opened", {"situation": "worry", "place": "Dorpsstraat 12", "type": "visit", "anonymous": True}, {"place": "identifies"}),
        ("card.opened", {"situation": "worry", "place": "x", "type": "visit", "anonymous": True, "lat": 52, "lng": 5},
         {"lat": "no_names_here", "lng": "no_names_here"}),
        ("card.opened", {"situation": "worry", "place": "Dorpsstraat 12", "anonymous": True}, {}),
    ],
)  # fmt: skip
def test_an_anonymous_visit_refuses_what_names_somebody_in_both_languages(
    twin: Twin, kind: str, body: dict[str, Any], refused: dict[str, str]
) -> None:
    assert body_errors(kind, body) == refused
    raw = entry(1, kind, body)
    judged = parse(raw)
    assert isinstance(judged, Rejected) == bool(refused)
    told = twin("parse", raw)
    assert (told["field"] if refused else None) == (judged.field if isinstance(judged, Rejected) else None)


def follow_ups(*said: Any) -> list[dict[str, Any]]:
    return list(fold([opened(type="visit"), entry(1, "follow_up.set", {"what": "Bellen", "on": "2026-12-02"}), *said])["visit"]["follow_ups"])


def test_a_follow_up_is_done_until_somebody_who_saw_that_opens_it_again() -> None:
    done = entry(2, "follow_up.done", {"follow_up": entry(1, "", {})["id"]})
    again = entry(3, "follow_up.reopened", {"follow_up": entry(1, "", {})["id"]}, (2,))
    assert follow_ups()[0]["done"] is None
    assert follow_ups(done)[0]["done"]["id"] == done["id"]
    assert follow_ups(done, again)[0]["done"] is None
    assert follow_ups(done, again, entry(4, "follow_up.done", {"follow_up": entry(1, "", {})["id"]}, (3,)))[0]["done"] is not None


def test_who_opens_it_again_has_not_lost_it_to_who_closed_it_without_seeing_that() -> None:
    both = [entry(2, "follow_up.reopened", {"follow_up": entry(1, "", {})["id"]}), entry(3, "follow_up.done", {"follow_up": entry(1, "", {})["id"]})]
    assert follow_ups(*both)[0]["done"] is None


def test_a_contact_is_of_who_began_it_until_it_is_handed_over() -> None:
    kept = [opened(type="contact"), entry(1, "contact.kept", {"organisation": "dehaven", "rhythm": "weekly"})]
    assert fold(kept)["contact"]["keeper"] == "jan"
    assert fold([*kept, entry(2, "contact.handed_over", {"person": "kees"})])["contact"]["keeper"] == "kees"
    assert (
        fold([*kept, entry(2, "contact.visited", {"on": "2026-12-01"}), entry(3, "contact.visited", {"on": "2026-11-01"})])["contact"]["visited"]
        == "2026-12-01"
    )
    assert fold([])["contact"] == {"heads": [], "known": [], "visited": None, "handed_over": [], "keeper": None}
