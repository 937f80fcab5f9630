"""Lets pytest count the tests that run in Node: every `test("…")` in a `*.test.mjs` is one.

A file is bundled with what it imports from `static/`, exactly as the phone gets it, and run once by `node --test`.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r'^test\("((?:[^"\\]|\\.)*)"', re.MULTILINE)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name.endswith(".test.mjs"):
        return NodeFile.from_parent(parent, path=file_path)
    return None


class NodeFile(pytest.File):
    outcome: dict[str, str | None] | None = None

    def collect(self) -> Iterator[pytest.Item]:
        for name in NAMED.findall(self.path.read_text()):
            yield NodeTest.from_parent(self, name=name)

    def outcomes(self) -> dict[str, str | None]:
        """The failure of every test by its name, or None where it passed."""
        if self.outcome is None:
            with tempfile.TemporaryDirectory() as folder:
                bundle = Path(folder) / "tests.mjs"
                subprocess.run(["node", "scripts/bundle.mjs", str(self.path), str(bundle)], cwd=ROOT, check=True)
                # Files in between keep pytest's own capturing from holding the pipe open.
                report = Path(folder) / "report.xml"
                command = ["node", "--test", "--test-reporter=junit", f"--test-reporter-destination={report}", str(bundle)]
                subprocess.run(command, cwd=ROOT, timeout=120, capture_output=True)
                self.outcome = {case.get("name", ""): failure(case) for case in ET.parse(report).iter("testcase")}
        return self.outcome


def failure(case: ET.Element) -> str | None:
    failed = case.find("failure")
    return None if failed is None else failed.text or failed.get("message") or "failed"


class NodeTest(pytest.Item):
    def runtest(self) -> None:
        outcomes = self.parent.outcomes()
        if self.name not in outcomes:
            raise NodeFailure(f"Node did not run it; it ran: {sorted(outcomes)}")
        if outcomes[self.name] is not None:
            raise NodeFailure(outcomes[self.name])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class NodeFailure(Exception):
    """A test in Node failed: its own report is the message."""
