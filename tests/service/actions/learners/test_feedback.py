"""What a learner reads of their own feedback, in each state, and that reading it is noted once."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from pipelines.values import Source, SourceKind
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.documents import versions
from service.actions.learners import feedback
from service.actions.learners.feedback import FeedbackStage
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import NotFound
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import DocumentVersion
from tests.service.actions.learners.learning import LATER, REVISED, a_class, released
from tests.service.actions.school import NOW, OTHER_PLAN, act_as, found, hand_in


def test_each_revision_has_its_own_feedback_and_the_latest_comes_first(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        hand_in(session, here.amara, text=REVISED, now=LATER)
        second, first = feedback.revisions(session, here.amara, "s-amara")
        assert (second.row.number, second.stage, second.feedback) == (2, FeedbackStage.AWAITED, None)
        assert (first.row.number, first.stage) == (1, FeedbackStage.THERE)
        assert first.feedback is not None
        assert (first.feedback.approved_by, first.feedback.drafted_by_machine) == ("Lena", True)
        assert first.row.text[first.feedback.points[0].start : first.feedback.points[0].end] == "We"


def test_feedback_taken_back_is_told_as_that_and_nothing_of_it_is_read(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        release.retract(Deciding(session, here.lena, here.draft.id, here.draft.version, LATER), reason="Wrong")
        (only,) = feedback.revisions(session, here.amara, "s-amara")
        assert (only.stage, only.feedback, only.taken_back_at) == (FeedbackStage.TAKEN_BACK, None, LATER)
        with pytest.raises(NotFound):
            feedback.read(session, here.amara, "s-amara", now=LATER)


def test_a_source_that_is_no_longer_shared_is_shown_as_that(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session, "before")
        handbook, _ = versions.put_document(session, platform, "handbook", title="Handbook", text="Ask one.", now=NOW)
        other = hand_in(session, act_as(session, platform, "yusuf"), "yusuf", OTHER_PLAN)
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == handbook.id)).one()
        sources = [
            Source(SourceKind.CONTEXT, f"{version.id}@0-8", "Ask one.", 0, 8, "Handbook", 1),
            Source(SourceKind.PEER, f"{other.revision.id}@0-3", "Our", 0, 3),
        ]
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        released(session, lena, hand_in(session, amara), *sources)

        def shown() -> list[tuple[str, str, bool]]:
            (only,) = feedback.revisions(session, amara, "s-amara")
            assert only.feedback is not None
            return [(one.kind.value, one.quote, one.shared) for one in only.feedback.points[0].sources[1:]]

        assert shown() == [("context", "Ask one.", True), ("peer", "", True)]
        versions.remove_document(session, platform, "handbook", now=LATER)
        register.set_consent(session, platform, "yusuf", register.ConsentWish(show_work=ShowWork.NO), now=LATER)
        assert shown() == [("context", "", False), ("peer", "", False)]


def test_a_reading_is_noted_once_and_told_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        row, first = feedback.read(session, here.amara, "s-amara", now=NOW)
        again, second = feedback.read(session, here.platform, "s-amara", now=LATER)
        assert (first, second, again.read_at, row.draft_id) == (True, False, NOW, here.draft.id)
        assert here.told("feedback.read") == [{"draft": here.draft.id, "submission": "s-amara"}]
        (only,) = feedback.revisions(session, here.amara, "s-amara")
        assert only.read_at == NOW


def test_nobody_else_reads_it_or_has_it_noted(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here, elsewhere = a_class(session), a_class(session, name="valley")
        release.retract(Deciding(session, elsewhere.lena, elsewhere.draft.id, elsewhere.draft.version, LATER))
        for actor in (here.yusuf, here.lena, elsewhere.amara, elsewhere.platform):
            with pytest.raises(NotFound):
                feedback.read(session, actor, "s-amara", now=LATER)
        for actor in (here.yusuf, here.lena):
            with pytest.raises(NotFound):
                feedback.revisions(session, actor, "s-amara")


def test_of_work_taken_back_nothing_is_left_to_read(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        for actor in (here.amara, here.platform):
            with pytest.raises(NotFound):
                feedback.revisions(session, actor, "s-amara")
            with pytest.raises(NotFound):
                feedback.read(session, actor, "s-amara", now=LATER)


def test_ten_revisions_take_as_many_statements_as_two(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        counts = []
        for number in range(2, 11):
            released(session, here.lena, hand_in(session, here.amara, text=f"Question {number}. {REVISED}", now=LATER))
            session.flush()
            ran: list[str] = []

            def count(*args: object, ran: list[str] = ran) -> None:
                ran.append(str(args[2]))

            connection = session.connection()
            event.listen(connection, "before_cursor_execute", count)
            assert len(feedback.revisions(session, here.amara, "s-amara")) == number
            event.remove(connection, "before_cursor_execute", count)
            counts.append(len(ran))
        assert len(set(counts)) == 1
