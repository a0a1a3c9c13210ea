"""A small organization made through the actions themselves, and short ways to move work through it in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from pipelines import values
from pipelines.values import AI, Band, DraftOutcome, PointKind, SourceKind
from service.actions.access import credentials, organizations
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.decisions import review
from service.actions.drafts import make, points
from service.actions.people import register
from service.actions.work import submit
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.store.session import Sessions, make_engine
from service.store.tables import Base, DraftRow
from tests import begun

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
PLAN = (
    "We pair teachers across grades and visit each other twice before half-term. "
    "Afterwards we talk about it in the staff meeting."
)
OTHER_PLAN = "Our maths team watches one lesson a week and writes down what the students say about fractions."
LEARNERS = {"amara": "Amara Okafor", "yusuf": "Yusuf Demir", "lin": "Lin Wei"}


def found(session: Session, name: str = "lakeside") -> Actor:
    """An organization with two groups, three learners, two facilitators and a challenge; its platform's actor."""
    if name != "lakeside":
        return _found(session, name)
    platform, rows = _lakeside()
    begun.put(session.connection(), rows)
    return platform


@cache
def _lakeside() -> tuple[Actor, begun.Rows]:
    """The organization that most tests begin with, made once: all that made it takes longer than many a test."""
    with TemporaryDirectory() as folder:
        sessions = Sessions(make_engine(f"sqlite:///{folder}/lakeside.db"))
        Base.metadata.create_all(sessions.engine)
        with sessions.writing() as session:
            platform = _found(session, "lakeside")
        rows = begun.rows_of(sessions)
        sessions.engine.dispose()
    return platform, rows


def _found(session: Session, name: str) -> Actor:
    organization = organizations.create(session, external_id=name, name=name.title(), now=NOW)
    _, secret = credentials.issue_key(session, organization.id, name="platform", now=NOW)
    platform = credentials.authenticate(session, secret, now=NOW)
    register.put_group(session, platform, "all", name="All schools", parent=None, now=NOW)
    register.put_group(session, platform, "north", name="North", parent="all", now=NOW)
    register.put_group(session, platform, "south", name="South", parent="all", now=NOW)
    for key, full_name in LEARNERS.items():
        group = "south" if key == "lin" else "north"
        wish = register.ConsentWish(ShowWork.WITHOUT_NAME, True, AI.LOCAL)
        roles = [(Role.LEARNER, group)]
        register.put_person(session, platform, key, name=full_name, roles=roles, consents=wish, now=NOW)
    for key, group in (("lena", "north"), ("mateo", "all")):
        register.put_person(session, platform, key, name=key.title(), roles=[(Role.FACILITATOR, group)], now=NOW)
    criteria = (
        setting.CriterionWish("k1", "names who observes whom and when"),
        setting.CriterionWish("k2", "says what will be looked for"),
    )
    wish = setting.ChallengeWish("Peer observation", "Plan how your team starts peer observation.", criteria=criteria)
    setting.put_challenge(session, platform, "observe", wish, now=NOW)
    return platform


def act_as(session: Session, platform: Actor, person: str, *, now: datetime = NOW) -> Actor:
    """The actor of a person, as a token minted by the platform makes it."""
    _, secret = credentials.mint_token(session, platform, person=person, now=now, lifetime=timedelta(hours=12))
    return credentials.authenticate(session, secret, now=now)


def hand_in(
    session: Session, actor: Actor, person: str = "amara", text: str = PLAN, *, id_: str = "", now: datetime = NOW
) -> submit.Submitted:
    """A submission of this person to the challenge."""
    wish = submit.SubmissionWish("observe", person, text)
    return submit.submit(session, actor, id_ or f"s-{person}", wish, now=now)


def drafted(
    text: str = PLAN, *sources: values.Source, words: str = "Which one question would your first pair agree on?"
):
    """A draft as the thinking floor hands it back: one point on a place in the text."""
    quote = text.split()[0]
    own = values.Source(SourceKind.SUBMISSION, "revision@0-1", quote, 0, len(quote))
    point = values.Point(PointKind.NEXT_STEP, words, quote, 0, len(quote), (own, *sources), "k2", Band.MEDIUM)
    return values.Draft(
        outcome=DraftOutcome.DRAFTED,
        summary="Who and when are clear; what to look for is still open.",
        points=(point,),
        assessment=None,
        evidence=(),
        findings=(),
        model="extractive-1",
        usage=values.Usage(),
        language="en",
    )


def laid_out(text: str = PLAN) -> values.Draft:
    """What the thinking floor hands back where nobody may say how work stands: a sheet, with a place for k1 alone."""
    place = values.SheetPlace(text.index("across"), text.index("across") + len("across grades"), 0.6)
    sheet = (values.SheetLine("k1", (place,)), values.SheetLine("k2"))
    silent = tuple(values.Judgement(key, values.Standing.CANNOT_TELL, 0.5) for key in ("k1", "k2"))
    whole = values.Judgement("", values.Standing.CANNOT_TELL, 0.0)
    return values.Draft(
        DraftOutcome.TO_JUDGE,
        "",
        (),
        values.Assessment(whole, silent, abstained=True),
        (),
        (),
        "extractive-1",
        values.Usage(),
        "en",
        reason="Nobody has judged work on this challenge yet.",
        sheet=sheet,
    )


def make_to_judge(session: Session, row: DraftRow, *, now: datetime = NOW) -> DraftRow:
    """Let the machine lay out the sheet."""
    brief = make.begin(session, row.id, row.generation, now=now)
    assert brief is not None
    assert make.finish(session, row.id, row.generation, laid_out(brief.text), now=now)
    session.refresh(row)
    return row


def make_ready(session: Session, row: DraftRow, *sources: values.Source, now: datetime = NOW) -> DraftRow:
    """Let the machine draft it."""
    brief = make.begin(session, row.id, row.generation, now=now)
    assert brief is not None
    assert make.finish(session, row.id, row.generation, drafted(brief.text, *sources), now=now)
    session.refresh(row)
    return row


def approve(session: Session, actor: Actor, row: DraftRow, *, now: datetime = NOW) -> DraftRow:
    """Approve what stands there now."""
    seen, _ = points.text_to_approve(row)
    return review.approve(Deciding(session, actor, row.id, row.version, now), seen=seen)
