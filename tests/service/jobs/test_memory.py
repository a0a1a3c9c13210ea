"""What facilitators decide is in the next draft, made by the real jobs from the real index and the real drafter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.ports import LanguageModel, ModelReply, ModelRequest
from pipelines.values import AI, PointKind, SourceKind
from service.actions.approvals.deciding import Deciding
from service.actions.challenges.setting import ChallengeWish, CriterionWish, put_challenge
from service.actions.decisions import points, review
from service.actions.desk import in_full
from service.actions.drafts import points as drafts_points
from service.actions.drafts import read
from service.actions.memory import clarifying, decided
from service.domain.drafts import DraftState
from service.domain.roles import Actor, CredentialReach
from service.store.tables import DraftRow, Group, Person, PointRow, PointState, Revision
from tests.service.jobs.conftest import School
from tests.work_off import work_off

PLAN = "We pair teachers across grades and visit each other twice before half-term. Afterwards we talk about it."
NEARLY = "Teachers across grades are paired and visit each other twice before half-term. Afterwards they talk about it."


def ilse(school: School) -> Actor:
    with school.parts.sessions.reading() as session:
        person = session.scalars(select(Person).where(Person.external_id == "ilse")).one()
        group = session.scalars(select(Group)).one()
    return Actor(
        school.actor.organization, "token", CredentialReach.PERSON, person.id, facilitates=frozenset({group.id})
    )


def drafted(school: School, id_: str, person: str, text: str) -> str:
    """Hand in, let the jobs run, and give the draft's id."""
    made = school.hand_in(id_, person, text)
    work_off(school.parts)
    assert made.draft is not None
    return made.draft.id


def seen(school: School, draft: str) -> in_full.DraftInFull:
    with school.parts.sessions.reading() as session:
        actor = ilse(school)
        full = in_full.draft(session, actor, read.draft(session, actor, draft))
        _ = [point.sources for point in full.points]
        return full


def approved(school: School, draft: str) -> list[PointRow]:
    with school.parts.sessions.writing() as session:
        row = session.get_one(DraftRow, draft)
        text_hash, _ = drafts_points.text_to_approve(row)
        review.approve(Deciding(session, ilse(school), draft, row.version, school.parts.now()), seen=text_hash)
        kept = drafts_points.standing_points(row)
    work_off(school.parts)
    return kept


def evidence(full: in_full.DraftInFull) -> set[str]:
    """Ids of the precedents that a draft was made with."""
    return {piece["id"] for piece in full.seen.row.evidence if piece["shelf"] == "precedents"}


def dismissed(school: School, draft: str, note: str, *, code: str = "not_useful") -> PointRow:
    with school.parts.sessions.writing() as session:
        row = session.get_one(DraftRow, draft)
        point = next(one for one in drafts_points.current_points(row) if one.state is PointState.PROPOSED)
        at = Deciding(session, ilse(school), draft, row.version, school.parts.now())
        points.dismiss_point(at, point.id, reason_code=code, note=note)
    work_off(school.parts)
    return point


def test_an_approved_point_is_evidence_for_the_next_draft_on_nearly_the_same_passage(school: School):
    kept = approved(school, drafted(school, "s-1", "amara", PLAN))
    assert kept
    assert {point.id for point in kept} & evidence(seen(school, drafted(school, "s-2", "tiago", NEARLY)))


def test_what_facilitators_agree_on_is_cited_and_an_edit_counts_in_its_new_words(school: School):
    """One precedent is no agreement (rule 5): the drafter rests a point on those of two authors."""
    said = "Which pair goes first, and on which day?"
    ids = set()
    for number, (person, text) in enumerate((("amara", PLAN), ("tiago", NEARLY))):
        draft = drafted(school, f"s-{number}", person, text)
        with school.parts.sessions.writing() as session:
            row = session.get_one(DraftRow, draft)
            for point in drafts_points.current_points(row):
                at = Deciding(session, ilse(school), draft, row.version, school.parts.now())
                points.edit_point(at, point.id, text=said)
        ids |= {point.id for point in approved(school, draft)}
    next_one = seen(school, drafted(school, "s-3", "noor", PLAN.replace("Afterwards", "Later")))
    cited = {s.ref_id for point in next_one.points for s in point.sources if s.kind is SourceKind.PRECEDENT}
    assert ids & cited
    assert said in {point.text for point in next_one.points}


def test_a_dismissed_point_is_not_said_again_and_the_reason_is_shown(school: School):
    dismissed(school, drafted(school, "s-1", "amara", PLAN), "Their calendar says it.")
    next_one = seen(school, drafted(school, "s-2", "tiago", NEARLY))
    assert [point for point in next_one.points if point.kind is not PointKind.STRENGTH] == []
    row = next_one.seen.row
    told = [one.message for one in row.findings if one.generation == row.generation]
    assert any("Their calendar says it" in message for message in told), told


@pytest.mark.parametrize("code", ["too_harsh", "already_said"])
def test_what_was_dismissed_for_its_wording_may_be_said_in_other_words(school: School, code: str):
    dismissed(school, drafted(school, "s-1", "amara", PLAN), "", code=code)
    next_one = seen(school, drafted(school, "s-2", "tiago", NEARLY))
    assert [point for point in next_one.points if point.criterion == "k1"]


