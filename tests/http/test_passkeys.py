"""Passkeys: making one, signing in with it as both steps, and every answer that is not good, with its sentence and the password still there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blueprints import ceremony
from settings import settings as read_settings
from store import challenges
from store.demo import PASSWORD
from tests.authenticator import Authenticator, b64, plain
from tests.cast import OFFICER_SOUTH, OTHER_OFFICER, Clock, Phone, server
from tests.http.inviting import ADMIN, GOOD, OFFICER, invite, link_in, log_of, me, person_named, seen, signing_in, take
from tests.http.test_second_way import code_of, halfway, required, second, set_up

Phones = Callable[[str], Phone]
MINE = "/me/signing-in"
LOGIN = "/login/passkey"


def asked(http: FlaskClient, path: str = LOGIN, **told: Any) -> dict[str, Any]:
    answer = http.post(f"{path}/options", json=told)
    assert answer.status_code == 200, answer.get_json()
    options: dict[str, Any] = answer.get_json()
    return options


def make(http: FlaskClient, authenticator: Authenticator, path: str = f"{MINE}/passkeys", **told: Any) -> TestResponse:
    return http.post(path, json={"credential": authenticator.make(asked(http, path, **told)), **told})


def owner(phone: Phones, account: str = OFFICER, **how: Any) -> tuple[Phone, Authenticator]:
    """Somebody who has a passkey."""
    one, authenticator = phone(account), Authenticator(**how)
    answer = make(one.http, authenticator)
    assert (answer.status_code, answer.get_json()) == (200, {"next": f"{MINE}?done=passkey_made"})
    return one, authenticator


def show(http: FlaskClient, authenticator: Authenticator, **told: Any) -> TestResponse:
    return http.post(LOGIN, json={"credential": authenticator.show(asked(http)), **told})


def refused(answer: TestResponse, code: str, status: int = 401) -> str:
    told = answer.get_json()
    assert (answer.status_code, told["error"]) == (status, code), told
    assert "passkey." not in told["said"], "a sentence"
    return str(told["said"])


def passkeys_of(http: FlaskClient) -> list[str]:
    """The addresses of the passkeys on my page."""
    return re.findall(rf'action="({MINE}/passkeys/[0-9a-f-]+)/name"', http.get(MINE).get_data(as_text=True))


@pytest.mark.parametrize("host", ["", ":80", "elsewhere.example:x"])
def test_at_an_address_that_is_no_name_nothing_is_asked_of_an_authenticator(app: Flask, host: str) -> None:
    answer = app.test_client().post(f"{LOGIN}/options", json={}, headers={"Host": host})
    assert answer.status_code == 400


# making


def test_what_is_asked_of_an_authenticator(phone: Phones) -> None:
    officer = phone(OFFICER)
    options = asked(officer.http, f"{MINE}/passkeys")
    chosen = options["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"], chosen["requireResidentKey"]) == ("required", "required", True)
    assert options["attestation"] == "none"
    assert options["rp"] == {"id": "localhost", "name": "Motorkap"}
    assert (options["user"]["name"], options["user"]["displayName"]) == (OFFICER, officer.me["name"])
    assert OFFICER.encode() not in plain(options["user"]["id"])
    assert officer.me["person"].encode() not in plain(options["user"]["id"])
    assert options["user"]["id"] == asked(officer.http, f"{MINE}/passkeys")["user"]["id"], "it stays the same"
    assert len(plain(options["challenge"])) == 32


def test_a_passkey_stands_on_my_page_with_its_name_and_when_it_was_used(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, authenticator = owner(phone, backed_up=True)
    text = seen(officer.http.get(f"{MINE}?done=passkey_made")).text
    for said in ("De passkey is gemaakt.", "Google Password Manager", "Ook op uw andere toestellen", "Gemaakt 24-11-2026", "Nog niet gebruikt"):
        assert said in text
    clock.later(hours=24)
    assert show(app.test_client(), authenticator).status_code == 200
    again = app.test_client()
    show(again, authenticator)
    assert "Laatst gebruikt 25-11-2026" in seen(again.get(MINE)).text


def test_an_authenticator_that_has_one_is_told_not_to_make_another(phone: Phones) -> None:
    officer, authenticator = owner(phone)
    [excluded] = asked(officer.http, f"{MINE}/passkeys")["excludeCredentials"]
    assert excluded == {"id": b64(authenticator.keys[0].id), "type": "public-key", "transports": excluded["transports"]}
    assert sorted(excluded["transports"]) == ["hybrid", "internal"]


def test_making_one_is_for_who_signed_in_just_now(phone: Phones, clock: Clock) -> None:
    officer, authenticator = phone(OFFICER), Authenticator()
    options = asked(officer.http, f"{MINE}/passkeys")
    clock.later(minutes=15, seconds=1)
    for path in (f"{MINE}/passkeys", f"{MINE}/passkeys/options"):
        assert "langer dan een kwartier geleden" in refused(officer.http.post(path, json={"credential": authenticator.make(options)}), "stale", 403)
    page = seen(officer.http.get(MINE))
    assert "Meld u opnieuw aan om een passkey te maken" in page.text
    assert f"/login?next={MINE}" in page.links
    assert passkeys_of(officer.http) == []


def test_a_passkey_is_made_for_who_asked(app: Flask, phone: Phones) -> None:
    """Who signs in as somebody else on this browser between the two does not get what was made for the first."""
    officer, authenticator = phone(OFFICER), Authenticator()
    options = asked(officer.http, f"{MINE}/passkeys")
    signing_in(officer.http, OTHER_OFFICER, PASSWORD)
    refused(officer.http.post(f"{MINE}/passkeys", json={"credential": authenticator.make(options)}), "expired", 400)
    assert passkeys_of(officer.http) == []


@pytest.mark.parametrize(
    ("how", "code"),
    [({"origin": "https://motorkap.evil.example"}, "origin"), ({"verifies": False}, "wrong_new"), ({"challenge": b64(b"x" * 32)}, "wrong_new")],
)
def test_a_passkey_that_is_not_made_well_is_not_kept(phone: Phones, how: dict[str, Any], code: str) -> None:
    officer, authenticator = phone(OFFICER), Authenticator(verifies=how.get("verifies", True))
    options = asked(officer.http, f"{MINE}/passkeys")
    made = authenticator.make({**options, "challenge": how.get("challenge", options["challenge"])}, how.get("origin", "http://localhost"))
    refused(officer.http.post(f"{MINE}/passkeys", json={"credential": made}), code, 400)
    assert passkeys_of(officer.http) == []


# signing in


def test_a_passkey_is_both_steps_and_leads_where_one_wanted(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    set_up(officer)
    http = app.test_client()
    answer = show(http, authenticator, next="/join?code=ABCDEF")
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/join?code=ABCDEF"})
    assert me(http)["person"] == officer.me["person"]
    assert show(app.test_client(), authenticator, next="https://elsewhere.example").get_json() == {"next": "/"}


def test_signing_in_asks_for_no_name_and_for_a_person_who_is_seen(app: Flask) -> None:
    options = asked(app.test_client())
    assert (options["userVerification"], options["rpId"], options.get("allowCredentials", [])) == ("required", "localhost", [])


def test_the_session_is_a_new_one_and_ends_what_this_browser_had(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    http = app.test_client()
    signing_in(http, OFFICER_SOUTH, PASSWORD)
    before = http.get_cookie("session")
    assert before
    assert show(http, authenticator).status_code == 200
    assert me(http)["person"] == officer.me["person"]
    thief = app.test_client()
    thief.set_cookie("session", before.value)
    assert me(thief) is None


def test_an_answer_counts_once(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone, count=None)
    http = app.test_client()
    credential = authenticator.show(asked(http))
    assert http.post(LOGIN, json={"credential": credential}).status_code == 200
    assert "duurde te lang" in refused(http.post(LOGIN, json={"credential": credential}), "expired", 400)


def test_an_answer_counts_for_five_minutes_and_on_the_browser_that_asked(app: Flask, phone: Phones, clock: Clock) -> None:
    _, authenticator = owner(phone)
    http, other = app.test_client(), app.test_client()
    credential = authenticator.show(asked(http))
    asked(other)
    refused(other.post(LOGIN, json={"credential": credential}), "wrong")
    clock.later(minutes=5, seconds=1)
    refused(http.post(LOGIN, json={"credential": credential}), "expired", 400)
    assert (me(http), me(other)) == (None, None)


def test_what_is_not_known_here_is_said_with_another_way(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    assert officer.http.post(f"{passkeys_of(officer.http)[0]}/remove").status_code == 303
    http = app.test_client()
    said = refused(show(http, authenticator), "unknown")
    assert "gebruik uw wachtwoord" in said
    assert signing_in(http, OFFICER, PASSWORD).status_code == 303


def test_another_address_is_said(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    http = app.test_client()
    credential = authenticator.show(asked(http), origin="https://motorkap.evil.example")
    assert "ander adres" in refused(http.post(LOGIN, json={"credential": credential}), "origin")


def test_the_address_of_the_settings_is_the_only_good_one(tmp_path, clock: Clock) -> None:
    app = server(tmp_path, clock, ORIGIN="https://motorkap.example", RP_ID="motorkap.example")
    officer, authenticator = Phone(app, OFFICER), Authenticator()
    options = asked(officer.http, f"{MINE}/passkeys")
    assert options["rp"]["id"] == "motorkap.example"
    good = authenticator.make(options, "https://motorkap.example")
    assert officer.http.post(f"{MINE}/passkeys", json={"credential": good}).status_code == 200
    http = app.test_client()
    refused(http.post(LOGIN, json={"credential": authenticator.show(asked(http))}), "origin")
    assert http.post(LOGIN, json={"credential": authenticator.show(asked(http), "https://motorkap.example")}).status_code == 200


def test_the_name_follows_from_the_address_where_it_is_not_said(tmp_path) -> None:
    def of(**environment: str) -> tuple[str, str]:
        made = read_settings({"DATA": str(tmp_path), **environment})
        return made["ORIGIN"], made["RP_ID"]

    assert of() == ("", "")
    assert of(ORIGIN="https://motorkap.example:8443/") == ("https://motorkap.example:8443", "motorkap.example")
    assert of(ORIGIN="https://motorkap.politie.example", RP_ID="politie.example") == ("https://motorkap.politie.example", "politie.example")


def test_who_is_not_seen_by_the_device_is_not_let_in(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    authenticator.verifies = False
    http = app.test_client()
    assert "niet gekeken of u het bent" in refused(show(http, authenticator), "unverified")
    assert me(http) is None


def test_a_copy_is_noticed_and_told_to_person_and_administrator(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    for _ in range(3):
        assert show(app.test_client(), authenticator).status_code == 200
    authenticator.count = 1
    assert "kopie" in refused(show(app.test_client(), authenticator), "copied")
    authenticator.count = 50
    refused(show(app.test_client(), authenticator), "copied")
    assert "bleek dat er een kopie van deze passkey is" in seen(phone(OFFICER).http.get(MINE)).text
    admin = phone(ADMIN)
    assert "Passkey gestopt omdat er een kopie van is: Agent Basisteam Noord" in log_of(admin)
    assert "bleek dat er een kopie is van de passkey" in seen(admin.http.get(f"/people/{officer.me['person']}")).text
    assert signing_in(app.test_client(), OFFICER, PASSWORD).status_code == 303


def test_a_forged_count_stops_nobody(app: Flask, phone: Phones) -> None:
    """Only a good signature can say that there is a copy: who knows the id of a passkey cannot stop it."""
    _, authenticator = owner(phone)
    for _ in range(3):
        show(app.test_client(), authenticator)
    forger = Authenticator()
    forger.make({"user": {"id": authenticator.keys[0].handle}, "rp": {"id": "localhost"}, "challenge": "AAAA"})
    forger.keys[0].id = authenticator.keys[0].id
    refused(show(app.test_client(), forger), "wrong")
    assert show(app.test_client(), authenticator).status_code == 200


def test_a_handle_of_somebody_else_is_refused(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    authenticator.keys[0].handle = b64(b"somebody else")
    refused(show(app.test_client(), authenticator), "wrong")


def test_who_is_switched_off_hears_that_and_stays_out(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    admin = phone(ADMIN)
    admin.http.post(f"/people/{officer.me['person']}/deactivate")
    assert me(officer.http) is None
    http = app.test_client()
    assert "Uw account staat uit" in refused(show(http, authenticator), "inactive")
    assert me(http) is None
    admin.http.post(f"/people/{officer.me['person']}/reactivate")
    assert show(http, authenticator).status_code == 200


def test_trying_ends_after_ten_for_a_passkey_and_another_still_works(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    _, other = owner(phone, OTHER_OFFICER)
    authenticator.verifies = False
    statuses = [show(app.test_client(), authenticator).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert show(app.test_client(), other).status_code == 200


def test_no_other_site_can_bring_a_passkey(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    http = app.test_client()
    credential = authenticator.show(asked(http))
    assert http.post(LOGIN, json={"credential": credential}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert http.post(LOGIN, json={"credential": credential}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


names = st.sampled_from(["id", "rawId", "response", "type", "clientDataJSON", "authenticatorData", "attestationObject", "userHandle"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=8,
)
PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject", "transports")


def test_whatever_is_brought_is_refused_and_breaks_nothing(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    spare = Authenticator()
    options = {"user": {"id": b64(b"handle")}, "rp": {"id": "localhost"}, "rpId": "localhost"}

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(anything, st.sampled_from([*PARTS, "id", "rawId", "type", "response"]), st.binary(max_size=60), st.booleans())
    def tried(value: object, part: str, noise: bytes, makes: bool) -> None:
        judge, maker = (ceremony.made, spare.make) if makes else (ceremony.shown, authenticator.show)
        for changed in (value, b64(noise), noise.decode("latin-1")):
            with app.app_context():
                named = challenges.ask("this", {}, officer.clock())
            good = maker({**options, "challenge": named.challenge})
            if changed == (good["response"] if part in PARTS else good).get(part):
                continue
            bad = {**good, "response": {**good["response"], part: changed}} if part in PARTS else {**good, part: changed}
            sent = value if value is None else {"credential": bad}
            with app.test_request_context("/", method="POST", json=sent, headers={"Cookie": f"challenge={named.id}"}):
                judged = judge("this")
            used = PARTS[1:4] if makes else PARTS[4:]
            assert isinstance(judged, ceremony.Refused) or part in (*used, "transports"), (part, changed)

    tried()


# the page


def test_the_passkey_is_the_first_way_and_the_password_is_always_there(app: Flask) -> None:
    page = app.test_client().get("/login").get_data(as_text=True)
    assert 0 < page.index("Aanmelden met passkey") < page.index('name="email"')
    assert 'autocomplete="username webauthn"' in page
    assert re.search(r'<div class="passkey"[^>]* hidden>', page), "without script there is only the password"
    assert re.findall(r"/static/build/passkey\w*", page) == ["/static/build/passkey_show"]


def test_at_a_bare_address_there_are_no_passkeys_and_the_page_says_nothing_of_them(app: Flask, phone: Phones) -> None:
    page = app.test_client().get("/login", base_url="http://192.0.2.7:8000").get_data(as_text=True)
    assert "passkey" not in page.lower()
    assert 'autocomplete="username"' in page


def test_under_another_name_than_that_of_the_server_there_are_none_either(tmp_path, clock: Clock) -> None:
    app = server(tmp_path, clock, ORIGIN="https://motorkap.politie.example", RP_ID="politie.example")
    for address, there in (("motorkap.politie.example", True), ("localhost", False), ("politie.example.evil.example", False)):
        page = app.test_client().get("/login", base_url=f"https://{address}").get_data(as_text=True)
        assert ("Aanmelden met passkey" in page) is there, address


def test_the_script_is_only_where_it_is_used(phone: Phones) -> None:
    officer = phone(OFFICER)
    for path in ("/", "/settings", "/devices", "/cards/new"):
        assert "build/passkey" not in officer.http.get(path).get_data(as_text=True), path


# names and removing


def test_a_passkey_gets_the_name_of_its_person(phone: Phones) -> None:
    officer, _ = owner(phone)
    [mine] = passkeys_of(officer.http)
    assert officer.http.post(f"{mine}/name", data={"name": "  Werk   telefoon "}).headers["Location"] == f"{MINE}?done=passkey_renamed"
    assert "Werk telefoon" in seen(officer.http.get(MINE)).text
    for name, said in (("", "Vul dit in."), ("x" * 101, "Dit is te lang."), ("a\x07b", "tekens die niet kunnen")):
        answer = officer.http.post(f"{mine}/name", data={"name": name})
        assert said in seen(answer, 422).by_id["error-passkey_name"]
        if name:
            assert f'value="{name}"' in answer.get_data(as_text=True), "what was typed is still there"
    assert "Werk telefoon" in seen(officer.http.get(MINE)).text


def test_removing_is_for_who_signed_in_just_now(app: Flask, phone: Phones, clock: Clock) -> None:
    officer, authenticator = owner(phone)
    [mine] = passkeys_of(officer.http)
    clock.later(minutes=15, seconds=1)
    assert officer.http.post(f"{mine}/remove").headers["Location"] == f"/login?next={MINE}"
    assert len(passkeys_of(officer.http)) == 1
    show(officer.http, authenticator)
    assert officer.http.post(f"{mine}/remove").headers["Location"] == f"{MINE}?done=passkey_removed"
    assert passkeys_of(officer.http) == []


def test_passkeys_of_others_do_not_exist(phone: Phones) -> None:
    officer, _ = owner(phone)
    [theirs] = passkeys_of(officer.http)
    other = phone(OTHER_OFFICER)
    assert other.http.post(f"{theirs}/remove").status_code == 404
    assert other.http.post(f"{theirs}/name", data={"name": "van mij"}).status_code == 404
    assert len(passkeys_of(officer.http)) == 1


@pytest.mark.parametrize("deed", ["", "/options", "/some-id/name", "/some-id/remove"])
def test_my_passkeys_are_for_who_is_signed_in(app: Flask, deed: str) -> None:
    answer = app.test_client().post(f"{MINE}/passkeys{deed}", json={})
    assert answer.status_code == 401


# the offer after a password


def with_password(http: FlaskClient, **more: str) -> str:
    return str(signing_in(http, OFFICER, PASSWORD, **more).headers["Location"])


def test_a_passkey_is_offered_once_where_the_device_can_make_one(app: Flask) -> None:
    assert with_password(app.test_client(), next="/join?code=ABCDEF") == "/join?code=ABCDEF", "this browser did not say that it can"
    http = app.test_client()
    offered = with_password(http, next="/join?code=ABCDEF", can_make="yes")
    assert offered == f"{MINE}/offer?next=/join?code%3DABCDEF"
    page = seen(http.get(offered))
    assert "Voortaan zonder wachtwoord?" in page.text
    assert "/join?code=ABCDEF" in page.links, "not now"
    assert with_password(app.test_client(), can_make="yes") == "/"


def test_after_the_code_it_is_offered_too_and_never_to_who_has_one(app: Flask, phone: Phones, clock: Clock) -> None:
    secret, _ = set_up(phone(OFFICER))
    http = halfway(app, can_make="yes")
    assert second(http, code_of(secret, clock)).headers["Location"] == f"{MINE}/offer?next=/"
    other, _ = owner(phone, OTHER_OFFICER)
    assert signing_in(app.test_client(), OTHER_OFFICER, PASSWORD, can_make="yes").headers["Location"] == "/"
    assert other.http.get(f"{MINE}/offer?next=/join").headers["Location"] == "/join"


def test_the_offer_leads_on_when_it_is_taken_and_never_to_another_site(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    assert 'href="/"' in officer.http.get(f"{MINE}/offer?next=https://elsewhere.example").get_data(as_text=True)
    assert make(officer.http, Authenticator(), next="/join").get_json() == {"next": "/join"}


# invitations


def invited_http(app: Flask, phone: Phones, **told: str) -> tuple[FlaskClient, str]:
    return app.test_client(), invite(phone(ADMIN), **told)


def test_an_invitation_is_accepted_with_a_passkey_instead_of_a_password(app: Flask, phone: Phones) -> None:
    http, link = invited_http(app, phone, email="kim@noord.example", name="K. Jansen")
    authenticator, fields = Authenticator(), {"name": "Kim Jansen", "email": ""}
    assert "Maak een passkey en ga verder" in seen(http.get(link)).text
    answer = make(http, authenticator, f"{link}/passkey", fields=fields)
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/"})
    assert me(http)["name"] == "Kim Jansen"
    assert http.get(link).status_code == 410
    again = app.test_client()
    assert show(again, authenticator).status_code == 200
    assert me(again)["name"] == "Kim Jansen"
    assert "Uitnodiging aangenomen: Kim Jansen" in log_of(phone(ADMIN))


@pytest.mark.parametrize("password", ["", " ", PASSWORD, "None"])
def test_who_has_no_password_cannot_be_signed_in_with_one(app: Flask, phone: Phones, password: str) -> None:
    http, link = invited_http(app, phone, email="kim@noord.example")
    make(http, Authenticator(), f"{link}/passkey", fields={"name": "Kim"})
    assert signing_in(app.test_client(), "kim@noord.example", password).status_code in (401, 422)


def test_what_is_wrong_on_an_invitation_is_said_at_its_field_and_uses_nothing_up(app: Flask, phone: Phones) -> None:
    http, link = invited_http(app, phone, email="", name="Kim")
    for fields, field, said in (
        ({"name": "", "email": "kim@noord.example"}, "name", "Naam: Vul dit in."),
        ({"name": "Kim", "email": "geen adres"}, "email", "E-mailadres: Dit is geen e-mailadres."),
        ({"name": "Kim", "email": OFFICER}, "email", "E-mailadres: Dit e-mailadres is al in gebruik."),
        ({"name": 3}, "name", "Naam: Vul dit in."),
        ([], "name", "Naam: Vul dit in."),
    ):
        answer = http.post(f"{link}/passkey/options", json={"fields": fields})
        assert (answer.status_code, answer.get_json()["said"], answer.get_json()["field"]) == (422, said, field)
    assert seen(http.get(link)).forms


def test_of_two_with_one_link_one_comes_in(app: Flask, phone: Phones) -> None:
    http, link = invited_http(app, phone, email="kim@noord.example")
    other, fields = app.test_client(), {"name": "Kim"}
    first, second = Authenticator(), Authenticator()
    made = [one.make(asked(client, f"{link}/passkey", fields=fields)) for one, client in ((first, http), (second, other))]
    assert http.post(f"{link}/passkey", json={"credential": made[0]}).status_code == 200
    refused(other.post(f"{link}/passkey", json={"credential": made[1]}), "over", 410)
    assert me(other) is None
    refused(show(other, second), "unknown")


def test_a_passkey_made_for_one_invitation_is_not_good_for_another(app: Flask, phone: Phones) -> None:
    http, link = invited_http(app, phone, email="kim@noord.example")
    another = invite(phone(ADMIN), email="bo@noord.example")
    credential = Authenticator().make(asked(http, f"{link}/passkey", fields={"name": "Kim"}))
    refused(http.post(f"{another}/passkey", json={"credential": credential}), "expired", 400)


def test_a_link_for_a_new_password_makes_no_passkey(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    link = link_in(admin.http.post(f"/people/{person_named(admin, OFFICER)}/new-password"))
    http = app.test_client()
    assert "passkey" not in http.get(link).get_data(as_text=True).lower()
    refused(http.post(f"{link}/passkey/options", json={"fields": {}}), "over", 410)


def only_a_passkey(app: Flask, phone: Phones) -> tuple[FlaskClient, Authenticator]:
    http, link = invited_http(app, phone, email="kim@noord.example")
    authenticator = Authenticator()
    make(http, authenticator, f"{link}/passkey", fields={"name": "Kim"})
    return http, authenticator


def test_who_has_no_password_sees_no_codes_and_keeps_the_last_passkey(app: Flask, phone: Phones) -> None:
    http, _ = only_a_passkey(app, phone)
    page = seen(http.get(MINE))
    assert "U hebt geen wachtwoord." in page.text
    assert "title-totp" not in page.ids
    answer = http.post(f"{passkeys_of(http)[0]}/remove")
    assert "de enige manier om aan te melden" in seen(answer, 422).text


def test_who_has_no_password_can_choose_one_just_after_signing_in(app: Flask, phone: Phones, clock: Clock) -> None:
    http, authenticator = only_a_passkey(app, phone)
    assert "te kort" in seen(http.post(f"{MINE}/password", data={"new": "kort"}), 422).by_id["error-new"]
    clock.later(minutes=16)
    assert http.post(f"{MINE}/password", data={"new": GOOD}).headers["Location"] == f"/login?next={MINE}"
    show(http, authenticator)
    assert http.post(f"{MINE}/password", data={"new": GOOD}).headers["Location"] == f"{MINE}?done=password_made"
    assert signing_in(app.test_client(), "kim@noord.example").status_code == 303
    assert http.post(f"{passkeys_of(http)[0]}/remove").status_code == 303


def test_who_lost_the_only_passkey_comes_back_by_a_link(app: Flask, phone: Phones) -> None:
    only_a_passkey(app, phone)
    admin = phone(ADMIN)
    kim = f"/people/{person_named(admin, 'kim@noord.example')}"
    assert "Geen wachtwoord. Aantal passkeys: 1." in seen(admin.http.get(kim)).text
    assert admin.http.post(f"{kim}/passkeys/reset").headers["Location"] == f"{kim}?done=passkeys_reset"
    assert "Geen wachtwoord. Geen passkey." in seen(admin.http.get(kim)).text
    assert take(app, link_in(admin.http.post(f"{kim}/new-password"))).status_code == 303
    assert signing_in(app.test_client(), "kim@noord.example").status_code == 303


# administrators


def test_an_administrator_takes_away_the_passkeys_of_the_own_people_and_it_is_written_down(app: Flask, phone: Phones) -> None:
    officer, authenticator = owner(phone)
    stranger, theirs = owner(phone, OFFICER_SOUTH)
    admin = phone(ADMIN)
    assert admin.http.post(f"/people/{stranger.me['person']}/passkeys/reset").status_code == 404
    assert show(app.test_client(), theirs).status_code == 200
    assert admin.http.post(f"/people/{officer.me['person']}/passkeys/reset").status_code == 303
    refused(show(app.test_client(), authenticator), "unknown")
    assert "Passkeys weggehaald: Agent Basisteam Noord" in log_of(admin)


# where more than a password is asked


def test_a_passkey_is_the_second_way_that_an_organisation_asks(app: Flask, phone: Phones) -> None:
    required(phone(ADMIN))
    http, authenticator = halfway(app, next="/join"), Authenticator()
    page = seen(http.get("/login/code", follow_redirects=True))
    assert "Maak een passkey" in page.text
    answer = make(http, authenticator, "/login/set-up/passkey")
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/join"})
    assert me(http)["org"] == "noord"
    again = app.test_client()
    assert show(again, authenticator).status_code == 200
    assert me(again)["org"] == "noord"


def test_who_has_one_there_cannot_make_another_with_the_password_alone(app: Flask, phone: Phones) -> None:
    _, authenticator = owner(phone)
    required(phone(ADMIN))
    http = halfway(app)
    page = http.get("/login/code", follow_redirects=True)
    assert "Meld u aan met uw passkey" in seen(page).text
    assert http.post("/login/set-up", data={"code": "000000"}).headers["Location"] == "/login"
    refused(http.post("/login/set-up/passkey/options", json={}), "expired", 400)
    assert me(http) is None
    assert show(http, authenticator).status_code == 200


def test_a_passkey_that_was_begun_half_way_is_not_good_after_another_was_made(app: Flask, phone: Phones) -> None:
    required(phone(ADMIN))
    http, thief = halfway(app), halfway(app)
    begun = Authenticator().make(asked(thief, "/login/set-up/passkey"))
    assert make(http, Authenticator(), "/login/set-up/passkey").status_code == 200
    refused(thief.post("/login/set-up/passkey", json={"credential": begun}), "expired", 400)
    assert me(thief) is None


def test_nobody_who_is_not_half_way_makes_one_there(app: Flask) -> None:
    http = app.test_client()
    refused(http.post("/login/set-up/passkey/options", json={}), "expired", 400)
    refused(http.post("/login/set-up/passkey", json={}), "expired", 400)


def test_with_a_passkey_the_code_may_go_and_then_the_passkey_stays(app: Flask, phone: Phones) -> None:
    officer, _ = owner(phone)
    set_up(officer)
    required(phone(ADMIN))
    assert officer.http.post(f"{MINE}/totp/remove", data={"remove_password": PASSWORD}).status_code == 303
    answer = officer.http.post(f"{passkeys_of(officer.http)[0]}/remove")
    assert "Maak eerst een andere passkey of stel een code in" in seen(answer, 422).text
