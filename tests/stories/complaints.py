"""What a browser complains about by itself: a violation of the content security policy or of Trusted Types, an error nobody caught, an error in the
console; in a page and in the worker alike. One list for all browsers of a test: conftest.py fails the test in which anything is heard.
"""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage

# What a browser says by itself when there is no network, or when an answer says no; a background sync fails so that the browser tries it again; and
# with Clear-Site-Data it takes the databases away under whatever the worker reads at that moment.
EXPECTED = re.compile(
    r"net::ERR_|Failed to load resource: the server responded with a status of (401|403|404|409|410|422|423|429|503)|Failed to update a Service"
    r"|htmx:error: Failed to fetch|unhandled: Error: not shared: (offline|server)$"
    r"|unhandled: UnknownError: Connection is closing because of: Force close delete origin$"
)

# Stands before the worker's script (wire.py): Chromium says these three in a page's console, and nowhere when they happen in a worker.
IN_A_WORKER = """
self.addEventListener("securitypolicyviolation", (said) => console.error(`violates ${said.violatedDirective}: ${said.blockedURI} ${said.sample}`));
self.addEventListener("error", (said) => console.error(`uncaught: ${said.message}`));
self.addEventListener("unhandledrejection", (said) => console.error(`unhandled: ${said.reason}`));
"""

_heard: list[str] = []


def listen(context: BrowserContext) -> None:
    context.on("console", _hear)
    context.on("weberror", lambda problem: _heard.append(f"error: {problem.error}"))


def _hear(message: ConsoleMessage) -> None:
    if message.type == "error" and not EXPECTED.search(message.text):
        _heard.append(f"{'worker' if message.worker else 'page'}: {message.text}")


def forget() -> None:
    """What was heard so far counts no longer."""
    _heard.clear()


def pardon(pattern: str) -> None:
    """What a story does on purpose to a browser, and the browser says of it."""
    _heard[:] = [said for said in _heard if not re.search(pattern, said)]


def so_far() -> list[str]:
    return _heard[:]


def assert_none() -> None:
    assert not _heard, "\n".join(_heard)
