"""Drafts of works whose standing on each criterion is known, point by point. Pure but for the pipelines it runs.

A claim is a strength or a next step: it says how something stands. It is right if the gold says so: a strength where
the criterion is met, a next step where it is partly or not yet. A question claims nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipelines import feedback
from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.assessment import Desks, fit
from pipelines.drafting import Budget
from pipelines.drafting.judged import compose
from pipelines.evaluation.folders import CasesUnusable, passages, rows
from pipelines.evaluation.measures import ToldHowFar
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.indexing import Holding, settle
from pipelines.ports import Embedder, LanguageModel
from pipelines.retrieval import Shelves, collection
from pipelines.texts.language import content, language_code, sentences, unquoted
from pipelines.texts.quoting import locate
from pipelines.values import (
    Band,
    ChallengeAsItStands,
    Criterion,
    CriterionForm,
    Draft,
    DraftingTask,
    DraftOutcome,
    PersonsReading,
    Point,
    PointKind,
    Reviewed,
    Scope,
    SheetLine,
    Shelf,
    ShelfItem,
    Standing,
)
from pipelines.verification import verify

ORGANIZATION: Final = "evaluation"
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
MOST_POINTS: Final = 3
OPEN: Final = (Standing.PARTLY, Standing.NOT_YET)


@dataclass(frozen=True, slots=True)
class KnownWork:
    """A work with what people know of it: `gold` standings, criteria to work on as `named`, and where gaps are."""

    id: str
    challenge: str
    author: str
    text: str
    gold: Mapping[str, Standing]
    named: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]]
    judged_first: bool

    @property
    def reviewed(self) -> Reviewed:
        return Reviewed(self.id, self.text, criteria=self.gold, author=self.author)


@dataclass(frozen=True, slots=True)
class KnownWorks:
    """A folder of such works, read."""

    challenges: Mapping[str, ChallengeAsItStands]
    works: tuple[KnownWork, ...]
    documents: Mapping[str, str]

    @property
    def drafted(self) -> list[KnownWork]:
        """All but those that a facilitator judges before the rest."""
        return [work for work in self.works if not work.judged_first]


def read(folder: Path) -> KnownWorks:
    """A folder with challenges.jsonl and works.jsonl; docs/*.md may be there too."""
    challenges = {str(one["id"]): _challenge(one) for one in rows(folder / "challenges.jsonl")}
    path = folder / "works.jsonl"
    works = tuple(_work(path, number, one, challenges) for number, one in enumerate(rows(path), 1))
    if not works:
        raise CasesUnusable(f"{folder} holds no works.jsonl with rows. Name a folder of works with gold standings.")
    return KnownWorks(challenges, works, {one.name: one.read_text("utf-8") for one in sorted(folder.glob("docs/*.md"))})


def _challenge(one: Mapping[str, Any]) -> ChallengeAsItStands:
    criteria = tuple(
        Criterion(c["id"], c["text"], c.get("question") or "", c.get("points"), c.get("evidence") or "", _forms(c))
        for c in one.get("criteria") or ()
    )
    return ChallengeAsItStands(
        str(one["id"]), one.get("prompt") or "", one.get("title") or "", one.get("outcome") or "",
        one.get("reference") or "", language_code(one.get("language") or "en"), criteria,
    )  # fmt: skip


def _forms(criterion: Mapping[str, Any]) -> tuple[CriterionForm, ...]:
    return tuple(CriterionForm(**form) for form in criterion.get("forms") or ())


def _work(path: Path, number: int, one: Mapping[str, Any], challenges: Mapping[str, ChallengeAsItStands]) -> KnownWork:
    try:
        challenge = challenges[str(one["challenge"])].id
        gold = {key: Standing(value) for key, value in one["gold"].items()}
        places = {key: tuple(quotes) for key, quotes in (one.get("places") or {}).items()}
        author, named = str(one.get("author") or ""), tuple(one.get("named") or ())
        return KnownWork(
            str(one["id"]), challenge, author, one["text"], gold, named, places, bool(one.get("judged_first"))
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise CasesUnusable(
            f"{path}, row {number}: {wrong!r}. A row has id, challenge (one of challenges.jsonl), text, and gold "
            "{criterion: met, partly or not_yet}."
        ) from wrong


@dataclass(frozen=True, slots=True)
class KnownWorksDrafter:
    """The whole pipeline over one folder. `judged`: the few works judged first teach it; `verdicts`: a person has said
    of each work how it stands before its draft is composed, the gold being that person's word."""

    known: KnownWorks
    embedder: Embedder
    tools: feedback.Tools
    fitted: Mapping[str, Any] | None
    verdicts: bool = False

    @classmethod
    def over(
        cls,
        known: KnownWorks,
        embedder: Embedder,
        *,
        judged: bool = False,
        verdicts: bool = False,
        model: LanguageModel | None = None,
        budget: Budget | None = None,
    ) -> KnownWorksDrafter:
        """With this model, or with the drafter that needs no network."""
        library, index = MemoryLibrary(), ExactIndex()
        _shelve(passages(known.documents, ORGANIZATION), library, index, embedder)
        history: dict[str, list[Reviewed]] = defaultdict(list)
        for work in known.works if judged else ():
            if work.judged_first:
                history[work.challenge].append(work.reviewed)
        for key, reviewed in history.items():
            library.judge(key, reviewed)
        learned = [(known.challenges[key], reviewed[::-1]) for key, reviewed in history.items()]
        shelves = Shelves(library, index)
        tools = feedback.Tools(embedder, shelves, Desks(), model, ExtractiveModel(), budget or Budget())
        return cls(known, embedder, tools, fit(learned, embedder) if learned else None, verdicts)

    def draft(self, work: KnownWork) -> Draft:
        """The draft for one work."""
        challenge = self.known.challenges[work.challenge]
        scope = Scope(ORGANIZATION, work.challenge, work.author, work.author, AT)
        task = DraftingTask(scope, challenge, work.id, work.text, language=challenge.language, fitted=self.fitted)
        made = feedback.make(task, self.tools)
        if not self.verdicts:
            return made
        read = [
            _at_the_sheets_place(line, work.gold[line.criterion]) for line in made.sheet if line.criterion in work.gold
        ]
        return compose(task, made.evidence, read, self.tools.fallback, verify)

    def all(self, told: ToldHowFar) -> list[Draft]:
        """A draft for each work that is not judged first."""
        works, made = self.known.drafted, []
        for at, work in enumerate(works):
            told(f"drafting {len(works)} works", at, len(works))
            made.append(self.draft(work))
        return made


def _at_the_sheets_place(line: SheetLine, standing: Standing) -> PersonsReading:
    """As somebody reads a criterion at the desk who moves no place."""
    if not line.places:
        return PersonsReading(line.criterion, standing, nowhere=True)
    return PersonsReading(line.criterion, standing, line.places[0].start, line.places[0].end)


def _shelve(items: Sequence[ShelfItem], library: MemoryLibrary, index: ExactIndex, embedder: Embedder) -> None:
    name = collection(Shelf.CONTEXT, Scope(ORGANIZATION, "", "", "", AT))
    library.add(ORGANIZATION, items)
    settle([Holding(name, (item.id,), {item.id: item.indexed}) for item in items], embedder, index)


@dataclass(frozen=True, slots=True)
class PointSaid:
    """A point as it is counted: what it claims, of which criterion, where and in which words."""

    kind: PointKind
    criterion: str
    start: int
    end: int
    text: str
    band: Band = Band.LOW


@dataclass(frozen=True, slots=True)
class DraftSaid:
    """What one draft said of one work: its points, and how the machine itself said that the criteria stand."""

    work: KnownWork
    points: tuple[PointSaid, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)


def said(work: KnownWork, draft: Draft) -> DraftSaid:
    """A draft as it is counted."""
    points = tuple(map(_point, draft.points)) if draft.outcome is DraftOutcome.DRAFTED else ()
    read = draft.assessment.criteria if draft.assessment else ()
    told = {one.criterion: one.standing for one in read if one.standing is not Standing.CANNOT_TELL}
    return DraftSaid(work, points, told)


def _point(point: Point) -> PointSaid:
    return PointSaid(point.kind, point.criterion, point.start, point.end, point.text, point.band)


def always_open(known: KnownWorks) -> list[DraftSaid]:
    """The baseline: a next step for the first three criteria at the first sentence, and the commonest verdict for all.

    The commonest verdict is taken from the gold of the works themselves, which no machine knows.
    """
    common = _commonest(known.drafted)
    return [_all_open(work, known.challenges[work.challenge], common) for work in known.drafted]


def _all_open(work: KnownWork, challenge: ChallengeAsItStands, common: Standing) -> DraftSaid:
    start, end = (sentences(work.text) or [(0, len(work.text))])[0]
    points = tuple(
        PointSaid(PointKind.NEXT_STEP, one.id, start, end, one.question or one.text)
        for one in challenge.criteria[:MOST_POINTS]
    )
    return DraftSaid(work, points, dict.fromkeys(work.gold, common))


def _commonest(works: Iterable[KnownWork]) -> Standing:
    counted = Counter(standing for work in works for standing in work.gold.values())
    return counted.most_common(1)[0][0] if counted else Standing.NOT_YET


def counted(known: KnownWorks, drafts: Sequence[DraftSaid]) -> Counter[str]:
    """Everything that `figures` divides, as numbers that can be added over folders."""
    tally: Counter[str] = Counter(works=len(drafts))
    for one in drafts:
        tally.update(_draft_counts(one))
        tally.update(_named_counts(one))
        tally.update(_standing_counts(one))
        challenge = known.challenges[one.work.challenge]
        for point in one.points:
            tally.update(_point_counts(point, one.work, challenge))
    tally.update(_repeats(drafts))
    return tally


def _draft_counts(one: DraftSaid) -> dict[str, int]:
    claims = sum(map(_claims, one.points))
    return {
        "drafted": bool(one.points),
        "sheets": bool(one.points) and not claims,
        "points": len(one.points),
        "claims": claims,
    }


def _claims(point: PointSaid) -> bool:
    return point.kind is not PointKind.QUESTION


def _right(point: PointSaid, work: KnownWork) -> bool | None:
    """Whether a claim is right; of a question, whether there is something to ask. None: nobody knows."""
    gold = work.gold.get(point.criterion)
    if gold is None:
        return None
    return gold is Standing.MET if point.kind is PointKind.STRENGTH else gold in OPEN


def _point_counts(point: PointSaid, work: KnownWork, challenge: ChallengeAsItStands) -> dict[str, int]:
    right = _right(point, work)
    found: dict[str, int] = {f"{point.kind}": 1, "specific": _specific(point, work, challenge)}
    if right is not None:
        found |= {f"{point.kind} known": 1, f"{point.kind} right": right}
        if point.band is Band.HIGH:
            found |= {"high known": 1, "high right": right}
    if quotes := work.places.get(point.criterion):
        found |= {"placeable": 1, "placed": any(_overlaps(point, quote, work.text) for quote in quotes)}
    return found


def _overlaps(point: PointSaid, quote: str, text: str) -> bool:
    span = locate(quote, text)
    return span is not None and span[0] < point.end and point.start < span[1]


def _specific(point: PointSaid, work: KnownWork, challenge: ChallengeAsItStands) -> bool:
    """Whether it names something of this work that the challenge does not, outside quotations."""
    language = challenge.language
    criteria = " ".join(f"{one.text} {one.question} {one.evidence}" for one in challenge.criteria)
    public = f"{challenge.title} {challenge.prompt} {challenge.outcome} {challenge.reference} {criteria}"
    own = content(work.text, language) - content(public, language)
    return bool(content(unquoted(point.text), language) & own)


def _named_counts(one: DraftSaid) -> dict[str, int]:
    still = [key for key in one.work.named if one.work.gold.get(key) in OPEN]
    asked = {point.criterion for point in one.points if point.kind is not PointKind.STRENGTH}
    found = {"named": len(still), "named asked": sum(key in asked for key in still)}
    return found | ({"top": 1, "top asked": still[0] in asked} if still else {})


def _standing_counts(one: DraftSaid) -> dict[str, int]:
    known = {key: standing for key, standing in one.standings.items() if key in one.work.gold}
    return {"said": len(known), "said right": sum(one.work.gold[key] is standing for key, standing in known.items())}


def _repeats(drafts: Sequence[DraftSaid]) -> dict[str, int]:
    """Sentences of points that stand in two or more drafts of their challenge, quotations left out."""
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    spoken = [(one.work.challenge, one.work.id, said) for one in drafts for said in _sentences(one)]
    for challenge, work, sentence in spoken:
        where[challenge, sentence].add(work)
    again = sum(len(where[challenge, sentence]) > 1 for challenge, _, sentence in spoken)
    return {"sentences": len(spoken), "repeated": again}


def _sentences(one: DraftSaid) -> Iterator[str]:
    for point in one.points:
        text = unquoted(point.text)
        for span in sentences(text):
            if sentence := " ".join(text[slice(*span)].split()).strip(" .,:;").casefold():
                yield sentence


def figures(tally: Mapping[str, int]) -> dict[str, float | int | None]:
    """The figures of docs/how-to/evaluate.md; None where there is nothing to divide by."""
    kinds = (PointKind.STRENGTH, PointKind.NEXT_STEP)
    known, right = (sum(tally.get(f"{kind} {what}", 0) for kind in kinds) for what in ("known", "right"))
    false = {kind: _share(tally, f"{kind} right", f"{kind} known") for kind in (*kinds, PointKind.QUESTION)}
    whole = {name: tally.get(name, 0) for name in ("works", "drafted", "sheets", "points", "claims")}
    return whole | {
        "claim_precision": round(right / known, 4) if known else 1.0,
        "false_praise": _rest(false[PointKind.STRENGTH]) or 0.0,
        "false_lack": _rest(false[PointKind.NEXT_STEP]) or 0.0,
        "questions": tally.get(PointKind.QUESTION, 0),
        "idle_questions": _rest(false[PointKind.QUESTION]),
        "open_named": _share(tally, "named asked", "named"),
        "top_named": _share(tally, "top asked", "top"),
        "placed": _share(tally, "placed", "placeable"),
        "repeated": _share(tally, "repeated", "sentences"),
        "specific": _share(tally, "specific", "points"),
        "verdict_right": _share(tally, "said right", "said"),
        "verdicts_said": tally.get("said", 0),
        "band_high_right": _share(tally, "high right", "high known"),
    }


def _share(tally: Mapping[str, int], part: str, whole: str) -> float | None:
    return round(tally.get(part, 0) / tally[whole], 4) if tally.get(whole) else None


def _rest(share: float | None) -> float | None:
    return None if share is None else round(1 - share, 4)
