"""Accords: what the screens say of an agreement on a person or a place: who agreed, how long it holds, and which hold where a card is. Pure; twin of
static/worker/accords.js. `frame["accords"]` are the folded cards of agreements that this viewer may see, on pages that show which fit.
"""

from __future__ import annotations

from typing import Any

from blueprints.directory_screen import tel
from card.accord import RENEW_DAYS, lasts, that_fit
from card.clock import day_number, local_day
from card.fold import Card


def accord_of(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    org, accord = frame["viewer"]["org"], card["accord"]
    return {
        "versions": [_version(card, item, org) for item in accord["versions"]],
        "withdrawn": accord["withdrawn"],
        "lasts": lasts(card, frame["now"]),
        "renew": lasts(card, frame["now"]) and _days_left(frame, card) <= RENEW_DAYS,
    }


def here(frame: dict[str, Any], card: Card) -> list[dict[str, Any]]:
    """The agreements that hold where this card is, or for whom it is about."""
    fit = that_fit(card, frame.get("accords") or [], frame["now"])
    return [{"id": one["id"], "place": one["place"], "about": one["about"], **accord_of(frame, one)} for one in fit]


def row(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """An agreement in the list. `group`: to_agree, renew, holds or ended."""
    said = accord_of(frame, card)
    version = said["versions"][0]["item"]["body"] if said["versions"] else None
    return {
        **{name: card[name] for name in ("id", "place", "about", "organisations")},
        "text": version and version["text"],
        "until": card["accord"]["until"],
        "group": _group(card, said),
    }


def _group(card: Card, said: dict[str, Any]) -> str:
    if said["withdrawn"] or card["closed"] or (said["versions"] and not said["lasts"]):
        return "ended"
    if not said["versions"] or not all(one["mine"] for one in said["versions"]):
        return "to_agree"
    return "renew" if said["renew"] else "holds"


def _days_left(frame: dict[str, Any], card: Card) -> int:
    return day_number(card["accord"]["until"]) - local_day(frame["now"])


def _version(card: Card, item: dict[str, Any], org: str) -> dict[str, Any]:
    agreed = sorted({item["org"], *(one["org"] for one in card["accord"]["agreed"] if one["accord"] == item["id"])})
    phone = item["body"].get("phone")
    return {
        "item": item, "orgs": agreed, "mine": org in agreed, "not_yet": [one for one in card["organisations"] if one not in agreed],
        "tel": tel(phone) if isinstance(phone, str) and any(one.isdigit() for one in phone) else None,
    }  # fmt: skip
