"""Screens of the directory: whom can I call now, one service, and the page of an organisation. Pure; twin of static/worker/directory_screen.js.

`book` is what this viewer may see of the directory (store/directory.py); `asked` what the address asks: card, situation, for, open, q.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from card.clock import clock, dated, day, instant_ms, local_day
from card.consultation import ANSWER_DAYS
from card.entry import is_uuid7, trimmed
from card.heads import by_text
from card.opening_hours import iso_date, openness, weekday_of
from card.vocabulary import KINDS, OVERDUE_STEPS, SITUATIONS

Frame = dict[str, Any]
Row = dict[str, Any]
Screen = tuple[str, dict[str, Any]]

ASKED = ("card", "situation", "for", "open", "q")
PURPOSES = KINDS["service.requested"]["fields"]["for"]["choices"]
LEVELS = ("operational", "management", "board")
UNCHECKED_DAYS = 90
SAID = {"kept": "page.directory.said.kept", "checked": "page.directory.said.checked"}
DAY_MS = 24 * 60 * 60 * 1000
NOTHING: dict[str, Any] = {"services": [], "organisations": {}}
NO_PAGE = {"expect": "", "leave_at_door": "", "domicile": "", "agreed": list(OVERDUE_STEPS), "answer_days": ANSWER_DAYS, "contacts": {}}


def directory(*, frame: Frame, book: dict[str, Any], asked: dict[str, str]) -> Screen:
    """Open first: what is meant for this situation, then the other side before the own one; and what is closed by when it opens."""
    known = understood(asked)
    rows = [row(frame, one, known) for one in book["services"] if fits(frame, one, known)]
    opened = sorted((one for one in rows if one["open"]), key=lambda one: (one["general"], one["own"], one["kind"] == "person", by_text(one["name"])))
    shut = sorted((one for one in rows if not one["open"]), key=lambda one: (one["opens"] or "9", by_text(one["name"])))
    return "directory/list.html", {
        **frame,
        "asked": known,
        "back": f"/cards/{known['card']}" if known["card"] else "/",
        "contexts": SITUATIONS,
        "purposes": PURPOSES,
        "opened": opened,
        "shut": [] if known["open"] else shut,
        "left_out": len(shut) if known["open"] else 0,
        "due_ms": min((instant_ms(one["until"] or one["opens"]) for one in rows if one["until"] or one["opens"]), default=None),
        "any": len(book["services"]) > 0,
        "all": address("/directory", {"card": known["card"]}),
        "with_shut": address("/directory", {**known, "open": ""}),
        "may_add": frame["viewer"]["role"] in ("lead", "admin"),
    }


def service(*, frame: Frame, book: dict[str, Any], id: str, asked: dict[str, str], may_keep: bool) -> Screen | None:
    """One of them; None when this viewer's book has none with this id."""
    known = understood(asked)
    one = next((one for one in book["services"] if one["id"] == id), None)
    if one is None:
        return None
    return "directory/service.html", {
        **frame,
        "one": row(frame, one, known),
        "hours": hours_of(frame, one["hours"]),
        "kitchen": address(f"/organisations/{one['organisation']}", known),
        "back": address("/directory", known),
        "may_keep": may_keep,
        "said": SAID.get(asked.get("said", "")),
    }


def kitchen(*, frame: Frame, book: dict[str, Any], org: str, asked: dict[str, str], may_keep: bool) -> Screen | None:
    """What to expect of an organisation, what to leave at the door, its services, and its contacts on three levels for this viewer's."""
    if org not in frame["organisations"]:
        return None
    known = understood(asked)
    page = book["organisations"].get(org, NO_PAGE)
    contacts = [
        {"level": level, **page["contacts"][level], "tel": tel(page["contacts"][level]["phone"])} for level in LEVELS if page["contacts"].get(level)
    ]
    return "directory/kitchen.html", {
        **frame,
        "org": org,
        "page": page,
        "contacts": contacts,
        "services": [row(frame, one, known) for one in book["services"] if one["organisation"] == org],
        "back": address("/directory", known),
        "may_keep": may_keep,
    }


