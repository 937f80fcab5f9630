"""Which lines of requirements.lock the server needs to run, without what is only for testing and checking it. On stdout, for pip.

    python deploy/libraries.py | pip install --no-deps --require-hashes --requirement /dev/stdin

The lock says of every library on whose account it is there ("via"): what pyproject.toml asks for to run, and what that asks for, and so on.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = "motorkap (pyproject.toml)"


def name_of(text: str) -> str:
    """As libraries are compared (PEP 503), without version or extras."""
    found = re.match(r"[A-Za-z0-9._-]+", text)
    assert found, text
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def locked(lock: str) -> dict[str, tuple[str, set[str]]]:
    """Of every library in the lock its lines, and on whose account it is there."""
    found = {}
    for part in re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock):
        if re.match(r"[A-Za-z0-9]", part):
            lines = [line for line in part.splitlines() if not line.lstrip().startswith("#")]
            via = re.findall(r"^ +#(?: via)? +(?!via)(\S.*)$", part, re.MULTILINE)
            found[name_of(part)] = ("\n".join(lines), set(via))
    return found


def needed(lock: str, asked: list[str]) -> dict[str, str]:
    """The lines of these, and of what they need."""
    every, wanted = locked(lock), {name_of(one) for one in asked}
    while more := {name for name, (_, via) in every.items() if name not in wanted and {name_of(one) for one in via - {PROJECT}} & wanted}:
        wanted |= more
    return {name: every[name][0] for name in sorted(wanted)}


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print("\n".join(needed((ROOT / "requirements.lock").read_text("utf-8"), project["dependencies"]).values()))
