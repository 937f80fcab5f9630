"""What is not yours may be named in other places than the address: in what a phone hands in or says it has, in fields, in filters.

Nothing comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Phone, new_id
from tests.http.idor.requirement import EVERYBODY, ON_CARD, ON_PHONE, is_for
from tests.http.idor.world import World
from tests.http.test_live import Ear

# Who hands in lawfully on a card: duty does not count for writing (docs/access.md, "Writing an entry"); the role privacy does.
OF_CRISISDIENST = {"triagist on duty", "doctor off duty", "care lead off duty", "care lead on duty", "care admin off duty", "care writer off duty"}
MAY_HAND_IN = {
    **ON_CARD,
    "invited": ON_CARD["invited"] | OF_CRISISDIENST,
    "closed": ON_CARD["closed"] | OF_CRISISDIENST,
    "of care": OF_CRISISDIENST,
    # Nobody's yet: whoever writes there writes for themselves, until an opening says whose it is.
    "not opened yet": EVERYBODY,
    "missing": EVERYBODY,
}
PRIVATE = [("officer", "care"), ("officer", "org:crisisdienst"), ("triagist on duty", "police"), ("triagist on duty", "org:noord")]


@pytest.fixture(autouse=True)
def _as_it_was(world: World) -> Iterator[None]:
    yield
    world.restore()


def words_in(world: World, answer: bytes | str) -> set[str]:
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return {word for word in world.words if word in text}


def readable(world: World, who: str) -> set[str]:
    return {word for word, (card, audience) in world.words.items() if who in ON_PHONE.get(card, ()) and is_for(who, audience)}


def handed_in(world: World, who: str, *entries: object, **more: Any) -> dict[str, Any]:
    answer = world.ask(who, "POST", "/sync", json={"epoch": world.phones[who].me["epoch"], "have": {}, "entries": list(entries), **more})
    assert answer.status_code == 200
    assert words_in(world, answer.get_data()) <= readable(world, who)
    told: dict[str, Any] = answer.get_json()
    return told


@pytest.mark.parametrize("epoch", ["this history", "another history"])
def test_saying_that_one_has_a_card_gives_nothing_of_it(world: World, epoch: str) -> None:
    """Whatever number is said. What is not there is said to be gone, and so is what never was."""
    for who in EVERYBODY:
        named = world.phones[who].me["epoch"] if epoch == "this history" else epoch
        for number in (0, 1, -5, 10**12):
            told = handed_in(world, who, have=dict.fromkeys(world.cards.values(), number), epoch=named)
            theirs = {id_ for card, id_ in world.cards.items() if who in ON_PHONE[card]}
            assert {entry["card"] for entry in told["entries"]} <= theirs
            assert set(told["upto"]) <= theirs
            gone = set(world.cards.values()) - theirs
            if epoch == "this history":
                assert set(told["gone"]) == gone, who
            else:
                assert set(told["gone"]) <= gone
                assert world.cards["missing"] not in told["gone"]


def test_nobody_hands_in_on_a_card_that_is_not_theirs(world: World) -> None:
    for card, id_ in world.cards.items():
        for who in EVERYBODY:
            entry = world.phones[who].entry(id_, "observation.noted", {"says": "Iets"})
            answer = world.ask(who, "POST", "/sync", json={"epoch": world.phones[who].me["epoch"], "have": {}, "entries": [entry]})
            allowed, told = who in MAY_HAND_IN[card], answer.get_json()
            # Who wrote on a card of their organisation has it from then on, off duty too (docs/access.md, "Duty").
            assert allowed or words_in(world, answer.get_data()) <= readable(world, who), (card, who)
            assert (entry["id"] in told["accepted"], world.changed()) == (allowed, allowed), (card, who)
            assert allowed or told["rejected"][entry["id"]]["code"] == "forbidden"


def test_nobody_opens_a_card_that_is_there(world: World) -> None:
    """Not through /sync and not with its id in the form."""
    there = [id_ for card, id_ in world.cards.items() if card not in ("missing", "not opened yet")]
    for who in EVERYBODY:
        openings = [world.phones[who].opening(id_) for id_ in there]
        assert handed_in(world, who, *openings)["accepted"] == {}
        for id_ in there:
            answer = world.ask(who, "POST", "/cards", data={"card": id_, "situation": "crisis_assessment", "place": "x"})
            assert words_in(world, answer.get_data()) == set()
        assert not world.changed(), who


@pytest.mark.parametrize("field", ["by", "org", "device"])
def test_nobody_writes_in_the_name_of_another(world: World, field: str) -> None:
    for who in ("officer", "triagist on duty", "officer elsewhere", "admin"):
        for other in ("colleague", "officer elsewhere", "doctor off duty", "privacy"):
            theirs = world.phones[other].me[{"by": "person"}.get(field, field)]
            mine = world.phones[who].me[{"by": "person"}.get(field, field)]
            entry = world.phones[who].entry(new_id(), "card.opened", {"situation": "crisis_assessment", "place": "x"}, **{field: theirs})
            told = handed_in(world, who, entry)
            assert (entry["id"] in told["accepted"]) == (mine == theirs), (who, other)
            assert world.changed() == (mine == theirs)


def test_only_the_server_says_who_joined_or_looked(world: World) -> None:
    for who in ("officer", "officer elsewhere"):
        person = world.phones[who].me["person"]
        forged = [
            world.phones[who].entry(id_, kind, {"person": person, "reason": "x"})
            for id_ in world.cards.values()
            for kind in ("card.joined", "card.looked")
        ]
        assert handed_in(world, who, *forged)["accepted"] == {}
        assert not world.changed()


def test_an_id_that_an_entry_has_already_gives_nothing_of_it_and_changes_nothing(world: World) -> None:
    """Also with the content of that entry, in the name of another, or on a card of one's own."""
    for who in ("officer", "triagist on duty", "officer elsewhere", "privacy"):
        phone = world.phones[who]
        for card, entries in world.entries.items():
            for audience, id_ in entries.items():
                told = handed_in(world, who, phone.entry(world.cards[card], "observation.noted", {"says": "Anders"}, id=id_))
                reads = who in ON_CARD[card] and (audience == "opening" or is_for(who, audience))
                # Of what was erased nothing is left, also not its ids: that the card is past its retention is all that is said.
                assert told["accepted"] == {}, (who, card, audience)
                assert told["rejected"][id_]["code"] == ("malformed" if reads else "forbidden"), (who, card, audience)
        assert not world.changed(), who


