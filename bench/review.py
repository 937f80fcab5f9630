"""The list of closed cards over 100,000 of them, as their rows would be kept, all of one organisation: by nothing, a situation, a partner and marks.
The server runs as in `make run`, on one core.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from bench.client import Phone
from bench.figures import LEAD, PARTNERS, TYPES
from bench.served import Pinned
from bench.table import Figure, percentile
from review.marks import MARKS
from store.database import writing
from store.models import Card, CardOrganisation, ClosedCard, ClosedCardMark

CARDS = 100_000
ASKED = 40
MINUTE_MS = 60_000
SEARCHES = {
    "all": "", "of one situation": "?situation=crisis_assessment", "with one partner": "?partner=ggd", "with a mark": "?mark=alarm",
    "with a partner and two marks": "?partner=crisisdienst&mark=overdue&mark=referral_chain",
}  # fmt: skip


def fill(cards: int, organisation: str = "noord", seed: int = 6) -> None:
    chance = random.Random(seed)
    some = 2_000
    for start in range(0, cards, some):
        rows: dict[Any, list[dict[str, Any]]] = {Card: [], CardOrganisation: [], ClosedCard: [], ClosedCardMark: []}
        for number in range(start, min(cards, start + some)):
            _card(rows, f"019a{number:08x}"[:8] + f"-{number & 0xFFFF:04x}-7000-8000-{number:012x}", number, organisation, chance)
        with writing() as connection:
            for model, them in rows.items():
                if them:
                    connection.execute(insert(model), them)


def _card(rows: dict[Any, list[dict[str, Any]]], card: str, number: int, organisation: str, chance: random.Random) -> None:
    opened = 1_700_000_000_000 + number * 15 * MINUTE_MS
    closed = opened + chance.randrange(20, 300) * MINUTE_MS
    situation = TYPES[min(len(TYPES) - 1, int(chance.expovariate(0.15)))]
    rows[Card].append({"id": card, "seq": 1, "hash": f"{number:064x}", "opened": True, "opener": "", "opener_org": organisation})
    for one in {organisation, *chance.sample(PARTNERS, k=chance.choice((0, 1, 1, 2, 3)))}:
        rows[CardOrganisation].append({"card": card, "organisation": one})
    told = {"opened_ms": opened, "closed_ms": closed, "until_ms": closed, "holders": f'["{organisation}"]'}
    rows[ClosedCard].append({"card": card, "stale": False, "situation": situation, **told})
    rows[ClosedCardMark] += [{"card": card, "mark": mark} for mark in MARKS if chance.random() < (0.01 if mark == "alarm" else 0.1)]


def figures() -> Iterator[Figure]:
    with Pinned() as served:
        with served.beside():
            fill(CARDS)
        phone = Phone(served.base, LEAD)
        for name, query in SEARCHES.items():
            times = [phone.page_ms(f"/review{query}", b"/review/019a") for _ in range(ASKED)]
            yield Figure(f"closed cards out of {CARDS:,}, {name}: median", percentile(times, 0.5))
            yield Figure(f"closed cards out of {CARDS:,}, {name}: 95th", percentile(times, 0.95), 300)
