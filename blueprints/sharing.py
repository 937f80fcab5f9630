"""Sharing (wat mag ik delen?): the aid for everybody, and what an administrator lets it say for their organisation. The worker has the aid too."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen, server
from blueprints.frame import frame, language, show
from card.clock import dated
from card.entry import is_uuid7, trimmed
from card.sharing import RULES, spoken
from card.vocabulary import SHARING
from store import sharing

blueprint = Blueprint("sharing", __name__)

TEXTS = {"reason": 1000, "ask": 300, "source": 300}
DATE = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
DATE_HERE = re.compile(r"\d\d-\d\d-20\d\d", re.ASCII)


@blueprint.get("/sharing")
@doors.signed_in
def aid() -> AnyResponse:
    given = request.args.to_dict()
    card = given.pop("card", None)
    instead = sharing.instead(current_user.org)
    return show(screen.sharing(frame=frame(), given=given, card=card if is_uuid7(card) else None, instead=instead))


@blueprint.get("/organisation/sharing")
@doors.admin
def rules() -> str:
    instead = sharing.instead(current_user.org)
    return render_template("organisation/sharing.html", rules=[row(rule, instead) for rule in RULES], **frame())


@blueprint.get("/organisation/sharing/<rule>")
@doors.admin
def rule(rule: str) -> str:
    if rule not in RULES:
        abort(404)
    return page(rule, sharing.instead(current_user.org).get(rule, {}), {})


@blueprint.post("/organisation/sharing/<rule>")
@doors.admin
def adapt(rule: str) -> AnyResponse | tuple[str, int]:
    """Another text for this rule, from a source and a date; or the rule as it is for everybody again."""
    if rule not in RULES:
        abort(404)
    says = {name: trimmed(request.form.get(name, "")) for name in ("verdict", *TEXTS, "date")}
    if DATE_HERE.fullmatch(says["date"]):
        says["date"] = dated(says["date"])
    if "standard" in request.form:
        says = {}
    elif errors := wrong(says):
        return page(rule, says, errors), 422
    sharing.say(server.by(), rule, says)
    return redirect("/organisation/sharing", 303)


def wrong(says: dict[str, str]) -> dict[str, str]:
    """Per field what is wrong: everything is needed, because an adapted rule stands on the organisation's own source."""
    errors = {name: "required" for name, text in says.items() if not text}
    if "verdict" not in errors and says["verdict"] not in SHARING["verdicts"]:
        errors["verdict"] = "wrong"
    if "date" not in errors and not DATE.fullmatch(says["date"]):
        errors["date"] = "wrong"
    return errors | {name: "too_large" for name, most in TEXTS.items() if len(says[name]) > most}


def row(rule: str, instead: dict[str, dict[str, str]]) -> dict[str, object]:
    return {**spoken(rule, instead, language()), "when": RULES[rule]["when"]}


def page(rule: str, says: dict[str, str], errors: dict[str, str]) -> str:
    """The form of a rule: what it says for everybody, what it says here, and what it said here before."""
    known = {**spoken(rule, {}, language()), "source": "", "date": "", **says}
    known["date"] = dated(known["date"])
    facts: dict[str, Any] = {"rule": row(rule, {}), "says": known, "errors": errors, "texts": TEXTS}
    facts["problems"] = [{"field": name, "code": code} for name, code in errors.items()]
    history = [{**old, "date": dated(old["says"].get("date", ""))} for old in sharing.history(current_user.org, rule)]
    return render_template("organisation/sharing_rule.html", **facts, verdicts=SHARING["verdicts"], history=history, **frame())
