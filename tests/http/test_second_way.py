"""The second way: a code of an app or a recovery code after the password; each works once, and an organisation may ask it of everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from store import second_factor
from store.demo import PASSWORD
from tests.cast import OFFICER_SOUTH, Clock, Phone
from tests.http.inviting import ADMIN, CARE_ADMIN, GOOD, OFFICER, invite, log_of, me, seen, signing_in, take
from tests.http.test_people import together

Phones = Callable[[str], Phone]
MINE = "/me/signing-in"


def secret_in(answer: TestResponse) -> str:
    found = re.search(r'<p class="people-secret">([A-Z2-7 ]+)</p>', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found.group(1).replace(" ", "")


def code_of(secret: str, clock: Clock, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.fromtimestamp(clock() / 1000 + 30 * steps, UTC))


def set_up(phone: Phone, password: str = PASSWORD) -> tuple[str, list[str]]:
    """The secret of the app, and the recovery codes."""
    begun = phone.http.post(f"{MINE}/totp", data={"totp_password": password})
    secret = secret_in(begun)
    page = phone.http.post(f"{MINE}/totp/confirm", data={"code": code_of(secret, phone.clock)})
    codes = re.findall(r"<code>([A-Z2-7-]+)</code>", page.get_data(as_text=True))
    assert len(codes) == 10, page.get_data(as_text=True)
    phone.clock.later(seconds=30)
    return secret, codes


def second(http: FlaskClient, code: str, way: str = "app") -> TestResponse:
    page = http.get(f"/login/code?way={way}")
    if page.status_code != 200:
        return page
    form = seen(page).forms[0]
    return http.post(form.action, data=form.filled(code=code))


def halfway(app: Flask, account: str = OFFICER, password: str = PASSWORD, **more: str) -> FlaskClient:
    http = app.test_client()
    answer = signing_in(http, account, password, **more)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/code")
    return http


def test_who_has_an_app_gives_its_code_after_the_password(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    http = halfway(app, next="/join?code=ABCDEF")
    assert me(http) is None, "half-way is not in"
    assert http.get("/settings").status_code == 303
    answer = second(http, code_of(secret, clock))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/join?code=ABCDEF")
    assert me(http)["org"] == "noord"


def test_who_has_none_signs_in_with_the_password_alone(app: Flask) -> None:
    http = app.test_client()
    assert signing_in(http, OFFICER, PASSWORD).headers["Location"] == "/"
    assert me(http) is not None
    assert http.get("/login/code").headers["Location"] == "/login"


def test_the_secret_is_shown_as_a_square_and_as_text_and_means_the_same(phone: Phones) -> None:
    begun = phone(OFFICER).http.post(f"{MINE}/totp", data={"totp_password": PASSWORD})
    seen(begun)
    address = re.search(r'href="(otpauth://[^"]+)"', begun.get_data(as_text=True))
    assert address
    totp = pyotp.parse_uri(address.group(1).replace("&amp;", "&"))
    assert (totp.secret, totp.issuer, totp.name) == (secret_in(begun), "Motorkap", OFFICER)
    assert "<svg" in begun.get_data(as_text=True)


def test_setting_up_asks_the_password_and_counts_only_after_a_good_code(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    assert "klopt niet" in seen(officer.http.post(f"{MINE}/totp", data={"totp_password": "wrong"}), 422).by_id["error-totp_password"]
    secret = secret_in(officer.http.post(f"{MINE}/totp", data={"totp_password": PASSWORD}))
    wrong = officer.http.post(f"{MINE}/totp/confirm", data={"code": "000000"})
    assert "klopt niet" in seen(wrong, 422).by_id["error-code"]
    assert secret_in(wrong) == secret, "a slip does not start it all again"
    assert signing_in(app.test_client(), OFFICER, PASSWORD).headers["Location"] == "/"
    assert officer.http.post(f"{MINE}/totp/confirm", data={"code": code_of(secret, clock)}).status_code == 200
    assert signing_in(app.test_client(), OFFICER, PASSWORD).headers["Location"] == "/login/code"


def test_a_code_works_once_also_for_two_at_the_same_moment(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    code = code_of(secret, clock)
    forms = []
    for _ in range(4):
        http = halfway(app)
        forms.append((http, seen(http.get("/login/code")).forms[0].filled(code=code)))
    statuses = together([lambda http=http, sent=sent: http.post("/login/code", data=sent).status_code for http, sent in forms])
    assert sorted(statuses) == [303, 401, 401, 401]
    assert second(halfway(app), code).status_code == 401


def test_a_code_from_before_the_last_one_works_no_longer(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    clock.later(seconds=60)
    assert second(halfway(app), code_of(secret, clock, 0)).status_code == 303
    assert second(halfway(app), code_of(secret, clock, -1)).status_code == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_clocks_may_differ_by_one_step(app: Flask, phone: Phones, clock: Clock, steps: int, status: int) -> None:
    secret, _ = set_up(phone(OFFICER))
    clock.later(minutes=5)
    assert second(halfway(app), code_of(secret, clock, steps)).status_code == status


@pytest.mark.parametrize("code", ["", " ", "abcdef", "１２３４５６", "12345", "1" * 400, "-1", "000000\x00"])
def test_what_is_no_code_is_refused_and_breaks_nothing(app: Flask, phone: Phones, code: str) -> None:
    set_up(phone(OFFICER))
    for way in ("app", "recovery"):
        assert second(halfway(app), code, way).status_code in (401, 422)


def test_spaces_in_a_code_do_not_matter(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    code = code_of(secret, clock)
    assert second(halfway(app), f" {code[:3]} {code[3:]} ").status_code == 303


def test_a_recovery_code_works_once_however_it_is_typed(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    _, codes = set_up(officer)
    assert all(len(code.replace("-", "")) == 16 for code in codes), "16 of 32 letters are 80 bits"
    assert second(halfway(app), codes[0].lower().replace("-", " "), "recovery").status_code == 303
    again = second(halfway(app), codes[0], "recovery")
    assert "al gebruikt" in seen(again, 401).by_id["error-code"]
    assert second(halfway(app), codes[1], "app").status_code == 401
    assert second(halfway(app), codes[1], "recovery").status_code == 303
    assert "nog 8 herstelcodes" in seen(officer.http.get(MINE)).text


def test_new_recovery_codes_end_the_old_ones(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    _, old = set_up(officer)
    assert officer.http.post(f"{MINE}/recovery-codes", data={"codes_password": "wrong"}).status_code == 422
    page = officer.http.post(f"{MINE}/recovery-codes", data={"codes_password": PASSWORD}).get_data(as_text=True)
    new = re.findall(r"<code>([A-Z2-7-]+)</code>", page)
    assert len(new) == 10
    assert second(halfway(app), old[0], "recovery").status_code == 401
    assert second(halfway(app), new[0], "recovery").status_code == 303


def test_codes_of_somebody_else_are_worth_nothing(app: Flask, phone: Phones, clock: Clock) -> None:
    set_up(phone(OFFICER))
    secret, codes = set_up(phone(OFFICER_SOUTH))
    assert second(halfway(app), code_of(secret, clock)).status_code == 401
    assert second(halfway(app), codes[0], "recovery").status_code == 401


def test_between_the_steps_there_are_five_minutes(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    http = halfway(app)
    form = seen(http.get("/login/code")).forms[0]
    clock.later(minutes=5, seconds=1)
    answer = http.post(form.action, data=form.filled(code=code_of(secret, clock)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert me(http) is None


def test_guessing_codes_ends_after_ten_also_with_new_sessions(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    statuses = [second(halfway(app), "000000").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert second(halfway(app), code_of(secret, clock)).status_code == 429


def test_the_second_step_needs_the_token_of_its_form(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    http = halfway(app)
    assert http.post("/login/code", data={"code": code_of(secret, clock)}).status_code == 400
    assert me(http) is None


def test_who_is_switched_off_between_the_steps_stays_out(app: Flask, phone: Phones, clock: Clock) -> None:
    officer = phone(OFFICER)
    secret, _ = set_up(officer)
    http = halfway(app)
    form = seen(http.get("/login/code")).forms[0]
    phone(ADMIN).http.post(f"/people/{officer.me['person']}/deactivate")
    assert http.post(form.action, data=form.filled(code=code_of(secret, clock))).headers["Location"] == "/login"
    assert me(http) is None


@pytest.mark.sqlite
def test_the_secret_is_encrypted_and_no_code_is_kept(app: Flask, phone: Phones, tmp_path) -> None:
    officer = phone(OFFICER)
    secret, codes = set_up(officer)
    content = b"".join(file.read_bytes() for file in tmp_path.glob("motorkap.sqlite*"))
    assert secret.encode() not in content
    assert not any(code.encode() in content or code.replace("-", "").encode() in content for code in codes)
    person = officer.me["person"]
    with app.app_context():
        assert not second_factor.check(person, code_of(secret, officer.clock), b"another secret of the server", officer.clock())
        assert second_factor.check(person, code_of(secret, officer.clock), app.config["SECRET_KEY"].encode(), officer.clock())


def required(admin: Phone) -> None:
    sent = {"name": "Organisatie", "sector": "sector", "second_factor": "required"}
    assert admin.http.post("/people/organisation", data=sent).status_code == 303


def test_where_it_is_required_who_has_none_sets_it_up_before_anything_else(app: Flask, phone: Phones, clock: Clock) -> None:
    required(phone(ADMIN))
    http = halfway(app, next="/join?code=ABCDEF")
    page = http.get("/login/code", follow_redirects=True)
    assert page.request.path == "/login/set-up"
    assert (me(http), http.get("/").status_code) == (None, 303)
    form = seen(page).forms[0]
    wrong = http.post(form.action, data=form.filled(code="000000"))
    assert secret_in(wrong) == secret_in(page)
    form = seen(wrong, 422).forms[0]
    done = seen(http.post(form.action, data=form.filled(code=code_of(secret_in(page), clock))))
    assert "/join?code=ABCDEF" in done.links
    assert len(re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", done.text)) == 10
    assert me(http)["org"] == "noord"
    assert signing_in(app.test_client(), "agent@zuid.example", PASSWORD).headers["Location"] == "/", "another organisation is as before"


def test_a_secret_that_somebody_else_began_is_not_the_one_that_is_confirmed(app: Flask, phone: Phones) -> None:
    required(phone(ADMIN))
    first, then = halfway(app), halfway(app)
    assert secret_in(first.get("/login/set-up")) != secret_in(then.get("/login/set-up"))


def test_where_it_is_required_it_cannot_be_taken_away_but_set_up_anew(phone: Phones) -> None:
    officer = phone(OFFICER)
    set_up(officer)
    required(phone(ADMIN))
    answer = officer.http.post(f"{MINE}/totp/remove", data={"remove_password": PASSWORD})
    assert "Uw organisatie vraagt meer dan een wachtwoord." in seen(answer, 422).text
    set_up(officer)


def test_it_can_be_taken_away_with_the_password(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    set_up(officer)
    assert officer.http.post(f"{MINE}/totp/remove", data={"remove_password": "wrong"}).status_code == 422
    assert signing_in(app.test_client(), OFFICER, PASSWORD).headers["Location"] == "/login/code"
    assert officer.http.post(f"{MINE}/totp/remove", data={"remove_password": PASSWORD}).status_code == 303
    assert signing_in(app.test_client(), OFFICER, PASSWORD).headers["Location"] == "/"


def test_who_comes_by_invitation_where_it_is_required_sets_it_up_too(app: Flask, phone: Phones) -> None:
    admin = phone(CARE_ADMIN)
    required(admin)
    http = app.test_client()
    answer = http.post(invite(admin, email="", name="Kim"), data={"name": "Kim", "email": "kim@ggz.example", "password": GOOD}, follow_redirects=True)
    assert answer.request.path == "/login/set-up"
    assert me(http) is None


def test_an_administrator_takes_away_the_second_way_of_the_own_people_only(app: Flask, phone: Phones) -> None:
    admin, officer, stranger = phone(ADMIN), phone(OFFICER), phone(OFFICER_SOUTH)
    set_up(officer)
    set_up(stranger)
    assert admin.http.post(f"/people/{stranger.me['person']}/second-way/reset").status_code == 404
    assert signing_in(app.test_client(), OFFICER_SOUTH, PASSWORD).headers["Location"] == "/login/code"
    assert admin.http.post(f"/people/{officer.me['person']}/second-way/reset").status_code == 303
    assert signing_in(app.test_client(), OFFICER, PASSWORD).headers["Location"] == "/"
    assert "Code weggehaald: Agent Basisteam Noord" in log_of(admin)


def test_a_new_password_by_link_still_asks_the_code(app: Flask, phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    set_up(officer)
    page = admin.http.post(f"/people/{officer.me['person']}/new-password").get_data(as_text=True)
    link = re.search(r'value="http://localhost(/invitations/[^"]+)"', page)
    assert link
    assert take(app, link.group(1)).headers["Location"] == "/login/code"
    assert signing_in(app.test_client(), OFFICER).headers["Location"] == "/login/code"


def test_the_own_password_changes_with_the_old_one_and_other_devices_sign_in_again(app: Flask, phone: Phones) -> None:
    officer, other = phone(OFFICER), phone(OFFICER)
    answer = officer.http.post(f"{MINE}/password", data={"old": PASSWORD, "new": GOOD})
    assert answer.headers["Location"] == f"{MINE}?done=password"
    assert "Uw wachtwoord is gewijzigd." in seen(officer.http.get(answer.headers["Location"])).text
    assert me(officer.http) is not None
    assert me(other.http) is None
    assert signing_in(app.test_client(), OFFICER, PASSWORD).status_code == 401
    assert signing_in(app.test_client(), OFFICER, GOOD).status_code == 303


def test_a_new_password_is_refused_for_the_same_reasons_as_the_first(phone: Phones) -> None:
    officer = phone(OFFICER)
    for old, new, field, reason in (
        ("wrong", GOOD, "old", "klopt niet"),
        ("", GOOD, "old", "Vul dit in"),
        (PASSWORD, "", "new", "Vul dit in"),
        (PASSWORD, "kort", "new", "te kort"),
        (PASSWORD, "password1234", "new", "gelekte"),
        (PASSWORD, "agent op straat nu", "new", "e-mailnaam"),
        (PASSWORD, "Politie Basisteam Noord 1", "new", "naam van uw organisatie"),
    ):
        page = officer.http.post(f"{MINE}/password", data={"old": old, "new": new})
        assert reason in seen(page, 422).by_id[f"error-{field}"], (old, new)
        assert f'value="{new or old}"' not in page.get_data(as_text=True)
    assert me(officer.http) is not None


def test_the_old_password_cannot_be_guessed_on_a_phone_that_was_left_open(phone: Phones) -> None:
    officer = phone(OFFICER)
    statuses = [officer.http.post(f"{MINE}/password", data={"old": f"guess {turn}", "new": GOOD}).status_code for turn in range(11)]
    assert statuses == [422] * 10 + [429]
    assert officer.http.post(f"{MINE}/totp", data={"totp_password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("deed", ["/password", "/totp", "/totp/confirm", "/totp/remove", "/recovery-codes"])
def test_my_signing_in_is_for_who_is_signed_in(app: Flask, deed: str) -> None:
    assert app.test_client().get(MINE).headers["Location"].startswith("/login")
    assert app.test_client().post(MINE + deed).headers["Location"].startswith("/login")
