"""What decides over the works in galleries, read anew with every call: consents, withdrawals, groups, policies.

Every read of a gallery passes here, also of one that is already shown. A text leaves the database only if its work may
be shown to this reader now (rule 3). A fixed number of statements, however many galleries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from pipelines.drafting.blanks import is_blank
from pipelines.texts.language import quotations
from pipelines.texts.masking import HiddenPlace, as_shown, masked
from pipelines.texts.quoting import locate
from service.actions.visibility.unnamed import Unnamed
from service.domain.galleries import (
    OPEN_POLICY,
    GalleryReader,
    GalleryState,
    PeerWorkFacts,
    Policy,
    WorkSharing,
    sharing,
)
from service.domain.roles import Role
from service.domain.texts import digest
from service.domain.visibility import PeersShown, SharingReach
from service.store import visible
from service.store.tables import (
    Challenge,
    Consent,
    Gallery,
    GalleryItem,
    GalleryPolicy,
    Person,
    Revision,
    RoleGrant,
    Submission,
)
from service.store.tree import Tree

LIVE = (GalleryState.APPROVED, GalleryState.SHOWN)
"""Galleries that count for how often an author's work is shown."""

QUOTED = 4
"""Words of a quotation from which on it is more than somebody's name."""


@dataclass(frozen=True, slots=True)
class SharedWork:
    """A peer's work in a gallery as it stands now: how it may be shown, and its text, as it is shown, if it may.
    `author` is empty unless the reader may know the name; else nobody is named in `text`, and `hidden` says where
    in the author's own text something is put out of sight. `text_hash` is of what is shown."""

    item: GalleryItem
    facts: PeerWorkFacts
    sharing: WorkSharing
    submission: str  # our id
    author: str = ""
    text: str = ""
    text_hash: str = ""
    language: str = ""
    hidden: tuple[HiddenPlace, ...] = ()

    @property
    def marks(self) -> list[list[int]]:
        """Places in what is shown that the comparison quotes."""
        return [list(as_shown((start, end), self.hidden)) for start, end in self.item.marks]

    @property
    def shared(self) -> bool:
        return self.sharing.hindrance is None


@dataclass(frozen=True, slots=True)
class Now:
    """A gallery with what holds for it now. `policy_row` is None where nobody has laid down anything."""

    gallery: Gallery
    reader: GalleryReader
    policy: Policy
    policy_row: GalleryPolicy | None
    works: tuple[SharedWork, ...]

    @property
    def shared(self) -> bool:
        """Whether every work in it may be shown."""
        return all(work.shared for work in self.works)


def policies(session: Session, challenges: Collection[str]) -> dict[tuple[str, str], GalleryPolicy]:
    """Those in force, by challenge and group."""
    rows = session.scalars(
        select(GalleryPolicy)
        .where(GalleryPolicy.challenge_id.in_(challenges), GalleryPolicy.ended_at.is_(None))
        .order_by(GalleryPolicy.id)
    )
    return {(row.challenge_id, row.group_id): row for row in rows}


def policy_for(
    in_force: Mapping[tuple[str, str], GalleryPolicy], tree: Tree, challenge: str, group: str
) -> GalleryPolicy | None:
    """The policy of the nearest group that has one."""
    return next((row for at in tree.above(group) if (row := in_force.get((challenge, at)))), None)


def rules(row: GalleryPolicy | None) -> Policy:
    """A policy as the rules read it."""
    if row is None:
        return OPEN_POLICY
    return Policy(row.suggest, row.automatic, row.without_names, row.weeks, row.most_per_author, row.question)


