"""The fold's figures: a card of 10 to 10,000 entries, in Python and in JavaScript. The best of several runs: the machine is noisy."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.client import new_id
from bench.table import Figure
from card.fold import fold

SIZES = (10, 100, 1_000, 10_000)
RUNS = 7


def log(length: int) -> list[dict[str, Any]]:
    """A card as it grows in practice: mostly observations, with judgements of risk that replace each other, and people who come."""
    card, last_risk = new_id(), []
    entries = [made(card, 0, "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})]
    for turn in range(1, length):
        if turn % 5 == 0:
            entry = made(card, turn, "risk.assessed", {"for": "client", "level": "middle", "acute": False}, last_risk)
            last_risk = [entry["id"]]
        elif turn % 7 == 0:
            entry = made(card, turn, "presence.arrived", {"person": f"Collega {turn % 9}", "position": "in_sight"})
        else:
            entry = made(card, turn, "observation.noted", {"does": f"Loopt heen en weer, {turn}", "says": "Laat me met rust"})
        entries.append(entry)
    return entries


def made(card: str, turn: int, kind: str, body: dict[str, Any], supersedes: list[str] | None = None) -> dict[str, Any]:
    at = f"{1_790_000_000_000 + turn * 1000:013d}-0000-7f3a9c21"
    return {
        "id": new_id(), "card": card, "kind": kind, "at": at, "by": "p", "org": "noord", "device": "7f3a9c21", "audience": "all",
        "supersedes": supersedes or [], "body": body, "seq": turn + 1,
    }  # fmt: skip


JAVASCRIPT = """
import { fold } from "%s";
const times = {};
for (const [size, log] of Object.entries(JSON.parse(require("fs").readFileSync(0, "utf8")))) {
  const runs = [];
  for (let run = 0; run < %d; run++) { const begin = performance.now(); fold(log); runs.push(performance.now() - begin); }
  times[size] = Math.min(...runs);
}
console.log(JSON.stringify(times));
"""


def figures() -> list[Figure]:
    logs = {size: log(size) for size in SIZES}
    python = {size: min(timed(entries) for _ in range(RUNS)) for size, entries in logs.items()}
    javascript = in_javascript(logs)
    return [
        figure
        for size in SIZES
        for figure in (
            Figure(f"fold of {size:,} entries, Python", python[size]),
            Figure(f"fold of {size:,} entries, JavaScript (Node)", javascript[str(size)]),
        )
    ]


def timed(entries: list[dict[str, Any]]) -> float:
    begin = time.perf_counter()
    fold(entries)  # type: ignore[arg-type]
    return 1000 * (time.perf_counter() - begin)


def in_javascript(logs: dict[int, Any]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=".make") as folder:
        source, bundle = Path(folder) / "fold.mjs", Path(folder) / "fold.bundle.cjs"
        source.write_text(JAVASCRIPT % (Path("static/card/fold.js").absolute(), RUNS))
        subprocess.run(
            ["npx", "esbuild", str(source), "--bundle", "--platform=node", "--format=cjs", f"--outfile={bundle}", "--log-level=error"], check=True
        )
        told = subprocess.run(["node", str(bundle)], input=json.dumps(logs), capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(told.stdout)
    return times
