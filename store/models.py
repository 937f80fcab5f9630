"""The tables. An entry's content is one document, the canonical JSON of what its writer made; the columns beside it are what queries need."""

from __future__ import annotations

from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Organisation(Base):
    """A police team or a care organisation; its id is a slug that goes over the wire."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str] = mapped_column(String(10))
    sector: Mapped[str] = mapped_column(String(100))


class Person(Base):
    """Somebody with an account. `function` is what others see beside the name; `role` is member, lead or admin."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined")

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return self.id


class Device(Base):
    """One browser as one person uses it. Signing in again on that browser gives the same device: what is still unsent there stays theirs."""

    __tablename__ = "device"
    __table_args__ = (Index("device_by_browser", "browser", "person"),)
    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    browser: Mapped[str] = mapped_column(String(36))
    created: Mapped[datetime]
    revoked: Mapped[datetime | None]


class Card(Base):
    """Where a card's log stands: its last number and hash, and whether its opening has arrived."""

    __tablename__ = "card"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    opened: Mapped[bool]


class CardOrganisation(Base):
    """An organisation that is on a card: derived from the log, kept so that "my cards" is one look-up."""

    __tablename__ = "card_organisation"
    card: Mapped[str] = mapped_column(ForeignKey("card.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(String(200), primary_key=True)
    __table_args__ = (Index("card_organisation_by_organisation", "organisation", "card"),)


class CardPerson(Base):
    """A person who is on a card by opening or joining it: derived from the log."""

    __tablename__ = "card_person"
    card: Mapped[str] = mapped_column(ForeignKey("card.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    __table_args__ = (Index("card_person_by_person", "person", "card"),)


class EntryRow(Base):
    """One entry of a card's log."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("card", "seq"), Index("entry_by_kind", "card", "kind"))
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.id"))
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(Text)
    org: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(6))
    received: Mapped[str] = mapped_column(String(24))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)


class JoinCode(Base):
    """Six characters that put somebody on a card, for a quarter of an hour."""

    __tablename__ = "join_code"
    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    card: Mapped[str] = mapped_column(String(36))
    expires_ms: Mapped[int] = mapped_column(BigInteger)


class JoinUse(Base):
    """Who used a code: one use a person."""

    __tablename__ = "join_use"
    code: Mapped[str] = mapped_column(ForeignKey("join_code.code"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Setting(Base):
    """What the server knows about itself, such as the epoch of its history."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
