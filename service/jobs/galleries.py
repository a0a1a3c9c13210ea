"""Galleries, from the wish to what a facilitator decides on: read, thought about with no transaction open, stored.

What is compared are the vectors that the index was made from, where they are remembered: a text's is the mean of its
passages', so that nothing is embedded that was not embedded before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines import galleries
from pipelines.approaches import ApproachWork
from pipelines.comparing import compare, placed
from pipelines.galleries import Because, ChosenGallery, GalleryChoice, GalleryReason
from pipelines.ports import Embedder
from pipelines.speaking import Speaking
from pipelines.texts.masking import as_written
from pipelines.texts.passages import cut
from pipelines.values import Standing
from service.actions.galleries import make as galleries_make
from service.actions.galleries import review
from service.actions.galleries.make import Chosen, GalleryMade, GalleryMaking
from service.domain.galleries import FEWEST, MOST
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.tables import Job

IN_PART = "Meets the task in part. There was not enough work that meets all of it."


def make(tools: JobTools, owner: str, job: Job) -> None:
    """The job `gallery`: choose, and leave it to a facilitator, or to the policy that one has set."""
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        making = galleries_make.begin(session, job.subject_id, job.generation, now=tools.now())
        if making is None:
            settle(session, tools, owner, job)
            return
    made = chosen(making, tools.embedder(job.organization_id))
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        galleries_make.finish(session, job.subject_id, job.generation, made, undo=tools.undo, now=tools.now())
        settle(session, tools, owner, job)


def again(tools: JobTools, owner: str, job: Job) -> None:
    """The job `gallery_again`: more work has come in on a challenge where some was lacking."""
    with tools.sessions.writing() as session:
        galleries_make.look_again(session, job.organization_id, job.subject_id, now=tools.now())
        settle(session, tools, owner, job)


def show(tools: JobTools, owner: str, job: Job) -> None:
    """The job `gallery_show`: the undo window has passed."""
    with tools.sessions.writing() as session:
        review.show_due(session, job.subject_id, now=tools.now())  # False: undone or withdrawn meanwhile
        settle(session, tools, owner, job)


def chosen(making: GalleryMaking, embedder: Embedder) -> GalleryMade:
    """Two or three works and a comparison; work that meets the task in part only where there is not enough other."""
    if not making.candidates:
        return GalleryMade(())
    vectors = vectors_of([making.own, *making.candidates], embedder)
    found = _choose(making, making.candidates, vectors)
    partly = {work.id for work in making.candidates if work.standing is Standing.PARTLY}
    if len(found.choices) < FEWEST and partly:
        wider = [replace(work, standing=None) if work.id in partly else work for work in making.candidates]
        found = _choose(making, wider, vectors)
    return _made(making, found, partly, embedder)


def _choose(
    making: GalleryMaking, candidates: Sequence[ApproachWork], vectors: Mapping[str, NDArray[np.float32]]
) -> ChosenGallery:
    return galleries.choose(
        making.own, candidates, vectors, wanted=MOST, criteria=making.criteria, language=making.language
    )


def vectors_of(works: Sequence[ApproachWork], embedder: Embedder) -> Mapping[str, NDArray[np.float32]]:
    """A unit vector a work: the mean of its passages'. A work that says nothing has none."""
    passages = {work.id: [passage.text for passage in cut(work.text, work.id)] for work in works}
    texts = list(dict.fromkeys(text for found in passages.values() for text in found))
    rows = dict(zip(texts, embedder.embed(texts), strict=True))
    means = {id_: np.mean([rows[text] for text in found], axis=0) for id_, found in passages.items() if found}
    return {
        id_: (mean / length).astype(np.float32) for id_, mean in means.items() if (length := np.linalg.norm(mean)) > 0
    }


def _made(making: GalleryMaking, found: ChosenGallery, partly: set[str], embedder: Embedder) -> GalleryMade:
    """With what to compare in them. Places are told in the texts as their authors wrote them."""
    works = {work.id: work for work in making.candidates}
    speaking = Speaking(making.criteria, making.quoted, embedder)
    own, *shown = (placed(work, speaking) for work in (making.own, *(works[one.work] for one in found.choices)))
    said = compare(own, shown, making.criteria, making.language)
    marks = {
        place.work: (as_written((place.start, place.end), making.hidden.get(place.work, ())),)
        for place in (said.places if said else ())
    }
    return GalleryMade(
        tuple(Chosen(one.work, _reasons(one, partly), marks.get(one.work, ())) for one in found.choices),
        said.text if said else "",
        marks.get(making.own.id, ()),
    )


def _reasons(choice: GalleryChoice, partly: set[str]) -> tuple[tuple[str, str], ...]:
    return tuple(_reason(one, choice.work in partly) for one in choice.reasons)


def _reason(one: Because, in_part: bool) -> tuple[str, str]:
    return ("in_part", IN_PART) if in_part and one.why is GalleryReason.UNJUDGED else (one.why.value, one.text)
