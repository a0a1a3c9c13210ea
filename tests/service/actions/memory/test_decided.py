"""A decision is listed where else it fits, and applied to what was listed and is still the same; to nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, points
from service.actions.drafts import points as drafts_points
from service.actions.memory import decided
from service.actions.memory.decided import Applied, Target
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import ChangedSince, NotAllowed, NotFound, NotNow
from service.domain.memory.consistency import KinshipGround
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import Decision, DraftRow, Job, PointState
from tests.service.actions.memory.remembered import (
    CARD,
    CARD_TOO,
    HUSHED,
    NATURAL,
    NEXT,
    QUIET,
    STRENGTH,
    accept,
    dismiss,
    first,
    ready,
)
from tests.service.actions.school import NOW, act_as, approve, found

OTHERS = "We meet on Fridays and share one cup of tea."


def three(session: Session) -> tuple[Actor, DraftRow, DraftRow, DraftRow]:
    """Two drafts in the north that say nearly the same, and one in the south. The platform's actor comes first."""
    platform = found(session)
    amara = ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
    yusuf = ready(session, platform, "yusuf", OTHERS, (NEXT, "k2", OTHERS[:10], CARD_TOO))
    lin = ready(session, platform, "lin", HUSHED, (NEXT, "k2", HUSHED[:36], "What will you hold on to?"))
    return platform, amara, yusuf, lin


def targets(session: Session, actor: Actor, row: DraftRow) -> list[Target]:
    listed = decided.reach(session, actor, row.id, first(row).id)
    return [Target(one.draft.id, one.draft.version, one.point.id) for one in listed]


def apply(session: Session, actor: Actor, row: DraftRow, to: list[Target]) -> list[Applied]:
    return decided.apply_to(Deciding(session, actor, row.id, row.version, NOW), first(row).id, to=to)


