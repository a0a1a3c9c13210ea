"""What facilitators see of galleries: a list with counts, and one with all that a decision on it needs.

A fixed number of statements, whatever the number of galleries. Texts come from `visibility.in_galleries` alone, so
nobody at the desk reads what may not be shown to the learner either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, selectinload

from service.actions.approvals import approving
from service.actions.galleries.pool import as_works, candidates
from service.actions.galleries.review import NOT_HERE, body_of, not_own, require_others
from service.actions.visibility.in_galleries import Now, SharedWork, shared_now
from service.domain.errors import NotFound
from service.domain.galleries import GalleryActor, GalleryState, SharingHindrance, body_digest, possible
from service.domain.roles import Actor, may_see_group, require_desk, visible_groups
from service.domain.texts.marking import Stretch, stretches
from service.store import archived, find
from service.store.disclosures import Showing, at_desk
from service.store.names import told_apart
from service.store.tables import Challenge, Gallery, GalleryDecision, Group, Person, Revision, Submission

PAGE: Final = 50
MOST_ALTERNATIVES: Final = 30
BEGINNING: Final = 160
"""Characters of a work that it is told by in a list."""


@dataclass(frozen=True, slots=True)
class ListedGallery:
    """A gallery in the list. `gone`: works in it that are no longer shared."""

    id: str
    version: int
    state: GalleryState
    person: str
    submission: str  # external id
    challenge: str  # external id
    challenge_title: str
    group: str
    asked: bool
    works: int
    gone: int
    comparison: str
    reason: str
    at: datetime
    quoted: tuple[str, ...]  # revisions that the comparison may quote


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of galleries, and how many are in each state. `challenges`: to choose from, (external id, title)."""

    items: tuple[ListedGallery, ...]
    counts: Mapping[GalleryState, int]
    challenges: tuple[tuple[str, str], ...]
    more: bool


