"""Documents compared with what people write: read in one transaction, thought about in none, kept in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from pipelines.differing import Differing, DifferingText, against, heard
from pipelines.ports import Embedder
from service.actions.questioned import make
from service.actions.questioned.make import QuestionedMaterial
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.tables import Job


def find_questioned(tools: JobTools, owner: str, job: Job) -> None:
    """Find passages that work contradicts, in the documents of the organization whose turn it is."""
    with tools.sessions.reading() as session:
        material = make.gather(session, job.organization_id)
    found = compared(material, tools.embedder(job.organization_id))
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        make.finish(session, job.organization_id, found, now=tools.now())
        settle(session, tools, owner, job)


def compared(material: QuestionedMaterial, embedder: Embedder) -> dict[str, tuple[Differing, ...]]:
    """What differs, by document. Passages were embedded for the index, so this embeds nothing anew; all vectors are
    asked for at once, and work is made ready once for each language."""
    if not material.papers or not material.work:
        return {paper.document: () for paper in material.papers}
    papers = [passage for paper in material.papers for passage in paper.passages]
    indexed = [said for paper in material.papers for said in paper.indexed]
    texts = _embedded([*material.work, *papers], [*material.indexed, *indexed], embedder)
    work, rest = texts[: len(material.work)], iter(texts[len(material.work) :])
    ready = {language: heard(work, language) for language in {paper.language for paper in material.papers}}
    return {
        paper.document: against([*islice(rest, len(paper.passages))], ready[paper.language])
        for paper in material.papers
    }


def _embedded(texts: Sequence[DifferingText], indexed: Sequence[str], embedder: Embedder) -> list[DifferingText]:
    vectors = embedder.embed(indexed)
    return [replace(text, vector=vector) for text, vector in zip(texts, vectors, strict=True)]
