"""Observation: what was found, what somebody does, says and used; facts and no diagnosis (report 3.1.2, 3.2.3)."""

from __future__ import annotations

from card.gathered import Gathered, Item


def observations(log: Gathered) -> list[Item]:
    return log.items(log.of("observation.noted"))
