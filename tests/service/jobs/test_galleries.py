"""Galleries by real workers: chosen with no transaction open, and told when nothing can be chosen."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

from sqlalchemy import select

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.ports import Embedder, IndexUnavailable
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.galleries import policy, review, wanted
from service.actions.work import submit
from service.domain.galleries import GalleryActor, GalleryState, Policy
from service.store import find
from service.store.tables import Gallery, GalleryApproval, OutgoingEvent, Submission
from tests.service.jobs.conftest import TEXT, School
from tests.service.jobs.test_handlers import Ahead
from tests.service.jobs.test_memory import ilse
from tests.work_off import work_off

OTHERS = {
    "tiago": "Students fill in three lines after class, and the teachers read them in pairs before the next visit.",
    "noor": "We film a lesson, watch it together on Friday and count how often students ask something themselves.",
}


def _wanted(school: School) -> None:
    school.hand_in("s-amara")
    for person, text in OTHERS.items():
        school.hand_in(f"s-{person}", person, text)
    with school.parts.sessions.writing() as session:
        row = find.one(session, Submission, school.actor.organization, "s-amara")
        revision = submit.revision_of(session, row)
        assert revision is not None
        wanted.want(session, row, revision, GalleryActor.LEARNER, asked=True, now=school.parts.now())


def _the_gallery(school: School) -> Gallery:
    with school.parts.sessions.reading() as session:
        row = session.scalars(select(Gallery)).one()
        assert row.items is not None
        return row


def test_a_worker_chooses_a_gallery_from_vectors_that_are_remembered(school: School) -> None:
    _wanted(school)
    work_off(school.parts)
    row = _the_gallery(school)
    assert (row.state, len(row.items)) == (GalleryState.READY, 2)
    assert TEXT not in row.comparison
    assert any(text.split(",")[0] in row.comparison for text in OTHERS.values())


class _Watching(Ahead):
    """Parts whose embedder notes whether the one connection to the database is in use while it thinks."""

    def embedder(self, organization: str) -> Embedder:
        engine = self.sessions.engine
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]

        class Noting(HashingEmbedder):
            def embed(self, texts):  # type: ignore[no-untyped-def]
                assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
                return super().embed(texts)

        return Noting()


def test_no_transaction_is_open_while_works_are_compared(school: School) -> None:
    _wanted(school)
    parts = _Watching(**{one.name: getattr(school.parts, one.name) for one in fields(wiring.Parts)})
    work_off(parts)
    assert _the_gallery(school).state is GalleryState.READY


class _Broken(Ahead):
    """Parts whose embedder does not answer."""

    def embedder(self, organization: str) -> Embedder:
        raise IndexUnavailable("It is gone.")


def test_a_gallery_that_cannot_be_chosen_is_stuck_with_its_reason_and_told(school: School) -> None:
    _wanted(school)
    for hour in range(0, 30, 3):  # an outage is waited for, a day long
        given = {one.name: getattr(school.parts, one.name) for one in fields(wiring.Parts)}
        work_off(_Broken(**given, by=timedelta(hours=hour)))
    row = _the_gallery(school)
    assert (row.state, row.reason_code) == (GalleryState.STUCK, "gave_up")
    assert "It is gone." in row.reason
    with school.parts.sessions.reading() as session:
        told = session.scalars(select(OutgoingEvent.name).where(OutgoingEvent.name.startswith("gallery"))).all()
    assert told == ["gallery.stuck"]


def test_what_a_policy_lets_through_can_be_undone_as_long_as_the_installation_says(school: School) -> None:
    """Where the organization says nothing; and also what waited already when the policy was laid down."""
    undo, rule = timedelta(minutes=5), Policy(automatic=True, question="Which one could you do on Monday?")
    who, now = ilse(school), school.parts.now()
    with school.parts.sessions.writing() as session:
        policy.lay_down(session, who, "observation", group=None, policy=rule, undo=undo, now=now)
    _wanted(school)
    work_off(replace(school.parts, undo=undo))
    assert _window(school) == [undo]
    now = school.parts.now()
    with school.parts.sessions.writing() as session:
        row = session.scalars(select(Gallery)).one()
        review.undo(Deciding(session, who, row.id, row.version, now))
        policy.lay_down(session, who, "observation", group=None, policy=rule, undo=2 * undo, now=now)
    assert _window(school) == [undo, 2 * undo]


def _window(school: School) -> list[timedelta]:
    with school.parts.sessions.reading() as session:
        rows = session.scalars(select(GalleryApproval).order_by(GalleryApproval.release_at))
        return [row.release_at - row.approved_at for row in rows]
