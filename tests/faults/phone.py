"""A phone without a screen that shares as the worker does (static/worker/sync.js, taking.js), on a thread of its own.

What is unsent stays until the server has said that it has it; the same entries go again under the same ids; a call that fails is tried again after a
pause that doubles, with jitter; in another history everything that it holds goes again, and no card goes of which that history does not know
its person yet (unconfirmed.js; the patience of three days is longer than any night here). What the server acknowledged it tells the ledger,
which believes nobody else.

Its pauses are shorter than a real phone's by `FASTER`: a night lasts as long as the faults in it, and not as long as the waiting.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urlencode

from card import hlc
from store import demo
from tests.cast import new_id

FASTER = 40
FIRST_PAUSE_S = 2.0 / FASTER
LONGEST_PAUSE_S = 120.0 / FASTER
MOST = 500
NO_NETWORK = (OSError, http.client.HTTPException)


class Hears(Protocol):
    """The ledger, as a phone knows it."""

    def wrote(self, entry: dict[str, Any]) -> None: ...

    def acknowledged(self, phone: str, accepted: dict[str, int], history: str) -> None: ...


class Phone:
    """A device that is signed in. `entries` and `outbox` are what it keeps on its disk."""

    def __init__(self, port: int, account: str, ledger: Hears, patience_s: float = 20) -> None:
        self.port, self.account, self.ledger, self.patience_s = port, account, ledger, patience_s
        self.chance = random.Random(account)
        self.cookies: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None
        self.entries: dict[str, dict[str, Any]] = {}
        self.outbox: list[str] = []
        self.upto: dict[str, int] = {}
        self.unconfirmed: set[str] = set()
        self.lets_go: set[str] = set()
        self.refused: dict[str, dict[str, Any]] = {}
        self.statuses: Counter[int] = Counter()
        self.said: dict[int, dict[str, Any]] = {}
        self.took_s: list[float] = []
        self.failures = self.lost = self.heard = self.restamped = self.offset_ms = 0
        self.retry_after_s = 0.0
        self.clock: str | None = None
        self.held = threading.RLock()
        self.wakes = threading.Event()
        self.sign_in()
        self.epoch: str = self.me["epoch"]

    def __repr__(self) -> str:
        return self.account

    # -- a session

    def sign_in(self) -> None:
        """A person does this, before the bad night begins, and does it again when it fails."""
        for _ in range(40):
            with suppress(*NO_NETWORK):
                status, form = self.ask("GET", "/login")
                token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', form)
                if status == 200 and token:
                    fields = {"email": self.account, "password": demo.PASSWORD, "csrf_token": token.group(1).decode()}
                    status, _ = self.ask("POST", "/login", urlencode(fields).encode(), "application/x-www-form-urlencoded")
                if status == 303:
                    _, told = self.ask("GET", "/me.json")
                    self.me: dict[str, Any] = json.loads(told)
                    return
            time.sleep(0.25)
        raise AssertionError(f"{self.account} cannot sign in: {status}")

    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        """One request, on the connection that is open; whatever goes wrong closes it."""
        connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_s)
        self.connection = None
        try:
            connection.request(method, path, body, self.headers() | ({"Content-Type": kind} if body is not None else {}))
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            connection.close()
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, said = value.partition(";")[0].partition("=")
                self.cookies[cookie] = said
        self.retry_after_s = float(answer.getheader("Retry-After") or 0)
        if answer.will_close:
            connection.close()
        else:
            self.connection = connection
        return answer.status, content

    def hang_up(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    # -- writing: what is written is kept

    def now_ms(self) -> int:
        """Its own clock, set by the server's where that refused what it wrote (`restamp`)."""
        return int(time.time() * 1000) + self.offset_ms

    def at(self) -> str:
        self.clock = hlc.tick(self.clock, self.now_ms(), self.me["device"])
        return self.clock

    def write(self, card: str, kind: str, body: dict[str, Any], **told: Any) -> dict[str, Any]:
        with self.held:
            mine = {"by": self.me["person"], "org": self.me["org"], "device": self.me["device"]}
            entry = {"id": new_id(), "card": card, "kind": kind, "at": self.at(), **mine, "audience": "all", "supersedes": [], "body": body, **told}
            self.ledger.wrote(entry)
            self.entries[entry["id"]] = entry
            self.outbox.append(entry["id"])
        self.wakes.set()
        return entry

    def open_card(self, *organisations: str) -> str:
        card = new_id()
        self.write(card, "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})
        for organisation in organisations:
            self.write(card, "card.shared", {"organisation": organisation})
        return card

    # -- sharing

    def share(self) -> bool:
        """One call; whether it went well and nothing waits any more on either side."""
        with self.held:
            batch = [self.entries[id_] for id_ in self.outbox[:MOST]]
            have = dict.fromkeys(self.unconfirmed, 0) | self.upto
            asked = {"epoch": self.epoch, "have": have, "entries": batch, "person": self.me["person"]}
        begun = time.perf_counter()
        try:
            status, content = self.ask("POST", "/sync", json.dumps(asked).encode())
            answer = json.loads(content)
        except (*NO_NETWORK, ValueError):
            self.lost, self.retry_after_s = self.lost + 1, 0
            return self.failed()
        self.statuses[status] += 1
        if status != 200:
            self.said[status] = answer
            return self.failed()
        self.took_s.append(time.perf_counter() - begun)
        self.failures = 0
        return self.take(answer) or self.failed_for_the_clock(answer)

    def failed_for_the_clock(self, answer: dict[str, Any]) -> bool:
        """What is refused for the clock goes again at once, with another stamp; when that is refused too, after a pause."""
        refused = [id_ for id_, why in answer["rejected"].items() if why["code"] == "clock"]
        if refused:
            self.restamp(refused, answer["clock"])
            self.failures += 1
        return False

    def restamp(self, refused: list[str], server_clock: str) -> None:
        """`restamp` of taking.js: by the server's clock, under the same ids, in their order, and never before what the server has of this phone."""
        with self.held:
            device, server_ms = self.me["device"], hlc.millis(server_clock)
            had = [entry["at"] for entry in self.entries.values() if entry["device"] == device and "seq" in entry]
            last = max([server_clock, *had])
            for id_ in (one for one in self.outbox if one in refused):
                last = hlc.tick(last, server_ms, device)
                self.entries[id_] = {**self.entries[id_], "at": last}
                self.ledger.wrote(self.entries[id_])
                self.restamped += 1
            self.clock = last
            self.offset_ms = server_ms - int(time.time() * 1000)

    def failed(self) -> bool:
        self.failures += 1
        return False

    def pause_s(self) -> float:
        """`pause` of sync.js, and no sooner than the server asks."""
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10))
        return max(longest / 2 + self.chance.random() * longest / 2, self.retry_after_s / FASTER)

    def take(self, answer: dict[str, Any]) -> bool:
        """All or nothing, like the transaction of the worker; then whether nothing waits."""
        with self.held:
            new_epoch = answer["epoch"] != self.epoch
            if new_epoch:
                self.unconfirmed = {entry["card"] for entry in self.entries.values()}
            self.erase(set(answer["gone"]) - self.unconfirmed)
            self.ledger.acknowledged(self.account, answer["accepted"], answer["epoch"])
            for id_, seq in answer["accepted"].items():
                self.entries[id_] = {**self.entries[id_], "seq": seq}
            barred = self.take_refused({id_: why for id_, why in answer["rejected"].items() if why["code"] != "clock"})
            settled = answer["accepted"].keys() | {entry["id"] for entry in answer["entries"]}
            self.outbox = [id_ for id_ in self.outbox if id_ not in settled]
            for entry in answer["entries"]:
                self.entries[entry["id"]] = entry
            seen = max([answer["clock"], *(entry["at"] for entry in answer["entries"])])
            self.clock = hlc.receive(self.clock, seen, self.now_ms(), self.me["device"])
            known = {} if new_epoch else self.upto
            cards = (known.keys() | answer["upto"].keys()) - set(answer["gone"])
            self.upto = {card: max(known.get(card, 0), answer["upto"].get(card, 0)) for card in cards}
            if new_epoch:
                self.epoch = answer["epoch"]
                self.outbox = [*self.outbox, *(id_ for id_ in self.entries if id_ not in self.outbox and id_ not in self.refused)]
            waiting = {self.entries[id_]["card"] for id_ in self.outbox}
            self.unconfirmed -= self.upto.keys() - waiting
            if barred and not (answer["accepted"] or new_epoch):
                return self.failed()
            return not (self.outbox or answer["more"] or new_epoch)

    def erase(self, gone: set[str]) -> None:
        assert gone <= self.lets_go, "these cards stay with these people"
        self.entries = {id_: entry for id_, entry in self.entries.items() if entry["card"] not in gone}
        self.lets_go -= gone

    def take_refused(self, refused: dict[str, dict[str, Any]]) -> list[str]:
        """What is refused leaves. Its own words wait behind the rest (`barred` of taking.js) where it is not known yet that it is on the card; what
        others wrote is theirs to bring back.
        """
        mine = {id_ for id_ in refused if self.entries[id_]["by"] == self.me["person"]}
        barred = [id_ for id_ in self.outbox if id_ in mine and refused[id_].get("field") == "card" and self.entries[id_]["card"] in self.unconfirmed]
        self.outbox = [*(id_ for id_ in self.outbox if id_ not in refused), *barred]
        self.refused |= {id_: refused[id_] for id_ in mine.difference(barred)}
        return barred

    def share_until_calm(self, patience_s: float = 60) -> None:
        deadline = time.monotonic() + patience_s
        while not self.share():
            assert time.monotonic() < deadline, f"{self.account} does not get through: {self.statuses}, {self.lost} lost, {self.said}"
            if self.failures:
                time.sleep(self.pause_s())

    # -- listening

    def listen(self, stop: threading.Event) -> None:
        """The stream, as long as the night lasts. Whenever it opens anew the phone asks first, so nothing depends on the stream being whole."""
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_s + 20)
            try:
                connection.request("GET", "/live", headers=self.headers())
                answer = connection.getresponse()
                self.statuses[answer.status] += 1
                self.wakes.set()
                while answer.status == 200 and not stop.is_set() and (line := answer.readline()):
                    if line.startswith(b"data:") and line.endswith(b"\n"):
                        self.hear(json.loads(line[5:]))
            except (*NO_NETWORK, ValueError):
                pass
            finally:
                connection.close()
            stop.wait(self.pause_s() if self.failures else FIRST_PAUSE_S)

    def hear(self, answer: dict[str, Any]) -> None:
        """What comes by the stream moves no cursor over a gap (`withoutGaps` of taking.js)."""
        with self.held:
            self.heard += len(answer["entries"])
            seen = max([answer["clock"], *(entry["at"] for entry in answer["entries"])])
            self.clock = hlc.receive(self.clock, seen, self.now_ms(), self.me["device"])
            for entry in sorted(answer["entries"], key=lambda one: one["seq"]):
                self.entries[entry["id"]] = entry
                if answer["epoch"] == self.epoch and entry["seq"] == self.upto.get(entry["card"], 0) + 1:
                    self.upto[entry["card"]] = entry["seq"]
        if answer["more"] or answer["epoch"] != self.epoch:
            self.wakes.set()
