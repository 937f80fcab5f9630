"""What nobody in good faith would send: it is answered in JSON, stores nothing, and harms nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from card.entry import MAX_BYTES, canonical
from tests.cast import OFFICER, TRIAGIST, Phone, new_id
from tests.http.routes import ways

Phones = Callable[[str], Phone]
CARD = "019a0000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "told",
    [
        '{"have": {"\\ud800": 1, "\\u0000": 2}}',
        f'{{"have": {{"{CARD}": 1{"0" * 40}}}}}',
        f'{{"have": {{"{CARD}": -1{"0" * 40}}}}}',
        f'{{"have": {{"{CARD}": true}}}}',
        '{"epoch": {"a": []}, "organisations": 7, "entries": [null, 1, "x", [], {}, {"id": null}, {"id": "\\ud800"}]}',
        json.dumps({"epoch": "another", "have": {f"card {number}": 1 for number in range(40_000)}}),
        json.dumps({"epoch": "another", "have": {new_id(): 1 for _ in range(20_000)}}),
    ],
)
def test_odd_requests_are_answered(phone: Phones, told: str) -> None:
    answer = phone(OFFICER).http.post("/sync", data=told)
    assert answer.status_code == 200
    assert answer.get_json()["accepted"] == {}


@pytest.mark.parametrize(
    "told",
    [
        "",
        "nul",
        "NaN",
        "[" * 100_000,
        '{"a":' * 50_000,
        "1" * 5_000,
        "\udcff",
        '{"have": []}',
        '{"have": {"a": 1.5}}',
        '{"have": {"a": NaN}}',
        '{"entries": {}}',
    ],
)
def test_what_is_no_request_at_all_is_said_to_be_none(phone: Phones, told: str) -> None:
    answer = phone(OFFICER).http.post("/sync", data=told.encode("utf-8", "surrogateescape"))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")


def test_entries_that_are_no_entries_are_answered_one_by_one_and_leave_the_rest(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    good = officer.entry(card, "picture.set", {"problem": "Iets"})
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    odd = [
        officer.entry(card, "picture.set", {"problem": "\ud800"}),
        officer.entry(card, "picture.set", {"problem": "\x00"}),
        officer.entry(card, "picture.set", {"problem": "x", "size": 2**60}),
        officer.entry(card, "picture.set", {"problem": "x", "deep": deep}),
        officer.entry(card, ["picture.set"], {"problem": "x"}),  # type: ignore[arg-type]
        officer.entry(card, "picture.set", {"problem": "x"}, audience=["all"]),
        officer.entry(card, "picture.set", {"problem": "x"}, supersedes={"a": 1}),
        officer.entry(card, "picture.set", {"problem": "x"}, at="9" * 13 + "-0000-00000000-"),
    ]
    answer = officer.sync([*odd, "no entry", good])
    assert set(answer["accepted"]) == {good["id"]}
    assert {answer["rejected"][entry["id"]]["code"] for entry in odd} == {"malformed"}
    assert answer["rejected"]["#8"]["code"] == "malformed"
    assert len(officer.sees(card)) == 2


def test_a_call_may_hold_as_much_as_the_limits_say_and_no_more(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entries = [officer.entry(card, "observation.noted", {"does": "x"}) for _ in range(500)]
    room = 1024 * 1024 - len(json.dumps({"entries": entries, "padding": ""}))
    full = json.dumps({"entries": entries, "padding": "x" * room})
    assert len(full) == 1024 * 1024
    assert officer.http.post("/sync", data=full.replace("padding", "paddings")).status_code == 413
    assert len(officer.http.post("/sync", data=full).get_json()["accepted"]) == 500
    largest = officer.entry(card, "observation.noted", {"does": "x", "padding": ""})
    largest["body"]["padding"] = "y" * (MAX_BYTES - len(canonical(largest)))
    larger = {**largest, "id": new_id(), "body": {**largest["body"], "padding": largest["body"]["padding"] + "y"}}
    answer = officer.sync([largest, larger])
    assert set(answer["accepted"]) == {largest["id"]}
    assert answer["rejected"][larger["id"]]["code"] == "too_large"


def test_a_request_of_somebody_else_is_turned_away_whole(phone: Phones) -> None:
    """The phone changed hands: its worker says whom it works for, and nothing of one person goes under the name of another."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    asked = {"entries": [officer.opening()], "person": triagist.me["person"]}
    answer = officer.http.post("/sync", json=asked)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "other_person")
    assert officer.sync()["entries"] == []
    assert officer.sync(person=officer.me["person"])["person"] == officer.me["person"]


@pytest.mark.parametrize("asked", [{"have": None}, {"entries": None}, {"person": None}, {"have": {new_id(): 3.0}}, {"epoch": None}, {}])
def test_what_is_left_empty_is_as_good_as_absent(phone: Phones, asked: dict[str, Any]) -> None:
    assert phone(OFFICER).http.post("/sync", json=asked).status_code == 200


def test_a_number_that_no_entry_may_hold_takes_no_other_entry_with_it(phone: Phones) -> None:
    officer = phone(OFFICER)
    good, bad = officer.opening(), officer.opening()
    sent = json.dumps({"entries": [bad, good]}).replace('"Kruispunt"}', '"Kruispunt", "more": ' + "9" * 5000 + "}", 1)
    answer = officer.http.post("/sync", data=sent, content_type="application/json").get_json()
    assert answer["rejected"][bad["id"]]["code"] == "malformed"
    assert list(answer["accepted"]) == [good["id"]]


def test_by_whatever_method_what_speaks_json_is_asked_it_answers_in_json(app: Flask, phone: Phones) -> None:
    """Also to a browser that would rather have a page."""
    spoken = {way.path for way in ways(app, methods=("GET", "POST", "PUT")) if way.door in ("device", "handing_in", "token")}
    assert {"/sync", "/live", "/me.json"} <= spoken
    for http in (app.test_client(), phone(OFFICER).http):
        for path in sorted(spoken):
            for method in ("GET", "POST", "PUT", "DELETE", "PROPFIND"):
                answer = http.open(path, method=method, headers={"Accept": "text/html"}, buffered=False)
                if answer.status_code == 405:
                    assert answer.mimetype == "application/json", (method, path)
                    assert answer.get_json()["error"] == "method_not_allowed"
                answer.close()
    page = phone(OFFICER).http.delete("/settings", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (405, "text/html")


def test_who_asks_by_a_method_that_an_address_does_not_know_hears_which_it_does(app: Flask) -> None:
    assert app.test_client().get("/sync").headers["Allow"] == "OPTIONS, POST"
    assert app.test_client().delete("/login", headers={"Accept": "text/html"}).headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_method_that_an_address_does_not_know_is_no_mistake_of_ours_where_another_leads_elsewhere(app: Flask) -> None:
    """With POST this one leads to `/directory/check`."""
    assert app.test_client().put("/directory//check").status_code == 405
