"""A phone without a browser whose worker is the real one, as it was built: of this version or of a released one (headless.mjs)."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from store import demo

ROOT = Path(__file__).parents[2]
TODAY = ROOT / "static/build/worker.js"


@cache
def program() -> Path:
    """The harness with the libraries it needs, in one file."""
    bundle = Path(mkdtemp(prefix="motorkap-headless-")) / "headless.mjs"
    subprocess.run(["node", "scripts/bundle.mjs", str(Path(__file__).with_suffix(".mjs")), str(bundle)], cwd=ROOT, check=True)
    return bundle


class Headless:
    def __init__(self, base: str, account: str, worker: Path) -> None:
        self.account = account
        command = ["node", str(program()), base]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        status, self.me = self._sign_in()
        assert status == 303
        self.begin(worker)
        self.share()

    def __enter__(self) -> Headless:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def tell(self, does: str, **facts: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"does": does, **facts}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        answer = json.loads(line)
        assert "problem" not in answer, answer["problem"]
        return answer["said"]

    def _sign_in(self) -> tuple[int, dict[str, Any]]:
        said = self.tell("signIn", email=self.account, password=demo.PASSWORD)
        return said["status"], said["me"]

    def begin(self, worker: Path) -> None:
        """This worker from now on: on a new phone, after the browser ended the one before, or because a new version came."""
        self.tell("begin", script=str(worker))

    def open_card(self) -> str:
        fields = {"context": "police_asks", "situation": "crisis_assessment", "place": "Kruispunt"}
        answer = self.tell("ask", method="POST", path="/cards", fields=fields)
        return str(answer["to"].rpartition("/")[2])

    def write(self, card: str, kind: str, **fields: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.tell("ask", method="POST", path=f"/cards/{card}/entries", fields={"kind": kind, **fields})
        return answer

    def page(self, path: str) -> str:
        answer = self.tell("ask", method="GET", path=path, fields=None)
        assert answer["status"] == 200, (path, answer["status"])
        return str(answer["text"])

    def wire(self, state: str) -> None:
        self.tell("wire", state=state)

    def share(self) -> str | None:
        """Why not all is shared; None when it is."""
        why: str | None = self.tell("share")["why"]
        return why

    def unsent(self) -> int:
        return int(self.tell("counts")["unsent"])

    def seen(self) -> dict[str, Any]:
        """What went over /sync: `written`, `accepted`, `rejected`, `entries`."""
        said: dict[str, Any] = self.tell("seen")
        return said
