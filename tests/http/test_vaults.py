"""How phones lock: the administrator's rules, and the way back into a vault for its person who just signed in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from store.database import reading
from store.models import Vault
from store.vaults import MOST
from tests.cast import OFFICER, OTHER_OFFICER, Clock, Phone

Phones = Callable[[str], Phone]
ADMIN = "admin@noord.example"
SECRET, OTHER_SECRET = "A" * 43, "B" * 43
NOBODYS = "7d5f2f0e-6a55-4c0e-9b5e-0f4c7a1d2e33"
GOOD = {"pin_required": "yes", "pin_idle_min": "10", "locked_alarm": "yes"}


def put(phone: Phone, vault: str, secret: object = SECRET) -> int:
    return phone.http.put(f"/vault/{vault}", json={"secret": secret}).status_code


def test_a_vaults_secret_comes_back_to_its_person_who_just_signed_in(phone: Phones) -> None:
    officer, vault = phone(OFFICER), str(uuid4())
    assert officer.http.get(f"/vault/{vault}").status_code == 404
    assert put(officer, vault) == 204
    assert put(officer, vault) == 204, "an answer that was lost is no harm"
    assert officer.http.get(f"/vault/{vault}").get_json() == {"secret": SECRET}


def test_a_phone_that_was_left_open_does_not_give_its_own_way_in(phone: Phones, clock: Clock) -> None:
    officer, vault = phone(OFFICER), str(uuid4())
    put(officer, vault)
    clock.later(minutes=16)
    answer = officer.http.get(f"/vault/{vault}")
    assert (answer.status_code, answer.get_json()["error"]) == (403, "not_fresh")
    assert phone(OFFICER).http.get(f"/vault/{vault}").get_json() == {"secret": SECRET}


def test_nobody_else_gets_or_replaces_it_and_its_person_does_not_replace_it_either(phone: Phones) -> None:
    officer, colleague, vault = phone(OFFICER), phone(OTHER_OFFICER), str(uuid4())
    put(officer, vault)
    assert colleague.http.get(f"/vault/{vault}").status_code == 404
    assert put(colleague, vault) == 404
    assert put(colleague, vault, OTHER_SECRET) == 404
    assert put(officer, vault, OTHER_SECRET) == 409
    assert officer.http.get(f"/vault/{vault}").get_json() == {"secret": SECRET}


@pytest.mark.parametrize("wrong", [None, "", "kort", 43, "A" * 42 + "=", "A" * 44, ["A" * 43]])
def test_a_secret_is_32_bytes_and_nothing_else(phone: Phones, wrong: object) -> None:
    assert put(phone(OFFICER), str(uuid4()), wrong) == 422


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", f"/vault/{NOBODYS}", 422), ("POST", "/login/passkey", 400), ("POST", "/join", 422)])
def test_what_is_nested_deeper_than_anybody_means_is_as_nothing(phone: Phones, method: str, path: str, status: int) -> None:
    answer = phone(OFFICER).http.open(path, method=method, data="[" * 100_000, content_type="application/json")
    assert answer.status_code == status


def test_the_secret_is_not_in_the_database_as_it_is(phone: Phones, app: Flask) -> None:
    put(phone(OFFICER), str(uuid4()))
    with app.app_context(), reading() as connection:
        kept = connection.scalars(select(Vault.secret)).all()
    assert len(kept) == 1
    assert SECRET not in kept[0]


def test_nobody_fills_the_table(phone: Phones, app: Flask, clock: Clock) -> None:
    officer = phone(OFFICER)
    vaults = [str(uuid4()) for _ in range(MOST + 2)]
    for vault in vaults:
        clock.now_ms += 1
        assert put(officer, vault) == 204
    with app.app_context(), reading() as connection:
        assert set(connection.scalars(select(Vault.id))) == set(vaults[2:])


def test_the_rules_are_the_administrators_to_set_and_phones_hear_them(phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    assert officer.http.get("/organisation/lock").status_code == 404
    assert officer.http.post("/organisation/lock", data=GOOD).status_code == 404
    assert admin.http.post("/organisation/lock", data=GOOD).status_code == 303
    me = officer.http.get("/me.json").get_json()
    assert {name: me[name] for name in ("pin_required", "pin_idle_min", "locked_alarm", "locked_bonnet")} == {
        "pin_required": True,
        "pin_idle_min": 10,
        "locked_alarm": True,
        "locked_bonnet": False,
    }


NONSENSE = [{"pin_idle_min": "0"}, {"pin_idle_min": "121"}, {"pin_idle_min": "vijf"}, {"pin_idle_min": ""}, {"pin_required": ""}]


@pytest.mark.parametrize("wrong", NONSENSE)
def test_nonsense_is_said_at_the_field_and_what_was_typed_is_still_there(phone: Phones, wrong: dict[str, str]) -> None:
    answer = phone(ADMIN).http.post("/organisation/lock", data={**GOOD, **wrong})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    [(name, typed)] = wrong.items()
    assert f'href="#field-{name}"' in shown
    assert f'value="{typed if name == "pin_idle_min" else GOOD["pin_idle_min"]}"' in shown
