"""One picture, one plan, and who agreed with exactly that text; agreements and corrections beside it."""

from __future__ import annotations

from card.fold import fold
from tests.vectors.make import Written, entry_id, opened


def agreed(write: Written) -> list[tuple[str, str]]:
    return [(one["plan"], one["org"]) for one in fold(write.log)["plan"]["agreed"]]


def test_others_agree_with_a_plan_and_who_set_it_stands_beside_it() -> None:
    write = opened()
    plan = write("noord", "plan.set", {"plan": "Samen praten"})
    assert agreed(write) == []
    write("crisisdienst", "plan.agreed", {"plan": plan})
    assert agreed(write) == [(plan, "crisisdienst")]
    assert [head["org"] for head in fold(write.log)["plan"]["heads"]] == ["noord"]


def test_a_new_plan_asks_for_agreement_again() -> None:
    write = opened()
    old = write("noord", "plan.set", {"plan": "Samen praten"})
    write("crisisdienst", "plan.agreed", {"plan": old})
    assert agreed(write) == [(old, "crisisdienst")]
    write("crisisdienst", "plan.set", {"plan": "Naar de dienst"}, supersedes=(old,))
    assert agreed(write) == []


def test_two_plans_that_did_not_see_each_other_stand_side_by_side() -> None:
    write = opened()
    first, second = write("noord", "plan.set", {"plan": "Praten"}), write("crisisdienst", "plan.set", {"plan": "Wachten"})
    assert [head["id"] for head in fold(write.log)["plan"]["heads"]] == [first, second]


def test_agreement_with_a_plan_that_has_not_arrived_counts_once_it_has() -> None:
    write = opened()
    write("crisisdienst", "plan.agreed", {"plan": entry_id(50)})
    assert agreed(write) == []
    write("noord", "plan.set", {"plan": "Praten"}, id=entry_id(50))
    assert agreed(write) == [(entry_id(50), "crisisdienst")]


def test_an_entry_of_another_subject_replaces_nothing() -> None:
    write = opened()
    plan = write("noord", "plan.set", {"plan": "Praten"})
    picture = write("noord", "picture.set", {"problem": "Onrust"}, supersedes=(plan,))
    write("noord", "risk.assessed", {"for": "client", "level": "low"}, supersedes=(picture,))
    card = fold(write.log)
    assert [head["id"] for subject in ("plan", "picture") for head in card[subject]["heads"]] == [plan, picture]


def test_an_agreement_is_done_once_somebody_says_so() -> None:
    write = opened()
    made = write("noord", "agreement.made", {"what": "Huisarts bellen", "who": "Jan", "until": "2026-11-24T20:00:00Z"})
    assert [one["done"] for one in fold(write.log)["agreements"]] == [None]
    done = write("crisisdienst", "agreement.done", {"agreement": made})
    assert [one["done"]["id"] for one in fold(write.log)["agreements"]] == [done]


def test_a_correction_stands_beside_the_entry_that_stays_as_it_was() -> None:
    write = opened()
    note = write("noord", "observation.noted", {"used": "Wijn"})
    write("crisisdienst", "entry.corrected", {"entry": note, "text": "Het was bier"})
    (seen,) = fold(write.log)["observations"]
    assert seen["body"] == {"used": "Wijn"}
    assert [(said["org"], said["text"]) for said in seen["corrections"]] == [("crisisdienst", "Het was bier")]


def test_safety_asked_and_answered_stand_together() -> None:
    write = opened()
    asked = write("crisisdienst", "safety.asked", {"where": "Dorpsstraat 1"})
    write("noord", "safety.answered", {"question": asked, "answer": "not_alone"})
    write("noord", "safety.answered", {"question": entry_id(50), "answer": "go"})
    assert [[said["body"]["answer"] for said in one["answers"]] for one in fold(write.log)["safety"]] == [["not_alone"]]


def test_transport_by_the_police_is_flagged_until_somebody_else_drives() -> None:
    write = opened()
    police = write("noord", "transport.chosen", {"by": "police", "reason": "Geen ander vervoer"})
    assert [(flag["flag"], flag["entry"]) for flag in fold(write.log)["flags"]] == [("transport_by_police", police)]
    write("crisisdienst", "transport.chosen", {"by": "ambulance"}, supersedes=(police,))
    assert fold(write.log)["flags"] == []


def test_an_agreement_was_done_when_it_was_first_said() -> None:
    write = opened()
    made = write("noord", "agreement.made", {"what": "Huisarts bellen", "who": "Jan"})
    first = write("crisisdienst", "agreement.done", {"agreement": made})
    write("noord", "agreement.done", {"agreement": made})
    assert [one["done"]["id"] for one in fold(write.log)["agreements"]] == [first]
