"""Retention: a closed card stays its days and then goes from everywhere, for good; what is open or held never goes by itself."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from sqlalchemy import select

from card.closing import closed
from card.entry import Entry, means_something
from card.gathered import Gathered
from card.vocabulary import RISK_FOR
from review.standing import Standing
from store import access_log, anchors, epoch, holds, retention
from store.closed_since import closed_since
from store.database import reading
from store.models import PurgedCard, db
from tests.card.logs import logs
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.privacy import PRIVACY, PRIVACY_CARE, close, later, told
from tests.http.test_devices import page, report_lost
from tests.http.test_doors import LEAD
from tests.http.test_set_aside import hand_in
from tests.review.test_over_time import entries_of

Phones = Callable[[str], Phone]
DAYS = 24


def purge(app: Flask, *options: str) -> str:
    done = app.test_cli_runner().invoke(args=["purge", *options])
    assert done.exit_code == 0, done.output
    return done.output


def goes(app: Flask, clock: Clock) -> list[str]:
    with app.app_context():
        return [one.card for one in retention.plan(clock()).goes]


@pytest.mark.sqlite
def test_a_closed_card_stays_its_days_and_then_all_of_its_content_is_gone(app: Flask, phone: Phones, clock: Clock, tmp_path: Path) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card, stays = officer.open_card("crisisdienst"), officer.open_card("crisisdienst")
    officer.http.post(f"/cards/{card}/code", json={})
    officer.write(card, "observation.noted", {"says": "een-heel-bijzonder-woord"})
    close(officer, card)
    later(clock, 28 * DAYS - 1, officer, triagist)
    assert goes(app, clock) == []
    later(clock, 1, officer, triagist)
    assert "1 would be erased" in purge(app)
    assert officer.http.get(f"/cards/{card}").status_code == 200
    assert f"erased  {card}" in purge(app, "--really")
    assert "0 erased" in purge(app, "--really")
    with reading_of(app) as connection:
        (row,) = connection.execute(select(PurgedCard.__table__)).mappings().all()
        for table in ("entry", "card_organisation", "card_person", "join_code", "join_use", "card"):
            column = "id" if table == "card" else "code" if table == "join_use" else "card"
            assert card not in connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars().all(), table
    assert {name: row[name] for name in ("id", "situation", "opened_day", "closed_day", "organisations")} == {
        "id": card, "situation": "crisis_assessment", "opened_day": "2026-11-24", "closed_day": "2026-11-24", "organisations": 2,
    }  # fmt: skip
    assert json.loads(row["kinds"]) == {"card.closed": 1, "card.opened": 1, "card.shared": 1, "observation.noted": 1}
    assert len(row["hash"]) == 64
    assert all(b"bijzonder-woord" not in file.read_bytes() for file in tmp_path.glob("*.sqlite*")), "nothing of it is left in any file"
    for path in ("", ".json", "/seen", "/timeline"):
        assert officer.http.get(f"/cards/{card}{path}").status_code == 404
    assert officer.http.get(f"/cards/{stays}").status_code == 200
    assert triagist.sync(have={card: 4})["gone"] == [card]
    assert [line["ground"] for line in told(app, card=card, action="purge")] == ["retention"]
    assert "1 purged" in app.test_cli_runner().invoke(args=["verify"]).output


def reading_of(app: Flask) -> Any:
    with app.app_context():
        return db.engine.connect()


def test_a_purged_card_never_comes_back_from_a_phone(app: Flask, phone: Phones, clock: Clock) -> None:
    """Not its old entries, sealed or not, not a new one, and not in another history; the phone is told that the card is gone."""
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    triagist.write(card, "observation.noted", {"does": "x"})
    close(officer, card)
    held = triagist.sync()["entries"]
    later(clock, 29 * DAYS, officer, triagist)
    purge(app, "--really")
    handed_in = [*held, triagist.entry(card, "observation.noted", {"does": "te laat"}), triagist.opening(card)]
    for epoch_name in (triagist.me["epoch"], "another history"):
        answer = triagist.sync(handed_in, epoch=epoch_name)
        assert {refused["code"] for refused in answer["rejected"].values()} == {"forbidden"}
        assert answer["accepted"] == {}
        assert answer["gone"] == [card]
        assert answer["ended"] == {card: {"why": "purged"}}
    assert triagist.sync(have={card: 0})["ended"] == {card: {"why": "purged"}}
    assert triagist.sync(have={card: 3}, epoch="another history")["gone"] == [card]
    assert triagist.sync()["entries"] == []


def test_what_a_lost_phone_handed_in_goes_with_its_card_and_no_lost_phone_brings_it_back(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, colleague, lead = phone(OFFICER), phone(OTHER_OFFICER), phone(LEAD)
    card, stays = officer.open_card(), officer.open_card()
    report_lost(colleague, officer)
    kept = [officer.entry(one, "observation.noted", {"does": words}) for one, words in ((card, "Loopt weg"), (stays, f"Net als op {card}"))]
    late = officer.entry(card, "observation.noted", {"does": "Nog later"})
    hand_in(officer, *kept)
    close(colleague, card)
    later(clock, 29 * DAYS, lead)
    purge(app, "--really")
    assert hand_in(officer, late).get_json()["rejected"][late["id"]]["code"] == "forbidden"
    told_lead = page(lead, "/set-aside")
    assert "Net als op" in told_lead
    assert not [words for words in ("Loopt weg", "Nog later") if words in told_lead]


@pytest.mark.sqlite
def test_a_purged_card_never_comes_back_with_a_backup(tmp_path: Path) -> None:
    """The backup has the card as it was; the access log, a file of its own, knows that it was purged."""
    clock, live = Clock(), tmp_path / "live"
    live.mkdir()
    app = server(live, clock)
    officer, triagist = Phone(app, OFFICER), Phone(app, TRIAGIST)
    card, held = officer.open_card("crisisdienst"), officer.open_card()
    for one in (card, held):
        close(officer, one)
    entries = triagist.sync()["entries"]
    with app.app_context():
        db.engine.dispose()
    shutil.copy(live / "motorkap.sqlite", tmp_path / "backup.sqlite")
    later(clock, 28 * DAYS, officer, triagist)
    Phone(app, PRIVACY).http.post(f"/privacy/cards/{held}/hold", data={"reason": "klacht 12"})
    purge(app, "--really")
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    for file in live.glob("motorkap.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "backup.sqlite", live / "motorkap.sqlite")

    restored = server(live, clock)
    said = restored.test_cli_runner().invoke(args=["restored"])
    assert f"Erased again: card {card}" in said.output
    back = Phone(restored, TRIAGIST)
    answer = back.sync(entries, epoch=triagist.me["epoch"])
    assert answer["accepted"] == {}
    assert answer["gone"] == [card]
    with restored.app_context():
        assert retention.keep_purged(clock()) == []
        assert [one.card for one in retention.plan(clock()).held] == [held], "and what was held is held again"


def test_the_days_are_those_of_the_organisation_that_opened_it(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    police, care = officer.open_card("crisisdienst"), triagist.open_card("noord")
    close(officer, police)
    close(triagist, care)
    watching = phone(PRIVACY_CARE)
    assert watching.http.post("/privacy/periods", data={"retention_days": "7", "stays_open_days": "30"}).status_code == 303
    later(clock, 7 * DAYS, officer, triagist, watching)
    assert goes(app, clock) == [care]
    assert told(app, action="periods")[0]["org"] == "crisisdienst"
    page = watching.http.get("/privacy").get_data(as_text=True)
    assert 'name="retention_days" value="7"' in page


@pytest.mark.parametrize("days", ["0", "-1", "3651", "x", "", "1e3", "\u0665"])
def test_a_number_of_days_that_is_none_is_said_at_its_field_and_kept(phone: Phones, days: str) -> None:
    answer = phone(PRIVACY).http.post("/privacy/periods", data={"retention_days": days, "stays_open_days": "90"})
    assert answer.status_code == 422
    assert 'id="error-retention_days"' in answer.get_data(as_text=True)
    assert f'name="retention_days" value="{days}"' in answer.get_data(as_text=True)


def test_no_clock_of_a_phone_makes_a_card_go_earlier(app: Flask, phone: Phones, clock: Clock) -> None:
    """Closed by a phone whose clock stands a year back: the days count from when the server got it."""
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "card.closed", {"outcome": "Klaar"}, at=officer.at(-365 * 24 * 3_600_000))
    later(clock, 27 * DAYS, officer)
    assert goes(app, clock) == []
    later(clock, DAYS, officer)
    assert goes(app, clock) == [card]


def test_a_card_that_a_late_duty_opened_again_is_not_closed(app: Flask, phone: Phones, clock: Clock) -> None:
    """And when the duty is done, the days count from there."""
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 20 * DAYS, officer)
    alarm = officer.write(card, "alarm.raised", {})
    later(clock, 20 * DAYS, officer)
    assert goes(app, clock) == []
    officer.write(card, "alarm.ended", {"alarm": alarm["id"]})
    later(clock, 27 * DAYS, officer)
    assert goes(app, clock) == []
    later(clock, DAYS, officer)
    assert goes(app, clock) == [card]


def test_what_comes_after_closing_and_opens_nothing_does_not_make_it_stay(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 20 * DAYS, officer)
    officer.write(card, "feedback.given", {"text": "goed gegaan"})
    officer.write(card, "risk.assessed", {"for": "client", "level": "low"})
    later(clock, 8 * DAYS, officer)
    assert goes(app, clock) == [card]


def by_looking_at_every_beginning(entries: list[Entry]) -> int | None:
    """Behind which entry a card is closed and stayed closed, said in the plainest way."""
    if closed(Gathered(entries)) is None:
        return None
    about = [place for place, entry in enumerate(entries) if entry["kind"].startswith(("card.closed", "risk.assessed", "alarm.", "handover."))]
    return next(place for place in reversed(about) if closed(Gathered(entries[:place])) is None)


@given(logs())
def test_closed_since_says_when_the_last_thing_closed_it(log: list[Entry]) -> None:
    entries = [{**entry, "seq": seq} for seq, entry in enumerate(Gathered(log).entries, 1)]
    risks = {whom: Standing() for whom in RISK_FOR}
    judged = [entry for entry in entries if entry["kind"] == "risk.assessed" and means_something(entry["kind"], entry["body"])]
    in_a_circle = [entry for entry in judged if risks[entry["body"]["for"]].add(entry) and not risks[entry["body"]["for"]].heads]
    found, expected = closed_since(entries, [f"{place:06d}" for place in range(len(entries))]), by_looking_at_every_beginning(entries)  # type: ignore[arg-type]
    assert (found is None) == (expected is None)
    assert found is None or int(found) == expected or (in_a_circle and int(found) > expected)  # type: ignore[operator]


def test_the_longer_a_card_went_on_after_it_closed_the_longer_it_is_looked_at_and_no_more() -> None:
    def took(size: int) -> float:
        told: list[tuple[str, str, dict[str, Any]]] = [("noord", "card.closed", {"outcome": "x"})]
        entries = entries_of([*told, *[("noord", "risk.assessed", {"for": "client", "level": "low"})] * size])
        begun = time.process_time()
        assert closed_since(entries, [f"{place:06d}" for place in range(len(entries))]) == "000001"
        return time.process_time() - begun

    assert took(1200) < 9 * max(took(300), took(300), 0.004)


def test_who_writes_waits_for_no_look_at_a_long_card(app: Flask, phone: Phones, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card is looked at without the lock; and somebody who writes on it meanwhile keeps it."""
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 29 * DAYS, officer)
    with app.app_context():
        planned = retention.plan(clock())
        monkeypatch.setattr(retention, "plan", lambda _: planned)
        look = retention._counts

        def looks(*told: Any) -> dict[str, Any]:
            officer.write(card, "alarm.raised", {})
            return look(*told)

        monkeypatch.setattr(retention, "_counts", looks)
        assert retention.purge(clock()) == []
    assert officer.http.get(f"/cards/{card}").status_code == 200


