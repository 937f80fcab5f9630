"""GET /cards/<card>.json: the folded card, for who may see it."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import OFFICER, TRIAGIST, Phone, new_id

Phones = Callable[[str], Phone]

WHAT_PROTOCOL_NAMES = {
    "id", "type", "situation", "place", "about", "opened", "closed", "holders", "present", "risk", "picture", "plan", "requests", "safety",
    "agreements", "report", "transport", "handovers", "alarms", "flags", "timeline",
}  # fmt: skip


def test_the_folded_card_has_all_that_the_protocol_names(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.card(officer.open_card())
    assert set(card) >= WHAT_PROTOCOL_NAMES
    assert card["holders"] == ["noord"]


def test_a_foreign_card_and_no_card_look_the_same(phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    foreign, none = (phone(TRIAGIST).http.get(f"/cards/{id_}.json") for id_ in (card, new_id()))
    assert foreign.status_code == none.status_code == 404
    assert foreign.get_data() == none.get_data()
    pages = [phone(TRIAGIST).http.get(f"/cards/{id_}", headers={"Accept": "text/html"}) for id_ in (card, new_id())]
    assert pages[0].status_code == pages[1].status_code == 404
    assert pages[0].get_data() == pages[1].get_data()


def test_a_handover_from_the_street_to_care(phone: Phones) -> None:
    """Offered, accepted while the giver stays, then released: at no moment does nobody hold it."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    offer = officer.write(card, "handover.offered", {"to": "crisisdienst", "situation": "Man op het kruispunt"})
    assert officer.card(card)["holders"] == ["noord"]
    triagist.write(card, "handover.accepted", {"offer": offer["id"], "release": False, "read_back": "Ik neem hem mee"})
    assert officer.card(card)["holders"] == ["crisisdienst", "noord"]
    triagist.write(card, "handover.released", {"offer": offer["id"]})
    assert officer.card(card)["holders"] == ["crisisdienst"]
