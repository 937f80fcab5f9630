"""An administrator keeps the people of one organisation: what they see and do, and that it ends at the edge of their organisation."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask

from tests.cast import OFFICER_SOUTH, Clock, Phone
from tests.http.inviting import ADMIN, CARE_ADMIN, LEAD, OFFICER, invite, link_in, log_of, me, person_named, seen, signing_in, take

Phones = Callable[[str], Phone]
PAGES = ("", "/invite", "/import", "/organisation", "/log")
DEEDS = ("", "/deactivate", "/reactivate", "/new-password", "/second-way/reset")


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_administrators_and_for_nobody_else(app: Flask, phone: Phones, page: str) -> None:
    seen(phone(ADMIN).http.get(f"/people{page}"))
    for account in (OFFICER, LEAD):
        assert phone(account).http.get(f"/people{page}").status_code == 404
    assert app.test_client().get(f"/people{page}").headers["Location"].startswith("/login")


@pytest.mark.parametrize("deed", DEEDS)
def test_people_of_another_organisation_do_not_exist(phone: Phones, deed: str) -> None:
    stranger = phone(OFFICER_SOUTH).me["person"]
    admin = phone(ADMIN)
    for person in (stranger, "019a0000-0000-7000-8000-000000000000"):
        told = {"name": "X", "role": "admin", "function": "", "team": ""}
        assert admin.http.post(f"/people/{person}{deed}", data=told).status_code == 404
        assert admin.http.get(f"/people/{person}").status_code == 404
    assert phone(OFFICER_SOUTH).me["role"] == "member"


@pytest.mark.parametrize("deed", DEEDS)
def test_what_an_administrator_does_nobody_else_can_do(phone: Phones, deed: str) -> None:
    colleague = phone(OFFICER)
    for account in (OFFICER, LEAD):
        told = {"name": "X", "role": "admin", "function": "", "team": ""}
        assert phone(account).http.post(f"/people/{colleague.me['person']}{deed}", data=told).status_code == 404
    assert me(colleague.http)["role"] == "member"


def test_the_list_has_everybody_of_the_organisation_and_nobody_else(phone: Phones) -> None:
    page = seen(phone(ADMIN).http.get("/people")).text
    for own in ("agent@noord.example", "agent2@noord.example", "wijkagent@noord.example", "opco@noord.example", "admin@noord.example"):
        assert own in page
    assert "zuid.example" not in page
    assert "crisisdienst.example" not in page


def test_somebody_is_found_by_name_function_or_team(phone: Phones) -> None:
    admin = phone(ADMIN)
    admin.http.post(
        f"/people/{person_named(admin, OFFICER)}", data={"name": "Sanne 50%_Jansen", "function": "agent", "team": "Nacht", "role": "member"}
    )
    for text in ("sanne", "NACHT", "50%_", "agent nacht"):
        page = seen(admin.http.get("/people", query_string={"q": text}))
        assert "Sanne 50%_Jansen" in page.text
        assert "Opco" not in page.text
    assert "Sanne" not in seen(admin.http.get("/people", query_string={"q": "5_%"})).text


def test_function_role_and_team_are_set_and_recorded(phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    form = seen(admin.http.get(f"/people/{officer.me['person']}")).forms[0]
    sent = form.filled(function="opco", team="Team Nacht", role="lead")
    assert admin.http.post(form.action, data=sent).status_code == 303
    assert (me(officer.http)["function"], me(officer.http)["role"]) == ("opco", "lead")
    row = seen(admin.http.get(f"/people/{officer.me['person']}?done=changed"))
    assert "Opgeslagen." in row.text
    told = log_of(admin)
    assert "Gewijzigd: Agent Basisteam Noord" in told
    assert "Rol in Motorkap: Medewerker werd Leidinggevende" in told
    assert "Team: Team Nacht" in told
    assert "Functie: agent werd opco" in told
    assert "Admin Basisteam Noord" in told


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(phone: Phones) -> None:
    admin = phone(ADMIN)
    path = f"/people/{person_named(admin, OFFICER)}"
    page = seen(admin.http.post(path, data={"name": " ", "function": "wijkagent", "team": "Nacht", "role": "boss"}), 422)
    assert "Vul dit in." in page.by_id["error-name"]
    assert "Deze rol is er niet" in page.by_id["error-role"]
    assert ("function", "wijkagent") in page.forms[0].fields
    assert ("team", "Nacht") in page.forms[0].fields
    assert "Agent" in seen(admin.http.get(path)).headings[0]


def test_who_is_switched_off_is_out_at_once_on_all_devices(app: Flask, phone: Phones) -> None:
    admin, officer, other_phone = phone(ADMIN), phone(OFFICER), phone(OFFICER)
    stream = app.extensions["hub"].listen(viewer_of(officer))
    assert admin.http.post(f"/people/{officer.me['person']}/deactivate").status_code == 303
    assert next(stream.follow(), "ended") == "ended"
    assert (me(officer.http), me(other_phone.http)) == (None, None)
    assert officer.http.post("/sync", json={"entries": []}).status_code == 401
    assert signing_in(app.test_client(), OFFICER, "motorkap-demo").status_code == 401
    assert "Uitgezet: Agent Basisteam Noord" in log_of(admin)


def test_who_is_switched_on_again_signs_in_again_and_old_sessions_stay_ended(app: Flask, phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    admin.http.post(f"/people/{officer.me['person']}/deactivate")
    assert admin.http.post(f"/people/{officer.me['person']}/reactivate").status_code == 303
    assert me(officer.http) is None
    before = officer.me["device"]
    officer.sign_in()
    assert me(officer.http)["device"] != before
    assert "Weer aangezet: Agent Basisteam Noord" in log_of(admin)


def test_the_last_administrator_stays(phone: Phones) -> None:
    admin = phone(ADMIN)
    person = admin.me["person"]
    assert "laatste beheerder" in seen(admin.http.post(f"/people/{person}/deactivate"), 422).text
    demoted = admin.http.post(f"/people/{person}", data={"name": "Admin", "function": "", "team": "", "role": "member"})
    assert "laatste beheerder" in seen(demoted, 422).by_id["error-role"]
    assert me(admin.http)["role"] == "admin"


def test_with_a_second_administrator_the_first_may_go(phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    made = {"name": "Agent", "function": "", "team": "", "role": "admin"}
    assert admin.http.post(f"/people/{officer.me['person']}", data=made).status_code == 303
    assert admin.http.post(f"/people/{admin.me['person']}/deactivate").status_code == 303
    assert me(admin.http) is None
    assert "laatste beheerder" in seen(officer.http.post(f"/people/{officer.me['person']}/deactivate"), 422).text


def test_two_administrators_cannot_switch_each_other_off_at_the_same_moment(app: Flask, phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    admin.http.post(f"/people/{officer.me['person']}", data={"name": "Agent", "function": "", "team": "", "role": "admin"})
    both = [(admin, officer.me["person"]), (officer, admin.me["person"])]
    together([lambda who=who, whom=whom: who.http.post(f"/people/{whom}/deactivate").status_code for who, whom in both])
    assert [me(one.http) is not None for one in (admin, officer)].count(True) >= 1


def test_name_and_sector_of_the_own_organisation_can_change_and_its_domain_cannot(phone: Phones) -> None:
    admin = phone(CARE_ADMIN)
    form = seen(admin.http.get("/people/organisation")).forms[0]
    assert "domain" not in form.names
    sent = {**form.filled(name="GGZ Crisisdienst Midden", sector="geestelijke gezondheidszorg"), "domain": ["police"]}
    assert admin.http.post(form.action, data=sent).status_code == 303
    assert "GGZ Crisisdienst Midden" in seen(admin.http.get("/people")).text
    assert me(admin.http)["domain"] == "care"
    told = log_of(admin)
    assert "Naam: GGZ Crisisdienst werd GGZ Crisisdienst Midden" in told
    assert "Sector: ggz werd geestelijke gezondheidszorg" in told
    assert "Crisisdienst" not in log_of(phone(ADMIN))


def test_an_organisation_without_a_name_is_refused(phone: Phones) -> None:
    admin = phone(ADMIN)
    page = seen(admin.http.post("/people/organisation", data={"name": "", "sector": "politie", "second_factor": "often"}), 422)
    assert "Vul dit in." in page.by_id["error-name"]
    assert ("sector", "politie") in page.forms[0].fields
    assert "Politie Basisteam Noord" in seen(admin.http.get("/people")).text


def test_the_log_goes_back_page_by_page_and_cannot_be_changed(phone: Phones) -> None:
    admin = phone(ADMIN)
    for turn in range(60):
        invite(admin, email=f"persoon{turn}@noord.example", name=f"Persoon {turn}")
    page = seen(admin.http.get("/people/log"))
    assert "Persoon 59" in page.text
    assert "Persoon 9\n" not in page.text
    [older] = [link for link in page.links if "before=" in link]
    assert "Persoon 9\n" in seen(admin.http.get(older)).text
    assert page.forms == []


def test_an_open_invitation_stands_in_the_list_until_it_is_withdrawn(app: Flask, phone: Phones, clock: Clock) -> None:
    admin = phone(ADMIN)
    link = invite(admin, name="Kim de Wit", email="kim@noord.example")
    page = seen(admin.http.get("/people"))
    assert "Kim de Wit" in page.text
    [withdraw] = [form.action for form in page.forms if form.action.endswith("/withdraw")]
    assert phone(CARE_ADMIN).http.post(withdraw).status_code == 404
    assert phone(OFFICER).http.post(withdraw).status_code == 404
    assert admin.http.post(withdraw).status_code == 303
    assert admin.http.post(withdraw).status_code == 404
    assert "Kim de Wit" not in seen(admin.http.get("/people")).text
    assert "ingetrokken" in seen(app.test_client().get(link), 410).text
    assert take(app, link).status_code == 410
    assert "Uitnodiging ingetrokken: Kim de Wit" in log_of(admin)


def test_of_many_open_invitations_the_last_are_shown_and_the_others_are_found(phone: Phones) -> None:
    admin = phone(ADMIN)
    text = "".join(f"persoon{turn}@noord.example;Persoon {turn}\n" for turn in range(120))
    admin.http.post("/people/import/confirm", data={"text": text})
    page = seen(admin.http.get("/people"))
    assert len([form for form in page.forms if form.action.endswith("/withdraw")]) == 100
    assert "Open uitnodigingen (120)" in page.text
    found = seen(admin.http.get("/people?q=persoon1@"))
    assert len([form for form in found.forms if form.action.endswith("/withdraw")]) == 1


def test_an_invitation_that_is_wrong_is_refused_at_the_field(phone: Phones) -> None:
    admin = phone(ADMIN)
    for told, field, reason in (
        ({"email": "geen adres"}, "email", "geen e-mailadres"),
        ({"email": OFFICER}, "email", "staat al in uw lijst"),
        ({"email": OFFICER.upper()}, "email", "staat al in uw lijst"),
        ({"email": "agent@zuid.example"}, "email", "al in gebruik"),
        ({"email": "", "name": ""}, "name", "naam of een e-mailadres"),
        ({"role": ""}, "role", "Vul dit in"),
        ({"role": "chief"}, "role", "Deze rol is er niet"),
        ({"team": "x" * 101}, "team", "te lang"),
        ({"name": "Kim\u202e"}, "name", "tekens die niet kunnen"),
    ):
        page = seen(admin.http.post("/people/invite", data={"email": "", "name": "Kim", "role": "lead", "team": "Nacht", **told}), 422)
        assert reason in page.by_id[f"error-{field}"], told
        assert ("role", told.get("role", "lead")) in page.forms[0].fields or told.get("role") in ("", "chief")
    assert "Kim" not in seen(admin.http.get("/people")).text


def test_a_link_for_a_new_password_works_once_and_signs_the_other_devices_out(app: Flask, phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    link = link_in(admin.http.post(f"/people/{officer.me['person']}/new-password"))
    page = seen(app.test_client().get(link))
    assert "Agent Basisteam Noord" in page.text
    assert "name" not in page.forms[0].names
    assert me(officer.http) is not None, "until the link is used the old password works"
    taken = take(app, link, email="else@noord.example", name="Iemand Anders")
    assert taken.status_code == 303
    assert me(officer.http) is None
    assert signing_in(app.test_client(), OFFICER, "motorkap-demo").status_code == 401
    assert signing_in(app.test_client(), OFFICER).status_code == 303
    assert take(app, link).status_code == 410
    told = log_of(admin)
    assert "Link voor nieuw wachtwoord gemaakt: Agent Basisteam Noord" in told
    assert "Nieuw wachtwoord gekozen: Agent Basisteam Noord" in told
    assert "Iemand Anders" not in told


def test_a_link_for_a_password_ends_with_the_account_and_with_a_newer_link(app: Flask, phone: Phones) -> None:
    admin, person = phone(ADMIN), phone(OFFICER).me["person"]
    first = link_in(admin.http.post(f"/people/{person}/new-password"))
    second = link_in(admin.http.post(f"/people/{person}/new-password"))
    assert take(app, first).status_code == 410
    admin.http.post(f"/people/{person}/deactivate")
    admin.http.post(f"/people/{person}/reactivate")
    assert take(app, second).status_code == 410
    admin.http.post(f"/people/{person}/deactivate")
    assert admin.http.post(f"/people/{person}/new-password").status_code == 303


def test_a_renamed_person_is_called_so_at_once(phone: Phones) -> None:
    admin, officer = phone(ADMIN), phone(OFFICER)
    card = officer.open_card()
    assert "Agent Basisteam Noord" in officer.http.get(f"/cards/{card}").get_data(as_text=True)
    admin.http.post(f"/people/{officer.me['person']}", data={"name": "Sanne Jansen", "function": "agent", "team": "", "role": "member"})
    assert "Sanne Jansen" in officer.http.get(f"/cards/{card}").get_data(as_text=True)


def test_settings_lead_administrators_to_the_people_and_everybody_to_their_own_signing_in(phone: Phones) -> None:
    for account, expected in ((ADMIN, True), (OFFICER, False)):
        links = seen(phone(account).http.get("/settings")).links
        assert ("/people" in links) == expected
        assert "/me/signing-in" in links


def viewer_of(phone: Phone):
    from card.access import Viewer

    return Viewer(phone.me["person"], phone.me["org"], phone.me["domain"], phone.me["role"], phone.me["device"])


def together(deeds: list[Callable[[], object]]) -> list[object]:
    """All at the same moment; what each of them gave."""
    results: list[object] = [None] * len(deeds)
    ready = threading.Barrier(len(deeds))

    def run(place: int, deed: Callable[[], object]) -> None:
        ready.wait()
        results[place] = deed()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(re.fullmatch(r"\d+", str(one)) for one in results), results
    return results


def test_every_rule_that_an_administrator_changes_is_on_record_with_what_it_was(phone: Phones) -> None:
    """The page says that all they do stands there."""
    admin = phone(ADMIN)
    hours = {"session_absolute_h": "72", "session_idle_h": "24", "offline_lock_h": "72", "offline_erase_h": "336"}
    text = {"verdict": "no", "reason": "Volgens ons convenant", "ask": "Wat mag wel?", "source": "Convenant 2026", "date": "2026-01-01"}
    rule = seen(admin.http.get("/organisation/sharing")).links
    [first, *_] = [link for link in rule if link.startswith("/organisation/sharing/")]
    for path, typed in [
        ("/devices/limits", hours),
        ("/organisation/lock", {"pin_required": "yes", "pin_idle_min": "5", "locked_alarm": "yes"}),
        ("/organisation/duty", {"rule": "rota"}),
        (first, text),
        (first, {"standard": "1"}),
    ]:
        assert admin.http.post(path, data=typed).status_code == 303, path
    told = log_of(admin)
    assert "Aangemeld blijven, hoogstens (uren): 720 werd 72" in told
    assert "Zonder contact" not in told, "what stayed the same is no change"
    assert "Pincode verplicht: nee werd ja" in told
    assert "Wie ziet de kaarten: Iedereen, altijd werd Alleen wie dienst heeft" in told
    assert "Tekst van ‘Wat mag ik delen?’ aangepast: Volgens ons convenant" in told
    assert "Tekst van ‘Wat mag ik delen?’ weer die voor iedereen" in told
    before = told
    admin.http.post("/organisation/duty", data={"rule": "rota"})
    assert log_of(admin) == before
