"""What all acts on introductions share: people held still, their past and load, the text, and who may decide.

Whoever acts holds the consents of both people first, in one order, and the introduction after them: so no consent
changes between the look and the act, and no two approvals together pass somebody's limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.domain.errors import NotAllowed, NotFound
from service.domain.events import Event
from service.domain.introductions import (
    ANSWER_WITHIN,
    LOAD_LIMIT,
    LOAD_WINDOW,
    TOGETHER,
    IntroductionActor,
    IntroductionHindrance,
    IntroductionState,
    Limit,
    PastIntroduction,
    hindrance,
)
from service.domain.roles import Actor
from service.domain.visibility import no_machine
from service.store import outbox
from service.store.tables import Consent, Introduction, Organization, Person, RoleGrant

UNANSWERED: Final = (IntroductionState.ASKED, IntroductionState.FIRST_AGREED, IntroductionState.SECOND_AGREED)
COUNT_SETTING, DAYS_SETTING = "introductions_at_once", "introductions_within_days"


def pair(first: str, second: str) -> str:
    """Two people, whichever comes first."""
    return ":".join(sorted((first, second)))


def hold(session: Session, people: Iterable[str]) -> dict[str, bool]:
    """Lock what these people allow until the transaction ends; whether each may be introduced by a machine's match."""
    session.flush()
    rows = session.scalars(
        select(Consent)
        .where(Consent.person_id.in_(set(people)))
        .order_by(Consent.person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.person_id: row.introduce and not no_machine(row.ai) for row in rows}


def open_people(session: Session, people: Iterable[str], *, machines: bool = True) -> dict[str, bool]:
    """The same as `hold` says, without holding anybody. Without `machines`: whether they may be introduced and named,
    whoever thought of it."""
    rows = session.execute(
        select(Consent.person_id, Consent.introduce, Consent.ai).where(Consent.person_id.in_(set(people)))
    )
    return {person: introduce and not (machines and no_machine(ai)) for person, introduce, ai in rows}


def named(row: Introduction) -> set[str]:
    """Everybody whom an introduction names."""
    return {person for person in (row.first_id, row.second_id, row.through_id) if person}


def held(
    session: Session, introduction_id: str, organization: str | None = None
) -> tuple[Introduction, dict[str, bool]]:
    """An introduction and what its people allow, both locked. Raises NotFound."""
    row = session.get(Introduction, introduction_id)
    if row is None or (organization is not None and row.organization_id != organization):
        raise NotFound("There is no such introduction here, or it is not yours to see.")
    open_to = hold(session, named(row))
    session.refresh(row, with_for_update={"key_share": True})
    return row, open_to


def willing(row: Introduction, open_to: Mapping[str, bool]) -> bool:
    """Whether all whom it names may be introduced or named now."""
    return all(open_to.get(person, False) for person in named(row))


def past(session: Session, people: Iterable[str], *, without: str = "") -> list[PastIntroduction]:
    """Every introduction that these people had, but for one."""
    wanted = set(people)
    rows = session.execute(
        select(Introduction.first_id, Introduction.second_id, Introduction.state, Introduction.asked_at).where(
            or_(Introduction.first_id.in_(wanted), Introduction.second_id.in_(wanted)), Introduction.id != without
        )
    )
    return [PastIntroduction(frozenset({first, second}), state, asked_at) for first, second, state, asked_at in rows]


def limit(session: Session, organization: str) -> Limit:
    """How many introductions a person may have, and within how long."""
    said = session.get_one(Organization, organization).settings
    days = said.get(DAYS_SETTING)
    window = LOAD_WINDOW if days is None else timedelta(days=float(days))
    return Limit(int(said.get(COUNT_SETTING, LOAD_LIMIT)), window)


def hindered(
    session: Session, row: Introduction, open_to: Mapping[str, bool], now: datetime
) -> IntroductionHindrance | None:
    """Why these two may not be asked now; None if they may."""
    both = (row.first_id, row.second_id)
    if not willing(row, open_to):
        return IntroductionHindrance.CONSENT
    before = past(session, both, without=row.id)
    return hindrance(*both, open_to, before, limit(session, row.organization_id), now)


# The text


def texts(row: Introduction) -> dict[str, str]:
    """Every text that either would read, by its name; passages by their places, since what they say never changes."""
    return {**row.wording, "passages": "\n".join(one["id"] for one in row.passages)}


# Who decides


def on_desk(actor: Actor) -> list[ColumnElement[bool]]:
    """Introductions that the actor decides on: of at least one person in a group that the actor reviews, and not of
    the actor, for whom a colleague decides."""
    reviewed = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(actor.reviews))
    return [
        Introduction.organization_id == actor.organization,
        or_(Introduction.first_id.in_(reviewed), Introduction.second_id.in_(reviewed)),
        Introduction.first_id != (actor.person or ""),
        Introduction.second_id != (actor.person or ""),
    ]


def require_decider(actor: Actor) -> str:
    """The id of the facilitator who acts. Raises NotAllowed for a platform and for a learner."""
    if actor.person is None or not actor.reviews:
        raise NotAllowed("Introductions are decided on by facilitators.")
    return actor.person


def require_on_desk(session: Session, actor: Actor, introduction_id: str) -> None:
    """Raises NotAllowed, and NotFound for one that is not on the actor's desk."""
    require_decider(actor)
    if session.scalar(select(Introduction.id).where(Introduction.id == introduction_id, *on_desk(actor))) is None:
        raise NotFound("There is no such introduction here, or it is not yours to decide on.")


def to_decide(at: Deciding) -> tuple[Introduction, dict[str, bool], str]:
    """One to decide on, locked, with what its people allow, and who decides. Raises NotFound, ChangedSince."""
    require_on_desk(at.session, at.actor, at.id)
    row, open_to = held(at.session, at.id, at.actor.organization)
    at.require(row.version, "The introduction has changed since you saw it. Read it again, then decide.")
    return row, open_to, require_decider(at.actor)


# What it looks like from outside


RowLike = Row[IntroductionState, datetime | None, datetime | None]
"""State, asked_at and ended_at of an introduction, by these names."""


def over(row: Introduction | RowLike, now: datetime) -> bool:
    """Whether nobody can answer any more, though both were asked."""
    return row.ended_at is not None or bool(row.asked_at and now >= row.asked_at + ANSWER_WITHIN)


def outward(row: Introduction | RowLike, now: datetime) -> str:
    """The state as a facilitator sees it, who does not learn of a single person's answer."""
    if row.state in TOGETHER or row.asked_at is None:
        return str(row.state.value)
    if row.state in (*UNANSWERED, IntroductionState.DECLINED) and not over(row, now):
        return IntroductionState.ASKED.value
    return "ended"


def side(row: Introduction, person: str) -> IntroductionActor:
    """Which of the two a person is. Raises NotFound for anybody else."""
    if person not in (row.first_id, row.second_id):
        raise NotFound("There is no such introduction here, or it is not yours to see.")
    return IntroductionActor.FIRST if person == row.first_id else IntroductionActor.SECOND


def tell(session: Session, row: Introduction, event: Event, *, now: datetime) -> None:
    """Tell the platform, by its own ids of the two people; never who said what."""
    rows = session.execute(
        select(Person.id, Person.external_id).where(Person.id.in_([row.first_id, row.second_id]))
    ).all()
    names = {row.id: row.external_id for row in rows}
    people = [names[row.first_id], names[row.second_id]]
    outbox.tell(session, row.organization_id, event, now=now, introduction=row.id, people=people)
