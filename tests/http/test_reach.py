"""Whom an entry is for, and what it replaces, when it is written with a form of Flask: the twin of tests/worker/reach.test.mjs."""

from __future__ import annotations

import pytest

from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST
from tests.http.test_card_pages import form_of, seen, send, writes


def test_a_plan_for_the_police_alone_leaves_the_shared_plan_standing(phone):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    writes(officer, card, "plan.set", plan="Eén praat")
    form = form_of(officer, card, "plan.set")
    assert "Wat voor meer of minder mensen is, blijft ernaast staan" in form.text, "the form says what happens"
    send(officer, card, form.form("plan.set").filled(plan="Wij houden hem aan", audience="police"))
    assert [head["body"]["plan"] for head in triagist.card(card)["plan"]["heads"]] == ["Eén praat"]
    assert [head["body"]["plan"] for head in officer.card(card)["plan"]["heads"]] == ["Eén praat", "Wij houden hem aan"]
    section = seen(officer, f"/cards/{card}").by_id["section-plan"]
    assert "Eén praat" in section
    assert "Wij houden hem aan" in section
    assert "Kies samen" not in section, "a plan for all and one for the police are no disagreement"


def test_a_plan_for_all_says_nothing_of_the_plans_for_fewer_that_its_writer_saw(phone):
    """An id in it would tell the other side that there is one, since when, and what it is about."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    assert "blijft ernaast staan" not in form_of(officer, card, "plan.set").text, "there is nothing yet"
    writes(officer, card, "plan.set", plan="Wij houden hem aan", audience="police")
    assert "blijft ernaast staan" in form_of(officer, card, "plan.set").text
    writes(officer, card, "plan.set", plan="Eén praat")
    writes(officer, card, "plan.set", plan="Twee praten")
    private = officer.card(card)["plan"]["heads"][0]
    assert [head["body"]["plan"] for head in officer.card(card)["plan"]["heads"]] == ["Wij houden hem aan", "Twee praten"]
    assert [head["body"]["plan"] for head in triagist.card(card)["plan"]["heads"]] == ["Twee praten"]
    assert private["id"] not in str(triagist.sync()["entries"])


@pytest.mark.parametrize(
    ("audience", "asked", "becomes"), [("police", "all", "police"), ("police", None, "police"), ("police", "org", "org"), ("org", "police", "org")]
)
def test_a_correction_tells_nobody_more_than_what_it_corrects(phone, audience, asked, becomes):
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    noted = officer.write(card, "observation.noted", {"says": "geheim"}, audience=audience)
    form = form_of(officer, card, "entry.corrected", f"&entry={noted['id']}").form("entry.corrected")
    assert form.choices["audience"] == [one for one in ("police", "org") if audience == "police" or one == "org"]
    assert form.filled()["audience"] == [audience], "as wide as what it corrects, unless somebody chooses less"
    sent = form.filled(text="toch niet")
    sent.pop("audience")
    send(officer, card, {**sent, **({"audience": [asked]} if asked else {})})
    assert officer.card(card)["timeline"][-1]["audience"] == becomes
    assert "toch niet" not in seen(triagist, f"/cards/{card}/timeline").text


def test_who_agrees_with_a_plan_of_the_police_says_so_to_the_police(phone):
    officer, colleague, triagist = phone(OFFICER), phone(OTHER_OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst", "zuid")
    plan = officer.write(card, "plan.set", {"plan": "Aanhouden"}, audience="police")
    send(colleague, card, {"kind": ["plan.agreed"], "plan": [plan["id"]]})
    assert colleague.card(card)["timeline"][-1]["audience"] == "police"
    assert "Akkoord" not in seen(triagist, f"/cards/{card}/timeline").text
