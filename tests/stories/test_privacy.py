"""Privacy on real screens: nothing is wrong with them, and a card that is past its retention leaves a real phone."""

from __future__ import annotations

import os
import re
import subprocess

from tests.stories.hands import OFFICER, TRIAGIST, open_card
from tests.stories.served import BIN, ROOT, Served
from tests.stories.test_looks import full_card, looker

PRIVACY, LEAD = "privacy@noord.example", "teamlead@noord.example"
DAY_MS = 24 * 3_600_000

__all__ = ["looker"]


def flask(server: Served, *command: str) -> str:
    """A command of the operator, on the running server's data and clock."""
    done = subprocess.run([str(BIN / "flask"), "--app", "app", *command], cwd=ROOT, env=server.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_nothing_is_wrong_with_the_screens_about_privacy(looker, server):
    officer, triagist, watching = looker(OFFICER), looker(TRIAGIST), looker(PRIVACY)
    card, _ = full_card(officer, triagist)
    triagist.page.goto(f"/cards/{card}")
    officer.looks(f"/cards/{card}/seen")
    for path in ("/privacy", "/privacy/cards", f"/privacy/cards/{card}", "/access-log", f"/access-log?card={card}&action=read", "/settings", "/"):
        watching.looks(path)
    watching.looks("/access-log?card=x&since=y")
    for path, form in (("/privacy", "periods"), (f"/privacy/cards/{card}", "export"), (f"/privacy/cards/{card}", "hold")):
        watching.page.goto(path)
        if form == "periods":
            watching.page.fill("[name=retention_days]", "x")
        watching.page.locator(f"form[action$='/{form}'] button").click()
        watching.page.locator("[data-error]").wait_for()
        watching.looks()
    watching.page.goto(f"/privacy/cards/{card}")
    watching.page.fill("[name=reason]", "klacht 2026-118")
    watching.page.locator("form[action$='/hold'] button").click()
    watching.page.locator("form[action$='/lift']").wait_for()
    watching.looks()
    watching.looks("/privacy")
    watching.page.goto(f"/privacy/cards/{card}")
    watching.page.locator(".choice").first.click()
    watching.page.fill("[name=reference]", "AVG 2026-17")
    with watching.page.expect_download() as download:
        watching.page.locator("form[action$='/export'] button").click()
    assert download.value.suggested_filename == f"kaart-{card}.zip"


def test_a_purged_card_is_gone_on_a_phone_that_was_away_and_on_one_that_looks(phone, server):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    officer.hand_in(card, "observation.noted", says="een-heel-bijzonder-woord")
    officer.wait_until_shared()
    triagist.share()
    triagist.wait_until(lambda: len(triagist.entries(card)) == 4, "the card is on the phone")
    triagist.go(f"/cards/{card}")
    triagist.see("een-heel-bijzonder-woord")
    officer.cut()
    triagist.hand_in(card, "card.closed", outcome="klaar")
    server.set_clock(29 * DAY_MS)
    assert f"would be erased  {card}" in flask(server, "purge")
    triagist.sign_in()
    assert triagist.page.evaluate("(card) => fetch(`/cards/${card}.json`).then((reply) => reply.status)", card) == 200
    assert f"erased  {card}" in flask(server, "purge", "--really")
    triagist.share()
    triagist.wait_until(lambda: not triagist.kept()["entries"], "the card left the phone")
    officer.mend()
    officer.sign_in()
    officer.share()
    officer.wait_until(lambda: not officer.entries(card), "the card left the phone that was away")
    assert officer.kept()["rejected"] == []
    for one in (officer, triagist):
        one.go("/")
        assert card not in one.page.content()
    assert "Every chain holds" in flask(server, "verify")


def test_who_saw_a_card_is_asked_of_the_server_and_without_it_the_phone_says_so(phone):
    officer = phone(OFFICER)
    open_card(officer)
    officer.wait_until_shared()
    officer.page.locator("#section-timeline a[href$='/seen']").click()
    officer.see("opende de kaart om")
    card = officer.card
    with officer.without_network():
        officer.go(f"/cards/{card}/seen")
        officer.see("Nu geen internet")


def test_reading_and_writing_on_a_killed_server_are_in_its_log(phone, server):
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.page.evaluate("(card) => fetch(`/cards/${card}.json`)", card)
    server.kill()
    server.start()
    watching = phone(PRIVACY)
    watching.go(f"/access-log?card={card}")
    text = watching.page.locator("main").inner_text()
    assert re.search("Opende de kaart", text)
    assert re.search("Keek op de kaart", text)
    assert os.path.getsize(server.data / "access.sqlite") > 0
