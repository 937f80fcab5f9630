"""A list of people as a file: what spreadsheets and people make of CSV, and that no cell becomes a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.people_file import COLUMNS, MOST_BYTES, Line, Unreadable, lines_of, safe, text_of, written

KIM = {"email": "kim@noord.example", "name": "Kim de Wit", "function": "agent", "role": "lead", "team": "Nacht"}
HEADING = "email,name,function,role,team\n"


def values(text: str | bytes) -> list[dict[str, str]]:
    read = text_of(text) if isinstance(text, bytes) else text
    assert isinstance(read, str), read
    lines = lines_of(read)
    assert isinstance(lines, list), lines
    assert [line.wrong for line in lines] == [None] * len(lines)
    return [line.values for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        "kim@noord.example,Kim de Wit,agent,lead,Nacht",
        HEADING + "kim@noord.example,Kim de Wit,agent,lead,Nacht\n",
        "email;name;function;role;team\nkim@noord.example;Kim de Wit;agent;lead;Nacht",
        "\ufeff" + HEADING + "kim@noord.example,Kim de Wit,agent,lead,Nacht",
        HEADING.replace("\n", "\r\n") + "kim@noord.example,Kim de Wit,agent,lead,Nacht\r\n\r\n",
        HEADING.replace("\n", "\r") + "kim@noord.example,Kim de Wit,agent,lead,Nacht\r",
        'email;name;function;role;team\n"kim@noord.example";"Kim de Wit";"agent";"lead";"Nacht"',
        "  kim@noord.example ,  Kim   de Wit , agent , lead , Nacht ",
        "\n\n;;;;\n" + "kim@noord.example;Kim de Wit;agent;lead;Nacht",
        "team,Rol,FUNCTIE,naam,E-mail\nNacht,lead,agent,Kim de Wit,kim@noord.example",
        "email,telefoon,naam,functie,rol,team\nkim@noord.example,06-1,Kim de Wit,agent,lead,Nacht",
        "kim@noord.example,Kim de Wit,agent,lead,Nacht,,,",
    ],
)
def test_the_same_person_is_read_from_every_way_to_write_it(text: str) -> None:
    assert values(text) == [KIM]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_with_accents_survive_every_spreadsheet(encoding: str) -> None:
    assert values("zoë@noord.example;Zoë Müller-Çelik".encode(encoding))[0]["name"] == "Zoë Müller-Çelik"


def test_a_separator_within_quotes_belongs_to_the_cell() -> None:
    assert values('email,name\nkim@noord.example,"Wit, de; Kim ""Kick"""')[0]["name"] == 'Wit, de; Kim "Kick"'


def test_what_is_missing_is_empty() -> None:
    assert values("kim@noord.example") == [{**dict.fromkeys(COLUMNS, ""), "email": "kim@noord.example"}]


def test_one_bad_line_spoils_no_other_and_keeps_its_number() -> None:
    lines = lines_of(HEADING + 'a@x.nl,A\n"b@x.nl,B\nc@x.nl,C\n\nd@x.nl,D,,,,te veel\ne@x.nl,"E" x\nf@x.nl,F')
    assert isinstance(lines, list)
    assert [(line.number, line.wrong) for line in lines] == [(2, None), (3, "quote"), (4, None), (6, "columns"), (7, "quote"), (8, None)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n;;;\n", "empty"),
        (HEADING.encode(), "empty"),
        ("email,name".encode("utf-16"), "not_text"),
        (b"PK\x03\x04\x00\x00", "not_text"),
        (b"\x81\x8d kim", "not_text"),
        (b"naam;rol\nKim;lead", "no_email_column"),
        (b"a" * (MOST_BYTES + 1), "too_large"),
        (b"a@x.nl\n" * 2_001, "too_many"),
    ],
)
def test_what_is_no_list_is_said_to_be_none(content: bytes, code: str) -> None:
    text = text_of(content)
    assert (text if isinstance(text, Unreadable) else lines_of(text)) == Unreadable(code)


def test_two_thousand_lines_are_read() -> None:
    assert len(values(HEADING + "a@x.nl\n" * 2_000)) == 2_000


@given(st.text(max_size=300) | st.text(alphabet='ab,;"\n\r\t@=\ufeff', max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    lines = lines_of(text)
    assert isinstance(lines, Unreadable) or all(isinstance(line, Line) for line in lines)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    text = text_of(content)
    assert isinstance(text, Unreadable | str)


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("https://x","y")', "＝1+1"])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    [row] = csv.reader(io.StringIO(written([["kim@noord.example", cell]]).removeprefix("\ufeff"), newline=""), delimiter=";")
    assert row == ["kim@noord.example", "'" + cell]


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=4))
def test_what_is_written_can_be_read_and_starts_no_formula(cells: list[str]) -> None:
    [row] = csv.reader(io.StringIO(written([cells]).removeprefix("\ufeff"), newline=""), delimiter=";")
    assert row == [safe(cell) for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
