"""How every screen looks on a phone, in light and in dark: nothing for axe-core to find (WCAG 2.2 AA), nothing wider than the phone, nothing too
small for a thumb.

The pages here are Flask's; that the phone's own server draws the same bytes is tested in tests/templates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uuid6
from playwright.sync_api import Browser, Page

from tests.stories.phone import PASSWORD, new_context
from tests.stories.served import ROOT, Served

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
FORMS = (
    "risk.assessed&for=client", "observation.noted", "approach.noted", "presence.arrived", "presence.arrived&other=1", "picture.set", "plan.set",
    "agreement.made", "transport.chosen", "handover.offered&to=crisisdienst", "handover.requested&from=crisisdienst", "card.closed",
    "feedback.given", "safety.asked", "report.decided", "arrest.made", "handover.asked&offer={offer}",
    "handover.accepted&offer={offer}", "handover.declined&offer={offer}", "entry.corrected&entry={offer}",
)  # fmt: skip
OFFICER, TRIAGIST = "agent@noord.example", "triagist@crisisdienst.example"

TOO_SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => {
    const target = one.closest("label") ?? one;
    const { width, height } = target.getBoundingClientRect();
    const inText = getComputedStyle(one).display === "inline" && one.parentElement.closest("p, li, dd");
    return width && !inText && !one.matches(".skip") && (width < 47.5 || height < 47.5);
  })
  .map((one) => one.outerHTML.slice(0, 120))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
VIOLATIONS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map(({id, nodes}) => id + ": " + nodes.map((node) => node.html.slice(0, 120)).join(" | "))"""


