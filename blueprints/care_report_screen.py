"""Care reports as pages: the list, the form by which one is sent, and one on paper. Pure; twin of static/worker/care_report_screen.js."""

from __future__ import annotations

from typing import Any

from blueprints import cared, screen
from blueprints.engine import words
from card.care_report import VITAL, lacks
from card.doubt import ground_asked
from card.entry import trimmed
from card.fold import Card
from card.form import Fields, read_form
from card.prefill import prefill_report
from card.vocabulary import TYPES

SENT = "care_report.sent"
SITUATION: str = TYPES["care_report"]["situation"]
GROUPS = ("for_us", "by_us", "taken_up", "done")
# What the form asks in the place of the box: whether to send it although something is missing.
APART = ("incomplete",)


def care_report_list(*, frame: screen.Frame, cards: list[Card]) -> screen.Screen:
    """Sent and received, what waits for us first; the newest first."""
    rows = [cared.row(frame, card) for card in sorted(cards, key=lambda card: str(card["id"]), reverse=True)]
    return "care_reports/list.html", {**frame, "groups": screen.in_groups(rows, GROUPS)}


def care_report_form(*, frame: screen.Frame, card: str, incident: Card | None, values: dict[str, list[str]], errors: dict[str, str]) -> screen.Screen:
    """The form; from a card it begins with what its writer may share of that."""
    begun = begins_with(frame, incident)
    known = values or begun
    fields = [one for one in screen.fields_of(frame, SENT, known, errors, begun) if one["name"] not in APART]
    place = next(one for one in screen.fields_of(frame, "card.opened", known, errors) if one["name"] == "place")
    return "care_reports/new.html", {
        **frame,
        "card_id": card,
        "incident": incident["id"] if incident else None,
        "kind": SENT,
        "fields": [{**one, "required": one["required"] or one["name"] in VITAL} for one in [*fields[:3], place, *fields[3:]]],
        "others": receivers(frame),
        "problems": screen.problems(SENT, errors),
        "lacking": "vital_report" in errors.values(),
        "audiences": screen.theirs(frame) if incident else [],
        "audience": (known.get("audience") or ["all"])[0],
    }


def care_report_print(*, frame: screen.Frame, card: Card) -> screen.Screen:
    return "care_reports/print.html", {**frame, "card": card, "care_report": cared.report_of(frame, card)}


def begins_with(frame: screen.Frame, incident: Card | None) -> dict[str, list[str]]:
    if incident is None:
        return {}
    place = trimmed(incident["place"]) if isinstance(incident["place"], str) else ""
    told = {**prefill_report(incident, words(frame["lang"]), frame["viewer"]["org"]), **({"place": place} if place else {})}
    return {name: [text] for name, text in told.items()}


def receivers(frame: screen.Frame) -> list[dict[str, Any]]:
    return [one for one in frame["organisations"].values() if one["id"] != frame["viewer"]["org"]]


def read_care_report(frame: screen.Frame, fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    """The body of the report with its place, and per field what is wrong. What is missing is asked, unless its writer sends it all the same."""
    body, errors = read_form(SENT, fields, frame["now"])
    opened, wrong = read_form("card.opened", {"place": fields.get("place", []), "situation": [SITUATION]}, frame["now"])
    if "to" in body and body["to"] not in [one["id"] for one in receivers(frame)]:
        errors["to"] = "wrong"
    missing, anyway = lacks(body), body.pop("incomplete", False)
    if missing and anyway:
        body["incomplete"] = True
    elif missing:
        errors = {**dict.fromkeys(missing, "vital_report"), **errors}
    errors = {**errors, **wrong}
    asked = None if errors else ground_asked(SENT, body, "all") or ground_asked("card.opened", {**opened, **_ground(body)}, "all")
    return {**body, "place": opened.get("place")}, {**errors, **({"ground": asked} if asked else {})}


def report_drafts(told: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    """The entries of the report's own card. Nothing in it points at the card that it was made from."""
    body = {name: value for name, value in told.items() if name != "place"}
    opened = {"situation": SITUATION, "place": told["place"], "type": "care_report", **_ground(told)}
    return [("card.opened", opened, "all"), (SENT, body, "all")]


def made(told: dict[str, Any], report: str) -> dict[str, Any]:
    """What the card that it was made from says of it: that it was, and to whom."""
    return {"report": report, **{name: told[name] for name in ("to", "to_name") if name in told}}


def _ground(told: dict[str, Any]) -> dict[str, Any]:
    return {"ground": told["ground"]} if "ground" in told else {}
