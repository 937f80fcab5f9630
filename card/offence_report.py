"""Offence report (aangifte): will anybody report the offence (report 3.2.2, 4.2.3)."""

from __future__ import annotations

from card.gathered import Gathered, Item
from card.heads import heads


def offence_report(log: Gathered) -> dict[str, list[Item]]:
    return {"heads": log.items(heads(log.of("report.decided")))}
