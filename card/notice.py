"""Notice (melding): who must hear at once of an entry, also with the phone in a pocket.

One entry is one notice at most. Whoever wrote it hears nothing, and whoever may not read it hears nothing; in an organisation with a rota it is for
who is on duty. One exception: an alarm reaches everybody who is present, also after their duty, because they stand there (report 2.1.2, 2.1.4).

  alarm             an alarm: who is present, who came onto the card in person, the police on it, who holds it
  requested         a service is asked: that organisation (report 4.2.1)
  handover_offered  a handover is offered: the organisation that it is for (report 3.2.2)
  safety_asked      care asks whether they can go somewhere safely: the police on the card, who answer that (report 3.2.1)
  safety_answered   they have an answer: who asked, and who of theirs is there (report 3.2.1)
  invited           an organisation is put on the card: that organisation
  promise_passed    somebody waits past the promised or agreed time: who waits, and not who is waited for
  risk_higher       somebody judges a risk higher than it counted, or acute: who is present or holds the card (report 3.2.1)
  taken_over        an offer was accepted: who made it, and who of the giver is present
  person_found      a missing person was found or is back: the organisation that reported, and the police on the card (report 4.2.1)
  care_report       a care report is sent: the organisation that it is for (report 3.2.2)
  care_report_said  who received a report took it up, asked something or is done: who sent it; a question is answered: who asked it
  report_back       at set times: the organisation that reported somebody missing, until it says that they are back (card/reminding.py)
  plan_late         a plan should have begun: the organisations that prepared it or agreed (report 4.1.3)
  accord_here       a card was opened where an agreement holds: who agreed, and the organisations of theirs that did not open it (report 2.1.4, 4.1.3)
  how_was_it        some hours after a card closed: who was on it in person, until they say how it went (card/afterwards.py)
  outcome_told      what came of it was told: who wrote on the card, but not of the organisation that told it

Times are an argument. What is on the phone's screen is its worker's business (static/worker/push.js).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from card.access import Viewer, may_read
from card.action import action, not_started
from card.afterwards import HOUR_MS
from card.card_type import card_types
from card.care_report import receiver
from card.clock import clock, instant_at
from card.closing import closed, closing
from card.entry import Entry, means_something
from card.gathered import Gathered
from card.handover import offers
from card.hlc import millis
from card.missing import is_back, reporter
from card.presence import latest
from card.reminding import Rule, last_reminder, occasion
from card.responsibility import holders
from card.risk import is_acute, risk_heads
from card.service_request import requests, service_owner
from card.vocabulary import LEVELS
from card.waiting import overdue

NOTICES = (
    "alarm", "requested", "handover_offered", "safety_asked", "safety_answered", "invited", "promise_passed", "risk_higher", "taken_over",
    "person_found", "report_back", "care_report", "care_report_said", "plan_late", "accord_here", "how_was_it", "outcome_told",
)  # fmt: skip
HOW_PUSHED_MS = 2 * 24 * HOUR_MS
"""How long somebody who was off duty may still be told that they are asked how it went."""
# The entries of which somebody may have to hear, and the kinds that say what is to be heard and by whom.
NOTICED = (
    "alarm.raised", "card.opened", "card.shared", "card.turned",
    "care_report.answered", "care_report.asked", "care_report.done", "care_report.sent", "care_report.taken_up",
    "handover.accepted", "handover.offered", "missing.back", "missing.found", "outcome.told", "risk.assessed",
    "safety.answered", "safety.asked", "service.requested",
)  # fmt: skip
TO_POLICE = ("person_found", "safety_asked")
"""What is for all police on the card."""
DECIDING = (
    "action.agreed", "action.called_off", "action.prepared", "alarm.ended", "alarm.raised",
    "card.closed", "card.opened", "card.shared", "card.turned", "care_report.asked", "care_report.sent", "feedback.answered",
    "handover.accepted", "handover.declined", "handover.offered",
    "handover.released", "handover.withdrawn", "missing.back", "missing.found", "missing.reported", "outcome.told",
    "presence.arrived", "presence.left", "risk.assessed", "safety.asked", "service.acknowledged", "service.arrived",
    "service.cancelled", "service.declined", "service.promised", "service.requested",
)  # fmt: skip
_NAMING = {
    "service.requested": ("requested", "service"),
    "handover.offered": ("handover_offered", "to"),
    "card.shared": ("invited", "organisation"),
}


class Notice(TypedDict):
    """What, about which entry, for whom: everybody of `organisations`, and `persons`. Where `within` names organisations, nobody else.

    `but`: not the people of these. `about` is the entry as far as access asks. `due`: the instant that passed, or empty.
    """

    kind: str
    entry: str
    about: dict[str, Any]
    organisations: list[str]
    persons: list[str]
    within: list[str]
    but: list[str]
    due: str


def notice_of(before: Iterable[Entry], entry: Entry) -> Notice | None:
    """The notice that an entry is, on a card that had these entries (those of `DECIDING` are enough); None for most."""
    if entry["kind"] not in NOTICED or not means_something(entry["kind"], entry["body"]):
        return None
    if entry["kind"] in _NAMING:
        return _of_named(entry)
    had = list(before)
    return _of_kind(had, Gathered([*had, entry]), entry)


def overdue_notices(entries: Iterable[Entry], now_ms: int) -> list[Notice]:
    """One for each request on an open card that is waited for past its time: named by the entry that set that time."""
    log = Gathered(entries)
    if closed(log):
        return []
    holding, here = holders(log), _present(log)
    return [_overdue(request, holding, here) for request in requests(log) if overdue(request, now_ms)]


def missed_by(entries: Iterable[Entry]) -> tuple[Entry, str] | None:
    """The report of somebody who is still missing, and the organisation that made it; None on a card on which nobody is."""
    log = Gathered(entries)
    org = reporter(log)
    return None if org is None or is_back(log) or closed(log) else (log.of("missing.reported")[0], org)


def reminder(entries: Iterable[Entry], rule: Rule, now_ms: int) -> Notice | None:
    """The last set time at which the organisation that misses somebody is asked whether they are back; also who reported hears it. `entry` is a name
    for this one time, so that each is sent once.
    """
    missed = missed_by(entries)
    at_ms = missed and last_reminder(millis(missed[0]["at"]), rule, now_ms)
    if not missed or at_ms is None:
        return None
    found = _notice("report_back", missed[0], organisations=[missed[1]])
    due = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**found, "entry": occasion(found["entry"], at_ms), "about": {**found["about"], "by": ""}, "due": due}


def plan_late(entries: Iterable[Entry], now_ms: int) -> Notice | None:
    """A plan whose time has come, and that nobody began, moved or called off: named by the version that set the time."""
    log = Gathered(entries)
    plan = action(log)
    if not not_started({"type": card_types(log)[0], "closed": closed(log), "action": plan}, now_ms):
        return None
    version = next(one for one in plan["versions"] if instant_at(one["body"]["day"], one["body"]["start"]) == plan["starts"])
    sides = sorted({one["org"] for one in (*log.of("action.prepared"), *log.of("action.agreed"))})
    found = _notice("plan_late", version, organisations=sides)
    return {**found, "about": {**found["about"], "by": ""}, "due": plan["starts"]}


def begins_incident(entry: Entry) -> bool:
    """Whether people stand somewhere from now on: what was agreed about that place or person counts there."""
    body = entry["body"]
    if entry["kind"] == "card.opened":
        return (body.get("type") or "incident") in ("incident", "missing")
    return entry["kind"] == "card.turned" and body.get("into") == "incident"


def accord_here(accord: Mapping[str, Any], began: Entry) -> Notice:
    """That the agreement on this folded card (card/accord.py) counts where a card began. It is a notice of the agreement, and says nothing of the
    other card: who agreed need not be on that one. `entry` is a name for this one time.
    """
    version = accord["accord"]["versions"][0]
    agreed = [version, *(one for one in accord["accord"]["agreed"] if one["accord"] == version["id"])]
    organisations = sorted({one["org"] for one in agreed} - {began["org"]})
    found = _notice("accord_here", version, organisations=organisations, persons=sorted({one["by"] for one in agreed}))
    return {**found, "entry": occasion(version["id"], millis(began["at"])), "about": {**found["about"], "by": began["by"]}}


def how_notices(entries: Iterable[Entry], hours: Mapping[str, int], now_ms: int) -> list[Notice]:
    """Whom to ask now how a closed card went: one for all who are asked at the same moment. `hours`: of everybody who was on it in person, after how
    many; 0 is never. Named by what closed the card, so that nobody is asked twice.
    """
    log = Gathered(entries)
    end, said = closing(log), {entry["by"] for entry in log.of("feedback.answered")}
    found: list[Notice] = []
    if end is None:
        return found
    for after_h in sorted(set(hours.values()) - {0}):
        from_ms = millis(end["at"]) + after_h * HOUR_MS
        persons = [person for person, theirs in hours.items() if theirs == after_h and person not in said]
        if persons and from_ms <= now_ms < from_ms + HOW_PUSHED_MS:
            asked = _notice("how_was_it", end, persons=persons)
            due = datetime.fromtimestamp(from_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            found.append({**asked, "about": {**asked["about"], "by": ""}, "due": due})
    return found


def hears(viewer: Viewer, notice: Notice, members: Any) -> bool:
    """Whether this person must hear it, as far as they may see its entry."""
    there = viewer.person in notice["persons"]
    if notice["kind"] == "alarm":
        called = there or viewer.domain == "police" or viewer.person in members["persons"]
    else:
        called = there and (viewer.org in notice["within"] or not notice["within"])
    called = called or viewer.org in notice["organisations"] or (notice["kind"] in TO_POLICE and viewer.domain == "police")
    if not called or viewer.org in notice["but"] or viewer.person == notice["about"]["by"]:
        return False
    return (viewer.on_duty or (there and notice["kind"] == "alarm")) and may_read(viewer, members, notice["about"])  # type: ignore[arg-type]


def is_quiet(begins: str, ends: str, now_ms: int) -> bool:
    """Whether it is between two clock times in the Netherlands, "22:00" and "07:00"; over midnight when the second is the earlier. Empty: never."""
    if not begins or not ends:
        return False
    now = clock(f"{now_ms:013d}-")
    return begins <= now < ends if begins < ends else now >= begins or now < ends


def is_silenced(kind: str, begins: str, ends: str, now_ms: int) -> bool:
    """An alarm is never silenced by quiet hours."""
    return kind != "alarm" and is_quiet(begins, ends, now_ms)


def _of_named(entry: Entry) -> Notice | None:
    """Of one that says itself for whom it is: what was on the card before need not be looked at."""
    what, field = _NAMING[entry["kind"]]
    said = entry["body"][field]
    named = service_owner(said) if entry["kind"] == "service.requested" else said
    return _notice(what, entry, organisations=[named]) if named != entry["org"] else None


def _of_kind(had: list[Entry], log: Gathered, entry: Entry) -> Notice | None:
    kind, body, org = entry["kind"], entry["body"], entry["org"]
    if kind == "alarm.raised":
        return _notice("alarm", entry, organisations=holders(log), persons=_present(log))
    if kind == "risk.assessed":
        return _notice("risk_higher", entry, organisations=holders(log), persons=_present(log)) if _rises(Gathered(had), log, body["for"]) else None
    if kind == "handover.accepted":
        return _taken_over(log, entry)
    if kind in ("missing.back", "missing.found"):
        misses = reporter(log)
        return _notice("person_found", entry, organisations=[misses] if misses else [])
    if kind == "safety.asked":
        return _notice("safety_asked", entry, but=[org])
    if kind == "safety.answered":
        return _answered(log, entry)
    if kind == "outcome.told":
        return _notice("outcome_told", entry, persons=list(dict.fromkeys(one["by"] for one in log.entries)), but=[org])
    if kind.startswith("care_report."):
        return _of_report(log, entry)
    return None


def _taken_over(log: Gathered, entry: Entry) -> Notice | None:
    offer = next((one for one in offers(log) if one.entry["id"] == entry["body"]["offer"]), None)
    if offer is None or offer.receiver != entry["org"]:
        return None
    return _notice("taken_over", entry, persons=_with_who_is_here(log, offer.entry["by"]), within=[offer.giver])


def _answered(log: Gathered, entry: Entry) -> Notice | None:
    asked = next((one for one in log.of("safety.asked") if one["id"] == entry["body"]["question"]), None)
    return None if asked is None else _notice("safety_answered", entry, persons=_with_who_is_here(log, asked["by"]), within=[asked["org"]])


def _with_who_is_here(log: Gathered, person: str) -> list[str]:
    return [person, *(one for one in _present(log) if one != person)]


def _of_report(log: Gathered, entry: Entry) -> Notice | None:
    """A report for whom it is sent to; what is said of one for the other side of it. Nobody hears what they said themselves."""
    if entry["kind"] == "care_report.sent":
        to = receiver(entry)
        return _notice("care_report", entry, organisations=[to]) if to != entry["org"] else None
    field, asked = ("asked", "care_report.asked") if entry["kind"] == "care_report.answered" else ("report", "care_report.sent")
    spoken_to = next((one["org"] for one in log.of(asked) if one["id"] == entry["body"][field]), entry["org"])
    return _notice("care_report_said", entry, organisations=[spoken_to]) if spoken_to != entry["org"] else None


def _overdue(request: dict[str, Any], holding: list[str], here: list[str]) -> Notice:
    asked = request["item"]
    promises = [said for said in request["answers"] if said["kind"] == "service.promised" and said["body"]["until"] == request["due"]]
    set_by = promises[-1] if promises else asked
    waiting = [*holding, *([asked["org"]] if asked["org"] not in holding else [])]
    found = _notice("promise_passed", asked, organisations=waiting, persons=here, but=[service_owner(asked["body"]["service"])])
    return {**found, "entry": set_by["id"], "about": {**found["about"], "by": ""}, "due": request["due"]}


def _present(log: Gathered) -> list[str]:
    """The people with an account who are here."""
    here = (one["body"]["person"] for one in latest(log) if one["kind"] == "presence.arrived")
    return [person for person in here if isinstance(person, str)]


def _rises(was: Gathered, log: Gathered, whom: str) -> bool:
    """Whether a risk counts for more than before, or is acute now. A first judgement counts from low: that it is low is no news."""
    before, after = risk_heads(was)[whom], risk_heads(log)[whom]
    if any(map(is_acute, after)) and not any(map(is_acute, before)):
        return True
    return _level(after) > (_level(before) if before else LEVELS.index("low"))


def _level(heads: list[Entry]) -> int:
    return max((LEVELS.index(entry["body"]["level"]) for entry in heads), default=-1)


def _notice(kind: str, entry: Any, **whom: list[str]) -> Notice:
    about = {name: entry[name] for name in ("by", "org", "audience")}
    told = {"organisations": [], "persons": [], "within": [], "but": [], **whom}
    return {"kind": kind, "entry": entry["id"], "about": about, "due": "", **told}  # type: ignore[typeddict-item]
