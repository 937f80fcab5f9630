"""The tables. An entry's content is one document, the canonical JSON of what its writer made; the columns beside it are what queries need."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# A situation is a slug of any length; what lists find cards by, and what stays of a card, has its beginning.
LONGEST_SITUATION = 100
# Of the few entries that close a card, or that begin or move a waiting, there is an index by time: the look of every minute reads these and no
# others (store/push_look.py).
OF_CLOSING = "kind = 'card.closed'"
OF_MISSING = "kind = 'missing.reported'"
OF_PLANS = "kind = 'action.prepared'"
OF_WAITING = "kind IN ('service.promised', 'service.requested')"


class Base(DeclarativeBase):
    pass


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, in a column that does not say so. PostgreSQL would turn it into the time of its own zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None and value.tzinfo else value


# An error of the database says what was asked and never with which values: those are what people wrote.
db = SQLAlchemy(model_class=Base, engine_options={"hide_parameters": True})


class Organisation(Base):
    """A police team or a care organisation; its id is a slug that goes over the wire."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str] = mapped_column(String(10))
    sector: Mapped[str] = mapped_column(String(100))
    second_factor: Mapped[str] = mapped_column(String(10), default="optional", server_default="optional")
    # Hours: how long a session lasts at most and unused, and how long a phone without contact shows and keeps what is shared (docs/decisions/0005).
    session_absolute_h: Mapped[int] = mapped_column(Integer, server_default="720")
    session_idle_h: Mapped[int] = mapped_column(Integer, server_default="72")
    offline_lock_h: Mapped[int] = mapped_column(Integer, server_default="72")
    offline_erase_h: Mapped[int] = mapped_column(Integer, server_default="336")
    retention_days: Mapped[int] = mapped_column(Integer, default=28, server_default="28")
    stays_open_days: Mapped[int] = mapped_column(Integer, default=90, server_default="90")
    quiet_days: Mapped[int] = mapped_column(Integer, default=365, server_default="365")
    duty: Mapped[str] = mapped_column(String(10), default="everybody", server_default="everybody")
    # At which times its people are asked whether somebody they missed is back (card/reminding.py).
    remind_every_min: Mapped[int] = mapped_column(Integer, default=60, server_default="60")
    remind_begins: Mapped[str] = mapped_column(String(5), default="07:00", server_default="07:00")
    remind_ends: Mapped[str] = mapped_column(String(5), default="23:00", server_default="23:00")
    # After how many hours its people are asked how a card that closed went; 0: never (card/afterwards.py).
    feedback_after_h: Mapped[int] = mapped_column(Integer, default=12, server_default="12")
    # How phones of its people lock (store/vaults.py).
    pin_required: Mapped[bool] = mapped_column(default=True, server_default=true())
    pin_idle_min: Mapped[int] = mapped_column(Integer, default=5, server_default="5")
    locked_alarm: Mapped[bool] = mapped_column(default=True, server_default=true())
    locked_bonnet: Mapped[bool] = mapped_column(default=False, server_default=false())


class Person(Base):
    """Somebody with an account. `function` is what others see beside the name; `role` is member, lead, admin or privacy.

    An empty `password_hash`: no password, this person comes in with a passkey.
    """

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    team: Mapped[str] = mapped_column(String(100), default="", server_default="")
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
    """One browser as one person uses it. Signing in again on that browser gives the same device: what is still unsent there stays theirs.

    A device that was revoked never comes back: who signs in again on that browser gets a new one. `told`: its person has seen that it was done.
    """

    __tablename__ = "device"
    __table_args__ = (Index("device_by_browser", "browser", "person"),)
    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    browser: Mapped[str] = mapped_column(String(36))
    created: Mapped[datetime] = mapped_column(Moment)
    revoked: Mapped[datetime | None] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(60), server_default="")
    revoked_by: Mapped[str | None] = mapped_column(String(36))
    revoked_why: Mapped[str] = mapped_column(String(20), server_default="")
    told: Mapped[bool] = mapped_column(server_default=true())


