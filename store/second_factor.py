"""The second way to prove who somebody is: an app with codes (TOTP, RFC 6238), and recovery codes for who lost the phone with it.

The secret that app and server share is kept encrypted (`store/kept_secret.py`): a copy of the database alone makes no codes. A code works once
(RFC 6238, 5.2): the step that was used last is kept, and moved on by one UPDATE that fails for who comes second. Recovery codes have 80 bits
by chance, so their plain hash tells nobody anything.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from datetime import UTC, datetime

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from store.administration import By, record
from store.database import reading, writing
from store.kept_secret import hidden, shown
from store.models import Organisation, Person, RecoveryCode, Totp

STEP_S = 30
STEPS_AROUND = (-1, 0, 1)
RECOVERY_CODES = 10
_PURPOSE = b"motorkap second way"
_LETTERS = string.ascii_uppercase + "234567"
_LENGTH, _GROUP = 16, 4


def is_set_up(person: str) -> bool:
    with reading() as connection:
        return connection.scalar(select(Totp.person).where(Totp.person == person, Totp.confirmed_ms.is_not(None))) is not None


def is_required(person: str) -> bool:
    """Whether this person's organisation asks a second way of everybody."""
    asked = select(Organisation.second_factor).join(Person, Person.org == Organisation.id).where(Person.id == person)
    with reading() as connection:
        return connection.scalar(asked) == "required"


def begin(person: str, secret_key: bytes) -> str:
    """A fresh secret for the app, which counts from `confirm` on. Somebody who has one that works keeps it, and hears of it by an empty text."""
    secret = pyotp.random_base32()
    with writing() as connection:
        if connection.scalar(select(Totp.confirmed_ms).where(Totp.person == person)) is not None:
            return ""
        connection.execute(delete(Totp).where(Totp.person == person))
        connection.execute(insert(Totp).values(person=person, secret=hidden(secret, secret_key, _PURPOSE), last_step=0))
    return secret


def begun(person: str, secret_key: bytes) -> str | None:
    """The secret that waits for its first code."""
    with reading() as connection:
        kept = connection.scalar(select(Totp.secret).where(Totp.person == person, Totp.confirmed_ms.is_(None)))
    return None if kept is None else shown(kept, secret_key, _PURPOSE)


def address_of(secret: str, email: str) -> str:
    """What the app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Motorkap")


def confirm(person: str, code: str, secret_key: bytes, now_ms: int) -> list[str] | None:
    """The app is set up when it gives a good code; then the recovery codes, which nobody sees again. None: not this code."""
    with writing() as connection:
        kept = connection.scalar(select(Totp.secret).where(Totp.person == person, Totp.confirmed_ms.is_(None)))
        step = None if kept is None else _step_of(code, shown(kept, secret_key, _PURPOSE), now_ms)
        if step is None:
            return None
        connection.execute(update(Totp).where(Totp.person == person).values(confirmed_ms=now_ms, last_step=step))
        return _new_codes(connection, person)


def check(person: str, code: str, secret_key: bytes, now_ms: int) -> bool:
    """Whether this is the code of now, and nobody used it before."""
    with writing() as connection:
        kept = connection.scalar(select(Totp.secret).where(Totp.person == person, Totp.confirmed_ms.is_not(None)))
        step = None if kept is None else _step_of(code, shown(kept, secret_key, _PURPOSE), now_ms)
        if step is None:
            return False
        used = update(Totp).where(Totp.person == person, Totp.last_step < step).values(last_step=step)
        return connection.execute(used).rowcount == 1


def use_recovery_code(person: str, code: str, now_ms: int) -> bool:
    used = update(RecoveryCode).where(RecoveryCode.person == person, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_ms.is_(None))
    with writing() as connection:
        return connection.execute(used.values(used_ms=now_ms)).rowcount == 1


def codes_left(person: str) -> int:
    wanted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person == person, RecoveryCode.used_ms.is_(None))
    with reading() as connection:
        return connection.scalar(wanted) or 0


def new_recovery_codes(person: str) -> list[str]:
    """Ten new ones; the old ones work no longer."""
    with writing() as connection:
        return _new_codes(connection, person)


def remove(person: str) -> None:
    with writing() as connection:
        _remove(connection, person)


def reset(by: By, person: str) -> bool:
    """An administrator takes somebody's second way away, so that they can set it up again. False: nobody of this organisation."""
    with writing() as connection:
        name = connection.scalar(select(Person.name).where(Person.id == person, Person.org == by.org))
        if name is None:
            return False
        _remove(connection, person)
        record(connection, by, "second_way_reset", person, name)
    return True


def _remove(connection: Connection, person: str) -> None:
    connection.execute(delete(RecoveryCode).where(RecoveryCode.person == person))
    connection.execute(delete(Totp).where(Totp.person == person))


def _new_codes(connection: Connection, person: str) -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    connection.execute(delete(RecoveryCode).where(RecoveryCode.person == person))
    connection.execute(insert(RecoveryCode), [{"person": person, "code_hash": _hash(code)} for code in codes])
    return ["-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)) for code in codes]


def _step_of(code: str, secret: str | None, now_ms: int) -> int | None:
    """Which step this code belongs to: the one of now, or one before or after, because clocks differ."""
    digits = "".join(code.split())
    if secret is None or not (digits.isascii() and digits.isdigit()):
        return None
    totp, now = pyotp.TOTP(secret, interval=STEP_S), now_ms // 1000 // STEP_S
    steps = [now + around for around in STEPS_AROUND]
    good = [step for step in steps if hmac.compare_digest(totp.at(datetime.fromtimestamp(step * STEP_S, UTC)), digits)]
    return max(good, default=None)


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