def test_entries_that_somebody_may_not_read_say_nothing_on_a_card_of_their_own(world: World) -> None:
    """Superseded, agreed with, corrected, answered: the card folds as if they were not there."""
    for who in ("officer elsewhere", "triagist on duty"):
        phone = world.phones[who]
        unreadable = [
            id_
            for card, entries in world.entries.items()
            for audience, id_ in entries.items()
            if who not in ON_CARD[card] or not is_for(who, audience)
        ]
        opening = phone.opening()
        card = opening["card"]
        about = [
            phone.entry(card, "picture.set", {"problem": "Iets"}, supersedes=unreadable[:20]),
            *(phone.entry(card, "entry.corrected", {"entry": id_, "text": "Anders"}) for id_ in unreadable[:6]),
            *(phone.entry(card, "handover.accepted", {"offer": id_, "release": True}) for id_ in unreadable[:3]),
            *(phone.entry(card, "plan.agreed", {"plan": id_}) for id_ in unreadable[:3]),
        ]
        told = handed_in(world, who, opening, *about)
        assert told["rejected"] == {}
        for view in (".json", "", "/timeline", "/bonnet", "/people"):
            answer = world.ask(who, "GET", f"/cards/{card}{view}")
            assert answer.status_code == 200
            assert words_in(world, answer.get_data()) == set(), view
        world.restore()


