"""What people paste or enlarge never takes the card away: a link without a space, and text of twice the size (WCAG 1.4.4, 1.4.10)."""

from __future__ import annotations

from tests.stories.test_looks import OFFICER, TOO_WIDE, TRIAGIST, full_card, looker

__all__ = ["looker"]

LONG = "https://example.org/" + "a1B2" * 470
# What is fixed in sight: the alarm and who holds the card.
IN_SIGHT = """() => [...document.querySelectorAll("#section-alarm .alarm, #section-holding, #alarm-raise")]
  .map((one) => one.getBoundingClientRect()).filter(({left, right}) => left < 0 || right > innerWidth).length"""
STUCK = """() => [...document.querySelectorAll(".sheet .form-head, .sheet .form-send")]
  .filter((one) => getComputedStyle(one).position === "sticky").length"""

# A table of figures as its page has it; how many of the words of its heading are broken.
BROKEN = """(heads) => {
  const [table, row] = ["table", "tr"].map((name) => document.createElement(name));
  table.className = "figure-table";
  for (const head of heads) {
    const cell = document.createElement("th");
    cell.className = head === heads[0] ? "" : "figure-number";
    cell.textContent = head;
    row.append(cell);
  }
  table.createTHead().append(row);
  table.createTBody().insertRow().insertCell().textContent = "GGZ Crisisdienst, beoordeling ter plaatse";
  document.querySelector("main").append(table);
  return [...row.cells].flatMap((cell) => [...cell.textContent.matchAll(/\\S+/g)].map((word) => {
    const range = document.createRange();
    range.setStart(cell.firstChild, word.index);
    range.setEnd(cell.firstChild, word.index + word[0].length);
    return range.getClientRects().length;
  })).filter((lines) => lines > 1).length;
}"""


def test_no_word_above_a_column_of_figures_is_broken_on_a_phone(looker):
    lead = looker("teamlead@noord.example")
    lead.page.goto("/figures")
    assert lead.page.evaluate(BROKEN, ["Dienst", "Aantal", "Mediaan (min)", "90 % (min)"]) == 0
    assert lead.page.evaluate(TOO_WIDE) <= 0


def test_a_pasted_link_breaks_before_it_pushes_anything_off_the_screen(looker):
    officer = looker(OFFICER)
    card, _ = full_card(officer, looker(TRIAGIST))
    short = LONG[:200]
    [noted] = officer.writes(card, ("observation.noted", {"says": LONG, "found": LONG}))
    officer.writes(
        card,
        ("presence.arrived", {"person": {"name": short, "organisation": short}, "role": short}),
        ("risk.assessed", {"for": "professional", "level": "high", "note": LONG}),
        ("approach.noted", {"looks": LONG, "by_whom": short}),
        ("picture.set", {"problem": LONG}),
        ("plan.set", {"plan": LONG, "if_then": [LONG[:500]]}),
        ("agreement.made", {"what": LONG[:500], "who": short, "until": "2026-11-24T20:15:00Z"}),
        ("service.requested", {"service": short, "for": "advice"}),
        ("transport.chosen", {"by": "police", "reason": LONG[:500]}),
        ("handover.requested", {"from": "noord", "note": LONG}),
        ("handover.offered", {"to": "crisisdienst", "situation": LONG, "weapons": LONG[:500]}),
        ("alarm.raised", {"note": LONG[:500]}),
        ("feedback.given", {"text": LONG}),
        ("entry.corrected", {"entry": noted, "text": LONG}),
    )
    forms = (f"entry.corrected&entry={noted}", "picture.set", "plan.set", "transport.chosen", "risk.assessed&for=professional")
    views = ("", "/timeline", "/bonnet", "/people", *(f"/entries/new?kind={form}" for form in forms))
    for view in views:
        officer.page.goto(f"/cards/{card}{view}")
        assert officer.page.evaluate(TOO_WIDE) <= 0, view
        assert officer.page.evaluate(IN_SIGHT) == 0, view
    opening = {"situation": "worry", "place": short, "about": short}
    officer.writes("019a0000-0000-7000-8000-00000000aaaa", ("card.opened", opening))
    for path in ("/", "/cards/019a0000-0000-7000-8000-00000000aaaa"):
        officer.page.goto(path)
        assert officer.page.evaluate(TOO_WIDE) <= 0, path


