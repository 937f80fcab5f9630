"""Doors: who may come in where. Every route wears exactly one; a route without one fails a test.

A door also refuses what another site made the browser send: by Fetch Metadata (W3C), or for older browsers by the origin
(docs/decisions/0004). What somebody may not see answers as what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, jsonify, make_response, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Response as AnyResponse

from blueprints import logs, seeing, server, watching
from blueprints.limits import count
from card.access import Viewer, may_account_for
from store import api_tokens, calendar_addresses, joint_reviews, log, looks, sessions
from store.access_log import Visit
from store.tokens import hash_of

View = TypeVar("View", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}
WRONG_SECRETS = "30 per 15 minutes"
PER_FEED = "120 per hour"


def public(view: View) -> View:
    """Anybody."""
    return _door(view, "public", lambda: None)


def signed_in(view: View) -> View:
    """Whoever is signed in; others go to the sign-in form and come back after it."""
    return _door(view, "signed_in", lambda: _to_sign_in_or(lambda: True))


def member(view: View) -> View:
    """Whoever is on the card that the address names. For everybody else that card does not exist. Who comes and who is refused is written down."""
    return _door(_written_down(view), "member", lambda: _to_sign_in_or(_on_card))


def lead(view: View) -> View:
    """Team leads: who look back, and keep the directory, guides and agreements."""
    return _door(view, "lead", lambda: _to_sign_in_or(lambda: current_user.role == "lead"))


def reviewer(view: View) -> View:
    """A lead of a team that is on the card that the address names; what they see of it then is `may_review`'s to say."""
    return _door(_written_down(view), "reviewer", lambda: _to_sign_in_or(_reviews))


def joint(view: View) -> View:
    """A lead of one of the two organisations of the joint review that the address names (`g.joint`). For everybody else it does not exist."""
    return _door(view, "joint", lambda: _to_sign_in_or(_looks_back_jointly))


def admin(view: View) -> View:
    """Who keeps the people and devices of an organisation."""
    return _door(view, "admin", lambda: _to_sign_in_or(lambda: current_user.role == "admin"))


def keeper(view: View) -> View:
    """Team leads and administrators: who look after what their people and devices leave behind."""
    return _door(view, "keeper", lambda: _to_sign_in_or(lambda: current_user.role in ("lead", "admin")))


def privacy(view: View) -> View:
    """Who watches over privacy in an organisation; about a card only when that organisation takes part in it."""
    return _door(view, "privacy", lambda: _to_sign_in_or(_watches_over))


def device(view: View) -> View:
    """A signed-in device that speaks JSON: 401 as JSON, and nothing at all for other sites."""
    return _door(view, "device", lambda: None if current_user.is_authenticated else _unauthorised(), every_method=True)


def handing_in(view: View) -> View:
    """A device, also one that was revoked: the view then sets aside what it brings (`revoked`), and nothing else."""
    return _door(view, "handing_in", lambda: None if current_user.is_authenticated or revoked() else _unauthorised(), every_method=True)


def feed(view: View) -> View:
    """A calendar program, with the secret address of one person: it sees what they may see. Another address is not there."""
    return _door(view, "feed", _by_address)


def watcher(view: View) -> View:
    """What watches over this server (blueprints/watching.py). For everybody else it is not there."""
    return _door(view, "watcher", lambda: None if watching.may_watch() else abort(404))


def token(scope: str = "") -> Callable[[View], View]:
    """Another system, with a token of an organisation that opens this scope (store/api_tokens.py); without a scope any token that works. It sees what
    the organisation as a whole may see, and about a card only when the organisation is on it. No cookie counts here.
    """
    assert not scope or scope in api_tokens.SCOPES, scope

    def of(view: View) -> View:
        about_a_card = "card" in signature(view).parameters
        through = _door(_written_down(view) if about_a_card else view, "token", lambda: _by_token(scope))
        through.scope = scope  # type: ignore[attr-defined]
        return through

    return of


def revoked() -> sessions.Revoked | None:
    """The revoked device that the cookie of this request names, if it does. Asked only where nobody is signed in."""
    named = session.get("_user_id")
    return sessions.revoked(named) if isinstance(named, str) else None


def viewer() -> Viewer:
    return server.viewer()


def _door(view: View, name: str, check: Callable[[], AnyResponse | None], every_method: bool = False) -> View:
    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Any:
        if (every_method or request.method not in SAFE) and from_another_site():
            abort(403)
        return check() or view(*args, **kwargs)

    through.door = name  # type: ignore[attr-defined]
    return through  # type: ignore[return-value]


def from_another_site() -> bool:
    """Whether the browser says that another site sent this. A client that says nothing is not a browser, and has no cookie to abuse."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin.split("://", 1)[-1] != request.host


def is_of_devices() -> bool:
    """Whether this is a route that only devices and other systems speak to: they hear facts, also when something is wrong."""
    if request.path.startswith("/api/"):
        return True
    doors = (getattr(current_app.view_functions.get(endpoint), "door", None) for endpoint in _endpoints())
    return any(door in ("device", "handing_in", "token") for door in doors)


def _endpoints() -> set[str]:
    """What answers at this address; where it was asked by a method that it does not know, by each that it knows."""
    problem = request.routing_exception
    if not isinstance(problem, MethodNotAllowed):
        return {request.endpoint or ""}
    adapter = current_app.create_url_adapter(request)
    return {found for method in problem.valid_methods or () if adapter and (found := _endpoint_of(adapter, method))}


def _endpoint_of(adapter: MapAdapter, method: str) -> str:
    """Empty where this address with this method leads to another one, or to none."""
    try:
        found: str = adapter.match(method=method)[0]
    except HTTPException:
        return ""
    return found


def facts_sent() -> dict[str, Any]:
    """The object that was sent as JSON; an empty one where it was none, or nested deeper than anybody means."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        return {}
    return sent if isinstance(sent, dict) else {}


