"""A card closes over duties that were seen, never over unseen ones."""

from __future__ import annotations

from card.fold import fold
from tests.vectors.make import Written, handed, opened

ACUTE = {"for": "client", "level": "high", "acute": True}


def close(write: Written, *duties: str) -> None:
    override = {"override": {"reason": "Zo afgesproken", "duties": list(duties)}} if duties else {}
    write("noord", "card.closed", {"outcome": "Naar huis", **override})


def is_closed(write: Written) -> bool:
    return fold(write.log)["closed"] is not None


def test_with_nothing_open_a_card_just_closes() -> None:
    write = opened()
    close(write)
    assert is_closed(write)


def test_acute_risk_an_open_offer_and_an_alarm_each_keep_a_card_open() -> None:
    for org, kind, body in (("noord", "risk.assessed", ACUTE), ("noord", "handover.offered", {"to": "crisisdienst"}), ("noord", "alarm.raised", {})):
        write = opened()
        duty = write(org, kind, body)
        close(write)
        assert not is_closed(write), kind
        assert [flag["flag"] for flag in fold(write.log)["flags"]] == ["closing_incomplete"]
        close(write, duty)
        assert is_closed(write), kind


def test_a_duty_that_the_closer_had_not_seen_opens_the_card_again_whenever_it_arrives() -> None:
    write = opened()
    seen = write("noord", "risk.assessed", ACUTE)
    close(write, seen)
    assert is_closed(write)
    write("crisisdienst", "risk.assessed", ACUTE, minute=-60)
    assert not is_closed(write)


def test_what_was_solved_is_no_duty() -> None:
    write = opened()
    risk = write("noord", "risk.assessed", ACUTE)
    write("noord", "risk.assessed", {"for": "client", "level": "low"}, supersedes=(risk,))
    alarm = write("noord", "alarm.raised", {})
    write("crisisdienst", "alarm.ended", {"alarm": alarm})
    handed(write, "noord", "crisisdienst")
    declined = write("crisisdienst", "handover.offered", {"to": "noord"})
    write("noord", "handover.declined", {"offer": declined})
    assert fold(write.log)["duties"] == []
    close(write)
    assert is_closed(write)


def test_an_answer_by_who_was_not_asked_leaves_the_offer_open() -> None:
    write = opened()
    offer = write("noord", "handover.offered", {"to": "crisisdienst"})
    write("ggzvervoer", "handover.declined", {"offer": offer})
    write("crisisdienst", "handover.withdrawn", {"offer": offer})
    assert [duty["entry"] for duty in fold(write.log)["duties"]] == [offer]


def test_what_reaches_a_closed_card_is_late_and_leaves_it_closed() -> None:
    write = opened()
    close(write)
    note = write("crisisdienst", "observation.noted", {"says": "Dag"}, minute=0)
    assert [item["id"] for item in fold(write.log)["timeline"] if item["late"]] == [note]
    assert is_closed(write)
