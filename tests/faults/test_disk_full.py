"""A disk that is full: nothing is half written, phones hear a clear 503 and keep what they write, and once there is room all of it arrives.

Two ways to be full. A file system of a few megabytes, where this machine lets us make one, is the real thing. Everywhere a process can be told that
no file may grow: then SQLite gets another error (EFBIG), in the middle of what it writes.
"""

from __future__ import annotations

import contextlib
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, wait_until
from tests.faults.ledger import everything_in
from tests.faults.night import Night, on_sqlite, running
from tests.faults.size import sized
from tests.faults.unavailable import assert_a_page_says_so, assert_said_clearly, page_of

TIMES = sized(1, 20)
FULL_FOR_S = sized(3, 15)
MEBIBYTE = 1 << 20


class SmallDisk:
    """A file system in memory, on which a file that nobody needs takes what is left."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"this machine lets us mount nothing: {done.stderr.strip()}")

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fill(self, night: Night) -> None:
        with contextlib.suppress(OSError), self.ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"0" * 4096)

    def make_room(self, night: Night) -> None:
        self.ballast.unlink()


class NoFileGrows:
    """The process that serves may write in its files, and not beyond where they end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def close(self) -> None:
        """The limit ends with the process."""

    def fill(self, night: Night) -> None:
        """The write-ahead log is used again from its beginning as long as the cards' file can take what is in it: so neither may be longer than the
        shorter of them is.
        """
        ends = min((night.data / name).stat().st_size for name in ("motorkap.sqlite", "motorkap.sqlite-wal"))
        resource.prlimit(night.worker, resource.RLIMIT_FSIZE, (ends, resource.RLIM_INFINITY))

    def make_room(self, night: Night) -> None:
        resource.prlimit(night.worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.fixture(params=[SmallDisk, NoFileGrows])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk | NoFileGrows]:
    made = request.param(tmp_path / "disk")
    yield made
    made.close()


@pytest.fixture
def night_on_it(disk: SmallDisk | NoFileGrows) -> Iterator[Night]:
    yield from running(on_sqlite(disk.folder / "data"))


def test_a_full_disk_takes_nothing_away_and_once_there_is_room_everything_arrives(disk: SmallDisk | NoFileGrows, night_on_it: Night) -> None:
    with Crowd(night_on_it.port, listens=True) as crowd:
        for _ in range(TIMES):
            crowd.until_acknowledged(40)
            disk.fill(night_on_it)
            before = crowd.statuses()[503]
            wait_until(lambda before=before: crowd.statuses()[503] > before + 5, 60, lambda: f"nobody hears 503: {crowd.statuses()}")
            taken = len(everything_in(night_on_it.url))
            time.sleep(FULL_FOR_S)
            page = page_of(night_on_it, crowd.phones[0], crowd.cards[0])
            waiting = sum(len(phone.outbox) for phone in crowd.phones)
            assert len(everything_in(night_on_it.url)) - taken < 50, "the disk was not full"
            disk.make_room(night_on_it)
            if page[0] != 200:  # the line for the access log may still fit where its file has room inside: then the page may be shown
                assert_a_page_says_so(page)
            assert waiting > 20
        crowd.until_acknowledged(40)
        crowd.settle(night_on_it.url)
    assert_said_clearly(crowd)