def wants_page() -> bool:
    """A browser or htmx; a client that does not name a page gets the facts."""
    return not request.path.endswith(".json") and not request.is_json and "text/html" in request.headers.get("Accept", "")


def wants_json() -> bool:
    """A form that a client sends without naming a page is answered with facts; what is looked at is a page unless JSON is asked for."""
    asked = request.path.endswith(".json") or request.is_json or request.accept_mimetypes.best == "application/json"
    return asked or (request.method == "POST" and request.path.endswith(("/code", "/join")) and not wants_page())


def _to_sign_in_or(may_enter: Callable[[], bool]) -> AnyResponse | None:
    """First who it is; then whether there is anything here for them."""
    if not current_user.is_authenticated:
        return _to_sign_in()
    return None if may_enter() else abort(404)


def _on_card() -> bool:
    card = named_card()
    g.standing = log.standing(viewer(), card)
    if not g.standing.on:
        seeing.saw_card(card, g.standing, 404)
    return bool(g.standing.on)


def _reviews() -> bool:
    card = named_card()
    standing = log.standing(viewer(), card)
    may = current_user.role == "lead" and looks.is_for_lead(viewer(), card, server.now_ms())
    if not may:
        seeing.saw_card(card, standing, 404)
    g.standing = replace(standing, ground="review")
    return may


def _looks_back_jointly() -> bool:
    g.joint = joint_reviews.one(current_user.org, str((request.view_args or {})["joint"])) if current_user.role == "lead" else None
    return g.joint is not None


def _written_down(view: View) -> View:
    """The view of a card with its line in the access log, kept before the answer leaves."""

    @wraps(view)
    def seen(*args: Any, **kwargs: Any) -> Any:
        try:
            answer = make_response(view(*args, **kwargs))
        except HTTPException as mistake:
            seeing.saw_card(str(kwargs["card"]), g.standing, mistake.code or 500)
            raise
        seeing.saw_card(str(kwargs["card"]), g.standing, answer.status_code)
        return answer

    return seen  # type: ignore[return-value]


def _watches_over() -> bool:
    card = (request.view_args or {}).get("card")
    if card is None:
        return current_user.role == "privacy"
    took_part = may_account_for(viewer(), log.took_part(str(card)))
    if not took_part:
        seeing.did("refused", str(card), outcome="refused", ground="none", detail=request.endpoint or "")
    return took_part


def _by_address() -> AnyResponse | None:
    secret = str((request.view_args or {})["secret"])
    found = calendar_addresses.subscriber(secret, server.now_ms())
    if found is None:
        count(WRONG_SECRETS, "secret", request.remote_addr or "")
        abort(404)
    who = found.viewer
    g.viewer, g.visit = who, Visit(who.person, found.name, who.org, who.role, f"feed {hash_of(secret)[:8]}", request.remote_addr or "")
    count(PER_FEED, "feed", who.person)
    return None


def _by_token(scope: str) -> AnyResponse | None:
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    found = api_tokens.bearer(said.strip(), server.now_ms()) if scheme.lower() == "bearer" and said.strip() else None
    if found is None:
        if said:
            count(WRONG_SECRETS, "secret", request.remote_addr or "")  # who guesses shuts out nobody who knows
        answer = refused(401, "no_token", "No token, or one that opens nothing any more.")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Motorkap"'
        return answer
    count(current_app.config["API_LIMIT"], "token", found.id)
    if scope and scope not in found.scopes:
        return refused(403, "no_scope", f"This token does not open {scope}.")
    g.bearer, g.viewer = found, found.viewer(scope)
    g.visit = Visit(found.id, found.name, found.org, "token", found.id, request.remote_addr or "")
    card = (request.view_args or {}).get("card")
    return None if card is None or _on_card() else abort(404)


def named_card() -> str:
    return str((request.view_args or {})["card"])


def _to_sign_in() -> AnyResponse:
    if wants_json():
        return _unauthorised()
    address = url_for("identity.sign_in", next=_came_from())
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _came_from() -> str:
    """Where to go on after signing in: the page asked for, or the page on which something was sent or tapped."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.full_path.rstrip("?")
    try:
        page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    except ValueError:
        return "/"
    return f"{page.path}?{page.query}".rstrip("?") if page.netloc == request.host and page.path.startswith("/") else "/"


def _unauthorised() -> Response:
    return refused_for_good({}) if revoked() else refused(401, "signed_out", "Niet aangemeld. Meld u opnieuw aan.")


def refused_for_good(answers: dict[str, Any]) -> Response:
    """What a revoked device hears: it must erase itself. `answers`: what became of what it brought."""
    return refused(401, "revoked", "Dit toestel is afgemeld. Wat hier bewaard was, wordt gewist.", rejected=answers)


def refused(status: int, code: str, message: str, **more: Any) -> Response:
    """No, as JSON: for who asked as a device does."""
    logs.refused_with(code)
    answer = jsonify(error=code, message=message, **more)
    answer.status_code = status
    return answer
