"""Every form in which somebody writes keeps what they wrote (static/page/draft.js). What keeps nothing is named here, and is about getting in."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"

KEEPS_NOTHING = {
    "join.html",
    "login/code.html",
    "login/login.html",
    "login/set_up.html",
    "people/accept.html",
    "people/provider.html",
    "people/section_password.html",
    "people/section_totp.html",
    "people/set_up_totp.html",
}
"""A password, a code or the secret of a provider is asked here."""
CHOSEN = {"checkbox", "date", "file", "hidden", "number", "password", "radio", "time"}
"""Kinds of fields in which nobody writes, or nothing that may be kept."""
NO_SECRET = {"csrf_token", "pin_idle_min", "pin_required"}
"""Fields whose names sound like a secret."""

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
INCLUDED = re.compile(r'{%-? include "([^"]+)" -?%}')
MACRO = re.compile(r"{%-? macro (\w+)\((.*?)\) -?%}(.*?){%-? endmacro", re.DOTALL)
FIELD = re.compile(r"<(input|textarea)\b((?:[^>{]|{{.*?}}|{%.*?%})*)>", re.DOTALL)

WHICH = """
import {{ hasDraft, SECRET, WRITTEN }} from {module};
const asked = JSON.parse(await new Response(process.stdin).text());
const fields = (types) => types.map((type) => ({{ type, name: "n", value: "" }}));
const kept = asked.map(({{ path, types, secret }}) => hasDraft({{ method: "post", path, fields: fields(types), secret }}));
console.log(JSON.stringify({{ kept, written: WRITTEN, secret: SECRET }}));
"""


def test_every_form_in_which_somebody_writes_keeps_a_draft() -> None:
    forms = [form for form in forms_sent() if form["types"]]
    assert len(forms) > 30
    kept = asked_of_the_page(forms)["kept"]
    without = {form["template"] for form, draft in zip(forms, kept, strict=True) if not draft}
    assert without == KEEPS_NOTHING


def test_a_new_kind_of_field_is_either_written_in_or_named_here() -> None:
    written = set(asked_of_the_page([])["written"])
    for template, tag, attributes in fields():
        kind = "textarea" if tag == "textarea" else kind_of(attributes)
        assert not kind or kind in written | CHOSEN, f"{template}: a field of type {kind}"


def test_what_opens_a_door_is_marked_as_a_secret() -> None:
    assert asked_of_the_page([])["secret"] == "input[type=password], .input-code"
    found = 0
    for template, _, attributes in fields():
        name = re.search(r'\bname="([^"]*)"', attributes)
        if name and re.search(r"code|pin|password|secret|token", name[1]) and name[1] not in NO_SECRET:
            found += 1
            assert is_secret(attributes), f"{template}: {name[1]} would be kept"
    assert found > 4


def forms_sent() -> list[dict]:
    """Each form that is sent, with what it includes: where it stands, where it goes, and the kinds of fields in which somebody writes."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        for attributes, inside in FORM.findall(path.read_text()):
            if 'method="post"' not in attributes:
                continue
            text = whole(inside)
            action = re.search(r'action="([^"]*)"', attributes)
            found.append(
                {
                    "template": str(path.relative_to(TEMPLATES)),
                    "path": re.sub(r"{{.*?}}|{%.*?%}", "x", action[1]) if action else "/",
                    "types": written_in(text),
                    "secret": any(is_secret(more) for _, more in FIELD.findall(text)) or 'type="password"' in text,
                }
            )
    return found


def whole(text: str) -> str:
    return INCLUDED.sub(lambda found: whole((TEMPLATES / found[1]).read_text()), text)


def written_in(text: str) -> list[str]:
    """By the fields themselves, and by the macros that write one."""
    kinds = ["textarea" if tag == "textarea" else kind_of(more) for tag, more in FIELD.findall(text)]
    own = [kind for kind in kinds if kind in ("textarea", "text", "email")]
    return own + ["text" for name in writing_macros() if re.search(rf"{{{{-? (?:\w+\.)?{name}\(", text)]


def writing_macros() -> set[str]:
    texts = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    return {name for text in texts for name, _, body in MACRO.findall(text) if "<textarea" in body or re.search(r'type="(text|{{ type }})"', body)}


def kind_of(attributes: str) -> str:
    """The type of a field; empty where the template works it out."""
    found = re.search(r'\btype="([^"]*)"', attributes)
    return "" if found and "{" in found[1] else found[1] if found else "text"


def is_secret(attributes: str) -> bool:
    return 'type="password"' in attributes or 'class="input-code"' in attributes


def fields() -> list[tuple[str, str, str]]:
    texts = {str(path.relative_to(TEMPLATES)): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}
    return [(template, tag, more) for template, text in texts.items() for tag, more in FIELD.findall(text)]


def asked_of_the_page(forms: list[dict]) -> dict:
    script = WHICH.format(module=json.dumps((ROOT / "static/page/draft.js").as_uri()))
    done = subprocess.run(["node", "--input-type=module", "-e", script], input=json.dumps(forms), capture_output=True, text=True, check=True)
    answer: dict = json.loads(done.stdout)
    return answer
