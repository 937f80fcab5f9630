"""Handing out: a dossier as a ZIP that people can read: the card as a page to print, all entries, who saw them, whether the chain holds, a guide."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from flask import render_template

from blueprints import period
from blueprints.frame import named_on
from card.fold import fold
from store import people
from store.access_log import iso
from store.dossier import Dossier
from store.verify import Break


def packed(found: Dossier, organisation: str, ground: str, reference: str, now_ms: int) -> bytes:
    """The ZIP, in Dutch: whoever asks for it is a person of this country."""
    card = fold(found.entries)
    organisations = {one["id"]: one for one in people.organisations()}
    facts = {
        "lang": "nl",
        "now": 0,
        "made": period.moment(iso(now_ms)),
        "people": people.names_of({*named_on([card]), *(line["person"] for line in found.lines)}),
        "organisations": organisations,
        "card": card,
        "found": found,
        "organisation": organisations.get(organisation, {"id": organisation, "name": organisation}),
        "ground": ground,
        "reference": reference,
        "times": {entry["id"]: period.moment(entry["received"]) for entry in found.entries},
        "lines": [{**line, "moment": period.moment(line["at"])} for line in found.lines],
        "checked": checked(found.verified.breaks),
    }
    files = {
        "LEESMIJ.txt": render_template("privacy/dossier.txt", **facts),
        "kaart.html": render_template("privacy/dossier.html", **facts),
        "kaart.jsonl": jsonl(found.entries),
        "logboek.jsonl": jsonl(found.lines),
        "controle.txt": f"{facts['checked']}\n",
    }
    return zipped(files)


def jsonl(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def checked(breaks: list[Break]) -> str:
    if not breaks:
        return "De keten van hashes van deze kaart klopt: er is niets veranderd, weggelaten of verwisseld."
    return "De keten van hashes van deze kaart klopt niet:\n" + "\n".join(f"nummer {one.seq}: {one.what} ({one.say})" for one in breaks)


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode())
    return packed.getvalue()
