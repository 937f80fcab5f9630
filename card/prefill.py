"""Prefill: what a handover or a care report can begin with, because the card knows it already: its writer corrects and types less (report 3.2.2).

Only what everybody on the card may read goes in: the other side reads a handover, and a note for one side must not reach them by it. An offer after
an earlier one begins with that one, and with what came since. It is a proposal for a form; nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from card.clock import clock
from card.entry import trimmed
from card.gathered import Item
from card.vocabulary import KINDS, LEVELS, RISK_FOR

SBAR = [name for name, field in KINDS["handover.offered"]["fields"].items() if name not in ("to", "gives", "ground")]
_NOTED = ("found", "does", "says", "used", "means", "since", "note")
_FACTS = {"weapons": ("weapon",), "substances": ("substances",), "left_behind": ("children", "animals")}
_FROM_NOTES = {"found": "found", "weapons": "means", "substances": "used"}


def prefill(card: Mapping[str, Any], words: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Per field of `handover.offered` a text that fits in it, or a choice; no field of which the card knows nothing.

    `card` is a folded card, `words` what things are called by key (vocabulary and screen), `names` the organisations by id.
    """
    earlier = _earlier(card)
    told = _told(card, words, names, None)
    if earlier:
        kept, since = _offered(earlier), _told(card, words, names, earlier)
        told |= {field: _later(field, said, since.get(field, "")) for field, said in kept.items()}
    return {field: _cut(told[field], KINDS["handover.offered"]["fields"][field].get("max")) for field in SBAR if told.get(field)}


def prefill_report(card: Mapping[str, Any], words: Mapping[str, str], org: str) -> dict[str, str]:
    """Per field of `care_report.sent` a text or a choice, for an author of this organisation.

    A report goes to others than those on the card. So what another organisation shared on a ground stays out of it: that ground was for this card,
    and to pass it on is theirs to decide.
    """

    def own(items: Iterable[Item]) -> list[Item]:
        return [item for item in _for_all(card, items, None) if item["org"] == org or not item["body"].get("ground")]

    fields, heads, opened = KINDS["care_report.sent"]["fields"], own(card["risk"]["client"]["heads"]), own(_opening(card))
    children = [head for whom in RISK_FOR for head in own(card["risk"][whom]["heads"]) if "children" in _facts(head)]
    levels = {head["body"]["level"] for head in heads} & set(fields["level"]["choices"])
    told = {
        "whom": _lines(_text(item, "about") for item in opened),
        "situation": _lines([
            *(_noted(item, "problem", words) for item in own(card["picture"]["heads"])),
            *(_noted(one["item"], "text", words) for one in card["consultations"] if own([one["item"]])),
            *(_named(card, words) for _ in opened[:1]),
        ]),
        "facts": _newest([_note(item, words) for item in own(card["observations"])], fields["facts"]["max"]),
        "children": "yes" if children else "",
        "children_note": _lines(_text(head, "note") for head in children),
        "level": max(levels, key=LEVELS.index, default=""),
        "done": _lines([
            *(_noted(item, "plan", words) for item in own(card["plan"]["heads"])),
            *(_drives(item, words) for item in own(card["transport"]["heads"])),
        ]),
    }  # fmt: skip
    return {field: _cut(text, fields[field].get("max")) for field, text in told.items() if text}


def _later(field: str, said: str, since: str) -> str:
    """What the earlier offer said and what came since; a newer judgement of the risk stands in the place of an older one."""
    return since or said if field == "assessment" else _lines([said, since])


def _told(card: Mapping[str, Any], words: Mapping[str, str], names: Mapping[str, str], after: Item | None) -> dict[str, str]:
    """What the card says, field by field; `after`: only what was written after that."""
    notes = _for_all(card, card["observations"], after)
    judged = {whom: _for_all(card, card["risk"][whom]["heads"], after) for whom in RISK_FOR}
    heads = [head for whom in RISK_FOR for head in judged[whom]]
    told = {
        "situation": _lines(_situation(card, words, after)),
        "background": _newest([_note(item, words) for item in notes], KINDS["handover.offered"]["fields"]["background"]["max"]),
        "assessment": _lines(_risk(whom, judged[whom], words, names) for whom in RISK_FOR if judged[whom]),
        "if_then": _lines(_turns(item, words) for item in _for_all(card, card["plan"]["heads"], after)),
        "found": _lines(_noted(item, "found", words) for item in notes),
        **{field: _lines([*_because(heads, facts, words), *_from_notes(notes, field, words)]) for field, facts in _FACTS.items()},
    }
    return {field: text for field, text in told.items() if text}


def _situation(card: Mapping[str, Any], words: Mapping[str, str], after: Item | None) -> list[str]:
    opening = _for_all(card, _opening(card), after)
    where = [_text(item, name) for item in opening for name in ("about", "place")]
    drives = [_drives(item, words) for item in _for_all(card, card["transport"]["heads"], after)]
    return [
        *(_noted(item, "problem", words) for item in _for_all(card, card["picture"]["heads"], after)),
        ". ".join(part for part in [_named(card, words) if opening else "", *where] if part),
        *(_corrected(item, words) for item in opening),
        *drives,
    ]


def _opening(card: Mapping[str, Any]) -> list[Item]:
    opened = card["opened"]["entry"] if card["opened"] else None
    return [item for item in card["timeline"] if item["id"] == opened]


