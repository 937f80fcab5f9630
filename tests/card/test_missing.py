"""Missing person: what is lacking, how urgent, who must confirm, how often before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.access import Viewer
from card.admission import admit
from card.entry import Rejected, canonical
from card.fold import fold
from card.form import read_form
from card.missing import VITAL, asks_to_confirm, lacks, pattern
from tests.card import logs
from tests.card.conftest import Twin
from tests.vectors.make import BEGIN_MS, Written, missed

KNOWN = {name: ["vulnerable" if name == "risks" else "iets"] for name in VITAL}


def judged(write: Written, urgency: str, *supersedes: str) -> str:
    return write("noord", "urgency.judged", {"urgency": urgency}, supersedes=supersedes)


@given(said=st.lists(st.tuples(st.sampled_from(["urgent", "other"]), st.sets(st.integers(0, 5), max_size=3)), max_size=6))
def test_the_more_urgent_of_what_nobody_replaced_counts_and_no_judgement_is_lost(twin: Twin, said: list[tuple[str, set[int]]]) -> None:
    write, ids = missed(), []
    for level, old in said:
        ids.append(judged(write, level, *(ids[place] for place in sorted(old) if place < len(ids))))
    found = fold(write.log)["urgency"]
    replaced = {place for turn, (_, old) in enumerate(said) for place in old if place < turn}
    standing = [level for place, (level, _) in enumerate(said) if place not in replaced]
    assert found["level"] == ("urgent" if "urgent" in standing else standing[0] if standing else None)
    assert found["disagreement"] == (len(set(standing)) > 1)
    assert len(found["heads"]) + len(found["before"]) == len(said)
    assert twin("fold", write.log) == canonical(fold(write.log)).decode()


def test_only_police_decide_the_urgency_and_late_or_early_makes_no_difference() -> None:
    write = missed()
    judged(write, "urgent")
    entry: Any = write.log[-1]
    members: Any = {"organisations": ["noord", "crisisdienst"], "persons": [], "writers": []}
    police, care = (Viewer(entry["by"], entry["org"], domain, "member", entry["device"]) for domain in ("police", "care"))
    for opened in (True, False):
        assert admit(police, opened, members, entry, BEGIN_MS + 10**9) == entry
        refused = admit(care, opened, members, entry, BEGIN_MS + 10**9)
        assert isinstance(refused, Rejected)
        assert (refused.code, refused.field) == ("forbidden", "kind")


def test_the_form_insists_on_what_police_need_until_its_writer_says_why_it_is_not_known() -> None:
    _, errors = read_form("missing.reported", {"about": ["Meisje"]}, BEGIN_MS)
    assert errors == dict.fromkeys(VITAL, "vital")
    body, errors = read_form("missing.reported", {"about": ["Meisje"], "unknown": ["Onbekend"]}, BEGIN_MS)
    assert (errors, lacks(body)) == ({}, VITAL)
    body, errors = read_form("missing.reported", {"about": ["Meisje"], **KNOWN}, BEGIN_MS)
    assert (errors, lacks(body)) == ({}, [])


def test_who_reported_is_asked_to_confirm_what_another_says_until_somebody_reports_back() -> None:
    write = missed()
    assert not asks_to_confirm(fold(write.log))
    write("crisisdienst", "missing.found", {"where": "Thuis"})
    assert not asks_to_confirm(fold(write.log)), "the home knows what it said itself"
    write("noord", "missing.found", {"where": "Station"})
    assert asks_to_confirm(fold(write.log))
    write("noord", "missing.back", {"when": "23:40"})
    assert not asks_to_confirm(fold(write.log))


def other(number: int, about: str, found: str = "") -> Written:
    write = missed()
    write.log[0]["body"]["about"] = about
    if found:
        write("crisisdienst", "missing.back", {"when": "23:40", "found_at": found})
    for entry in write.log:
        entry["card"] = f"019a0000-0000-7000-8000-{number:012x}"
    return write


@pytest.mark.parametrize("alias", ["meisje met rode jas", "  Meisje met  rode jas. ", "MEISJE MET RODE JAS"])
def test_repeat_reports_of_the_same_alias_are_a_pattern_however_it_is_written(twin: Twin, alias: str) -> None:
    now = missed()
    before = [other(1, alias, "Station"), other(2, "Jongen met pet"), other(3, alias)]
    rows = pattern(fold(now.log), [fold(one.log) for one in before])
    assert [(row["card"][-1], row["found"], row["back"] is None) for row in rows] == [("3", None, True), ("1", "Station", False)]
    assert twin("patternOf", now.log, [one.log for one in before]) == rows


@given(log=logs.logs(), others=st.lists(logs.logs(), max_size=3))
def test_both_see_the_same_pattern(twin: Twin, log: Any, others: list[Any]) -> None:
    told = [one for one in others if one]
    assert twin("patternOf", log, told) == pattern(fold(log), [fold(one) for one in told])


def test_somebody_without_an_alias_has_no_pattern() -> None:
    now, before = missed(), other(1, "")
    now.log[0]["body"]["about"] = ""
    assert pattern(fold(now.log), [fold(before.log)]) == []
