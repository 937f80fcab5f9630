"""Writes the vectors: logs made by hand, and the card they fold to.

`python -m tests.vectors.make` makes them anew; read the difference before keeping it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from card.fold import fold

Log = list[dict[str, Any]]

CARD = "019a0000-0000-7000-8000-00000000ca4d"
BEGIN_MS = 1_795_543_200_000  # 24 November 2026, 19:00 in Amsterdam
PEOPLE = {"noord": "p-noord", "crisisdienst": "p-crisis", "ggzvervoer": "p-vervoer"}


def entry_id(number: int) -> str:
    return f"019a0000-0000-7000-8000-{number:012x}"


class Written:
    """Builds a log a line at a time; every line gets the next id, number and minute."""

    def __init__(self) -> None:
        self.log: Log = []

    def __call__(
        self, org: str, kind: str, body: dict[str, Any] | None = None, *, supersedes: tuple[str, ...] = (), minute: int | None = None, **told: Any
    ) -> str:
        number = len(self.log)
        at = BEGIN_MS + 60_000 * (number if minute is None else minute)
        entry = {
            "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{at:013d}-0000-7f3a9c21", "by": PEOPLE[org], "org": org, "device": "7f3a9c21",
            "audience": "all", "supersedes": list(supersedes), "body": body or {}, "seq": number + 1,
        }  # fmt: skip
        self.log.append({name: value for name, value in (entry | told).items() if value is not None})
        return entry_id(number)


def opened() -> Written:
    write = Written()
    write("noord", "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt", "about": "Man regelt verkeer"})
    return write


def handed(write: Written, giver: str, receiver: str, release: bool = True) -> str:
    offer = write(giver, "handover.offered", {"to": receiver})
    write(receiver, "handover.accepted", {"offer": offer, "release": release})
    return offer


def handover_there_and_back() -> Log:
    write = opened()
    handed(write, "noord", "crisisdienst")
    handed(write, "crisisdienst", "noord")
    return write.log


def handover_named_tokens() -> Log:
    """Shared, handed back, handed on: with `gives` nobody is left holding by mistake."""
    write = opened()
    first = write("noord", "handover.offered", {"to": "crisisdienst", "gives": [entry_id(0)]})
    write("crisisdienst", "handover.accepted", {"offer": first})
    second = write("crisisdienst", "handover.offered", {"to": "noord", "gives": [first]})
    write("noord", "handover.accepted", {"offer": second, "release": True})
    third = write("noord", "handover.offered", {"to": "ggzvervoer", "gives": [entry_id(0), second]})
    write("ggzvervoer", "handover.accepted", {"offer": third, "release": True})
    return write.log


def handover_crossed() -> Log:
    write = opened()
    offer = handed(write, "noord", "crisisdienst")
    write("noord", "handover.withdrawn", {"offer": offer, "reason": "Ambulance komt"})
    return write.log


def handover_released_by_the_giver() -> Log:
    """Who gives cannot say that it may go, and who is not asked cannot accept."""
    write = opened()
    offer = handed(write, "noord", "crisisdienst", release=False)
    write("noord", "handover.released", {"offer": offer})
    other = write("noord", "handover.offered", {"to": "ggzvervoer"})
    write("crisisdienst", "handover.accepted", {"offer": other, "release": True})
    return write.log


def a_care_report_asked_about_and_taken_up() -> Log:
    """Only whom it was sent to says what became of it; a question waits until it is answered."""
    write = Written()
    write("noord", "card.opened", {"situation": "care_report", "place": "Lindelaan 4", "type": "care_report"})
    sent = write("noord", "care_report.sent", {"to": "crisisdienst", "situation": "Zorgen", "level": "middle", "screening": "sash"})
    write("noord", "care_report.done", {"report": sent, "outcome": "Zegt wie meldde, en telt niet"})
    write("crisisdienst", "care_report.received", {"report": sent})
    question = write("crisisdienst", "care_report.asked", {"report": sent, "text": "Waar slapen de kinderen?"})
    write("crisisdienst", "care_report.taken_up", {"report": sent, "note": "Wij bellen morgen"})
    write("noord", "care_report.answered", {"asked": question, "answer": "Bij oma"})
    return write.log


def a_visit_and_its_follow_up() -> Log:
    """Asked for by care, planned, logged; the follow-up was done, opened again, and done by another who did not see that: it is open."""
    write = Written()
    write("crisisdienst", "card.opened", {"situation": "lower_threshold", "place": "GGZ Crisisdienst", "type": "visit"})
    write("crisisdienst", "card.shared", {"organisation": "noord"})
    write("crisisdienst", "visit.asked", {"what": "Kennismaken met het nieuwe team", "on": "2026-12-04"})
    write("noord", "visit.planned", {"on": "2026-12-01"})
    write(
        "noord",
        "visit.logged",
        {"on": "2026-12-01", "organisation": "crisisdienst", "function": "triagist", "topics": ["coffee"], "next": "2027-01-04"},
    )
    follow = write("noord", "follow_up.set", {"what": "Nummer van de nachtdienst", "on": "2026-12-08"}, audience="org")
    done = write("noord", "follow_up.done", {"follow_up": follow}, audience="org")
    write("noord", "follow_up.reopened", {"follow_up": follow}, supersedes=(done,), audience="org")
    write("noord", "follow_up.done", {"follow_up": follow}, supersedes=(done,), audience="org")
    return write.log


def a_contact_handed_over() -> Log:
    write = Written()
    write("noord", "card.opened", {"situation": "lower_threshold", "place": "Opvang De Haven", "type": "contact"})
    write("noord", "contact.kept", {"organisation": "dehaven", "rhythm": "fortnightly"}, audience="org")
    write("noord", "contact.known", {"function": "begeleider", "since": "2026-02-01"}, audience="org")
    write("noord", "contact.visited", {"on": "2026-12-01"}, audience="org")
    write("noord", "contact.visited", {"on": "2026-11-24"}, audience="org")
    write("noord", "contact.handed_over", {"person": "p-opvolger", "note": "Koffie op dinsdag"}, audience="org")
    return write.log


def risk_two_judgements() -> Log:
    write = opened()
    first = write("noord", "risk.assessed", {"for": "client", "level": "middle"})
    write("noord", "risk.assessed", {"for": "client", "level": "low"}, supersedes=(first,))
    write("crisisdienst", "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=(first,))
    return write.log


def risk_agreed_again() -> Log:
    write = Written()
    write.log = risk_two_judgements()
    write("noord", "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=(entry_id(2), entry_id(3)))
    return write.log


def closed_over_what_was_seen() -> Log:
    write = opened()
    risk = write("noord", "risk.assessed", {"for": "client", "level": "high", "acute": True})
    write("noord", "card.closed", {"outcome": "Naar huis", "override": {"reason": "Met dochter mee", "duties": [risk]}})
    return write.log


def opened_again_by_an_unseen_duty() -> Log:
    write = Written()
    write.log = closed_over_what_was_seen()
    write("crisisdienst", "alarm.raised", {}, minute=1)
    return write.log


def late_after_closing() -> Log:
    write = opened()
    write("noord", "card.closed", {"outcome": "Naar huis"})
    write("crisisdienst", "observation.noted", {"says": "Ik was er ook"}, minute=0)
    write("crisisdienst", "observation.noted", {"says": "Nog niet gedeeld"}, seq=None)
    return write.log


def without_an_opening() -> Log:
    write = Written()
    write("noord", "observation.noted", {"does": "Loopt weg"})
    write("crisisdienst", "picture.set", {"problem": "Onbekend"})
    return write.log


def twice_and_with_gaps() -> Log:
    log = risk_agreed_again()
    return [*reversed(log[2:]), *log[:1], *({name: value for name, value in entry.items() if name != "seq"} for entry in log[:3:2])]


def who_is_here() -> Log:
    write = opened()
    write("noord", "presence.arrived", {"person": PEOPLE["noord"], "position": "in_sight"})
    write("noord", "presence.arrived", {"person": {"name": "Jan", "organisation": "Buurtteam"}, "role": "buurtcoach"})
    write("crisisdienst", "presence.arrived", {"person": PEOPLE["crisisdienst"], "position": "remote"})
    write("noord", "presence.left", {"person": PEOPLE["noord"], "reason": "Andere melding"})
    return write.log


def asked_referred_and_promised() -> Log:
    write = opened()
    first = write("noord", "service.requested", {"service": "crisisdienst", "for": "assessment"})
    seen = write("crisisdienst", "service.acknowledged", {"request": first})
    write("crisisdienst", "service.declined", {"request": first, "reason": "under_influence", "referred_to": "verslavingszorg"}, supersedes=(seen,))
    second = write("noord", "service.requested", {"service": "verslavingszorg", "for": "assessment"})
    write("noord", "service.escalated", {"request": second, "level": "operational", "to": "Teamleider"})
    write("crisisdienst", "service.promised", {"request": second, "until": "2026-11-24T20:15:00+01:00"})
    return write.log


def plan_agreed_and_changed() -> Log:
    write = opened()
    write("noord", "picture.set", {"problem": "Man in de war van slaapgebrek"})
    plan = write("noord", "plan.set", {"plan": "Samen praten", "if_then": ["Als hij wegloopt, dan volgen"]})
    write("crisisdienst", "plan.agreed", {"plan": plan})
    write("crisisdienst", "plan.set", {"plan": "Naar de crisisdienst"}, supersedes=(plan,))
    return write.log


def only_what_care_may_see() -> Log:
    write = opened()
    write("noord", "observation.noted", {"says": "voor de politie"}, audience="police")
    write("crisisdienst", "observation.noted", {"says": "voor de zorg"}, audience="care")
    return [entry for entry in write.log if entry["audience"] != "police"]


def corrected_and_unknown() -> Log:
    write = opened()
    entry = write("noord", "observation.noted", {"used": "Wijn"})
    write("noord", "entry.corrected", {"entry": entry, "text": "Het was bier"})
    write("noord", "weather.noted", {"rain": True})
    write("noord", "risk.assessed", {"for": "client"})
    return write.log


def safety_answered_twice() -> Log:
    """Two officers who did not see each other: the strictest counts until one who saw both answers again."""
    write = opened()
    asked = write("crisisdienst", "safety.asked", {"where": "Kade 12", "when": "16:00"})
    write("noord", "safety.answered", {"question": asked, "answer": "go"})
    write("noord", "safety.answered", {"question": asked, "answer": "not_alone"})
    again = write("crisisdienst", "safety.asked", {"where": "Kade 14"})
    seen = write("noord", "safety.answered", {"question": again, "answer": "police_join"})
    write("noord", "safety.answered", {"question": again, "answer": "unknown"}, supersedes=(seen,))
    return write.log


def arrested_and_not_decided() -> Log:
    """Later is no decision: there is no ground to keep the second one. The first was let go."""
    write = opened()
    first = write("noord", "arrest.made", {"who": "De man met de rode jas", "offence": "Sloeg een medewerker"})
    write("noord", "arrest.ended", {"arrest": first, "reason": "Heengezonden"})
    write("noord", "arrest.made", {"who": "De broer"})
    write("crisisdienst", "report.decided", {"will": "later", "until": "2026-11-24T21:30:00+01:00"})
    return write.log


def arrested_and_reported() -> Log:
    """One says yes, one says no: as long as a yes stands there is a ground, and the two stand side by side."""
    write = opened()
    write("noord", "arrest.made", {"who": "De man met de rode jas"})
    write("crisisdienst", "report.decided", {"will": "yes", "domicile": "Kliniekweg 1", "how": "now"})
    write("ggzvervoer", "report.decided", {"will": "no"})
    return write.log


def handover_asked_about() -> Log:
    write = opened()
    offer = write("noord", "handover.offered", {"to": "crisisdienst"})
    question = write("crisisdienst", "handover.asked", {"offer": offer, "text": "Gefouilleerd?"})
    write("noord", "handover.answered", {"question": question, "text": "Ja, niets gevonden"})
    write("crisisdienst", "handover.asked", {"offer": offer, "text": "Wie bel ik terug?"})
    return write.log


def prepared_agreed_and_begun() -> Log:
    """A plan: a second version after a task, agreed with both, and begun by two who did not see each other. Everything stays."""
    write = Written()
    write("crisisdienst", "card.opened", {"type": "plan", "situation": "keep_calm_outside", "place": "Kade 12"})
    first = write("noord", "action.prepared", {"purpose": "Gesprek", "day": "2026-12-01", "start": "16:00"})
    task = write("noord", "action.task", {"who": "Agenten", "what": "Wachten om de hoek", "stands": "plain_clothes"})
    gone = write("crisisdienst", "action.task", {"who": "Opco", "what": "Belt"})
    write("crisisdienst", "action.task_dropped", {"task": gone})
    second = write("noord", "action.prepared", {"purpose": "Gesprek", "day": "2026-12-01", "start": "16:30", "warrant": "asked"}, supersedes=(first,))
    write("crisisdienst", "action.agreed", {"version": second, "tasks": [task]})
    write("noord", "card.turned", {"into": "incident"})
    write("crisisdienst", "card.turned", {"into": "incident"})
    write("noord", "presence.arrived", {"person": "p-noord", "position": "plain_clothes", "task": task})
    return write.log


def accord_renewed_and_taken_back() -> Log:
    """An agreement that both sides made, renewed by one of them, and taken back by somebody who did not see the renewal: withdrawn is withdrawn."""
    write = Written()
    write("noord", "card.opened", {"type": "agreement", "situation": "invest_in_relation", "place": "Havenkade 3", "about": "De Schipper"})
    first = write("noord", "accord.set", {"text": "Bel ons eerst", "valid_until": "2027-05-24", "call": "De Haven", "phone": "088-000 60 01"})
    write("crisisdienst", "accord.agreed", {"accord": first})
    write("noord", "accord.set", {"text": "Bel ons eerst", "valid_until": "2027-11-20"}, supersedes=(first,))
    write("crisisdienst", "accord.withdrawn", {"reason": "Hij wil het niet meer"}, supersedes=(first,))
    return write.log


def accord_agreed_anew() -> Log:
    """Who saw that an agreement was withdrawn may make a new one, which asks both sides again."""
    write = Written()
    write("crisisdienst", "card.opened", {"type": "agreement", "situation": "invest_in_relation", "place": "Havenkade 3"})
    first = write("crisisdienst", "accord.set", {"text": "Praat rustig", "valid_until": "2027-01-10", "given_by": "person", "consent": True})
    gone = write("crisisdienst", "accord.withdrawn", {}, supersedes=(first,))
    again = write("crisisdienst", "accord.set", {"text": "Praat rustig en kort", "valid_until": "2027-02-10"}, supersedes=(gone,))
    write("noord", "accord.agreed", {"accord": again})
    return write.log


def asked_beforehand_and_answered() -> Log:
    """Two questions: one within the days that were agreed and answered twice, one by a day; then the card goes on as a visit."""
    write = Written()
    write("noord", "card.opened", {"type": "consultation", "situation": "worry", "place": "Wijk Oost"})
    asked = write("noord", "consultation.asked", {"to": "crisisdienst", "text": "Kijken jullie mee?", "days": 3})
    write("noord", "consultation.asked", {"to": "crisisdienst", "text": "En met zijn broer?", "by": "2026-12-24"})
    write("crisisdienst", "consultation.answered", {"asked": asked, "answer": "Wij gaan langs"})
    write("crisisdienst", "consultation.answered", {"asked": asked, "answer": "Morgen om tien uur"})
    write("noord", "card.turned", {"into": "visit"})
    return write.log


def missed() -> Written:
    """Somebody is missing: what a home reports, with what it does not know yet."""
    write = Written()
    write("crisisdienst", "card.opened", {"situation": "missing_person", "place": "Park", "about": "Meisje met rode jas", "type": "missing"})
    write("crisisdienst", "missing.reported", {"about": "Meisje met rode jas", "age": "15", "risks": ["vulnerable"], "unknown": "Onbekend"})
    write("crisisdienst", "card.shared", {"organisation": "noord"})
    return write


def missing_two_urgencies() -> Log:
    """Two of the police who did not see each other judge the urgency: the more urgent counts, and what both replaced stays to be read."""
    write = missed()
    first = write("noord", "urgency.judged", {"urgency": "other"})
    write("noord", "urgency.judged", {"urgency": "urgent", "signs": ["others"], "note": "Bericht: bij een man"}, supersedes=(first,))
    write("noord", "urgency.judged", {"urgency": "other", "signs": ["young"]}, supersedes=(first,))
    return write.log


def missing_searched_found_and_back() -> Log:
    write = missed()
    there = write("noord", "search.agreed", {"where": "Station", "who": "Politie"})
    write("crisisdienst", "search.agreed", {"where": "Bij vriendinnen", "who": "Groepsleiding"})
    write("noord", "search.done", {"search": there, "result": "not_there"})
    write("crisisdienst", "sighting.noted", {"when": "21:15", "where": "Bushalte"})
    write("noord", "missing.found", {"where": "Centrum"})
    write("crisisdienst", "missing.back", {"when": "23:40", "found_at": "Bij de deur"})
    write("crisisdienst", "card.closed", {"outcome": "Terug gemeld"})
    talk = write("crisisdienst", "return_talk.agreed", {"who": "Mentor", "day": "2026-11-26"})
    write("crisisdienst", "return_talk.done", {"talk": talk})
    return write.log


VECTORS = (
    handover_there_and_back, handover_named_tokens, handover_crossed, handover_released_by_the_giver, risk_two_judgements, risk_agreed_again,
    a_visit_and_its_follow_up, a_contact_handed_over, a_care_report_asked_about_and_taken_up,
    closed_over_what_was_seen, opened_again_by_an_unseen_duty, late_after_closing, without_an_opening, twice_and_with_gaps, who_is_here,
    asked_referred_and_promised, plan_agreed_and_changed, only_what_care_may_see, corrected_and_unknown,
    safety_answered_twice, arrested_and_not_decided, arrested_and_reported, handover_asked_about,
    prepared_agreed_and_begun, accord_renewed_and_taken_back, accord_agreed_anew, asked_beforehand_and_answered, missing_two_urgencies,
    missing_searched_found_and_back,
)  # fmt: skip

if __name__ == "__main__":
    for vector in VECTORS:
        told = {"about": (vector.__doc__ or vector.__name__.replace("_", " ")).strip(), "log": vector(), "card": fold(vector())}
        (Path(__file__).parent / f"{vector.__name__}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
