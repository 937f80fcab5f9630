"""Unsure: what a transaction wrote of which nobody knows whether it is in the log. The database got the commit, and its answer was lost on the way.

Who wrote hears that it did not work, tries again, and is told that the log has it: as for all that is sent twice nobody else is told then. So it is
looked up here, as soon as the database answers, and whoever listens is told what came onto the card since: an alarm may be among it.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from store import elsewhere, epoch
from store.batch import Tell
from store.grown import Grown
from store.models import db

LOOKED_FOR_S = 60.0
"""How long a commit may still be under way whose connection was lost. What is not there after that was taken back."""
MOST = 1_000

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Unsure:
    card: Grown
    tells: Collection[Tell]
    secret: bytes
    history: str
    since: float


_waiting: WeakKeyDictionary[Engine, deque[_Unsure]] = WeakKeyDictionary()


def note(grown: list[Grown], tells: Collection[Tell], secret: bytes, history: str) -> None:
    """These cards may have grown, in this history."""
    now = time.monotonic()
    _waiting.setdefault(db.engine, deque(maxlen=MOST)).extend(_Unsure(one, tells, secret, history, now) for one in grown)


def bring() -> None:
    """Tells what is in the log of that. Where the database does not answer still, or it may be under way, it is looked for again."""
    waiting = _waiting.setdefault(db.engine, deque(maxlen=MOST))
    for _ in range(len(waiting)):
        try:
            one = waiting.popleft()
        except IndexError:  # somebody else looks too
            return
        try:
            is_over = _brought(one) or time.monotonic() - one.since > LOOKED_FOR_S
        except Exception:
            LOG.exception("whether a commit happened could not be read; looked for again")
            waiting.append(one)
            return
        if not is_over:
            waiting.append(one)


def _brought(one: _Unsure) -> bool:
    if epoch.epoch() != one.history:
        return True  # every device comes back and asks (live/history.py)
    before = one.card
    grown = elsewhere.grown_since(before.card, before.before, before.hash_before, before.members_before, one.secret)
    if grown is not None:
        for tell in one.tells:
            tell([grown])
    return grown is not None
