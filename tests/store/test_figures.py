"""Figures: the same numbers as whoever reads every card and counts by hand; nothing that a purge or a rebuild changes; no words and no persons."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median_low
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from card.entry import Entry
from card.fold import fold
from card.gathered import each_once
from card.membership import membership
from card.rhythm import due_on
from store import epoch, figures, retention, summaries
from store.database import reading, writing
from store.figures import TABLES, Part
from store.models import Base, Card, EntryRow, FigureCard, FigureCase, FigureOrganisation, Organisation
from store.small_numbers import LEAST
from tests.card.logs import SITUATION_SLUGS, entries, logs
from tests.cast import OFFICER, TRIAGIST, Clock, Phone, server
from tests.http.privacy import close, later

HERE = ZoneInfo("Europe/Amsterdam")
KNOWN = ("noord", "crisisdienst", "dehaven")
WEEK_MS = 7 * 24 * 3600 * 1000
TODAY = "2027-03-01"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = server(tmp_path_factory.mktemp("figures"))
    with app.app_context():
        yield app


@st.composite
def contacts(draw: st.DrawFn) -> list[Entry]:
    """What is kept of a contact, with visits that come when they come: chance alone never makes one."""
    by_kind: dict[str, list[str]] = {kind: ["x"] for kind in ("card.opened", "contact.kept", "contact.visited", "card.closed")}
    kinds = ["card.opened", *draw(st.lists(st.sampled_from(["contact.kept", "contact.visited", "contact.visited", "card.closed"]), max_size=8))]
    log = [draw(entries(kind, f"019a0000-{turn:04x}-7000-8000-00000000{turn:04x}", by_kind, "noord")) for turn, kind in enumerate(kinds)]
    for entry in log:
        at_ms = int(entry["at"][:13]) + draw(st.integers(0, 9)) * WEEK_MS
        entry.update(at=f"{at_ms:013d}-0000-7f3a9c21", supersedes=[])
        entry["body"] = {
            "card.opened": {"situation": "lower_threshold", "place": "De Haven", "type": "contact"},
            "contact.kept": {"rhythm": draw(st.sampled_from(["weekly", "fortnightly", "monthly"])), "organisation": draw(st.sampled_from(KNOWN))},
            "contact.visited": {"on": day_of(f"{at_ms - draw(st.integers(-1, 9)) * WEEK_MS // 7:013d}")},
            "card.closed": {"outcome": "x"},
        }[entry["kind"]]
    return log


histories = st.lists(st.tuples(logs() | logs() | contacts(), st.integers(0, 20)), min_size=1, max_size=10)


def told(history: list[tuple[list[Entry], int]]) -> dict[str, list[Entry]]:
    """Cards of their own, each some weeks later than it was made."""
    cards = {}
    for number, (log, weeks) in enumerate(history):
        text = json.dumps(each_once(log)).replace("019a0000-", f"01{number:06x}-")
        card = f"019a0000-0000-7000-8000-{number:012x}"
        moved = cast(list[Entry], json.loads(text))
        for seq, entry in enumerate(moved, 1):
            at = f"{int(entry['at'][:13]) + weeks * WEEK_MS:013d}{entry['at'][13:]}"
            entry.update(card=card, seq=seq, at=at)
        if any(entry["kind"] == "card.opened" for entry in moved):
            cards[card] = moved
    return cards


def put(cards: dict[str, list[Entry]]) -> None:
    """Into an empty database, as they are: what nobody could hand in any more may lie there from before."""
    with writing() as connection:
        for model in (EntryRow, FigureCard, FigureOrganisation, FigureCase, Card):
            connection.execute(delete(model))
        for card, log in cards.items():
            connection.execute(insert(Card).values(id=card, seq=len(log), hash=f"{len(log):064d}", opened=True, opener="x", opener_org="noord"))
            connection.execute(insert(EntryRow), [_row(entry) for entry in log])


def _row(entry: Entry) -> dict[str, Any]:
    said = {name: entry[name] for name in ("id", "card", "kind", "by", "org", "audience", "seq")}  # type: ignore[literal-required]
    return {**said, "received": "2026-11-25T00:00:00.000Z", "hash": "x", "document": json.dumps(entry)}


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that figures keep."""
    with reading() as connection:
        return {
            model.__tablename__: sorted(map(tuple, connection.execute(select(model.__table__))))
            for model in (FigureCard, FigureOrganisation, FigureCase)
        }


