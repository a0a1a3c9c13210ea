"""A challenge at a glance, the map of solutions, and spot checks: what is counted, and how two readers agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import AliasPath, ConfigDict, Field

from pipelines.values import Standing
from service.actions.overview.challenge import Glance, Workings
from service.actions.overview.decisions import Decisions
from service.actions.overview.fairness import Fairness
from service.actions.overview.progress import ChallengeProgress, Learner, LearnerStage
from service.actions.overview.solutions import Approach, Solution, SolutionMap
from service.actions.overview.spot_checks import SpotAgreement
from service.actions.overview.standings import JudgementsCompared, Standings
from service.actions.overview.times import EDGES, Times
from service.domain.overview.fairness import FairnessBy, FairnessMeasure, FairnessTable
from service.domain.overview.statistics import ReaderAgreement
from service.web.fields import Key, Line, RequestBody, ResponseBody
from service.web.schemas.decisions import STANDING

OF_CRITERION = "Key of the criterion; empty for the work as a whole."


class LearnerProgressShown(ResponseBody):
    """How far one person is."""

    person: str = Field(description="Id of the person.")
    group: str = Field(description="Id of the group in which it is set, or was handed in.")
    stage: LearnerStage = Field(
        description="Of the latest text: `not_submitted`, `waiting`, `declined`, `answered`, `read` or `acted`."
    )
    submission: str | None = Field(description="Id of the submission; null where nothing was handed in.")
    draft: str | None = Field(description="Id of the draft that the stage rests on; null where there is none.")
    since: datetime | None = Field(description="Since when: handed in, or answered.")
    reminded_at: datetime | None = Field(description="When a facilitator last reminded them of anything on it.")

    @classmethod
    def of(cls, one: Learner) -> LearnerProgressShown:
        return cls.mirror(
            one,
            submission=one.submission or None,
            draft=one.draft or None,
            reminded_at=max((at for _, at in one.reminded), default=None),
        )


class ChallengeProgressShown(ResponseBody):
    """How far everybody is whom the challenge is set to, or who has handed in."""

    counts: dict[LearnerStage, int] = Field(description="How many people are at each stage.")
    submitted: int = Field(description="How many have handed in.")
    answered: int = Field(description="How many were given feedback that still stands, on any revision.")
    read: int = Field(description="How many have opened it here. What a platform shows itself is not seen.")
    acted: int = Field(description="How many handed in again after feedback, or committed to a next step.")
    learners: list[LearnerProgressShown] = Field(description="Everybody; those who wait first.")

    @classmethod
    def of(cls, seen: ChallengeProgress) -> ChallengeProgressShown:
        return cls.mirror(seen, learners=[LearnerProgressShown.of(one) for one in seen.learners])


class ChallengeTimesShown(ResponseBody):
    """From handing in a revision to when feedback on it could be read, in hours."""

    edges: list[float] = Field(description="Between the bins, in hours; the first bin is below the first edge.")
    answered: list[int] = Field(description="How many were answered within each bin's time.")
    waiting: list[int] = Field(description="How many wait, by how long they have waited so far.")
    longest: float | None = Field(description="The slowest answer; null where there is none.")
    median: float | None = Field(description="Of those answered; null of fewer than ten.")
    ninetieth: float | None = Field(
        description="Nine of ten of those answered were answered within this time; null of fewer than ten."
    )
    longest_wait: float | None = Field(description="Of those who wait; null where nobody does.")

    @classmethod
    def of(cls, seen: Times) -> ChallengeTimesShown:
        spans = {name: _maybe_hours(getattr(seen, name)) for name in ("longest", "median", "ninetieth", "longest_wait")}
        return cls.mirror(seen, edges=[_hours(edge) for edge in EDGES], **spans)


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 3)


def _maybe_hours(span: timedelta | None) -> float | None:
    return None if span is None else _hours(span)


class CriterionStandingsShown(ResponseBody):
    """How the latest revisions stand on one criterion: as a facilitator judged, else as the assessment read it."""

    criterion: str = Field(description=OF_CRITERION)
    text: str = Field(description="What the criterion says.")
    counts: dict[Standing, int] = Field(description="How many are met, partly, not yet, or cannot be told.")
    judged: int = Field(description="How many of them a person judged.")
    confidence: float | None = Field(description="How sure the assessment is of the others on average, 0 to 1.")
    unread: int = Field(description="How many were neither judged nor read.")

    @classmethod
    def of(cls, seen: Standings) -> CriterionStandingsShown:
        sure = None if seen.confidence is None else round(seen.confidence, 3)
        return cls.mirror(seen, confidence=sure)


class ReaderAgreementShown(ResponseBody):
    """How far two readers of the same work agree, and how far beyond chance."""

    pairs: int = Field(description="How many pieces of work both have judged.")
    same: int = Field(description="On how many both said the same.")
    kappa: float | None = Field(description="Cohen's κ; null where it means nothing, and of fewer than ten.")
    low: float | None = Field(description="Lower end of its 95 % interval (Fleiss, Cohen and Everitt 1969).")
    high: float | None = Field(description="Upper end of it.")
    small: bool = Field(description="Whether it rests on few pairs; then it says little.")

    @classmethod
    def of(cls, seen: ReaderAgreement) -> ReaderAgreementShown:
        low, high = (seen.interval.low, seen.interval.high) if seen.interval else (None, None)
        return cls.mirror(seen, kappa=_rounded(seen.kappa), low=_rounded(low), high=_rounded(high))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


class JudgementsComparedShown(ResponseBody):
    """What two readers said of the same work on one criterion."""

    criterion: str = Field(description=OF_CRITERION)
    agreement: ReaderAgreementShown = Field(description="Over work on which both could tell.")
    abstained: int = Field(description="On how many one of the two could not tell.")
    kinder: int = Field(description="Where they differ: on how many the first saw more than the second.")
    harsher: int = Field(description="Where they differ: on how many the first saw less.")

    @classmethod
    def of(cls, seen: JudgementsCompared) -> JudgementsComparedShown:
        return cls.mirror(seen, agreement=ReaderAgreementShown.of(seen.agreement))


class DecisionCountsShown(ResponseBody):
    """What was made of drafted points."""

    accepted: int = Field(description="Kept as drafted.")
    edited: int = Field(description="Kept in other words.")
    dismissed: int = Field(description="Dismissed.")
    bulk: int = Field(description="How many of these were decided for several at once.")


class DecisionWeekShown(DecisionCountsShown):
    """The same of one week."""

    week: date = Field(description="Its Monday, in UTC.")


class DecisionsShown(ResponseBody):
    """What facilitators made of drafted points."""

    total: DecisionCountsShown = Field(description="Of all.")
    by_criterion: dict[str, DecisionCountsShown] = Field(
        description="By the criterion they are about; empty key: about none."
    )
    weeks: list[DecisionWeekShown] = Field(description="Week by week, at most half a year.")
    own: int = Field(description="Points that people wrote themselves.")
    reasons: dict[str, int] = Field(description="Why points were dismissed, by code.")
    declined: dict[str, int] = Field(description="Why no feedback was given, by code.")

    @classmethod
    def of(cls, seen: Decisions) -> DecisionsShown:
        return cls.mirror(seen, weeks=[DecisionWeekShown.mirror(made, week=week) for week, made in seen.weeks.items()])


class DecisionPaceShown(ResponseBody):
    """How many of the latest approvals came sooner than most adults can read what was approved. Of nobody by name."""

    known: int = Field(description="Approvals of which it is known when the draft was opened.")
    quick: int = Field(description="How many of them came sooner than reading takes, at 300 words a minute.")


class SpotAgreementShown(ResponseBody):
    """How far two facilitators agree who knew nothing of each other's judgement."""

    every: int = Field(description="One approved draft in how many is drawn; 0: none.")
    checked: int = Field(description="How many were checked.")
    due: int = Field(description="How many wait for a second reader.")
    compared: list[JudgementsComparedShown] = Field(description="On the whole, and on each criterion.")
    together: ReaderAgreementShown = Field(description="On all criteria taken together.")

    @classmethod
    def of(cls, seen: SpotAgreement) -> SpotAgreementShown:
        compared = [JudgementsComparedShown.of(one) for one in seen.compared]
        return cls.mirror(seen, compared=compared, together=ReaderAgreementShown.of(seen.together))


