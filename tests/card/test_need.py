"""Access by need: whatever the log, nobody off duty reads, an audience never leaks, and both languages say the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from blueprints.reach import audience_of
from card.access import LOOK_MS, Viewer, is_of_team, is_on_duty, may_read, may_review, may_write, on_card
from card.entry import Entry
from card.fold import fold
from card.membership import membership
from card.vocabulary import KINDS
from tests.card import logs
from tests.card.conftest import Twin
from tests.vectors.make import PEOPLE, opened

viewers = st.builds(
    Viewer,
    st.sampled_from(logs.PEOPLE), st.sampled_from(logs.ORGANISATIONS), st.sampled_from(["police", "care"]),
    st.sampled_from(["member", "lead", "admin"]), st.just("7f3a9c21"), st.booleans(), st.sampled_from(["", "nacht"]),
)  # fmt: skip
teams = st.lists(st.sampled_from(logs.PEOPLE), max_size=3)
wishes = st.none() | st.sampled_from(["all", "police", "care", "org", "nobody"])
moments = st.none() | st.integers(-LOOK_MS, LOOK_MS)


@given(log=logs.logs(), viewer=viewers, team=teams, served=teams, closed=st.booleans(), looked=moments)
def test_both_languages_let_the_same_people_in(
    twin: Twin, log: list[Entry], viewer: Viewer, team: list[str], served: list[str], closed: bool, looked: int | None
) -> None:
    members = membership(log)
    assert twin("membership", log) == members
    assert twin("onCard", vars(viewer), members) == on_card(viewer, members)
    assert twin("mayWrite", vars(viewer), members) == may_write(viewer, members)
    assert twin("isOfTeam", vars(viewer), members, team, served) == is_of_team(viewer, members, team, served)
    told = (members, team, served, closed, looked, 0)
    assert twin("mayReview", vars(viewer), *told) == may_review(viewer, *told)
    for entry in log:
        assert twin("mayRead", vars(viewer), members, entry) == may_read(viewer, members, entry)


@given(log=logs.logs(), viewer=viewers)
def test_nobody_off_duty_reads_a_card_that_they_did_not_open_join_or_write_on(log: list[Entry], viewer: Viewer) -> None:
    off = replace(viewer, on_duty=False)
    members = membership(log)
    told = [entry for entry in log if entry["by"] == off.person or entry["body"] and entry["body"].get("person") == off.person]
    if not told:
        assert not any(may_read(off, members, entry) for entry in log)


@given(log=logs.logs(), viewer=viewers)
def test_duty_only_ever_adds_and_only_for_an_organisation_on_the_card(log: list[Entry], viewer: Viewer) -> None:
    members = membership(log)
    on, off = (on_card(replace(viewer, on_duty=duty), members) for duty in (True, False))
    assert on or not off
    assert on == may_write(viewer, members)
    if on and not off:
        assert viewer.org in members["organisations"]


@given(log=logs.logs(), viewer=viewers)
def test_an_audience_never_leaks(log: list[Entry], viewer: Viewer) -> None:
    members = membership(log)
    for entry in log:
        if may_read(viewer, members, entry) and entry["by"] != viewer.person:
            assert entry["audience"] in ("all", viewer.domain, "org")
            assert entry["audience"] != "org" or entry["org"] == viewer.org


@given(log=logs.logs(), viewer=viewers, team=teams, served=teams, looked=moments)
def test_only_leads_look_back_and_only_on_what_their_team_is_on(
    log: list[Entry], viewer: Viewer, team: list[str], served: list[str], looked: int | None
) -> None:
    members = membership(log)
    if may_review(viewer, members, team, served, True, looked, 0):
        assert viewer.role == "lead"
        assert viewer.org in members["organisations"] or set(team) & set(members["persons"])
        assert not viewer.team or set(team) & {*members["persons"], *members["writers"], *served}
    if may_review(viewer, members, team, served, False, looked, 0) and not on_card(viewer, members):
        assert looked is not None
        assert looked + LOOK_MS > 0


def lead(team: str = "nacht") -> Viewer:
    return Viewer("lead", "noord", "police", "lead", "7f3a9c21", on_duty=False, team=team)


def test_a_card_is_of_the_team_of_who_opened_joined_wrote_or_had_duty() -> None:
    write = opened()
    officer, triagist, colleague = PEOPLE["noord"], PEOPLE["crisisdienst"], "colleague"
    write("crisisdienst", "card.joined", {"person": triagist})
    write("noord", "observation.noted", {"says": "x"}, by=colleague)
    members = membership(write.log)
    for person in (officer, triagist, colleague):
        assert is_of_team(lead(), members, [person], [])
    assert is_of_team(lead(), members, ["nobody"], ["nobody"])
    assert not is_of_team(lead(), members, ["nobody"], [])
    assert not is_of_team(lead(), members, [], ["of another team"])


def test_a_lead_without_a_team_leads_the_whole_organisation_and_no_other() -> None:
    members = membership(opened().log)
    assert is_of_team(lead(""), members, [], [])
    assert not is_of_team(replace(lead(""), org="zuid"), members, [], ["somebody"])
    assert is_of_team(replace(lead(""), org="zuid"), members, members["persons"], []), "somebody of theirs is on it in person"


def test_who_wrote_or_had_duty_counts_only_while_their_organisation_is_on_the_card() -> None:
    write = opened()
    triagist, care = PEOPLE["crisisdienst"], replace(lead(), org="crisisdienst", domain="care")
    shared = write("noord", "card.shared", {"organisation": "crisisdienst"})
    write("crisisdienst", "observation.noted", {"says": "x"})
    assert is_of_team(care, membership(write.log), [triagist], [])
    write("noord", "card.unshared", {"organisation": "crisisdienst"}, supersedes=(shared,))
    assert not is_of_team(care, membership(write.log), [triagist], [triagist])


def test_who_was_taken_off_by_name_puts_their_team_on_the_card_no_longer() -> None:
    write = opened()
    write("crisisdienst", "card.joined", {"person": PEOPLE["crisisdienst"]})
    write("noord", "card.removed", {"person": PEOPLE["crisisdienst"]})
    assert not is_of_team(replace(lead(), org="crisisdienst"), membership(write.log), [PEOPLE["crisisdienst"]], [])


@given(until=moments, now=st.integers(-5, 5), rule=st.sampled_from(["everybody", "rota", "something newer"]))
def test_duty_ends_at_its_time_in_both_languages(twin: Twin, until: int | None, now: int, rule: str) -> None:
    assert twin("isOnDuty", rule, until, now) == is_on_duty(rule, until, now) == (rule != "rota" or (until is not None and now < until))


@given(log=logs.logs(), kind=st.sampled_from(sorted(KINDS)), asked=wishes, data=st.data())
def test_both_languages_choose_the_same_audience(twin: Twin, log: list[Entry], kind: str, asked: str | None, data: st.DataObject) -> None:
    card = fold(log)
    about = data.draw(st.sampled_from(logs.IDS))
    body = dict.fromkeys(("entry", "plan", "agreement"), about)
    assert twin("audienceOf", card, kind, body, asked) == audience_of(card, kind, body, asked)


def test_a_correction_is_for_whom_the_corrected_entry_is_for() -> None:
    write = opened()
    secret = write("noord", "observation.noted", {"says": "x"}, audience="police")
    card = fold(write.log)
    assert audience_of(card, "entry.corrected", {"entry": secret}, None) == "police"
    assert audience_of(card, "entry.corrected", {"entry": secret}, "all") == "police", "it tells nobody more"


def test_what_safety_hangs_on_is_for_everybody() -> None:
    always = [kind for kind in KINDS if kind.split(".")[0] in ("risk", "alarm", "handover", "presence", "card", "safety", "service", "transport")]
    assert len(always) > 20
    assert {audience_of(fold([]), kind, {}, "org") for kind in always} == {"all"}


def test_who_is_taken_off_and_joins_again_is_on_the_card() -> None:
    write = opened()
    triagist = Viewer(PEOPLE["crisisdienst"], "crisisdienst", "care", "member", "7f3a9c21")
    write("crisisdienst", "card.joined", {"person": triagist.person})
    write("noord", "card.removed", {"person": triagist.person})
    assert not on_card(triagist, membership(write.log))
    write("crisisdienst", "card.joined", {"person": triagist.person})
    assert on_card(triagist, membership(write.log))


def test_a_lead_who_looked_is_not_on_the_card_by_that() -> None:
    write = opened()
    write("noord", "card.looked", {"person": "lead", "reason": "klacht"}, by="lead")
    assert not on_card(Viewer("lead", "noord", "police", "lead", "7f3a9c21", on_duty=False), membership(write.log))
