"""Sessions: a record on the server that the cookie only names. New at every signing in, ended by whoever may, and by the organisation's limits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, select

from store import demo, sessions
from store.administration import By
from store.database import reading
from store.models import Session, db
from tests.cast import OFFICER, TRIAGIST, Clock, Phone
from tests.http.test_identity import attempt, token
from tests.http.test_live import Ear
from tests.http.test_second_way import code_of, halfway, second, set_up

Phones = Callable[[str], Phone]


def cookie(phone: Phone) -> str:
    found = phone.http.get_cookie("session")
    assert found
    return found.value


def named(app: Flask, phone: Phone) -> str:
    """The session id in a phone's cookie."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    return str(signer.loads(cookie(phone))["_user_id"])


def status(app: Flask, value: str) -> int:
    """What somebody gets who has nothing but this session cookie."""
    http = app.test_client()
    http.set_cookie("session", value)
    return http.get("/me.json").status_code


def record(app: Flask, session: str) -> Session:
    with app.app_context(), reading() as connection:
        return connection.execute(select(Session.__table__).where(sessions.named(session))).one()


def test_a_session_has_at_least_128_random_bits_and_the_database_cannot_give_it_away(app: Flask, phone: Phones) -> None:
    ids = {named(app, phone(OFFICER)) for _ in range(3)}
    assert len(ids) == 3
    assert all(len(id_) >= 43 for id_ in ids), "256 bits in base64"
    with app.app_context(), reading() as connection:
        kept = {row.id_hash for row in connection.execute(select(Session))}
    assert not kept & ids