def shared_now(
    session: Session,
    galleries: Sequence[Gallery],
    *,
    now: datetime,
    texts: bool = True,
    policy: Policy | None = None,
    hidden: Mapping[str, tuple[HiddenPlace, ...]] | None = None,
) -> dict[str, Now]:
    """Each gallery (all of one organization) as it stands now, by id; without `texts` no text is read.

    With a `policy` that one is taken in place of the one in force, to see what it would do. `hidden`: what was put out
    of sight, by revision, when it was approved; it is worked out anew for all others that are shown without a name.
    """
    if not galleries:
        return {}
    tree, in_force = Tree(session, galleries[0].organization_id), policies(session, {g.challenge_id for g in galleries})
    readers, stands = _readers(session, galleries), stands_in(session, tree, galleries)
    items = [item for gallery in galleries for item in gallery.items]
    rows = _works(session, {item.revision_id for item in items})
    counts = counted(session, {(g.challenge_id, item.author_id) for g in galleries for item in g.items})
    found: dict[str, Now] = {}
    for gallery in galleries:
        row = policy_for(in_force, tree, gallery.challenge_id, gallery.group_id)
        applied = rules(row) if policy is None else policy
        reader = readers[gallery.id]
        works = []
        for item in gallery.items:
            nth = item.nth or counts.get((gallery.challenge_id, item.author_id), 0) + 1
            facts = facts_of(rows[item.revision_id], tree, stands[gallery.id], nth)
            works.append(_work(item, rows[item.revision_id], facts, sharing(facts, reader, applied, now)))
        found[gallery.id] = Now(gallery, reader, applied, row, tuple(works))
    return _with_texts(session, found, hidden or {}) if texts else found


def stands_in(session: Session, tree: Tree, galleries: Sequence[Gallery]) -> dict[str, str]:
    """The group of each gallery's attempt, by the gallery's id, as long as its learner still learns there or above it;
    else an empty string: whoever has left a group sees nothing any more that is shared within it."""
    query = select(RoleGrant.person_id, RoleGrant.group_id).where(
        RoleGrant.person_id.in_({one.person_id for one in galleries}), RoleGrant.role == Role.LEARNER
    )
    learns = {(person, group) for person, group in session.execute(query)}
    return {
        one.id: one.group_id if any((one.person_id, at) in learns for at in tree.above(one.group_id)) else ""
        for one in galleries
    }


def _readers(session: Session, galleries: Sequence[Gallery]) -> dict[str, GalleryReader]:
    rows = session.execute(
        select(
            Gallery.id,
            Gallery.person_id,
            Submission.withdrawn_at,
            Revision.text,
            Challenge.sharing_peers,
            Challenge.sharing_reach,
        )
        .join(Submission, Submission.id == Gallery.submission_id)
        .join(Challenge, Challenge.id == Gallery.challenge_id)
        .outerjoin(Revision, visible.latest_text())
        .where(Gallery.id.in_([gallery.id for gallery in galleries]))
    )
    return {
        id_: reader_of(person, withdrawn is None and is_attempt(text), peers, reach)
        for id_, person, withdrawn, text, peers, reach in rows
    }


def is_attempt(text: str | None) -> bool:
    """Whether somebody has tried: what says nothing opens nobody else's work."""
    return text is not None and not is_blank(text)


def reader_of(person: str, attempted: bool, peers: PeersShown, reach: SharingReach) -> GalleryReader:
    """A gallery hangs on an own attempt: once that was taken back, nothing is shown, whatever the challenge says."""
    return GalleryReader(person, attempted, peers if attempted else _without_attempt(peers), reach)


def _without_attempt(peers: PeersShown) -> PeersShown:
    return PeersShown.NEVER if peers is PeersShown.NEVER else PeersShown.AFTER_ATTEMPT


_Columns = (
    Revision.id,
    Revision.text_hash,
    Revision.language,
    Revision.submitted_at,
    Submission.id.label("submission"),
    Submission.person_id,
    Submission.group_id,
    Submission.withdrawn_at,
    Consent.show_work,
    visible.barred().label("barred"),
    Person.name,
)


def columns() -> Any:
    """All that is looked at of a work but its words."""
    return (
        select(*_Columns)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .join(Person, Person.id == Submission.person_id)
    )


