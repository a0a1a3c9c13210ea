"""How a person judges first, on both databases, through the actions: criterion by criterion, each at its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.adapters.extractive import ExtractiveModel
from pipelines.disputed import DIFFER
from pipelines.values import PointKind, Scope, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import judging, points, release, review
from service.actions.decisions.judging import CriterionReadingWish
from service.actions.desk import sheet as desk_sheet
from service.actions.drafts import make
from service.actions.drafts.points import standing_points
from service.domain.drafts import DraftState
from service.domain.errors import ChangedSince, Invalid, NotAllowed, NotFound, NotNow
from service.domain.roles import Actor
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import CriterionReadingRow, Decision, DraftRow, FindingRow, OutgoingEvent
from tests.entitled import ENTITLED
from tests.service.actions.school import NOW, PLAN, act_as, approve, found, hand_in, make_ready, make_to_judge

MET, PARTLY, NOT_YET = Standing.MET, Standing.PARTLY, Standing.NOT_YET
DRAFTER = ExtractiveModel()


def judge(session: Session, actor: Actor, row: DraftRow, *wishes: CriterionReadingWish, after: int = 0) -> DraftRow:
    at = Deciding(session, actor, row.id, row.version, NOW + timedelta(seconds=after))
    return judging.read(at, wishes, DRAFTER)


def test_what_nobody_may_judge_comes_to_a_person_as_a_sheet_and_the_platform_is_told(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        row = make_to_judge(session, hand_in(session, platform).draft)
        told = session.scalars(select(OutgoingEvent.name)).all()
        seen = desk_sheet.sheet(session, act_as(session, platform, "lena"), row.id)
    assert row.state is DraftState.TO_JUDGE
    assert "draft.to_judge" in told
    assert [(one.criterion, [place.quote for place in one.places]) for one in seen.readings] == [
        ("k1", ["across grades"]),
        ("k2", []),
    ]
    assert seen.read == 0


def test_feedback_is_composed_from_the_verdicts_at_their_places_and_says_nothing_of_what_was_not_judged(
    sessions: Sessions,
):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", MET))
        assert row.state is DraftState.READY
        (strength,) = standing_points(row)
        assert (strength.kind, strength.criterion, strength.quote) == (PointKind.STRENGTH, "k1", "across grades")
        judge(session, lena, row, CriterionReadingWish("k1", MET), CriterionReadingWish("k2", NOT_YET, "talk about it"))
        said = {point.criterion: point for point in standing_points(row)}
        assert said.keys() == {"k1", "k2"}
        assert said["k2"].kind is not PointKind.STRENGTH
        assert PLAN[said["k2"].start : said["k2"].end] == said["k2"].quote == "talk about it"
        assert "what will be looked for" in said["k2"].text
        assert row.summary


def test_what_documents_say_against_each_other_stays_told_while_a_person_judges(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        row = make_to_judge(session, hand_in(session, platform).draft)
        for code in (DIFFER, "no_peers"):
            more = FindingRow(organization_id=row.organization_id, generation=row.generation, code=code, message=code)
            row.findings.append(more)
        session.flush()
        judge(session, act_as(session, platform, "lena"), row, CriterionReadingWish("k1", MET))
        assert [one.code for one in row.findings] == [DIFFER]


def test_a_verdict_is_kept_with_who_gave_it_and_when_and_is_a_decision(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", MET), CriterionReadingWish("k2", NOT_YET, nowhere=True))
        judge(
            session,
            mateo,
            row,
            CriterionReadingWish("k1", PARTLY),
            CriterionReadingWish("k2", NOT_YET, nowhere=True),
            after=5,
        )
        kept = {one.criterion: one for one in session.scalars(select(CriterionReadingRow))}
        assert (kept["k1"].standing, kept["k1"].person_id) == (PARTLY, mateo.person)
        assert (kept["k2"].standing, kept["k2"].person_id, kept["k2"].start) == (NOT_YET, lena.person, None)
        assert row.judgements == {"k1": "partly", "k2": "not_yet"}
        assert session.scalars(select(Decision.act).where(Decision.draft_id == row.id)).all() == ["judge", "judge"]


def test_what_was_edited_stays_with_its_place_when_the_rest_is_judged(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", MET))
        (point,) = standing_points(row)
        at = Deciding(session, lena, row.id, row.version, NOW)
        points.edit_point(at, point_id=point.id, text="Keep the pairs across grades.")
        points.set_summary(Deciding(session, lena, row.id, row.version, NOW), text="A good start.")
        judge(session, lena, row, CriterionReadingWish("k1", MET), CriterionReadingWish("k2", NOT_YET), after=5)
        first = next(one for one in standing_points(row) if one.criterion == "k1")
        assert (first.id, first.text, first.quote) == (point.id, "Keep the pairs across grades.", "across grades")
        assert row.summary == "A good start."
        assert {one.criterion for one in standing_points(row)} == {"k1", "k2"}


def test_a_person_can_judge_first_where_a_machine_drafted_and_what_it_said_otherwise_goes(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        assert [(one.kind, one.criterion) for one in standing_points(row)] == [(PointKind.NEXT_STEP, "k2")]
        row.assessment = {
            "criteria": [{"criterion": "k2", "standing": "not_yet", "confidence": 0.9, "record": ENTITLED}]
        }
        judge(session, lena, row, CriterionReadingWish("k2", MET, "visit each other twice"))
        assert [(one.kind, one.criterion) for one in standing_points(row)] == [(PointKind.STRENGTH, "k2")]
        seen = desk_sheet.sheet(session, lena, row.id).readings[1]
        assert (seen.machine, seen.differs) == (NOT_YET, True)


def test_a_machines_point_that_a_verdict_bears_out_stays_as_it_was_drafted(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        drafted = standing_points(row)[0].id
        judge(session, lena, row, CriterionReadingWish("k2", NOT_YET), CriterionReadingWish("k1", MET, "across grades"))
        assert {one.criterion for one in standing_points(row)} == {"k1", "k2"}
        assert drafted in {one.id for one in standing_points(row)}


def test_a_verdict_can_be_taken_back_and_what_was_composed_from_it_goes(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", MET), CriterionReadingWish("k2", NOT_YET))
        at = Deciding(session, lena, row.id, row.version, NOW)
        judging.read_one(at, "k1", None, DRAFTER)
        assert [one.criterion for one in standing_points(row)] == ["k2"]
        assert row.judgements == {"k2": "not_yet"}


def test_the_learner_reads_nothing_of_it_before_it_is_approved(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        row = make_to_judge(session, hand_in(session, platform).draft)
        with pytest.raises(NotNow):
            approve(session, lena, row)
        judge(session, lena, row, CriterionReadingWish("k1", MET))
        with pytest.raises(NotFound):
            release.feedback_of(session, amara, "s-amara")
        approve(session, lena, row)
        release.release(Deciding(session, lena, row.id, row.version, NOW))
        shown = release.feedback_of(session, amara, "s-amara")
    assert [point.quote for point in shown.points] == ["across grades"]


def test_a_verdict_on_a_version_that_is_not_there_any_more_or_on_what_is_approved_is_refused(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_to_judge(session, hand_in(session, platform).draft)
        before = row.version
        judge(session, lena, row, CriterionReadingWish("k1", MET))
        with pytest.raises(ChangedSince):
            judging.read(Deciding(session, mateo, row.id, before, NOW), [CriterionReadingWish("k1", NOT_YET)], DRAFTER)
        approve(session, lena, row)
        with pytest.raises(NotNow):
            judge(session, mateo, row, CriterionReadingWish("k1", NOT_YET))
        review.undo(Deciding(session, lena, row.id, row.version, NOW))
        judge(session, mateo, row, CriterionReadingWish("k1", NOT_YET))
        assert [one.standing for one in row.readings] == [NOT_YET]


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        ([CriterionReadingWish("k9", MET)], "no criterion"),
        ([CriterionReadingWish("k1", MET), CriterionReadingWish("k1", PARTLY)], "once"),
        ([CriterionReadingWish("k1", MET, "words of somebody else")], "not in the work"),
        ([CriterionReadingWish("k1", MET, start=5, end=9_999)], "not in the work"),
        ([CriterionReadingWish("k1", Standing.CANNOT_TELL)], "met, partly or not yet"),
    ],
)
def test_what_cannot_be_a_verdict_is_refused_with_what_to_do(
    sqlite_sessions: Sessions, wishes: list[CriterionReadingWish], why: str
):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        with pytest.raises(Invalid, match=why):
            judge(session, lena, row, *wishes)


def test_of_words_that_stand_twice_the_place_nearest_to_the_mark_is_taken(sqlite_sessions: Sessions):
    text = "We visit in May. Nobody knows yet across which grades. We visit in June."
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = hand_in(session, platform, text=text).draft
        make_to_judge(session, row)
        judge(session, lena, row, CriterionReadingWish("k1", MET, "We visit in", start=50))
        assert row.readings[0].start == text.rindex("We visit in")


def test_nobody_of_another_organization_or_of_other_groups_judges_or_reads_the_sheet(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        strangers = act_as(session, found(session, "elsewhere"), "lena")
        amara = act_as(session, platform, "amara")
        row = make_to_judge(session, hand_in(session, platform).draft)
        for actor in (strangers, amara):
            with pytest.raises((NotFound, NotAllowed)):
                judge(session, actor, row, CriterionReadingWish("k1", MET))
            with pytest.raises(NotFound):
                desk_sheet.sheet(session, actor, row.id)
        assert row.readings == []


def test_what_a_person_read_teaches_at_once_with_its_place_and_whatever_becomes_of_the_feedback(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", MET), CriterionReadingWish("k2", NOT_YET, nowhere=True))
        scope = Scope(platform.organization, row.challenge_id, reader="", author="", at=NOW)
    (judged,) = SqlLibrary(sessions).reviewed(scope, 10)
    assert judged.criteria == {"k1": MET, "k2": NOT_YET}
    assert {key: PLAN[slice(*place)] for key, place in judged.places.items()} == {"k1": "across grades"}


def test_the_machine_that_drafts_anew_is_told_what_a_person_read(sessions: Sessions):

    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_to_judge(session, hand_in(session, platform).draft)
        judge(session, lena, row, CriterionReadingWish("k1", NOT_YET))
        review.redraft(Deciding(session, lena, row.id, row.version, NOW))
        task = make.begin(session, row.id, row.generation, now=NOW)
    assert task is not None
    assert [(one.criterion, one.standing, PLAN[slice(*(one.place or ()))]) for one in task.readings] == [
        ("k1", NOT_YET, "across grades")
    ]
