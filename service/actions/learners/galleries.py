"""What learners see and say of galleries: peers' works beside the own one, thanks, and what they take from it.

Whatever was approved and shown, each work is looked at anew with every read: what may no longer be shown is there as
"no longer shared", without a word of it, and without the comparison, which may quote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.texts.masking import HiddenPlace
from service.actions.galleries.wanted import TOO_FEW_CODE, want
from service.actions.learners import commitments
from service.actions.learners import guard as learners_own
from service.actions.learners.commitments import CommitmentWish
from service.actions.learners.waiting import usual_days
from service.actions.visibility.in_galleries import Now, SharedWork, is_attempt, names_somebody, shared_now
from service.actions.visibility.unnamed import read
from service.domain.errors import Invalid, NotFound, NotNow
from service.domain.galleries import GalleryActor, GalleryState, body_digest
from service.domain.roles import Actor
from service.domain.visibility import PeersShown, no_machine
from service.store import holding
from service.store.tables import (
    Challenge,
    Gallery,
    GalleryApproval,
    GalleryItem,
    GalleryShowing,
    GalleryThanks,
    Person,
    Revision,
    Submission,
)


class GalleryStage(StrEnum):
    """How far it is, as the learner is told."""

    OPEN = "open"  # can be asked for
    WAITING = "waiting"  # is being chosen, or waits for a facilitator
    SCARCE = "scarce"  # not enough work of others yet; looked at again when more comes in
    BY_HAND = "by_hand"  # no machine chooses here: a facilitator does
    SHOWN = "shown"
    NOT_NOW = "not_now"  # a facilitator decided against it
    NEVER = "never"  # not on this challenge, or not without a machine


@dataclass(frozen=True, slots=True)
class ShownWork:
    """A peer's work as its reader sees it. Not `shared`: nothing of it is left. `author` is empty where the name is not
    to be known; `marks` are places in the text."""

    id: str
    letter: str
    shared: bool
    text: str = ""
    language: str = ""
    author: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    thanked: bool = False
    named: bool = False
    thanked_back: bool = False
    met: str = ""  # the author's name, where both wished to know each other


@dataclass(frozen=True, slots=True)
class Others:
    """How others solved what the learner has solved. Empty but for `stage` where nothing is shown."""

    stage: GalleryStage
    submission: str  # external id
    challenge: str  # title
    own: str = ""
    own_language: str = ""
    own_marks: tuple[tuple[int, int], ...] = ()
    comparison: str = ""
    works: tuple[ShownWork, ...] = ()
    approved_by: str = ""
    by_rule: bool = False
    shown_at: datetime | None = None
    takeaway: str = ""
    committed: bool = False
    usual_days: int | None = None  # how long a facilitator usually takes here


def others(session: Session, actor: Actor, submission: str, *, now: datetime) -> Others:
    """The gallery of one's own submission (external id). Raises NotFound, also for anybody else's."""
    own = learners_own.standing(session, actor, submission)
    challenge = session.get_one(Challenge, own.challenge_id)
    row = session.scalar(select(Gallery).where(Gallery.submission_id == own.id))
    found = _shown(session, row) if row is not None else None
    if row is None or found is None:
        usual = usual_days(session, own.organization_id, now=now)
        return Others(_stage(session, row, own, challenge), own.external_id, challenge.title, usual_days=usual)
    showing, approval = found
    here = shared_now(session, [row], now=now, hidden=_hidden(approval))[row.id]
    return _others(session, own, challenge, here, showing, approval)


def _hidden(approval: GalleryApproval) -> dict[str, tuple[HiddenPlace, ...]]:
    """What was put out of sight when it was approved; nothing is told of works that were approved with a name."""
    return {one["revision"]: read(one["hidden"]) for one in approval.body["works"] if "hidden" in one}


def _stage(session: Session, row: Gallery | None, own: Submission, challenge: Challenge) -> GalleryStage:
    if challenge.sharing_peers is PeersShown.NEVER:
        return GalleryStage.NEVER
    if row is None:
        return (
            GalleryStage.NEVER
            if no_machine(holding.which_machines(session, _latest(session, own)))
            else GalleryStage.OPEN
        )
    if row.state in (GalleryState.DISMISSED, GalleryState.WITHDRAWN):
        return GalleryStage.NOT_NOW
    if row.state is GalleryState.STUCK:
        return GalleryStage.SCARCE if row.reason_code == TOO_FEW_CODE else GalleryStage.BY_HAND
    return GalleryStage.WAITING


def _latest(session: Session, own: Submission) -> Revision:
    return session.scalars(
        select(Revision).where(Revision.submission_id == own.id, Revision.number == own.latest)
    ).one()


def _shown(session: Session, row: Gallery) -> tuple[GalleryShowing, GalleryApproval] | None:
    """The showing in force with its approval, if what is approved is still exactly that."""
    if row.state is not GalleryState.SHOWN:
        return None
    found = session.execute(
        select(GalleryShowing, GalleryApproval)
        .join(GalleryApproval, GalleryApproval.id == GalleryShowing.approval_id)
        .where(
            GalleryShowing.gallery_id == row.id,
            GalleryShowing.ended_at.is_(None),
            GalleryApproval.undone_at.is_(None),
        )
        .order_by(GalleryShowing.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None or body_digest(found[1].body) != found[0].text_hash:
        return None
    return found[0], found[1]


def _others(
    session: Session,
    own: Submission,
    challenge: Challenge,
    here: Now,
    showing: GalleryShowing,
    approval: GalleryApproval,
) -> Others:
    approved = {one["revision"]: one for one in approval.body["works"]}
    thanks = _thanks(session, here)
    works = tuple(
        _shown_work(at, work, approved[work.item.revision_id], *thanks.get(work.item.id, (None, "")))
        for at, work in enumerate(here.works)
        if work.item.revision_id in approved
    )
    whole = len(works) == len(approved) and all(work.shared for work in works)
    said = approval.body["comparison"] if whole or approval.policy_id else ""
    text = session.get_one(Revision, approval.body["own"]["revision"])
    return Others(
        GalleryStage.SHOWN,
        own.external_id,
        challenge.title,
        own=text.text,
        own_language=text.language,
        own_marks=_spans(approval.body["own"]["marks"]) if whole else (),
        comparison="" if names_somebody(session, here, said) else said,
        works=works,
        approved_by=session.get_one(Person, approval.facilitator_id).name,
        by_rule=approval.policy_id is not None,
        shown_at=showing.released_at,
        takeaway=here.gallery.takeaway,
        committed=here.gallery.commitment_id is not None,
    )


def _thanks(session: Session, here: Now) -> dict[str, tuple[GalleryThanks, str]]:
    """By item: the thanks, and the author's name."""
    rows = session.execute(
        select(GalleryThanks, Person.name)
        .join(GalleryItem, GalleryItem.id == GalleryThanks.item_id)
        .join(Person, Person.id == GalleryItem.author_id)
        .where(GalleryItem.gallery_id == here.gallery.id)
    )
    return {thanks.item_id: (thanks, name) for thanks, name in rows}


