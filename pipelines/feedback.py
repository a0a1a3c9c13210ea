"""The one composition: a brief in, a draft out. Passages → retrieval → assessment → drafting → verification.

Production, benchmarks and the evaluation command all call `make`; so what is measured is what runs.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines import showing
from pipelines.answering import near_enough
from pipelines.assessment import MOST_JUDGED, UNTAUGHT, Desks, assess
from pipelines.contradictions import contradicted
from pipelines.disputed import Disputes
from pipelines.drafting import Budget, ShownBeside, draft, is_blank, may_ask
from pipelines.ports import Embedder, LanguageModel
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.sheets import SheetSearch, lay_out
from pipelines.texts.language import quotations
from pipelines.texts.passages import cut
from pipelines.values import (
    AI,
    Assessment,
    Criterion,
    Draft,
    DraftingTask,
    DraftOutcome,
    Evidence,
    Finding,
    Shelf,
    Standing,
    Usage,
)
from pipelines.verification import verify

PRECEDENTS: Final = 8
CONTEXT: Final = 4
PEERS: Final = 3
"""Pieces of evidence at most, by kind. More did not fit a facilitator's eye, and a model's budget drops them first."""
ASKED: Final = 12
"""Passages of a submission that evidence is looked for with; longer work is asked for evenly."""
LEARNER: Final = 0.5
"""Weight of the learner's passage beside a criterion when the organization's documents are searched."""
MOST_OPEN: Final = 2
ON_ONE_CRITERION: Final = 3
"""Criteria that precedents are looked for by themselves, and how many for each: what three agree on is agreement."""
LOOKED_AT: Final = 24
"""Nearest precedents of all criteria among which those on one are looked for."""

NO_PEERS: Final = Finding(
    "no_peers", "Nobody's work on this challenge has been reviewed yet: this rests on the criteria and documents alone."
)

CALIBRATES: Final = "This piece was chosen to be judged first: by it, and a few others, the rest is drafted."

WISH_UNREAD: Final = Finding(
    "wish_unread", "The wish for this draft was not read: no language model drafted it. Judge the work, or write it."
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a draft is made with; without a `model` the fallback drafts. `shelves` and `desks` live with the process."""

    embedder: Embedder
    shelves: Shelves
    desks: Desks
    model: LanguageModel | None
    fallback: LanguageModel
    budget: Budget = field(default_factory=Budget)


def make(brief: DraftingTask, tools: Tools, *, guarded: Sequence[str] = ()) -> Draft:
    """The draft for a brief; never raises for what a model does. Raises IndexUnavailable. `guarded` are texts that no
    model is shown and whose words may not come out: work of people who share nothing.

    Where the learner said no to machines, or there is nothing to read, no text is embedded and none is sent.
    """
    if brief.ai is AI.NONE or is_blank(brief.text):
        return _draft(brief, (), UNTAUGHT, tools)
    tools = replace(tools, shelves=tools.shelves.glance())
    reviewed = tools.shelves.library.reviewed(brief.scope, MOST_JUDGED)
    decided = tools.shelves.library.read(Shelf.PRECEDENTS, brief.scope)
    places = tools.desks.places_of(brief.challenge, reviewed, decided, tools.embedder)
    disputes = Disputes(brief.scope, tools.shelves, tools.embedder, brief.language)
    search = SheetSearch(tools.shelves, tools.embedder, places, disputes)
    if brief.judge_first and brief.challenge.criteria:
        return with_sheet(_unsaid(brief, tools), brief, search)
    assessment = assess(
        brief.challenge, brief.text, reviewed, tools.embedder, tools.desks, brief.fitted, decided, brief.readings
    )
    asked = tools.model is not None and may_ask(brief, tools.model)
    evidence = gather(brief, assessment, tools)
    if asked:
        evidence = showing.for_a_model(brief, evidence, reviewed, tools.embedder, tools.shelves)
    evidence = disputes.without(evidence)
    beside = NOTHING_BESIDE
    if asked:
        beside = showing.beside(brief, evidence, reviewed, decided, tools.shelves.library, guarded)
    made = _draft(brief, evidence, assessment, tools, beside)
    told = [] if assessment.peers else [NO_PEERS]
    told += [WISH_UNREAD] if brief.instruction.strip() and made.model == tools.fallback.name else []
    return with_sheet(replace(made, findings=(*made.findings, *told)), brief, search)


def _unsaid(brief: DraftingTask, tools: Tools) -> Draft:
    """No word on how the work stands: whoever judges first leans on nobody."""
    return Draft(
        DraftOutcome.CANNOT, "", (), UNTAUGHT, (), (), tools.fallback.name, Usage(), brief.language, reason=CALIBRATES
    )


def with_sheet(made: Draft, brief: DraftingTask, search: SheetSearch) -> Draft:
    """The draft with its evidence sheet, and what documents were found to say against each other on the way. Where no
    draft could be made, a person judges on the sheet."""
    if brief.challenge.criteria:
        sheet, evidence = lay_out(brief, made.evidence, search)
        outcome = DraftOutcome.TO_JUDGE if made.outcome is DraftOutcome.CANNOT else made.outcome
        made = replace(made, sheet=sheet, evidence=evidence, outcome=outcome)
    return replace(made, findings=(*made.findings, *search.disputes.findings))


NOTHING_BESIDE: Final = ShownBeside()


def _draft(
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    assessment: Assessment,
    tools: Tools,
    beside: ShownBeside = NOTHING_BESIDE,
) -> Draft:
    marker = secrets.token_hex(8)  # nobody who writes a submission can know it
    model = tools.model or tools.fallback
    return draft(
        brief, evidence, assessment, model, tools.fallback,
        marker=marker, verify=verify, budget=tools.budget, beside=beside,
    )  # fmt: skip