class Card(Base):
    """Where a card's log stands: its last number and hash, whether its opening has arrived, and who opened it."""

    __tablename__ = "card"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    opened: Mapped[bool]
    opener: Mapped[str] = mapped_column(String(200), default="", server_default="")
    opener_org: Mapped[str] = mapped_column(String(200), default="", server_default="", index=True)


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
    __table_args__ = (
        UniqueConstraint("card", "seq"),
        Index("entry_by_kind", "card", "kind"),
        Index("entry_of_closing", "received", sqlite_where=text(OF_CLOSING), postgresql_where=text(OF_CLOSING)),
        Index("entry_of_missing", "card", sqlite_where=text(OF_MISSING), postgresql_where=text(OF_MISSING)),
        Index("entry_of_plans", "card", sqlite_where=text(OF_PLANS), postgresql_where=text(OF_PLANS)),
        Index("entry_of_waiting", "received", sqlite_where=text(OF_WAITING), postgresql_where=text(OF_WAITING)),
        # Entries lie on the disk nearly as they were received: an index of ranges finds those of later than now (store/furthest.py) for nothing.
        Index("entry_received", "received", postgresql_using="brin").ddl_if(dialect="postgresql"),
    )
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


class Invitation(Base):
    """A link that works once: for somebody new (no `person`) or for a new password of somebody who is there. Only the hash of its token is kept."""

    __tablename__ = "invitation"
    __table_args__ = (Index("invitation_by_address", "org", "email"), Index("invitation_by_person", "person"))
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(100))
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)


