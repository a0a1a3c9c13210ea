"""Challenges, their criteria and sharing policy."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from pipelines.values import CriterionForm
from service.actions.challenges.forms import FormWords, confirmed
from service.actions.challenges.outward import ChallengeSeen
from service.actions.challenges.setting import ChallengeWish, CriterionWish
from service.domain.calibration import MOST
from service.domain.visibility import PeersShown, SharingReach
from service.store.tables import CriterionRow
from service.web.fields import Id, Key, Language, Moment, Name, RequestBody, ResponseBody, SomeWords, SourceText, Words


class FormInSentence(RequestBody):
    """How a criterion reads inside a sentence of one language, confirmed by whoever sends it."""

    language: Language = Field(min_length=2, description="BCP 47 tag of the language that it reads so in.")
    clause: FormWords = Field(
        default="", description="Reads after “It is not clear yet whether …”, in German after “…, ob …”."
    )
    topic: FormWords = Field(default="", description="Reads after “about …”, in German after “zu …”.")


class ChallengeCriterion(RequestBody):
    """One thing that a good solution does."""

    id: Key = Field(description="Its key within the challenge, such as `k1`.")
    text: Words = Field(description="What a good solution does.")
    question: Words = Field(default="", description="What a facilitator asks when it is not evident.")
    points: float | None = Field(
        default=None, ge=0, le=1_000_000, allow_inf_nan=False, description="Marks it carries, if any."
    )
    forms: Annotated[list[FormInSentence], Field(max_length=40)] | None = Field(
        default=None,
        description=(
            "How it reads inside a sentence, by language; without one it is quoted whole. Left out: what was confirmed "
            "stays, as long as the text is the same."
        ),
    )

    def wish(self) -> CriterionWish:
        forms = None if self.forms is None else tuple(CriterionForm(**one.model_dump()) for one in self.forms)
        return CriterionWish(self.id, self.text, self.question, self.points, forms)

    @classmethod
    def of(cls, row: CriterionRow) -> ChallengeCriterion:
        forms = [FormInSentence.model_construct(**asdict(one)) for one in confirmed(row)]
        return cls.model_construct(id=row.key, text=row.text, question=row.question, points=row.points, forms=forms)


class ChallengeSharing(RequestBody):
    """Who may see work on this challenge, as far as each author allows."""

    peers: PeersShown = Field(
        default=PeersShown.AFTER_ATTEMPT,
        description="When a learner may see others' work: `after_attempt`, `always` or `never`.",
    )
    reach: SharingReach = Field(
        default=SharingReach.ORGANIZATION,
        description="How far work is shared: within the `group` or the `organization`.",
    )


class ChallengeAsked(RequestBody):
    """All of a challenge; what is left out is emptied."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Peer observation",
                "prompt": "Plan how your team starts peer observation this term.",
                "outcome": "A plan that a colleague could follow tomorrow.",
                "criteria": [
                    {
                        "id": "k1",
                        "text": "Names who observes whom and when.",
                        "question": "Who visits whom?",
                        "forms": [{"language": "en", "clause": "the plan names who observes whom and when"}],
                    }
                ],
                "sharing": {"peers": "after_attempt", "reach": "organization"},
                "groups": ["year-8"],
                "tags": ["observation"],
            }
        }
    )

    title: Name = Field(description="A few words to know it by.")
    prompt: SomeWords = Field(min_length=1, description="What learners are asked to do.")
    outcome: Words = Field(default="", description="What should be there when it is done well.")
    reference: SourceText = Field(default="", description="A reference solution; learners are not shown it.")
    notes: SourceText = Field(default="", description="What facilitators want kept in mind; learners are not shown it.")
    language: Language = Field(default="", description="BCP 47 tag; empty for the organization's language.")
    criteria: Annotated[list[ChallengeCriterion], Field(max_length=50)] = Field(
        default=[], description="Criteria, in order."
    )
    sharing: ChallengeSharing = Field(default=ChallengeSharing(), description="Who may see work on it.")
    groups: Annotated[list[Id], Field(max_length=500)] = Field(
        default=[], description="Ids of the groups it is set to, with all below them; empty for every group."
    )
    tags: Annotated[list[Key], Field(max_length=100)] = Field(default=[], description="Words to find it by.")
    opened_at: Moment | None = Field(default=None, description="When learners could begin.")
    calibrate: int | None = Field(
        default=None,
        ge=0,
        le=MOST,
        description="How many pieces of work (3 to 5) facilitators judge before the rest is drafted; 0 is not to wait. "
        "Left out: as it is.",
    )

    def wish(self) -> ChallengeWish:
        return ChallengeWish(
            **self.model_dump(
                include={"title", "prompt", "outcome", "reference", "notes", "language", "opened_at", "calibrate"}
            ),
            criteria=tuple(criterion.wish() for criterion in self.criteria),
            sharing_peers=self.sharing.peers,
            sharing_reach=self.sharing.reach,
            groups=tuple(self.groups),
            tags=tuple(self.tags),
        )


class ChallengeShown(ResponseBody):
    """A challenge."""

    id: str = Field(validation_alias="external_id", description="The platform's id.")
    title: str = Field(description="A few words to know it by.")
    prompt: str = Field(description="What learners are asked to do.")
    outcome: str = Field(description="What should be there when it is done well.")
    reference: str | None = Field(description="A reference solution; null for those who may not see it.")
    notes: str | None = Field(description="What facilitators keep in mind; null for those who may not see it.")
    language: str = Field(description="BCP 47 tag; empty for the organization's language.")
    criteria: list[ChallengeCriterion] = Field(description="Criteria, in order.")
    sharing: ChallengeSharing = Field(description="Who may see work on it.")
    groups: list[str] = Field(description="Ids of the groups it is set to; empty for every group.")
    tags: list[str] = Field(description="Words to find it by.")
    version: int = Field(description="Grows when prompt, outcome, reference, notes or criteria change.")
    opened_at: datetime | None = Field(description="When learners could begin.")
    calibrate: int = Field(description="Pieces of work that are judged before the rest is drafted; 0: nothing waits.")
    archived_at: datetime | None = Field(description="Since when it takes no more work; null while it does.")

    @classmethod
    def of(cls, seen: ChallengeSeen) -> ChallengeShown:
        row = seen.row
        return cls.mirror(
            row,
            reference=row.reference if seen.in_full else None,
            notes=row.notes if seen.in_full else None,
            criteria=[ChallengeCriterion.of(criterion) for criterion in row.criteria],
            sharing=ChallengeSharing(peers=row.sharing_peers, reach=row.sharing_reach),
            groups=seen.groups,
        )
