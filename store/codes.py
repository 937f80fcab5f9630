"""Codes: six characters that put somebody on a card. They work for fifteen minutes, and once a person."""

from __future__ import annotations

import json
import secrets

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from store.access_log import iso
from store.database import reading, writing
from store.models import CardPerson, EntryRow, JoinCode, JoinUse

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 6
VALID_MS = 15 * 60 * 1000


def new_code(card: str, now_ms: int) -> tuple[str, int]:
    """A fresh code for a card and when it ends (milliseconds). Codes that ended are swept out on the way."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        try:
            with writing() as connection:
                ended = select(JoinCode.code).where(JoinCode.expires_ms < now_ms)
                connection.execute(delete(JoinUse).where(JoinUse.code.in_(ended)))
                connection.execute(delete(JoinCode).where(JoinCode.expires_ms < now_ms))
                connection.execute(insert(JoinCode).values(code=code, card=card, expires_ms=now_ms + VALID_MS))
        except IntegrityError:
            continue
        return code, now_ms + VALID_MS


def use_code(said: str, person: str, now_ms: int) -> str | None:
    """The card that a code opens for this person, now; None when it is wrong, over, or used by this person before."""
    code = _plain(said)
    with writing() as connection:
        card = connection.scalar(select(JoinCode.card).where(JoinCode.code == code, JoinCode.expires_ms >= now_ms))
        used = connection.scalar(select(JoinUse.code).where(JoinUse.code == code, JoinUse.person == person))
        if card is None:
            return None
        if used is not None:
            return None if _led_on(connection, card, person, now_ms - VALID_MS) else card
        connection.execute(insert(JoinUse).values(code=code, person=person))
    return card


def card_of(said: str, now_ms: int) -> str | None:
    """The card that a code names now, whoever used it."""
    with reading() as connection:
        return connection.scalar(select(JoinCode.card).where(JoinCode.code == _plain(said), JoinCode.expires_ms >= now_ms))


def _led_on(connection: Connection, card: str, person: str, since_ms: int) -> bool:
    """Whether the use led to a `card.joined`: a server that was killed between the two lets the person try again. Who was taken off since then
    needs another code.
    """
    if connection.scalar(select(CardPerson.card).where(CardPerson.card == card, CardPerson.person == person)) is not None:
        return True
    joined = select(EntryRow.document).where(EntryRow.card == card, EntryRow.kind == "card.joined", EntryRow.received >= iso(since_ms))
    return any(json.loads(document)["body"].get("person") == person for document in connection.scalars(joined))


def _plain(said: str) -> str:
    return "".join(character for character in said.upper() if character.isalnum())
