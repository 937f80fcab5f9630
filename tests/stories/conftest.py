"""The stage: one browser for all stories, a server with fresh demo data for each, and phones that anybody of SCENARIOS.md can hold.

Nothing may complain by itself in any browser of a story (complaints.py): then the story fails.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService
from tests.stories import complaints
from tests.stories.phone import ARGUMENTS, Phone, chromium_path, new_context
from tests.stories.pocket import HEARS_TAPS, Pocket
from tests.stories.served import ROOT, Ahead, Served, demo_data
from tests.stories.wire import Wire

# Keys for push, and a minute of two seconds.
PUSHES = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "PUSH_NETWORKS": NETWORKS, "LOOK_EVERY_S": "2"}

# A machine that others use too is slow at times; what is wrong stays wrong.
expect.set_options(timeout=15_000)


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    complaints.forget()
    yield
    complaints.assert_none()


@pytest.fixture(scope="session")
def built() -> None:
    subprocess.run(["node", "scripts/build.mjs"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or chromium_path(), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_data(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def ahead(built: None, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ahead]:
    servers = Ahead(demo, tmp_path_factory.mktemp("servers"), PUSHES)
    yield servers
    servers.close()


@pytest.fixture
def server(ahead: Ahead) -> Iterator[Served]:
    served = ahead.take()
    yield served
    served.kill()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def phone(browser: Browser, server: Served, request: pytest.FixtureRequest) -> Iterator[Callable[..., Phone]]:
    """`phone("agent@noord.example")` is signed in and its worker answers. Where a story fails its report ends with what each phone showed."""
    held: list[Phone] = []

    def take(account: str, *, ahead_ms: int = 0, suffix: str = "", signed_in: bool = True, wire_of: type[Wire] = Wire, **more: object) -> Phone:
        wire = wire_of(server.port)
        wire.shift_ms, wire.suffix = ahead_ms, suffix
        one = Phone(new_context(browser, **more), wire, account)
        held.append(one)
        return one.sign_in() if signed_in else one

    yield take
    for one in held:
        if request.node.stash.get(FAILED, False):
            print(one.shows())
        one.close()


@pytest.fixture
def pocket(phone: Callable[..., Phone], makers: PushService) -> Callable[..., Pocket]:
    """`pocket("agent@noord.example")` is signed in, and switched its notices on."""

    def take(account: str, **more: object) -> Pocket:
        one = phone(account, signed_in=False, **more)
        one.wire.ears = HEARS_TAPS + one.wire.ears
        one.sign_in()
        made = Pocket(one, makers, account.replace("@", "-"))
        made.switch_on()
        return made

    return take
