"""Figures (cijfers): what a lead sees counted over the cards of the own organisation, per quarter, with a chart and a table of each (report 4.1.2).

The worker does not answer these: figures are for a desk. What is counted and what is left out is store/figures.py's to say; the words are
blueprints/figures_screen.py's.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from blueprints import doors, figures_screen, server
from blueprints.engine import words
from blueprints.figures_screen import Asked, Words
from blueprints.frame import frame, language
from blueprints.spreadsheet import as_csv
from store import figures
from store.figures import TABLES

blueprint = Blueprint("figures", __name__)


@blueprint.get("/figures")
@doors.lead
def overview() -> Response:
    base, asked = frame(), asked_for()
    said = Words(words(language()), base["organisations"])
    found = figures.figures(current_user.org, [asked.quarter, asked.before], asked.part, asked.today)
    choices = figures.parts(current_user.org, asked.quarter)
    facts = figures_screen.overview(said, asked, found[asked.quarter], found[asked.before], choices)
    page = render_template("figures/page.html", **{**base, **facts, "own": said.organisation(current_user.org)})
    return Response(page, 422 if asked.errors else 200)


@blueprint.get("/figures.csv")
@doors.lead
def table_csv() -> Response:
    asked, what = asked_for(), request.args.get("table", "card")
    if asked.errors or what not in TABLES:
        abort(404)
    said = Words(words(language()), frame()["organisations"])
    found = figures.figures(current_user.org, [asked.quarter], asked.part, asked.today)
    rows = figures_screen.in_lines(said, asked, what, found[asked.quarter][what])
    name = f"cijfers-{what}-{asked.quarter}.csv"
    return Response("".join(as_csv(rows)), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def asked_for() -> Asked:
    return figures_screen.read(request.args.get("quarter", ""), request.args.get("part", ""), server.today())
