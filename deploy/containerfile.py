"""The steps of deploy/Containerfile as data: for the rehearsal (rehearse.py) and the tests, which have no container engine."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).parent / "Containerfile"


@dataclass
class Stage:
    image: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for said, rest in self.steps if said == word]

    def copies(self) -> list[tuple[str, list[str], str]]:
        """(from which stage, or none), what, and whereto."""
        found = []
        for rest in self.all("COPY"):
            words = shlex.split(rest)
            source = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else ""
            found.append((source, words[:-1], words[-1]))
        return found


def stages() -> list[Stage]:
    found: list[Stage] = []
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", "").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            found.append(Stage(image, name))
        else:
            found[-1].steps.append((word, rest.strip()))
    return found
