"""What those who review find by words: only what the desk shows them anyway, by the same rules, asked of the database.

Nothing is counted, so that no number tells of what somebody may not see. Changes nothing, and no machine reads along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from pipelines.texts.language import language_code, stem
from service.domain.drafts import DraftState
from service.domain.errors import Invalid
from service.domain.roles import Actor, Role, leads, require_desk, visible_groups
from service.domain.texts.snippets import SnippetPart, asked, snippet
from service.store import search, visible
from service.store.names import told_apart
from service.store.tables import Challenge, DraftRow, Person, Revision, RoleGrant, SearchKind, SearchText, Submission

LONGEST: Final = 200
"""Characters of a query."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something that was found. `draft` is where it is read, our id; of a person it is empty, as is `title`. `id` is
    the platform's: of the submission or the person; `learner`: whether a person learns where whoever asks reviews."""

    number: int
    kind: SearchKind
    id: str
    name: str
    title: str
    draft: str
    at: datetime
    snippet: tuple[SnippetPart, ...]
    learner: bool = False


def find(
    session: Session,
    actor: Actor,
    query: str,
    *,
    kind: SearchKind | None = None,
    before: int | None = None,
    limit: int = 20,
) -> list[SearchHit]:
    """What holds all words of the query, or words that begin so, or in another form; the latest changed first, those
    before a number. Nothing for a query without a letter or digit.

    Raises NotAllowed for a person who reviews nothing, Invalid for more than `LONGEST` characters.
    """
    require_desk(actor)
    if len(query) > LONGEST:
        raise Invalid(f"Search for fewer words: at most {LONGEST} characters.")
    words = asked(query)
    if not words:
        return []
    wanted = (search.holding(session, actor.organization, words), *([SearchText.kind == kind] if kind else []))
    rows = search.latest_first(session, _seen(actor).where(*wanted), before=before, limit=limit)
    return [_hit(row, words) for row in rows]


def _seen(actor: Actor) -> Any:
    """What of all texts this actor may see now, with what is shown of it."""
    draft = select(func.max(DraftRow.id)).join(Revision, Revision.id == DraftRow.revision_id)
    latest = draft.where(DraftRow.submission_id == Submission.id, Revision.number == Submission.latest)
    return (
        select(
            SearchText,
            told_apart(),
            Person.external_id.label("person"),
            Submission.external_id.label("submission"),
            Challenge.title,
            latest.scalar_subquery().label("draft"),
            _learns(actor).label("learner"),
        )
        .join(Person, Person.id == SearchText.person_id)
        .outerjoin(Submission, Submission.id == SearchText.submission_id)
        .outerjoin(Challenge, Challenge.id == Submission.challenge_id)
        .where(SearchText.organization_id == actor.organization, Person.erased_at.is_(None))
        .where(or_(and_(SearchText.kind == SearchKind.PERSON, *_people(actor)), _work(actor)))
    )


def _work(actor: Actor) -> ColumnElement[bool]:
    """Work that was not taken back, in groups of theirs and not their own; of feedback what is released now."""
    groups = visible_groups(actor)
    released = exists().where(DraftRow.id == SearchText.subject_id, DraftRow.state == DraftState.RELEASED)
    return and_(
        ~visible.withdrawn(),
        or_(SearchText.kind == SearchKind.WORK, and_(SearchText.kind == SearchKind.FEEDBACK, released)),
        *([] if groups is None else [Submission.group_id.in_(groups)]),
        *([] if actor.person is None else [Submission.person_id != actor.person]),
    )


def _people(actor: Actor) -> Sequence[ColumnElement[bool]]:
    """All for who leads the whole organization, also those who have no part in it yet, as the list of people shows."""
    groups = visible_groups(actor)
    if groups is None or leads(actor):
        return []
    return [SearchText.person_id.in_(select(RoleGrant.person_id).where(RoleGrant.group_id.in_(groups)))]


def _learns(actor: Actor) -> ColumnElement[bool]:
    groups = visible_groups(actor)
    here: list[ColumnElement[bool]] = [] if groups is None else [RoleGrant.group_id.in_(groups)]
    here += [] if actor.person is None else [RoleGrant.person_id != actor.person]
    return exists().where(RoleGrant.person_id == SearchText.person_id, RoleGrant.role == Role.LEARNER, *here)


def _hit(row: Row[Any], words: Sequence[str]) -> SearchHit:
    text: SearchText = row.SearchText
    is_person = text.kind is SearchKind.PERSON
    draft = text.subject_id if text.kind is SearchKind.FEEDBACK else row.draft
    shown = snippet(text.text, words, partial(stem, language=language_code(text.language) or "en"))
    return SearchHit(
        number=text.id,
        kind=text.kind,
        id=row.person if is_person else row.submission,
        name=row.name,
        title="" if is_person else row.title,
        draft="" if is_person else draft or "",
        at=text.at,
        snippet=() if is_person else shown,
        learner=is_person and bool(row.learner),
    )
