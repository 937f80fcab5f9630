"""`make check` fails on a known weakness, on an answer that says less than was asked, and on a fault of ours. A service that does not answer stops
nobody's work: that nobody was asked is said, with how many libraries that are.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from scripts import audit

PYTHON, JAVASCRIPT = audit.locked_python(), audit.locked_javascript()
GOOD_PYTHON = {"dependencies": [{"name": name, "version": "1", "vulns": []} for name in PYTHON], "fixes": []}
GOOD_JAVASCRIPT = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"vulnerabilities": {}, "dependencies": {"total": len(JAVASCRIPT)}}}
NO_NAME = "Traceback (most recent call last):\n  File ...\nrequests.exceptions.ConnectionError: Failed to resolve the name\n"
REFUSES = "Traceback (most recent call last):\n  File ...\npip_audit._service.interface.ServiceError\n"
TOO_SLOW = "ERROR:pip_audit._cli:Could not connect to OSV's vulnerability feed\nERROR:pip_audit._cli:Tip: your network may be blocking it.\n"
BAD_LOCK = "ERROR:pip_audit._cli:requirement jinja2 does not contain a hash\n"
NO_HOST = "npm error code ENOTFOUND\nnpm error network request failed\n"
NO_AUDIT = "npm warn audit 405 Method Not Allowed\nnpm error audit endpoint returned an error\n"
BAD_JSON = "npm error code EJSONPARSE\nnpm error package.json must be actual JSON\n"
NOT_PYTHON = (f"pip-audit: NOT AUDITED: {len(PYTHON)} libraries of requirements.lock, the advisory service does not answer", 0)
NOT_JAVASCRIPT = (f"npm audit: NOT AUDITED: {len(JAVASCRIPT)} libraries of package-lock.json, the advisory service does not answer", 0)


def ended(code: int, out: object = "", err: str = "") -> Any:
    return lambda *asked, **told: subprocess.CompletedProcess(asked, code, out if isinstance(out, str) else json.dumps(out), err)


def waits(*asked: Any, timeout: float, **told: Any) -> Any:
    raise subprocess.TimeoutExpired("audit", timeout)


def test_nothing_found_is_said_with_how_many_were_looked_at() -> None:
    assert len(PYTHON) > 80
    assert audit.python(ended(0, GOOD_PYTHON)) == (f"pip-audit: {len(PYTHON)} libraries of requirements.lock, no known weakness", 0)
    assert audit.javascript(ended(0, GOOD_JAVASCRIPT)) == (f"npm audit: {len(JAVASCRIPT)} libraries of package-lock.json, no known weakness", 0)


@pytest.mark.parametrize("code", [0, 1])
def test_a_known_weakness_fails_and_is_named_whatever_the_exit_code(code: int) -> None:
    weak = {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-2019-217"}]}
    others = [one for one in GOOD_PYTHON["dependencies"] if one["name"] != "jinja2"]
    said, ends = audit.python(ended(code, {"dependencies": [weak, *others]}))
    assert ends == 1
    assert "jinja2 2.4.1: PYSEC-2019-217" in said
    said, ends = audit.javascript(ended(code, {**GOOD_JAVASCRIPT, "vulnerabilities": {"idb": {"severity": "high"}}}))
    assert ends == 1
    assert "idb: high" in said


@pytest.mark.parametrize("error", [NO_NAME, REFUSES, TOO_SLOW])
def test_a_service_that_does_not_answer_is_said_in_one_line(error: str) -> None:
    assert audit.python(ended(1, "", error)) == NOT_PYTHON


@pytest.mark.parametrize("error", [NO_HOST, NO_AUDIT])
def test_a_registry_that_does_not_answer_is_said_in_one_line(error: str) -> None:
    assert audit.javascript(ended(1, {"message": "no", "error": {}}, error)) == NOT_JAVASCRIPT


def test_a_service_that_keeps_us_waiting_is_not_waited_for() -> None:
    assert (audit.python(waits), audit.javascript(waits)) == (NOT_PYTHON, NOT_JAVASCRIPT)


@pytest.mark.parametrize(
    "said", ["", "all is well", "[]", "{}", '{"dependencies": []}', '{"dependencies": [{"name": "flask"}]}', '{"dependencies": 7}']
)
def test_an_answer_that_says_less_than_was_asked_is_refused(said: str) -> None:
    assert audit.python(ended(0, said))[1] == 1
    assert audit.javascript(ended(0, said))[1] == 1


def test_a_library_that_was_passed_over_is_named() -> None:
    passed = [{"name": one["name"], "skip_reason": "not found"} if one["name"] == "flask" else one for one in GOOD_PYTHON["dependencies"]]
    said, ends = audit.python(ended(0, {"dependencies": passed}))
    assert ends == 1
    assert "nothing about flask" in said


def test_npm_that_counted_nothing_looked_at_nothing() -> None:
    none = {**GOOD_JAVASCRIPT, "metadata": {"dependencies": {"total": 0}}}
    assert audit.javascript(ended(0, none))[1] == 1


def test_a_lock_that_cannot_be_read_is_a_fault_of_ours() -> None:
    assert audit.python(ended(1, "", BAD_LOCK))[1] == 1
    assert audit.javascript(ended(1, "", BAD_JSON))[1] == 1
