"""Joint reviews: leads of two organisations look back on one card together, write notes, lessons and follow-ups, and put it on an agenda
(report 3.1.1, 4.1.1). They see of the card what is for everybody on it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, review_screen, screen, seeing, server
from blueprints.frame import frame
from blueprints.quote import with_quotes
from card.entry import is_date, trimmed
from card.fold import Card, fold
from store import joint_reviews, log, looks
from store.joint_reviews import LEVELS, WHATS, Joint

blueprint = Blueprint("joint_reviews", __name__)

MOST = {"text": 2000, "owner": 200, "forum": 100}
FORUMS = ("pga", "zvh", "comp")
"""The consultations that the report names; another has a name of its own."""
NO_NOTE = {"what": "note", "text": "", "owner": "", "due": ""}


@blueprint.get("/joint-reviews")
@doors.lead
def all_of_them() -> str:
    found = joint_reviews.of(current_user.org)
    saw(*found)
    return render_template("joint/list.html", rows=[row(joint, shared(joint)[0]) for joint in found], **frame())


@blueprint.post("/review/<uuid:card>/joint")
@doors.reviewer
def begin(card: UUID) -> AnyResponse:
    """From the review of a card that this lead may look back on, and that is closed."""
    looked, is_closed = looks.review(doors.viewer(), str(card), server.now_ms())
    made = joint_reviews.begin(str(card), current_user.org, request.form.get("partner", ""), server.now_ms()) if looked and is_closed else None
    return redirect(f"/joint-reviews/{made}" if made else f"/review/{card}", 303)


@blueprint.get("/joint-reviews/<uuid:joint>")
@doors.joint
def one(joint: UUID) -> str:
    """With `change`: a note of the own organisation, to write it differently."""
    asked = request.args.get("change", "")
    mine = next((one for one in joint_reviews.notes(g.joint) if one.id == asked and one.org == current_user.org), None)
    return page(g.joint, asked, {name: getattr(mine, name) for name in NO_NOTE}) if mine else page(g.joint)


@blueprint.post("/joint-reviews/<uuid:joint>/notes")
@doors.joint
def add(joint: UUID) -> AnyResponse | tuple[str, int]:
    told, errors = read_note()
    errors |= gone(told, "due")
    if errors:
        return page(g.joint, note=told, errors=errors), 422
    joint_reviews.add(g.joint, current_user.org, current_user.name, told, server.now_ms())
    return redirect(f"/joint-reviews/{joint}#title-notes", 303)


@blueprint.post("/joint-reviews/<uuid:joint>/notes/<uuid:note>")
@doors.joint
def change(joint: UUID, note: UUID) -> AnyResponse | tuple[str, int]:
    """Done or not, by either; other words or away, by whose it is."""
    do, id_ = request.form.get("do", "save"), str(note)
    if do in ("done", "again"):
        told: dict[str, Any] = {"done": do == "done"}
    elif do == "away":
        return redirect(f"/joint-reviews/{joint}#title-notes", 303) if joint_reviews.take_away(g.joint, current_user.org, id_) else abort(404)
    else:
        told, errors = read_note()
        if errors:
            return page(g.joint, changing=id_, note=told, errors=errors), 422
    if not any(one.id == id_ and ("done" in told or one.org == current_user.org) for one in joint_reviews.notes(g.joint)):
        abort(404)
    if not joint_reviews.change(g.joint, current_user.org, id_, seen(), told, server.now_ms()):
        return page(g.joint, changing=id_ if "text" in told else "", note=told if "text" in told else None, errors={"form": "changed"}), 409
    return redirect(f"/joint-reviews/{joint}#title-notes", 303)


@blueprint.post("/joint-reviews/<uuid:joint>/agenda")
@doors.joint
def set_agenda(joint: UUID) -> AnyResponse | tuple[str, int]:
    typed = {name: trimmed(request.form.get(name, "")) for name in ("level", "forum", "forum_name", "on_day")}
    errors = wrong_agenda(typed)
    if typed["on_day"] != g.joint.on_day:
        errors |= gone(typed, "on_day")
    forum = typed["forum_name"] if typed["forum"] == "own" else typed["forum"]
    if errors:
        return page(g.joint, agenda=typed, errors=errors), 422
    if not joint_reviews.set_agenda(g.joint, seen(), typed["level"], forum, typed["on_day"]):
        return page(again(), agenda=typed, errors={"agenda": "changed"}), 409
    return redirect(f"/joint-reviews/{joint}/agenda", 303)


@blueprint.get("/joint-reviews/<uuid:joint>/agenda")
@doors.joint
def agenda(joint: UUID) -> str:
    """What goes to the consultation, to print or keep: no text of the card, and nobody of it."""
    return for_consultation("joint/agenda.html")


@blueprint.get("/joint-reviews/<uuid:joint>/agenda.md")
@doors.joint
def agenda_file(joint: UUID) -> Response:
    """The same as a file of plain text (Markdown), for the minutes of whoever keeps them."""
    told = {"Content-Disposition": 'attachment; filename="agenda.md"'}
    return Response(for_consultation("joint/agenda.md"), mimetype="text/markdown", headers=told)


def for_consultation(template: str) -> str:
    saw(g.joint)
    found, looked = shared(g.joint)
    facts = review_screen.looked_back(frame(found), found, looked)["facts"]
    return render_template(template, row=row(g.joint, found), notes=joint_reviews.notes(g.joint), facts=facts, whats=WHATS, **frame())


def page(
    joint: Joint,
    changing: str = "",
    note: dict[str, Any] | None = None,
    agenda: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    """`changing`: the note whose words are being changed; `note` and `agenda` are what was typed, where that is not kept yet."""
    saw(joint)
    found, looked = shared(joint)
    facts = frame(found)
    more = {**screen.facts(facts, found), **review_screen.looked_back(facts, found, looked), "items": with_quotes(found, found["timeline"])}
    chosen = agenda or agenda_of(joint)
    typed = {"notes": joint_reviews.notes(joint), "changing": changing, "typed": note or NO_NOTE, "agenda": chosen, "errors": errors or {}}
    lists = {"whats": WHATS, "levels": LEVELS, "forums": FORUMS, "most": MOST}
    return render_template("joint/one.html", **{**facts, **more, **typed, **lists, "joint": joint, "row": row(joint, found)})


def shared(joint: Joint) -> tuple[Card, looks.Looked]:
    looked = looks.shared(joint.card)
    return fold(looked.entries), looked


def agenda_of(joint: Joint) -> dict[str, str]:
    own = bool(joint.forum) and joint.forum not in FORUMS
    named = {"forum": "own" if own else joint.forum, "forum_name": joint.forum if own else ""}
    return {"level": joint.level, "on_day": joint.on_day, **named}


def row(joint: Joint, card: Card) -> dict[str, Any]:
    """A joint review in a list; `card` is what both see of its card."""
    other = joint.partner if joint.org == current_user.org else joint.org
    known = {name: card[name] for name in ("situation", "place", "closed")}
    return {"joint": joint, "other": other, **known, "forum_known": joint.forum in FORUMS}


def saw(*joints: Joint) -> None:
    seeing.saw_list([(joint.card, replace(log.standing(doors.viewer(), joint.card), ground="review")) for joint in joints], where="joint_reviews")


def again() -> Joint:
    return joint_reviews.one(current_user.org, g.joint.id) or abort(404)


def seen() -> int:
    said = request.form.get("seen", "")
    return int(said) if re.fullmatch(r"\d{1,6}", said, re.ASCII) else 0


def read_note() -> tuple[dict[str, str], dict[str, str]]:
    told = {name: trimmed(request.form.get(name, "").replace("\r\n", "\n")) for name in NO_NOTE}
    told["what"] = told["what"] if told["what"] in WHATS else "note"
    errors = too_much(told)
    if not told["text"]:
        errors["text"] = "required"
    if told["due"] and not is_date(told["due"]):
        errors["due"] = "wrong"
    return told, errors


def wrong_agenda(typed: dict[str, str]) -> dict[str, str]:
    errors = {"forum_name" if name == "forum" else name: code for name, code in too_much({"forum": typed["forum_name"]}).items()}
    if typed["level"] not in LEVELS:
        errors["level"] = "required"
    if typed["forum"] not in (*FORUMS, "own"):
        errors["forum"] = "required"
    if typed["forum"] == "own" and not typed["forum_name"]:
        errors["forum_name"] = "required"
    if typed["on_day"] and not is_date(typed["on_day"]):
        errors["on_day"] = "wrong"
    return errors


def gone(typed: dict[str, str], name: str) -> dict[str, str]:
    """A day for what is still to be done, that has gone already."""
    return {name: "day_past"} if is_date(typed[name]) and typed[name] < server.today() else {}


def too_much(told: dict[str, str]) -> dict[str, str]:
    long = {name: "too_large" for name in told if len(told[name]) > MOST.get(name, 200)}
    return {**{name: "wrong" for name, text in told.items() if not server.sayable(text)}, **long}
