"""The world of the matrix, built once: who is in it, the cards they are on or not, and a word in every text that tells whose text it is.

A word is made of its card and its audience, so that a single word found in an answer says what leaked. All texts are written before the first
question, and the world is put back after every answer that changed something.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import uuid6
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from store import demo, directory, duty, people, retention
from store.administration import By
from store.database import reading, writing
from store.models import ApiToken, Invitation, JointNote, Passkey, Person
from tests.authenticator import Authenticator
from tests.cast import Clock, Phone, new_id, say_tables_are_at, server, sqlite_in
from tests.http.outside import make_token
from tests.http.privacy import close, later
from tests.http.test_passkeys import make
from tests.push_service import PRIVATE, SUBJECT

DAY_H = 24
# Who takes part: name -> account. Noord is police where everybody is on duty, the crisisdienst is care with a rota, Zuid is police of elsewhere.
ACCOUNTS = {
    "officer": "agent@noord.example",
    "colleague": "agent2@noord.example",
    "lead": "teamlead@noord.example",
    "admin": "admin@noord.example",
    "privacy": "privacy@noord.example",
    "triagist on duty": "triagist@crisisdienst.example",
    "doctor off duty": "arts@crisisdienst.example",
    "care lead off duty": "teamlead@crisisdienst.example",
    "care lead on duty": "teamlead2@crisisdienst.example",
    "care admin off duty": "admin@crisisdienst.example",
    "care writer off duty": "arts2@crisisdienst.example",
    "care privacy": "privacy@crisisdienst.example",
    "officer elsewhere": "agent@zuid.example",
    "lead elsewhere": "teamlead@zuid.example",
    "admin elsewhere": "admin@zuid.example",
    "privacy elsewhere": "privacy@zuid.example",
}
ADDED = (("teamlead2", "crisisdienst", "lead"), ("arts2", "crisisdienst", "member"), ("admin", "zuid", "admin"), ("privacy", "zuid", "privacy"))
VAULTS = {"officer": str(uuid4()), "officer elsewhere": str(uuid4())}
SECRET = "A" * 43
NOBODY = ("signed out", "switched off", "revoked device")
CARDS = ("own", "invited", "joined", "taken off", "organisation taken off", "closed", "purged", "not opened yet", "of care", "missing")


def word(card: str, audience: str) -> str:
    return f"zz{card.replace(' ', '')}zz{audience}zz"


@dataclass
class World:
    app: Flask
    folder: Path
    phones: dict[str, Phone]
    nobody: dict[str, FlaskClient]
    cards: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[str, str]] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, **more: Any) -> TestResponse:
        """As the browser of `who` asks. Nothing of the answer stays in it, so that signing out is a question like any other."""
        headers = {"Accept": "text/html", **self.cookies(who), **more.pop("headers", {})}
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}  # for the machine that the server runs on more is open (blueprints/watching.py)
        return self.app.test_client(use_cookies=False).open(path, method=method, headers=headers, environ_base=elsewhere, **more)

    def cookies(self, who: str) -> dict[str, str]:
        http = self.nobody[who] if who in NOBODY else self.phones[who].http
        told = "; ".join(f"{name}={kept.value}" for name in ("session", "browser") if (kept := http.get_cookie(name)))
        return {"Cookie": told} if told else {}

    def note(self, card: str, writer: Phone, audience: str) -> None:
        """A text with its word. `audience` is police, care, all, or org:<which>."""
        self.words[word(card, audience).replace(":", "")] = (card, audience)
        told = {"says": word(card, audience).replace(":", "")}
        entry = writer.write(self.cards[card], "observation.noted", told, audience=audience.partition(":")[0])
        self.entries.setdefault(card, {})[audience] = entry["id"]

    def open(self, card: str, opener: Phone, *invited: str) -> None:
        """A card with texts for each audience of its opener's side; even its place is a text for who is on it."""
        self.words[word(card, "all")] = (card, "all")
        opening = opener.entry(new_id(), "card.opened", {"situation": "crisis_assessment", "place": word(card, "all")})
        self.cards[card] = opening["card"]
        self.entries[card] = {"opening": opening["id"]}
        shares = [opener.entry(opening["card"], "card.shared", {"organisation": one}) for one in invited]
        assert opener.sync([opening, *shares])["rejected"] == {}
        for audience in ("all", opener.me["domain"], f"org:{opener.me['org']}"):
            self.note(card, opener, audience)

    def join(self, card: str, opener: Phone, *joining: Phone) -> None:
        for one in joining:
            code = opener.http.post(f"/cards/{self.cards[card]}/code", json={}).get_json()["code"]
            assert one.http.post("/join", json={"code": code}).status_code == 200

    # what a question did

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "motorkap.sqlite")

    def keep(self) -> None:
        """As it is now, so it will be again."""
        self.snapshot, self.watch = sqlite3.connect(":memory:", check_same_thread=False), self.database()
        with self.database() as live:
            live.backup(self.snapshot)
        self.version = self._version()

    def _version(self) -> int:
        (found,) = self.watch.execute("PRAGMA data_version").fetchone()
        return int(found)

    def changed(self) -> bool:
        """Whether anything in the database changed since last time; it is put back."""
        if self._version() == self.version:
            return False
        changed = dump(self.snapshot) != dump(self.watch)
        self.restore()
        return changed

    def restore(self) -> None:
        with self.database() as live:
            self.snapshot.backup(live)
        with self.app.app_context():
            people.forget_names()
            directory.forget()
        self.version = self._version()


