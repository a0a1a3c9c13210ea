"""Equal fingerprints mean equal reads: random changes, all at one moment, so that no time stamp gives them away."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from pipelines.values import AI, Shelf, ShelfItem
from service.domain.drafts import DraftState
from service.domain.visibility import ShowWork
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import Consent, Document, DraftRow, PassageRow, PointRow, PointState, Revision, Submission
from tests.budget import examples
from tests.service.store.world import NOW, World

names = itertools.count()


class ChangingOrganization(RuleBasedStateMachine):
    """Two people, their work, a document, decided points; everything that may change what is visible changes."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__()
        self.world = World(sessions, f"organization {next(names)}")
        self.shelves = SqlLibrary(sessions)
        self.seen: dict[tuple[Shelf, str], list[ShelfItem]] = {}
        self.people: list[str] = []
        self.revisions: list[str] = []
        self.drafts: list[str] = []
        self.points: list[str] = []
        self.documents: list[str] = []

    @initialize()
    def begin(self) -> None:
        self.group = self.world.new_group("g2")
        self.people = [self.world.person("amara"), self.world.person("jonas")]
        self.documents = [self.world.document("handbook", "One.\n\nTwo.")]
        for person in self.people:
            self.hand_in(person, "We visit.\n\nWe talk.")

    def hand_in(self, person: str, text: str, **more: Any) -> None:
        self.keep(self.world.work(person, text, **more))

    def keep(self, revision: str) -> None:
        self.revisions.append(revision)
        self.drafts.append(self.world.draft(revision, DraftState.RELEASED))
        self.points.append(self.world.point(self.drafts[-1], PointState.ACCEPTED))

    @rule(data=st.data(), text=st.sampled_from(["We visit.\n\nWe talk.", "Other."]), elsewhere=st.booleans())
    def somebody_hands_in(self, data: st.DataObject, text: str, elsewhere: bool) -> None:
        group = {"group": self.group} if elsewhere else {}
        self.hand_in(data.draw(st.sampled_from(self.people)), text, **group)

    @rule(data=st.data(), text=st.sampled_from(["We visit.\n\nWe talk.", "Better."]))
    def somebody_revises(self, data: st.DataObject, text: str) -> None:
        revision = data.draw(st.sampled_from(self.revisions))
        self.keep(self.world.revision(self.world.submission_of(revision), text))

    @rule(data=st.data(), show=st.sampled_from(ShowWork), ai=st.sampled_from(AI))
    def consent_changes(self, data: st.DataObject, show: ShowWork, ai: AI) -> None:
        with self.world.changing(Consent, data.draw(st.sampled_from(self.people))) as consent:
            consent.show_work, consent.ai = show, ai

    @rule(data=st.data(), back=st.booleans())
    def work_is_withdrawn(self, data: st.DataObject, back: bool) -> None:
        revision = data.draw(st.sampled_from(self.revisions))
        with self.world.changing(Submission, self.world.submission_of(revision)) as submission:
            submission.withdrawn_at = None if back else NOW

    @rule(data=st.data(), ai=st.sampled_from(AI))
    def a_texts_permission_changes(self, data: st.DataObject, ai: AI) -> None:
        with self.world.changing(Revision, data.draw(st.sampled_from(self.revisions))) as revision:
            revision.ai = ai

    @rule(removed=st.booleans(), title=st.sampled_from(["Handbook", "Guide"]))
    def a_document_is_removed_or_renamed(self, removed: bool, title: str) -> None:
        with self.world.changing(Document, self.documents[0]) as document:
            document.removed_at, document.title = (NOW if removed else None), title

    @rule(text=st.sampled_from(["One.\n\nTwo.", "Three."]))
    def a_document_changes(self, text: str) -> None:
        self.world.next_version(self.documents[0], text)

    @rule(data=st.data(), state=st.sampled_from(PointState))
    def a_point_is_decided(self, data: st.DataObject, state: PointState) -> None:
        self.change_a_point(data, "state", state)

    @rule(data=st.data(), text=st.sampled_from(["Say when.", "Say who.", "Say where."]))
    def a_point_is_reworded(self, data: st.DataObject, text: str) -> None:
        self.change_a_point(data, "text", text)

    def change_a_point(self, data: st.DataObject, name: str, value: object) -> None:
        """As every change of a draft does, it makes the draft's version grow."""
        index = data.draw(st.integers(0, len(self.points) - 1))
        with self.world.sessions.writing() as session:
            setattr(session.get_one(PointRow, self.points[index]), name, value)
            session.get_one(DraftRow, self.drafts[index]).version += 1

    @rule(data=st.data(), state=st.sampled_from(DraftState))
    def a_draft_moves(self, data: st.DataObject, state: DraftState) -> None:
        with self.world.changing(DraftRow, data.draw(st.sampled_from(self.drafts))) as draft:
            draft.state = state
            draft.version += 1

    @rule(data=st.data(), cut=st.integers(1, 5))
    def a_text_is_cut_into_other_passages(self, data: st.DataObject, cut: int) -> None:
        owner = data.draw(st.sampled_from(self.revisions))
        with self.world.sessions.writing() as session:
            row = session.scalars(select(PassageRow).where(PassageRow.owner_id == owner)).first()
            assert row is not None
            part = row.part_id
            session.execute(delete(PassageRow).where(PassageRow.owner_id == owner))
            session.add_all(
                PassageRow(
                    id=f"{owner}@{start}-{end}",
                    organization_id=self.world.organization,
                    shelf=Shelf.WORK,
                    part_id=part,
                    owner_id=owner,
                    start=start,
                    end=end,
                )
                for start, end in ((0, cut), (cut, 6))
            )

    @invariant()
    def equal_fingerprints_mean_equal_reads(self) -> None:
        if not self.people:
            return
        scopes = (
            self.world.scope(),
            self.world.scope(self.people[0]),
            self.world.scope(groups=[self.group]),
            self.world.scope(peers=False),
        )
        for shelf, scope in itertools.product(Shelf, scopes):
            items = self.shelves.read(shelf, scope)
            mark = (shelf, self.shelves.fingerprint(shelf, scope))
            assert self.seen.setdefault(mark, items) == items
            assert self.shelves.fingerprint(shelf, scope) == mark[1]


def test_equal_fingerprints_mean_equal_reads(sessions: Sessions) -> None:
    sqlite = sessions.engine.dialect.name == "sqlite"
    run_state_machine_as_test(
        lambda: ChangingOrganization(sessions),
        settings=settings(
            max_examples=examples(6, 60) if sqlite else examples(3, 30),
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
