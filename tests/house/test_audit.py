"""`make check` fails on a known weakness, and only on that or on a fault of ours: a service that does not answer stops nobody's work."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from scripts import audit

FOUND = "Found 1 known vulnerability in 1 package\nName Version ID Fix Versions\njinja2 2.4.1 PYSEC-2019-217 2.10.1\n"
NO_NAME = "Traceback (most recent call last):\n  File ...\nrequests.exceptions.ConnectionError: Failed to resolve the name\n"
REFUSES = "Traceback (most recent call last):\n  File ...\npip_audit._service.interface.ServiceError\n"
TOO_SLOW = "ERROR:pip_audit._cli:Could not connect to OSV's vulnerability feed\nERROR:pip_audit._cli:Tip: your network may be blocking it.\n"
BAD_LOCK = "ERROR:pip_audit._cli:requirement jinja2 does not contain a hash\n"


def ended(code: int, out: str = "", err: str = "") -> Any:
    return lambda *asked, **told: subprocess.CompletedProcess(asked, code, out, err)


def test_a_known_weakness_fails_and_is_named() -> None:
    said, code = audit.audit(ended(1, FOUND, "Found 1 known vulnerability in 1 package\n"))
    assert code == 1
    assert "PYSEC-2019-217" in said


@pytest.mark.parametrize("error", [NO_NAME, REFUSES, TOO_SLOW])
def test_a_service_that_does_not_answer_is_said_in_one_line(error: str) -> None:
    assert audit.audit(ended(1, "", error)) == ("pip-audit: not audited, the advisory service does not answer", 0)


def test_a_service_that_keeps_us_waiting_is_not_waited_for() -> None:
    def waits(*asked: Any, timeout: float, **told: Any) -> Any:
        raise subprocess.TimeoutExpired("pip-audit", timeout)

    assert audit.audit(waits) == ("pip-audit: not audited, the advisory service does not answer", 0)


def test_a_lock_that_cannot_be_read_is_a_fault_of_ours() -> None:
    assert audit.audit(ended(1, "", BAD_LOCK))[1] == 1


def test_nothing_found_is_said_too() -> None:
    assert audit.audit(ended(0)) == ("pip-audit: no known weakness in requirements.lock", 0)
