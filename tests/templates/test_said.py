"""What a card says to whom: small logs written by hand, drawn by both engines, read as a person reads them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from blueprints import screen
from card.entry import Entry
from card.fold import Card, fold
from tests.http.screens import Screen, assert_well_made
from tests.templates.test_engines import camel
from tests.templates.written import BEGIN_MS, BOOK, ORGANISATIONS, PEOPLE

CARD = "019a0000-0000-7000-8000-0000000c0000"
Draw = Callable[..., Screen]


class Log(list[Entry]):
    """A log that grows by a minute an entry. The first is the opening, by the police of Noord."""

    def __init__(self, **opening: Any) -> None:
        super().__init__()
        self.tells("card.opened", {"situation": "worry", "place": "Kruispunt", **opening})

    def tells(self, kind: str, body: dict[str, Any], by: str = "noord-1", audience: str = "all", supersedes: tuple[str, ...] = ()) -> str:
        turn = len(self)
        id_ = f"019a0000-0000-7000-8000-{turn:012x}"
        self.append({
            "id": id_, "card": CARD, "kind": kind, "at": f"{BEGIN_MS + turn * 60_000:013d}-0000-0000000a", "by": by, "org": by.split("-")[0],
            "device": "0000000a", "audience": audience, "supersedes": list(supersedes), "body": body,
        })  # fmt: skip
        return id_

    @property
    def card(self) -> Card:
        return fold(self)


def frame(person: str = "noord-1", lang: str = "nl") -> dict[str, Any]:
    org = person.split("-")[0]
    viewer = {"person": person, "org": org, "domain": ORGANISATIONS[org]["domain"], "role": "member", "name": person}
    known = {"people": PEOPLE, "organisations": ORGANISATIONS, "directory": BOOK}
    return {"viewer": viewer, "now": BEGIN_MS + 3_600_000, "lang": lang, **known, "sync": None}


@pytest.fixture
def draw(jinja: Any, phone: Any) -> Draw:
    """A screen as both servers draw it, which must be one."""

    def drawn(name: str, viewer: str = "noord-1", **facts: Any) -> Screen:
        facts = {"frame": frame(viewer), **facts}
        template, context = getattr(screen, name)(**facts)
        [theirs] = phone([{"screen": camel(name), "facts": json.loads(json.dumps(facts))}])
        markup = jinja(template, context)
        assert theirs["html"] == markup
        read = Screen(markup)
        read.markup = markup  # type: ignore[attr-defined]
        assert_well_made(read)
        return read

    return drawn


def form(draw: Draw, log: Log, kind: str, viewer: str = "noord-1", values: dict[str, list[str]] | None = None, **query: str) -> Screen:
    return draw("form", viewer, card=log.card, kind=kind, values=values or {}, errors={}, query=query, fragment=False, id="0")


# the bonnet


def test_the_bonnet_shows_nothing_that_is_not_for_everybody_around_it(draw):
    log = Log()
    shared = log.tells("plan.set", {"plan": "Eén praat"})
    for audience, by in (("police", "noord-1"), ("org", "noord-2")):
        log.tells("plan.set", {"plan": f"geheim {audience}", "if_then": ["geheim"]}, by, audience)
        log.tells("picture.set", {"problem": f"geheim {audience}"}, by, audience)
        log.tells("agreement.made", {"what": "geheim", "who": "Noord"}, by, audience)
        log.tells("presence.arrived", {"person": f"Geheim {audience}"}, by, audience)
        log.tells("service.requested", {"service": "geheim", "for": "advice"}, by, audience)
        log.tells("risk.assessed", {"for": "client", "level": "high", "acute": True}, by, audience)
        log.tells("alarm.raised", {}, by, audience)
    log.tells("risk.assessed", {"for": "client", "level": "low"})
    display = draw("bonnet", card=log.card).by_id["section-display"]
    assert "Eén praat" in display
    assert "Cliënt Laag" in " ".join(display.split())
    for hidden in ("geheim", "Geheim", "Hoog", "acuut", "ALARM", "Twee", "Alleen politie"):
        assert hidden not in display, f"{hidden} would give it away"
    assert shared in [head["id"] for head in log.card["plan"]["heads"]]


def test_the_bonnet_shows_what_we_do_when_it_turns_and_who_does_what_until_when(draw):
    log = Log()
    log.tells("plan.set", {"plan": "Eén praat", "if_then": ["Als hij wegrent, volgen we hem"]})
    log.tells("agreement.made", {"what": "haalt de tas weg", "who": "Noord", "until": "2026-11-24T20:15:00Z"})
    done = log.tells("agreement.made", {"what": "belt de dienst", "who": "Zuid"})
    log.tells("agreement.done", {"agreement": done})
    display = draw("bonnet", card=log.card).by_id["section-display"]
    assert "Als hij wegrent, volgen we hem" in display
    assert "haalt de tas weg" in display
    assert "21:15" in display
    assert "belt de dienst" not in display, "what is done takes no room"


def bonnet_of(draw: Draw, log: Log) -> str:
    return " ".join(draw("bonnet", card=log.card).by_id["section-display"].split())


# Of every kind that the bonnet shows: what it says there.
ON_THE_BONNET: list[tuple[str, dict[str, Any], str]] = [
    ("presence.arrived", {"person": "Wijkagent", "position": "nearby"}, "Wijkagent"),
    ("risk.assessed", {"for": "client", "level": "high"}, "Cliënt Hoog"),
    ("picture.set", {"problem": "Man met mes op het dak"}, "Man met mes op het dak"),
    ("plan.set", {"plan": "Eén praat", "if_then": ["Als hij wegrent, volgen we hem"]}, "Eén praat"),
    ("agreement.made", {"what": "haalt de tas weg", "who": "Noord"}, "haalt de tas weg"),
    ("service.requested", {"service": "Dokter Jansen", "for": "advice"}, "Dokter Jansen"),
    ("approach.noted", {"looks": "Hond bij de deur"}, "Hond bij de deur"),
    ("alarm.raised", {}, "ALARM: hulp nu"),
]


@pytest.mark.parametrize(("kind", "body", "said"), ON_THE_BONNET, ids=[kind for kind, *_ in ON_THE_BONNET])
def test_what_was_corrected_does_not_stand_on_the_bonnet_as_if_it_held(draw, kind, body, said):
    log = Log()
    noted = log.tells(kind, body)
    before = draw("bonnet", card=log.card)
    assert said in bonnet_of(draw, log)
    assert "item-struck" not in before.markup
    log.tells("entry.corrected", {"entry": noted, "text": "Geen mes"})
    corrected = draw("bonnet", card=log.card)
    assert said in bonnet_of(draw, log), "the original stays visible"
    assert "Gecorrigeerd: Geen mes" in bonnet_of(draw, log)
    # An alarm rings until somebody ends it: a correction stands beside it.
    assert ("item-struck" in corrected.markup) == (kind != "alarm.raised")


def test_a_place_that_was_corrected_is_struck_on_the_bonnet(draw):
    log = Log()
    log.tells("entry.corrected", {"entry": log.card["opened"]["entry"], "text": "Dam 2"})
    assert 'bonnet-item item-struck"><h1 class="bonnet-place"' in draw("bonnet", card=log.card).markup
    assert "Gecorrigeerd: Dam 2" in bonnet_of(draw, log)


def test_a_correction_that_is_not_for_all_gives_nothing_away_on_the_bonnet(draw):
    log = Log()
    noted = log.tells("picture.set", {"problem": "Man met mes op het dak"})
    judged = log.tells("risk.assessed", {"for": "client", "level": "high"})
    for one in (noted, judged):
        log.tells("entry.corrected", {"entry": one, "text": "geheim"}, "noord-1", "police")
    page = draw("bonnet", card=log.card)
    assert "Man met mes op het dak" in page.markup
    assert "geheim" not in page.markup
    assert "item-struck" not in page.markup


# what other systems send


@pytest.mark.parametrize(
    ("slug", "words"), [("missing-person", "Vermissing"), ("missing_person", "Vermissing"), ("lost-dog_found", "lost dog found")]
)
def test_a_situation_of_another_system_is_shown_in_words(draw, slug, words):
    card = Log().card | {"situation": slug}
    assert words in draw("card", card=card).by_id["section-header"]
    home = draw("home", cards=[card])
    assert words in home.text
    assert slug not in home.text


def test_a_rule_in_two_halves_is_read_as_one_sentence(draw):
    log = Log()
    log.tells("plan.set", {"plan": "Eén praat", "if_then": ["Als hij valt, helpen we"]})
    card = copy.deepcopy(log.card)
    for item in (card["plan"]["heads"][0], card["timeline"][-1]):
        item["body"]["if_then"].append({"if": "hij wegrent", "then": "volgen we hem"})
    for shown in (draw("card", card=card), draw("bonnet", card=card), draw("timeline", card=card, before=None)):
        assert "Als hij valt, helpen we" in shown.text
        assert "Als hij wegrent, dan volgen we hem" in shown.text


# what a form says before it asks


TITLE = {
    "plan.agreed": "Akkoord met het plan", "agreement.done": "Afspraak gedaan", "handover.declined": "Overdracht niet aangenomen",
    "handover.accepted": "Overdracht aangenomen", "handover.released": "Overdrager mag gaan", "alarm.ended": "Alarm voorbij",
    "entry.corrected": "Correctie",
}  # fmt: skip

ABOUT: list[tuple[str, dict[str, Any], list[str]]] = [
    ("risk.assessed", {"for": "client", "level": "high", "acute": True, "facts": ["weapon"], "note": "mes"}, ["Cliënt", "Hoog", "Wapen", "mes"]),
    ("transport.chosen", {"by": "police", "reason": "geen ander vervoer"}, ["Politie", "geen ander vervoer"]),
    ("approach.noted", {"looks": "rode jas", "by_whom": "zijn zus"}, ["rode jas", "zijn zus"]),
    ("presence.arrived", {"person": "zuid-1", "position": "nearby", "role": "praat"}, ["Zuid-1", "Om de hoek", "praat"]),
    ("card.shared", {"organisation": "dehaven"}, ["Opvang <De Haven>"]),
    ("observation.noted", {"found": "een mes", "says": "ga weg", "used": "bier"}, ["Aangetroffen", "een mes", "Zegt", "ga weg", "bier"]),
    ("alarm.raised", {"note": "hij heeft het mes"}, ["Alarm", "hij heeft het mes"]),
    ("plan.set", {"plan": "Eén praat", "if_then": ["Als hij valt, helpen we"]}, ["Eén praat", "Als hij valt, helpen we"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "words"), ABOUT, ids=[kind for kind, *_ in ABOUT])
def test_the_form_of_a_correction_shows_all_that_is_corrected(draw, kind, body, words):
    log = Log()
    log.tells(kind, body)
    text = form(draw, log, "entry.corrected", entry=log[-1]["id"]).text
    assert [word for word in words if word not in text] == []


def test_what_was_written_is_read_in_the_order_of_its_form(draw):
    log = Log()
    log.tells("plan.set", {"if_then": ["Als hij valt, helpen we"], "plan": "Eén praat"})
    for kind, query in (("plan.set", {}), ("entry.corrected", {"entry": log[-1]["id"]})):
        text = form(draw, log, kind, **query).text
        assert text.index("Eén praat") < text.index("Als hij valt, helpen we")


def test_the_form_of_a_correction_shows_where_the_card_was_opened(draw):
    log = Log(place="Havenstraat", about="man met hond")
    text = form(draw, log, "entry.corrected", entry=log[0]["id"]).text
    for words in ("Zorgen van de wijkagent", "Havenstraat", "man met hond"):
        assert words in text


def pointing_log() -> tuple[Log, dict[str, tuple[str, str]]]:
    """Every kind that speaks about another entry, with its id and the words by which that entry is known."""
    log = Log()
    plan, what = log.tells("plan.set", {"plan": "Eén praat"}), log.tells("agreement.made", {"what": "tas weg", "who": "Noord"})
    offer, alarm = (
        log.tells("handover.offered", {"to": "crisisdienst", "situation": "op de trap"}),
        log.tells("alarm.raised", {"note": "heeft het mes"}),
    )
    risk = log.tells("risk.assessed", {"for": "client", "level": "high"})
    by = "crisisdienst-1"
    return log, {
        "plan.agreed": (log.tells("plan.agreed", {"plan": plan}, by), "Eén praat"),
        "agreement.done": (log.tells("agreement.done", {"agreement": what}, by), "tas weg"),
        "handover.declined": (log.tells("handover.declined", {"offer": offer}, by), "GGZ Crisisdienst"),
        "handover.accepted": (log.tells("handover.accepted", {"offer": offer, "release": False}, by), "GGZ Crisisdienst"),
        "handover.released": (log.tells("handover.released", {"offer": offer}, by), "GGZ Crisisdienst"),
        "alarm.ended": (log.tells("alarm.ended", {"alarm": alarm}, by), "heeft het mes"),
        "entry.corrected": (log.tells("entry.corrected", {"entry": risk, "text": "te hoog"}, by), "Risico Cliënt Hoog"),
    }


def test_a_line_of_the_time_line_says_what_it_is_about(draw):
    log, pointing = pointing_log()
    lines = [" ".join(line.split()) for line in draw("timeline", card=log.card, before=None).text.split("Corrigeren")]
    for kind, (_, words) in pointing.items():
        [line] = [line for line in lines if TITLE[kind] in line.partition("Over:")[0]]
        assert words in line.partition("Over:")[2]


def test_a_line_of_the_time_line_says_to_whom_was_referred(draw):
    log = Log()
    asked = log.tells("service.requested", {"service": "crisisdienst", "for": "assessment"})
    log.tells("service.declined", {"request": asked, "reason": "under_influence", "referred_to": "de huisarts"})
    assert "Verwezen naar de huisarts" in " ".join(draw("timeline", card=log.card, before=None).text.split())


def test_what_a_line_is_about_is_said_without_an_answer_that_nobody_knows_the_question_of(draw):
    log = Log()
    offer = log.tells("handover.offered", {"to": "crisisdienst", "situation": "op de trap", "searched": "yes"})
    log.tells("handover.declined", {"offer": offer}, "crisisdienst-1")
    line = " ".join(draw("timeline", card=log.card, before=None).text.split()).partition("Over:")[2]
    assert line.startswith(" Overdracht aangeboden GGZ Crisisdienst")


def test_since_when_somebody_is_known_is_a_day_as_people_write_it(draw):
    log = Log()
    log.tells("contact.known", {"function": "begeleider", "since": "2026-02-01"})
    assert "01-02-2026" in draw("timeline", card=log.card, before=None).text


def test_the_form_of_a_correction_says_what_a_short_answer_was_about_and_shows_no_id(draw):
    log, pointing = pointing_log()
    for kind, (id_, words) in pointing.items():
        text = " ".join(form(draw, log, "entry.corrected", entry=id_).text.split())
        assert words in text.split("Over:")[1], kind
        assert "019a0000" not in text, f"{kind}: nobody reads ids"


def test_who_takes_over_first_reads_what_is_said_and_then_as_questions_what_is_not(draw):
    log = Log()
    offer = log.tells("handover.offered", {"to": "crisisdienst", "weapons": "mes, ingenomen", "request": "graag opname"})
    text = " ".join(form(draw, log, "handover.accepted", "crisisdienst-1", offer=offer).text.split())
    assert text.count("Niet gezegd:") == 1
    assert text.index("graag opname") < text.index("mes, ingenomen") < text.index("Niet gezegd:")
    asked = text.split("Niet gezegd:")[1]
    for question in ("Situatie: wat is er nu?", "Gefouilleerd?", "Letsel?", "Wie terugbellen, tot hoe laat?"):
        assert question in asked, "what nobody said stays in sight"
    assert "Waarom dit voor iedereen mag" not in asked, "a ground is no part of a handover"
    assert "Politie Basisteam Noord" in text.split("Niet gezegd:")[0], "from whom"


# a handover between two


def handover_of(page: Screen) -> str:
    return " ".join(page.by_id["section-handover"].split())


def test_who_is_offered_a_handover_sees_it_at_the_top_at_the_bottom_and_in_the_list(draw):
    log = Log()
    offer = log.tells("handover.offered", {"to": "crisisdienst", "situation": "op de trap"})
    page = draw("card", "crisisdienst-1", card=log.card)
    assert "Overdracht voor u van Politie Basisteam Noord" in page.by_id["section-header"]
    assert "Overdracht voor u: bekijk" in page.by_id["section-holding"]
    head, _, _ = page.markup.partition('id="section-presence"')
    assert f"kind=handover.accepted&amp;offer={offer}" in head or f"kind=handover.accepted&offer={offer}" in head, "two taps: this one, and sending"
    assert "Overdracht voor u van Politie Basisteam Noord" in draw("home", "crisisdienst-1", cards=[log.card]).text
    for giver in (draw("card", card=log.card), draw("home", cards=[log.card])):
        assert "Overdracht voor u" not in giver.text
    log.tells("handover.declined", {"offer": offer}, "crisisdienst-1")
    assert "Overdracht voor u" not in draw("card", "crisisdienst-1", card=log.card).text


def test_who_asked_for_a_handover_reads_that_and_is_not_asked_again(draw):
    log = Log()
    asks = "kind=handover.requested"
    assert asks in draw("card", "crisisdienst-1", card=log.card).markup
    log.tells("handover.requested", {"from": "noord"}, "crisisdienst-1")
    asker, holder = draw("card", "crisisdienst-1", card=log.card), draw("card", card=log.card)
    assert "U vroeg om 03:07 de overdracht aan Politie Basisteam Noord." in handover_of(asker)
    assert asks not in asker.markup
    assert "wil overnemen" in handover_of(holder)
    for page in (asker, holder):
        assert "Nog geen overdracht" not in handover_of(page)
    assert asks in draw("card", "dehaven-1", card=log.card).markup, "another one still may ask"


def test_who_has_an_offer_to_answer_is_not_invited_to_ask_for_one(draw):
    log = Log()
    log.tells("handover.offered", {"to": "crisisdienst"})
    assert "kind=handover.requested" not in draw("card", "crisisdienst-1", card=log.card).markup


def test_the_open_offer_stands_first_and_a_declined_one_has_no_buttons(draw):
    log = Log()
    declined = log.tells("handover.offered", {"to": "crisisdienst", "situation": "de eerste keer"})
    log.tells("handover.declined", {"offer": declined, "reason": "te vroeg"}, "crisisdienst-1")
    log.tells("handover.offered", {"to": "dehaven", "situation": "aan een ander"})
    mine = log.tells("handover.offered", {"to": "crisisdienst", "situation": "de tweede keer"})
    page = draw("card", "crisisdienst-1", card=log.card)
    text = handover_of(page)
    assert text.index("de tweede keer") < text.index("aan een ander") < text.index("de eerste keer")
    assert text.count("Ik neem over") == 1
    assert text.count("Niet aannemen") == 1
    assert "Toch overnemen" in text.split("te vroeg")[1], "declined by mistake is not the end"
    assert [link for link in page.links if "handover.declined" in link] == [f"/cards/{CARD}/entries/new?kind=handover.declined&offer={mine}"]


def test_a_giver_who_holds_nothing_any_more_is_not_said_to_stay(draw):
    log = Log()
    first = log.tells("handover.offered", {"to": "crisisdienst", "gives": [log[0]["id"]]})
    log.tells("handover.accepted", {"offer": first, "release": False}, "crisisdienst-1")
    assert "overdrager blijft nog" in handover_of(draw("card", "crisisdienst-1", card=log.card))
    card = log.card | {"holders": ["crisisdienst", "dehaven"]}
    text = handover_of(draw("card", "crisisdienst-1", card=card))
    assert "overdrager blijft nog" not in text
    assert "De ander mag gaan" not in text
    assert "aangenomen" in text


# what the form begins with, and what it asks


def test_a_handover_begins_with_the_card_and_each_such_field_says_so(draw):
    log = Log(about="man met hond")
    log.tells("observation.noted", {"does": "Loopt <heen> & weer", "used": "Bier"}, "crisisdienst-1")
    log.tells("observation.noted", {"found": "GEHEIM"}, audience="police")
    log.tells("risk.assessed", {"for": "client", "level": "high", "acute": True, "facts": ["children"]})
    page = form(draw, log, "handover.offered", to="crisisdienst")
    filled = page.form("handover.offered").filled()
    assert filled["background"] == ["03:07 Doet: Loopt <heen> & weer; Gebruikt: Bier"]
    assert filled["assessment"] == ["Cliënt: Hoog, acuut (Kinderen)"]
    assert filled["left_behind"] == ["Kinderen"]
    assert "GEHEIM" not in page.text
    for name in ("situation", "background", "assessment", "substances", "left_behind"):
        assert f"card-{name}" in page.described[f"field-{name}"], "who hears the form hears it too"
    assert "card-injuries" not in page.ids


def test_who_leaves_nobody_behind_is_asked_who_holds_it_then(draw):
    log = Log()
    log.tells("presence.arrived", {"person": "noord-1"})
    page = form(draw, log, "presence.left", person="noord-1")
    assert "Wie houdt de kaart dan vast?" in page.headings
    assert "Politie Basisteam Noord houdt de kaart nog vast" in page.text
    assert any("handover.offered" in link for link in page.links)
    other = form(draw, log, "presence.left", "crisisdienst-1", person="noord-1")
    assert not any("handover.offered" in link for link in other.links), "only who holds can hand over"
    log.tells("presence.arrived", {"person": "noord-2"}, "noord-2")
    assert "Wie is weg?" in form(draw, log, "presence.left", person="noord-1").headings


def test_the_large_word_says_who_holds_it_now(draw):
    log = Log()
    holding = lambda viewer: " ".join(draw("card", viewer, card=log.card).by_id["section-holding"].split("Alarm")[0].split())  # noqa: E731
    assert (holding("noord-1"), holding("dehaven-1")) == ("U houdt vast", "Politie Basisteam Noord houdt vast")
    offer = log.tells("handover.offered", {"to": "crisisdienst", "gives": [log[0]["id"]]})
    log.tells("handover.accepted", {"offer": offer, "release": False}, "crisisdienst-1")
    assert holding("noord-1") == "U en GGZ Crisisdienst houden vast"
    assert holding("dehaven-1") == "GGZ Crisisdienst en Politie Basisteam Noord houden vast"
    log.tells("handover.released", {"offer": offer}, "crisisdienst-1")
    assert holding("noord-1") == "GGZ Crisisdienst houdt vast"
    assert "GGZ Crisisdienst houdt vast" in " ".join(draw("bonnet", card=log.card).by_id["section-display"].split())


def test_a_decision_that_waits_says_until_when_or_that_nobody_said_so(draw):
    log = Log()
    log.tells("arrest.made", {"who": "De man met de rode jas"})
    line = "nog niet beslist: zonder aangifte is er geen grond"
    assert line in draw("card", card=log.card).by_id["section-header"]
    first = log.tells("report.decided", {"will": "later"})
    page = draw("card", "dehaven-1", card=log.card)
    assert line in page.by_id["section-header"]
    assert "Wanneer er wordt beslist, staat er niet." in page.by_id["section-offence_report"]
    log.tells("report.decided", {"will": "later", "until": "2026-11-24T20:15:00Z"}, supersedes=(first,))
    assert "Beslissing om" in draw("card", card=log.card).by_id["section-header"]


# corrections where the original stands


def test_a_wrong_place_is_struck_and_corrected_in_the_header(draw):
    log = Log()
    log.tells("entry.corrected", {"entry": log[0]["id"], "text": "het is de Havenstraat"})
    page = draw("card", card=log.card)
    assert "het is de Havenstraat" in page.by_id["section-header"]
    assert '<div class="card-what item-struck">' in page.markup


def test_a_corrected_answer_says_so_on_the_card(draw):
    log, pointing = pointing_log()
    withdrawn = log.tells("handover.offered", {"to": "dehaven"})
    ids = [pointing["agreement.done"][0], pointing["handover.declined"][0], log.tells("handover.withdrawn", {"offer": withdrawn})]
    for id_ in ids:
        log.tells("entry.corrected", {"entry": id_, "text": f"toch anders {id_}"})
    page = draw("card", card=log.card)
    for id_ in ids:
        assert f"toch anders {id_}" in page.by_id["section-agreement"] + page.by_id["section-handover"]
    assert page.markup.count('class="answer item-struck"') == 3


def test_a_corrected_closing_says_so_on_the_card(draw):
    log = Log()
    log.tells("card.closed", {"outcome": "mee met de dienst"})
    log.tells("entry.corrected", {"entry": log[-1]["id"], "text": "naar huis gegaan"})
    assert "naar huis gegaan" in draw("card", card=log.card).by_id["section-closing"]


def test_a_judgement_can_be_corrected_where_it_stands(draw):
    log = Log()
    judged = log.tells("risk.assessed", {"for": "surroundings", "level": "high"})
    assert f"entry.corrected&entry={judged}" in " ".join(draw("card", card=log.card).links)
    log.tells("entry.corrected", {"entry": judged, "text": "verkeerde kaart"})
    page = draw("card", card=log.card)
    assert '<div class="risk level-high item-struck">' in page.markup
    assert "verkeerde kaart" in page.by_id["section-risk"]


# who is here


def test_a_neighbour_wears_no_badge_of_whoever_wrote_the_name_down(draw):
    log = Log()
    log.tells("presence.arrived", {"person": "Buurvrouw De Wit", "position": "nearby"})
    people = draw("card", card=log.card).markup.partition('id="section-presence"')[2].partition('class="on-card"')[0]
    assert "Buurvrouw De Wit" in people
    assert "badge" not in people


def test_who_is_here_wears_the_badge_of_their_own_organisation(draw):
    log = Log()
    log.tells("presence.arrived", {"person": "dehaven-1"})
    log.tells("presence.arrived", {"person": "zuid-2"}, "zuid-2")
    log.tells("presence.arrived", {"person": {"name": "De huisarts", "organisation": "Praktijk Oost"}})
    people = " ".join(draw("card", card=log.card).by_id["section-presence"].partition("Op de kaart")[0].split())
    for person in ('Dehaven-1 "de\' Vries" Opvang <De Haven> zorg', "zuid-2 Politie 'Zuid' & co politie", "De huisarts Praktijk Oost"):
        assert person in people


def test_where_somebody_else_stands_is_not_filled_in_after_a_mistake(draw):
    values = {"kind": ["presence.arrived"], "other": ["1"], "person": [" "], "role": ["buurvrouw"]}
    assert "position" not in form(draw, Log(), "presence.arrived", values=values).form("presence.arrived").filled()
    assert form(draw, Log(), "presence.arrived").form("presence.arrived").filled()["position"] == ["in_sight"]


# which organisations


@pytest.mark.parametrize(
    ("kind", "viewer", "offered"),
    [
        ("card.unshared", "zuid-1", ["dehaven"]),
        ("card.shared", "noord-1", ["crisisdienst"]),
        ("handover.requested", "dehaven-1", ["noord"]),
        ("handover.offered", "noord-1", ["zuid", "crisisdienst", "dehaven"]),
    ],
)
def test_a_form_offers_only_organisations_that_it_can_be_about(draw, kind, viewer, offered):
    log = Log()
    for org in ("zuid", "dehaven"):
        log.tells("card.shared", {"organisation": org})
    markup = form(draw, log, kind, viewer).markup
    assert [org for org in ORGANISATIONS if f'<option value="{org}"' in markup] == offered


# for who hears the page, or has no thumb


def test_no_two_links_to_a_form_sound_the_same(draw):
    for log in (Log(), pointing_log()[0]):
        markup = draw("card", card=log.card).markup
        names = [" ".join(Screen(link + "</a>").text.split()) for link in re.findall(r'<a [^>]*hx-get="[^"]*"[^>]*>.*?(?=</a>)', markup)]
        written = [name for name in names if not name.startswith("Corrigeren")]
        assert len(written) > 8
        assert sorted(set(written)) == sorted(written)


def test_the_alarm_is_the_second_stop_of_the_keyboard(draw):
    page = draw("card", card=Log().card)
    assert page.links[:2] == ["#main", "#alarm-raise"]
    assert re.search(r'<button [^>]*id="alarm-raise"', page.markup)


def test_the_place_is_the_one_heading_of_the_page_and_is_seen(draw):
    shown = draw("card", card=Log().card).markup
    markup = re.sub(r"<template.*?</template>", "", shown, flags=re.S)
    assert re.findall(r"<h1[^>]*>.*?</h1>", markup) == ['<h1 class="card-place">Kruispunt</h1>']
    assert markup.count(">Kruispunt<") == 1 + markup.count('<p class="item-said">Kruispunt<')
