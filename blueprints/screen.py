"""Screens: from facts to the context of a template, each as (template, context). Pure; twin of static/worker/screen.js.

`frame` is who looks, when, in which language, and the names; a card is a folded card. What a template would have to work out is worked out here,
so that the shared templates only say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from blueprints import accords, actions, cared, consulted, missed, reach, waits
from blueprints.calls import questions_to, safety_for
from blueprints.domiciles import domiciles, given_address, proposed
from blueprints.engine import words
from blueprints.quote import with_quotes
from blueprints.reach import item_of
from card.afterwards import asks_how, owes_outcome
from card.anonymous import is_anonymous, watched
from card.begin import begins
from card.card_type import on_home, sections_of
from card.clock import date
from card.entry import trimmed
from card.fold import Card
from card.guides import fitting, is_past, offered
from card.hlc import millis
from card.language import hinted
from card.leaving import left_holding
from card.prefill import SBAR, prefill
from card.service_request import ANSWERS
from card.sharing import QUESTIONS, advise, answers_to, asked
from card.vocabulary import KINDS, LEVELS, SITUATIONS, TYPES

Frame = dict[str, Any]
Screen = tuple[str, dict[str, Any]]

SECTIONS = (
    "alarm", "header", "accords", "accord", "consultation", "care_report", "visit", "contact", "missing", "urgency", "back", "search", "begin",
    "action", "presence", "risk", "observation", "approach", "picture", "plan", "agreement", "waiting", "safety", "offence_report", "transport",
    "handover", "care_reports", "closing", "feedback", "timeline", "holding", "display", "invited",
)  # fmt: skip
ELSEWHERE = ("display", "invited")
# What a handover cannot do without for the safety of who takes over: what is not said of it is asked for first.
VITAL = ("searched", "weapons", "substances", "injuries", "medication", "left_behind", "call_back")
# The forms that begin with what the card knows, for their writer to look at.
PREFILLED = ("handover.offered", "missing.reported", "report.decided", "care_report.sent")
# The fields by which a form is about another entry.
ABOUT = ("offer", "plan", "entry", "agreement", "alarm", "question", "arrest", "request", "follow_up", "search", "talk", "asked")
# The subjects of which a form replaces what stands.
SUBJECTS = {
    "picture.set": "picture", "plan.set": "plan", "transport.chosen": "transport", "report.decided": "report", "missing.reported": "missing",
    "urgency.judged": "urgency", "visit.planned": "visit", "visit.answered": "visit", "contact.kept": "contact",
}  # fmt: skip
NAMES_SERVICES = ("service.requested", "service.declined")
# Of these a card is opened as of an incident, before there is one.
PREPARED = ("plan", "agreement", "consultation")
RECENT = 8
PAGE = 50
STAYS_OPEN_DAYS = 90
DAY_MS = 24 * 3600 * 1000


DUTY_MS = 12 * 60 * 60 * 1000
LONGEST_WHO: int = KINDS["agreement.made"]["fields"]["who"]["max"]


def home(*, frame: Frame, cards: list[Card]) -> Screen:
    shown = (card for card in cards if on_home(card) and asks_now(frame, card))
    rows = alarms_first(summary(frame, card) for card in sorted(shown, key=lambda card: str(card["id"]), reverse=True))
    return "home.html", {
        **frame,
        "open": [row for row in rows if not row["closed"]],
        "closed": [row for row in rows if row["closed"]],
        **afterwards(frame, cards),
        "contexts": SITUATIONS,
        "pages": [rule["page"] for rule in TYPES.values() if "page" in rule],
        **duty_form(frame),
    }


def alarms_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In a list the cards on which an alarm rings stand first; within that the order stays."""
    return sorted(rows, key=lambda row: not row["alarm"])


def afterwards(frame: Frame, cards: list[Card]) -> dict[str, Any]:
    """The closed cards of which this person is asked how they went, and what came of them."""
    viewer, after_h = frame["viewer"], frame.get("feedback_after_h", 0)
    lately = sorted((card for card in cards if card["closed"]), key=lambda card: str(card["id"]), reverse=True)
    return {
        "asked_how": [card for card in lately if asks_how(card, viewer["person"], after_h, frame["now"])],
        "asked_outcome": [card for card in lately if owes_outcome(card, viewer["person"], viewer["org"], after_h, frame["now"])],
    }


