"""How the server runs: one process with gevent, so that a stream costs little. SQLite wants one process; more of them need PostgreSQL and Redis."""

import os
import signal

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gevent"
workers = 1
worker_connections = 20_000
graceful_timeout = 3
keepalive = 75
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "warning")


def post_worker_init(worker):
    """When the server is told to stop, its streams end at once: a phone then knows, and comes back by itself."""
    hub = worker.wsgi.extensions["hub"]

    def ends_streams_first(handler):
        def handle(number, frame):
            hub.close()
            handler(number, frame)

        return handle

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        handler = signal.getsignal(number)
        if callable(handler):
            signal.signal(number, ends_streams_first(handler))
