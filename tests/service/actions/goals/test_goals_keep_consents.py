"""Whatever people allow, in whatever order they change it: no passage and no name stands beside a goal against it."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from pipelines.values import AI
from service.domain.goals import EvidenceStanding
from service.domain.visibility import PeersShown, ShowWork
from service.store.tables import Challenge, Consent, GoalEvidence, Person, Revision, Submission
from tests.budget import examples
from tests.service.actions.goals.planned import GARDEN, VISITS, Planned, plan
from tests.service.jobs.conftest import School
from tests.work_off import work_off

WORDS = {"amara": VISITS, "tiago": VISITS.replace("Our", "The"), "noor": GARDEN}
GROUPS = {"amara": "year-8", "noor": "year-8", "tiago": "year-9"}

says = st.fixed_dictionaries(
    {
        "show": st.sampled_from(list(ShowWork)),
        "ai": st.sampled_from(list(AI)),
        "of_call": st.sampled_from([AI.NONE, AI.LOCAL, AI.LOCAL]),
        "withdrawn": st.sampled_from([False, False, True]),
        "standing": st.sampled_from(list(EvidenceStanding)),
    }
)
everybody = st.fixed_dictionaries(dict.fromkeys(WORDS, says))
peers = st.sampled_from([PeersShown.ALWAYS, PeersShown.AFTER_ATTEMPT, PeersShown.NEVER])


def _write(
    here: Planned, rows: list[dict[str, object]], said: dict[str, dict[str, object]], policy: PeersShown
) -> None:
    """As the rows would stand; nothing that cleans up behind has run."""
    parts = here.school.parts
    with parts.sessions.writing() as session:
        session.execute(update(Challenge).values(sharing_peers=policy))
        session.execute(delete(GoalEvidence))
        session.execute(insert(GoalEvidence), rows)  # also what an earlier example's look took away
        for person, one in said.items():
            id_ = session.scalars(select(Person.id).where(Person.external_id == person)).one()
            of = select(Submission.id).where(Submission.person_id == id_)
            session.execute(update(Consent).where(Consent.person_id == id_).values(show_work=one["show"], ai=one["ai"]))
            session.execute(update(Revision).where(Revision.submission_id.in_(of)).values(ai=one["of_call"]))
            gone = parts.now() if one["withdrawn"] else None
            session.execute(update(Submission).where(Submission.person_id == id_).values(withdrawn_at=gone))
            session.execute(
                update(GoalEvidence).where(GoalEvidence.submission_id.in_(of)).values(standing=one["standing"])
            )


def _may(one: dict[str, object], policy: PeersShown) -> bool:
    """Rule 3, read here once more and independently of the service."""
    return (
        policy is not PeersShown.NEVER
        and one["show"] is not ShowWork.NO
        and AI.NONE not in (one["ai"], one["of_call"])
        and not one["withdrawn"]
    )


def test_no_passage_and_no_name_is_shown_against_what_its_author_allows_now(school: School) -> None:
    here = plan(school)
    readers = {person: here.actor(person) for person in ("rosa", "ilse", "bao")}
    reviews = {"rosa": {"year-8", "year-9"}, "ilse": {"year-8"}, "bao": {"year-9"}}
    (found,) = here.plans()
    shown = set()
    with school.parts.sessions.reading() as session:
        table = GoalEvidence.__table__
        rows = [dict(row) for row in session.execute(select(*table.columns)).mappings()]

    @settings(max_examples=examples(60, 300), suppress_health_check=list(HealthCheck))
    @given(said=everybody, policy=peers, look=st.booleans())
    @example(said={p: _open() for p in WORDS}, policy=PeersShown.ALWAYS, look=False)
    def hold(said: dict[str, dict[str, object]], policy: PeersShown, look: bool) -> None:
        from service.actions.goals import make, progress

        _write(here, rows, said, policy)
        if look:
            with school.parts.sessions.writing() as session:
                make.search_all_again(session, school.actor, now=school.parts.now())
            work_off(school.parts)
        for reader, actor in readers.items():
            may = {p for p in WORDS if _may(said[p], policy) and GROUPS[p] in reviews[reader]}
            named = {f"{p.title()} Tester" for p in may if said[p]["show"] is ShowWork.WITH_NAME}
            with school.parts.sessions.reading() as session:
                seen = [progress.show(session, actor, goal.id) for goal in found.goals]
            pieces = [one for goal in seen for one in (*goal.confirmed, *goal.offered, *goal.dismissed)]
            assert {one.text for one in pieces} <= {WORDS[p] for p in may}
            assert {one.name for one in pieces} - {""} <= named
            assert sum(g.goal.figures.confirmed for g in seen) == sum(len(g.confirmed) for g in seen)
            assert sum(g.goal.figures.offered for g in seen) == sum(len(g.offered) for g in seen)
            shown.update((reader, one.text, one.standing) for one in pieces)

    hold()
    assert {text for _, text, _ in shown} == set(WORDS.values()), "a test that saw nothing proves nothing"
    assert {standing for _, _, standing in shown} == set(EvidenceStanding)


def _open() -> dict[str, object]:
    return {
        "show": ShowWork.WITH_NAME,
        "ai": AI.LOCAL,
        "of_call": AI.LOCAL,
        "withdrawn": False,
        "standing": EvidenceStanding.OFFERED,
    }
