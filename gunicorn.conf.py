"""How the server runs: one process with gevent, so that a stream costs little. SQLite wants one process; where there are more (PostgreSQL and
Redis, see docs/operations.md) each is started like this, on a port of its own."""

import gc
import os
import resource
import time

from blueprints import ending

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "blueprints.ending.Worker"
workers = 1
worker_connections = 20_000
graceful_timeout = ending.LONGEST_IN_ALL_S
keepalive = 75
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "info")
logger_class = "blueprints.logs.Server"


def open_as_many_files_as_it_may():
    """A stream is an open file, and what starts a server (a shell, a container engine) often gives it 1,024 at first and many more if it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    may = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < may:
        resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))


FILES = 65_536
open_as_many_files_as_it_may()


def post_fork(server, worker):
    gc.disable()  # until it has started: what it imports stays, and to look through that again and again is a quarter of the start


def post_worker_init(worker):
    from gevent import get_hub

    from blueprints import fanout_service, figures_counting, logs, push_service
    from live import history
    from store import access_place, epoch, heard, retention, schema

    schema.known()  # reads files, which the first question whether it is ready should not wait for
    get_hub().print_exception = lambda context, kind, problem, stack: logs.ended(problem)
    with worker.wsgi.app_context():
        access_place.look()
        epoch.server_starts()
        retention.keep_purged(worker.wsgi.config["NOW"]())
    worker.write_rest = heard.keep_writing(worker.wsgi)
    worker.stops = [job.start(worker.wsgi) for job in (push_service, figures_counting, fanout_service, history)]
    look_through_seldom()


def look_through_seldom():
    """Python looks through all objects for those that only hold each other; with 5,000 streams that stands still for 150 ms and more, several
    times while they come in. What a call leaves behind is young and few (eight objects), and looking through the young is quick.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 1_000)
    gc.enable()


def worker_exit(server, worker):
    from store import epoch

    if getattr(worker, "wsgi", None):
        for stop in getattr(worker, "stops", ()):
            stop()
        if write_rest := getattr(worker, "write_rest", None):
            write_rest()
        with worker.wsgi.app_context():
            epoch.server_stops()


SILENCE_S = float(os.environ.get("SILENCE_S", "60"))
"""How long somebody who sends something may be silent in the middle of it. A head that never ends gunicorn drops by itself, after `keepalive`."""
BODY_S = float(os.environ.get("BODY_S", "120"))
"""How long all of it may take, for who sends a byte at a time. What stands in front bounds it as well, but Caddy 2.6 over HTTP/1.1 alone."""


def pre_request(worker, req):
    if req.method in ("POST", "PUT", "PATCH"):
        unreader, until = req.unreader, time.monotonic() + BODY_S
        read = unreader.chunk

        def in_time(*sizes):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            unreader.sock.settimeout(min(SILENCE_S, left))
            return read(*sizes)

        unreader.chunk = in_time


def post_request(worker, req, environ, resp):
    vars(req.unreader).pop("chunk", None)  # the next call over this connection has its own time
    req.unreader.sock.settimeout(None)