class Looker:
    """A page that is looked at: on a phone, in light and in dark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.me: dict[str, Any] = {}

    def signs_in(self, account: str) -> Looker:
        self.page.goto("/login")
        self.page.fill("input[name=email]", account)
        self.page.fill("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("form:has(input[name=password]) button").first.click()
        self.me = self.page.request.get("/me.json").json()
        return self

    def writes(self, card: str, *told: tuple[str, dict[str, Any]], supersedes: list[str] | None = None, audience: str = "all") -> list[str]:
        """Shares entries as a phone does; their ids."""
        moment = int(self.me["clock"][:13])
        entries = [
            {
                "id": str(uuid6.uuid7()), "card": card, "kind": kind, "at": f"{moment:013d}-{place:04x}-{self.me['device']}", "by": self.me["person"],
                "org": self.me["org"], "device": self.me["device"], "audience": audience, "supersedes": supersedes or [], "body": body,
            }
            for place, (kind, body) in enumerate(told)
        ]  # fmt: skip
        asked = {"epoch": self.me["epoch"], "have": {}, "entries": entries}
        answer = self.page.request.post("/sync", data=json.dumps(asked), headers={"Content-Type": "application/json"}).json()
        assert answer["rejected"] == {}, answer["rejected"]
        return [str(one["id"]) for one in entries]

    def looks(self, path: str | None = None) -> None:
        if path is not None:
            self.page.goto(path)
        self.page.evaluate(AXE)
        found: list[str] = []
        for look in ("light", "dark"):
            self.page.emulate_media(color_scheme=look, reduced_motion="reduce")
            found += [f"{look}: {one}" for one in self.page.evaluate(VIOLATIONS)]
        found += [f"too small: {one}" for one in self.page.evaluate(TOO_SMALL)]
        wide = self.page.evaluate(TOO_WIDE)
        if self.page.locator("main [data-error]").count():
            found += [f"the title does not say it: {self.page.title()}"] * (not self.page.title().startswith("Niet gelukt: "))
        assert found == [], self.page.url
        assert wide <= 0, f"{self.page.url} is {wide} pixels wider than the phone"


@pytest.fixture
def looker(browser: Browser, server: Served) -> Iterator[Callable[[str], Looker]]:
    contexts = []

    def take(account: str) -> Looker:
        contexts.append(new_context(browser, base_url=server.base, service_workers="block"))
        looking = Looker(contexts[-1].new_page())
        return looking.signs_in(account) if account else looking

    yield take
    for context in contexts:
        context.close()


def full_card(officer: Looker, triagist: Looker) -> tuple[str, str]:
    """A card with something in every section (a disagreement, a correction, a note for the police, an alarm), and the offer on it."""
    card = str(uuid6.uuid7())
    officer.writes(
        card,
        ("card.opened", {"situation": "crisis_assessment", "place": "Kruising Stationsweg en Havenstraat", "about": "Man regelt het verkeer"}),
        ("card.shared", {"organisation": "crisisdienst"}),
        ("presence.arrived", {"person": officer.me["person"], "position": "in_sight", "role": "praat"}),
        ("presence.arrived", {"person": {"name": "Mevrouw De Wit", "organisation": "Buurt"}, "position": "nearby"}),
        ("risk.assessed", {"for": "client", "level": "low", "note": "zit rustig op de trap"}),
        ("risk.assessed", {"for": "surroundings", "level": "middle", "facts": ["crowd", "fire"]}),
        ("approach.noted", {"uniform": "wordt onrustig", "by_whom": "zijn zus"}),
        ("picture.set", {"problem": "In de war en onder invloed"}),
        ("agreement.made", {"what": "tas weg", "who": "Agent", "until": "2026-11-24T20:15:00Z"}),
        ("service.requested", {"service": "ggzvervoer", "for": "transport"}),
        ("safety.asked", {"where": "op de trap"}),
        ("report.decided", {"will": "later", "who": "de winkel"}),
        ("transport.chosen", {"by": "police", "reason": "geen ander vervoer"}),
        ("feedback.given", {"text": "goed overlegd"}),
    )
    [seen] = officer.writes(card, ("observation.noted", {"found": "een mes", "does": "loopt heen en weer", "source": "seen"}), audience="police")
    officer.writes(card, ("entry.corrected", {"entry": seen, "text": "het was een schroevendraaier"}))
    [plan] = officer.writes(card, ("plan.set", {"plan": "Eén praat", "if_then": ["Als hij wegrent, volgen"]}))
    [offer] = officer.writes(card, ("handover.offered", {"to": "crisisdienst", "searched": "yes", "weapons": "mes, ingenomen"}))
    triagist.writes(
        card,
        ("plan.agreed", {"plan": plan}),
        ("risk.assessed", {"for": "client", "level": "high", "acute": True, "facts": ["suicidal", "weapon"], "note": "zegt dat hij dood wil"}),
        ("handover.requested", {"from": "noord", "note": "wij nemen hem mee"}),
        ("alarm.raised", {"note": "hij heeft het mes"}),
    )
    return card, offer


def test_nothing_is_wrong_with_the_card_and_its_views(looker):
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, _ = full_card(officer, triagist)
    for view in ("", "/bonnet", "/people", "/timeline"):
        officer.looks(f"/cards/{card}{view}")
    triagist.looks(f"/cards/{card}")
    officer.page.goto(f"/cards/{card}")
    officer.page.locator("#section-risk a.button").first.click()
    officer.page.locator("#sheet form").wait_for()
    officer.looks()
    officer.page.goto(f"/cards/{card}/people")
    officer.page.locator("form[action$='/code'] button").click()
    officer.page.locator(".code-letters").wait_for()
    officer.looks()
    officer.writes(card, ("card.closed", {"outcome": "klaar", "override": {"reason": "ambulance is er", "duties": []}}))
    officer.looks(f"/cards/{card}")


def test_nothing_is_wrong_with_corrections_in_an_alarm_and_on_the_bonnet(looker):
    officer = looker(OFFICER)
    card = str(uuid6.uuid7())
    told = officer.writes(
        card,
        ("card.opened", {"situation": "crisis_assessment", "place": "Kruising"}),
        ("alarm.raised", {"note": "hij heeft het mes"}),
        ("picture.set", {"problem": "Man met mes op het dak"}),
        ("risk.assessed", {"for": "client", "level": "high", "acute": True}),
        ("plan.set", {"plan": "Eén praat", "if_then": ["Als hij wegrent, volgen"]}),
    )
    officer.writes(card, *(("entry.corrected", {"entry": one, "text": "geen mes"}) for one in told))
    officer.looks(f"/cards/{card}")
    officer.looks(f"/cards/{card}/bonnet")


def test_nothing_is_wrong_with_the_forms_also_when_they_are_sent_empty(looker):
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, offer = full_card(officer, triagist)
    for form in FORMS:
        officer.looks(f"/cards/{card}/entries/new?kind={form.format(offer=offer)}")
        with officer.page.expect_navigation():
            officer.page.locator("#form .form-send button").first.click()
        if officer.page.locator("[data-error]").count():
            officer.looks()


def test_nothing_is_wrong_with_the_pages_around_the_card(looker):
    officer, nobody = looker(OFFICER), looker("")
    officer.looks("/")
    full_card(officer, looker(TRIAGIST))
    for path in ("/", "/cards/new", "/cards/new?context=police_asks", "/cards/new?situation=nuisance", "/join", "/unsent", "/settings", "/sharing"):
        officer.looks(path)
    officer.looks("/sharing?profession=medical&information=medical&receiver=police&purpose=danger")
    officer.looks(f"/cards/{uuid6.uuid7()}")
    officer.page.goto("/join")
    officer.page.locator(".form-send button").click()
    officer.page.locator("[data-error]").wait_for()
    officer.looks()
    nobody.looks("/login")
    nobody.page.locator(".form-send button").click()
    nobody.page.locator("[data-error], .error").first.wait_for()
    nobody.looks()


def test_nothing_is_wrong_with_the_pages_about_devices(looker):
    lost, officer, colleague = looker(OFFICER), looker(OFFICER), looker("agent2@noord.example")
    person = lost.me["person"]
    for path in ("/devices", "/devices/lost", "/devices/lost?q=agent", "/devices/lost?q=a", "/devices/lost?q=niemand", f"/devices/lost/{person}"):
        colleague.looks(path)
    for box in colleague.page.locator("input[name=device]").all():
        box.set_checked(box.get_attribute("value") == lost.me["device"])
    colleague.page.locator(".form-send button").click()
    colleague.page.locator("[role=status]", has_text="afgemeld").wait_for()
    colleague.looks()
    colleague.page.locator(".form-send button").click()
    colleague.page.locator("[data-error]").wait_for()
    colleague.looks()
    for path in ("/settings", "/devices"):
        officer.looks(path)
    lost.looks("/login")
    assert lost.page.locator("[data-revoked]").count() == 1


def test_nothing_is_wrong_with_what_leads_and_administrators_do_about_devices(looker):
    lost, colleague, lead, admin = looker(OFFICER), looker("agent2@noord.example"), looker("teamlead@noord.example"), looker("admin@noord.example")
    lead.looks("/set-aside")
    colleague.page.goto(f"/devices/lost/{lost.me['person']}")
    colleague.page.locator(".form-send button").click()
    colleague.page.locator("[role=status]", has_text="afgemeld").wait_for()
    entries = [
        {
            "id": str(uuid6.uuid7()), "card": str(uuid6.uuid7()), "kind": "observation.noted", "audience": audience, "supersedes": [],
            "at": f"{lost.me['clock'][:13]}-000{turn}-{lost.me['device']}", "by": lost.me["person"], "org": "noord", "device": lost.me["device"],
            "body": {"does": "Loopt weg"},
        }
        for turn, audience in enumerate(("all", "police", "org"))
    ]  # fmt: skip
    lost.page.request.post("/sync", data=json.dumps({"entries": entries}), headers={"Content-Type": "application/json"})
    lead.looks("/set-aside")
    lead.page.locator("button[value=leave]").last.click()
    lead.page.locator("summary").click()
    lead.looks()
    for path in ("/settings", "/devices/limits"):
        admin.looks(path)
    admin.page.fill("[name=offline_lock_h]", "lang")
    admin.page.locator(".form-send button").click()
    admin.page.locator("[data-error]").first.wait_for()
    admin.looks()


def test_nothing_is_wrong_with_the_pages_of_leads_and_administrators(looker):
    officer, lead, admin = looker(OFFICER), looker("teamlead@noord.example"), looker("admin@noord.example")
    card, _ = full_card(officer, looker(TRIAGIST))
    for path in ("/review", f"/review/{card}"):
        lead.looks(path)
    for path in ("/settings", "/organisation/lock", "/organisation/duty", "/organisation/sharing", "/organisation/sharing/go_alone"):
        admin.looks(path)
    admin.page.locator(".form .form-send button").click()
    admin.page.locator("[data-error]").first.wait_for()
    admin.looks()
