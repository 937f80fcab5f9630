"""The tunnel test (SCENARIOS.md): both phones without a network, forty entries and more on each, one killed in between, one with its clock ahead."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from card.entry import canonical
from card.fold import fold
from tests.stories.hands import LEAD, OFFICER, TRIAGIST, fill_in, ids, invite, kill_browser, open_card, own_browser
from tests.stories.phone import Phone
from tests.stories.served import Served
from tests.stories.wire import Wire

SEVEN_MINUTES = 7 * 60_000

# Fills in forms at the phone's own server, one after another: [[kind, {field: text}], ...].
FORMS = """async ([card, forms]) => {
  for (const [kind, fields] of forms) {
    const body = new URLSearchParams({ kind, ...fields });
    const reply = await fetch(`/cards/${card}/entries`, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!reply.ok || reply.headers.get("x-motorkap") !== "phone") throw new Error(`${kind} ${reply.status}`);
  }
}"""


def evening(who: str, offset: int) -> list[list[Any]]:
    """Forty things that somebody writes in the tunnel."""
    notes = [["observation.noted", {"id": id_, "does": f"{who}, stap {turn}"}] for turn, id_ in enumerate(ids(60)[offset : offset + 28])]
    judged = [["risk.assessed", {"for": whom, "level": level}] for whom in ("client", "surroundings") for level in ("middle", "high")]
    agreed = [["agreement.made", {"what": f"{who} belt terug", "who": who, "until": "23:15"}] for _ in range(3)]
    rest = [
        ["approach.noted", {"looks": "Grote man, blauwe jas"}],
        ["picture.set", {"problem": f"Beeld van {who}"}],
        ["plan.set", {"plan": f"Plan van {who}"}],
        ["transport.chosen", {"by": "ggz_transport"}],
        ["alarm.raised", {}],
        ["feedback.given", {"text": f"Dank van {who}"}],
    ]
    return [*notes, *judged, *agreed, *rest]


def test_two_phones_come_out_of_a_tunnel_with_one_card(playwright: Playwright, server: Served, phone: Callable[..., Phone], tmp_path: Path) -> None:
    officer = phone(OFFICER, ahead_ms=SEVEN_MINUTES)
    wire, folder = Wire(server.port), tmp_path / "triagist"
    triagist = own_browser(playwright, folder, wire, TRIAGIST).sign_in()
    me = triagist.me
    # Put away in the ordinary way once, so that the session is on the disk when the phone is killed later.
    triagist.context.close()
    triagist = own_browser(playwright, folder, wire, TRIAGIST)
    triagist.me = me

    card = open_card(officer)
    invite(officer, card, "crisisdienst")
    officer.wait_until_shared()
    triagist.go(f"/cards/{card}")
    triagist.see("Kruispunt")

    officer.cut()
    triagist.cut()
    officer.go(f"/cards/{card}")
    officer.page.evaluate(FORMS, [card, evening("agent", 0)])
    fill_in(officer, "handover", "handover.offered", {"to": "crisisdienst", "situation": "Man op het kruispunt"}, {"searched": "yes"})
    triagist.page.evaluate(FORMS, [card, evening("triagist", 28)])
    kill_browser(folder)
    with contextlib.suppress(Exception):
        triagist.context.close()
    triagist = own_browser(playwright, folder, wire, TRIAGIST)
    triagist.me = me
    triagist.go(f"/cards/{card}")
    fill_in(triagist, "observation", "observation.noted", {"says": "Ik ben er weer"})
    assert officer.unsent() >= 40
    assert triagist.unsent() >= 40

    officer.mend()
    triagist.mend()
    for one in (officer, triagist):
        one.wait_until_shared()
    both = {entry["id"] for one in (officer, triagist) for entry in one.entries(card)}
    for one in (officer, triagist):
        one.share()
        one.wait_until(lambda one=one: {entry["id"] for entry in one.entries(card)} == both, "all entries of both")

    lead = phone(LEAD)
    cards = [one.server_json(card) for one in (officer, triagist, lead)]
    cards += [fold(one.entries(card)) for one in (officer, triagist)]
    assert len({canonical(seen) for seen in cards}) == 1
    assert len(cards[0]["timeline"]) == len(both) >= 84
    said = [item["body"].get("does") for item in cards[0]["timeline"] if item["kind"] == "observation.noted" and "does" in item["body"]]
    assert len(said) == len(set(said)) == 56
    history = sorted(officer.entries(card), key=lambda entry: entry["seq"])
    assert all(fold(history[:length])["holders"] for length in range(1, len(history) + 1))
    lead.go(f"/cards/{card}/timeline")
    lead.see("Ik ben er weer")
    triagist.close()