def asks_now(frame: Frame, card: Card) -> bool:
    """Of what is prepared only what is near, and of what is asked between incidents only what waits for this organisation."""
    if card["type"] == "plan":
        return actions.is_near(frame, card)
    if card["type"] == "care_report":
        return cared.is_asked(card, frame["viewer"]["org"])
    return card["type"] != "consultation" or consulted.is_asked(card, frame["viewer"]["org"])


def summary(frame: Frame, card: Card) -> dict[str, Any]:
    """A card in the list: what, where, who holds it, how bad, who waits there for an answer of ours; for a lead whether it stays open."""
    levels = [judged["level"] for judged in card["risk"].values() if judged["level"]]
    return {
        **{name: card[name] for name in ("id", "type", "situation", "place", "about", "opened", "closed", "holders")},
        "level": max(levels, key=LEVELS.index, default=None),
        "acute": any(judged["acute"] for judged in card["risk"].values()),
        "alarm": len(ringing(card)) > 0,
        "offered_by": [offer["from"] for offer in offers_to(card, frame["viewer"]["org"])],
        "asked_by": [{"org": item["org"], "for": item["body"]["for"]} for item in waits.requests_to(card, frame["viewer"]["org"])],
        "late": waits.late(frame, card),
        **missed.summary(frame, card),
        "questions_by": [item["org"] for item in questions_to(card, frame["viewer"]["org"])],
        "safety_by": [item["org"] for item in safety_for(card, frame["viewer"])],
        "stays_open": stays_open(frame, card),
        "plan": actions.row(frame, card) if card["type"] == "plan" else None,
        "question": consulted.row(frame, card)["question"],
        "care_report": cared.row(frame, card) if card["type"] == "care_report" else None,
        "outcome": next((item for item in reversed(card["feedback"]) if item["kind"] == "outcome.told"), None),
    }


def in_groups(rows: list[dict[str, Any]], names: Iterable[str]) -> list[dict[str, Any]]:
    """Rows by what they ask now (their `group`), in this order of groups; no group without a row."""
    groups = ({"name": name, "rows": [row for row in rows if row["group"] == name]} for name in names)
    return [group for group in groups if group["rows"]]


ACCORD_GROUPS = ("to_agree", "renew", "holds", "ended")


def agreements_page(*, frame: Frame, cards: list[Card]) -> Screen:
    rows = sorted((accords.row(frame, card) for card in cards), key=lambda row: (row["until"] or "", row["id"]))
    return "agreements.html", {**frame, "groups": in_groups(rows, ACCORD_GROUPS)}


QUESTION_GROUPS = ("late", "for_us", "by_us", "answered")


def consultations_page(*, frame: Frame, cards: list[Card]) -> Screen:
    rows = sorted((consulted.row(frame, card) for card in cards), key=lambda row: (row["due"] or "", row["id"]))
    return "consultations.html", {**frame, "groups": in_groups(rows, QUESTION_GROUPS)}


PLAN_GROUPS = ("late", "today", "to_agree", "coming", "called_off")


def plans_page(*, frame: Frame, cards: list[Card]) -> Screen:
    """Plans by what they ask now; within that what begins first goes first."""
    rows = sorted((actions.row(frame, card) for card in cards), key=lambda row: (row["day"] or "", row["start"] or "", row["id"]))
    return "plans.html", {**frame, "groups": in_groups(rows, PLAN_GROUPS)}


def stays_open(frame: Frame, card: Card) -> bool:
    """A card of the lead's own organisation that nobody closed and on which nobody wrote for a long time (docs/privacy.md, "Retention")."""
    viewer, opened = frame["viewer"], card["opened"]
    if viewer["role"] != "lead" or card["closed"] or not opened or opened["org"] != viewer["org"]:
        return False
    days = frame["organisations"].get(viewer["org"], {}).get("stays_open_days", STAYS_OPEN_DAYS)
    return bool(frame["now"] - millis(card["timeline"][-1]["at"]) > days * DAY_MS)


