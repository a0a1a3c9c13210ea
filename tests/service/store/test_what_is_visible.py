"""One rule says what may be read: the Library, the index and the memory of decisions agree on every case, on both
databases."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pipelines.values import AI, Shelf, SourceKind
from service.actions.memory import decided
from service.domain.drafts import DraftState
from service.domain.visibility import ShowWork
from service.jobs.indexed import wanted
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import Challenge, PointState, Submission
from service.store.visible import vanished
from tests.service.store.world import NOW, World

TEXT = "We visit each other."


@dataclass(frozen=True)
class Work:
    """A text and what its author allows. `read`: by machines; `seen`: by peers."""

    name: str
    read: bool
    seen: bool
    show: ShowWork = ShowWork.WITH_NAME
    ai: AI = AI.ANY
    own_ai: AI = AI.ANY
    withdrawn: bool = False


@dataclass(frozen=True)
class Said:
    """A point on it and its draft. `counts`: it is a decision; `matches`: and can be found by its passage."""

    name: str
    counts: bool
    matches: bool
    state: PointState
    draft: DraftState
    generation: int = 1
    quote: str = "each other"


WORKS = (
    Work("shared", read=True, seen=True),
    Work("without a name", read=True, seen=True, show=ShowWork.WITHOUT_NAME),
    Work("machines here only", read=True, seen=True, ai=AI.LOCAL),
    Work("not shown to peers", read=True, seen=False, show=ShowWork.NO),
    Work("no machine reads the author", read=False, seen=True, ai=AI.NONE),
    Work("no machine reads this text", read=False, seen=True, own_ai=AI.NONE),
    Work("taken back", read=False, seen=False, withdrawn=True),
)
SAID = (
    Said("accepted and approved", True, True, PointState.ACCEPTED, DraftState.APPROVED),
    Said("edited and released", True, True, PointState.EDITED, DraftState.RELEASED),
    Said("added and released", True, True, PointState.ADDED, DraftState.RELEASED),
    Said("accepted, not approved", False, False, PointState.ACCEPTED, DraftState.READY),
    Said("proposed", False, False, PointState.PROPOSED, DraftState.READY),
    Said("dismissed", True, True, PointState.DISMISSED, DraftState.READY),
    Said("of an earlier generation", False, False, PointState.ACCEPTED, DraftState.RELEASED, generation=2),
    Said("dismissed in an earlier generation", True, True, PointState.DISMISSED, DraftState.RELEASED, generation=2),
    Said("about no passage", True, False, PointState.ACCEPTED, DraftState.RELEASED, quote=""),
)
"""`generation` is the draft's; the point is of the first."""


def a_work(world: World, work: Work, author: str = "amara") -> str:
    person = world.person(author, show=work.show, ai=work.ai)
    revision = world.revision(world.submission(f"s-{author}", person), TEXT, ai=work.own_ai)
    if work.withdrawn:
        with world.changing(Submission, world.submission_of(revision)) as row:
            row.withdrawn_at = NOW
    return revision


def a_point(world: World, work: Work, said: Said) -> str:
    draft = world.draft(a_work(world, work, said.name), said.draft, generation=said.generation)
    return world.point(draft, said.state, quote=said.quote)


@pytest.mark.parametrize("work", WORKS, ids=lambda one: one.name)
def test_library_index_and_pages_agree_on_whose_work_may_be_read_and_shown(sessions: Sessions, work: Work) -> None:
    world = World(sessions)
    revision = a_work(world, work)
    place = f"{revision}@0-5"
    shown = [item.text for item in SqlLibrary(sessions).read(Shelf.WORK, world.scope())]
    assert shown == ([TEXT] if work.read and work.seen else [])
    with sessions.reading() as session:
        assert bool(wanted(session, world.organization, [revision])[revision].owner) is work.read
        assert vanished(session, [(SourceKind.PEER, place)]) == (set() if work.seen else {place})


@pytest.mark.parametrize("work", WORKS, ids=lambda one: one.name)
def test_library_index_and_memory_agree_on_which_decisions_count(sessions: Sessions, work: Work) -> None:
    world = World(sessions)
    points = {said: a_point(world, work, said) for said in SAID}
    precedents = {item.id for item in SqlLibrary(sessions).read(Shelf.PRECEDENTS, world.scope())}
    with sessions.reading() as session:
        indexed = wanted(session, world.organization, list(points.values()))
        remembered = {one.said.point for one in decided.decided(session, session.get_one(Challenge, world.challenge))}
    found = {said: (id_ in precedents, bool(indexed[id_].owner), id_ in remembered) for said, id_ in points.items()}
    assert found == {
        said: (work.read and said.matches, work.read and said.matches, work.read and said.counts) for said in SAID
    }
