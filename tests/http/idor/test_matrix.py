"""Every route, with everything that its address can name, asked by everybody: who may gets it, and to nobody else is it there.

Made from the URL map: a new route is in it, or fails a test because nobody said what it asks for.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.cast import server
from tests.http.idor.questions import BODIES, GOOD, QUERY, Question, questions
from tests.http.idor.requirement import DOORS, DOORS_OF_CARDS, EVERYBODY, NAMES, OF_OTHER_THINGS, TEXTS, is_for
from tests.http.idor.world import NOBODY, World

# What anybody may name who is not signed in.
FOR_EVERYBODY = ("token", "provider's organisation", "no organisation")
KEEPERS_OF_NOORD = {"lead", "admin"}


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """All that can be asked. Files of ours are for everybody and know nobody."""
    ours = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    found = [(rule, method) for rule in ours for method in sorted(rule.methods & {"GET", "POST", "PUT"})]
    return sorted(found, key=lambda one: (one[0].rule, one[1]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "asked" in metafunc.fixturenames:
        with tempfile.TemporaryDirectory() as folder:
            found = rules(server(Path(folder)))
        metafunc.parametrize("asked", found, ids=[f"{method} {rule.rule}" for rule, method in found])


def test_everybody_asks(world: World, asked: tuple[Rule, str]) -> None:
    rule, method = asked
    faults: list[str] = []
    for question in questions(world, rule, method):
        for who in (*EVERYBODY, *NOBODY):
            faults += [f"{who}: {question.named or 'nothing named'}: {fault}" for fault in wrong(world, question, who)]
    assert faults == []


def wrong(world: World, question: Question, who: str) -> list[str]:
    """What is not as required when somebody asks this."""
    answer = world.ask(who, question.method, question.path, **question.more)
    told = b"" if question.endpoint == "live.live" and answer.status_code == 200 else text_of(answer)
    answer.close()
    changed = world.changed()
    faults = [f"it gives away {word}" for word in leaked(world, question, who, told)]
    faults += [f"it names the card {card!r}" for card in named(world, question, who, told)]
    if may(question, who):
        good = GOOD.get(question.endpoint, {200, 303}) if question.door != "public" else set(range(200, 500))
        faults += [f"{answer.status_code} for who may"] if answer.status_code not in good else []
        return faults
    expected = refusal(question, who)
    faults += [f"{answer.status_code}, not {expected}, for who may not"] if answer.status_code != expected else []
    faults += ["goes elsewhere than to sign in"] if expected == 303 and not answer.headers["Location"].startswith("/login") else []
    faults += ["not JSON"] if expected == 401 and not answer.is_json else []
    return faults + (["something changed"] if changed else [])


def may(question: Question, who: str) -> bool:
    if question.door == "public":
        them = OF_OTHER_THINGS.get(question.endpoint, {}).get(question.named, ())
        return not question.named or who in them or (who in NOBODY and question.named in FOR_EVERYBODY)
    if question.endpoint in OF_OTHER_THINGS:
        return who in OF_OTHER_THINGS[question.endpoint].get(question.named, ())
    if question.named:
        return who in DOORS_OF_CARDS[question.door].get(question.named, ())
    return who in DOORS[question.door]


def refusal(question: Question, who: str) -> int:
    """Who is not signed in goes to sign in, or hears so as JSON; for everybody else it is not there. What another system reads asks for its token."""
    if question.door in ("token", "feed", "watcher"):
        return 401 if question.door == "token" else 404
    if who not in NOBODY or question.door == "public":
        return 404
    return 401 if question.door in ("device", "handing_in") or question.path.endswith(".json") else 303


def text_of(answer: TestResponse) -> bytes:
    """All that somebody could read in an answer, also in its headers and in what it packs."""
    told = answer.get_data()
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(told)) as archive:
            told = b"".join(archive.read(name) for name in archive.namelist())
    return told + str(answer.headers).encode()


def readable(world: World, question: Question, who: str, word: str) -> bool:
    card, audience = world.words[word]
    if audience == "set aside":
        return question.door == "keeper" and who in KEEPERS_OF_NOORD
    return who in TEXTS[question.door].get(card, ()) and is_for(who, audience)


def leaked(world: World, question: Question, who: str, told: bytes) -> list[str]:
    return [word for word in world.words if word.encode() in told and not readable(world, question, who, word)]


def named(world: World, question: Question, who: str, told: bytes) -> list[str]:
    """Cards whose id is told to somebody for whom they are not there. Who names one in the address knows it already."""
    if question.endpoint.startswith("privacy.log"):
        return []
    others = {card: id_ for card, id_ in world.cards.items() if id_ not in question.path and who not in NAMES[question.door].get(card, ())}
    return [card for card, id_ in others.items() if id_.encode() in told]


@pytest.mark.parametrize("path", ["/cards/{}.json", "/cards/{}", "/cards/{}/timeline", "/review/{}"])
def test_what_is_not_for_somebody_is_the_same_as_what_does_not_exist(world: World, path: str) -> None:
    """Byte for byte, but for the id that was asked for."""
    table = DOORS_OF_CARDS["reviewer" if "review" in path else "member"]
    for who in EVERYBODY:
        said = {
            (answer.status_code, answer.get_data().replace(id_.encode(), b""))
            for card, id_ in world.cards.items()
            if who not in table.get(card, ())
            for answer in [world.ask(who, "GET", path.format(id_))]
        }
        assert len(said) == 1, (who, [status for status, _ in said])


@pytest.mark.parametrize("through", ["sync", "json", "timeline"])
def test_everybody_gets_all_that_is_for_them_and_nothing_else(world: World, through: str) -> None:
    """So that the matrix can fail: the words are found where they may be."""
    for who in EVERYBODY:
        door = "handing_in" if through == "sync" else "member"
        expected = {word for word in world.words if readable(world, Question("", door, "", "", "", {}), who, word)}
        told = text_of(world.ask(who, "POST", "/sync", json={"have": {}})) if through == "sync" else b""
        for id_ in world.cards.values() if through != "sync" else ():
            told += text_of(world.ask(who, "GET", f"/cards/{id_}{'.json' if through == 'json' else '/timeline'}"))
        assert {word for word in world.words if word.encode() in told} == expected, who


def test_what_the_tables_say_is_about_routes_that_exist(world: World) -> None:
    endpoints = set(world.app.view_functions)
    assert {*BODIES, *QUERY, *GOOD, *OF_OTHER_THINGS} <= endpoints
    doors = {view.door for name, view in world.app.view_functions.items() if name != "static"}  # type: ignore[attr-defined]
    assert doors == {*DOORS, *DOORS_OF_CARDS}
