"""A handover: what each side may say of an offer, and what it then is (PROTOCOL, "Kinds on an incident card")."""

from __future__ import annotations

from typing import Any

from card.fold import fold
from tests.vectors.make import Written, entry_id, handed, opened


def offered() -> tuple[Written, str]:
    write = opened()
    return write, write("noord", "handover.offered", {"to": "crisisdienst", "situation": "Op het kruispunt", "searched": "yes"})


def handover(write: Written) -> dict[str, Any]:
    (folded,) = fold(write.log)["handovers"]
    return dict(folded)


def test_an_offer_waits_for_an_answer() -> None:
    write, offer = offered()
    said = handover(write)
    assert (said["item"]["id"], said["from"], said["to"], said["state"], said["open"]) == (offer, "noord", "crisisdienst", "offered", True)
    assert said["item"]["body"]["searched"] == "yes"


def test_who_is_asked_accepts_and_reads_back() -> None:
    write, offer = offered()
    write("crisisdienst", "handover.accepted", {"offer": offer, "read_back": "Ik neem over, u blijft tot ik er ben"})
    said = handover(write)
    assert (said["state"], said["released"], said["open"]) == ("accepted", False, False)
    assert [item["body"]["read_back"] for item in said["acceptances"]] == ["Ik neem over, u blijft tot ik er ben"]


def test_a_third_party_cannot_accept_decline_or_release() -> None:
    write, offer = offered()
    for org in ("ggzvervoer", "noord"):
        for kind in ("accepted", "declined", "released"):
            write(org, f"handover.{kind}", {"offer": offer})
    said = handover(write)
    assert (said["state"], said["open"], said["released"]) == ("offered", True, False)
    assert fold(write.log)["holders"] == ["noord"]
    assert len(fold(write.log)["timeline"]) == len(write.log)


def test_a_giver_cannot_release_itself() -> None:
    write, offer = offered()
    write("crisisdienst", "handover.accepted", {"offer": offer})
    write("noord", "handover.released", {"offer": offer})
    assert handover(write)["state"] == "accepted"
    write("crisisdienst", "handover.released", {"offer": offer})
    assert (handover(write)["state"], handover(write)["released"]) == ("released", True)


def test_only_who_offered_withdraws() -> None:
    write, offer = offered()
    write("crisisdienst", "handover.withdrawn", {"offer": offer})
    assert handover(write)["state"] == "offered"
    write("noord", "handover.withdrawn", {"offer": offer})
    assert (handover(write)["state"], handover(write)["open"]) == ("withdrawn", False)


def test_who_is_asked_may_decline_and_the_giver_keeps_the_card() -> None:
    write, offer = offered()
    write("crisisdienst", "handover.declined", {"offer": offer, "reason": "Geen plek"})
    assert handover(write)["state"] == "declined"
    assert fold(write.log)["holders"] == ["noord"]


def test_accepted_and_declined_is_accepted_and_flagged() -> None:
    write, offer = offered()
    write("crisisdienst", "handover.declined", {"offer": offer})
    write("crisisdienst", "handover.accepted", {"offer": offer})
    assert handover(write)["state"] == "accepted"
    assert [(flag["flag"], flag["entry"]) for flag in fold(write.log)["flags"]] == [("handover_contradicted", offer)]


def test_crossing_is_seen_whichever_of_the_two_arrives_first() -> None:
    write, offer = offered()
    write("noord", "handover.withdrawn", {"offer": offer}, minute=9)
    write("crisisdienst", "handover.accepted", {"offer": offer, "release": True}, minute=3)
    for log in (write.log, write.log[::-1]):
        assert [said["state"] for said in fold(log)["handovers"]] == ["crossed"]
        assert fold(log)["holders"] == ["crisisdienst", "noord"]


def test_an_answer_waits_for_its_offer() -> None:
    write = opened()
    offer = entry_id(50)
    write("crisisdienst", "handover.accepted", {"offer": offer, "release": True})
    assert (fold(write.log)["handovers"], fold(write.log)["holders"]) == ([], ["noord"])
    write("noord", "handover.offered", {"to": "crisisdienst"}, id=offer)
    assert fold(write.log)["holders"] == ["crisisdienst"]


def test_i_want_to_take_over_is_answered_by_an_offer() -> None:
    write = opened()
    write("crisisdienst", "handover.requested", {"from": "noord"})
    assert [asked["answered"] for asked in fold(write.log)["asked_handovers"]] == [False]
    handed(write, "noord", "ggzvervoer", release=False)
    assert [asked["answered"] for asked in fold(write.log)["asked_handovers"]] == [False]
    write("noord", "handover.offered", {"to": "crisisdienst"})
    assert [(asked["from"], asked["answered"]) for asked in fold(write.log)["asked_handovers"]] == [("noord", True)]


def test_who_asks_again_after_an_offer_was_withdrawn_is_heard_again() -> None:
    write = opened()
    write("crisisdienst", "handover.requested", {"from": "noord"})
    offer = write("noord", "handover.offered", {"to": "crisisdienst"})
    write("noord", "handover.withdrawn", {"offer": offer})
    write("crisisdienst", "handover.requested", {"from": "noord", "note": "Toch graag"})
    assert [asked["answered"] for asked in fold(write.log)["asked_handovers"]] == [False, False]
    write("noord", "handover.offered", {"to": "crisisdienst"})
    assert [asked["answered"] for asked in fold(write.log)["asked_handovers"]] == [True, True]
    write("crisisdienst", "handover.requested", {"from": "noord"})
    assert [asked["answered"] for asked in fold(write.log)["asked_handovers"]] == [True, True, False]
