"""Who is here: per person the latest word counts, and who leaves while holding the card is seen."""

from __future__ import annotations

from card.fold import fold
from tests.vectors.make import Written, entry_id, handed, opened


def here(write: Written) -> list[str]:
    return [one["person"] for one in fold(write.log)["present"]]


def gone(write: Written) -> list[str]:
    return [one["person"] for one in fold(write.log)["left"]]


def test_who_arrives_is_here_in_a_role_and_at_a_place() -> None:
    write = opened()
    write("noord", "presence.arrived", {"person": "p-noord", "organisation": "noord", "role": "wijkagent", "position": "in_sight"})
    (one,) = fold(write.log)["present"]
    assert {name: one[name] for name in ("person", "organisation", "role", "position", "since")} == {
        "person": "p-noord", "organisation": "noord", "role": "wijkagent", "position": "in_sight", "since": write.log[1]["at"],
    }  # fmt: skip


def test_who_leaves_is_not_here_and_may_come_back() -> None:
    write = opened()
    write("noord", "presence.arrived", {"person": "p-noord"})
    write("noord", "presence.left", {"person": "p-noord", "reason": "Andere melding"})
    assert (here(write), gone(write)) == ([], ["p-noord"])
    write("noord", "presence.arrived", {"person": "p-noord"})
    assert (here(write), gone(write)) == (["p-noord"], [])


def test_the_latest_word_counts_in_whatever_order_it_arrives() -> None:
    write = opened()
    write("noord", "presence.left", {"person": "p-noord"}, minute=9)
    write("noord", "presence.arrived", {"person": "p-noord"}, minute=3)
    assert gone(write) == ["p-noord"]


def test_two_of_one_name_from_two_organisations_are_two_people() -> None:
    write = opened()
    for organisation in ("Buurtteam", "Kerk"):
        write("noord", "presence.arrived", {"person": {"name": "Jan", "organisation": organisation}})
    write("noord", "presence.left", {"person": {"name": "Jan", "organisation": "Kerk"}})
    assert [(one["person"], one["organisation"]) for one in fold(write.log)["present"]] == [("Jan", "Buurtteam")]


def test_an_organisation_that_left_while_it_holds_the_card_is_flagged_until_it_no_longer_holds_it() -> None:
    write = opened()
    assert fold(write.log)["flags"] == [], "who never said to be here has not left"
    write("noord", "presence.arrived", {"person": "p-noord"})
    write("noord", "presence.left", {"person": "p-noord"})
    assert [(flag["flag"], flag["org"]) for flag in fold(write.log)["flags"]] == [("left_while_holding", "noord")]
    handed(write, "noord", "crisisdienst")
    assert fold(write.log)["flags"] == []


def test_a_colleague_who_stays_keeps_the_organisation_here() -> None:
    for colleague in (entry_id(700), {"name": "Stagiair", "organisation": "noord"}):
        write = opened()
        for person in ("p-noord", colleague):
            write("noord", "presence.arrived", {"person": person})
        write("noord", "presence.left", {"person": "p-noord"})
        assert fold(write.log)["flags"] == []


def test_a_bystander_keeps_nobodys_organisation_here() -> None:
    for bystander in ("Mevrouw De Wit", {"name": "Mevrouw De Wit"}, {"name": "Mevrouw De Wit", "organisation": "Buurt"}):
        write = opened()
        for person in ("p-noord", bystander):
            write("noord", "presence.arrived", {"person": person})
        write("noord", "presence.left", {"person": "p-noord"})
        assert [(flag["flag"], flag["org"]) for flag in fold(write.log)["flags"]] == [("left_while_holding", "noord")]


def test_who_writes_for_another_organisation_is_of_that_one_whoever_says_that_they_came() -> None:
    write = opened()
    write("crisisdienst", "observation.noted", {"says": "Hier"})
    write("noord", "presence.arrived", {"person": "p-noord"})
    write("noord", "presence.arrived", {"person": "p-crisis"})
    write("noord", "presence.left", {"person": "p-noord"})
    assert [flag["org"] for flag in fold(write.log)["flags"]] == ["noord"]


def test_people_are_listed_by_their_last_word() -> None:
    write = opened()
    for person in ("p-noord", "p-crisis", "p-noord"):
        write("noord", "presence.arrived", {"person": person})
    assert here(write) == ["p-crisis", "p-noord"]
