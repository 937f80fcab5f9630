"""The log under many writers at once, and its chain of hashes."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from card.access import Viewer
from card.entry import canonical
from store import epoch, log
from tests.cast import OFFICER, TRIAGIST, Phone, server

WRITERS, EACH = 8, 12


def test_many_writers_on_one_card_leave_no_gap_and_no_reader_skips_an_entry(tmp_path: Path) -> None:
    """Readers follow the card while it is written: whoever has seen number n has seen all before it."""
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    viewer = viewer_of(officer)
    batches = [[officer.entry(card, "observation.noted", {"does": f"{writer}-{turn}"}) for turn in range(EACH)] for writer in range(WRITERS)]
    done = threading.Event()
    seen: list[int] = []

    def write(batch: list[object]) -> None:
        with app.app_context():
            for entry in batch:
                refused = log.hand_in(viewer, [entry], officer.clock(), b"secret").rejected
                assert not refused

    def read() -> None:
        with app.app_context():
            while not done.is_set() or len(seen) < 1 + WRITERS * EACH:
                news = log.since(viewer, {card: seen[-1] if seen else 0}, epoch.epoch(), b"secret")
                seen.extend(news.sent.get(card, []))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(batch,)) for batch in batches]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join(timeout=20)
    assert seen == list(range(1, 2 + WRITERS * EACH))


def test_each_hash_covers_the_entry_and_all_before_it(tmp_path: Path) -> None:
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    for turn in range(3):
        officer.write(card, "observation.noted", {"does": str(turn)})
    previous = ""
    for entry in officer.sync()["entries"]:
        numbered = {name: value for name, value in entry.items() if name not in ("hash", "seal")}
        previous = hashlib.sha256(canonical({"entry": numbered, "previous": previous})).hexdigest()
        assert entry["hash"] == previous


def test_a_batch_that_breaks_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    """The disk fails between two entries of a batch: neither is there, and both can be handed in again."""
    app = server(tmp_path)
    officer = Phone(app, OFFICER)
    card = officer.open_card()
    batch = [officer.entry(card, "observation.noted", {"does": str(turn)}) for turn in range(2)]
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr("store.batch._ADD.do", fails)
        try:
            log.hand_in(viewer_of(officer), batch, officer.clock(), b"secret")
        except OSError:
            pass
        else:
            raise AssertionError("the disk was to fail")
    assert [entry["seq"] for entry in officer.sync()["entries"]] == [1]
    assert list(officer.sync(batch)["accepted"].values()) == [2, 3]


def test_the_log_of_a_foreign_card_is_empty(tmp_path: Path) -> None:
    app = server(tmp_path)
    card = Phone(app, OFFICER).open_card()
    stranger = viewer_of(Phone(app, TRIAGIST))
    with app.app_context():
        assert log.entries_of(stranger, card) == []
        assert log.read_from(stranger, card, 0, b"secret").gone == [card]
        assert log.since(stranger, {}, epoch.epoch(), b"secret").texts == []


def viewer_of(phone: Phone) -> Viewer:
    me = phone.me
    return Viewer(me["person"], me["org"], me["domain"], me["role"], me["device"])


def fails(*_: object) -> None:
    raise OSError("no space left on device")
