"""Epoch: the name of this server's history. A restored server takes a new one, and phones hand everything in again (PROTOCOL, "POST /sync")."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, insert, select

from store.database import reading, writing
from store.models import Setting


def epoch() -> str:
    """The name of this history; given at the first question."""
    with reading() as connection:
        name = connection.scalar(select(Setting.value).where(Setting.name == "epoch"))
    return name or new_epoch()


def new_epoch() -> str:
    """After a restore: what phones know of our numbers no longer holds."""
    name = str(uuid.uuid4())
    with writing() as connection:
        connection.execute(delete(Setting).where(Setting.name == "epoch"))
        connection.execute(insert(Setting).values(name="epoch", value=name))
    return name
