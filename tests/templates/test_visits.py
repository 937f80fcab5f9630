"""The screens of visits are the same from both servers, and so is what a form of them is read as."""

from __future__ import annotations

import random
from typing import Any

from blueprints import visits_screen
from card.entry import Entry
from card.fold import fold
from tests.card.conftest import Twin, twin  # noqa: F401
from tests.card.test_card_type import entry
from tests.templates.test_engines import assert_same, both
from tests.templates.written import BEGIN_MS, ORGANISATIONS, PEOPLE, frame

POLICE = [person for person in PEOPLE if person.startswith(("noord", "zuid"))]
COLLEAGUES = {person: PEOPLE[person] for person in ("noord-1", "noord-2")}
TYPED = {
    "topics": ["coffee", "worry"], "words": ["Zegt: \"ja\" & <nee>"], "function": ["begeleider"], "name": ["Sanne"], "agreed": ["true"],
    "follow_what": ["Bellen"], "follow_on": ["3-12-2026"], "next": ["2026-12-15"], "whom": ["other"], "organisation": ["dehaven"],
    "place": ["Kelder"], "lat": ["52.0912"], "lng": ["5.1199"], "rhythm": ["weekly"],
    "since": ["2026-01-01"], "person": ["noord-2"], "note": ["Koffie op dinsdag"],
    "what": ["Kennismaken"], "on": ["2026-11-24"], "card": ["019a"],
}  # fmt: skip


def written(number: int) -> list[Any]:
    """Contacts and visits of several people with the same few organisations, in all their states."""
    chance = random.Random(number)
    return [fold(_card(chance, place)) for place in range(chance.choice((0, 3, 9)))]


def _card(chance: random.Random, place: int) -> list[Entry]:
    org = chance.choice(["crisisdienst", "dehaven", ""])
    type_ = "contact" if place % 3 == 0 else "visit"
    card = f"019a0000-0000-7000-8000-{place:012x}"
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("card.opened", {"situation": "worry", "place": ORGANISATIONS[org]["name"] if org else "Kelder & <hal>", "type": type_})
    ]
    day = lambda: f"2026-{chance.choice((11, 12))}-{chance.randint(10, 28)}"  # noqa: E731
    named = {"organisation": org} if org else {}
    if type_ == "contact":
        bodies += [
            ("contact.kept", {**named, "rhythm": chance.choice(visits_screen.RHYTHMS)}),
            ("contact.known", {"function": "arts", "since": day()}),
        ]
        bodies += [("contact.visited", {"on": day()})] * chance.randint(0, 1)
        bodies += [("contact.handed_over", {"person": chance.choice([*POLICE, {"name": "Wie & <dan>"}]), "note": "Koffie"})] * chance.randint(0, 1)
    else:
        bodies += [("visit.asked", {"what": "Kom <eens>", "on": day()})] * chance.randint(0, 1)
        bodies += [("visit.planned", {"on": day()})] * chance.randint(0, 1)
        bodies += [("visit.logged", {"on": day(), **named, "topics": ["coffee"], "next": day(), "words": "x & y"})] * chance.randint(0, 1)
        bodies += [("follow_up.set", {"what": "Bel <terug>", "on": day()})]
        bodies += [("follow_up.done", {"follow_up": entry(place * 10 + len(bodies) - 1, "", {})["id"]})] * chance.randint(0, 1)
    by = chance.choice([*POLICE, "dehaven-1"])
    return [{**entry(place * 10 + turn, kind, body), "card": card, "by": by, "org": by.partition("-")[0]} for turn, (kind, body) in enumerate(bodies)]


def seen(number: int) -> dict[str, Any]:
    return {**frame(number), "now": BEGIN_MS + (number % 40) * 86_400_000}


def test_every_screen_of_visits_looks_the_same_from_both_servers(jinja: Any, phone: Any) -> None:
    asked: list[dict[str, Any]] = []
    for number in range(60):
        cards, base = written(number), seen(number)
        for values, errors in (({}, {}), (TYPED, {"whom": "required", "name": "not_agreed", "ground": "ground_medical", "form": "full"})):
            facts = {"frame": base, "values": values, "errors": errors}
            visits = [card for card in cards if card["type"] == "visit"]
            asked += [
                {"screen": "new_visit", "facts": {**facts, "cards": cards, "to": visits[0] if visits and number % 2 else None}},
                {"screen": "ask_visit", "facts": facts},
                {"screen": "new_contact", "facts": {**facts, "cards": cards}},
                {"screen": "handing_over", "facts": {**facts, "cards": cards, "colleagues": COLLEAGUES}},
            ]
        asked.append({"screen": "overview", "facts": {"frame": base, "cards": cards}})
    pairs = both(asked, jinja, phone)
    assert_same(pairs)
    assert any("dagen te laat" in ours for _, ours, _ in pairs)


def test_a_form_is_read_the_same_by_both_servers(twin: Twin) -> None:  # noqa: F811
    anonymous = {**TYPED, "topics": ["anonymous_consultation"], "name": [], "agreed": []}
    told = [
        TYPED, {}, anonymous, {**anonymous, "words": ["Jan de Vries"]}, {**TYPED, "whom": ["~Kelder"]}, {**TYPED, "share": ["true"]},
        {**TYPED, "next": ["nooit"], "organisation": ["noord"]},
    ]  # fmt: skip
    for number, fields in enumerate(told):
        for to in (None, *written(1)[1:3]):
            base = seen(number)
            drafts, errors, key = visits_screen.read_visit(base, fields, to)
            assert twin("readVisit", base, fields, to) == [_drafts(drafts), errors, key]
            assert twin("readQuestion", base, fields) == _told(visits_screen.read_question(base, fields))
            assert twin("readContact", base, fields) == _told(visits_screen.read_contact(base, fields))
            assert twin("readHandingOver", COLLEAGUES, fields, 0) == list(visits_screen.read_handing_over(COLLEAGUES, fields, 0))


def test_a_location_is_rounded_before_it_is_kept_and_an_anonymous_visit_has_none() -> None:
    drafts, errors, _ = visits_screen.read_visit(seen(1), TYPED, None)
    assert errors == {}
    assert {name: drafts[0][1][name] for name in ("lat", "lng")} == {"lat": 52.09, "lng": 5.12}
    drafts, errors, _ = visits_screen.read_visit(
        seen(1), {**TYPED, "topics": ["anonymous_consultation"], "share": ["true"], "name": [], "agreed": []}, None
    )
    assert errors == {}
    assert not {"lat", "lng"} & drafts[0][1].keys()
    assert [audience for kind, _, audience in drafts if kind != "card.opened"] == ["org", "org"], "it is not shared"


def _drafts(drafts: list[visits_screen.Draft]) -> list[dict[str, Any]]:
    return [{"kind": kind, "body": body, "audience": audience} for kind, body, audience in drafts]


def _told(read: tuple[list[visits_screen.Draft], dict[str, str]]) -> list[Any]:
    return [_drafts(read[0]), read[1]]
