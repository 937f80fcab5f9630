"""Push: from what was added to the log to what is sent to phones in pockets. Nobody who writes waits for it, and no restart loses it.

    an entry is written, and with it that it must be decided of (store/push_out.py `note`)
      -> `decide`: who must hear it (card/notice.py), into the outbox
      -> `Sender.turn`: out, through the push services of browsers, as far as there is room (live/push_room.py); again after a pause where that failed

`look_around` comes every minute: it finds, from the log, who waits past a promised time, who must be asked whether a missing person is back or how a
closed card went, which plan should have begun, and whatever a server that was killed left to be decided.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask

from card.access import Viewer
from card.accord import that_fit
from card.action import action
from card.afterwards import HOUR_MS, MOST_H
from card.clock import instant_ms
from card.closing import closing
from card.entry import Entry
from card.fold import Card, fold
from card.gathered import Gathered
from card.hlc import millis
from card.membership import Membership
from card.notice import (
    HOW_PUSHED_MS,
    NOTICED,
    Notice,
    accord_here,
    begins_incident,
    hears,
    how_notices,
    is_silenced,
    missed_by,
    notice_of,
    overdue_notices,
    plan_late,
    reminder,
)
from card.reminding import next_reminder
from card.service_request import requests
from live.push_room import Room
from store import afterwards, log, people, push_look, push_out, reminders
from store.grown import Grown
from store.push_look import Look
from store.push_out import Out, Sending
from store.push_subscriptions import Listener, listeners
from store.unwell import is_unwell

MINUTE_MS = 60_000
# How long a notice is worth sending. An alarm of an hour ago startles and helps nobody; a question stands as long as people wait.
WORTH_MS = {
    "alarm": 15 * MINUTE_MS, "requested": 60 * MINUTE_MS, "handover_offered": 60 * MINUTE_MS, "safety_asked": 60 * MINUTE_MS,
    "safety_answered": 60 * MINUTE_MS, "invited": 240 * MINUTE_MS,
    "promise_passed": 60 * MINUTE_MS, "risk_higher": 60 * MINUTE_MS, "taken_over": 240 * MINUTE_MS,
    "person_found": 240 * MINUTE_MS, "care_report": 240 * MINUTE_MS, "care_report_said": 240 * MINUTE_MS,
    "plan_late": 120 * MINUTE_MS, "accord_here": 60 * MINUTE_MS, "how_was_it": 720 * MINUTE_MS, "outcome_told": 720 * MINUTE_MS,
    "test": 10 * MINUTE_MS,
}  # fmt: skip
LOOKED_BACK_MS = 25 * 60 * MINUTE_MS
"""A promised time is at most 23 hours ahead (card/clock.py `to_instant`): what was asked or promised before has passed before."""
RULE_MS = 15 * MINUTE_MS
"""A rule for reminding that an organisation changed is known within this time."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 2_000, 300_000
SLEEP_S = 60.0
LEFT_S = 0.5
TROUBLED_S = 5.0
GOODBYE_S = 1.0

LOG = logging.getLogger(__name__)


def outs(card: str, notice: Notice, members: Membership, key: str, since_ms: int, until_ms: int, now_ms: int) -> list[Out]:
    """A notice for each device of who must hear it and asked to be pushed to before `since_ms`. Who does not want to hear it is written down too: so
    it is decided once. `key`: our public key, for which phones subscribed.
    """
    reached = listeners(members["organisations"], members["persons"], key, now_ms)
    return [
        Out(card, notice["entry"], notice["kind"], one.viewer.device, until_ms, "quiet" if is_spared(one, notice["kind"], now_ms) else "")
        for one in reached
        if one.since_ms <= since_ms and hears(one.viewer, notice, members)
    ]


def is_spared(one: Listener, kind: str, now_ms: int) -> bool:
    return kind in one.unwanted or is_silenced(kind, *one.quiet, now_ms)


