"""Into SQLite: the backup's file is made ready in a folder beside the database, and gets its name in one step (rename(2))."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.copies.elsewhere import living_at
from store.copies.in_use import alone
from store.copies.make import name_to_disk, room_for, to_disk
from store.copies.manifest import CARDS


@dataclass(frozen=True, slots=True)
class Ready:
    """The copy in its folder, and the file whose place it takes. `whole`: that one could be read, and is the one file it consists of."""

    folder: Path
    file: Path
    into: Path
    whole: bool

    def lived_in(self, access: str) -> AbstractContextManager[None]:
        return living_at(f"sqlite:///{self.file}", access)

    def take_place(self, stamp: str) -> list[str]:
        """What was there keeps another name, and so does a write-ahead log of it: beside another file it would be written into that."""
        kept = aside_of(self.into, stamp, whole=self.whole)
        own_as(self.into, self.file)
        to_disk(self.folder)
        os.replace(self.file, self.into)
        name_to_disk(self.into.parent)
        self.into.with_name(f"{self.into.name}.left").unlink(missing_ok=True)
        return kept


@contextmanager
def made_ready(backup: Path, into: Path) -> Iterator[Ready]:
    """The server stays out until this ends. The folder is gone then, whatever happened."""
    into.parent.mkdir(parents=True, exist_ok=True)
    folder = into.with_name(f".{into.name}.restoring")
    with alone(into) as whole:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            room_for(2 * (backup / CARDS["sqlite"]).stat().st_size, folder)
            yield Ready(folder, copied(backup / CARDS["sqlite"], folder / into.name), into, whole)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def copied(file: Path, target: Path) -> Path:
    """For its owner alone, as the backup is."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return Path(shutil.copyfile(file, target))


def own_as(old: Path, new: Path) -> None:
    """The new file belongs to whom the old one belonged to: who restores may be root, and the server is not."""
    like = (old if old.exists() else old.parent).stat()
    if os.geteuid() == 0:
        os.chown(new, like.st_uid, like.st_gid)
    if old.exists():
        os.chmod(new, like.st_mode & 0o777)


def aside_of(file: Path, stamp: str, whole: bool) -> list[str]:
    """The file gets a second name; its first stays until another takes it, so that there is always one. Whether it could be read or not."""
    number = len(list(file.parent.glob(f"{file.name}.before-{stamp}*"))) + 1
    before = file.with_name(f"{file.name}.before-{stamp}{f'-{number}' if number > 1 else ''}")
    file.with_name(file.name + "-shm").unlink(missing_ok=True)  # Says nothing by itself.
    if not whole:
        for tail in ("-wal", "-journal"):
            beside = file.with_name(file.name + tail)
            if beside.exists():
                beside.rename(before.with_name(before.name + tail))
    if not file.exists():
        return []
    try:
        os.link(file, before)
    except OSError:  # A file system without second names.
        shutil.copy2(file, before)
    return [str(before)]
