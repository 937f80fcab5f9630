"""GET /live: what others write is on the stream, for who may see it, and the stream ends when it must."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Phone

Phones = Callable[[str], Phone]


PATIENCE_S = 20
"""A machine that others use too is slow at times; what never comes does not come in this time either."""


class Ear:
    """Listens on a stream in a thread of its own. `None` is its end."""

    def __init__(self, phone: Phone) -> None:
        self.heard: queue.Queue[str | None] = queue.Queue()
        self.answer = phone.http.get("/live", buffered=False)
        assert self.answer.mimetype == "text/event-stream"
        self.chunks: Iterator[bytes] = iter(self.answer.response)
        self.first = next(self.chunks)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for chunk in self.chunks:
            self.heard.put(chunk.decode() if isinstance(chunk, bytes) else chunk)
        self.heard.put(None)

    def next(self) -> dict[str, Any]:
        text = self.heard.get(timeout=PATIENCE_S)
        assert text is not None
        name, data = text.strip().split("\n")
        assert name == "event: sync"
        said: dict[str, Any] = json.loads(data.removeprefix("data: "))
        return said

    def ended(self) -> bool:
        return self.heard.get(timeout=PATIENCE_S) is None

    def is_silent(self) -> bool:
        return self.heard.empty()


def test_a_stream_begins_with_a_sign_of_life(phone: Phones) -> None:
    assert Ear(phone(OFFICER)).first.startswith(b":")


def test_who_asks_only_whether_there_is_a_stream_leaves_none_behind(app: Flask, phone: Phones) -> None:
    asked = phone(OFFICER).http.head("/live")
    assert (asked.status_code, asked.mimetype, asked.data) == (200, "text/event-stream", b"")
    assert app.extensions["hub"].count() == 0


def test_a_stream_that_nobody_began_to_read_leaves_nothing_behind(app: Flask, phone: Phones) -> None:
    """Who asked for it was gone before its first line."""
    phone(OFFICER).http.get("/live", buffered=False).close()
    assert app.extensions["hub"].count() == 0


def test_what_one_writes_the_other_hears_in_the_shape_of_sync(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    entry = officer.write(card, "picture.set", {"problem": "Man op het kruispunt"})
    said = ear.next()
    assert set(said) >= {"epoch", "accepted", "rejected", "entries", "gone", "more", "clock"}
    assert [heard["id"] for heard in said["entries"]] == [entry["id"]]
    assert said["people"][officer.me["person"]]["org"] == "noord"


def test_who_is_put_on_a_card_hears_all_of_it(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    ear = Ear(triagist)
    officer.write(card, "observation.noted", {"does": "Iets"})
    assert ear.is_silent()
    officer.write(card, "card.shared", {"organisation": "crisisdienst"})
    assert [entry["kind"] for entry in ear.next()["entries"]] == ["card.opened", "observation.noted", "card.shared"]


def test_who_is_taken_off_hears_that_it_is_gone_and_nothing_after(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    said = ear.next()
    assert (said["gone"], said["entries"]) == ([card], [])
    officer.write(card, "observation.noted", {"does": "Iets"})
    assert ear.is_silent()


def test_a_stream_never_brings_what_its_listener_may_not_see(phone: Phones) -> None:
    officer, south, triagist = phone(OFFICER), phone(OFFICER_SOUTH), phone(TRIAGIST)
    card = officer.open_card("zuid", "crisisdienst")
    police, care = Ear(south), Ear(triagist)
    secret = officer.write(card, "observation.noted", {"says": "een geheim woord"}, audience="police")
    public = officer.write(card, "observation.noted", {"says": "voor iedereen"})
    assert [entry["id"] for _ in range(2) for entry in police.next()["entries"]] == [secret["id"], public["id"]]
    assert [entry["id"] for entry in care.next()["entries"]] == [public["id"]]


def test_streams_end_at_once_when_the_server_stops(phone: Phones, app: Flask) -> None:
    ears = [Ear(phone(account)) for account in (OFFICER, TRIAGIST)]
    app.extensions["hub"].close()
    assert all(ear.ended() for ear in ears)
    assert phone(OFFICER).http.get("/live").status_code == 503


def test_signing_out_ends_the_stream_of_that_device_alone(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    mine, theirs = Ear(officer), Ear(triagist)
    officer.http.post("/logout")
    assert mine.ended()
    assert theirs.is_silent()
