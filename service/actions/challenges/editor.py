"""The challenge editor: a challenge as a form, what a change would mean beforehand, and what learners will see."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.challenges import forms, setting
from service.actions.challenges.setting import ChallengeWish, CriterionWish
from service.domain.documents.diff import changes, shortened
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.errors import NotAllowed
from service.domain.roles import Actor, may_set, require_coordinator, require_desk
from service.domain.texts import digest
from service.domain.texts.worddiff import DiffPiece
from service.domain.visibility import PeersShown, SharingReach
from service.store import find
from service.store.tables import Challenge, ChallengeGroup, DraftRow, Group

PEERS: dict[PeersShown, str] = {
    PeersShown.AFTER_ATTEMPT: "Learners see others’ solutions after they have handed in their own.",
    PeersShown.ALWAYS: "Learners see others’ solutions at any time, also before their own attempt.",
    PeersShown.NEVER: "Learners never see others’ solutions.",
}
REACHES: dict[SharingReach, str] = {
    SharingReach.GROUP: "Solutions are shown within the author’s own group only.",
    SharingReach.ORGANIZATION: "Solutions may be shown in the whole organization.",
}
ALLOWED = "Always only as each author allows it, with or without their name, and no longer once they say no."


@dataclass(frozen=True, slots=True)
class ChallengeForm:
    """A challenge to edit. `seen` marks all that can be changed; `waiting` drafts rest on its words now."""

    id: str
    wish: ChallengeWish
    seen: str
    version: int
    waiting: int
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody else changed meanwhile, or that stands otherwise in what was typed."""

    field: str
    stands: str
    typed: str
    edits: tuple[DiffPiece, ...]


def form(session: Session, actor: Actor, external_id: str) -> ChallengeForm:
    """Raises NotFound; NotAllowed for whoever may not write it."""
    require_coordinator(actor)
    row = find.one(session, Challenge, actor.organization, external_id)
    if not may_set(actor, setting.groups_of(session, row)):
        raise NotAllowed("This challenge is also set to groups that you do not coordinate.")
    wish = wish_of(session, row)
    return ChallengeForm(row.external_id, wish, mark(wish), row.version, waiting(session, row), row.archived_at)


def wish_of(session: Session, row: Challenge) -> ChallengeWish:
    """All of a challenge as it stands."""
    groups = session.scalars(
        select(Group.external_id)
        .join(ChallengeGroup, ChallengeGroup.group_id == Group.id)
        .where(ChallengeGroup.challenge_id == row.id)
        .order_by(Group.external_id)
    )
    return ChallengeWish(
        title=row.title,
        prompt=row.prompt,
        outcome=row.outcome,
        reference=row.reference,
        notes=row.notes,
        language=row.language,
        criteria=tuple(CriterionWish(c.key, c.text, c.question, c.points, forms.confirmed(c)) for c in row.criteria),
        sharing_peers=row.sharing_peers,
        sharing_reach=row.sharing_reach,
        groups=tuple(groups),
        tags=tuple(row.tags),
        opened_at=row.opened_at,
        calibrate=row.calibrate,
    )


def mark(wish: ChallengeWish) -> str:
    """The same for the same challenge."""
    return digest(repr(wish))


def waiting(session: Session, row: Challenge) -> int:
    """Drafts that a change of its words would make stale."""
    states = (DraftState.DRAFTING, *FOR_A_PERSON, DraftState.APPROVED)
    found = select(func.count()).where(
        DraftRow.challenge_id == row.id, DraftRow.state.in_(states), DraftRow.stale.is_(False)
    )
    return session.scalar(found) or 0


def rewords(before: ChallengeWish, after: ChallengeWish) -> bool:
    """Whether drafts made on `before` are stale on `after`."""
    there = {criterion.key: criterion for criterion in before.criteria}
    criteria = tuple(_kept(there.get(criterion.key), criterion) for criterion in after.criteria)
    return _words(before) != _words(replace(after, criteria=criteria))


