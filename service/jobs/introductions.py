"""Introductions and requests, thought of by machines: read in one transaction, thought about in none, kept in the one
that ends the job, where everything that may have changed meanwhile is read anew."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from pipelines.answering import answered, near_enough
from pipelines.people.commons import Commons
from pipelines.people.matching import MatchWish, match, ranked, worded
from pipelines.people.ranking import IntroductionOutcome, weights
from pipelines.people.reasons import Circle
from pipelines.people.saying import introduced_through, wording
from pipelines.people.values import Match, MeetingReason, ReasonKind
from pipelines.ports import Embedder
from pipelines.retrieval import Caps, find, parts_of
from pipelines.values import Evidence, Shelf
from service.actions.introductions import answers, suggest, works
from service.actions.introductions import circle as introductions_circle
from service.actions.introductions.circle import MatchingScene
from service.actions.introductions.suggest import IntroductionOffer
from service.actions.introductions.works import Known
from service.actions.requests import found as requests_found
from service.actions.requests import make as requests_find
from service.actions.requests.make import RequestFinds, RequestSearch
from service.domain.requests.need import RequestNeed, clusters
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store import judged_places
from service.store.tables import Job

EACH: Final = 2
"""Matches of one person that are offered at a time."""
EXPERTS: Final = 2
AMONG: Final = 40
"""Matches that are looked through for experts."""
LEAST: Final = 0.3
"""Cosine below which nobody's work is said to speak to a request: saying that nothing was found is a good answer."""
MOST_FOUND: Final = 3
MANY: Final = 10_000
"""Works of an organization from which what is kept of them is taken from the collector's care when it is first made: it
holds no cycles and stays, and to look through it takes half a second, once for every job among 100,000 works."""


def introduce(tools: JobTools, owner: str, job: Job) -> None:
    """Suggest introductions for a person, a group or the organization."""
    organization = job.organization_id
    with tools.sessions.reading() as session:
        people = suggest.people_of(session, organization, job.subject_id)
        scene = _scene(tools, session, organization)
    offers = matches(scene, [one for one in people if one in scene.profiles], _commons(tools, scene))
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        suggest.keep(session, organization, offers, now=tools.now())
        settle(session, tools, owner, job)


def _scene(tools: JobTools, session: Session, organization: str) -> MatchingScene:
    """As it stands now; what is known from before only spares reading it again."""
    state = tools.commons.state(organization)
    known = state if isinstance(state, Known) else None
    return introductions_circle.gather(session, organization, now=tools.now(), known=known)


