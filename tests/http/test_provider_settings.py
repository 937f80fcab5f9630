"""An administrator sets up the organisation's provider: what is tried, what is refused, whose domain it is, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask import Flask

from tests.cast import OFFICER_SOUTH, Phone
from tests.http.inviting import ADMIN, LEAD, OFFICER, invite, log_of, seen, take
from tests.http.test_provider import PASSWORD, SECRET, SETTINGS, admin, app, comes, idp, me, set_up, signing_in, terms  # noqa: F401
from tests.provider import Provider, running

Phones = Callable[[str], Phone]
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def refuses(admin: Phone, idp: Provider) -> Callable[..., str]:  # noqa: F811
    """What the page says when these terms are sent; nothing is kept of them."""

    def send(field: str, **told: Any) -> str:
        page = seen(admin.http.post(SETTINGS, data=terms(idp, **told)), 422)
        assert "Motorkap vraagt de aanbieder nu" not in page.text, "it was kept"
        return page.by_id[f"error-{field}"]

    return send


def test_the_page_is_for_administrators_only(app: Flask, phone: Phones) -> None:  # noqa: F811
    for account in (OFFICER, LEAD):
        for path in (SETTINGS, f"{SETTINGS}/try", f"{SETTINGS}/remove"):
            assert phone(account).http.post(path).status_code == 404
        assert phone(account).http.get(SETTINGS).status_code == 404


def test_what_was_saved_is_there_again_with_the_address_for_the_way_back(admin: Phone, idp: Provider) -> None:  # noqa: F811
    set_up(admin, idp, domains="@Noord.example", group_claim="groups", group=["mk-leiding", "", ""], role=["lead", "member", "member"])
    page = seen(admin.http.get(f"{SETTINGS}?done=saved"))
    form = page.forms[0].filled()
    assert (form["issuer"], form["client_id"], form["domains"], form["group_claim"]) == ([idp.issuer], ["motorkap"], ["noord.example"], ["groups"])
    assert form["group"] == ["mk-leiding", "", "", ""]
    assert form["role"][0] == "lead"
    assert form.get("client_secret") == [""]
    assert "Opgeslagen. De aanbieder antwoordt." in page.text
    assert "http://localhost/login/provider/back/noord" in page.text
    told = log_of(admin)
    assert f"Aanmelden bij de organisatie ingesteld: {idp.issuer}" in told
    assert "mk-leiding = lead" in told


def test_the_secret_is_needed_once_and_kept_when_left_empty(app: Flask, admin: Phone, idp: Provider) -> None:  # noqa: F811
    page = seen(admin.http.post(SETTINGS, data=terms(idp, client_secret="")), 422)
    assert "Vul dit in" in page.by_id["error-client_secret"]
    set_up(admin, idp)
    set_up(admin, idp, client_secret="", newcomers="everybody")
    assert comes(app)[1].status_code == 303
    set_up(admin, idp, client_secret="een ander geheim")
    assert "Geheim van de aanmelding vernieuwd" in log_of(admin)


def test_what_is_wrong_is_said_and_what_was_typed_stays_but_the_secret(admin: Phone, idp: Provider) -> None:  # noqa: F811
    answer = admin.http.post(SETTINGS, data=terms(idp, domains="geen domein!", group=["x"], role=["lead"], newcomers=""))
    page = seen(answer, 422)
    assert SECRET not in answer.get_data(as_text=True)
    form = page.forms[0].filled()
    assert (form["issuer"], form["domains"], form["group"][0]) == ([idp.issuer], ["geen domein!"], "x")
    assert "Schrijf domeinen als" in page.by_id["error-domains"]
    assert "Vul de naam in van de claim" in page.by_id["error-group_claim"]
    assert "Vul het geheim nog een keer in" in page.by_id["error-client_secret"]
    assert "Vul dit in" in page.by_id["error-newcomers"]


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"issuer": ""}, "issuer", "Vul dit in"), ({"issuer": "x" * 500}, "issuer", "lang"), ({"client_id": ""}, "client_id", "Vul dit in"),
        ({"domains": ""}, "domains", "Vul dit in"), ({"domains": "noord"}, "domains", "Schrijf domeinen als"),
        ({"passwords": "x"}, "passwords", "Vul"),
        ({"group_claim": "g", "group": ["a", "a"], "role": ["lead", "admin"]}, "groups", "twee keer"),
        ({"group_claim": "g", "group": ["a"], "role": ["owner"]}, "groups", "Kies bij elke groep een rol"),
        ({"client_id": "a\x00b"}, "client_id", ""),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_named(refuses: Callable[..., str], told: dict[str, Any], field: str, words: str) -> None:
    assert words in refuses(field, **told)


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        ("http://login.noord.example", "begint met https"), ("ftp://login.noord.example", "begint met https"),
        ("login.noord.example", "begint met https"),
        ("https://user:pass@login.noord.example", "begint met https"), ("http://localhost.evil.example", "begint met https"),
        ("https://10.0.0.1", "eigen netwerk"), ("https://169.254.169.254", "eigen netwerk"), ("https://[fd00::1]", "eigen netwerk"),
        ("https://[::ffff:10.0.0.1]", "eigen netwerk"), ("https://2130706433.", "antwoordt niet"), ("https://nergens.invalid", "antwoordt niet"),
        ("http://localhost:1", "antwoordt niet"), ("https://[oeps", "begint met https"), ("https://localhost:99999", "begint met https"),
    ],
)  # fmt: skip
def test_an_address_to_which_motorkap_does_not_go_is_refused_in_plain_words(refuses: Callable[..., str], issuer: str, words: str) -> None:
    assert words in refuses("issuer", issuer=issuer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: ("nee", 404), "geen aanbieder gevonden"), (lambda: ("nee", 500), "niet als aanbieder"), (lambda: "<html>", "niet als aanbieder"),
        (lambda: flask.jsonify(["x"]), "niet als aanbieder"), (lambda: flask.redirect("http://169.254.169.254/"), "verwijst door"),
        (lambda: "x" * 600_000, "te veel terug"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_provider_is_refused(refuses: Callable[..., str], idp: Provider, answer: Callable[[], Any], words: str) -> None:  # noqa: F811
    idp.breaks[DISCOVERY] = answer
    assert words in refuses("issuer")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"issuer": "https://elsewhere.example"}, "noemt zichzelf anders"), ({"token_endpoint": None}, "ontbreken"), ({"jwks_uri": 5}, "ontbreken"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "ontbreken"), ({"token_endpoint": "http://elsewhere.example/token"}, "niet over https"),
        ({"code_challenge_methods_supported": ["plain"]}, "geen PKCE"), ({"id_token_signing_alg_values_supported": ["HS256"]}, "ondertekent niet"),
        ({"jwks_uri": "https://10.0.0.1/keys"}, "eigen netwerk"),
    ],
)  # fmt: skip
def test_a_provider_with_which_we_cannot_work_is_refused(refuses: Callable[..., str], idp: Provider, facts: dict[str, Any], words: str) -> None:  # noqa: F811
    idp.facts = facts
    assert words in refuses("issuer")


def test_the_address_of_the_facts_is_taken_for_the_address_of_the_provider(admin: Phone, idp: Provider) -> None:  # noqa: F811
    set_up(admin, idp, issuer=idp.issuer + DISCOVERY)
    assert seen(admin.http.get(SETTINGS)).forms[0].filled()["issuer"] == [idp.issuer]


def test_the_connection_can_be_tried_again_at_any_moment(admin: Phone, idp: Provider) -> None:  # noqa: F811
    assert admin.http.post(f"{SETTINGS}/try").status_code == 404
    set_up(admin, idp)
    assert "De aanbieder antwoordt goed." in seen(admin.http.get(admin.http.post(f"{SETTINGS}/try").headers["Location"])).text
    idp.breaks["/jwks"] = lambda: ("weg", 500)
    assert "niet als aanbieder" in seen(admin.http.post(f"{SETTINGS}/try"), 422).by_id["error-issuer"]


# whose domain


def test_a_domain_leads_to_one_organisation_only(app: Flask, phone: Phones, admin: Phone, idp: Provider) -> None:  # noqa: F811
    set_up(admin, idp)
    care = phone("admin@crisisdienst.example")
    page = seen(care.http.post(SETTINGS, data=terms(idp, domains="crisisdienst.example noord.example")), 422)
    assert "al van een andere organisatie" in page.by_id["error-domains"]
    with running() as another:
        assert care.http.post(SETTINGS, data=terms(another, domains="crisisdienst.example")).status_code == 303
    assert "ggz" not in signing_in_leads_to(app, OFFICER).lower()


def signing_in_leads_to(app: Flask, email: str) -> str:  # noqa: F811
    http = app.test_client()
    assert signing_in(http, email, "").status_code == 303
    return seen(http.get("/login/provider")).text


def test_an_administrator_claims_the_domain_of_their_own_address_and_no_other(refuses: Callable[..., str]) -> None:
    assert "domein van uw eigen e-mailadres" in refuses("domains", domains="noord.example\nvrij.example")
    assert "openbare maildienst" in refuses("domains", domains="gmail.com")


def test_nor_one_in_which_people_of_another_organisation_have_their_address(app: Flask, phone: Phones, idp: Provider) -> None:  # noqa: F811
    """An administrator can invite somebody with any address as an administrator: that address proves nothing."""
    assert take(app, invite(phone(ADMIN), email="ik@zuid.example", role="admin")).status_code == 303
    http = app.test_client()
    signing_in(http, "ik@zuid.example")
    page = seen(http.post(SETTINGS, data=terms(idp, domains="zuid.example")), 422)
    assert "mensen van een andere organisatie" in page.by_id["error-domains"]
    assert signing_in(app.test_client(), OFFICER_SOUTH, "").status_code == 422


def test_who_runs_the_server_claims_any_free_domain(app: Flask, phone: Phones, admin: Phone, idp: Provider) -> None:  # noqa: F811
    def claim(domain: str, slug: str = "noord") -> Any:
        return app.test_cli_runner().invoke(args=["claim-domain", "--organisation", slug, "--domain", domain])

    assert claim("@Vrij.example").output == "vrij.example leads to noord.\n"
    assert claim("vrij.example").exit_code == 0
    assert "another organisation already" in claim("vrij.example", "zuid").output
    assert "no organisation" in claim("x.example", "nergens").output
    assert "no domain" in claim("x").output
    assert seen(admin.http.get(SETTINGS)).forms[0].filled()["domains"] == ["vrij.example"]
    set_up(admin, idp, domains="vrij.example, noord.example")
    assert "Basisteam Noord" in signing_in_leads_to(app, "kim@vrij.example")
    assert "Domein toegekend: vrij.example" in log_of(admin)


# changing and stopping


def test_another_client_calls_people_by_other_names_so_links_are_found_again(app: Flask, admin: Phone, idp: Provider) -> None:  # noqa: F811
    set_up(admin, idp)
    person = me(comes(app)[0])["person"]
    idp.knows("other name", email=OFFICER)
    set_up(admin, idp, client_id="another client")
    assert me(comes(app, "other name")[0])["person"] == person


def test_stopping_frees_the_domain_and_passwords_count_again(app: Flask, admin: Phone, idp: Provider) -> None:  # noqa: F811
    set_up(admin, idp, passwords="off")
    http, _ = comes(app)
    assert signing_in(app.test_client(), OFFICER, PASSWORD).status_code == 401
    page = seen(admin.http.get(admin.http.post(f"{SETTINGS}/remove").headers["Location"]))
    assert "is gestopt" in page.text
    assert me(http) is not None
    assert signing_in(app.test_client(), OFFICER, PASSWORD).status_code == 303
    assert signing_in(app.test_client(), OFFICER, "").status_code == 422
    assert "Aanmelden bij de organisatie gestopt" in log_of(admin)
    assert app.test_client().get("/login/provider/back/noord").status_code == 404
