"""A facilitator reminds learners, in words that the facilitator sees: who may be reminded now, and sending it.

Who is at what stage is read anew when it is sent, under a lock on the challenge, so that two facilitators at once do
not remind anybody twice. The event carries ids only; the words are read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.actions.overview import progress
from service.actions.overview.progress import Learner, LearnerStage
from service.actions.work import lens as work_lens
from service.actions.work.lens import Lens
from service.domain.access.organization_settings import wish_of
from service.domain.errors import Invalid, NotAllowed, NotNow
from service.domain.events import Event
from service.domain.following.reminders import AGAIN_DAYS, LONGEST, ReminderBar, ReminderKind, bar, base, offer
from service.domain.roles import Actor
from service.store import archived, audit, outbox, repeats, visible
from service.store.tables import Challenge, Group, Organization, Person, Reminder, Submission

STAGE = {
    ReminderKind.NOT_HANDED_IN: LearnerStage.NOT_SUBMITTED,
    ReminderKind.UNREAD: LearnerStage.ANSWERED,
    ReminderKind.NOT_ACTED: LearnerStage.READ,
}
"""At which stage somebody may be reminded of what."""
MOST = 1_000
"""People reminded at once; whoever has more chooses a group."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody at the stage that the reminder is about. `language` is that in which they are written to."""

    learner: Learner
    language: str
    bar: ReminderBar | None


@dataclass(frozen=True, slots=True)
class ReminderOffer:
    """Who could be reminded of one thing, and words to begin with for each language among those who may be."""

    lens: Lens
    groups: tuple[Group, ...]
    kind: ReminderKind
    candidates: tuple[Candidate, ...]
    texts: Mapping[str, str]
    days: int

    @property
    def open(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.bar is None)


@dataclass(frozen=True, slots=True)
class ReminderWish:
    """Whom to remind of what, in which words. `people` are external ids; None is all who may be reminded. `texts` are
    by language; the one under "" is for whoever has no text in their own."""

    kind: ReminderKind
    texts: Mapping[str, str]
    people: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class SentReminders:
    """What was sent, and who was left out and why: None where the person is no longer at that stage, or never was."""

    rows: tuple[Reminder, ...]
    left_out: Mapping[str, ReminderBar | None]


def offered(
    session: Session, actor: Actor, challenge: str, kind: ReminderKind, *, group: str | None = None, now: datetime
) -> ReminderOffer:
    """Who may be reminded, in the groups that the actor reviews. Raises NotFound; NotAllowed for a learner."""
    lens = work_lens.lens(session, actor, challenge, group=group)
    return _offer(session, lens, kind, now)


def _offer(session: Session, lens: Lens, kind: ReminderKind, now: datetime) -> ReminderOffer:
    organization = session.get_one(Organization, lens.challenge.organization_id)
    days = days_of(organization)
    seen = progress.progress(session, lens, work_lens.pieces(session, lens))
    there = [one for one in seen.learners if one.stage is STAGE[kind]]
    spoken = _languages(session, organization)
    gone = _taken_back(session, lens.challenge) if kind is ReminderKind.NOT_HANDED_IN else frozenset()
    over = frozenset(session.scalars(select(Group.external_id).where(Group.id.in_(archived.groups()), _own(lens))))
    candidates = tuple(_candidate(one, kind, spoken, gone, over, lens, days, now) for one in there)
    languages = dict.fromkeys(one.language for one in candidates if one.bar is None)
    texts = {language: offer(kind, language, lens.challenge.title) for language in languages}
    return ReminderOffer(lens, tuple(work_lens.choices(session, lens)), kind, candidates, texts, days)


def _candidate(
    one: Learner,
    kind: ReminderKind,
    spoken: Mapping[str, str],
    gone: frozenset[str],
    over: frozenset[str],
    lens: Lens,
    days: int,
    now: datetime,
) -> Candidate:
    last = max((at for of, at in one.reminded if of is kind), default=None)
    opens = lens.challenge.opened_at if kind is ReminderKind.NOT_HANDED_IN else None
    ended = lens.challenge.archived_at is not None or one.group in over
    why = bar(last=last, taken_back=one.person in gone, opens=opens, over=ended, days=days, now=now)
    return Candidate(one, spoken[one.person], why)


def _own(lens: Lens) -> ColumnElement[bool]:
    return Group.organization_id == lens.challenge.organization_id


def days_of(organization: Organization) -> int:
    """Days before the same person is reminded of the same thing again."""
    wish = wish_of(organization.name, organization.language, organization.settings)
    return AGAIN_DAYS if wish.remind_again_days is None else wish.remind_again_days


def _languages(session: Session, organization: Organization) -> dict[str, str]:
    """In which language each person is written to, by external id."""
    own = organization.language
    query = select(Person.external_id, Person.language).where(Person.organization_id == organization.id)
    return {person: base(language or own) for person, language in session.execute(query)}


