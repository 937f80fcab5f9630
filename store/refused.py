"""Refused: what the store does not do, and why. Each module that refuses says in its own words what its codes mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """Why not, as a code."""

    code: str
