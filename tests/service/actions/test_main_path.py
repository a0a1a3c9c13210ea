"""From handing in to reading what was approved, on both databases, through the actions alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipelines import values
from pipelines.values import AI, Source, SourceKind
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release, review
from service.actions.drafts import make
from service.actions.people import register
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import Conflict, NotFound, NotNow
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import DraftRow, Job, OutgoingEvent
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


def test_the_same_text_again_changes_nothing_and_another_is_the_next_revision(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        first = hand_in(session, platform)
        again = hand_in(session, platform)
        revised = hand_in(session, platform, text=PLAN + " One question is agreed before each visit.")
        jobs = session.scalars(select(Job).where(Job.kind == "draft")).all()
    assert (first.created, again.created, again.changed) == (True, False, False)
    assert again.draft.id == first.draft.id
    assert revised.revision.number == 2
    assert first.draft.state is DraftState.SUPERSEDED
    assert len(jobs) == 2


def test_a_revision_never_changes_and_none_is_skipped(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform)
        wish = submit.SubmissionWish("observe", "amara", "Another text.", revision=1)
        with pytest.raises(Conflict, match="never changes"):
            submit.submit(session, platform, "s-amara", wish, now=NOW)
        gap = submit.SubmissionWish("observe", "amara", "Another text.", revision=3)
        with pytest.raises(Conflict, match="comes before 3"):
            submit.submit(session, platform, "s-amara", gap, now=NOW)


def test_who_says_no_to_ai_is_not_embedded_and_a_person_is_asked_to_write(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        register.set_consent(session, platform, "amara", register.ConsentWish(ai=AI.NONE), now=NOW)
        row = hand_in(session, platform).draft
        assert (row.state, row.reason_code) == (DraftState.STUCK, "ai_none")
        assert session.scalars(select(Job)).all() == []
        assert set(session.scalars(select(OutgoingEvent.name))) == {"consent.changed", "draft.stuck"}


def test_saying_no_to_ai_later_stops_the_draft_that_waits_and_what_is_being_made(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        row = hand_in(session, platform).draft
        make.begin(session, row.id, 1, now=NOW)
        register.set_consent(session, amara, "amara", register.ConsentWish(ai=AI.NONE), now=NOW)
        assert not make.finish(session, row.id, 1, drafted(), now=NOW)
        session.refresh(row)
        assert (row.state, row.reason_code) == (DraftState.STUCK, "ai_none")


def test_a_call_may_narrow_what_a_person_allows_but_never_widen_it(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        wide = submit.SubmissionWish("observe", "amara", PLAN, ai=AI.ANY)
        narrow = submit.SubmissionWish("observe", "yusuf", PLAN, ai=AI.NONE)
        assert submit.submit(session, platform, "a", wide, now=NOW).revision.ai is AI.LOCAL
        assert submit.submit(session, platform, "b", narrow, now=NOW).revision.ai is AI.NONE


def test_withdrawal_absorbs_at_every_stage_and_takes_released_feedback_off(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = approve(session, lena, make_ready(session, hand_in(session, platform).draft))
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        submit.withdraw(session, amara, "s-amara", now=NOW)
        assert row.state is DraftState.WITHDRAWN
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")
        with pytest.raises(NotNow):
            review.reopen(Deciding(session, lena, row.id, row.version, NOW))
        with pytest.raises(NotNow, match="taken back"):
            hand_in(session, platform, text="Once more.")


def test_a_source_whose_author_no_longer_consents_is_shown_as_no_longer_shared(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        peer = hand_in(session, platform, "yusuf", OTHER_PLAN)
        source = Source(SourceKind.PEER, f"{peer.revision.id}@0-20", "Our maths team")
        row = make_ready(session, hand_in(session, platform).draft, source)
        approve(session, lena, row)
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        assert [s.shared for s in release.feedback_of(session, amara, "s-amara").points[0].sources] == [True, True]
        register.set_consent(session, platform, "yusuf", register.ConsentWish(show_work=ShowWork.NO), now=NOW)
        shown = release.feedback_of(session, amara, "s-amara").points[0].sources
    assert [(s.kind, s.shared, s.quote) for s in shown][1] == (SourceKind.PEER, False, "")


def test_a_second_organization_with_the_same_ids_shares_nothing(sessions: Sessions):
    with sessions.writing() as session:
        ours, theirs = found(session, "lakeside"), found(session, "hillside")
        mine, yours = hand_in(session, ours), hand_in(session, theirs, text=OTHER_PLAN)
        assert mine.submission.id != yours.submission.id
        lena = act_as(session, theirs, "lena")
        row = make_ready(session, mine.draft)
        with pytest.raises(NotFound):
            approve(session, lena, row)
        assert submit.get(session, theirs, "s-amara").id == yours.submission.id
        drafts = session.scalars(select(DraftRow).where(DraftRow.organization_id == theirs.organization)).all()
    assert [row.id for row in drafts] == [yours.draft.id]


def test_a_changed_criterion_marks_the_drafts_made_against_the_old_one_as_stale(sqlite_sessions: Sessions):
    from service.actions.challenges import setting

    with sqlite_sessions.writing() as session:
        platform = found(session)
        row = make_ready(session, hand_in(session, platform).draft)
        version = row.version
        wish = setting.ChallengeWish("Peer observation", "Plan how your team starts peer observation.")
        challenge, created = setting.put_challenge(session, platform, "observe", wish, now=NOW)
    assert (created, challenge.version, row.stale) == (False, 2, True)
    assert row.version > version


def test_the_evidence_and_the_account_of_a_draft_are_kept_with_it(sqlite_sessions: Sessions):
    from dataclasses import replace

    item = values.ShelfItem("p1", values.Shelf.CONTEXT, "One question is agreed.", "doc")
    account = replace(
        drafted(),
        evidence=(values.Evidence("E1", item, 0.61, 3.2, 1.4),),
        prompt=values.PromptUsed("feedback", 1, "ab" * 32, "the words sent"),
        usage=values.Usage(812, 96, 2),
        model="gpt-x",
    )
    with sqlite_sessions.writing() as session:
        platform = found(session)
        row = hand_in(session, platform).draft
        make.begin(session, row.id, 1, now=NOW)
        make.finish(session, row.id, 1, account, now=NOW)
    assert row.evidence == [
        {"label": "E1", "id": "p1", "shelf": "context", "dense": 0.61, "lexical": 3.2, "fused": 1.4}
    ]
    assert (row.model, row.prompt_name, row.prompt_version, row.prompt_sha) == ("gpt-x", "feedback", 1, "ab" * 32)
    assert (row.prompt_tokens, row.completion_tokens, row.model_calls) == (812, 96, 2)
