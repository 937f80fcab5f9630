"""What is an hour old takes the place of the database under two processes that go on serving: somebody in a hurry. Phones give back what it lacks.

With the server stopped, and by `flask restore`, that is the drill (tests/copies/test_drill.py).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import make_url

from tests import engines
from tests.faults.crowd import Crowd, in_turn_at, wait_until
from tests.faults.size import sized
from tests.live.pair import Pair

TIMES = sized(1, 20)
LACKS = sized(25, 250)


def test_what_a_backup_lacks_the_phones_give_back_while_two_processes_go_on_serving(two: Pair, tmp_path: Path) -> None:
    url = two.served[0].settings["DATABASE_URL"]
    with Crowd(two.ports[0], listens=True, phone=in_turn_at(two.ports)) as crowd:
        for turn in range(TIMES):
            crowd.until_acknowledged(25)
            backup = tmp_path / f"backup-{turn}"
            run(url, "pg_dump", "--format=custom", f"--file={backup}")
            crowd.until_acknowledged(LACKS)
            before = {phone.epoch for phone in crowd.phones}
            put_in_the_place_of(two.postgres, url, backup)
            wait_until(lambda before=before: not before & {phone.epoch for phone in crowd.phones}, 60, lambda: "nobody noticed")
            crowd.until_acknowledged(25)
        crowd.settle(url)
    assert len(crowd.ledger.histories) == TIMES + 1
    assert set(crowd.statuses()) <= {200, 503}


def put_in_the_place_of(postgres: engines.Postgres, url: str, backup: Path) -> None:
    name, old = make_url(url).database, postgres.database()
    run(old, "pg_restore", str(backup))
    with postgres.connect("postgres") as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"ALTER DATABASE {make_url(old).database} RENAME TO {name}")


def run(url: str, program: str, *told: str) -> None:
    whom = make_url(url)
    options = [f"--host={whom.host}", f"--port={whom.port}", f"--username={whom.username}", f"--dbname={whom.database}"]
    done = subprocess.run([str(engines.program(program)), *options, *told], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
