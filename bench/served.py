"""The server of `make run` as a process of its own, with demo data, pinned to one core; whoever measures it runs on another."""

from __future__ import annotations

import os
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface

from app import create_app
from store import people
from tests.stories.served import Served, demo_data


class Pinned(Served):
    def __init__(self, core: int = 0) -> None:
        super().__init__(demo_data(Path(tempfile.mkdtemp(prefix="motorkap-bench-"))))
        self.core = core

    def __enter__(self) -> Pinned:
        self.start()
        for process in self.family():
            pin(process, {self.core})
        pin(0, set(range(os.cpu_count() or 1)) - {self.core} or {self.core})
        return self

    def __exit__(self, *_: object) -> None:
        pin(0, set(range(os.cpu_count() or 1)))
        self.kill()

    def sessions(self, account: str, number: int) -> list[str]:
        """Session cookies of that many devices of one account. Signing in a thousand times would measure the password hash."""
        app = create_app(
            {"SECRET_KEY": (self.data / "secret").read_text().strip(), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{self.data / 'motorkap.sqlite'}"}
        )
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        with app.app_context():
            found = people.account_of(account)
            assert found
            assert signer
            devices = [people.device_of(str(uuid.uuid4()), found.person, datetime.now(UTC)) for _ in range(number)]
            return [str(signer.dumps({"_user_id": f"{found.person} {device}", "_fresh": True})) for device in devices]

    def family(self) -> list[int]:
        """The process and its children: gunicorn's arbiter and its one worker."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split() if children.exists() else [])]

    def resident_kib(self) -> float:
        """Resident memory of the worker (Linux)."""
        status = Path(f"/proc/{self.family()[-1]}/status").read_text()
        return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def pin(process: int, cores: set[int]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, cores)
