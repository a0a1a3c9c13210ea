"""The people whom somebody may see as a table to take along: their groups, and how far they are; no work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipelines.network import table
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed
from service.domain.roles import Actor, CredentialReach, visible_groups
from service.store import archived, visible
from service.store.names import told_apart
from service.store.tables import DraftRow, FeedbackReading, Group, Person, Release, Revision, RoleGrant, Submission

HEAD: Final = (
    "person", "name", "language", "roles", "works handed in", "with feedback", "feedback opened", "waiting",
    "last handed in",
)  # fmt: skip


def people(session: Session, actor: Actor) -> str:
    """Everybody with a role in a group that the actor may see, a row, by name; of their work, what was handed in there.
    In four statements. Raises NotAllowed for a learner."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("The list of people is for facilitators and coordinators.")
    groups = visible_groups(actor)
    here: list[ColumnElement[bool]] = [] if groups is None else [Submission.group_id.in_(groups)]
    roles = _roles(session, actor, groups)
    of_work = _of_work(session, actor, here)
    read = _read(session, actor, here)
    rows = session.execute(
        select(Person.id, Person.external_id, told_apart(), Person.language)
        .where(Person.organization_id == actor.organization, Person.erased_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
    ).all()
    return table(
        HEAD,
        [
            [external, name, language, "; ".join(roles[id_]), *_figures(of_work.get(id_), read.get(id_, 0))]
            for id_, external, name, language in rows
            if id_ in roles
        ],
    )


def _figures(row: Any, read: int) -> list[object]:
    if row is None:
        return [0, 0, 0, 0, ""]
    at: datetime = row.last
    return [row.works, row.told, read, row.waits, at.astimezone(UTC).isoformat(timespec="seconds")]


def _roles(session: Session, actor: Actor, groups: frozenset[str] | None) -> dict[str, list[str]]:
    query = (
        select(RoleGrant.person_id, RoleGrant.role, Group.external_id)
        .join(Group, Group.id == RoleGrant.group_id)
        .where(RoleGrant.organization_id == actor.organization)
        .order_by(Group.external_id, RoleGrant.role)
    )
    if groups is not None:
        query = query.where(RoleGrant.group_id.in_(groups))
    found: dict[str, list[str]] = {}
    for person, role, group in session.execute(query):
        found.setdefault(person, []).append(f"{role.value} in {group}")
    return found


def _of_work(session: Session, actor: Actor, here: list[ColumnElement[bool]]) -> dict[str, Any]:
    """By person: latest revisions, those with released feedback, those that wait."""
    ended = (DraftState.RELEASED, DraftState.DECLINED, DraftState.RETRACTED)
    query = (
        select(
            Submission.person_id,
            func.count().label("works"),
            func.count().filter(DraftRow.state == DraftState.RELEASED).label("told"),
            func.count().filter(DraftRow.state.not_in(ended), archived.current()).label("waits"),
            func.max(Revision.submitted_at).label("last"),
        )
        .join(Revision, visible.latest_text())
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .where(Submission.organization_id == actor.organization, ~visible.withdrawn(), *here)
        .group_by(Submission.person_id)
    )
    return {row.person_id: row for row in session.execute(query)}


def _read(session: Session, actor: Actor, here: list[ColumnElement[bool]]) -> dict[str, int]:
    """By person: works of which released feedback was opened."""
    query = (
        select(Submission.person_id, func.count(Submission.id.distinct()))
        .join(DraftRow, DraftRow.submission_id == Submission.id)
        .join(Release, Release.draft_id == DraftRow.id)
        .join(FeedbackReading, FeedbackReading.release_id == Release.id)
        .where(
            Submission.organization_id == actor.organization,
            ~visible.withdrawn(),
            Release.retracted_at.is_(None),
            *here,
        )
        .group_by(Submission.person_id)
    )
    return dict(session.execute(query).all())
