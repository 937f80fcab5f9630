"""Alarm: assistance now (report 2.1.2, 2.1.4). It stands until somebody ends it."""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered


def alarms(log: Gathered) -> list[dict[str, Any]]:
    ends = {entry["body"]["alarm"]: entry for entry in reversed(log.of("alarm.ended"))}
    return [{"item": log.item(raised), "ended": log.item(ends[raised["id"]]) if raised["id"] in ends else None} for raised in log.of("alarm.raised")]


def ringing(log: Gathered) -> list[str]:
    """The ids of the alarms that nobody has ended."""
    ended = {entry["body"]["alarm"] for entry in log.of("alarm.ended")}
    return [raised["id"] for raised in log.of("alarm.raised") if raised["id"] not in ended]
