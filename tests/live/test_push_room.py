"""Who may be called now: no host takes all the room there is, whatever it calls itself, and those who do not answer share a little of it."""

from __future__ import annotations

import pytest

from live.push_room import AT_ONCE, AT_ONE_HOST, UNPROVEN_AT_ONCE, Room, host_of

MAKERS = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (MAKERS, "googleapis.com"),
        ("https://FCM.Googleapis.COM:443/x", "googleapis.com"),
        ("https://fcm.googleapis.com./x", "googleapis.com"),
        ("https://localhost/x", "localhost"),
        ("https://192.0.2.7:8443/x", "192.0.2.7"),
        ("https://[2001:db8::1]/x", "2001:db8::1"),
    ],
)
def test_names_under_one_domain_are_one_host_and_an_address_is_one(endpoint: str, host: str) -> None:
    assert host_of(endpoint) == host


def proven(*endpoints: str) -> Room:
    room = Room()
    for endpoint in endpoints:
        room.enter(endpoint)
        room.leave(endpoint, answered=True)
    return room


def enters(room: Room, endpoints: list[str]) -> int:
    """How many of these may be called at once."""
    choice = room.choice()
    chosen = [endpoint for endpoint in endpoints if choice.fits(endpoint)]
    for endpoint in chosen:
        room.enter(endpoint)
    return len(chosen)


def test_one_domain_takes_no_more_than_its_part_by_many_names() -> None:
    names = [f"https://push{number}.hangs.example/x" for number in range(100)]
    room = proven("https://hangs.example/x", MAKERS)
    assert enters(room, names) == AT_ONE_HOST < AT_ONCE
    assert enters(room, names) == 0, "nor later, while those have not come back"
    assert enters(room, [MAKERS]) == 1


def test_all_together_who_never_answered_take_no_more_than_a_part() -> None:
    room = proven(MAKERS)
    assert enters(room, [f"https://hangs{number}.example/x" for number in range(100)]) == UNPROVEN_AT_ONCE
    assert enters(room, [MAKERS] * 100) == AT_ONE_HOST


def test_who_did_not_answer_is_proven_no_longer_and_who_answers_is() -> None:
    room = proven(MAKERS)
    room.enter(MAKERS)
    room.leave(MAKERS, answered=False)
    hanging = [f"https://hangs{number}.example/x" for number in range(UNPROVEN_AT_ONCE)]
    assert enters(room, hanging) == UNPROVEN_AT_ONCE
    assert enters(room, [MAKERS]) == 0
    room.leave(hanging[0], answered=False)
    assert enters(room, [MAKERS]) == 1
    room.leave(MAKERS, answered=True)
    assert enters(room, [MAKERS] * 3) == 3


def test_choosing_takes_no_room_and_coming_back_gives_it_back() -> None:
    room = Room()
    assert room.choice().fits(MAKERS)
    assert room.free() == AT_ONCE
    assert room.is_empty_within(0)
    room.enter(MAKERS)
    assert room.free() == AT_ONCE - 1
    assert not room.is_empty_within(0.01)
    room.leave(MAKERS, answered=True)
    assert room.is_empty_within(0)
    assert not room.calls, "hosts that are not called are not remembered here"