@pytest.mark.parametrize(("who", "audience"), PRIVATE)
@pytest.mark.parametrize("card", ["invited", "closed"])
def test_a_form_about_an_entry_that_one_may_not_read_quotes_nothing_of_it(world: World, who: str, audience: str, card: str) -> None:
    hidden = world.entries[card][audience]
    path = f"/cards/{world.cards[card]}/entries"
    fields = {"entry.corrected": "entry", "plan.agreed": "plan", "agreement.done": "agreement", "handover.accepted": "offer", "alarm.ended": "alarm"}
    for kind, field in fields.items():
        asked = world.ask(who, "GET", f"{path}/new", query_string={"kind": kind, field: hidden})
        assert words_in(world, asked.get_data()) <= readable(world, who), kind
        sent = world.ask(who, "POST", path, data={"kind": kind, field: hidden, "text": "x", "supersedes": hidden, "id": new_id(), "audience": "all"})
        assert sent.status_code in (303, 404, 422), kind
        assert words_in(world, sent.get_data()) <= readable(world, who), kind
        for view in ("", ".json", "/timeline"):
            seen = world.ask(who, "GET", f"/cards/{world.cards[card]}{view}")
            assert words_in(world, seen.get_data()) <= readable(world, who), (kind, view)
        world.restore()
    taken = world.ask(who, "POST", path, data={"kind": "observation.noted", "says": "x", "id": hidden})
    assert words_in(world, taken.get_data()) <= readable(world, who)
    assert not world.changed()


# things of other organisations in form fields and filters


def test_a_lost_phone_of_another_cannot_be_signed_out_under_the_name_of_a_colleague(world: World) -> None:
    theirs = [world.ids[name] for name in ("device of officer of zuid", "device of triagist", "device of officer, elsewhere")]
    answer = world.ask("officer", "POST", f"/devices/lost/{world.ids['person of noord']}", data={"device": theirs})
    assert answer.status_code == 422
    assert not world.changed()


def test_what_was_set_aside_is_decided_by_its_own_organisation_and_under_its_own_device(world: World) -> None:
    for who, device in (
        ("lead elsewhere", world.ids["set aside by"]),
        ("care admin off duty", world.ids["set aside by"]),
        ("lead", world.ids["device of officer of zuid"]),
        ("lead", world.ids["device of colleague"]),
    ):
        for do in ("put", "leave"):
            answer = world.ask(who, "POST", "/set-aside", data={"do": do, "device": device, "id": world.ids["set aside"]})
            assert (answer.status_code, world.changed()) == (404, False), (who, do)


@pytest.mark.parametrize("who", ["privacy", "care privacy", "privacy elsewhere"])
@pytest.mark.parametrize("form", ["", ".csv", "?card={card}", ".jsonl?card={card}", "?person={person}", ".csv?person={person}&action=read"])
def test_no_filter_shows_what_people_elsewhere_did_on_cards_of_elsewhere(world: World, who: str, form: str) -> None:
    """Neither by the card nor by the person: only own people, and cards that the own organisation opened."""
    mine = {"privacy": "noord", "care privacy": "crisisdienst", "privacy elsewhere": "zuid"}[who]
    opened = {
        "noord": {"own", "invited", "closed", "purged"},
        "crisisdienst": {"of care"},
        "zuid": {"joined", "taken off", "organisation taken off"},
    }[mine]
    for card, id_ in world.cards.items():
        for person in (world.ids[f"person of {one}"] for one in ("noord", "zuid", "care")):
            path, _, query = f"/access-log{form.format(card=id_, person=person)}".partition("?")
            answer = world.ask(who, "GET", path, query_string=query)
            theirs = person in (world.phones[one].me["person"] for one in EVERYBODY if world.phones[one].me["org"] == mine)
            assert answer.status_code == (200 if theirs or "person" not in query else 422)
            lines = answer.get_data(as_text=True).splitlines()
            if ".csv" in path and answer.status_code == 200:
                ids = {world.cards[one] for one in opened}
                assert all(f";{mine};" in line or any(one in line for one in ids) for line in lines[1:])
            if "card={card}" in form and "jsonl" in path and card not in opened:
                assert all(f'"org": "{mine}"' in line for line in lines), card


