"""Guides (handreikingen): written by a lead, shown after another one of the organisation published them, every version kept (docs/guides.md).

The common guides are files (`card/vocabulary/guides/*.md`), owned by nobody's organisation. What phones get is a book of the shelf with the guides
that somebody may see: the published version of each, also past its date, so that a phone in a basement can say so.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import uuid6
from sqlalchemy import Connection, func, insert, select, update

from card.guides import Guide as Shown
from store.database import reading, writing
from store.edition import edition
from store.guide_text import NoSteps, read_steps
from store.models import Guide, GuideVersion, Organisation, Person
from store.refused import Refused
from store.seldom import Seldom

COMMON_OWNER = "Motorkap"
VISIBLE = ("all", "domain", "org")
WAITING, PUBLISHED, RETURNED, REPLACED = "waiting", "published", "returned", "replaced"
FOLDER = Path(__file__).parent.parent / "card" / "vocabulary" / "guides"

Written = dict[str, Any]
_kept: Seldom[tuple[str, str], tuple[str, list[Shown]]] = Seldom()


# what phones get


def book(organisation: str, domain: str) -> list[Shown]:
    """The book `guides` for somebody of this organisation and side (docs/protocol.md)."""
    return _of(organisation, domain)[1]


def current_edition(organisation: str, domain: str) -> str:
    return _of(organisation, domain)[0]


@cache
def common() -> tuple[dict[str, Any], ...]:
    """The guides that come with Motorkap, as in the book, each with its `body`."""
    return tuple(_from_file(path) for path in sorted(FOLDER.glob("*.md")))


def _from_file(path: Path) -> dict[str, Any]:
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    told = dict(line.split(": ", 1) for line in head.strip().splitlines())
    steps = read_steps(body)
    assert not isinstance(steps, NoSteps), f"{path.name}: {steps}"
    read = {"situations": told["situations"].split(", "), "version": int(told["version"]), "steps": steps, "body": body.strip()}
    return {"id": path.stem, "owner": COMMON_OWNER, "instead_of": "", "place": "", **told, **read}


def _of(organisation: str, domain: str) -> tuple[str, list[Shown]]:
    known = _kept.known()
    if (organisation, domain) not in known:
        with reading() as connection:
            own = [_shown(row) for row in _published(connection) if _may_see(row, organisation, domain)]
        told = [{name: value for name, value in guide.items() if name != "body"} for guide in common()] + own
        known[organisation, domain] = (edition(told), told)
    return known[organisation, domain]


def _published(connection: Connection) -> list[Any]:
    """The newest published version of every guide that was not withdrawn, with its owner and their side."""
    newest = (
        select(GuideVersion.guide, func.max(GuideVersion.version).label("version"))
        .where(GuideVersion.state == PUBLISHED)
        .group_by(GuideVersion.guide)
        .subquery()
    )
    asked = (
        select(GuideVersion.__table__, Guide.owner, Guide.instead_of, Organisation.domain)
        .join(newest, (newest.c.guide == GuideVersion.guide) & (newest.c.version == GuideVersion.version))
        .join(Guide, Guide.id == GuideVersion.guide)
        .join(Organisation, Organisation.id == Guide.owner)
        .where(Guide.withdrawn_ms.is_(None))
        .order_by(Guide.owner, GuideVersion.title, Guide.id)
    )
    return list(connection.execute(asked))


def _may_see(row: Any, organisation: str, domain: str) -> bool:
    return bool(row.owner == organisation or row.visible == "all" or (row.visible == "domain" and row.domain == domain))


def _shown(row: Any) -> Shown:
    said = {name: getattr(row, name) for name in ("title", "place", "owner", "version", "valid_until", "source", "instead_of")}
    return {"id": row.guide, **said, "situations": json.loads(row.situations), "steps": json.loads(row.steps)}


# what leads keep


def of_organisation(organisation: str) -> list[dict[str, Any]]:
    """Its guides by title: {"id", "title", "valid_until", "published": version or None, "waiting": version or None, "withdrawn"}."""
    with reading() as connection:
        ids = connection.scalars(select(Guide.id).where(Guide.owner == organisation)).all()
    found = [guide for guide in (one(organisation, id_) for id_ in ids) if guide]
    return sorted(found, key=lambda guide: str(guide["newest"]["title"]).lower())


def one(organisation: str, guide: str) -> dict[str, Any] | None:
    """A guide of this organisation: its versions, newest first, which one shows, and which one waits for a review. None for no guide of theirs."""
    writer, reviewer = Person.__table__.alias(), Person.__table__.alias()
    asked = (
        select(GuideVersion.__table__, Guide.instead_of, Guide.withdrawn_ms, writer.c.name.label("writer"), reviewer.c.name.label("reviewer"))
        .join(Guide, Guide.id == GuideVersion.guide)
        .join(writer, writer.c.id == GuideVersion.by)
        .outerjoin(reviewer, reviewer.c.id == GuideVersion.reviewed_by)
        .where(Guide.id == guide, Guide.owner == organisation)
        .order_by(GuideVersion.version.desc())
    )
    with reading() as connection:
        rows = connection.execute(asked).mappings().all()
    if not rows:
        return None
    versions = [{**row, "situations": json.loads(row["situations"]), "steps": json.loads(row["steps"])} for row in rows]
    return {
        "id": guide,
        "instead_of": versions[0]["instead_of"],
        "withdrawn": versions[0]["withdrawn_ms"] is not None,
        "versions": versions,
        "newest": versions[0],
        "published": next((one for one in versions if one["state"] == PUBLISHED), None),
        "waiting": versions[0] if versions[0]["state"] == WAITING else None,
    }


def write(organisation: str, guide: str | None, written: Written, seen: int, by: str, now_ms: int) -> str | Refused:
    """A new version that waits for a review; the id of the guide. `conflict` when there is a newer version than the writer had seen.

    `written`: title, situations, place, visible, valid_until, source, body, steps, and for a new guide instead_of.
    """
    id_ = guide or str(uuid6.uuid7())
    with writing() as connection:
        if guide is None:
            connection.execute(insert(Guide).values(id=id_, owner=organisation, instead_of=written["instead_of"]))
        newest = connection.scalar(select(func.max(GuideVersion.version)).where(GuideVersion.guide == id_)) or 0
        if newest != seen:
            return Refused("conflict")
        waiting = update(GuideVersion).where(GuideVersion.guide == id_, GuideVersion.state == WAITING)
        connection.execute(waiting.values(state=REPLACED))
        told = {name: written[name] for name in ("title", "place", "visible", "valid_until", "source", "body")}
        lists = {name: json.dumps(written[name], ensure_ascii=False) for name in ("situations", "steps")}
        facts = {"by": by, "written_ms": now_ms, "state": WAITING, "note": ""}
        connection.execute(insert(GuideVersion).values(guide=id_, version=newest + 1, **told, **lists, **facts))
    return id_


def review(guide: str, version: int, publish: bool, note: str, by: str, now_ms: int) -> Refused | None:
    """Publishes the version that waits, or gives it back. Refused: `own_text` for who wrote it, `conflict` when that version waits no more."""
    with writing() as connection:
        asked = select(GuideVersion.by, GuideVersion.state).where(GuideVersion.guide == guide, GuideVersion.version == version)
        found = connection.execute(asked).first()
        if found is None or found.state != WAITING:
            return Refused("conflict")
        if found.by == by:
            return Refused("own_text")
        done = {"state": PUBLISHED if publish else RETURNED, "reviewed_by": by, "reviewed_ms": now_ms, "note": note}
        connection.execute(update(GuideVersion).where(GuideVersion.guide == guide, GuideVersion.version == version).values(**done))
    _kept.forget()
    return None


def withdraw(guide: str, by: str | None, now_ms: int | None) -> None:
    """It shows to nobody any more; with None it shows again."""
    with writing() as connection:
        connection.execute(update(Guide).where(Guide.id == guide).values(withdrawn_ms=now_ms, withdrawn_by=by))
    _kept.forget()
