"""The page of figures over 100,000 cards: their summary rows are put in as they would be kept, three years of them, and the page is asked for.

All of them are of one organisation, which is more than any has: the page asks for the cards of one. The server runs as in `make run`, on one core.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from bench.client import Phone
from bench.served import Pinned
from bench.table import Figure, percentile
from card.vocabulary import SITUATIONS
from store.database import writing
from store.models import FigureCard, FigureCase, FigureOrganisation

CARDS = 100_000
ASKED = 60
ASKED_FOR = {"all cards": "", "of one type": "&part=situation:crisis_assessment", "with one partner": "&part=partner:crisisdienst"}
LEAD = "teamlead@noord.example"
SERVICES = (
    "crisisdienst/assessment", "crisisdienst/advice", "ggzvervoer/transport", "ambulance/medical", "dehaven/shelter", "verslavingszorg/shelter",
    "~/other",
)  # fmt: skip
PARTNERS = ("crisisdienst", "ggzvervoer", "veiligthuis", "dehaven", "ambulance", "ziekenhuis", "jeugdbescherming", "ggd")
REASONS = ("under_influence", "no_place", "not_our_group", "office_hours", "other")
DRIVERS = ("ggz_transport",) * 6 + ("ambulance",) * 2 + ("care", "own", "police")
STATES = ("released",) * 6 + ("accepted", "declined", "withdrawn")
TYPES = [slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]]
QUARTERS = [f"{year}Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]

Rows = dict[Any, list[dict[str, Any]]]


def fill(cards: int, organisation: str = "noord", quarters: list[str] | None = None, seed: int = 6) -> None:
    """Summary rows of that many cards, spread over the quarters, types and partners, some of which come seldom."""
    chance = random.Random(seed)
    some = 2_000
    for start in range(0, cards, some):
        rows: Rows = {FigureCard: [], FigureOrganisation: [], FigureCase: []}
        for number in range(start, min(cards, start + some)):
            _card(rows, f"019f{number:04x}-0000-7000-8000-{number:012x}", organisation, chance.choice(quarters or QUARTERS), chance)
        with writing() as connection:
            for model, them in rows.items():
                connection.execute(insert(model), them)


def _card(rows: Rows, card: str, organisation: str, quarter: str, chance: random.Random) -> None:
    situation = TYPES[min(len(TYPES) - 1, int(chance.expovariate(0.15)))]
    rows[FigureCard].append({"card": card, "hash": ""})
    area = chance.choice(("", "", *(f"35{n}" for n in range(11, 31))))
    facts = {"card": card, "quarter": quarter, "takes_part": True, "counted": True, "situation": situation, "area": area}
    on = {organisation, *chance.sample(PARTNERS, k=chance.choice((0, 1, 1, 2, 3)))}
    rows[FigureOrganisation] += [{**facts, "organisation": one} for one in sorted(on)]
    cases = [("card", situation, None), *_waits(chance)]
    if chance.random() < 0.5:
        cases.append(("handover", chance.choice(STATES), None))
    if chance.random() < 0.4:
        cases.append(("transport", chance.choice(DRIVERS), None))
    if situation == "missing_person":
        cases.append(("missing", chance.choice(("back", "back", "back", "not_back")), None))
    named = [(what, name) for what, name, _ in cases]
    rows[FigureCase] += [
        {
            "card": card, "number": number, "what": what, "name": name, "first": int(named.index((what, name)) == number), "minutes": minutes,
            "org": "", "quarter": quarter, "day": "",
        }
        for number, (what, name, minutes) in enumerate(cases)
    ]  # fmt: skip
    if chance.random() < 0.02:
        said = {"what": "visit", "name": chance.choice(("in_rhythm", "in_rhythm", "late")), "minutes": None, "org": organisation, "first": 1}
        rows[FigureCase].append(
            {"card": card, "number": len(cases), **said, "quarter": quarter, "day": f"{quarter[:4]}-{3 * int(quarter[5]):02d}-02"}
        )


def _waits(chance: random.Random) -> Iterator[tuple[str, str, int | None]]:
    chain = 0
    for _ in range(chance.choice((0, 1, 1, 2))):
        service = SERVICES[min(len(SERVICES) - 1, int(chance.expovariate(0.5)))]
        chain += 1
        if chance.random() < 0.2:
            yield "declined", service, None
            yield "reason", chance.choice(REASONS), None
        else:
            yield "wait", service, int(chance.lognormvariate(3.4, 0.7))
    if chain:
        yield "chain", str(chain), None


def figures() -> Iterator[Figure]:
    with Pinned() as served:
        with served.beside():
            fill(CARDS)
        phone = Phone(served.base, LEAD)
        for name, query in ASKED_FOR.items():
            times = [phone.page_ms(f"/figures?quarter=2026Q{1 + turn % 4}{query}", b'data-table="card"') for turn in range(ASKED)]
            yield Figure(f"figures over {CARDS:,} cards, {name}: median", percentile(times, 0.5))
            yield Figure(f"figures over {CARDS:,} cards, {name}: 95th", percentile(times, 0.95), 300)
