"""Joint reviews: two leads of two organisations on one card, what is for everybody on it, what they learn, and the agenda it goes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import retention
from store.models import JointNote, JointReview
from tests.cast import OFFICER, TRIAGIST, Clock, Phone
from tests.http.inviting import seen
from tests.http.privacy import close, later, told
from tests.http.test_push import rows

Phones = Callable[[str], Phone]
LEAD, CARE_LEAD, LEAD_SOUTH = "teamlead@noord.example", "teamlead@crisisdienst.example", "teamlead@zuid.example"


class Together:
    """A closed card of Noord and the crisis service, with words for each side, and the review that their leads began."""

    def __init__(self, phone: Phones) -> None:
        self.officer, triagist = phone(OFFICER), phone(TRIAGIST)
        self.lead, self.care = phone(LEAD), phone(CARE_LEAD)
        self.card = self.officer.open_card("crisisdienst")
        self.officer.write(self.card, "observation.noted", {"says": "voor iedereen"})
        self.officer.write(self.card, "observation.noted", {"says": "alleen politie"}, audience="police")
        triagist.write(self.card, "observation.noted", {"says": "alleen zorg"}, audience="care")
        close(self.officer, self.card)
        answer = self.lead.http.post(f"/review/{self.card}/joint", data={"partner": "crisisdienst"})
        self.path = answer.headers["Location"]

    def note(self, who: Phone, text: str, **more: str) -> None:
        assert who.http.post(f"{self.path}/notes", data={"what": "lesson", "text": text, **more}).status_code == 303

    def form(self, who: Phone, action: str, query: str = "") -> Any:
        return next(form for form in seen(who.http.get(self.path + query)).forms if form.action.endswith(action))


@pytest.fixture
def together(phone: Phones) -> Together:
    return Together(phone)


def test_both_leads_see_what_is_for_everybody_and_nothing_of_either_side(together: Together) -> None:
    for one in (together.lead, together.care):
        text = seen(one.http.get(together.path)).text
        assert "voor iedereen" in text
        assert "alleen politie" not in text
        assert "alleen zorg" not in text
        assert together.path in seen(one.http.get("/joint-reviews")).links
    # The other begins the same: it is one review.
    again = together.care.http.post(f"/review/{together.card}/joint", data={"partner": "noord"})
    assert again.headers["Location"] == together.path


def test_nobody_else_finds_it(together: Together, phone: Phones) -> None:
    for account in (OFFICER, LEAD_SOUTH, "admin@noord.example"):
        for path in (together.path, f"{together.path}/agenda"):
            assert phone(account).http.get(path).status_code == 404
        assert phone(account).http.post(f"{together.path}/notes", data={"what": "note", "text": "x"}).status_code == 404


@pytest.mark.parametrize("partner", ["zuid", "noord", "", "nobody"])
def test_it_begins_only_with_somebody_who_was_on_the_card(together: Together, partner: str) -> None:
    answer = together.lead.http.post(f"/review/{together.card}/joint", data={"partner": partner})
    assert answer.headers["Location"] == f"/review/{together.card}"


def test_a_card_that_is_open_is_not_looked_back_on_together(together: Together) -> None:
    card = together.officer.open_card("crisisdienst")
    answer = together.lead.http.post(f"/review/{card}/joint", data={"partner": "crisisdienst"})
    assert answer.headers["Location"] == f"/review/{card}"


def test_each_changes_what_the_own_organisation_wrote_and_either_says_that_it_is_done(together: Together) -> None:
    together.note(together.lead, "Eerder bellen", what="follow_up", owner="Crisisdienst", due="2026-12-10")
    page = seen(together.care.http.get(together.path))
    assert "Eerder bellen" in page.text
    assert "10-12-2026" in page.text
    done = together.form(together.care, next(form.action for form in page.forms if "/notes/" in form.action).rpartition("/")[2])
    note = done.action.rpartition("/")[2]
    stolen = {"do": "save", "what": "note", "text": "Van ons", "seen": "1"}
    assert together.care.http.post(done.action, data=stolen).status_code == 404
    assert together.care.http.post(done.action, data={"do": "away", "seen": "1"}).status_code == 404
    assert together.care.http.post(done.action, data={"do": "done", "seen": "1"}).status_code == 303
    mine = together.form(together.lead, f"/notes/{note}", f"?change={note}")
    filled = next(form for form in seen(together.lead.http.get(f"{together.path}?change={note}")).forms if "text" in form.names).filled()
    assert (mine.action, filled["text"], filled["owner"], filled["seen"]) == (done.action, ["Eerder bellen"], ["Crisisdienst"], ["2"])
    # Somebody who did not see that it is done writes over nothing.
    late = together.lead.http.post(done.action, data={**filled, "do": "save", "text": "Direct bellen", "seen": "1"})
    assert late.status_code == 409
    assert "Direct bellen" in late.get_data(as_text=True)
    assert together.lead.http.post(done.action, data={**filled, "do": "save", "text": "Direct bellen"}).status_code == 303
    assert "Direct bellen" in seen(together.care.http.get(together.path)).text
    assert together.lead.http.post(done.action, data={"do": "away", "seen": "3"}).status_code == 303
    assert "Direct bellen" not in seen(together.care.http.get(together.path)).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(together: Together) -> None:
    answer = together.lead.http.post(f"{together.path}/notes", data={"what": "follow_up", "text": "", "owner": "Noord", "due": "morgen"})
    page = seen(answer, 422)
    assert {"error-text", "error-due"} <= set(page.by_id)
    assert next(form for form in page.forms if "text" in form.names).filled()["owner"] == ["Noord"]
    page = seen(together.lead.http.post(f"{together.path}/agenda", data={"forum": "own", "forum_name": "", "on_day": "2026-13-01", "seen": "1"}), 422)
    assert {"error-level", "error-forum_name", "error-on_day"} <= set(page.by_id)


def test_what_is_still_to_be_done_is_not_for_a_day_that_has_gone(together: Together) -> None:
    note = {"what": "follow_up", "text": "Noord belt", "due": "2001-01-01"}
    agenda = {"level": "tactical", "forum": "pga", "on_day": "2001-01-01", "seen": "1"}
    for action, typed, field in (("notes", note, "due"), ("agenda", agenda, "on_day")):
        page = seen(together.lead.http.post(f"{together.path}/{action}", data=typed), 422)
        assert "Deze dag is al voorbij." in page.by_id[f"error-{field}"]


def test_what_was_put_on_an_agenda_can_be_put_right_after_its_day(together: Together, clock: Clock) -> None:
    typed = {"level": "tactical", "forum": "pga", "on_day": "2026-11-25", "seen": "1"}
    assert together.lead.http.post(f"{together.path}/agenda", data=typed).status_code == 303
    clock.later(hours=72)
    together.lead.sign_in()
    assert together.lead.http.post(f"{together.path}/agenda", data={**typed, "level": "strategic", "seen": "2"}).status_code == 303


def test_it_goes_on_an_agenda_as_a_document_without_anything_of_the_card(together: Together) -> None:
    together.note(together.lead, "Samen eerder bellen")
    together.note(together.care, "Noord belt de <achterwacht>", what="follow_up", owner="Wijkteam", due="2026-12-10")
    told = {"level": "tactical", "forum": "own", "forum_name": "Ketenoverleg Zuid", "on_day": "2026-12-01", "seen": "1"}
    assert together.care.http.post(f"{together.path}/agenda", data=told).headers["Location"] == f"{together.path}/agenda"
    page = seen(together.lead.http.get(f"{together.path}/agenda")).text
    for words in ("Ketenoverleg Zuid, tactisch, 01-12-2026", "Samen eerder bellen", "Noord belt de <achterwacht>", "Wijkteam", "10-12-2026"):
        assert words in page, words
    file = together.lead.http.get(f"{together.path}/agenda.md")
    assert (file.status_code, file.mimetype) == (200, "text/markdown")
    lines = file.get_data(as_text=True).splitlines()
    assert "* Samen eerder bellen" in lines
    assert "* Noord belt de <achterwacht> (Wijkteam, uiterlijk 10-12-2026)" in lines
    for text in (page, file.get_data(as_text=True)):
        assert "voor iedereen" not in text
        assert "Kruispunt" not in text
    # Who had not seen that changes nothing, and keeps what they typed.
    late = seen(together.lead.http.post(f"{together.path}/agenda", data={**told, "forum": "pga", "on_day": "2026-12-08"}), 409)
    assert next(form for form in late.forms if form.action.endswith("/agenda")).filled()["on_day"] == ["2026-12-08"]
    assert "Ketenoverleg Zuid" in seen(together.lead.http.get(together.path)).text


def test_it_goes_with_the_card(app: Flask, together: Together, clock: Clock) -> None:
    together.note(together.lead, "Eerder bellen")
    later(clock, 29 * 24, together.lead)
    with app.app_context():
        assert [one.card for one in retention.purge(clock())] == [together.card]
    assert (rows(app, JointReview), rows(app, JointNote)) == (0, 0)
    assert together.lead.http.get(together.path).status_code == 404


def test_looking_at_it_is_in_the_access_log(app: Flask, together: Together) -> None:
    before = len(told(app))
    together.care.http.get(together.path)
    [line] = told(app)[before:]
    assert (line["card"], line["org"], line["ground"], line["detail"]) == (together.card, "crisisdienst", "review", "joint_reviews")