def _works(session: Session, revisions: Collection[str]) -> dict[str, Row[Any]]:
    return {row.id: row for row in session.execute(columns().where(Revision.id.in_(revisions)))}


def facts_of(row: Row[Any], tree: Tree, group: str, nth: int) -> PeerWorkFacts:
    """A row of `columns` as the rules read it, for a reader in this group (see `stands_in`)."""
    return PeerWorkFacts(
        author=row.person_id,
        consent=row.show_work,
        machines=not row.barred,
        withdrawn=row.withdrawn_at is not None,
        near=group in tree.above(row.group_id),
        submitted_at=row.submitted_at,
        nth=nth,
    )


def counted(session: Session, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many galleries each author's work is shown in, by challenge and author."""
    if not pairs:
        return {}
    rows = session.execute(
        select(Gallery.challenge_id, GalleryItem.author_id, func.count(Gallery.id.distinct()))
        .join(GalleryItem, GalleryItem.gallery_id == Gallery.id)
        .where(
            Gallery.challenge_id.in_({challenge for challenge, _ in pairs}),
            GalleryItem.author_id.in_({author for _, author in pairs}),
            Gallery.state.in_(LIVE),
        )
        .group_by(Gallery.challenge_id, GalleryItem.author_id)
    )
    return {(challenge, author): count for challenge, author, count in rows}


def _work(item: GalleryItem, row: Row[Any], facts: PeerWorkFacts, how: WorkSharing) -> SharedWork:
    return SharedWork(
        item,
        facts,
        how,
        submission=row.submission,
        author=row.name if how.named else "",
        text_hash=row.text_hash,
        language=row.language,
    )


def _with_texts(
    session: Session, found: dict[str, Now], approved: Mapping[str, tuple[HiddenPlace, ...]]
) -> dict[str, Now]:
    """Only texts of works that may be shown are read, and in those without a name nobody is named."""
    wanted = {work.item.revision_id for one in found.values() for work in one.works if work.shared}
    query = (
        select(Revision.id, Revision.text, Person.name)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(Revision.id.in_(wanted))
    )
    texts = {id_: (text, name) for id_, text, name in session.execute(query)}
    unnamed = Unnamed(session, next(iter(found.values())).gallery.organization_id)

    def put(work: SharedWork) -> SharedWork:
        if not work.shared:
            return work
        text, name = texts[work.item.revision_id]
        hidden = approved.get(work.item.revision_id)
        if hidden is None:
            hidden = () if work.sharing.named else unnamed.hidden(text, name, work.language)
        telling = not work.sharing.named and unnamed.may_tell(text, hidden)
        return _put(work, text, hidden, telling=telling)

    return {id_: replace(one, works=tuple(put(work) for work in one.works)) for id_, one in found.items()}


def _put(work: SharedWork, text: str, hidden: tuple[HiddenPlace, ...], *, telling: bool) -> SharedWork:
    shown = masked(text, hidden)
    facts = replace(work.facts, telling=telling)
    return replace(work, facts=facts, text=shown, text_hash=digest(shown), hidden=hidden)


def names_somebody(session: Session, here: Now, words: str) -> bool:
    """Whether these words tell who wrote a work that is shown without a name. What they quote of the reader's own work
    tells nothing that its reader did not write."""
    authors = {work.facts.author for work in here.works if not work.sharing.named}
    if not authors or not words:
        return False
    names = session.scalars(select(Person.name).where(Person.id.in_(authors))).all()
    own = session.get_one(Revision, here.gallery.revision_id).text
    return Unnamed(session, here.gallery.organization_id).tells(_not_of(own, words), names, "")


def _not_of(own: str, words: str) -> str:
    """These words without quotations of this text that say more than a name."""
    for start, end in reversed(quotations(words)):
        if len(words[start:end].split()) >= QUOTED and locate(words[start:end], own):
            words = f"{words[:start]} {words[end:]}"
    return words