def understood(asked: dict[str, str]) -> dict[str, str]:
    """What an address asks that means something; empty for the rest. Other systems may spell a situation with hyphens."""
    situations = [slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]]
    said = {name: asked.get(name, "") for name in ASKED}
    return {
        "card": said["card"] if is_uuid7(said["card"]) else "",
        "situation": next((slug for slug in situations if slug == said["situation"].replace("-", "_")), ""),
        "for": said["for"] if said["for"] in PURPOSES else "",
        "open": "1" if said["open"] else "",
        "q": trimmed(said["q"])[:100],
    }


def fits(frame: Frame, one: Row, asked: dict[str, str]) -> bool:
    """One that names no situation is for every situation."""
    if asked["situation"] and one["situations"] and asked["situation"] not in one["situations"]:
        return False
    if asked["for"] and asked["for"] not in one["for"]:
        return False
    organisation = frame["organisations"].get(one["organisation"], {}).get("name", "")
    text = " ".join([one["name"], one["function"], one["sector"], one["area"], organisation, *one["does"]]).lower()
    return all(word in text for word in asked["q"].lower().split(" "))


def row(frame: Frame, one: Row, asked: dict[str, str]) -> Row:
    """A service with whether it is open now, how to call it, and what else can be done with it from here."""
    state, checked = openness(one["hours"], frame["now"]), one["checked"]
    days = (frame["now"] - checked["at"]) // DAY_MS if checked else None
    moment = state["until"] if state["open"] else state["opens"]
    return {
        **one,
        **state,
        "moment": shown(moment, frame["now"]) if moment else None,
        "tel": tel(one["phone"]),
        "href": address(f"/directory/{one['id']}", asked),
        "ask": ask(one, asked),
        "general": bool(asked["situation"]) and not one["situations"],
        "own": frame["organisations"].get(one["organisation"], {}).get("domain") == frame["viewer"]["domain"],
        "unchecked_days": days if days is not None and days >= UNCHECKED_DAYS else None,
        "checked_on": dated(iso_date(local_day(checked["at"]))) if checked else None,
    }


def ask(one: Row, asked: dict[str, str]) -> str | None:
    """The form that asks this service, on the card that one came from. A key person is called, not asked."""
    if not asked["card"] or one["kind"] != "service":
        return None
    purpose = asked["for"] or (one["for"][0] if len(one["for"]) == 1 else "")
    return address(f"/cards/{asked['card']}/entries/new", {"kind": "service.requested", "service": one["id"], "for": purpose})


def shown(moment: str, now_ms: int) -> dict[str, str]:
    """A moment to come, as people say it: the clock, with the day when it is not today."""
    ahead = local_day(instant_ms(moment)) - local_day(now_ms)
    names = {0: "today", 1: "tomorrow"}
    weekday = str(weekday_of(local_day(instant_ms(moment)))) if ahead < 7 else ""
    return {"day": names.get(ahead, weekday), "date": day(moment), "clock": clock(moment)}


def hours_of(frame: Frame, hours: dict[str, Any]) -> dict[str, Any]:
    """The hours to read: a line a weekday, today marked, and the dates to come on which they are others."""
    today = local_day(frame["now"])
    exceptions = sorted(iso for iso in hours["exceptions"] if iso >= iso_date(today))
    return {
        "always": hours["always"],
        "week": [{"weekday": number, "spans": spans, "today": number == weekday_of(today)} for number, spans in enumerate(hours["week"])],
        "closed_on": hours["closed_on"],
        "exceptions": [{"weekday": date.fromisoformat(iso).weekday(), "date": dated(iso), "spans": hours["exceptions"][iso]} for iso in exceptions],
    }


def tel(phone: str) -> str:
    """A number as a telephone takes it (RFC 3966): digits, with a plus before them when it has one."""
    return ("+" if phone.startswith("+") else "") + re.sub(r"[^0-9]", "", phone)


def address(path: str, asked: dict[str, str]) -> str:
    told = [f"{name}={quote(text, safe=SAFE)}" for name, text in asked.items() if text]
    return path + (f"?{'&'.join(told)}" if told else "")


SAFE = "!*'()"
"""What JavaScript leaves as it is and Python would not (encodeURIComponent, ECMA-262)."""
