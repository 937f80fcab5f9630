"""Many people at once, from a file of a spreadsheet: first what would happen with every line, then doing it, then the links, shown once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_login import current_user

from blueprints import doors, server
from blueprints.engine import words
from blueprints.frame import frame, language
from blueprints.person_form import wrong_in_line
from store import people, people_file, people_import
from store.people_file import Line, Unreadable
from store.roster import ROLES

blueprint = Blueprint("importing", __name__, url_prefix="/people/import")

MOST_SENT = 4 * people_file.MOST_BYTES


@blueprint.get("")
@doors.admin
def form() -> Response:
    return page("import", text="", error=None)


@blueprint.post("")
@doors.admin
def look() -> Response:
    """Nothing is done yet."""
    text = said()
    lines = text if isinstance(text, Unreadable) else people_file.lines_of(text)
    if isinstance(lines, Unreadable):
        return page("import", 422, text=text if isinstance(text, str) else typed(), error=lines.code)
    outcomes = people_import.look(current_user.org, lines, wrong_in_line)
    return page("import_look", text=text, outcomes=outcomes, counts=counts(outcomes))


@blueprint.post("/confirm")
@doors.admin
def confirm() -> Response:
    text = typed()
    lines: list[Line] | Unreadable = people_file.lines_of(text)
    if isinstance(lines, Unreadable):
        return page("import", 422, text=text, error=lines.code)
    outcomes = people_import.carry_out(server.by(), lines, wrong_in_line)
    for one in outcomes:
        if one.what == "update" and "role" in one.changes and (account := people.account_of(one.values["email"])):
            server.hub().end_person(account.person)
    links = {one.number: url_for("invitations.invitation", token=one.token, _external=True) for one in outcomes if one.token}
    return page("import_done", outcomes=outcomes, counts=counts(outcomes), links=links, file=file_of(outcomes, links))


@blueprint.post("/file")
@doors.admin
def download() -> Response:
    """The page of the result gives its own table back as a file: the links are kept nowhere, so it cannot be asked for later."""
    answer = make_response(typed())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="uitnodigingen.csv"'
    return answer


def said() -> str | Unreadable:
    """What was sent: the file, or else what was typed."""
    request.max_form_memory_size = MOST_SENT
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return people_file.text_of(sent.read(people_file.MOST_BYTES + 1))
    return typed()


def typed() -> str:
    request.max_form_memory_size = MOST_SENT
    return request.form.get("text", "")


def counts(outcomes: list[people_import.Outcome]) -> dict[str, int]:
    return {what: sum(one.what == what for one in outcomes) for what in ("invite", "update", "same", "wrong")}


def file_of(outcomes: list[people_import.Outcome], links: dict[int, str]) -> str:
    known = words(language())
    heading = [known[f"people.column.{name}"] for name in ("line", "email", "name", "outcome", "link")]
    rows = [[str(one.number), one.values.get("email", ""), one.values.get("name", ""), in_words(one), links.get(one.number, "")] for one in outcomes]
    return people_file.written([heading, *rows])


def in_words(outcome: people_import.Outcome) -> str:
    known = words(language())
    why = "; ".join(f"{known[f'people.column.{name}']}: {known[f'people.error.{code}']}" for name, code in outcome.problems.items())
    return known[f"people.import.did.{outcome.what}"] + (f" ({why})" if why else "")


def page(name: str, status: int = 200, **facts: Any) -> Response:
    facts = {"columns": people_file.COLUMNS, "roles": ROLES, **facts}
    return make_response(render_template(f"people/{name}.html", **facts, **frame()), status)
