"""Not a byte: what police write for police, and care for care, never comes near a phone of the other side.

A recording wire keeps every byte towards each phone, and at the end the phones' databases and caches are read through as well. What is for everybody
must be in there: a record that holds nothing proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stories.hands import KEPT, OFFICER, TRIAGIST, fill_in, open_card
from tests.stories.phone import Phone
from tests.stories.wire import RecordingWire

Phones = Callable[..., Phone]
SIDES = {OFFICER: "police", TRIAGIST: "care"}

# What a phone shows from itself; and the same and more as the server makes it, for who has no worker.
PAGES = ("", "/sections?names=header,observation,picture,plan,approach,agreement,handover,feedback,timeline", "/timeline", "/bonnet", "/people")
FORMS = ("entry.corrected", "picture.set", "plan.set", "handover.offered", "card.closed")
FROM_SERVER = ("/", "/alarms", "/unsent", "/status", "/settings", "/me.json")


def word(phone: Phone, audience: str, what: str) -> str:
    return f"zz{SIDES[phone.account]}{audience}{what}zz"


FORMS_OF = {
    "observation": ("observation.noted", "says"),
    "approach": ("approach.noted", "looks"),
    "picture": ("picture.set", "problem"),
    "plan": ("plan.set", "plan"),
}


def write(phone: Phone, audience: str, what: str, *sections: str) -> str:
    """Something in each of these sections, by their forms; the word that is in all of it is returned."""
    said = word(phone, audience, what)
    for section in sections:
        kind, field = FORMS_OF[section]
        fill_in(phone, section, kind, {field: f"{said}{field}"}, {"audience": audience})
    return said


def correct(phone: Phone, said: str) -> None:
    """Takes back the observation with these words, and says why: for nobody more than could read it."""
    [entry] = [one for one in phone.entries(phone.card) if one["body"].get("says") == f"{said}says"]
    card = phone.card
    phone.go(f"/cards/{card}/entries/new?kind=entry.corrected&entry={entry['id']}")
    phone.page.fill("[name=text]", f"{said}why")
    with phone.page.expect_navigation():
        phone.page.locator(".form-send button").first.click()
    phone.go(f"/cards/{card}")


def look_everywhere(phone: Phone, card: str) -> None:
    """All that a phone shows of a card, and all that its server shows: the second goes around the worker."""
    ids = [entry["id"] for entry in phone.entries(card)]
    for page in PAGES:
        phone.go(f"/cards/{card}{page}")
        assert phone.context.request.get(f"{phone.wire.base}/cards/{card}{page}").ok
    for kind in FORMS:
        for entry in ids if kind == "entry.corrected" else ids[:1]:
            phone.context.request.get(f"{phone.wire.base}/cards/{card}/entries/new?kind={kind}&entry={entry}&to=crisisdienst")
    for path in (*FROM_SERVER, f"/cards/{card}.json", f"/cards/{card}/seen"):
        assert phone.context.request.get(phone.wire.base + path).ok, path
    for path in ("/", "/unsent", "/alarms", f"/cards/{card}/bonnet"):
        phone.go(path)
    phone.go(f"/cards/{card}")


def private_to(phone: Phone, card: str) -> list[dict[str, Any]]:
    return [entry for entry in phone.entries(card) if entry["audience"] != "all"]


def test_not_a_byte_of_what_is_for_one_side_reaches_a_phone_of_the_other(phone: Phones) -> None:
    officer, triagist = phone(OFFICER, wire_of=RecordingWire), phone(TRIAGIST, wire_of=RecordingWire)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.share()
    triagist.wait_until(lambda: triagist.entries(card), "the card is on the phone")
    triagist.go(f"/cards/{card}")

    # Both listen to the stream, and write by form for each of those for whom they may.
    for one in (officer, triagist):
        for audience in (SIDES[one.account], "all"):
            correct(one, write(one, audience, "online", *FORMS_OF))
        write(one, "org", "online", "observation")
        one.wait_until_shared()

    # Without a network, and back. What is for all comes in the place of what was there.
    for one in (officer, triagist):
        with one.without_network():
            for audience in (SIDES[one.account], "all"):
                write(one, audience, "offline", "observation", "picture")
            write(one, "org", "offline", "observation")
            one.go("/unsent")
        one.wait_until_shared()
        one.go(f"/cards/{card}")

    offer = officer.hand_in(card, "handover.offered", to="crisisdienst", situation=word(officer, "all", "handover"))
    triagist.hand_in(card, "handover.accepted", offer=offer, release=True, read_back=word(triagist, "all", "readback"))
    for one in (officer, triagist):
        one.wait_until_shared()
        look_everywhere(one, card)
        assert {entry["kind"] for entry in private_to(one, card)} == {"entry.corrected", *(kind for kind, _ in FORMS_OF.values())}

    for one, other in ((officer, triagist), (triagist, officer)):
        side, everything = SIDES[other.account], one.wire.heard() + one.page.evaluate(KEPT)  # type: ignore[attr-defined]
        for entry in private_to(other, card):
            for needle in (entry["id"], entry["hash"]):
                assert needle not in everything, f"{one.account}: {entry['kind']} for {entry['audience']}: {everything.index(needle)}"
        for audience in (side, "org"):
            for what in ("online", "offline"):
                assert word(other, audience, what) not in everything, (one.account, audience, what)
        for whose in (one, other):
            for what in ("online", "offline"):
                assert word(whose, "all", what) in everything
        for what, whose in (("handover", officer), ("readback", triagist)):
            assert word(whose, "all", what) in one.wire.heard()  # type: ignore[attr-defined]
        # And the wire sees what this phone's own side reads on a second look: it is not blind to such words.
        assert word(one, SIDES[one.account], "online") in one.wire.heard()  # type: ignore[attr-defined]
