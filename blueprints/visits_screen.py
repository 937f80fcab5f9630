"""Visits on the screen: my week, the form of one visit, asking for one, a contact, handing over. Pure; twin of static/worker/visits_screen.js.

A visit belongs to a contact by its key: the organisation, or the place where there is none. Whose a visit is follows from whose the contact is, so
that a successor has the open ends too; what no contact knows is of who wrote it.
"""

from __future__ import annotations

from math import floor
from typing import Any

from card.anonymous import is_anonymous
from card.card_type import sections_of
from card.clock import date
from card.doubt import ground_asked
from card.entry import trimmed
from card.fold import Card
from card.form import read_form
from card.rhythm import days_between, due_on, is_overdue, week_of
from card.vocabulary import KINDS

Frame = dict[str, Any]
Fields = dict[str, list[str]]
Screen = tuple[str, dict[str, Any]]
Draft = tuple[str, dict[str, Any], str]

TOPICS: list[str] = KINDS["visit.logged"]["fields"]["topics"]["choices"]
RHYTHMS: list[str] = KINDS["contact.kept"]["fields"]["rhythm"]["choices"]
GROUNDS: list[str] = KINDS["visit.logged"]["fields"]["ground"]["choices"]
OTHER = "other"
# The first of what was talked about says what kind of situation it is (report, table 2).
SITUATIONS = {
    "informal_consultation": "informal_consultation", "anonymous_consultation": "informal_consultation", "criminal_law_advice": "criminal_law_advice",
    "stern_talk": "stern_talk", "lower_threshold": "lower_threshold", "worry": "worry",
}  # fmt: skip


def overview(*, frame: Frame, cards: list[Card]) -> Screen:
    if frame["viewer"]["domain"] != "police":
        return "visits/asked.html", {**frame, "rows": [_shared_row(frame, card) for card in cards if card["type"] == "visit"]}
    today, week = today_of(frame), week_of(today_of(frame))
    keepers = _keepers(cards)
    rows, mine = contact_rows(frame, cards), [card for card in cards if _is_mine(frame, keepers, card)]
    planned, follow_ups = _planned(frame, cards, mine), _follow_ups(mine)
    return "visits/week.html", {
        **frame,
        "today": today,
        "week": week,
        "asked": [_asked_row(card) for card in mine if _is_open_question(card)],
        "planned": [one for one in planned if one["on"] <= week["until"]],
        "planned_later": [one for one in planned if one["on"] > week["until"]],
        "follow_ups": [one for one in follow_ups if not one["done"] and one["on"] <= week["until"]],
        "follow_ups_later": [one for one in follow_ups if not one["done"] and one["on"] > week["until"]],
        "follow_ups_done": [one for one in follow_ups if one["done"] and week["from"] <= date(one["done"]["at"]) <= week["until"]],
        "done": [one for one in _logged(mine) if week["from"] <= one["item"]["body"]["on"] <= week["until"]],
        "contacts": [row for row in rows if row["mine"]],
        "others": [row for row in rows if not row["mine"]],
    }


def agenda(*, frame: Frame, cards: list[Card], whole: bool = False) -> list[dict[str, Any]]:
    """What has a day on it: visits that are planned, follow-ups, and when a contact is due. Of the viewer's own, as in my week; care has no week of
    its own, and sees the visits that were shared with it; `whole`: of the whole organisation.
    """
    visits, keepers = [card for card in cards if card["type"] == "visit"], _keepers(cards)
    if not whole and frame["viewer"]["domain"] == "police":
        visits = [card for card in visits if _is_mine(frame, keepers, card)]
    whom = {card["id"]: key_of(card) for card in cards}
    contacts = [row for row in contact_rows(frame, cards) if row["due"] and (whole or row["mine"])]
    rows = [{"what": "visit", "card": one["card"], "id": one["card"], "on": one["on"]} for one in _planned(frame, cards, visits)]
    rows += [{"what": "follow_up", "card": one["card"], "id": one["id"], "on": one["on"]} for one in _follow_ups(visits) if not one["done"]]
    rows += [{"what": "due", "card": row["card"], "id": row["card"], "on": row["due"]} for row in contacts]
    return sorted(({**row, "whom": whom[row["card"]]} for row in rows), key=lambda row: (row["on"], row["what"], row["id"]))


