"""Approach: how to come near somebody, without saying what ails them (report 2.2.2)."""

from __future__ import annotations

from card.gathered import Gathered, Item


def approach(log: Gathered) -> list[Item]:
    return log.items(log.of("approach.noted"))
