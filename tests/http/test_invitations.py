"""Taking an invitation: who invites, what may be the password, and that a link works once, for 72 hours, for one person."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import Clock, Phone, server
from tests.http.inviting import ADMIN, CARE_ADMIN, GOOD, OFFICER, invite, log_of, me, seen, signing_in, take
from tests.http.test_people import together

Phones = Callable[[str], Phone]


def test_whoever_has_the_link_sees_who_invites_and_comes_in_with_a_password(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    link = invite(admin, email="Kim@Noord.Example", name="Kim de Wit", function="agent", team="Nacht", role="lead")
    http = app.test_client()
    page = seen(http.get(link))
    for said in ("Admin Basisteam Noord", "Politie Basisteam Noord", "kim@noord.example", "Leidinggevende", "agent", "Nacht"):
        assert said in page.text, said
    form = page.forms[0]
    assert ("name", "Kim de Wit") in form.fields
    assert "email" not in form.names
    taken = http.post(link, data=form.filled(password=GOOD), follow_redirects=True)
    assert taken.request.path == "/"
    mine = me(http)
    assert (mine["name"], mine["org"], mine["domain"], mine["role"], mine["function"]) == ("Kim de Wit", "noord", "police", "lead", "agent")
    assert signing_in(app.test_client(), "kim@noord.example").status_code == 303
    assert "Uitnodiging aangenomen: Kim de Wit" in log_of(admin)


def test_who_is_invited_without_an_address_gives_one(app: Flask, phone: Phones) -> None:
    link = invite(phone(CARE_ADMIN), email="", name="Kim")
    assert "Dit is geen e-mailadres" in seen(take(app, link, email="kim"), 422).by_id["error-email"]
    assert "al in gebruik" in seen(take(app, link, email=OFFICER), 422).by_id["error-email"]
    assert "Vul dit in" in seen(take(app, link, email=""), 422).by_id["error-email"]
    assert take(app, link, email=" Kim@Crisisdienst.example ").status_code == 303
    assert signing_in(app.test_client(), "kim@crisisdienst.example").status_code == 303


def test_an_invitation_for_an_address_is_for_nobody_else(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN), email="kim@noord.example")
    assert take(app, link, email="other@noord.example").status_code == 303
    assert signing_in(app.test_client(), "kim@noord.example").status_code == 303
    assert signing_in(app.test_client(), "other@noord.example").status_code == 401


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "Vul dit in."),
        ("kort en kort", None),
        ("elf tekens!", "te kort"),
        ("x y " * 50 + "z", "te lang"),
        ("Password1234", "gelekte wachtwoorden"),
        ("PASSWORD1234", "gelekte wachtwoorden"),
        ("welkom123456", "gelekte wachtwoorden"),
        ("correcthorsebatterystaple", "gelekte wachtwoorden"),
        ("zzzzzzzzzzzzzzzzzzzz", "makkelijk te raden"),
        ("Basisteam2026", "makkelijk te raden"),
        ("qwerty!qwerty!", "makkelijk te raden"),
        ("mijn Kim.deWit lamp", "e-mailnaam"),
        ("bij Politie Basisteam-Noord!", "naam van uw organisatie"),
        ("alleen kleine letters mag", None),
        ("日本語のパスワードです四五六", None),
    ],
)
def test_passwords_are_refused_for_what_makes_them_weak_and_for_nothing_else(app: Flask, phone: Phones, password: str, reason: str | None) -> None:
    link = invite(phone(ADMIN), email="kim.dewit@noord.example", name="Kim")
    answer = take(app, link, name="Kim van der Berg", password=password)
    if reason is None:
        assert answer.status_code == 303
        assert signing_in(app.test_client(), "kim.dewit@noord.example", password).status_code == 303
        return
    page = seen(answer, 422)
    assert reason in page.by_id["error-password"]
    assert ("name", "Kim van der Berg") in page.forms[0].fields
    assert not password or password not in answer.get_data(as_text=True)
    assert seen(app.test_client().get(link)), "what is refused uses nothing up"


def test_a_password_is_the_same_from_every_keyboard(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN), email="kim@noord.example")
    assert take(app, link, password="caf\u00e9 fiets lamp stoel").status_code == 303
    assert signing_in(app.test_client(), "kim@noord.example", "cafe\u0301 fiets lamp stoel").status_code == 303


def test_a_link_works_once(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN))
    assert take(app, link).status_code == 303
    assert "al gebruikt" in seen(app.test_client().get(link), 410).text
    assert take(app, link, name="Een Ander", password="een heel ander wachtwoord").status_code == 410
    assert signing_in(app.test_client(), "nieuw@noord.example", "een heel ander wachtwoord").status_code == 401


def test_of_two_who_take_a_link_at_the_same_moment_one_comes_in(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN), email="", name="Kim")
    statuses = together([lambda turn=turn: take(app, link, email=f"kim{turn}@noord.example").status_code for turn in range(6)])
    assert sorted(statuses) == [303] + [410] * 5


def test_two_links_for_one_address_make_one_account(app: Flask, phone: Phones) -> None:
    links = [invite(phone(admin), email="", name="Kim") for admin in (ADMIN, CARE_ADMIN)]
    statuses = together([lambda link=link: take(app, link, email="kim@noord.example").status_code for link in links])
    assert sorted(statuses) == [303, 422]


def test_a_link_works_for_72_hours(app: Flask, phone: Phones, clock: Clock) -> None:
    admin = phone(ADMIN)
    early, late = invite(admin, email="een@noord.example"), invite(admin, email="twee@noord.example")
    clock.later(hours=72, seconds=-1)
    assert take(app, early).status_code == 303
    clock.later(seconds=1)
    assert "verlopen" in seen(app.test_client().get(late), 410).text
    assert take(app, late).status_code == 410
    admin.sign_in()
    assert "twee@noord.example" not in seen(admin.http.get("/people")).text


def test_a_new_link_for_the_same_address_replaces_the_old_one(app: Flask, phone: Phones) -> None:
    admin = phone(ADMIN)
    first = invite(admin)
    answer = admin.http.post("/people/invite", data={"email": "nieuw@noord.example", "name": "Nieuw", "role": "member"})
    assert "De oude link voor dit adres werkt niet meer." in seen(answer).text
    assert take(app, first).status_code == 410


def test_looking_at_a_link_uses_nothing_up_and_a_link_that_never_was_is_not_there(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN))
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200
    assert take(app, link).status_code == 303
    for wrong in ("/invitations/x", "/invitations/" + "A" * 43, "/invitations/" + "%C3%A9" * 20):
        assert app.test_client().get(wrong).status_code == 404
        assert app.test_client().post(wrong, data={"password": GOOD}).status_code == 404


@pytest.mark.sqlite
def test_the_token_has_256_bits_and_is_not_in_the_database(app: Flask, phone: Phones, tmp_path: Path) -> None:
    token = invite(phone(ADMIN)).rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    content = b"".join(file.read_bytes() for file in tmp_path.glob("motorkap.sqlite*"))
    assert b"nieuw@noord.example" in content
    assert token.encode() not in content


def test_the_link_is_shown_once_and_kept_by_no_cache(phone: Phones) -> None:
    admin = phone(ADMIN)
    answer = admin.http.post("/people/invite", data={"email": "kim@noord.example", "name": "Kim", "role": "member"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "data-copy" in answer.get_data(as_text=True)
    assert "<svg" in answer.get_data(as_text=True)
    assert "/invitations/" not in admin.http.get("/people").get_data(as_text=True).replace("/people/invitations/", "")


def test_another_site_cannot_take_a_link_for_somebody(app: Flask, phone: Phones) -> None:
    link = invite(phone(ADMIN))
    assert app.test_client().post(link, data={"password": GOOD}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert app.test_client().get(link).status_code == 200


def test_who_takes_a_link_in_a_browser_of_somebody_else_is_told_and_comes_in(phone: Phones) -> None:
    admin = phone(ADMIN)
    link = invite(admin, name="Kim")
    assert "In deze browser is Admin Basisteam Noord aangemeld" in seen(admin.http.get(link)).text
    admin.http.post(link, data={"name": "Kim", "password": GOOD}, follow_redirects=True)
    assert me(admin.http)["name"] == "Kim"


def command(app: Flask, *told: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["first-admin", *told])
    return done.exit_code, done.output


NEW = ("--organisation", "ggz-west", "--name", "GGZ West", "--domain", "care", "--sector", "ggz", "--email", "Beheer@ggz-west.example")


def test_the_first_administrator_comes_by_a_command_that_makes_the_organisation(app: Flask) -> None:
    code, said = command(app, *NEW, "--address", "https://motorkap.example/")
    assert code == 0, said
    link = re.search(r"https://motorkap\.example(/invitations/\S+)", said)
    assert link, said
    http = app.test_client()
    assert "GGZ West" in seen(http.get(link.group(1))).text
    http.post(link.group(1), data={"name": "Bo", "password": GOOD}, follow_redirects=True)
    mine = me(http)
    assert (mine["org"], mine["domain"], mine["role"]) == ("ggz-west", "care", "admin")
    told = " ".join(seen(http.get("/people/log")).text.split())
    assert "flask first-admin" in told
    assert take(app, link.group(1)).status_code == 410


def test_the_command_refuses_with_the_reason(app: Flask) -> None:
    noord = ("--organisation", "noord", "--email", "nieuw@noord.example")
    for told, reason in (
        (noord, "has an administrator"),
        ((*noord, "--domain", "care"), "is of police"),
        (("--organisation", "nieuw", "--email", "a@nieuw.example"), "say its --name, --domain and --sector"),
        (("--organisation", "Met Spatie", *NEW[2:]), "small letters"),
        ((*NEW[:-1], "geen adres"), "no e-mail address"),
        (("--organisation", "noord", "--email", OFFICER, "--again"), "has an account already"),
    ):
        code, said = command(app, *told)
        assert code != 0, told
        assert reason in said, said
    assert command(app, *noord, "--again")[0] == 0


def test_an_organisation_without_an_administrator_gets_one(app: Flask) -> None:
    assert command(app, "--organisation", "zuid", "--email", "beheer@zuid.example")[0] == 0


def test_the_server_starts_without_anybody(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    assert command(server(folder), *NEW)[0] == 0


def test_who_was_invited_long_ago_is_forgotten_by_the_purge(app: Flask, phone: Phones, clock: Clock) -> None:
    """By then neither the link nor the provider of the organisation can bring anybody in: what would stay is a name and an address."""
    admin = phone(ADMIN)
    used, open_, withdrawn = (invite(admin, email=f"{name}@noord.example", name=name) for name in ("gebruikt", "open", "ingetrokken"))
    take(app, used)
    [form] = [one.action for one in seen(admin.http.get("/people?q=ingetrokken")).forms if one.action.endswith("/withdraw")]
    admin.http.post(form)
    run = app.test_cli_runner()
    clock.later(hours=90 * 24 - 1)
    assert "0 invitations" in run.invoke(args=["purge", "--really"]).output
    clock.later(hours=1)
    assert "3 invitations of more than 90 days ago would be erased." in run.invoke(args=["purge"]).output
    assert app.test_client().get(used).status_code == 410, "telling is not doing"
    admin.sign_in()
    newer = invite(admin, email="nieuw@noord.example")
    assert "3 invitations of more than 90 days ago erased." in run.invoke(args=["purge", "--really"]).output
    assert {app.test_client().get(link).status_code for link in (used, open_, withdrawn)} == {404}
    assert app.test_client().get(newer).status_code == 200
    assert signing_in(app.test_client(), "gebruikt@noord.example").status_code == 303, "who took the link is there as before"
