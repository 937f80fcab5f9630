"""What a review asks after every entry is asked in one pass, and says what the card said at each of those moments. And it stays quick on a card on
which somebody wrote all that one call may bring, again and again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from card.entry import Entry
from card.gathered import Gathered
from card.heads import heads
from card.membership import KINDS_OF_MEMBERSHIP, membership
from card.notice import overdue_notices
from card.responsibility import holders
from card.risk import disagree
from card.urgency import urgency
from review.disagreements import disagreements
from review.holding import CHANGE_HOLDERS, holders_after_each
from review.marks import marks
from review.over_time import OverTime, PersonsOverTime
from review.seen import seen_by_side
from review.standing import Standing
from store.team import comings
from tests.card.logs import BEGIN_MS, CARD, logs

OF = {"jan": "noord", "fatima": "crisisdienst", "kees": "noord"}


def numbered(log: list[Entry]) -> list[Entry]:
    """As the log of a server has them: each once, with its number."""
    return [{**entry, "seq": seq} for seq, entry in enumerate({entry["id"]: entry for entry in Gathered(log).entries}.values(), 1)]


@given(logs())
def test_who_is_on_the_card_after_each_entry_is_what_membership_says_of_those_that_came(log: list[Entry]) -> None:
    on, persons, moves = OverTime(), PersonsOverTime(OF), list[Entry]()
    first: dict[str, str] = {}
    for entry in numbered(log):
        if entry["kind"] not in KINDS_OF_MEMBERSHIP:
            continue
        moves.append(entry)
        on.add(entry)
        persons.add(entry)
        members = membership(moves)
        assert sorted(on.organisations) == sorted(members["organisations"])
        assert persons.organisations == {OF.get(person, "") for person in members["persons"]}
        for org in members["organisations"]:
            first.setdefault(org, entry["id"])
    assert comings(numbered(log)) == first


@given(logs())
def test_who_holds_the_card_after_each_answer_is_what_responsibility_says(log: list[Entry]) -> None:
    gathered = Gathered(log)
    changes = gathered.of(*CHANGE_HOLDERS)
    others = [entry for entry in gathered.entries if entry not in changes]
    began = [entry for entry in others if entry["kind"] in ("card.opened", "handover.offered")] if gathered.of("card.opened") else others
    assert holders_after_each(gathered) == [holders(Gathered([*began, *changes[:length]])) for length in range(len(changes) + 1)]


@given(logs())
def test_what_stands_after_each_entry_is_what_heads_says(log: list[Entry]) -> None:
    standing, came = Standing(), list[Entry]()
    for entry in Gathered(log).of("risk.assessed"):
        standing.add(entry)
        came.append(entry)
        if standing.heads:
            assert {one["id"] for one in heads(came)} == set(standing.heads)
        else:
            assert len(heads(came)) == len(came), "in a circle all of them stand"
            assert standing.last is entry


def entries_of(told: list[tuple[str, str, dict[str, Any]]]) -> list[Entry]:
    """A card that noord opened, and what these organisations wrote on it."""
    opening = ("noord", "card.opened", {"situation": "worry", "place": "x"})
    return [
        {
            "id": f"019a0000-0000-7000-8000-{place:012x}", "card": CARD, "kind": kind, "at": f"{BEGIN_MS + place * 1000}-0000-7f3a9c21", "by": org,
            "org": org, "device": "7f3a9c21", "audience": "all", "supersedes": [], "body": body, "seq": place + 1,
        }
        for place, (org, kind, body) in enumerate([opening, *told])
    ]  # fmt: skip


def offers(size: int) -> list[Entry]:
    """Half of them offers, of which each is accepted."""
    told: list[tuple[str, str, dict[str, Any]]] = []
    for place in range(1, size, 2):
        accepted = {"offer": f"019a0000-0000-7000-8000-{place:012x}", "release": True}
        told += [("noord", "handover.offered", {"to": "crisisdienst"}), ("crisisdienst", "handover.accepted", accepted)]
    return entries_of(told)


def times(size: int, kind: str, body: Callable[[int], dict[str, Any]]) -> list[Entry]:
    return entries_of([("noord", kind, body(place)) for place in range(size)])


def shown(log: list[Entry]) -> object:
    return seen_by_side(log, {entry["id"]: BEGIN_MS + entry["seq"] for entry in log}, {"noord": "police", "crisisdienst": "care"})


MANY: dict[str, tuple[Callable[[int], list[Entry]], Callable[[list[Entry]], object]]] = {
    "since when each organisation is on it": (lambda size: times(size, "card.shared", lambda place: {"organisation": f"team-{place}"}), comings),
    "who could see it": (lambda size: times(size, "card.shared", lambda place: {"organisation": f"team-{place}"}), shown),
    "who held it": (offers, lambda log: marks(Gathered(log), BEGIN_MS)),
    "who was there": (
        lambda size: times(size, "presence.arrived", lambda place: {"person": f"p{place}", "organisation": f"team-{place}"}),
        lambda log: marks(Gathered(log), BEGIN_MS),
    ),
    "who judged the risk differently": (
        lambda size: times(size, "risk.assessed", lambda place: {"for": "client", "level": ("low", "high")[place % 2]}),
        lambda log: disagreements(Gathered(log), BEGIN_MS),
    ),
    "how urgent it is": (lambda size: times(size, "urgency.judged", lambda place: {"urgency": "urgent"}), lambda log: urgency(Gathered(log))),
    "who waits too long": (
        lambda size: times(size, "service.requested", lambda place: {"service": "crisisdienst", "for": "advice"}),
        lambda log: overdue_notices(log, BEGIN_MS + 10**10),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MANY)
def test_four_times_as_much_on_a_card_costs_about_four_times_as_much(what: str) -> None:
    made, asked = MANY[what]
    small, large = made(500), made(2000)
    assert min(took(asked, large) for _ in range(2)) < 9 * max(min(took(asked, small) for _ in range(3)), 0.004)


def took(asked: Callable[[list[Entry]], object], log: list[Entry]) -> float:
    begun = time.process_time()
    asked(log)
    return time.process_time() - begun


def test_judgements_that_replace_each_other_disagree_only_while_they_stand() -> None:
    apart = times(3, "risk.assessed", lambda place: {"for": "client", "level": ("low", "high", "high")[place]})
    apart[3]["supersedes"] = [apart[1]["id"], apart[2]["id"]]
    assert [(one.begins_ms, one.ends_ms) for one in disagreements(Gathered(apart), BEGIN_MS + 9000)] == [(BEGIN_MS + 2000, BEGIN_MS + 3000)]
    assert not disagree(heads(apart[1:]))