def _commons(tools: JobTools, scene: MatchingScene) -> Commons:
    """The scene's works ready to be compared. Texts are read when they are wanted, in short transactions."""

    def read(ids: Collection[str]) -> Mapping[str, str]:
        with tools.sessions.reading() as session:
            return works.texts(session, scene.organization, ids)

    def where(ids: Collection[str]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        with tools.sessions.reading() as session:
            return {id_: one.places for id_, one in judged_places.at(session, ids).items()}

    embedder, cold = tools.embedder(scene.organization), tools.commons.state(scene.organization) is None
    found = tools.commons.commons(scene.organization, scene.works, embedder, read, scene.known, where)
    if cold and len(scene.works) >= MANY:
        gc.collect()
        gc.freeze()
    return found


def matches(scene: MatchingScene, people: Iterable[str], commons: Commons) -> list[IntroductionOffer]:
    """The best matches of each of these people, as they would be put to a facilitator. `commons`: of the scene."""
    circle, by = _ready(scene)
    found = []
    for person in people:
        asked = MatchWish(EACH, scene.limit.count, scene.language, hidden=scene.hidden(person))
        for one in match(person, circle, commons, scene.challenges, asked, by):
            found.append(_offer(scene, one, one.reasons))
    return found


def _ready(scene: MatchingScene) -> tuple[Circle, dict[str, float]]:
    return Circle.of(scene.profiles), weights([IntroductionOutcome(of, useful) for of, useful in scene.outcomes])


def _offer(
    scene: MatchingScene, found: Match, reasons: Sequence[MeetingReason], request: str | None = None
) -> IntroductionOffer:
    """The match in words that quote nobody's work: passages of the reason that is told stand beside, and are read again
    when they are shown. Those of other reasons are of other matters, and are left out."""
    first, second = scene.profiles[found.first], scene.profiles[found.second]
    bare = replace(reasons[0], passages=())
    names = {profile.person: profile.name for profile in scene.profiles.values()}
    said = wording(bare, first, second, names, scene.challenges, scene.language)
    kept = (reasons[0], *(replace(one, passages=()) for one in reasons[1:]))
    return IntroductionOffer(replace(found, reasons=kept, wording=said), introduced_through(bare), request)


def ask(tools: JobTools, owner: str, job: Job) -> None:
    """Ask both, once the undo window has passed."""
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        answers.ask_due(session, job.subject_id, now=tools.now())  # False: undone or ended meanwhile
        settle(session, tools, owner, job)


def request(tools: JobTools, owner: str, job: Job) -> None:
    """Look for people, work and passages that speak to a request, and for others who ask for the same."""
    with tools.sessions.reading() as session:
        looking = requests_find.begin(session, job.subject_id, now=tools.now())
        scene = _scene(tools, session, job.organization_id) if looking else None
    if looking is None or scene is None:
        with tools.sessions.writing() as session:
            settle(session, tools, owner, job)
        return
    embedder = tools.embedder(job.organization_id)
    found = _passages(tools, looking, embedder)
    offers = experts(scene, looking, _commons(tools, scene))
    same = _clusters(looking, embedder)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        if requests_find.finish(session, looking, found, same, now=tools.now()):
            suggest.keep(session, job.organization_id, offers, now=tools.now())
        settle(session, tools, owner, job)


def show_found(tools: JobTools, owner: str, job: Job) -> None:
    """The job `found_show`: the undo window has passed."""
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        requests_found.show_due(session, job.subject_id, now=tools.now())  # False: undone or kept back meanwhile
        settle(session, tools, owner, job)


def _passages(tools: JobTools, looking: RequestSearch, embedder: Embedder) -> RequestFinds:
    asked = parts_of(looking.text, embedder)
    one_each = Caps(per_document=1, per_author=1)
    work = [
        one
        for scope in looking.work
        for one in find(Shelf.WORK, asked[:1], scope, tools.shelves, embedder, limit=2, caps=one_each)
    ]
    context = find(Shelf.CONTEXT, asked, looking.context, tools.shelves, embedder, limit=MOST_FOUND, caps=Caps())
    told = answered(context, embedder)
    return RequestFinds(tuple(_nearest(work)), tuple(near_enough(context, embedder) if told else context), told)


def _nearest(found: Iterable[Evidence]) -> list[Evidence]:
    return sorted((one for one in found if one.dense >= LEAST), key=lambda one: (-one.dense, one.item.id))[:MOST_FOUND]


def experts(scene: MatchingScene, looking: RequestSearch, commons: Commons) -> list[IntroductionOffer]:
    """People whose work is far nearer than most to what is asked for, where the one who asks may be introduced."""
    if looking.person not in scene.profiles:
        return []
    circle, by = _ready(scene)
    hidden = scene.hidden(looking.person)
    asked = MatchWish(AMONG, scene.limit.count, scene.language, request=looking.text, hidden=hidden)
    found = [
        (reason.strength, one)
        for one in ranked(looking.person, circle, commons, asked, by)[:AMONG]
        for reason in one.reasons
        if reason.kind is ReasonKind.EXPERT
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].facts.second.person))
    offers = []
    for _, one in found[:EXPERTS]:
        told = worded(one, circle, commons, scene.challenges, asked)
        first = sorted(told.reasons, key=lambda reason: reason.kind is not ReasonKind.EXPERT)  # the others as they were
        offers.append(_offer(scene, told, first, looking.id))
    return offers


def _clusters(looking: RequestSearch, embedder: Embedder) -> dict[str, str]:
    vectors = embedder.embed(list(looking.others.values()))
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    alike = (vectors / lengths) @ (vectors / lengths).T
    return clusters([RequestNeed(id_, alike[at, :at].tolist()) for at, id_ in enumerate(looking.others)])
