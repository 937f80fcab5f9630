"""Privacy: what who watches over privacy in an organisation can do: read the access log, hand out a card, hold it, and say how long cards stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, stream_with_context
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, handing_out, period, seeing, server, spreadsheet
from blueprints.engine import words
from blueprints.frame import frame, language
from blueprints.numbers import counted
from card.entry import is_uuid7
from store import access_log, dossier, holds, people, retention
from store.access_log import Asked

blueprint = Blueprint("privacy", __name__)

PAGE = 50
ACTIONS = (
    "list", "read", "sync", "stream", "open", "write", "join", "code", "seen", "refused", "export", "hold", "hold_lifted", "purge",
    "not_purged", "periods", "cards", "log", "log_export",
)  # fmt: skip
SAID = ("export", "cards", "log", "log_export", "periods")
FIELDS = ("number", *access_log.FIELDS, "hash")
Errors = dict[str, str]


@blueprint.get("/privacy")
@doors.privacy
def overview() -> Response:
    return overview_page(periods_now(), {})


@blueprint.post("/privacy/periods")
@doors.privacy
def set_periods() -> AnyResponse:
    typed = {name: request.form.get(name, now).strip() for name, now in periods_now().items()}
    days = {name: counted(text, retention.MOST_DAYS) for name, text in typed.items()}
    known = [number for number in days.values() if number is not None]
    if len(known) < len(days):
        return overview_page(typed, {name: "days" for name, number in days.items() if number is None}, 422)
    seeing.did("periods", detail=json.dumps(days))
    retention.set_periods(current_user.org, retention.Periods(*known))
    return redirect("/privacy?saved=1", 303)


def periods_now() -> dict[str, str]:
    """The days that are set, by the name of their field."""
    return dict(zip(("retention_days", "stays_open_days", "quiet_days"), map(str, retention.periods_of(current_user.org)), strict=True))


def overview_page(typed: dict[str, str], errors: Errors, status: int = 200) -> Response:
    facts = {"typed": typed, "errors": errors, "problems": problems(errors), "held": holds.by(current_user.org), "saved": "saved" in request.args}
    return page("privacy/overview.html", status, **facts)


@blueprint.get("/privacy/cards")
@doors.privacy
def cards() -> AnyResponse:
    """The cards of the own organisation, by day, to find the one that somebody asks about. Looking for it is written down."""
    typed = {name: request.args.get(name, "").strip() for name in ("since", "until")}
    times, errors = period.read(typed)
    before = request.args.get("before", "")
    found = [] if errors else dossier.cards_of(current_user.org, *times, before)
    seeing.did("cards", detail=" ".join(text for text in typed.values() if text))
    shown, more = found[: dossier.PAGE_CARDS], len(found) > dossier.PAGE_CARDS
    rows = [{**one, "moment": period.moment(one["received"])} for one in shown]
    facts = {"typed": typed, "errors": errors, "problems": problems(errors), "rows": rows, "before": shown[-1]["place_in_list"] if more else ""}
    return page("privacy/cards.html", 422 if errors else 200, **facts)


@blueprint.get("/privacy/cards/<uuid:card>")
@doors.privacy
def one_card(card: UUID) -> Response:
    return card_page(str(card), {}, {})


@blueprint.post("/privacy/cards/<uuid:card>/hold")
@doors.privacy
def hold(card: UUID) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := said(reason):
        return card_page(str(card), {"reason": reason}, {"reason": error}, 422)
    holds.place(server.visit(), str(card), current_user.org, reason, server.now_ms())
    return redirect(f"/privacy/cards/{card}", 303)


@blueprint.post("/privacy/cards/<uuid:card>/lift")
@doors.privacy
def lift(card: UUID) -> AnyResponse:
    reason = request.form.get("lifted_reason", "").strip()
    if error := said(reason):
        return card_page(str(card), {"lifted_reason": reason}, {"lifted_reason": error}, 422)
    holds.lift(server.visit(), str(card), current_user.org, reason, server.now_ms())
    return redirect(f"/privacy/cards/{card}", 303)


@blueprint.post("/privacy/cards/<uuid:card>/export")
@doors.privacy
def export(card: UUID) -> AnyResponse:
    """All that this organisation may hand out about one card, as a ZIP. Why, and for whom, is in the access log before the first byte leaves."""
    ground, reference = request.form.get("ground", ""), request.form.get("reference", "").strip()
    errors = {} if ground in dossier.GROUNDS else {"ground": "required"}
    if error := said(reference):
        errors["reference"] = error
    if errors:
        return card_page(str(card), {"ground": ground, "reference": reference}, errors, 422)
    found = dossier.dossier(str(card), current_user.org)
    if found is None:
        abort(404)
    seeing.did("export", str(card), ground=ground, detail=reference, opened_by=found.opened_by)
    packed = handing_out.packed(found, current_user.org, ground, reference, server.now_ms())
    return Response(packed, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="kaart-{card}.zip"'})


def said(text: str) -> str | None:
    """What is wrong with a reason or a reference; None when it is good."""
    return "required" if not text else "too_large" if len(text) > holds.MOST_REASON else None


def card_page(card: str, typed: dict[str, str], errors: Errors, status: int = 200) -> Response:
    held = [{**one, "moment": period.moment(one["placed"]), "ended": period.moment(one["lifted"])} for one in holds.of(card)]
    own = next((one for one in held if one["org"] == current_user.org and not one["lifted"]), None)
    names = people.names_of({one[name] for one in held for name in ("placed_by", "lifted_by") if one[name]})
    which = [{**row, "moment": period.moment(row["received"])} for row in dossier.cards_of(current_user.org, card=card)]
    facts = {"card": card, "which": which, "held": held, "own": own, "grounds": dossier.GROUNDS}
    return page("privacy/card.html", status, names=names, typed=typed, errors=errors, problems=problems(errors), **facts)


@blueprint.get("/access-log")
@doors.privacy
def log() -> Response:
    """Lines about people of the own organisation, and about cards that it opened. Reading them is a line too."""
    typed, asked, errors = asked_for()
    lines = [] if errors else access_log.read(asked, PAGE + 1)
    seeing.did("log", asked.card, detail=filters(typed))
    shown, more = lines[:PAGE], len(lines) > PAGE
    facts = {
        "typed": typed, "errors": errors, "problems": problems(errors),
        "rows": [{**line, "moment": period.moment(line["at"]), "said": in_words(line)} for line in shown],
        "before": shown[-1]["number"] if more else 0, "first_page": not asked.before, "persons": people.people_of(current_user.org),
        "actions": ACTIONS, "query": {name: text for name, text in typed.items() if text},
    }  # fmt: skip
    return page("privacy/log.html", 422 if errors else 200, **facts)


@blueprint.get("/access-log.csv")
@doors.privacy
def log_csv() -> Response:
    return exported("csv", as_csv)


@blueprint.get("/access-log.jsonl")
@doors.privacy
def log_jsonl() -> Response:
    return exported("jsonl", as_jsonl)


def in_words(line: dict[str, Any]) -> str:
    """What a line says more, as far as people wrote it or can read it. What programs need of it is in the files."""
    if line["action"] in ("hold", "hold_lifted"):
        row = json.loads(line["detail"])
        return str(row.get("lifted_reason") or row.get("reason") or "")
    if line["action"] == "periods" and line["detail"].startswith("{"):
        known = words(language())
        return ". ".join(f"{known[f'privacy.field.{name}']}: {days}" for name, days in json.loads(line["detail"]).items())
    if line["action"] == "not_purged":
        return words(language())["privacy.not_purged_line"].replace("{n}", str(json.loads(line["detail"])["line"]))
    return str(line["detail"]) if line["action"] in SAID else ""


def exported(kind: str, written: Any) -> Response:
    typed, asked, errors = asked_for()
    if errors:
        return log()
    seeing.did("log_export", asked.card, detail=f"{kind} {filters(typed)}".strip())
    mimetype = {"csv": "text/csv", "jsonl": "application/x-ndjson"}[kind]
    told = stream_with_context(written(access_log.every(asked)))
    return Response(told, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="logboek.{kind}"'})


def as_jsonl(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    for line in lines:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def as_csv(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    return spreadsheet.as_csv(chain([FIELDS], ([line[name] for name in FIELDS] for line in lines)))


def asked_for() -> tuple[dict[str, str], Asked, Errors]:
    """The filters as typed, as asked of the log, and what is wrong with them."""
    typed = {name: request.args.get(name, "").strip() for name in ("card", "person", "action", "since", "until")}
    (since, until), errors = period.read(typed)
    card = typed["card"].rsplit("/cards/", 1)[-1].strip("/").lower()
    if card and not is_uuid7(card):
        errors["card"] = "card"
    if typed["person"] not in {"", *(one["id"] for one in people.people_of(current_user.org))}:
        errors["person"] = "one_of_these"
    if typed["action"] not in ("", *ACTIONS):
        errors["action"] = "one_of_these"
    before = request.args.get("before", "")
    number = int(before) if before.isdecimal() and before.isascii() and len(before) < 16 else 0
    return typed, Asked(current_user.org, "" if "card" in errors else card, typed["person"], typed["action"], since, until, number), errors


def filters(typed: dict[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in typed.items() if text)[:200]


def problems(errors: Errors) -> list[dict[str, str]]:
    """The error summary, in the order of the form."""
    order = ("card", "person", "action", "since", "until")
    known = sorted(errors, key=lambda name: order.index(name) if name in order else 0)
    return [{"field": name, "code": errors[name]} for name in known]


def page(template: str, status: int, *, names: dict[str, Any] | None = None, **facts: Any) -> Response:
    base = frame()
    return Response(render_template(template, **{**base, "people": {**base["people"], **(names or {})}}, **facts), status)
