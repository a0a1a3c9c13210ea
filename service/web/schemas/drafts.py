"""Drafts as a facilitator and a platform read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from pipelines.values import Band, PointKind, SourceKind, Standing
from service.actions.desk.in_full import DraftInFull
from service.actions.drafts.outward import DraftSeen
from service.domain.drafts import DraftState
from service.store.tables import PointRow, PointState, SourceRow
from service.web.fields import ResponseBody
from service.web.schemas.decisions import POINT_KIND, STANDING
from service.web.schemas.memory import PointAdviceShown


class DraftPointLine(ResponseBody):
    """A point by its id, without anybody's words."""

    id: str = Field(description="The point's id.")
    kind: PointKind = Field(description=POINT_KIND)
    state: PointState = Field(description="`proposed`, `accepted`, `edited`, `added` or `dismissed`.")


class DraftShown(ResponseBody):
    """A draft, without anybody's words."""

    id: str = Field(description="The draft's id.")
    version: int = Field(description="Grows with every change; the ETag, for If-Match, is this in quotation marks.")
    generation: int = Field(description="Grows each time it is drafted anew.")
    state: DraftState = Field(description="Where it is.")
    reason_code: str = Field(description="Why, for programs; empty where there is nothing to say.")
    reason: str = Field(description="Why, in words.")
    submission: str = Field(description="Id of the submission.")
    revision: int = Field(description="Number of the revision it is about.")
    challenge: str = Field(description="Id of the challenge.")
    group: str = Field(description="Id of the group in which it is reviewed.")
    person: str = Field(description="Id of the author.")
    band: Band | None = Field(description="Confidence: `high`, `medium` or `low`; null where a person writes.")
    stale: bool = Field(description="The challenge, or a document that it quotes, has changed since it was drafted.")
    points: list[DraftPointLine] = Field(description="Its points, dismissed ones too, in order.")
    text_hash: str = Field(description="Hash of what would be approved now: send it as `seen`.")
    possible: list[str] = Field(description="What you may do with it now.")
    claimed_by: str | None = Field(description="Id of the facilitator who is at it.")
    claimed_until: datetime | None = Field(description="Until when it is kept for that facilitator.")
    created_at: datetime = Field(description="When it came to be.")
    ready_at: datetime | None = Field(description="When it came to a facilitator.")
    changed_at: datetime = Field(description="When it changed last.")

    @classmethod
    def of(cls, seen: DraftSeen) -> DraftShown:
        return cls.mirror(seen.row, **_beside(seen))


class DraftDecided(DraftShown):
    """A draft as it is after a decision, and what that decision is at odds with. Nothing of it is in the way."""

    alerts: list[str] = Field(
        description="Ids of open alerts: opposite decisions on passages nearly identical to the ones here."
    )

    @classmethod
    def at(cls, seen: DraftSeen, alerts: Sequence[str]) -> DraftDecided:
        return cls.mirror(seen.row, **_beside(seen), alerts=alerts)


class DraftSourceShown(ResponseBody):
    """What a point rests on."""

    kind: SourceKind = Field(description="`submission`, `criterion`, `context`, `peer` or `precedent`.")
    id: str = Field(validation_alias="ref_id", description="Id of the passage, criterion or point.")
    title: str = Field(description="Its title; empty where it is no longer shared.")
    quote: str = Field(description="Its words, verbatim; empty where it is no longer shared.")
    start: int | None = Field(description="Where the quotation begins in its text, in characters.")
    end: int | None = Field(description="Where it ends, exclusive.")
    version: int | None = Field(description="The version of the document it is from.")
    shared: bool = Field(description="False: it is no longer shared, and the point should not stand on it.")


