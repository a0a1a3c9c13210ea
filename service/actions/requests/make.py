"""A request's way through the machine: everything read in one transaction, thought about in none, stored in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipelines.values import Evidence, Scope, Shelf
from service.actions.visibility.quotes import attempted
from service.domain.requests.found import FoundWorkState
from service.domain.requests.need import NEAREST, RequestState
from service.domain.roles import Role
from service.domain.visibility import PeersShown, SharingReach, no_machine
from service.store import tree, visible
from service.store.tables import Challenge, Consent, FoundWork, PassageForRequest, Request, RoleGrant

MOST_SCOPES: Final = 40
MOST_CLUSTERED: Final = 1_000
"""Open requests of an organization that are compared with one another, the latest."""


@dataclass(frozen=True, slots=True)
class RequestSearch:
    """A request to be looked into. `work`: one scope for each challenge whose work the person may see now; `others`:
    all open requests of the organization that machines may read, id → text, this one too, the oldest first."""

    id: str
    organization: str
    person: str
    text: str
    context: Scope
    work: tuple[Scope, ...]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RequestFinds:
    """What was found for a request, best first. Where the documents are not `answered` with, they are the nearest that
    there are, and answer nothing."""

    work: tuple[Evidence, ...] = ()
    documents: tuple[Evidence, ...] = ()
    answered: bool = True


def begin(session: Session, request_id: str, *, now: datetime) -> RequestSearch | None:
    """Read all that is needed. None: there is nothing to look for (any more)."""
    row = session.get(Request, request_id)
    if row is None or row.state is not RequestState.OPEN:
        return None
    if not _machines_may(session, row):
        return None
    return RequestSearch(
        id=row.id,
        organization=row.organization_id,
        person=row.person_id,
        text=row.text,
        context=Scope(row.organization_id, "", row.person_id, row.person_id, now),
        work=tuple(_scopes(session, row, now)),
        others=_others(session, row.organization_id),
    )


def _machines_may(session: Session, row: Request) -> bool:
    return not no_machine(row.ai, session.scalar(select(Consent.ai).where(Consent.person_id == row.person_id)))


def _scopes(session: Session, row: Request, now: datetime) -> list[Scope]:
    """Rule 4, by challenge: after an own attempt, or where the challenge says otherwise."""
    done = attempted(session, row.person_id)
    challenges = session.scalars(
        select(Challenge)
        .where(Challenge.organization_id == row.organization_id, Challenge.sharing_peers != PeersShown.NEVER)
        .order_by(Challenge.id.desc())
    )
    seen = [one for one in challenges if one.id in done or one.sharing_peers is PeersShown.ALWAYS][:MOST_SCOPES]
    learns = session.scalars(
        select(RoleGrant.group_id).where(RoleGrant.person_id == row.person_id, RoleGrant.role == Role.LEARNER)
    )
    within = tuple(sorted(tree.below(session, list(learns))))
    return [
        Scope(row.organization_id, one.id, row.person_id, row.person_id, now, groups=within)
        if one.sharing_reach is SharingReach.GROUP
        else Scope(row.organization_id, one.id, row.person_id, row.person_id, now)
        for one in seen
        if one.sharing_reach is not SharingReach.GROUP or within
    ]


def _others(session: Session, organization: str) -> dict[str, str]:
    rows = session.execute(
        select(Request.id, Request.text)
        .join(Consent, Consent.person_id == Request.person_id)
        .where(
            Request.organization_id == organization,
            Request.state == RequestState.OPEN,
            ~visible.barred(Request),
        )
        .order_by(Request.id.desc())
        .limit(MOST_CLUSTERED)
    ).all()
    return {row.id: row.text for row in reversed(rows)}


def finish(
    session: Session, looking: RequestSearch, found: RequestFinds, clusters: Mapping[str, str], *, now: datetime
) -> bool:
    """Store where it was found, by place. False: it is not wanted any more, and nothing was changed."""
    row = session.get(Request, looking.id, with_for_update={"key_share": True})
    if row is None or row.state is not RequestState.OPEN or not _machines_may(session, row):
        return False
    session.execute(delete(PassageForRequest).where(PassageForRequest.request_id == row.id))
    _keep_work(session, row, found.work, now)
    for position, one in enumerate(found.documents):
        session.add(
            PassageForRequest(
                request_id=row.id,
                position=position,
                organization_id=row.organization_id,
                shelf=Shelf.CONTEXT.value if found.answered else NEAREST,
                passage_id=one.item.id,
                owner_id=one.item.document,
                start=one.item.start,
                end=one.item.end,
            )
        )
    for id_ in sorted(clusters):  # in one order, so that two workers never wait in a circle
        session.execute(
            update(Request)
            .where(Request.id == id_, Request.cluster_id.is_distinct_from(clusters[id_]))
            .values(cluster_id=clusters[id_])
            .execution_options(synchronize_session=False)
        )
    row.looked_at = now
    session.flush()
    return True


def _keep_work(session: Session, row: Request, found: Sequence[Evidence], now: datetime) -> None:
    """Others' work waits for a facilitator, each piece once; what was decided on stays as it was decided."""
    there = {(one.item.document, one.item.start, one.item.end): at for at, one in enumerate(found)}
    kept = session.scalars(select(FoundWork).where(FoundWork.request_id == row.id)).all()
    for old in kept:
        if there.pop((old.revision_id, old.start, old.end), None) is None and old.state is FoundWorkState.FOUND:
            session.delete(old)
    for (revision, start, end), position in there.items():
        place = {"revision_id": revision, "start": start, "end": end, "position": position}
        session.add(FoundWork(organization_id=row.organization_id, request_id=row.id, found_at=now, **place))
