"""Numbers as people type them in a form."""

from __future__ import annotations


def counted(typed: str, most: int) -> int | None:
    """A whole number from 1 to `most`; None for anything else."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) if is_number and 1 <= int(typed) <= most else None