class OverviewShown(ResponseBody):
    """A challenge at a glance, in the groups that you may see."""

    challenge: str = Field(description="Id of the challenge.")
    progress: ChallengeProgressShown = Field(description="How far everybody is.")
    times: ChallengeTimesShown = Field(description="How long learners wait.")
    standings: list[CriterionStandingsShown] = Field(
        description="How the work stands: as a whole, then on each criterion."
    )
    compared: list[JudgementsComparedShown] = Field(
        description="What the assessment (first) and facilitators (second) said of the same work. They saw the draft "
        "before they judged; for agreement between people who saw nothing, see `spot`."
    )
    decisions: DecisionsShown = Field(description="What became of drafted points.")
    pace: DecisionPaceShown = Field(description="Approvals that came sooner than reading takes.")
    spot: SpotAgreementShown = Field(description="Spot checks.")

    @classmethod
    def made(cls, glance: Glance, workings: Workings) -> OverviewShown:
        return cls(
            challenge=glance.lens.challenge.external_id,
            progress=ChallengeProgressShown.of(glance.progress),
            times=ChallengeTimesShown.of(glance.times),
            standings=[CriterionStandingsShown.of(one) for one in glance.standings],
            compared=[JudgementsComparedShown.of(one) for one in workings.compared],
            decisions=DecisionsShown.of(workings.decisions),
            pace=DecisionPaceShown(known=workings.pace.known, quick=len(workings.pace.quick)),
            spot=SpotAgreementShown.of(workings.spot),
        )


