"""Logs by chance, for screens: every kind and every kind of field, written by people of both sides, with text that HTML must escape.

The same number gives the same log. What `entry.parse` refuses is left out, so that every log is one that phones could hold.
"""

from __future__ import annotations

import random
from typing import Any

from blueprints.directory_screen import NOTHING
from card.anonymous import NAMING
from card.entry import Entry, Rejected, parse
from card.fold import Card, fold
from card.vocabulary import AUDIENCES, KINDS
from tests.card.logs import SITUATION_SLUGS

BEGIN_MS = 1_795_486_000_000
ORGANISATIONS = {
    "noord": {"id": "noord", "name": "Politie Basisteam Noord", "domain": "police", "sector": "politie"},
    "zuid": {"id": "zuid", "name": "Politie 'Zuid' & co", "domain": "police", "sector": "politie"},
    "crisisdienst": {"id": "crisisdienst", "name": "GGZ Crisisdienst", "domain": "care", "sector": "ggz"},
    "dehaven": {"id": "dehaven", "name": "Opvang <De Haven>", "domain": "care", "sector": "opvang"},
}
WRITERS = [(f"{org}-{n}", org) for org in ORGANISATIONS for n in (1, 2)]
PEOPLE = {person: {"name": f'{person.capitalize()} "de\' Vries"', "org": org, "function": "agent"} for person, org in WRITERS if person != "zuid-2"}
STEPS = [{"text": "Leg <wapens> & 'telefoons' in de kluis", "more": 'regel "een"\n– regel twee'}, {"text": "staat op het kruispunt", "more": ""}]
GUIDES = [
    {"id": "door", "title": "Bij de <deur>", "situations": ["danger_inside", "crisis_assessment"], "place": "", "owner": "Motorkap", "version": 1,
     "valid_until": "2027-11-25", "source": "Wet & regel", "instead_of": "", "steps": STEPS},
    {"id": "here", "title": "Hier's hoe", "situations": [], "place": "op het kruispunt", "owner": "dehaven", "version": 3,
     "valid_until": "2026-11-24", "source": "Afspraak", "instead_of": "door", "steps": STEPS},
]  # fmt: skip
TEXTS = (
    "staat op het kruispunt",
    "zegt: \"ik ga niet\" & <b>lacht</b>",
    "'s avonds, naast het café",
    "regel een\nregel twee\r\n\nregel vier",
    "\n begint met een nieuwe regel",
    "{{ 7 * 7 }} {% raw %} {n}",
    "a+b=`c` \\ é ☂ 👩‍⚕️",
    "0",
    "x" * 180,
)  # fmt: skip


def written_card(number: int) -> Card:
    return fold(written_log(number))


def written_log(number: int) -> list[Entry]:
    chance = random.Random(number)
    ids: dict[str, list[str]] = {}
    raws = [_entry(chance, number, turn, ids) for turn in range(chance.choice((0, 1, 3, 8, 20, 60, 120)))]
    return [entry for entry in map(parse, raws) if not isinstance(entry, Rejected)]


def _entry(chance: random.Random, number: int, turn: int, ids: dict[str, list[str]]) -> dict[str, Any]:
    kind = "card.opened" if turn == 0 and number % 5 else chance.choice(list(KINDS))
    by, org = chance.choice(WRITERS)
    id_ = uuid7(chance, turn)
    body = _body(chance, kind, ids, org)
    entry = {
        "id": id_, "card": uuid7(random.Random(number), 0), "kind": kind, "at": stamp(chance, turn), "by": by, "org": org, "device": f"{turn:08x}",
        "audience": chance.choice(AUDIENCES) if KINDS[kind].get("choose_audience") else "all",
        "supersedes": chance.sample(ids.get(kind, []), min(len(ids.get(kind, [])), chance.choice((0, 1, 2)))), "body": body,
    }  # fmt: skip
    ids.setdefault(kind, []).append(id_)
    return entry