def test_signing_in_makes_a_new_session_and_the_one_before_is_worth_nothing(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    before = cookie(officer)
    officer.http.post("/logout")
    officer.sign_in()
    assert cookie(officer) != before
    assert (status(app, before), status(app, cookie(officer))) == (401, 200)


def test_a_cookie_from_before_signing_in_is_not_signed_in_after_it(app: Flask) -> None:
    http = app.test_client()
    token(http)
    planted = http.get_cookie("session")
    assert planted
    assert attempt(http, OFFICER, demo.PASSWORD).status_code == 303
    assert status(app, planted.value) == 401


def test_a_session_that_somebody_else_put_in_the_browser_ends_there(app: Flask, phone: Phones) -> None:
    attacker = phone(TRIAGIST)
    victim = app.test_client()
    form = token(victim)
    with victim.session_transaction() as planted:
        planted["_user_id"] = named(app, attacker)
    victim.post("/login", data={"email": OFFICER, "password": demo.PASSWORD, "csrf_token": form})
    assert victim.get("/me.json").get_json()["org"] == "noord"
    assert attacker.http.get("/me.json").status_code == 401


def test_who_signs_in_on_a_browser_ends_the_session_that_was_there(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    before = cookie(officer)
    ear = Ear(officer)
    officer.http.delete_cookie("session")
    officer.account = TRIAGIST
    officer.sign_in()
    assert ear.ended()
    assert status(app, before) == 401
    assert record(app, named(app, officer)).ended_ms is None


def test_signing_out_ends_the_record_and_not_only_the_cookie(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    kept = cookie(officer)
    session = named(app, officer)
    officer.http.post("/logout")
    assert status(app, kept) == 401
    assert record(app, session).why == "signed_out"


def test_a_cookie_with_another_signature_or_another_shape_is_nobody(app: Flask, phone: Phones) -> None:
    me = phone(OFFICER).me
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    for told in ("", "x", f"{me['person']} {me['device']}", 7, None, ["a"], {"a": 1}):
        assert status(app, str(signer.dumps({"_user_id": told, "_fresh": True}))) == 401
    assert status(app, "not.a.cookie") == 401


def limit(app: Flask, **hours: int) -> None:
    with app.app_context():
        sessions.set_limits(By("noord", 0), sessions.Limits(**{**vars(sessions.limits_of("noord")), **hours}))


def test_an_unused_session_ends_after_72_hours_and_a_used_one_does_not(app: Flask, phone: Phones, clock: Clock) -> None:
    used, unused = phone(OFFICER), phone(OFFICER)
    session = named(app, unused)
    for _ in range(4):
        clock.later(hours=20)
        assert used.http.get("/me.json").status_code == 200
    answer = unused.http.get("/me.json")
    assert (answer.status_code, answer.get_json()["error"]) == (401, "signed_out")
    assert record(app, session).why == "idle"


def test_a_session_ends_after_30_days_however_much_it_is_used(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    session = named(app, officer)
    for _ in range(29):
        clock.later(hours=24)
        assert officer.http.get("/me.json").status_code == 200
    clock.later(hours=24)
    assert officer.http.get("/me.json").status_code == 401
    assert record(app, session).why == "absolute"


def test_each_organisation_has_its_own_limits(app: Flask, phone: Phones, clock: Clock) -> None:
    limit(app, session_idle_h=2)
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    clock.later(hours=2)
    assert (officer.http.get("/me.json").status_code, triagist.http.get("/me.json").status_code) == (401, 200)


def test_a_stream_ends_with_its_session(app: Flask, phone: Phones, clock: Clock) -> None:
    limit(app, session_absolute_h=1)
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(officer)
    clock.later(minutes=61)
    triagist.write(card, "observation.noted", {"does": "Iets"})
    assert ear.ended()


def test_a_session_that_is_found_to_be_over_takes_its_stream_along(app: Flask, phone: Phones, clock: Clock) -> None:
    limit(app, session_idle_h=1)
    officer = phone(OFFICER)
    ear = Ear(officer)
    clock.later(minutes=61)
    assert officer.http.post("/sync", json={}).status_code == 401
    assert ear.ended()


@pytest.mark.parametrize(("limit_of", "why"), [("session_idle_h", "idle"), ("session_absolute_h", "absolute")])
def test_a_limit_is_reached_to_the_millisecond_and_what_ended_stays_ended(app: Flask, phone: Phones, clock: Clock, limit_of: str, why: str) -> None:
    limit(app, **{"session_idle_h": 10, "session_absolute_h": 10, limit_of: 4})
    officer = phone(OFFICER)
    session = named(app, officer)
    clock.now_ms += 4 * 3_600_000 - 1
    if why == "idle":  # Looking is using: only what nobody looks at is idle.
        assert record(app, session).seen_ms == clock.now_ms - 4 * 3_600_000 + 1
    else:
        assert officer.http.get("/me.json").status_code == 200
    clock.now_ms += 1
    assert officer.http.get("/me.json").status_code == 401
    limit(app, session_idle_h=100, session_absolute_h=100)
    assert officer.http.get("/me.json").status_code == 401, "a longer limit brings nothing back"
    assert record(app, session).why == why


def test_a_shorter_limit_counts_at_once_for_who_is_signed_in(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    clock.later(hours=5)
    limit(app, session_absolute_h=4)
    assert officer.http.get("/me.json").status_code == 401


def test_when_a_limit_is_passed_every_way_in_is_shut_and_signing_in_opens_a_new_one(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    before = named(app, officer)
    clock.later(hours=73)
    html = {"Accept": "text/html"}
    for path in ("/", f"/cards/{card}", "/devices", "/settings"):
        answer = officer.http.get(path, headers=html)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/login"), path
    for path in ("/live", "/me.json", f"/cards/{card}.json"):
        assert officer.http.get(path).status_code == 401, path
    assert officer.http.post("/sync", json={}).status_code == 401
    officer.sign_in()
    assert named(app, officer) != before
    assert officer.http.get(f"/cards/{card}").status_code == 200


def test_signing_out_here_leaves_other_devices_signed_in_and_cannot_be_done_by_a_link(phone: Phones) -> None:
    here, there = phone(OFFICER), phone(OFFICER)
    assert here.http.get("/logout").status_code == 405
    assert here.http.get("/me.json").status_code == 200
    here.http.post("/logout")
    assert (here.http.get("/me.json").status_code, there.http.get("/me.json").status_code) == (401, 200)


def test_the_cookie_is_for_no_script_and_no_other_site_and_says_nothing_of_who_it_is(app: Flask, phone: Phones) -> None:
    http = app.test_client()
    answer = attempt(http, OFFICER, demo.PASSWORD)
    [told] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(told.split("; "))
    assert "Domain" not in told
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    said = str(signer.loads(told.partition("=")[2].split(";")[0]))
    me = phone(OFFICER).me
    assert not [one for one in (me["person"], me["device"], OFFICER, "noord") if one in said]


def test_between_the_two_steps_one_is_nobody_and_after_it_that_cookie_is_worth_nothing(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    http = halfway(app)
    half = http.get_cookie("session").value
    for path in ("/", "/devices", "/me/signing-in", "/people"):
        assert http.get(path, headers={"Accept": "text/html"}).status_code == 303
    assert (status(app, half), http.post("/sync", json={}).status_code, http.get("/live").status_code) == (401, 401, 401)
    assert second(http, code_of(secret, clock)).status_code == 303
    whole = http.get_cookie("session").value
    assert whole != half
    assert (status(app, half), status(app, whole)) == (401, 200)


def test_who_is_half_way_in_on_a_browser_that_somebody_used_leaves_nothing_of_them(app: Flask, phone: Phones, clock: Clock) -> None:
    """The password of another on a browser where somebody is signed in: from then on nobody is, until the code is given."""
    set_up(phone(OFFICER))
    triagist = phone(TRIAGIST)
    triagist.account = OFFICER
    triagist.sign_in()
    assert triagist.http.get("/me.json").status_code == 401


@contextmanager
def statements(app: Flask):
    """What the database is asked meanwhile."""
    asked: list[str] = []
    with app.app_context():
        engine = db.engine

    def listen(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(engine, "checkout", listen)
    yield asked
    event.remove(engine, "checkout", listen)
    engine.dispose()


@pytest.mark.sqlite
def test_who_is_signed_in_is_one_question_and_when_they_were_seen_is_written_once_in_five_minutes(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    session = named(app, officer)
    with statements(app) as asked:
        officer.sync()
        assert sum("FROM session" in statement for statement in asked) == 1
        clock.later(minutes=4)
        officer.sync()
        assert not [statement for statement in asked if statement.startswith("UPDATE")]
        clock.later(minutes=2)
        officer.sync()
        officer.sync()
        assert sum(statement.startswith("UPDATE session") for statement in asked) == 1
    assert record(app, session).seen_ms == clock()


def test_me_says_how_long_a_phone_may_be_without_contact(phone: Phones) -> None:
    me = phone(OFFICER).me
    assert (me["offline_lock_h"], me["offline_erase_h"]) == (72, 336)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("curl/8.5.0", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(said: str, kind: str) -> None:
    from blueprints.agent import kind_of

    assert kind_of(said) == kind