def _kept(before: CriterionWish | None, after: CriterionWish) -> CriterionWish:
    """The criterion with the forms that it will have, where none are given."""
    same = before is not None and before.text == after.text
    return after if after.forms is not None else replace(after, forms=before.forms if before and same else ())


def languages(session: Session, actor: Actor, language: str) -> tuple[str, ...]:
    """In which languages learners may read of the criteria of a challenge in this one (""; the organization's)."""
    return forms.languages(session, actor.organization, language)


def unread(before: ChallengeWish, after: ChallengeWish) -> dict[str, str]:
    """Keys of criteria with forms as they were confirmed on another wording, by digests of the wording that they have
    now: whoever was asked about one wording was not asked about the next."""
    confirmed = {(one.text, form) for one in before.criteria for form in one.forms or ()}
    known = {form for _, form in confirmed}
    return {
        hashlib.sha256(f"{one.key}\n{one.text}".encode()).hexdigest()[:16]: one.key
        for one in after.criteria
        if any(form in known and (one.text, form) not in confirmed for form in one.forms or ())
    }


def _words(wish: ChallengeWish) -> tuple[object, ...]:
    return wish.prompt, wish.outcome, wish.reference, wish.notes, wish.criteria


def change(
    session: Session, actor: Actor, external_id: str, wish: ChallengeWish, *, seen: str, now: datetime
) -> ChallengeForm | None:
    """Store the wish; if somebody has changed the challenge since `seen`, store nothing and give what stands there.

    Raises NotAllowed, NotFound, Invalid.
    """
    row = find.one(session, Challenge, actor.organization, external_id)
    session.refresh(row, with_for_update={"key_share": True})
    there = form(session, actor, external_id)
    if there.seen != seen:
        return there
    setting.write_challenge(session, actor, external_id, wish, now=now)
    return None


def add(session: Session, actor: Actor, external_id: str, wish: ChallengeWish, *, now: datetime) -> Challenge | None:
    """A new challenge; None if there is one by that id. Raises NotAllowed, NotFound, Invalid."""
    require_coordinator(actor)
    if find.maybe(session, Challenge, actor.organization, external_id) is not None:
        return None
    return setting.write_challenge(session, actor, external_id, wish, now=now)[0]


def differences(stands: ChallengeWish, typed: ChallengeWish) -> tuple[Difference, ...]:
    """Field by field, where what stands there and what was typed are not the same."""
    pairs = zip(_fields(stands), _fields(typed), strict=True)
    return tuple(
        Difference(name, old, new, tuple(shortened(changes(old, new)))) for (name, old), (_, new) in pairs if old != new
    )


def _fields(wish: ChallengeWish) -> tuple[tuple[str, str], ...]:
    criteria = "\n".join(
        f"{c.key}: {c.text}"
        + (f" – {c.question}" if c.question else "")
        + (f" ({c.points:g} points)" if c.points is not None else "")
        + forms.as_lines(c.forms or ())
        for c in wish.criteria
    )
    return (
        ("Title", wish.title),
        ("What learners are asked", wish.prompt),
        ("Outcome", wish.outcome),
        ("Criteria", criteria),
        ("Reference solution", wish.reference),
        ("Notes for facilitators", wish.notes),
        ("Language", wish.language),
        ("Sharing", f"{PEERS[wish.sharing_peers]} {REACHES[wish.sharing_reach]}"),
        ("Groups", ", ".join(wish.groups) or "every group"),
        ("Tags", ", ".join(wish.tags)),
        ("Judged before the rest is drafted", f"{wish.calibrate or 0} pieces"),
        ("Opens", wish.opened_at.isoformat() if wish.opened_at else "at once"),
    )


def preview(session: Session, actor: Actor, external_id: str) -> ChallengeWish:
    """What there is of a challenge, for its page as learners see it. Raises NotAllowed for learners, NotFound."""
    require_desk(actor)
    return wish_of(session, setting.get(session, actor, external_id))
