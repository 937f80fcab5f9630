"""Missing persons as pages: who is missing now, and the form by which somebody is reported. Pure; twin of static/worker/missing_screen.js."""

from __future__ import annotations

from typing import Any

from blueprints import screen
from card.doubt import ground_asked, names_asked
from card.fold import Card
from card.form import Fields, read_form
from card.vocabulary import TYPES

SITUATION: str = TYPES["missing"]["situation"]


def missing_list(*, frame: screen.Frame, cards: list[Card]) -> screen.Screen:
    """Open ones first those with an alarm, then the most urgent, then the newest; and who is back."""
    rows = [screen.summary(frame, card) for card in sorted(cards, key=lambda card: str(card["id"]), reverse=True)]
    gone = [row for row in rows if not row["back"] and not row["closed"]]
    return "missing/list.html", {
        **frame,
        "gone": screen.alarms_first(sorted(gone, key=lambda row: row["urgency"] != "urgent")),
        "returned": [row for row in rows if row["back"] or row["closed"]],
    }


def report_form(
    *, frame: screen.Frame, card: str, values: dict[str, list[str]], errors: dict[str, str], named: list[dict[str, str]]
) -> screen.Screen:
    others = reachable(frame)
    known = values if values or len(others) != 1 else {"organisation": [others[0]["id"]]}
    return "missing/new.html", {
        **frame,
        "card_id": card,
        "kind": "missing.reported",
        "fields": [
            *screen.fields_of(frame, "missing.reported", known, errors),
            *(one for one in screen.fields_of(frame, "card.shared", known, errors) if one["name"] == "organisation"),
        ],
        "others": others,
        "problems": [*screen.problems("missing.reported", errors)],
        "named": named,
    }


def reachable(frame: screen.Frame) -> list[dict[str, Any]]:
    """The organisations of the other side: for care the police."""
    return [one for one in frame["organisations"].values() if one["domain"] != frame["viewer"]["domain"]]


def read_report(frame: screen.Frame, fields: Fields) -> tuple[dict[str, Any], dict[str, str], list[dict[str, str]]]:
    """The body of the report with the organisation that it goes to, per field what is wrong, and what names somebody."""
    body, errors = read_form("missing.reported", fields, frame["now"])
    shared, wrong = read_form("card.shared", fields, frame["now"])
    if not wrong and shared["organisation"] not in [one["id"] for one in reachable(frame)]:
        wrong = {"organisation": "wrong"}
    errors = {**errors, **wrong}
    ground = None if errors else ground_asked("missing.reported", body, "all")
    named = [] if errors or "keep_names" in fields else names_asked("missing.reported", body, False)
    return {**body, **shared}, {**errors, **({"ground": ground} if ground else {})}, named


def drafts(frame: screen.Frame, told: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    """The entries of a new report. A card has a place; of somebody last seen nobody knows where it is that of who reports."""
    works_at = frame["organisations"].get(frame["viewer"]["org"], {}).get("name") or frame["viewer"]["org"]
    body = {name: value for name, value in told.items() if name != "organisation"}
    opened = {"situation": SITUATION, "place": told.get("last_seen") or works_at, "about": told["about"], "type": "missing"}
    ground = {"ground": told["ground"]} if "ground" in told else {}
    return [
        ("card.opened", {**opened, **ground}, "all"),
        ("missing.reported", body, "all"),
        ("card.shared", {"organisation": told["organisation"]}, "all"),
    ]


