"""A crowd: the phones of one night, who write on two cards for as long as it lasts, each at its own pace and for all or for some."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from types import TracebackType

from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST
from tests.faults.ledger import Ledger
from tests.faults.phone import Phone
from tests.faults.size import sized

ACCOUNTS = (OFFICER, TRIAGIST, OFFICER_SOUTH, DOCTOR, OTHER_OFFICER)
PACE_S = sized(0.05, 0.4)
"""How long somebody waits before they write again. In a long night too: what is written must still be read and folded at its end."""
AUDIENCES = ("all", "all", "all", "police", "care", "org")


class Crowd:
    def __init__(
        self, port: int, pause_s: float = PACE_S, listens: bool = False, phone: Callable[..., Phone] = Phone, patience_s: float = 20
    ) -> None:
        self.ledger, self.pause_s, self.listens = Ledger(), pause_s, listens
        self.phones = [phone(port, account, self.ledger, patience_s=patience_s) for account in ACCOUNTS]
        self.cards = self._open_two()
        for phone_ in self.phones:
            phone_.share_until_calm()
        self.calm, self.over = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []
        self.problems: list[BaseException] = []

    def __enter__(self) -> Crowd:
        for phone in self.phones:
            tasks = [self._write, self._share, *([self._listen] if self.listens else [])]
            self.threads += [threading.Thread(target=self._seen_through, args=(task, phone), daemon=True) for task in tasks]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, stack: TracebackType | None) -> None:
        self.stop()

    def _seen_through(self, task: Callable[[Phone], None], phone: Phone) -> None:
        """A phone that breaks down is a failure of the test, and not a phone that says nothing any more."""
        try:
            task(phone)
        except BaseException as problem:
            self.problems.append(problem)
            raise

    def _write(self, phone: Phone) -> None:
        turn = 0
        while not self.calm.wait(self.pause_s * (0.5 + phone.chance.random())):
            turn += 1
            audience = phone.chance.choice(AUDIENCES)
            kept_from = {"police": "care", "care": "police"}.get(audience) == phone.me["domain"]
            phone.write(phone.chance.choice(self.cards), "observation.noted", {"does": f"Stap {turn}"}, audience="all" if kept_from else audience)

    def turn_over(self) -> None:
        """The evening goes on with two other cards, once everybody has them: nobody writes on a card that they do not see."""
        new = self._open_two()
        wait_until(lambda: all(card in phone.upto for phone in self.phones for card in new), 60)
        self.cards = new

    def _open_two(self) -> list[str]:
        return [self.phones[0].open_card("zuid", "crisisdienst"), self.phones[1].open_card("noord", "zuid")]

    def _share(self, phone: Phone) -> None:
        """As the sharer of sync.js: what is written is handed in at once, after a failure there is a pause."""
        while not self.over.is_set():
            calm = phone.share()
            if phone.failures:
                self.over.wait(phone.pause_s())
            elif calm:
                phone.wakes.wait(0.5)
                phone.wakes.clear()

    def _listen(self, phone: Phone) -> None:
        phone.listen(self.over)

    def stop(self) -> None:
        """Nobody writes or shares any more."""
        self.calm.set()
        self.over.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a phone hangs"
        self.threads.clear()
        assert not self.problems, self.problems

    def hush(self) -> None:
        """Nobody writes any more; what is unsent still goes."""
        self.calm.set()

    def settle(self, url: str, patience_s: float = 60) -> None:
        """All is handed in and heard; then the sentence."""
        self.stop()
        for _ in range(2):
            for phone in self.phones:
                phone.share_until_calm(patience_s)
        self.ledger.check(url, self.phones)

    def until_acknowledged(self, more: int, patience_s: float = 60) -> None:
        """Until so many more entries are acknowledged: the night goes on."""
        enough = len(self.ledger.numbers) + more
        wait_until(lambda: len(self.ledger.numbers) >= enough, patience_s, lambda: f"phones do not get on: {self.statuses()}, {self.said()}")

    def statuses(self) -> Counter[int]:
        return sum((phone.statuses for phone in self.phones), Counter())

    def said(self) -> list[dict[int, object]]:
        return [dict(phone.said) for phone in self.phones]

    def lost(self) -> int:
        """Calls that got no answer."""
        return sum(phone.lost for phone in self.phones)


def in_turn_at(ports: list[int]) -> Callable[..., Phone]:
    """Phones that talk each to one of these processes."""
    next_port = cycle(ports)
    return lambda _port, *told, **more: Phone(next(next_port), *told, **more)


def wait_until(holds: Callable[[], bool], patience_s: float, say: Callable[[], str] = lambda: "it does not come") -> None:
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, say()
        time.sleep(0.02)