def new_visit(*, frame: Frame, cards: list[Card], to: Card | None, values: Fields, errors: dict[str, str]) -> Screen:
    """`values`: what was typed, or where the form begins. Of a visit that was asked for or planned (`to`) the organisation is known."""
    contacts = contact_rows(frame, cards)
    known = [row["whom"] for row in contacts]
    return "visits/new.html", {
        **frame,
        "contacts": sorted(contacts, key=lambda row: not row["mine"]),
        "organisations_besides": [one for one in frame["organisations"].values() if one["domain"] == "care" and one["id"] not in known],
        "to": {"id": to["id"], "place": to["place"]} if to else None,
        "topics": TOPICS,
        "topics_given": values.get("topics", []),
        "given": {name: texts[0] for name, texts in values.items() if texts},
        "grounds": GROUNDS,
        "errors": errors,
        "problems": _problems(errors),
    }


def ask_visit(*, frame: Frame, values: Fields, errors: dict[str, str]) -> Screen:
    return "visits/ask.html", {
        **frame,
        "police": [one for one in frame["organisations"].values() if one["domain"] == "police"],
        "given": {name: texts[0] for name, texts in values.items() if texts},
        "grounds": GROUNDS,
        "errors": errors,
        "problems": _problems(errors),
    }


def new_contact(*, frame: Frame, cards: list[Card], values: Fields, errors: dict[str, str]) -> Screen:
    known = [row["whom"] for row in contact_rows(frame, cards)]
    return "visits/contact.html", {
        **frame,
        "organisations_besides": [one for one in frame["organisations"].values() if one["domain"] == "care" and one["id"] not in known],
        "rhythms": RHYTHMS,
        "given": {name: texts[0] for name, texts in values.items() if texts},
        "errors": errors,
        "problems": _problems(errors),
    }


def handing_over(*, frame: Frame, cards: list[Card], colleagues: dict[str, Any], values: Fields, errors: dict[str, str]) -> Screen:
    """Everything that a successor must know, on one screen: per organisation who knows whom, the rhythm, the last visit, what is still open."""
    me = frame["viewer"]["person"]
    return "visits/handover.html", {
        **frame,
        "contacts": [row for row in contact_rows(frame, cards) if row["mine"]],
        "colleagues": [{**one, "id": id_} for id_, one in colleagues.items() if id_ != me],
        "given": {name: texts[0] for name, texts in values.items() if texts},
        "errors": errors,
        "problems": _problems(errors),
    }


def read_visit(frame: Frame, fields: Fields, to: Card | None) -> tuple[list[Draft], dict[str, str], str]:
    """The entries that a form of a visit is, per field what is wrong, and the key of what was visited."""
    organisation, place = _whom(frame, fields) if to is None else (_key_organisation(frame, to), str(to["place"] or ""))
    topics = fields.get("topics", [])
    anonymous = "anonymous_consultation" in topics or (to is not None and is_anonymous_visit(to))
    hidden = {"anonymous": ["true"]} if anonymous else {}
    told = {**fields, "organisation": [organisation], **hidden}
    logged, errors = read_form("visit.logged", {**told, "on": fields["on"] if _first(fields, "on") else [today_of(frame)]}, frame["now"])
    shared = "share" in fields and organisation != "" and not anonymous
    audience = "all" if shared else "org"
    drafts: list[Draft] = []
    if to is None:
        drafts, wrong = _opening(fields, place, topics, hidden, organisation if shared else "")
        errors = {**wrong, **errors} if place else {"whom": "required", **errors}
    ground = None if errors else ground_asked("visit.logged", logged, audience)
    errors |= {"ground": ground} if ground else {}
    follow, wrong = _follow_up(fields, hidden, frame["now"])
    return [*drafts, ("visit.logged", logged, audience), *follow], errors | wrong, organisation or place


def read_question(frame: Frame, fields: Fields) -> tuple[list[Draft], dict[str, str]]:
    """Care asks for a visit: the entries, and per field what is wrong."""
    whom, own = _first(fields, "organisation"), frame["organisations"].get(frame["viewer"]["org"], {}).get("name", "")
    asked, errors = read_form("visit.asked", fields, frame["now"])
    if frame["organisations"].get(whom, {}).get("domain") != "police":
        errors = {"organisation": "required", **errors}
    ground = None if errors else ground_asked("visit.asked", asked, "all")
    opening = {"situation": "invest_in_relation", "place": own or frame["viewer"]["org"], "type": "visit"}
    drafts = [("card.opened", opening, "all"), ("card.shared", {"organisation": whom}, "all"), ("visit.asked", asked, "all")]
    return drafts, errors | ({"ground": ground} if ground else {})