def _shown_work(
    at: int, work: SharedWork, approved: dict[str, Any], thanks: GalleryThanks | None, name: str
) -> ShownWork:
    letter = "ABC"[at]
    if not work.shared or work.text_hash != approved["text_hash"]:
        return ShownWork(work.item.id, letter, shared=False)
    return ShownWork(
        work.item.id,
        letter,
        shared=True,
        text=work.text,
        language=work.language,
        author=work.author,
        marks=_spans(approved["marks"]),
        thanked=thanks is not None,
        named=thanks is not None and thanks.named,
        thanked_back=thanks is not None and thanks.returned_at is not None,
        met=name if thanks is not None and thanks.met else "",
    )


def _spans(marks: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in marks)


def ask(session: Session, actor: Actor, submission: str, *, now: datetime) -> Gallery:
    """A learner would like to see how others solved it. Asking again changes nothing. Raises NotFound, NotNow."""
    own = learners_own.standing(session, actor, submission)
    if session.get_one(Challenge, own.challenge_id).sharing_peers is PeersShown.NEVER:
        raise NotNow("On this challenge nobody is shown others' work.")
    if not is_attempt(_latest(session, own).text):
        raise NotNow("Write an attempt of your own first: what others did opens after it.")
    row = session.scalar(select(Gallery).where(Gallery.submission_id == own.id).with_for_update(key_share=True))
    if row is not None:
        row.asked = True
        return row
    return want(session, own, _latest(session, own), GalleryActor.LEARNER, asked=True, now=now)


def _reading(session: Session, actor: Actor, submission: str, *, now: datetime) -> tuple[Gallery, Others]:
    """One's gallery, as one sees it now, held for a change. Raises NotFound where nothing is shown."""
    seen = others(session, actor, submission, now=now)
    own = learners_own.standing(session, actor, submission)
    row = session.scalar(select(Gallery).where(Gallery.submission_id == own.id).with_for_update(key_share=True))
    if row is None or seen.stage is not GalleryStage.SHOWN:
        raise NotFound("There is nothing shown here yet.")
    return row, seen