def _body(chance: random.Random, kind: str, ids: dict[str, list[str]], org: str) -> dict[str, Any]:
    fields = KINDS[kind]["fields"]
    said = {
        name: _value(chance, kind, name, field, ids, org)
        for name, field in fields.items()
        if field.get("required") or field.get("required_when") or name in KINDS[kind].get("at_least_one", ())[:1] or chance.random() < 0.6
    }
    # Somebody is named only where that was agreed, and never where nobody may be named.
    unsaid = NAMING if said.get("anonymous") else () if said.get("agreed") else ("name",)
    return {name: value for name, value in said.items() if name not in unsaid}


def _value(chance: random.Random, kind: str, name: str, field: dict[str, Any], ids: dict[str, list[str]], org: str) -> Any:
    type_ = field["type"]
    if type_ == "choice":
        return chance.choice(field["choices"])
    if type_ == "choices":
        return chance.sample(field["choices"], chance.randint(0, 3))
    if type_ == "bool":
        return chance.random() < 0.5
    if type_ == "entry":
        return _pointed_at(chance, kind, name, ids)
    if type_ == "entries":
        return [one for one in ids.get("card.opened", []) if chance.random() < 0.5]
    if type_ == "instant":
        return f"2026-11-24T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00Z"
    if type_ == "date":
        return f"2026-12-{chance.randint(1, 28):02d}"
    if type_ == "clock":
        return f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}"
    if type_ == "number":
        return chance.choice((52, 4.5))
    if type_ == "situation":
        return chance.choice(sorted(SITUATION_SLUGS))
    if type_ == "organisation":
        return chance.choice([*ORGANISATIONS, "huisarts <Jansen>"])
    if type_ == "person":
        named = {"name": "Buurvrouw & zoon", "organisation": "geen"}
        return chance.choice([chance.choice(WRITERS)[0], chance.choice(WRITERS)[0], "Een 'voorbijganger'", named])
    if type_ == "override":
        duties = [*ids.get("handover.offered", []), *ids.get("alarm.raised", []), *ids.get("risk.assessed", [])]
        return {"reason": chance.choice(TEXTS), "duties": duties if chance.random() < 0.7 else []}
    if type_ == "texts":
        return [chance.choice(TEXTS) for _ in range(chance.randint(0, 3))]
    return chance.choice(TEXTS)


POINTS = {
    "offer": "handover.offered", "plan": "plan.set", "agreement": "agreement.made", "alarm": "alarm.raised", "request": "service.requested",
    "question": "safety.asked", "arrest": "arrest.made", "follow_up": "follow_up.set",
}  # fmt: skip


def _pointed_at(chance: random.Random, kind: str, name: str, ids: dict[str, list[str]]) -> str:
    meant = "handover.asked" if kind == "handover.answered" else POINTS.get(name)
    there = ids.get(meant, []) if meant else [one for some in ids.values() for one in some]
    return chance.choice(there) if there and chance.random() < 0.9 else uuid7(chance, 9)


def uuid7(chance: random.Random, turn: int) -> str:
    text = f"{BEGIN_MS + turn * 60_000:012x}7{chance.getrandbits(12):03x}8{chance.getrandbits(60):015x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def stamp(chance: random.Random, turn: int) -> str:
    return f"{BEGIN_MS + turn * 60_000 + chance.randint(-600_000, 600_000):013d}-{chance.randint(0, 3):04x}-{turn:08x}"


