"""What the server writes down about itself: a line of JSON a request and a mistake, on stderr, with nothing in it of a person or a card.

A line knows the route and never the address, the code of a refusal and never its words, the type of an exception and where it happened and never
what it said: an exception of a database or a parser repeats what somebody typed. For the same reason only the fixed words of a message are kept:
of "Error handling request %s" the pattern. A message that a library put together before it came here ("Exception on /cards/…") may have anybody in
it from its first word on: of that only the place is kept (`at`).

Every answer carries the number of its line (`X-Request-Id`). Who saw what is not here, but in the access log (store/access_log.py).
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from gunicorn.glogging import Logger

ROOT = Path(__file__).parent.parent
REQUESTS = logging.getLogger("motorkap.requests")
ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
OURS = {"blueprints", "live", "motorkap", "store"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NAMED = {"process": name} if (name := os.environ.get("PROCESS_NAME", "")) else {}
"""Which of several processes says it, where all of them write to one place. The number of a request is one of a kind without it."""
PUT_TOGETHER = "put together elsewhere, not kept"


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            **NAMED,
            "said": said(record),
            **asked(),
            **getattr(record, "facts", {}),
        }
        if record.levelno >= logging.WARNING or line["said"] == PUT_TOGETHER:
            line["at"] = f"{record.name} {record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1]:
            line["exceptions"] = went_wrong(record.exc_info[1])
        return json.dumps(line)


def said(record: logging.LogRecord) -> str:
    """The words that the code has, without what was filled in. What the server says of its own start holds nothing else than addresses of ours."""
    if record.name == "gunicorn.error" and record.levelno == logging.INFO:
        return record.getMessage()
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    return record.msg if record.args or record.name.split(".")[0] in OURS else PUT_TOGETHER


def method() -> str:
    """As HTTP names it: a client may send any word in its place."""
    return request.method if request.method in METHODS else "other"


def asked() -> dict[str, str]:
    """The request that this is about: the rule of its route, in which no card and nobody is named."""
    if not has_request_context():
        return {}
    return {"id": request_id(), "method": method(), "route": request.url_rule.rule if request.url_rule else ""}


def went_wrong(problem: BaseException) -> list[dict[str, Any]]:
    """An exception and those behind it: what kind, and where. No words, no values."""
    chain: list[dict[str, Any]] = []
    one: BaseException | None = problem
    while one is not None and len(chain) < 10:
        stack = [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(one.__traceback__)]
        chain.append({"type": f"{type(one).__module__}.{type(one).__qualname__}", "stack": stack})
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain


def place(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])


def request_id() -> str:
    """Of the proxy where there is one, so that its lines and ours can be laid side by side; else made here."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "") if current_app.config["BEHIND_TLS"] else ""
        g.request_id = given if ID.fullmatch(given) else uuid.uuid4().hex
    return str(g.request_id)


def prepare(app: Flask) -> None:
    """A line a request. What has no line here is a file of ours, the same for everybody."""

    @app.before_request
    def begins() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def ends(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = request_id()
        level = logging.ERROR if answer.status_code >= 500 else logging.INFO
        if REQUESTS.isEnabledFor(level):
            took = time.perf_counter() - g.get("began", time.perf_counter())
            code = {"code": g.code} if "code" in g else {}
            REQUESTS.log(level, "request", extra={"facts": {"status": answer.status_code, "ms": round(took * 1000, 1), **code}})
        return answer


def refused_with(code: str) -> None:
    """Why this request is refused, for its line."""
    g.code = code


def of_the_caller(level: int) -> Callable[..., None]:
    """A method by which a line says where gunicorn said it, and not which of its methods wrote it."""

    def says(self: Server, msg: object, *args: object, **more: Any) -> None:
        self.error_log.log(level, msg, *args, stacklevel=2, **more)

    return says


class Server(Logger):  # type: ignore[misc]
    """The log of gunicorn, and with it everything else in the process: one handler, one form."""

    critical, error, warning = of_the_caller(logging.CRITICAL), of_the_caller(logging.ERROR), of_the_caller(logging.WARNING)

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        write_lines(self.loglevel)
        for log in (self.error_log, self.access_log):
            log.handlers, log.propagate = [], True


def write_lines(level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    REQUESTS.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # At each start it tells what it consists of.
    logging.captureWarnings(True)
    threading.excepthook = lambda told: ended(told.exc_value)


def ended(problem: BaseException | None) -> None:
    """A thread or a greenlet in which nobody caught an exception: Python and gevent would print it with all it says."""
    logging.getLogger("motorkap").critical("a thread ended", exc_info=problem)
