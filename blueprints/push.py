"""Push: which of this person's phones are pushed to, of what, and when not. What is sent, when and to whom is in live/push.py."""

from __future__ import annotations

import uuid
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, outward, push_service, server
from blueprints.frame import frame
from blueprints.limits import limiter
from card.clock import clock, to_instant
from card.notice import NOTICES
from live.push import WORTH_MS
from store import push_out, push_subscriptions, push_wishes
from store.push_out import Out
from store.push_subscriptions import Subscription

blueprint = Blueprint("push", __name__)

LONGEST = 1000
A_WINTER_DAY_MS = 1_795_521_600_000
"""On which every clock time exists once: quiet hours are clock times, and of no day."""


def mine() -> str:
    return f"push {getattr(current_user, 'person', '')}"


@blueprint.get("/settings/notices")
@doors.signed_in
def settings() -> Response:
    kept = push_wishes.wishes_of(current_user.person)
    return page({"wanted": set(NOTICES) - kept.unwanted, "begins": kept.begins, "ends": kept.ends}, {})


@blueprint.post("/settings/notices")
@doors.signed_in
def keep_wishes() -> AnyResponse:
    wanted = set(request.form.getlist("wanted")) & set(NOTICES)
    typed = {name: request.form.get(name, "").strip() for name in ("begins", "ends")}
    read = {name: clock_time(text) for name, text in typed.items()}
    errors = {name: "page.push.clock" for name, text in typed.items() if text and not read[name]}
    if not errors and bool(typed["begins"]) != bool(typed["ends"]):
        errors["ends" if typed["begins"] else "begins"] = "page.push.both"
    if not errors and typed["begins"] and read["begins"] == read["ends"]:
        errors["ends"] = "page.push.same"
    if errors:
        return page({"wanted": wanted, **typed}, errors, 422)
    push_wishes.keep(current_user.person, wanted, read["begins"], read["ends"])
    return redirect("/settings/notices?kept=1", 303)


def clock_time(said: str) -> str:
    """As people type it, "7.30" or "2200", as "07:30"; empty when it is none."""
    instant = to_instant(said, A_WINTER_DAY_MS)
    return clock(instant) if instant else ""


@blueprint.post("/settings/notices/off")
@doors.signed_in
def switch_off() -> AnyResponse:
    push_subscriptions.remove(current_user.device)
    return redirect("/settings/notices", 303)


@blueprint.post("/settings/notices/try")
@doors.signed_in
@limiter.limit("20 per hour", key_func=mine)
def try_it() -> AnyResponse:
    """A notice to oneself, on the device in the hand."""
    sender = server.push()
    if sender is None or not push_subscriptions.is_kept(current_user.device, sender.key):
        return redirect("/settings/notices", 303)
    now = server.now_ms()
    push_out.put([Out("", str(uuid.uuid4()), "test", current_user.device, now + WORTH_MS["test"])], now)
    sender.wake()
    return redirect("/settings/notices?tried=1", 303)


@blueprint.get("/push/key")
@doors.device
def key() -> Response:
    return jsonify(key=push_service.key())


@blueprint.put("/push/subscription")
@doors.device
@limiter.limit("60 per hour", key_func=mine)
def subscribe() -> AnyResponse:
    """What `PushSubscription.toJSON()` says, from the page or the worker of this device."""
    public = push_service.key()
    if not public:
        return doors.refused(409, "no_push", "This server sends no notices.")
    told = doors.facts_sent()
    keys = told.get("keys")
    given = {"endpoint": told.get("endpoint"), **({name: keys.get(name) for name in ("p256dh", "auth")} if isinstance(keys, dict) else {})}
    if not is_usable(given):
        return doors.refused(422, "malformed", "a push subscription is asked for")
    made = Subscription(current_user.device, current_user.person, **given)
    push_subscriptions.keep(made, public, server.now_ms())
    return Response(status=204)


def is_usable(given: dict[str, Any]) -> bool:
    """An address that may be called, a public key on the curve, and 16 bytes of secret."""
    texts = [given.get(name) for name in ("endpoint", "p256dh", "auth")]
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts):
        return False
    endpoint, p256dh, auth = (str(text) for text in texts)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push_service.decoded(p256dh))
        return len(p256dh) <= 88 and len(push_service.decoded(auth)) == 16 and outward.is_allowed(endpoint, current_app.config["PUSH_NETWORKS"])
    except ValueError:
        return False


def page(values: dict[str, Any], errors: dict[str, str], status: int = 200) -> Response:
    public = push_service.key()
    facts = {
        "kinds": NOTICES, "values": values, "errors": errors, "key": public, "kept": "kept" in request.args, "tried": "tried" in request.args,
        "on": bool(public) and push_subscriptions.is_kept(current_user.device, public),
    }  # fmt: skip
    return Response(render_template("push/settings.html", **frame(), **facts), status)