class SpotCheckDueShown(ResponseBody):
    """Work to be judged by a second reader, without a word of what the first made of it."""

    draft: str = Field(description="Id of its draft.")
    challenge: str = Field(
        validation_alias=AliasPath("challenge", "external_id"),
        description="Id of the challenge, whose criteria it is judged by.",
    )
    text: str = Field(description="The work.")


class SpotCheckDueList(ResponseBody):
    """What you are asked to read."""

    items: list[SpotCheckDueShown] = Field(description="At most 20, the oldest first.")


class SpotCheckAsked(RequestBody):
    """How the work stands in your eyes."""

    model_config = ConfigDict(json_schema_extra={"example": {"standing": "partly", "judgements": {"k1": "met"}}})

    standing: Standing | None = Field(default=None, description=f"On the whole: {STANDING}")
    judgements: Annotated[dict[Key, Standing], Field(max_length=50)] = Field(
        default={}, description=f"On each criterion, by key: {STANDING}"
    )
    note: Line = Field(default="", description="A word to colleagues.")


class SpotCheckShown(ResponseBody):
    """What you said, beside what the first facilitator had said."""

    draft: str = Field(validation_alias="draft_id", description="Id of the draft.")
    first_standing: Standing | None = Field(description="What the first said on the whole.")
    first_judgements: Mapping[str, Standing] = Field(description="And on each criterion.")
    second_standing: Standing | None = Field(description="What you said on the whole.")
    second_judgements: Mapping[str, Standing] = Field(description="And on each criterion.")


class SolutionPlacedShown(ResponseBody):
    """A solution on the map."""

    submission: str = Field(description="Id of the submission.")
    person: str = Field(description="Id of its author.")
    x: float = Field(description="From 0 to 1; near means alike, the axes mean nothing.")
    y: float = Field(description="From 0 to 1.")