def decide(key: str, now_ms: int, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Of everything that was written and not decided of yet: who must hear it. A round at a time, alarms first; after each `goes_on` is asked, which
    may send what was decided.
    """
    while looks := push_look.waiting():
        found: list[Out] = []
        for look in looks:
            found += _who_hears(look, key, now_ms)
            time.sleep(0)  # a process that serves many lets them go first
        push_out.put(found, now_ms, [look.entry["id"] for look in looks])
        if not goes_on():
            return


def _who_hears(look: Look, key: str, now_ms: int) -> list[Out]:
    found: list[Out] = []
    with by_itself("an entry of which somebody may have to hear"):
        if notice := notice_of(look.before, look.entry):
            found += _in_time((look.entry["card"], notice, look.members), look.received_ms, key, now_ms)
    with by_itself("what was agreed for where an entry begins a card"):
        found += [out for one in agreed_where(look.entry, now_ms) for out in _in_time(one, look.received_ms, key, now_ms)]
    return found


@contextmanager
def by_itself(what: str) -> Iterator[None]:
    """What goes wrong with one keeps no notice of another back: it is said in the log. A database that does its work for nobody stops all of it."""
    try:
        yield
    except Exception as problem:
        if is_unwell(problem):
            raise
        LOG.exception("%s could not be looked at; the others are", what)


Told = tuple[str, Notice, Membership]
"""On which card, what, and who is on that card."""


def _in_time(told: Told, received_ms: int, key: str, now_ms: int) -> list[Out]:
    card, notice, members = told
    until_ms = received_ms + WORTH_MS[notice["kind"]]
    return outs(card, notice, members, key, received_ms, until_ms, now_ms) if until_ms > now_ms else []


def agreed_where(entry: Entry, now_ms: int) -> list[Told]:
    """Of the agreements that hold where a card begins with this entry, as far as who wrote it may see both."""
    viewer = people.viewer_of(entry["by"], entry["device"]) if begins_incident(entry) else None
    if viewer is None:
        return []
    fit = that_fit(_folded(viewer, entry["card"]), [_folded(viewer, card) for card in log.cards_of_type(viewer, "agreement")], now_ms)
    return [(one["id"], accord_here(one, entry), push_look.deciding(one["id"])[1]) for one in fit]


def _folded(viewer: Viewer, card: str) -> Card:
    return fold(log.entries_of(viewer, card))


@dataclass
class Looking:
    """Looks every minute at the cards on which something can be due by the clock, from the log: `cards` says which those are, `look_at` puts in the
    outbox what is due on one and says when to look again. Only that is remembered: a restart may forget it.
    """

    cards: Callable[[int], list[tuple[str, str]]]
    look_at: Callable[[str, str, int], int]
    rests: dict[str, tuple[str, int]] = field(default_factory=dict)

    def look(self, key: str, now_ms: int) -> None:
        found = self.cards(now_ms)
        self.rests = {card: rest for card, hash_ in found if (rest := self.rests.get(card)) and rest[0] == hash_}
        for card, hash_ in found:
            if now_ms >= self.rests.get(card, (hash_, 0))[1]:
                self.rests[card] = (hash_, now_ms + RULE_MS)
                with by_itself("a card on which something may be due"):
                    self.rests[card] = (hash_, self.look_at(card, key, now_ms))


def look_at(card: str, key: str, now_ms: int) -> int:
    """Puts in the outbox what is overdue on a card. When to look again, if nothing is written on it meanwhile."""
    entries, members = push_look.deciding(card)
    for notice in overdue_notices(entries, now_ms):
        since_ms = instant_ms(notice["due"])
        if since_ms > now_ms - LOOKED_BACK_MS:
            push_out.put(outs(card, notice, members, key, since_ms, now_ms + WORTH_MS["promise_passed"], now_ms), now_ms)
    coming = (instant_ms(one["due"]) for one in requests(Gathered(entries)) if one["waiting"])
    return min((due for due in coming if due > now_ms), default=now_ms + LOOKED_BACK_MS)


def remind(card: str, key: str, now_ms: int) -> int:
    """Puts in the outbox the last reminder that is due on a card on which somebody is missing. One is worth sending until the next. When to look
    again; a rule that changed counts from then on.
    """
    entries, members = push_look.deciding(card)
    missed = missed_by(entries)
    if missed is None:
        return now_ms + LOOKED_BACK_MS
    rule = reminders.rule_of(missed[1])
    coming = next_reminder(millis(missed[0]["at"]), rule, now_ms)
    notice = reminder(entries, rule, now_ms)
    if notice:
        push_out.put(outs(card, notice, members, key, instant_ms(notice["due"]), coming, now_ms), now_ms)
    return min(coming, now_ms + RULE_MS)


def ask_to_begin(card: str, key: str, now_ms: int) -> int:
    """Puts in the outbox that a plan did not begin in time. When to look again, if nothing is written on it meanwhile."""
    entries, members = push_look.deciding(card)
    starts = action(Gathered(entries))["starts"]
    notice = plan_late(entries, now_ms)
    if notice:
        since_ms = instant_ms(starts)
        push_out.put(outs(card, notice, members, key, since_ms, since_ms + WORTH_MS["plan_late"], now_ms), now_ms)
    coming = instant_ms(starts) if starts else 0
    return coming if coming > now_ms else now_ms + LOOKED_BACK_MS


def ask_how(card: str, key: str, now_ms: int) -> int:
    """Puts in the outbox whom to ask how a closed card went. Who comes on duty meanwhile is asked then: so it is looked at again soon."""
    entries, members = push_look.deciding(card)
    end = closing(Gathered(entries))
    if end is None:
        return now_ms + HOW_PUSHED_MS
    present = (entry["body"].get("person") for entry in entries if entry["kind"] == "presence.arrived")
    hours = afterwards.hours_of([*members["persons"], *members["writers"], *(person for person in present if isinstance(person, str))])
    for notice in how_notices(entries, hours, now_ms):
        push_out.put(outs(card, notice, members, key, instant_ms(notice["due"]), now_ms + WORTH_MS["how_was_it"], now_ms), now_ms)
    coming = (millis(end["at"]) + after_h * HOUR_MS for after_h in hours.values() if after_h)
    return min((due_ms for due_ms in coming if now_ms < due_ms < now_ms + RULE_MS), default=now_ms + RULE_MS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one sending. `status` as in HTTP, 0 where nobody answered, -1 where it may not be called; `wait_s`: what it asks us to wait."""

    status: int
    wait_s: float = 0


NOBODY = Answer(0)


def outcome_of(status: int) -> str:
    """`sent`, `gone` (its push service knows this address no more: RFC 8030, 7.3), `again`, or `refused`."""
    if 200 <= status < 300:
        return "sent"
    if status in (404, 410, -1):
        return "gone"
    return "again" if status in (0, 408, 425, 429) or status >= 500 else "refused"


def pause_ms(tries: int, wait_s: float, chance: float) -> int:
    """Until the next try: doubling, spread, and no shorter than the push service asks (`Retry-After`). `tries` made before, `chance` from 0 to 1."""
    longest = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** min(tries, 10))
    return int(max(longest / 2 + chance * longest / 2, wait_s * 1000))


