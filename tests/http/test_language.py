"""Words with a hint: every phone gets the list of its organisation, a lead adapts it, and nothing that a lead wrote is lost."""

from __future__ import annotations

from collections.abc import Callable

from card.language import hints
from tests.cast import OFFICER, TRIAGIST, Phone
from tests.http.screens import Screen, assert_well_made

Phones = Callable[[str], Phone]
LEAD = "teamlead@noord.example"
OWN = {"match": "Agressi*\nDoorgedraaid", "unless": "niet doorgedraaid", "for": "both", "tap": "happened", "say": "Zeg wat er gebeurde."}


def seen(phone: Phone, path: str) -> Screen:
    answer = phone.http.get(path)
    assert answer.status_code == 200, path
    page = Screen(answer.get_data(as_text=True))
    assert_well_made(page)
    return page


def listed(phone: Phone) -> dict[str, dict[str, object]]:
    return {word["id"]: word for word in phone.http.get("/language.json").get_json()["words"]}


def test_a_page_gets_the_words_and_what_a_tap_opens(phone: Phones) -> None:
    told = phone(OFFICER).http.get("/language.json").get_json()
    assert set(told) == {"words", "taps", "domain"}
    assert told["domain"] == "police"
    assert [hint["word"] for hint in hints("Hij is agressief, jullie moeten hem opnemen", told["words"], told["domain"])] == ["aggressive", "admit"]
    assert told["taps"]["assessment"]["kind"] == "service.requested"


def test_a_phone_gets_the_book_in_the_language_of_its_screens(phone: Phones) -> None:
    officer = phone(OFFICER)
    dutch = officer.sync(shelf={"language": ""})["shelf"]["language"]
    assert officer.http.post("/language", data={"lang": "en"}).status_code == 303
    english = officer.sync(shelf={"language": dutch["edition"]})["shelf"]["language"]
    assert [word["id"] for word in dutch["content"]["words"]] == [word["id"] for word in english["content"]["words"]]
    assert "Hoe laat precies" in str(dutch["content"])
    assert "At what time exactly" in str(english["content"])
    assert "At what time exactly" in str(officer.http.get("/language.json").get_json())


def test_the_glossary_is_for_both_sides(phone: Phones) -> None:
    for account in (OFFICER, TRIAGIST):
        page = seen(phone(account), "/glossary")
        assert "opnemen" in page.text
        assert "crisismaatregel" in page.text
    assert "/cards/" in next(link for link in seen(phone(OFFICER), "/glossary?card=019a0000-0000-7000-8000-000000000000").links if "/cards/" in link)


def test_a_lead_adapts_a_word_phones_hear_it_and_the_old_text_stays(phone: Phones) -> None:
    lead, officer, triagist = phone(LEAD), phone(OFFICER), phone(TRIAGIST)
    before = officer.sync(shelf={"language": ""})["shelf"]["language"]
    assert {"words", "taps", "glossary"} == set(before["content"])
    assert "/organisation/language/aggressive" in seen(lead, "/organisation/language").links
    form = next(form for form in seen(lead, "/organisation/language/aggressive").forms if "match" in form.names)
    assert lead.http.post(form.action, data=form.filled(**OWN)).status_code == 303
    assert listed(officer)["aggressive"]["match"] == ["agressi*", "doorgedraaid"]
    assert listed(officer)["aggressive"]["say"] == OWN["say"]
    assert listed(triagist)["aggressive"]["match"] == ["agressi*"], "it is that organisation's own"
    after = officer.sync(shelf={"language": before["edition"]})["shelf"]["language"]
    assert after["edition"] != before["edition"]
    assert "shelf" not in officer.sync(shelf={"language": after["edition"]})
    assert lead.http.post(form.action, data={"do": "standard"}).status_code == 303
    assert listed(officer)["aggressive"]["match"] == ["agressi*"]
    assert "Zeg wat er gebeurde." in seen(lead, "/organisation/language/aggressive").text, "in its history"


def test_a_word_is_added_switched_off_and_back(phone: Phones) -> None:
    lead = phone(LEAD)
    assert lead.http.post("/organisation/language/new", data={**OWN, "match": "Oké zo'n type", "tap": "clock"}).status_code == 303
    [(name, added)] = [(name, word) for name, word in listed(lead).items() if name.startswith("own-")]
    assert (added["match"], added["group"]) == (["oke zo n type"], "time")
    assert lead.http.post(f"/organisation/language/{name}", data={"do": "off"}).status_code == 303
    assert name not in listed(lead)
    page = seen(lead, f"/organisation/language/{name}")
    assert "Dit woord is uitgezet" in page.text
    form = next(form for form in page.forms if "match" in form.names)
    assert lead.http.post(form.action, data=form.filled(say="Hoe laat?")).status_code == 303
    assert listed(lead)[name]["say"] == "Hoe laat?"


def test_what_cannot_be_looked_for_is_told_at_the_field_and_stays(phone: Phones) -> None:
    lead = phone(LEAD)
    odd = (("match", "wat * dit"), ("match", ""), ("say", ""), ("say", "x" * 301), ("for", "nobody"), ("tap", "spy"), ("unless", ".. zo"))
    for field, text in odd:
        answer = lead.http.post("/organisation/language/aggressive", data={**OWN, field: text})
        page = Screen(answer.get_data(as_text=True))
        assert answer.status_code == 422, field
        assert_well_made(page)
        assert f"error-{field}" in page.by_id
        if field in ("match", "say", "unless"):
            assert next(form for form in page.forms if "say" in form.names).filled()[field] == [text]
    assert "aggressive" in listed(lead)


def test_only_leads_and_administrators_of_the_organisation_adapt(phone: Phones) -> None:
    assert phone("admin@noord.example").http.get("/organisation/language").status_code == 200
    assert phone(OFFICER).http.get("/organisation/language").status_code == 404
    assert phone(OFFICER).http.post("/organisation/language/aggressive", data=OWN).status_code == 404
    lead = phone(LEAD)
    lead.http.post("/organisation/language/new", data=OWN)
    [name] = [name for name in listed(lead) if name.startswith("own-")]
    assert phone("teamlead@zuid.example").http.get(f"/organisation/language/{name}").status_code == 404
