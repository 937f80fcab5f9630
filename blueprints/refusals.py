"""Who is refused over and over hears a short no, before anything is looked up for them: a flood costs little, whatever it is made of.

Only what was refused counts, and who it was. Whoever is signed in answers for their own session and for nothing else: a whole region sits behind one
address, and no phone is held up for what somebody else does there. Who is not signed in is known by the address alone, so for them only what no
route answers is cut short: signing in, tokens, calendars and the health of this server are as always.

Each process counts for itself, also where there are more: this spares its own time, and asking Redis would cost more than refusing does.
"""

from __future__ import annotations

import math
import time
from typing import Any

from flask import Flask, Response, g, request
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests
from werkzeug.routing import RequestRedirect

from blueprints import mistakes, sessions
from blueprints.tries_counted import TriesHere


class TooManyRefusals(TooManyRequests):
    name = "too many refusals"  # type: ignore[assignment]


def prepare(app: Flask) -> None:
    refused = FixedWindowRateLimiter(TriesHere())
    bound = parse(app.config["REFUSALS_LIMIT"])

    @app.before_request
    def cut_short() -> Any:
        if not (sessions.named() or has_no_route()) or refused.test(bound, who()):
            return None
        g.is_cut_short = True
        until = refused.get_window_stats(bound, who()).reset_time
        return mistakes.mistake(TooManyRefusals(retry_after=max(1, math.ceil(until - time.time()))))

    @app.after_request
    def count(answer: Response) -> Response:
        if 400 <= answer.status_code < 500 and "is_cut_short" not in g:
            refused.hit(bound, who())
        return answer


def who() -> str:
    return f"session {named}" if (named := sessions.named()) else f"address {request.remote_addr}"


def has_no_route() -> bool:
    problem = request.routing_exception
    return problem is not None and not isinstance(problem, RequestRedirect)
