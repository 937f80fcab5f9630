"""Signing in at the provider of one's own organisation (OpenID Connect): the way there, and who comes back.

The page in between has a link, because a browser refuses to follow our form to another site (`form-action` in the policy), and because people
may see where they are going. A code after the password is not asked here: how sure it is who somebody is, is the provider's business.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, identity, provider_client, server, towards
from blueprints.frame import nobody
from blueprints.limits import limiter, tries
from blueprints.provider_client import Trouble
from store import people, provider, provider_link
from store.provider import Provider
from store.refused import Refused

blueprint = Blueprint("provider", __name__)

# What went wrong at the provider or on the way there; whoever signs in can do nothing about it, so one text says it.
ELSEWHERE = (
    "unreachable", "certificate", "not_found", "odd", "too_slow", "too_much", "redirected", "private", "not_https", "incomplete", "other_issuer",
    "no_pkce", "no_signature",
)  # fmt: skip


@blueprint.get("/login/provider")
@doors.public
def on() -> AnyResponse:
    under, found = under_way()
    if under is None or found is None:
        return redirect(url_for("identity.sign_in"), 303)
    facts = {"name": found.org_name, "host": host_of(found), "email": under.email, "next": under.next}
    return make_response(render_template("login/provider.html", **facts, **nobody()))


@blueprint.get("/login/provider/go")
@doors.public
@limiter.limit("200 per 15 minutes")
def go() -> AnyResponse:
    under, found = under_way()
    if under is None or found is None:
        return redirect(url_for("identity.sign_in"), 303)
    client = client_of(found)
    sent = Trouble("refused") if client is None else provider_client.send(client, address_back(found.org), under.email, towards.anew())
    return sorry(found, sent.code) if isinstance(sent, Trouble) else sent


@blueprint.get("/login/provider/back/<org>")
@doors.public
@tries("100 per 15 minutes")
def back(org: str) -> AnyResponse:
    found = provider.provider_of(org) or abort(404)
    under, asked = under_way()
    if under is None or asked is None or asked.org != org:
        return sorry(found, "not_ours")
    client = client_of(found)
    claims = Trouble("refused") if client is None else provider_client.back(client, found.terms.group_claim)
    if isinstance(claims, Trouble):
        return sorry(found, claims.code)
    came = provider_link.come_in(found, claims, host_of(found), server.now_ms())
    if isinstance(came, Refused):
        return sorry(found, came.code)
    if came.role_changed:
        server.hub().end_person(came.person)
    people.forget_names()
    return identity.welcome(came.person, under.next)


def under_way() -> tuple[towards.Under | None, Provider | None]:
    under = towards.current()
    return under, provider.provider_of(under.org) if under else None


def client_of(found: Provider) -> provider_client.Client | None:
    secret = provider.secret_of(found.org, server.secret())
    return None if secret is None else provider_client.client(found.org, found.terms.issuer, found.terms.client_id, secret)


def address_back(org: str) -> str:
    """Each organisation has its own, so that what one provider answers is never taken to another (RFC 9700, 4.4)."""
    return url_for("provider.back", org=org, _external=True)


def host_of(found: Provider) -> str:
    return urlsplit(found.terms.issuer).hostname or ""


def sorry(found: Provider, code: str) -> Response:
    """What happened, in plain words, and the ways on. Where they wanted to go is still known."""
    under = towards.current()
    what, status = ("elsewhere", 503) if code in ELSEWHERE else (code, 401)
    facts: dict[str, Any] = {"name": found.org_name, "code": what, "again": under is not None, "next": under.next if under else "/"}
    return make_response(render_template("login/provider_failed.html", **facts, **nobody()), status)