def test_an_administrator_changes_nobody_of_elsewhere_through_a_file_or_an_invitation(world: World) -> None:
    with world.database() as connection:
        before = connection.execute("SELECT * FROM person WHERE org != 'noord' ORDER BY id").fetchall()
    text = "email;name;function;role;team\nagent@zuid.example;Anders;x;admin;x\nadmin@crisisdienst.example;;;member;\n"
    assert world.ask("admin", "POST", "/people/import/confirm", data={"text": text}).status_code == 200
    answer = world.ask("admin", "POST", "/people/invite", data={"email": "agent@zuid.example", "name": "x", "role": "admin"})
    assert answer.status_code == 422
    fields = {
        "name": "Anders",
        "role": "member",
        "id": world.ids["person of zuid"],
        "org": "zuid",
        "person": world.ids["person of zuid"],
        "email": "x@x.example",
    }
    assert world.ask("admin", "POST", f"/people/{world.ids['person of noord']}", data=fields).status_code == 303
    with world.database() as connection:
        assert connection.execute("SELECT * FROM person WHERE org != 'noord' ORDER BY id").fetchall() == before
        kept = connection.execute("SELECT org, email FROM person WHERE id = ?", (world.ids["person of noord"],)).fetchone()
    assert kept == ("noord", "agent2@noord.example")
    world.restore()


@pytest.mark.parametrize(
    "path", ["/people?q={}", "/devices/lost?q={}", "/people/log?before={}", "/review?before={}", "/privacy/cards?before={}", "/sharing?card={}"]
)
def test_no_search_or_page_finds_what_is_of_elsewhere(world: World, path: str) -> None:
    for who in ("officer", "lead", "admin", "privacy"):
        for asked in ("zuid", "agent", "arts", "~", "9999-12-31", world.cards["of care"], world.ids["person of zuid"]):
            told = world.ask(who, "GET", path.format(asked)).get_data(as_text=True)
            assert "zuid.example" not in told
            assert "crisisdienst.example" not in told
            assert world.ids["person of zuid"] not in told.replace(asked, "")
            assert "zzofcarezz" not in told


# streams


def test_a_stream_brings_to_everybody_what_is_for_them_and_nothing_else(world: World) -> None:
    ears = {who: Ear(world.phones[who]) for who in sorted(EVERYBODY)}
    written: dict[str, tuple[str, str]] = {}
    for card, writer, audiences in (
        ("own", "officer", ("all", "police", "org:noord")),
        ("invited", "officer", ("all", "police", "org:noord")),
        ("invited", "triagist on duty", ("care", "org:crisisdienst")),
        ("joined", "officer elsewhere", ("all", "police", "org:zuid")),
        ("taken off", "officer elsewhere", ("all", "police")),
        ("organisation taken off", "officer elsewhere", ("all",)),
    ):
        for audience in audiences:
            entry = said(world.phones[writer], world.cards[card], audience)
            written[entry] = (card, audience)
    for who, ear in ears.items():
        expected = {id_ for id_, (card, audience) in written.items() if who in ON_CARD[card] and is_for(who, audience)}
        heard: set[str] = set()
        while heard < expected:
            heard |= {entry["id"] for entry in ear.next()["entries"]}
        assert heard == expected, who
        assert ear.is_silent(), who
    for who in ears:
        world.app.extensions["hub"].end_person(world.phones[who].me["person"])
    world.restore()


def said(writer: Phone, card: str, audience: str) -> str:
    return str(writer.write(card, "observation.noted", {"says": "op de stroom"}, audience=audience.partition(":")[0])["id"])
