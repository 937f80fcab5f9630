"""Fresh: somebody who signed in less than a quarter of an hour ago. What opens other ways to come in is for them alone, because a phone may have been
left open.
"""

from __future__ import annotations

from flask import redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import server

FRESH_MS = 15 * 60 * 1000


def is_fresh() -> bool:
    return bool(server.now_ms() - current_user.created_ms <= FRESH_MS)


def sign_in_again(onward: str) -> AnyResponse:
    return redirect(url_for("identity.sign_in", next=onward), 303)
