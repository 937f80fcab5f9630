"""Document: something of a card that goes to another system as a whole, with its writer and its sections, as a FHIR R4 document Bundle.

What is handed over is a `Document`; each kind of document is a module that makes one (`handover.py`). Everything here is text that people wrote:
nothing is coded that nobody coded, and what was not said says so. The subject is the short description of the card and no Patient: the card knows no
identity.

Ids follow from what they name, so that the same document made twice is the same. Reasons: docs/decisions/0019.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import UUID, uuid5

Resource = dict[str, Any]

MIMETYPE = "application/fhir+json"
LOINC = "http://loinc.org"
OURS = "urn:motorkap"
_NAMES = UUID("019ac0de-0000-7000-8000-6d6f746f726b")
_XHTML = "http://www.w3.org/1999/xhtml"
# What XML 1.0 cannot hold; JSON can, so somebody's text may have it.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EMPTY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}]}


@dataclass(frozen=True)
class Party:
    """An organisation: its slug and its name."""

    id: str
    name: str


@dataclass(frozen=True)
class Writer:
    """Who said something, in which function, for which organisation."""

    id: str
    name: str
    function: str
    party: Party


@dataclass(frozen=True)
class Section:
    """`rows`: (what it is called, what was said). Without rows nothing was said, and `nothing` are the words for that."""

    code: str
    title: str
    rows: tuple[tuple[str, str], ...]
    nothing: str


@dataclass(frozen=True)
class Attested:
    """Who took responsibility for it, and when."""

    by: Writer
    at_ms: int


@dataclass(frozen=True)
class Document:
    """`id`: the entry of which it is the content. `loinc`: what kind of document, as (code, display)."""

    id: str
    loinc: tuple[str, str]
    title: str
    status: str
    about: str
    at_ms: int
    by: Writer
    attested: tuple[Attested, ...]
    sections: tuple[Section, ...]


def bundle(document: Document, made_ms: int) -> Resource:
    """The Bundle: the Composition first, then everybody it refers to."""
    id_ = str(uuid5(_NAMES, f"bundle {document.id} {made_ms}"))
    resources = [composition(document), *_everybody([document.by, *(one.by for one in document.attested)])]
    return {
        "resourceType": "Bundle",
        "id": id_,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{id_}"},
        "type": "document",
        "timestamp": instant(made_ms),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }


def composition(document: Document) -> Resource:
    code, display = document.loinc
    about = plain(document.about)
    return {
        "resourceType": "Composition",
        "id": str(uuid5(_NAMES, f"composition {document.id}")),
        "language": "nl",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{document.id}"},
        "status": document.status,
        "type": {"coding": [{"system": LOINC, "code": code, "display": display}], "text": document.title},
        **({"subject": {"display": about}} if about else {}),
        "date": instant(document.at_ms),
        "author": [_reference(_role_id(document.by))],
        "title": document.title,
        "confidentiality": "R",
        "attester": [
            _attester("personal", document.by, document.at_ms),
            *(_attester("professional", one.by, one.at_ms) for one in document.attested),
        ],
        "custodian": _reference(_organisation_id(document.by.party)),
        "section": [_section(one) for one in document.sections],
    }


def _attester(mode: str, by: Writer, at_ms: int) -> Resource:
    return {"mode": mode, "time": instant(at_ms), "party": _reference(_role_id(by))}


def instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(text: str) -> str:
    """What people wrote, without what an XML text cannot hold, and nothing where only space is left."""
    return _NO_XML.sub("", text).strip()


def _section(section: Section) -> Resource:
    rows = [(plain(name), said) for name, text in section.rows if (said := plain(text))]
    told = "".join(f"<dt>{escape(name)}</dt><dd>{_lines(said)}</dd>" for name, said in rows)
    inner = f"<dl>{told}</dl>" if rows else f"<p>{escape(section.nothing)}</p>"
    return {
        "title": section.title,
        "code": {"coding": [{"system": f"{OURS}:section", "code": section.code}], "text": section.title},
        "text": {"status": "generated", "div": f'<div xmlns="{_XHTML}" lang="nl">{inner}</div>'},
        **({} if rows else {"emptyReason": {**_EMPTY, "text": section.nothing}}),
    }


def _lines(said: str) -> str:
    return "<br/>".join(escape(line) for line in said.splitlines())


def _everybody(writers: Iterable[Writer]) -> list[Resource]:
    """Each writer and each organisation once: a PractitionerRole, its Practitioner and its Organization."""
    found: dict[str, Resource] = {}
    for writer in writers:
        for one in (_role(writer), _practitioner(writer), _organisation(writer.party)):
            found.setdefault(one["id"], one)
    return list(found.values())


def _role(writer: Writer) -> Resource:
    function = plain(writer.function)
    return {
        "resourceType": "PractitionerRole",
        "id": _role_id(writer),
        "practitioner": _reference(_person_id(writer)),
        "organization": _reference(_organisation_id(writer.party)),
        **({"code": [{"text": function}]} if function else {}),
    }


def _practitioner(writer: Writer) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": _person_id(writer),
        "identifier": [{"system": f"{OURS}:person", "value": plain(writer.id) or "?"}],
        "name": [{"text": plain(writer.name) or plain(writer.id) or "?"}],
    }


def _organisation(party: Party) -> Resource:
    return {
        "resourceType": "Organization",
        "id": _organisation_id(party),
        "identifier": [{"system": f"{OURS}:organisation", "value": plain(party.id) or "?"}],
        "name": plain(party.name) or plain(party.id) or "?",
    }


def _role_id(writer: Writer) -> str:
    return str(uuid5(_NAMES, f"role {writer.id} {writer.party.id}"))


def _person_id(writer: Writer) -> str:
    return str(uuid5(_NAMES, f"person {writer.id}"))


def _organisation_id(party: Party) -> str:
    return str(uuid5(_NAMES, f"organisation {party.id}"))


def _reference(id_: str) -> Resource:
    return {"reference": f"urn:uuid:{id_}"}
