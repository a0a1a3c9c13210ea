"""The lines of a bundle: what each kind holds, and the action it stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy.orm import Session

from pipelines.values import AI, CriterionForm, PointKind, Standing
from service.actions.challenges import setting
from service.actions.challenges.forms import FormWords
from service.actions.decisions import given_elsewhere
from service.actions.decisions.points import PointWish
from service.actions.documents import versions
from service.actions.people import register
from service.actions.work import submit
from service.domain.fields import Email, Id, Language, Name, SourceText, Words, Work
from service.domain.roles import Actor, Role
from service.domain.texts import storable
from service.domain.visibility import ConsentBasis, PeersShown, SharingReach, ShowWork


class BundleLine(BaseModel):
    """What all lines have in common: nothing unknown is passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationLine(BundleLine):
    """Names the organization, for people who read the bundle; the key says which one it goes to."""

    kind: Literal["organization"]
    id: Id
    name: Name
    language: Language = "en"


class GroupLine(BundleLine):
    kind: Literal["group"]
    id: Id
    name: Name
    parent: Id | None = None


class RoleLine(BundleLine):
    role: Role
    group: Id


class Consents(BundleLine):
    show_work: ShowWork | None = None
    introduce: bool | None = None
    ai: AI | None = None
    basis: ConsentBasis | None = None
    note: Annotated[str, Field(max_length=500), AfterValidator(storable)] = ""


class PersonLine(BundleLine):
    kind: Literal["person"]
    id: Id
    name: Name
    language: Language = ""
    email: Email | None = None
    roles: list[RoleLine] = []
    consents: Consents | None = None


class MemberLine(BundleLine):
    """A row of a roster: somebody's part in one group. Nothing that they hold elsewhere is taken away."""

    kind: Literal["member"]
    id: Id
    name: Name
    group: Id
    role: Role = Role.LEARNER
    language: Language = ""
    email: Email | None = None


class FormHeld(BundleLine):
    """How a criterion reads inside a sentence, confirmed by whoever made the bundle."""

    language: Annotated[Language, Field(min_length=2)]
    clause: FormWords = ""
    topic: FormWords = ""


class CriterionHeld(BundleLine):
    id: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(storable)]
    text: Words
    question: Words = ""
    points: float | None = Field(default=None, ge=0)
    forms: list[FormHeld] | None = None

    def wish(self) -> setting.CriterionWish:
        forms = None if self.forms is None else tuple(CriterionForm(**one.model_dump()) for one in self.forms)
        return setting.CriterionWish(self.id, self.text, self.question, self.points, forms)


class SharingLine(BundleLine):
    peers: PeersShown = PeersShown.AFTER_ATTEMPT
    reach: SharingReach = SharingReach.ORGANIZATION


class ChallengeLine(BundleLine):
    kind: Literal["challenge"]
    id: Id
    title: Name
    prompt: Words
    outcome: Words = ""
    reference: SourceText = ""
    notes: SourceText = ""
    language: Language = ""
    criteria: list[CriterionHeld] = []
    sharing: SharingLine = SharingLine()
    groups: list[Id] = []
    tags: list[Name] = []
    opened_at: AwareDatetime | None = None
    calibrate: int | None = None


class ContextLine(BundleLine):
    kind: Literal["context"]
    id: Id
    title: Name
    text: Work
    media_type: Literal["text/markdown", "text/plain", "text/html"] = "text/markdown"
    tags: list[Name] = []


class SubmissionLine(BundleLine):
    kind: Literal["submission"]
    id: Id
    challenge: Id
    person: Id
    text: Work
    group: Id | None = None
    revision: int | None = Field(default=None, ge=1)
    language: Language = ""
    ai: AI = AI.ANY
    submitted_at: AwareDatetime | None = None
    media_type: Literal["text/plain", "text/html"] | None = None


class PointHeld(BundleLine):
    kind: PointKind
    text: Words
    quote: Work = ""
    criterion: str = ""


class FeedbackLine(BundleLine):
    kind: Literal["feedback"]
    submission: Id
    approved_by: Id
    revision: int | None = Field(default=None, ge=1)
    released_at: AwareDatetime | None = None
    summary: Words = ""
    verdict: Standing | None = None
    score: float | None = Field(default=None, ge=0, le=1)
    criteria: dict[str, Standing] = {}
    points: list[PointHeld] = []


AnyLine = Annotated[
    OrganizationLine
    | GroupLine
    | PersonLine
    | MemberLine
    | ChallengeLine
    | ContextLine
    | SubmissionLine
    | FeedbackLine,
    Field(discriminator="kind"),
]
LINE: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)


def act_on(session: Session, actor: Actor, line: AnyLine, *, now: datetime) -> None:
    """Do what the line says. Raises domain errors."""
    _ACTS[line.kind](session, actor, line, now)


def _group(session: Session, actor: Actor, line: GroupLine, now: datetime) -> None:
    register.put_group(session, actor, line.id, name=line.name, parent=line.parent, now=now)


def _person(session: Session, actor: Actor, line: PersonLine, now: datetime) -> None:
    roles = [(held.role, held.group) for held in line.roles]
    wish = register.ConsentWish(**line.consents.model_dump()) if line.consents else None
    register.put_person(
        session,
        actor,
        line.id,
        name=line.name,
        language=line.language,
        roles=roles,
        consents=wish,
        email=line.email,
        now=now,
    )


def _member(session: Session, actor: Actor, line: MemberLine, now: datetime) -> None:
    who = register.NamedPerson(line.id, line.name, line.language, line.email)
    register.enroll(session, actor, who, role=line.role, group=line.group, now=now)


def _challenge(session: Session, actor: Actor, line: ChallengeLine, now: datetime) -> None:
    wish = setting.ChallengeWish(
        title=line.title,
        prompt=line.prompt,
        outcome=line.outcome,
        reference=line.reference,
        notes=line.notes,
        language=line.language,
        criteria=tuple(criterion.wish() for criterion in line.criteria),
        sharing_peers=line.sharing.peers,
        sharing_reach=line.sharing.reach,
        groups=tuple(line.groups),
        tags=tuple(line.tags),
        opened_at=line.opened_at,
        calibrate=line.calibrate,
    )
    setting.write_challenge(session, actor, line.id, wish, now=now)


def _context(session: Session, actor: Actor, line: ContextLine, now: datetime) -> None:
    versions.put_document(
        session, actor, line.id, title=line.title, text=line.text, media_type=line.media_type, tags=line.tags, now=now
    )


def _submission(session: Session, actor: Actor, line: SubmissionLine, now: datetime) -> None:
    wish = submit.SubmissionWish(**line.model_dump(exclude={"kind", "id"}))
    submit.submit(session, actor, line.id, wish, now=now, start=False)


def _feedback(session: Session, actor: Actor, line: FeedbackLine, now: datetime) -> None:
    points = tuple(PointWish(p.kind, p.text, p.quote, p.criterion) for p in line.points)
    rest = line.model_dump(exclude={"kind", "submission", "points"})
    given_elsewhere.take_in_feedback(
        session, actor, line.submission, given_elsewhere.FeedbackWish(points=points, **rest), now=now
    )


def _nothing(session: Session, actor: Actor, line: OrganizationLine, now: datetime) -> None:
    """The organization is the key's; its line only names it."""


_ACTS: dict[str, Callable[[Session, Actor, Any, datetime], None]] = {
    "organization": _nothing,
    "group": _group,
    "person": _person,
    "member": _member,
    "challenge": _challenge,
    "context": _context,
    "submission": _submission,
    "feedback": _feedback,
}