class Administration(Base):
    """One thing that an administrator did. The names are those of that moment."""

    __tablename__ = "administration"
    __table_args__ = (Index("administration_by_organisation", "org", "id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(40))
    about: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    about_name: Mapped[str] = mapped_column(String(254))
    changes: Mapped[str] = mapped_column(Text)


class Totp(Base):
    """A person's app with codes (RFC 6238). The secret is encrypted; `last_step` is the last code that was used, so that none works twice."""

    __tablename__ = "totp"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    confirmed_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code for who lost the phone with the app; each works once, and only its hash is kept."""

    __tablename__ = "recovery_code"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)


class Session(Base):
    """Somebody signed in on a device. The cookie names it by an id that is here only as a hash: who reads the database cannot use it."""

    __tablename__ = "session"
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(20), server_default="")


class SetAside(Base):
    """An entry that a revoked device still handed in, as its writer made it: the team lead decides what becomes of it (`taken` or `left_out`)."""

    __tablename__ = "set_aside"
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    document: Mapped[str] = mapped_column(Text)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    decided: Mapped[str] = mapped_column(String(10), server_default="")
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class PurgedCard(Base):
    """What stays of a card whose content was erased: no content and no persons, only that it was there. It never comes back (store/retention.py)."""

    __tablename__ = "purged_card"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    situation: Mapped[str] = mapped_column(String(LONGEST_SITUATION))
    opened_day: Mapped[str] = mapped_column(String(10))
    closed_day: Mapped[str] = mapped_column(String(10))
    organisations: Mapped[int] = mapped_column(Integer)
    kinds: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class LegalHold(Base):
    """An organisation needs a card longer than its retention, and says why. Lifted is kept too."""

    __tablename__ = "legal_hold"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    card: Mapped[str] = mapped_column(String(36), index=True)
    org: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    placed: Mapped[str] = mapped_column(String(24))
    placed_by: Mapped[str] = mapped_column(String(200))
    lifted: Mapped[str | None] = mapped_column(String(24))
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lifted_reason: Mapped[str | None] = mapped_column(Text)


class AccessAnchor(Base):
    """How far the access log had come on a day, written down outside its own file: so that a log that was cut off or made anew is noticed."""

    __tablename__ = "access_anchor"
    file: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


class CardWriter(Base):
    """A person who wrote on a card: derived from the log. In an organisation with a rota it keeps the card theirs after their duty."""

    __tablename__ = "card_writer"
    card: Mapped[str] = mapped_column(ForeignKey("card.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    __table_args__ = (Index("card_writer_by_person", "person", "card"),)


class Duty(Base):
    """Until when somebody is on duty, in an organisation with a rota."""

    __tablename__ = "duty"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until_ms: Mapped[int] = mapped_column(BigInteger)


class DutyPeriod(Base):
    """When somebody was on duty: what came to their organisation then is of their team (store/team.py)."""

    __tablename__ = "duty_period"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    from_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("duty_period_by_person", "person", "until_ms"),)


class LeadLook(Base):
    """A lead who looked at a card that was open, and why."""

    __tablename__ = "lead_look"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    when_ms: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("lead_look_by_card", "card", "person"),)


class ClosedCard(Base):
    """What leads find a card by that closed: derived from its log (store/closed_cards.py). `stale`: something was written on it since. `closed_ms` by
    the stamp of who closed it, `until_ms` when the server got that; both empty for a card that opened again.
    """

    __tablename__ = "closed_card"
    card: Mapped[str] = mapped_column(ForeignKey("card.id"), primary_key=True)
    stale: Mapped[bool] = mapped_column(default=True)
    situation: Mapped[str] = mapped_column(String(LONGEST_SITUATION), default="")
    opened_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    until_ms: Mapped[int | None] = mapped_column(BigInteger)
    holders: Mapped[str] = mapped_column(Text, default="[]")
    __table_args__ = (
        Index("closed_card_stale", "card", sqlite_where=text("stale"), postgresql_where=text("stale")),
        Index("closed_card_by_situation", "situation", "card"),
    )


class ClosedCardMark(Base):
    """A mark of a closed card (review/marks.py)."""

    __tablename__ = "closed_card_mark"
    card: Mapped[str] = mapped_column(ForeignKey("closed_card.card"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(30), primary_key=True)
    __table_args__ = (Index("closed_card_mark_by_mark", "mark", "card"),)


class ClosedCardCame(Base):
    """Since when an organisation is on a closed card: who of it had duty then served for it (store/team.py)."""

    __tablename__ = "closed_card_came"
    card: Mapped[str] = mapped_column(ForeignKey("closed_card.card"), primary_key=True)
    organisation: Mapped[str] = mapped_column(String(200), primary_key=True)
    came_ms: Mapped[int] = mapped_column(BigInteger)


class SharingRule(Base):
    """What an organisation says in the place of a rule of `card/vocabulary/sharing.json`. The newest counts; `{}` is the rule itself again."""

    __tablename__ = "sharing_rule"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    rule: Mapped[str] = mapped_column(String(60))
    says: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    when_ms: Mapped[int] = mapped_column(BigInteger)


class DirectorySaid(Base):
    """What somebody said of a service, of an organisation's page, or of its contacts for one partner; or that a service is still as it says
    (store/directory.py). The newest counts, and `{}` takes it away. A service of nobody with an account has no organisation.
    """

    __tablename__ = "directory_said"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    what: Mapped[str] = mapped_column(String(10))
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    about: Mapped[str] = mapped_column(String(200))
    says: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    when_ms: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("directory_said_about", "what", "organisation", "about"),)


class Vault(Base):
    """The way back into what a phone keeps sealed, for its person alone (store/vaults.py). The secret is encrypted."""

    __tablename__ = "vault"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    secret: Mapped[str] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)


class Passkey(Base):
    """A passkey (WebAuthn): what an authenticator said when it made the key pair, of which the private half never leaves it.

    `suspect_ms`: since when it counts for nothing, because its count of signatures went back: somebody has a copy of it.
    """

    __tablename__ = "passkey"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    credential: Mapped[str] = mapped_column(String(1364), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[str] = mapped_column(String(200))
    backed_up: Mapped[bool]
    aaguid: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(100))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    suspect_ms: Mapped[int | None] = mapped_column(BigInteger)


class PasskeyOwner(Base):
    """A person as authenticators know them: by a handle of random bytes that says nothing. `offered_ms`: when a passkey was offered to them, once."""

    __tablename__ = "passkey_owner"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(86), unique=True)
    offered_ms: Mapped[int | None] = mapped_column(BigInteger)


class Challenge(Base):
    """What an authenticator is asked to sign, for one browser, for five minutes and once. Only that browser knows the id; its hash is here."""

    __tablename__ = "challenge"
    __table_args__ = (Index("challenge_by_end", "expires_ms"),)
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    challenge: Mapped[str] = mapped_column(String(86))
    what: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(Text)
    expires_ms: Mapped[int] = mapped_column(BigInteger)


class Provider(Base):
    """The OpenID provider at which the people of an organisation sign in. The client secret is encrypted; `groups` is a table of group and role."""

    __tablename__ = "provider"
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(200))
    client_secret: Mapped[str] = mapped_column(Text)
    group_claim: Mapped[str] = mapped_column(String(100))
    groups: Mapped[str] = mapped_column(Text)
    newcomers: Mapped[str] = mapped_column(String(10))
    passwords: Mapped[str] = mapped_column(String(10))


class MailDomain(Base):
    """What stands behind the @ of an organisation's addresses. It leads to one organisation only."""

    __tablename__ = "mail_domain"
    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)


class ProviderLink(Base):
    """As whom the provider of their organisation knows somebody (OpenID Connect Core 1.0, 5.7: issuer and subject together, never the address)."""

    __tablename__ = "provider_link"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    issuer: Mapped[str] = mapped_column(String(500))
    sub: Mapped[str] = mapped_column(String(255))
    __table_args__ = (UniqueConstraint("org", "issuer", "sub"),)


class LanguageWord(Base):
    """What an organisation made of a word of `card/vocabulary/language.json`, or a word of its own. The newest counts; `{}`: as it comes."""

    __tablename__ = "language_word"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    word: Mapped[str] = mapped_column(String(60))
    says: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    when_ms: Mapped[int] = mapped_column(BigInteger)


class Guide(Base):
    """A guide of an organisation, over all its versions. `instead_of`: the common guide that it takes the place of for this organisation."""

    __tablename__ = "guide"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    instead_of: Mapped[str] = mapped_column(String(60))
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class GuideVersion(Base):
    """One version of a guide, as it was written; it stays readable. `state`: waiting, published, returned (by a reviewer) or replaced."""

    __tablename__ = "guide_version"
    guide: Mapped[str] = mapped_column(ForeignKey("guide.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    situations: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    visible: Mapped[str] = mapped_column(String(10))
    valid_until: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    steps: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    written_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reviewed_ms: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)


class PushSubscription(Base):
    """Where a browser wants to be pushed to (W3C Push API), for the person and device that asked for it. `key`: our public key it was made for."""

    __tablename__ = "push_subscription"
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(String(88))
    auth: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(88))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class PushWish(Base):
    """That somebody wants to hear of a kind of notice, or not. Without a row they do."""

    __tablename__ = "push_wish"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    wanted: Mapped[bool]


class PushQuiet(Base):
    """The hours in which somebody hears nothing but alarms, as clock times in the Netherlands: "22:00" to "07:00"."""

    __tablename__ = "push_quiet"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    begins: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))


