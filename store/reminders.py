"""Reminders: at which set times an organisation is asked whether somebody it missed is back; card/reminding.py says what follows from that."""

from __future__ import annotations

from sqlalchemy import select

from card.reminding import DEFAULT, Rule
from store import rules
from store.administration import By
from store.database import reading
from store.models import Organisation


def rule_of(org: str) -> Rule:
    """Of an organisation that this server does not know: what counts when nobody chose."""
    wanted = select(Organisation.remind_every_min, Organisation.remind_begins, Organisation.remind_ends).where(Organisation.id == org)
    with reading() as connection:
        row = connection.execute(wanted).first()
    return {"every": row[0], "begins": row[1], "ends": row[2]} if row else DEFAULT


def set_rule(by: By, rule: Rule) -> None:
    rules.change(by, {"remind_every_min": rule["every"], "remind_begins": rule["begins"], "remind_ends": rule["ends"]})
