"""The overview of a challenge counts what is there, in the groups that one may see, by the same few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pipelines.values import Assessment, Judgement, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.decisions import points, release, review
from service.actions.following import challenges as overview_list
from service.actions.overview import challenge
from service.actions.overview.decisions import DecisionCounts
from service.actions.overview.progress import Learner, LearnerStage
from service.actions.overview.times import times
from service.actions.people import register
from service.actions.work import submit
from service.actions.work.lens import RevisionInLens
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import Challenge, CommitmentRow, DraftRow, FeedbackReading, Release, Submission
from tests.entitled import RECORD
from tests.service.actions.memory.remembered import NEXT, STRENGTH, dismiss, first, ready
from tests.service.actions.school import NOW, act_as, approve, found, hand_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = "We meet on Fridays and write nothing down."
MET, PARTLY, NOT_YET = Standing.MET, Standing.PARTLY, Standing.NOT_YET


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def read_as(first: Standing, second: Standing, overall: Standing = PARTLY, *, sure: float = 0.5) -> Assessment:
    criteria = (Judgement("k1", first, sure, record=RECORD), Judgement("k2", second, sure, record=RECORD))
    return Assessment(Judgement("", overall, sure), criteria)


def answer(session: Session, actor: Actor, row: DraftRow, after: timedelta) -> DraftRow:
    """Approve and release, so long after it was handed in."""
    approve(session, actor, row, now=NOW + after)
    return release.release(Deciding(session, actor, row.id, row.version, NOW + after))


def stages(session: Session, actor: Actor, **more: str) -> dict[str, LearnerStage]:
    seen = challenge.glance(session, actor, "observe", **more, now=NOW + DAY)
    return {one.person: one.stage for one in seen.progress.learners}


def test_everybody_is_listed_with_how_far_they_are_and_who_waits_comes_first(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        assert list(stages(session, mateo).values()) == [LearnerStage.NOT_SUBMITTED] * 3
        amara = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        lin = hand_in(session, platform, "lin").draft
        answer(session, mateo, amara, HOUR)
        assert list(stages(session, mateo).items()) == [
            ("lin", LearnerStage.WAITING),
            ("yusuf", LearnerStage.NOT_SUBMITTED),
            ("amara", LearnerStage.ANSWERED),
        ]
        review.decline(Deciding(session, mateo, lin.id, lin.version, NOW))
        assert stages(session, mateo)["lin"] is LearnerStage.DECLINED
        seen = challenge.glance(session, mateo, "observe", now=NOW)
        assert (seen.progress.submitted, seen.progress.counts[LearnerStage.NOT_SUBMITTED]) == (2, 1)


def test_what_was_taken_back_was_not_handed_in_and_retracted_feedback_is_no_answer(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        amara = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        answer(session, mateo, amara, HOUR)
        release.retract(Deciding(session, mateo, amara.id, amara.version, NOW + HOUR), reason="Too soon.")
        assert stages(session, mateo)["amara"] is LearnerStage.WAITING
        submit.withdraw(session, platform, "s-amara", now=NOW)
        assert stages(session, mateo)["amara"] is LearnerStage.NOT_SUBMITTED


def test_reading_and_acting_are_told_from_being_answered(sessions: Sessions) -> None:
    def seen() -> Learner:
        return challenge.glance(session, mateo, "observe", now=NOW).progress.learners[-1]

    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        answer(session, mateo, row, HOUR)
        assert (seen().stage, seen().since, seen().read) == (LearnerStage.ANSWERED, NOW + HOUR, False)
        told = session.scalars(select(Release)).one()
        author = session.get_one(Submission, row.submission_id).person_id
        whose = {"organization_id": platform.organization, "person_id": author}
        session.add(FeedbackReading(release_id=told.id, draft_id=row.id, read_at=NOW + 2 * HOUR, **whose))
        session.flush()
        assert (seen().stage, seen().since, seen().read, seen().acted) == (
            LearnerStage.READ,
            NOW + 2 * HOUR,
            True,
            False,
        )
        made = {"submission_id": row.submission_id, "text": "I ask one question.", "due_on": NOW.date()}
        session.add(CommitmentRow(**made, made_at=NOW + 3 * HOUR, **whose))
        session.flush()
        assert (seen().stage, seen().since) == (LearnerStage.ACTED, NOW + 3 * HOUR)


def test_a_second_revision_after_feedback_waits_for_an_answer_and_is_an_act(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        answer(session, mateo, row, HOUR)
        again = hand_in(session, platform, "amara", "We meet, and one of us writes.", now=NOW + DAY).draft
        progress = challenge.glance(session, mateo, "observe", now=NOW + DAY).progress
        (first, *_) = progress.learners
        assert (first.person, first.stage, first.draft) == ("amara", LearnerStage.WAITING, again.id)
        assert (first.answered, first.read, first.acted) == (True, False, True)
        assert (progress.answered, progress.read, progress.acted) == (1, 0, 1)


def test_one_sees_the_groups_that_one_reviews_or_one_of_them(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        hand_in(session, platform, "lin")
        hand_in(session, platform, "yusuf")
        assert set(stages(session, lena)) == {"amara", "yusuf"}
        assert set(stages(session, mateo)) == set(stages(session, platform)) == {"amara", "yusuf", "lin"}
        assert set(stages(session, mateo, group="south")) == {"lin"}
        assert set(stages(session, mateo, group="all")) == {"amara", "yusuf", "lin"}
        for nobody in ("south", "elsewhere"):
            with pytest.raises(NotFound):
                stages(session, lena, group=nobody)
        with pytest.raises(NotAllowed):
            stages(session, act_as(session, platform, "amara"))
        with pytest.raises(NotFound):
            challenge.overview(session, act_as(session, found(session, "valley"), "mateo"), "other", now=NOW)


def test_a_challenge_set_to_one_group_waits_for_nobody_else(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        wish = setting.ChallengeWish("Peer observation", "Plan.", groups=("south",))
        setting.put_challenge(session, platform, "observe", wish, now=NOW)
        assert set(stages(session, act_as(session, platform, "mateo"))) == {"lin"}
        assert stages(session, act_as(session, platform, "lena")) == {}


def test_times_are_of_those_answered_and_those_who_wait_are_counted_by_age(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        empty = challenge.glance(session, mateo, "observe", now=NOW).times
        assert (sum(empty.answered), sum(empty.waiting), empty.median, empty.longest_wait) == (0, 0, None, None)
        for person, after in (("amara", HOUR / 2), ("yusuf", 3 * DAY)):
            row = ready(session, platform, person, TEXT, (NEXT, "k2", "We meet", "What for?"))
            answer(session, mateo, row, after)
        hand_in(session, platform, "lin", now=NOW)
        hand_in(session, platform, "lin", "Another text.", now=NOW + HOUR)  # overtakes the first, which waits no more
        seen = challenge.glance(session, mateo, "observe", now=NOW + 20 * DAY).times
        assert seen.answered == (1, 0, 0, 0, 1, 0, 0, 0)
        assert seen.waiting == (0, 0, 0, 0, 0, 0, 0, 1)
        assert (seen.longest, seen.longest_wait) == (3 * DAY, 20 * DAY - HOUR)
        assert (seen.median, seen.ninetieth) == (None, None)  # of two


@pytest.mark.parametrize(("many", "middle"), [(9, None), (10, 5.5 * HOUR)])
def test_half_and_nine_of_ten_are_told_of_no_fewer_than_ten(many: int, middle: timedelta | None) -> None:
    pieces = [
        RevisionInLens(
            *(f"d{at}", f"r{at}", f"s{at}", f"s-{at}", f"p{at}", "g", 1, True, NOW, DraftState.RELEASED, None, {}, {}),
            released_at=NOW + (at + 1) * HOUR,
            stands=True,
            read_at=None,
        )
        for at in range(many)
    ]
    seen = times(pieces, NOW + DAY)
    assert (seen.median, seen.longest) == (middle, many * HOUR)
    assert (seen.ninetieth is None) == (middle is None)


def test_a_persons_judgement_comes_before_the_assessments(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        line = (NEXT, "k2", "We meet", "What for?")
        amara = ready(session, platform, "amara", TEXT, line, assessment=read_as(MET, MET, sure=0.9))
        ready(session, platform, "yusuf", TEXT, line, assessment=read_as(NOT_YET, MET, sure=0.4))
        hand_in(session, platform, "lin")
        said = {"k1": PARTLY, "k2": Standing.CANNOT_TELL}
        points.judge(Deciding(session, mateo, amara.id, amara.version, NOW), criteria=said)
        whole, k1, k2 = challenge.glance(session, mateo, "observe", now=NOW).standings
        assert (whole.judged, whole.counts[PARTLY], whole.unread) == (0, 2, 1)
        assert (k1.counts[PARTLY], k1.counts[NOT_YET], k1.counts[MET]) == (1, 1, 0)
        assert (k1.judged, k1.confidence, k1.unread, k1.read) == (1, 0.4, 1, 2)
        assert (k2.counts[Standing.CANNOT_TELL], k2.counts[MET]) == (1, 1)


def test_drafts_and_facilitators_are_compared_criterion_by_criterion(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        line = (STRENGTH, "k1", "We meet", "Fridays make it doable.")
        judged = (("amara", MET, MET), ("yusuf", MET, NOT_YET), ("lin", NOT_YET, Standing.CANNOT_TELL))
        for person, machine, human in judged:
            row = ready(session, platform, person, TEXT, line, assessment=read_as(machine, machine))
            points.judge(Deciding(session, mateo, row.id, row.version, NOW), criteria={"k1": human})
        whole, k1, k2 = challenge.workings(session, mateo, "observe", now=NOW).compared
        assert (k1.agreement.pairs, k1.agreement.same, k1.abstained) == (2, 1, 1)
        assert (k1.kinder, k1.harsher, k1.table[MET, NOT_YET]) == (1, 0, 1)
        assert k1.agreement.small
        assert whole.agreement.pairs == k2.agreement.pairs == 0


def test_points_count_once_by_what_was_decided_last_in_the_week_it_was(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        lines = [(NEXT, "k2", "We meet", f"Question {number}?") for number in range(3)]
        row = ready(session, platform, "amara", TEXT, *lines)
        later = NOW + 14 * DAY
        dismiss(session, mateo, row, code="too_harsh")
        second = row.points[1].id
        points.accept_point(Deciding(session, mateo, row.id, row.version, NOW), second)
        at = Deciding(session, mateo, row.id, row.version, later)
        points.edit_point(at, second, text="Who writes it down?", bulk=True)
        wish = points.PointWish(NEXT, "And who is it for?")
        points.add_point(Deciding(session, mateo, row.id, row.version, later), wish=wish)
        approve(session, mateo, row, now=later)
        seen = challenge.workings(session, mateo, "observe", now=later).decisions
        assert seen.total == DecisionCounts(accepted=1, edited=1, dismissed=1, bulk=1)
        assert seen.total.share(seen.total.edited) is None  # of three the counts say it
        assert (DecisionCounts(5, 4, 3).share(4), DecisionCounts().share(0)) == (1 / 3, None)
        assert (seen.own, seen.reasons, seen.declined) == (1, {"too_harsh": 1}, {})
        monday = NOW.date()
        weeks = {
            monday: DecisionCounts(dismissed=1),
            monday + 7 * DAY: DecisionCounts(),
            monday + 14 * DAY: DecisionCounts(1, 1, 0, 1),
        }
        assert seen.weeks == weeks
        assert seen.by_criterion == {"k2": seen.total}


def test_a_decline_counts_with_its_reason_as_long_as_it_stands(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        review.decline(Deciding(session, mateo, row.id, row.version, NOW), reason_code="")
        assert challenge.workings(session, mateo, "observe", now=NOW).decisions.declined == {"none_given": 1}
        review.reopen(Deciding(session, mateo, row.id, row.version, NOW + HOUR))
        assert challenge.workings(session, mateo, "observe", now=NOW).decisions.declined == {}


def test_the_list_says_of_each_challenge_how_far_it_is(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo, lena = act_as(session, platform, "mateo"), act_as(session, platform, "lena")
        wish = setting.ChallengeWish("Only for the south", "Plan.", groups=("south",))
        setting.put_challenge(session, platform, "south-only", wish, now=NOW)
        amara = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
        answer(session, mateo, amara, HOUR)
        ready(session, platform, "yusuf", TEXT, (NEXT, "k2", "We meet", "What for?"))
        hand_in(session, platform, "lin")
        rows = {row.challenge.external_id: row for row in overview_list.rows(session, mateo)}
        one = rows["observe"]
        assert (one.set_to, one.submitted, one.answered, one.to_decide, one.with_machine) == (3, 3, 1, 1, 1)
        assert (rows["south-only"].set_to, rows["south-only"].submitted) == (1, 0)
        assert [(row.challenge.external_id, row.set_to) for row in overview_list.rows(session, lena)] == [
            ("observe", 2)
        ]
        with pytest.raises(NotAllowed):
            overview_list.rows(session, act_as(session, platform, "amara"))


def test_the_number_of_statements_does_not_grow_with_the_work(sessions: Sessions) -> None:
    def statements(actor: Actor) -> tuple[int, int]:
        session.flush()
        session.expire_all()
        with counted(session) as whole:
            challenge.overview(session, actor, "observe", now=NOW + DAY)
        with counted(session) as listed:
            overview_list.rows(session, actor)
        return len(whole), len(listed)

    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        line = (NEXT, "k2", "We meet", "What for?")
        answer(session, mateo, ready(session, platform, "amara", TEXT, line), HOUR)
        before = statements(mateo)
        for number in range(12):
            roles = [(Role.LEARNER, "north")]
            register.put_person(session, platform, f"n{number}", name=f"Noor {number}", roles=roles, now=NOW)
            row = ready(session, platform, f"n{number}", TEXT, line, id_=f"s{number}")
            if number % 3 == 0:
                answer(session, mateo, row, HOUR)
            if number % 3 == 1:
                dismiss(session, mateo, row)
            extra = Challenge(
                organization_id=platform.organization, external_id=f"c{number}", title="More", created_at=NOW, tags=[]
            )
            session.add(extra)
        session.flush()
        assert first(row) is not None
        assert statements(mateo) == before
        assert before[0] <= 20
