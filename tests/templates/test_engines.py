"""One screen, two engines: Flask and the phone must say the same, to the byte (docs/how-it-works.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from blueprints import care_report_screen, directory_screen, missing_screen, screen, visits_screen
from card.fold import fold
from card.vocabulary import KINDS, SITUATIONS
from tests.templates.written import ACCORDS, BEGIN_MS, BOOK, GUIDES, frame, written_card, written_log

CARDS = 320
NAMED = [{"field": "about", "what": "name", "said": "Jan <de> 'Vries'"}, {"field": "note", "what": "bsn", "said": "111222333"}]
NOTHING: dict[str, Any] = {"values": {}, "organisations": [], "with": []}
EMPTY: dict[str, Any] = {"values": {}, "errors": {}, "begun": NOTHING}
CARRIED = {"values": {}, "organisations": ["noord", "crisisdienst"], "with": ["noord"]}
WRITABLE = [kind for kind, rule in KINDS.items() if not rule.get("by_server") and kind != "card.opened"]

Asked = dict[str, Any]


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def made_by(name: str) -> Callable[..., Any]:
    pages = (screen, directory_screen, missing_screen, visits_screen, care_report_screen)
    made: Callable[..., Any] = next(getattr(one, name) for one in pages if hasattr(one, name))
    return made


def both(asked: list[Asked], jinja: Callable[..., str], phone: Callable[..., list[dict[str, Any]]]) -> list[tuple[Asked, str, str]]:
    """Every screen from both servers, after making sure that both made the same context."""
    drawn = phone([{"screen": camel(one["screen"]), "facts": one["facts"]} for one in asked])
    pairs = []
    for one, theirs in zip(asked, drawn, strict=True):
        template, context = made_by(one["screen"])(**one["facts"])
        assert theirs["template"] == template
        assert theirs["context"] == json.loads(json.dumps(context)), one["screen"]
        pairs.append((one, jinja(template, context), theirs["html"]))
    return pairs


def assert_same(pairs: list[tuple[Asked, str, str]]) -> None:
    for one, ours, theirs in pairs:
        if ours != theirs:
            place = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
            around = slice(max(0, place - 150), place + 150)
            raise AssertionError(f"{one['screen']} {one['facts'].get('kind', '')}\nFlask: {ours[around]!r}\nphone: {theirs[around]!r}")


def test_a_card_looks_the_same_from_both_servers(jinja, phone):
    asked = [{"screen": "card", "facts": {"frame": frame(number), "card": written_card(number)}} for number in range(CARDS)]
    pairs = both(asked, jinja, phone)
    assert_same(pairs)
    assert max(len(ours) for _, ours, _ in pairs) > 50_000, "some of the cards must be long"


def test_the_views_of_a_card_look_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number in range(0, CARDS, 4):
        facts = {"frame": frame(number), "card": written_card(number)}
        asked += [{"screen": "bonnet", "facts": facts}, {"screen": "people", "facts": facts}]
        asked += [{"screen": "timeline", "facts": {**facts, "before": before}} for before in (None, f"{BEGIN_MS + 900_000}-0000-00000000")]
        asked.append({"screen": "sections", "facts": {**facts, "names": [*screen.SECTIONS[number % 7 :: 3], "no_such_section"]}})
    assert_same(both(asked, jinja, phone))


def test_every_form_looks_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number, kind in enumerate(WRITABLE * 4):
        log = written_log(number)
        facts = {"frame": frame(number), "card": fold(log), "kind": kind, "fragment": number % 2 == 0, "id": "0"}
        query = {"for": "client", "offer": log[-1]["id"] if log else "x", "from": "noord", "to": "dehaven", "other": "1"} if number % 3 else {}
        typed = {name: ['\nmet <b>"aanhaling"</b>', "twee"] for name in KINDS[kind]["fields"]} if number % 4 == 1 else {}
        errors = dict.fromkeys(KINDS[kind]["fields"], "required") | {"form": "too_large"} if typed else {}
        superseded = {"supersedes": [one["id"] for one in log[:2]]} if typed else {}
        doubt = {"named": NAMED} if number % 5 == 1 else {}
        errors |= {"ground": "ground_medical"} if number % 3 == 1 and "ground" in KINDS[kind]["fields"] else {}
        asked.append({"screen": "form", "facts": {**facts, "query": query, "values": typed, "errors": errors, **superseded, **doubt}})
    assert_same(both(asked, jinja, phone))


def test_the_pages_of_missing_persons_look_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number in range(24):
        cards = [fold(held) for held in map(written_log, range(number, number + 6)) if held]
        typed = {name: ["<b>'twee'</b>"] for name in KINDS["missing.reported"]["fields"]} if number % 2 else {}
        errors = dict.fromkeys(["age", "clothes", "organisation", "ground"], "required") | {"form": "full"} if typed else {}
        form = {"frame": frame(number), "card": "x", "values": typed, "errors": errors, "named": NAMED if number % 3 == 1 else []}
        asked += [{"screen": "missing_list", "facts": {"frame": frame(number), "cards": cards}}, {"screen": "report_form", "facts": form}]
    assert_same(both(asked, jinja, phone))


def test_the_pages_of_care_reports_look_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number in range(48):
        seen, cards = frame(number), [fold(held) for held in map(written_log, range(number, number + 6)) if held]
        told = cards[-1]
        typed = {name: ["<b>'twee'</b>"] for name in [*KINDS["care_report.sent"]["fields"], "place"]} if number % 2 else {}
        errors = {"facts": "vital_report", "to": "one_of_these", "place": "required", "ground": "ground_medical"} if number % 4 == 1 else {}
        form = {"frame": seen, "card": "x", "incident": told if number % 3 else None, "values": typed, "errors": errors}
        known = {**seen, "care_reports": [{**one, "id": item["body"]["report"]} for one in cards for item in told["care_reports"]]}
        asked += [
            {"screen": "care_report_list", "facts": {"frame": seen, "cards": cards}},
            {"screen": "care_report_form", "facts": form},
            {"screen": "care_report_print", "facts": {"frame": seen, "card": told}},
            {"screen": "sections", "facts": {"frame": known, "card": told, "names": ["care_report", "care_reports"]}},
        ]
    assert_same(both(asked, jinja, phone))


def test_the_pages_around_a_card_look_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number in range(40):
        seen, some = frame(number), [fold(held) for held in map(written_log, range(number, number + 7)) if held]
        log = [{**entry, "seq": 1} for entry in written_log(number)]
        refused = [{"entry": entry, "code": "forbidden", "message": "no", "field": "by"} for entry in log[:3]]
        asked += [
            {"screen": "home", "facts": {"frame": seen, "cards": some}},
            {"screen": "agreements_page", "facts": {"frame": seen, "cards": ACCORDS[number % 5 :]}},
            {"screen": "consultations_page", "facts": {"frame": seen, "cards": some}},
            {"screen": "plans_page", "facts": {"frame": seen, "cards": some}},
            {"screen": "unsent", "facts": {"frame": seen, "unsent": log, "refused": refused}},
            {"screen": "settings", "facts": {"frame": seen}},
            {"screen": "status", "facts": {"frame": seen, "fragment": number % 2 == 0}},
        ]
        for code, errors in (("", {}), ("<AB>12CD", {"code": "needs_network"})):
            asked.append({"screen": "join", "facts": {"frame": seen, "code": code, "errors": errors}})
        for what in ("needs_network", "full", "trouble", "not_here", "sign_out", "code", "locked", "erased"):
            nobody = {**seen, "viewer": None, "sync": None, "people": {}, "organisations": {}}
            asked.append({"screen": "message", "facts": {"frame": nobody if number % 2 else seen, "what": what, "fragment": number % 3 == 0}})
    for context in SITUATIONS:
        for situation in (None, context["groups"][0]["types"][0], "no_such_situation"):
            facts = {"frame": frame(1), "context": context["slug"], "situation": situation, "type": "plan" if situation else None}
            wrong = {"values": {"about": "<een> 'man'"}, "errors": {"place": "required"}, "begun": CARRIED}
            kept = {"place": "x", "about": "Jan & 'co'", "anonymous": "true", "ground": "consent"}
            named = {"values": kept, "errors": {"ground": "ground_criminal"}, "named": NAMED, "begun": NOTHING}
            asked += [{"screen": "new_card", "facts": {**facts, **told}} for told in (EMPTY, wrong, named)]
    asked.append({"screen": "new_card", "facts": {"frame": frame(2), "context": None, "situation": None, "type": "plan", **EMPTY}})
    assert_same(both(asked, jinja, phone))


def test_guides_and_the_glossary_look_the_same_from_both_servers(jinja, phone):
    terms = [{"id": "direct", "term": "direct & <zo>", "police": "Nu", "care": "Deze 'week'", "say": "Een kloktijd"}]
    asked: list[Asked] = [{"screen": "glossary", "facts": {"frame": frame(1), "terms": terms, "card": card}} for card in (None, "019a")]
    ids = ["019a-1", "019a-2"]
    for number in range(40):
        card = written_card(number) if number % 2 and written_log(number) else None
        asked.append({"screen": "guides", "facts": {"frame": {**frame(number), "guides": GUIDES}, "card": card}})
        for guide in GUIDES:
            facts = {"frame": frame(number), "guide": guide, "card": card, "ids": ids}
            asked.append({"screen": "guide", "facts": {**facts, "errors": {}, "values": {}}})
            errors = {"step": "no_step", "who": "required", "form": "full"}
            asked.append({"screen": "guide", "facts": {**facts, "errors": errors, "values": {"who": ["<x>"], "step": ["1", "7"]}}})
    assert_same(both(asked, jinja, phone))


def with_unsent_alarms(seen: dict[str, Any], why: str | None) -> dict[str, Any]:
    """A frame in which everything that rings is still on this phone only."""
    ids = [item["id"] for number in range(40) for item in screen.ringing(written_card(number))]
    return {**seen, "sync": {"unsent": len(ids), "since": BEGIN_MS, "why": why, "online": False, "refused": 0, "waiting": ids, "tried": BEGIN_MS}}


def of_an_older_history(seen: dict[str, Any], card: Any) -> dict[str, Any]:
    """A frame in which the server does not know this person on the card."""
    sync = {"unsent": 1, "since": BEGIN_MS, "why": "restored", "online": True, "refused": 0, "unconfirmed": {card["id"]: BEGIN_MS + 3 * 86_400_000}}
    return {**seen, "sync": sync}


def test_a_card_that_the_server_does_not_know_yet_looks_the_same_from_both_servers_and_says_until_when_it_stays(jinja, phone):
    cards = list(map(written_card, range(40)))
    asked: list[Asked] = [
        {"screen": "sections", "facts": {"frame": of_an_older_history(frame(number), card), "card": card, "names": ["header"]}}
        for number, card in enumerate(cards)
    ]
    assert_same(both(asked, jinja, phone))
    seen, other = {**of_an_older_history(frame(1), cards[0]), "lang": "nl"}, {**cards[0], "id": "another"}
    drawn = [jinja(*screen.sections(frame=seen, card=card, names=["header"])) for card in (cards[0], other)]
    assert ["De server is teruggezet" in header for header in drawn] == [True, False]


def test_an_alarm_that_did_not_leave_the_phone_looks_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    for number in range(40):
        seen, card = with_unsent_alarms(frame(number), ("trying", "offline", "server", None)[number % 4]), written_card(number)
        asked += [
            {"screen": "alarms", "facts": {"frame": seen if number % 3 else frame(number), "cards": [card, written_card(number + 1)]}},
            {"screen": "sections", "facts": {"frame": seen, "card": card, "names": ["alarm", "display"]}},
        ]
    assert_same(both(asked, jinja, phone))


def test_an_alarm_that_did_not_leave_the_phone_says_so_and_what_to_do_instead(jinja):
    card = next(card for card in map(written_card, range(40)) if screen.ringing(card) and card["type"] == "incident")
    for name in ("alarm", "display"):
        for why, said in (("offline", True), ("server", True), ("trying", False), (None, True)):
            seen = {**with_unsent_alarms(frame(1), why), "lang": "nl"}
            drawn = jinja(*screen.sections(frame=seen, card=card, names=[name]))
            assert ("Gebruik portofoon of bel 112." in drawn) == said, (name, why)
            assert "data-not-sent" in drawn
        assert "data-not-sent" not in jinja(*screen.sections(frame={**seen, "sync": None}, card=card, names=[name]))


def test_duty_and_the_aid_for_sharing_look_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    given = {"profession": "police", "information": "safety", "receiver": "medical", "purpose": "care"}
    instead = {"go_alone": {"verdict": "no", "reason": "Eerst <bellen> & 'vragen'", "ask": "Wie?", "source": "Convenant", "date": "2026-01-01"}}
    for number in range(12):
        on = {"rule": "rota", "until": BEGIN_MS + 1, "on": number % 3 == 0}
        seen = {**frame(number), "duty": on if number % 2 else {"rule": "everybody", "until": None, "on": True}}
        asked += [{"screen": "duty", "facts": {"frame": seen, "said": said, "error": error}} for said, error in ((None, None), ('<"a"', "past"))]
        asked += [{"screen": "home", "facts": {"frame": seen, "cards": []}}, {"screen": "settings", "facts": {"frame": seen}}]
        for answered in range(5):
            told = dict(list(given.items())[:answered])
            for card in (None, "019a0000-0000-7000-8000-00000000ca4d"):
                asked.append({"screen": "sharing", "facts": {"frame": seen, "given": told, "card": card, "instead": instead if number % 2 else {}}})
    assert_same(both(asked, jinja, phone))


CARD = "019a0000-0000-7000-8000-00000000ca4d"


def test_the_directory_looks_the_same_from_both_servers(jinja, phone):
    asked: list[Asked] = []
    looks = [
        {}, {"open": "1"}, {"situation": "crisis_advice", "card": CARD}, {"situation": "no_such"}, {"situation": "crisis-advice"},
        {"for": "advice", "card": CARD, "q": "Überleg"},
        {"q": "niemand zegt dit"}, {"q": " stad  & Noord "}, {"for": "backup", "q": "a'b!(*) &é/😀"}, {"card": "x", "for": "y", "open": ""},
    ]  # fmt: skip
    for hour, look in enumerate(looks * 8):
        seen = {**frame(hour), "now": BEGIN_MS + hour * 3 * 3_600_000}
        seen["viewer"] = {**seen["viewer"], "role": "lead" if hour % 2 else "member"}
        for book in (BOOK, {"services": [], "organisations": {}}) if hour < 2 else (BOOK,):
            asked.append({"screen": "directory", "facts": {"frame": seen, "book": book, "asked": look}})
        facts = {"frame": seen, "book": BOOK, "may_keep": hour % 3 == 0}
        one = BOOK["services"][hour % len(BOOK["services"])]["id"]
        asked.append({"screen": "service", "facts": {**facts, "asked": {**look, "said": "kept" if hour % 4 else "x"}, "id": one}})
        asked.append({"screen": "kitchen", "facts": {**facts, "asked": look, "org": ("crisisdienst", "noord", "dehaven")[hour % 3]}})
    assert_same(both(asked, jinja, phone))


def test_a_screen_of_the_directory_of_what_is_not_there_is_none(jinja):
    facts = {"frame": frame(1), "book": BOOK, "asked": {}, "may_keep": False}
    assert directory_screen.service(**facts, id="zuid") is None
    assert directory_screen.kitchen(**facts, org="~post") is None


def test_what_people_type_is_never_markup(jinja):
    for number in range(CARDS):
        drawn = jinja(*screen.card(frame={**frame(number), "lang": "nl"}, card=written_card(number)))
        assert "<b>lacht" not in drawn
        assert "<De Haven>" not in drawn
        assert not re.search(r"\bNone\b|\bundefined\b|\[object", drawn)
