"""What a form asks once more: the ground for what looks medical or criminal, and a name where no name belongs. Patterns err: these are the cases."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.doubt import ground_asked, names_asked
from card.identifying import identifying, passes_eleven_test
from card.sensitive import looks_sensitive
from card.sharing import QUESTIONS, RULES, advise, answers_to
from card.vocabulary import SHARING
from tests.card.conftest import Twin

NAMED = (
    ("Jan de Vries staat op de brug", "name"), ("Het gaat om Fatima El Amrani", "name"), ("mevrouw Jansen belde ons", "name"),
    ("Meneer Van der Berg is boos", "name"), ("dhr. Bakker wil niet open doen", "name"), ("hij heet Thijs", "name"), ("zijn naam is Osman", "name"),
    ("de familie Pietersen", "name"), ("Kees zegt niets", "name"), ("A.B. de Wit ligt op bed", "name"), ("Mohammed is weg", "name"),
    ("cliënt genaamd Sjors", "name"), ("mw. Çelik is ziek", "name"), ("Naam: Yilmaz", "name"), ("Johanna van den Heuvel", "name"),
    ("geboren 12-03-1984", "birth"), ("geb. 3/7/99", "birth"), ("Geboortedatum: 01-01-2001", "birth"), ("van 14 maart 1972", "birth"),
    ("zij is van 1988-06-02", "birth"), ("31.12.1955", "birth"), ("geboren op 5 - is onbekend, 5-5-2022 geb 5-5-2022", "birth"),
    ("BSN 111222333", "bsn"), ("nummer 1234.56.782", "bsn"), ("123456782 staat op de pas", "bsn"), ("bsn: 1112 22 333", "bsn"),
    ("bel 06-12345678", "phone"), ("06 12 34 56 78", "phone"), ("+31 6 12345678", "phone"), ("0031612345678", "phone"), ("030-2345678", "phone"),
    ("tel. 0346 123456", "phone"), ("+31 (0)20 1234567", "phone"),
    ("woont Kerkstraat 12", "address"), ("op de Lange Nieuwstraat 104a", "address"), ("kerkstraat 7", "address"), ("Prinsengracht 263", "address"),
    ("Burgemeesterplein 1", "address"), ("3511 AB Utrecht", "address"), ("3511AB", "address"), ("Oudeweg 5", "address"), ("Beatrixlaan 22",
    "address"),
)  # fmt: skip
NOT_NAMED = (
    "Man regelt het verkeer op het kruispunt", "Vrouw van ongeveer 40 jaar, rode jas", "hij staat op straat 2 meter van de auto", "sinds 20:15 boos",
    "wij wachten 30 minuten", "om 1430 gebeld", "op 24-11-2026 opnieuw overleg", "onderweg 3 keer gestopt", "Onderweg 3 keer gestopt",
    "plan B. Daarna bellen",
    "De heer is rustig nu", "mevrouw is rustig", "meneer wil niet praten", "112 gebeld", "kamer 12 van de opvang", "afdeling 3 noord",
    "een mes van 20 cm",
    "in januari 2026 nog gezien", "Maandag komt de wijkagent", "Opvang De Haven belt terug", "GGZ Crisisdienst komt om 21:00",
    "heeft 3 honden en 4 katten",
    "Politie Basisteam Noord is er", "nummer 123456789 staat op het slot", "wil 5 euro", "blokkade 3 is open", "overslaan 2 keer mag",
    "Hij zegt: ik ga niet",
    "Kan ik daar alleen heen?", "dossier 2026-11-24", "kwam 3 weken niet", "iemand van de nachtdienst", "medewerker bedreigd, wat nu?",
    "Ambulance rijdt",
    "100% zeker", "de markt is druk", "het park 2 straten verder", "Er is een convenant", "Duidelijk verhaal. Geen haast.",
)  # fmt: skip


@pytest.mark.parametrize(("text", "what"), NAMED)
def test_a_sentence_that_names_somebody_is_noticed(twin: Twin, text: str, what: str) -> None:
    found = identifying(text)
    assert what in {one["what"] for one in found}
    assert all(one["said"] in text for one in found)
    assert twin("identifying", text) == found


@pytest.mark.parametrize("text", NOT_NAMED)
def test_a_sentence_that_names_nobody_is_left_alone(twin: Twin, text: str) -> None:
    assert identifying(text) == []
    assert twin("identifying", text) == []


@pytest.mark.parametrize("text", ["mevrouw " + "van de " * 24 + "x", "a" * 10_000, "Aweg" * 2_500, "A." * 5_000, "geb " + "a" * 10_000, "1 " * 5_000])
def test_no_text_takes_long_to_look_through(twin: Twin, text: str) -> None:
    """One server looks for everybody: a pattern that tries every way to read a text would have all of them wait for one form."""
    begun = time.process_time()
    found = identifying(text)
    assert time.process_time() - begun < 1
    assert twin("identifying", text) == found


pieces = st.sampled_from(
    ["Jan", " de ", "Vries", "mevrouw ", "06", "12345678", "111222333", "Kerkstraat", " 12", "geb ", "1-2-1980", "é", "Ş", "İ", "\u2028", " ", "."]
)


@given(text=st.lists(pieces, max_size=8).map("".join) | st.text(max_size=30))
def test_both_languages_notice_the_same(twin: Twin, text: str) -> None:
    assert twin("identifying", text) == identifying(text)
    assert twin("looksSensitive", {"note": text}) == looks_sensitive({"note": text})


@given(digits=st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_one_last_digit_at_most_passes_the_eleven_test(digits: list[int]) -> None:
    assert sum(passes_eleven_test("".join(map(str, [*digits, last]))) for last in range(10)) <= 1


MEDICAL = (
    "gebruikt haldol", "Kreeg depot vorige week", "is bekend met schizofrenie", "heeft PTSS", "psychotisch, hoort stemmen",
    "zorgmachtiging loopt", "LVB",
)  # fmt: skip
CRIMINAL = (
    "heeft antecedenten", "is veroordeeld voor geweld", "verdachte in een zaak", "heeft een strafblad", "TBS met verlof", "loopt bij de reclassering",
)  # fmt: skip
NEITHER = (
    "in de war en onder invloed", "mes in de tas", "zegt dat hij dood wil", "verdacht gedrag bij de deur", "andere manier van doen", "romanie",
    "stond in het park", "agressief: sloeg een medewerker", "gebruikt drank", "wil niet mee", "indruk: bang", "midden op straat",
    "vastgehouden door omstanders",
)  # fmt: skip


LOOKS = [(text, looks) for looks, texts in (("medical", MEDICAL), ("criminal", CRIMINAL), (None, NEITHER)) for text in texts]


@pytest.mark.parametrize(("text", "looks"), LOOKS)
def test_what_looks_medical_or_criminal(twin: Twin, text: str, looks: str | None) -> None:
    assert looks_sensitive({"note": text}) == looks
    assert looks_sensitive({"if_then": ["x", text]}) == looks
    assert twin("looksSensitive", {"note": text}) == looks


def test_the_ground_is_asked_only_for_everybody_and_only_once(twin: Twin) -> None:
    asked = ("observation.noted", {"says": "gebruikt haldol"})
    for given_, expected in (
        ((*asked, "all"), "ground_medical"),
        ((*asked, "care"), None),
        (("observation.noted", {"says": "gebruikt haldol", "ground": "consent"}, "all"), None),
        (("alarm.raised", {"note": "haldol"}, "all"), None),
        (("handover.offered", {"to": "kliniek", "medication": "lithium"}, "all"), "ground_medical"),
        (("card.opened", {"situation": "medical_assessment", "place": "hier"}, "all"), None),
    ):
        assert ground_asked(*given_) == expected
        assert twin("groundAsked", *given_) == expected


def test_a_card_is_never_called_by_a_name_and_an_anonymous_one_names_nobody_at_all(twin: Twin) -> None:
    opening = {"place": "Kerkstraat 12", "about": "Jan de Vries"}
    for anonymous, fields in ((False, {"about"}), (True, {"about", "place"})):
        found = names_asked("card.opened", opening, anonymous)
        assert {one["field"] for one in found} == fields
        assert twin("namesAsked", "card.opened", opening, anonymous) == found
    assert names_asked("observation.noted", {"says": "Jan de Vries"}, False) == []
    assert names_asked("observation.noted", {"says": "Jan de Vries"}, True) != []


# what may I share


def every_question() -> list[dict[str, str]]:
    known: list[dict[str, str]] = [{}]
    for question in QUESTIONS:
        known = [{**one, question: value} for one in known for value in answers_to(question)]
    return known


def test_every_question_has_an_answer_and_every_rule_is_the_answer_to_some(twin: Twin) -> None:
    rules = set()
    for number, known in enumerate(every_question()):
        for lang in ("nl", "en"):
            advice = advise(known, {}, lang)
            assert advice
            assert advice["verdict"] in SHARING["verdicts"]
            assert advice["reason"]
            assert advice["ask"].endswith("?")
            assert advice["sources"]
            if number % 7 == 0:
                assert twin("advise", known, {}, lang) == advice
        rules.add(advice["rule"])
    assert rules == set(RULES)


@pytest.mark.parametrize(
    ("profession", "information", "receiver", "purpose", "verdict"),
    [
        ("police", "safety", "medical", "care", "may"),
        ("police", "criminal", "medical", "danger", "no"),
        ("medical", "medical", "police", "danger", "conflict"),
        ("medical", "medical", "police", "care", "consent"),
        ("medical", "whereabouts", "police", "investigation", "no"),
        ("medical", "children", "report_point", "worry", "may"),
        ("social", "whereabouts", "police", "worry", "consent"),
        ("medical", "medical", "medical", "care", "may"),
        ("medical", "medical", "police", "advice", "may"),
    ],
)
def test_what_professionals_struggle_with(profession: str, information: str, receiver: str, purpose: str, verdict: str) -> None:
    advice = advise({"profession": profession, "information": information, "receiver": receiver, "purpose": purpose}, {}, "nl")
    assert advice
    assert advice["verdict"] == verdict


def test_an_organisation_may_say_something_else(twin: Twin) -> None:
    known = {"profession": "police", "information": "safety", "receiver": "medical", "purpose": "care"}
    instead = {
        "go_alone": {"verdict": "conflict", "reason": "Eerst de opco bellen.", "ask": "Wie is opco?",
                       "source": "Convenant Noord", "date": "2026-03-01"}
    }
    advice = advise(known, instead, "nl")
    assert advice
    assert (advice["verdict"], advice["reason"], advice["own"]) == ("conflict", "Eerst de opco bellen.", True)
    assert advice["sources"][0] == {"title": "Convenant Noord", "date": "01-03-2026"}
    assert twin("advise", known, instead, "nl") == advice
