"""Action: what two sides prepare together beforehand (report 3.1.3, 4.1.3): a visit, an eviction, a removal. It becomes the live card at its start.

Every change is a new version. Whoever agrees does so with one version and with the tasks that stood beside it: a later change asks everybody again.
Versions that did not see each other stand side by side. Called off is the last word until somebody who saw it prepares anew. That it began is said by
the card itself, which turned into an incident (card/card_type.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.clock import instant_at, instant_ms
from card.gathered import Gathered
from card.heads import heads


def action(log: Gathered) -> dict[str, Any]:
    standing = heads(log.of("action.prepared", "action.called_off"))
    versions = [entry for entry in standing if entry["kind"] == "action.prepared"]
    dropped = {entry["body"]["task"] for entry in log.of("action.task_dropped")}
    moments = sorted(moment for entry in versions if (moment := instant_at(entry["body"]["day"], entry["body"]["start"])))
    return {
        "versions": log.items(versions),
        "called_off": log.items([entry for entry in standing if entry["kind"] == "action.called_off"]) if not versions else [],
        "tasks": log.items([entry for entry in log.of("action.task") if entry["id"] not in dropped]),
        "agreed": [
            {"version": entry["body"]["version"], "tasks": _ids(entry["body"]), "by": entry["by"], "org": entry["org"], "at": entry["at"]}
            for entry in log.of("action.agreed")
        ],
        "starts": moments[0] if moments else None,
    }


def not_started(card: Mapping[str, Any], now_ms: int) -> bool:
    """Whether a plan should have begun, and nobody began it, moved it or called it off."""
    starts = card["action"]["starts"]
    return bool(card["type"] == "plan" and not card["closed"] and starts is not None and now_ms >= instant_ms(starts))


def _ids(body: Mapping[str, Any]) -> list[str]:
    told = body.get("tasks")
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
