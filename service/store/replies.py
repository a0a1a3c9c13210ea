"""Answers kept by Idempotency-Key, in the transaction of the change that they tell of.

Because both are one transaction, a crash leaves either the change with its answer or neither; there is no moment in
which a key is taken and nothing is known of its outcome. Knows no HTTP beyond a status, headers and a body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session

from service.domain.errors import PeerloomError, SameKeyOtherBody, StillRunning
from service.domain.roles import Actor
from service.store.session import changed_rows
from service.store.tables import StoredReply

KEPT_FOR = timedelta(hours=48)
"""Longer than any client goes on repeating a call, short enough that answers are not an archive."""
FORM = "form "
"""What keys of forms begin with; a client's key holds no blank."""
SAME_FORM = timedelta(hours=1)
"""As long as a page may wait for a lost connection. Whoever comes back to it later decides anew, on what they saw."""
ELSEWHERE, REFUSED = 303, 400
AT_ONCE = 1000
"""Answers forgotten in one transaction."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is sent. `stored` is what is kept instead of `body` where that holds a secret."""

    status: int
    headers: Mapping[str, str]
    body: str | bytes
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries a key. `fingerprint` is a hash of all that makes it this request."""

    key: str
    fingerprint: str


def once(
    session: Session,
    actor: Actor,
    asked: KeyedRequest,
    work: Callable[[], Reply],
    refused: Callable[[PeerloomError], Reply | None],
    *,
    now: datetime,
) -> tuple[Reply, bool]:
    """The answer, and whether it is one given before. The transaction around this is the caller's.

    A refusal is an answer too and is kept, its changes undone, unless `refused` gives None for it (it may pass).
    Raises SameKeyOtherBody, StillRunning, or what `work` raises.
    """
    _wait_for_nobody(session, actor, asked)
    there = session.get(StoredReply, (actor.credential, asked.key))
    if there is not None and there.created_at > now - KEPT_FOR:
        return _again(there, actor, asked), True
    if there is not None:
        session.delete(there)
        session.flush()
    reply = _tried(session, work, refused)
    session.add(_row(actor, asked, reply, now))
    session.flush()
    return reply, False


def of_a_form(
    session: Session, actor: Actor, form: str, work: Callable[[str], Reply], *, now: datetime
) -> tuple[Reply, bool]:
    """What this very form led to, and whether it had been sent before: clicked twice, or sent again since no answer
    came. `form` is a hash of its page's own mark and of all that it holds.

    Where it led elsewhere, it leads there again and nothing is done. Where it was answered with a page, which is not
    kept, since it may hold a secret or others' words, `work` is done again, and given what it kept of itself the first
    time (`Reply.stored`; empty the first time). Of two that come at the same moment the second waits here for the
    first. What was refused was not done, and is tried again.
    """
    key = f"{FORM}{form}"
    _wait_for_the_first(session, actor, key)
    there = session.get(StoredReply, (actor.credential, key))
    before = there if there is not None and there.created_at > now - SAME_FORM else None
    if before is not None and before.status == ELSEWHERE:
        return Reply(ELSEWHERE, before.headers, ""), True
    reply = work(before.body if before is not None else "")
    if reply.status < REFUSED:
        if there is not None:
            session.delete(there)
            session.flush()
        headers = {"Location": reply.headers["Location"]} if reply.status == ELSEWHERE else {}
        asked = KeyedRequest(key, form)
        session.add(_row(actor, asked, Reply(reply.status, headers, reply.stored or ""), now))
        session.flush()
    return reply, False


def _wait_for_the_first(session: Session, actor: Actor, key: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{actor.credential}:{key}", 0))))


def _wait_for_nobody(session: Session, actor: Actor, asked: KeyedRequest) -> None:
    """Raises StillRunning while another transaction works under this key. In SQLite writers come one after the other,
    so the second finds the first one's answer."""
    if session.get_bind().dialect.name == "postgresql":
        name: ColumnElement[int] = func.hashtextextended(f"{actor.credential}:{asked.key}", 0)
        if not session.scalar(select(func.pg_try_advisory_xact_lock(name))):
            raise StillRunning


def _again(row: StoredReply, actor: Actor, asked: KeyedRequest) -> Reply:
    if row.request_hash not in (_hash(actor, asked), asked.fingerprint):  # the second is what the version before kept
        raise SameKeyOtherBody
    if row.status is None:
        raise StillRunning
    return Reply(row.status, row.headers, row.body)


def _hash(actor: Actor, asked: KeyedRequest) -> str:
    """Of the request, and of what whoever asks may see: whose role is gone is not told again what they were told then.

    Which groups are coordinated, or a key's, is left out: making a group is a request that changes them.
    """
    may = (actor.learns_in, actor.facilitates, actor.scopes, ["coordinates"] if actor.coordinates else [])
    said = [asked.fingerprint, *(",".join(sorted(some)) for some in may)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _tried(session: Session, work: Callable[[], Reply], refused: Callable[[PeerloomError], Reply | None]) -> Reply:
    before = session.begin_nested()
    try:
        reply = work()
    except PeerloomError as error:
        before.rollback()
        answer = refused(error)
        if answer is None:
            raise
        return answer
    before.commit()
    return reply


def _row(actor: Actor, asked: KeyedRequest, reply: Reply, now: datetime) -> StoredReply:
    return StoredReply(
        credential_id=actor.credential,
        key=asked.key,
        organization_id=actor.organization,
        request_hash=_hash(actor, asked),
        status=reply.status,
        headers=dict(reply.headers),
        body=reply.body if reply.stored is None else reply.stored,
        created_at=now,
    )


def forget(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Delete answers that are kept for no longer, some at a time; the number of them. For housekeeping."""
    key = (StoredReply.credential_id, StoredReply.key)
    of_form = and_(StoredReply.key.startswith(FORM, autoescape=True), StoredReply.created_at <= now - SAME_FORM)
    old = select(*key).where(or_(StoredReply.created_at <= now - KEPT_FOR, of_form)).limit(limit)
    return changed_rows(session, delete(StoredReply).where(tuple_(*key).in_(old)))
