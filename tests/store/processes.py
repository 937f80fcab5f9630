"""Processes of Motorkap beside each other on one database, that do the same at the same moment: `python -m tests.store.processes`, a line of JSON for
each thing to do on stdin, a line of JSON with what came of it on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from live import push
from store import anchors, closed_cards, demo, epoch, holds, log, people, push_out, retention, summaries
from store.models import db

ROOT = Path(__file__).parents[2]
SECRET = b"a secret of the tests"
TIMEOUT_S = 120


def writes(app: Flask, who: str, lists: list[list[dict[str, Any]]], now_ms: int) -> dict[str, Any]:
    """Each of these lists in a thread of its own, an entry a call. Which number each entry got, what was refused, and the epochs that were named."""
    with app.app_context():
        viewer = people.viewer_of(who, "0badcafe")
    assert viewer

    def one(entries: list[dict[str, Any]]) -> list[Any]:
        with app.app_context():
            done = [log.hand_in(viewer, [entry], now_ms, SECRET) for entry in entries]
            db.session.remove()
            return done

    with ThreadPoolExecutor(len(lists)) as pool:
        done = [handed for thread in pool.map(one, lists) for handed in thread]
    return {
        "accepted": [pair for handed in done for pair in handed.accepted.items()],
        "rejected": [name for handed in done for name in handed.rejected],
        "epochs": sorted({handed.epoch for handed in done}),
    }


def hands_in(app: Flask, who: str, batches: list[list[dict[str, Any]]], now_ms: int) -> dict[str, Any]:
    """These batches, one after another: the number of each entry, by batch."""
    with app.app_context():
        viewer = people.viewer_of(who, "0badcafe")
        assert viewer
        return {"accepted": [log.hand_in(viewer, batch, now_ms, SECRET).accepted for batch in batches]}


def takes(app: Flask, now_ms: int) -> dict[str, Any]:
    """All that is due to be pushed, a few at a time, as a sender does."""
    taken: list[int] = []
    with app.app_context():
        while some := push_out.take(now_ms, 3):
            taken += [one.id for one in some]
            for one in some:
                push_out.done(one.id, "sent", now_ms)
    return {"taken": taken}


def upkeep(app: Flask, now_ms: int) -> dict[str, Any]:
    """Every job that a server, or whoever runs it, does by the clock."""
    jobs: dict[str, Callable[[], Any]] = {
        "demo": lambda: demo.make(lambda _: "no password", now_ms),
        "guide": lambda: demo.make_guide(now_ms),
        "decide": lambda: push.decide("a key", now_ms),
        "tidy": lambda: push_out.tidy(now_ms + 30 * 24 * 3600 * 1000),
        "figures": summaries.rebuild,
        "count": summaries.catch_up,
        "closed": closed_cards.rebuild,
        "purge": lambda: [one.card for one in retention.purge(now_ms)],
        "keep purged": lambda: retention.keep_purged(now_ms),
        "holds": lambda: holds.keep([]),
        "anchor": lambda: anchors.write(now_ms, anew=True),
        "epoch": epoch.epoch,
    }
    with app.app_context():
        return {name: job() for name, job in jobs.items()}


DOES: dict[str, Callable[..., dict[str, Any]]] = {"writes": writes, "hands_in": hands_in, "takes": takes, "upkeep": upkeep}


def main() -> None:
    app = create_app({"SECRET_KEY": SECRET.decode(), "SQLALCHEMY_DATABASE_URI": os.environ["CARDS"]})
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        time.sleep(max(0.0, asked["at"] - time.time()))
        print(json.dumps(DOES[asked["does"]](app, **asked["told"])), flush=True)


class Process:
    def __init__(self, url: str, folder: Path) -> None:
        environment = os.environ | {"CARDS": url, "DATA": str(folder)}
        command = [sys.executable, "-m", "tests.store.processes"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self) -> Any:
        assert self.process.stdout
        alarm = threading.Timer(TIMEOUT_S, self.process.kill)
        alarm.start()
        line = self.process.stdout.readline()
        alarm.cancel()
        assert line, "the process ended, or took too long"
        return json.loads(line)

    def ask(self, asked: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()


class Beside:
    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes

    def do(self, does: str, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same thing in each process at the same moment, each as it is told."""
        at = time.time() + 0.2
        for process, one in zip(self.processes, told, strict=True):
            process.ask({"does": does, "told": one, "at": at})
        return [process.answer() for process in self.processes]


@contextmanager
def beside(url: str, folder: Path, many: int) -> Iterator[Beside]:
    processes = [Process(url, folder) for _ in range(many)]
    try:
        assert [process.answer() for process in processes] == ["ready"] * many
        yield Beside(processes)
    finally:
        for process in processes:
            process.process.kill()
            process.process.wait()



if __name__ == "__main__":
    main()
