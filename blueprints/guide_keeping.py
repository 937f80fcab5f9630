"""Keeping guides: team leads and administrators write them in Markdown, look how they come out, and publish each other's (store/guides.py)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, server
from blueprints.frame import frame
from card.clock import dated, to_date
from card.entry import trimmed
from card.vocabulary import SITUATIONS
from store import guides
from store.guide_text import NoSteps, read_steps
from store.refused import Refused

blueprint = Blueprint("guide_keeping", __name__, url_prefix="/guides/mine")

TEXTS = {"title": 120, "place": 200, "source": 300, "body": 12_000, "valid_until": 10}
NEEDED = ("title", "source", "body", "valid_until")
SLUGS = {slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]}
EMPTY = {"situations": [], "visible": "all", "instead_of": "", **dict.fromkeys(TEXTS, "")}
LONGEST_NOTE = 500


@blueprint.get("")
@doors.keeper
def mine() -> str:
    own = guides.of_organisation(current_user.org)
    replaced = {guide["instead_of"] for guide in own if not guide["withdrawn"]}
    common = [guide for guide in guides.common() if guide["id"] not in replaced]
    return render_template("guide_keeping/list.html", own=own, common=common, today=server.today(), **frame())


@blueprint.get("/new")
@doors.keeper
def new() -> str:
    """An empty guide, or one that begins as the common guide that it will take the place of."""
    begun = next((one for one in guides.common() if one["id"] == request.args.get("instead_of")), None)
    return form(None, {**in_a_form(begun), "instead_of": begun["id"]} if begun else EMPTY, 0)


@blueprint.post("/new")
@doors.keeper
def add() -> AnyResponse | tuple[str, int]:
    return wrote(None)


@blueprint.get("/<guide>")
@doors.keeper
def one(guide: str) -> str:
    return page(found_or_404(guide))


@blueprint.get("/<guide>/edit")
@doors.keeper
def edit(guide: str) -> str:
    found = found_or_404(guide)
    return form(found, in_a_form(found["newest"]), found["newest"]["version"])


@blueprint.post("/<guide>/edit")
@doors.keeper
def change(guide: str) -> AnyResponse | tuple[str, int]:
    return wrote(found_or_404(guide))


@blueprint.get("/<guide>/versions/<version>")
@doors.keeper
def version(guide: str, version: str) -> str:
    found = found_or_404(guide)
    read = next((one for one in found["versions"] if str(one["version"]) == version), None) or abort(404)
    return render_template("guide_keeping/version.html", guide=found, version=read, **frame())


@blueprint.post("/<guide>/review")
@doors.keeper
def review(guide: str) -> AnyResponse | tuple[str, int]:
    """Publish what another wrote, or give it back with what should be different."""
    found, note = found_or_404(guide), trimmed(request.form.get("note", ""))
    publish = request.form.get("do") == "publish"
    if len(note) > LONGEST_NOTE or not (publish or note):
        return page(found, {"note": "too_large" if note else "required"}, note), 422
    asked = request.form.get("version", "")
    number = int(asked) if re.fullmatch(r"\d{1,6}", asked, re.ASCII) else 0
    refused = guides.review(found["id"], number, publish, note, current_user.person, server.now_ms())
    return (page(found_or_404(guide), {"review": refused.code}, note), 422) if refused else redirect(f"/guides/mine/{guide}", 303)


@blueprint.post("/<guide>/withdraw")
@doors.keeper
def withdraw(guide: str) -> AnyResponse:
    found = found_or_404(guide)
    back = request.form.get("do") == "back"
    guides.withdraw(found["id"], None if back else current_user.person, None if back else server.now_ms())
    return redirect(f"/guides/mine/{guide}", 303)


def wrote(found: dict[str, Any] | None) -> AnyResponse | tuple[str, int]:
    """A new version, or how it would look, or what is wrong with it: what was typed stays."""
    typed = typed_in()
    seen = request.form.get("seen", "")
    number = int(seen) if re.fullmatch(r"\d{1,6}", seen, re.ASCII) else 0
    steps = read_steps(typed["body"])
    errors = wrong(typed, steps)
    if errors or request.form.get("do") == "preview":
        preview = None if isinstance(steps, NoSteps) else steps
        return form(found, typed, number, errors, preview), 422 if errors else 200
    written = {**typed, "valid_until": to_date(typed["valid_until"]), "steps": steps}
    told = guides.write(current_user.org, found and found["id"], written, number, current_user.person, server.now_ms())
    if isinstance(told, Refused):
        now = found_or_404(found["id"]) if found else None
        return form(now, typed, now["newest"]["version"] if now else 0, {"form": told.code}), 409
    return redirect(f"/guides/mine/{told}", 303)


def in_a_form(version: dict[str, Any]) -> dict[str, Any]:
    return {**EMPTY, **version, "valid_until": dated(version.get("valid_until", ""))}


def typed_in() -> dict[str, Any]:
    texts = {name: trimmed(request.form.get(name, "").replace("\r\n", "\n")) for name in TEXTS}
    common = {guide["id"] for guide in guides.common()}
    instead = request.form.get("instead_of", "")
    situations = [slug for slug in request.form.getlist("situations") if slug in SLUGS]
    return {**texts, "situations": situations, "visible": request.form.get("visible", ""), "instead_of": instead if instead in common else ""}


def wrong(typed: dict[str, Any], steps: list[dict[str, str]] | NoSteps) -> dict[str, str]:
    errors = {name: "required" for name in NEEDED if not typed[name]}
    errors |= {name: "too_large" for name, most in TEXTS.items() if len(typed[name]) > most}
    if "valid_until" not in errors:
        until = to_date(typed["valid_until"])
        if until is None:
            errors["valid_until"] = "no_date"
        elif until < server.today():
            errors["valid_until"] = "past_date"
    if "body" not in errors and isinstance(steps, NoSteps):
        errors["body"] = steps.code
    if typed["visible"] not in guides.VISIBLE:
        errors["visible"] = "required"
    if not typed["situations"] and not typed["place"]:
        errors["situations"] = "situation_or_place"
    return errors


def found_or_404(guide: str) -> dict[str, Any]:
    """A guide of the own organisation. For everybody else it does not exist."""
    return guides.one(current_user.org, guide) or abort(404)


def form(
    found: dict[str, Any] | None,
    typed: dict[str, Any],
    seen: int,
    errors: dict[str, str] | None = None,
    preview: list[dict[str, str]] | None = None,
) -> str:
    """`seen`: the newest version that the writer knows of, so that nobody writes over what they did not see."""
    wrong_step = read_steps(typed["body"]) if (errors or {}).get("body") else None
    facts = {
        "guide": found,
        "typed": typed,
        "seen": seen,
        "errors": errors or {},
        "problems": [{"field": name, "code": code} for name, code in (errors or {}).items()],
        "step": wrong_step.step if isinstance(wrong_step, NoSteps) else 0,
        "preview": preview,
        "texts": TEXTS,
        "opened": [context["slug"] for context in SITUATIONS if any(set(typed["situations"]) & set(group["types"]) for group in context["groups"])],
    }
    return render_template("guide_keeping/form.html", **facts, contexts=SITUATIONS, visibles=guides.VISIBLE, **frame())


def page(found: dict[str, Any], errors: dict[str, str] | None = None, note: str = "") -> str:
    waiting = found["waiting"]
    own_text = bool(waiting and waiting["by"] == current_user.person)
    facts = {"guide": found, "errors": errors or {}, "note": note, "own_text": own_text, "today": server.today()}
    return render_template("guide_keeping/guide.html", **facts, **frame())
