"""How long an approval can be undone is the organization's to say, whatever it is that is approved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.approvals.approving import Approvable, ApprovalKind
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release, review
from service.actions.galleries import policy
from service.actions.galleries import review as galleries_review
from service.actions.introductions import answers, desk
from service.actions.introductions import review as introductions_review
from service.actions.learners import galleries
from service.actions.requests import found
from service.domain.errors import NotNow
from service.domain.galleries import GalleryState, Policy
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import DraftRow, FoundWork, Gallery, Introduction, Job, Organization
from tests.begun import begun
from tests.service.actions.galleries.world import all_hand_in, approved, machine, of, peopled
from tests.service.actions.introductions import village
from tests.service.actions.requests.test_found_work import asked, waiting
from tests.service.actions.school import NOW, act_as, approve, hand_in, make_ready
from tests.service.actions.school import found as organization

MOMENT = timedelta(seconds=1)
INSTALLED = timedelta(seconds=10)
"""What holds where the organization says nothing."""


@dataclass(frozen=True)
class Kind:
    """Something to approve: let out when that is due, taken back by a facilitator; how it gets ready, and approved."""

    of: ApprovalKind[Any]
    row: type[Approvable]
    due: Callable[..., bool]
    undo: Callable[[Deciding], object]
    ready: Callable[[Sessions], Actor]
    approve: Callable[[Session, Actor], None]


def _draft(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        platform = organization(session)
        make_ready(session, hand_in(session, platform).draft)
    return platform


def _gallery(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform)
        galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
    return platform


def _introduction(sessions: Sessions) -> Actor:
    here = village.settle(sessions)
    assert here.suggest("amara", "lin")
    return here.platform


def _found_work(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        return asked(session)


def _by_policy(session: Session, platform: Actor) -> None:
    """Without being looked at: a facilitator has laid down that what keeps to a rule is shown."""
    rule = Policy(automatic=True, question="Which one could you do on Monday?")
    mateo = act_as(session, platform, "mateo")
    policy.lay_down(session, mateo, "observe", group=None, policy=rule, now=NOW)
    assert of(session).state is GalleryState.APPROVED


def _approve_draft(session: Session, platform: Actor) -> None:
    approve(session, act_as(session, platform, "lena"), session.scalars(select(DraftRow)).one())


def _approve_gallery(session: Session, platform: Actor) -> None:
    approved(session, act_as(session, platform, "mateo"), of(session))


def _approve_introduction(session: Session, platform: Actor) -> None:
    row, mateo = session.scalars(select(Introduction)).one(), act_as(session, platform, "mateo")
    seen = desk.show(session, mateo, row.id, now=NOW).text_hash
    introductions_review.approve(Deciding(session, mateo, row.id, row.version, NOW), seen=seen)


def _approve_found_work(session: Session, platform: Actor) -> None:
    (one,) = waiting(session, platform, "mateo")
    found.approve(Deciding(session, act_as(session, platform, "mateo"), one.id, one.version, NOW), seen=one.text_hash)


SHOWS = (approving.GALLERY, Gallery, galleries_review.show_due, galleries_review.undo)
ASKS = (approving.INTRODUCTION, Introduction, answers.ask_due, introductions_review.undo)
FINDS = (approving.FOUND_WORK, FoundWork, found.show_due, found.undo)
KINDS = {
    "draft": Kind(approving.DRAFT, DraftRow, release.release_due, review.undo, _draft, _approve_draft),
    "gallery": Kind(*SHOWS, _gallery, _approve_gallery),
    "gallery by policy": Kind(*SHOWS, _gallery, _by_policy),
    "introduction": Kind(*ASKS, _introduction, _approve_introduction),
    "found work": Kind(*FINDS, _found_work, _approve_found_work),
}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_whatever_is_approved_is_tried_here():
    there = {one.name for one in vars(approving).values() if isinstance(one, ApprovalKind)}
    assert {kind.of.name for kind in KINDS.values()} == there


def _approved(sessions: Sessions, kind: Kind, said: int | float | None) -> Actor:
    platform = begun(kind.ready.__name__, sessions, lambda: kind.ready(sessions))
    with sessions.writing() as session:
        if said is not None:
            session.get_one(Organization, platform.organization).settings = {"undo_seconds": said}
        kind.approve(session, platform)
    return platform


@every_kind
@pytest.mark.parametrize("said", [None, 0, 0.5, 120])
def test_what_is_approved_comes_out_when_the_organizations_undo_window_has_passed_and_not_before(
    sessions: Sessions, kind: Kind, said: float | None
):
    _approved(sessions, kind, said)
    window = INSTALLED if said is None else timedelta(seconds=said)
    with sessions.writing() as session:
        row, job = (
            session.scalars(select(kind.row)).one(),
            session.scalars(select(Job).where(Job.kind == kind.of.job)).one(),
        )
        assert job.not_before == NOW + window
        assert not kind.due(session, row.id, now=NOW + window - timedelta(milliseconds=1))
        assert kind.due(session, row.id, now=NOW + window)
        assert not kind.due(session, row.id, now=NOW + window + MOMENT)


@every_kind
def test_what_is_undone_within_the_organizations_window_never_comes_out(sessions: Sessions, kind: Kind):
    platform = _approved(sessions, kind, 120)
    with sessions.writing() as session:
        mateo, row = act_as(session, platform, "mateo"), session.scalars(select(kind.row)).one()
        version = row.version
        kind.undo(Deciding(session, mateo, row.id, version, NOW + timedelta(seconds=119)))
        assert approving.in_force(session, kind.of, row.id) is None
        assert (row.state is kind.of.life.approved, row.version) == (False, version + 1)
        assert not kind.due(session, row.id, now=NOW + timedelta(seconds=121))
        with pytest.raises(NotNow):
            kind.undo(Deciding(session, mateo, row.id, row.version, NOW + timedelta(seconds=121)))


@every_kind
def test_what_has_come_out_can_no_longer_be_undone(sessions: Sessions, kind: Kind):
    platform = _approved(sessions, kind, 5)
    with sessions.writing() as session:
        mateo, row = act_as(session, platform, "mateo"), session.scalars(select(kind.row)).one()
        assert kind.due(session, row.id, now=NOW + timedelta(seconds=5))
        with pytest.raises(NotNow):
            kind.undo(Deciding(session, mateo, row.id, row.version, NOW + timedelta(seconds=6)))
