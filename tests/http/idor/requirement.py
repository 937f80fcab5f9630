"""What is required (issue 3, item 5; docs/access.md), as tables that a person can check. Nothing here asks card/access.py, which is what is tested.

Everybody of Noord is on duty always; the crisisdienst works with a rota; who watches over privacy is on no card by the organisation.
"""

from __future__ import annotations

from tests.http.idor.world import ACCOUNTS

NOORD = {"officer", "colleague", "lead", "admin"}
ZUID = {"officer elsewhere", "lead elsewhere", "admin elsewhere"}
CARE_ON_DUTY = {"triagist on duty", "care lead on duty"}
WROTE = {"care writer off duty"}
LEADS = {"lead", "care lead off duty", "care lead on duty", "lead elsewhere"}
ADMINS = {"admin", "care admin off duty", "admin elsewhere"}
WATCHERS = {"privacy", "care privacy", "privacy elsewhere"}
EVERYBODY = set(ACCOUNTS)
NONE: set[str] = set()

# Who is on a card: by the own organisation and on duty, by having opened, written or joined; until they or their organisation are taken off.
ON_CARD = {
    "own": NOORD,
    "invited": NOORD | CARE_ON_DUTY | WROTE,
    "joined": ZUID | {"colleague", "doctor off duty"},
    "taken off": ZUID,
    "organisation taken off": ZUID,
    "closed": NOORD | CARE_ON_DUTY | WROTE,
    "purged": NONE,
    "not opened yet": NONE,
    "of care": CARE_ON_DUTY | WROTE,
    "missing": NONE,
}
# Which leads may look back: those of whose team somebody opened, joined or wrote, or had duty for the card, and is still on it (docs/access.md).
LOOKS_BACK = {
    "own": {"lead"},
    "invited": {"lead", "care lead off duty", "care lead on duty"},
    "joined": {"lead elsewhere", "lead", "care lead off duty", "care lead on duty"},
    "taken off": {"lead elsewhere"},
    "organisation taken off": {"lead elsewhere"},
    "closed": {"lead", "care lead off duty", "care lead on duty"},
    "of care": {"care lead off duty", "care lead on duty"},
}
# ... and who of them sees it without giving a reason: who is on it anyway, and everybody once it is closed.
SEES_LOOKING_BACK = {
    "own": {"lead"},
    "invited": {"lead", "care lead on duty"},
    "joined": {"lead elsewhere"},
    "taken off": {"lead elsewhere"},
    "organisation taken off": {"lead elsewhere"},
    "closed": {"lead", "care lead off duty", "care lead on duty"},
    "of care": {"care lead on duty"},
}
# Who accounts for a card: the organisation takes part in it, or one of its people opened it or joined it by code and is still on it.
ACCOUNTS_FOR = {
    "own": {"privacy"},
    "invited": {"privacy", "care privacy"},
    "joined": {"privacy elsewhere", "privacy", "care privacy"},
    "taken off": {"privacy elsewhere"},
    "organisation taken off": {"privacy elsewhere"},
    "closed": {"privacy", "care privacy"},
    "of care": {"care privacy"},
}

# Which door lets whom through, where the address names no card; and where it does.
DOORS = {
    "public": EVERYBODY,
    "signed_in": EVERYBODY,
    "device": EVERYBODY,
    "handing_in": EVERYBODY,
    "lead": LEADS,
    "admin": ADMINS,
    "keeper": LEADS | ADMINS,
    "privacy": WATCHERS,
    "joint": NONE,
    # For what has no cookie (tests/http/test_api.py, test_calendars.py): nobody comes in with one.
    "token": NONE,
    "feed": NONE,
    # Nobody has an account to watch over a server with (tests/http/test_metrics.py).
    "watcher": NONE,
}
# A card whose opening has not arrived is no page and no JSON for anybody; its writer's own phone gets its own words back.
ON_PHONE = {**ON_CARD, "not opened yet": {"officer elsewhere"}}
DOORS_OF_CARDS: dict[str, dict[str, set[str]]] = {
    "member": ON_CARD, "reviewer": LOOKS_BACK, "privacy": ACCOUNTS_FOR, "token": {}, "feed": {}, "joint": {}, "watcher": {},
}  # fmt: skip

# Whose texts an answer behind a door may hold. Pages of administrators, and the list of a lead before a reason, hold none.
TEXTS = {
    "public": ON_CARD,
    "signed_in": ON_CARD,
    "device": ON_CARD,
    "handing_in": ON_PHONE,
    "member": ON_CARD,
    "reviewer": SEES_LOOKING_BACK,
    "privacy": ACCOUNTS_FOR,
    "lead": {},
    "admin": {},
    "keeper": {},
    "token": {},
    "feed": {},
    "watcher": {},
    # What is for everybody on a closed card, for the leads of both organisations.
    "joint": {"closed": {"lead", "care lead off duty", "care lead on duty"}},
}
# Of which cards an answer behind a door may even say the id. (The access log names what own people asked for, also in vain.)
NAMES = {**TEXTS, "lead": LOOKS_BACK, "keeper": {"own": {"lead", "admin"}}}

# The side and the organisation of each, for whom an entry is.
SIDE = {who: "care" if "crisisdienst" in account else "police" for who, account in ACCOUNTS.items()}
ORGANISATION = {who: account.partition("@")[2].removesuffix(".example") for who, account in ACCOUNTS.items()}


