"""Following through, from released feedback to the next revision and a commitment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pipelines.values import Band
from service.domain.following.uptake import UptakeVerdict
from service.jobs.following import comparing_uptake
from service.store import find
from service.store.session import Sessions
from service.store.tables import CommitmentRow, Submission
from service.web.pages.following.challenge import between, over_time
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.learners.learning import released

HERE = "/desk/challenges/peer-observation/following"
LATER = f"{TEXT} The first pair will look for questions that children ask."


@on_both
def test_a_point_that_the_next_revision_takes_up_and_a_late_commitment_are_counted(
    serve: Callable[..., School], sessions: Sessions
) -> None:
    school = serve(following=comparing_uptake(sessions)).founded("harbor").peopled()
    mateo = signed_in(school, "mateo")
    assert "No feedback was released" in mateo.get(HERE).text
    released(school)
    assert "1 piece of work has released feedback; 0 of them were handed in again" in mateo.get(HERE).text
    school.handed_in(text=LATER)
    with school.sessions.writing() as session:
        row = find.one(session, Submission, school.organization, "amara-1")
        session.add(
            CommitmentRow(
                organization_id=school.organization,
                person_id=row.person_id,
                submission_id=row.id,
                text="Agree on a question",
                due_on=(school.now() - timedelta(days=3)).date(),
                made_at=school.now(),
            )
        )
    seen = mateo.get(HERE).text
    assert "1 of them was handed in again" in seen
    assert "These hold 1 released point that asked for something: 1 of 1 of which it can be told was taken up" in seen
    assert "Commitments of Year 8: overdue 1" in mateo.get(HERE).html
    assert "Who has not handed in, been answered or acted" in seen
    consents = {"show_work": "no", "introduce": False, "ai": "none"}
    body = {"name": "Amara", "roles": [{"role": "learner", "group": "year-8"}], "consents": consents}
    assert school.platform.put("/v1/people/amara", json=body).status_code == 200
    assert "1 revision is not compared" in mateo.get(HERE).text


def test_months_are_drawn_with_a_gap_where_nobody_handed_in_again_and_one_month_is_no_line() -> None:
    taken, unchanged = (UptakeVerdict.TAKEN_UP, Band.HIGH), (UptakeVerdict.UNCHANGED, Band.HIGH)
    months = {"2025-11": {taken: 9, unchanged: 9}, "2025-12": {taken: 11}, "2026-02": {taken: 3, unchanged: 9}}
    assert between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    drawn = over_time(months)
    assert "taken up 25% at last" in drawn
    assert drawn.count("M") == 2  # two strokes: before the gap, and after it
    assert over_time({"2026-02": {taken: 11}}) == ""
    few = {month: dict.fromkeys(counts, 1) for month, counts in months.items()}
    assert over_time(few) == ""