def new_card(
    *,
    frame: Frame,
    context: str | None,
    situation: str | None,
    type: str | None,
    values: dict[str, Any],
    errors: dict[str, str],
    begun: dict[str, Any],
    named: list[dict[str, str]] | None = None,
) -> Screen:
    """`begun`: what came along from another card (blueprints/carried.py), and `with`: whom of it somebody wants here."""
    chosen = next((one for one in SITUATIONS if one["slug"] == context or (situation and situation in types_of(one))), None)
    return "new_card.html", {
        **frame,
        "contexts": SITUATIONS,
        "context": chosen,
        "situation": situation if chosen and situation in types_of(chosen) else None,
        "type": type if type in PREPARED else "incident",
        "form": {"kind": "card.opened", "values": values, "errors": errors},
        "problems": problems("card.opened", errors),
        "named": named or [],
        "situation_guides": offered_for(frame, situation),
        "begun": begun,
        "grounds": KINDS["card.opened"]["fields"]["ground"]["choices"],
        "anonymous": values.get("anonymous") == "true" if "place" in values else situation == "informal_consultation",
    }


def offered_for(frame: Frame, situation: str | None) -> list[dict[str, Any]]:
    """The guides for a situation, before there is a card."""
    return fitting(frame.get("guides", []), frame["viewer"]["org"], situation, "", today(frame)) if situation else []


def types_of(context: dict[str, Any]) -> list[str]:
    return [slug for group in context["groups"] for slug in group["types"]]


def card(*, frame: Frame, card: Card) -> Screen:
    return "card/page.html", {**frame, **facts(frame, card), "names": [name for name in SECTIONS if name in sections_of(card)], "oob": False}


def sections(*, frame: Frame, card: Card, names: Iterable[str]) -> Screen:
    drawn = {*sections_of(card), *ELSEWHERE} & set(names)
    wanted = [name for name in SECTIONS if name in drawn]
    return "card/sections.html", {**frame, **facts(frame, card), "names": wanted, "oob": True}


def timeline(*, frame: Frame, card: Card, before: str | None) -> Screen:
    items = [item for item in card["timeline"] if not before or item["at"] < before]
    page = items[-PAGE:][::-1]
    return "card/whole_timeline.html", {
        **frame,
        "card": card,
        "items": with_quotes(card, page),
        "before": page[-1]["at"] if len(items) > PAGE else None,
        "first_page": not before,
    }


def alarms(*, frame: Frame, cards: list[Card]) -> Screen:
    """Every alarm that rings on one of these cards, for the pages that do not show that card."""
    rows = [{"card": card["id"], "place": card["place"], "item": item} for card in cards for item in ringing(card)]
    return "alarms.html", {**frame, "alarms": rows}


def bonnet(*, frame: Frame, card: Card) -> Screen:
    return "card/bonnet.html", {**frame, **facts(frame, card), "oob": False}


def people(*, frame: Frame, card: Card) -> Screen:
    return "card/people.html", {**frame, **facts(frame, card), "oob": False}


def join(*, frame: Frame, code: str, errors: dict[str, str]) -> Screen:
    return "join.html", {**frame, "code": code, "errors": errors}


def message(*, frame: Frame, what: str, fragment: bool) -> Screen:
    return "message.html", {**frame, "what": what, "fragment": fragment}


def unsent(*, frame: Frame, unsent: list[dict[str, Any]], refused: list[dict[str, Any]]) -> Screen:
    return "unsent.html", {**frame, "unsent": unsent, "refused": refused}


def status(*, frame: Frame, fragment: bool) -> Screen:
    return "status.html", {**frame, "fragment": fragment}


def settings(*, frame: Frame) -> Screen:
    return "settings.html", {**frame, "languages": ["nl", "en"], "lock": None, **duty_form(frame)}


def duty(*, frame: Frame, said: str | None, error: str | None) -> Screen:
    """Saying until when one is on duty, on a page of its own; `said` is what was typed, when that was no time to come."""
    return "duty_page.html", {**frame, **duty_form(frame, said, error)}


def duty_form(frame: Frame, said: str | None = None, error: str | None = None) -> dict[str, Any]:
    """`duty_ends` is what the form proposes: half a day from now."""
    return {"duty_said": said, "duty_error": error, "duty_ends_ms": frame["now"] + DUTY_MS}


