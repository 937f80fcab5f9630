"""POST /sync, sentence by sentence of PROTOCOL."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blueprints import sync
from store import epoch
from store.memory import memory
from store.places import Places
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id, server

Phones = Callable[[str], Phone]


def test_what_is_handed_in_gets_a_number_and_comes_back_with_it(phone: Phones) -> None:
    officer = phone(OFFICER)
    opening = officer.opening()
    answer = officer.sync([opening])
    assert answer["accepted"] == {opening["id"]: 1}
    assert answer["rejected"] == {}
    (kept,) = answer["entries"]
    assert {name: kept[name] for name in opening} == opening
    assert kept["seq"] == 1
    assert kept["received"].endswith("Z")
    assert len(kept["hash"]) == 64


def test_an_entry_sent_twice_exists_once_with_the_same_number(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entry = officer.write(card, "observation.noted", {"says": "Laat me met rust"})
    again = {name: value for name, value in entry.items() if name != "seq"}
    assert officer.sync([again, again])["accepted"] == {entry["id"]: entry["seq"]}
    assert len(officer.card(card)["timeline"]) == 2


def test_another_entry_under_a_known_id_is_refused(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entry = officer.write(card, "picture.set", {"problem": "Een"})
    other = officer.entry(card, "picture.set", {"problem": "Twee"}, id=entry["id"])
    refused = officer.sync([other])["rejected"][entry["id"]]
    assert (refused["code"], refused["field"]) == ("malformed", "id")
    assert officer.card(card)["picture"]["heads"][0]["body"] == {"problem": "Een"}


def test_one_bad_entry_never_takes_the_batch_with_it(phone: Phones, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    mine, theirs = officer.open_card(), triagist.open_card()
    good = officer.entry(mine, "observation.noted", {"does": "Loopt weg"})
    bad = {
        "malformed": officer.entry(mine, "risk.assessed", {"for": "client", "level": "very"}),
        "unknown_kind": officer.entry(mine, "weather.noted", {"rain": True}),
        "forbidden": officer.entry(theirs, "observation.noted", {"does": "Iets"}),
        "too_large": officer.entry(mine, "observation.noted", {"does": "x" * 1900, "padding": "y" * 16_000}),
        "clock": officer.entry(mine, "observation.noted", {"does": "Iets"}, at=officer.at(ahead_ms=11 * 60_000)),
    }
    answer = officer.sync([*bad.values(), good])
    assert set(answer["accepted"]) == {good["id"]}
    assert {code: answer["rejected"][entry["id"]]["code"] for code, entry in bad.items()} == {code: code for code in bad}
    assert answer["rejected"][bad["malformed"]["id"]]["field"] == "body.level"
    assert all(reason["message"] for reason in answer["rejected"].values())


@pytest.mark.parametrize("field", ["by", "org", "device"])
def test_nobody_writes_in_the_name_of_another(phone: Phones, field: str) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    theirs = {"by": triagist.me["person"], "org": triagist.me["org"], "device": triagist.me["device"]}[field]
    entry = officer.entry(card, "observation.noted", {"does": "Iets"}, **{field: theirs})
    refused = officer.sync([entry])["rejected"][entry["id"]]
    assert (refused["code"], refused["field"]) == ("forbidden", field)


def test_a_clock_nine_minutes_ahead_is_taken(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "observation.noted", {"does": "Iets"}, at=officer.at(ahead_ms=9 * 60_000))


def test_late_is_not_wrong(phone: Phones, clock: Clock) -> None:
    """After closing, hours late, and an answer to what is not there yet: all are taken."""
    officer = phone(OFFICER)
    card = officer.open_card()
    early = officer.entry(card, "observation.noted", {"does": "Iets"})
    officer.write(card, "card.closed", {"outcome": "Naar huis"})
    clock.later(hours=5)
    answer_first = officer.entry(card, "handover.accepted", {"offer": new_id(), "release": True})
    assert set(officer.sync([early, answer_first])["accepted"]) == {early["id"], answer_first["id"]}
    folded = officer.card(card)
    assert folded["closed"]
    assert [item["late"] for item in folded["timeline"] if item["id"] == early["id"]] == [True]


def test_what_comes_before_its_opening_is_taken(phone: Phones) -> None:
    officer = phone(OFFICER)
    opening = officer.opening()
    card = opening["card"]
    first = officer.entry(card, "observation.noted", {"does": "Iets"})
    assert officer.sync([first])["accepted"] == {first["id"]: 1}
    assert officer.http.get(f"/cards/{card}.json").status_code == 404
    assert officer.sync([opening])["accepted"] == {opening["id"]: 2}
    assert len(officer.card(card)["timeline"]) == 2


def test_a_card_is_opened_once(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    second = officer.opening(card)
    assert officer.sync([second])["rejected"][second["id"]]["code"] == "forbidden"


def test_only_the_server_writes_who_joined(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    entry = officer.entry(card, "card.joined", {"person": triagist.me["person"]})
    refused = officer.sync([entry])["rejected"][entry["id"]]
    assert (refused["code"], refused["field"]) == ("forbidden", "kind")


def test_who_may_not_see_most_of_a_card_still_gets_on(phone: Phones) -> None:
    """A device that says as `have` only the highest number it was sent must not ask for the same hidden page for ever."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    for start in range(0, 1200, 400):
        notes = [officer.entry(card, "observation.noted", {"does": str(start + turn)}, audience="police") for turn in range(400)]
        officer.sync(notes, {card: 1_000_000})
    picture = officer.write(card, "picture.set", {"problem": "Voor allen"})
    later = officer.open_card("crisisdienst")
    have: dict[str, int] = {}
    seen: list[str] = []
    while True:
        answer = triagist.sync(have=have)
        have |= {entry["card"]: entry["seq"] for entry in answer["entries"]}
        seen += [entry["id"] for entry in answer["entries"]]
        if not answer["more"]:
            break
        assert answer["entries"], "more without anything is for ever"
    assert picture["id"] in seen
    assert set(have) == {card, later}
    assert len(seen) == len(set(seen)) == 5


