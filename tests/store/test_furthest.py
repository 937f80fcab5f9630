"""A server's clock that ran ahead and was set right: what phones stamp after what it told then is taken; what is ahead of all it ever told is not."""

from __future__ import annotations

from pathlib import Path

from store.access_log import Line, Visit
from store.heard import WINDOW_MS, Heard
from tests.cast import OFFICER, Clock, Phone, server

HOUR_MS = 3_600_000


def test_after_a_clock_that_ran_ahead_a_phone_goes_on_from_the_stamps_that_it_has(tmp_path: Path) -> None:
    clock = Clock()
    phone = Phone(server(tmp_path, clock), OFFICER)
    clock.later(hours=1)
    card = phone.open_card()
    clock.later(hours=-1)
    for restarted in (False, True):
        if restarted:
            http = server(tmp_path, clock, SQLALCHEMY_DATABASE_URI=phone.app.config["SQLALCHEMY_DATABASE_URI"]).test_client()
            http._cookies = phone.http._cookies
            phone.http = http
        stamps = (phone.at(ahead_ms=HOUR_MS), phone.at(ahead_ms=HOUR_MS + 660_000))
        after, beyond = (phone.entry(card, "observation.noted", {"does": "Loopt weg"}, at=at) for at in stamps)
        answer = phone.sync([after, beyond])
        assert list(answer["accepted"]) == [after["id"]]
        assert answer["rejected"][beyond["id"]]["code"] == "clock"


def test_a_server_that_never_was_ahead_refuses_what_is_ahead_of_it(tmp_path: Path) -> None:
    phone = Phone(server(tmp_path), OFFICER)
    card = phone.open_card()
    ahead = phone.entry(card, "observation.noted", {"does": "Loopt weg"}, at=phone.at(ahead_ms=HOUR_MS))
    assert phone.sync([ahead])["rejected"][ahead["id"]]["code"] == "clock"


def test_a_clock_that_is_set_back_keeps_nothing_out_of_the_access_log() -> None:
    def line(at_ms: int) -> Line:
        return Line(Visit("jan", "Jan", "noord", "member", "aaaaaaaa"), at_ms, "stream", "a card")

    heard = Heard()
    moments = (0, WINDOW_MS - 1, WINDOW_MS, -HOUR_MS // 2, -HOUR_MS // 2 + 1)
    assert [heard.is_new(line(HOUR_MS + at)) for at in moments] == [True, False, True, True, False]
