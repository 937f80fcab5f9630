"""Language: the words that get a hint while somebody types, the glossary, and what an organisation makes of the words.

The worker answers `/language.json` and `/glossary` too (static/worker/language.js).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen, server
from blueprints.frame import frame, show
from blueprints.frame import language as chosen
from card.entry import is_uuid7, trimmed
from card.language import is_phrase, normal
from store import language

blueprint = Blueprint("language", __name__)

SIDES = ("both", "police", "care")
MOST = {"match": 40, "unless": 40}
LONGEST = {"match": 60, "unless": 60, "say": 300}


@blueprint.get("/language.json")
@doors.device
def words() -> Response:
    """The words for hints, and what a tap opens: what the book has, without the glossary."""
    book = language.book(current_user.org, chosen())
    return jsonify(words=book["words"], taps=book["taps"], domain=current_user.domain)


@blueprint.get("/glossary")
@doors.signed_in
def glossary() -> AnyResponse:
    card = request.args.get("card")
    return show(screen.glossary(frame=frame(), terms=language.book(current_user.org, chosen())["glossary"], card=card if is_uuid7(card) else None))


@blueprint.get("/organisation/language")
@doors.keeper
def rules() -> str:
    known = language.words(current_user.org)
    groups = [{"name": name, "words": [word for word in known if word["group"] == name]} for name in language.GROUPS]
    return render_template("organisation/language.html", groups=groups, **frame())


@blueprint.get("/organisation/language/new")
@doors.keeper
def new_word() -> str:
    return page(None, {}, {})


@blueprint.post("/organisation/language/new")
@doors.keeper
def add_word() -> AnyResponse | tuple[str, int]:
    return kept(None, f"own-{uuid4().hex[:12]}")


@blueprint.get("/organisation/language/<word>")
@doors.keeper
def word(word: str) -> str:
    return page(found_or_404(word), {}, {})


@blueprint.post("/organisation/language/<word>")
@doors.keeper
def adapt(word: str) -> AnyResponse | tuple[str, int]:
    """This word otherwise, switched off, or as it comes again."""
    found, asked = found_or_404(word), request.form.get("do", "")
    if asked == "off":
        language.switch_off(current_user.org, word, current_user.person, server.now_ms())
    elif asked == "standard" and found["source"]:
        language.say(current_user.org, word, {}, current_user.person, server.now_ms())
    else:
        return kept(found, word)
    return redirect("/organisation/language", 303)


def kept(found: dict[str, Any] | None, word: str) -> AnyResponse | tuple[str, int]:
    typed = {name: trimmed(request.form.get(name, "")) for name in ("match", "unless", "for", "tap", "say")}
    says = {**typed, "match": phrases(typed["match"]), "unless": phrases(typed["unless"]), "for": None if typed["for"] == "both" else typed["for"]}
    if errors := wrong(typed, says):
        return page(found, typed, errors), 422
    language.say(current_user.org, word, says, current_user.person, server.now_ms())
    return redirect("/organisation/language", 303)


def phrases(text: str) -> list[str]:
    """One a line, as the matcher wants them: no capitals, no accents. What it cannot read stays as it was typed, to be told."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return [plain if is_phrase(plain) else line for line in lines for plain in [plain_of(line)]]


def plain_of(line: str) -> str:
    """Letters and digits as the matcher has them; `*` and `..` stay."""
    parts = [part if part == ".." else normal(part.rstrip("*")).strip() + ("*" if part.endswith("*") else "") for part in line.split(" ")]
    return " ".join(parts)


def wrong(typed: dict[str, str], says: dict[str, Any]) -> dict[str, str]:
    errors = {name: "required" for name in ("match", "say") if not typed[name]}
    for name in ("match", "unless"):
        if not all(is_phrase(phrase) for phrase in says[name]):
            errors[name] = "no_phrase"
        elif len(says[name]) > MOST[name] or any(len(phrase) > LONGEST[name] for phrase in says[name]):
            errors[name] = "too_large"
    if len(typed["say"]) > LONGEST["say"]:
        errors["say"] = "too_large"
    if typed["for"] not in SIDES:
        errors["for"] = "wrong" if typed["for"] else "required"
    if typed["tap"] not in language.GROUP_OF:
        errors["tap"] = "wrong"
    return errors


def found_or_404(word: str) -> dict[str, Any]:
    """A word that comes with Motorkap, or that this organisation made."""
    return next((one for one in language.words(current_user.org) if one["id"] == word), None) or abort(404)


def page(found: dict[str, Any] | None, typed: dict[str, str], errors: dict[str, str]) -> str:
    known = found or {"id": "new", "match": [], "unless": [], "for": None, "tap": "describe", "say": {"nl": "", "en": ""}, "off": False, "own": False}
    lines = {name: "\n".join(known.get(name, [])) for name in ("match", "unless")}
    says = {**lines, "for": known["for"] or "both", "tap": known["tap"], "say": known["say"][frame()["lang"]], **typed}
    history = language.history(current_user.org, known["id"]) if found else []
    facts = {"word": known, "says": says, "errors": errors, "problems": [{"field": name, "code": code} for name, code in errors.items()]}
    return render_template("organisation/language_word.html", **facts, sides=SIDES, taps=list(language.GROUP_OF), history=history, **frame())
