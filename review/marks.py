"""Marks: by what a lead finds the cards that are worth looking back on. They say what happened, not that somebody did wrong."""

from __future__ import annotations

from bisect import bisect_right

from card.alarm import alarms
from card.closing import closing, override
from card.gathered import Gathered
from card.late import late
from card.service_request import chains, requests
from card.transport import transport_heads
from card.waiting import waited
from review.disagreements import disagreements
from review.lanes import Lane, joined, lanes
from review.period import period

MARKS = (
    "left_holding", "override", "referral_chain", "overdue", "transport_by_police", "risk_disagreement", "alarm", "late_entries",
)  # fmt: skip
CHAIN = 2
# What is asked for after the closing, or written by who looks back, is in time.
AFTERWARDS = {"feedback.answered", "feedback.given", "outcome.told", "card.looked"}


def marks(log: Gathered, now_ms: int) -> list[str]:
    """Those of this card, in the order of MARKS."""
    ends, last = period(log, now_ms)[1], closing(log)
    asked, is_late = requests(log), late(log)
    true = {
        "left_holding": any(left_holding(lane, ends) for lane in lanes(log, now_ms)),
        "override": last is not None and override(last) is not None,
        "referral_chain": any(len(chain) >= CHAIN for chain in chains(asked)),
        "overdue": any(waited(request, ends)["minutes_overdue"] for request in asked),
        "transport_by_police": any(entry["body"]["by"] == "police" for entry in transport_heads(log)),
        "risk_disagreement": bool(disagreements(log, now_ms)),
        "alarm": bool(alarms(log)),
        "late_entries": any(is_late(entry) for entry in log.entries if entry["kind"] not in AFTERWARDS),
    }
    return [name for name in MARKS if true[name]]


def left_holding(lane: Lane, ends_ms: int) -> bool:
    """Whether its last person went while the organisation held the card, and before the card ended."""
    holding = joined(lane.rows["holding"])
    for gone in (bar.ends_ms for bar in lane.rows["presence"] if bar.ends_ms < ends_ms):
        place = bisect_right(holding, gone, key=lambda held: held.begins_ms)
        if place and gone < holding[place - 1].ends_ms:
            return True
    return False
