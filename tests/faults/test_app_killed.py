"""kill -9 of the app while phones write: of the whole server and, every other time, of the process that serves alone."""

from __future__ import annotations

from tests.faults.crowd import Crowd
from tests.faults.night import Night
from tests.faults.size import sized

KILLS = sized(8, 200)


def test_an_app_that_is_killed_again_and_again_while_phones_write_loses_and_doubles_nothing(either_night: Night) -> None:
    with Crowd(either_night.port, listens=True) as crowd:
        for turn in range(KILLS):
            crowd.until_acknowledged(12)
            if turn % 2:
                either_night.kill_worker()
            else:
                either_night.kill()
                either_night.start()
        crowd.until_acknowledged(12)
        crowd.settle(either_night.url)
    assert crowd.lost() >= KILLS, "no call was in the middle when the app was killed"
    assert set(crowd.statuses()) == {200}
