"""Hybrid logical clock as a value: 13 digits of milliseconds, 4 hex of counter, 8 hex of the device; sorts as text.

Source: Kulkarni and others, "Logical Physical Clocks" (2014). A device never gives a stamp that is not after all it gave and saw,
also when its wall clock is set back. The wall clock is an argument.
"""

from __future__ import annotations

_COUNTERS = 0x10000


def millis(at: str) -> int:
    return int(at[:13])


def tick(last: str | None, now_ms: int, device: str) -> str:
    """The next stamp of a device whose last given or seen stamp is `last`."""
    if last is None or millis(last) < now_ms:
        return _stamp(now_ms, 0, device)
    return _stamp(millis(last), int(last[14:18], 16) + 1, device)


def receive(last: str | None, seen: str, now_ms: int, device: str) -> str:
    """The device's clock after it saw `seen`: never before it, so that what it writes next sorts after what it knew."""
    later = max([stamp for stamp in (last, seen) if stamp is not None])
    return tick(later, now_ms, device)


def _stamp(ms: int, counter: int, device: str) -> str:
    ms, counter = ms + counter // _COUNTERS, counter % _COUNTERS
    return f"{ms:013d}-{counter:04x}-{device[:8]}"
