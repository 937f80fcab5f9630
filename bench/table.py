"""A figure with its target, and the table they are printed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number. `target` is the largest value that is good enough (or the smallest, when `more_is_better`)."""

    what: str
    result: float
    target: float | None = None
    unit: str = "ms"
    more_is_better: bool = False

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        reached = self.result >= self.target if self.more_is_better else self.result <= self.target
        return "reached" if reached else "missed"


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest-rank percentile; `share` from 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(title: str, figures: Iterable[Figure]) -> None:
    print(f"\n{title}")
    print(f"{'':2}{'figure':74}{'result':>12}{'target':>12}  ")
    for figure in figures:
        sign = "≥" if figure.more_is_better else "≤"
        target = "" if figure.target is None else f"{sign} {figure.target:g}"
        print(f"{'':2}{figure.what:74}{figure.result:>12.4g}{target:>12}  {figure.unit:5} {figure.verdict}", flush=True)
