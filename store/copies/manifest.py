"""The manifest of a backup: what is in it, of which moment, and by which sums it is known to be whole. Its secret is not: that is kept apart."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from store.copies.refused import Refused

NAME = "manifest.json"
FORM = 1
CARDS = {"sqlite": "motorkap.sqlite", "postgresql": "motorkap.dump"}
ACCESS = {"sqlite": "access.sqlite", "postgresql": "access.dump"}
_KNOWN = {*CARDS.values(), *ACCESS.values()}


@dataclass(frozen=True, slots=True)
class Manifest:
    """`secret`: by which key of a server it is, without telling the key. `files`: per name its size and SHA-256."""

    version: str
    engine: str
    revision: str
    epoch: str
    made: str
    cards: int
    entries: int
    lines: int
    secret: str
    files: dict[str, dict[str, str | int]]
    form: int = FORM


def known_by(secret: str) -> str:
    """Says whether two servers have the same secret, and nothing of the secret itself."""
    return hmac.new(secret.encode(), b"motorkap backup", hashlib.sha256).hexdigest()[:16]


def of_files(folder: Path, names: list[str]) -> dict[str, dict[str, str | int]]:
    return {name: {"bytes": (folder / name).stat().st_size, "sha256": _sum(folder / name)} for name in names}


def write(folder: Path, manifest: Manifest) -> None:
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        json.dump(asdict(manifest), opened, indent=2)


def read(folder: Path) -> Manifest:
    """The manifest of a backup that is whole; refused where a file is missing or is not what was written."""
    if not (folder / NAME).is_file():
        raise Refused(f"{folder} is no backup: there is no {NAME} in it.")
    try:
        told = json.loads((folder / NAME).read_text())
        if told["form"] != FORM:
            raise Refused(f"{folder} was made by a newer Motorkap ({told['version']}). Restore it with that.")
        manifest = Manifest(**told)
        files = {name: (int(said["bytes"]), str(said["sha256"])) for name, said in manifest.files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Refused(f"{folder / NAME} cannot be read: the backup is damaged.") from problem
    for name, (size, sum_) in files.items():
        if name not in _KNOWN or not (folder / name).is_file():
            raise Refused(f"{name} is not in {folder}: the backup is damaged.")
        if (folder / name).stat().st_size != size or _sum(folder / name) != sum_:
            raise Refused(f"{folder / name} is not what was written: the backup is damaged.")
    return manifest


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
