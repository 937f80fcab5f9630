"""Actions: what the screens say of a plan that two sides prepare (card/action.py): its versions and who agreed with what stands there now, its tasks
and who stands there, and how soon it begins. Pure; twin of static/worker/actions.js.
"""

from __future__ import annotations

from typing import Any

from card.action import not_started
from card.clock import date, instant_ms
from card.fold import Card

# Where a task has one stand, as the card says where somebody is.
POSITIONS = {"inside": "in_sight"}
NEAR_MS = 12 * 3600 * 1000


def action_of(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    action, org = card["action"], frame["viewer"]["org"]
    tasks = [item["id"] for item in action["tasks"]]
    return {
        "versions": [_version(frame, card, item, tasks, org) for item in action["versions"]],
        "tasks": [_task(card, item) for item in action["tasks"]],
        "task_ids": tasks,
        "called_off": action["called_off"],
        "late": not_started(card, frame["now"]),
        "planned": card["type"] == "plan",
    }


def begun(versions: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What the form of a new version begins with: the version that stands there. What was ticked is ticked again by hand."""
    body = versions[-1]["body"] if versions else {}
    return {name: value if isinstance(value, list) else [value] for name, value in body.items() if isinstance(value, list | str)}


def row(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """A plan in the list of plans. `group`: late, to_agree, today, coming or called_off; no version is still to agree."""
    action = action_of(frame, card)
    version = action["versions"][0]["item"]["body"] if action["versions"] else None
    return {
        **{name: card[name] for name in ("id", "place", "situation", "about", "organisations")},
        "purpose": version and version["purpose"],
        "day": version and version["day"],
        "start": version and version["start"],
        "group": _group(frame, card, action),
    }


def is_near(frame: dict[str, Any], card: Card) -> bool:
    """Whether a plan is of today or of this night, or should have begun."""
    starts = card["action"]["starts"]
    if starts is None:
        return False
    return instant_ms(starts) - frame["now"] < NEAR_MS or date(starts) == date(f"{frame['now']:013d}-")


def _group(frame: dict[str, Any], card: Card, action: dict[str, Any]) -> str:
    if action["called_off"] or card["closed"]:
        return "called_off"
    if action["late"]:
        return "late"
    if not action["versions"] or not all(one["both"] for one in action["versions"]):
        return "to_agree"
    return "today" if is_near(frame, card) else "coming"


def _version(frame: dict[str, Any], card: Card, item: dict[str, Any], tasks: list[str], org: str) -> dict[str, Any]:
    """Who wrote it agrees with it, as long as the other side added no task; who agreed did so with just the tasks that stood there."""
    said = [one for one in card["action"]["agreed"] if one["version"] == item["id"]]
    later = [one for one in card["action"]["tasks"] if (one["at"], one["id"]) > (item["at"], item["id"]) and one["org"] != item["org"]]
    agree = {one["org"] for one in said if set(tasks) == set(one["tasks"])} | (set() if later else {item["org"]})
    domains = {frame["organisations"].get(one, {}).get("domain") for one in agree}
    return {
        "item": item,
        "orgs": sorted(agree),
        "before": sorted({item["org"], *(one["org"] for one in said)} - agree),
        "both": {"police", "care"} <= domains,
        "mine": org in agree,
    }


def _task(card: Card, item: dict[str, Any]) -> dict[str, Any]:
    stands = item["body"].get("stands")
    return {
        "item": item,
        "position": POSITIONS.get(stands, stands) or "in_sight",
        "here": [one["person"] for one in card["present"] if one["item"]["body"].get("task") == item["id"]],
    }