class SolutionPassageShown(ResponseBody):
    """A piece of a solution, verbatim."""

    submission: str = Field(description="Id of the submission.")
    quote: str = Field(description="The piece.")
    start: int = Field(description="Where it begins in the latest text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")


class ApproachShown(ResponseBody):
    """Solutions that go about it alike."""

    words: list[str] = Field(description="What tells it from the others; may be empty.")
    passage: SolutionPassageShown | None = Field(description="A passage that stands for it.")
    solutions: list[SolutionPlacedShown] = Field(description="The most typical first.")

    @classmethod
    def made(cls, one: Approach, solutions: dict[str, Solution]) -> ApproachShown:
        piece = one.representative
        return cls(
            words=list(one.words),
            passage=SolutionPassageShown(
                submission=solutions[piece.work].submission, quote=piece.quote, start=piece.start, end=piece.end
            )
            if piece
            else None,
            solutions=[
                SolutionPlacedShown(
                    submission=solutions[spot.work].submission, person=solutions[spot.work].person, x=spot.x, y=spot.y
                )
                for spot in one.spots
            ],
        )


class SolutionMapShown(ResponseBody):
    """How a challenge was gone about."""

    approaches: list[ApproachShown] = Field(description="The commonest first. A single one: the texts do not part.")
    beyond: int = Field(description="How many are beyond the random sample that is on the map.")
    unread: int = Field(description="How many are left out since no machine may read them.")
    coming: int = Field(description="How many are still being read.")
    by_meaning: bool = Field(description="False: nothing was embedded yet, and words alone decide.")

    @classmethod
    def of(cls, seen: SolutionMap) -> SolutionMapShown:
        solutions = dict(seen.solutions)
        return cls.mirror(seen, approaches=[ApproachShown.made(one, solutions) for one in seen.approaches])


class ShareIntervalShown(ResponseBody):
    """From where to where something may really be, at 95 %."""

    low: float = Field(description="At least.")
    high: float = Field(description="At most.")


class FairnessLineShown(ResponseBody):
    """One group, or one language."""

    key: str = Field(description="Id of the group, or the language; empty where none is told.")
    people: int = Field(description="Of how many people; never fewer than five.")
    share: float | None = Field(description="The share, from 0 to 1; null of fewer than ten people.")
    interval: ShareIntervalShown | None = Field(description="Where it may really be; null of fewer than ten people.")
    parts: ShareIntervalShown | None = Field(
        description="How far it is from all others together, from -1 to 1, corrected for all comparisons of this "
        "answer; null where that may be chance."
    )


class FairnessTableShown(ResponseBody):
    """One measure, between groups or between languages."""

    measure: FairnessMeasure = Field(
        description="Of decided drafted points `kept`, `edited`, `dismissed`; of drafts `sure` (high confidence), "
        "`unsure` (low); of learners `proposed` (thought of for an introduction); of questions to meet that are over "
        "`accepted` (introduced)."
    )
    by: FairnessBy = Field(description="`group` or `language`.")
    lines: list[FairnessLineShown] = Field(description="One for each, but for those of few people.")
    hidden: int = Field(description="How many are not shown, since they are of few people or would tell of those.")

    @classmethod
    def made(cls, one: FairnessTable, seen: Fairness) -> FairnessTableShown:
        named = {line.key: seen.groups.get(line.key, (line.key, ""))[0] for line in one.lines}
        lines = [
            FairnessLineShown.mirror(line, key=named[line.key] if one.by is FairnessBy.GROUP else line.key)
            for line in one.lines
        ]
        return cls.mirror(one, lines=lines)


class FairnessShown(ResponseBody):
    """What became of drafts and introductions by group and by language."""

    parting: bool = Field(description="Whether anything parts by more than chance.")
    tables: list[FairnessTableShown] = Field(description="Those of which there are cases.")

    @classmethod
    def of(cls, seen: Fairness) -> FairnessShown:
        return cls.mirror(seen, tables=[FairnessTableShown.made(one, seen) for one in seen.tables])
