"""What the process that serves weighs: memory, file handles, threads (Linux)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.faults.night import Night


@dataclass(frozen=True)
class Weight:
    memory_kib: int
    handles: int
    threads: int


def weight(night: Night) -> Weight:
    of = Path(f"/proc/{night.worker}")
    status = dict(line.split(":", 1) for line in (of / "status").read_text().splitlines())
    return Weight(int(status["VmRSS"].split()[0]), len(list((of / "fd").iterdir())), int(status["Threads"]))
