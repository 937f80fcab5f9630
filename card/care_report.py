"""Care report (zorgmelding): what one side reports to a report point or Veilig Thuis, and what became of it (report 3.2.2, 4.1.3).

A report is a card of its own, because who receives it must see the report and nothing of the card that it was made from. That card says only that a
report was made, and to whom (`care_report.made`). What became of it is said by whom it was sent to. A report that went outside Motorkap (`to_name`)
has nobody there to say so: then who sent it writes down what they hear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.entry import Entry
from card.gathered import Gathered
from card.heads import heads

# What who receives it cannot do without; the form asks for it before it sends.
VITAL = ("whom", "facts", "children", "level", "call_back", "until_day")
STATES = ("none", "sent", "received", "taken_up", "asked", "done")
_SAID = ("care_report.received", "care_report.taken_up", "care_report.done")


def care_report(log: Gathered) -> dict[str, Any]:
    """What was sent, what was said of it by whom it is for (`answers`), every question with its answers, and how it stands (`state`)."""
    receivers = {entry["id"]: receiver(entry) for entry in log.of("care_report.sent")}
    said = [entry for entry in log.of(*_SAID) if entry["org"] == receivers.get(entry["body"]["report"])]
    answers = log.by_link("asked", "care_report.answered")
    asked = [entry for entry in log.of("care_report.asked") if entry["org"] == receivers.get(entry["body"]["report"])]
    return {
        "sent": log.items(heads(log.of("care_report.sent"))),
        "answers": log.items(said),
        "questions": [{"item": log.item(entry), "answers": log.items(answers.get(entry["id"], []))} for entry in asked],
        "state": _state(bool(receivers), [entry["kind"] for entry in said], [entry for entry in asked if entry["id"] not in answers]),
    }


def care_reports(log: Gathered) -> list[dict[str, Any]]:
    """That reports were made from this card; which card each is, is in its body."""
    return log.items(log.of("care_report.made"))


def receiver(sent: Mapping[str, Any]) -> str:
    """Who says what became of a report: whom it was sent to, or of one that went outside Motorkap who sent it."""
    to = sent["body"].get("to")
    return to if isinstance(to, str) and to else str(sent["org"])


def lacks(body: Mapping[str, Any]) -> list[str]:
    """What a report does not say although who receives it needs it; of children who are there also who they are."""
    needed = [*VITAL, *(["children_note"] if body.get("children") == "yes" else [])]
    return [name for name in needed if not (isinstance(body.get(name), str) and body[name])]


def _state(is_sent: bool, kinds: list[str], unanswered: list[Entry]) -> str:
    """By what was said and not by when: done is done, and a question waits until it is answered."""
    if "care_report.done" in kinds:
        return "done"
    if unanswered:
        return "asked"
    told = ["sent"] if is_sent else ["none"]
    return max([*told, *(kind.removeprefix("care_report.") for kind in kinds)], key=STATES.index)
