"""The map shows what reviewers may see of work that machines may read, by vectors that are there, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.values import AI
from service.actions.overview import solutions
from service.actions.overview.solutions import SolutionMap
from service.actions.people import register
from service.actions.work import lens, submit
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.jobs import indexing
from service.jobs.indexed import everything
from service.store.session import Sessions
from service.store.vectors import RememberedEmbedder
from tests.service.actions.overview.test_overview import counted
from tests.service.actions.school import NOW, act_as, found, hand_in

PAIRS = tuple(
    f"{who} visit one another's classrooms in pairs across grades, {when}."
    for who in ("Teachers", "Colleagues", "Two teachers")
    for when in ("twice a term", "on Mondays", "before half-term")
)
FILMS = tuple(
    f"A camera films a lesson and the team watches the video {when}, {how}."
    for when in ("on Fridays", "once a month", "in October")
    for how in ("counting questions", "with the sound off", "all together")
)


def of_many(session: Session) -> Actor:
    """Eighteen learners in the north who went about it in two ways, and show their work to nobody."""
    platform = found(session)
    wish = register.ConsentWish(ShowWork.NO, False, AI.LOCAL)
    for number, text in enumerate((*PAIRS, *FILMS)):
        name = f"n{number}"
        roles = [(Role.LEARNER, "north")]
        register.put_person(session, platform, name, name=f"Noor {number}", roles=roles, consents=wish, now=NOW)
        hand_in(session, platform, name, text)
    return platform


def embedded(sessions: Sessions, platform: Actor, tmp_path: Any) -> None:
    """Let the index job make passages and vectors of all there is."""
    index = ExactIndex(tmp_path / "vectors")
    tools = SimpleNamespace(
        sessions=sessions, index=index, embedder=lambda of: RememberedEmbedder(HashingEmbedder(), sessions, of)
    )
    with sessions.reading() as session:
        subjects = everything(session, platform.organization)
    indexing.bring(tools, platform.organization, subjects)  # type: ignore[arg-type]


def drawn(session: Session, actor: Actor, group: str | None = None) -> SolutionMap:
    return solutions.solution_map(session, lens.lens(session, actor, "observe", group=group))


def whose(seen: SolutionMap) -> list[set[str]]:
    return [{seen.solutions[member].person for member in one.members} for one in seen.approaches]


def test_two_ways_of_going_about_it_are_two_approaches_with_a_passage_each(sessions: Sessions, tmp_path: Any) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        lena = act_as(session, platform, "lena")
    embedded(sessions, platform, tmp_path)
    with sessions.reading() as session:
        seen = drawn(session, lena)
    pairs = {f"n{number}" for number in range(9)}
    assert len(whose(seen)) >= 2
    assert all(members <= pairs or not members & pairs for members in whose(seen))
    assert (seen.by_meaning, seen.coming, seen.unread, seen.beyond) == (True, 0, 0, 0)
    for approach in seen.approaches:
        assert approach.representative is not None
        assert approach.representative.quote in (*PAIRS, *FILMS)
        assert approach.representative.work in approach.members


def test_without_vectors_words_decide_and_what_comes_later_is_said_to_be_coming(
    sessions: Sessions, tmp_path: Any
) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        lena = act_as(session, platform, "lena")
        assert (drawn(session, lena).by_meaning, len(drawn(session, lena).solutions)) == (False, 18)
    embedded(sessions, platform, tmp_path)
    with sessions.writing() as session:
        hand_in(session, platform, "amara", "A text that no job has read yet.")
        seen = drawn(session, lena)
    assert (seen.by_meaning, len(seen.solutions), seen.coming) == (True, 18, 1)


def test_what_was_taken_back_or_no_machine_may_read_is_not_on_the_map(sessions: Sessions, tmp_path: Any) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        lena = act_as(session, platform, "lena")
    embedded(sessions, platform, tmp_path)
    with sessions.writing() as session:
        assert len(drawn(session, lena).solutions) == 18  # and is remembered
        submit.withdraw(session, platform, "s-n0", now=NOW)
        wish = register.ConsentWish(ShowWork.WITH_NAME, True, AI.NONE)
        roles = [(Role.LEARNER, "north")]
        register.put_person(session, platform, "n1", name="Noor 1", roles=roles, consents=wish, now=NOW)
        seen = drawn(session, lena)
        gone = {"n0", "n1"}
        assert not gone & {one.person for one in seen.solutions.values()}
        assert not gone & set().union(*whose(seen))
        assert seen.unread == 1


def test_one_sees_the_work_of_ones_own_groups_only(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        hand_in(session, platform, "lin", PAIRS[0])
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        assert "lin" not in {one.person for one in drawn(session, lena).solutions.values()}
        assert "lin" in {one.person for one in drawn(session, mateo).solutions.values()}
        assert {one.person for one in drawn(session, mateo, "south").solutions.values()} == {"lin"}


def test_more_than_fit_are_a_sample_that_stays_the_same(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        lena = act_as(session, platform, "lena")
        monkeypatch.setattr(solutions, "MOST", 5)
        first, again = drawn(session, lena), drawn(session, lena)
        assert (len(first.solutions), first.beyond) == (5, 13)
        assert set(first.solutions) == set(again.solutions)


def test_nobodys_work_is_an_empty_map_and_the_statements_stay_the_same(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = of_many(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        session.flush()
        nobody = lens.lens(session, mateo, "observe", group="south")
        many = lens.lens(session, lena, "observe")
        with counted(session) as few:
            assert solutions.solution_map(session, nobody).approaches == ()
        with counted(session) as all_of_them:
            assert len(solutions.solution_map(session, many).solutions) == 18
        assert len(few) == len(all_of_them) == 5
