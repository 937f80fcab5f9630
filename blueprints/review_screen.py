"""Looking back as pages: from a card's log to what its review shows. Pure; the worker has no such pages."""

from __future__ import annotations

from typing import Any

from blueprints import screen
from card.fold import Card
from card.gathered import Gathered
from card.vocabulary import SITUATIONS
from review.against import beginnings, steps
from review.anonymous import anonymous
from review.facts import facts
from review.lanes import lanes
from review.marks import MARKS, marks
from review.period import MINUTE_MS, period
from review.picture import picture
from review.seen import SIDES, seen_by_side
from store.looking_back import Row, Wanted
from store.looks import Looked

Frame = dict[str, Any]

TYPES = frozenset(slug for context in SITUATIONS for group in context["groups"] for slug in group["types"])


def wanted(frame: Frame, asked: dict[str, list[str]]) -> Wanted:
    """What a lead looks for, of what the address says; what it says beyond that counts for nothing."""
    situation, partner = ((asked.get(name) or [""])[0] for name in ("situation", "partner"))
    return Wanted(
        situation if situation in TYPES else "",
        partner if partner in frame["organisations"] and partner != frame["viewer"]["org"] else "",
        tuple(mark for mark in MARKS if mark in asked.get("mark", [])),
    )


def rows(found: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id, "situation": row.situation, "opened": stamp(row.opened_ms), "closed": stamp(row.closed_ms), "holders": row.holders,
            "marks": [mark for mark in MARKS if mark in row.marks], "minutes": max(0, row.closed_ms - row.opened_ms) // MINUTE_MS,
        }
        for row in found
    ]  # fmt: skip


def filters(frame: Frame, chosen: Wanted) -> dict[str, Any]:
    """What the form of the list begins with, and what there is to choose."""
    others = [one for one in frame["organisations"].values() if one["id"] != frame["viewer"]["org"]]
    return {"chosen": chosen, "contexts": SITUATIONS, "partners": sorted(others, key=lambda one: str(one["name"])), "marks": MARKS}


def looked_back(frame: Frame, card: Card, looked: Looked) -> dict[str, Any]:
    """The review of one card: what happened in short, the picture, what its guide asks, and every entry with who could see it since when."""
    log, now = Gathered(looked.entries), frame["now"]
    span, domains = period(log, now), {one["id"]: one["domain"] for one in frame["organisations"].values()}
    return {
        "facts": told(facts(log, now)),
        "marks": marks(log, now),
        "picture": with_moments(picture(lanes(log, now), span)),
        "since": stamp(span[0]),
        "until": stamp(span[1]),
        "beginnings": beginnings(card),
        "guides": steps(screen.guides_of(frame, card), card),
        "sides": {id_: shown(moments) for id_, moments in seen_by_side(looked.entries, looked.received_ms, domains).items()},
    }


def training(frame: Frame, looked: Looked) -> dict[str, Any]:
    return anonymous(Gathered(looked.entries), {one["id"]: one["domain"] for one in frame["organisations"].values()})


def told(found: dict[str, Any]) -> dict[str, Any]:
    apart = [{**one, "begins": stamp(one["begins_ms"]), "ends": stamp(one["ends_ms"])} for one in found["disagreements"]]
    return {**found, "disagreements": apart}


def with_moments(drawn: dict[str, Any]) -> dict[str, Any]:
    """The picture with its moments as templates show them."""
    for bar in (bar for lane in drawn["lanes"] for row in lane["rows"] for bar in row["bars"]):
        bar["begins"], bar["ends"] = stamp(bar["begins_ms"]), stamp(bar["ends_ms"])
    for tick in drawn["ticks"]:
        tick["at"] = stamp(tick["ms"])
        tick["anchor"] = "start" if tick["x"] < 8 else "end" if tick["x"] > 92 else "middle"
    return drawn


def shown(moments: dict[str, int | None]) -> list[dict[str, Any]]:
    """Since when each side could see an entry, and by how many minutes that was after the first who could."""
    first = min((ms for ms in moments.values() if ms is not None), default=0)
    return [
        {"side": side, "since": None if ms is None else stamp(ms), "after": 0 if ms is None else (ms - first) // MINUTE_MS}
        for side in SIDES
        for ms in [moments[side]]
    ]


def stamp(ms: int) -> str:
    """A moment as templates take it, in the form of a hybrid clock's stamp."""
    return f"{ms:013d}-"
