"""Keeps what a release was, for the tests of two versions at once: `python scripts/release_worker.py 0.1.0 [commit]`.

Into tests/released/<version>/ go the worker as phones get it (worker.js.xz, built from that commit), the scripts, style and words of its pages
(pages.tar.xz, built with it) and the source that the server runs from (server.tar.xz, by `git archive`). Only the last release is kept: phones in
the field are days behind, not years. About half a megabyte.
"""

from __future__ import annotations

import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests/released"
SERVER = (
    "app.py", "settings.py", "gunicorn.conf.py", "blueprints", "card", "export", "live", "migrations", "review", "store", "templates",
    "static/headers.json", "static/policy.json", "static/manifest.webmanifest",
)  # fmt: skip


def main(version: str, commit: str = "HEAD") -> None:
    commit = run("git", "rev-parse", commit).decode().strip()
    folder = KEPT / version
    shutil.rmtree(KEPT, ignore_errors=True)
    folder.mkdir(parents=True)
    pack(folder / "server.tar.xz", run("git", "archive", commit, *SERVER))
    with tempfile.TemporaryDirectory() as name:
        built = build(commit, Path(name))
        pack(folder / "worker.js.xz", (built / "worker.js").read_bytes())
        pack(folder / "pages.tar.xz", archived(sorted(file for file in built.iterdir() if is_of_pages(file))))
    (folder / "about.json").write_text(json.dumps({"version": version, "commit": commit}) + "\n")
    for file in sorted(folder.iterdir()):
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1024:.0f} KiB")


def build(commit: str, tree: Path) -> Path:
    """Built from that commit and nothing else, with the JavaScript libraries that are installed: make a release before they are renewed."""
    with tarfile.open(fileobj=BytesIO(run("git", "archive", commit))) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python before 3.11.4 has none
        archive.extractall(tree)
    (tree / "node_modules").symlink_to(ROOT / "node_modules")
    run("node", "scripts/build.mjs", cwd=tree)
    return tree / "static/build"


def is_of_pages(file: Path) -> bool:
    """What is compressed is there as it is too, and what only wraps a library of others does not change with a release of ours."""
    return file.suffix in (".js", ".css", ".json") and file.name not in ("worker.js", "barcode.js", "figures.js")


def archived(files: list[Path]) -> bytes:
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for file in files:
            archive.add(file, file.name, filter=_of_nobody)
    return content.getvalue()


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def pack(file: Path, content: bytes) -> None:
    file.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def run(*command: str, cwd: Path = ROOT) -> bytes:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