def dump(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


def built(folder: Path, database: str = "") -> World:
    """On SQLite, whatever other tests are on: what a question did is seen in its file. Where nobody is cut short for being refused."""
    clock = Clock()
    told = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "REFUSALS_LIMIT": "100000 per 10 seconds"}
    app = server(folder, clock, SQLALCHEMY_DATABASE_URI=database or sqlite_in(folder), **told)
    with app.app_context():
        _more_people()
        duty.set_rule(By("crisisdienst", 0), "rota")
    phones = {name: Phone(app, account) for name, account in ACCOUNTS.items()}
    say_tables_are_at(app)
    world = World(app, folder, phones, {})
    officer, colleague, elsewhere = phones["officer"], phones["colleague"], phones["officer elsewhere"]
    triagist, doctor, writer = phones["triagist on duty"], phones["doctor off duty"], phones["care writer off duty"]

    world.open("purged", officer, "crisisdienst", "zuid")
    close(officer, world.cards["purged"])
    later(clock, 29 * DAY_H, *phones.values())
    with app.app_context():
        assert [one.card for one in retention.purge(clock())] == [world.cards["purged"]]

    for one in (triagist, phones["care lead on duty"], writer):
        assert one.http.post("/duty", data={"until": "06:00"}).status_code == 303
    world.open("own", officer)
    for card in ("invited", "closed"):
        world.open(card, officer, "crisisdienst")
        for audience in ("care", "org:crisisdienst"):
            world.note(card, writer, audience)
    world.open("joined", elsewhere)
    world.join("joined", elsewhere, colleague, doctor)
    world.open("taken off", elsewhere)
    world.join("taken off", elsewhere, colleague, doctor)
    for gone in (colleague, doctor):
        elsewhere.write(world.cards["taken off"], "card.removed", {"person": gone.me["person"]})
    world.open("organisation taken off", elsewhere, "noord", "crisisdienst")
    for org in ("noord", "crisisdienst"):
        elsewhere.write(world.cards["organisation taken off"], "card.unshared", {"organisation": org})
    world.open("of care", writer)
    assert writer.http.post("/duty/end").status_code == 303
    close(officer, world.cards["closed"])
    early = elsewhere.entry(new_id(), "observation.noted", {"says": word("not opened yet", "all")})
    world.words[word("not opened yet", "all")] = ("not opened yet", "all")
    assert elsewhere.sync([early])["rejected"] == {}
    world.cards |= {"not opened yet": early["card"], "missing": new_id()}

    _other_things(world)
    world.keep()
    return world


def _more_people() -> None:
    """Roles that the demo organisations do not have: an administrator elsewhere, and two leads in one organisation."""
    with writing() as connection:
        hashed = str(connection.scalar(select(Person.password_hash).limit(1)))
        names = {slug: name for slug, name, *_ in demo.ORGANISATIONS}
        for account, org, role in ADDED:
            row = {"id": str(uuid6.uuid7()), "org": org, "email": f"{account}@{org}.example", "name": f"{account} {names[org]}", "role": role}
            connection.execute(insert(Person).values(**row, function=role, password_hash=hashed, active=True))


