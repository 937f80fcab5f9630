"""Two to four phones and a server, and everything that can come between them: no network, lost answers, crashes, restarts, an old backup.

The model is simple: who wrote what. What must hold in the end: everybody on a card sees the same, nothing that was acknowledged is lost, somebody
always holds the card, and nobody ever held what was not for them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from card.entry import canonical
from card.fold import fold
from store import epoch
from store.models import db
from tests.cast import OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Clock, Phone, server

ACCOUNTS = (OFFICER, TRIAGIST, OFFICER_SOUTH, OTHER_OFFICER)
EMPTY = Path(tempfile.mkdtemp(prefix="motorkap-empty-"))
ORGANISATIONS = ("crisisdienst", "noord", "zuid")


class Held:
    """A phone with what it keeps on disk: the entries it has, and which of its own are not acknowledged yet."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.epoch = phone.me["epoch"]
        self.entries: dict[str, dict[str, Any]] = {}
        self.outbox: list[str] = []
        self.have: dict[str, int] = {}

    def write(self, entry: dict[str, Any]) -> None:
        self.entries[entry["id"]] = entry
        self.outbox.append(entry["id"])

    def hand_in(self, most: int | None = None) -> dict[str, Any]:
        return self.phone.sync([self.entries[id_] for id_ in self.outbox[:most]], self.have, epoch=self.epoch)

    def take(self, answer: dict[str, Any]) -> None:
        """What the device does with an answer: another history means that everything goes again."""
        if answer["epoch"] != self.epoch:
            self.epoch, self.have = answer["epoch"], {}
            self.outbox = list(self.entries)
            return
        assert answer["rejected"] == {}, answer["rejected"]
        self.outbox = [id_ for id_ in self.outbox if id_ not in answer["accepted"]]
        for entry in answer["entries"]:
            self.entries[entry["id"]] = entry
        self.have |= answer["upto"]
        assert answer["gone"] == []

    def catch_up(self) -> None:
        while True:
            answer = self.hand_in()
            self.take(answer)
            if not self.outbox and not answer["more"]:
                return