class Sender:
    """Sends what is in the outbox, each notice in a thread of its own (under gevent a greenlet). Who decides and gives out waits for none of them: it
    is woken after each commit that may be of somebody's interest, and by each that comes back.
    """

    def __init__(self, app: Flask, key: str, send: Callable[[Sending], Answer]) -> None:
        self.app, self.key, self.send = app, key, send
        self.waiting = Looking(lambda now_ms: push_look.cards_that_wait(now_ms - LOOKED_BACK_MS), look_at)
        self.missing = Looking(lambda _: push_look.cards_that_miss(), remind)
        self.planned = Looking(lambda _: push_look.cards_that_plan(), ask_to_begin)
        self.closed = Looking(lambda now_ms: push_look.cards_that_closed(now_ms - MOST_H * HOUR_MS - HOW_PUSHED_MS), ask_how)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._turn, self._noting = threading.Lock(), threading.Lock()  # of either one at a time: connections to the database are for who waits
        self._looked_ms = 0
        self.room = Room()

    def hear(self, grown: list[Grown]) -> None:
        if any(entry["kind"] in NOTICED for one in grown for entry, _ in one.entries):
            self.wake()

    def wake(self) -> None:
        self._wake.set()

    def start(self) -> None:
        threading.Thread(target=self._work, daemon=True, name="push").start()
        self.wake()

    def stop(self) -> None:
        """Begins nothing more. What is on its way has a moment to come back; after that it is sent once more, by whoever is there then."""
        self._stop.set()
        self.wake()
        self.room.is_empty_within(GOODBYE_S)

    def look_around(self) -> None:
        """Every minute: what is due by the clock, what a crash left to be decided, and what is done for long."""
        with self.app.app_context():
            for looking in (self.waiting, self.missing, self.planned, self.closed):
                looking.look(self.key, self._now())
            push_out.tidy(self._now())
        self.wake()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self._rest_s())
            self._wake.clear()
            if not self._stop.is_set():
                self._try()

    def _try(self) -> None:
        try:
            self.turn()
        except Exception:
            LOG.exception("what is to be pushed could not be worked on; tried again in a moment")

    def turn(self) -> int:
        """Decides of all that was written, and begins to send what is due and there is room for: how many. What was decided first does not wait for
        the rest: behind an alarm there may be a flood.
        """
        begun = 0

        def send() -> bool:
            nonlocal begun
            begun += self._send_due()
            return not self._stop.is_set()

        with self._turn, self.app.app_context():
            decide(self.key, self._now(), send)
            send()
        return begun

    def _send_due(self) -> int:
        self._looked_ms = self._now()
        taken = push_out.take(self._looked_ms, self.room.free(), self.room.choice().fits)
        for sending in taken:
            self.room.enter(sending.to.endpoint)
            threading.Thread(target=self._deliver, args=(sending,), daemon=True, name="push to one").start()
        return len(taken)

    def _deliver(self, sending: Sending) -> None:
        answer = NOBODY
        try:
            answer = self.send(sending)
        except Exception:
            LOG.exception("a notice could not be sent; tried again after a pause")
        try:
            with self._noting, self.app.app_context():
                self._note(sending, answer)
        except Exception:
            LOG.exception("what became of a notice could not be written down; it is sent once more")
        finally:
            self.room.leave(sending.to.endpoint, answered=answer.status > 0)
            self.wake()

    def _note(self, sending: Sending, answer: Answer) -> None:
        outcome = outcome_of(answer.status)
        if outcome == "gone":
            push_out.gone(sending.to)
        elif outcome == "again":
            push_out.again(sending.id, self._now() + pause_ms(sending.tries, answer.wait_s, random.random()))
        else:
            push_out.done(sending.id, outcome, self._now())
        if outcome != "sent":
            LOG.warning("a push service did not take a notice", extra={"facts": {"status": answer.status, "outcome": outcome}})

    def _rest_s(self) -> float:
        try:
            with self.app.app_context():
                first_ms = push_out.next_ms()
        except Exception:
            LOG.exception("what is to be pushed could not be read; tried again in a moment")
            return TROUBLED_S
        if first_ms is None:
            return SLEEP_S
        if first_ms <= self._looked_ms:  # there was no room for it, or another process was at it
            return LEFT_S
        return min(SLEEP_S, max(0.0, (first_ms - self._now()) / 1000))

    def _now(self) -> int:
        now_ms: int = self.app.config["NOW"]()
        return now_ms
