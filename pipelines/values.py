"""The words of the thinking floor as frozen values. They import each other only, and do nothing but hold and check.

Offsets are always character offsets into the text they belong to, end exclusive, so `text[start:end]` is the passage.
Times are time-zone-aware. Similarities are cosines in [-1, 1] unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from pipelines.accounts import DraftPass as DraftPass
from pipelines.accounts import PromptUsed as PromptUsed
from pipelines.accounts import Usage as Usage
from pipelines.criteria import Criterion as Criterion
from pipelines.criteria import CriterionForm as CriterionForm
from pipelines.laid_out import SheetLine as SheetLine
from pipelines.laid_out import SheetPlace as SheetPlace
from pipelines.standings import Assessment as Assessment
from pipelines.standings import Judgement as Judgement
from pipelines.standings import ModelReading as ModelReading
from pipelines.standings import PersonsReading as PersonsReading
from pipelines.standings import Standing as Standing
from pipelines.standings import TrackRecord as TrackRecord

Span = tuple[int, int]
"""Where something stands in a text: from its first character to the one after its last."""


class Shelf(StrEnum):
    """What is searched: peers' work on a challenge, the organization's own documents, or points decided before."""

    WORK = "work"
    CONTEXT = "context"
    PRECEDENTS = "precedents"


class SourceKind(StrEnum):
    """What a point may rest on."""

    SUBMISSION = "submission"
    CRITERION = "criterion"
    CONTEXT = "context"
    PEER = "peer"
    PRECEDENT = "precedent"


class PointKind(StrEnum):
    """The three kinds of feedback: keep this, do this next, check this."""

    STRENGTH = "strength"
    NEXT_STEP = "next_step"
    QUESTION = "question"


class Band(StrEnum):
    """Confidence as a person reads it. `HIGH` needs independent agreement, never one similarity alone."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AI(StrEnum):
    """What a learner allows: no machine reads the text, only machines of the organization, or any."""

    NONE = "none"
    LOCAL = "local"
    ANY = "any"

    def and_(self, other: AI) -> AI:
        """The stricter of the two."""
        return min(self, other, key=(AI.NONE, AI.LOCAL, AI.ANY).index)

    def lets(self, *, local: bool) -> bool:
        """Whether a language model may read the text. `local`: it runs on the organization's own machines."""
        return self is AI.ANY or (self is AI.LOCAL and local)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of `document` (a revision or a document version), verbatim: its text is `source[start:end]`."""

    id: str
    document: str
    start: int
    end: int
    text: str
    heading: str = ""  # path of headings above it, outermost first, joined by " › "


@dataclass(frozen=True, slots=True)
class Scope:
    """Who may see what, now. Every read of the Library is made under one; it never widens.

    `reader` is the learner the result is shown to; `author` is left out of peers' work (usually the same person).
    """

    organization: str
    challenge: str
    reader: str
    author: str
    at: datetime
    groups: tuple[str, ...] = ()  # groups whose work the challenge's sharing policy lets the reader see; () is all
    peers: bool = True  # False: policy or rule 4 forbids peers' work altogether


@dataclass(frozen=True, slots=True)
class ChallengeAsItStands:
    """What learners were asked, as the drafter needs it. `notes` hold what facilitators said about it."""

    id: str
    prompt: str
    title: str = ""
    outcome: str = ""
    reference: str = ""
    language: str = "en"
    criteria: tuple[Criterion, ...] = ()
    notes: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A peer's submission that a facilitator has judged: what assessment learns from. `score` is in [0, 1]; `places`
    are where a person read how it stands on a criterion, as offsets into the text."""

    id: str
    text: str
    standing: Standing | None = None
    score: float | None = None
    criteria: Mapping[str, Standing] = field(default_factory=dict)
    author: str = ""
    feedback: str = ""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastPoint:
    """A point that a facilitator decided before, with the passage it was about."""

    kind: PointKind
    text: str
    quote: str
    criterion: str = ""
    dismissed: bool = False
    reason: str = ""
    decided_by: str = ""  # name of the facilitator, for the facilitator's eyes
    matter: bool = True  # False: only these words are settled, not the matter; it may be said in others
    of: str = ""  # id of the revision it is on
    ai: AI = AI.ANY  # what the author of that text lets machines do with it
    became: str = ""  # what became of a released point in a later version: see `EarlierVersion`
    now: tuple[int, int] | None = None  # where its passage is in the later version, as far as that can be told


