"""What people and phones are told while the database does not do its work: 503, in plain words, and when to come back."""

from __future__ import annotations

import http.client

from tests.faults.crowd import Crowd
from tests.faults.night import Night
from tests.faults.phone import Phone

SAID = "Motorkap kan nu even niet bij zijn gegevens."


def assert_said_clearly(crowd: Crowd) -> None:
    """Every phone that got no 200 got this, and nothing else went wrong."""
    assert set(crowd.statuses()) == {200, 503}, crowd.statuses()
    told = [phone.said[503] for phone in crowd.phones if 503 in phone.said]
    assert told
    for answer in told:
        assert answer["error"] == "service_unavailable"
        assert answer["message"].startswith(SAID), answer


def page_of(night: Night, phone: Phone, card: str) -> tuple[int, str, str]:
    """What its person sees at a desk: the status, when to come back, the page."""
    connection = http.client.HTTPConnection("127.0.0.1", night.port, timeout=20)
    try:
        connection.request("GET", f"/cards/{card}", headers=phone.headers())
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After", ""), answer.read().decode()
    finally:
        connection.close()


def assert_a_page_says_so(page: tuple[int, str, str]) -> None:
    status, wait_s, shown = page
    assert (status, int(wait_s) > 0) == (503, True)
    assert SAID in shown
