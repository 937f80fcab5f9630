"""Rehearse: the steps of deploy/Containerfile in a plain folder, with nothing but what it copies; then the server starts there and is asked.

    python -m deploy.rehearse [FOLDER]

For machines without a container engine (with root on Debian: `make image`). It needs Python, Node and a way to their packages. What belongs to the
image itself (Debian's packages, the user) is left out, and said.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from deploy.containerfile import Stage, stages

ROOT = Path(__file__).parent.parent
OF_THE_IMAGE = ("apt-get", "useradd")
ASKED = ("/healthz", "/readyz", "/login", "/worker.js", "/static/build/page.js", "/static/vendor/htmx.min.js", "/metrics")


class Rehearsal:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(folder))} | {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "NPM_", "npm_", "SSL_"))
        }

    def path(self, stage: str, inside: str) -> Path:
        """Where something of the container is here. The libraries know where they are, so they have one place for all stages."""
        return self.folder / inside.lstrip("/") if inside.startswith(("/venv", "/data")) else self.folder / (stage or "app") / inside.lstrip("/")

    def here(self, stage: str, text: str) -> str:
        return re.sub(r"(?<![\w./])/(?:venv|data)(?=[/:\s]|$)", lambda found: str(self.path(stage, found.group())), text)

    def stage(self, stage: Stage) -> Path:
        place = self.path(stage.name, "/")
        for word, rest in stage.steps:
            if word == "WORKDIR":
                place = self.path(stage.name, rest)
                place.mkdir(parents=True, exist_ok=True)
            elif word == "ENV":
                self.say(self.here(stage.name, rest))
            elif word == "COPY":
                self.copy(stage, place, rest)
            elif word == "RUN":
                self.run(stage, place, rest)
        return place

    def say(self, rest: str) -> None:
        for one in rest.split():
            name, _, value = one.partition("=")
            self.environment[name] = value.strip('"').replace("$PATH", self.environment["PATH"]).replace("$BUILD", "rehearsed")

    def copy(self, stage: Stage, place: Path, rest: str) -> None:
        source, things, target = next(one for one in Stage("", "", [("COPY", rest)]).copies())
        for thing in things:
            origin = self.path(source, thing) if source else ROOT / thing
            goal = self.path(stage.name, target) if target.startswith("/") else place / target
            goal = goal / origin.name if target.endswith("/") else goal
            if origin == goal:
                continue
            goal.parent.mkdir(parents=True, exist_ok=True)
            leaves_out = shutil.ignore_patterns("__pycache__", *(() if source else ("build", "vendor")))
            shutil.copytree(origin, goal, dirs_exist_ok=True, ignore=leaves_out) if origin.is_dir() else shutil.copy(origin, goal)

    def run(self, stage: Stage, place: Path, command: str) -> None:
        if command.startswith(OF_THE_IMAGE):
            print(f"left out   {command[:90]}")
            return
        print(f"{stage.name or 'server':<10} {command}", flush=True)
        subprocess.run(["sh", "-euc", self.here(stage.name, command)], cwd=place, env=self.environment, check=True)

    def serve(self, place: Path, command: list[str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = self.environment | {"PORT": str(port), "BIND": "127.0.0.1"}
        subprocess.run(["flask", "--app", "app", "db", "upgrade"], cwd=place, env=environment, check=True, capture_output=True)
        served = subprocess.Popen(command, cwd=place, env=environment, stderr=subprocess.DEVNULL)
        try:
            for path in ASKED:
                print(f"asked      {path}: {ask(port, path)}")
        finally:
            began = time.monotonic()
            served.send_signal(signal.SIGTERM)
            print(f"stopped    with {served.wait(30)} after {time.monotonic() - began:.1f} s")


def ask(port: int, path: str, patience_s: float = 30) -> str:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return f"{answer.status}, {len(answer.read())} bytes"
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main(folder: Path) -> None:
    rehearsal = Rehearsal(folder)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for stage in stages():
        place = rehearsal.stage(stage)
    rehearsal.serve(place, json.loads(stages()[-1].all("CMD")[-1]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).absolute())
    else:
        with tempfile.TemporaryDirectory(prefix="motorkap-rehearsal-") as made:
            main(Path(made))
