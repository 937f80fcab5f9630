"""Sharing (wat mag ik delen?): from profession, kind of information, receiver and purpose to what may be said, why, and what can be asked instead.

The rules are data (`vocabulary/sharing.json`): the first rule that fits counts. An organisation may say something else in the place of a rule
(report 3.2.3, 4.2.1, 5.2.3). It is an aid: it knows no case, and the professional decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.clock import dated
from card.vocabulary import SHARING

QUESTIONS = ("profession", "information", "receiver", "purpose")
RULES: dict[str, dict[str, Any]] = {rule["id"]: rule for rule in SHARING["rules"]}


def answers_to(question: str) -> list[str]:
    """What may be chosen for a question; whoever shares can also receive."""
    named = {"profession": "professions", "receiver": "professions", "purpose": "purposes"}
    return list(SHARING[named.get(question, question)])


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """The answers that are real ones, up to the first question without an answer."""
    known: dict[str, str] = {}
    for question in QUESTIONS:
        if given.get(question, "") not in answers_to(question):
            break
        known[question] = given[question]
    return known


def advise(known: Mapping[str, str], instead: Mapping[str, Mapping[str, str]], lang: str) -> dict[str, Any] | None:
    """The advice when every question is answered; `instead` is what the organisation says, by rule."""
    if any(question not in known for question in QUESTIONS):
        return None
    rule = next(rule for rule in RULES.values() if all(known[question] in fits for question, fits in rule["when"].items()))
    return spoken(rule["id"], instead, lang)


def spoken(rule_id: str, instead: Mapping[str, Mapping[str, str]], lang: str) -> dict[str, Any]:
    """One rule in one language, as the organisation has it: verdict, reason, question, sources with their date, and whether it was adapted."""
    rule, own = RULES[rule_id], instead.get(rule_id, {})
    sources = [{"title": SHARING["sources"][source][lang], "date": dated(SHARING["sources"][source]["date"])} for source in rule["sources"]]
    if own.get("source"):
        sources = [{"title": own["source"], "date": dated(own.get("date", ""))}, *sources]
    return {
        "rule": rule_id,
        "verdict": own.get("verdict") or rule["verdict"],
        "reason": own.get("reason") or rule["reason"][lang],
        "ask": own.get("ask") or rule["ask"][lang],
        "sources": sources,
        "own": bool(own),
        "checked": dated(own.get("date") or SHARING["checked"]),
    }