def listing(
    session: Session,
    actor: Actor,
    *,
    state: GalleryState | None = None,
    challenge: str | None = None,
    page: int = 0,
    after: str | None = None,
    limit: int = PAGE,
    now: datetime,
) -> Listing:
    """Galleries of groups that the actor may see, those that learners asked for first; a page by its number, or what
    comes after the gallery with the id `after`. Raises NotAllowed, NotFound."""
    require_desk(actor)
    here = _here(actor)
    if challenge is not None:
        here.append(Gallery.challenge_id == find.one(session, Challenge, actor.organization, challenge).id)
    counts = session.execute(select(Gallery.state, func.count()).where(*here).group_by(Gallery.state))
    order = (case((Gallery.asked, 0), else_=1), Gallery.created_at, Gallery.id)
    wanted = [*here, *([Gallery.state == state] if state is not None else [])]
    if after is not None:
        wanted.append(find.beyond(session, order, [Gallery.id == after, *_here(actor)]))
    rows = session.scalars(
        select(Gallery)
        .options(selectinload(Gallery.items))
        .where(*wanted)
        .order_by(*order)
        .offset(page * limit)
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    return Listing(
        tuple(_listed(session, shown, now=now)),
        dict(counts.all()),
        _challenges(session, actor),
        len(rows) > limit,
    )


def to_look_at(session: Session, actor: Actor) -> int:
    """How many wait for a person, where nothing is archived. Raises NotAllowed."""
    require_desk(actor)
    waits = Gallery.state.in_((GalleryState.READY, GalleryState.STUCK))
    here = archived.not_over(Gallery.challenge_id, Gallery.group_id)
    return session.scalar(select(func.count()).select_from(Gallery).where(waits, here, *_here(actor))) or 0


def _here(actor: Actor) -> list[ColumnElement[bool]]:
    groups = visible_groups(actor)
    here = [Gallery.organization_id == actor.organization, *not_own(actor)]
    return here if groups is None else [*here, Gallery.group_id.in_(groups)]


def _challenges(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Those with work in groups that the actor may see."""
    query = (
        select(Challenge.external_id, Challenge.title)
        .join(Submission, Submission.challenge_id == Challenge.id)
        .where(Challenge.organization_id == actor.organization)
    )
    groups = visible_groups(actor)
    if groups is not None:
        query = query.where(Submission.group_id.in_(groups))
    return tuple(session.execute(query.distinct().order_by(Challenge.title, Challenge.external_id)))


def _listed(session: Session, rows: Sequence[Gallery], *, now: datetime) -> list[ListedGallery]:
    seen = shared_now(session, rows, now=now, texts=False)
    named = session.execute(
        select(
            Gallery.id, told_apart(), Submission.external_id, Challenge.external_id, Challenge.title, Group.external_id
        )
        .join(Person, Person.id == Gallery.person_id)
        .join(Submission, Submission.id == Gallery.submission_id)
        .join(Challenge, Challenge.id == Gallery.challenge_id)
        .join(Group, Group.id == Gallery.group_id)
        .where(Gallery.id.in_([row.id for row in rows]))
    )
    words = {id_: rest for id_, *rest in named}
    return [_row(row, words[row.id], seen[row.id]) for row in rows]


def _row(row: Gallery, words: Sequence[str], here: Now) -> ListedGallery:
    person, submission, challenge, title, group = words
    gone = sum(not work.shared for work in here.works)
    withdrawn = row.state is GalleryState.WITHDRAWN
    return ListedGallery(
        id=row.id,
        version=row.version,
        state=row.state,
        person=person,
        submission=submission,
        challenge=challenge,
        challenge_title=title,
        group=group,
        asked=row.asked,
        works=len(row.items),
        gone=gone,
        comparison="" if gone or withdrawn else row.comparison,
        reason=row.reason,
        at=row.ready_at or row.created_at,
        quoted=() if gone or withdrawn else tuple(item.revision_id for item in row.items),
    )


@dataclass(frozen=True, slots=True)
class DeskWork:
    """A peer's work at the desk. Not `shared`: `hindrance` says why, and nothing of it is there to read."""

    item: str
    revision: str
    letter: str
    shared: bool
    hindrance: SharingHindrance | None
    who: str  # empty where the facilitator may not know it
    named: bool  # whether the learner will see the name
    language: str
    text: tuple[Stretch, ...]
    reasons: tuple[str, ...]
    hidden: int  # how many names and addresses are put out of sight


@dataclass(frozen=True, slots=True)
class Alternative:
    """A work that could be put in."""

    revision: str
    beginning: str
    standing: str


@dataclass(frozen=True, slots=True)
class PastGalleryDecision:
    """A decision on a gallery."""

    who: str
    act: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeskGallery:
    """One gallery with all that a decision on it needs. `text_hash` is of what is here now; approving names it."""

    row: Gallery
    state: GalleryState
    person: str
    submission: str
    challenge: Challenge
    group: str
    own: tuple[Stretch, ...]
    own_language: str
    works: tuple[DeskWork, ...]
    comparison: str
    text_hash: str
    possible: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    past: tuple[PastGalleryDecision, ...]
    show_at: datetime | None
    by_rule: bool

    @property
    def shared(self) -> bool:
        return all(work.shared for work in self.works)


def show(session: Session, actor: Actor, gallery_id: str, *, now: datetime, choices: bool = True) -> DeskGallery:
    """One gallery of a group that the actor may see; with `choices`, what could be put in instead. Raises NotFound."""
    require_desk(actor)
    row = session.get(Gallery, gallery_id)
    if row is None or row.organization_id != actor.organization or not may_see_group(actor, row.group_id):
        raise NotFound(NOT_HERE)
    require_others(actor, row)
    here = shared_now(session, [row], now=now)[row.id]
    challenge, submission = session.get_one(Challenge, row.challenge_id), session.get_one(Submission, row.submission_id)
    own, approval = session.get_one(Revision, row.revision_id), approving.in_force(session, approving.GALLERY, row.id)
    taken_back = submission.withdrawn_at is not None
    acts = tuple(possible(row.state, GalleryActor.FACILITATOR))
    return DeskGallery(
        row=row,
        state=row.state,
        person=session.get_one(Person, row.person_id).name,
        submission=submission.external_id,
        challenge=challenge,
        group=session.get_one(Group, row.group_id).name,
        own=() if taken_back else _marked(own.text, row.marks, 1),
        own_language=own.language,
        works=() if taken_back else tuple(_works(session, actor, here)),
        comparison=row.comparison if here.shared and not taken_back else "",
        text_hash=body_digest(body_of(session, here, row.comparison)),
        possible=acts,
        alternatives=_alternatives(session, row, challenge, now=now) if choices and "revise" in acts else (),
        past=_past(session, row),
        show_at=approval.release_at if approval else None,
        by_rule=approval is not None and approval.policy_id is not None,
    )


def listed(actor: Actor, items: Iterable[ListedGallery]) -> list[Showing]:
    """Whose words stand in the comparisons of a list."""
    return [one for item in items if item.comparison for one in at_desk(actor.person, item.id, item.quoted)]


def shown(actor: Actor, gallery: DeskGallery) -> list[Showing]:
    """Whose words stand in it before a facilitator's eyes."""
    there = {work.revision for work in gallery.works if work.text}
    return at_desk(actor.person, gallery.row.id, there | {one.revision for one in gallery.alternatives})


def _marked(text: str, marks: Sequence[Sequence[int]], number: int) -> tuple[Stretch, ...]:
    return stretches(text, {number: [(start, end) for start, end in marks]})


def _works(session: Session, actor: Actor, here: Now) -> list[DeskWork]:
    rows = session.execute(
        select(Submission.id, Submission.group_id, told_apart())
        .join(Person, Person.id == Submission.person_id)
        .where(Submission.id.in_([work.submission for work in here.works]))
    )
    groups = {id_: (group, name) for id_, group, name in rows}
    return [_desk_work(at, work, *groups[work.submission], actor) for at, work in enumerate(here.works)]


def _desk_work(at: int, work: SharedWork, group: str, name: str, actor: Actor) -> DeskWork:
    """Who it is, is known to those who review that person's work, and to others only as the author chose."""
    known = name if may_see_group(actor, group) else work.author
    return DeskWork(
        item=work.item.id,
        revision=work.item.revision_id,
        letter="ABC"[at],
        shared=work.shared,
        hindrance=work.sharing.hindrance,
        who=known if work.shared else "",
        named=work.sharing.named,
        language=work.language,
        text=_marked(work.text, work.marks, 1) if work.shared else (),
        reasons=tuple(one["text"] for one in work.item.reasons) if work.shared else (),
        hidden=len(work.hidden),
    )


def _alternatives(session: Session, row: Gallery, challenge: Challenge, *, now: datetime) -> tuple[Alternative, ...]:
    there = {item.revision_id for item in row.items}
    ids = [id_ for id_ in candidates(session, row, challenge, now=now) if id_ not in there][:MOST_ALTERNATIVES]
    works = as_works(session, row.organization_id, ids).works
    return tuple(
        Alternative(id_, " ".join(works[id_].text.split())[:BEGINNING], works[id_].standing or "") for id_ in ids
    )


def _past(session: Session, row: Gallery) -> tuple[PastGalleryDecision, ...]:
    rows = session.execute(
        select(GalleryDecision, Person.name)
        .outerjoin(Person, Person.id == GalleryDecision.person_id)
        .where(GalleryDecision.gallery_id == row.id)
        .order_by(GalleryDecision.at, GalleryDecision.id)
    )
    return tuple(
        PastGalleryDecision(name or "", one.act, one.note if one.act == "dismiss" else "", one.at) for one, name in rows
    )
