"""Signing in at the organisation's own provider: who comes in as whom, what is refused, and that nobody is led elsewhere or in by another."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse

from store import provider as kept_providers
from store.demo import PASSWORD
from tests.cast import OFFICER_SOUTH, Clock, Phone, server
from tests.http.inviting import ADMIN, OFFICER, invite, log_of, me, person_named, seen, signing_in, take
from tests.http.test_passkeys import owner, refused, show
from tests.provider import CLIENT, Provider, running

Phones = Callable[[str], Phone]
SETTINGS = "/people/provider"
BACK = "http://localhost/login/provider/back/noord"
SECRET = "geheim-van-noord"


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, PROVIDER_NETWORKS=[ip_network("127.0.0.0/8"), ip_network("::1/128")])


@pytest.fixture
def idp() -> Iterator[Provider]:
    with running() as one:
        one.knows("agent", email=OFFICER)
        yield one


@pytest.fixture
def admin(phone: Phones) -> Phone:
    return phone(ADMIN)


def terms(idp: Provider, **told: Any) -> dict[str, Any]:
    return {
        "issuer": idp.issuer, "client_id": CLIENT, "client_secret": SECRET, "domains": "noord.example", "group_claim": "", "newcomers": "invited",
        "passwords": "allowed", **told,
    }  # fmt: skip


def set_up(admin: Phone, idp: Provider, **told: Any) -> None:
    answer = admin.http.post(SETTINGS, data=terms(idp, **told))
    assert answer.status_code == 303, answer.get_data(as_text=True)


@pytest.fixture
def ready(admin: Phone, idp: Provider) -> Provider:
    set_up(admin, idp)
    return idp


def leaves(http: FlaskClient, email: str = OFFICER, **more: str) -> TestResponse:
    """As far as the address of the provider, by our form, the page in between and its link."""
    answer = signing_in(http, email, "", **more)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/provider")
    assert "/login/provider/go" in seen(http.get("/login/provider")).links
    return http.get("/login/provider/go")


def at_provider(left: TestResponse, sub: str | None = "agent") -> str:
    """What somebody does there: says who they are, or no. The address to which the provider sends them back."""
    assert left.status_code == 302, left.get_data(as_text=True)
    told = {"action": "deny"} if sub is None else {"sub": sub}
    answer = requests.post(left.headers["Location"], data=told, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://localhost")


def comes(app: Flask, sub: str = "agent", email: str = OFFICER, **more: str) -> tuple[FlaskClient, TestResponse]:
    http = app.test_client()
    return http, http.get(at_provider(leaves(http, email, **more), sub))


def sorry(answer: TestResponse, words: str, status: int = 401) -> None:
    page = seen(answer, status)
    assert words in page.text
    assert any(link.startswith("/login?next=") for link in page.links)


# the way there and back


def test_an_address_leads_to_the_provider_and_back_to_the_page_one_wanted(app: Flask, ready: Provider) -> None:
    http, answer = comes(app, next="/cards/new?context=police_asks")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cards/new?context=police_asks")
    assert me(http)["name"] == "Agent Basisteam Noord"


def test_the_request_has_state_nonce_and_pkce_and_the_code_comes_with_its_verifier(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    left = leaves(http)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(left.headers["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    assert asked["login_hint"] == OFFICER
    assert asked["response_type"] == "code"
    assert len(asked["state"]) > 20
    assert len(asked["nonce"]) > 15
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert http.get(at_provider(left)).status_code == 303
    [handed] = ready.asked_of("/oauth2/token")
    digest = hashlib.sha256(handed["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


def test_no_code_is_asked_after_it_because_that_is_up_to_the_provider(app: Flask, admin: Phone, ready: Provider) -> None:
    page = seen(admin.http.get("/people/organisation")).forms[0]
    assert admin.http.post(page.action, data=page.filled(second_factor="required")).status_code == 303
    http, answer = comes(app)
    assert answer.headers["Location"] == "/"
    assert me(http) is not None


def test_an_unknown_address_in_the_domain_reads_like_a_known_one(app: Flask, ready: Provider) -> None:
    def page(email: str) -> str:
        http = app.test_client()
        signing_in(http, email, "")
        return http.get("/login/provider").get_data(as_text=True).replace(email, "")

    assert page("niemand@noord.example") == page(OFFICER)


def test_an_address_elsewhere_still_asks_its_password(app: Flask, ready: Provider) -> None:
    answer = signing_in(app.test_client(), OFFICER_SOUTH, "")
    assert answer.status_code == 422
    assert "Vul" in answer.get_data(as_text=True)


def test_after_signing_out_the_provider_must_ask_again_who_it_is(app: Flask, ready: Provider) -> None:
    http, _ = comes(app)
    assert "prompt=login" not in leaves(app.test_client()).headers["Location"]
    http.post("/logout")
    assert "prompt=login" in leaves(http).headers["Location"]


# nobody else's session


def test_the_session_is_a_new_one_and_the_one_before_is_worth_nothing(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    left = leaves(http)
    planted = http.get_cookie("session").value
    assert http.get(at_provider(left)).status_code == 303
    assert http.get_cookie("session").value != planted
    thief = app.test_client()
    thief.set_cookie("session", planted)
    assert thief.get("/me.json").status_code == 401


def test_who_was_signed_in_on_this_browser_is_not_any_more(app: Flask, phone: Phones, ready: Provider) -> None:
    before = phone(OFFICER_SOUTH)
    old = before.http.get_cookie("session").value
    assert before.http.get(at_provider(leaves(before.http))).status_code == 303
    assert me(before.http)["org"] == "noord"
    again = app.test_client()
    again.set_cookie("session", old)
    assert again.get("/me.json").status_code == 401


def test_an_answer_that_another_browser_asked_for_signs_nobody_in(app: Flask, ready: Provider) -> None:
    """Login CSRF: somebody sends their own answer to the browser of another, who would then write in their account."""
    answer_of_another = at_provider(leaves(app.test_client()))
    victim = app.test_client()
    sorry(victim.get(answer_of_another), "niet op dit toestel begonnen")
    leaves(victim)
    sorry(victim.get(answer_of_another), "niet op dit toestel begonnen")
    assert me(victim) is None
    assert ready.asked_of("/oauth2/token") == []


def test_nobody_is_sent_on_their_way_but_by_our_own_form(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    for path in ("/login/provider", "/login/provider/go"):
        assert http.get(path).headers["Location"] == "/login"
    assert http.post("/login", data={"email": OFFICER, "password": ""}).status_code == 400
    assert ready.asked_of("/oauth2/authorize") == []


def test_an_answer_counts_once(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    way_back = at_provider(leaves(http))
    assert http.get(way_back).status_code == 303
    sorry(http.get(way_back), "niet op dit toestel begonnen")


def test_who_comes_back_with_an_answer_that_is_none_is_stopped_in_the_end(app: Flask, ready: Provider) -> None:
    statuses = [app.test_client().get("/login/provider/back/noord?state=x&code=y").status_code for _ in range(101)]
    assert set(statuses[:100]) == {401}
    assert statuses[100] == 429


def test_who_waits_too_long_begins_again(app: Flask, clock: Clock, ready: Provider) -> None:
    http = app.test_client()
    way_back = at_provider(leaves(http))
    clock.later(minutes=31)
    sorry(http.get(way_back), "niet op dit toestel begonnen")


def test_what_one_provider_answers_is_never_taken_to_another(app: Flask, phone: Phones, ready: Provider) -> None:
    other = phone("admin@crisisdienst.example")
    assert other.http.post(SETTINGS, data=terms(ready, domains="crisisdienst.example")).status_code == 303
    http = app.test_client()
    way_back = at_provider(leaves(http)).replace("/back/noord", "/back/crisisdienst")
    sorry(http.get(way_back), "niet op dit toestel begonnen")
    http = app.test_client()
    sorry(http.get(at_provider(leaves(http)) + "&iss=https://elsewhere.example"), "niet op dit toestel begonnen")
    assert ready.asked_of("/oauth2/token") == []


# the token


def wrong_key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"}, {"iss": None}, {"aud": "another client"}, {"aud": None}, {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "another"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"iat": 4_000_000_000}, {"sub": None}, {"sub": ""},
        {"sub": "x" * 256}, {"sub": 5},
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_us_not_of_now_or_not_the_answer_signs_nobody_in(app: Flask, ready: Provider, claims: dict[str, Any]) -> None:
    ready.claims = claims
    http, answer = comes(app)
    sorry(answer, "Het antwoord van Politie Basisteam Noord klopt niet")
    assert me(http) is None


def test_a_token_that_somebody_else_signed_signs_nobody_in(app: Flask, ready: Provider) -> None:
    ready.key = wrong_key()
    http, answer = comes(app)
    sorry(answer, "klopt niet")
    assert me(http) is None


@pytest.mark.parametrize("offered", [["HS256"], ["none"], ["RS256", "HS256", "none"]])
def test_a_token_signed_with_the_client_secret_signs_nobody_in_whatever_the_provider_offers(app: Flask, ready: Provider, offered: list[str]) -> None:
    ready.facts = {"id_token_signing_alg_values_supported": offered}
    ready.header, ready.key = {"alg": "HS256"}, OctKey.import_key(SECRET * 4)  # type: ignore[assignment]
    http = app.test_client()
    left = leaves(http)
    if "RS256" in offered:
        sorry(http.get(at_provider(left)), "klopt niet")
    else:
        sorry(left, "geeft nu geen goed antwoord", 503)
    assert me(http) is None


def test_what_the_token_leaves_out_the_user_endpoint_tells_of_the_same_person(app: Flask, ready: Provider) -> None:
    ready.claims = {"email": None, "email_verified": None}
    assert comes(app)[1].status_code == 303
    ready.breaks["/userinfo"] = lambda: flask.jsonify(sub="somebody else", email=OFFICER, email_verified=True)
    sorry(comes(app)[1], "klopt niet")


# it does not work, and nothing is lost


def test_who_says_no_hears_so_and_can_try_again(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    answer = http.get(at_provider(leaves(http, next="/settings"), None))
    sorry(answer, "nee gezegd")
    links = seen(answer, 401).links
    assert "/login?next=/settings" in links
    assert "/login/provider" in links
    again = http.get(at_provider(http.get("/login/provider/go")))
    assert again.headers["Location"] == "/settings"


def silent() -> Any:
    return "Bad Gateway", 502


@pytest.mark.parametrize(
    ("path", "answer", "where"),
    [
        ("/.well-known/openid-configuration", silent, "go"),
        ("/.well-known/openid-configuration", lambda: "<html>login</html>", "go"),
        ("/.well-known/openid-configuration", lambda: flask.jsonify([]), "go"),
        ("/oauth2/token", silent, "back"),
        ("/oauth2/token", lambda: flask.redirect("/elsewhere"), "back"),
        ("/jwks", silent, "back"),
        ("/jwks", lambda: "x" * 600_000, "back"),
    ],
)
def test_a_provider_that_is_down_or_odd_is_said_with_the_way_back(
    app: Flask, ready: Provider, path: str, answer: Callable[[], Any], where: str
) -> None:
    http = app.test_client()
    if where == "back":
        left = leaves(http)
        ready.breaks[path] = answer
        sorry(http.get(at_provider(left)), "geeft nu geen goed antwoord", 503)
    else:
        ready.breaks[path] = answer
        sorry(leaves(http), "geeft nu geen goed antwoord", 503)
    assert me(http) is None
    ready.breaks.clear()
    assert http.get(at_provider(http.get("/login/provider/go"))).status_code == 303


def test_a_provider_that_does_not_take_our_secret_is_for_the_administrator(app: Flask, ready: Provider) -> None:
    ready.breaks["/oauth2/token"] = lambda: (flask.jsonify(error="invalid_client"), 401)
    sorry(comes(app)[1], "Uw beheerder moet de instellingen nakijken")


def test_a_server_with_another_secret_cannot_read_the_client_secret_and_says_so(app: Flask, ready: Provider) -> None:
    app.config["SECRET_KEY"] = "another secret of the tests"
    sorry(leaves(app.test_client()), "Uw beheerder moet de instellingen nakijken")


def test_a_provider_that_is_gone_altogether_is_said(app: Flask, admin: Phone) -> None:
    with running() as idp:
        set_up(admin, idp)
    sorry(leaves(app.test_client()), "geeft nu geen goed antwoord", 503)


# who it is


def test_once_linked_it_is_the_subject_that_counts_and_no_longer_the_address(app: Flask, ready: Provider) -> None:
    first, _ = comes(app)
    ready.knows("agent", email="getrouwd@noord.example")
    second, _ = comes(app)
    assert me(first)["person"] == me(second)["person"]
    ready.knows("agent", email="prive@elsewhere.example", email_verified=False)
    third, _ = comes(app)
    assert me(third)["person"] == me(first)["person"]


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_the_first_time_the_provider_must_say_that_the_address_was_checked(app: Flask, ready: Provider, verified: object) -> None:
    ready.knows("agent", email=OFFICER, email_verified=verified)
    http, answer = comes(app)
    sorry(answer, "is nagekeken")
    assert me(http) is None


def test_nobody_comes_into_another_organisation_whatever_the_provider_says(app: Flask, ready: Provider) -> None:
    ready.knows("agent", email=OFFICER_SOUTH)
    http, answer = comes(app)
    sorry(answer, "hoort niet bij deze organisatie")
    assert me(http) is None


def test_not_even_when_somebody_of_another_organisation_has_an_address_in_the_domain(app: Flask, phone: Phones, ready: Provider) -> None:
    invite_care = phone("admin@crisisdienst.example")
    assert take(app, invite(invite_care, email="gast@noord.example")).status_code == 303
    ready.knows("gast", email="gast@noord.example")
    http, answer = comes(app, "gast", "gast@noord.example")
    sorry(answer, "kent u nog niet")
    assert me(http) is None


def test_two_organisations_at_one_provider_do_not_share_their_people(app: Flask, phone: Phones, ready: Provider) -> None:
    assert comes(app)[1].status_code == 303
    assert phone("admin@crisisdienst.example").http.post(SETTINGS, data=terms(ready, domains="crisisdienst.example")).status_code == 303
    http, answer = comes(app, "agent", "triagist@crisisdienst.example")
    sorry(answer, "hoort niet bij deze organisatie")
    assert me(http) is None


def test_somebody_who_was_switched_off_stays_out_linked_or_not(app: Flask, admin: Phone, ready: Provider) -> None:
    http, _ = comes(app)
    ready.knows("agent2", email="agent2@noord.example")
    for email in (OFFICER, "agent2@noord.example"):
        admin.http.post(f"/people/{person_named(admin, email)}/deactivate")
    assert me(http) is None
    sorry(comes(app)[1], "staat uit")
    sorry(comes(app, "agent2", "agent2@noord.example")[1], "staat uit")


def test_an_address_that_was_given_to_somebody_else_does_not_give_them_the_account(app: Flask, admin: Phone, ready: Provider) -> None:
    first, _ = comes(app)
    person = me(first)["person"]
    ready.knows("agent", email="weg@noord.example")
    ready.knows("nieuw", email=OFFICER)
    http, answer = comes(app, "nieuw")
    sorry(answer, "hoort in Motorkap bij een ander account")
    assert me(http) is None
    assert "Gekoppeld aan het account" in seen(admin.http.get(f"/people/{person}")).text
    assert admin.http.post(f"/people/{person}/unlink").headers["Location"] == f"/people/{person}?done=unlinked"
    http, _ = comes(app, "nieuw")
    assert me(http)["person"] == person
    assert "Koppeling losgemaakt: Agent Basisteam Noord" in log_of(admin)


def test_another_organisation_cannot_undo_a_link(app: Flask, phone: Phones, ready: Provider) -> None:
    person = me(comes(app)[0])["person"]
    assert phone("admin@crisisdienst.example").http.post(f"/people/{person}/unlink").status_code == 404
    ready.knows("nieuw", email=OFFICER)
    sorry(comes(app, "nieuw")[1], "ander account")


# who is new


def test_who_was_not_invited_hears_what_to_ask_for(app: Flask, ready: Provider) -> None:
    ready.knows("kim", email="kim@noord.example")
    http, answer = comes(app, "kim", "kim@noord.example")
    sorry(answer, "Vraag uw beheerder om een uitnodiging")
    assert me(http) is None


def test_who_was_invited_is_in_with_what_the_invitation_says_and_the_link_is_used(app: Flask, admin: Phone, ready: Provider) -> None:
    link = invite(admin, email="kim@noord.example", name="Kim", function="opco", role="lead")
    ready.knows("kim", email="Kim@Noord.example", name="K. de Vries")
    http, answer = comes(app, "kim", "kim@noord.example")
    assert answer.status_code == 303
    assert [me(http)[name] for name in ("name", "function", "role", "org")] == ["Kim", "opco", "lead", "noord"]
    assert app.test_client().get(link).status_code == 410


def test_who_was_invited_comes_in_by_the_provider_also_when_the_link_is_over_but_not_for_ever(
    app: Flask, phone: Phones, clock: Clock, admin: Phone, ready: Provider
) -> None:
    for name in ("kim", "bo"):
        invite(admin, email=f"{name}@noord.example", name=name.title())
        ready.knows(name, email=f"{name}@noord.example")
    clock.later(hours=73)
    again = phone(ADMIN)
    assert "de link is verlopen; kan zich aanmelden bij uw organisatie tot" in seen(again.http.get("/people")).text
    assert comes(app, "kim", "kim@noord.example")[1].status_code == 303
    clock.later(hours=90 * 24)
    sorry(comes(app, "bo", "bo@noord.example")[1], "kent u nog niet")


def test_what_was_withdrawn_lets_nobody_in_nor_does_an_older_one(app: Flask, phone: Phones, clock: Clock, admin: Phone, ready: Provider) -> None:
    ready.knows("kim", email="kim@noord.example")
    invite(admin, email="kim@noord.example", role="admin")
    clock.later(hours=73)
    again = phone(ADMIN)
    invite(again, email="kim@noord.example")
    form = next(one for one in seen(again.http.get("/people")).forms if "/withdraw" in one.action)
    assert again.http.post(form.action).status_code == 303
    sorry(comes(app, "kim", "kim@noord.example")[1], "kent u nog niet")


def test_without_a_provider_an_invitation_whose_link_is_over_is_not_in_the_list(phone: Phones, clock: Clock, admin: Phone) -> None:
    invite(admin, email="kim@noord.example")
    clock.later(hours=73)
    assert "kim@noord.example" not in seen(phone(ADMIN).http.get("/people")).text


def test_anybody_with_an_address_there_where_the_organisation_wants_that(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, newcomers="everybody")
    idp.knows("kim", email="kim@noord.example", name="Kim de Vries")
    http, _ = comes(app, "kim", "kim@noord.example")
    assert (me(http)["name"], me(http)["role"], me(http)["org"]) == ("Kim de Vries", "member", "noord")
    told = log_of(admin)
    assert "Gekoppeld aan het account bij de organisatie: Kim de Vries" in told


def test_who_signs_in_at_the_organisation_only_has_no_password_and_sees_no_form_for_one(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, newcomers="everybody", passwords="off")
    idp.knows("kim", email="kim@noord.example")
    http, _ = comes(app, "kim", "kim@noord.example")
    told = seen(admin.http.get(f"/people/{me(http)['person']}")).text
    assert "Geen wachtwoord." in told
    assert "Wachtwoord vergeten" not in told
    page = seen(http.get("/me/signing-in"))
    assert "Daar wijzigt u ook uw wachtwoord" in page.text
    assert page.forms == []
    for guess in ("", " ", "!", PASSWORD):
        assert signing_in(app.test_client(), "kim@noord.example", guess or "x").status_code == 401


def test_where_only_the_provider_counts_a_passkey_of_before_opens_nothing_except_for_an_administrator(
    app: Flask, phone: Phones, admin: Phone, idp: Provider
) -> None:
    _, held = owner(phone, OFFICER)
    _, of_admin = owner(phone, ADMIN)
    set_up(admin, idp, passwords="off")
    assert "account van uw werk" in refused(show(app.test_client(), held), "provider")
    assert show(app.test_client(), of_admin).status_code == 200


# the role


GROUPS = {"group_claim": "groups", "group": ["mk-beheer", "mk-leiding", "mk-privacy"], "role": ["admin", "lead", "privacy"]}


def test_the_first_group_of_the_table_gives_the_role_at_every_signing_in(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, **GROUPS)
    for groups, role in (
        (["x", "mk-leiding"], "lead"), (["mk-leiding", "mk-beheer"], "admin"), ("mk-privacy", "privacy"), ([], "member"), (["mk-leiding"], "lead"),
        (None, "member"),
    ):  # fmt: skip
        idp.knows("agent", email=OFFICER, groups=groups)
        http, _ = comes(app)
        assert me(http)["role"] == role, groups
    told = log_of(admin)
    assert "Rol in Motorkap: Medewerker werd Leidinggevende" in told
    assert "localhost" in told


def test_groups_that_are_elsewhere_change_nothing(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, **GROUPS)
    idp.knows("agent", email=OFFICER, groups=["mk-leiding"])
    comes(app)
    idp.people["agent"] = {"email": OFFICER, "email_verified": True, "_claim_names": {"groups": "src1"}}
    assert me(comes(app)[0])["role"] == "lead"


def test_the_last_administrator_stays_one(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, **GROUPS)
    idp.knows("beheer", email=ADMIN, groups=[])
    http, _ = comes(app, "beheer", ADMIN)
    assert me(http)["role"] == "admin"
    idp.knows("agent", email=OFFICER, groups=["mk-beheer"])
    comes(app)
    http, _ = comes(app, "beheer", ADMIN)
    assert me(http)["role"] == "member"


def test_without_a_table_the_role_stays_what_it_was(app: Flask, ready: Provider) -> None:
    ready.knows("lead", email="teamlead@noord.example", groups=[])
    assert me(comes(app, "lead", "teamlead@noord.example")[0])["role"] == "lead"


# passwords


def test_a_password_goes_on_working_where_that_is_allowed(app: Flask, ready: Provider) -> None:
    assert signing_in(app.test_client(), OFFICER, PASSWORD).status_code == 303


def test_where_it_is_not_allowed_only_administrators_have_one(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, passwords="off")
    http = app.test_client()
    answer = signing_in(http, OFFICER, PASSWORD)
    assert answer.status_code == 401
    assert "Laat het wachtwoord leeg" in seen(answer, 401).text
    assert me(http) is None
    assert "Wachtwoord vergeten" not in seen(admin.http.get(f"/people/{person_named(admin, OFFICER)}")).text
    assert signing_in(app.test_client(), ADMIN, PASSWORD).status_code == 303
    assert signing_in(app.test_client(), OFFICER_SOUTH, PASSWORD).status_code == 303
    assert comes(app)[1].status_code == 303


def test_an_invitation_then_leads_to_the_provider_and_makes_no_password(app: Flask, admin: Phone, idp: Provider) -> None:
    set_up(admin, idp, passwords="off")
    link = invite(admin, email="kim@noord.example")
    for answer in (app.test_client().get(link), take(app, link)):
        assert "met het account van uw werk" in seen(answer).text
    assert "herkent Motorkap mensen aan hun e-mailadres" in seen(admin.http.post("/people/invite", data={"name": "Kim", "role": "member"}), 422).text
    idp.knows("kim", email="kim@noord.example")
    assert comes(app, "kim", "kim@noord.example")[1].status_code == 303


def test_the_sign_in_form_speaks_of_it_only_where_some_organisation_has_a_provider(app: Flask, admin: Phone, idp: Provider) -> None:
    assert "Laat dit dan leeg" not in app.test_client().get("/login").get_data(as_text=True)
    set_up(admin, idp)
    assert "Laat dit dan leeg" in seen(app.test_client().get("/login")).text


def test_tokens_expire_by_the_real_clock(app: Flask, ready: Provider) -> None:
    """The clock of the tests stands still; that of the provider does not."""
    ready.claims = {"exp": int(time.time()) - 300}
    sorry(comes(app)[1], "klopt niet")
    ready.claims = {"exp": int(time.time()) + 300}
    assert comes(app)[1].status_code == 303


def test_a_session_that_is_full_of_begun_attempts_still_fits_in_a_cookie(app: Flask, ready: Provider) -> None:
    http = app.test_client()
    for _ in range(6):
        left = leaves(http)
    assert len(http.get_cookie("session").value) < 3500
    assert http.get(at_provider(left)).status_code == 303


def test_the_secret_is_encrypted_and_never_shown(app: Flask, admin: Phone, ready: Provider) -> None:
    assert SECRET not in admin.http.get(SETTINGS).get_data(as_text=True)
    assert SECRET not in log_of(admin)
    with app.app_context():
        from store.database import reading
        from store.models import Provider as Row

        with reading() as connection:
            assert SECRET not in str(connection.execute(Row.__table__.select()).all())
        assert kept_providers.secret_of("noord", app.config["SECRET_KEY"].encode()) == SECRET
        assert kept_providers.secret_of("noord", b"another") is None
    assert not re.search(SECRET, app.test_client().get("/login").get_data(as_text=True))
