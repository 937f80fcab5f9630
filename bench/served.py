"""The server of `make run` as a process of its own, with demo data, pinned to one core; whoever measures it runs on another."""

from __future__ import annotations

import os
import secrets
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert

from app import create_app
from store import people, sessions
from store.database import writing
from store.models import Device, Organisation, Person, db
from tests.stories.served import Served, demo_data


@dataclass(frozen=True)
class Account:
    """Somebody on a device, signed in."""

    person: str
    org: str
    device: str
    session: str


class Pinned(Served):
    """`settings`: of the environment, such as another database. `data`: of another process, beside which this one runs."""

    def __init__(self, core: int = 0, settings: Mapping[str, str] | None = None, data: Path | None = None) -> None:
        super().__init__(data or demo_data(Path(tempfile.mkdtemp(prefix="motorkap-bench-")), settings))
        self.settings = dict(settings or {})
        self.core = core

    def environment(self) -> dict[str, str]:
        """As in `make run`: without the clock of the stories, which costs something at every look."""
        return {name: value for name, value in super().environment().items() if name != "PYTHONPATH"}

    def __enter__(self) -> Pinned:
        self.start_pinned()
        pin(0, set(range(os.cpu_count() or 1)) - {self.core} or {self.core})
        return self

    def start_pinned(self) -> None:
        self.start()
        for process in self.family():
            pin(process, {self.core})

    def __exit__(self, *_: object) -> None:
        pin(0, set(range(os.cpu_count() or 1)))
        self.kill()

    def sessions(self, account: str, number: int) -> list[str]:
        """Session cookies of that many devices of one account. Signing in a thousand times would measure the password hash."""
        with self._signer() as sign:
            found = people.account_of(account)
            assert found
            devices = [people.device_of(str(uuid.uuid4()), found.person, datetime.now(UTC)) for _ in range(number)]
            return [sign(found.person, device) for device in devices]

    def teams(self, number: int, people_each: int) -> list[list[Account]]:
        """That many organisations of their own, everybody in them signed in on a device."""
        made = uuid.uuid4().hex[:8]
        orgs = [{"id": f"team-{made}-{team}", "name": f"Team {team}", "domain": "police", "sector": "politie"} for team in range(number)]
        persons = [_person(str(org["id"])) for org in orgs for _ in range(people_each)]
        first = secrets.randbelow(1 << 31)
        devices = [
            {"id": f"{first + place:08x}", "person": person["id"], "browser": str(uuid.uuid4()), "created": datetime.now(UTC)}
            for place, person in enumerate(persons)
        ]
        with self._signer() as sign:
            with writing() as connection:
                for table, rows in ((Organisation, orgs), (Person, persons), (Device, devices)):
                    connection.execute(insert(table), rows)
            pairs = zip(persons, devices, strict=True)
            accounts = [Account(one["id"], one["org"], device["id"], sign(one["id"], device["id"])) for one, device in pairs]
        return [accounts[start : start + people_each] for start in range(0, len(accounts), people_each)]

    @contextmanager
    def beside(self) -> Iterator[Flask]:
        """In this process, on the server's own database."""
        database = self.settings.get("DATABASE_URL") or f"sqlite:///{self.data / 'motorkap.sqlite'}"
        secret = self.settings.get("SECRET_KEY") or (self.data / "secret").read_text().strip()
        app = create_app({"SECRET_KEY": secret, "SQLALCHEMY_DATABASE_URI": database})
        with app.app_context():
            yield app
            for engine in db.engines.values():
                engine.dispose()

    @contextmanager
    def _signer(self) -> Iterator[Any]:
        """Signs session cookies with the server's secret, beside its database."""
        with self.beside() as app:
            signer = SecureCookieSessionInterface().get_signing_serializer(app)
            assert signer
            now_ms = round(datetime.now(UTC).timestamp() * 1000)
            yield lambda person, device: str(
                signer.dumps({"_user_id": sessions.begin(person, device, now_ms), "_fresh": False, "_permanent": True})
            )

    def family(self) -> list[int]:
        """The process and its children: gunicorn's arbiter and its one worker."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split() if children.exists() else [])]

    def busy_s(self) -> float:
        """Seconds that the worker has computed (Linux): less noisy than a clock on the wall where others compute too."""
        told = Path(f"/proc/{self.family()[-1]}/stat").read_text().rpartition(") ")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self) -> float:
        """Resident memory of the worker (Linux)."""
        return self._status("VmRSS")

    def peak_kib(self) -> float:
        """The most that the worker had since it started (Linux)."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.family()[-1]}/status").read_text()
        return float(next(line.split()[1] for line in status.splitlines() if line.startswith(name)))


def pin(process: int, cores: set[int]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, cores)


def _person(org: str) -> dict[str, Any]:
    name = str(uuid.uuid4())
    said = {"email": f"{name}@{org}.example", "name": f"Agent {name[:8]}", "function": "agent", "role": "member"}
    return {"id": name, "org": org, **said, "password_hash": "", "active": True}
