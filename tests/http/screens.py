"""Reading a page as a browser does: its forms and what they would send, its ids, its labels, its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"hidden", "submit", "button"}


@dataclass
class Form:
    action: str
    attributes: dict[str, str]
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def filled(self, **typed: str | list[str]) -> dict[str, list[str]]:
        """What the browser sends when this is filled in. A field that the form does not have cannot be filled in."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        for name, value in typed.items():
            spelled = name.rstrip("_").replace("__", ".")
            assert spelled in self.names, f"the form has no {spelled}, but {self.names}"
            sent[spelled] = value if isinstance(value, list) else [value]
        return sent


class Screen(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.described: dict[str, str] = {}
        self.by_id: dict[str, str] = {}
        self.links: list[str] = []
        self.sections: list[str] = []
        self.swapped: list[str] = []
        self.unlabelled: list[str] = []
        self.unclosed: list[str] = []
        self.text = ""
        self._open: list[tuple[str, dict[str, str]]] = []
        self._labels: set[str] = set()
        self._controls: list[tuple[str, bool]] = []
        self._select = self._area = ""
        self.feed(markup)
        self.close()
        self.unclosed += [tag for tag, _ in self._open]
        self.unlabelled = [name for name, inside in self._controls if not inside and name not in self._labels]

    def form(self, kind: str = "") -> Form:
        """The form that writes this kind, or the only one."""
        found = [one for one in self.forms if not kind or ("kind", kind) in one.fields]
        assert len(found) == 1, f"{len(found)} forms for {kind or 'anything'}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("id", "").startswith("section-"):
            self.sections.append(given["id"].removeprefix("section-"))
            self.swapped += [self.sections[-1]] if "hx-swap-oob" in given else []
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given))
        self._control(tag, given)
        if tag not in VOID:
            self._open.append((tag, given))

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if tag == "button" and "name" in given and self.forms:
            self.forms[-1].names.append(given["name"])
            self.forms[-1].choices.setdefault(given["name"], []).append(given.get("value", ""))
        if tag not in ("input", "select", "textarea", "option"):
            return
        name, type_ = given.get("name", ""), given.get("type", "text")
        form = self.forms[-1] if self.forms else Form("", {})
        if name:
            form.names.append(name)
        if tag == "input" and type_ in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(given.get("value", "on"))
        if tag == "input" and (type_ not in ("radio", "checkbox") or "checked" in given):
            form.fields.append((name, given.get("value", "")))
        if tag == "option" and "selected" in given:
            form.fields.append((self._select, given.get("value", "")))
        self._select = name if tag == "select" else self._select
        self._area = name if tag == "textarea" else ""
        if tag == "textarea":
            form.fields.append((name, ""))
        if tag != "option" and type_ not in UNSEEN:
            inside = any(open_tag == "label" for open_tag, _ in self._open) or "aria-label" in given
            self._controls.append((given.get("id", f"{name} without id"), inside))
            self.described[given.get("id", "")] = given.get("aria-describedby", "")

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            open_tag, _ = self._open.pop()
            if open_tag == tag:
                return
            self.unclosed.append(open_tag)
        self.unclosed.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag, given in self._open:
            if tag in ("h1", "h2", "h3") and self._open[-1][0] == tag:
                self.headings.append(data)
            if "id" in given:
                self.by_id[given["id"]] = self.by_id.get(given["id"], "") + data
        if self._area and self._open and self._open[-1][0] == "textarea":
            form = self.forms[-1]
            name, before = form.fields.pop()
            form.fields.append((name, before + (data[1:] if not before and data.startswith("\n") else data)))


def assert_well_made(screen: Screen) -> None:
    """Valid enough to be heard by a screen reader: ids once, every control named, every tag closed."""
    assert sorted(one for one in set(screen.ids) if screen.ids.count(one) > 1) == []
    assert screen.unlabelled == []
    assert screen.unclosed == []
