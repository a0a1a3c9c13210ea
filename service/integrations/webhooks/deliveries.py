"""Deliveries: which events go where, which is tried next, and what came of it. The transaction is the caller's.

Whatever changes what is due for an endpoint holds the endpoint's row, so that of two who do so the second sees what the
first has left. For each endpoint one job waits at most, for the moment at which something is due, and one thread sends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from service.domain.events import Event
from service.domain.ids import new_id
from service.integrations.webhooks import rules
from service.integrations.webhooks.rules import Outcome
from service.outward.transport import Answered
from service.store import jobs, outbox, troubles
from service.store.session import changed_rows
from service.store.tables import (
    DeliveryState,
    Job,
    JobState,
    OutgoingEvent,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookState,
)

NAME: Final = "webhooks"
SEND: Final = "webhook"
SORT: Final = "webhook_events"
"""Kinds of jobs: to send what is due to one endpoint, and to see for an organization which events go where."""
PAGE: Final = "/desk/settings/webhooks"
AT_ONCE: Final = 200
"""Events looked at in one transaction."""
KEPT: Final = timedelta(days=30)
"""What was delivered, or is dead, is listed for so long."""
FORGOTTEN_AT_ONCE: Final = 1_000
UNTOLD: Final = (
    "nothing is known of it yet: it is being sent, or whoever sent it ended before the answer was written down"
)

_KNOWN: Final = frozenset(Event)
_PENDING: Final[ColumnElement[Any]] = literal_column("'pending'")
_DEAD: Final[ColumnElement[Any]] = literal_column("'dead'")
"""Written out, since PostgreSQL matches no parameter with the condition of an index."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt, as plain values. `id` stays the same however often it is sent; `sealed` are the secrets to sign
    with, as they are kept: that in use, and the one before while it is good."""

    delivery: str
    url: str
    id: str
    body: bytes
    sealed: tuple[str, ...]


def behind(session: Session) -> list[str]:
    """Organizations (our ids) with events that were not looked at for one of their endpoints."""
    event = OutgoingEvent
    unseen = or_(event.number.is_(None), event.number > WebhookEndpoint.reached)
    new = exists().where(event.organization_id == WebhookEndpoint.organization_id, unseen)
    on = WebhookEndpoint.state == WebhookState.ON
    return list(session.scalars(select(WebhookEndpoint.organization_id).where(on, new).distinct()))


def failing(session: Session, before: datetime) -> dict[str, datetime]:
    """Endpoints that have failed since before that moment: the path of each one's page → since when."""
    query = select(WebhookEndpoint.id, WebhookEndpoint.failing_since).where(
        WebhookEndpoint.state == WebhookState.ON, WebhookEndpoint.failing_since < before
    )
    return {f"{PAGE}/{id_}": since for id_, since in session.execute(query) if since is not None}


def sort_some(session: Session, organization: str, *, now: datetime) -> bool:
    """See for the next events which of the endpoints want them; whether there are more."""
    outbox.number(session, organization)
    endpoints = _held(
        session, WebhookEndpoint.organization_id == organization, WebhookEndpoint.state == WebhookState.ON
    )
    if not endpoints:
        return False
    events = outbox.page(session, organization, after=min(one.reached for one in endpoints), limit=AT_ONCE)
    for endpoint in endpoints:
        new = [event for event in events if (event.number or 0) > endpoint.reached]
        wanted = [event for event in new if rules.wants(endpoint.events, event.name) and not _of_ours(event)]
        session.add_all(_delivery(endpoint, event, now) for event in wanted)
        endpoint.reached = max([endpoint.reached, *(event.number or 0 for event in new)])
        if wanted:
            session.flush()
            pump(session, endpoint, now=now)
    return len(events) == AT_ONCE


def _of_ours(event: OutgoingEvent) -> bool:
    """That sending has failed is not sent: it would be told of by what fails, and make more of it each time."""
    return event.name == Event.JOB_FAILED and event.data.get("kind") in (SEND, SORT)


