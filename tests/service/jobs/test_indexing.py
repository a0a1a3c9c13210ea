"""The index is brought to equal the rows, also when they change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipelines.adapters.exact import ExactIndex
from pipelines.ports import Embedder, IndexUnavailable, Vectors
from pipelines.values import AI, Scope, Shelf
from service import wiring
from service.actions.documents import versions
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.domain.ids import new_id
from service.jobs import erasure, indexing
from service.store import jobs
from service.store.tables import Challenge, JobState, PassageRow
from tests.service.jobs.conftest import TEXT, School


def sync_all(parts: wiring.Parts) -> None:
    owner = new_id()
    with parts.sessions.writing() as session:
        mine = jobs.claim(session, owner=owner, now=parts.now(), lease=parts.lease, limit=500, kinds=["sync"])
    indexing.run(parts, owner, mine)


def held(parts: wiring.Parts, school: School) -> set[str]:
    """Owners of everything in the index."""

    with parts.sessions.reading() as session:
        names = indexing.collections(school.actor.organization, session.scalars(select(Challenge.id)).all())
    return {id_.split("@")[0] for name in names for id_ in parts.index.ids(name)}


def test_a_submission_is_in_the_index_and_its_passages_can_be_read_again(school: School) -> None:
    parts = school.parts
    done = school.hand_in("s-1")
    sync_all(parts)
    assert held(parts, school) == {done.revision.id}
    with parts.sessions.reading() as session:
        rows = session.scalars(select(PassageRow)).all()
    assert {row.id for row in rows} == parts.index.ids(f"work-{done.submission.challenge_id}")
    assert all(TEXT[row.start : row.end].strip() for row in rows)
    assert not school.jobs(JobState.QUEUED, JobState.LEASED, kind="sync")


def test_a_submission_taken_back_is_gone_from_the_index(school: School) -> None:
    school.hand_in("s-1")
    sync_all(school.parts)
    school.withdraw("s-1")
    sync_all(school.parts)
    assert held(school.parts, school) == set()


def test_a_later_revision_takes_the_place_of_the_earlier(school: School) -> None:
    school.hand_in("s-1")
    sync_all(school.parts)
    later = school.hand_in("s-1", text="Another plan altogether, with dates and names for every pair.")
    sync_all(school.parts)
    assert held(school.parts, school) == {later.revision.id}


def test_whoever_says_no_to_machines_is_taken_out_of_the_index(school: School) -> None:
    school.hand_in("s-1")
    sync_all(school.parts)
    with school.parts.sessions.writing() as session:
        register.set_consent(session, school.actor, "amara", ConsentWish(ai=AI.NONE), now=school.parts.now())
    sync_all(school.parts)
    assert held(school.parts, school) == set()


def test_a_documents_new_version_replaces_the_old_and_a_removed_one_goes(school: School) -> None:
    parts = school.parts
    for text in ("# Visits\n\nAgree on one question.", "# Visits\n\nAgree on two questions."):
        school.document("handbook", text)
        sync_all(parts)
        assert len(held(parts, school)) == 1
    with parts.sessions.writing() as session:
        versions.remove_document(session, school.actor, "handbook", now=parts.now())
    sync_all(parts)
    assert held(parts, school) == set()


class Interrupting(ExactIndex):
    """Somebody changes a row just after the index was written, once."""

    def __init__(self) -> None:
        super().__init__()
        self.then = lambda: None

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        super().write(collection, ids, vectors)
        then, self.then = self.then, lambda: None
        then()


def test_a_withdrawal_between_writing_and_ending_is_seen(school: School) -> None:
    index = Interrupting()
    parts = replace(school.parts, index=index)
    school.hand_in("s-1")
    index.then = lambda: school.withdraw("s-1")
    sync_all(parts)
    assert held(parts, school) == set()


class Forgetful(ExactIndex):
    """Acknowledges and loses."""

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        return


def test_a_job_does_not_end_while_the_index_does_not_show_what_was_written(school: School) -> None:
    parts = replace(school.parts, index=Forgetful())
    school.hand_in("s-1")
    with pytest.raises(IndexUnavailable):
        sync_all(parts)
    assert school.jobs(JobState.LEASED, kind="sync")


class Counting:
    """An embedder that counts what reaches it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.texts = 0

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return self._embedder.embed(texts)


def test_a_lost_index_is_rebuilt_from_rows_without_the_model(school: School) -> None:
    school.hand_in("s-1")
    school.document("handbook", "# Visits\n\nAgree on one question.")
    sync_all(school.parts)
    before = held(school.parts, school)
    counting = Counting(school.parts.plain_embedder)
    parts = replace(school.parts, index=ExactIndex(), plain_embedder=counting)
    indexing.rebuild(parts, school.actor.organization, lambda done, all_: None)
    assert held(parts, school) == before
    assert counting.texts == 0


def test_nobody_who_searches_waits_for_a_documents_sentences(school: School) -> None:
    school.document("handbook", "# Visits\n\nAgree on one question. Each visit lasts 45 minutes. Bring a chair.")
    sync_all(school.parts)
    counting = Counting(school.parts.plain_embedder)
    parts = replace(school.parts, plain_embedder=counting)
    organization = school.actor.organization
    shelf = parts.shelves.corpus(
        Shelf.CONTEXT, Scope(organization, "", "", "", parts.now()), parts.embedder(organization)
    )
    assert len(shelf.piece_of) > 1
    assert counting.texts == 0
    assert erasure.sweep_vectors(parts, organization) == 0


def test_a_rebuild_takes_out_what_belongs_to_no_row(school: School) -> None:
    parts = school.parts
    done = school.hand_in("s-1")
    sync_all(parts)
    name = f"work-{done.submission.challenge_id}"
    parts.index.write(name, ["nobody@0-4"], parts.plain_embedder.embed(["left behind"]))
    indexing.rebuild(parts, school.actor.organization, lambda done, all_: None)
    assert held(parts, school) == {done.revision.id}


def test_a_subject_without_a_row_ends_its_job(school: School) -> None:
    parts = school.parts
    with parts.sessions.writing() as session:
        jobs.enqueue(session, organization=school.actor.organization, kind="sync", subject="gone", now=parts.now())
    sync_all(parts)
    assert [job.state for job in school.jobs(kind="sync")] == [JobState.DONE]


def test_the_same_text_of_two_people_is_held_for_both(school: School) -> None:
    both = {school.hand_in("s-1").revision.id, school.hand_in("s-2", person="tiago").revision.id}
    sync_all(school.parts)
    assert held(school.parts, school) == both
    school.withdraw("s-1")
    sync_all(school.parts)
    assert len(held(school.parts, school)) == 1
