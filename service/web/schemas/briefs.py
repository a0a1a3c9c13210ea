"""A meeting brief over HTTP."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasPath, Field

from pipelines.approaches import Approach, ApproachPlace
from pipelines.briefs.making import CallOn, MeetingQuestion, Tension
from service.actions.briefs.meeting import Prepared
from service.web.fields import ResponseBody


class BriefQuoteShown(ResponseBody):
    """A passage that may be quoted in the meeting, as of now."""

    draft: str = Field(description="The draft on the work that it stands in.")
    start: int = Field(description="Where it begins, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    text: str = Field(description="The passage, verbatim.")
    author: str | None = Field(description="The author's name; none where the work is shown without it.")

    @classmethod
    def at(cls, place: ApproachPlace, seen: Prepared) -> BriefQuoteShown:
        author = seen.authors.get(place.work)
        return cls(draft=place.work, start=place.start, end=place.end, text=place.quote, author=author)


class BriefApproachShown(ResponseBody):
    """An approach."""

    words: list[str] = Field(description="What tells it from the others; may be empty.")
    title: str = Field(description="The words as one line, or a title that a model worded.")
    by_model: bool = Field(description="Whether a model worded the title, from the passages beside it.")
    solutions: int = Field(description="How many went about it so.")
    passage: BriefQuoteShown | None = Field(description="A passage that stands for it.")

    @classmethod
    def made(cls, at: int, one: Approach, seen: Prepared) -> BriefApproachShown:
        title, by_model = _said(seen, f"a{at}", one.label)
        shown = BriefQuoteShown.at(one.representative, seen) if one.representative else None
        return cls(words=list(one.words), title=title, by_model=by_model, solutions=len(one.members), passage=shown)


class BriefTallyShown(ResponseBody):
    """How solutions stand on a criterion."""

    criterion: str = Field(validation_alias=AliasPath("criterion", "id"), description="Key of the criterion.")
    text: str = Field(validation_alias=AliasPath("criterion", "text"), description="The criterion.")
    met: int = Field(description="Solutions that have it.")
    lack: int = Field(description="Solutions that have it partly or not yet.")
    cannot_tell: int = Field(description="Solutions of which it cannot be told.")


class BriefTensionShown(ResponseBody):
    """Two passages that oppose."""

    criterion: str = Field(description="Key of the criterion that both speak of.")
    kind: str = Field(description="opposite: in words; verdict: judged differently.")
    held: str = Field(description="What each holds, where a model worded it; else empty.")
    by_model: bool = Field(description="Whether a model worded that, from the passages beside it.")
    passages: list[BriefQuoteShown] = Field(description="The two.")

    @classmethod
    def made(cls, at: int, one: Tension, seen: Prepared) -> BriefTensionShown:
        held, by_model = _said(seen, f"t{at}", "")
        quoted = [BriefQuoteShown.at(place, seen) for place in (one.one, one.other)]
        return cls(criterion=one.criterion, kind=one.kind, held=held, by_model=by_model, passages=quoted)


class MeetingQuestionShown(ResponseBody):
    """A question worth the meeting's time."""

    text: str = Field(description="The question.")
    by_model: bool = Field(description="Whether a model worded it, from the passages beside it.")
    criterion: str = Field(description="Key of the criterion that it is about; may be empty.")
    passages: list[BriefQuoteShown] = Field(description="What it comes from.")

    @classmethod
    def made(cls, at: int, one: MeetingQuestion, seen: Prepared) -> MeetingQuestionShown:
        text, by_model = _said(seen, f"q{at}", one.text)
        quoted = [BriefQuoteShown.at(place, seen) for place in one.places]
        return cls(text=text, by_model=by_model, criterion=one.criterion, passages=quoted)


class BriefPersonShown(ResponseBody):
    """Somebody to call on, of those who show their work with their name."""

    name: str = Field(description="The name.")
    why: str = Field(description="Why.")
    by_model: bool = Field(description="Whether a model worded why, from the passages beside it.")
    passage: BriefQuoteShown = Field(description="What shows it.")

    @classmethod
    def made(cls, at: int, one: CallOn, seen: Prepared) -> BriefPersonShown:
        why, by_model = _said(seen, f"p{at}", one.why)
        quoted = BriefQuoteShown.at(one.place, seen)
        return cls(name=seen.names[one.person], why=why, by_model=by_model, passage=quoted)


def _said(seen: Prepared, id_: str, found: str) -> tuple[str, bool]:
    lines = seen.worded.lines
    return lines.get(id_, found), id_ in lines


class BriefWordingShown(ResponseBody):
    """Whose words the brief is in. A facilitator has it worded on its page; whatever is not marked is as found."""

    model: str = Field(description="The model that worded the marked lines; empty where there are none.")
    lines: int = Field(description="Lines that a model worded.")
    kept: int = Field(description="Lines that a model may word and that stand as found.")
    worded_at: datetime | None = Field(description="When; none where no line is.")

    @classmethod
    def of(cls, seen: Prepared) -> BriefWordingShown:
        worded, any_ = seen.worded, bool(seen.worded.lines)
        model, at = (worded.model, worded.at) if any_ else ("", None)
        return cls(model=model, lines=len(worded.lines), kept=worded.kept, worded_at=at)


class BriefShown(ResponseBody):
    """What a facilitator takes into a meeting."""

    works: int = Field(validation_alias=AliasPath("made", "works"), description="Solutions that it rests on.")
    wording: BriefWordingShown = Field(description="Whose words it is in.")
    quotable: int = Field(description="How many of them may be quoted; the others only count.")
    barred: int = Field(description="Solutions left out since no machine may read them.")
    beyond: int = Field(description="Solutions beyond the random sample.")
    approaches: list[BriefApproachShown] = Field(
        description="The commonest first. A single one: the texts do not part."
    )
    criteria: list[BriefTallyShown] = Field(
        validation_alias=AliasPath("made", "tallies"), description="In the challenge's order."
    )
    most_have: list[str] = Field(validation_alias=AliasPath("made", "most_have"), description="Keys of criteria.")
    most_lack: list[str] = Field(
        validation_alias=AliasPath("made", "most_lack"), description="Keys of criteria, the most lacked first."
    )
    tensions: list[BriefTensionShown] = Field(description="Few and clear; often none.")
    questions: list[MeetingQuestionShown] = Field(description="At most three.")
    call_on: list[BriefPersonShown] = Field(description="At most five.")
    unanswered: list[str] = Field(description="What waits, in numbers.")
    not_handed_in: int = Field(
        validation_alias=AliasPath("open", "missing"),
        description="Learners to whom quotations would show others' work before their own.",
    )

    @classmethod
    def of(cls, seen: Prepared) -> BriefShown:
        made, names = seen.made, seen.names
        return cls.mirror(
            seen,
            wording=BriefWordingShown.of(seen),
            approaches=[BriefApproachShown.made(at, one, seen) for at, one in enumerate(made.approaches, 1)],
            tensions=[BriefTensionShown.made(at, one, seen) for at, one in enumerate(made.tensions, 1)],
            questions=[MeetingQuestionShown.made(at, one, seen) for at, one in enumerate(made.questions, 1)],
            call_on=[
                BriefPersonShown.made(at, one, seen) for at, one in enumerate(made.call_on, 1) if one.person in names
            ],
            unanswered=[one.text for one in made.unanswered],
        )
