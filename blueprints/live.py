"""GET /live: server-sent events (WHATWG HTML, "Server-sent events"), one stream a device (PROTOCOL, "GET /live")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask_login import current_user

from blueprints import doors, server
from card.access import ground_of, on_card
from live.hub import Stream
from store import heard, log, people
from store.access_log import Line, Visit
from store.grown import Grown

blueprint = Blueprint("live", __name__)

SIGN_OF_LIFE = b": hier\n\n"


@blueprint.get("/live")
@doors.device
def live() -> Response:
    hub = server.hub()
    if not hub.open:
        abort(503)
    answer = Response(mimetype="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    if request.method == "HEAD":
        return answer
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    viewer = doors.viewer()
    stream = hub.listen(viewer, current_user.session)
    again = people.signed_in(current_user.session, server.now_ms())
    if again is None or again.viewer != viewer:
        # Revoked, or other rights, between the door and here: who ends streams did not see this one yet.
        stream.end()
    answer.response = follow(app, stream, current_user.rights_until_ms, server.visit(), request.environ)
    answer.call_on_close(lambda: hub.leave(stream))  # also of a stream that nobody began to read
    return answer


def follow(app: Flask, stream: Stream, until_ms: int, visit: Visit, environ: dict[str, Any]) -> Iterator[bytes]:
    """The stream's text, until its session is over. The request is over by now: a stream costs no request and no connection to the database, and what
    the request brought, a tenth of a stream's memory, is let go.

    What its listener may see is fixed when it opens. So a stream of somebody on duty ends with that duty: the device comes back and is told anew.
    """
    yield SIGN_OF_LIFE
    environ.clear()
    for grown in stream.follow():
        if app.config["NOW"]() >= until_ms:
            return
        text = SIGN_OF_LIFE if grown is None else event(app, stream, grown)
        if text and grown is not None:
            note(app, visit, stream, grown)
        if text:
            yield text


def note(app: Flask, visit: Visit, stream: Stream, grown: Grown) -> None:
    """For the access log: this device gets what was added to this card. Nobody waits for it (store/heard.py)."""
    if on_card(stream.viewer, grown.members):
        ground = ground_of(stream.viewer, grown.members, grown.opener)
        line = Line(visit, app.config["NOW"](), "stream", grown.card, grown.opener_org, ground)
        with app.app_context():
            heard.heard().note(line)


def event(app: Flask, stream: Stream, grown: Grown) -> bytes:
    """What this listener hears of what was added; nothing when there is nothing in it for them."""
    if not on_card(stream.viewer, grown.members):
        stream.heard.pop(grown.card, None)
        was_on = on_card(stream.viewer, grown.members_before)
        return told(app, set(), [], gone=[grown.card]) if was_on else b""
    if stream.missed(grown):
        return caught_up(app, stream, grown)
    stream.heard[grown.card] = grown.seq
    visible = stream.visible(grown)
    if visible and visible not in grown.sent:
        seen = [grown.entries[place] for place in visible]
        grown.sent[visible] = told(app, log.named_in(entry for entry, _ in seen), [text for _, text in seen], upto={grown.card: grown.seq})
    return grown.sent[visible] if visible else b""


def caught_up(app: Flask, stream: Stream, grown: Grown) -> bytes:
    """Everything of the card that never came this way; `more` where it is more than one page: the device then asks by itself."""
    heard = stream.heard.get(grown.card, 0)
    with app.app_context():
        news = log.read_from(stream.viewer, grown.card, heard, server.secret())
    stream.heard[grown.card] = max(grown.seq, news.upto.get(grown.card, 0))
    more = news.upto.get(grown.card, 0) < grown.seq
    return told(app, news.named, news.texts, gone=news.gone, upto=news.upto, more=more)


def told(app: Flask, named: set[str], texts: list[str], **facts: Any) -> bytes:
    with app.app_context():
        text = server.wire({"people": people.names_of(named), **facts}, texts)
    return f"event: sync\ndata: {text}\n\n".encode()
