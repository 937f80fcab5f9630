"""Every page there is, from the URL map: axe-core finds nothing on it, in light and in dark. Whoever adds a page is looked at without adding it here;
whoever adds one that nobody can reach this way says below how it is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import uuid6
from flask import Flask

from tests.cast import server as in_process
from tests.http.routes import Way, ways
from tests.stories.phone import Phone
from tests.stories.test_looks import OFFICER, TRIAGIST, Looker, full_card, looker  # noqa: F401

Lookers = Callable[[str], Looker]

# Who looks at the pages behind a door.
WHO = {
    "public": "", "signed_in": OFFICER, "member": OFFICER, "lead": "teamlead@noord.example", "reviewer": "teamlead@noord.example",
    "keeper": "teamlead@noord.example", "joint": "teamlead@noord.example", "admin": "admin@noord.example", "privacy": "privacy@noord.example",
}  # fmt: skip
# What a page needs in its address to be that page.
ASKED = {"cards.form": "?kind=picture.set", "cards.new_card": "?context=police_asks", "devices.find": "?q=agent"}
# Pages that come only half-way through something; each is looked at there.
HALFWAY = {
    "second_step.code": "test_people_looks.py", "second_step.set_up": "test_people_looks.py",
    "provider.on": "test_provider.py", "provider.go": "test_provider.py", "provider.back": "test_provider.py",
}  # fmt: skip
# What a GET answers that is no page: files, facts, a stream.
NO_PAGE = {
    "health.healthz", "health.readyz", "metrics.metrics", "identity.me", "language.words",
    "live.live", "privacy.log_csv", "privacy.log_jsonl", "shell.manifest", "shell.worker",
    "sync.folded", "vaults.secret", "push.key", "outgoing.handover", "outgoing.care_report", "calendars.feed",
    "api.openapi", "api.token", "api.cards", "api.card", "api.handovers", "api.handover", "api.care_report", "api.events", "api.feed",
    "api.follow_ups", "api.counted", "api.reviews", "api.review", "figures.table_csv", "review.training_file", "joint_reviews.agenda_file",
}  # fmt: skip
# Parts of a page, which are looked at in it.
PARTS = {"cards.alarms", "cards.sections", "phone.status"}

IS_PAGE = "([path]) => fetch(path, {headers: {Accept: 'text/html'}}).then((reply) => reply.text()).then((text) => /^\\s*<!doctype html>/i.test(text))"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "map").mkdir()
    return in_process(tmp_path / "map")


def reached_otherwise() -> set[str]:
    return {*HALFWAY, *NO_PAGE, *PARTS}


def test_what_is_left_out_exists(app: Flask) -> None:
    known = {way.endpoint for way in ways(app)}
    assert reached_otherwise() | set(ASKED) <= known
    folder = Path(__file__).parent
    assert all((folder / file).is_file() for file in HALFWAY.values())


def test_axe_finds_nothing_on_any_page(app: Flask, looker: Lookers) -> None:  # noqa: F811
    lookers: dict[str, Looker] = {}
    for account in {*WHO.values(), TRIAGIST}:
        lookers[account] = looker(account)
    officer = lookers[OFFICER]
    card, _ = full_card(officer, lookers[TRIAGIST])
    given = {"card": card, "person": officer.me["person"], "rule": "go_alone", "word": "aggressive", "guide": "who-drives"}
    given |= {"service": "noord/wijkagent", "org": "noord", "partner": "crisisdienst"}
    given["joint"] = joint_review(lookers["teamlead@noord.example"], officer)
    given["token"] = invitation(lookers["admin@noord.example"])
    kept = {**given, "guide": own_guide(lookers["teamlead@noord.example"]), "version": "1"}
    found = [way for known in (given, kept) for way in ways(app, known, ("GET",)) if way.endpoint.startswith("guide_keeping.") == (known is kept)]
    pages = [way for way in found if way.endpoint not in reached_otherwise()]
    assert len(pages) > 30
    for way in pages:
        looks_at(lookers, way)
    for endpoint in PARTS:
        [way] = [one for one in ways(app, given, ("GET",)) if one.endpoint == endpoint]
        assert not officer.page.evaluate(IS_PAGE, [way.path]), f"{endpoint} is a page"


def test_without_a_network_every_page_is_still_a_page_of_motorkap(app: Flask, phone: Callable[..., Phone]) -> None:
    lead = phone("teamlead@noord.example")
    lead.cut()
    for way in ways(app, methods=("GET",)):
        if way.endpoint not in NO_PAGE | PARTS:
            lead.page.goto(lead.wire.base + way.path)
            assert lead.page.locator("main h1").count() == 1, f"{way.endpoint} at {way.path}: {lead.page.url}"


def looks_at(lookers: dict[str, Looker], way: Way) -> None:
    assert way.door in WHO, f"who looks at what is behind the door {way.door}?"
    one = lookers[WHO[way.door]]
    answer = one.page.goto(way.path + ASKED.get(way.endpoint, ""))
    assert answer is not None
    assert answer.status == 200, f"{way.endpoint} at {way.path}: {answer.status}"
    assert "html" in answer.headers["content-type"], f"{way.endpoint} is no page"
    assert one.page.url.split("?")[0].endswith(way.path), f"{way.endpoint} leads on to {one.page.url}"
    assert one.page.locator("main h1").count() == 1, f"{way.endpoint} has no heading"
    one.looks()


def invitation(admin: Looker) -> str:
    """The token of a link that nobody took yet."""
    admin.page.goto("/people/invite")
    admin.page.fill("#field-email", "nieuw@noord.example")
    admin.page.fill("#field-name", "Nieuw Iemand")
    with admin.page.expect_navigation():
        admin.page.locator(".form-send button").first.click()
    link = admin.page.locator("input[value*='/invitations/']").input_value()
    return str(link.rsplit("/", 1)[1])


def joint_review(lead: Looker, officer: Looker) -> str:
    """The id of a review of a closed card with the crisis service, with a lesson."""
    card = str(uuid6.uuid7())
    officer.writes(
        card,
        ("card.opened", {"situation": "crisis_assessment", "place": "Plein"}),
        ("card.shared", {"organisation": "crisisdienst"}),
        ("card.closed", {"outcome": "naar huis"}),
    )
    lead.page.goto(f"/review/{card}")
    with lead.page.expect_navigation():
        lead.page.locator("form[action$='/joint'] button").click()
    lead.page.fill("#field-text", "Eerder bellen")
    lead.page.locator("label:has(input[name=what][value=lesson])").click()
    with lead.page.expect_navigation():
        lead.page.locator("#title-write + form .form-send button").click()
    lead.page.get_by_text("Eerder bellen").first.wait_for()
    return str(lead.page.url.split("/joint-reviews/")[1][:36])


def own_guide(lead: Looker) -> str:
    """The id of a guide that this lead just wrote, and that waits for a review."""
    told = {
        "title": "Deur", "body": "1. Bel\n\n   Achter.", "situations": "worry", "visible": "all", "valid_until": "2037-01-01", "source": "Afspraak",
        "seen": "0", "do": "save",
    }  # fmt: skip
    lead.page.goto("/guides/mine")
    send = "(told) => fetch('/guides/mine/new', {method: 'POST', body: new URLSearchParams(told)}).then((reply) => reply.url)"
    made = lead.page.evaluate(send, told)
    return str(made.rsplit("/", 1)[1])
