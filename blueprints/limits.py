"""How often somebody may try: only failed attempts count, because a whole team may sign in from one address."""

from __future__ import annotations

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

limiter = Limiter(get_remote_address)


@limiter.request_filter
def never_limited() -> bool:
    """What devices do all the time has no limit, and need not look for one."""
    return request.endpoint in ("sync.sync", "live.live")


def failed(answer: Response) -> bool:
    return answer.status_code in (401, 422)
