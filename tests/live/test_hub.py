"""The hub: who listens hears what they may, in order, and nobody can fill the server by not listening."""

from __future__ import annotations

from card.access import Viewer
from live import hub as live_hub
from live.hub import Hub
from store.grown import Grown

OFFICER = Viewer("officer", "noord", "police", "member", "00000001")
TRIAGIST = Viewer("triagist", "crisisdienst", "care", "member", "00000002")
ALONE = {"organisations": ["noord"], "persons": []}
BOTH = {"organisations": ["noord", "crisisdienst"], "persons": []}


def grown(before: int = 0, members_before=ALONE, members=ALONE) -> Grown:
    return Grown("card", before, before + 1, str(before), str(before + 1), members_before, members, [])


def test_who_was_on_the_card_hears_it_too_because_they_may_have_been_taken_off() -> None:
    hub = Hub()
    officer, triagist = hub.listen(OFFICER), hub.listen(TRIAGIST)
    hub.tell([grown()])
    assert (officer.queue.qsize(), triagist.queue.qsize()) == (1, 0)
    hub.tell([grown(1, members_before=BOTH, members=ALONE)])
    assert (officer.queue.qsize(), triagist.queue.qsize()) == (2, 1)


def test_a_device_has_one_stream_and_the_newest_is_it() -> None:
    hub = Hub()
    first, second = hub.listen(OFFICER), hub.listen(OFFICER)
    assert next(first.follow(), "ended") == "ended"
    hub.leave(first)
    hub.tell([grown()])
    assert second.queue.qsize() == 1


def test_who_does_not_read_their_stream_is_let_go_and_holds_nothing_more(monkeypatch) -> None:
    monkeypatch.setattr(live_hub, "MOST_WAITING", 10)
    hub = Hub()
    deaf, triagist = hub.listen(OFFICER), hub.listen(TRIAGIST)
    for before in range(11):
        hub.tell([grown(before, BOTH, BOTH)])
        triagist.queue.get_nowait()
    assert deaf.queue.qsize() == 1
    assert next(deaf.follow(), "ended") == "ended"
    hub.tell([grown(11, BOTH, BOTH)])
    assert (deaf.queue.qsize(), triagist.queue.qsize()) == (0, 1)


def test_a_hub_that_nobody_listens_to_holds_nothing() -> None:
    hub = Hub()
    hub.leave(hub.listen(OFFICER))
    assert (dict(hub.by_org), dict(hub.by_person)) == ({}, {})


def test_signs_of_life_come_in_time_also_while_much_is_added(monkeypatch) -> None:
    """Of which nothing may be for this listener: then they are all that shows that the stream is whole."""
    now = [0.0]
    monkeypatch.setattr(live_hub.time, "monotonic", lambda: now[0])
    hub = Hub()
    heard = hub.listen(OFFICER).follow()
    signs = 0
    for before in range(100):
        hub.tell([grown(before)])
        while next(heard) is None:
            signs += 1
        now[0] += 1.0
    assert signs == 100 // live_hub.HEARTBEAT_S


def test_a_stream_that_missed_entries_knows_it() -> None:
    stream = Hub().listen(TRIAGIST)
    assert not stream.missed(grown(7, BOTH, BOTH)), "it heard nothing of this card yet, and the device shared before it listened"
    assert stream.missed(grown(7, ALONE, BOTH)), "it was just put on the card: all before is new"
    stream.heard["card"] = 7
    assert not stream.missed(grown(7, BOTH, BOTH))
    assert stream.missed(grown(9, BOTH, BOTH)), "another process wrote number 8"
