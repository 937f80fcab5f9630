"""The questions of the matrix: for each route what to fill in, so that whoever may gets a good answer and whoever may not could have done something.

What is not known here fails a test: a new route must say what it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from werkzeug.routing import Rule

from store import demo
from tests.cast import new_id
from tests.http.idor.world import CARDS, World
from tests.push_service import Browser

# What each argument of an address can be: a name in `World.ids`, or of a card.
ARGUMENTS = {
    "card": CARDS,
    "person": ("person of noord", "person of zuid", "person of care", "no person"),
    "device": (
        "device of officer, elsewhere", "device of officer, in the hand", "device of colleague", "device of officer of zuid", "no device",
    ),
    "invitation": ("invitation of noord", "invitation of zuid", "no invitation"),
    "token": ("token", "no token"),
    "rule": ("rule", "no rule"),
    "word": ("word", "no word"),
    "guide": ("common guide", "guide of noord", "no guide"),
    "version": ("version", "no version"),
    "vault": ("vault of officer", "vault of officer of zuid", "no vault"),
    "passkey": ("passkey of officer", "passkey of officer of zuid", "no passkey"),
    "org": ("provider's organisation", "no organisation"),
    "service": ("service of noord", "service of care", "service of nobody", "no service"),
    "partner": ("partner", "no partner"),
    "joint": ("joint review", "no joint review"),
    "note": ("note of noord", "note of care", "no note"),
    "api_token": ("api token of noord", "api token of zuid", "no api token"),
    "secret": ("no secret",),
    "offer": ("offer", "no offer"),
}  # fmt: skip
QUERY = {
    "cards.form": {"kind": "observation.noted"},
    "cards.sections": {"names": "header,observation"},
    "cards.new_card": {"context": "police_asks"},
    "devices.find": {"q": "agent"},
}
NEW = "tafel lamp stoel fiets"
SERVICE = {
    "whose": "own", "kind": "service", "name": "Nachtteam", "phone": "088-000 20 05", "sector": "x", "always": "1", "audience": "all", "version": "0",
}  # fmt: skip
ADAPTED = {"verdict": "may", "reason": "Zo is het.", "ask": "Kan het zo?", "source": "Convenant", "date": "2026-03-01"}
GUIDE = {
    "title": "Deur", "body": "1. Bel", "situations": "worry", "visible": "all", "valid_until": "2027-01-01", "source": "Afspraak", "seen": "0",
    "do": "save",
}  # fmt: skip
HINT = {"match": "agressi*", "unless": "", "for": "both", "tap": "happened", "say": "Wat gebeurde er?"}
BODIES: dict[str, dict[str, Any]] = {
    "api_tokens.make": {"name": "Dossier", "scopes": "cards:read", "days": "90"},
    "api_tokens.withdraw": {},
    "calendars.make": {},
    "calendars.withdraw": {},
    "care_reports.send": {"to_name": "Huisarts", "situation": "Zorgen", "place": "Kruispunt", "incomplete": "true"},
    "cards.open_card": {"situation": "crisis_assessment", "place": "Kruispunt"},
    "cards.write": {"kind": "observation.noted", "says": "Iets"},
    "devices.sign_out_there": {},
    "devices.set_limits": {"session_absolute_h": "72", "session_idle_h": "24", "offline_lock_h": "24", "offline_erase_h": "48"},
    "directory_keeping.add": SERVICE,
    "directory_keeping.change": SERVICE,
    "directory_keeping.change_contacts": {"board_name": "Wie", "board_phone": "088-1"},
    "directory_keeping.change_page": {"agreed_1": "1", "agreed_2": "2", "agreed_3": "3", "answer_days": "5"},
    "directory_keeping.check": {},
    "directory_keeping.remove": {},
    "duty.begin": {"until": "05:00"},
    "duty.end": {},
    "duty.set_rule": {"rule": "everybody"},
    "guide_keeping.add": GUIDE,
    "guide_keeping.change": {**GUIDE, "do": "preview"},
    "guide_keeping.review": {"do": "return", "note": "Anders", "version": "2"},
    "guide_keeping.withdraw": {"do": "back"},
    "guides.put": {"version": "1"},
    "identity.choose_language": {"lang": "en"},
    "identity.sign_in_with_password": {"email": "agent@noord.example", "password": "not this"},
    "identity.sign_out": {},
    "importing.look": {"text": "email;name\nander@noord.example;Ander"},
    "importing.confirm": {"text": "email;name\nander@noord.example;Ander"},
    "importing.download": {"text": "a;b"},
    "invitations.accept": {"name": "Nieuw Iemand", "password": NEW},
    "joint_reviews.add": {"what": "lesson", "text": "Eerder bellen"},
    "joint_reviews.begin": {"partner": "crisisdienst"},
    "joint_reviews.change": {"what": "lesson", "text": "Eerder bellen", "seen": "1"},
    "joint_reviews.set_agenda": {"level": "operational", "forum": "pga", "seen": "1"},
    "joining.make_code": {},
    "joining.join": {"code": "XXXXXX"},
    "language.add_word": HINT,
    "language.adapt": HINT,
    "missing.report": {"about": "Meisje", "unknown": "Onbekend", "organisation": "crisisdienst"},
    "afterwards.set_asking": {"hours": "24"},
    "missing.set_reminding": {"every": "60", "begins": "07:00", "ends": "23:00"},
    "my_signing_in.begin_totp": {"totp_password": demo.PASSWORD},
    "my_signing_in.change_password": {"old": demo.PASSWORD, "new": NEW},
    "my_signing_in.confirm_totp": {"code": "000000"},
    "my_signing_in.new_recovery_codes": {"codes_password": demo.PASSWORD},
    "my_signing_in.remove_totp": {"remove_password": demo.PASSWORD},
    "invitations.ask_for_passkey": {},
    "invitations.accept_with_passkey": {},
    "my_passkeys.ask": {},
    "my_passkeys.make": {},
    "my_passkeys.remove": {},
    "my_passkeys.rename": {"name": "Andere naam"},
    "passkeys.ask": {},
    "passkeys.ask_to_set_up": {},
    "passkeys.set_up": {},
    "passkeys.sign_in": {},
    "people.change": {"name": "Ander", "function": "agent", "role": "member", "team": "A"},
    "people.change_organisation": {"name": "Andere naam", "sector": "x", "second_factor": "optional"},
    "people.deactivate": {},
    "people.invite": {"email": "nog@iemand.example", "role": "member"},
    "people.new_password": {},
    "people.reactivate": {},
    "people.reset_passkeys": {},
    "people.reset_second_way": {},
    "people.withdraw": {},
    "phone.settle": {},
    "privacy.export": {"ground": "avg_access", "reference": "AVG 2026-17"},
    "privacy.hold": {"reason": "klacht 12"},
    "privacy.lift": {"lifted_reason": "klacht 12 is klaar"},
    "privacy.set_periods": {"retention_days": "28", "stays_open_days": "30"},
    "push.keep_wishes": {"wanted": "alarm", "begins": "22:00", "ends": "07:00"},
    "push.switch_off": {},
    "push.try_it": {},
    "provider_settings.remove": {},
    "provider_settings.save": {"issuer": "", "client_id": "motorkap"},
    "provider_settings.try_again": {},
    "provider_settings.unlink": {},
    "review.look": {"reason": "klacht van de familie"},
    "second_step.check_code": {"code": "000000"},
    "second_step.confirm_set_up": {"code": "000000"},
    "sharing.adapt": ADAPTED,
    "vaults.set_rule": {"pin_required": "yes", "pin_idle_min": "9"},
    "visits.asked": {"organisation": "noord", "what": "Kennismaken"},
    "visits.follow_up": {"follow_up": "019a0000-0000-7000-8000-000000000001"},
    "visits.hand_over": {"note": "Koffie"},
    "visits.keep_contact": {"organisation": "dehaven", "rhythm": "weekly"},
    "visits.log_visit": {"whom": "dehaven", "topics": "coffee"},
}
# Where a good question of somebody who may is answered with something else than a page, a file or the way on.
GOOD = {
    # Without the version that was seen nothing is changed, also not by who may.
    "directory_keeping.change": {409},
    "directory_keeping.change_page": {409},
    "directory_keeping.remove": {409},
    "guides.put": {422},
    "guide_keeping.review": {303, 422},
    "joining.join": {422},
    # No card of the matrix is a report: tests/http/test_outgoing.py has one.
    "outgoing.care_report": {404},
    # Care reports to the police and the police to care: one organisation does not do for both sides.
    "missing.report": {303, 422},
    "my_passkeys.make": {400},
    "provider_settings.save": {422},
    "provider_settings.try_again": {404},
    "push.subscribe": {204},
    "set_aside.decide": {303, 404},
    "vaults.keep": {204},
    # There is no such follow-up on any card of the matrix: tests/http/test_visits.py has one.
    "visits.follow_up": {404},
    # Nobody was chosen; and a visit is logged by police alone.
    "visits.hand_over": {422},
    "visits.log_visit": {303, 404},
}


@dataclass(frozen=True)
class Question:
    endpoint: str
    door: str
    method: str
    path: str
    named: str
    more: dict[str, Any]


def questions(world: World, rule: Rule, method: str) -> Iterator[Question]:
    """One for each thing that the address can name."""
    unknown = [name for name in rule.arguments if name not in ARGUMENTS]
    assert not unknown, f"{rule.rule}: say in ARGUMENTS what {unknown} can be, and in requirement.py who may use which"
    names = sorted(rule.arguments)
    for chosen in product(*(ARGUMENTS[name] for name in names)):
        path = rule.rule
        for name, thing in zip(names, chosen, strict=True):
            path = re.sub(f"<(uuid|path):{name}>", f"<{name}>", path).replace(f"<{name}>", world.cards[thing] if name == "card" else world.ids[thing])
        assert "<" not in path, path
        door = str(world.app.view_functions[rule.endpoint].door)  # type: ignore[attr-defined]
        yield Question(rule.endpoint, door, method, path, " ".join(chosen), _sent(world, rule.endpoint, method))


def _sent(world: World, endpoint: str, method: str) -> dict[str, Any]:
    if endpoint == "vaults.keep":
        return {"json": {"secret": world.ids["vault's secret"]}}
    if endpoint == "push.subscribe":
        return {"json": Browser("https://push.example/of-this-device").to_json()}
    if method != "POST":
        return {"query_string": QUERY.get(endpoint, {})}
    if endpoint == "sync.sync":
        return {"json": {"have": {}, "entries": []}}
    if endpoint == "set_aside.decide":
        return {"data": {"do": "put", "device": world.ids["set aside by"], "id": world.ids["set aside"]}}
    if endpoint == "devices.revoke_lost":
        return {"data": {"device": [id_ for name, id_ in world.ids.items() if name.startswith("device")]}}
    assert endpoint in BODIES, f"{endpoint}: say in BODIES what is sent to it"
    data = dict(BODIES[endpoint])
    return {"data": {**data, "id": new_id()} if endpoint == "cards.write" else data}