def _named(card: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """What kind of situation it is, in words."""
    slug = card["situation"].replace("-", "_") if isinstance(card["situation"], str) else ""
    return words.get(f"situation.{slug}", slug.replace("_", " "))


def _drives(item: Item, words: Mapping[str, str]) -> str:
    reason = _text(item, "reason")
    by = f"{_word(words, 'kind.transport.chosen')}: {_word(words, 'choice.by.' + item['body']['by'])}"
    return " ".join(part for part in [by, f"({reason})" if reason else "", _corrected(item, words)] if part)


def _turns(item: Item, words: Mapping[str, str]) -> str:
    """What the plan does when it turns: sentences, or from other systems the two halves of one."""
    rules = item["body"].get("if_then")
    return _lines(_turn(rule, words) for rule in rules) if isinstance(rules, list) else ""


def _turn(rule: Any, words: Mapping[str, str]) -> str:
    if not isinstance(rule, dict):
        return trimmed(rule) if isinstance(rule, str) else ""
    halves = {half: rule[half] if isinstance(rule.get(half), str) else "…" for half in ("if", "then")}
    return _word(words, "plan.if_then").replace("{if}", halves["if"]).replace("{then}", halves["then"])


def _note(item: Item, words: Mapping[str, str]) -> str:
    """One observation in a line: when, what, and how it is known."""
    source = item["body"].get("source")
    said = "; ".join(f"{_label(name, words)}: {_text(item, name)}" for name in _NOTED if _text(item, name))
    known = f"({words[f'choice.source.{source}']})" if isinstance(source, str) and f"choice.source.{source}" in words else ""
    return " ".join(part for part in [clock(item["at"]), said, known, _corrected(item, words)] if part)


def _risk(whom: str, heads: list[Item], words: Mapping[str, str], names: Mapping[str, str]) -> str:
    about = f"{_word(words, f'choice.for.{whom}')}:"
    if len(heads) == 1:
        return f"{about} {_judgement(heads[0], words)}"
    differ = {(head["body"]["level"], head["body"].get("acute") is True) for head in heads}
    sides = " / ".join(f"{names.get(head['org'], head['org'])} {clock(head['at'])}: {_judgement(head, words)}" for head in heads)
    return " ".join([about, *([_word(words, "risk.disagreement")] if len(differ) > 1 else []), sides])


def _judgement(head: Item, words: Mapping[str, str]) -> str:
    acute = [_word(words, "risk.acute")] if head["body"].get("acute") is True else []
    facts = ", ".join(_word(words, f"choice.facts.{fact}") for fact in _facts(head))
    level = ", ".join([_word(words, "choice.level." + head["body"]["level"]), *acute])
    return " ".join(part for part in [level, f"({facts})" if facts else "", _text(head, "note"), _corrected(head, words)] if part)


def _because(heads: Iterable[Item], facts: tuple[str, ...], words: Mapping[str, str]) -> list[str]:
    """The facts of these that a judgement names, each with what its writer said."""
    return [
        ": ".join(part for part in [_word(words, f"choice.facts.{fact}"), _text(head, "note")] if part)
        for head in heads
        for fact in _facts(head)
        if fact in facts
    ]


def _from_notes(notes: Iterable[Item], field: str, words: Mapping[str, str]) -> list[str]:
    return [_noted(item, _FROM_NOTES[field], words) for item in notes] if field in _FROM_NOTES else []


def _facts(head: Item) -> list[str]:
    facts = head["body"].get("facts")
    return [fact for fact in facts if isinstance(fact, str)] if isinstance(facts, list) else []


def _noted(item: Item, name: str, words: Mapping[str, str]) -> str:
    text = _text(item, name)
    return " ".join(part for part in [text, _corrected(item, words)] if part) if text else ""


def _corrected(item: Item, words: Mapping[str, str]) -> str:
    return " ".join(f"({_word(words, 'card.corrected')} {said['text']})" for said in item["corrections"])


def _for_all(card: Mapping[str, Any], items: Iterable[Item], after: Item | None) -> list[Item]:
    """Those that everybody may read, with corrections that everybody may read: to correct for one side alone is no reason to tell the other."""
    whom = {item["id"]: item["audience"] for item in card["timeline"]}
    return [
        item
        for item in items
        if item["audience"] == "all"
        and all(whom.get(said["id"]) == "all" for said in item["corrections"])
        and (after is None or (item["at"], item["id"]) > (after["at"], after["id"]))
    ]


def _earlier(card: Mapping[str, Any]) -> Item | None:
    """The last offer that everybody could read and nobody corrected."""
    offered = [offer["item"] for offer in card["handovers"] if not offer["item"]["corrections"]]
    return next(reversed(_for_all(card, offered, None)), None)


def _offered(item: Item) -> dict[str, str]:
    searched = KINDS["handover.offered"]["fields"]["searched"]["choices"]
    said = {name: _text(item, name) for name in SBAR}
    return {name: text for name, text in said.items() if text and (name != "searched" or text in searched)}


def _text(item: Item, name: str) -> str:
    """What other systems send may hold anything."""
    said = item["body"].get(name)
    return trimmed(said) if isinstance(said, str) else ""


def _word(words: Mapping[str, str], key: str) -> str:
    return words.get(key, key)


def _label(name: str, words: Mapping[str, str]) -> str:
    return words.get(f"field.observation.noted.{name}") or words.get(f"field.{name}", name)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _newest(lines: list[str], most: int) -> str:
    """The last lines that fit, with a sign when earlier ones did not."""
    kept, room = 0, most - len("…")
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept += 1
    kept = max(kept, 1)
    return _lines(lines if kept >= len(lines) else ["…", *lines[-kept:]])


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"
