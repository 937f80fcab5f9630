"""The last release, as it was: its worker, its pages, and the source its server runs from (scripts/release_worker.py keeps them)."""

from __future__ import annotations

import json
import lzma
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.faults.night import Night
from tests.stories.served import BIN, ROOT

FOLDER = next(path for path in sorted((Path(__file__).parents[1] / "released").iterdir()) if path.is_dir())


def worker(folder: Path, knows_not: str = "") -> Path:
    """The worker of that release. `knows_not`: a kind that came later; a worker for which it has another name does not know it."""
    script = lzma.decompress((FOLDER / "worker.js.xz").read_bytes()).decode()
    assert knows_not in script
    made = folder / f"worker-{knows_not or 'whole'}.js"
    made.write_text(script.replace(knows_not, f"not.{knows_not}") if knows_not else script)
    return made


@cache
def _source() -> Path:
    return _unpacked()


def _unpacked() -> Path:
    return _unpack("server.tar.xz", Path(mkdtemp(prefix="motorkap-released-")))


def _unpack(archive: str, folder: Path) -> Path:
    with tarfile.open(FOLDER / archive) as whole:
        whole.extraction_filter = getattr(tarfile, "data_filter", None)  # Python before 3.11.4 has none
        whole.extractall(folder)
    return folder


def source(knows_not: str = "") -> Path:
    """The server of that release, on the Python libraries of today. `knows_not`: without this kind."""
    if not knows_not:
        return _source()
    tree = _unpacked()
    file = tree / "card/vocabulary/kinds.json"
    kinds = json.loads(file.read_text())
    del kinds[knows_not]
    file.write_text(json.dumps(kinds))
    return tree


@cache
def for_browsers() -> Path:
    """The server of that release with all that its pages take: what was built from it, and of today only icons and the libraries of others."""
    tree = _unpacked()
    shutil.copytree(ROOT / "static", tree / "static", dirs_exist_ok=True, ignore=lambda *_: {"headers.json", "policy.json", "manifest.webmanifest"})
    build = tree / "static/build"
    for file in (*build.glob("*.br"), *build.glob("*.gz")):
        file.unlink()
    worker(build).rename(build / "worker.js")
    _unpack("pages.tar.xz", build)
    return tree


@cache
def _demo() -> Path:
    """Data that the released server made itself."""
    folder = Path(mkdtemp(prefix="motorkap-released-data-"))
    for command in (["db", "upgrade"], ["demo"]):
        flask(_source(), folder, *command)
    return folder


def night(folder: Path, root: Path) -> Night:
    """A server of that source."""
    shutil.copytree(_demo(), folder)
    found = Night(folder)
    found.root = root
    return found


def flask(root: Path, data: Path, *command: str) -> None:
    environment = os.environ | {"DATA": str(data)}
    done = subprocess.run([str(BIN / "flask"), "--app", "app", *command], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


TODAY = ROOT
