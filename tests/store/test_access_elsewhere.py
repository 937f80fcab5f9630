"""The access log in another place than beside the cards: where it may be, and that everything that touches it does there what it does beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, make_url

from store import access_log, access_place, heard, log, people, verify
from store.access_place import Misplaced, place_of
from store.unwell import is_away
from tests import access_elsewhere, engines
from tests.access_elsewhere import access_database
from tests.cast import OFFICER, TRIAGIST, Clock, Phone, new_id
from tests.copies.kept import database, motorkap, say
from tests.faults.crowd import wait_until
from tests.http.privacy import PRIVACY, did, told

PLACES = ("sqlite, and the log on postgresql", "postgresql, and the log on another", "postgresql, and the log a file")
WRITERS = 6
CARDS = "postgresql+psycopg://motorkap@db.example/motorkap"


@pytest.fixture(params=PLACES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return placed(request.param, tmp_path)


@pytest.fixture(params=PLACES[:2])
def on_another(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return placed(request.param, tmp_path)


def placed(where: str, folder: Path) -> Flask:
    log = f"sqlite:///{folder / 'lines.sqlite'}" if where.endswith("a file") else access_database()
    return motorkap(database(where.partition(",")[0], folder), Clock(), ACCESS_DATABASE_URI=log)


def lines_of(app: Flask) -> str:
    return str(app.config["ACCESS_DATABASE_URI"])


def test_what_its_owner_types_makes_the_table_that_the_program_knows() -> None:
    engine = create_engine(access_database())
    found, known = inspect(engine), access_log.lines
    columns = {(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns("access_line")}
    assert columns == {(one.name, one.type.compile(engine.dialect), bool(one.nullable)) for one in known.columns}
    assert found.get_pk_constraint("access_line")["constrained_columns"] == ["number"]
    some = {"postgresql_where": ""}
    indexes = {tuple(one["column_names"]): (some | one.get("dialect_options", {}))["postgresql_where"] for one in found.get_indexes("access_line")}
    assert indexes.keys() == {tuple(column.name for column in one.columns) for one in known.indexes}
    assert {action for action in access_log.TO_KEEP if f"'{action}'" in indexes["number",]} == set(access_log.TO_KEEP)
    engine.dispose()


def test_who_looked_and_wrote_is_in_it_and_shown_to_who_may_know(app: Flask, tmp_path: Path) -> None:
    officer, triagist, privacy = Phone(app, OFFICER), Phone(app, TRIAGIST), Phone(app, PRIVACY)
    card = officer.open_card("crisisdienst")
    triagist.sync(have={})
    assert officer.http.get(f"/cards/{card}").status_code == 200
    assert [line[0] for line in did(app, card)] == ["open", "sync", "read"]
    assert "Triagist" in (seen := officer.http.get(f"/cards/{card}/seen").get_data(as_text=True)), seen
    for path in ("/access-log", "/access-log.csv", "/access-log.jsonl"):
        assert card in privacy.http.get(path, query_string={"card": card}).get_data(as_text=True), path
    with app.app_context():
        heard.heard().note(access_log.Line(access_log.Visit("p", "Luistert", "noord", "member", "d"), 0, "stream", card))
    assert told(app, card=card)[-1]["action"] == "stream"
    for command in (
        ["hold", card, "--org", "noord", "--reason", "klacht"],
        ["export", "--card", card, "--org", "noord", "--ground", "court", "--reference", "r", "--out", tmp_path / "out.zip"],
        ["verify"],
    ):
        assert (done := say(app, *command)).exit_code == 0, done.output
    assert [line["action"] for line in told(app, card=card)][-2:] == ["hold", "export"]


def test_the_steps_of_the_tables_leave_it_alone(on_another: Flask) -> None:
    Phone(on_another, OFFICER).open_card()
    before = told(on_another)
    for step in (["db", "downgrade", "0017"], ["db", "upgrade"]):
        assert say(on_another, *step).exit_code == 0
    assert told(on_another) == before


def test_a_line_is_there_only_once_the_cards_took_what_it_says(tmp_path: Path) -> None:
    """Two processes open one card at once: PostgreSQL takes one back, and that one is judged anew. Nobody reads a line about what was taken back."""
    app = placed(PLACES[1], tmp_path)
    officer = Phone(app, OFFICER)
    card, cards = new_id(), make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    with app.app_context():
        viewer = people.viewer_of(officer.me["person"], officer.me["device"])
    assert viewer

    def write() -> None:
        with app.app_context():
            log.hand_in(viewer, [officer.opening(card)], app.config["NOW"](), b"a secret")

    with psycopg.connect(cards.render_as_string(hide_password=False)) as other:
        other.execute(f"INSERT INTO card (id, seq, hash, opened, opener, opener_org) VALUES ('{card}', 0, '', false, '', '')")
        (thread := threading.Thread(target=write)).start()
        wait_until(lambda: _waits(engines.shared_postgres(), cards.database), 10)
        other.commit()
        thread.join(30)
    assert [line["detail"].partition(";")[0] for line in told(app, card=card)] == ["1 written"]


def _waits(server: engines.Postgres, name: str | None) -> bool:
    with server.connect("postgres") as owner:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        return owner.execute(asked, [name]).fetchone() == (1,)


def test_while_it_is_away_nobody_is_answered_about_cards_nothing_is_taken_and_afterwards_all_goes_on(on_another: Flask) -> None:
    app = on_another
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    entry = officer.entry(card, "observation.noted", {"does": "iets"})
    with access_elsewhere.away(lines_of(app)):
        answer = officer.http.post("/sync", json={"epoch": officer.me["epoch"], "have": {}, "entries": [entry]})
        assert (answer.status_code, answer.get_json()["error"], int(answer.headers["Retry-After"]) > 0) == (503, "service_unavailable", True)
        assert officer.http.get(f"/cards/{card}").status_code == 503
        assert officer.http.get(f"/cards/{card}.json").status_code == 503
        ready = app.test_client().get("/readyz")
        assert (ready.status_code, ready.get_json()["tables"], ready.get_json()["access"]) == (503, "current", "unknown")
        measured = app.test_client().get("/metrics").get_data(as_text=True)
        assert "motorkap_access_log_answers 0.0" in measured
        assert "motorkap_database_answers 1.0" in measured
    assert [one["kind"] for one in officer.sync(have={})["entries"]] == ["card.opened"], "what nobody was told was taken is not there"
    assert officer.sync([entry])["accepted"] == {entry["id"]: 2}
    assert app.test_client().get("/readyz").get_json()["access"] == "ok"
    assert "motorkap_access_log_answers 1.0" in app.test_client().get("/metrics").get_data(as_text=True)
    with app.app_context():
        assert verify.cards().breaks == verify.access().breaks == []


def test_while_its_owner_holds_it_everybody_hears_so_at_once_and_not_one_after_the_other(tmp_path: Path) -> None:
    app = placed(PLACES[0], tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    with app.app_context():
        viewer = people.viewer_of(officer.me["person"], officer.me["device"])
    assert viewer
    problems: list[BaseException] = []

    def write(turn: int) -> None:
        with app.app_context():
            try:
                log.hand_in(viewer, [officer.entry(card, "observation.noted", {"does": str(turn)})], app.config["NOW"](), b"a secret")
            except Exception as problem:
                problems.append(problem)

    with engines.other_postgres().connect(access_elsewhere.name_of(lines_of(app))) as owner, owner.transaction():
        owner.execute("LOCK TABLE access_line IN EXCLUSIVE MODE")
        begun = time.monotonic()
        threads = [threading.Thread(target=write, args=(turn,)) for turn in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        took = time.monotonic() - begun
    assert ([is_away(problem) for problem in problems], took < WRITERS * 3 / 2) == ([True] * WRITERS, True), took
    officer.write(card, "observation.noted", {"does": "verder"})


def test_cards_that_waited_too_long_for_it_are_busy_and_no_mistake(tmp_path: Path) -> None:
    """Their own PostgreSQL ended the transaction meanwhile: nobody may keep a card for long."""
    cards = database("postgresql", tmp_path) + "?options=-c%20idle_in_transaction_session_timeout%3D300ms"
    app = motorkap(cards, Clock(), ACCESS_DATABASE_URI=access_database())
    officer = Phone(app, OFFICER)
    opening = officer.opening()
    other, name = engines.other_postgres(), access_elsewhere.name_of(lines_of(app))
    with other.connect(name) as owner, ThreadPoolExecutor(1) as pool:
        owner.execute("BEGIN; LOCK TABLE access_line IN EXCLUSIVE MODE")
        asked = pool.submit(officer.http.post, "/sync", json={"epoch": officer.me["epoch"], "have": {}, "entries": [opening]})
        wait_until(lambda: _waits(other, name), 10)
        time.sleep(0.6)
        owner.execute("ROLLBACK")
        answer = asked.result()
    assert (answer.status_code, answer.get_json()["error"]) == (503, "service_unavailable")
    assert officer.sync([opening])["accepted"] == {opening["id"]: 1}
    with app.app_context():
        assert verify.cards().breaks == verify.access().breaks == []


def test_a_process_whose_connections_to_it_are_all_in_use_is_ready(on_another: Flask) -> None:
    with on_another.app_context():
        taken = [access_log.engine().connect() for _ in range(3)]
    assert on_another.test_client().get("/readyz").status_code == 200
    for connection in taken:
        connection.close()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("mysql://db.example/lines", "begins with"),
        ("postgresql://motorkap@db.example/lines", "begins with"),
        ("lines", "no address"),
        ("sqlite://", "names no file"),
        ("postgresql+psycopg://lines@db.example/motorkap", "names the database of the cards"),
        ("postgresql+psycopg://motorkap:geheim@db.example:5432/motorkap", "names the database of the cards"),
    ],
)
def test_an_address_where_it_cannot_be_is_refused_in_plain_words(said: str, says: str) -> None:
    with pytest.raises(Misplaced, match=says) as refused:
        place_of(CARDS, said)
    assert "geheim" not in str(refused.value)


def test_the_file_of_the_cards_is_none_for_the_access_log() -> None:
    """The two would wait for each other at every writing."""
    for said in ("sqlite:////srv/motorkap.sqlite", "sqlite:////srv//motorkap.sqlite"):
        with pytest.raises(Misplaced, match="names the database of the cards"):
            place_of("sqlite:////srv/motorkap.sqlite", said)


def test_processes_on_several_machines_have_no_access_log_in_a_file_each() -> None:
    with pytest.raises(Misplaced, match="LIVE_URL"):
        place_of(CARDS, "sqlite:////srv/access.sqlite", several=True)
    assert place_of(CARDS, "sqlite:////srv/access.sqlite") == "sqlite:////srv/access.sqlite"
    assert place_of("sqlite:////srv/motorkap.sqlite", "sqlite:////srv/access.sqlite", several=True)


def test_a_place_that_is_good_is_taken_as_it_is_said() -> None:
    assert place_of(CARDS) == CARDS
    assert place_of(CARDS, CARDS) == CARDS
    for elsewhere in ("postgresql+psycopg://lines@db.example/lines", "postgresql+psycopg://motorkap@other.example/motorkap"):
        assert place_of(CARDS, elsewhere) == elsewhere


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DROP TABLE access_line", "is not there"),
        ("ALTER TABLE access_line DROP COLUMN ground", "lacks ground"),
        ("REVOKE INSERT ON access_line FROM {role}", "may not both read and add"),
        ("REVOKE SELECT ON access_line FROM {role}", "may not both read and add"),
        ("GRANT DELETE ON access_line TO {role}", "may change or empty"),
        ("GRANT UPDATE (name) ON access_line TO {role}", "may change or empty"),
    ],
)
def test_a_server_does_not_start_on_what_its_owner_did_not_make_ready(tmp_path: Path, change: str, says: str) -> None:
    app = motorkap(database("sqlite", tmp_path), Clock(), ACCESS_DATABASE_URI=access_database())
    with app.app_context():
        access_place.look()
        with engines.other_postgres().connect(access_elsewhere.name_of(lines_of(app))) as owner:
            owner.execute(change.format(role=access_elsewhere.ROLE))
        with pytest.raises(Misplaced, match=says):
            access_place.look()


def test_a_database_in_which_not_every_name_fits_is_none_for_it(tmp_path: Path) -> None:
    other = engines.other_postgres()
    with other.connect("postgres") as owner:
        owner.execute("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    app = motorkap(database("sqlite", tmp_path), Clock(), ACCESS_DATABASE_URI=access_elsewhere.as_role(other.url("narrow")))
    access_database()
    with app.app_context(), pytest.raises(Misplaced, match="is in LATIN1"):
        access_place.look()


def test_the_database_of_the_cards_under_another_name_is_found_out_when_a_server_starts(tmp_path: Path) -> None:
    cards = database("postgresql", tmp_path)
    app = motorkap(cards, Clock(), ACCESS_DATABASE_URI=cards.replace("127.0.0.1", "localhost"))
    with app.app_context(), pytest.raises(Misplaced, match="leads to the database of the cards"):
        access_place.look()


def test_why_a_server_does_not_start_is_read_in_its_log(tmp_path: Path) -> None:
    access = access_database()
    with engines.other_postgres().connect(access_elsewhere.name_of(access)) as owner:
        owner.execute("DROP TABLE access_line")
    told = os.environ | {"DATABASE_URL": database("sqlite", tmp_path), "ACCESS_DATABASE_URL": access, "DATA": str(tmp_path), "PORT": "0"}
    command = [str(Path(sys.executable).parent / "gunicorn"), "--config", "gunicorn.conf.py", "app:create_app()"]
    done = subprocess.run(command, env=told, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "access_line is not there" in done.stderr + done.stdout


WAITS_ON_THE_LOOP = """
from gevent import monkey
monkey.patch_all()
from psycopg import waiting
from app import create_app
create_app()
assert waiting.wait.__module__ == "store.green", waiting.wait
"""


def test_cards_on_sqlite_and_the_log_on_postgresql_wait_on_the_loop_too(tmp_path: Path) -> None:
    told = os.environ | {"DATA": str(tmp_path), "ACCESS_DATABASE_URL": CARDS}
    done = subprocess.run(
        [sys.executable, "-c", WAITS_ON_THE_LOOP], env=told, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
