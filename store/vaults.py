"""Vaults: how phones of an organisation lock, and the way back into what one keeps sealed (docs/decisions/0010).

The key of a phone's data is on that phone alone, wrapped by its PIN. Wrapped a second time, by a secret that is only here, it opens for its
person who just signed in: then a forgotten PIN costs nothing that was not shared yet. The secret alone opens nothing, and neither does the phone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from store import rules
from store.administration import By
from store.database import reading, writing
from store.kept_secret import hidden, shown
from store.models import Organisation, Vault

PURPOSE = b"motorkap vault"
MOST = 50
"""Vaults of one person: one a browser. Of more the oldest goes, so that nobody fills the table."""


@dataclass(frozen=True)
class LockRule:
    """Whether a PIN is asked, after how many minutes without a touch a phone locks, and what it does while it is locked."""

    pin_required: bool
    pin_idle_min: int
    locked_alarm: bool
    locked_bonnet: bool


_RULE = (Organisation.pin_required, Organisation.pin_idle_min, Organisation.locked_alarm, Organisation.locked_bonnet)


def rule_of(org: str) -> LockRule:
    with reading() as connection:
        return LockRule(*connection.execute(select(*_RULE).where(Organisation.id == org)).one())


def set_rule(by: By, rule: LockRule) -> None:
    rules.change(by, vars(rule))


def keep(vault: str, person: str, secret: str, secret_key: bytes, now_ms: int) -> bool | None:
    """Keeps the secret of a new vault. Again with the same secret is no harm; with another one it is not kept. None: another person's vault."""
    with writing() as connection:
        row = connection.execute(select(Vault.person, Vault.secret).where(Vault.id == vault)).first()
        if row is not None:
            return shown(row.secret, secret_key, PURPOSE) == secret if row.person == person else None
        values = {"id": vault, "person": person, "secret": hidden(secret, secret_key, PURPOSE), "created_ms": now_ms}
        connection.execute(insert(Vault).values(values))
        if (connection.scalar(select(func.count()).where(Vault.person == person)) or 0) > MOST:
            oldest = select(Vault.id).where(Vault.person == person).order_by(Vault.created_ms).limit(1)
            connection.execute(delete(Vault).where(Vault.id == oldest.scalar_subquery()))
        return True


def secret_of(vault: str, person: str, secret_key: bytes) -> str | None:
    """The secret, for the vault's own person; None for everybody else."""
    with reading() as connection:
        kept = connection.scalar(select(Vault.secret).where(Vault.id == vault, Vault.person == person))
    return None if kept is None else shown(kept, secret_key, PURPOSE)