def _taken_back(session: Session, challenge: Challenge) -> frozenset[str]:
    """Who took back work on this challenge. Whoever handed in again is not at the stage to be asked for it."""
    rows = session.scalars(
        select(Person.external_id)
        .join(Submission, Submission.person_id == Person.id)
        .where(Submission.challenge_id == challenge.id, visible.withdrawn())
    )
    return frozenset(rows)


def send(
    session: Session, actor: Actor, challenge: str, wish: ReminderWish, *, group: str | None = None, now: datetime
) -> SentReminders:
    """Send it to all who may be reminded now; whoever may not is left out, and named. The same once more within a
    minute is what was sent.

    Raises NotAllowed for a platform and a learner: a person decides what is said; NotFound; Invalid for words that are
    missing or too long; NotNow where nobody is left.
    """
    if actor.person is None or not actor.reviews:
        raise NotAllowed("A facilitator sends reminders, not a platform: use a facilitator's token.")
    texts = _checked(wish.texts)
    lens = work_lens.lens(session, actor, challenge, group=group)
    session.refresh(lens.challenge, with_for_update={"key_share": True})  # one sender at a time, and hand-ins go on
    seen = _offer(session, lens, wish.kind, now)
    asked = [one.learner.person for one in seen.candidates] if wish.people is None else list(dict.fromkeys(wish.people))
    may = {one.learner.person: one for one in seen.open}
    chosen = [may[person] for person in asked if person in may]
    if len(chosen) > MOST:
        raise Invalid(f"That is more than {MOST:,} people. Choose a group.")
    if not chosen and (sent := _sent_just_now(session, actor, lens.challenge, wish.kind, texts, asked, now)):
        return SentReminders(sent, {})
    if not chosen:
        raise NotNow("Nobody of them can be reminded of this now. Look at the list again: it says why.")
    rows = _rows(session, actor, lens.challenge, wish.kind, texts, chosen, now)
    _tell(session, actor, lens.challenge, chosen, rows, now)
    barred = {one.learner.person: one.bar for one in seen.candidates}
    return SentReminders(rows, {person: barred.get(person) for person in asked if person not in may})


def _sent_just_now(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    kind: ReminderKind,
    texts: Mapping[str, str],
    asked: Sequence[str],
    now: datetime,
) -> tuple[Reminder, ...]:
    people = _ids(session, Person, actor, asked)
    rows = session.scalars(
        select(Reminder)
        .where(
            Reminder.challenge_id == challenge.id,
            Reminder.person_id.in_(people.values()),
            Reminder.kind == kind,
            Reminder.sent_by == actor.person,
            Reminder.text.in_([text for text in texts.values() if text]),
            Reminder.sent_at > now - repeats.AGAIN,
        )
        .order_by(Reminder.id)
    )
    return tuple(rows)


def _checked(texts: Mapping[str, str]) -> Mapping[str, str]:
    said = {base(language): text.strip() for language, text in texts.items()}
    if not any(said.values()):
        raise Invalid("Please write what you want to say.")
    if any(len(text) > LONGEST for text in said.values()):
        raise Invalid(f"A reminder has at most {LONGEST:,} characters.")
    return said


def _words(texts: Mapping[str, str], one: Candidate) -> str:
    text = texts.get(one.language) or texts.get("")
    if not text:
        raise Invalid(f"There are no words for those who read '{one.language}'. Write some, or leave them out.")
    return text


def _rows(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    kind: ReminderKind,
    texts: Mapping[str, str],
    chosen: Sequence[Candidate],
    now: datetime,
) -> tuple[Reminder, ...]:
    people = _ids(session, Person, actor, [one.learner.person for one in chosen])
    work = _ids(session, Submission, actor, [one.learner.submission for one in chosen])
    return tuple(
        Reminder(
            organization_id=actor.organization,
            person_id=people[one.learner.person],
            challenge_id=challenge.id,
            submission_id=work.get(one.learner.submission),
            kind=kind,
            text=_words(texts, one),
            sent_by=actor.person,
            sent_at=now,
        )
        for one in chosen
    )


def _ids(
    session: Session, model: type[Person] | type[Submission], actor: Actor, names: Sequence[str]
) -> dict[str, str]:
    """Our ids by external ids, of which there are MOST at most."""
    query = select(model.external_id, model.id).where(
        model.organization_id == actor.organization, model.external_id.in_(names)
    )
    return dict(session.execute(query).all())


def _tell(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    chosen: Sequence[Candidate],
    rows: Sequence[Reminder],
    now: datetime,
) -> None:
    session.add_all(rows)
    session.flush()
    for one, row in zip(chosen, rows, strict=True):
        facts = {"person": one.learner.person, "challenge": challenge.external_id, "kind": row.kind.value}
        about = {"submission": one.learner.submission} if one.learner.submission else {}
        outbox.tell(session, actor.organization, Event.REMINDER_SENT, now=now, reminder=row.id, **facts, **about)
    act, count = "reminder.send", len(rows)
    audit.record(
        session, organization=actor.organization, actor=actor.name, act=act, subject=challenge.id, now=now, count=count
    )
