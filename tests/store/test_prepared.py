"""Prepared: the same rows as SQLAlchemy gives, whatever the length of a list; and who is revoked is out at the next call."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from store.database import reading, writing
from store.models import Organisation
from store.prepared import Prepared
from tests.cast import OFFICER, Phone, server

NAMED = select(Organisation.id, Organisation.name).where(Organisation.id.in_(bindparam("ids", expanding=True))).order_by(Organisation.id)


@pytest.mark.parametrize("ids", [["noord"], ["noord", "zuid"], ["noord", "nobody", "zuid"], ["zuid", "noord", "ggd", "kliniek", "dehaven"]])
def test_a_list_of_any_length_gives_the_rows_that_sqlalchemy_gives(tmp_path: Path, ids: list[str]) -> None:
    with server(tmp_path).app_context(), reading() as connection:
        assert Prepared(NAMED).rows(connection, {"ids": ids}) == [tuple(row) for row in connection.execute(NAMED, {"ids": ids})]


def test_a_limit_and_what_is_always_the_same_go_along(tmp_path: Path) -> None:
    some = Prepared(select(Organisation.id).where(Organisation.domain == "police").order_by(Organisation.id).limit(bindparam("most")))
    with server(tmp_path).app_context(), reading() as connection:
        assert some.rows(connection, {"most": 1}) == [("noord",)]
        assert some.rows(connection, {"most": 5}) == [("noord",), ("zuid",)]


@pytest.mark.parametrize("how", ["UPDATE device SET revoked = created", "UPDATE person SET active = false"])
def test_who_is_revoked_is_out_at_the_next_call(tmp_path: Path, how: str) -> None:
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    assert officer.http.get("/me.json").status_code == 200
    with app.app_context(), writing() as connection:
        connection.exec_driver_sql(how)
    assert officer.http.get("/me.json").status_code == 401
