"""What facilitators decide, and what follows from it, on both databases, through the actions alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipelines.values import PointKind, Source, SourceKind, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, given_elsewhere, points, release, review
from service.actions.drafts import make
from service.actions.drafts import points as drafts_points
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import ChangedSince, Conflict, Invalid, NotAllowed, NotFound
from service.store.session import Sessions
from service.store.tables import Approval, Decision, Job, PointState, Release
from tests.service.actions.school import (
    NOW,
    OTHER_PLAN,
    PLAN,
    act_as,
    approve,
    drafted,
    found,
    hand_in,
    make_ready,
)

LATER = NOW + timedelta(seconds=11)


def test_what_a_facilitator_approved_is_what_the_learner_reads_and_not_before(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = make_ready(session, hand_in(session, platform).draft)
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")
        approve(session, lena, row)
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")
        assert release.release_due(session, row.id, now=LATER)
        shown = release.feedback_of(session, amara, "s-amara")
    assert shown.points[0].text == "Which one question would your first pair agree on?"
    assert PLAN[shown.points[0].start : shown.points[0].end] == shown.points[0].quote
    assert (shown.approved_by, shown.drafted_by_machine) == ("Lena", True)


def test_an_approval_names_the_text_seen_and_fails_when_it_has_changed(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        seen, _ = drafts_points.text_to_approve(row)
        points.edit_point(
            Deciding(session, lena, row.id, row.version, NOW), point_id=row.points[0].id, text="Another wording?"
        )
        with pytest.raises(ChangedSince):
            review.approve(Deciding(session, lena, row.id, row.version, NOW), seen=seen)
        assert row.state is DraftState.READY


def test_two_facilitators_cannot_overwrite_each_other(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        version = row.version
        points.set_summary(Deciding(session, lena, row.id, version, NOW), text="Mine.")
        with pytest.raises(ChangedSince):
            points.set_summary(Deciding(session, mateo, row.id, version, NOW), text="No, mine.")
        assert row.summary == "Mine."


def test_somebody_elses_claim_holds_until_it_is_taken_over_or_runs_out(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        claim.be_at(session, lena, row.id, now=NOW)
        with pytest.raises(Conflict, match="Lena is at this draft"):
            points.set_summary(Deciding(session, mateo, row.id, row.version, NOW), text="x")
        much_later = NOW + timedelta(hours=1)
        points.set_summary(Deciding(session, mateo, row.id, row.version, much_later), text="x")
        claim.be_at(session, lena, row.id, take_over=True, now=much_later)
        assert row.claimed_by == lena.person


def test_within_the_undo_window_an_approval_can_be_taken_back_and_nothing_is_released(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = approve(session, lena, make_ready(session, hand_in(session, platform).draft))
        assert not release.release_due(session, row.id, now=NOW + timedelta(seconds=5))
        review.undo(Deciding(session, lena, row.id, row.version, NOW + timedelta(seconds=6)))
        assert not release.release_due(session, row.id, now=LATER)
        assert row.state is DraftState.READY
        assert session.scalars(select(Release)).all() == []


def test_the_job_of_an_approval_that_was_undone_does_not_release_the_next_one_early(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = approve(session, lena, make_ready(session, hand_in(session, platform).draft))
        review.undo(Deciding(session, lena, row.id, row.version, NOW + timedelta(seconds=8)))
        approve(session, lena, row, now=NOW + timedelta(seconds=9))
        assert not release.release_due(session, row.id, now=NOW + timedelta(seconds=10))
        assert release.release_due(session, row.id, now=NOW + timedelta(seconds=20))


def test_a_released_text_that_is_retracted_is_no_longer_read_and_can_be_approved_anew(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = approve(session, lena, make_ready(session, hand_in(session, platform).draft))
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        release.retract(Deciding(session, lena, row.id, row.version, NOW), reason="wrong person")
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")
        review.reopen(Deciding(session, lena, row.id, row.version, NOW))
        approve(session, lena, row)
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        assert release.feedback_of(session, amara, "s-amara").points
        assert len(session.scalars(select(Release)).all()) == 2


def test_a_dismissed_point_is_not_part_of_what_is_approved_and_an_edit_keeps_both_wordings(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        wish = points.PointWish(PointKind.STRENGTH, "Pairs across grades make this doable.", "across grades", "k1")
        points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=wish)
        first, own = drafts_points.current_points(row)
        points.dismiss_point(
            Deciding(session, lena, row.id, row.version, NOW), point_id=first.id, reason_code="not_useful"
        )
        points.edit_point(
            Deciding(session, lena, row.id, row.version, NOW), point_id=own.id, text="Keep pairs across grades."
        )
        _, body = drafts_points.text_to_approve(row)
        edit = session.scalars(select(Decision).where(Decision.act == "edit")).one()
    assert [point["text"] for point in body["points"]] == ["Keep pairs across grades."]
    assert (edit.before, edit.after) == ("Pairs across grades make this doable.", "Keep pairs across grades.")
    assert first.state is PointState.DISMISSED


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (
            points.PointWish(PointKind.QUESTION, "Who writes it down?", "this is not in the text"),
            "not in the submission",
        ),
        (points.PointWish(PointKind.QUESTION, "   ", ""), "needs words"),
        (points.PointWish(PointKind.QUESTION, "Who?", "", "k9"), "no criterion"),
    ],
)
def test_a_point_of_ones_own_that_does_not_hold_is_refused_with_the_reason(
    sqlite_sessions: Sessions, wish: points.PointWish, why: str
):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        with pytest.raises(Invalid, match=why):
            points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=wish)


def test_a_fourth_point_is_refused(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        for word in ("pair", "teachers"):
            wish = points.PointWish(PointKind.QUESTION, f"What of {word}?", word)
            points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=wish)
        with pytest.raises(Invalid, match="At most 3"):
            points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=wish)


def test_a_draft_that_is_stuck_can_be_written_by_hand_to_the_end(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = hand_in(session, platform).draft
        make.begin(session, row.id, 1, now=NOW)
        make.fail(session, row.id, 1, "gave_up", "The index did not answer.", now=NOW)
        assert (row.state, row.reason_code) == (DraftState.STUCK, "gave_up")
        review.write(Deciding(session, lena, row.id, row.version, NOW))
        wish = points.PointWish(
            PointKind.QUESTION, "What will your first pair look for?", "visit each other twice", "k2"
        )
        points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=wish)
        approve(session, lena, row)
        release.release_due(session, row.id, now=LATER)
        shown = release.feedback_of(session, amara, "s-amara")
    assert shown.drafted_by_machine is False
    assert [source.kind for source in shown.points[0].sources] == [SourceKind.SUBMISSION, SourceKind.CRITERION]


def test_what_the_machine_hands_in_after_a_person_took_over_is_dropped(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = hand_in(session, platform).draft
        make.begin(session, row.id, 1, now=NOW)
        review.write(Deciding(session, lena, row.id, row.version, NOW))
        assert not make.finish(session, row.id, 1, drafted(), now=NOW)
        assert drafts_points.current_points(row) == []


def test_a_redraft_keeps_the_earlier_points_as_history_and_approves_only_the_new(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        review.redraft(Deciding(session, lena, row.id, row.version, NOW), instruction="Ask about k1 first.")
        brief = make.begin(session, row.id, row.generation, now=NOW)
        assert brief is not None
        assert brief.instruction == "Ask about k1 first."
        make.finish(session, row.id, row.generation, drafted(words="Who writes down what you hear?"), now=NOW)
        session.refresh(row)
        assert [p.text for p in drafts_points.standing_points(row)] == ["Who writes down what you hear?"]
        assert len(row.points) == 2


def test_a_point_resting_on_peer_work_withdrawn_while_the_machine_thought_is_left_out(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        peer = hand_in(session, platform, "yusuf", OTHER_PLAN)
        row = hand_in(session, platform).draft
        brief = make.begin(session, row.id, 1, now=NOW)
        assert brief is not None
        source = Source(SourceKind.PEER, f"{peer.revision.id}@0-20", "Our maths team")
        submit.withdraw(session, platform, "s-yusuf", now=NOW)
        make.finish(session, row.id, 1, drafted(PLAN, source), now=NOW)
        session.refresh(row)
        assert row.state is DraftState.STUCK
        assert [finding.code for finding in row.findings] == ["source_gone"]


def test_a_released_text_whose_stored_words_were_tampered_with_is_not_shown(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = approve(session, lena, make_ready(session, hand_in(session, platform).draft))
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        approval = session.scalars(select(Approval)).one()
        approval.body = {**approval.body, "summary": "Something that nobody approved."}
        session.flush()
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")


def test_feedback_given_elsewhere_is_released_as_it_is_and_taking_it_in_twice_changes_nothing(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        hand_in(session, platform)
        point = points.PointWish(PointKind.QUESTION, "What will you look for?", "visit each other twice", "k2")
        wish = given_elsewhere.FeedbackWish("lena", "Clear on when.", (point,), verdict=Standing.PARTLY, score=0.5)
        row, changed = given_elsewhere.take_in_feedback(session, platform, "s-amara", wish, now=NOW)
        _, again = given_elsewhere.take_in_feedback(session, platform, "s-amara", wish, now=LATER)
        shown = release.feedback_of(session, amara, "s-amara")
        assert (row.state, row.standing, row.score) == (DraftState.RELEASED, Standing.PARTLY, 0.5)
    assert (changed, again) == (True, False)
    assert (shown.summary, shown.approved_by, shown.drafted_by_machine) == ("Clear on when.", "Lena", False)


def test_feedback_by_somebody_who_does_not_review_the_group_is_refused(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, "lin")
        with pytest.raises(Invalid, match="not a facilitator"):
            given_elsewhere.take_in_feedback(
                session, platform, "s-lin", given_elsewhere.FeedbackWish("lena", "Good."), now=NOW
            )


def test_a_facilitator_of_another_group_and_the_learner_can_decide_nothing(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        row = make_ready(session, hand_in(session, platform, "lin").draft)
        for person in ("lena", "lin", "amara"):
            actor = act_as(session, platform, person)
            with pytest.raises(NotFound):
                approve(session, actor, row)
        with pytest.raises(NotAllowed):
            approve(session, platform, row)


def test_approved_points_say_how_the_criteria_stand_unless_the_facilitator_judged_otherwise(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        points.judge(Deciding(session, lena, row.id, row.version, NOW), criteria={"k1": Standing.MET})
        approve(session, lena, row)
    assert row.judgements == {"k1": "met", "k2": "not_yet"}
    assert row.standing is Standing.PARTLY


def test_assessment_learns_from_decisions_once_for_many(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        for person in ("amara", "yusuf"):
            approve(session, lena, make_ready(session, hand_in(session, platform, person).draft))
        fits = session.scalars(select(Job).where(Job.kind == "fit")).all()
    assert [job.not_before > NOW for job in fits] == [True]


def test_assessment_learns_again_when_work_is_taken_back(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform)
        assert session.scalars(select(Job).where(Job.kind == "fit")).all() == []
        submit.withdraw(session, platform, "s-amara", now=NOW)
        (fit,) = session.scalars(select(Job).where(Job.kind == "fit"))
    assert fit.not_before > NOW
