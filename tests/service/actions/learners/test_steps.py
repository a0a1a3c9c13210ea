"""Next steps with a day, what a revision took up, what a learner comes to, and their own data to take along."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from service.actions.challenges import setting
from service.actions.learners import asks, commitments, feedback, home, own_data, progress, reactions
from service.actions.learners.commitments import CommitmentWish
from service.actions.learners.feedback import FeedbackStage
from service.actions.work import submit
from service.domain.errors import Invalid, NotFound
from service.domain.following.uptake import UptakeVerdict
from service.jobs.housekeeping import Housekeeping
from service.store.session import Sessions
from service.store.tables import CommitmentOutcome, OutgoingEvent
from tests.service.actions.learners.learning import LATER, REVISED, a_class
from tests.service.actions.school import NOW, OTHER_PLAN, hand_in

DAY = NOW.date() + timedelta(days=2)


def test_a_commitment_is_due_on_its_day_until_something_is_said_of_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        wish = CommitmentWish("Agree on one question.", DAY, "s-amara", here.point)
        made = commitments.make(session, here.amara, "amara", wish, now=NOW)
        free = commitments.make(session, here.platform, "amara", CommitmentWish("Ask Lin.", DAY), now=NOW)
        assert (made.due, made.submission, free.submission) == (False, "s-amara", None)
        due = commitments.commitments(session, here.amara, "amara", now=LATER)
        assert [one.due for one in due] == [True, True]
        commitments.tell_outcome(
            session, here.amara, made.row.id, CommitmentOutcome.PARTLY, said="One of two.", now=LATER
        )
        session.flush()
        first, last = commitments.commitments(session, here.amara, "amara", now=LATER)
        assert (first.row.text, first.due) == ("Ask Lin.", True)
        assert (last.row.outcome, last.row.said, last.due) == (CommitmentOutcome.PARTLY, "One of two.", False)


def test_the_outside_is_told_once_that_a_day_has_come(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        for text, day, work in (("A", DAY, "s-amara"), ("B", DAY, None), ("C", DAY + timedelta(days=9), None)):
            commitments.make(session, here.amara, "amara", CommitmentWish(text, day, work), now=NOW)
        kept = commitments.make(session, here.amara, "amara", CommitmentWish("D", DAY), now=NOW)
        commitments.tell_outcome(session, here.amara, kept.row.id, CommitmentOutcome.KEPT, now=NOW)
        submit.withdraw(session, here.amara, "s-amara", now=NOW)
    for _ in range(2):
        Housekeeping(SimpleNamespace(sessions=sessions, now=lambda: LATER, integrations=())).sweep()  # type: ignore[arg-type]
    with sessions.reading() as session:
        told = session.scalars(select(OutgoingEvent.data).where(OutgoingEvent.name == "commitment.due")).all()
        assert [(one["person"], one["due_on"]) for one in told] == [("amara", DAY.isoformat())]


def test_a_commitment_is_the_persons_own_and_about_own_work(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here, elsewhere = a_class(session), a_class(session, name="valley")
        made = commitments.make(session, here.amara, "amara", CommitmentWish("Try.", DAY), now=NOW)
        for actor in (here.yusuf, here.lena):
            with pytest.raises(NotFound):
                commitments.make(session, actor, "amara", CommitmentWish("Try.", DAY), now=NOW)
        for actor in (here.yusuf, here.lena, elsewhere.amara, elsewhere.platform):
            with pytest.raises(NotFound):
                commitments.tell_outcome(session, actor, made.row.id, CommitmentOutcome.NOT, now=NOW)
        with pytest.raises(NotFound):
            commitments.make(session, here.yusuf, "yusuf", CommitmentWish("Try.", DAY, "s-amara"), now=NOW)
        wish = CommitmentWish("Try.", DAY, "s-amara", "0" * 32)
        with pytest.raises(NotFound):
            commitments.make(session, here.amara, "amara", wish, now=NOW)
        for text, day in ((" ", DAY), ("Try.", DAY - timedelta(days=9)), ("Try.", DAY + timedelta(days=900))):
            with pytest.raises(Invalid):
                commitments.make(session, here.amara, "amara", CommitmentWish(text, day), now=NOW)


def test_the_next_revision_tells_what_changed_and_that_the_point_was_taken_up(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        with pytest.raises(NotFound):
            progress.changes(session, here.amara, "s-amara")
        hand_in(session, here.amara, text=REVISED, now=LATER)
        for actor in (here.amara, here.lena, here.platform):
            seen = progress.changes(session, actor, "s-amara")
            (point,) = seen.points
            assert (seen.before, seen.after, point.id, point.became.verdict) == (
                1,
                2,
                here.point,
                UptakeVerdict.TAKEN_UP,
            )
            assert "question" in point.became.echoes
            assert "".join(piece.text for piece in seen.pieces if piece.kind != "removed") == REVISED
        with pytest.raises(NotFound):
            progress.changes(session, here.yusuf, "s-amara")
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        with pytest.raises(NotFound):
            progress.changes(session, here.amara, "s-amara")


def test_home_shows_what_to_do_what_was_handed_in_and_where_feedback_waits(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        for key, groups, opens in (("all", (), None), ("south-only", ("south",), None), ("later", (), LATER)):
            wish = setting.ChallengeWish(key.title(), "Try.", groups=frozenset(groups), opened_at=opens)
            setting.put_challenge(session, here.platform, key, wish, now=NOW)
        seen = home.home(session, here.amara, now=NOW)
        assert [one.id for one in seen.to_do] == ["all"]
        (work,) = seen.work
        assert (work.id, work.stage, work.feedback_on, work.unread) == ("s-amara", FeedbackStage.THERE, 1, True)
        feedback.read(session, here.amara, "s-amara", now=NOW)
        hand_in(session, here.amara, text=REVISED, now=LATER)
        seen = home.home(session, here.amara, now=LATER)
        assert [one.id for one in seen.to_do] == ["all", "later"]
        assert [(one.revision, one.stage, one.feedback_on, one.unread) for one in seen.work] == [
            (2, FeedbackStage.AWAITED, 1, False)
        ]
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        seen = home.home(session, here.amara, now=LATER)
        assert ([one.id for one in seen.to_do], seen.work) == (["observe", "all", "later"], ())
        with pytest.raises(NotFound):
            home.task(session, here.amara, "south-only", now=LATER)


def test_own_data_holds_all_of_ones_own_and_nothing_of_others(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        hand_in(session, here.yusuf, "yusuf", OTHER_PLAN)
        feedback.read(session, here.amara, "s-amara", now=NOW)
        reactions.react(session, here.amara, "s-amara", about=here.point, helpful=False, why="Too early.", now=NOW)
        asks.ask(session, here.amara, "s-amara", asks.AskWish("Which?"), now=NOW)
        wish = CommitmentWish("Agree on one.", DAY, "s-amara")
        commitments.make(session, here.amara, "amara", wish, now=NOW)
        data = own_data.own_data(session, here.amara, "amara", now=LATER)
        text = json.dumps(data)
        for said in ("Amara Okafor", "staff meeting", "Which one question", "Too early.", "Which?", "Agree on one."):
            assert said in text
        for foreign in ("Yusuf", "maths team", "s-yusuf"):
            assert foreign not in text
        for actor in (here.yusuf, here.lena):
            with pytest.raises(NotFound):
                own_data.own_data(session, actor, "amara", now=LATER)
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        after = json.dumps(own_data.own_data(session, here.amara, "amara", now=LATER))
        assert "s-amara" in after
        for said in ("staff meeting", "Which one question", "Too early.", "Which?", "Agree on one."):
            assert said not in after


def test_nothing_can_be_promised_on_work_that_was_taken_back(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        made = commitments.make(session, here.amara, "amara", CommitmentWish("A", DAY, "s-amara"), now=NOW)
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        with pytest.raises(NotFound):
            commitments.make(session, here.amara, "amara", CommitmentWish("B", DAY, "s-amara"), now=NOW)
        with pytest.raises(NotFound):
            commitments.tell_outcome(session, here.amara, made.row.id, CommitmentOutcome.KEPT, now=LATER)
        assert commitments.commitments(session, here.amara, "amara", now=LATER) == []
