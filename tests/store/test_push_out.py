"""The outbox of notices: what is taken from it, in which order, and what stays for later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from store import push_out
from store.database import add_new, writing
from store.models import PushOut, PushSubscription
from tests.cast import EVENING_MS, OFFICER, TRIAGIST, Phone, new_id, server


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return server(tmp_path)


def listens(app: Flask, account: str, endpoint: str) -> str:
    """Which device of theirs is pushed to, and where."""
    me = Phone(app, account).me
    facts = {"p256dh": "p", "auth": "a", "key": "a key", "created_ms": 0}
    with app.app_context(), writing() as connection:
        add_new(connection, PushSubscription, [{"device": me["device"], "person": me["person"], "endpoint": endpoint, **facts}])
    return str(me["device"])


def waits(app: Flask, device: str, *kinds: str) -> None:
    facts = {"device": device, "until_ms": EVENING_MS + 900_000, "not_before_ms": EVENING_MS}
    rows: list[dict[str, Any]] = [{"card": new_id(), "entry": new_id(), "kind": kind, **facts} for kind in kinds]
    with app.app_context(), writing() as connection:
        connection.execute(insert(PushOut), rows)


def taken(app: Flask, most: int, not_to: str = "") -> list[tuple[str, str]]:
    with app.app_context():
        found = push_out.take(EVENING_MS, most, lambda endpoint: endpoint != not_to)
    return [(one.out.kind, one.to.endpoint) for one in found]


def test_alarms_go_first_and_no_more_than_asked_for(app: Flask) -> None:
    waits(app, listens(app, OFFICER, "one"), "invited", "invited", "alarm", "invited")
    assert taken(app, 2) == [("alarm", "one"), ("invited", "one")]
    assert taken(app, 5) == [("invited", "one")] * 2
    assert taken(app, 5) == []


def test_however_many_wait_for_who_may_not_be_called_now_the_others_are_found(app: Flask) -> None:
    hangs, other = listens(app, OFFICER, "hangs"), listens(app, TRIAGIST, "other")
    waits(app, hangs, *["alarm"] * 700)
    waits(app, other, "invited", "alarm")
    assert taken(app, 8, not_to="hangs") == [("alarm", "other"), ("invited", "other")]
    assert taken(app, 8, not_to="hangs") == []
    assert len(taken(app, 1_000)) == 700, "they lost nothing by it"