def test_a_dismissal_that_is_taken_back_no_longer_stands_in_the_way(school: School):
    draft = drafted(school, "s-1", "amara", PLAN)
    gone = dismissed(school, draft, "Their calendar says it.")
    with school.parts.sessions.writing() as session:
        row = session.get_one(DraftRow, draft)
        challenge = row.challenge_id
    assert gone.id in school.parts.index.ids(f"precedents-{challenge}")
    with school.parts.sessions.writing() as session:
        row = session.get_one(DraftRow, draft)
        points.accept_point(Deciding(session, ilse(school), draft, row.version, school.parts.now()), gone.id)
    work_off(school.parts)
    assert gone.id not in school.parts.index.ids(f"precedents-{challenge}")
    next_one = seen(school, drafted(school, "s-2", "tiago", NEARLY))
    assert [point for point in next_one.points if point.criterion == "k1"]


def test_a_near_twin_that_waits_is_marked_listed_and_never_taken_away(school: School):
    first, second = drafted(school, "s-1", "amara", PLAN), drafted(school, "s-2", "tiago", NEARLY)
    twin = seen(school, second).points[0]
    gone = dismissed(school, first, "Their calendar says it.")
    shown = seen(school, second)
    assert [point.state for point in shown.points] == [PointState.PROPOSED] * len(shown.points)
    marks = [mark for mark in shown.marks if mark.code == "dismissed-elsewhere"]
    assert [mark.point for mark in marks] == [twin.id]
    assert "Their calendar says it" in marks[0].message
    with school.parts.sessions.reading() as session:
        listed = decided.reach(session, ilse(school), first, gone.id)
        assert twin.id in {one.point.id for one in listed}


def test_a_changed_criterion_makes_drafts_stale_and_the_next_one_is_made_from_the_new_words(school: School):
    draft = drafted(school, "s-1", "amara", PLAN)
    with school.parts.sessions.writing() as session:
        _reword(session, school, CriterionWish("k1", "names the room of the visit", "In which room is it?"))
    assert seen(school, draft).seen.row.stale
    fresh = seen(school, drafted(school, "s-2", "tiago", NEARLY)).seen.row
    assert (fresh.stale, fresh.challenge_version) == (False, 2)
    sources = [
        source.title for point in fresh.points for source in point.sources if source.kind is SourceKind.CRITERION
    ]
    assert set(sources) <= {"names the room of the visit"}


def _reword(session: Session, school: School, *criteria: CriterionWish) -> None:
    wish = ChallengeWish("Plan peer observation", "Plan how your team starts it.", criteria=criteria)
    put_challenge(session, school.actor, "observation", wish, now=school.parts.now())


class Overheard:
    """The drafter without a model, and what it was asked."""

    def __init__(self, drafter: LanguageModel) -> None:
        self._drafter = drafter
        self.asked: list[ModelRequest] = []

    @property
    def name(self) -> str:
        return self._drafter.name

    @property
    def local(self) -> bool:
        return self._drafter.local

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        return self._drafter.reply(request)


def test_what_a_facilitator_answered_is_in_every_prompt_from_then_on(school: School):
    """Three dismissals ask, a facilitator answers, and the next draft is asked for with the answer."""
    for number, text in enumerate(("Tea first.", "Then we talk.", "Everybody writes a page.")):
        _write_and_dismiss(school, drafted(school, f"s-{number}", "amara", f"{text} {PLAN}"))
    answer = "A name and a day, for each visit."
    with school.parts.sessions.writing() as session:
        found = clarifying.challenge_questions(session, ilse(school), "observation")
        asked = found.open
        assert asked is not None
        assert "dismissed three times (reasons: It is there)" in asked.text
        at = Deciding(session, ilse(school), "observation", found.version, school.parts.now())
        clarifying.answer(at, criterion="k1", text=answer)
    heard = Overheard(school.parts.fallback)
    school.hand_in("s-9", "tiago", NEARLY)
    work_off(replace(school.parts, fallback=heard))
    (request,) = heard.asked
    said = f"k1, “names who observes whom and when” (Ilse, {school.parts.now():%Y-%m-%d}): {answer}"
    assert said in request.user
    assert request.material is not None
    assert [one.evidence for one in request.material.brief.challenge.criteria] == [answer]


def _write_and_dismiss(school: School, draft: str) -> None:
    """Dismiss a point on k1: one that was drafted, or, where none was, a person's own."""
    with school.parts.sessions.writing() as session:
        row, who, now = session.get_one(DraftRow, draft), ilse(school), school.parts.now()
        if row.state in (DraftState.TO_JUDGE, DraftState.STUCK):
            review.write(Deciding(session, who, draft, row.version, now))
            wish = points.PointWish(PointKind.QUESTION, "Who goes first?", "visit each other twice", "k1")
            points.add_point(Deciding(session, who, draft, row.version, now), wish=wish)
        point = next(one.id for one in drafts_points.standing_points(row) if one.criterion == "k1")
        at = Deciding(session, who, draft, row.version, now)
        points.dismiss_point(at, point, reason_code="wrong", note="It is there.")


def test_work_that_no_machine_may_read_is_no_precedent(school: School):
    approved(school, drafted(school, "s-1", "amara", PLAN))
    school.hand_in("s-1", "amara", PLAN, ai=AI.NONE)
    with school.parts.sessions.writing() as session:
        for revision in session.scalars(select(Revision)):
            revision.ai = AI.NONE
    next_one = seen(school, drafted(school, "s-2", "tiago", NEARLY))
    assert evidence(next_one) == set()
