"""What was purged stays gone and what stays is not erased, in whatever order somebody is stopped, writes, holds, and puts an older backup back."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, func, insert, inspect, select, text

from store import access_log, database, epoch, holds, retention, verify
from store.access_log import Line, Visit
from store.database import reading
from store.models import JointReview, PurgedCard
from tests.access_elsewhere import access_database
from tests.cast import EVENING_MS, OFFICER, Clock, Phone, new_id
from tests.copies.kept import ENGINES, motorkap, say, stop
from tests.copies.kept import database as database_on
from tests.http.privacy import PRIVACY, close, later, told

DAYS = 24
VISIT = Visit("p", "Iemand", "noord", "privacy", "0badcafe")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[*ENGINES, "postgresql, and the log a file", "postgresql, and the log on another"])
def app(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Flask:
    engine, _, where = request.param.partition(", and the log ")
    more = {"a file": f"sqlite:///{tmp_path / 'access.sqlite'}", "on another": access_database() if where == "on another" else ""}
    app = motorkap(database_on(engine, tmp_path), clock, ACCESS_DATABASE_URI=more.get(where, ""))
    with app.app_context():
        epoch.epoch()
    return app


@pytest.fixture
def officer(app: Flask) -> Phone:
    return Phone(app, OFFICER)


def due(officer: Phone) -> str:
    """A card that is past its days."""
    card = officer.open_card()
    close(officer, card)
    later(officer.clock, 30 * DAYS, officer)
    return card


def stopped_half_way(app: Flask, clock: Clock, older: bool = True) -> None:
    """A purge of which only the line in the access log is there. `older`: as the version before wrote it, also where the log is beside the cards."""
    append, commit, said = access_log.append, database.commit, list[str]()

    def dies(connection: Connection) -> None:
        if said:
            raise KeyboardInterrupt
        commit(connection)

    def says(new: list[Line], along: Connection | None = None) -> None:
        (line,) = new
        row = {name: value for name, value in json.loads(line.detail).items() if name != "history"}
        append([replace(line, detail=json.dumps(row))] if older else new, None if older else along)
        said.append(line.card)

    with pytest.MonkeyPatch.context() as broken, app.app_context():
        broken.setattr(database, "commit", dies)
        broken.setattr(access_log, "append", says)
        with pytest.raises(KeyboardInterrupt):
            retention.purge(clock())


def starts(app: Flask) -> list[str]:
    stop(app)
    with app.app_context():
        epoch.server_starts()
        return retention.keep_purged(app.config["NOW"]())


def lines(app: Flask, card: str) -> list[str]:
    return [line["action"] for line in told(app, card=card) if line["action"] in access_log.TO_KEEP]


def back_up(app: Flask, folder: Path) -> Path:
    done = say(app, "backup", folder)
    assert done.exit_code == 0, done.output
    return folder


def restored(app: Flask, folder: Path) -> str:
    stop(app)
    done = say(app, "restore", folder)
    assert done.exit_code == 0, done.output
    return done.output


def is_there(officer: Phone, card: str) -> bool:
    officer.sign_in()
    return officer.http.get(f"/cards/{card}").status_code == 200


def test_a_card_under_alarm_whose_purge_was_stopped_half_way_is_not_erased_at_the_next_start(app: Flask, officer: Phone, clock: Clock) -> None:
    card = due(officer)
    stopped_half_way(app, clock)
    officer.write(card, "alarm.raised", {})
    assert f"NOTE  card {card}" in say(app, "verify").output
    for _ in range(2):
        assert starts(app) == []
        assert is_there(officer, card)
        assert lines(app, card) == ["purge", "not_purged"]
    assert "NOTE" not in say(app, "verify").output
    later(clock, 100 * DAYS, officer)
    assert "0 erased" in say(app, "purge", "--really").output


def test_a_card_that_somebody_holds_since_its_purge_was_stopped_half_way_stays_until_it_is_let_go(app: Flask, officer: Phone, clock: Clock) -> None:
    card = due(officer)
    stopped_half_way(app, clock)
    with app.app_context():
        assert holds.place(VISIT, card, "noord", "klacht 12", clock())
    assert starts(app) == []
    assert f"held  {card}" in say(app, "purge", "--really").output
    with app.app_context():
        assert holds.lift(VISIT, card, "noord", "afgehandeld", clock())
    assert starts(app) == [], "and a start erases nothing that was here all the time"
    assert f"erased  {card}" in say(app, "purge", "--really").output
    assert not is_there(officer, card)
    assert lines(app, card) == ["purge", "hold", "not_purged", "hold_lifted", "purge"]


def test_a_hold_whose_end_was_stopped_half_way_goes_on_until_it_ends_and_not_at_the_next_start(
    app: Flask, officer: Phone, clock: Clock, tmp_path: Path
) -> None:
    """Who lifted it was told that it did not go. The same after a backup of before, once it did."""
    card = due(officer)
    with app.app_context():
        assert holds.place(VISIT, card, "noord", "klacht 12", clock())
    backup = back_up(app, tmp_path / "held")
    with pytest.MonkeyPatch.context() as broken, app.app_context():
        broken.setattr(database, "commit", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            holds.lift(VISIT, card, "noord", "afgehandeld", clock())
    assert starts(app) == []
    assert f"held  {card}" in say(app, "purge", "--really").output
    with app.app_context():
        assert holds.lift(VISIT, card, "noord", "afgehandeld", clock())
    restored(app, backup)
    assert f"erased  {card}" in say(app, "purge", "--really").output


def test_a_purge_that_is_stopped_half_way_is_said_and_the_next_one_decides_anew(app: Flask, officer: Phone, clock: Clock) -> None:
    card = due(officer)
    stopped_half_way(app, clock, older=False)
    beside = app.config["SQLALCHEMY_BINDS"]["access"]["url"] == app.config["SQLALCHEMY_DATABASE_URI"]
    assert lines(app, card) == ([] if beside else ["purge"]), "in one database the line is there with what it says, or neither"
    assert starts(app) == []
    assert is_there(officer, card)
    with app.app_context():
        retention.set_periods("noord", retention.Periods(closed=60))
    assert starts(app) == []
    assert f"erased  {card}" not in say(app, "purge", "--really").output
    later(clock, 30 * DAYS, officer)
    assert f"erased  {card}" in say(app, "purge", "--really").output
    assert lines(app, card) == ([] if beside else ["purge", "not_purged"]) + ["purge"]


@pytest.mark.parametrize("when", ["before it was opened", "before it was closed", "when it was closed", "after a purge that was stopped half way"])
def test_a_backup_from_before_a_purge_is_purged_again(app: Flask, officer: Phone, clock: Clock, tmp_path: Path, when: str) -> None:
    first = back_up(app, tmp_path / "before it was opened")
    card = officer.open_card()
    opening = officer.sync(have={})["entries"]
    back_up(app, tmp_path / "before it was closed")
    close(officer, card)
    back_up(app, tmp_path / "when it was closed")
    later(clock, 30 * DAYS, officer)
    stopped_half_way(app, clock, older=False)
    back_up(app, tmp_path / "after a purge that was stopped half way")
    assert starts(app) == []
    assert f"erased  {card}" in say(app, "purge", "--really").output
    for _ in range(2):
        assert f"Erased again: card {card}" in restored(app, first.parent / when)
        assert not is_there(officer, card)
        assert officer.sync(opening, epoch="")["accepted"] == {}
        assert starts(app) == []
        with app.app_context(), reading() as connection:
            assert connection.scalars(select(PurgedCard.id)).all() == [card]
            assert verify.cards().breaks == verify.cards().not_carried_out == []


@pytest.mark.parametrize("said", ["said", "not said yet"])
def test_a_card_that_went_on_after_a_purge_that_was_stopped_half_way_comes_back_with_an_older_backup(
    app: Flask, officer: Phone, clock: Clock, tmp_path: Path, said: str
) -> None:
    """The backup has it as it stood when it was to be purged. That people wrote on it since the access log knows; phones give it back."""
    card = officer.open_card()
    older = back_up(app, tmp_path / "older")
    close(officer, card)
    backup = back_up(app, tmp_path / "backup")
    later(clock, 30 * DAYS, officer)
    stopped_half_way(app, clock)
    alarm = officer.write(card, "alarm.raised", {})
    held = officer.sync(have={})["entries"]
    if said == "said":
        assert starts(app) == []
    for folder in (backup, older):
        assert "Erased again" not in restored(app, folder)
        assert is_there(officer, card)
        assert alarm["id"] in officer.sync(held, epoch="")["accepted"]
        assert starts(app) == []
        assert lines(app, card) == ["purge", "not_purged"]


def test_a_hold_that_was_placed_after_a_purge_that_was_stopped_half_way_comes_back_with_its_card(
    app: Flask, officer: Phone, clock: Clock, tmp_path: Path
) -> None:
    card = due(officer)
    backup = back_up(app, tmp_path / "backup")
    stopped_half_way(app, clock)
    with app.app_context():
        assert holds.place(VISIT, card, "noord", "klacht 12", clock())
    assert "Erased again" not in restored(app, backup)
    assert is_there(officer, card)
    assert f"held  {card}" in say(app, "purge").output


def test_a_hold_that_was_lifted_before_the_purge_keeps_no_card_of_an_older_backup(app: Flask, officer: Phone, clock: Clock, tmp_path: Path) -> None:
    card = due(officer)
    with app.app_context():
        assert holds.place(VISIT, card, "noord", "klacht 12", clock())
    backup = back_up(app, tmp_path / "backup")
    with app.app_context():
        assert holds.lift(VISIT, card, "noord", "afgehandeld", clock())
    assert f"erased  {card}" in say(app, "purge", "--really").output
    assert f"Erased again: card {card}" in restored(app, backup)
    with app.app_context():
        assert [one["lifted_reason"] for one in holds.of(card)] == ["afgehandeld"]
        assert retention.plan(clock()).held == []


def test_what_two_organisations_wrote_together_about_a_card_goes_again_with_it(app: Flask, officer: Phone, clock: Clock, tmp_path: Path) -> None:
    card = officer.open_card("crisisdienst")
    close(officer, card)
    told_together = {"id": new_id(), "card": card, "org": "noord", "partner": "crisisdienst", "made_ms": clock(), "version": 1}
    with app.app_context(), database.writing() as connection:
        connection.execute(insert(JointReview).values(**told_together, level="", forum="", on_day=""))
    backup = back_up(app, tmp_path / "backup")
    later(clock, 30 * DAYS, officer)
    assert f"erased  {card}" in say(app, "purge", "--really").output
    assert f"Erased again: card {card}" in restored(app, backup)
    with app.app_context(), reading() as connection:
        assert connection.scalar(select(func.count()).select_from(JointReview)) == 0


def test_an_entry_that_came_with_another_hash_after_the_purge_keeps_its_card(app: Flask, officer: Phone, clock: Clock) -> None:
    """A database that was put back while the server ran, and nobody said so: what phones hand in gets other numbers. The next purge decides."""
    card = due(officer)
    append_purge(app, card, hash="0" * 64, at_ms=clock() - 60_000)
    with app.app_context():
        with reading() as connection:
            assert retention._stays(connection, last_line(app), "0" * 64) is False
        officer.write(card, "alarm.raised", {})
        with reading() as connection:
            assert retention._stays(connection, last_purge(app, card), "0" * 64) is True
    assert starts(app) == []
    assert is_there(officer, card)


def append_purge(app: Flask, card: str, at_ms: int, **more: str) -> None:
    row = {"id": card, "situation": "worry", "opened_day": "2026-11-24", "closed_day": "2026-11-24", "organisations": 1, "kinds": "{}", "hash": ""}
    with app.app_context():
        access_log.append([Line(retention.BY_SERVER, at_ms, "purge", card, "noord", "retention", detail=json.dumps(row | more))])


def last_purge(app: Flask, card: str) -> dict[str, Any]:
    return told(app, card=card, action="purge")[-1]


def last_line(app: Flask) -> dict[str, Any]:
    return told(app)[-1]


def test_who_watches_over_privacy_reads_that_a_card_was_not_erased(app: Flask, officer: Phone, clock: Clock) -> None:
    card = due(officer)
    stopped_half_way(app, clock)
    officer.write(card, "alarm.raised", {})
    starts(app)
    page = Phone(app, PRIVACY).http.get("/access-log?action=not_purged").get_data(as_text=True)
    assert "<strong>Kaart niet gewist: dat was afgebroken</strong>" in page
    assert f"Het gaat om regel {last_purge(app, card)['number']}" in page


def looked_at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the lines that a start reads."""
    found: list[int] = []
    to_keep = access_log.to_keep

    def noted(after: int, until: int) -> Any:
        for page in to_keep(after, until):
            found.extend(line["number"] for line in page)
            yield page

    monkeypatch.setattr(access_log, "to_keep", noted)
    starts(app)
    monkeypatch.undo()
    return found


