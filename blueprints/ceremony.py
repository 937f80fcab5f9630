"""The ceremony of WebAuthn (W3C): what the browser is asked for a passkey, and whether what it brings is good. The checks are those of py_webauthn.

Always asked: that the authenticator knows its person (user verification), and that it keeps the key itself (discoverable), so that nobody types who
they are. Never asked: which make of authenticator it is (attestation). The challenge is on the server (`store/challenges.py`); a cookie of its own
names it, because the cookie of the session may change while an answer is on its way.

A passkey belongs to a name (RP ID) and is used from an address (origin). Both follow from the request where the settings do not say them: that is
safe as long as only addresses of this server lead to it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import Response, current_app, jsonify, request
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict, parse_authenticator_data, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from blueprints import agent, authenticators, cookies, doors, server
from blueprints.engine import words
from blueprints.frame import language
from store import challenges, passkeys
from store.challenges import Taken
from store.passkeys import Made
from store.refused import Refused

COOKIE = "challenge"
_TIMEOUT_MS = challenges.VALID_MS
_LONGEST_CREDENTIAL = 1023
_TRANSPORTS = {one.value for one in AuthenticatorTransport}


@dataclass(frozen=True)
class New:
    """A passkey that was made for what the challenge was about."""

    made: Made
    about: dict[str, str]


@dataclass(frozen=True)
class Whom:
    """For whom a passkey is made, as authenticators show it."""

    handle: str
    email: str
    name: str


def origin() -> str:
    return str(current_app.config["ORIGIN"]) or request.host_url.rstrip("/")


def rp_id() -> str:
    return str(current_app.config["RP_ID"]) or urlsplit(request.host_url).hostname or ""


def is_possible() -> bool:
    """Passkeys belong to a name: under another one, or at a bare address, there are none."""
    name, here = rp_id(), urlsplit(request.host_url).hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and (here == name or here.endswith(f".{name}"))
    return False


def ask_to_make(what: str, whom: Whom, held: list[tuple[str, list[str]]], about: dict[str, str]) -> Response:
    """Asks for a new passkey; the authenticators of those that are `held` make no second one."""
    if not rp_id():
        return refused(400, "origin")
    asked = challenges.ask(what, about, server.now_ms())
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name="Motorkap",
        user_id=base64url_to_bytes(whom.handle),
        user_name=whom.email,
        user_display_name=whom.name,
        challenge=base64url_to_bytes(asked.challenge),
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(*one) for one in held],
    )
    # Its PRF may then unlock the phone as well (static/worker/vault.js). An authenticator that has none makes a passkey all the same.
    return _named(asked, options, extensions={"prf": {}})


def ask_to_show(what: str) -> Response:
    """Asks for any passkey of this server: it says itself whose it is."""
    if not rp_id():
        return refused(400, "origin")
    asked = challenges.ask(what, {}, server.now_ms())
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=base64url_to_bytes(asked.challenge),
        timeout=_TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _named(asked, options)


def made(what: str) -> New | Refused:
    """The new passkey that this request brings."""
    taken, credential = _taken(what), brought()
    if taken is None:
        return Refused("expired")
    if early := _wrong_place(credential):
        return early
    try:
        good = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(taken.challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except Exception:
        # On bytes that no authenticator makes the library raises whatever its parts raise.
        return Refused("wrong_new")
    if len(good.credential_id) > _LONGEST_CREDENTIAL:
        return Refused("wrong_new")
    name = authenticators.name_of(good.aaguid, agent.kind_of(request.headers.get("User-Agent", "")))
    facts = (good.sign_count, _transports(credential), good.credential_backed_up, good.aaguid, name)
    return New(Made(bytes_to_base64url(good.credential_id), good.credential_public_key, *facts), taken.about)


def shown(what: str) -> str | Refused:
    """The person whose passkey this request brings, of which it was seen that it is theirs."""
    taken, credential = _taken(what), brought()
    if taken is None:
        return Refused("expired")
    if early := _wrong_place(credential):
        return early
    known = passkeys.known(named())
    if known is None:
        return Refused("unknown")
    if not _is_verified(credential):
        return Refused("unverified")
    try:
        good = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(taken.challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
            credential_public_key=known.public_key,
            credential_current_sign_count=0,  # counted in the database, after the signature was found good
            require_user_verification=True,
        )
    except Exception:
        return Refused("wrong")
    if credential["response"].get("userHandle") != known.handle:
        return Refused("wrong")
    if not known.is_active:
        return Refused("inactive")
    is_used = passkeys.use(known.id, good.new_sign_count, good.credential_backed_up, server.now_ms())
    return known.person if is_used else Refused("copied")


def brought() -> dict[str, Any]:
    credential = doors.facts_sent().get("credential")
    return credential if isinstance(credential, dict) else {}


def named() -> str:
    """The id of the passkey that is brought."""
    id_ = brought().get("id")
    return id_ if isinstance(id_, str) else ""


def refused(status: int, code: str, sentence: str = "", **more: Any) -> Response:
    """No, for the script of the page: with the sentence to show."""
    answer = jsonify(error=code, said=sentence or said(f"passkey.error.{code}"), **more)
    answer.status_code = status
    return answer


def said(key: str) -> str:
    return words(language()).get(key, key)


def _named(asked: challenges.Asked, options: Any, **more: Any) -> Response:
    answer = jsonify({**options_to_json_dict(options), **more})
    cookies.put(answer, COOKIE, asked.id, max_age_s=challenges.VALID_MS // 1000, same_site="Strict")
    return answer


def _taken(what: str) -> Taken | None:
    return challenges.take(cookies.get(COOKIE), what, server.now_ms())


def _wrong_place(credential: dict[str, Any]) -> Refused | None:
    """What was signed at another address than ours, which has a sentence of its own."""
    try:
        signed = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except Exception:
        return Refused("wrong")
    return None if signed.origin == origin() else Refused("origin")


def _is_verified(credential: dict[str, Any]) -> bool:
    try:
        return bool(parse_authenticator_data(base64url_to_bytes(credential["response"]["authenticatorData"])).flags.uv)
    except Exception:
        return False


def _transports(credential: dict[str, Any]) -> tuple[str, ...]:
    said_ones = credential["response"].get("transports")
    return tuple(one for one in _TRANSPORTS if one in said_ones) if isinstance(said_ones, list) else ()


def _descriptor(credential: str, transports: list[str]) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential), transports=[AuthenticatorTransport(one) for one in transports])
