"""Fold: entries in, card out. Pure, total, and the same in Python and JavaScript (PROTOCOL, "Fold").

Any order, any duplicates, any gaps give a card, and the same set of entries gives the same card. This file is the table of contents: each
subject has its rule in a module of its own, in the order of the screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from card.accord import accord
from card.action import action
from card.agreement import agreements
from card.alarm import alarms
from card.approach import approach
from card.arrest import arrests
from card.care_report import care_report, care_reports
from card.closing import closed, duties
from card.consultation import consultations
from card.contact import contact
from card.entry import Entry
from card.feedback import feedback
from card.flags import flags
from card.gathered import Gathered
from card.handover import asked_handovers, handovers
from card.late import late
from card.membership import membership
from card.missing import missing
from card.observation import observations
from card.offence_report import offence_report
from card.opening import opening
from card.picture import picture
from card.plan import plan
from card.presence import left, present
from card.responsibility import holders
from card.risk import risk
from card.safety import safety
from card.service_request import requests
from card.timeline import timeline
from card.transport import transport
from card.urgency import urgency
from card.visit import visit

Card = dict[str, Any]


def fold(entries: Iterable[Entry]) -> Card:
    log = Gathered(entries)
    log.is_late = late(log)
    members = membership(log.entries)
    return {
        **opening(log),
        "closed": closed(log),
        "organisations": members["organisations"],
        "joined": members["persons"],
        "holders": holders(log),
        "duties": duties(log),
        "alarms": alarms(log),
        "missing": missing(log),
        "urgency": urgency(log),
        "present": present(log),
        "left": left(log),
        "risk": risk(log),
        "observations": observations(log),
        "approach": approach(log),
        "picture": picture(log),
        "plan": plan(log),
        "accord": accord(log),
        "action": action(log),
        "agreements": agreements(log),
        "consultations": consultations(log),
        "care_report": care_report(log),
        "care_reports": care_reports(log),
        "requests": requests(log),
        "safety": safety(log),
        "report": offence_report(log),
        "arrests": arrests(log),
        "transport": transport(log),
        "handovers": handovers(log),
        "asked_handovers": asked_handovers(log),
        "feedback": feedback(log),
        "visit": visit(log),
        "contact": contact(log),
        "flags": flags(log),
        "timeline": timeline(log),
    }
