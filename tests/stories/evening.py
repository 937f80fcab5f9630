"""An evening by the clock: that of the server and of every phone move together, and nobody waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from card.opening_hours import holidays_on
from tests.stories.phone import Phone
from tests.stories.served import Served

HERE = ZoneInfo("Europe/Amsterdam")
MINUTE_MS = 60_000


def until_next(weekday: int, hour: int, minute: int = 0) -> int:
    """Milliseconds from now to the next such moment here; Monday is 0. Not on a holiday or the day before: then other services are open."""
    now = datetime.now(HERE)
    then = (now + timedelta(days=(weekday - now.weekday()) % 7)).replace(hour=hour, minute=minute, second=30, microsecond=0)
    while then <= now or is_near_holiday(then):
        then += timedelta(days=7)
    return round((then.timestamp() - now.timestamp()) * 1000)


def is_near_holiday(moment: datetime) -> bool:
    today = (moment.date() - date(1970, 1, 1)).days
    return bool(holidays_on(today) or holidays_on(today + 1))


class Evening:
    """Begins on a weekday at a whole hour; `at` is later on that evening."""

    def __init__(self, server: Served, weekday: int, hour: int) -> None:
        self.server, self.hour = server, hour
        self.phones: list[Phone] = []
        self.begins_ms = self.shift_ms = until_next(weekday, hour)
        server.set_clock(self.shift_ms)

    def with_phone(self, phone: Phone) -> Phone:
        self.phones.append(phone)
        return phone

    def at(self, hour: int, minute: int) -> None:
        self.shift_ms = self.begins_ms + ((hour - self.hour) * 60 + minute) * MINUTE_MS
        self.server.set_clock(self.shift_ms)
        for phone in self.phones:
            phone.worker.evaluate(f"self.shift = {self.shift_ms}")