def duty_rule(*, frame: Frame, rules: Iterable[str], error: str | None, kept: bool) -> Screen:
    return "organisation/duty.html", {**frame, "rules": list(rules), "error": error, "kept": kept}


def sharing(*, frame: Frame, given: dict[str, str], card: str | None, instead: dict[str, dict[str, str]]) -> Screen:
    """What may I share: the next question, or the advice. Every choice is a link, so that one can go back and choose again."""
    known = asked(given)
    question = next((one for one in QUESTIONS if one not in known), None)
    steps = [{"question": one, "value": known[one], "href": sharing_address(card, known, list(known)[:place])} for place, one in enumerate(known)]
    before = sharing_address(card, known, list(known))
    joint = "&" if "?" in before else "?"
    return "sharing.html", {
        **frame,
        "back": f"/cards/{card}" if card else "/",
        "steps": steps,
        "question": question,
        "choices": [{"value": value, "href": f"{before}{joint}{question}={value}"} for value in (answers_to(question) if question else [])],
        "advice": advise(known, instead, frame["lang"]),
        "again": sharing_address(card, known, []),
    }


def guides(*, frame: Frame, card: Card | None) -> Screen:
    """Every guide that is offered today; of a card first those for there and for that situation."""
    first_ones = guides_of(frame, card) if card else []
    rest = [one for one in offered(frame.get("guides", []), frame["viewer"]["org"], today(frame)) if one not in first_ones]
    where = f"/cards/{card['id']}" if card else ""
    return "guides.html", {**frame, "back": where or "/", "where": where, "first_ones": first_ones, "rest": rest}


def guide(
    *, frame: Frame, guide: dict[str, Any], card: Card | None, ids: list[str], errors: dict[str, str], values: dict[str, list[str]]
) -> Screen:
    """One guide. With a card its steps can be ticked and put on it; `ids` are those of the entries that they would be, one a step."""
    agreed = [one["item"]["body"]["what"] for one in card["agreements"]] if card else []
    ticked = values.get("step", [])
    rows = [
        {**step, "number": str(place), "on_card": step["text"] in agreed, "ticked": str(place) in ticked, "id": id_}
        for place, (step, id_) in enumerate(zip(guide["steps"], ids, strict=False))
    ]
    works_at = frame["organisations"].get(frame["viewer"]["org"], {}).get("name", "")
    return "guide.html", {
        **frame,
        "back": f"/cards/{card['id']}/guides" if card else "/guides",
        "guide": guide,
        "card": card,
        "rows": rows,
        "who": (values.get("who") or [works_at])[0],
        "errors": errors,
        "problems": [{"field": name, "code": code} for name, code in errors.items()],
        "past": is_past(guide, today(frame)),
    }