class DraftPointShown(DraftPointLine):
    """One point, with what it rests on and what was said of it."""

    criterion: str = Field(description="Key of the criterion, or empty.")
    text: str = Field(description="What it says now.")
    drafted: str = Field(description="What the machine wrote; empty for a person's own point.")
    quote: str = Field(description="The place in the submission, verbatim.")
    start: int = Field(description="Where the place begins, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    band: Band | None = Field(description="Confidence; null for a person's own point.")
    reason_code: str = Field(description="Why it was dismissed, for programs.")
    reason: str = Field(description="Why it was dismissed, in words.")
    decided_by: str | None = Field(description="Id of the facilitator who decided on it.")
    decided_at: datetime | None = Field(description="When that was.")
    sources: list[DraftSourceShown] = Field(description="What it rests on.")
    advice: list[PointAdviceShown] = Field(
        description="What could be better in a person's own or edited words; nothing of it stands in the way."
    )


class DraftFindingShown(ResponseBody):
    """What verification says of a point, or of the draft as a whole; and what was decided elsewhere on the same:
    `dismissed-elsewhere`, `opposite-decision`."""

    code: str = Field(description="What kind of finding, for programs.")
    message: str = Field(description="What was found.")
    point: str | None = Field(description="Id of the point; null for the draft as a whole.")
    alert: str | None = Field(default=None, description="Id of the alert, of an opposite decision.")
    alert_version: int | None = Field(default=None, description="Its version, to settle it by.")


class DraftEvidenceShown(ResponseBody):
    """What was found for the submission, and why; ids and numbers only."""

    label: str = Field(description="Its name in the prompt: E1, E2 …")
    id: str = Field(description="Id of the passage or point.")
    shelf: str = Field(description="`work`, `context` or `precedents`.")
    dense: float = Field(description="Cosine of the embeddings.")
    lexical: float = Field(description="Score by words (BM25).")
    fused: float = Field(description="Sum of the two as z-scores among the candidates.")


class DraftPromptShown(ResponseBody):
    """What the model was sent, exactly."""

    name: str = Field(validation_alias="prompt_name", description="Name of the prompt; empty where no model was asked.")
    version: int | None = Field(validation_alias="prompt_version", description="Its version.")
    sha: str = Field(validation_alias="prompt_sha", description="sha256 of the prompt's file.")
    rendered: str = Field(
        description="What the model read, in full; empty where no model was asked, or where it holds text that is no "
        "longer shared."
    )


class SheetPlaceShown(ResponseBody):
    """A passage of the work that speaks of a criterion."""

    start: int = Field(description="Where it begins in the submission's text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    quote: str = Field(description="Its words.")
    near: float = Field(description="How near it is to what the criterion asks: a cosine.")


class CriterionReadingShown(ResponseBody):
    """How a person reads the work on a criterion."""

    standing: Standing = Field(description="`met`, `partly` or `not_yet`.")
    start: int | None = Field(description="Where that shows, in characters; null for nowhere.")
    end: int | None = Field(description="Where it ends, exclusive.")
    quote: str = Field(description="The words there; empty for nowhere.")
    person: str | None = Field(description="Id of the facilitator who read it so.")
    read_at: datetime = Field(description="When that was.")


class TrackRecordShown(ResponseBody):
    """How the comparison did when it said so of works that people had judged, each read as if it had not been."""

    compared: int = Field(description="Judged works on this criterion.")
    said: int = Field(description="Of how many it said the same.")
    right: int = Field(description="In how many of these it was right.")


class SaidBeforeShown(ResponseBody):
    """A point that was released on an earlier version of the work."""

    kind: PointKind = Field(description="What sort of point it was.")
    text: str = Field(description="What it said.")
    became: str = Field(
        description="What became of it: `taken_up` (words of it were newly written), or its place is `changed`, "
        "`unchanged`, unchanged with a sentence `added` beside it, `gone`; or `cannot_tell`."
    )


class CriterionLineShown(ResponseBody):
    """One criterion of the evidence sheet: what is found on it, what the machine says, and what a person read."""

    criterion: str = Field(description="Key of the criterion.")
    text: str = Field(description="What it asks for.")
    question: str = Field(description="What a facilitator asks when it is not evident.")
    places: list[SheetPlaceShown] = Field(description="Passages that speak most to it; none: nowhere found.")
    sources: list[OpenedSourceShown] = Field(
        description="The organization's line on it, and points decided on passages like these."
    )
    machine: Standing | None = Field(
        description="How the machine says that it stands; null where it has not shown that it can tell."
    )
    record: TrackRecordShown | None = Field(description="What entitles the machine to say so.")
    reading: CriterionReadingShown | None = Field(description="How a person reads it; null where nobody did.")
    differs: bool = Field(description="The person and the machine say otherwise.")
    before: list[SaidBeforeShown] = Field(description="What was released on it of the version before.")


class EvidenceSheetShown(ResponseBody):
    """A draft's evidence sheet, criterion by criterion."""

    draft: str = Field(description="The draft's id.")
    version: int = Field(description="The version that was read: the ETag.")
    state: DraftState = Field(description="Where the draft is.")
    readings: list[CriterionLineShown] = Field(description="One for each criterion, in the challenge's order.")


class OpenedSourceShown(ResponseBody):
    """A source with its words."""

    kind: SourceKind = Field(description="`context` or `precedent`.")
    id: str = Field(description="Id of the passage or point.")
    title: str = Field(description="The document's title, or what the point said.")
    passage: str = Field(description="The document's line, or the words that the point was about.")
    version: int | None = Field(description="The document's version.")
    who: str = Field(description="Who decided on the point, by name.")


class DraftPassShown(ResponseBody):
    """One pass of the model over this draft."""

    name: str = Field(description="`draft`, or `critique`: the second look at each point.")
    version: int = Field(description="Version of the pass's prompt.")
    calls: int = Field(description="Calls made.")
    prompt_tokens: int = Field(description="Tokens sent.")
    completion_tokens: int = Field(description="Tokens answered.")
    seconds: float = Field(description="How long was waited for answers.")
    trouble: str = Field(description="What was wrong, for people; empty where all was well.")


class DraftUsageShown(ResponseBody):
    """What the draft cost, over all its calls."""

    prompt_tokens: int = Field(description="Tokens sent.")
    completion_tokens: int = Field(description="Tokens answered.")
    calls: int = Field(validation_alias="model_calls", description="Calls made.")
    cost: int = Field(description="What that cost, in millionths of the currency that the operator's prices are in.")
    passes: list[DraftPassShown] = Field(description="The model's passes over the draft as it stands, in order.")


class DraftDetail(DraftShown):
    """A draft with all that a facilitator needs to decide. Of a submission that was taken back no words are shown."""

    text: str = Field(description="The submission's text, to which places refer.")
    summary: str = Field(description="The whole in one line.")
    language: str = Field(description="The language of the feedback.")
    instruction: str = Field(description="What a facilitator asked for when having it drafted anew.")
    standing: Standing | None = Field(description=f"The facilitator's judgement: {STANDING}")
    score: float | None = Field(description="The facilitator's score: a share of full marks.")
    judgements: dict[str, Standing] = Field(description="The facilitator's judgement on each criterion, by key.")
    assessment: dict[str, Any] = Field(
        description="The machine's reading; `abstained` says not to rely on it. `readings` is how a language model "
        "read each criterion before it wrote."
    )
    detail: list[DraftPointShown] = Field(description="The same points as `points`, in full.")
    findings: list[DraftFindingShown] = Field(description="What verification says.")
    evidence: list[DraftEvidenceShown] = Field(description="What was found for it.")
    model: str = Field(description="Who drafted it: a model, or rules; empty for a person.")
    prompt: DraftPromptShown = Field(description="What the model was sent.")
    usage: DraftUsageShown = Field(description="What it cost.")

    @classmethod
    def of_all(cls, full: DraftInFull) -> DraftDetail:
        row = full.seen.row
        return cls.mirror(
            row,
            **_beside(full.seen),
            text=full.text,
            detail=[_point(full, point) for point in full.points],
            findings=_findings(full),
            prompt=DraftPromptShown.mirror(row, rendered=full.prompt),
            usage=row,
        )


def _beside(seen: DraftSeen) -> dict[str, Any]:
    """What is not on the row itself, or is there in more generations than this one."""
    row = seen.row
    names = ("submission", "revision", "challenge", "group", "person", "text_hash", "possible", "claimed_by")
    return {
        **{name: getattr(seen, name) for name in names},
        "points": [point for point in row.points if point.generation == row.generation],
    }


def _findings(full: DraftInFull) -> list[DraftFindingShown]:
    row = full.seen.row
    kept = [
        DraftFindingShown(code=f.code, message=f.message, point=f.point_id)
        for f in row.findings
        if f.generation == row.generation
    ]
    marks = (DraftFindingShown.mirror(mark, alert=mark.alert or None) for mark in full.marks)
    return [*kept, *marks]


def _point(full: DraftInFull, point: PointRow) -> DraftPointShown:
    return DraftPointShown.mirror(
        point,
        decided_by=full.people.get(point.decided_by or ""),
        sources=[_source(source, shared=source.ref_id not in full.gone) for source in point.sources],
        advice=full.advice.get(point.id, ()),
    )


def _source(row: SourceRow, *, shared: bool) -> DraftSourceShown:
    return DraftSourceShown.mirror(row, shared=shared, **({} if shared else {"title": "", "quote": ""}))