def test_a_start_reads_only_the_lines_that_no_start_before_it_read(
    app: Flask, officer: Phone, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(app, tmp_path / "backup")
    for _ in range(3):
        due(officer)
    assert say(app, "purge", "--really").exit_code == 0
    numbers = [line["number"] for line in told(app, action="purge")]
    assert len(numbers) == 3
    assert looked_at(app, monkeypatch) == numbers
    assert looked_at(app, monkeypatch) == []
    due(officer)
    assert say(app, "purge", "--really").exit_code == 0
    assert looked_at(app, monkeypatch) == [last_line_of_purge(app)]
    restored(app, backup)
    with app.app_context(), reading() as connection:
        assert connection.scalar(select(func.count()).select_from(PurgedCard)) == 4
    assert looked_at(app, monkeypatch) == []


def last_line_of_purge(app: Flask) -> int:
    return int(told(app, action="purge")[-1]["number"])


def test_an_access_log_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    app = motorkap(database_on("sqlite", tmp_path), clock)
    officer = Phone(app, OFFICER)
    for _ in range(3):
        due(officer)
    assert say(app, "purge", "--really").exit_code == 0
    assert len(looked_at(app, monkeypatch)) == 3
    stop(app)
    (tmp_path / "access.sqlite").rename(tmp_path / "access-2026.sqlite")
    officer.sign_in()
    due(officer)
    assert say(app, "purge", "--really").exit_code == 0
    assert looked_at(app, monkeypatch) == [last_line_of_purge(app)]


def test_an_older_access_log_on_sqlite_gets_its_index_at_the_first_connection_and_may_still_only_grow(tmp_path: Path, clock: Clock) -> None:
    app = motorkap(database_on("sqlite", tmp_path), clock)
    due(Phone(app, OFFICER))
    stop(app)
    with sqlite3.connect(tmp_path / "access.sqlite") as log:
        log.execute("DROP INDEX access_line_to_keep")
    log.close()
    with app.app_context(), access_log.engine().connect() as connection:
        assert "access_line_to_keep" in {index["name"] for index in inspect(connection).get_indexes("access_line")}
        for forbidden in ("DELETE FROM access_line", "UPDATE access_line SET card = ''", "DROP TABLE access_line"):
            with pytest.raises(Exception, match="not authorized"):
                connection.exec_driver_sql(forbidden)


def test_what_a_start_asks_goes_by_that_index(app: Flask, officer: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where most lines are about something else, which the database knows once it has counted."""
    with app.app_context():
        access_log.append([Line(VISIT, EVENING_MS, "read", new_id()) for _ in range(3_000)])
        with access_log.engine().connect() as connection:
            postgresql = connection.dialect.name == "postgresql"
            if postgresql:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE access_line"))
        asked: list[str] = []
        from sqlalchemy import event

        def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            if "LIMIT" in statement:
                asked.append(statement)
                given.append(values)

        given: list[Any] = []
        event.listen(access_log.engine(), "before_cursor_execute", note)
        list(access_log.to_keep(0, 1_000_000))
        event.remove(access_log.engine(), "before_cursor_execute", note)
        with access_log.engine().connect() as connection:
            explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
            plan = str(connection.exec_driver_sql(explain + asked[0], given[0]).all())
    assert "access_line_to_keep" in plan, plan


def peak(work: Callable[[], object]) -> int:
    """The most memory that it took at once. Python looks as often as it does by itself for what only holds each other (tests/conftest.py)."""
    import tracemalloc

    seldom = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*seldom)


def test_neither_a_start_nor_verify_keeps_all_that_ever_was(app: Flask, officer: Phone, clock: Clock) -> None:
    """Cards that were opened, written on and purged; and again as many. The second time costs no more memory than the first."""

    def gone(number: int) -> None:
        with app.app_context():
            ids = [new_id() for _ in range(number)]
            row = {"situation": "worry", "opened_day": "2026-11-24", "closed_day": "2026-11-24", "organisations": 1, "kinds": "{}", "hash": "0" * 64}
            with database.writing() as connection:
                connection.execute(insert(PurgedCard), [{**row, "id": card} for card in ids])
            standing = access_log.standing(2, "0" * 64, epoch.kept())
            wrote = [Line(VISIT, clock(), "write", card, "noord", "opened", detail=f"1 written; {standing}") for card in ids]
            purged = [Line(retention.BY_SERVER, clock(), "purge", card, "noord", "retention", detail=json.dumps({**row, "id": card})) for card in ids]
            access_log.append([*wrote, *purged])

    def look() -> None:
        with app.app_context():
            assert retention.keep_purged(clock()) == []
            assert verify.cards().breaks == []

    gone(2_000)
    first = peak(look)
    gone(8_000)
    assert peak(look) < first + 1_500_000, "10,000 of them at once are 10 MB"
