"""Responsibility: which organisations hold the card now, from links alone (PROTOCOL, "Fold"; docs/decisions/0002).

Counted in tokens. The opening gives its organisation one, named by the opening's id. An accepted offer gives its receiver one, named by the
offer's id. A complete offer takes from its giver the tokens it names in `gives`; one that names none of the giver's takes any one token that no
complete offer names. An organisation holds the card while it has a token left.

Never nobody: every complete offer was accepted, so it made a token before it took one. Where it names several, a forged circle of
offers could still take all; then everybody who ever had a token holds the card.

A gives to B, B gives back to A, no names: A 1 (opening) + 1 (accepted) - 1 = 1; B 1 - 1 = 0. A holds it, whatever the clocks say.
"""

from __future__ import annotations

from collections import Counter

from card.gathered import Gathered
from card.handover import Offer, offers
from card.heads import by_text


def holders(log: Gathered) -> list[str]:
    """The organisations that hold the card, sorted; empty only where nobody wrote anything."""
    made = offers(log)
    tokens = _starting(log) | {offer.entry["id"]: offer.receiver for offer in made if offer.acceptances}
    complete = [offer for offer in made if offer.complete]
    named = {token for offer in complete for token in _names(offer, tokens)}
    left = Counter(org for token, org in tokens.items() if token not in named)
    left.subtract(offer.giver for offer in complete if not _names(offer, tokens))
    held = {org for org, count in left.items() if count > 0} or set(tokens.values())
    return sorted(held, key=by_text)


def _starting(log: Gathered) -> dict[str, str]:
    """Without an opening everybody who wrote may be the one who holds it; `org:` keeps such a token's name from being an entry's id."""
    openings = {entry["id"]: entry["org"] for entry in log.of("card.opened")}
    return openings or {f"org:{entry['org']}": entry["org"] for entry in log.entries}


def _names(offer: Offer, tokens: dict[str, str]) -> list[str]:
    named = offer.entry["body"].get("gives")
    return [token for token in named if isinstance(token, str) and tokens.get(token) == offer.giver] if isinstance(named, list) else []