def read_contact(frame: Frame, fields: Fields) -> tuple[list[Draft], dict[str, str]]:
    organisation, place = _whom(frame, fields)
    kept, errors = read_form("contact.kept", {**fields, "organisation": [organisation]}, frame["now"])
    if not place:
        errors = {"organisation": "required", **errors}
    drafts = [("card.opened", {"situation": "lower_threshold", "place": place, "type": "contact"}, "all"), ("contact.kept", kept, "org")]
    if any(_first(fields, name) for name in ("function", "name", "since")):
        known, wrong = read_form("contact.known", fields, frame["now"])
        return [*drafts, ("contact.known", known, "org")], errors | wrong
    return drafts, errors


def read_handing_over(colleagues: dict[str, Any], fields: Fields, now_ms: int) -> tuple[dict[str, Any], dict[str, str]]:
    body, errors = read_form("contact.handed_over", fields, now_ms)
    return body, errors if body.get("person") in colleagues else {**errors, "person": "required"}


def contact_rows(frame: Frame, cards: list[Card]) -> list[dict[str, Any]]:
    """The contacts, what is due first in front; the ones that are late are those."""
    visits = _by_key(cards)
    rows = [_contact_row(frame, visits.get(key_of(card), []), card) for card in cards if _is_contact(card)]
    return sorted(rows, key=lambda row: (row["due"] or "9999", row["card"]))


def contact_of(cards: list[Card], key: str) -> Card | None:
    """The contact with what was visited, newest first as cards come."""
    return next((card for card in cards if _is_contact(card) and key_of(card) == key), None)


def key_of(card: Card) -> str:
    said = [*card["contact"]["heads"], *card["visit"]["logged"]]
    named = next((item["body"]["organisation"] for item in said if isinstance(item["body"].get("organisation"), str)), "")
    asked = card["visit"]["asked"]
    return str(named or (asked[0]["org"] if asked else "") or card["place"] or "")


def is_anonymous_visit(card: Card) -> bool:
    """A card on which no text may name somebody, whoever writes it: the form refuses what the incident's form only asks about."""
    logged = any(item["body"].get("anonymous") is True for item in card["visit"]["logged"])
    return (logged or is_anonymous(card)) and "visit" in sections_of(card)


def today_of(frame: Frame) -> str:
    return date(f"{frame['now']:013d}-")


def rounded(degrees: float) -> float:
    """About a kilometre: two digits of a degree."""
    return floor(degrees * 100 + 0.5) / 100


def _contact_row(frame: Frame, visits: list[Card], card: Card) -> dict[str, Any]:
    contact = card["contact"]
    kept = contact["heads"][-1]["body"] if contact["heads"] else {}
    days = [item["body"]["on"] for one in visits for item in one["visit"]["logged"]]
    last = max([*days, *([contact["visited"]] if contact["visited"] else [])], default=None)
    since = last or (date(card["opened"]["at"]) if card["opened"] else None)
    due = due_on(kept["rhythm"], since) if since and kept.get("rhythm") in RHYTHMS else None
    late = due is not None and is_overdue(due, today_of(frame))
    given = contact["handed_over"][-1] if contact["handed_over"] else None
    organisation = kept.get("organisation") or ""
    return {
        "card": card["id"],
        "place": card["place"],
        "whom": organisation or f"~{card['place']}",
        "rhythm": kept.get("rhythm"),
        "last": last,
        "due": due,
        "overdue": late,
        "days": days_between(due, today_of(frame)) if due and late else 0,
        "known": contact["known"],
        "keeper": contact["keeper"],
        "mine": contact["keeper"] == frame["viewer"]["person"],
        "given": given if given and given["body"]["person"] == frame["viewer"]["person"] else None,
        "follow_ups": [one for one in _follow_ups(visits) if not one["done"]],
    }


def _is_contact(card: Card) -> bool:
    return bool(card["type"] == "contact" and not card["closed"])


