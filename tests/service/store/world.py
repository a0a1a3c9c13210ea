"""Rows for store tests: one invented organization, built straight from the tables. It knows none of the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from pipelines.values import AI, PointKind, Scope, Shelf, Standing
from service.domain.drafts import DraftState
from service.domain.texts import digest
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import (
    Base,
    Challenge,
    Consent,
    Document,
    DocumentVersion,
    DraftRow,
    Group,
    Organization,
    PassageRow,
    Person,
    PointRow,
    PointState,
    Revision,
    Submission,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Row = TypeVar("Row", bound=Base)


class World:
    """An organization with one group and one challenge. Ids of rows are returned, never the rows."""

    def __init__(self, sessions: Sessions, name: str = "harbor") -> None:
        self.sessions = sessions
        self.count = 0
        self.organization = self.add(Organization(external_id=name, name=name.title(), created_at=NOW))
        self.group = self.new_group("g1")
        self.challenge = self.new_challenge("c1")

    @contextmanager
    def changing(self, model: type[Row], id_: str) -> Iterator[Row]:
        """The row, to be changed and committed."""
        with self.sessions.writing() as session:
            yield session.get_one(model, id_)

    def add(self, row: Base) -> str:
        with self.sessions.writing() as session:
            session.add(row)
            session.flush()
            return str(row.id)  # type: ignore[attr-defined]

    def each(self, make: Callable[[Session], None]) -> None:
        with self.sessions.writing() as session:
            make(session)

    def new_group(self, external_id: str) -> str:
        return self.add(Group(organization_id=self.organization, external_id=external_id, name=external_id))

    def new_challenge(self, external_id: str) -> str:
        return self.add(
            Challenge(organization_id=self.organization, external_id=external_id, title=external_id, created_at=NOW)
        )

    def person(self, external_id: str, *, show: ShowWork = ShowWork.WITH_NAME, ai: AI = AI.ANY) -> str:
        person = Person(organization_id=self.organization, external_id=external_id, name=external_id, created_at=NOW)
        person.consent = Consent(organization_id=self.organization, show_work=show, ai=ai, changed_at=NOW)
        return self.add(person)

    def submission(self, external_id: str, person: str, *, group: str = "", challenge: str = "") -> str:
        return self.add(
            Submission(
                organization_id=self.organization,
                external_id=external_id,
                challenge_id=challenge or self.challenge,
                person_id=person,
                group_id=group or self.group,
                latest=0,
                created_at=NOW,
            )
        )

    def revision(self, submission: str, text: str, *, ai: AI = AI.ANY, at: datetime = NOW) -> str:
        """The next revision, with a passage for every paragraph."""
        with self.sessions.writing() as session:
            of = session.get_one(Submission, submission)
            of.latest += 1
            row = Revision(
                organization_id=self.organization,
                submission_id=submission,
                number=of.latest,
                text=text,
                text_hash=digest(text),
                ai=ai,
                submitted_at=at,
            )
            session.add(row)
            session.flush()
            self._passages(session, Shelf.WORK, of.challenge_id, row.id, text)
            return row.id

    def work(self, person: str, text: str, **more: Any) -> str:
        """A submission with one revision; the id of the revision."""
        self.count += 1
        return self.revision(self.submission(f"s{self.count}", person, **more), text)

    def submission_of(self, revision: str) -> str:
        with self.sessions.reading() as session:
            return session.get_one(Revision, revision).submission_id

    def document(self, external_id: str, *texts: str) -> str:
        """A context document with these versions; the id of the document."""
        with self.sessions.writing() as session:
            row = Document(
                organization_id=self.organization,
                external_id=external_id,
                title=external_id.title(),
                version=0,
                created_at=NOW,
            )
            session.add(row)
            session.flush()
            for text in texts:
                self._version(session, row, text)
            return row.id

    def next_version(self, document: str, text: str) -> None:
        with self.sessions.writing() as session:
            self._version(session, session.get_one(Document, document), text)

    def _version(self, session: Session, document: Document, text: str) -> None:
        document.version += 1
        version = DocumentVersion(
            organization_id=self.organization,
            document_id=document.id,
            number=document.version,
            text=text,
            text_hash=digest(text),
            created_at=NOW,
        )
        session.add(version)
        session.flush()
        self._passages(session, Shelf.CONTEXT, self.organization, version.id, text)

    def _passages(self, session: Session, shelf: Shelf, part: str, owner: str, text: str) -> None:
        start = 0
        for paragraph in text.split("\n\n"):
            end = start + len(paragraph)
            session.add(
                PassageRow(
                    id=f"{owner}@{start}-{end}",
                    organization_id=self.organization,
                    shelf=shelf,
                    part_id=part,
                    owner_id=owner,
                    start=start,
                    end=end,
                    heading="Visits" if shelf is Shelf.CONTEXT else "",
                )
            )
            start = end + 2

    def draft(self, revision: str, state: DraftState = DraftState.READY, **more: Any) -> str:
        with self.sessions.reading() as session:
            of = session.get_one(Submission, session.get_one(Revision, revision).submission_id)
        return self.add(
            DraftRow(
                organization_id=self.organization,
                revision_id=revision,
                submission_id=of.id,
                challenge_id=of.challenge_id,
                group_id=of.group_id,
                state=state,
                created_at=NOW,
                changed_at=NOW,
                **more,
            )
        )

    def point(
        self, draft: str, state: PointState, *, quote: str = "each other", text: str = "Say when.", **more: Any
    ) -> str:
        fields: dict[str, Any] = {"generation": 1, "position": 0, "kind": PointKind.NEXT_STEP, "start": 0, "end": 0}
        return self.add(
            PointRow(
                organization_id=self.organization,
                draft_id=draft,
                state=state,
                quote=quote,
                text=text,
                decided_at=NOW,
                **(fields | more),
            )
        )

    def scope(self, reader: str = "", *, groups: Sequence[str] = (), peers: bool = True) -> Scope:
        return Scope(self.organization, self.challenge, reader, reader, NOW, tuple(groups), peers)


MET, PARTLY = Standing.MET, Standing.PARTLY
