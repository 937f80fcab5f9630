"""What is an entry, and what is not: parse says it without ever raising (PROTOCOL, "An entry")."""

from __future__ import annotations

from typing import Any

import pytest

from card.entry import MAX_BYTES, Rejected, canonical, is_instant, parse
from card.vocabulary import KINDS

ID = "019a0000-0000-7000-8000-000000000001"


def entry(kind: str = "picture.set", body: Any = None, **told: Any) -> dict[str, Any]:
    return {
        "id": ID, "card": "019a0000-0000-7000-8000-00000000ca4d", "kind": kind, "at": "1795486009123-0003-7f3a9c21", "by": "jan", "org": "noord",
        "device": "7f3a9c21", "audience": "all", "supersedes": [], "body": {"problem": "Onrust"} if body is None else body, **told,
    }  # fmt: skip


def refused(raw: object) -> tuple[str, str | None]:
    rejected = parse(raw)
    assert isinstance(rejected, Rejected), rejected
    assert rejected.message
    return rejected.code, rejected.field


def test_a_good_entry_is_taken_as_it_is() -> None:
    assert parse(entry()) == entry()


@pytest.mark.parametrize(
    ("kind", "field"),
    [("card.shared", "organisation"), ("card.unshared", "organisation"), ("handover.offered", "to"), ("handover.requested", "from")],
)
def test_an_organisation_is_called_by_a_name_that_a_database_can_hold(kind: str, field: str) -> None:
    for longest in ("x" * 200, "\U0001f600" * 200):
        assert parse(entry(kind, {field: longest})) == entry(kind, {field: longest})
        assert refused(entry(kind, {field: f"{longest}x"})) == ("malformed", f"body.{field}")


def test_what_a_newer_phone_adds_is_kept() -> None:
    newer = entry(body={"problem": "Onrust", "colour": "blue"}, mood={"deep": [1, 2.5, None]})
    assert parse(newer) == newer


def test_without_supersedes_it_replaces_nothing() -> None:
    raw = entry()
    del raw["supersedes"]
    assert parse(raw) == entry()


def test_what_only_the_server_may_say_is_not_believed() -> None:
    assert parse(entry(seq=7, received="2026-11-24T00:00:00Z", hash="x", seal="y")) == entry()


@pytest.mark.parametrize("name", ["id", "card", "kind", "at", "by", "org", "device", "audience", "body"])
def test_a_missing_part_is_named(name: str) -> None:
    raw = entry()
    del raw[name]
    assert refused(raw) == ("malformed", name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", ID.replace("a", "A")), ("id", "019a0000-0000-4000-8000-000000000001"), ("id", 7), ("card", f"{ID}\n"),
        ("kind", ["picture.set"]), ("at", "179548600912-0003-7f3a9c21"), ("at", "1795486009123-0003-7F3A9C21"), ("at", 1795486009123), ("by", ""),
        ("org", None), ("device", 3), ("audience", "everybody"), ("audience", []), ("supersedes", "x"), ("supersedes", ["x"]),
        ("body", []), ("body", None), ("body", "text"),
    ],
)  # fmt: skip
def test_a_part_of_another_form_is_named(name: str, value: object) -> None:
    assert refused({**entry(), name: value}) == ("malformed", name)


@pytest.mark.parametrize("raw", [None, [], "entry", 7, True, {}])
def test_what_is_no_entry_at_all_is_malformed(raw: object) -> None:
    assert refused(raw) == ("malformed", "id" if raw == {} else "entry")


def test_a_kind_that_nobody_knows_here_is_unknown_and_not_malformed() -> None:
    assert refused(entry("weather.noted")) == ("unknown_kind", "kind")


