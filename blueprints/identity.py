"""Signing in and out, and who this is. E-mail and password, argon2id (RFC 9106), where there is no passkey (blueprints/passkeys.py); a session is a
record on the server that the cookie names.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, jsonify, make_response, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf, validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from blueprints import agent, ceremony, cookies, doors, halfway, server, towards
from blueprints.frame import LANGUAGES, language, nobody
from blueprints.limits import tries
from blueprints.passwords import fits, hashed, hasher
from card import hlc
from store import afterwards, epoch, passkeys, people, provider, push_subscriptions, sessions, vaults

blueprint = Blueprint("identity", __name__)
login_manager = LoginManager()
login_manager.session_protection = (
    None  # it marks a session whose address changed as not fresh, which nothing here asks; phones change address all day
)
csrf = CSRFProtect()

BROWSER_COOKIE = "browser"


@login_manager.user_loader
def load(session_id: object) -> people.SignedIn | None:
    """Who uses this session. When the database cannot say, whoever tells so (blueprints/mistakes.py) does not ask it again."""
    try:
        return user_of(session_id)
    except Exception:
        g._login_user = login_manager.anonymous_user()
        raise


def user_of(session_id: object) -> people.SignedIn | None:
    """Who uses this session. One that passed a limit of its organisation ends here; when it was last seen is written seldom."""
    if not isinstance(session_id, str):
        return None
    now = server.now_ms()
    user = people.signed_in(session_id, now)
    if user is None:
        return None
    if passed := user.passed(now):
        sessions.end(sessions.named(session_id), passed, now, server.sessions_ended)
        return None
    if now - user.seen_ms >= sessions.SEEN_EVERY_MS:
        sessions.seen(session_id, now)
    return user


def account_named() -> str:
    return "account " + request.form.get("email", "").strip().lower()


def account_from_here() -> str:
    """Who guesses elsewhere does not shut out the one whose account it is."""
    return f"{account_named()} {get_remote_address()}"


@blueprint.get("/login")
@doors.public
def sign_in() -> AnyResponse:
    return form({})


@blueprint.post("/login")
@doors.public
@tries("100 per 15 minutes")
@tries("10 per 15 minutes", key_func=account_from_here)
@tries("200 per hour", key_func=account_named)
def sign_in_with_password() -> AnyResponse:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return form({"form": "page.login.expired"}, 400)
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    if email and not password and (leads_to := provider.provider_for(email)):
        return towards.begin(leads_to.org, email, safe_next())
    missing = {name: "error.required" for name, value in (("email", email), ("password", password)) if not value}
    if missing:
        return form(missing, 422)
    person = proven(email, password)
    if person is None:
        return form({"form": "page.login.wrong"}, 401)
    if provider.password_is_off(person):
        return form({"form": "page.login.password_off"}, 401)
    return halfway.begin(person, safe_next()) if halfway.is_needed(person) else welcome(person, safe_next(), can_make=halfway.can_make())


def proven(email: str, password: str) -> str | None:
    """The person whose password this is. An unknown address takes as long as a wrong password."""
    account = people.account_of(email)
    if not fits(account.password_hash if account else None, password) or account is None:
        return None
    if hasher().check_needs_rehash(account.password_hash):
        people.keep_password_hash(account.person, hashed(password))
    return account.person


def welcome(person: str, destination: str, can_make: bool = False) -> AnyResponse:
    """In: a session of their own on this device, and on to where they wanted to go."""
    onward, browser = arrive(person, destination, can_make)
    return remember_browser(redirect(onward, 303), browser)


def arrive(person: str, destination: str, can_make: bool = False) -> tuple[str, str]:
    """A session of their own, and where to go on: first past what happened to a device, or past the one offer of a passkey, which this browser
    `can_make`. Then the name of the browser, which the answer must carry.
    """
    browser = start_session(person)
    if destination == "/" and sessions.has_news(person):
        return "/devices", browser
    if can_make and passkeys.offer(person, server.now_ms()):
        return url_for("my_passkeys.offer", next=destination), browser
    return destination, browser


def start_session(person: str) -> str:
    """This person is signed in from here on; the name of the browser, which the answer must carry."""
    browser = cookies.get(BROWSER_COOKIE)
    try:
        browser = str(uuid.UUID(browser))
    except ValueError:
        browser = str(uuid.uuid4())
    begin(person, browser)
    return browser


def remember_browser(answer: AnyResponse, browser: str) -> AnyResponse:
    cookies.put(answer, BROWSER_COOKIE, browser)
    return answer


def begin(person: str, browser: str) -> None:
    """A new session at every signing in, and an end to whatever this browser had: a session that somebody else put there is worth nothing."""
    now = server.now_ms()
    before = sessions.on_browser(browser)
    if isinstance(named := session.get("_user_id"), str):
        before |= sessions.named(named)
    sessions.end(before, "replaced", now, server.sessions_ended)
    kind = agent.kind_of(request.headers.get("User-Agent", ""))
    device = people.device_of(browser, person, datetime.fromtimestamp(now / 1000, UTC), kind)
    push_subscriptions.only(browser, device)
    session.clear()
    session.permanent = True
    login_user(people.signed_in(sessions.begin(person, device, now), now))


@blueprint.post("/logout")
@doors.public
def sign_out() -> AnyResponse:
    if current_user.is_authenticated:
        sessions.end(sessions.named(current_user.session), "signed_out", server.now_ms(), server.sessions_ended)
    logout_user()
    session.clear()
    towards.signed_out()
    return redirect("/login", 303)


@blueprint.get("/me.json")
@doors.device
def me() -> Response:
    user: people.SignedIn = current_user
    limits = sessions.limits_of(user.org)
    return jsonify(
        person=user.person,
        name=user.name,
        function=user.function,
        org=user.org,
        domain=user.domain,
        role=user.role,
        device=user.device,
        epoch=epoch.epoch(),
        clock=hlc.tick(None, server.now_ms(), "00000000"),
        lang=language(),
        offline_lock_h=limits.offline_lock_h,
        offline_erase_h=limits.offline_erase_h,
        **vars(vaults.rule_of(user.org)),
        feedback_after_h=afterwards.after_h(user.org),
        rp_id=ceremony.rp_id() if ceremony.is_possible() else "",
        duty=server.duty(),
    )


@blueprint.post("/language")
@doors.public
def choose_language() -> AnyResponse:
    answer = redirect("/settings", 303)
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        cookies.put(answer, "lang", chosen)
    return answer


def form(errors: dict[str, str], status: int = 200) -> Response:
    revoked = doors.revoked()
    context: dict[str, Any] = {
        "errors": errors,
        "email": request.form.get("email", ""),
        "next": safe_next(),
        "csrf_token": generate_csrf(),
        "revoked": revoked.person if revoked else "",
        "demo": current_app.config["DEMO"](),
        "passkeys": ceremony.is_possible(),
        "provider": provider.is_any(),
        **nobody(),
    }
    return make_response(render_template("login/login.html", **context), status)


def safe_next(said: object = None) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    asked = said if isinstance(said, str) else request.values.get("next", "/")
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return asked if ours and "\\" not in asked else "/"
