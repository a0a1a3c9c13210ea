"""Opposite decisions on passages alike: found by a job after a decision, shown, settled with a word. Blocks nothing.

What the job found (`service.actions.memory.opposed`) is looked at again before it is shown, so that a decision that was
changed or work that was taken back is never in an alert; one that is new may take until the job has run. Whoever
decides is told at once, since a draft has few points and they are compared with the decided ones alone.

Who reviews both groups sees an alert and may settle it; a coordinator of the groups above always does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding, version_of
from service.actions.challenges import setting
from service.actions.drafts.points import current_points
from service.actions.memory import decided as memory_decided
from service.actions.memory.decided import RememberedPoint, decided, remembered
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed, NotFound
from service.domain.memory.consistency import SAID_ALREADY, ContradictionKind, clash, kin
from service.domain.roles import Actor, CredentialReach, may_see_group, require_reviewer
from service.store import audit, find
from service.store import names as store_names
from service.store.tables import Challenge, DraftRow, OpposedDecisions, PointRow, PointState, RightDecision, Settlement

MOST_ALERTS = 1000
"""Pairs of a challenge that are looked at, those decided on last."""
CHANGED = "Somebody settled this, or decided anew on one of the two, since you saw it. Look again, then decide."
OPEN = (DraftState.READY, DraftState.APPROVED)
"""While what is said can still be changed without taking it back."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Two decisions that contradict each other. `first` has the lesser id, which is the point that came first."""

    first: RememberedPoint
    second: RememberedPoint
    clash: ContradictionKind
    settlement: Settlement | None

    @property
    def id(self) -> str:
        return f"{self.first.said.point}-{self.second.said.point}"

    @property
    def at(self) -> datetime:
        """Since when the two stand against each other."""
        return max(self.first.at, self.second.at)

    @property
    def version(self) -> int:
        """Of all that is seen of it: both decisions, and what was said of them."""
        said = self.settlement
        return version_of(astuple(self.first), astuple(self.second), said and (said.right, said.note, said.at))

    @property
    def settled(self) -> bool:
        """Whether it was settled since the later of the two decisions."""
        return self.settlement is not None and self.settlement.at >= self.at


@dataclass(frozen=True, slots=True)
class PointMark:
    """Something that was decided elsewhere and that whoever decides on this point should know."""

    code: str
    message: str
    point: str
    alert: str = ""
    alert_version: int | None = None


def alerts(session: Session, actor: Actor, external_id: str, *, settled: bool = False) -> list[Alert]:
    """The open alerts of a challenge, or the settled ones, the latest first. Raises NotFound, NotAllowed."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("Alerts are for those who review.")
    challenge = setting.get(session, actor, external_id)
    found = (one for one in of_challenge(session, challenge) if one.settled is settled and _sees(actor, one))
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def _sees(actor: Actor, alert: Alert) -> bool:
    return all(may_see_group(actor, one.group) for one in (alert.first, alert.second))


def of_challenge(session: Session, challenge: Challenge) -> list[Alert]:
    """All of a challenge's, settled or not, of which the job knows."""
    latest = (
        select(OpposedDecisions.first_id, OpposedDecisions.second_id)
        .where(OpposedDecisions.challenge_id == challenge.id)
        .order_by(OpposedDecisions.at.desc(), OpposedDecisions.first_id, OpposedDecisions.second_id)
        .limit(MOST_ALERTS)
    )
    return _standing(session, challenge, [(first, second) for first, second in session.execute(latest)])


def _standing(session: Session, challenge: Challenge, pairs: Collection[tuple[str, str]]) -> list[Alert]:
    """Those of these pairs of points that contradict each other as they stand now."""
    if not pairs:
        return []
    points = {point for pair in pairs for point in pair}
    there = {one.said.point: one for one in decided(session, challenge, PointRow.id.in_(points))}
    both = ((there[a], there[b]) for a, b in pairs if a in there and b in there)
    return _alerts(session, ((a, b, how) for a, b in both if (how := clash(a.said, b.said)) is not None))


def _alerts(
    session: Session, pairs: Iterable[tuple[RememberedPoint, RememberedPoint, ContradictionKind]]
) -> list[Alert]:
    ordered = [(a, b, how) if a.said.point < b.said.point else (b, a, how) for a, b, how in pairs]
    firsts = {first.said.point for first, _, _ in ordered}
    rows = session.scalars(select(Settlement).where(Settlement.first_id.in_(firsts))) if firsts else ()
    said = {(row.first_id, row.second_id): row for row in rows}
    return [Alert(a, b, how, said.get((a.said.point, b.said.point))) for a, b, how in ordered]