def test_an_entry_is_at_most_16_kib() -> None:
    room = MAX_BYTES - len(canonical(entry(more="")))
    assert parse(entry(more="x" * room)) == entry(more="x" * room)
    assert refused(entry(more="x" * (room + 1))) == ("too_large", None)
    assert refused(entry(more="é" * (room // 2 + 1))) == ("too_large", None)


def test_nesting_deeper_than_eight_is_malformed() -> None:
    def nested(levels: int) -> Any:
        return [nested(levels - 1)] if levels else 1

    assert parse(entry(more=nested(7))) == entry(more=nested(7))
    assert refused(entry(more=nested(9)))[0] == "malformed"
    endless: list[Any] = []
    for _ in range(100_000):
        endless = [endless]
    assert refused(entry(more=endless))[0] == "malformed"


@pytest.mark.parametrize("value", ["\ud800", "a\0b", "\\\0", float("nan"), float("inf"), 2**53, -(2**53), 10**400, 1e300, {"\ud800": 1}, {"\0": 1}])
def test_what_json_or_a_database_cannot_hold_is_malformed_and_named(value: object) -> None:
    assert refused(entry(more=value)) == ("malformed", "entry")
    assert refused(entry(body={"problem": "x", "more": value})) == ("malformed", "body")


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", "\u2028\U0001f600", 2**53 - 1, -0.5, 1e-300, {"__proto__": {}}])
def test_what_only_looks_odd_is_taken(value: object) -> None:
    assert parse(entry(more=value)) == entry(more=value)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_a_kind_requires_is_asked_for_by_name(kind: str) -> None:
    rule = KINDS[kind]
    required = [name for name, field in rule["fields"].items() if field.get("required")] or list(rule.get("at_least_one", ()))
    if required:
        assert refused(entry(kind, {})) == ("malformed", f"body.{required[0]}")
    else:
        assert parse(entry(kind, {})) == entry(kind, {})


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("picture.set", {"problem": " \t\n"}, "problem"),
        ("risk.assessed", {"for": "client", "level": "extreme"}, "level"),
        ("risk.assessed", {"for": "client", "level": "high", "acute": "yes"}, "acute"),
        ("risk.assessed", {"for": "client", "level": "high", "facts": ["weapon", "rain"]}, "facts"),
        ("card.opened", {"situation": "A party!", "place": "x"}, "situation"),
        ("handover.accepted", {"offer": ID}, "release"),
        ("card.opened", {"situation": "nuisance", "place": "x", "lat": 91}, "lat"),
        ("card.opened", {"situation": "nuisance", "place": "x", "lng": True}, "lng"),
        ("service.promised", {"request": ID, "until": "14:30"}, "until"),
        ("service.promised", {"request": ID, "until": "2026-02-30T14:30:00Z"}, "until"),
        ("service.promised", {"request": "soon", "until": "2026-02-20T14:30:00Z"}, "request"),
        ("plan.set", {"plan": "x", "if_then": [7]}, "if_then"),
        ("plan.set", {"plan": "x", "if_then": [{"if": "he runs", "then": 7}]}, "if_then"),
        ("presence.arrived", {"person": {"organisation": "Buurtteam"}}, "person"),
        ("presence.arrived", {"person": {"name": " "}}, "person"),
        ("transport.chosen", {"by": "police"}, "reason"),
        ("transport.chosen", {"by": "police", "reason": " "}, "reason"),
        ("card.closed", {"outcome": "x", "override": {"reason": " ", "duties": []}}, "override"),
        ("card.closed", {"outcome": "x", "override": {"reason": "x", "duties": ["all"]}}, "override"),
        ("card.closed", {"outcome": "x", "override": {"reason": "x"}}, "override"),
        ("observation.noted", {"note": "only this"}, "found"),
    ],
)
def test_what_is_wrong_in_a_body_is_named(kind: str, body: dict[str, Any], field: str) -> None:
    assert refused(entry(kind, body)) == ("malformed", f"body.{field}")


def test_only_the_police_must_say_why_they_drive() -> None:
    for by in ("ggz_transport", "ambulance", "care", "own"):
        assert parse(entry("transport.chosen", {"by": by})) == entry("transport.chosen", {"by": by})
    with_reason = {"by": "police", "reason": "Geen ander vervoer"}
    assert parse(entry("transport.chosen", with_reason)) == entry("transport.chosen", with_reason)


def test_only_16_kib_limit_an_entry() -> None:
    many = [f"019a0000-0000-7000-8000-{number:012x}" for number in range(300)]
    for kind, body in (
        ("picture.set", {"problem": "x" * 15_000}),
        ("card.closed", {"outcome": "x", "override": {"reason": "x", "duties": many}}),
        ("plan.set", {"plan": "x", "if_then": ["x"] * 40}),
    ):
        assert parse(entry(kind, body)) == entry(kind, body)
    assert parse(entry(supersedes=many)) == entry(supersedes=many)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("approach.noted", {}),
        ("card.opened", {"situation": "missing-person", "place": "x"}),
        ("plan.set", {"plan": "x", "if_then": [{"if": "he runs", "then": "we follow"}, "or he does not"]}),
        ("presence.arrived", {"person": {"name": "Jan", "organisation": None}}),
    ],
)
def test_what_other_systems_may_say_is_taken(kind: str, body: dict[str, Any]) -> None:
    assert parse(entry(kind, body)) == entry(kind, body)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-24T14:30:00Z", True), ("2026-11-24T14:30+01:00", True), ("2026-11-24T14:30:59.123456789-11:30", True), ("2028-02-29T00:00Z", True),
        ("2026-02-29T00:00Z", False), ("2026-11-24T24:00Z", False), ("2026-11-24T14:60Z", False), ("2026-11-24T14:30:00", False),
        ("2026-11-24", False), ("2026-11-24 14:30Z", False), ("2026-13-01T00:00Z", False), ("2026-11-24T14:30Z\n", False),
        ("٢٠٢٦-11-24T14:30Z", False),
    ],
)  # fmt: skip
def test_an_instant_has_its_offset_and_a_day_that_exists(text: str, is_one: bool) -> None:
    assert is_instant(text) is is_one


def test_canonical_json_is_that_of_rfc_8785() -> None:
    """The example of RFC 8785, section 3.2.2 and 3.2.3, and its order of names by UTF-16 unit."""
    numbers = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
    }
    assert canonical({**numbers, "literals": [None, True, False]}).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical(dict.fromkeys(names, 0)) == canonical({})[:1] + b",".join(canonical({name: 0})[1:-1] for name in order) + b"}"