def is_for(who: str, audience: str) -> bool:
    return audience in ("all", SIDE[who], f"org:{ORGANISATION[who]}")


# What an address names that is no card: who may use which. Everything else is not there.
COLLEAGUES = {
    "person of noord": {who for who, org in ORGANISATION.items() if org == "noord"},
    "person of zuid": {who for who, org in ORGANISATION.items() if org == "zuid"},
    "person of care": {who for who, org in ORGANISATION.items() if org == "crisisdienst"},
}
# Leads and administrators keep what the directory says of their own organisation, and what is of nobody with an account.
SERVICES = {"service of noord": EVERYBODY, "service of care": EVERYBODY, "service of nobody": EVERYBODY}
KEEPS_SERVICES = {
    "service of noord": {"lead", "admin"},
    "service of care": {"care lead off duty", "care lead on duty", "care admin off duty"},
    "service of nobody": LEADS | ADMINS,
}
KEEPS_PAGES = {"provider's organisation": {"lead", "admin"}}
KEEPS_CONTACTS = {"provider's organisation partner": {"lead", "admin"}}
OWN_PEOPLE = {"person of noord": {"admin"}, "person of zuid": {"admin elsewhere"}, "person of care": {"care admin off duty"}}
# Guides: what everybody has, what one organisation wrote for itself, and the leads and administrators who keep it.
GUIDES = {"common guide": EVERYBODY, "guide of noord": NOORD | {"privacy"}}
ON_CARDS = {f"{card} {guide}": them & who for card, them in ON_CARD.items() for guide, who in GUIDES.items()}
KEPT = {"guide of noord": {"lead", "admin"}}
JOINT = {"joint review": {"lead", "care lead off duty", "care lead on duty"}}
OF_OTHER_THINGS = {
    "joint_reviews.one": JOINT,
    "joint_reviews.add": JOINT,
    "joint_reviews.agenda": JOINT,
    "joint_reviews.agenda_file": JOINT,
    "joint_reviews.set_agenda": JOINT,
    "joint_reviews.change": {
        "joint review note of noord": {"lead"},
        "joint review note of care": {"care lead off duty", "care lead on duty"},
    },
    "api_tokens.withdraw": {"api token of noord": {"admin"}, "api token of zuid": {"admin elsewhere"}},
    "outgoing.handover": {"invited offer": ON_CARD["invited"]},
    "devices.lost": COLLEAGUES,
    "devices.revoke_lost": COLLEAGUES,
    "devices.sign_out_there": {"device of officer, elsewhere": {"officer"}, "device of officer of zuid": {"officer elsewhere"}},
    "people.person": OWN_PEOPLE,
    "people.change": OWN_PEOPLE,
    "people.deactivate": OWN_PEOPLE,
    "people.reactivate": OWN_PEOPLE,
    "people.new_password": OWN_PEOPLE,
    "people.reset_second_way": OWN_PEOPLE,
    "people.reset_passkeys": OWN_PEOPLE,
    "provider_settings.unlink": OWN_PEOPLE,
    "people.withdraw": {"invitation of noord": {"admin"}, "invitation of zuid": {"admin elsewhere"}},
    "my_passkeys.rename": {"passkey of officer": {"officer"}, "passkey of officer of zuid": {"officer elsewhere"}},
    "my_passkeys.remove": {"passkey of officer": {"officer"}, "passkey of officer of zuid": {"officer elsewhere"}},
    "vaults.secret": {"vault of officer": {"officer"}, "vault of officer of zuid": {"officer elsewhere"}},
    "vaults.keep": {"vault of officer": {"officer"}, "vault of officer of zuid": {"officer elsewhere"}, "no vault": EVERYBODY},
    "sharing.rule": {"rule": ADMINS},
    "directory.service": SERVICES,
    "directory.kitchen": {"provider's organisation": EVERYBODY},
    "directory_keeping.edit": KEEPS_SERVICES,
    "directory_keeping.change": KEEPS_SERVICES,
    "directory_keeping.check": KEEPS_SERVICES,
    "directory_keeping.remove": KEEPS_SERVICES,
    "directory_keeping.page": KEEPS_PAGES,
    "directory_keeping.change_page": KEEPS_PAGES,
    "directory_keeping.contacts": KEEPS_CONTACTS,
    "directory_keeping.change_contacts": KEEPS_CONTACTS,
    "sharing.adapt": {"rule": ADMINS},
    "guides.one": GUIDES,
    "guides.one_for_card": ON_CARDS,
    "guides.put": ON_CARDS,
    "guide_keeping.one": KEPT,
    "guide_keeping.edit": KEPT,
    "guide_keeping.change": KEPT,
    "guide_keeping.version": {"guide of noord version": {"lead", "admin"}},
    "guide_keeping.review": KEPT,
    "guide_keeping.withdraw": KEPT,
    "language.word": {"word": LEADS | ADMINS},
    "language.adapt": {"word": LEADS | ADMINS},
    "invitations.invitation": {"token": EVERYBODY},
    "invitations.accept": {"token": EVERYBODY},
    "invitations.ask_for_passkey": {"token": EVERYBODY},
    "invitations.accept_with_passkey": {"token": EVERYBODY},
    "provider.back": {"provider's organisation": EVERYBODY, "no organisation": EVERYBODY},
}