def settle(at: Deciding, *, right: RightDecision, note: str) -> Alert:
    """Say which of the two is to be followed, or that both are fine. It stays quiet until one of them changes.

    Raises NotFound if there is no such alert (any more), NotAllowed unless the actor reviews both groups, ChangedSince.
    """
    session, actor = at.session, at.actor
    alert = _one(session, actor, at.id)
    for one in (alert.first, alert.second):
        person = require_reviewer(actor, one.group)
    at.require(alert.version, CHANGED)
    row = alert.settlement
    if row is None:
        row = Settlement(
            first_id=alert.first.said.point, second_id=alert.second.said.point, organization_id=actor.organization
        )
        session.add(row)
    row.right, row.note, row.person_id, row.at = right, note, person, at.now
    session.flush()
    facts = {"organization": actor.organization, "actor": f"person:{person}", "act": "alert.settle"}
    audit.record(session, **facts, subject=alert.id, now=at.now, right=right.value)
    return Alert(alert.first, alert.second, alert.clash, row)


def _one(session: Session, actor: Actor, alert_id: str) -> Alert:
    first, second = alert_id.split("-")
    rows = [_held(session, actor, point) for point in (first, second)]
    challenge = session.get_one(Challenge, rows[0].challenge_id)
    found = next((one for one in _standing(session, challenge, [(first, second)]) if one.id == alert_id), None)
    if found is None or not _sees(actor, found):
        raise NotFound("There is no such alert, or no longer: one of the two decisions was changed.")
    return found


def _held(session: Session, actor: Actor, point: str) -> DraftRow:
    """The draft of a point, locked, so that two who settle at once do it one after the other."""
    row = find.own(session, PointRow, actor.organization, point)
    return session.get_one(DraftRow, row.draft_id, with_for_update={"key_share": True})


def marks(session: Session, draft: DraftRow) -> list[PointMark]:
    """What was decided elsewhere about the same as this draft's points: near-twins that were dismissed, for points that
    stand; opposite decisions that nobody settled, for points that were decided on."""
    if draft.state not in OPEN or not (points := current_points(draft)):
        return []
    challenge = session.get_one(Challenge, draft.challenge_id)
    on = (DraftRow.submission_id != draft.submission_id, PointRow.criterion.in_({point.criterion for point in points}))
    others = decided(session, challenge, *on)
    language = memory_decided.language_of(session, challenge)
    mine = [remembered(point, draft, language) for point in points]
    standing = [m for m, point in zip(mine, points, strict=True) if point.state is PointState.PROPOSED]
    ruled = [m for m, point in zip(mine, points, strict=True) if point.state is not PointState.PROPOSED]
    return [*_dismissed_elsewhere(standing, others), *_opposed(session, ruled, others)]


def _dismissed_elsewhere(standing: list[RememberedPoint], others: list[RememberedPoint]) -> list[PointMark]:
    found = []
    for mine in standing:
        twins = (
            one for one in others if one.said.dismissed and one.said.reason != SAID_ALREADY and kin(mine.said, one.said)
        )
        if (twin := next(twins, None)) is not None:
            why = twin.reason.rstrip(". ") or "no reason was given"
            told = f"A facilitator dismissed a point like this one elsewhere: {why}."
            found.append(PointMark("dismissed-elsewhere", told, mine.said.point))
    return found


def _opposed(session: Session, ruled: list[RememberedPoint], others: list[RememberedPoint]) -> list[PointMark]:
    pairs = [(mine, one, how) for mine in ruled for one in others if (how := clash(mine.said, one.said)) is not None]
    own = {mine.said.point for mine in ruled}
    found = [one for one in _alerts(session, pairs) if not one.settled]
    names = store_names.names_of(session, (one.by for alert in found for one in (alert.first, alert.second)))
    return [
        PointMark("opposite-decision", _opposite(other, names), mine.said.point, alert.id, alert.version)
        for alert in found
        for mine, other in ((alert.first, alert.second), (alert.second, alert.first))
        if mine.said.point in own
    ]


def _opposite(other: RememberedPoint, names: dict[str, str]) -> str:
    who = names.get(other.by or "", "A facilitator")
    did = "dismissed this point" if other.said.dismissed else f"approved a {other.said.kind.value.replace('_', ' ')}"
    return f"On a passage like this one {who} {did}: “{other.said.text}” Nothing is in the way; the two can be settled."


def raised_by(session: Session, row: DraftRow) -> tuple[str, ...]:
    """Ids of open alerts that the decisions on a draft have raised."""
    return tuple(dict.fromkeys(mark.alert for mark in marks(session, row) if mark.alert))
