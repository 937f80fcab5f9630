"""Whether a library that is locked has a known weakness: pip-audit asks the OSV advisories about Python, npm those of its registry about JavaScript.

A weakness fails `make check`, and so does an answer that cannot be read or says nothing of a library that is locked: an exit code alone says as
little as no answer. That nobody answers is no fault of the code: it is said in one line, with how many libraries nobody asked about, and the check
goes on.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
AT_MOST_S = 90
PIP_AUDIT = [
    *(str(BIN / "pip-audit"), "--vulnerability-service", "osv", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip"),
    *("--progress-spinner", "off", "--timeout", "5", "--format", "json"),
]
NPM_AUDIT = [str(BIN / "npm"), "audit", "--package-lock-only", "--json"]
# What both end with when the service is not there or refuses to be one: errors of `requests`, pip-audit's own words, codes of Node, a status of HTTP.
NO_ANSWER = re.compile(
    r"^(requests\.exceptions\.\w+|pip_audit\.\S*ServiceError|ERROR:\S*:Could not connect to )"
    r"|\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b|audit endpoint returned an error",
    re.M,
)

Said = tuple[str, int]
Run = Callable[..., subprocess.CompletedProcess[str]]


class Unreadable(ValueError):
    """An answer that does not say what was asked."""


def python(run: Run = subprocess.run) -> Said:
    """What there is to say of requirements.lock, and how the check ends."""
    return audited("pip-audit", PIP_AUDIT, "requirements.lock", locked_python(), of_pip, run)


def javascript(run: Run = subprocess.run) -> Said:
    """The same of package-lock.json."""
    return audited("npm audit", NPM_AUDIT, "package-lock.json", locked_javascript(), of_npm, run)


def audited(name: str, command: list[str], lock: str, wanted: set[str], read: Callable[[Any, set[str]], tuple[int, list[str]]], run: Run) -> Said:
    not_audited = f"{name}: NOT AUDITED: {len(wanted)} libraries of {lock}, the advisory service does not answer", 0
    try:
        done = run(command, cwd=ROOT, capture_output=True, text=True, timeout=AT_MOST_S)
    except subprocess.TimeoutExpired:
        return not_audited
    try:
        counted, weak = read(json.loads(done.stdout), wanted)
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        if done.returncode and NO_ANSWER.search(done.stderr):
            return not_audited
        return f"{name}: its answer about {lock} cannot be read ({type(why).__name__}: {why})\n{done.stdout[:2000]}{done.stderr}", 1
    if weak:
        return "\n".join([f"{name}: {len(weak)} of {counted} libraries of {lock} have a known weakness", *weak]), 1
    if done.returncode:
        return f"{name}: failed\n{done.stderr}", 1
    return f"{name}: {counted} libraries of {lock}, no known weakness", 0


def of_pip(told: Any, wanted: set[str]) -> tuple[int, list[str]]:
    """How many libraries were looked at, and a line for each that is weak."""
    looked = {plain(one["name"]): one for one in told["dependencies"] if "skip_reason" not in one}
    if missing := sorted(wanted - looked.keys()):
        raise Unreadable(f"nothing about {', '.join(missing)}")
    weak = {f"{one['name']} {one['version']}": one["vulns"] for one in looked.values() if one["vulns"]}
    return len(looked), [f"  {name}: {', '.join(hole['id'] for hole in holes)}" for name, holes in weak.items()]


def of_npm(told: Any, wanted: set[str]) -> tuple[int, list[str]]:
    """npm names only what is weak; of the rest it says how many there are."""
    counted, weak = told["metadata"]["dependencies"]["total"], told["vulnerabilities"]
    if not isinstance(counted, int) or counted < len(named_javascript()):
        raise Unreadable(f"{counted} libraries where {len(wanted)} are locked")
    return counted, [f"  {name}: {one['severity']}" for name, one in weak.items()]


def locked_python() -> set[str]:
    """What is installed everywhere. A line with a condition (`; sys_platform == …`) may be left out."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return {plain(line.partition("==")[0].partition("[")[0]) for line in lines if re.match(r"[A-Za-z0-9].*==", line) and ";" not in line}


def plain(name: str) -> str:
    """A name as packages are compared by (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def locked_javascript() -> set[str]:
    return {name for name in json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"] if name}


def named_javascript() -> set[str]:
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))
    return {*asked["dependencies"], *asked["devDependencies"]}


if __name__ == "__main__":
    results = [python(), javascript()]
    print("\n".join(said for said, _ in results))
    sys.exit(max(code for _, code in results))
