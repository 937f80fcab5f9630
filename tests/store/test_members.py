"""Membership is kept in rows and made again only where it can have changed. It must stay what the whole log says."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from card.access import Viewer
from card.admission import judge
from card.entry import Entry, Rejected
from card.membership import membership
from store import log
from store.batch import members_of
from store.database import reading
from tests.cast import OFFICER, TRIAGIST, Phone, new_id, server

ORGANISATIONS = ("noord", "crisisdienst", "zuid")
MOVES = {
    "card.shared": lambda org: {"organisation": org},
    "card.unshared": lambda org: {"organisation": org},
    "handover.offered": lambda org: {"to": org},
    "service.requested": lambda org: {"service": org, "for": "advice"},
    "observation.noted": lambda org: {"does": org},
}
written = st.tuples(st.integers(0, 1), st.sampled_from(sorted(MOVES)), st.sampled_from(ORGANISATIONS), st.booleans())
batches = st.lists(st.lists(written, min_size=1, max_size=6), min_size=1, max_size=5)


def test_rows_of_members_say_what_the_whole_log_says_after_every_batch(tmp_path: Path) -> None:
    """Also what is admitted is the same as when membership were made again from the whole log before every entry."""
    app = server(tmp_path)
    phones = [Phone(app, account) for account in (OFFICER, TRIAGIST)]
    viewers = [Viewer(*(phone.me[name] for name in ("person", "org", "domain", "role", "device"))) for phone in phones]

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(batches, st.integers(0, 12), st.integers())
    def tried(given: list[list[tuple[int, str, str, bool]]], opening_at: int, seed: int) -> None:
        card, chance, taken, turn = new_id(), random.Random(seed), list[Entry](), 0
        for batch in given:
            who = batch[0][0]
            entries = []
            for _, kind, org, knows in batch:
                earlier = [entry["id"] for entry in taken if entry["kind"] in MOVES]
                supersedes = chance.sample(earlier, min(2, len(earlier))) if knows else []
                entries.append(phones[who].entry(card, kind, MOVES[kind](org), supersedes=supersedes))
                if turn == opening_at:
                    entries.append(phones[who].opening(card))
                turn += 1
            expected: dict[str, bool] = {}
            for entry in entries:
                opened = any(known["kind"] == "card.opened" for known in taken)
                judged = judge(viewers[who], opened, membership(taken), entry, phones[who].clock())
                expected[entry["id"]] = not isinstance(judged, Rejected)
                if not isinstance(judged, Rejected):
                    taken.append({**judged, "seq": len(taken) + 1})
            with app.app_context():
                done = log.hand_in(viewers[who], entries, phones[who].clock(), b"secret")
                assert {id_: id_ in done.accepted for id_ in expected} == expected
                with reading() as connection:
                    kept = members_of(connection, card)
            assert {name: sorted(members) for name, members in kept.items()} == membership(taken)

    tried()


def test_a_full_log_of_membership_costs_no_more_than_it_must(tmp_path: Path, monkeypatch) -> None:
    """500 organisations put on in one call make membership once, not 500 times."""
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    made: list[int] = []
    monkeypatch.setattr("store.batch.membership", lambda entries: made.append(1) or membership(entries))
    answer = officer.sync([officer.entry(card, "card.shared", {"organisation": f"team-{turn}"}) for turn in range(500)])
    assert len(answer["accepted"]) == 500
    assert len(made) == 1
