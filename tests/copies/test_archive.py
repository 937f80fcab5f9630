"""An archived write-ahead log of PostgreSQL, as docs/operations.md says it: any moment can be put back, and phones hand in what was after it."""

from __future__ import annotations

import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import epoch, verify
from tests import engines
from tests.cast import OFFICER, Phone
from tests.copies.kept import motorkap, say, set_up, stop


class Archiving(engines.Postgres):
    """Puts away each piece of its write-ahead log. `back_to`: the moment to which it goes back when it starts."""

    back_to = ""

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def command(self) -> list[str]:
        away = f"test ! -f {self.archive}/%f && cp %p {self.archive}/%f.part && mv {self.archive}/%f.part {self.archive}/%f"
        told = {"wal_level": "replica", "archive_mode": "on", "archive_command": away}
        if self.back_to:
            told |= {"restore_command": f"cp {self.archive}/%f %p", "recovery_target_time": self.back_to, "recovery_target_action": "promote"}
        return [*super().command(), *(part for name, value in told.items() for part in ("-c", f"{name}={value}"))]

    def run(self, *command: str) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **self.as_whom())
        assert done.returncode == 0, done.stderr


@pytest.fixture
def postgres() -> Iterator[Archiving]:
    engines.needs("postgres", "initdb", "pg_basebackup")
    engine = Archiving()
    engine.run("mkdir", str(engine.archive))
    try:
        engine.start()
        yield engine
    finally:
        engine.close()


def wait_until(true: object) -> None:
    deadline = time.monotonic() + 30
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_moment_of_the_archive_is_put_back_and_phones_hand_in_what_was_after_it(postgres: Archiving) -> None:
    url = postgres.database()
    set_up(url)
    app = motorkap(url)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    where = ("--host", "127.0.0.1", "--port", str(postgres.port), "--username", engines.USER)
    form = ("--format", "tar", "--gzip", "--wal-method", "stream", "--checkpoint", "fast")
    postgres.run(str(engines.program("pg_basebackup")), *where, "--pgdata", str(postgres.folder / "base"), *form)
    officer.write(card, "observation.noted", {"says": "Na de kopie"})
    with postgres.connect("postgres") as connection:
        (moment,) = connection.execute("SELECT clock_timestamp()::text").fetchone() or ("",)
    time.sleep(0.1)
    officer.write(card, "observation.noted", {"says": "Na het moment"})
    held = officer.sync(have={})["entries"]
    assert len(held) == 3
    with postgres.connect("postgres") as connection:
        (name,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        wait_until(lambda: (postgres.archive / str(name)).exists())
    stop(app)
    postgres.kill()

    (postgres.folder / "data").rename(postgres.folder / "lost")
    data = postgres.folder / "data"
    data.mkdir(mode=0o700)
    for packed, into in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
        with tarfile.open(postgres.folder / "base" / packed) as opened:
            opened.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)  # Python before 3.11.4 has none
            opened.extractall(into)
    (data / "recovery.signal").touch()
    if whom := postgres.as_whom():
        subprocess.run(["chown", "-R", str(whom["user"]), str(data)], check=True)
    postgres.back_to = str(moment)
    postgres.start()
    with postgres.connect("postgres") as connection:
        wait_until(lambda: connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,))

    app = motorkap(url)
    http = app.test_client()
    http._cookies = officer.http._cookies
    officer.app, officer.http = app, http
    assert len(officer.sync(have={})["entries"]) == 2, "the copy, and what came until that moment"
    assert say(app, "restored").exit_code == 0
    with app.app_context():
        name = epoch.epoch()
    assert name != officer.me["epoch"]
    answer = officer.sync(held, epoch=name)
    assert sorted(answer["accepted"].values()) == [1, 2, 3]
    with app.app_context():
        assert (verify.cards().entries, verify.cards().breaks, verify.access().breaks) == (3, [], [])
