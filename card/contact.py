"""Contact (vast contact): an organisation that somebody of the police keeps in touch with: how often, who knows whom there, since when, the last
visit (report 2.2.3, 3.1.2). It is kept by who began it, until it is handed over.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads


def contact(log: Gathered) -> dict[str, Any]:
    """`heads`: what was agreed; `keeper`: whose it is; `visited`: the day of the last visit."""
    given = heads(log.of("contact.handed_over"))
    return {
        "heads": log.items(heads(log.of("contact.kept"))),
        "known": log.items(log.of("contact.known")),
        "visited": max((entry["body"]["on"] for entry in log.of("contact.visited")), default=None),
        "handed_over": log.items(given),
        "keeper": _keeper(log, given),
    }


def _keeper(log: Gathered, given: list[Any]) -> str | None:
    if given and isinstance(given[-1]["body"]["person"], str):
        return str(given[-1]["body"]["person"])
    began = [*log.of("contact.kept"), *log.of("card.opened")]
    return str(began[0]["by"]) if began else None
