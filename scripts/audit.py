"""Whether a library of requirements.lock has a known weakness: pip-audit asks the OSV advisories.

A weakness fails `make check`. That the advisories cannot be reached is no fault of the code: it is said in one line, and the check goes on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
COMMAND = [str(PIP_AUDIT), "--vulnerability-service", "osv", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip"]
QUIETLY = ["--progress-spinner", "off", "--timeout", "5"]
AT_MOST_S = 90
NOT_AUDITED = "pip-audit: not audited, the advisory service does not answer"
# What pip-audit ends with when the service is not there: errors of `requests`, or its own word for one. Anything else is a fault of ours.
NO_ANSWER = re.compile(r"^(requests\.exceptions\.\w+|pip_audit\.\S*ServiceError|ERROR:\S*:Could not connect to )", re.M)


def audit(run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run) -> tuple[str, int]:
    """What there is to say, and how the check ends."""
    try:
        done = run([*COMMAND, *QUIETLY], cwd=ROOT, capture_output=True, text=True, timeout=AT_MOST_S)
    except subprocess.TimeoutExpired:
        return NOT_AUDITED, 0
    if done.returncode == 0:
        return "pip-audit: no known weakness in requirements.lock", 0
    if NO_ANSWER.search(done.stderr):
        return NOT_AUDITED, 0
    return f"pip-audit: failed\n{done.stdout}{done.stderr}", 1


if __name__ == "__main__":
    said, code = audit()
    print(said)
    sys.exit(code)
