"""Erasure by its effect: after the job no byte of what was erased is left where it can be looked for, and all that
others said and was approved for them stands as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service.actions.decisions import release
from service.actions.drafts.points import current_points
from service.actions.learners import asks
from service.actions.learners.disclosed import disclosed
from service.actions.people import lookup, register
from service.actions.search import found as search
from service.domain.drafts import DraftState
from service.domain.erasure.erased import FORMER, ErasureKind, ErasureState
from service.domain.errors import NotFound
from service.domain.roles import Role
from service.jobs import erasure
from service.store.session import Sessions
from service.store.tables import (
    Approval,
    AuditEntry,
    Challenge,
    Disclosure,
    DraftRow,
    Erasure,
    Group,
    Job,
    JobState,
    Organization,
    OutgoingEvent,
    PassageRow,
    Person,
    Revision,
    SourceRow,
    Submission,
    VectorRow,
)
from tests.service.actions.school import NOW, act_as, found, hand_in
from tests.service.jobs.canaries import (
    ADDRESS,
    CANARIES,
    ID,
    INDEXED,
    NAME,
    WORK,
    Place,
    canaries_in,
    draft_of,
    installed,
)


@pytest.fixture
def place(tmp_path: Path, sqlite_sessions: Sessions, sqlite_database: str) -> Iterator[Place]:
    with installed(tmp_path / "data", sqlite_sessions, sqlite_database, "exact") as made:
        yield made


@pytest.fixture(params=["chroma", pytest.param("exact", marks=pytest.mark.servers)])
def each_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Everything in files of this machine, with Chroma; and PostgreSQL."""
    kind = "sqlite" if request.param == "chroma" else "postgres"
    sessions, database = (request.getfixturevalue(f"{kind}_{what}") for what in ("sessions", "database"))
    with installed(tmp_path / "data", sessions, database, request.param) as made:
        yield made


def test_no_byte_of_a_person_is_left_and_what_others_have_stands(each_place: Place) -> None:
    place = each_place
    assert {canary for _, canary in canaries_in(place)} == set(CANARIES)
    with place.parts.sessions.reading() as session:
        before = session.scalars(select(Revision.text).order_by(Revision.id)).all()
        vectors = len(session.scalars(select(VectorRow.text_hash)).all())
    id_ = place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    assert canaries_in(place, (*CANARIES, *INDEXED)) == set()
    with place.parts.sessions.reading() as session:
        assert session.scalars(select(Revision.text).order_by(Revision.id)).all() == [t for t in before if t != WORK]
        assert len(session.scalars(select(VectorRow.text_hash)).all()) < vectors
        assert {row.display for row in _others(session)} == {"Amara Okafor", "Yusuf Demir"}
        assert not session.scalars(select(SourceRow).where(SourceRow.kind == SourceKind.PEER)).all()
        for row in session.scalars(select(DraftRow)):
            assert row.prompt_rendered in ("", "PEER [erased]: [erased].")
            assert row.evidence == []
    row = place.erasure(id_)
    assert (row.state, row.left, row.subject_id, row.name, row.external_id) == (ErasureState.DONE, "", "", "", "")
    assert row.counts["submissions"] == 1


def _others(session: Session):
    return session.execute(
        select(Person.name.label("display")).join(Submission, Submission.person_id == Person.id)
    ).all()