def gather(brief: DraftingTask, assessment: Assessment, tools: Tools) -> tuple[Evidence, ...]:
    """The evidence for a draft, labeled E1, E2 …: precedents, then context (first what says otherwise than the work),
    then peers' work."""
    own = _parts(brief, tools.embedder)
    precedents = _precedents(brief, assessment, own, tools)
    peers = find(
        Shelf.WORK,
        own,
        brief.scope,
        tools.shelves,
        tools.embedder,
        limit=PEERS,
        caps=Caps(per_document=1, per_author=1),
        first=assessment.nearest[:PEERS],
    )
    otherwise = contradicted(brief, tools.shelves, tools.embedder)
    context = _once([*otherwise, *_context(brief, assessment, own, precedents, tools)])
    found = [*precedents, *context, *peers]
    return tuple(replace(one, label=f"E{number}") for number, one in enumerate(found, 1))


def _precedents(brief: DraftingTask, assessment: Assessment, own: Sequence[QueryPart], tools: Tools) -> list[Evidence]:
    """Points decided before: on what is open, of passages like its place here; then on the work as a whole."""
    search = (brief.scope, tools.shelves, tools.embedder)
    found: list[Evidence] = []
    for criterion in _open(brief, assessment)[:MOST_OPEN]:
        place = _place(brief, assessment, criterion, tools.embedder)
        caps = Caps(per_document=0, per_author=0)
        near = find(Shelf.PRECEDENTS, place, *search, limit=LOOKED_AT, caps=caps) if place else []
        alike = [one for one in near if one.item.past is not None and one.item.past.criterion == criterion.id]
        found += _by_others(alike)[:ON_ONE_CRITERION]
    caps = Caps(per_document=2, per_author=2)
    found += find(
        Shelf.PRECEDENTS, own, *search, limit=PRECEDENTS, caps=caps, first=assessment.precedents[:ON_ONE_CRITERION]
    )
    return _once(found)[:PRECEDENTS]


def _by_others(found: Iterable[Evidence]) -> list[Evidence]:
    """One of each author: what the same person was told twice is no agreement."""
    seen: dict[str, Evidence] = {}
    for one in found:
        seen.setdefault(one.item.author or one.item.document, one)
    return list(seen.values())


def _place(brief: DraftingTask, assessment: Assessment, criterion: Criterion, embedder: Embedder) -> list[QueryPart]:
    """The submission's own words where it speaks of the criterion."""
    judged = next((one for one in assessment.criteria if one.criterion == criterion.id), None)
    if judged is None or judged.place is None:
        return []
    text = brief.text[slice(*judged.place)]
    return [QueryPart(text, embedder.embed([text])[0])]


def _parts(brief: DraftingTask, embedder: Embedder) -> list[QueryPart]:
    passages = cut(brief.text, brief.submission)
    step = max(1, -(-len(passages) // ASKED))
    texts = [passage.text for passage in passages[::step]]
    return [QueryPart(text, vector) for text, vector in zip(texts, embedder.embed(texts), strict=True)]


def _context(
    brief: DraftingTask, assessment: Assessment, own: Sequence[QueryPart], precedents: Sequence[Evidence], tools: Tools
) -> list[Evidence]:
    """The organization's own words on what is least evidenced: first what facilitators quoted in their points on it,

    then a search for each such criterion, best finds first.
    """
    search = (brief.scope, tools.shelves, tools.embedder)
    open_criteria = _open(brief, assessment)
    quoted = [quote for one in open_criteria[:MOST_OPEN] for quote in _cited(one, precedents)]
    found: list[Evidence] = []
    for quote, vector in zip(quoted, tools.embedder.embed(quoted), strict=True):
        found += find(Shelf.CONTEXT, [QueryPart(quote, vector)], *search, limit=1, caps=Caps())
    wanted = [criterion.text for criterion in open_criteria] or [brief.challenge.outcome or brief.challenge.prompt]
    wanted = [text for text in wanted if text.strip()]
    also: list[Evidence] = []
    for text, vector in zip(wanted, tools.embedder.embed(wanted), strict=True):
        nearest = max(own, key=lambda part: float(part.vector @ vector), default=None)
        parts = [QueryPart(text, vector), *([replace(nearest, weight=LEARNER)] if nearest else [])]
        best = find(Shelf.CONTEXT, parts, *search, limit=2, caps=Caps(per_document=1, per_author=0))
        also += near_enough(best, tools.embedder)
    return _once([*found, *sorted(also, key=lambda one: -one.fused)])[:CONTEXT]


def _cited(criterion: Criterion, precedents: Iterable[Evidence]) -> list[str]:
    """What approved points on the criterion quote, the most often quoted first."""
    said = [one.item.past for one in precedents if one.item.past is not None and not one.item.past.dismissed]
    quoted = Counter(
        past.text[start:end]
        for past in said
        if past.criterion == criterion.id
        for start, end in quotations(past.text)
        if len(past.text[start:end].split()) >= 3
    )
    return [text for text, _ in quoted.most_common(1)]


def _open(brief: DraftingTask, assessment: Assessment) -> list[Criterion]:
    """Criteria that are not said to be met, the least evidenced first."""
    chance = {one.criterion: one.chance for one in assessment.criteria if one.standing is not Standing.MET}
    there = [criterion for criterion in brief.challenge.criteria if criterion.id in chance]
    return sorted(there, key=lambda criterion: chance[criterion.id])


def _once(found: Iterable[Evidence]) -> list[Evidence]:
    """Each passage where it was found best."""
    seen: dict[str, Evidence] = {}
    for one in found:
        seen.setdefault(one.item.id, one)
    return list(seen.values())
