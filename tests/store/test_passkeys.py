"""Passkeys as they are kept: whose they are, that a copy is noticed, and that nobody loses the last way to come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from store import administration, challenges, passkeys
from store.administration import By
from store.database import reading, writing
from store.models import Organisation, Person
from store.passkeys import Made
from store.refused import Refused
from tests.cast import OFFICER, OTHER_OFFICER, Clock, server

NOW = Clock().now_ms


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = server(tmp_path)
    with made.app_context():
        yield made


@pytest.fixture
def officer(app: Flask) -> str:
    return person(OFFICER)


def person(email: str) -> str:
    with reading() as connection:
        return str(connection.scalar(select(Person.id).where(Person.email == email)))


def made(credential: str = "one", sign_count: int = 0) -> Made:
    return Made(credential, b"public", sign_count, ("internal",), False, "00000000-0000-0000-0000-000000000000", "Chrome · Android")


def added(whose: str, credential: str = "one", sign_count: int = 0) -> str:
    """A person has a handle before an authenticator is asked."""
    passkeys.handle_of(whose)
    id_ = passkeys.add(whose, made(credential, sign_count), NOW)
    assert isinstance(id_, str)
    return id_


def without_password(whose: str) -> None:
    with writing() as connection:
        connection.execute(update(Person).where(Person.id == whose).values(password_hash=""))


def asks_more(org: str = "noord") -> None:
    with writing() as connection:
        connection.execute(update(Organisation).where(Organisation.id == org).values(second_factor="required"))


def test_the_handle_of_somebody_stays_and_says_nothing(officer: str) -> None:
    handle = passkeys.handle_of(officer)
    assert handle == passkeys.handle_of(officer)
    assert len(handle) == 43
    assert handle != passkeys.handle_of(person(OTHER_OFFICER))
    assert officer not in handle


def test_a_passkey_is_of_one_person_only(officer: str) -> None:
    added(officer)
    other = person(OTHER_OFFICER)
    passkeys.handle_of(other)
    assert passkeys.add(other, made(), NOW) == Refused("known")
    assert passkeys.add(officer, made(), NOW) == Refused("known")
    known = passkeys.known("one")
    assert known is not None
    assert (known.person, known.handle, known.public_key) == (officer, passkeys.handle_of(officer), b"public")
    assert passkeys.known("another") is None


def test_there_is_an_end_to_how_many(officer: str) -> None:
    for turn in range(passkeys.MOST):
        added(officer, f"number {turn}")
    assert passkeys.add(officer, made("one more"), NOW) == Refused("too_many")


@pytest.mark.parametrize(("kept", "said"), [(0, 0), (0, 1), (5, 6), (5, 900)])
def test_a_count_that_goes_up_or_is_never_kept_is_good(officer: str, kept: int, said: int) -> None:
    id_ = added(officer, sign_count=kept)
    assert passkeys.use(id_, said, True, NOW)
    [held] = passkeys.of_person(officer)
    assert (held.used_ms, held.backed_up, held.suspect_ms) == (NOW, True, None)


@pytest.mark.parametrize(("kept", "said"), [(5, 5), (5, 4), (5, 0), (1, 1)])
def test_a_count_that_does_not_go_up_stops_the_passkey_for_good_and_the_administrator_reads_it(officer: str, kept: int, said: int) -> None:
    id_ = added(officer, sign_count=kept)
    assert not passkeys.use(id_, said, False, NOW)
    assert not passkeys.use(id_, kept + 100, False, NOW + 1), "nobody can say which of the two is the right one"
    [held] = passkeys.of_person(officer)
    assert (held.used_ms, held.suspect_ms) == (None, NOW)
    [told] = [one for one in administration.done("noord") if one.what == "passkey_copied"]
    assert (told.about, told.by_name, told.at_ms) == (officer, "Motorkap", NOW)


def test_names_and_removals_are_for_the_own_passkeys(officer: str) -> None:
    id_, other = added(officer), person(OTHER_OFFICER)
    assert not passkeys.rename(other, id_, "van mij")
    assert passkeys.remove(other, id_) == Refused("missing")
    assert passkeys.rename(officer, id_, "Werktelefoon")
    assert [one.name for one in passkeys.of_person(officer)] == ["Werktelefoon"]
    assert passkeys.remove(officer, id_) is None
    assert not passkeys.has_any(officer)


def test_the_last_passkey_of_who_has_no_password_stays(officer: str) -> None:
    without_password(officer)
    first, second = added(officer, "one"), added(officer, "two", sign_count=7)
    assert passkeys.remove(officer, first) is None
    assert passkeys.remove(officer, second) == Refused("last_way")
    third = added(officer, "three")
    assert not passkeys.use(second, 1, False, NOW)
    assert passkeys.remove(officer, third) == Refused("last_way"), "a passkey that was stopped is no way to come in"
    assert passkeys.remove(officer, second) is None


def test_the_last_passkey_stays_where_more_than_a_password_is_asked(officer: str) -> None:
    id_ = added(officer)
    asks_more()
    assert passkeys.remove(officer, id_) == Refused("last_second_way")


def test_an_administrator_takes_them_all_away_of_the_own_people(officer: str) -> None:
    added(officer, "one")
    added(officer, "two")
    elsewhere, here = By("zuid", NOW, None, "flask"), By("noord", NOW, person("admin@noord.example"), "Admin")
    assert passkeys.reset(elsewhere, officer) == Refused("missing")
    assert passkeys.reset(here, officer) is None
    assert not passkeys.has_any(officer)
    assert [one.what for one in administration.done("noord")] == ["passkeys_reset"]


def test_an_administrator_without_password_does_not_lock_themselves_out(app: Flask) -> None:
    admin = person("admin@noord.example")
    without_password(admin)
    added(admin)
    assert passkeys.reset(By("noord", NOW, admin, "Admin"), admin) == Refused("last_way")
    assert passkeys.has_any(admin)


def test_a_passkey_is_offered_once_and_to_who_has_none(officer: str) -> None:
    assert passkeys.offer(officer, NOW)
    assert not passkeys.offer(officer, NOW + 1)
    other = person(OTHER_OFFICER)
    added(other)
    assert not passkeys.offer(other, NOW)


def test_a_challenge_is_good_once_and_for_five_minutes(app: Flask) -> None:
    asked = challenges.ask("sign in", {"person": "me"}, NOW)
    assert challenges.take(asked.id, "sign in", NOW + challenges.VALID_MS) == challenges.Taken(asked.challenge, {"person": "me"})
    assert challenges.take(asked.id, "sign in", NOW) is None
    late = challenges.ask("sign in", {}, NOW)
    assert challenges.take(late.id, "sign in", NOW + challenges.VALID_MS + 1) is None
    assert challenges.take("never asked", "sign in", NOW) is None


def test_a_challenge_for_one_thing_is_used_up_and_not_good_for_another(app: Flask) -> None:
    asked = challenges.ask("make", {}, NOW)
    assert challenges.take(asked.id, "sign in", NOW) is None
    assert challenges.take(asked.id, "make", NOW) is None
