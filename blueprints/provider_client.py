"""The client of an organisation's provider: Authlib's, with PKCE (RFC 7636), state and nonce, and with what it leaves to who uses it.

Left to us are: that the provider is the one that was asked for (OpenID Connect Discovery 1.0, 4.3), that only public-key signatures count, that
a code of one provider is never handed to another (RFC 9700, 2.1: each organisation has a redirect address of its own, and `iss` is looked at,
RFC 9207), and that what the user endpoint says is about the same person (OpenID Connect Core 1.0, 5.3.2).

What goes wrong is a value here, `Trouble`: a code for which there are plain words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app, request, session
from joserfc.errors import JoseError
from requests import HTTPError, RequestException
from requests.exceptions import SSLError
from werkzeug.wrappers import Response as AnyResponse

from blueprints import outward
from store.provider_link import Claims

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
WELL_KNOWN = "/.well-known/openid-configuration"
SAID_NO = ("access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required")

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Trouble:
    """Why it did not work, as a code."""

    code: str


class Unfit(ValueError):
    """The provider answers, but not with what we need."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Client(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client of one provider, on calls outward only."""

    def __init__(self, org: str, issuer: str, client_id: str, secret: str, allowed: outward.Networks) -> None:
        asked = {"scope": "openid email profile", "code_challenge_method": "S256"}
        address = issuer.rstrip("/") + WELL_KNOWN
        integration = FlaskIntegration(org)
        super().__init__(integration, org, client_id=client_id, client_secret=secret, client_kwargs=asked, server_metadata_url=address)
        self.client_cls = outward.session_class(allowed)
        self.issuer, self.allowed = issuer, allowed

    def load_server_metadata(self) -> dict[str, Any]:
        if "_loaded_at" not in self.server_metadata:
            said = super().load_server_metadata()
            if problem := self._wrong_with(said):
                raise Unfit(problem)
            said["id_token_signing_alg_values_supported"] = _signatures(said)
            ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            if "client_secret_basic" not in ways and "client_secret_post" in ways:
                self.client_kwargs = {**self.client_kwargs, "token_endpoint_auth_method": "client_secret_post"}
        return self.server_metadata

    def _wrong_with(self, said: Mapping[str, Any]) -> str | None:
        if said.get("issuer") != self.issuer:
            return "other_issuer"
        addresses = [said.get(name) for name in NEEDED]
        if not all(isinstance(one, str) and outward.is_allowed(one, self.allowed) for one in addresses):
            return "incomplete"
        if "S256" not in said.get("code_challenge_methods_supported", ["S256"]):
            return "no_pkce"
        return None if _signatures(said) else "no_signature"


def _signatures(said: Mapping[str, Any]) -> list[str]:
    """Those that count: a secret that both sides know, or none at all, proves nothing."""
    return [one for one in said.get("id_token_signing_alg_values_supported") or ["RS256"] if one in SIGNATURES]


def client(org: str, issuer: str, client_id: str, secret: str) -> Client:
    return Client(org, issuer, client_id, secret, current_app.config["PROVIDER_NETWORKS"])


def try_out(issuer: str) -> Trouble | None:
    """Whether there is a provider at this address with which we could work, also as far as its keys."""

    def ask() -> None:
        asked = client("", issuer, "", "")
        asked.load_server_metadata()
        if not asked.fetch_jwk_set().get("keys"):
            raise Unfit("incomplete")

    found = _carefully(ask)
    return found if isinstance(found, Trouble) else None


def send(one: Client, back: str, email: str, anew: bool) -> AnyResponse | Trouble:
    """To the provider, with a state in this session for the way back. An attempt that was left is forgotten. `anew`: it must ask who this is."""

    def ask() -> AnyResponse:
        for left in [name for name in session if name.startswith("_state_")]:
            session.pop(left)
        more = {"login_hint": email} | ({"prompt": "login"} if anew else {})
        answer: AnyResponse = one.authorize_redirect(back, **more)
        return answer

    return _carefully(ask)


def back(one: Client, group_claim: str) -> Claims | Trouble:
    """Who came back, as the provider says with a token for us that is signed, of now, and an answer to what this session asked."""

    def ask() -> Claims:
        if request.args.get("iss", one.issuer) != one.issuer:
            raise Unfit("not_ours")
        options = {"iss": {"essential": True, "value": one.issuer}, "aud": {"essential": True, "value": one.client_id}, "nonce": {"essential": True}}
        token = one.authorize_access_token(claims_options=options)
        return claims_of(_with_user_facts(one, token, ("email", "email_verified", *filter(None, [group_claim]))), group_claim)

    return _carefully(ask)


def _with_user_facts(one: Client, token: Mapping[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    """What the ID token says, and where it leaves out something that we need, what the user endpoint says of the same person."""
    said = dict(token.get("userinfo") or {})
    if not _is_subject(said.get("sub")):
        raise Unfit("bad_token")
    if all(name in said for name in needed) or "userinfo_endpoint" not in one.server_metadata:
        return said
    more = dict(one.userinfo(token=token))
    if more.get("sub") != said["sub"]:
        raise Unfit("bad_token")
    return {**more, **said}


def _is_subject(sub: object) -> bool:
    """OpenID Connect Core 1.0, 2: at most 255 ASCII characters."""
    return isinstance(sub, str) and 0 < len(sub) <= 255 and sub.isascii() and sub.isprintable()


def claims_of(said: Mapping[str, Any], group_claim: str) -> Claims:
    email = said.get("email")
    name = said.get("name")
    return Claims(
        said["sub"],
        email.strip().lower() if isinstance(email, str) and email.isprintable() and len(email) <= 254 else "",
        said.get("email_verified") is True,
        " ".join(name.split())[:200] if isinstance(name, str) and name.isprintable() else "",
        _groups(said, group_claim),
    )


def _groups(said: Mapping[str, Any], group_claim: str) -> frozenset[str] | None:
    """None where nothing is asked, or where the provider says that they are elsewhere (OpenID Connect Core 1.0, 5.6.2: distributed claims). A claim
    that is not there is no group: some providers leave it out for who is in none."""
    elsewhere = said.get("_claim_names")
    if not group_claim or (isinstance(elsewhere, dict) and group_claim in elsewhere):
        return None
    told = said.get(group_claim)
    listed = told if isinstance(told, list) else [told]
    return frozenset(one for one in listed if isinstance(one, str))


def _carefully(ask: Callable[[], Answer]) -> Answer | Trouble:
    """What a provider or the network does wrong as a value. The log names the kind of error, never what was said."""
    try:
        return ask()
    except (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        code = code_of(error)
        log.warning("provider: %s (%s)", code, type(error).__name__)
        return Trouble(code)


def code_of(error: Exception) -> str:
    if isinstance(error, (outward.Forbidden, Unfit)):
        return error.code
    if isinstance(error, MismatchingStateError):
        return "not_ours"
    if isinstance(error, OAuthError):
        return "said_no" if error.error in SAID_NO else "refused"
    if isinstance(error, JoseError):
        return "bad_token"
    if isinstance(error, SSLError):
        return "certificate"
    if isinstance(error, HTTPError):
        return "not_found" if error.response is not None and error.response.status_code == 404 else "odd"
    return "unreachable" if isinstance(error, RequestException) and not isinstance(error, ValueError) else "odd"