def _held(session: Session, *where: ColumnElement[bool]) -> list[WebhookEndpoint]:
    query = select(WebhookEndpoint).where(*where).order_by(WebhookEndpoint.id).with_for_update(key_share=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _delivery(endpoint: WebhookEndpoint, event: OutgoingEvent, now: datetime) -> WebhookDelivery:
    known = event.name in _KNOWN
    return WebhookDelivery(
        organization_id=endpoint.organization_id,
        endpoint_id=endpoint.id,
        event_id=event.id,
        event_name=event.name,
        number=event.number,
        lane=rules.lane(Event(event.name), event.data, event.id) if known else event.id,
        begun_at=now,
        due_at=now,
    )


def trial(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> WebhookDelivery:
    """Something to send that tells of nothing, to see whether it comes. It waits for nothing else."""
    row = WebhookDelivery(
        id=new_id(),
        organization_id=endpoint.organization_id,
        endpoint_id=endpoint.id,
        event_name=rules.TRIAL,
        number=0,
        lane=new_id(),
        begun_at=now,
        due_at=now,
    )
    session.add(row)
    endpoint.rest_until = None
    session.flush()
    pump(session, endpoint, now=now)
    return row


def _next(endpoint: str) -> tuple[ColumnElement[bool], ...]:
    """Those that may be tried: nothing earlier about the same subject is still being tried."""
    earlier = aliased(WebhookDelivery)
    same = and_(earlier.endpoint_id == WebhookDelivery.endpoint_id, earlier.lane == WebhookDelivery.lane)
    before = exists().where(same, earlier.state == _PENDING, earlier.number < WebhookDelivery.number)
    return WebhookDelivery.endpoint_id == endpoint, WebhookDelivery.state == _PENDING, ~before


def pump(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Have a job do what is due for it next, at that moment."""
    if endpoint.state is not WebhookState.ON:
        return
    due = session.scalar(select(func.min(WebhookDelivery.due_at)).where(*_next(endpoint.id)))
    if due is None:
        return
    at = max(now, due, endpoint.rest_until or now)
    key = f"{SEND}:{endpoint.id}"
    of, subject = endpoint.organization_id, endpoint.id
    jobs.enqueue(session, organization=of, kind=SEND, subject=subject, now=now, not_before=at, dedupe=key)
    jobs.sooner(session, key, at)


def pump_all(session: Session, organization: str, *, now: datetime) -> int:
    """The same for every endpoint of an organization, in case a job was lost; for how many."""
    there = _held(session, WebhookEndpoint.organization_id == organization, WebhookEndpoint.state == WebhookState.ON)
    for endpoint in there:
        pump(session, endpoint, now=now)
    return len(there)


def somebody_else_sends(session: Session, endpoint: str, job: str, *, now: datetime) -> bool:
    """Whether another job has this endpoint at the moment. It also does what comes due meanwhile."""
    held = (Job.kind == SEND, Job.subject_id == endpoint, Job.state == JobState.LEASED, Job.lease_until > now)
    return session.scalars(select(Job.id).where(*held, Job.id != job).limit(1)).first() is not None


def others_wait(session: Session, job: Job, *, now: datetime) -> bool:
    """Whether something of the same organization is sent already while another organization's is due: then a thread is
    theirs, so that no organization's endpoints hold up everybody's, however many and slow they are."""
    mine = (Job.kind == SEND, Job.organization_id == job.organization_id, Job.id != job.id)
    running = select(Job.id).where(*mine, Job.state == JobState.LEASED, Job.lease_until > now)
    others = (Job.kind == SEND, Job.organization_id != job.organization_id)
    due = select(Job.id).where(*others, Job.state == JobState.QUEUED, Job.not_before <= now)
    return all(session.scalars(query.limit(1)).first() is not None for query in (running, due))


def begin(session: Session, endpoint: WebhookEndpoint, base_url: str, *, now: datetime) -> Sending | None:
    """The next attempt that is due; None if there is none now. It counts from here on, whatever becomes of its worker;
    if nothing is heard of it, it is tried again when it would have been after a failure."""
    if endpoint.state is not WebhookState.ON or (endpoint.rest_until is not None and endpoint.rest_until > now):
        return None
    row = _due(session, endpoint, now)
    while row is not None and rules.is_over(row.attempts):  # of the last one, too, nothing was ever heard
        _give_up(session, endpoint, row, now)
        row = _due(session, endpoint, now)
    if row is None:
        return None
    row.attempts += 1
    row.tried_at, row.status, row.trouble, row.excerpt = now, None, UNTOLD, ""
    row.due_at = rules.again_at(row.attempts, row.begun_at, now) or now + rules.LONGEST_REST
    old = [endpoint.old_secret] if endpoint.old_until is not None and endpoint.old_until > now else []
    event = session.get(OutgoingEvent, row.event_id) if row.event_id is not None else None
    return Sending(
        row.id,
        endpoint.url,
        event.id if event is not None else row.id,
        _body(row, event, base_url),
        (endpoint.secret, *old),
    )


def _due(session: Session, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery | None:
    due = select(WebhookDelivery).where(*_next(endpoint.id), WebhookDelivery.due_at <= now)
    return session.scalars(due.order_by(WebhookDelivery.due_at, WebhookDelivery.number).limit(1)).first()


def _body(row: WebhookDelivery, event: OutgoingEvent | None, base_url: str) -> bytes:
    """As the event stands now: what was erased meanwhile is not in it any more."""
    if event is None:
        return rules.body(row.event_name, row.begun_at, None, {"webhook": row.endpoint_id}, base_url)
    return rules.body(event.name, event.at, event.number, event.data, base_url)


def finish(session: Session, endpoint: WebhookEndpoint, sending: Sending, answered: Answered, *, now: datetime) -> None:
    """What came of an attempt."""
    row = session.get(WebhookDelivery, sending.delivery, populate_existing=True)
    if row is None or row.state is not DeliveryState.PENDING:  # its event has had its time, or it was ended meanwhile
        return
    row.status, row.trouble, row.excerpt = answered.status, answered.trouble, answered.excerpt
    if rules.outcome(answered.status) is Outcome.TAKEN:
        row.state, row.ended_at = DeliveryState.DELIVERED, now
    if endpoint.url == sending.url:  # what an address says that it had before is nothing about the one it has now
        _learn(session, endpoint, row, answered, now)
    session.flush()


def _learn(
    session: Session, endpoint: WebhookEndpoint, row: WebhookDelivery, answered: Answered, now: datetime
) -> None:
    """What an attempt says about the endpoint, and about this delivery's next one."""
    asked = None
    match rules.outcome(answered.status):
        case Outcome.TAKEN:
            endpoint.failures, endpoint.failing_since = 0, None
            _well(session, endpoint)
        case Outcome.GONE:
            endpoint.state, endpoint.version = WebhookState.GONE, endpoint.version + 1
            endpoint.failing_since = endpoint.failing_since or now
            end_all(session, endpoint, now=now)
            _mark(session, endpoint, now)
        case Outcome.AGAIN:
            asked = rules.retry_after(answered.retry_after, now)
            endpoint.failures += 1
            endpoint.failing_since = endpoint.failing_since or now
            _try_again(session, endpoint, row, asked, now)
    rest = rules.rest(endpoint.failures, answered.took, asked)
    endpoint.rest_until = now + rest if rest else None


def _try_again(
    session: Session, endpoint: WebhookEndpoint, row: WebhookDelivery, asked: timedelta | None, now: datetime
) -> None:
    """Later, unless that was the last time."""
    at = rules.again_at(row.attempts, row.begun_at, now, asked)
    if at is not None:
        row.due_at = at
        return
    _give_up(session, endpoint, row, now)


def _give_up(session: Session, endpoint: WebhookEndpoint, row: WebhookDelivery, now: datetime) -> None:
    """It is dead, and what waited for its first attempt as long is dead like it."""
    row.state, row.ended_at = DeliveryState.DEAD, now
    end_all(session, endpoint, WebhookDelivery.begun_at <= now - rules.LASTS, now=now)
    _mark(session, endpoint, now)


def end_all(session: Session, endpoint: WebhookEndpoint, *which: ColumnElement[bool], now: datetime) -> None:
    """Those that are pending (of these, if any are named) are dead; they can be sent again."""
    session.flush()
    pending = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == _PENDING, *which)
    changed_rows(session, update(WebhookDelivery).where(*pending).values(state=DeliveryState.DEAD, ended_at=now))


def drop_unwanted(session: Session, endpoint: WebhookEndpoint) -> None:
    """What waits and is not wanted any more is not sent, and was not given up either: nothing is left of it."""
    if endpoint.events:
        pending = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == _PENDING)
        others = WebhookDelivery.event_name.not_in([*endpoint.events, rules.TRIAL])
        changed_rows(session, delete(WebhookDelivery).where(*pending, others))


def begin_anew(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """What waits is due at once, with all its attempts: it goes to another address now."""
    pending = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == _PENDING)
    anew = {"attempts": 0, "begun_at": now, "due_at": now}
    changed_rows(session, update(WebhookDelivery).where(*pending).values(anew))


def hurry(session: Session, endpoint: WebhookEndpoint, row: WebhookDelivery, *, now: datetime) -> None:
    """Try this one that waits as soon as what came before it is taken."""
    row.due_at, endpoint.rest_until = now, None
    session.flush()
    pump(session, endpoint, now=now)


def _mark(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    troubles.begin(session, endpoint.organization_id, NAME, endpoint.id, f"{PAGE}/{endpoint.id}", now=now)


def _well(session: Session, endpoint: WebhookEndpoint) -> None:
    """It takes something. Its trouble is over once nothing is left that was given up since: one event that it refuses
    is lost to it, however well it takes the others."""
    since = troubles.since(session, NAME, endpoint.id)
    if since is None:
        return
    session.flush()
    given_up = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == _DEAD)
    left = select(WebhookDelivery.id).where(*given_up, WebhookDelivery.ended_at >= since).limit(1)
    if session.scalars(left).first() is None:
        troubles.over(session, NAME, endpoint.id)


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """That a delivery is in this state, so that what is dead is found without reading all that is not."""
    return WebhookDelivery.state == (_DEAD if state is DeliveryState.DEAD else state)


def again(session: Session, endpoint: WebhookEndpoint, rows: Collection[WebhookDelivery], *, now: datetime) -> None:
    """Send these once more, with all their attempts, under the ids that they had."""
    for row in rows:
        row.state, row.attempts, row.begun_at, row.due_at, row.ended_at = DeliveryState.PENDING, 0, now, now, None
        row.trouble = ""
    endpoint.rest_until = None
    session.flush()
    pump(session, endpoint, now=now)


def forget(session: Session, organization: str, *, now: datetime) -> int:
    """Take away what ended long ago; how many."""
    old: Any = select(WebhookDelivery.id).where(
        WebhookDelivery.organization_id == organization, WebhookDelivery.ended_at < now - KEPT
    )
    some = session.scalars(old.limit(FORGOTTEN_AT_ONCE)).all()
    return changed_rows(session, delete(WebhookDelivery).where(WebhookDelivery.id.in_(some))) if some else 0


def forget_secrets(session: Session, organization: str, *, now: datetime) -> int:
    """Take away secrets whose day is over; how many."""
    over = (WebhookEndpoint.organization_id == organization, WebhookEndpoint.old_until <= now)
    return changed_rows(session, update(WebhookEndpoint).where(*over).values(old_secret="", old_until=None))


def held(session: Session, endpoint: str) -> WebhookEndpoint | None:
    """The endpoint (our id), as it stands now and held until the transaction ends."""
    found = _held(session, WebhookEndpoint.id == endpoint)
    return found[0] if found else None
