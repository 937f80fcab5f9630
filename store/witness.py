"""Witness: notices that a database file is not the one that this server left, because somebody put a backup back.

Two things a copy cannot take along (Linux statx(2)): the moment a file was made, and the moment its inode was last changed. The first is kept in the
database itself, and tells a file that was replaced. The second is written beside it when the server stops, and tells a file that was
written over; it is gone while the server runs, so after a crash only the first can tell.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_STATX_BTIME = 0x800
_SIZE_OF_STATX, _BTIME_AT = 256, 80


def identity(file: Path) -> str:
    """Which file this is: a copy under the same name is another one, also when it got the same inode number."""
    if not file.exists():
        return ""
    found = file.stat()
    return f"{found.st_dev}:{found.st_ino}:{_made_at(file)}"


def left(file: Path) -> None:
    """The server stops: this is how it leaves the file."""
    if file.exists():
        _note(file).write_text(_state(file))


def was_touched(file: Path) -> bool:
    """The server starts: whether somebody changed the file since it was left. Where nothing is noted nothing can be said."""
    note = _note(file)
    if not note.exists():
        return False
    said = note.read_text()
    note.unlink()
    return said != _state(file)


def _note(file: Path) -> Path:
    return file.with_name(file.name + ".left")


def _state(file: Path) -> str:
    found = file.stat()
    return f"{found.st_size}:{found.st_ctime_ns}"


def _made_at(file: Path) -> str:
    """The birth of a file; empty on systems that do not say."""
    if not sys.platform.startswith("linux"):
        return str(getattr(file.stat(), "st_birthtime", ""))
    told = ctypes.create_string_buffer(_SIZE_OF_STATX)
    statx = getattr(ctypes.CDLL(None), "statx", None)
    if statx is None or statx(_AT_FDCWD, os.fsencode(file), 0, _STATX_BTIME, told) != 0:
        return ""
    return told.raw[_BTIME_AT : _BTIME_AT + 12].hex()
