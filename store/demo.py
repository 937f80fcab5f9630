"""The demo organisations and their people: roles, not persons. They exist only when somebody asks for them, with `flask demo`."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import segno
import uuid6
from sqlalchemy import func, insert, select

from card.clock import local_day
from card.opening_hours import iso_date
from store import demo_directory, guides
from store.database import one_process, reading, writing
from store.guide_text import NoSteps, read_steps
from store.models import Organisation, Person

PASSWORD = "motorkap-demo"

ORGANISATIONS = (
    ("noord", "Politie Basisteam Noord", "police", "politie", ("agent", "agent2", "wijkagent", "opco", "teamlead", "admin", "privacy")),
    ("zuid", "Politie Basisteam Zuid", "police", "politie", ("agent", "wijkagent", "teamlead")),
    ("crisisdienst", "GGZ Crisisdienst", "care", "ggz", ("triagist", "arts", "teamlead", "admin", "privacy")),
    ("ggzvervoer", "GGZ Vervoer", "care", "vervoer", ("chauffeur", "teamlead")),
    ("veiligthuis", "Veilig Thuis", "care", "veilig thuis", ("medewerker", "teamlead")),
    ("dehaven", "Opvang De Haven", "care", "opvang", ("begeleider", "teamlead")),
    ("ambulance", "Ambulance", "care", "ambulance", ("verpleegkundige", "teamlead")),
    ("ziekenhuis", "Ziekenhuis SEH", "care", "ziekenhuis", ("arts", "teamlead")),
    ("jeugdbescherming", "Jeugdbescherming", "care", "jeugd", ("medewerker", "teamlead")),
    ("kliniek", "Forensische kliniek", "care", "forensische zorg", ("begeleider", "teamlead", "admin")),
    ("verslavingszorg", "Verslavingszorg", "care", "verslavingszorg", ("begeleider", "teamlead")),
    ("ggd", "GGD Meldpunt", "care", "ggd", ("medewerker", "teamlead")),
)
FUNCTIONS = {"agent2": "agent", "opco": "operationeel coördinator", "teamlead": "teamleider", "admin": "beheerder", "privacy": "privacyfunctionaris"}
ROLES = {"teamlead": "lead", "admin": "admin", "privacy": "privacy"}


def make(password_hash: Callable[[str], str], now_ms: int) -> None:
    """Everybody of the list who is not there yet, and the directory. All share one password, hashed once."""
    hashed: str | None = None
    with writing() as connection:
        organisations = set(connection.scalars(select(Organisation.id)))
        accounts = set(connection.scalars(select(Person.email)))
        for slug, name, domain, sector, people in ORGANISATIONS:
            if slug not in organisations:
                # No PIN is asked in the demo: who tries Motorkap on two phones meets it in the settings.
                connection.execute(insert(Organisation).values(id=slug, name=name, domain=domain, sector=sector, pin_required=False))
            for account in people:
                if f"{account}@{slug}.example" not in accounts:
                    hashed = hashed or password_hash(PASSWORD)
                    connection.execute(insert(Person).values(_person(account, slug, name, hashed)))
    demo_directory.make(now_ms)


def make_guide(now_ms: int) -> None:
    """The guide of the forensic clinic for its own door, written by one lead and published by another."""
    with one_process("demo guide"):
        if not guides.of_organisation("kliniek"):
            _make_guide(now_ms)


def _make_guide(now_ms: int) -> None:
    text = (Path(__file__).parent / "demo_guide.md").read_text("utf-8")
    steps = read_steps(text)
    assert not isinstance(steps, NoSteps)
    written = {
        "title": "Onze deur: wapens, telefoons en de sluis",
        "situations": ["danger_inside", "report_offence_inside", "keep_calm_inside", "crime_scene_inside"],
        "place": "Forensische kliniek",
        "visible": "all",
        "valid_until": iso_date(local_day(now_ms) + 365),
        "source": "Afspraak van de kliniek met Basisteam Noord",
        "body": text,
        "steps": steps,
        "instead_of": "weapons-at-the-door",
    }
    with reading() as connection:
        who = {row.email: row.id for row in connection.execute(select(Person.email, Person.id).where(Person.org == "kliniek"))}
    made = guides.write("kliniek", None, written, 0, who["teamlead@kliniek.example"], now_ms)
    guides.review(str(made), 1, True, "", who["admin@kliniek.example"], now_ms)


def _person(account: str, slug: str, organisation: str, hashed: str) -> dict[str, object]:
    function = FUNCTIONS.get(account, account)
    return {
        "id": str(uuid6.uuid7()),
        "org": slug,
        "email": f"{account}@{slug}.example",
        "name": f"{account.capitalize()} {organisation.removeprefix('Politie ')}",
        "function": function,
        "role": ROLES.get(account, "member"),
        "password_hash": hashed,
        "active": True,
    }


def is_there() -> bool:
    """Whether this server has demo accounts, so that the sign-in form may say how to try them."""
    with reading() as connection:
        return bool(connection.scalar(select(func.count()).select_from(Person).where(Person.email == "agent@noord.example")))


def welcome(address: str, say: Callable[[str], object]) -> None:
    """Where to open it, as whom, and how to get it on a phone."""
    drawn = io.StringIO()
    segno.make(address).terminal(drawn, compact=True)
    say(drawn.getvalue())
    say(f"Motorkap runs at {address}\n")
    say(f"Sign in with one of these addresses and the password {PASSWORD}:")
    for slug, name, _, _, people in ORGANISATIONS:
        say(f"  {name:26}{', '.join(f'{account}@{slug}.example' for account in people)}")
    say("\nA phone needs HTTPS for working without a network and for the camera: docs/phone.md shows how, with Caddy.")
    say("Stop with Ctrl-C. What you wrote stays, in the folder DATA (now and by default var/).\n")
