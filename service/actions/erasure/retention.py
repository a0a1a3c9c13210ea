"""What has had its time goes by the clock: by the organization's own rule, told before it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.orm import Session

from service.actions.erasure import begin
from service.domain.erasure import retention
from service.domain.erasure.erased import ErasureKind, ErasureState
from service.domain.erasure.retention import Retention
from service.domain.errors import Invalid
from service.domain.requests.need import RequestState
from service.domain.roles import Actor, require_lead
from service.store import audit, visible
from service.store.session import changed_rows
from service.store.tables import (
    DeliveryState,
    DraftRow,
    Erasure,
    Organization,
    OutgoingEvent,
    Request,
    Revision,
    Submission,
    WebhookDelivery,
)

AT_ONCE: Final = 50
"""How much of a kind goes in one transaction."""
SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RetentionPreview:
    """One kind: after how many days it goes (None: never), how much goes with the next round, within an hour, and how
    much within the 30 days after that."""

    kind: str
    days: int | None
    now: int
    soon: int


def show(session: Session, actor: Actor) -> Retention:
    """What is set. Raises NotAllowed."""
    require_lead(actor)
    return retention.of(session.get_one(Organization, actor.organization).settings)


def change(session: Session, actor: Actor, wish: Retention, *, now: datetime) -> Retention:
    """Set all of it. Raises NotAllowed; Invalid, naming the first thing that is wrong."""
    require_lead(actor)
    wrong = retention.faults(wish)
    if wrong:
        field, words = next(iter(wrong.items()))
        raise Invalid(f"{field}: {words}")
    row = session.get_one(Organization, actor.organization, with_for_update={"key_share": True})
    if retention.of(row.settings) != wish:
        row.settings = retention.stored(row.settings, wish)
        act, facts = "organization.retention", {name: getattr(wish, name) for name in retention.KINDS}
        audit.record(session, organization=row.id, actor=actor.name, act=act, subject=row.id, now=now, **facts)
    return wish


def preview(session: Session, actor: Actor, wish: Retention | None = None, *, now: datetime) -> list[RetentionPreview]:
    """What would go, by kind, by what is set or by this wish. Changes nothing. Raises NotAllowed."""
    wish = wish or show(session, actor)
    require_lead(actor)
    found = []
    for kind in retention.KINDS:
        days = getattr(wish, kind)
        found.append(RetentionPreview(kind, days, *_counted(session, actor.organization, kind, days, now)))
    return found


def _counted(session: Session, organization: str, kind: str, days: int | None, now: datetime) -> tuple[int, int]:
    if days is None:
        return 0, 0
    at = now - timedelta(days=days)
    count = [_count(session, _due(organization, kind, before)) for before in (at, at + SOON)]
    return count[0], count[1] - count[0]


def _count(session: Session, query: Select[str]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _due(organization: str, kind: str, before: datetime) -> Select[str]:
    """Ids of what has had its time."""
    of_all = select(func.max(OutgoingEvent.number)).where(OutgoingEvent.organization_id == organization)
    last = of_all.scalar_subquery()  # stays, since the next number follows it
    newer = select(Revision.id).where(Revision.submission_id == Submission.id, Revision.submitted_at >= before).exists()
    wheres: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "withdrawn_days": (Submission, and_(Submission.withdrawn_at < before, ~_going())),
        "work_days": (Submission, and_(Submission.created_at < before, ~visible.withdrawn(), ~newer)),
        "prompt_days": (DraftRow, and_(DraftRow.prompt_rendered != "", _made() < before)),
        "request_days": (Request, and_(Request.state != RequestState.OPEN, _ended() < before)),
        "event_days": (OutgoingEvent, and_(OutgoingEvent.number < last, OutgoingEvent.at < before, ~_sent())),
    }
    table, due = wheres[kind]
    query: Select[str] = select(table.id).where(table.organization_id == organization, due).order_by(table.id)
    return query


def _going() -> ColumnElement[bool]:
    """That it is being erased already."""
    return Submission.id.in_(select(Erasure.subject_id).where(Erasure.state == ErasureState.HIDDEN))


def _sent() -> ColumnElement[bool]:
    """That an event is still being sent somewhere, which ends within days: it would be lost without a word."""
    tried = (WebhookDelivery.event_id == OutgoingEvent.id, WebhookDelivery.state == DeliveryState.PENDING)
    return select(WebhookDelivery.id).where(*tried).exists()


def _made() -> ColumnElement[datetime]:
    return func.coalesce(DraftRow.ready_at, DraftRow.created_at)


def _ended() -> ColumnElement[datetime]:
    return func.coalesce(Request.answered_at, Request.stated_at)


def apply(session: Session, organization: str, /, *, now: datetime) -> int:
    """Let go what has had its time, some of it; how much. Work is erased, with all that hangs on it."""
    wish = retention.of(session.get_one(Organization, organization).settings)
    for kind in retention.KINDS:
        days = getattr(wish, kind)
        if days is None:
            continue
        due = list(session.scalars(_due(organization, kind, now - timedelta(days=days)).limit(AT_ONCE)))
        if due:
            _LET_GO[kind](session, organization, due, now)
            return AT_ONCE  # there may be more
    return 0


def _work(session: Session, organization: str, due: list[str], now: datetime) -> None:
    for id_ in due:
        row = session.get_one(Submission, id_)
        begin.hide(session, organization, ErasureKind.SUBMISSION, row, by="clock", now=now)


def _prompts(session: Session, organization: str, due: list[str], now: datetime) -> None:
    changed_rows(session, update(DraftRow).where(DraftRow.id.in_(due)).values(prompt_rendered=""))


def _requests(session: Session, organization: str, due: list[str], now: datetime) -> None:
    changed_rows(session, delete(Request).where(Request.id.in_(due)))


def _events(session: Session, organization: str, due: list[str], now: datetime) -> None:
    changed_rows(session, delete(OutgoingEvent).where(OutgoingEvent.id.in_(due)))


_LET_GO: Final[dict[str, Callable[[Session, str, list[str], datetime], None]]] = {
    "withdrawn_days": _work,
    "work_days": _work,
    "prompt_days": _prompts,
    "request_days": _requests,
    "event_days": _events,
}
