"""One's own devices, signing out there, and a colleague's lost phone: what happens at once, who sees it, and who cannot do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from card.access import Viewer
from live.hub import Stream
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Clock, Phone
from tests.http.screens import Screen, assert_well_made
from tests.http.test_doors import ADMIN
from tests.http.test_live import Ear

Phones = Callable[[str], Phone]
ANDROID = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"


def page(phone: Phone, path: str, status: int = 200) -> str:
    answer = phone.http.get(path)
    assert answer.status_code == status, answer.status_code
    markup = answer.get_data(as_text=True)
    assert_well_made(Screen(markup))
    return markup


def sign_out_buttons(phone: Phone) -> list[str]:
    return re.findall(r'action="/devices/([0-9a-f]{8})/sign-out"', page(phone, "/devices"))


def report_lost(reporter: Phone, whose: Phone, *devices: str) -> int:
    data = {"device": list(devices) or [whose.me["device"]]}
    return reporter.http.post(f"/devices/lost/{whose.me['person']}", data=data).status_code


def refusal(phone: Phone) -> tuple[int, str]:
    answer = phone.http.get("/me.json")
    return answer.status_code, answer.get_json().get("error", "")


def test_somebody_sees_their_own_devices_and_which_one_is_in_the_hand(phone: Phones, clock: Clock) -> None:
    first = phone(OFFICER)
    clock.later(hours=1)
    second = phone(OFFICER)
    phone(OTHER_OFFICER)
    assert sign_out_buttons(first) == [second.me["device"]]
    assert sign_out_buttons(second) == [first.me["device"]]
    assert page(first, "/devices").count("Dit toestel</span>") == 1


def test_a_device_is_called_after_its_browser(app: Flask) -> None:
    officer = Phone.__new__(Phone)
    officer.app, officer.account, officer.http = app, OFFICER, app.test_client()
    officer.http.environ_base["HTTP_USER_AGENT"] = ANDROID
    officer.sign_in()
    assert "Chrome · Android" in page(officer, "/devices")


def test_signing_out_there_ends_that_device_at_once_and_no_other(phone: Phones) -> None:
    here, there, colleague = phone(OFFICER), phone(OFFICER), phone(OTHER_OFFICER)
    theirs, mine = Ear(there), Ear(here)
    assert here.http.post(f"/devices/{there.me['device']}/sign-out").status_code == 303
    assert theirs.ended()
    assert mine.is_silent()
    assert refusal(there) == (401, "revoked")
    assert refusal(here) == refusal(colleague) == (200, "")
    assert sign_out_buttons(here) == []
    assert "Op een ander toestel afgemeld" in page(here, "/devices")


def test_nobody_signs_out_a_device_of_another_this_way_nor_the_one_in_the_hand(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    for device in (colleague.me["device"], officer.me["device"], "00000000", "x"):
        assert officer.http.post(f"/devices/{device}/sign-out").status_code == 404
    assert refusal(officer) == refusal(colleague) == (200, "")


def test_a_device_that_signed_out_by_itself_is_not_in_the_list(phone: Phones) -> None:
    here, there = phone(OFFICER), phone(OFFICER)
    there.http.post("/logout")
    assert sign_out_buttons(here) == []


def test_a_device_whose_session_ended_by_itself_is_in_the_list_because_it_still_holds_cards(phone: Phones, clock: Clock) -> None:
    there = phone(OFFICER)
    clock.later(hours=80)
    here = phone(OFFICER)
    assert refusal(there) == (401, "signed_out")
    here.http.post(f"/devices/{there.me['device']}/sign-out")
    assert refusal(there) == (401, "revoked")


def test_a_colleague_reports_a_lost_phone_and_it_is_out_at_once(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    found = page(colleague, "/devices/lost?q=AGENT")
    assert f'href="/devices/lost/{officer.me["person"]}"' in found
    assert f'value="{officer.me["device"]}" checked' in page(colleague, f"/devices/lost/{officer.me['person']}")
    ear = Ear(officer)
    assert report_lost(colleague, officer) == 303
    assert "Het toestel is afgemeld." in page(colleague, f"/devices/lost/{officer.me['person']}?done=1")
    assert ear.ended()
    assert refusal(officer) == (401, "revoked")
    assert officer.http.get("/live").get_json()["error"] == "revoked"


def test_a_stream_that_opens_while_its_device_is_being_revoked_ends_too(phone: Phones, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    hub = app.extensions["hub"]
    listen = hub.listen

    def revoked_first(viewer: Viewer, session: str) -> Stream:
        report_lost(colleague, officer)
        return listen(viewer, session)

    monkeypatch.setattr(hub, "listen", revoked_first)
    assert Ear(officer).ended()


def test_twenty_reports_an_hour_are_enough_for_one_person(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    statuses = [report_lost(colleague, officer, "00000000") for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    assert report_lost(phone(ADMIN), officer) == 303


def test_an_administrator_can_do_it_too(phone: Phones) -> None:
    officer = phone(OFFICER)
    assert report_lost(phone(ADMIN), officer) == 303
    assert refusal(officer) == (401, "revoked")


def test_no_other_organisation_can(phone: Phones) -> None:
    officer = phone(OFFICER)
    for account in (OFFICER_SOUTH, TRIAGIST, "admin@crisisdienst.example"):
        stranger = phone(account)
        page(stranger, f"/devices/lost/{officer.me['person']}", 404)
        assert report_lost(stranger, officer) == 404
        assert officer.me["person"] not in page(stranger, "/devices/lost?q=agent")
    assert refusal(officer) == (200, "")


def test_a_device_of_somebody_else_is_not_taken_along(phone: Phones) -> None:
    officer, colleague, doctor = phone(OFFICER), phone(OTHER_OFFICER), phone(DOCTOR)
    assert report_lost(colleague, officer, doctor.me["device"], colleague.me["device"]) == 422
    assert refusal(doctor) == refusal(colleague) == refusal(officer) == (200, "")


def test_only_the_chosen_devices_go_and_none_chosen_is_said(phone: Phones) -> None:
    lost, kept, colleague = phone(OFFICER), phone(OFFICER), phone(OTHER_OFFICER)
    answer = colleague.http.post(f"/devices/lost/{lost.me['person']}", data={})
    assert (answer.status_code, "data-error" in answer.get_data(as_text=True)) == (422, True)
    assert report_lost(colleague, lost) == 303
    assert refusal(lost) == (401, "revoked")
    assert refusal(kept) == (200, "")


def test_its_person_sees_at_the_next_signing_in_that_it_was_done_and_by_whom_and_once(phone: Phones, app: Flask) -> None:
    lost, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    report_lost(colleague, lost)
    lost.http.get("/login")
    again = phone(OFFICER)
    shown = page(again, "/devices")
    assert "Gemeld als kwijt" in shown
    assert colleague.me["name"] in shown


def test_who_was_revoked_by_another_lands_on_their_devices_once(phone: Phones, app: Flask) -> None:
    from store import demo
    from tests.http.test_identity import attempt

    lost, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    report_lost(colleague, lost)
    first = app.test_client()
    assert attempt(first, OFFICER, demo.PASSWORD).headers["Location"] == "/devices"
    first.get("/devices")
    assert attempt(app.test_client(), OFFICER, demo.PASSWORD).headers["Location"] == "/"


def test_a_revoked_browser_gets_a_new_device_when_its_person_signs_in_again(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    report_lost(colleague, officer)
    officer.sign_in()
    me = officer.http.get("/me.json").get_json()
    assert me["device"] != officer.me["device"]
    assert len(sign_out_buttons(officer)) == 0


def test_the_sign_in_page_says_that_the_device_was_signed_out_and_not_by_whom(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    assert "data-revoked" not in phone(OFFICER).app.test_client().get("/login").get_data(as_text=True)
    report_lost(colleague, officer)
    shown = page(officer, "/login")
    assert "data-revoked" in shown
    assert colleague.me["name"] not in shown


def test_pages_of_a_revoked_device_lead_to_signing_in(phone: Phones) -> None:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    report_lost(colleague, officer)
    answer = officer.http.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/")


def test_searching_wants_two_letters_and_finds_by_function_and_says_when_there_is_nobody(phone: Phones) -> None:
    officer = phone(OFFICER)
    assert "data-error" in page(officer, "/devices/lost?q=a")
    assert "data-error" not in page(officer, "/devices/lost")
    assert "Wijkagent" in page(officer, "/devices/lost?q=wijk")
    assert "niemand gevonden" in page(officer, "/devices/lost?q=%25%25")


def test_the_hours_are_the_administrators_to_set_and_nonsense_is_said_at_the_field(phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    page(officer, "/devices/limits", 404)
    good = {"session_absolute_h": "240", "session_idle_h": "24", "offline_lock_h": "8", "offline_erase_h": "100"}
    assert officer.http.post("/devices/limits", data=good).status_code == 404
    for wrong in (
        {"session_idle_h": "0"},
        {"offline_lock_h": "zo lang mogelijk"},
        {"offline_erase_h": "8"},
        {"session_idle_h": "241"},
        {"offline_lock_h": "-1"},
    ):
        answer = admin.http.post("/devices/limits", data={**good, **wrong})
        [(name, typed)] = wrong.items()
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="error-{name}"' in shown
        assert f'value="{typed}"' in shown
    assert admin.http.post("/devices/limits", data=good).status_code == 303
    me = officer.http.get("/me.json").get_json()
    assert (me["offline_lock_h"], me["offline_erase_h"]) == (8, 100)
