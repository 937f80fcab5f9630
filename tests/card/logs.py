"""Logs by chance, for the fold: everything that phones, gaps, clocks and other people's software can make of a card.

A log here is what a device may hold: valid entries of every kind, links to entries that came before, come after or never come, clocks that are
hours off, copies with and without the server's number, two contents under one id, kinds nobody knows yet, and bodies that mean nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from card.entry import Entry
from card.vocabulary import AUDIENCES, KINDS, SITUATIONS

BEGIN_MS = 1_795_486_000_000
SITUATION_SLUGS = frozenset(slug for context in SITUATIONS for group in context["groups"] for slug in group["types"])
CARD = "019a0000-0000-7000-8000-00000000cafe"
# The last two sort differently by code point and by UTF-16 unit.
ORGANISATIONS = ("noord", "crisisdienst", "dehaven", "huisarts \U0001f600", "huisarts \ufffd")
PEOPLE = ("jan", "fatima", "kees", "Ęwa \U0001f600", "constructor", "__proto__")
POINTS = {
    "offer": ("handover.offered",),
    "plan": ("plan.set",),
    "agreement": ("agreement.made",),
    "alarm": ("alarm.raised",),
    "version": ("action.prepared",),
    "accord": ("accord.set",),
    "asked": ("consultation.asked", "care_report.asked"),
    "report": ("care_report.sent",),
    "task": ("action.task",),
    "tasks": ("action.task",),
    "request": ("service.requested",),
    "follows": ("service.requested",),
    "question": ("safety.asked", "handover.asked"),
    "arrest": ("arrest.made",),
    "follow_up": ("follow_up.set",),
    "search": ("search.agreed",),
    "talk": ("return_talk.agreed",),
    "duties": ("risk.assessed", "handover.offered", "alarm.raised"),
    "gives": ("card.opened", "handover.offered"),
}
# What responsibility, risk, closing and waiting are made of comes as it happens: a beginning and its answers.
STORIES = (
    ("card.opened",),
    ("handover.offered", "handover.accepted"),
    ("handover.offered", "handover.accepted", "handover.released"),
    ("handover.offered", "handover.accepted", "handover.withdrawn"),
    ("handover.offered", "handover.declined", "handover.accepted"),
    ("risk.assessed", "risk.assessed", "risk.assessed"),
    ("alarm.raised", "alarm.ended"),
    ("card.closed",),
    ("risk.assessed", "card.closed"),
    ("card.shared", "card.unshared"),
    ("card.joined", "card.removed"),
    ("card.joined", "card.removed", "card.joined"),
    ("presence.arrived", "presence.left"),
    ("plan.set", "plan.agreed"),
    ("action.prepared", "action.task", "action.agreed", "action.prepared"),
    ("action.prepared", "action.called_off", "card.turned"),
    ("consultation.asked", "consultation.answered"),
    ("care_report.sent", "care_report.received", "care_report.asked", "care_report.answered"),
    ("care_report.sent", "care_report.taken_up", "care_report.done"),
    ("accord.set", "accord.agreed", "accord.withdrawn", "accord.set"),
    ("observation.noted", "entry.corrected"),
    ("service.requested", "service.promised", "service.arrived"),
    ("service.requested", "service.declined", "service.acknowledged", "service.escalated"),
    ("handover.offered", "handover.asked", "handover.answered"),
    ("safety.asked", "safety.answered", "safety.answered"),
    ("arrest.made", "arrest.ended"),
    ("visit.asked", "visit.planned", "visit.answered", "visit.logged"),
    ("follow_up.set", "follow_up.done", "follow_up.reopened", "follow_up.done"),
    ("contact.kept", "contact.visited", "contact.handed_over", "contact.handed_over"),
    ("urgency.judged", "urgency.judged", "urgency.judged"),
    ("missing.reported", "missing.found", "missing.back"),
    ("search.agreed", "search.done"),
    ("return_talk.agreed", "return_talk.done"),
    ("arrest.made", "report.decided", "report.decided"),
)
MOST = 24


def entry_id(number: int) -> str:
    return f"019a0000-{number:04x}-7000-8000-{number * 7919 % 65536:012x}"


IDS = tuple(entry_id(number) for number in range(MOST + 3))  # the last ones never arrive

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=0, max_size=12)
filled = texts.map(lambda text: f"x{text}")
safe_numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: abs(number) < 2**53 or not number.is_integer()
)
plain_json = st.recursive(
    st.none() | st.booleans() | safe_numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.sampled_from(["__proto__", "length", "constructor"]), inner, max_size=3),
    max_leaves=6,
)
instants = st.builds(
    lambda month, day, hour, minute, rest: f"2026-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}{rest}",
    st.integers(1, 12), st.integers(1, 28), st.integers(0, 23), st.integers(0, 59),
    st.sampled_from(["Z", ":00Z", ":59.9Z", ":30.123456789+02:00", "-11:59", ":00+23:59"]),
)  # fmt: skip
dates = st.builds(lambda month, day: f"2026-{month:02d}-{day:02d}", st.integers(1, 12), st.integers(1, 28))
stamps = st.builds(
    lambda hours, ms, counter, device: f"{BEGIN_MS + hours * 3_600_000 + ms:013d}-{counter:04x}-{device:08x}",
    st.integers(-5, 5), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3),
)  # fmt: skip


def mostly(usual: st.SearchStrategy[str], otherwise: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 5).flatmap(lambda chance: usual if chance else otherwise)


def links(name: str, by_kind: dict[str, list[str]]) -> st.SearchStrategy[str]:
    """Mostly to an entry that the field is about, sometimes to any other or to one that never arrives."""
    meant = [one for kind in POINTS.get(name, ()) for one in by_kind.get(kind, [])]
    return mostly(st.sampled_from(meant), st.sampled_from(IDS)) if meant else st.sampled_from(IDS)


def values(name: str, field: dict[str, Any], by_kind: dict[str, list[str]]) -> st.SearchStrategy[Any]:
    """What may stand in a field, by its type in kinds.json."""
    type_ = field["type"]
    if type_ in ("choice", "choices"):
        one = st.sampled_from(field["choices"])
        return one if type_ == "choice" else st.lists(one, max_size=3)
    if type_ in ("entry", "entries"):
        return links(name, by_kind) if type_ == "entry" else st.lists(links(name, by_kind), max_size=3)
    if type_ == "number":
        return st.floats(field["min"], field["max"]) | st.integers(field["min"], field["max"])
    if type_ == "override":
        return st.fixed_dictionaries({"reason": filled, "duties": st.lists(links("duties", by_kind), max_size=6)})
    return {
        "text": filled | st.sampled_from(ORGANISATIONS),
        "texts": st.lists(texts, max_size=2),
        "bool": st.booleans(),
        "bool_or_text": st.booleans() | filled,
        "minutes": st.sampled_from([[30, 45, 60], [5, 10, 15], [1, 2, 1440], [60, 30, 10], ["x"]]),
        "instant": instants,
        "date": dates,
        "clock": st.builds(lambda hour, minute: f"{hour:02d}:{minute:02d}", st.integers(0, 23), st.integers(0, 59)),
        "situation": st.sampled_from(sorted(SITUATION_SLUGS)),
        "organisation": st.sampled_from(ORGANISATIONS),
        "person": st.sampled_from(PEOPLE)
        | st.fixed_dictionaries({"name": st.sampled_from(PEOPLE)}, optional={"organisation": st.sampled_from([*ORGANISATIONS, ""])}),
    }[type_]


def bodies(kind: str, by_kind: dict[str, list[str]]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies that the kind allows, now and then with a field that nobody knows yet."""
    fields = KINDS[kind]["fields"]
    needed = {name for name, field in fields.items() if field.get("required") or field.get("required_when")} | set(
        KINDS[kind].get("at_least_one", ())[:1]
    )
    made = {name: values(name, field, by_kind) for name, field in fields.items()}
    return st.fixed_dictionaries(
        {name: made[name] for name in fields if name in needed},
        optional={**{name: made[name] for name in fields if name not in needed}, "from_the_future": plain_json},
    )