def agreements_of(guide: dict[str, Any], fields: dict[str, list[str]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The steps that were ticked as bodies of `agreement.made`, [{"step": place, "body"}], and per field what is wrong."""
    ticked, who = fields.get("step", []), trimmed((fields.get("who") or [""])[0])
    steps = [(place, step["text"]) for place, step in enumerate(guide["steps"]) if str(place) in ticked]
    errors = {} if steps else {"step": "no_step"}
    if (fields.get("version") or [""])[0] != str(guide["version"]):
        errors = {"step": "guide_changed"}
    if not who or len(who) > LONGEST_WHO:
        errors["who"] = "too_large" if who else "required"
    return [{"step": place, "body": {"what": text, "who": who}} for place, text in steps], errors


def guides_of(frame: Frame, card: Card) -> list[dict[str, Any]]:
    place, situation = (card[name] if isinstance(card[name], str) else "" for name in ("place", "situation"))
    return fitting(frame.get("guides", []), frame["viewer"]["org"], situation, place, today(frame))


def today(frame: Frame) -> str:
    return date(f"{frame['now']:013d}-")


def glossary(*, frame: Frame, terms: list[dict[str, Any]], card: str | None) -> Screen:
    """What each side means by a word, and what to say instead."""
    return "glossary.html", {**frame, "back": f"/cards/{card}" if card else "/", "terms": terms}


def sharing_address(card: str | None, known: dict[str, str], questions: Iterable[str]) -> str:
    told = [*([f"card={card}"] if card else []), *(f"{one}={known[one]}" for one in questions)]
    return "/sharing" + (f"?{'&'.join(told)}" if told else "")


def facts(frame: Frame, card: Card) -> dict[str, Any]:
    """Everything the sections of a card say."""
    me, org = frame["viewer"]["person"], frame["viewer"]["org"]
    rows = waits.waits(frame, card)
    return {
        "card": card,
        "holds": org in card["holders"],
        "others_hold": [one for one in card["holders"] if one != org],
        "here": any(one["person"] == me for one in card["present"]),
        "ringing": ringing(card),
        "accord": accords.accord_of(frame, card),
        "accords_here": accords.here(frame, card),
        "consultations": consulted.questions(frame, card),
        "care_report": cared.report_of(frame, card),
        "care_reports": cared.here(frame, card),
        "action": actions.action_of(frame, card),
        "plans": plans(frame, card),
        "divided": divided(card),
        "chains": waits.in_chains(rows),
        "requests_to_us": waits.requests_to(card, org),
        "for_all": for_all(card, plans(frame, card), rows),
        "opening": item_of(card, card["opened"]["entry"]) if card["opened"] else None,
        "closing": item_of(card, card["closed"]["entry"]) if card["closed"] else None,
        "people_here": people_here(frame, card),
        "offers": offers(card, org),
        "offers_to_me": offers_to(card, org),
        "questions_to_me": questions_to(card, org),
        "safety_to_answer": safety_for(card, frame["viewer"]),
        "asks_of_me": [asked for asked in card["asked_handovers"] if not asked["answered"] and asked["from"] == org],
        **asking(card, org),
        **missed.facts(frame, card),
        "gives": gives(card, org),
        "duties": [{**duty, "item": item_of(card, duty["entry"])} for duty in card["duties"]],
        "absent": [one for one in frame["organisations"].values() if one["id"] not in card["organisations"]],
        "leavable": leavable(frame, card),
        "removable": removable(card),
        "looks": [item for item in card["timeline"] if item["kind"] == "card.looked"],
        "anonymous": is_anonymous(card),
        "begins": begins(card),
        "card_guides": guides_of(frame, card),
        "recent": with_quotes(card, card["timeline"][-RECENT:][::-1]),
        "earlier": max(0, len(card["timeline"]) - RECENT),
    }


def ringing(card: Card) -> list[dict[str, Any]]:
    return [alarm["item"] for alarm in card["alarms"] if not alarm["ended"]]


def plans(frame: Frame, card: Card) -> list[dict[str, Any]]:
    """Each plan that stands, with who agreed with it, and whether both police and care did."""
    rows = []
    for head in card["plan"]["heads"]:
        orgs = sorted({head["org"], *(said["org"] for said in card["plan"]["agreed"] if said["plan"] == head["id"])})
        domains = {frame["organisations"].get(org, {}).get("domain") for org in orgs}
        rows.append({"item": head, "orgs": orgs, "both": {"police", "care"} <= domains, "mine": frame["viewer"]["org"] in orgs})
    return rows


def for_all(card: Card, plans: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What everybody may read who stands around the phone. That there is more is not said either: it would give it away."""
    told = {item["id"] for item in card["timeline"] if item["audience"] == "all"}
    opening = item_of(card, card["opened"]["entry"]) if card["opened"] else None
    return {
        "opening": next(iter(shared([opening] if opening else [], told)), None),
        "ringing": shared(ringing(card), told),
        "present": shared(card["present"], told),
        "risk": {whom: judged_for_all(judged, told) for whom, judged in card["risk"].items()},
        "approach": shared(card["approach"], told),
        "pictures": shared(card["picture"]["heads"], told),
        "plans": shared(plans, told),
        "agreements": shared([one for one in card["agreements"] if not one["done"]], told),
        "waits": shared([wait for wait in rows if wait["waiting"]], told),
    }


def shared(rows: list[dict[str, Any]], told: set[str]) -> list[dict[str, Any]]:
    """Of items, or of rows that each have one: those that are for all, with the corrections that are (`told`: the ids of all that is)."""
    return [shared_row(row, told) for row in rows if row.get("item", row)["audience"] == "all"]


def shared_row(row: dict[str, Any], told: set[str]) -> dict[str, Any]:
    if "item" in row:
        return {**row, "item": shared_row(row["item"], told)}
    return {**row, "corrections": [said for said in row["corrections"] if said["id"] in told]}


def judged_for_all(judged: dict[str, Any], told: set[str]) -> dict[str, Any]:
    heads = shared(judged["heads"], told)
    levels = [(head["body"]["level"], head["body"].get("acute") is True) for head in heads]
    return {
        "level": max((level for level, _ in levels), key=LEVELS.index, default=None),
        "acute": any(acute for _, acute in levels),
        "disagreement": len(set(levels)) > 1,
        "heads": heads,
    }


def divided(card: Card) -> list[str]:
    """The subjects with two heads for the same people. What is for some beside what is for all is no dispute."""
    readers = {name: [head["audience"] for head in card[name]["heads"]] for name in ("picture", "plan", "transport")}
    return [name for name, whom in readers.items() if len(set(whom)) < len(whom)]


def leavable(frame: Frame, card: Card) -> list[str]:
    """Who may be taken off the card: not who opened it, not who holds it, and not one's own organisation."""
    stay = {frame["viewer"]["org"], *card["holders"], *([card["opened"]["org"]] if card["opened"] else [])}
    return [org for org in card["organisations"] if org in frame["organisations"] and org not in stay]


def removable(card: Card) -> list[str]:
    """Who may be taken off the card by name: who came by code, and not who opened it."""
    opener = card["opened"]["by"] if card["opened"] else None
    return [person for person in card["joined"] if card["opened"] and person != opener]


def people_here(frame: Frame, card: Card) -> list[dict[str, Any]]:
    """Who is here, each with the organisation that was named or that they work for. Whoever wrote it down says nothing about that."""
    return [{**one, "works_for": one["organisation"] or works_for(frame, one)} for one in card["present"]]


def works_for(frame: Frame, one: dict[str, Any]) -> str | None:
    known = frame["people"].get(one["person"])
    if known:
        return str(known["org"])
    return str(one["item"]["org"]) if one["person"] == one["item"]["by"] else None


def offers_to(card: Card, org: str) -> list[dict[str, Any]]:
    """The offers that wait for this organisation's answer."""
    return [offer for offer in card["handovers"] if offer["open"] and offer["to"] == org]


def offers(card: Card, org: str) -> list[dict[str, Any]]:
    """Every offer with what this organisation can do with it; first what waits for it, then what waits for others, then the rest."""
    rows = []
    for offer in card["handovers"]:
        mine, stays = offer["to"] == org, offer["state"] == "accepted" and offer["from"] in card["holders"]
        told = {
            "item": content(offer["item"]),
            "state_words": "handover.taken" if offer["state"] == "accepted" and not stays else f"state.{offer['state']}",
            "stays": stays,
            "to_answer": mine and offer["open"],
            "to_regret": mine and offer["state"] == "declined",
            "to_release": mine and stays,
            "to_withdraw": offer["from"] == org and offer["open"],
        }
        rows.append({**offer, **told})
    return sorted(rows, key=lambda row: (not row["to_answer"], not row["open"]))


def asking(card: Card, org: str) -> dict[str, Any]:
    """What this organisation asked to take over and waits for, and whom it can still ask. Who is being offered a handover asks for none."""
    asked = [one for one in card["asked_handovers"] if not one["answered"] and one["item"]["org"] == org and one["from"] in card["holders"]]
    free = org not in card["holders"] and not offers_to(card, org)
    return {"asked_by_me": asked, "askable": [one for one in card["holders"] if free and one not in [ask["from"] for ask in asked]]}


def gives(card: Card, org: str) -> list[str]:
    """By which entries this organisation holds the card: the opening, and the offers it accepted (card/responsibility.py)."""
    opening = [card["opened"]["entry"]] if card["opened"] and card["opened"]["org"] == org else []
    return opening + [offer["item"]["id"] for offer in card["handovers"] if offer["to"] == org and offer["acceptances"]]


def form(
    *,
    frame: Frame,
    card: Card,
    kind: str,
    values: dict[str, Any],
    errors: dict[str, str],
    query: dict[str, str],
    fragment: bool,
    id: str | None = None,
    supersedes: list[str] | None = None,
    named: list[dict[str, str]] | None = None,
) -> Screen:
    """The form of a kind. `values` is what was typed (after an error), `query` what the link already knew."""
    addresses = domiciles(frame, card, frame["directory"]) if kind == "report.decided" else []
    linked = {name: [text] for name, text in query.items()}
    begun = started(frame, card, kind, {**linked, **values}, addresses)
    known = {**begun, **linked, **values}
    anonymous, me, org = is_anonymous(card), frame["viewer"]["person"], frame["viewer"]["org"]
    replaced = heads_of(card, kind, known) if supersedes is None else supersedes
    heads = [item for item in (item_of(card, entry) for entry in replaced) if item]
    about = [item for item in [item_of(card, first(known, ABOUT))] if item]
    audiences = [one for one in reach.audiences(card, kind, first(known, (KINDS[kind].get("audience_of", ""),))) if one in theirs(frame)]
    return "card/form_page.html" if not fragment else "card/form.html", {
        **frame,
        "card": card,
        "kind": kind,
        "id": id or "",
        "supersedes": ",".join(replaced),
        "fields": [field_of(frame, kind, name, known, errors, anonymous, begun) for name in KINDS[kind]["fields"]],
        "services": waits.choices(frame, card) if kind in NAMES_SERVICES else [],
        "domiciles": addresses,
        "address": given_address(known.get("domicile") or [], addresses),
        "leaves_holding": left_holding(card, {"person": known["person"][0]}, me, org) if kind == "presence.left" and known.get("person") else None,
        "questions": [question for offer in card["handovers"] if [offer["item"]["id"]] == known.get("offer") for question in offer["questions"]],
        "named": named or [],
        "problems": problems(kind, errors),
        "audience": next(one for one in (first(known, ("audience",)), KINDS[kind]["audience"], audiences[0]) if one in audiences),
        "audiences": audiences if KINDS[kind].get("choose_audience") else [],
        "beside": bool(heads),
        "about": next((content(item) for item in with_quotes(card, about)), None),
        "heads": heads,
        "duties": [{**duty, "item": item_of(card, duty["entry"])} for duty in card["duties"]] if kind == "card.closed" else [],
        "other": "other" in known,
        "others": [one for one in frame["organisations"].values() if one["id"] in eligible(frame, card, kind)],
    }


def theirs(frame: Frame) -> tuple[str, ...]:
    """For whom somebody may write: never for the other side alone."""
    return ("all", frame["viewer"]["domain"], "org")


def eligible(frame: Frame, card: Card, kind: str) -> list[str]:
    """The organisations that a form of this kind can be about."""
    known = [org for org in frame["organisations"] if org != frame["viewer"]["org"]]
    if kind == "card.unshared":
        return leavable(frame, card)
    if kind == "card.shared":
        return [org for org in known if org not in card["organisations"]]
    return [org for org in known if org in card["holders"]] if kind == "handover.requested" else known


def content(offer: dict[str, Any]) -> dict[str, Any]:
    """What a handover holds: the fields that say something, and the names of those that do not."""
    body = offer["body"] if isinstance(offer["body"], dict) else {}
    return {**offer, "told": [name for name in SBAR if body.get(name)], "missing": [name for name in SBAR if not body.get(name)]}


def started(frame: Frame, card: Card, kind: str, given: dict[str, Any], addresses: list[dict[str, str]]) -> dict[str, list[str]]:
    """What a form begins with."""
    if kind == "presence.arrived" and "other" not in given:
        return {"person": [frame["viewer"]["person"]], "position": ["in_sight"]}
    if kind == "handover.offered":
        names = {org: one["name"] for org, one in frame["organisations"].items()}
        told = prefill(card, words(frame["lang"]), names)
        return {"gives": gives(card, frame["viewer"]["org"]), **{name: [text] for name, text in told.items()}}
    if kind == "action.prepared":
        return actions.begun(card["action"]["versions"])
    if kind == "accord.set":
        return actions.begun(card["accord"]["versions"])
    if kind == "handover.asked" and (text := not_said(frame, card, first(given, ("offer",)))):
        return {"text": [text]}
    if kind == "contact.kept" and card["contact"]["heads"]:
        agreed = card["contact"]["heads"][-1]["body"]
        return {name: [agreed[name]] for name in ("organisation", "rhythm") if isinstance(agreed.get(name), str)}
    if kind == "missing.reported":
        return missed.begun(card)
    address = proposed(frame, addresses)
    return {"domicile": [address]} if kind == "report.decided" and address else {}


def not_said(frame: Frame, card: Card, offer: str) -> str:
    """What a handover does not say and who takes over must know, as the question to begin with."""
    missing = next((content(one["item"])["missing"] for one in card["handovers"] if one["item"]["id"] == offer), [])
    known = words(frame["lang"])
    labels = [known.get(f"field.handover.offered.{name}") or known[f"field.{name}"] for name in VITAL if name in missing]
    return " ".join(f"{label}?" for label in labels)


def heads_of(card: Card, kind: str, known: dict[str, Any]) -> list[str]:
    """The entries of the subject that the writer sees now and replaces. Who only says that a request came in takes nothing back."""
    whom = first(known, ("for",))
    if kind in ANSWERS and kind != "service.acknowledged":
        return next((one["heads"] for one in card["requests"] if one["item"]["id"] == first(known, ("request",))), [])
    if kind in ("accord.set", "accord.withdrawn"):
        return [item["id"] for item in [*card["accord"]["versions"], *card["accord"]["withdrawn"]]]
    if kind in ("action.prepared", "action.called_off"):
        return [item["id"] for item in [*card["action"]["versions"], *card["action"]["called_off"]]]
    subject = SUBJECTS.get(kind)
    if kind == "risk.assessed" and whom in card["risk"]:
        return [head["id"] for head in card["risk"][whom]["heads"]]
    return [head["id"] for head in card[subject]["heads"]] if subject else []


def field_of(
    frame: Frame, kind: str, name: str, known: dict[str, Any], errors: dict[str, str], anonymous: bool, begun: dict[str, list[str]]
) -> dict[str, Any]:
    """A field of the form. `from_card`: it says what the card already knew, and nobody looked at it yet."""
    field = KINDS[kind]["fields"][name]
    given = known.get("override.reason" if field["type"] == "override" else name) or []
    return {
        "name": name,
        "type": field["type"],
        "required": bool(field.get("required") or field.get("required_when") or missed.is_vital(kind, name)),
        "choices": field.get("choices", []),
        "max": field.get("max", 200),
        "given": given,
        "value": given[0] if given else "",
        "error": errors.get(name),
        "mine": given == [frame["viewer"]["person"]],
        "watched": name in watched(kind, anonymous),
        "names_service": field.get("names") == "service",
        "in_book": field.get("names") == "service" and bool(given) and waits.service_of(frame, given[0]) is not None,
        "from_card": kind in PREFILLED and name in begun and name != "gives" and as_typed(given) == as_typed(begun[name]),
        "hinted": hinted(kind, name),
    }


def fields_of(
    frame: Frame, kind: str, values: dict[str, Any], errors: dict[str, str], begun: dict[str, list[str]] | None = None
) -> list[dict[str, Any]]:
    """The fields of a form before there is a card, each with the name of its kind. `begun`: what the form begins with."""
    return [{**field_of(frame, kind, name, values, errors, False, begun or {}), "kind": kind} for name in KINDS[kind]["fields"]]


def as_typed(texts: list[str]) -> list[str]:
    """Browsers send a line break as two characters."""
    return [text.replace("\r\n", "\n") for text in texts]


def problems(kind: str, errors: dict[str, str]) -> list[dict[str, str]]:
    """The error summary: the fields with something wrong, in the order of the form."""
    known = [name for name in KINDS[kind]["fields"] if name in errors]
    return [{"field": name, "code": errors[name]} for name in [*known, *(name for name in errors if name not in known)]]


def first(known: dict[str, Any], names: Iterable[str]) -> str:
    return next((known[name][0] for name in names if known.get(name)), "")