def day_of(stamp: str) -> str:
    return datetime.fromtimestamp(int(stamp[:13]) / 1000, HERE).strftime("%Y-%m-%d")


def quarter(day: str) -> str:
    return f"{day[:4]}Q{math.ceil(int(day[5:7]) / 3)}"


# What follows counts again, from the folded card, card by card.


def counted(cards: dict[str, list[Entry]], org: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """By quarter and table: everything that an organisation counts, as {"name", "card", "minutes", and what it can be looked at by}."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for card, log in cards.items():
        of_all = [entry for entry in log if entry["audience"] == "all"]
        seen = fold(of_all)
        if seen["opened"] is None:
            continue
        opened = quarter(day_of(seen["opened"]["at"]))
        facts = {"card": card, "situation": known_situation(seen["situation"]), "partner": on_it(log) & set(KNOWN)}
        if seen["type"] == "contact":
            own = fold([entry for entry in log if entry["org"] == seen["opened"]["org"]])
            facts["partner"] |= {str(entry["body"].get("organisation")) for entry in kept(log, seen["opened"]["org"])}
            if org == seen["opened"]["org"]:
                for name, due in visits(log, own, seen["opened"]):
                    found.setdefault((quarter(due), "visit"), []).append({**facts, "name": name})
        if org in on_it(log):
            for what, name, minutes in cases(seen):
                found.setdefault((opened, what), []).append({**facts, "name": name, "minutes": minutes})
    return found


def kept(log: list[Entry], org: str) -> list[dict[str, Any]]:
    every = [entry for entry in log if entry["kind"] == "contact.kept" and entry["org"] == org and isinstance(entry["body"], dict)]
    return [cast(dict[str, Any], entry) for entry in every if entry["body"].get("rhythm") in ("weekly", "fortnightly", "monthly")]


def on_it(log: list[Entry]) -> set[str]:
    members = membership(log)
    joined = [entry for entry in log if entry["kind"] == "card.joined" and isinstance(entry["body"], dict)]
    return set(members["organisations"]) | {entry["org"] for entry in joined if entry["body"].get("person") in members["persons"]}


def known_situation(said: Any) -> str:
    slug = str(said).replace("-", "_")
    return slug if slug in SITUATION_SLUGS else ""


def cases(seen: dict[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    if seen["type"] not in ("contact", "agreement"):
        yield "card", known_situation(seen["situation"]), None
    length: dict[str, int] = {}
    for one in seen["requests"]:
        body = one["item"]["body"]
        owner = "" if body["service"].startswith("~") else body["service"].split("/")[0]
        service = f"{owner if owner in KNOWN else '~'}/{body['for']}"
        if one["state"] == "arrived":
            waited = int(one["ended"][:13]) - int(one["asked"][:13])
            yield "wait", service, max(0, waited // 60_000)
        if one["state"] == "declined":
            said = [item for item in one["answers"] if item["id"] in one["heads"] and item["kind"] == "service.declined"]
            yield "declined", service, None
            yield "reason", said[0]["body"]["reason"], None
        first = one["item"]["id"]
        while (before := next((other for other in seen["requests"] if other["item"]["id"] == first), None)) and before["follows"]:
            if before["follows"] not in [other["item"]["id"] for other in seen["requests"]]:
                break
            first = before["follows"]
        length[first] = length.get(first, 0) + 1
    for number in length.values():
        yield "chain", str(min(4, number)), None
    for one in seen["handovers"]:
        yield "handover", one["state"], None
    for item in seen["transport"]["heads"]:
        yield "transport", item["body"]["by"], None
    if seen["missing"]["heads"]:
        yield "missing", "back" if seen["missing"]["back"] else "not_back", None


def visits(log: list[Entry], own: dict[str, Any], opened: dict[str, Any]) -> Iterator[tuple[str, str]]:
    agreed = sorted(kept(log, opened["org"]), key=lambda entry: (entry["at"], entry["id"]))
    if not agreed:
        return

    def due_after(day: str) -> str:
        before = [entry["body"]["rhythm"] for entry in agreed if day_of(entry["at"]) <= day]
        return due_on(before[-1] if before else agreed[0]["body"]["rhythm"], day)

    last = day_of(opened["at"])
    made = {item["body"]["on"] for item in own["timeline"] if item["kind"] == "contact.visited" and item["body"]["on"] <= day_of(item["at"])}
    for day in sorted(made):
        if day > last:
            yield ("in_rhythm" if day <= due_after(last) else "late"), due_after(last)
            last = day
    if not own["closed"] and due_after(last) < TODAY:
        yield "late", due_after(last)


@settings(max_examples=120)
@given(histories, st.sampled_from(KNOWN))
def test_figures_are_what_whoever_counts_by_hand_finds(app: Flask, history: list[tuple[list[Entry], int]], org: str) -> None:
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.small_numbers.LEAST", 0)
        patch.setattr("store.figures.LEAST", 0)
        cards = told(history)
        put(cards)
        assert summaries.catch_up() == len(cards)
        by_hand = counted(cards, org)
        quarters = sorted({name for name, _ in by_hand}) or ["2026Q4"]
        parts = [None, *_parts(by_hand)]
        for part in parts:
            found = figures.figures(org, quarters, part, TODAY)
            for name in quarters:
                for what in TABLES:
                    mine = [one for one in by_hand.get((name, what), []) if part is None or is_in(one, part)]
                    assert same(found[name][what], what) == by_names(mine, what), (name, what, part)


def _parts(by_hand: dict[tuple[str, str], list[dict[str, Any]]]) -> list[Part]:
    every = [one for them in by_hand.values() for one in them]
    return [*(Part("situation", one) for one in sorted({one["situation"] for one in every} - {""})[:2]), Part("partner", "dehaven")]


def is_in(one: dict[str, Any], part: Part) -> bool:
    return part.value in one["partner"] if part.kind == "partner" else one[part.kind] == part.value


def by_names(found: list[dict[str, Any]], what: str) -> dict[str, tuple[int, Any, Any]]:
    return {name: (number, *waiting([one.get("minutes") for one in found if one["name"] == name], what)) for name, number in names(found).items()}


def names(found: list[dict[str, Any]]) -> Counter[str]:
    return Counter(one["name"] for one in found)


def waiting(minutes: list[Any], what: str) -> tuple[Any, Any]:
    """The middle one, or the lower of two; and the least of which nine in ten are no more."""
    return (median_low(minutes), sorted(minutes)[math.ceil(0.9 * len(minutes)) - 1]) if what == "wait" else (None, None)


def same(table: figures.Table, what: str) -> dict[str, tuple[int, Any, Any]]:
    assert table.total in (None, sum(row.number for row in table.rows))
    return {row.name: (row.number, row.median, row.ninetieth) for row in table.rows}


@settings(max_examples=40)
@given(histories)
def test_made_again_made_twice_and_rebuilt_the_rows_are_the_same(app: Flask, history: list[tuple[list[Entry], int]]) -> None:
    with app.app_context():
        put(told(history))
        summaries.catch_up()
        first = rows()
        assert summaries.catch_up() == 0
        summaries.rebuild()
        assert rows() == first
        with writing() as connection:
            connection.execute(update(Card).values(hash="another log"))
        summaries.catch_up(list(told(history)))
        assert {name: them for name, them in rows().items() if name != "figure_card"} == {
            name: them for name, them in first.items() if name != "figure_card"
        }


@settings(max_examples=60)
@given(histories)
def test_no_word_that_anybody_typed_and_no_person_is_kept(app: Flask, history: list[tuple[list[Entry], int]]) -> None:
    """Every text of a row is a name of a list that the program or the administrator made."""
    with app.app_context():
        put(told(history))
        summaries.catch_up()
        with reading() as connection:
            organisations = set(connection.scalars(select(Organisation.id)))
            cases = connection.execute(select(FigureCase.__table__)).mappings().all()
            cards = connection.execute(select(FigureOrganisation.__table__)).mappings().all()
        assert {row["organisation"] for row in cards} <= organisations
        assert {row["situation"] for row in cards} <= SITUATION_SLUGS | {""}
        assert all(row["area"] == "" or (len(row["area"]) == 4 and row["area"].isdigit()) for row in cards)
        assert {row["name"].split("/")[0] for row in cases if row["what"] in ("wait", "declined")} <= organisations | {"~"}
        assert not any(" " in row["name"] for row in cases)
        people = {"person", "by", "name_of", "opener"}
        assert not any(people & set(cast(Any, model).__table__.columns.keys()) for model in (FigureCard, FigureCase, FigureOrganisation))


def test_a_purged_card_still_counts_and_a_rebuild_leaves_it(tmp_path: Path) -> None:
    clock = Clock()
    app = server(tmp_path, clock)
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card = officer.open_card("crisisdienst")
    asked = officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    clock.later(minutes=17)
    triagist.write(card, "service.arrived", {"request": asked["id"]})
    officer.write(card, "transport.chosen", {"by": "police", "reason": "geheim-woord"})
    close(officer, card)
    stays = officer.open_card()
    later(clock, 29 * 24, officer, triagist)
    with app.app_context():
        assert [one.card for one in retention.purge(clock())] == [card]
        summaries.catch_up()
        kept = rows()
        assert {row[0] for row in kept["figure_card"]} == {card, stays}
        assert [(*row[2:4], row[5]) for row in kept["figure_case"] if row[0] == card] == [
            ("card", "crisis_assessment", None), ("wait", "crisisdienst/assessment", 17), ("chain", "1", None), ("transport", "police", None),
        ]  # fmt: skip
        done = app.test_cli_runner().invoke(args=["figures", "rebuild"])
        assert done.exit_code == 0, done.output
        assert "1 cards counted" in done.output
        assert rows() == kept
        assert "geheim-woord" not in json.dumps(kept)


def test_a_card_that_another_process_purges_during_a_rebuild_still_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    app = server(tmp_path, clock)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 29 * 24, officer)
    in_parts, kept = summaries._parts, list[Any]()

    def meanwhile(cards: list[str]) -> Iterator[list[str]]:
        if not kept:
            assert [one.card for one in retention.purge(clock())] == [card]
            kept.append(rows())
        return in_parts(cards)

    with app.app_context():
        summaries.catch_up()
        monkeypatch.setattr(summaries, "_parts", meanwhile)
        summaries.rebuild()
        assert [rows()] == kept


def test_after_a_restore_a_card_that_goes_again_counts_as_before(tmp_path: Path) -> None:
    """The backup knows the card and nothing of its figures yet."""
    clock = Clock()
    app = server(tmp_path, clock)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    close(officer, card)
    with app.app_context(), reading() as connection:
        backup = {model: list(map(dict, connection.execute(select(model.__table__)).mappings())) for model in _of_a_card()}
    later(clock, 29 * 24, officer)
    with app.app_context():
        retention.purge(clock())
        purged = rows()
        with writing() as connection:
            connection.exec_driver_sql("DELETE FROM purged_card")
            for model in (FigureCard, FigureOrganisation, FigureCase):
                connection.execute(delete(model))
            for model, them in backup.items():
                connection.execute(insert(model), them)
        epoch.new_epoch()
        assert retention.keep_purged(clock()) == [card]
        assert rows() == purged


def _of_a_card() -> list[type[Base]]:
    return [Card, EntryRow]


def test_the_least_number_is_five() -> None:
    assert LEAST == 5