def junk_bodies(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = list(KINDS[kind]["fields"]) if kind in KINDS else ["any"]
    return st.dictionaries(st.sampled_from(fields) | texts, plain_json, max_size=4)


@cache
def stories() -> st.SearchStrategy[tuple[str, ...]]:
    unknown = st.sampled_from(["some.day", "constructor", "__proto__"])
    return st.sampled_from(STORIES) | st.sampled_from(STORIES) | st.tuples(st.sampled_from(sorted(KINDS)) | unknown)


@st.composite
def entries(draw: st.DrawFn, kind: str, id_: str, by_kind: dict[str, list[str]], org: str | None = None) -> Entry:
    usual = kind in KINDS and draw(st.integers(0, 11)) > 0
    replaced = mostly(st.sampled_from(by_kind[kind]), st.sampled_from(IDS))
    anybody = st.sampled_from(ORGANISATIONS)
    return {
        "id": id_, "card": CARD, "kind": kind, "at": draw(stamps), "by": draw(st.sampled_from(PEOPLE)),
        "org": draw(mostly(st.just(org), anybody) if org else anybody), "device": "7f3a9c21", "audience": draw(st.sampled_from(AUDIENCES)),
        "supersedes": draw(st.lists(replaced, max_size=2)), "body": draw(bodies(kind, by_kind) if usual else junk_bodies(kind)),
    }  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """Entries in any order, with copies; each id once or several times, with or without the server's number."""
    told = draw(st.integers(0, 9))
    written = [("card.opened",), *draw(st.lists(stories(), min_size=told, max_size=told))][draw(st.sampled_from([0, 0, 0, 1])) :]
    log = draw(_told(written))
    numbered = draw(st.integers(0, len(log)))
    for seq, entry in enumerate(draw(st.permutations(log))[:numbered], start=1):
        entry["seq"] = seq
    log += [_copy(draw, entry) for entry in (draw(st.lists(st.sampled_from(log), max_size=3)) if log else [])]
    missing = draw(st.sets(st.integers(0, len(log)), max_size=2))
    return draw(st.permutations([entry for place, entry in enumerate(log) if place not in missing]))


@st.composite
def _told(draw: st.DrawFn, written: list[tuple[str, ...]]) -> list[Entry]:
    """The entries of some stories. Who answers is mostly who was asked, about what was asked."""
    numbered = list(zip(IDS[:MOST], [(story, turn) for story in written for turn in range(len(story))], strict=False))
    by_kind: dict[str, list[str]] = {}
    for id_, (story, turn) in numbered:
        by_kind.setdefault(story[turn], []).append(id_)
    log: list[Entry] = []
    first, giver, receiver = "", "", ""
    for id_, (story, turn) in numbered:
        if turn == 0:
            first, giver, receiver = id_, draw(st.sampled_from(ORGANISATIONS[:3])), draw(st.sampled_from(ORGANISATIONS[:3]))
        kind = story[turn]
        entry = draw(entries(kind, id_, by_kind, giver if turn == 0 or kind == "handover.withdrawn" else receiver))
        if kind == "handover.offered" and isinstance(entry["body"].get("to"), str):
            entry["body"]["to"] = receiver
        if kind == "handover.accepted" and draw(st.booleans()):
            entry["body"]["release"] = True
        if kind == "card.closed" and draw(st.integers(0, 2)):
            entry["body"]["override"] = {"reason": "x", "duties": [one for duty in POINTS["duties"] for one in by_kind.get(duty, [])]}
        link = next((name for name in ("offer", "alarm", "request", "plan", "entry") if turn and isinstance(entry["body"].get(name), str)), None)
        if link and draw(st.integers(0, 7)):
            entry["body"][link] = first
        log.append(entry)
    return log


def _copy(draw: st.DrawFn, entry: Entry) -> Entry:
    """The same entry again: as it was, without or with another number, or (by a fault somewhere) with another text."""
    copy: dict[str, Any] = dict(entry)
    how = draw(st.sampled_from(["same", "unnumbered", "numbered", "other"]))
    if how == "unnumbered":
        copy.pop("seq", None)
    if how == "numbered":
        copy["seq"] = draw(st.integers(1, 99))
    if how == "other":
        copy["body"] = {**entry["body"], "note": draw(texts)}
    return copy  # type: ignore[return-value]