SERVICE = {
    "id": "crisisdienst/advies", "organisation": "crisisdienst", "kind": "service", "audience": "all", "name": "Überleg <met> 'de' \"triagist\"",
    "function": "", "sector": "ggz", "area": "Stad & land", "phone": "+31 (0)88-000 20 02", "does": ["Denkt mee", "Belt <terug>"], "does_not": [],
    "say_first": "Wat doet & zegt hij?", "for": ["advice"], "situations": ["crisis_advice"], "checked": {"at": BEGIN_MS - 1, "by": "Jan <de> Vries"},
    "hours": {"always": True, "week": [[]] * 7, "closed_on": [], "exceptions": {}},
}  # fmt: skip
OFFICE = {
    "always": False, "week": [[["09:00", "12:00"], ["13:00", "17:00"]]] * 5 + [[["00:00", "24:00"]], []], "closed_on": ["christmas", "kings_day"],
    "exceptions": {"2026-11-25": [], "2026-12-24": [["22:00", "06:00"]], "2020-01-01": []},
}  # fmt: skip
SERVICES = [
    SERVICE,
    {**SERVICE, "id": "noord", "organisation": "noord", "name": "a", "hours": OFFICE, "for": ["advice", "backup"], "does_not": ["Rijdt <niet>"]},
    {**SERVICE, "id": "noord/x", "organisation": "noord", "name": "é", "kind": "person", "function": "wijkagent", "situations": [], "for": [],
     "checked": {"at": BEGIN_MS - 200 * 86_400_000, "by": "x"}, "audience": "police"},
    {**SERVICE, "id": "~post", "organisation": "", "name": "Z", "checked": None, "hours": {**OFFICE, "week": [[]] * 7, "exceptions": {}}},
    {**SERVICE, "id": "~nacht", "organisation": "", "name": "😀", "hours": {**OFFICE, "week": [[["17:00", "08:00"]]] * 7}, "area": ""},
]  # fmt: skip
KITCHEN = {"expect": "Wij <komen>\nmet twee", "leave_at_door": "'wapens'", "domicile": "Park & laan 1", "agreed": [15, 20, 30]}
LEVELS = {"operational": {"name": "Hoofd <dienst>", "phone": "088 1"}, "board": {"name": "Bestuur", "phone": ""}}
BOOK = {
    "services": SERVICES,
    "organisations": {
        "crisisdienst": {**KITCHEN, "contacts": LEVELS},
        "noord": {**KITCHEN, "domicile": "<noord> & 'zoon' 1", "contacts": {}},
        "veiligthuis": {**KITCHEN, "domicile": "", "contacts": {}},
    },
}


def _accord(number: int, place: str, about: str, **said: Any) -> dict[str, Any]:
    """A folded card with an agreement."""
    opening = {"type": "agreement", "situation": "invest_in_relation", "place": place, "about": about}
    lines = (("card.opened", opening), ("accord.set", {"text": "Bel ons <eerst>", "valid_until": "2027-01-31", **said}))
    chance = random.Random(f"accord {number}")
    card = uuid7(chance, number)
    return fold([
        {
            "id": uuid7(chance, turn), "card": card, "kind": kind, "at": stamp(chance, turn), "by": "noord-1", "org": "noord", "device": "0000000a",
            "audience": "all", "supersedes": [], "body": body,
        }
        for turn, (kind, body) in enumerate(lines)
    ])  # fmt: skip


def _accords() -> list[dict[str, Any]]:
    placed = [_accord(number, text, "", call="Dienst & co", phone="088-1") for number, text in enumerate(TEXTS)]
    return [*placed, *(_accord(100 + number, "", text, given_by="person", consent=True) for number, text in enumerate(TEXTS))]


ACCORDS = _accords()


def frame(number: int) -> dict[str, Any]:
    """Who looks at the card, when, in which language, and how the sharing goes."""
    chance = random.Random(f"frame {number}")
    person, org = chance.choice(WRITERS)
    since = chance.choice((None, BEGIN_MS))
    lines = ("signin", "server", "pin", "full", "restored")
    shared = {"unsent": 0, "giving": chance.choice((0, 0, 2)), "since": since, "why": chance.choice((None, *lines))}
    shared = {**shared, "online": chance.random() < 0.5, "refused": chance.choice((0, 2))}
    why = chance.choice((None, "offline", "signin", "server", "clock", "restored"))
    waiting = {"unsent": 3, "since": BEGIN_MS, "why": why, "online": True, "refused": 0}
    return {
        "viewer": {"person": person, "org": org, "domain": ORGANISATIONS[org]["domain"], "role": "member", "name": "Wie <kijkt>"},
        "now": BEGIN_MS + chance.choice((0, 3_600_000, 90_000_000)),
        "lang": chance.choice(("nl", "en")),
        "people": PEOPLE,
        "organisations": ORGANISATIONS,
        "directory": chance.choice((BOOK, NOTHING)),
        "guides": GUIDES if number % 3 else [],
        "accords": ACCORDS if number % 2 else [],
        "sync": chance.choice((None, shared, waiting)),
    }
