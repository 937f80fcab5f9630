"""Who is on a card, and who may read what."""

from __future__ import annotations

import pytest

from card.access import Viewer, ground_of, is_for_organisation, may_account_for, may_read, on_card
from card.membership import membership
from tests.vectors.make import PEOPLE, Written, opened


def viewer(org: str, domain: str, person: str | None = None) -> Viewer:
    return Viewer(person or PEOPLE.get(org, f"p-{org}"), org, domain, "member", "7f3a9c21")


OFFICER, TRIAGIST, COLLEAGUE, SOUTH = (
    viewer("noord", "police"),
    viewer("crisisdienst", "care"),
    viewer("noord", "police", "other"),
    viewer("zuid", "police"),
)


def shared() -> Written:
    write = opened()
    for org in ("crisisdienst", "zuid"):
        write("noord", "card.shared", {"organisation": org})
    return write


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("all", [OFFICER, TRIAGIST, COLLEAGUE, SOUTH]),
        ("police", [OFFICER, COLLEAGUE, SOUTH]),
        ("care", [OFFICER, TRIAGIST]),
        ("org", [OFFICER, COLLEAGUE]),
    ],
)
def test_the_audience_says_who_reads_an_entry_and_its_writer_always_does(audience: str, readers: list[Viewer]) -> None:
    write = shared()
    write("noord", "observation.noted", {"says": "x"}, audience=audience)
    members = membership(write.log)
    assert [one for one in (OFFICER, TRIAGIST, COLLEAGUE, SOUTH) if may_read(one, members, write.log[-1])] == readers


def test_who_is_not_on_the_card_reads_nothing_of_it() -> None:
    write = opened()
    members = membership(write.log)
    assert not on_card(TRIAGIST, members)
    assert not may_read(TRIAGIST, members, write.log[0])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("card.shared", {"organisation": "crisisdienst"}),
        ("handover.offered", {"to": "crisisdienst"}),
        ("service.requested", {"service": "crisisdienst", "for": "advice"}),
    ],
)
def test_invited_offered_or_asked_is_on_the_card(kind: str, body: dict[str, str]) -> None:
    write = opened()
    write("noord", kind, body)
    assert on_card(TRIAGIST, membership(write.log))


def test_taken_off_is_off_also_when_the_link_is_missing() -> None:
    write = shared()
    write("noord", "card.unshared", {"organisation": "crisisdienst"})
    assert not on_card(TRIAGIST, membership(write.log))
    write("noord", "card.shared", {"organisation": "crisisdienst"})
    assert on_card(TRIAGIST, membership(write.log))


def test_the_openers_organisation_stays() -> None:
    write = opened()
    write("noord", "card.unshared", {"organisation": "noord"})
    assert on_card(COLLEAGUE, membership(write.log))


def test_a_code_puts_one_person_on_the_card() -> None:
    write = opened()
    write("crisisdienst", "card.joined", {"person": TRIAGIST.person})
    members = membership(write.log)
    assert on_card(TRIAGIST, members)
    assert not on_card(viewer("crisisdienst", "care", "colleague"), members)


def test_who_was_taken_off_stays_off_whatever_the_clock_of_the_phone_that_shared_said() -> None:
    write = opened()
    write("noord", "card.shared", {"organisation": "crisisdienst"}, minute=500)
    write("noord", "card.unshared", {"organisation": "crisisdienst"}, minute=2)
    assert not on_card(TRIAGIST, membership(write.log))


def test_what_the_server_has_not_numbered_yet_comes_after_what_it_has() -> None:
    write = shared()
    write("noord", "card.unshared", {"organisation": "crisisdienst"}, minute=0, seq=None)
    assert not on_card(TRIAGIST, membership(write.log))


def test_who_writes_before_the_opening_arrived_puts_nobody_on_the_card() -> None:
    for kind, body in (("card.shared", {"organisation": "zuid"}), ("handover.offered", {"to": "zuid"})):
        write = opened()
        write.log[0]["seq"] = 9
        write("crisisdienst", kind, body, seq=1)
        write("noord", "card.shared", {"organisation": "ggzvervoer"}, seq=2)
        assert membership(write.log)["organisations"] == ["ggzvervoer", "noord"]


WATCHING = Viewer("watching", "noord", "police", "privacy", "7f3a9c21")


def test_who_watches_over_privacy_is_on_no_card_by_the_organisation_and_accounts_for_those_it_takes_part_in() -> None:
    write = opened()
    members = membership(write.log)
    assert on_card(COLLEAGUE, members)
    assert not on_card(WATCHING, members)
    assert not may_read(WATCHING, members, write.log[0])
    assert may_account_for(WATCHING, ["noord"])
    assert not may_account_for(WATCHING, ["zuid"])
    assert not may_account_for(COLLEAGUE, ["noord"])


def test_the_ground_is_opening_a_code_or_the_organisation() -> None:
    write = opened()
    members = membership(write.log)
    members["persons"].append("joiner")
    opener = write.log[0]["by"]
    grounds = [ground_of(one, members, opener) for one in (OFFICER, COLLEAGUE, viewer("crisisdienst", "care", "joiner"), TRIAGIST)]
    assert grounds == ["opened", "organisation", "code", "none"]


def test_an_organisation_hands_out_what_is_for_all_for_its_domain_and_its_own() -> None:
    write = shared()
    for audience in ("all", "police", "care", "org"):
        write("noord", "observation.noted", {"says": "x"}, audience=audience)
    last = write.log[-4:]
    assert [is_for_organisation("zuid", "police", entry) for entry in last] == [True, True, False, False]
    assert [is_for_organisation("crisisdienst", "care", entry) for entry in last] == [True, False, True, False]
    assert [is_for_organisation("noord", "police", entry) for entry in last] == [True] * 4
