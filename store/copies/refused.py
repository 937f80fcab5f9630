"""Refused: why a copy is not made or not put back. What it says is for whoever typed the command; nothing was changed then."""

from __future__ import annotations


class Refused(Exception):
    pass
