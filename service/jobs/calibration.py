"""Calibration: criteria are looked at, pieces are chosen, and what waited for them goes on. Read in one transaction,
thought about in none, kept in another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.calibration import CalibrationWork, choose
from pipelines.criteria_check import look
from pipelines.ports import Embedder
from pipelines.texts.language import count_words
from pipelines.texts.passages import cut
from pipelines.values import Shelf, ShelfItem
from service.actions.calibration import choosing, criteria, going_on
from service.actions.calibration.choosing import WorkToChoose
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.tables import Job

PASSAGES = 12
"""Of each work, evenly: what it says as a whole is in these."""


def look_at_criteria(tools: JobTools, owner: str, job: Job) -> None:
    """See what in the criteria may be worth a second thought."""
    with tools.sessions.reading() as session:
        asked = criteria.begin(session, job.subject_id)
    found = look(asked.challenge, asked.works, tools.embedder(job.organization_id)) if asked else ()
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        if asked:
            criteria.keep(session, asked, found, now=tools.now())
        settle(session, tools, owner, job)


def calibrate(tools: JobTools, owner: str, job: Job) -> None:
    """Choose pieces where some are wanted; and where none is any more, have what waits drafted."""
    with tools.sessions.reading() as session:
        asked = choosing.begin(session, job.subject_id)
    works = measured(asked.works, tools.embedder(job.organization_id)) if asked else ()
    chosen = choose(works, asked.wanted, asked.kept) if asked else ()
    more = True
    while more:
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            if asked and chosen:
                choosing.keep(session, job.subject_id, asked, chosen, now=tools.now())
            more = going_on.go_on(session, job.subject_id, now=tools.now())
            if not more:
                settle(session, tools, owner, job)
        chosen = ()


def measured(works: Sequence[WorkToChoose], embedder: Embedder) -> tuple[CalibrationWork, ...]:
    """What the works say, as vectors. Their passages were embedded for the index, so this embeds next to nothing."""
    passages = [_passages(work) for work in works]
    vectors = iter(embedder.embed([text for texts in passages for text in texts]))
    said = [np.sum([next(vectors) for _ in texts], axis=0) for texts in passages]
    return tuple(
        CalibrationWork(work.draft, count_words(work.text), vector / max(float(np.linalg.norm(vector)), 1e-9))
        for work, vector in zip(works, said, strict=True)
    )


def _passages(work: WorkToChoose) -> list[str]:
    """As they are embedded for the index."""
    found = cut(work.text, work.revision)
    step = max(1, -(-len(found) // PASSAGES))
    return [ShelfItem("", Shelf.WORK, one.text, work.revision, heading=one.heading).indexed for one in found[::step]]