def _other_things(world: World) -> None:
    """What has an id and is no card: persons, devices, invitations, what was set aside; and who may not come in any more."""
    app, phones = world.app, world.phones
    lost = Phone(app, "opco@noord.example")
    gone = Phone(app, "wijkagent@noord.example")
    unsent = lost.entry(world.cards["own"], "observation.noted", {"says": word("own", "setaside")})
    world.words[word("own", "setaside")] = ("own", "set aside")
    phones["colleague"].http.post(f"/devices/lost/{lost.me['person']}", data={"device": lost.me["device"]})
    assert lost.http.post("/sync", json={"entries": [unsent]}).get_json()["rejected"][unsent["id"]]["code"] == "revoked"
    assert phones["admin"].http.post(f"/people/{gone.me['person']}/deactivate").status_code == 303
    world.nobody = {"signed out": app.test_client(), "switched off": gone.http, "revoked device": lost.http}
    spare = {"officer": Phone(app, ACCOUNTS["officer"]), "officer elsewhere": Phone(app, ACCOUNTS["officer elsewhere"])}
    tokens = {}
    for admin, org in (("admin", "noord"), ("admin elsewhere", "zuid")):
        answer = phones[admin].http.post("/people/invite", data={"email": f"nieuw@{org}.example", "name": "", "role": "member"})
        tokens[org] = answer.get_data(as_text=True).split("/invitations/")[1].split('"')[0]
    for one in ("officer", "officer elsewhere"):
        assert make(phones[one].http, Authenticator()).status_code == 200
        assert phones[one].http.put(f"/vault/{VAULTS[one]}", json={"secret": SECRET}).status_code == 204
    joint, notes = looking_back_together(world)
    for admin in ("admin", "admin elsewhere"):
        make_token(phones[admin])
    offer = phones["officer"].write(world.cards["invited"], "handover.offered", {"to": "crisisdienst", "situation": "Overdracht"})
    with world.app.app_context(), reading() as connection:
        api_tokens = {row.org: row.id for row in connection.execute(select(ApiToken.org, ApiToken.id))}
        passkeys = {row.person: row.id for row in connection.execute(select(Passkey.person, Passkey.id))}
        invitations = {row.org: row.id for row in connection.execute(select(Invitation.org, Invitation.id))}
    world.ids = {
        "person of noord": phones["colleague"].me["person"],
        "person of zuid": phones["officer elsewhere"].me["person"],
        "person of care": phones["triagist on duty"].me["person"],
        "no person": new_id(),
        "device of officer, elsewhere": spare["officer"].me["device"],
        "device of officer, in the hand": phones["officer"].me["device"],
        "device of colleague": phones["colleague"].me["device"],
        "device of triagist": phones["triagist on duty"].me["device"],
        "device of officer of zuid": spare["officer elsewhere"].me["device"],
        "no device": "00000000",
        "invitation of noord": invitations["noord"],
        "invitation of zuid": invitations["zuid"],
        "no invitation": new_id(),
        "token": tokens["zuid"],
        "no token": "x" * 43,
        "api token of noord": api_tokens["noord"],
        "api token of zuid": api_tokens["zuid"],
        "no api token": str(uuid4()),
        "no secret": "x" * 43,
        "offer": offer["id"],
        "joint review": joint,
        "no joint review": new_id(),
        "note of noord": notes["noord"],
        "note of care": notes["crisisdienst"],
        "no note": new_id(),
        "no offer": new_id(),
        "service of noord": "noord/wijkagent",
        "service of care": "crisisdienst",
        "service of nobody": "~huisartsenpost",
        "no service": "crisisdienst/nobody",
        "partner": "zuid",
        "no partner": "no-organisation",
        "rule": "go_alone",
        "common guide": "who-drives",
        "guide of noord": guide_of_noord(phones),
        "no guide": new_id(),
        "version": "1",
        "no version": "99",
        "word": "aggressive",
        "no word": "own-nothing",
        "no rule": "no_rule",
        "vault of officer": VAULTS["officer"],
        "vault of officer of zuid": VAULTS["officer elsewhere"],
        "no vault": str(uuid4()),
        "vault's secret": SECRET,
        "passkey of officer": passkeys[phones["officer"].me["person"]],
        "passkey of officer of zuid": passkeys[phones["officer elsewhere"].me["person"]],
        "no passkey": new_id(),
        "provider's organisation": "noord",
        "no organisation": "no-organisation",
        "set aside": unsent["id"],
        "set aside by": lost.me["device"],
    }


def looking_back_together(world: World) -> tuple[str, dict[str, str]]:
    """Noord and the crisisdienst on the closed card, with a lesson of each."""
    lead = world.phones["lead"]
    answer = lead.http.post(f"/review/{world.cards['closed']}/joint", data={"partner": "crisisdienst"})
    path = answer.headers["Location"]
    for one in (lead, world.phones["care lead on duty"]):
        assert one.http.post(f"{path}/notes", data={"what": "lesson", "text": "Eerder bellen"}).status_code == 303
    with world.app.app_context(), reading() as connection:
        notes = {row.org: row.id for row in connection.execute(select(JointNote.org, JointNote.id))}
    return str(path.rsplit("/", 1)[1]), notes


def guide_of_noord(phones: dict[str, Phone]) -> str:
    """A guide for its own organisation alone, published, and with a second version that waits for a review."""
    told = {"title": "Deur", "body": "1. Bel", "situations": "worry", "visible": "org", "valid_until": "2027-01-01", "source": "Afspraak"}
    answer = phones["lead"].http.post("/guides/mine/new", data={**told, "seen": "0"})
    path = answer.headers["Location"]
    assert phones["admin"].http.post(f"{path}/review", data={"version": "1", "do": "publish"}).status_code == 303
    assert phones["admin"].http.post(f"{path}/edit", data={**told, "seen": "1"}).status_code == 303
    return str(path.rsplit("/", 1)[1])