def test_the_same_id_twice_in_a_call_is_answered_once(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    entry = officer.entry(card, "observation.noted", {"does": "Iets"})
    for both in ([entry, {**entry, "body": {"does": "Iets anders"}}], [{**entry, "body": {}}, entry]):
        answer = officer.sync(both)
        assert (list(answer["accepted"]), answer["rejected"]) == ([entry["id"]], {})


def test_another_history_hears_nothing_of_cards_that_it_never_was_on(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    foreign, was_on, nobodys = officer.open_card(), officer.open_card("crisisdienst"), new_id()
    officer.write(was_on, "card.unshared", {"organisation": "crisisdienst"})
    asked = {foreign: 1, was_on: 1, nobodys: 1}
    assert triagist.sync(have=asked, epoch="another")["gone"] == [was_on]


def test_a_phone_whose_clock_is_ahead_keeps_nobody_on_a_card(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    ahead = officer.entry(card, "card.shared", {"organisation": "crisisdienst"}, at=officer.at(7 * 60_000))
    officer.sync([ahead])
    assert triagist.sees(card)
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    assert not triagist.sees(card)
    assert triagist.sync(have={card: 1})["gone"] == [card]


def test_who_wrote_before_the_opening_arrived_puts_no_organisation_on_the_card(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    opening = officer.opening()
    card = opening["card"]
    triagist.sync([triagist.entry(card, "card.shared", {"organisation": "crisisdienst"})])
    officer.sync([opening])
    assert triagist.http.get(f"/cards/{card}.json").status_code == 404


def test_only_what_is_beyond_have_comes_oldest_first(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    written = [officer.write(card, "observation.noted", {"does": str(turn)}) for turn in range(4)]
    entries = officer.sync(have={card: 3})["entries"]
    assert [entry["id"] for entry in entries] == [entry["id"] for entry in written[2:]]
    assert [entry["seq"] for entry in entries] == [4, 5]


@pytest.mark.parametrize("remembered", [True, False])
def test_what_was_written_on_two_cards_in_turn_comes_in_that_order(phone: Phones, clock: Clock, app: Flask, remembered: bool) -> None:
    officer = phone(OFFICER)
    cards = [officer.open_card(), officer.open_card()]
    written = []
    for turn in range(6):
        clock.later(seconds=1)
        written.append(officer.write(cards[turn % 2], "observation.noted", {"does": str(turn)})["id"])
    if not remembered:
        with app.app_context():
            memory().cards.clear()
    entries = officer.sync(have=dict.fromkeys(cards, 1))["entries"]
    assert [entry["id"] for entry in entries] == written


def test_where_the_servers_clock_was_set_back_a_card_still_comes_in_the_order_of_its_numbers(phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card, other = officer.open_card(), officer.open_card()
    clock.later(hours=1)
    officer.write(card, "observation.noted", {"does": "voor"})
    clock.later(hours=-1)
    officer.write(card, "observation.noted", {"does": "na"})
    officer.write(other, "observation.noted", {"does": "elders"})
    entries = officer.sync(have={card: 1})["entries"]
    assert [entry["seq"] for entry in entries if entry["card"] == card] == [2, 3]


def test_a_long_card_comes_in_pages_without_a_gap(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    for start in (0, 400, 800):
        officer.sync([officer.entry(card, "observation.noted", {"does": str(start + turn)}) for turn in range(400)])
    have: dict[str, int] = {}
    numbers: list[int] = []
    while True:
        answer = officer.sync(have=have)
        numbers += [entry["seq"] for entry in answer["entries"]]
        have = answer["upto"]
        if not answer["more"]:
            break
    assert numbers == list(range(1, 1202))


def test_who_is_taken_off_a_card_is_told_that_it_is_gone(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    assert len(triagist.sees(card)) == 2
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    answer = triagist.sync(have={card: 2})
    assert answer["gone"] == [card]
    assert answer["entries"] == []
    assert triagist.http.get(f"/cards/{card}.json").status_code == 404


def test_a_card_that_nobody_knows_is_gone_only_within_one_history(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = new_id()
    assert officer.sync(have={card: 5})["gone"] == [card]
    assert officer.sync(have={card: 5}, epoch="another history")["gone"] == []


def test_an_offered_handover_and_a_request_put_the_other_on_the_card(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    by_offer, by_request = officer.open_card(), officer.open_card()
    officer.write(by_offer, "handover.offered", {"to": "crisisdienst"})
    officer.write(by_request, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    assert {entry["card"] for entry in triagist.sync()["entries"]} == {by_offer, by_request}


def test_limits_are_answered_in_json(phone: Phones, app: Flask) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    many = [officer.entry(card, "observation.noted", {"does": "x"}) for _ in range(501)]
    for body in (json.dumps({"entries": many}), json.dumps({"entries": ["x" * (1024 * 1024)]})):
        answer = officer.http.post("/sync", data=body, content_type="application/json")
        assert (answer.status_code, answer.get_json()["error"]) == (413, "too_large")
    assert officer.http.post("/sync", data="{no json").status_code == 400
    assert officer.http.post("/sync", json=[]).get_json()["error"] == "malformed"
    nobody = app.test_client().post("/sync", json={"entries": []})
    assert (nobody.status_code, nobody.is_json) == (401, True)


def test_another_site_cannot_hand_anything_in(phone: Phones) -> None:
    officer = phone(OFFICER)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert officer.http.post("/sync", json={"entries": []}, headers=headers).status_code == 403
        assert officer.http.get("/live", headers=headers).status_code == 403


@pytest.mark.parametrize(("audience", "readers"), [("police", {OFFICER, OFFICER_SOUTH}), ("care", {OFFICER, TRIAGIST, DOCTOR}), ("org", {OFFICER})])
def test_who_may_not_see_an_entry_never_gets_it(phone: Phones, audience: str, readers: set[str]) -> None:
    """Not by sync, not in the folded card, not on a page; the writer and colleagues of the writer's organisation or domain do."""
    phones = {account: phone(account) for account in (OFFICER, OFFICER_SOUTH, TRIAGIST, DOCTOR)}
    card = phones[OFFICER].open_card("zuid", "crisisdienst")
    secret = phones[OFFICER].write(card, "observation.noted", {"says": "een geheim woord"}, audience=audience)
    for account, one in phones.items():
        answers = [one.http.post("/sync", json={"have": {}, "entries": []}), *map(one.http.get, (f"/cards/{card}.json", f"/cards/{card}"))]
        found = [b"een geheim woord" in answer.get_data() for answer in answers]
        assert found == [account in readers] * 3, account
        assert (secret["id"] in one.sees(card)) == (account in readers)


def test_a_restored_server_gets_everything_back_also_what_others_wrote(tmp_path: Path) -> None:
    """The backup of an hour ago lacks a card; one phone of two is lost; the other hands back both persons' entries."""
    (tmp_path / "live").mkdir()
    app = server(tmp_path / "live")
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    (tmp_path / "backup").mkdir()
    shutil.copytree(tmp_path / "live", tmp_path / "backup", dirs_exist_ok=True)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"says": "Van de agent"})
    triagist.write(card, "observation.noted", {"says": "Van de triagist"})
    held = triagist.sync()["entries"]

    restored = server(tmp_path / "backup")
    with restored.app_context():
        name = epoch.new_epoch()
    back = Phone(restored, TRIAGIST)
    assert back.me["epoch"] == name
    answer = back.sync(held, have={card: len(held)}, epoch=triagist.me["epoch"])
    assert set(answer["accepted"]) == {entry["id"] for entry in held}
    assert answer["epoch"] == name
    assert {entry["id"] for entry in answer["entries"]} == {entry["id"] for entry in held}
    assert len(Phone(restored, OFFICER).sees(card)) == len(held)


def put_back(tmp_path: Path, write_later: Callable[[Phone, Phone, str], object]) -> tuple[Phone, Phone, str, list[dict[str, Any]]]:
    """The crisis service was on a card and was taken off it; then a backup is made. What is written later is lost with the server, and the
    backup is put back. The officer and the triagist at the server of the backup, and what the triagist held.
    """
    (tmp_path / "live").mkdir()
    app = server(tmp_path / "live")
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    (tmp_path / "backup").mkdir()
    shutil.copytree(tmp_path / "live", tmp_path / "backup", dirs_exist_ok=True)
    write_later(officer, triagist, card)
    held = [entry for entry in triagist.sync()["entries"] if entry["card"] == card]
    restored = server(tmp_path / "backup")
    with restored.app_context():
        epoch.new_epoch()
    return Phone(restored, OFFICER), Phone(restored, TRIAGIST), card, held


@pytest.mark.sqlite
def test_a_phone_that_has_more_than_the_backup_does_not_hear_that_the_card_is_gone_before_it_gave_that_back(tmp_path: Path) -> None:
    """Phones of before erase at once what is gone."""

    def let_in_again(officer: Phone, triagist: Phone, card: str) -> None:
        officer.write(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
        triagist.write(card, "observation.noted", {"says": "Alleen hier"})

    _, triagist, card, held = put_back(tmp_path, let_in_again)
    assert triagist.sync(have={card: 5}, epoch="the one before")["gone"] == []
    *known, asked, alone = held
    answer = triagist.sync(held, have={card: 0})
    assert set(answer["accepted"]) == {asked["id"], alone["id"]}
    assert {refused["field"] for refused in answer["rejected"].values()} == {"id"}, "what is here is not theirs to know before they are let in"
    assert answer["gone"] == []
    assert {entry["id"] for entry in answer["entries"]} == {entry["id"] for entry in held}
    assert len(known) == 3


@pytest.mark.sqlite
def test_a_phone_that_has_no_more_than_the_backup_hears_that_the_card_is_gone(tmp_path: Path) -> None:
    _, triagist, card, held = put_back(tmp_path, lambda *_: None)
    assert held == []
    assert triagist.sync(have={card: 2}, epoch="the one before")["gone"] == [card]


@pytest.mark.sqlite
def test_who_asks_for_a_card_of_an_older_history_hears_which_entry_took_them_off(tmp_path: Path) -> None:
    officer, triagist, card, _ = put_back(tmp_path, lambda *_: None)
    answer = triagist.sync(have={card: 0})
    (off,) = (entry["id"] for entry in officer.sync()["entries"] if entry["kind"] == "card.unshared")
    assert (answer["gone"], answer["ended"]) == ([card], {card: {"why": "taken_off", "by": [off]}})
    assert "ended" not in triagist.sync(have={card: 2}), "a phone that has it in this history erases it without a reason"


def test_what_took_somebody_off_is_not_named_to_who_may_not_read_it(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"}, audience="police")
    answer = triagist.sync(have={card: 0})
    assert (answer["gone"], "ended" in answer) == ([card], False)


def test_who_never_was_on_a_card_hears_of_no_end(phone: Phones) -> None:
    officer, south = phone(OFFICER), phone(OFFICER_SOUTH)
    card, nobodys = officer.open_card("crisisdienst"), new_id()
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    answer = south.sync(have={card: 0, nobodys: 0})
    assert (answer["gone"], "ended" in answer) == (sorted([card, nobodys]), False)


def test_who_was_taken_off_by_name_hears_which_entry_did_it(phone: Phones) -> None:
    officer, south = phone(OFFICER), phone(OFFICER_SOUTH)
    card = officer.open_card()
    code = officer.http.post(f"/cards/{card}/code", json={}).get_json()["code"]
    assert south.http.post("/join", json={"code": code}).get_json() == {"card": card}
    off = officer.write(card, "card.removed", {"person": south.me["person"]})
    assert south.sync(have={card: 0})["ended"] == {card: {"why": "taken_off", "by": [off["id"]]}}


def test_a_forged_seal_proves_nothing(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    forged = officer.entry(card, "observation.noted", {"says": "Ik beken"}, by=triagist.me["person"], seal="0" * 64)
    assert officer.sync([forged])["rejected"][forged["id"]]["code"] == "forbidden"
    sealed = officer.sync()["entries"][0]
    changed = {**sealed, "id": new_id(), "by": triagist.me["person"]}
    assert officer.sync([changed])["rejected"][changed["id"]]["code"] == "forbidden"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
ENVELOPE = ("id", "card", "kind", "at", "by", "org", "device", "audience", "supersedes", "body", "seq", "seal")


def test_arbitrary_json_never_breaks_the_server_and_is_never_half_stored(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    valid = officer.entry(card, "observation.noted", {"does": "Iets"})

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.fixed_dictionaries({}, optional={"epoch": json_values, "have": json_values, "entries": json_values}) | json_values,
        st.lists(st.tuples(st.sampled_from(ENVELOPE), json_values), max_size=3),
        st.dictionaries(st.sampled_from(["for", "level", "does", "offer", "override", "person", "until"]), json_values, max_size=3),
    )
    def tried(asked: object, changes: list[tuple[str, object]], body: dict[str, object]) -> None:
        mutant = {**valid, "id": new_id(), "body": {**valid["body"], **body}, **dict(changes)}
        for request in (asked, {"have": {}, "entries": [mutant]}):
            answer = officer.http.post("/sync", data=json.dumps(request), content_type="application/json")
            assert answer.status_code in (200, 400, 413)
            assert answer.is_json

    tried()
    for entry in officer.sync()["entries"]:
        assert set(ENVELOPE) - {"seal"} <= set(entry)


def test_where_as_many_work_as_may_at_once_a_call_waits_and_an_alarm_does_not(phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Places(1, 10)
    monkeypatch.setattr(sync, "_places", full)
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    answers: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: answers.append(triagist.sync([triagist.opening()])))
    with full.one():
        waiting.start()
        while not full._waiting:
            time.sleep(0.001)
        alarm = officer.entry(card, "alarm.raised", {})
        assert officer.sync([alarm])["accepted"] == {alarm["id"]: 2}
        assert answers == []
    waiting.join(10)
    assert len(answers[0]["accepted"]) == 1


def test_a_call_for_which_there_is_no_place_in_time_is_told_when_to_come_back(phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Places(1, 0.05)
    monkeypatch.setattr(sync, "_places", full)
    officer = phone(OFFICER)
    opening = officer.opening()
    with full.one():
        answer = officer.http.post("/sync", json={"entries": [opening]})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(sync.RESTS_S))
    assert officer.sync([opening])["accepted"] == {opening["id"]: 1}
