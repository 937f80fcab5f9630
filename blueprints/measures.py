"""Measures: what this process counts of itself, for Prometheus. Counts and times, and nothing in a label that names a card, a person or an
organisation: labels are rules of routes, codes and outcomes, of which the code has a fixed number.

What can be looked up when it is asked for (streams, the push queue) is: nothing is counted for it while somebody waits. Each process has its own
numbers and is asked by itself.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, Response, current_app, g, request
from gevent import Timeout
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from blueprints import logs
from card.entry import Rejected
from live.push import Answer, outcome_of
from store import access_log, heard, push_queue

SYNC = "sync.sync"
SYNC_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PATIENCE_S = 2.0

disable_created_metrics()


class Measures:
    def __init__(self, app: Flask) -> None:
        self.registry = CollectorRegistry()
        here = {"registry": self.registry}
        self.requests = Counter("motorkap_requests", "Requests answered, by rule of the route.", ["method", "route", "status"], **here)
        self.sync_s = Histogram("motorkap_sync_seconds", "How long POST /sync took in the app.", buckets=SYNC_S, **here)
        self.accepted = Counter("motorkap_entries_accepted", "Entries that were acknowledged to who handed them in.", **here)
        self.rejected = Counter("motorkap_entries_rejected", "Entries that were refused, by code.", ["code"], **here)
        self.pushed = Counter("motorkap_push", "Tries to hand a notice to a push service, by what became of it.", ["outcome"], **here)
        Info("motorkap_build", "Which version runs.", **here).info({"version": version(), "build": app.config["BUILD"]})
        self.registry.register(Standing(app))
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._counted: dict[tuple[str, str, int], Counter] = {}

    def answered(self, method: str, route: str, status: int) -> None:
        """What counts these is kept: to look it up in the library costs more than to count, and every call pays for it."""
        which = (method, route, status)
        counter = self._counted.get(which)
        if counter is None:
            counter = self._counted[which] = self.requests.labels(*which)
        counter.inc()

    def handed_in(self, accepted: int, refused: Iterable[Rejected]) -> None:
        self.accepted.inc(accepted)
        for one in refused:
            self.rejected.labels(one.code).inc()

    def sending(self, send: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
        """What sends a notice, counted."""

        def counted(what: Any) -> Answer:
            answer = send(what)
            self.pushed.labels(outcome_of(answer.status)).inc()
            return answer

        return counted


class Standing(Collector):
    """What is looked up when it is asked for, inside a request."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> Iterator[Metric]:
        yield gauge("motorkap_streams", "Streams (GET /live) that are open.", self.app.extensions["hub"].count())
        yield gauge("motorkap_live_degraded", "1 while this process does not hear of what others write.", is_degraded(self.app))
        yield CounterMetricFamily("motorkap_access_lines_lost", "Lines of streams that the access log does not have.", value=heard.heard().lost)
        found = self._queue()
        yield gauge("motorkap_database_answers", "Whether the database answered while this was made.", found is not None)
        yield gauge("motorkap_access_log_answers", "Whether the access log answered while this was made.", self._access_log_answers())
        if found is not None:
            yield gauge("motorkap_push_waiting", "Notices that wait to be sent, of all processes.", found.waiting)
            yield gauge("motorkap_push_late_seconds", "How long the first notice that is due has been due.", found.late_ms / 1000)

    def _access_log_answers(self) -> bool:
        try:
            with Timeout(PATIENCE_S):
                access_log.answers()
                return True
        except (SQLAlchemyError, Timeout):
            return False

    def _queue(self) -> push_queue.Queue | None:
        try:
            with Timeout(PATIENCE_S):
                return push_queue.queue(self.app.config["NOW"]())
        except (SQLAlchemyError, Timeout):
            return None


def version() -> str:
    """As pyproject.toml has it: a container holds these files and installs nothing of them."""
    told = tomllib.loads((logs.ROOT / "pyproject.toml").read_text("utf-8"))
    return str(told["project"]["version"])


def gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=float(value))


def is_degraded(app: Flask) -> bool:
    """Whether what other processes write reaches the streams of this one late. One process alone hears everything."""
    return bool(getattr(app.extensions.get("fanout"), "degraded", False))


def measures() -> Measures:
    found: Measures = current_app.extensions["measures"]
    return found


def prepare(app: Flask) -> None:
    found = app.extensions["measures"] = Measures(app)

    @app.after_request
    def answered(answer: Response) -> Response:
        found.answered(logs.method(), request.url_rule.rule if request.url_rule else "", answer.status_code)
        if request.endpoint == SYNC and "began" in g:
            found.sync_s.observe(time.perf_counter() - g.began)
        return answer
