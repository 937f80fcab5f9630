"""What a browser needs to keep Motorkap on the phone: the worker at the root, as small as the browser takes it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask

BUILT = Path(__file__).parents[2] / "static" / "build"


@pytest.mark.parametrize(("takes", "coding", "end"), [("gzip, deflate, br", "br", ".br"), ("gzip", "gzip", ".gz"), ("br;q=0, gzip", "gzip", ".gz")])
def test_the_worker_comes_as_it_was_compressed_when_it_was_built(app: Flask, takes: str, coding: str, end: str) -> None:
    answer = app.test_client().get("/worker.js", headers={"Accept-Encoding": takes})
    assert (answer.status_code, answer.headers["Content-Encoding"], answer.mimetype) == (200, coding, "text/javascript")
    assert answer.data == (BUILT / f"worker.js{end}").read_bytes()
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_browser_that_takes_nothing_compressed_gets_the_same_as_it_is(app: Flask) -> None:
    answer = app.test_client().get("/worker.js")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (BUILT / "worker.js").read_bytes() == gzip.decompress((BUILT / "worker.js.gz").read_bytes())


def test_a_worker_that_the_phone_has_already_is_not_sent_again(app: Flask) -> None:
    asked = {"Accept-Encoding": "br"}
    first = app.test_client().get("/worker.js", headers=asked)
    again = app.test_client().get("/worker.js", headers={**asked, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
