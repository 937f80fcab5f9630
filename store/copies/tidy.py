"""Tidy: backups that are older than cards stay go, because what was purged is still in them; and what is left of those that were killed.

The newest stays, however old it is: where no backup is made any more that is said every night, and the last one is not thrown away besides. What is
no backup is left alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from store.access_log import iso
from store.copies import manifest

DAY_MS = 24 * 3600 * 1000
GOING = ".being-removed"


def tidy(folder: Path, now_ms: int, days: int) -> int:
    """How many backups went that were made more than so many days ago."""
    for left in list(_left(folder)):
        shutil.rmtree(left)
    backups = sorted((made, one) for one in folder.iterdir() if (made := _made(one)))
    old = [one for made, one in backups[:-1] if made < iso(now_ms - days * DAY_MS)]
    for one in old:
        _remove(one)
    return len(old)


def _made(folder: Path) -> str:
    """When this backup was made, as it says; empty for what is none."""
    if folder.name.startswith(".") or folder.is_symlink() or not (folder / manifest.NAME).is_file():
        return ""
    try:
        return str(json.loads((folder / manifest.NAME).read_text())["made"])
    except (ValueError, KeyError, TypeError):
        return ""


def _remove(folder: Path) -> None:
    """It loses its name first, as it got it last: what has its name is whole."""
    going = folder.with_name(f".{folder.name}{GOING}")
    folder.rename(going)
    shutil.rmtree(going)


def _left(folder: Path) -> Iterator[Path]:
    for one in folder.glob(".*"):
        if one.is_symlink() or not one.is_dir():
            continue
        if one.name.endswith(GOING) or (one.name.endswith(".being-made") and not _being_made(one)):
            yield one


def _being_made(folder: Path) -> bool:
    """Whether somebody is at it (store/copies/make.py holds it)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
