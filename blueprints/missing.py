"""Missing persons: reporting one, and who is missing now. The worker answers the same URLs (static/worker/missing.js). At which times an organisation
is asked whether somebody is back is set here too, by its leads and administrators.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, missing_screen, seeing, server
from blueprints.forms import new_id, to_card, uuid_of
from blueprints.frame import frame, show
from card.reminding import LONGEST, SHORTEST, Rule, minute_of
from store import log, reminders

blueprint = Blueprint("missing", __name__)

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


@blueprint.get("/missing")
@doors.signed_in
def missing_list() -> Response:
    cards = server.folded_of_type("missing")
    seeing.saw_list([(card["id"], log.standing(current_user.viewer, card["id"])) for card in cards])
    return show(missing_screen.missing_list(frame=frame(*cards), cards=cards))


@blueprint.get("/missing/new")
@doors.signed_in
def form() -> Response:
    return show(missing_screen.report_form(frame=frame(), card=new_id(), values={}, errors={}, named=[]))


@blueprint.post("/missing")
@doors.signed_in
def report() -> AnyResponse:
    fields = request.form.to_dict(flat=False)
    seen, card = frame(), uuid_of(fields, "card")
    told, errors, named = missing_screen.read_report(seen, fields)
    if errors or named:
        return show(missing_screen.report_form(frame=seen, card=card, values=fields, errors=errors, named=named), 422)
    server.open_card(card, missing_screen.drafts(seen, told))
    return to_card(card)


@blueprint.get("/organisation/reminders")
@doors.keeper
def reminding() -> Response:
    rule = reminders.rule_of(current_user.org)
    return reminding_page({**rule, "every": str(rule["every"])}, {})


@blueprint.post("/organisation/reminders")
@doors.keeper
def set_reminding() -> AnyResponse:
    typed = {name: request.form.get(name, "").strip() for name in ("every", "begins", "ends")}
    errors = {name: "no_clock_time" for name in ("begins", "ends") if not _CLOCK.fullmatch(typed[name])}
    if not typed["every"].isascii() or not typed["every"].isdigit() or not SHORTEST <= int(typed["every"][:5]) <= LONGEST:
        errors["every"] = "minutes"
    if not errors and minute_of(typed["begins"]) >= minute_of(typed["ends"]):
        errors["ends"] = "day_order"
    if errors:
        return reminding_page(typed, errors, 422)
    rule: Rule = {"every": int(typed["every"]), "begins": typed["begins"], "ends": typed["ends"]}
    reminders.set_rule(server.by(), rule)
    return redirect("/organisation/reminders?kept=1", 303)


def reminding_page(typed: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    told = {"typed": typed, "errors": errors, "kept": "kept" in request.args}
    return Response(render_template("organisation/reminders.html", **frame(), **told), status)