def test_the_reach_lists_the_same_wording_and_the_same_passage_and_how_alike_they_are(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, lin = three(session)
        mateo = act_as(session, platform, "mateo")
        listed = decided.reach(session, mateo, amara.id, first(amara).id)
        seen = [(one.draft.id, one.kinship.why) for one in listed]
        assert seen == [(yusuf.id, KinshipGround.WORDING), (lin.id, KinshipGround.PASSAGE)]
        assert 1 >= listed[0].kinship.alike > listed[1].kinship.alike >= 0.6


def test_the_reach_stays_within_the_groups_that_one_reviews_and_the_points_that_stand(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, lin = three(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        assert [one.draft.id for one in decided.reach(session, lena, amara.id, first(amara).id)] == [yusuf.id]
        with pytest.raises(NotFound):
            decided.reach(session, lena, lin.id, first(lin).id)
        assert decided.reach(session, platform, amara.id, first(amara).id) == []
        dismiss(session, mateo, yusuf)
        approve(session, mateo, lin)
        assert decided.reach(session, mateo, amara.id, first(amara).id) == []


def test_a_point_on_another_criterion_or_that_praises_is_not_the_same(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, *_ = three(session)
        ready(session, platform, "amara", QUIET, (NEXT, "k1", QUIET[:-1], CARD), id_="other")
        ready(session, platform, "amara", QUIET, (STRENGTH, "k2", QUIET[:-1], NATURAL), id_="praise")
        lena = act_as(session, platform, "lena")
        assert len(decided.reach(session, lena, amara.id, first(amara).id)) == 1


def test_work_that_was_taken_back_or_that_no_machine_may_read_is_not_compared(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, *_ = three(session)
        mateo = act_as(session, platform, "mateo")
        submit.withdraw(session, platform, "s-lin", now=NOW)
        register.set_consent(session, platform, "yusuf", register.ConsentWish(ai=AI.NONE), now=NOW)
        assert decided.reach(session, mateo, amara.id, first(amara).id) == []


def test_a_dismissal_is_applied_to_what_was_listed_with_its_reason_and_counted_apart(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, lin = three(session)
        mateo = act_as(session, platform, "mateo")
        dismiss(session, mateo, amara, "They may not carry cards.")
        session.execute(Job.__table__.delete())
        done = apply(session, mateo, amara, targets(session, mateo, amara)[:1])
        assert [(one.version, one.problem) for one in done] == [(yusuf.version, None)]
        taken = first(yusuf)
        assert (taken.state, taken.reason) == (PointState.DISMISSED, "They may not carry cards.")
        assert first(lin).state is PointState.PROPOSED
        decisions = session.scalars(select(Decision).where(Decision.act == "dismiss").order_by(Decision.id)).all()
        assert [(one.draft_id, one.bulk) for one in decisions] == [(amara.id, False), (yusuf.id, True)]
        assert session.scalars(select(Job.subject_id).where(Job.kind == "sync")).all() == [taken.id]


def test_an_edit_is_applied_as_an_edit_and_an_acceptance_as_one(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, lin = three(session)
        mateo = act_as(session, platform, "mateo")
        accept(session, mateo, amara)
        apply(session, mateo, amara, targets(session, mateo, amara)[:1])
        assert first(yusuf).state is PointState.ACCEPTED
        point = first(amara)
        points.edit_point(Deciding(session, mateo, amara.id, amara.version, NOW), point_id=point.id, text="Why?")
        apply(session, mateo, amara, targets(session, mateo, amara))
        assert (first(lin).text, first(lin).drafted) == ("Why?", "What will you hold on to?")
        assert first(lin).state is PointState.EDITED


def test_an_edit_takes_no_words_of_its_own_work_to_another_learner(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform, amara, _, lin = three(session)
        mateo = act_as(session, platform, "mateo")
        edited = "You write “we sit in silence”: what will you look for?"
        points.edit_point(Deciding(session, mateo, amara.id, amara.version, NOW), point_id=first(amara).id, text=edited)
        apply(session, mateo, amara, targets(session, mateo, amara))
        assert first(amara).text == edited
        assert first(lin).text == "What will you look for?"


def test_what_changed_since_it_was_listed_is_left_as_it_is_and_the_others_are_kept(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, lin = three(session)
        mateo = act_as(session, platform, "mateo")
        dismiss(session, mateo, amara)
        to = targets(session, mateo, amara)
        points.set_summary(Deciding(session, mateo, yusuf.id, yusuf.version, NOW), text="Another.")
        done = {one.target.draft: one for one in apply(session, mateo, amara, to)}
        assert isinstance(done[yusuf.id].problem, ChangedSince)
        assert done[lin.id].problem is None
        assert (first(yusuf).state, first(lin).state) == (PointState.PROPOSED, PointState.DISMISSED)


def test_nothing_is_applied_to_what_the_decision_does_not_fit_or_to_what_one_may_not_see(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, _, lin = three(session)
        lena = act_as(session, platform, "lena")
        stranger = ready(session, platform, "yusuf", OTHERS, (NEXT, "k2", OTHERS[:10], "Why tea?"), id_="s-tea")
        dismiss(session, lena, amara)
        to = [Target(row.id, row.version, first(row).id) for row in (stranger, lin)]
        done = apply(session, lena, amara, to)
        assert [one.problem.kind for one in done if one.problem] == ["invalid", "not-found"]
        assert (first(stranger).state, first(lin).state) == (PointState.PROPOSED, PointState.PROPOSED)


def test_two_points_of_one_draft_that_were_listed_together_are_decided_together(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, *_ = three(session)
        lines = ((NEXT, "k2", OTHERS[:10], CARD), (NEXT, "k2", OTHERS[3:12], CARD_TOO))
        both = ready(session, platform, "yusuf", OTHERS, *lines, id_="s-both")
        lena = act_as(session, platform, "lena")
        dismiss(session, lena, amara)
        to = [one for one in targets(session, lena, amara) if one.draft == both.id]
        assert len(to) == 2
        assert [one.problem for one in apply(session, lena, amara, to)] == [None, None]
        assert drafts_points.standing_points(both) == []


def test_only_a_decision_of_ones_own_on_the_text_as_it_stands_is_applied(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, *_ = three(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        to = targets(session, mateo, amara)
        with pytest.raises(NotNow, match="Decide on this point first"):
            apply(session, mateo, amara, to)
        with pytest.raises(NotAllowed):
            apply(session, platform, amara, to)
        point = first(amara).id
        with pytest.raises(ChangedSince):
            decided.apply_to(Deciding(session, lena, amara.id, amara.version - 1, NOW), point, to=to)


def test_a_draft_that_somebody_else_is_at_is_left_alone(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, yusuf, _ = three(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        claim.be_at(session, lena, yusuf.id, now=NOW)
        dismiss(session, mateo, amara)
        done = {one.target.draft: one for one in apply(session, mateo, amara, targets(session, mateo, amara))}
        assert done[yusuf.id].problem is not None
        assert "Lena is at this draft" in done[yusuf.id].problem.detail
        assert first(yusuf).state is PointState.PROPOSED


def test_a_dismissal_that_is_taken_back_leaves_the_index_and_needs_room(sessions: Sessions):
    with sessions.writing() as session:
        platform, amara, *_ = three(session)
        lena = act_as(session, platform, "lena")
        dismiss(session, lena, amara, "Wrong.")
        session.execute(Job.__table__.delete())
        accept(session, lena, amara, now=NOW + timedelta(minutes=1))
        assert (first(amara).state, first(amara).reason) == (PointState.ACCEPTED, "")
        assert session.scalars(select(Job.subject_id).where(Job.kind == "sync")).all() == [first(amara).id]
        dismiss(session, lena, amara)
        for _ in range(points.MOST_POINTS):
            wish = points.PointWish(NEXT, "Name a day.", "")
            points.add_point(Deciding(session, lena, amara.id, amara.version, NOW), wish=wish)
        with pytest.raises(points.Invalid, match="At most 3"):
            accept(session, lena, amara)