def _by_key(cards: list[Card]) -> dict[str, list[Card]]:
    """The visits to each."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        if card["type"] == "visit":
            found.setdefault(key_of(card), []).append(card)
    return found


def _keepers(cards: list[Card]) -> dict[str, str]:
    """Whose the contact with each is; of two contacts the newest counts."""
    return {key_of(card): card["contact"]["keeper"] for card in reversed(cards) if _is_contact(card)}


def _is_mine(frame: Frame, keepers: dict[str, str], card: Card) -> bool:
    if card["type"] != "visit":
        return False
    me, key = frame["viewer"]["person"], key_of(card)
    if key in keepers:
        return bool(keepers[key] == me)
    visit = card["visit"]
    return any(item["by"] == me for item in [*visit["heads"], *visit["logged"]]) or _is_open_question(card)


def _is_open_question(card: Card) -> bool:
    visit = card["visit"]
    return len(visit["asked"]) > 0 and not visit["heads"] and not visit["logged"]


def _asked_row(card: Card) -> dict[str, Any]:
    return {"card": card["id"], "place": card["place"], "item": card["visit"]["asked"][-1]}


def _planned(frame: Frame, cards: list[Card], mine: list[Card]) -> list[dict[str, Any]]:
    """What was planned and not done, and the next visits that were said at the last one; by day."""
    rows, visits = [], _by_key(cards)
    for card in mine:
        visit = card["visit"]
        days = [item["body"]["on"] for item in visit["heads"] if item["kind"] == "visit.planned" and not visit["logged"]]
        if visit["logged"]:
            last = visit["logged"][-1]["body"]
            later = [item["body"]["on"] for one in visits[key_of(card)] for item in one["visit"]["logged"]]
            days = [last["next"]] if isinstance(last.get("next"), str) and max(later) <= last["on"] else []
        said_again = len(visit["logged"]) > 0
        rows += [
            {"card": card["id"], "place": card["place"], "on": day, "late": day < today_of(frame), "to": None if said_again else card["id"]}
            for day in days
        ]
    return sorted(rows, key=lambda row: (row["on"], row["card"]))


def _follow_ups(cards: list[Card]) -> list[dict[str, Any]]:
    rows = [
        {
            "card": card["id"], "place": card["place"], "id": one["item"]["id"], "what": one["item"]["body"]["what"], "on": one["item"]["body"]["on"],
            "done": one["done"],
        }
        for card in cards for one in card["visit"]["follow_ups"]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["on"], row["id"]))


def _logged(cards: list[Card]) -> list[dict[str, Any]]:
    rows = [{"card": card["id"], "place": card["place"], "item": item} for card in cards for item in card["visit"]["logged"]]
    return sorted(rows, key=lambda row: (row["item"]["body"]["on"], row["item"]["id"]), reverse=True)


def _shared_row(frame: Frame, card: Card) -> dict[str, Any]:
    """What care sees of a visit: its own question with what became of it, and what was shared of the visit."""
    visit = card["visit"]
    state = "done" if visit["logged"] else "open"
    if visit["heads"] and not visit["logged"]:
        state = "planned" if visit["heads"][-1]["kind"] == "visit.planned" else "answered"
    police = [org for org in card["organisations"] if frame["organisations"].get(org, {}).get("domain") == "police"]
    return {
        "card": card["id"],
        "place": card["place"],
        "police": police,
        "state": state,
        **{name: visit[name] for name in ("asked", "heads", "logged")},
    }


def _opening(fields: Fields, place: str, topics: list[str], hidden: Fields, shared_with: str) -> tuple[list[Draft], dict[str, str]]:
    situation = next((SITUATIONS[topic] for topic in topics if topic in SITUATIONS), "invest_in_relation")
    where = {} if hidden else {name: fields.get(name, []) for name in ("lat", "lng")}
    body, errors = read_form("card.opened", {"situation": [situation], "place": [place], "type": ["visit"], **hidden, **where}, 0)
    body |= {name: rounded(body[name]) for name in ("lat", "lng") if isinstance(body.get(name), int | float)}
    sharing: list[Draft] = [("card.shared", {"organisation": shared_with}, "all")] if shared_with else []
    return [("card.opened", body, "all"), *sharing], errors


def _follow_up(fields: Fields, hidden: Fields, now_ms: int) -> tuple[list[Draft], dict[str, str]]:
    asked = {"what": fields.get("follow_what", []), "on": fields.get("follow_on", [])}
    if not any(trimmed(text) for texts in asked.values() for text in texts):
        return [], {}
    body, errors = read_form("follow_up.set", {**asked, **hidden}, now_ms)
    return [("follow_up.set", body, "org")], {f"follow_{name}": code for name, code in errors.items()}


def _whom(frame: Frame, fields: Fields) -> tuple[str, str]:
    """The organisation, or nothing, and what the place is called."""
    chosen = _first(fields, "whom")
    if chosen.startswith("~"):
        return "", chosen[1:]
    named = chosen if chosen and chosen != OTHER else _first(fields, "organisation")
    if named in frame["organisations"]:
        return named, str(frame["organisations"][named]["name"])
    return "", _first(fields, "place")


def _key_organisation(frame: Frame, card: Card) -> str:
    key = key_of(card)
    return key if key in frame["organisations"] else ""


def _first(fields: Fields, name: str) -> str:
    return trimmed((fields.get(name) or [""])[0])


def _problems(errors: dict[str, str]) -> list[dict[str, str]]:
    return [{"field": name, "code": code} for name, code in errors.items()]
