"""From a model's raw points to points at a place, with sources and a band of confidence. May not call a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.drafting.mending import criterion_of, labels_of, quotation, text_of
from pipelines.drafting.parsing import RawPoint, RawReading
from pipelines.texts.language import SAME_MATTER, alike, quotations, same_passage, twins
from pipelines.texts.plain import short
from pipelines.texts.quoting import locate
from pipelines.texts.saying_back import without_mention
from pipelines.values import (
    Assessment,
    Band,
    DraftingTask,
    Evidence,
    Finding,
    ModelReading,
    PastPoint,
    Point,
    PointKind,
    Source,
    SourceKind,
    Standing,
)  # fmt: skip

AGREEING = 3
"""Independent precedents or peers that make confidence high (rule 5: three that agree, not one that is near)."""
CONFIDENT = 0.75


def place(
    raw: RawPoint,
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    assessment: Assessment,
    readings: Sequence[ModelReading] = (),
) -> Point | Finding:
    """The point at its place, its form mended, or the grave finding that keeps it from having one."""
    span = (0, len(brief.text)) if (whole := _of_whole(raw, assessment)) else quotation(raw.quote, brief.text)
    if span is None:
        wrong = f"the quotation “{short(raw.quote)}” is not in the submission" if raw.quote else "it has no quotation"
        return Finding("quote-not-there", f"This point has no place: {wrong}.", None, grave=True)
    labels = labels_of(raw, brief, evidence)
    criteria = {criterion.id: criterion for criterion in brief.challenge.criteria}
    text = text_of(raw.text)
    quote = "" if whole else brief.text[slice(*span)]
    sources = [Source(SourceKind.SUBMISSION, brief.submission, quote, *span)]
    sources += [Source(SourceKind.CRITERION, one, title=criteria[one].text) for one in labels.criteria]
    sources += [_source(piece, text) for piece in labels.evidence]
    criterion = criterion_of(raw.criterion, brief.challenge.criteria, brief.language) or next(iter(labels.criteria), "")
    mended = raw.model_copy(update={"text": text, "quote": quote, "criterion": criterion})
    return Point(
        kind=raw.kind,
        text=text,
        quote=mended.quote,
        start=span[0],
        end=span[1],
        sources=tuple(sources),
        criterion=criterion,
        band=_band(mended, sources, labels.evidence, assessment, readings, brief.language),
    )


def _of_whole(raw: RawPoint, assessment: Assessment) -> bool:
    """Whether it says of the work as a whole what a person finds met there, and at no one place: it quotes nothing."""
    if raw.quote or raw.kind is not PointKind.STRENGTH:
        return False
    read = next((one for one in assessment.criteria if one.criterion == raw.criterion), None)
    return read is not None and read.by_person and read.standing is Standing.MET and read.place is None


def dropped(raw: RawPoint, brief: DraftingTask, evidence: Sequence[Evidence]) -> Finding | None:
    """What is told of a point from which a label was taken that nothing bears."""
    unknown = labels_of(raw, brief, evidence).unknown
    if not unknown:
        return None
    return Finding("label-dropped", f"The model also named “{short(unknown[0])}”, which it was not given.")


def _source(piece: Evidence, text: str) -> Source:
    """Evidence as a source, with the words the point quotes from it, if any."""
    item = piece.item
    for start, end in quotations(text):
        if piece.kind in (SourceKind.CONTEXT, SourceKind.PEER) and (
            span := locate(text[start:end].rstrip(".,;!?"), item.text)
        ):
            where = (item.start + span[0], item.start + span[1])
            return Source(piece.kind, item.id, item.text[slice(*span)], *where, title=item.title, version=item.version)
    return Source(piece.kind, item.id, title=item.title, version=item.version)


def _band(
    raw: RawPoint,
    sources: Sequence[Source],
    cited: Sequence[Evidence],
    assessment: Assessment,
    readings: Sequence[ModelReading],
    language: str,
) -> Band:
    """High: three independent precedents or peers agree. Medium: a document, a judged criterion, or the model's own
    reading says so. Low: else, or the reading says otherwise.

    The comparison with judged work adds to what a point rests on. Where it speaks against the point, it takes the high
    band away, and more only where nothing else is for it: it must not outweigh who has read the text.
    """
    judgement = next((one for one in assessment.criteria if raw.criterion and one.criterion == raw.criterion), None)
    read = next((one.standing for one in readings if raw.criterion and one.criterion == raw.criterion), None)
    if read is not None and _against(raw.kind, read):
        return Band.LOW
    own = read is not None and read is not Standing.CANNOT_TELL
    documents = any(piece.kind is SourceKind.CONTEXT for piece in cited)
    if judgement and _against(raw.kind, judgement.standing):
        quoted = any(one.kind is SourceKind.CONTEXT and one.quote for one in sources)
        return Band.MEDIUM if own or quoted else Band.LOW
    agreeing = {
        piece.item.author or piece.item.document or piece.item.id for piece in cited if _agrees(raw, piece, language)
    }
    judged = judgement and judgement.standing is not Standing.CANNOT_TELL
    if len(agreeing) >= AGREEING:
        return Band.HIGH
    if judgement and judged and judgement.confidence >= CONFIDENT and judgement.agreeing >= AGREEING:
        return Band.HIGH
    return Band.MEDIUM if documents or judged or own else Band.LOW


def readings_of(raw: Sequence[RawReading], brief: DraftingTask) -> tuple[ModelReading, ...]:
    """The model's verdicts, one a criterion, with the places it quotes. A "met" that rests on no words of the text says
    nothing."""
    found: dict[str, ModelReading] = {}
    for one in raw:
        criterion = criterion_of(one.criterion, brief.challenge.criteria, brief.language)
        spans = [span for quote in one.quotes if (span := quotation(quote, brief.text))]
        bare = one.standing is Standing.MET and not spans
        standing = Standing.CANNOT_TELL if bare else one.standing
        if criterion:
            found.setdefault(criterion, ModelReading(criterion, standing, tuple(dict.fromkeys(spans)), one.cannot_tell))
    return tuple(found.values())


def against_own_reading(points: Sequence[Point], readings: Sequence[ModelReading]) -> tuple[Finding, ...]:
    """What is told of points by which the model contradicts what it read."""
    read = {one.criterion: one.standing for one in readings}
    told = "The model itself read this criterion otherwise. Hold it against the text."
    return tuple(
        Finding("against-reading", told, at)
        for at, point in enumerate(points)
        if (standing := read.get(point.criterion)) is not None and _against(point.kind, standing)
    )


def looked_at_again(point: Point, *, passed: bool | None, repaired: bool = False) -> Point:
    """The point with its band after the second look. One that it passed is at least of medium confidence, and high only
    with what it rested on before; one that was put right, or that nobody could look at, is never high."""
    if passed and not repaired:
        return replace(point, band=Band.MEDIUM) if point.band is Band.LOW else point
    return replace(point, band=Band.MEDIUM) if point.band is Band.HIGH else point


def _against(kind: PointKind, standing: Standing) -> bool:
    """Whether a comparison with judged work says the opposite of such a point."""
    if kind is PointKind.STRENGTH:
        return standing is Standing.NOT_YET
    return kind is PointKind.NEXT_STEP and standing is Standing.MET


def _agrees(raw: RawPoint, piece: Evidence, language: str) -> bool:
    past = piece.item.past
    if past is None or past.dismissed or (past.kind is PointKind.STRENGTH) != (raw.kind is PointKind.STRENGTH):
        return False
    if raw.criterion and past.criterion and raw.criterion != past.criterion:
        return False  # the same criterion alone is no agreement: everybody's work is read by the same criteria
    return max(alike(raw.text, past.text, language), alike(raw.quote, past.quote, language)) >= SAME_MATTER


def settled_by(
    point: Point, brief: DraftingTask, precedents: Sequence[Evidence], assessment: Assessment | None = None
) -> str:
    """Why a point like this one is not to come back, or "". Near-twins count (see `wording.TWINS`), and what says the
    same of nearly the same passage in other words. What the learner was told before may be said again where a person
    finds it still open in this version."""
    said = without_mention(point.text)
    turned_down: list[PastPoint] = [*brief.dismissed]
    turned_down += [piece.item.past for piece in precedents if piece.item.past and piece.item.past.dismissed]
    for past in turned_down:
        words = said if past.matter else point.text  # only these words: another clause before them makes them others
        if twins(words, past.text, brief.language) or _reworded(point, past, brief.language):
            return f"a facilitator dismissed one like it: {past.reason.rstrip('. ') or 'no reason was given'}"
    if _still_open(point, brief, assessment):
        return ""
    if any(twins(said, without_mention(told.text), brief.language) for told in brief.told):
        return "this learner was told so before"
    return ""


def _still_open(point: Point, brief: DraftingTask, assessment: Assessment | None) -> bool:
    """Whether an earlier version was asked for it, and a person reads this one as open on it."""
    asked = (
        {one.criterion for one in brief.earlier.points if one.kind is not PointKind.STRENGTH} if brief.earlier else ()
    )
    read = assessment.criteria if assessment and point.criterion in asked else ()
    return any(x.by_person and x.criterion == point.criterion and x.standing is not Standing.MET for x in read)


def _reworded(point: Point, past: PastPoint, language: str) -> bool:
    """Whether this says in other words what was dismissed: of nearly the same passage, by the same criterion, and again
    what is missing, or again what is good. How like the words are cannot tell: see `wording.SAME_MATTER`."""
    if not past.matter or point.criterion != past.criterion:
        return False
    if (point.kind is PointKind.STRENGTH) is not (past.kind is PointKind.STRENGTH):
        return False
    known = bool(point.criterion) or alike(point.text, past.text, language) >= SAME_MATTER
    return known and same_passage(point.quote, past.quote, language)


def renumbered(findings: Sequence[Finding], kept: Mapping[int, int]) -> list[Finding]:
    """Findings of the kept points, by their new places; findings on the draft as a whole stay."""
    return [
        Finding(one.code, one.message, None if one.point is None else kept[one.point], one.grave)
        for one in findings
        if one.point is None or one.point in kept
    ]
