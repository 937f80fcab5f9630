"""Nobody lets go before another holds."""

from __future__ import annotations

from card.fold import fold
from tests.cast import new_id
from tests.vectors.make import handed, opened


def holders(write) -> list[str]:
    return fold(write.log)["holders"]


def test_who_opens_the_card_holds_it() -> None:
    assert holders(opened()) == ["noord"]


def test_an_offer_alone_changes_nothing() -> None:
    write = opened()
    write("noord", "handover.offered", {"to": "crisisdienst"})
    assert holders(write) == ["noord"]


def test_an_acceptance_adds_the_receiver_and_keeps_the_giver() -> None:
    write = opened()
    handed(write, "noord", "crisisdienst", release=False)
    assert holders(write) == ["crisisdienst", "noord"]


def test_nobody_lets_go_before_another_holds() -> None:
    """A release without an acceptance takes nobody off."""
    write = opened()
    offer = write("noord", "handover.offered", {"to": "crisisdienst"})
    write("crisisdienst", "handover.released", {"offer": offer})
    assert holders(write) == ["noord"]
    write("crisisdienst", "handover.accepted", {"offer": offer})
    assert holders(write) == ["crisisdienst"]


def test_only_the_receiver_says_that_the_giver_may_go() -> None:
    write = opened()
    offer = handed(write, "noord", "crisisdienst", release=False)
    write("noord", "handover.released", {"offer": offer})
    write("ggzvervoer", "handover.released", {"offer": offer})
    assert holders(write) == ["crisisdienst", "noord"]


def test_an_acceptance_and_a_withdrawal_that_crossed_keep_both_and_are_flagged() -> None:
    write = opened()
    offer = handed(write, "noord", "crisisdienst")
    write("noord", "handover.withdrawn", {"offer": offer})
    assert holders(write) == ["crisisdienst", "noord"]
    assert [flag["flag"] for flag in fold(write.log)["flags"]] == ["handover_crossed"]


def test_there_and_back_again_ends_where_it_began_whatever_the_clocks_say() -> None:
    write = opened()
    handed(write, "noord", "crisisdienst")
    handed(write, "crisisdienst", "noord")
    assert holders(write) == ["noord"]
    backwards = [{**entry, "at": f"{9_999_999_999_999 - number:013d}-0000-7f3a9c21"} for number, entry in enumerate(write.log)]
    assert fold(backwards)["holders"] == ["noord"]


def test_a_chain_ends_with_its_last_receiver() -> None:
    write = opened()
    handed(write, "noord", "crisisdienst")
    handed(write, "crisisdienst", "ggzvervoer")
    assert holders(write) == ["ggzvervoer"]


def test_an_offer_that_names_another_organisations_token_takes_nothing_of_it() -> None:
    write = opened()
    handed(write, "noord", "crisisdienst", release=False)
    offer = write("crisisdienst", "handover.offered", {"to": "ggzvervoer", "gives": [write.log[0]["id"]]})
    write("ggzvervoer", "handover.accepted", {"offer": offer, "release": True})
    assert holders(write) == ["ggzvervoer", "noord"]


def test_a_forged_circle_leaves_everybody_holding() -> None:
    write = opened()
    first, second = new_id(), new_id()
    for offer, giver, receiver, gives in ((first, "noord", "crisisdienst", [write.log[0]["id"], second]), (second, "crisisdienst", "noord", [first])):
        write(giver, "handover.offered", {"to": receiver, "gives": gives}, id=offer)
        write(receiver, "handover.accepted", {"offer": offer, "release": True})
    assert holders(write) == ["crisisdienst", "noord"]