class PushLook(Base):
    """An entry of which it is still to be decided who must hear it at once; written with the entry itself, so that no crash comes between."""

    __tablename__ = "push_look"
    entry: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)


class PushOut(Base):
    """A notice on its way to one device, and what became of it: `sent`, `late`, `refused`, `quiet`. No word of any card is in it."""

    __tablename__ = "push_out"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    card: Mapped[str] = mapped_column(String(36), index=True)
    entry: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(ForeignKey("push_subscription.device"))
    until_ms: Mapped[int] = mapped_column(BigInteger)
    not_before_ms: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_ms: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(10), default="", server_default="")
    __table_args__ = (UniqueConstraint("card", "entry", "kind", "device"), Index("push_out_waiting", "done_ms", "not_before_ms"))


class FigureCard(Base):
    """A card that figures have counted (store/summaries.py). Stays when the card is purged. `hash`: of the log that it was counted from."""

    __tablename__ = "figure_card"
    card: Mapped[str] = mapped_column(String(36), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))


class FigureOrganisation(Base):
    """An organisation that a card is counted for, with what the card can be looked at by: no content, no persons (store/summary.py).

    One that does not `take_part` is only what a contact is kept with. `counted`: as a card, which contacts and agreements are not.
    What the page asks for is in the index, and in the order of the tables (`WITHOUT ROWID`): it reads thousands of these at once.
    """

    __tablename__ = "figure_organisation"
    card: Mapped[str] = mapped_column(String(36), primary_key=True)
    organisation: Mapped[str] = mapped_column(String(200), primary_key=True)
    quarter: Mapped[str] = mapped_column(String(6))
    takes_part: Mapped[bool]
    counted: Mapped[bool]
    situation: Mapped[str] = mapped_column(String(100))
    area: Mapped[str] = mapped_column(String(4))
    __table_args__ = (
        Index("figure_organisation_by_quarter", "organisation", "quarter", "takes_part", "card", "counted", "situation", "area"),
        {"sqlite_with_rowid": False},
    )


