"""The phone's own server tells the browser what Flask tells it."""

from __future__ import annotations

from collections.abc import Callable

from blueprints import headers
from tests.stories.hands import OFFICER, open_card
from tests.stories.phone import Phone

HEARD = """(path) => fetch(path).then((reply) => Object.fromEntries(reply.headers))"""


def test_a_page_of_the_phone_is_told_what_a_page_of_the_server_is(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    told = headers.of_pages(behind_tls=False)
    expected = {**told.always, "Content-Security-Policy": told.policy}
    for path, server in (("/", "phone"), (f"/cards/{card}", "phone"), ("/people", None)):
        heard = officer.page.evaluate(HEARD, path)
        assert heard.get("x-motorkap") == server, path
        assert {name: heard.get(name.lower()) for name in expected} == expected, path
