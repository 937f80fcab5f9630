"""Tries everywhere: one count of who tries too often for all processes, in the Redis or Valkey of LIVE_URL.

While that is away each process counts for itself: a door that lets everybody guess is no answer to a server that fell over, and neither is one that
lets nobody in. Who tries (an address on the network, an account) is in a key only as a hash.
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
SCHEME = "everywhere+"


class TriesEverywhere(Storage):
    STORAGE_SCHEME = [f"{SCHEME}{scheme}" for scheme in ("redis", "rediss", "unix")]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.shared = RedisStorage(uri.removeprefix(SCHEME), socket_timeout=1, socket_connect_timeout=1, **options)
        self.own = MemoryStorage()
        self.away_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._ask(lambda storage: storage.incr(hashed(key), expiry, amount))

    def get(self, key: str) -> int:
        return self._ask(lambda storage: storage.get(hashed(key)))

    def get_expiry(self, key: str) -> float:
        return self._ask(lambda storage: storage.get_expiry(hashed(key)))

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        self.own.reset()
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        self._ask(lambda storage: storage.clear(hashed(key)))

    def _ask(self, question: Callable[[Storage], Said]) -> Said:
        if time.monotonic() >= self.away_until:
            try:
                return question(self.shared)
            except (RedisError, OSError):
                self.away_until = time.monotonic() + PAUSE_S
        return question(self.own)


def hashed(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
