"""Service request: whom we wait for (report 4.2.1). Waiting runs from the asking until arrived, declined or cancelled.

An answer that another answer of the same request supersedes no longer counts, so a decline can be taken back. The minutes that were agreed on are in
the request itself, so that the fold needs no directory; the fold knows no now: what is overdue is computed beside it (`waiting.py`).

A request follows another one that was declined: the one it names, or else the last one before it that referred to this service. So the chain in
which people were sent from one to the next can be read on the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from card.entry import Entry, are_minutes
from card.gathered import Gathered
from card.heads import heads
from card.hlc import millis
from card.vocabulary import OVERDUE_STEPS

ANSWERS = ("service.acknowledged", "service.promised", "service.arrived", "service.declined", "service.cancelled")
_STRONGEST_FIRST = ("arrived", "declined", "cancelled", "promised", "acknowledged")
_ENDS = ("arrived", "declined", "cancelled")

_Request = dict[str, Any]


def requests(log: Gathered) -> list[_Request]:
    answers = log.by_link("request", *ANSWERS)
    escalations = log.by_link("request", "service.escalated")
    return _following([_request(log, asked, answers.get(asked["id"], []), escalations.get(asked["id"], [])) for asked in log.of("service.requested")])


def service_owner(service: str) -> str:
    """The organisation whose service this is: `crisisdienst` of `crisisdienst/advies`; empty for one of nobody with an account (`~gp-post`)."""
    return "" if service.startswith("~") else service.partition("/")[0]


def with_agreed(body: Mapping[str, Any], pages: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request with the minutes that its service agreed on; `pages` of organisations, as the book `directory` has them."""
    agreed = (pages.get(service_owner(str(body.get("service", "")))) or {}).get("agreed")
    return {**body, "agreed": agreed} if are_minutes(agreed) else dict(body)


def chains(requests: list[_Request]) -> list[list[_Request]]:
    """The requests, those that follow one another together, in the order of the first of each."""
    rows: list[list[_Request]] = []
    chain_of: dict[str, list[_Request]] = {}
    for one in requests:
        chain = chain_of.get(one["follows"] or "")
        if chain is None:
            chain = []
            rows.append(chain)
        chain.append(one)
        chain_of[one["item"]["id"]] = chain
    return rows


def _request(log: Gathered, asked: Entry, answers: list[Entry], escalations: list[Entry]) -> _Request:
    counts = heads(answers)
    standing = {state: [said for said in counts if said["kind"] == f"service.{state}"] for state in _STRONGEST_FIRST}
    state = next((state for state in _STRONGEST_FIRST if standing[state]), "waiting")
    declined = standing["declined"]
    agreed = _agreed(asked)
    return {
        "item": log.item(asked),
        "state": state,
        "waiting": state not in _ENDS,
        "asked": asked["at"],
        "agreed": agreed,
        "due": _due(asked, standing["promised"], agreed[0]),
        "answers": log.items(answers),
        "heads": [said["id"] for said in counts],
        "escalations": log.items(escalations),
        "referred_to": declined[-1]["body"].get("referred_to") if declined else None,
        "follows": asked["body"].get("follows"),
        "ended": standing[state][0]["at"] if state in _ENDS else None,
    }


def _agreed(asked: Entry) -> list[int]:
    said = asked["body"].get("agreed")
    return [int(minutes) for minutes in (said if said and are_minutes(said) else OVERDUE_STEPS)]


def _due(asked: Entry, promised: list[Entry], agreed: int) -> str:
    if promised:
        return str(promised[-1]["body"]["until"])
    seconds, ms = divmod(millis(asked["at"]), 1000)
    due = datetime.fromtimestamp(seconds + agreed * 60, UTC)
    return f"{due:%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def _following(rows: list[_Request]) -> list[_Request]:
    """Each with the request that it follows, of those that came before it in reading order, or None."""
    before: set[str] = set()
    referring: dict[str, str] = {}
    for one in rows:
        id_, service = one["item"]["id"], one["item"]["body"]["service"]
        named = one["follows"]
        one["follows"] = named if isinstance(named, str) and named in before else referring.get(service)
        before.add(id_)
        if isinstance(one["referred_to"], str):
            referring[one["referred_to"]] = id_
    return rows
