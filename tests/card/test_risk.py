"""Risk for each, disagreement side by side, the highest counts meanwhile."""

from __future__ import annotations

from card.fold import fold
from tests.vectors.make import Written, opened


def judged(write: Written, org: str, level: str, *supersedes: str, acute: bool = False, whom: str = "client") -> str:
    return write(org, "risk.assessed", {"for": whom, "level": level, "acute": acute}, supersedes=supersedes)


def test_what_nobody_judged_has_no_level() -> None:
    assert fold(opened().log)["risk"]["client"] == {"level": None, "acute": False, "disagreement": False, "heads": []}


def test_two_who_did_not_see_each_other_stand_side_by_side_and_the_highest_counts() -> None:
    write = opened()
    first = judged(write, "noord", "middle")
    judged(write, "noord", "low", first)
    judged(write, "crisisdienst", "high", first, acute=True)
    client = fold(write.log)["risk"]["client"]
    assert (client["level"], client["acute"], client["disagreement"]) == ("high", True, True)
    assert [head["org"] for head in client["heads"]] == ["noord", "crisisdienst"]


def test_who_saw_both_resolves_it() -> None:
    write = opened()
    both = judged(write, "noord", "low"), judged(write, "crisisdienst", "high")
    judged(write, "noord", "middle", *both)
    client = fold(write.log)["risk"]["client"]
    assert (client["level"], client["disagreement"], len(client["heads"])) == ("middle", False, 1)


def test_two_who_say_the_same_do_not_disagree() -> None:
    write = opened()
    judged(write, "noord", "low")
    judged(write, "crisisdienst", "low")
    assert not fold(write.log)["risk"]["client"]["disagreement"]


def test_judgements_that_supersede_each_other_in_a_circle_all_stand() -> None:
    write = opened()
    first = judged(write, "noord", "low")
    second = judged(write, "crisisdienst", "high", first)
    write.log[1]["supersedes"] = [second]
    assert len(fold(write.log)["risk"]["client"]["heads"]) == 2


def test_a_judgement_for_one_says_nothing_of_another() -> None:
    write = opened()
    judged(write, "noord", "high", whom="professional")
    assert fold(write.log)["risk"]["client"]["level"] is None


def test_a_judgement_that_says_it_supersedes_itself_still_stands() -> None:
    write = opened()
    other, itself = judged(write, "crisisdienst", "low"), judged(write, "noord", "high")
    write.log[2]["supersedes"] = [itself]
    assert [head["id"] for head in fold(write.log)["risk"]["client"]["heads"]] == [other, itself]