LINE: Final = 150
"""Characters of title and headings that go before a passage, the innermost: the model reads 256 tokens, and the passage
needs about 200 of them in German."""


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """What the Library gives back for an id: text that the scope may see, as it stands now."""

    id: str
    shelf: Shelf
    text: str
    document: str
    start: int = 0
    end: int = 0
    title: str = ""
    heading: str = ""
    version: int = 1
    author: str = ""
    past: PastPoint | None = None
    ai: AI = AI.ANY  # what its author lets machines do with it

    @property
    def context(self) -> str:
        """Title and headings as one line, each said once; told apart as sentences, which is how the model learned text.

        Joined by " › ", with repeats that differ in case left in, documents are found worse: MRR .903 against .911.
        """
        parts: dict[str, str] = {}
        for part in (self.title, *self.heading.split(" › ")):
            parts.setdefault(" ".join(part.split()).casefold(), " ".join(part.split()))
        line = ". ".join(filter(None, parts.values()))
        return line if len(line) <= LINE else line[-LINE:].partition(" ")[2] or line[-LINE:]

    @property
    def indexed(self) -> str:
        """The text that is embedded and searched: the passage below its document's title and headings."""
        return "\n".join(filter(None, (self.context, self.text)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """An item found for a submission, with why it was found. `label` (E1, E2 …) names it in prompts and sources."""

    label: str
    item: ShelfItem
    dense: float
    lexical: float
    fused: float  # sum of the two as z-scores within the candidates
    note: str = ""  # how a facilitator judged it, where it is somebody's work
    whole: float = 0.0  # cosine of the document it is of

    @property
    def kind(self) -> SourceKind:
        return _SOURCE_OF[self.item.shelf]


_SOURCE_OF = {Shelf.WORK: SourceKind.PEER, Shelf.CONTEXT: SourceKind.CONTEXT, Shelf.PRECEDENTS: SourceKind.PRECEDENT}


@dataclass(frozen=True, slots=True)
class Source:
    """What a point rests on. `id` is a passage, criterion, or point id; `quote` is verbatim there (or empty)."""

    kind: SourceKind
    id: str
    quote: str = ""
    start: int | None = None
    end: int | None = None
    title: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One piece of feedback at one place. `start`..`end` are offsets into the submission; `quote` is that text."""

    kind: PointKind
    text: str
    quote: str
    start: int
    end: int
    sources: tuple[Source, ...]
    criterion: str = ""
    band: Band = Band.LOW


@dataclass(frozen=True, slots=True)
class Finding:
    """What verification says. `point` is an index into the draft's points, or None for the draft as a whole.

    A `grave` finding means that the point may not be stored as it is; others are shown to the facilitator.
    """

    code: str
    message: str
    point: int | None = None
    grave: bool = False


class DraftOutcome(StrEnum):
    """What became of a draft. All but the first are told to the facilitator with a reason; where it is to be judged,
    the evidence sheet is laid out for that."""

    DRAFTED = "drafted"
    TO_JUDGE = "to_judge"
    NOTHING_TO_SAY = "nothing_to_say"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class Draft:
    """The drafted feedback for one revision, with everything needed to say later why it was drafted so."""

    outcome: DraftOutcome
    summary: str
    points: tuple[Point, ...]
    assessment: Assessment | None
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    model: str
    usage: Usage
    language: str
    reason: str = ""  # why nothing was said, why it cannot be drafted, or why the model was not used
    prompt: PromptUsed | None = None
    readings: tuple[ModelReading, ...] = ()
    passes: tuple[DraftPass, ...] = ()
    sheet: tuple[SheetLine, ...] = ()  # one a criterion, also where something was drafted: a person may judge first
    sent: frozenset[str] = frozenset()  # ids of other revisions of which a language model was sent words


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """The latest version of this work that feedback was released on, and what `became` of each point: "taken_up" (words
    of what was asked were newly written), or its passage is "changed", "unchanged", unchanged with a sentence "added"
    beside it, "gone"; or "cannot_tell"."""

    text: str
    points: tuple[PastPoint, ...]
    of: str = ""  # id of the revision


@dataclass(frozen=True, slots=True)
class AlreadyTold:
    """A point that the author of a work was given on an earlier text of it."""

    text: str
    of: str = ""  # id of the revision it is on
    ai: AI = AI.ANY  # what its author let machines do with that text


@dataclass(frozen=True, slots=True)
class DraftingTask:
    """All that a draft is made from, as plain values read in one transaction.

    `told` are points this learner was already given, `dismissed` those that a facilitator turned down for this
    challenge; neither comes back. `names` are people of the organization, kept from models that are not local.
    """

    scope: Scope
    challenge: ChallengeAsItStands
    submission: str  # id of the revision
    text: str
    ai: AI = AI.ANY
    language: str = "en"
    told: tuple[AlreadyTold, ...] = ()
    dismissed: tuple[PastPoint, ...] = ()
    instruction: str = ""
    readings: tuple[PersonsReading, ...] = ()  # what people said of this very text; it wins over any machine's word
    judge_first: bool = False  # nothing is drafted: a person judges on the sheet, so that others can be drafted by that
    names: tuple[str, ...] = ()
    earlier: EarlierVersion | None = None
    fitted: Mapping[str, object] | None = None  # assessment fitted on the organization's history, as plain numbers