def test_nobody_reads_any_of_it_from_the_moment_it_is_asked(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    with place.parts.sessions.writing() as session:
        with pytest.raises(NotFound):
            lookup.person(session, place.platform, ID)
        lena = act_as(session, place.platform, "lena")
        assert asks.asks_open(session, lena, after=None, limit=10) == []
        with pytest.raises(NotFound):
            release.feedback_of(session, place.platform, "s-zq-canary-0815")
        assert register.put_person(session, place.platform, ID, name="Somebody Else", now=NOW)[1]


def test_what_was_approved_with_the_words_is_looked_at_again_before_anybody_reads_it(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    with place.parts.sessions.writing() as session:
        released, waiting = draft_of(session, "s-yusuf"), draft_of(session, "s-amara")
        assert (released.state, waiting.state) == (DraftState.RETRACTED, DraftState.READY)
        assert "[erased]" in current_points(released)[-1].text
        assert "[erased]" in current_points(waiting)[-1].text
        with pytest.raises(NotFound):
            release.feedback_of(session, act_as(session, place.platform, "yusuf"), "s-yusuf")


def test_work_alone_goes_and_its_author_reads_on_that_it_was_shown(place: Place) -> None:
    place.erase(ErasureKind.SUBMISSION, "s-zq-canary-0815")
    place.work_off()
    assert {canary for _, canary in canaries_in(place)} == {NAME, ID, ADDRESS}
    with place.parts.sessions.writing() as session:
        told = disclosed(session, act_as(session, place.platform, ID), ID)
        assert {one.kind: one.submission for one in told} == dict.fromkeys(
            ("request", "desk", "brief", "local_model", "export"), ""
        )
        assert session.scalars(select(Disclosure.revision_id).distinct()).all() == [None]


def test_who_has_the_same_name_is_still_found_by_it(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        roles = [(Role.LEARNER, "north")]
        register.put_person(session, place.platform, "namesake", name=NAME, roles=roles, now=NOW)
    place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    with place.parts.sessions.writing() as session:
        lena = act_as(session, place.platform, "lena")
        assert [one.id for one in search.find(session, lena, "quackenbush")] == ["namesake"]


def test_the_same_words_of_somebody_else_stay_theirs(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        hand_in(session, place.platform, "lin", WORK)
    place.work_off()
    place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    with place.parts.sessions.reading() as session:
        assert WORK in session.scalars(select(Revision.text)).all()
        owners = set(session.scalars(select(PassageRow.owner_id)))
        there = set(session.scalars(select(Revision.id)))
        assert {one for one in owners if one in there}
        of_lin = session.scalars(select(Revision.id).where(Revision.text == WORK)).one()
    assert of_lin in {id_.partition("@")[0] for id_ in place.parts.index.ids(f"work-{_challenge(place)}")}


def _challenge(place: Place) -> str:
    with place.parts.sessions.reading() as session:
        return session.scalars(select(Challenge.id).where(Challenge.external_id == "observe")).one()


def test_what_an_erased_facilitator_approved_stays_approved_by_a_former_one(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        register.put_person(session, place.platform, "lena", name="Lenarda Quixotova", now=NOW)
        approvals = session.scalars(select(Approval.id).order_by(Approval.id)).all()
    place.erase(ErasureKind.PERSON, "lena")
    place.work_off()
    assert canaries_in(place, ("Lenarda Quixotova",)) == set()
    with place.parts.sessions.writing() as session:
        seen = release.feedback_of(session, act_as(session, place.platform, "yusuf"), "s-yusuf")
        assert seen.approved_by == FORMER
        assert session.scalars(select(Approval.id).order_by(Approval.id)).all() == approvals
        with pytest.raises(NotFound):
            lookup.person(session, place.platform, "lena")


@pytest.mark.parametrize(
    ("kind", "id_", "left"),
    [
        (ErasureKind.CHALLENGE, "observe", {NAME, ID, ADDRESS}),
        (ErasureKind.GROUP, "north", set()),
        (ErasureKind.ORGANIZATION, "lakeside", set()),
    ],
)
def test_a_challenge_a_group_and_an_organization_go_with_all_that_is_in_them(
    place: Place, kind: ErasureKind, id_: str, left: set[str]
) -> None:
    place.erase(kind, id_)
    place.work_off()
    assert {canary for _, canary in canaries_in(place)} == left
    with place.parts.sessions.reading() as session:
        there = {
            ErasureKind.CHALLENGE: select(Challenge.id),
            ErasureKind.GROUP: select(Group.id).where(Group.name == "North"),
            ErasureKind.ORGANIZATION: select(Organization.id),
        }
        assert session.scalars(there[kind]).all() == []
        assert all(one.state is ErasureState.DONE for one in session.scalars(select(Erasure)))


def test_nothing_of_another_organization_changes(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        other = found(session, "hillside")
        hand_in(session, other, "amara", WORK)
    place.work_off()
    with place.parts.sessions.reading() as session:
        before = _all_of(session, other.organization)
    place.erase(ErasureKind.ORGANIZATION, "lakeside")
    place.work_off()
    with place.parts.sessions.reading() as session:
        assert _all_of(session, other.organization) == before


def _all_of(session: Session, organization: str) -> dict[str, list[object]]:
    from service.store.tables import Base

    return {
        table.name: sorted(map(repr, session.execute(select(table).where(table.c.organization_id == organization))))
        for table in Base.metadata.sorted_tables
        if "organization_id" in table.c
    }


def test_the_trail_says_that_it_was_erased_and_by_whom_and_names_nobody(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    with place.parts.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "erase.person")).one()
        assert entry.actor == place.platform.name
        event = session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == "erased")).one()
        assert set(event.data) == {"kind", "erasure"}


def test_a_job_that_dies_anywhere_is_done_again_to_the_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = place.erase(ErasureKind.PERSON, ID)
    steps: list[Callable[..., object]] = []

    def fail(*_: object, **__: object) -> None:
        steps.append(fail)
        raise ConnectionError("the machine stopped")

    monkeypatch.setattr(erasure, "write_anew", fail)
    place.work_off()
    assert steps
    assert place.erasure(id_).state is ErasureState.GONE
    monkeypatch.undo()
    with place.parts.sessions.writing() as session:  # the job's attempts are used up
        session.execute(update(Job).where(Job.kind == "erase").values(state=JobState.DEAD))
    erasure.write_anew(place.parts)
    assert place.erasure(id_).state is ErasureState.DONE
    assert canaries_in(place) == set()
