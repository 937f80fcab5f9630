"""What may I share: four taps to an answer with its source, and an administrator who lets it say what the organisation agreed."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import OFFICER, TRIAGIST, Phone, new_id
from tests.http.screens import Screen, assert_well_made

Phones = Callable[[str], Phone]
ADMIN = "admin@noord.example"
ANSWER = "/sharing?profession=police&information=safety&receiver=medical&purpose=care"
FREE, NOT_FREE, ADVICE = [("behaviour", "danger")], [("medical", "care"), ("medical", "danger"), ("criminal", "care")], [("medical", "advice")]
OWN = {"verdict": "conflict", "reason": "Eerst de opco bellen.", "ask": "Wie is opco?", "source": "Convenant Noord", "date": "2026-03-01"}


def seen(phone: Phone, path: str) -> Screen:
    answer = phone.http.get(path)
    assert answer.status_code == 200
    page = Screen(answer.get_data(as_text=True))
    assert_well_made(page)
    return page


def test_four_taps_lead_to_an_answer_and_the_way_back_to_the_card_stays(phone: Phones) -> None:
    officer, card = phone(OFFICER), new_id()
    path = f"/sharing?card={card}"
    for _ in range(4):
        page = seen(officer, path)
        assert f"/cards/{card}" in page.links
        path = next(link for link in page.links if link.startswith(path))
    page = seen(officer, path)
    assert "Deze vraag kan wel" in page.text
    assert "Wet politiegegevens" in page.text


def test_where_sharing_is_not_free_a_consultation_without_a_name_is_one_tap_away(phone: Phones) -> None:
    officer, begin = phone(OFFICER), "/cards/new?context=police_asks&situation=informal_consultation"
    asked = "/sharing?profession=medical&information={}&receiver=police&purpose={}"
    found = {(about, why): begin in seen(officer, asked.format(about, why)).links for about, why in (*FREE, *NOT_FREE, *ADVICE)}
    assert found == {**dict.fromkeys(FREE, False), **dict.fromkeys((*NOT_FREE, *ADVICE), True)}
    [box] = [line for line in officer.http.get(begin).get_data(as_text=True).splitlines() if 'name="anonymous"' in line]
    assert "checked" in box


def test_what_is_no_answer_is_asked_again(phone: Phones) -> None:
    for query in ("profession=spy", "profession=police&information=<b>", "card=x&profession=", "information=safety"):
        page = seen(phone(OFFICER), f"/sharing?{query}")
        assert "Deze vraag kan wel" not in page.text


def test_an_administrator_adapts_a_rule_phones_hear_it_and_the_old_text_stays(phone: Phones) -> None:
    admin, officer, triagist = phone(ADMIN), phone(OFFICER), phone(TRIAGIST)
    before = officer.sync(shelf={"sharing": ""})["shelf"]["sharing"]
    assert before["content"] == {}
    assert "/organisation/sharing/go_alone" in seen(admin, "/organisation/sharing").links
    form = next(form for form in seen(admin, "/organisation/sharing/go_alone").forms if "reason" in form.names)
    assert admin.http.post(form.action, data=form.filled(**OWN)).status_code == 303
    told = seen(officer, ANSWER).text
    assert "Eerst de opco bellen." in told
    assert "(01-03-2026)" in told, "as people here write a day"
    assert "Bijgewerkt tot 01-03-2026." in told
    assert "Eerst de opco bellen." not in seen(triagist, ANSWER).text, "it is that organisation's own"
    after = officer.sync(shelf={"sharing": before["edition"]})["shelf"]["sharing"]
    assert after["content"] == {"go_alone": OWN}
    assert "shelf" not in officer.sync(shelf={"sharing": after["edition"]})
    assert "shelf" not in officer.sync(), "who asks nothing hears nothing"
    assert admin.http.post(form.action, data={"standard": "1"}).status_code == 303
    assert "Eerst de opco bellen." not in seen(officer, ANSWER).text
    assert "Eerst de opco bellen." in seen(admin, "/organisation/sharing/go_alone").text, "in its history"


def test_an_adapted_rule_needs_its_source_and_date(phone: Phones) -> None:
    admin = phone(ADMIN)
    for wrong in ({"source": ""}, {"date": "vorig jaar"}, {"verdict": "maybe"}, {"reason": "x" * 1001}):
        answer = admin.http.post("/organisation/sharing/go_alone", data={**OWN, **wrong})
        page = Screen(answer.get_data(as_text=True))
        assert answer.status_code == 422
        assert_well_made(page)
        assert f"error-{next(iter(wrong))}" in page.by_id
    assert admin.http.post("/organisation/sharing/no_such_rule", data=OWN).status_code == 404


def test_a_date_is_taken_as_people_here_write_it_and_a_wrong_one_stays_as_typed(phone: Phones) -> None:
    admin = phone(ADMIN)
    wrong = Screen(admin.http.post("/organisation/sharing/go_alone", data={**OWN, "date": "31-13-2026"}).get_data(as_text=True))
    [form] = [form for form in wrong.forms if "reason" in form.names]
    assert ("date", "31-13-2026") in form.fields
    assert admin.http.post("/organisation/sharing/go_alone", data={**OWN, "date": "01-03-2026"}).status_code == 303
    assert phone(OFFICER).sync(shelf={"sharing": ""})["shelf"]["sharing"]["content"] == {"go_alone": OWN}
    assert "01-03-2026" in seen(admin, "/organisation/sharing/go_alone").text


def test_only_an_administrator_adapts(phone: Phones) -> None:
    for account in (OFFICER, "teamlead@noord.example"):
        assert phone(account).http.post("/organisation/sharing/go_alone", data=OWN).status_code == 404
        assert phone(account).http.get("/organisation/sharing").status_code == 404
