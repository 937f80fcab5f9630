"""Domiciles: at whose address an offence can be reported, from the organisations' own pages (the book `directory`; report 4.2.3). Pure; twin of
static/worker/domiciles.js.
"""

from __future__ import annotations

from typing import Any

from card.fold import Card

Frame = dict[str, Any]


def domiciles(frame: Frame, card: Card, directory: dict[str, Any] | None) -> list[dict[str, str]]:
    """Of the organisations on the card, care first because its people report most, those that say at what address: `{"org", "address"}`."""
    pages = (directory or {}).get("organisations") or {}
    told = [{"org": org, "address": pages[org].get("domicile") or ""} for org in card["organisations"] if org in pages]
    return sorted((one for one in told if one["address"]), key=lambda one: domain(frame, one["org"]) != "care")


def proposed(frame: Frame, told: list[dict[str, str]]) -> str | None:
    """The address to begin with: of one's own organisation for care; or else of the only care organisation there is."""
    care = [one for one in told if domain(frame, one["org"]) == "care"]
    mine = [one for one in care if one["org"] == frame["viewer"]["org"]] or (care if len(care) == 1 else [])
    return mine[0]["address"] if mine else None


def given_address(given: list[str], told: list[dict[str, str]]) -> dict[str, str]:
    """What the form was given, as `chosen` (an address that is offered; `true` of the employer, `false` one's own) and `typed` (another one)."""
    offered = [one["address"] for one in told] + ["true", "false"]
    return {
        "chosen": next((text for text in given if text in offered), ""),
        "typed": next((text for text in reversed(given) if text and text not in offered), ""),
    }


def domain(frame: Frame, org: str) -> str | None:
    found: str | None = frame["organisations"].get(org, {}).get("domain")
    return found
