"""A scene made from what was known before is the scene as it stands now: whatever changed counts at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete

from pipelines.values import AI, Standing
from service.actions.challenges import setting
from service.actions.introductions import circle
from service.actions.introductions import works as introductions_works
from service.actions.introductions.circle import MatchingScene
from service.actions.people import register
from service.actions.work import submit
from service.domain.roles import Role
from service.domain.visibility import PeersShown, SharingReach
from service.store import find
from service.store.tables import Challenge, DraftRow, Submission
from tests.service.actions.introductions.village import OPEN, TEXTS, Village, settle
from tests.statements import statements


def gathered(here: Village, before: MatchingScene | None = None) -> MatchingScene:
    with here.sessions.reading() as session:
        known = before.known if before else None
        return circle.gather(session, here.organization, now=here.now, known=known)


def closes(here: Village) -> None:
    here.allow("lin", introduce=False)


def lets_no_machine_read(here: Village) -> None:
    here.allow("lin", introduce=True, ai=AI.NONE)


def withdraws(here: Village) -> None:
    with here.sessions.writing() as session:
        submit.withdraw(session, here.platform, "s-lin", now=here.now)


def hands_in_again(here: Village) -> None:
    with here.sessions.writing() as session:
        wish = submit.SubmissionWish("observe", "lin", "Each pair asks the children what they noticed.")
        submit.submit(session, here.platform, "s-lin", wish, now=here.now, start=False)


def is_judged(here: Village) -> None:
    with here.sessions.writing() as session:
        of = find.one(session, Submission, here.organization, "s-lin")
        row = session.query(DraftRow).filter_by(submission_id=of.id).one()
        row.judgements, row.standing = {"k1": "met", "k2": "met"}, Standing.MET
        row.version += 1


def shares_with_nobody(here: Village) -> None:
    with here.sessions.writing() as session:
        find.one(session, Challenge, here.organization, "observe").sharing_peers = PeersShown.NEVER


def shares_in_the_group(here: Village) -> None:
    with here.sessions.writing() as session:
        find.one(session, Challenge, here.organization, "observe").sharing_reach = SharingReach.GROUP


def is_renamed(here: Village) -> None:
    with here.sessions.writing() as session:
        find.one(session, Challenge, here.organization, "observe").title = "Visits"


def moves(here: Village) -> None:
    with here.sessions.writing() as session:
        roles = [(Role.LEARNER, "north")]
        register.put_person(session, here.platform, "lin", name="Lin", roles=roles, consents=OPEN, now=here.now)


def is_erased(here: Village) -> None:
    with here.sessions.writing() as session:
        session.execute(delete(Submission).where(Submission.external_id == "s-lin"))


CHANGES = (closes, lets_no_machine_read, withdraws, hands_in_again, is_judged, shares_with_nobody, shares_in_the_group,
           is_renamed, moves, is_erased)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_known_from_before_hides_no_change(hamlet: Village, change: Callable[[Village], None]) -> None:
    before = gathered(hamlet)
    change(hamlet)
    warm, anew = gathered(hamlet, before), gathered(hamlet)
    assert replace(warm, known=None) == replace(anew, known=None)
    assert replace(warm, known=None) != replace(before, known=None)


def test_where_nothing_changed_the_works_are_the_very_same(hamlet: Village) -> None:
    before = gathered(hamlet)
    after = gathered(hamlet, before)
    assert after.works is before.works
    assert [one.text for one in after.works] == [""] * len(TEXTS)


def test_somebody_who_closes_and_opens_again_is_back(hamlet: Village) -> None:
    before = gathered(hamlet)
    closes(hamlet)
    without = gathered(hamlet, before)
    hamlet.allow("lin", introduce=True)
    assert {one.person for one in before.works} - {one.person for one in without.works} == {hamlet.id("lin")}
    assert gathered(hamlet, without).works == before.works


def test_words_are_read_of_those_alone_who_allow_it_now(village: Village) -> None:
    works = {one.person: one.id for one in gathered(village).works}
    closes(village)
    village.allow("noor", introduce=True, ai=AI.NONE)
    with village.sessions.writing() as session:
        submit.withdraw(session, village.platform, "s-tiago", now=village.now)
    with village.sessions.reading() as session:
        found = introductions_works.texts(session, village.organization, list(works.values()))
    assert found == {works[village.id(name)]: TEXTS[name] for name in ("amara", "yusuf")}


def test_another_organization_reads_none_of_it(hamlet: Village) -> None:
    other = settle(hamlet.sessions, "fernhill")
    ids = [one.id for one in gathered(hamlet).works]
    with hamlet.sessions.reading() as session:
        assert introductions_works.texts(session, other.organization, ids) == {}
    assert not {one.id for one in gathered(other).works} & set(ids)


def test_on_both_databases_a_warm_scene_is_the_cold_one(village: Village) -> None:
    before = gathered(village)
    for change in (is_judged, hands_in_again, closes):
        change(village)
        before = gathered(village, before)
        assert before == gathered(village)


def test_challenges_that_are_put_anew_are_seen(hamlet: Village) -> None:
    before = gathered(hamlet)
    with hamlet.sessions.writing() as session:
        wish = setting.ChallengeWish("Another", "Plan it.")
        setting.put_challenge(session, hamlet.platform, "another", wish, now=hamlet.now)
        made = submit.SubmissionWish("another", "lin", "We write letters to the council about the crossing.")
        submit.submit(session, hamlet.platform, "s-other", made, now=hamlet.now, start=False)
    assert len(gathered(hamlet, before).works) == len(before.works) + 1


def test_a_scene_takes_as_many_statements_for_many_groups_as_for_few(village: Village) -> None:
    asked = []
    for more in (0, 6):
        with village.sessions.writing() as session:
            find.one(session, Challenge, village.organization, "observe").sharing_reach = SharingReach.GROUP
            for at in range(more):
                register.put_group(
                    session, village.platform, f"class-{at}", name=f"Class {at}", parent="north", now=village.now
                )
                held = [(Role.LEARNER, f"class-{at}")]
                register.put_person(
                    session, village.platform, f"new-{at}", name=f"New {at}", roles=held, now=village.now
                )
        with village.sessions.reading() as session, statements(session) as said:
            scene = circle.gather(session, village.organization, now=village.now)
        asked.append(len(said))
    assert scene.kept_in
    assert asked[0] == asked[1]
