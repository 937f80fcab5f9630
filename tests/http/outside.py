"""What is outside Motorkap: another system with a token, and a calendar program with a secret address. Neither has a cookie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from store.api_tokens import SCOPES
from tests.cast import Phone

ADMIN = "admin@noord.example"


def make_token(admin: Phone, *scopes: str, name: str = "Dossier", days: str = "90") -> str:
    answer = admin.http.post("/organisation/api", data={"name": name, "scopes": list(scopes or SCOPES), "days": days})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = re.search(r'value="(motorkap_[\w-]+)"', answer.get_data(as_text=True))
    assert found
    return found[1]


def make_address(phone: Phone) -> str:
    """The path of a new address."""
    answer = phone.http.post("/settings/calendar")
    found = re.search(r'value="http://localhost(/calendar/[\w-]+\.ics)"', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found[1]


class System:
    """Another system that reads with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app, self.token = app, token

    def ask(self, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.app.test_client(use_cookies=False).get(f"/api/v1{path}", headers=headers, **more)

    def told(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def statuses(self, paths: Sequence[str]) -> list[int]:
        return [self.ask(path).status_code for path in paths]