def test_a_card_that_never_closes_is_told_and_never_erased(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    later(clock, 89 * DAYS, officer)
    other = officer.open_card()
    later(clock, DAYS, officer)
    said = purge(app, "--really")
    assert f"stays open  {card}  opened by noord" in said
    assert other not in said
    assert officer.http.get(f"/cards/{card}").status_code == 200
    later(clock, DAYS, officer)
    words = "Blijft open"
    assert words in phone("teamlead@noord.example").http.get("/").get_data(as_text=True)
    assert words not in officer.http.get("/").get_data(as_text=True)
    officer.write(card, "observation.noted", {"does": "x"})
    assert card not in purge(app)


def test_a_held_card_is_never_purged_and_lifting_is_written_down(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, watching, other = phone(OFFICER), phone(PRIVACY), phone(PRIVACY_CARE)
    card = officer.open_card("crisisdienst")
    close(officer, card)
    assert other.http.post(f"/privacy/cards/{card}/hold", data={"reason": "zaak van de wijk"}).status_code == 303
    assert watching.http.post(f"/privacy/cards/{card}/hold", data={"reason": ""}).status_code == 422
    later(clock, 40 * DAYS, officer, watching, other)
    for options in ((), ("--really",)):
        assert f"held  {card}  opened by noord, closed 2026-11-24  crisisdienst: zaak van de wijk" in purge(app, *options)
    page = watching.http.get(f"/privacy/cards/{card}").get_data(as_text=True)
    assert "zaak van de wijk" not in page, "why another organisation holds it is theirs"
    assert watching.http.post(f"/privacy/cards/{card}/lift", data={"lifted_reason": "niet van ons"}).status_code == 303
    assert card in purge(app).split("held")[1]
    assert other.http.post(f"/privacy/cards/{card}/lift", data={"lifted_reason": "afgehandeld"}).status_code == 303
    with app.app_context():
        (held,) = holds.of(card)
    assert (held["lifted_by"], held["lifted_reason"]) == (other.me["person"], "afgehandeld")
    assert [(line["action"], line["org"]) for line in told(app, card=card) if line["action"].startswith("hold")] == [
        ("hold", "crisisdienst"), ("hold_lifted", "crisisdienst"),
    ]  # fmt: skip
    assert f"erased  {card}" in purge(app, "--really")


def test_the_operator_can_hold_a_card_and_lift_it_and_says_why(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 40 * DAYS, officer)
    run = app.test_cli_runner()
    assert run.invoke(args=["hold", card, "--org", "noord"]).exit_code == 2
    assert run.invoke(args=["hold", card, "--org", "ggd", "--reason", "x"]).exit_code == 1
    assert run.invoke(args=["hold", new_id(), "--org", "noord", "--reason", "x"]).exit_code == 1
    assert run.invoke(args=["hold", card, "--org", "noord", "--reason", "onderzoek"]).exit_code == 0
    assert run.invoke(args=["hold", card, "--org", "noord", "--reason", "onderzoek"]).exit_code == 1
    assert goes(app, clock) == []
    assert run.invoke(args=["hold", card, "--org", "noord", "--reason", "klaar", "--lift"]).exit_code == 0
    assert goes(app, clock) == [card]
    assert {line["role"] for line in told(app, card=card) if line["action"].startswith("hold")} == {"operator"}


def test_a_card_that_is_held_or_opened_again_between_plan_and_purge_stays(
    app: Flask, phone: Phones, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 30 * DAYS, officer)
    with app.app_context():
        old = retention.plan(clock())
        officer.write(card, "alarm.raised", {})
        monkeypatch.setattr(retention, "plan", lambda _: old)
        assert retention.purge(clock()) == []
    assert officer.http.get(f"/cards/{card}").status_code == 200


@pytest.mark.sqlite
def test_a_purge_that_is_killed_after_its_line_is_said_at_the_next_start_and_done_by_the_next_purge(
    app: Flask, phone: Phones, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite. Where the log is beside the cards nothing can be in between (tests/copies/test_purged.py)."""
    officer = phone(OFFICER)
    card = officer.open_card()
    close(officer, card)
    later(clock, 30 * DAYS, officer)
    with app.app_context():
        with monkeypatch.context() as broken:
            broken.setattr(access_log, "to_disk", lambda: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                retention.purge(clock())
        assert retention.keep_purged(clock()) == []
    assert [line["action"] for line in told(app, card=card)][-1] == "not_purged"
    assert officer.http.get(f"/cards/{card}").status_code == 200
    purge(app, "--really")
    assert officer.sync(have={card: 2})["gone"] == [card]


def test_nothing_and_everything_at_once_is_no_command(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["purge", "--really", "--dry-run"]).exit_code == 2


def test_a_card_that_was_opened_before_this_version_has_its_opener_and_its_days(tmp_path: Path) -> None:
    """The migration fills in who opened the cards that are there."""
    from flask_migrate import downgrade, upgrade

    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0004')")
        downgrade(revision="-1")
        upgrade(revision="0004")
        with reading() as connection:
            assert tuple(connection.exec_driver_sql("SELECT id, opener, opener_org FROM card").one()) == (card, officer.me["person"], "noord")
            assert connection.exec_driver_sql("SELECT retention_days, stays_open_days FROM organisation").first() == (28, 90)
        assert epoch.epoch()
        anchors.write(officer.clock(), anew=True)


def peacetime(officer: Phone, type_: str, *more: tuple[str, dict[str, Any]]) -> str:
    """A card of this type with these entries."""
    opening = officer.entry(new_id(), "card.opened", {"situation": "worry", "place": "Kade", "type": type_})
    entries = [officer.entry(opening["card"], kind, body) for kind, body in more]
    assert officer.sync([opening, *entries])["rejected"] == {}
    return str(opening["card"])


@pytest.mark.parametrize("type_", ["visit", "contact", "plan", "consultation", "agreement", "care_report"])
def test_what_is_kept_in_peacetime_goes_after_a_year_without_a_word_and_stays_open_for_nobody(
    app: Flask, phone: Phones, clock: Clock, type_: str
) -> None:
    officer = phone(OFFICER)
    card, incident = peacetime(officer, type_), officer.open_card()
    later(clock, 200 * DAYS, officer)
    officer.write(card, "feedback.given", {"text": "x"})
    later(clock, 364 * DAYS, officer)
    assert goes(app, clock) == []
    assert f"stays open  {incident}" in purge(app)
    assert f"stays open  {card}" not in purge(app)
    later(clock, DAYS, officer)
    assert f"erased  {card}  opened by noord, quiet since 2027-06-12" in purge(app, "--really")
    assert officer.http.get(f"/cards/{card}").status_code == 404
    assert officer.http.get(f"/cards/{incident}").status_code == 200
    assert officer.sync(have={card: 2})["gone"] == [card]


def test_the_days_without_a_word_are_those_of_the_organisation(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, watching = phone(OFFICER), phone(PRIVACY)
    card = peacetime(officer, "visit")
    sent = {"retention_days": "28", "stays_open_days": "90", "quiet_days": "60"}
    assert watching.http.post("/privacy/periods", data={**sent, "quiet_days": "nooit"}).status_code == 422
    assert watching.http.post("/privacy/periods", data=sent).status_code == 303
    assert 'name="quiet_days" value="60"' in watching.http.get("/privacy").get_data(as_text=True)
    later(clock, 59 * DAYS, officer)
    assert goes(app, clock) == []
    later(clock, DAYS, officer)
    assert goes(app, clock) == [card]


def test_a_plan_that_started_is_an_incident_and_a_closed_visit_goes_as_a_closed_card(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    started = peacetime(officer, "plan", ("card.turned", {"into": "incident"}))
    shut = peacetime(officer, "visit", ("card.closed", {"outcome": "Klaar"}))
    later(clock, 28 * DAYS, officer)
    assert goes(app, clock) == [shut]
    later(clock, 400 * DAYS, officer)
    assert started not in goes(app, clock)


def test_an_agreement_stays_until_its_days_after_the_end_of_its_validity(phone: Phones) -> None:
    """By the field that types.json names, whatever kind says it; the last day that anybody agreed on counts."""
    officer = phone(OFFICER)
    said = [
        officer.entry(new_id(), "card.opened", {"situation": "worry", "place": "Kade", "type": "agreement", "valid_until": "2027-03-01"}),
        officer.entry(new_id(), "feedback.given", {"text": "x", "valid_until": "2027-09-01"}),
        officer.entry(new_id(), "feedback.given", {"text": "x", "valid_until": "nooit"}),
    ]
    assert retention.quiet_since(said, ["2026-11-24T18:00:00.000Z"] * 3) == "2027-09-01T23:59:59.999Z"
    assert retention.quiet_since(said, ["2027-11-24T18:00:00.000Z"] * 3) == "2027-11-24T18:00:00.000Z"
    assert retention.quiet_since([], []) is None


def test_a_visit_that_is_purged_leaves_its_day_on_the_contact(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    contact, visit = new_id(), new_id()
    officer.http.post("/visits/contact", data={"card": contact, "organisation": "dehaven", "rhythm": "monthly"})
    officer.http.post("/visits", data={"card": visit, "whom": "dehaven"})
    later(clock, 100 * DAYS, officer)
    officer.http.post("/visits", data={"card": new_id(), "whom": "dehaven"})
    later(clock, 265 * DAYS, officer)
    assert goes(app, clock) == [visit]
    purge(app, "--really")
    assert officer.card(contact)["contact"]["visited"] == "2027-03-04"
