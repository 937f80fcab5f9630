"""Handing out a card: all that an organisation may read of it, and nothing that another wrote for itself."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Phone, new_id
from tests.http.privacy import PRIVACY, PRIVACY_CARE, told

Phones = Callable[[str], Phone]
ASKED = {"ground": "avg_access", "reference": "AVG 2026-17"}


def unpacked(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def audiences(phone: Phones) -> str:
    officer, triagist, south = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
    card = officer.open_card("crisisdienst", "zuid")
    for one in (officer, triagist, south):
        domain = one.me["domain"]
        for audience in ("all", domain, "org"):
            one.write(card, "observation.noted", {"says": f"{one.me['org']}-{audience}-woord"}, audience=audience)
    return card


@pytest.mark.parametrize(
    ("account", "hidden"),
    [(PRIVACY, {"crisisdienst-care", "crisisdienst-org", "zuid-org"}), (PRIVACY_CARE, {"noord-police", "noord-org", "zuid-police", "zuid-org"})],
)
def test_what_others_wrote_for_themselves_is_in_no_file_and_the_guide_says_so(phone: Phones, account: str, hidden: set[str]) -> None:
    card = audiences(phone)
    files = unpacked(phone(account).http.post(f"/privacy/cards/{card}/export", data=ASKED).data)
    assert set(files) == {"LEESMIJ.txt", "kaart.html", "kaart.jsonl", "logboek.jsonl", "controle.txt"}
    every = {
        f"{org}-{audience}"
        for org, domain in (("noord", "police"), ("crisisdienst", "care"), ("zuid", "police"))
        for audience in ("all", domain, "org")
    }
    for word in every:
        for name in ("kaart.html", "kaart.jsonl"):
            assert (f"{word}-woord" in files[name]) == (word not in hidden), (word, name)
    assert not [word for word in hidden if f"{word}-woord" in "".join(files.values())]
    assert f"{len(hidden)} notities zijn weggelaten" in files["LEESMIJ.txt"]


def test_it_has_all_entries_who_saw_it_and_whether_the_chain_holds(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"says": "<script>alert(1)</script>", "does": "=SUM(1)"})
    triagist.http.get(f"/cards/{card}")
    files = unpacked(phone(PRIVACY).http.post(f"/privacy/cards/{card}/export", data=ASKED).data)
    entries = [json.loads(line) for line in files["kaart.jsonl"].splitlines()]
    assert [entry["seq"] for entry in entries] == [1, 2, 3]
    assert all(len(entry["hash"]) == 64 and entry["received"] and "seal" not in entry for entry in entries)
    lines = [json.loads(line) for line in files["logboek.jsonl"].splitlines()]
    assert {(line["action"], line["org"]) for line in lines} >= {("open", "noord"), ("read", "crisisdienst"), ("export", "noord")} - {
        ("export", "noord")
    }
    assert {line["card"] for line in lines} == {card}
    assert "klopt: er is niets veranderd" in files["controle.txt"]
    assert "Er is niets weggelaten" in files["LEESMIJ.txt"]
    assert "<script>" not in files["kaart.html"]
    assert "Kruispunt" in files["kaart.html"]
    assert 'lang="nl"' in files["kaart.html"]


def test_handing_out_is_in_the_access_log_with_its_ground_before_it_leaves(app: Flask, phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    watching = phone(PRIVACY)
    answer = watching.http.post(f"/privacy/cards/{card}/export", data=ASKED)
    assert answer.mimetype == "application/zip"
    line = told(app, card=card)[-1]
    assert {name: line[name] for name in ("action", "ground", "detail", "person", "opened_by", "outcome")} == {
        "action": "export", "ground": "avg_access", "detail": "AVG 2026-17", "person": watching.me["person"], "opened_by": "noord", "outcome": "ok",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["ground", "reference"])
def test_without_ground_or_reference_nothing_is_handed_out_and_what_was_typed_stays(app: Flask, phone: Phones, missing: str) -> None:
    card = phone(OFFICER).open_card()
    answer = phone(PRIVACY).http.post(f"/privacy/cards/{card}/export", data={**ASKED, missing: ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="error-{missing}"' in page
    assert ("AVG 2026-17" in page) == (missing != "reference")
    assert ('value="avg_access" checked' in page) == (missing != "ground")
    assert told(app, action="export") == []


def test_a_card_in_which_the_organisation_takes_no_part_looks_like_none_and_the_try_is_written_down(app: Flask, phone: Phones) -> None:
    card = phone(OFFICER_SOUTH).open_card("crisisdienst")
    watching = phone(PRIVACY)
    for path in ("", "/export", "/hold", "/lift"):
        for one in (card, new_id()):
            method = "POST" if path else "GET"
            assert watching.http.open(f"/privacy/cards/{one}{path}", method=method, data=ASKED).status_code == 404
    assert [(line["outcome"], line["ground"]) for line in told(app, card=card, action="refused")] == [("refused", "none")] * 4
    assert card not in watching.http.get("/privacy/cards").get_data(as_text=True)
    assert card in phone(PRIVACY_CARE).http.get("/privacy/cards").get_data(as_text=True)


def test_an_organisation_whose_person_joined_by_code_takes_part_too(phone: Phones) -> None:
    south, officer = phone(OFFICER_SOUTH), phone(OFFICER)
    card = south.open_card()
    code = south.http.post(f"/cards/{card}/code", json={}).get_json()["code"]
    officer.http.post("/join", json={"code": code})
    watching = phone(PRIVACY)
    assert card in watching.http.get("/privacy/cards").get_data(as_text=True)
    assert watching.http.post(f"/privacy/cards/{card}/export", data=ASKED).status_code == 200


def test_cards_are_found_by_day_and_looking_is_written_down(app: Flask, phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    watching = phone(PRIVACY)
    assert card in watching.http.get("/privacy/cards?since=24-11-2026&until=24-11-2026").get_data(as_text=True)
    assert card not in watching.http.get("/privacy/cards?since=25-11-2026").get_data(as_text=True)
    assert watching.http.get("/privacy/cards?since=x").status_code == 422
    assert [line["action"] for line in told(app, person=watching.me["person"])] == ["cards"] * 3


def test_the_operator_can_hand_out_a_card_for_an_organisation(app: Flask, phone: Phones, tmp_path: Path) -> None:
    card = audiences(phone)
    out = tmp_path / "kaart.zip"
    asked = ["export", "--card", card, "--ground", "court", "--reference", "OM 12", "--out", str(out)]
    assert app.test_cli_runner().invoke(args=[*asked, "--org", "ggd"]).exit_code == 1
    assert not out.exists()
    said = app.test_cli_runner().invoke(args=[*asked, "--org", "crisisdienst"])
    assert said.exit_code == 0, said.output
    files = unpacked(out.read_bytes())
    assert "noord-police-woord" not in "".join(files.values())
    assert "crisisdienst-care-woord" in files["kaart.html"]
    line = told(app, card=card)[-1]
    assert (line["action"], line["ground"], line["role"], line["org"]) == ("export", "court", "operator", "crisisdienst")
