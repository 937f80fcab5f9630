"""How large a fault is played: small in `make test`, in full by `make load` (LOAD=full)."""

from __future__ import annotations

import os
from typing import TypeVar

Size = TypeVar("Size")

IN_FULL = os.environ.get("LOAD") == "full"


def sized(small: Size, full: Size) -> Size:
    return full if IN_FULL else small