def thank(
    session: Session, actor: Actor, submission: str, item: str, *, named: bool = False, now: datetime
) -> GalleryThanks:
    """Thank the author of a work that one is shown; `named`: the author may learn who. It can be said anew.

    Raises NotFound, NotNow where the work is no longer shared.
    """
    _, seen = _reading(session, actor, submission, now=now)
    work = next((work for work in seen.works if work.id == item), None)
    if work is None:
        raise NotFound
    if not work.shared:
        raise NotNow("This work is no longer shared.")
    row = session.get(GalleryThanks, item)
    if row is None:
        row = GalleryThanks(item_id=item, organization_id=actor.organization, at=now, met=False)
        session.add(row)
    row.named = named
    row.met = row.met and named
    session.flush()
    return row


def take_away(
    session: Session, actor: Actor, submission: str, text: str, *, due_on: date | None = None, now: datetime
) -> Gallery:
    """What the learner takes from it, in own words; with a day it becomes a commitment. Raises NotFound, Invalid."""
    row, _ = _reading(session, actor, submission, now=now)
    if not text.strip():
        raise Invalid("Please write what you take from it.")
    row.takeaway, row.takeaway_at = text, now
    if due_on is not None:
        person = session.get_one(Person, row.person_id).external_id
        wish = CommitmentWish(text, due_on, submission)
        row.commitment_id = commitments.make(session, actor, person, wish, now=now).row.id
    session.flush()
    return row


# The author's side


@dataclass(frozen=True, slots=True)
class Thanked:
    """Somebody thanked the author. `offers`: that person would like to be known; `met`: the name, where both do."""

    item: str
    at: datetime
    offers: bool
    returned: bool
    met: str = ""


@dataclass(frozen=True, slots=True)
class ShownToOthers:
    """One piece of own work, and that it was shown: how often and when, not to whom."""

    submission: str  # external id
    challenge: str  # title
    times: tuple[datetime, ...]
    thanks: tuple[Thanked, ...]


def shown_to_others(session: Session, actor: Actor, person: str) -> list[ShownToOthers]:
    """A person's own work that is shown in galleries, the latest shown first. Raises NotFound. Two statements."""
    author = learners_own.person_of(session, actor, person)
    rows = session.execute(
        select(GalleryItem, Gallery.shown_at, GalleryThanks, Person.name, Submission.external_id, Challenge.title)
        .join(Gallery, Gallery.id == GalleryItem.gallery_id)
        .join(Person, Person.id == Gallery.person_id)
        .join(Revision, Revision.id == GalleryItem.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .outerjoin(GalleryThanks, GalleryThanks.item_id == GalleryItem.id)
        .where(
            GalleryItem.author_id == author.id,
            Gallery.organization_id == author.organization_id,
            Gallery.state == GalleryState.SHOWN,
        )
        .order_by(Gallery.shown_at.desc(), Gallery.id)
    ).all()
    works = dict.fromkeys((submission, title) for *_, submission, title in rows)
    return [
        ShownToOthers(
            submission,
            title,
            tuple(at for _, at, _, _, of, _ in rows if of == submission and at is not None),
            tuple(
                _thanked(thanks, name) for _, _, thanks, name, of, _ in rows if of == submission and thanks is not None
            ),
        )
        for submission, title in works
    ]


def _thanked(thanks: GalleryThanks, reader: str) -> Thanked:
    known = reader if thanks.met else ""
    return Thanked(thanks.item_id, thanks.at, thanks.named, thanks.returned_at is not None, known)


def thank_back(
    session: Session, actor: Actor, person: str, item: str, *, meet: bool = False, now: datetime
) -> GalleryThanks:
    """The author answers thanks; with `meet` both learn each other's names, if the reader has offered the own one.

    Raises NotFound, NotNow where no name was offered.
    """
    author = learners_own.person_of(session, actor, person)
    found = session.execute(
        select(GalleryThanks, GalleryItem)
        .join(GalleryItem, GalleryItem.id == GalleryThanks.item_id)
        .where(GalleryThanks.item_id == item, GalleryItem.author_id == author.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    row = found[0]
    if meet and not row.named:
        raise NotNow("The reader has not offered a name. You can thank without names.")
    row.returned_at, row.met = now, meet
    session.flush()
    return row
