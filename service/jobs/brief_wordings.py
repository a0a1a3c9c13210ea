"""A meeting brief put into better words by the organization's model: read in one transaction, thought about and asked
in none, kept in the one that ends the job. Whatever the model does, the brief stands as it was found."""

from __future__ import annotations

import secrets

from pipelines.briefs import Item, Reworded, may_go, most, reword
from pipelines.briefs.checks import Scene
from pipelines.ports import LanguageModel
from service.actions.briefs import meeting, wording
from service.actions.briefs.meeting import Prepared
from service.jobs import paying
from service.jobs.leases import keep, settle
from service.jobs.tools import Workshop
from service.store.tables import Job


def word(shop: Workshop, owner: str, job: Job) -> None:
    """Word the brief that was asked for, as it stands now."""
    with shop.sessions.reading() as session:
        begun = wording.begin(session, job.subject_id, job.generation)
    if begun is None:
        with shop.sessions.writing() as session:
            settle(session, shop, owner, job)
        return
    facts, names = begun
    seen = meeting.prepared(facts)
    local = shop.model is not None and shop.model.local
    offered = may_go(seen.items, seen.allows, local=local)
    made = _worded(shop, seen, offered, names, _model(shop, owner, job, offered))
    with shop.sessions.writing() as session:
        keep(session, shop, owner, job)
        cost = paying.book(session, shop, job, made.usage)
        wording.finish(
            session,
            job.subject_id,
            job.generation,
            made,
            seen.items,
            local=local,
            asked_for=len(offered),
            cost=cost,
            now=shop.now(),
        )
        settle(session, shop, owner, job)


def _model(shop: Workshop, owner: str, job: Job, offered: tuple[Item, ...]) -> LanguageModel | None:
    """With the money for it set aside, where there is something to ask it."""
    if shop.model is None or not offered:
        return shop.model
    with shop.sessions.writing() as session:
        keep(session, shop, owner, job)
        return paying.set_aside(session, shop, job, shop.model, most(shop.budget))


def _worded(
    shop: Workshop, seen: Prepared, offered: tuple[Item, ...], names: tuple[str, ...], model: LanguageModel | None
) -> Reworded:
    if model is None:
        return Reworded(reason=wording.NO_MODEL)
    challenge = seen.lens.challenge
    scene = Scene(seen.items, names, seen.made.language, f"{challenge.title}\n{challenge.prompt}")
    return reword(offered, scene, model, marker=secrets.token_hex(8), budget=shop.budget)
