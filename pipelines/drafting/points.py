"""From a model's raw points to points at a place, with sources and a band of confidence. May not call a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.drafting.parsing import RawPoint
from pipelines.texts.language import SAME_MATTER, alike, quotations, same_passage, twins
from pipelines.texts.quoting import locate
from pipelines.values import (
    Assessment,
    Band,
    DraftingTask,
    Evidence,
    Finding,
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


def place(raw: RawPoint, brief: DraftingTask, evidence: Sequence[Evidence], assessment: Assessment) -> Point | Finding:
    """The point at its place, or the grave finding that keeps it from having one."""
    span = locate(raw.quote, brief.text)
    if span is None:
        wrong = f"the quotation “{_short(raw.quote)}” is not in the submission" if raw.quote else "it has no quotation"
        return Finding("quote-not-there", f"This point has no place: {wrong}.", None, grave=True)
    by_label = {piece.label: piece for piece in evidence}
    criteria = {criterion.id: criterion for criterion in brief.challenge.criteria}
    labels = list(dict.fromkeys(label.strip(" []") for label in [*raw.sources, raw.criterion] if label.strip(" []")))
    unknown = [x for x in labels if x not in by_label and x not in criteria and x.lower() not in _THE_SUBMISSION]
    if unknown:
        return Finding("source-unknown", f"There is no evidence or criterion “{_short(unknown[0])}”.", None, grave=True)
    cited = [by_label[label] for label in labels if label in by_label]
    sources = [Source(SourceKind.SUBMISSION, brief.submission, brief.text[slice(*span)], *span)]
    sources += [
        Source(SourceKind.CRITERION, x, title=criteria[x].text) for x in labels if x in criteria and x not in by_label
    ]
    sources += [_source(piece, raw.text) for piece in cited]
    criterion = raw.criterion if raw.criterion in criteria else ""
    return Point(
        kind=raw.kind,
        text=raw.text,
        quote=brief.text[slice(*span)],
        start=span[0],
        end=span[1],
        sources=tuple(sources),
        criterion=criterion,
        band=_band(raw, criterion, cited, assessment, brief.language),
    )


_THE_SUBMISSION = frozenset({"submission", "the submission", "s", "text", "none"})


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


def _band(raw: RawPoint, criterion: str, cited: Sequence[Evidence], assessment: Assessment, language: str) -> Band:
    """High: three independent precedents or peers agree. Medium: a context passage or a judged criterion. Low: else."""
    judgement = next((one for one in assessment.criteria if criterion and one.criterion == criterion), None)
    if judgement and _against(raw.kind, judgement.standing):
        return Band.LOW
    agreeing = {
        piece.item.author or piece.item.document or piece.item.id for piece in cited if _agrees(raw, piece, language)
    }
    judged = judgement and judgement.standing is not Standing.CANNOT_TELL
    if len(agreeing) >= AGREEING:
        return Band.HIGH
    if judgement and judged and judgement.confidence >= CONFIDENT and judgement.agreeing >= AGREEING:
        return Band.HIGH
    has_context = any(piece.kind is SourceKind.CONTEXT for piece in cited)
    return Band.MEDIUM if has_context or judged else Band.LOW


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


def settled_by(point: Point, brief: DraftingTask, precedents: Sequence[Evidence]) -> str:
    """Why a point like this one is not to come back, or "". Near-twins count (see `wording.TWINS`), and what says the
    same of nearly the same passage in other words."""
    turned_down: list[PastPoint] = [*brief.dismissed]
    turned_down += [piece.item.past for piece in precedents if piece.item.past and piece.item.past.dismissed]
    for past in turned_down:
        if twins(point.text, past.text, brief.language) or _reworded(point, past, brief.language):
            return f"a facilitator dismissed one like it: {past.reason.rstrip('. ') or 'no reason was given'}"
    if any(twins(point.text, told, brief.language) for told in brief.told):
        return "this learner was told so before"
    return ""


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


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"
