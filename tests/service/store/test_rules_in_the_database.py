"""Rules that the database itself keeps, whatever code asks of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from service.domain.drafts import DraftState
from service.store.tables import Approval, Base, Group, Organization, PointState, Release, Submission
from tests.service.store.world import NOW, World

SEEN = "a" * 64


def approval(world: World, draft: str, facilitator: str | None, text_hash: str = SEEN) -> str:
    row = Approval(
        organization_id=world.organization,
        draft_id=draft,
        text_hash=text_hash,
        body={},
        facilitator_id=facilitator,
        approved_at=NOW,
        release_at=NOW,
    )
    return world.add(row)


def release(world: World, draft: str, of: str, text_hash: str = SEEN) -> str:
    row = Release(
        organization_id=world.organization, draft_id=draft, text_hash=text_hash, approval_id=of, released_at=NOW
    )
    return world.add(row)


@pytest.fixture
def draft(world: World) -> str:
    return world.draft(world.work(world.person("amara"), "We visit."), DraftState.APPROVED)


def test_what_a_facilitator_approved_can_be_released(world: World, draft: str) -> None:
    assert release(world, draft, approval(world, draft, world.person("jonas")))


def test_a_release_without_an_approval_is_refused(world: World, draft: str) -> None:
    with pytest.raises(IntegrityError):
        release(world, draft, "0" * 32)


def test_a_release_of_another_text_than_the_approved_one_is_refused(world: World, draft: str) -> None:
    approved = approval(world, draft, world.person("jonas"))
    with pytest.raises(IntegrityError):
        release(world, draft, approved, text_hash="b" * 64)


def test_an_approval_of_another_draft_releases_nothing(world: World, draft: str) -> None:
    other = world.draft(world.work(world.person("li"), "We talk."), DraftState.APPROVED)
    approved = approval(world, other, world.person("jonas"))
    with pytest.raises(IntegrityError):
        release(world, draft, approved)


@pytest.mark.parametrize("missing", ["draft_id", "text_hash", "approval_id"])
def test_a_release_that_leaves_out_what_it_rests_on_is_refused(world: World, draft: str, missing: str) -> None:
    of = approval(world, draft, world.person("jonas"))
    row: dict[str, Any] = {"draft_id": draft, "text_hash": SEEN, "approval_id": of, "released_at": NOW}
    row |= {"organization_id": world.organization, missing: None}
    with pytest.raises(IntegrityError), world.sessions.writing() as session:
        session.execute(insert(Release.__table__).values(row))


@pytest.mark.parametrize("facilitator", [None, "0" * 32])
def test_an_approval_by_nobody_is_refused(world: World, draft: str, facilitator: str | None) -> None:
    with pytest.raises(IntegrityError):
        approval(world, draft, facilitator)


def test_two_submissions_with_one_external_id_are_refused(world: World) -> None:
    world.submission("s1", world.person("amara"))
    with pytest.raises(IntegrityError):
        world.submission("s1", world.person("jonas"))


def test_a_row_that_belongs_to_nobody_is_refused(world: World) -> None:
    with pytest.raises(IntegrityError):
        world.submission("s1", "0" * 32)


def test_deleting_an_organization_leaves_none_of_its_rows(world: World, draft: str) -> None:
    jonas = world.person("jonas")
    release(world, draft, approval(world, draft, jonas))
    world.point(draft, PointState.ACCEPTED, decided_by=jonas)
    world.document("handbook", "Gone too.")
    with world.sessions.writing() as session:
        session.execute(delete(Organization).where(Organization.id == world.organization))
    with world.sessions.reading() as session:
        left = {name: session.scalar(select(func.count()).select_from(t)) for name, t in Base.metadata.tables.items()}
    assert {name for name, count in left.items() if count} == set()


def test_a_group_with_work_in_it_is_not_deleted(world: World, draft: str) -> None:
    with pytest.raises(IntegrityError), world.sessions.writing() as session:
        session.execute(delete(Group).where(Group.id == world.group))
    with world.sessions.reading() as session:
        assert session.scalars(select(Submission.group_id)).all() == [world.group]
