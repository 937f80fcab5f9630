"""kill -9 of Redis, with two processes of the app on one PostgreSQL. Nobody loses anything: what Redis carries is only that something happened.

Without it phones share by asking, streams hear later, and the app says that it is degraded. When Redis is back nobody has to start anything again.
"""

from __future__ import annotations

import json
import time

from tests.faults.crowd import Crowd, in_turn_at, wait_until
from tests.faults.night import ask, kill_whole
from tests.faults.phone import Phone
from tests.faults.size import sized
from tests.live.pair import Pair

TIMES = sized(1, 20)
AWAY_S = sized(3, 10)


def test_while_redis_is_gone_phones_at_two_processes_go_on_sharing_and_afterwards_live_is_live_again(two: Pair) -> None:
    with Crowd(two.ports[0], listens=True, phone=in_turn_at(two.ports)) as crowd:
        for _ in range(TIMES):
            crowd.until_acknowledged(25)
            wait_until(lambda: [degraded(phone) for phone in crowd.phones[:2]] == [False, False], 30)
            kill_whole(two.redis)
            wait_until(lambda: [degraded(phone) for phone in crowd.phones[:2]] == [True, True], 30, lambda: "nobody says degraded")
            crowd.until_acknowledged(25)
            hears_of_the_other(crowd, within_s=20)
            time.sleep(AWAY_S)
            two.redis.start()
            wait_until(lambda: [degraded(phone) for phone in crowd.phones[:2]] == [False, False], 60, lambda: "it stays degraded")
            hears_of_the_other(crowd, within_s=10)
        crowd.settle(two.served[0].settings["DATABASE_URL"])
    assert set(crowd.statuses()) == {200}


def hears_of_the_other(crowd: Crowd, within_s: float) -> None:
    """What a phone writes at one process, the stream of a phone at the other brings."""
    here, there = crowd.phones[:2]
    assert here.port != there.port
    word = here.write(crowd.cards[0], "observation.noted", {"does": "Hoort u dit?"})
    wait_until(lambda: word["id"] in there.entries, within_s)


def degraded(phone: Phone) -> bool:
    """What the process that this phone talks to says to whoever watches over it; it stays ready all the while."""
    status, said = ask(phone.port, "/readyz")
    assert status == 200, (status, said)
    return bool(json.loads(said)["live"] == "degraded")
