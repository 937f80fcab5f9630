"""What a revoked device still hands in: kept apart, answered with 401 and `revoked`, and the team lead's to decide about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Phone
from tests.http.test_devices import page, report_lost
from tests.http.test_doors import ADMIN, LEAD

Phones = Callable[[str], Phone]
CLEAR = '"cache", "storage"'


def lost_phone(phone: Phones) -> tuple[Phone, str]:
    """A phone that is revoked while it has something unsent, and a card that it is on."""
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    card = officer.open_card()
    report_lost(colleague, officer)
    return officer, card


def hand_in(phone: Phone, *entries: object, **more: Any) -> Any:
    return phone.http.post("/sync", json={"entries": list(entries), **more})


def decide(keeper: Phone, what: str, *entries: dict[str, Any]) -> int:
    data = {"do": what, "device": entries[0]["device"], "id": [entry["id"] for entry in entries]}
    return keeper.http.post("/set-aside", data=data).status_code


def test_what_a_revoked_device_hands_in_is_kept_apart_and_on_no_card(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Loopt weg bij de brug"})
    answer = hand_in(lost, entry)
    said = answer.get_json()
    assert (answer.status_code, said["error"], said["rejected"][entry["id"]]["code"]) == (401, "revoked", "revoked")
    assert entry["id"] not in phone(OTHER_OFFICER).sees(card)
    assert "Loopt weg bij de brug" in page(phone(LEAD), "/set-aside")


def test_the_browser_is_told_to_erase_only_when_the_device_has_nothing_left_to_bring(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Iets"})
    assert "Clear-Site-Data" not in hand_in(lost, entry).headers
    assert "Clear-Site-Data" not in hand_in(lost, erases=True).headers
    assert "Clear-Site-Data" not in lost.http.get("/me.json").headers
    answer = hand_in(lost)
    assert (answer.status_code, answer.get_json()["error"], answer.headers["Clear-Site-Data"]) == (401, "revoked", CLEAR)


def test_an_ordinary_expired_session_erases_nothing_and_sets_nothing_aside(phone: Phones) -> None:
    officer = phone(OFFICER)
    entry = officer.entry(officer.open_card(), "observation.noted", {"does": "Iets van later"})
    old = officer.http.get_cookie("session")
    officer.http.post("/logout")
    officer.http.set_cookie("session", old.value)
    answer = hand_in(officer, entry)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "signed_out")
    assert "Clear-Site-Data" not in answer.headers
    assert "Iets van later" not in page(phone(LEAD), "/set-aside")


def test_the_same_hand_in_twice_is_kept_once(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Eén keer"})
    assert hand_in(lost, entry).get_json()["rejected"] == hand_in(lost, entry, entry).get_json()["rejected"]
    assert page(phone(LEAD), "/set-aside").count("Eén keer") == 1


def test_what_the_log_has_already_is_not_kept_again(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    card = officer.open_card()
    entry = officer.entry(card, "observation.noted", {"does": "Al gedeeld"})
    officer.sync([entry])
    report_lost(colleague, officer)
    assert hand_in(officer, entry).get_json()["rejected"][entry["id"]]["code"] == "revoked"
    assert "Al gedeeld" not in page(phone(LEAD), "/set-aside")


@pytest.mark.parametrize("told", [{"by": "somebody else"}, {"org": "zuid"}, {"device": "00000000"}])
def test_nothing_is_kept_in_the_name_of_another(phone: Phones, told: dict[str, str]) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Niet van mij"}, **told)
    assert hand_in(lost, entry, 7, {}).get_json()["rejected"][entry["id"]]["code"] in ("forbidden", "malformed")
    assert "Niet van mij" not in page(phone(LEAD), "/set-aside")


@pytest.mark.parametrize("id_", ["\ud800", "\0", "x" * 5000])
def test_what_stands_beside_an_entry_with_an_unusable_id_is_kept_apart_too(phone: Phones, id_: str) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Naast iets onleesbaars"})
    answer = hand_in(lost, entry, {"id": id_})
    assert answer.status_code == 401
    assert {name: why["code"] for name, why in answer.get_json()["rejected"].items()} == {entry["id"]: "revoked", id_: "malformed"}
    assert "Naast iets onleesbaars" in page(phone(LEAD), "/set-aside")


def test_a_revoked_device_gets_nothing_and_no_other_site_can_make_it_hand_in(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    phone(OTHER_OFFICER).sync()
    assert "entries" not in hand_in(lost, have={}).get_json()
    entry = lost.entry(card, "observation.noted", {"does": "Van een andere site"})
    assert lost.http.post("/sync", json={"entries": [entry]}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert "Van een andere site" not in page(phone(LEAD), "/set-aside")


@pytest.mark.parametrize(("body", "status"), [(b"no json", 400), (b"[]", 400), (b'{"entries": {}}', 400), (b"x" * 1_100_000, 413)])
def test_a_revoked_device_that_sends_nonsense_hears_so_and_erases_nothing(phone: Phones, body: bytes, status: int) -> None:
    lost, _ = lost_phone(phone)
    answer = lost.http.post("/sync", data=body, content_type="application/json")
    assert (answer.status_code, "Clear-Site-Data" in answer.headers) == (status, False)


def test_the_lead_puts_it_on_the_card_as_its_writer_made_it(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Nog geschreven"})
    hand_in(lost, entry)
    lead = phone(LEAD)
    assert decide(lead, "put", entry) == 303
    taken = next(one for one in phone(OTHER_OFFICER).sync()["entries"] if one["id"] == entry["id"])
    assert {name: taken[name] for name in entry} == entry
    assert "Nog geschreven" not in page(lead, "/set-aside")


def test_all_of_a_device_at_once_also_a_card_that_nobody_had_seen(phone: Phones) -> None:
    lost, _ = lost_phone(phone)
    opening = lost.opening()
    noted = lost.entry(opening["card"], "observation.noted", {"does": "In de kelder"})
    hand_in(lost, noted, opening)
    assert decide(phone(ADMIN), "put", opening, noted) == 303
    assert phone(OTHER_OFFICER).sees(opening["card"]) == {opening["id"], noted["id"]}


def test_what_the_lead_leaves_out_stays_readable_and_can_still_be_put_on(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Twijfel"})
    hand_in(lost, entry)
    lead = phone(LEAD)
    assert decide(lead, "leave", entry) == 303
    shown = page(lead, "/set-aside")
    assert "Twijfel" in shown.split("<details")[1]
    assert lead.me["name"] in shown
    assert decide(lead, "put", entry) == 303
    assert entry["id"] in phone(OTHER_OFFICER).sees(card)


def test_what_the_log_refuses_is_said_at_the_entry_and_stays(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    ahead = lost.entry(card, "observation.noted", {"does": "Uit de toekomst"}, at=lost.at(ahead_ms=3_600_000))
    hand_in(lost, ahead)
    lead = phone(LEAD)
    answer = lead.http.post("/set-aside", data={"do": "put", "device": ahead["device"], "id": ahead["id"]})
    assert answer.status_code == 422
    assert "loopt te ver voor" in answer.get_data(as_text=True)
    assert "Uit de toekomst" in page(lead, "/set-aside")


def test_only_leads_and_administrators_of_that_organisation_read_and_decide(phone: Phones) -> None:
    lost, card = lost_phone(phone)
    entry = lost.entry(card, "observation.noted", {"does": "Alleen voor Noord"})
    hand_in(lost, entry)
    for account, status in ((OFFICER, 404), (TRIAGIST, 404), ("teamlead@zuid.example", 200), ("teamlead@crisisdienst.example", 200)):
        other = phone(account)
        assert "Alleen voor Noord" not in page(other, "/set-aside", status)
        assert decide(other, "put", entry) == 404
    for account in (LEAD, ADMIN):
        assert "Alleen voor Noord" in page(phone(account), "/set-aside")
    assert entry["id"] not in phone(OTHER_OFFICER).sees(card)
