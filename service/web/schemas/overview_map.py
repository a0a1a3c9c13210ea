"""The map of solutions: approaches, passages, and where each solution stands."""

from __future__ import annotations

from pydantic import Field

from service.actions.overview.solutions import Approach, Solution, SolutionMap
from service.web.fields import AnswerBody


class SolutionPlacedShown(AnswerBody):
    """A solution on the map."""

    submission: str = Field(description="Id of the submission.")
    person: str = Field(description="Id of its author.")
    x: float = Field(description="From 0 to 1; near means alike, the axes mean nothing.")
    y: float = Field(description="From 0 to 1.")


class SolutionPassageShown(AnswerBody):
    """A piece of a solution, verbatim."""

    submission: str = Field(description="Id of the submission.")
    quote: str = Field(description="The piece.")
    start: int = Field(description="Where it begins in the latest text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")


class ApproachShown(AnswerBody):
    """Solutions that go about it alike."""

    words: list[str] = Field(description="What tells it from the others; may be empty.")
    passage: SolutionPassageShown | None = Field(description="A passage that stands for it.")
    solutions: list[SolutionPlacedShown] = Field(description="The most typical first.")

    @classmethod
    def of(cls, one: Approach, solutions: dict[str, Solution]) -> ApproachShown:
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


class SolutionMapShown(AnswerBody):
    """How a challenge was gone about."""

    approaches: list[ApproachShown] = Field(description="The commonest first. A single one: the texts do not part.")
    beyond: int = Field(description="How many are beyond the random sample that is on the map.")
    unread: int = Field(description="How many are left out since no machine may read them.")
    coming: int = Field(description="How many are still being read.")
    by_meaning: bool = Field(description="False: nothing was embedded yet, and words alone decide.")

    @classmethod
    def of(cls, seen: SolutionMap) -> SolutionMapShown:
        return cls(
            approaches=[ApproachShown.of(one, dict(seen.solutions)) for one in seen.approaches],
            beyond=seen.beyond,
            unread=seen.unread,
            coming=seen.coming,
            by_meaning=seen.by_meaning,
        )
