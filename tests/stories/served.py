"""The real server as a process of its own: started, stopped and killed on one port and one folder of data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.stories.wire import free_port

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


class Served:
    """`make run` without the set-up: demo data and gunicorn, with a clock that a test can move (see `clock/`)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.settings: dict[str, str] = {}
        self.root = ROOT
        self._shift = data / "shift"

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        clock = str(Path(__file__).parent / "clock")
        told = {"DATA": str(self.data), "PORT": str(self.port), "PYTHONPATH": clock, "CLOCK_SHIFT_FILE": str(self._shift)}
        return os.environ | told | self.settings

    def start(self) -> Served:
        return self.begin().until_it_answers()

    def begin(self) -> Served:
        command = [str(BIN / "gunicorn"), "--config", "gunicorn.conf.py", "app:create_app()"]
        log = (self.data / "server.log").open("ab")
        self.process = subprocess.Popen(command, cwd=self.root, env=self.environment(), stdout=log, stderr=log, start_new_session=True)
        return self

    def until_it_answers(self) -> Served:
        assert self.process is not None
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.base}/healthz", timeout=1).read()
                return self
            except (OSError, urllib.error.URLError):
                assert self.process.poll() is None, (self.data / "server.log").read_text()
                time.sleep(0.05)
        raise AssertionError("the server does not answer: " + (self.data / "server.log").read_text())

    def stop(self) -> None:
        """Ends it as an operator does; it must end by itself within the time given."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=15)
            self.process = None

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def set_clock(self, shift_ms: int) -> None:
        self._shift.write_text(str(shift_ms))


def demo_data(folder: Path, settings: Mapping[str, str] | None = None) -> Path:
    """A folder with the demo organisations in it, to be copied for every test: making it costs a password hash for each account."""
    environment = os.environ | {"DATA": str(folder)} | dict(settings or {})
    for command in (["db", "upgrade"], ["demo"]):
        done = subprocess.run([str(BIN / "flask"), "--app", "app", *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


class Ahead:
    """Servers with fresh demo data, each already starting while the story before it is played: its imports take longer than many a story's taps."""

    def __init__(self, demo: Path, folder: Path, settings: dict[str, str]) -> None:
        self.demo, self.folder, self.settings = demo, folder, settings
        self.begun = 0
        self.coming = self._begin()

    def take(self) -> Served:
        served = self.coming.until_it_answers()
        self.coming = self._begin()
        return served

    def close(self) -> None:
        self.coming.kill()

    def _begin(self) -> Served:
        self.begun += 1
        served = Served(copied(self.demo, self.folder / str(self.begun)))
        served.settings = dict(self.settings)
        return served.begin()
