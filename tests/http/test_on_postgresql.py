"""What everything rests on holds on PostgreSQL as well: the same tests of handing in, run on it. To run others there:
`MOTORKAP_TEST_DATABASE=postgresql python -m pytest tests/http/…`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import engines
from tests.stories.served import ROOT


def test_handing_in_is_on_postgresql_as_it_is_on_sqlite() -> None:
    engines.needs("postgres", "initdb")
    environment = os.environ | {"MOTORKAP_TEST_DATABASE": "postgresql"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/http/test_sync.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:]