class PhonesAndServer(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        if not any(EMPTY.iterdir()):
            server(EMPTY)
        self.folder = Path(tempfile.mkdtemp(prefix="motorkap-model-"))
        shutil.copytree(EMPTY, self.folder, dirs_exist_ok=True)
        self.clock = Clock()
        self.app = server(self.folder, self.clock)
        self.phones: list[Held] = []
        self.cards: list[str] = []
        self.written: dict[str, dict[str, Any]] = {}
        self.backup: Path | None = None

    @initialize(number=st.integers(2, 4))
    def phones_are_handed_out(self, number: int) -> None:
        self.phones = [Held(Phone(self.app, account)) for account in ACCOUNTS[:number]]
        self.a_card_is_opened(0)

    @precondition(lambda self: len(self.cards) < 3)
    @rule(who=st.integers(0, 3))
    def a_card_is_opened(self, who: int) -> None:
        held = self.phones[who % len(self.phones)]
        opening = held.phone.opening()
        card = opening["card"]
        shares = [held.phone.entry(card, "card.shared", {"organisation": org}) for org in ORGANISATIONS if org != held.phone.me["org"]]
        for entry in (opening, *shares):
            self._write(held, entry)
        held.catch_up()
        self.cards.append(card)

    @rule(
        who=st.integers(0, 3),
        which=st.integers(0, 2),
        kind=st.sampled_from(["observation", "risk", "offer", "answer", "alarm", "close"]),
        audience=st.sampled_from(["all", "all", "police", "care", "org"]),
        choice=st.integers(0, 99),
        skew=st.integers(-600, 9),
    )
    def somebody_writes_offline(self, who: int, which: int, kind: str, audience: str, choice: int, skew: int) -> None:
        held, card = self.phones[who % len(self.phones)], self.cards[which % len(self.cards)]
        named, body = self._said(held, card, kind, choice)
        entry = held.phone.entry(card, named, body, audience=audience if kind == "observation" else "all")
        entry["at"] = held.phone.at(ahead_ms=skew * 60_000)
        if named == "risk.assessed":
            heads = fold([one for one in held.entries.values() if one["card"] == card])["risk"][body["for"]]["heads"]
            entry["supersedes"] = [head["id"] for head in heads]
        self._write(held, entry)

    def _said(self, held: Held, card: str, kind: str, choice: int) -> tuple[str, dict[str, Any]]:
        mine = held.phone.me["org"]
        offers = [one["id"] for one in held.entries.values() if one["card"] == card and one["kind"] == "handover.offered"]
        if kind == "risk":
            whom = ("professional", "client", "surroundings")[choice % 3]
            return "risk.assessed", {"for": whom, "level": ("none", "low", "middle", "high")[choice % 4], "acute": choice % 5 == 0}
        if kind == "offer":
            others = [org for org in ORGANISATIONS if org != mine]
            return "handover.offered", {"to": others[choice % len(others)]}
        if kind == "answer" and offers:
            verb = ("accepted", "accepted", "released", "withdrawn", "declined")[choice % 5]
            body: dict[str, Any] = {"offer": offers[choice % len(offers)]}
            return f"handover.{verb}", body | ({"release": choice % 2 == 0} if verb == "accepted" else {})
        if kind == "alarm":
            return "alarm.raised", {}
        if kind == "close":
            return "card.closed", {"outcome": "Klaar"}
        return "observation.noted", {"does": f"Stap {choice}"}

    def _write(self, held: Held, entry: dict[str, Any]) -> None:
        self.written[entry["id"]] = entry
        held.write(entry)
        self.clock.later(seconds=1)

    @rule(who=st.integers(0, 3), most=st.sampled_from([1, 2, None]))
    def somebody_shares(self, who: int, most: int | None) -> None:
        held = self.phones[who % len(self.phones)]
        held.take(held.hand_in(most))

    @rule(who=st.integers(0, 3))
    def an_answer_is_lost_on_the_way_back(self, who: int) -> None:
        self.phones[who % len(self.phones)].hand_in()

    @rule(who=st.integers(0, 3))
    def a_phone_crashes(self, who: int) -> None:
        """What is on disk stays; how far it had heard is asked again."""
        self.phones[who % len(self.phones)].have = {}

    @rule()
    def the_server_restarts(self) -> None:
        self._start()

    @rule()
    def a_backup_is_made(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.backup = Path(tempfile.mkdtemp(prefix="motorkap-backup-"))
        shutil.copytree(self.folder, self.backup, dirs_exist_ok=True)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def the_backup_is_put_back(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        shutil.rmtree(self.folder)
        shutil.copytree(self.backup, self.folder)
        self._start()
        with self.app.app_context():
            epoch.new_epoch()

    def _start(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.app = server(self.folder, self.clock)
        for held in self.phones:
            http = self.app.test_client()
            http._cookies = held.phone.http._cookies
            held.phone.http, held.phone.app = http, self.app

    @invariant()
    def nobody_holds_what_is_not_for_them(self) -> None:
        for held in self.phones:
            me = held.phone.me
            for entry in held.entries.values():
                allowed = {"all": True, "org": entry["org"] == me["org"]}.get(entry["audience"], entry["audience"] == me["domain"])
                assert allowed or entry["by"] == me["person"], (me, entry)

    def teardown(self) -> None:
        if self.phones:
            self.everybody_sees_the_same()
        with self.app.app_context():
            db.engine.dispose()
        for folder in (self.folder, self.backup):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def everybody_sees_the_same(self) -> None:
        for _ in range(3):
            for held in self.phones:
                held.catch_up()
        for held in self.phones:
            for card in self.cards:
                mine = [entry for entry in held.entries.values() if entry["card"] == card]
                assert canonical(fold(mine)) == canonical(held.phone.card(card))
                assert len({entry["seq"] for entry in mine}) == len(mine)
                for length in range(1, len(mine) + 1):
                    assert fold(mine[:length])["holders"], "somebody must hold the card"
        on_server = {entry["id"] for held in self.phones for entry in held.phone.sync()["entries"]}
        assert on_server == set(self.written), "nothing is lost and nothing is doubled"


PhonesAndServer.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
TestPhonesAndServer = PhonesAndServer.TestCase
