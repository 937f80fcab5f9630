"""Every route wears exactly one door: nobody can forget to say who may come in."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cast import server

OPEN_TO_ANYBODY = {
    "identity.sign_in",
    "identity.sign_in_with_password",
    "identity.sign_out",
    "identity.choose_language",
    "passkeys.ask",
    "passkeys.sign_in",
    "passkeys.ask_to_set_up",
    "passkeys.set_up",
    "second_step.code",
    "second_step.check_code",
    "second_step.set_up",
    "second_step.confirm_set_up",
    "provider.on",
    "provider.go",
    "provider.back",
    "invitations.invitation",
    "invitations.accept",
    "invitations.ask_for_passkey",
    "invitations.accept_with_passkey",
    "api.openapi",
    "health.healthz",
    "health.readyz",
    "shell.worker",
    "shell.manifest",
}


def test_every_route_wears_a_door(tmp_path: Path) -> None:
    views = {name: view for name, view in server(tmp_path).view_functions.items() if name != "static"}
    assert len(views) > 20
    doors = {name: getattr(view, "door", None) for name, view in views.items()}
    assert {name for name, door in doors.items() if door is None} == set()
    assert {name for name, door in doors.items() if door == "public"} == OPEN_TO_ANYBODY


def test_every_route_about_a_card_is_for_who_is_on_it(tmp_path: Path) -> None:
    app = server(tmp_path)
    about_a_card = [rule for rule in app.url_map.iter_rules() if "card" in rule.arguments]
    assert len(about_a_card) > 8
    for rule in about_a_card:
        outside = "token" if rule.rule.startswith("/api/") else "member"
        expected = "privacy" if rule.endpoint.startswith("privacy.") else "reviewer" if rule.rule.startswith("/review/") else outside
        assert getattr(app.view_functions[rule.endpoint], "door", None) == expected, rule.endpoint


def test_who_is_not_signed_in_gets_nothing_from_behind_a_door(tmp_path: Path) -> None:
    app = server(tmp_path)
    http = app.test_client()
    card = "019a0000-0000-7000-8000-000000000000"
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ANYBODY | {"static"}:
            continue
        path = re.sub(r"<uuid:\w+>", card, rule.rule)
        for method in rule.methods & {"GET", "POST", "PUT"}:
            answer = http.open(path, method=method, json=None if method == "GET" else {}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
            if app.view_functions[rule.endpoint].door in ("feed", "watcher"):  # type: ignore[attr-defined]
                assert answer.status_code == 404, "another address is not there, and who watches comes from near"
                continue
            assert answer.status_code in (303, 401), (method, path, answer.status_code)
            assert answer.status_code == 401 or answer.headers["Location"].startswith("/login")
