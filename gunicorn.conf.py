"""How the server runs: one process with gevent, so that a stream costs little. SQLite wants one process; where there are more (PostgreSQL and
Redis, see docs/operations.md) each is started like this, on a port of its own."""

import gc
import os
import signal

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gevent"
workers = 1
worker_connections = 20_000
graceful_timeout = 3
keepalive = 75
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "info")
logger_class = "blueprints.logs.Server"


def post_worker_init(worker):
    from gevent import get_hub

    from blueprints import fanout_service, figures_counting, logs, push_service
    from store import epoch, heard, retention

    get_hub().print_exception = lambda context, kind, problem, stack: logs.ended(problem)
    with worker.wsgi.app_context():
        epoch.server_starts()
        retention.keep_purged()
    worker.access_log = heard.keep_writing(worker.wsgi)
    worker.stop_push = push_service.start(worker.wsgi)
    worker.stop_counting = figures_counting.start(worker.wsgi)
    worker.stop_fanout = fanout_service.start(worker.wsgi)
    end_streams_first(worker.wsgi.extensions["hub"])
    look_through_seldom()


def look_through_seldom():
    """Python looks through all objects for those that only hold each other; with 5,000 streams that stands still for 150 ms and more, several
    times while they come in. What a call leaves behind is young and few (eight objects), and looking through the young is quick.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 1_000)


def end_streams_first(hub):
    """When the server is told to stop, its streams end at once: a phone then knows, and comes back by itself."""

    def first(handler):
        def handle(number, frame):
            hub.close()
            handler(number, frame)

        return handle

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        handler = signal.getsignal(number)
        if callable(handler):
            signal.signal(number, first(handler))


def worker_exit(server, worker):
    from store import epoch, heard

    if getattr(worker, "wsgi", None):
        if stop := getattr(worker, "access_log", None):
            stop.set()
        for stops in ("stop_push", "stop_counting", "stop_fanout"):
            if stop := getattr(worker, stops, None):
                stop()
        with worker.wsgi.app_context():
            heard.heard().write()
            epoch.server_stops()
