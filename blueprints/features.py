"""What people can do, as one list: every feature with its routes. `app.py` registers them in this order."""

from __future__ import annotations

from blueprints import (
    agreements,
    cards,
    consultations,
    devices,
    directory,
    directory_keeping,
    duty,
    figures,
    guide_keeping,
    guides,
    health,
    identity,
    importing,
    invitations,
    joining,
    language,
    live,
    missing,
    my_passkeys,
    my_signing_in,
    passkeys,
    people,
    phone,
    plans,
    privacy,
    provider,
    provider_settings,
    push,
    review,
    second_step,
    seen,
    set_aside,
    sharing,
    shell,
    sync,
    vaults,
    visits,
)

FEATURES = (
    identity, passkeys, second_step, provider, provider_settings, my_signing_in, my_passkeys, people, importing, invitations, cards, plans, visits,
    agreements, consultations, missing, joining, phone, push, devices, seen, set_aside, duty, review, figures, sharing, directory_keeping, directory,
    language, guides, guide_keeping, sync, live, privacy, vaults, shell, health,
)  # fmt: skip
