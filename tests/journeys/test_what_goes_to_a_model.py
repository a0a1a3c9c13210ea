"""Over the wire: whose words a language model is sent beside the text that it is asked about, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipelines.values import AI, PointKind, Standing
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points, review
from service.actions.decisions.points import PointWish, add_point, dismiss_point
from service.actions.drafts.points import text_to_approve
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.domain.roles import Actor, CredentialReach
from service.domain.visibility import ShowWork
from service.store.tables import (
    Approval,
    Disclosure,
    DisclosureKind,
    DraftRow,
    Group,
    Job,
    JobState,
    Person,
    Revision,
    Submission,
)
from tests.journeys.test_model_trouble import POINT, TEXT, answer, settings_for
from tests.service.jobs.conftest import School, school
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import OpenAIWire, openai_wire
from tests.work_off import work_off

__all__ = ["openai_wire", "school"]  # fixtures

NOORS = (
    "We pair teachers across grades with a stopwatch and a bag of marbles. Each pair visits the other twice before the "
    "holidays, and the quieter of the two speaks first."
)
KEPT = PointWish(PointKind.STRENGTH, "Marbles show who has spoken.", "a stopwatch and a bag of marbles", "k1")
MORE = PointWish(PointKind.NEXT_STEP, "Who keeps the lantern list?", "Each pair visits the other twice", "k1")
SETTLED = PointWish(PointKind.QUESTION, "Would a trumpet help the quieter one?", "the quieter of the two", "k1")
HERS = ("marbles", "lantern", "trumpet")
"""A word of what would come as others' work and as a precedent, of an example, and of what is settled."""


@pytest.fixture(params=[False])
def parts(
    request: pytest.FixtureRequest, openai_wire: OpenAIWire, tmp_path: Path, sqlite_database: str
) -> Iterator[wiring.Parts]:
    openai_wire.script = lambda _: wire_of.reply(answer(POINT))
    settings = settings_for(
        openai_wire, tmp_path, sqlite_database, model_local=request.param, model_critique=True, model_seconds=20
    )
    model = wiring.language_model(settings)
    made = replace(wiring.build(settings), model=wiring.guarded(settings, model))
    yield made
    made.sessions.engine.dispose()
    model.close()  # type: ignore[union-attr]


def _of_noor(school: School, *, text: AI = AI.ANY) -> str:
    """Her work, on which one point was turned down and two were approved; the id of its revision."""
    school.hand_in("s-0", person="noor", text=NOORS, ai=text)
    work_off(school.parts)
    now = school.parts.now()
    with school.parts.sessions.writing() as session:
        row = session.scalars(select(DraftRow)).one()
        person = session.scalars(select(Person.id).where(Person.external_id == "ilse")).one()
        group = session.scalars(select(Group.id)).one()
        ilse = Actor(row.organization_id, "token", CredentialReach.PERSON, person, facilitates=frozenset([group]))
        for point in list(row.points):
            dismiss_point(Deciding(session, ilse, row.id, row.version, now), point.id, reason_code="wrong")
        for wish in (SETTLED, KEPT, MORE):
            add_point(Deciding(session, ilse, row.id, row.version, now), wish=wish)
            if wish is SETTLED:
                added = row.points[-1].id
                dismiss_point(Deciding(session, ilse, row.id, row.version, now), added, reason_code="wrong")
        points.judge(Deciding(session, ilse, row.id, row.version, now), criteria={"k1": Standing.PARTLY})
        seen, _ = text_to_approve(row)
        review.approve(Deciding(session, ilse, row.id, row.version, now), seen=seen)
        revision = row.revision_id
    work_off(school.parts)
    return revision


def _allows(school: School, ai: AI) -> None:
    with school.parts.sessions.writing() as session:
        wish = ConsentWish(ShowWork.WITHOUT_NAME, True, ai)
        register.set_consent(session, school.actor, "noor", wish, now=school.parts.now())


def _sent_for_tiago(school: School, wire: OpenAIWire) -> tuple[list[str], list[DisclosureKind]]:
    """Which of her words went out when another learner's draft was made, in either pass; what she is told of it."""
    before = len(wire.received)
    school.hand_in("s-1", person="tiago", text=TEXT)
    work_off(school.parts)
    out = " ".join(content for one in wire.received[before:] for _, content in one.messages)
    assert TEXT[:40] in out
    with school.parts.sessions.reading() as session:
        of_tiago = select(DraftRow.id).join(Submission, Submission.id == DraftRow.submission_id)
        draft = session.scalars(of_tiago.where(Submission.external_id == "s-1")).one()
        hers = select(Disclosure.kind).join(Revision, Revision.id == Disclosure.revision_id)
        hers = hers.join(Submission, Submission.id == Revision.submission_id)
        told = session.scalars(hers.where(Submission.external_id == "s-0", Disclosure.subject_id == draft)).all()
    return [word for word in HERS if word in out], list(told)


def test_a_model_elsewhere_reads_what_may_go_anywhere_and_its_author_is_told(
    school: School, openai_wire: OpenAIWire
) -> None:
    _of_noor(school)
    assert _sent_for_tiago(school, openai_wire) == (list(HERS), [DisclosureKind.MODEL])


@pytest.mark.parametrize("said_of", ["all of hers", "this text"])
def test_a_model_elsewhere_reads_nothing_that_is_to_stay_on_the_organizations_machines(
    school: School, openai_wire: OpenAIWire, said_of: str
) -> None:
    _of_noor(school, text=AI.LOCAL if said_of == "this text" else AI.ANY)
    if said_of == "all of hers":
        _allows(school, AI.LOCAL)
    assert _sent_for_tiago(school, openai_wire) == ([], [])


@pytest.mark.parametrize("parts", [True], indirect=True)
def test_a_model_of_the_organization_reads_what_is_to_stay_on_its_machines(
    school: School, openai_wire: OpenAIWire
) -> None:
    _of_noor(school, text=AI.LOCAL)
    assert _sent_for_tiago(school, openai_wire) == (list(HERS), [DisclosureKind.LOCAL_MODEL])


@pytest.mark.parametrize("how", ["taken back", "no machine"])
@pytest.mark.parametrize("parts", [True], indirect=True)
def test_no_model_is_told_what_was_turned_down_on_work_that_machines_may_not_read(
    school: School, openai_wire: OpenAIWire, how: str
) -> None:
    _of_noor(school)
    if how == "taken back":
        school.withdraw("s-0")
    else:
        _allows(school, AI.NONE)
    assert _sent_for_tiago(school, openai_wire) == ([], [])


@pytest.mark.parametrize("first", [AI.LOCAL, AI.ANY])
def test_a_later_text_takes_what_was_said_of_the_first_along_only_where_that_may_go_too(
    school: School, openai_wire: OpenAIWire, first: AI
) -> None:
    revision = _of_noor(school, text=first)
    for job in school.jobs(JobState.QUEUED, kind="release"):
        with school.parts.sessions.writing() as session:
            session.get_one(Job, job.id).not_before = school.parts.now()
            session.execute(update(Approval).values(release_at=school.parts.now()))
    work_off(school.parts)
    before = len(openai_wire.received)
    school.hand_in("s-0", person="noor", text=f"{NOORS} We begin in May.")
    work_off(school.parts)
    out = " ".join(content for one in openai_wire.received[before:] for _, content in one.messages)
    assert "We begin in May" in out
    assert (MORE.text in out) == (first is AI.ANY)
    with school.parts.sessions.reading() as session:
        told = set(session.scalars(select(Disclosure.revision_id)))
    assert (revision in told) == (first is AI.ANY)
