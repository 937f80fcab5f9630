"""What a server counts of itself: enough to watch over it, nothing of a person or a card, and not for the public."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from settings import Misset, settings
from store.database import writing
from store.models import PushOut, PushSubscription
from store.push_out import Out, Sending
from store.push_subscriptions import Subscription
from tests.cast import OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.routes import ways
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService

Phones = Callable[[str], Phone]
TOKEN = "a-token-of-whoever-watches"
HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"


def read(app: Flask, **more: Any) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    answer = app.test_client().get("/metrics", **more)
    assert answer.status_code == 200
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.get_data(as_text=True)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def one(found: dict[str, dict[tuple[tuple[str, str], ...], float]], name: str, **labels: str) -> float:
    return found[name][tuple(sorted(labels.items()))]


def status(app: Flask, address: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get("/metrics", headers=named, environ_base={"REMOTE_ADDR": address}).status_code


def test_what_phones_hand_in_is_counted(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    late = officer.entry(new_id(), "observation.noted", {"does": "Loopt"}, by="somebody-else")
    assert len(officer.sync([officer.entry(card, "observation.noted", {"does": "Zit"}), late])["rejected"]) == 1
    found = read(app)
    assert one(found, "motorkap_entries_accepted_total") == 2
    assert one(found, "motorkap_entries_rejected_total", code="forbidden") == 1
    assert one(found, "motorkap_sync_seconds_count") == 2
    assert 0 < one(found, "motorkap_sync_seconds_sum") < 10
    assert one(found, "motorkap_requests_total", method="POST", route="/sync", status="200") == 2


def test_streams_are_counted_while_they_are_open(app: Flask, phone: Phones) -> None:
    viewers = [phone(account) for account in (OFFICER, TRIAGIST)]
    answers = [one.http.get("/live", buffered=False) for one in viewers]
    assert one(read(app), "motorkap_streams") == 2
    answers[0].close()
    app.extensions["hub"].close()
    for answer in answers:
        list(answer.response)
        answer.close()
    assert one(read(app), "motorkap_streams") == 0


def test_a_fan_out_that_is_gone_shows(app: Flask) -> None:
    assert one(read(app), "motorkap_live_degraded") == 0
    app.extensions["fanout"] = SimpleNamespace(degraded=True)
    assert one(read(app), "motorkap_live_degraded") == 1


def test_what_waits_to_be_pushed_shows_with_how_late_it_is(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    listening = {"device": officer.me["device"], "person": officer.me["person"], "endpoint": "https://push.example/1"}
    row = {"card": new_id(), "kind": "alarm", "device": officer.me["device"], "until_ms": clock() + 900_000, "tries": 0}
    with app.app_context(), writing() as connection:
        connection.execute(insert(PushSubscription), [{**needed(PushSubscription), **listening}])
        for ago_ms, done_ms in ((45_000, None), (5_000, None), (90_000, clock())):
            connection.execute(insert(PushOut), [{**row, "entry": new_id(), "not_before_ms": clock() - ago_ms, "done_ms": done_ms}])
    found = read(app)
    assert (one(found, "motorkap_push_waiting"), one(found, "motorkap_push_late_seconds")) == (2, 45)


def needed(model: Any) -> dict[str, Any]:
    """Something in every column that must have it."""
    columns = [column for column in model.__table__.columns if not column.nullable and column.default is None]
    return {column.key: 0 if column.type.python_type is int else "x" for column in columns}


def test_what_push_services_say_is_counted_by_what_became_of_it(tmp_path: Path, makers: PushService) -> None:
    app = server(tmp_path, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])
    keys = makers.browser("somebody").to_json()
    to = Subscription("device", "person", keys["endpoint"], keys["keys"]["p256dh"], keys["keys"]["auth"])
    makers.answers = [(201, {}), (503, {}), (410, {}), (400, {})]
    for _ in range(4):
        app.extensions["push"].send(Sending(1, Out(new_id(), new_id(), "alarm", "device", app.config["NOW"]() + 60_000), 0, to))
    found = read(app)["motorkap_push_total"]
    assert found == {(("outcome", outcome),): 1.0 for outcome in ("sent", "again", "gone", "refused")}


def test_the_process_and_what_was_built_are_told(tmp_path: Path) -> None:
    found = read(server(tmp_path, BUILD="4f2c1d"))
    assert one(found, "motorkap_build_info", version="0.1.0", build="4f2c1d") == 1
    assert one(found, "process_resident_memory_bytes") > 10_000_000
    assert one(found, "process_open_fds") > 3


@pytest.mark.sqlite
def test_without_its_database_a_server_still_says_what_it_counted(app: Flask, tmp_path: Path) -> None:
    from store.models import db

    with app.app_context():
        db.engine.dispose()
    (tmp_path / "motorkap.sqlite").rename(tmp_path / "elsewhere")
    (tmp_path / "motorkap.sqlite").mkdir()
    found = read(app)
    assert one(found, "motorkap_database_answers") == 0
    assert "motorkap_push_waiting" not in found
    assert one(found, "motorkap_streams") == 0


def test_no_label_names_a_card_a_person_or_an_organisation(app: Flask, phone: Phones) -> None:
    """Everybody who may asks everything; then every label is looked at."""
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    entry = officer.write(card, "observation.noted", {"does": "Loopt"})
    given = {"card": card, "person": officer.me["person"], "secret": "a-secret-of-somebody"}
    for http in (officer.http, app.test_client()):
        for way in ways(app, given):
            http.open(way.path, method=way.method).close()
        http.open(f"/{card}", method="KERKSTRAAT")
    told = app.test_client().get("/metrics").get_data(as_text=True)
    labels = set(re.findall(r'"([^"]*)"', told))
    assert len(labels) > 100
    rules = {rule.rule for rule in app.url_map.iter_rules()} | {""}
    assert {label for label in labels if "/" in label} <= rules
    for personal in (card, entry["id"], officer.me["person"], officer.me["device"], "noord", "crisisdienst", "a-secret", "KERKSTRAAT", OFFICER):
        assert personal not in labels
        assert not any(personal in label for label in labels), personal


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": HERE}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 caddy"}, {"X-Real-Ip": HERE}, {"X-Forwarded-Proto": "https"}]
)
@pytest.mark.parametrize("behind_tls", [True, False])
def test_what_comes_through_a_proxy_is_from_outside_whatever_it_says(tmp_path: Path, headers: dict[str, str], behind_tls: bool) -> None:
    app = server(tmp_path, BEHIND_TLS=behind_tls)
    assert status(app, HERE) == 200
    assert status(app, HERE, **headers) == 404


def test_only_this_machine_is_near_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    app = server(tmp_path)
    assert [status(app, address) for address in (HERE, "::1", "::ffff:127.0.0.1", ELSEWHERE, "10.0.0.7", "", "unix:")] == [200] * 3 + [404] * 4
    app.config["METRICS_NETWORKS"] = settings({"DATA": str(tmp_path), "METRICS_NETWORKS": "10.0.0.0/8"})["METRICS_NETWORKS"]
    assert [status(app, address) for address in (HERE, "10.0.0.7")] == [404, 200]


def test_a_token_opens_it_from_anywhere_and_nothing_else_does(tmp_path: Path) -> None:
    app = server(tmp_path, METRICS_TOKEN=TOKEN)
    assert status(app, ELSEWHERE, Authorization=f"Bearer {TOKEN}", X_Forwarded_For=ELSEWHERE) == 200
    assert status(app, ELSEWHERE, Authorization="Bearer another") == 404
    assert status(app, ELSEWHERE, Authorization=f"Basic {TOKEN}") == 404
    app.config["METRICS_TOKEN"] = ""
    assert status(app, ELSEWHERE, Authorization="Bearer ") == 404


def test_who_guesses_the_token_is_stopped_and_who_has_it_is_not(tmp_path: Path) -> None:
    app = server(tmp_path, METRICS_TOKEN=TOKEN)
    said = [status(app, ELSEWHERE, Authorization=f"Bearer guess {turn}") for turn in range(32)]
    assert (said[0], said[-1]) == (404, 429)
    assert status(app, ELSEWHERE, Authorization=f"Bearer {TOKEN}") == 200


def test_a_token_that_can_be_guessed_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(Misset, match="METRICS_TOKEN"):
        settings({"DATA": str(tmp_path), "METRICS_TOKEN": "geheim"})


def test_several_processes_do_not_start_with_a_secret_of_their_own_each(tmp_path: Path) -> None:
    several = {"DATA": str(tmp_path), "LIVE_URL": "redis://localhost"}
    with pytest.raises(Misset, match="SECRET_KEY"):
        settings(several)
    assert not (tmp_path / "secret").exists()
    assert settings({**several, "SECRET_KEY": "one for all"})["SECRET_KEY"] == "one for all"
