"""A meeting brief over HTTP."""

from __future__ import annotations

from pydantic import Field

from pipelines.approaches import Approach, Place
from pipelines.brief import Tally
from service.actions.meeting_brief import Prepared
from service.web.api.schemas.texts import Shown


class BriefQuote(Shown):
    """A passage that may be quoted in the meeting, as of now."""

    draft: str = Field(description="The draft on the work that it stands in.")
    start: int = Field(description="Where it begins, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    text: str = Field(description="The passage, verbatim.")
    author: str | None = Field(description="The author's name; none where the work is shown without it.")

    @classmethod
    def of(cls, place: Place, seen: Prepared) -> BriefQuote:
        author = seen.authors.get(place.work)
        return cls(draft=place.work, start=place.start, end=place.end, text=place.quote, author=author)


class BriefWay(Shown):
    """An approach."""

    words: list[str] = Field(description="What tells it from the others; may be empty.")
    solutions: int = Field(description="How many went about it so.")
    passage: BriefQuote | None = Field(description="A passage that stands for it.")

    @classmethod
    def of(cls, one: Approach, seen: Prepared) -> BriefWay:
        shown = BriefQuote.of(one.representative, seen) if one.representative else None
        return cls(words=list(one.words), solutions=len(one.members), passage=shown)


class BriefTally(Shown):
    """How solutions stand on a criterion."""

    criterion: str = Field(description="Key of the criterion.")
    text: str = Field(description="The criterion.")
    met: int = Field(description="Solutions that have it.")
    lack: int = Field(description="Solutions that have it partly or not yet.")
    cannot_tell: int = Field(description="Solutions of which it cannot be told.")

    @classmethod
    def of(cls, one: Tally) -> BriefTally:
        return cls(
            criterion=one.criterion.id, text=one.criterion.text, met=one.met, lack=one.lack, cannot_tell=one.cannot_tell
        )


class BriefTension(Shown):
    """Two passages that oppose."""

    criterion: str = Field(description="Key of the criterion that both speak of.")
    kind: str = Field(description="opposite: in words; verdict: judged differently.")
    passages: list[BriefQuote] = Field(description="The two.")


class BriefQuestion(Shown):
    """A question worth the meeting's time."""

    text: str = Field(description="The question.")
    criterion: str = Field(description="Key of the criterion that it is about; may be empty.")
    passages: list[BriefQuote] = Field(description="What it comes from.")


class BriefCall(Shown):
    """Somebody to call on, of those who show their work with their name."""

    name: str = Field(description="The name.")
    why: str = Field(description="Why.")
    passage: BriefQuote = Field(description="What shows it.")


class BriefShown(Shown):
    """What a facilitator takes into a meeting."""

    works: int = Field(description="Solutions that it rests on.")
    quotable: int = Field(description="How many of them may be quoted; the others only count.")
    barred: int = Field(description="Solutions left out since no machine may read them.")
    beyond: int = Field(description="Solutions beyond the random sample.")
    approaches: list[BriefWay] = Field(description="The commonest first. A single one: the texts do not part.")
    criteria: list[BriefTally] = Field(description="In the challenge's order.")
    most_have: list[str] = Field(description="Keys of criteria.")
    most_lack: list[str] = Field(description="Keys of criteria, the most lacked first.")
    tensions: list[BriefTension] = Field(description="Few and clear; often none.")
    questions: list[BriefQuestion] = Field(description="At most three.")
    call_on: list[BriefCall] = Field(description="At most five.")
    unanswered: list[str] = Field(description="What waits, in numbers.")
    not_handed_in: int = Field(description="Learners to whom quotations would show others' work before their own.")

    @classmethod
    def of(cls, seen: Prepared) -> BriefShown:
        made = seen.made

        def quoted(*places: Place) -> list[BriefQuote]:
            return [BriefQuote.of(place, seen) for place in places]

        return cls(
            works=made.works,
            quotable=seen.quotable,
            barred=seen.barred,
            beyond=seen.beyond,
            approaches=[BriefWay.of(one, seen) for one in made.approaches],
            criteria=[BriefTally.of(one) for one in made.tallies],
            most_have=list(made.most_have),
            most_lack=list(made.most_lack),
            tensions=[
                BriefTension(criterion=one.criterion, kind=one.kind, passages=quoted(one.one, one.other))
                for one in made.tensions
            ],
            questions=[
                BriefQuestion(text=one.text, criterion=one.criterion, passages=quoted(*one.places))
                for one in made.questions
            ],
            call_on=[
                BriefCall(name=seen.names[one.person], why=one.why, passage=BriefQuote.of(one.place, seen))
                for one in made.call_on
                if one.person in seen.names
            ],
            unanswered=[one.text for one in made.unanswered],
            not_handed_in=seen.open.missing,
        )