def test_with_text_of_twice_the_size_the_form_scrolls_as_one(looker):
    officer = looker(OFFICER)
    card, _ = full_card(officer, looker(TRIAGIST))
    officer.page.goto(f"/cards/{card}")
    officer.page.locator("#section-risk a.button").first.click()
    officer.page.locator("#sheet form").wait_for()
    assert officer.page.evaluate(STUCK) == 1, "while an alarm rings it stays in sight, and not the title"
    # The browser's own zoom gives a page of half the width in text sizes, as larger text does: 180 pixels are 11 times the letter.
    officer.page.set_viewport_size({"width": 180, "height": 400})
    assert officer.page.evaluate(STUCK) == 0
    officer.page.set_viewport_size({"width": 360, "height": 800})


# The lines over which the word of the alarm is broken, and how far it sticks out of its box.
ALARM = """() => [...document.querySelectorAll(".alarm")].map((box) => {
  const text = document.createTreeWalker(box, NodeFilter.SHOW_TEXT, (one) => one.data.includes("ALARM") ? 1 : 3).nextNode();
  const word = document.createRange();
  word.setStart(text, text.data.indexOf("ALARM"));
  word.setEnd(text, text.data.indexOf(":") + 1);
  const lines = [...word.getClientRects()];
  return [lines.length, Math.max(0, Math.round(Math.max(...lines.map(({right}) => right)) - box.getBoundingClientRect().right))];
})"""


def test_on_the_narrowest_screen_with_text_of_twice_the_size_the_word_of_the_alarm_is_whole(looker):
    officer = looker(OFFICER)
    card, _ = full_card(officer, looker(TRIAGIST))
    officer.page.set_viewport_size({"width": 320, "height": 640})
    for view in ("", "/bonnet", "/timeline"):
        officer.page.goto(f"/cards/{card}{view}")
        officer.page.evaluate("document.documentElement.style.fontSize = '200%'")
        officer.page.locator(".alarm").first.wait_for()
        assert officer.page.evaluate(ALARM) == [[1, 0]], view


def test_a_keyboard_reaches_the_alarm_in_two_stops(looker):
    officer = looker(OFFICER)
    card, _ = full_card(officer, looker(TRIAGIST))
    officer.page.goto(f"/cards/{card}")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.textContent") == "Naar alarm"
    officer.page.keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.id") == "alarm-raise"


def test_on_a_wide_screen_what_must_be_known_first_stands_side_by_side(looker):
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, offer = full_card(officer, triagist)
    triagist.writes(card, ("handover.declined", {"offer": offer}), ("handover.accepted", {"offer": offer, "release": False}))
    officer.page.set_viewport_size({"width": 1280, "height": 800})
    officer.page.goto(f"/cards/{card}")
    tops = officer.page.evaluate("[...document.querySelectorAll('.notices > *')].map((one) => one.getBoundingClientRect().top)")
    assert len(tops) > 1
    assert len(set(tops)) < len(tops)


STRUCK = "(what) => [...document.querySelectorAll(what)].map((one) => getComputedStyle(one).textDecorationLine)"


def test_what_was_corrected_is_struck_and_for_whom_it_is_stays_readable(looker):
    officer, triagist = looker(OFFICER), looker(TRIAGIST)
    card, _ = full_card(officer, triagist)
    judged, drive = officer.writes(card, ("risk.assessed", {"for": "professional", "level": "high"}), ("transport.chosen", {"by": "own"}))
    triagist.writes(card, *(("entry.corrected", {"entry": one, "text": "klopt niet"}) for one in (judged, drive)))
    officer.page.goto(f"/cards/{card}")
    assert officer.page.evaluate(STRUCK, "#section-risk .item-struck .level-word") == ["line-through"]
    assert set(officer.page.evaluate(STRUCK, ".item-struck .chip-audience")) == {"none"}
    officer.page.goto(f"/cards/{card}/timeline")
    assert set(officer.page.evaluate(STRUCK, ".item-struck > .line-kind > .line-said")) == {"line-through"}
