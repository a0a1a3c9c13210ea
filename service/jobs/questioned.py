"""Documents compared with what people write: read in one transaction, thought about in none, kept in another."""

from __future__ import annotations

from dataclasses import replace

from pipelines.differing import Differing, Text, differing
from pipelines.ports import Embedder
from service.actions.questioned import find
from service.actions.questioned.find import Material
from service.jobs.leases import keep, settle
from service.jobs.tools import Workshop
from service.store.tables import Job


def look(shop: Workshop, owner: str, job: Job) -> None:
    """Find passages that work contradicts, in all documents of the organization."""
    with shop.sessions.reading() as session:
        material = find.gather(session, job.organization_id)
    found = compared(material, shop.embedder(job.organization_id))
    with shop.sessions.writing() as session:
        keep(session, shop, owner, job)
        find.finish(session, job.organization_id, found, now=shop.now())
        settle(session, shop, owner, job)


def compared(material: Material, embedder: Embedder) -> dict[str, tuple[Differing, ...]]:
    """What differs, by document. Passages were embedded for the index, so this embeds nothing anew."""
    if not material.papers or not material.work:
        return {}
    work = _embedded(material.work, material.indexed, embedder)
    return {
        paper.document: differing(_embedded(paper.passages, paper.indexed, embedder), work, paper.language)
        for paper in material.papers
    }


def _embedded(texts: tuple[Text, ...], indexed: tuple[str, ...], embedder: Embedder) -> list[Text]:
    vectors = embedder.embed(indexed)
    return [replace(text, vector=vector) for text, vector in zip(texts, vectors, strict=True)]
