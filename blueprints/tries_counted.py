"""Tries counted: where it is kept who tried too often (blueprints/limits.py). In this process; or, with LIVE_URL, for all processes in its Redis or
Valkey. While that is away each process counts for itself: a door that lets everybody guess is no answer to a server that fell over, and neither is
one that lets nobody in.

Who tries (an address on the network, an account, whatever somebody typed for one) is kept only as a hash, which takes as little room however long
it was; and who gave every try back, because it did not fail, is not kept.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar

from limits.storage import MemoryStorage, RedisStorage, Storage
from redis import RedisError

Said = TypeVar("Said")

PAUSE_S = 2.0
HERE, EVERYWHERE = "here", "everywhere+"


class Own(MemoryStorage):
    STORAGE_SCHEME = None

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        left = super().incr(key, expiry, amount)
        if left <= 0:
            self.clear(key)
        return left


class TriesHere(Storage):
    STORAGE_SCHEME = [HERE]

    def __init__(self, uri: str = "", wrap_exceptions: bool = False, **_: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.own = Own()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._ask(lambda storage: storage.incr(hashed(key), expiry, amount))

    def get(self, key: str) -> int:
        return self._ask(lambda storage: storage.get(hashed(key)))

    def get_expiry(self, key: str) -> float:
        return self._ask(lambda storage: storage.get_expiry(hashed(key)))

    def clear(self, key: str) -> None:
        self._ask(lambda storage: storage.clear(hashed(key)))

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return self.own.reset()

    def _ask(self, question: Callable[[Storage], Said]) -> Said:
        return question(self.own)


class TriesEverywhere(TriesHere):
    STORAGE_SCHEME = [f"{EVERYWHERE}{scheme}" for scheme in ("redis", "rediss", "unix")]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.shared = RedisStorage(uri.removeprefix(EVERYWHERE), socket_timeout=1, socket_connect_timeout=1, **options)
        self.away_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisError

    def reset(self) -> int | None:
        self.own.reset()
        return self._ask(lambda storage: storage.reset())

    def _ask(self, question: Callable[[Storage], Said]) -> Said:
        if time.monotonic() >= self.away_until:
            try:
                return question(self.shared)
            except (RedisError, OSError):
                self.away_until = time.monotonic() + PAUSE_S
        return question(self.own)


def hashed(key: str) -> str:
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
