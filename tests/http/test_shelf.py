"""The shelf: what seldom changes goes to a phone once, and again only when it is another one now."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import OFFICER, TRIAGIST, Phone

Phones = Callable[[str], Phone]


def test_a_phone_hears_of_a_book_that_it_does_not_have_and_of_nothing_that_it_has(phone: Phones) -> None:
    officer = phone(OFFICER)
    book = officer.sync(shelf={"organisations": ""})["shelf"]["organisations"]
    assert {"noord", "crisisdienst"} <= {one["id"] for one in book["content"]}
    assert "shelf" not in officer.sync(shelf={"organisations": book["edition"]})
    assert officer.sync(shelf={"organisations": "another"})["shelf"]["organisations"] == book


def test_only_the_books_that_it_names(phone: Phones) -> None:
    assert set(phone(OFFICER).sync(shelf={"sharing": ""})["shelf"]) == {"sharing"}
    assert "shelf" not in phone(TRIAGIST).sync()


def test_what_is_no_question_about_a_book_is_as_nothing(phone: Phones) -> None:
    for said in (None, [], "organisations", 3, {"organisations": None}, {"organisations": {}}, {"no such book": ""}):
        assert "shelf" not in phone(OFFICER).sync(shelf=said)