class FigureCase(Base):
    """One thing that is counted of a card: `what` it is, under which `name`. `org`: the organisation it counts for, empty for all that take part.
    `first`: of the cases of this card that are called the same, so that cards can be counted too.
    """

    __tablename__ = "figure_case"
    card: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    what: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(220))
    first: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(Integer)
    org: Mapped[str] = mapped_column(String(200))
    quarter: Mapped[str] = mapped_column(String(6))
    day: Mapped[str] = mapped_column(String(10))
    __table_args__ = (
        Index("figure_case_by_organisation", "org", "quarter", sqlite_where=text("org <> ''"), postgresql_where=text("org <> ''")),
        {"sqlite_with_rowid": False},
    )


class CalendarAddress(Base):
    """The secret address of somebody's calendar feed. Kept is only the hash of what is secret in it; a new one ends the old."""

    __tablename__ = "calendar_address"
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)


class ApiToken(Base):
    """With what another system of an organisation reads through `/api/v1`. Kept is only the hash; `scopes`: what it opens, with spaces between."""

    __tablename__ = "api_token"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class JointReview(Base):
    """Two organisations that look back on one card together (store/joint_reviews.py). `version` counts the changes of what stands here: the kind of
    consultation it goes to, which one, and when; empty where nobody said so."""

    __tablename__ = "joint_review"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    card: Mapped[str] = mapped_column(String(36))
    org: Mapped[str] = mapped_column(String(200))
    partner: Mapped[str] = mapped_column(String(200))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    level: Mapped[str] = mapped_column(String(20))
    forum: Mapped[str] = mapped_column(String(100))
    on_day: Mapped[str] = mapped_column(String(10))
    __table_args__ = (
        UniqueConstraint("card", "org", "partner"),
        Index("joint_review_by_org", "org"),
        Index("joint_review_by_partner", "partner"),
    )


class JointNote(Base):
    """What somebody wrote in a joint review: a note, a lesson, or a follow-up with whose it is and until when (`owner`, `due`)."""

    __tablename__ = "joint_note"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    review: Mapped[str] = mapped_column(ForeignKey("joint_review.id"))
    org: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    due: Mapped[str] = mapped_column(String(10))
    done: Mapped[bool]
    version: Mapped[int] = mapped_column(Integer)
    changed_ms: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("joint_note_by_review", "review"),)
