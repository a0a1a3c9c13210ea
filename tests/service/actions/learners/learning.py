"""A learner of the small school whose feedback was released, and short ways to go on from there in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines import values
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.work.submit import Submitted
from service.domain.roles import Actor
from service.store.tables import DraftRow, OutgoingEvent
from tests.service.actions.school import NOW, PLAN, act_as, approve, found, hand_in, make_ready

LATER = NOW + timedelta(days=3)
REVISED = PLAN.replace("We pair", "One question is agreed, which the first pair writes down. We pair")


@dataclass
class Class:
    """Who is there. `amara` wrote, `lena` facilitates her group, `yusuf` learns beside her."""

    session: Session
    platform: Actor
    amara: Actor
    yusuf: Actor
    lena: Actor
    draft: DraftRow
    point: str

    def told(self, name: str) -> list[dict[str, object]]:
        rows = self.session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == name).order_by(OutgoingEvent.id))
        return [row.data for row in rows]


def a_class(session: Session, *sources: values.Source, name: str = "lakeside") -> Class:
    """Amara's first revision has released feedback with one point."""
    platform = found(session, name)
    amara, yusuf, lena = (act_as(session, platform, who) for who in ("amara", "yusuf", "lena"))
    row = released(session, lena, hand_in(session, platform), *sources)
    return Class(session, platform, amara, yusuf, lena, row, row.points[0].id)


def released(session: Session, facilitator: Actor, handed: Submitted, *sources: values.Source) -> DraftRow:
    """Drafted, approved and released at once."""
    row = make_ready(session, handed.draft, *sources)
    approve(session, facilitator, row)
    return release.release(Deciding(session, facilitator, row.id, row.version, NOW))
