"""A meeting prepared while somebody waits: read in one transaction, thought about in none. And, as a job, put into
better words by the organization's model: read in one transaction, thought about and asked in none, kept in the one that
ends the job. Whatever the model does, the brief stands as it was found."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pipelines.briefs import BriefItem, Reworded, may_go, most, reword
from pipelines.briefs.checks import WordingScene
from pipelines.ports import LanguageModel
from service.actions.briefs import facts as briefs_facts
from service.actions.briefs import meeting, wording
from service.actions.briefs.meeting import Prepared
from service.actions.drafts import read_by_model
from service.domain.roles import Actor
from service.jobs import paying
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.session import Sessions
from service.store.tables import Job


def briefing(sessions: Sessions) -> Callable[..., Prepared]:
    """Prepares a meeting on a challenge, in a model's words where there are some that fit; asks no model. Raises as
    `briefs_facts.gather`."""

    def prepare(actor: Actor, challenge: str, *, group: str | None) -> Prepared:
        with sessions.reading() as session:
            facts = briefs_facts.gather(session, actor, challenge, group=group)
            stored = wording.stored(session, facts.lens)
        return meeting.prepared(facts, stored)

    return prepare


def word(tools: JobTools, owner: str, job: Job) -> None:
    """Word the brief that was asked for, as it stands now."""
    with tools.sessions.reading() as session:
        begun = wording.begin(session, job.subject_id, job.generation)
    if begun is None:
        with tools.sessions.writing() as session:
            settle(session, tools, owner, job)
        return
    facts, names = begun
    seen = meeting.prepared(facts)
    local = tools.model is not None and tools.model.local
    offered = may_go(seen.items, seen.allows, local=local)
    model = _model(tools, owner, job, offered)
    made = _worded(tools, seen, offered, names, model)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        cost = paying.book(session, tools, job, made.usage)
        if sent := paying.asked(model):
            works = {work for item in offered for work in item.rests}
            told = read_by_model.told(job.subject_id, sent.name, local=sent.local)
            read_by_model.note_drafts(session, works, told, now=tools.now())
        wording.finish(
            session,
            job.subject_id,
            job.generation,
            made,
            seen.items,
            local=local,
            asked_for=len(offered),
            cost=cost,
            now=tools.now(),
        )
        settle(session, tools, owner, job)


def _model(tools: JobTools, owner: str, job: Job, offered: tuple[BriefItem, ...]) -> LanguageModel | None:
    """With the money for it set aside, where there is something to ask it."""
    if tools.model is None or not offered:
        return tools.model
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        return paying.set_aside(session, tools, job, tools.model, most(tools.budget))


def _worded(
    tools: JobTools, seen: Prepared, offered: tuple[BriefItem, ...], names: tuple[str, ...], model: LanguageModel | None
) -> Reworded:
    if model is None:
        return Reworded(reason=wording.NO_MODEL)
    challenge = seen.lens.challenge
    scene = WordingScene(seen.items, names, seen.made.language, f"{challenge.title}\n{challenge.prompt}")
    return reword(offered, scene, model, marker=secrets.token_hex(8), budget=tools.budget)
