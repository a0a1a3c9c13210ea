"""A second version that a person judges: what was released on the first is read with it, through the actions."""

from __future__ import annotations

from datetime import timedelta

from pipelines.adapters.extractive import ExtractiveModel
from pipelines.values import PointKind, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import judging, release
from service.actions.decisions.judging import CriterionReadingWish
from service.actions.desk import sheet as desk_sheet
from service.actions.drafts.points import standing_points
from service.store.session import Sessions
from tests.service.actions.school import NOW, PLAN, act_as, approve, found, hand_in, make_ready, make_to_judge

LATER = NOW + timedelta(hours=1)
SECOND = PLAN.replace("half-term. ", "half-term. In the first week the maths teachers go next door. ")


def test_what_was_asked_of_the_first_version_is_on_the_sheet_of_the_second_and_said_with_what_became_of_it(
    sqlite_sessions: Sessions,
):
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        first = make_ready(session, hand_in(session, platform).draft)
        approve(session, lena, first)
        release.release_due(session, first.id, now=LATER)
        row = make_to_judge(session, hand_in(session, platform, text=SECOND, now=LATER).draft)
        seen = desk_sheet.of(session, lena, row)
        at = Deciding(session, lena, row.id, row.version, LATER)
        judging.read(
            at,
            [CriterionReadingWish("k1", Standing.MET), CriterionReadingWish("k2", Standing.NOT_YET, "We pair")],
            ExtractiveModel(),
        )
        points = standing_points(row)
        summary = row.summary
    said = {one.criterion: one.before for one in seen.readings}
    assert said["k1"] == ()
    ((asked,),) = (said["k2"],)
    assert (asked.kind, asked.became) == (PointKind.NEXT_STEP, "added")
    assert (points[0].criterion, points[0].text.startswith("A sentence has come in beside these words")) == ("k2", True)
    assert "last version" in summary
