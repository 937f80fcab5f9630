"""deploy/compose.yaml as it is, in a container engine: built, started, written to by phones, upgraded while they write, backed up.

`make image` runs this, in an engine of its own with stand-ins for the images that are not ours (deploy/trial). Without an engine it is skipped.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import OFFICER, TRIAGIST
from tests.http.test_real_server import Caller
from tests.http.test_stopping import Writer, at_once_within, kept_by
from tests.stories.served import ROOT

DOCKER = os.environ.get("DOCKER", "")
"""The client of an engine, and in BOX a folder that both see (deploy/trial/engine.sh)."""
APPS = ("app1", "app2")
INSIDE = 10001
"""Who the server is inside, and so who must be able to write where backups go."""

pytestmark = pytest.mark.skipif(not DOCKER, reason="needs a container engine of its own: make image")


def ran(*command: str, **settings: str) -> str:
    done = subprocess.run([DOCKER, *command], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


class Composed:
    """What `docker compose up --build --wait` makes of the file, on `localhost`, for which Caddy signs a certificate itself."""

    def __init__(self, folder: Path) -> None:
        self.env = folder / ".env"
        self.settings = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / "deploy" / "example.env").read_text(), re.MULTILINE))
        self.settings |= {"SITE": "localhost", "SECRET_KEY": secrets.token_hex(32), "POSTGRES_PASSWORD": secrets.token_hex(24)}
        self.backups = Path(tempfile.mkdtemp(prefix="backups-", dir=folder))
        os.chown(self.backups, INSIDE, INSIDE)
        self.settings["BACKUPS"] = str(self.backups)
        self.call_it("first")
        self.compose("down", "--volumes")  # of a run that was broken off
        began = time.monotonic()
        self.compose("up", "--detach", "--build", "--wait")
        print(f"built and ready after {time.monotonic() - began:.0f} s")
        self.trusts = ssl.create_default_context(cadata=self.inside("caddy", "cat", "/data/caddy/pki/authorities/local/root.crt"))
        self.inside("app1", "flask", "--app", "app", "demo")

    def call_it(self, build: str) -> None:
        self.settings["BUILD"] = build
        self.env.write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))

    def compose(self, *command: str) -> str:
        return ran("compose", "--env-file", str(self.env), "--file", "deploy/compose.yaml", *command)

    def inside(self, service: str, *command: str) -> str:
        return self.compose("exec", "--no-TTY", service, *command)

    def container(self, service: str) -> dict[str, Any]:
        found = json.loads(ran("inspect", self.compose("ps", "--all", "--quiet", service).strip()))
        return dict(found[0])

    def address(self, service: str) -> str:
        return str(self.container(service)["NetworkSettings"]["Networks"]["motorkap_front"]["IPAddress"])


class ByTls(Caller):
    """Through Caddy, as everybody comes."""

    def __init__(self, composed: Composed, account: str) -> None:
        self.trusts = composed.trusts
        super().__init__(443, account)

    def connect(self, patience_s: float) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("localhost", self.port, timeout=patience_s, context=self.trusts)


class Straight(Caller):
    """At one process, past Caddy."""

    def __init__(self, composed: Composed, service: str, account: str) -> None:
        self.address = composed.address(service)
        super().__init__(8000, account)

    def connect(self, patience_s: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, self.port, timeout=patience_s)


@pytest.fixture(scope="module")
def composed() -> Iterator[Composed]:
    made = Composed(Path(os.environ["BOX"]))
    yield made
    made.compose("down", "--volumes", "--timeout", "40")


def get(composed: Composed, path: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPSConnection("localhost", 443, timeout=15, context=composed.trusts)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, dict(answer.getheaders())


def test_everything_is_there_and_only_the_proxy_is_reached(composed: Composed) -> None:
    assert composed.container("migrate")["State"]["ExitCode"] == 0
    for service in (*APPS, "postgres", "live", "caddy"):
        found = composed.container(service)
        assert found["State"]["Health"]["Status"] == "healthy", service
        assert bool(found["HostConfig"]["PortBindings"]) == (service == "caddy"), service
    assert get(composed, "/healthz")[0] == 200
    assert [get(composed, path)[0] for path in ("/metrics", "/readyz")] == [404, 404], "for who watches, from inside"
    plain = http.client.HTTPConnection("localhost", 80, timeout=15)
    plain.request("GET", "/")
    answer = plain.getresponse()
    assert (answer.status, answer.getheader("Location")) == (308, "https://localhost/")


@pytest.mark.parametrize("service", APPS)
def test_a_process_is_nobody_special_and_writes_only_where_nothing_stays(composed: Composed, service: str) -> None:
    assert composed.inside(service, "id", "--user").strip() == "10001"
    assert re.findall(r"Cap(?:Eff|Prm|Bnd):\s+(\w+)|NoNewPrivs:\s+(\d)", composed.inside(service, "cat", "/proc/1/status")) == [
        ("0" * 16, ""), ("0" * 16, ""), ("0" * 16, ""), ("", "1")
    ]  # fmt: skip
    tried = composed.inside(service, "sh", "-c", "for one in / /app /venv /tmp /data; do touch $one/x 2>/dev/null && echo $one; done; true")
    assert tried.split() == ["/tmp", "/data"]


def test_nothing_that_builds_or_tests_is_in_the_image_and_no_secret(composed: Composed) -> None:
    folders = composed.inside("app1", "ls", "-A", "/app").split()
    assert not {"tests", "bench", "deploy", "scripts", "docs", "node_modules", "var", ".git", ".env", ".venv"} & set(folders)
    asked = "for one in node npm gcc git; do command -v $one; done; python -c 'import pip' 2>/dev/null && echo pip; true"
    assert composed.inside("app1", "sh", "-c", asked) == ""
    image = json.loads(ran("image", "inspect", "motorkap:first"))[0]
    said = dict(one.partition("=")[::2] for one in image["Config"]["Env"])
    assert not {"SECRET_KEY", "DATABASE_URL", "METRICS_TOKEN", "VAPID_PRIVATE"} & said.keys()
    assert image["Config"]["User"] == "motorkap"
    print(f"the image is {image['Size'] / 1e6:.0f} MB")


def test_what_one_phone_writes_at_one_process_the_other_hears_at_the_other(composed: Composed) -> None:
    one, other = Straight(composed, "app1", OFFICER), Straight(composed, "app2", TRIAGIST)
    ear = other.listen()
    card = one.open_card("crisisdienst")
    one.sync([one.entry(card, "observation.noted", {"does": "Zit"})], {card: 2})
    deadline = time.monotonic() + 10
    while 3 not in ear.numbers and time.monotonic() < deadline:
        time.sleep(0.02)
    assert 3 in ear.numbers
    back = other.entry(card, "observation.noted", {"does": "Staat op"})
    assert back["id"] in other.sync([back], {card: 3})["accepted"]
    assert back["id"] in kept_by(one)


def test_a_rolling_upgrade_as_the_page_says_it_lets_no_call_fail(composed: Composed) -> None:
    """docs/deploy.md, "A rolling upgrade": another image, the tables, then one process after the other."""
    callers = [ByTls(composed, OFFICER) for _ in range(3)]
    card = callers[0].open_card("crisisdienst")
    writers = [Writer(caller, card) for caller in callers]
    over = threading.Event()
    before = {service: composed.container(service)["Id"] for service in APPS}

    def upgrade() -> None:
        time.sleep(1)
        try:
            composed.call_it("second")
            composed.compose("build")
            composed.compose("run", "--rm", "migrate")
            for service in APPS:
                composed.compose("up", "--detach", "--no-deps", "--wait", service)
                time.sleep(3)
        finally:
            over.set()

    at_once_within(300, [upgrade, *(lambda one=one: one.write(over.is_set, 0.02) for one in writers)])
    assert [one.failed + one.halves for one in writers] == [[]] * 3
    print(f"{sum(len(one.acknowledged) for one in writers)} entries; longest wait of a call: {max(one.slowest_s for one in writers):.2f} s")
    for service in APPS:
        found = composed.container(service)
        assert found["Id"] != before[service]
        assert found["Config"]["Image"] == "motorkap:second"
    kept = kept_by(ByTls(composed, OFFICER))
    assert all(one.acknowledged.items() <= kept.items() for one in writers)


def test_told_to_stop_a_process_ends_by_itself_within_what_it_is_given(composed: Composed) -> None:
    began = time.monotonic()
    composed.compose("stop", "app1")
    took = time.monotonic() - began
    assert composed.container("app1")["State"]["ExitCode"] == 0, "137 would be one that was killed"
    assert get(composed, "/login")[0] == 200, "the other one is there"
    composed.compose("up", "--detach", "--no-deps", "--wait", "app1")
    print(f"stopped after {took:.1f} s")


def test_a_night_does_all_that_it_must_and_its_backup_goes_back_in(composed: Composed) -> None:
    """docs/deploy.md, "Every night": the folder is the machine's, and belongs to who the server is inside."""
    said = composed.compose("run", "--rm", "--no-TTY", "night")
    assert "every chain holds" in said
    (backup,) = composed.backups.iterdir()
    assert {file.name for file in backup.iterdir()} == {"manifest.json", "motorkap.dump"}, "the access log is in the same database"
    night = ("run", "--rm", "--no-TTY", "--no-deps", "night")
    assert "TABLE DATA public entry" in composed.compose(*night, "pg_restore", "--list", f"/backups/{backup.name}/motorkap.dump")

    phone = ByTls(composed, OFFICER)
    since = phone.open_card()
    composed.compose("stop", *APPS)
    composed.compose(*night, "flask", "--app", "app", "restore", f"/backups/{backup.name}")
    composed.compose("up", "--detach", "--wait")
    again = ByTls(composed, OFFICER)
    assert again.me["epoch"] != phone.me["epoch"], "so phones hand in again what they have"
    assert since not in again.sync([])["upto"]
    assert again.open_card()
