"""Machines suggest introductions and look into requests, with no transaction open while they think."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from pipelines import answering
from pipelines.values import AI
from service import wiring
from service.actions.documents import versions
from service.actions.introductions import suggest
from service.actions.questioned import signs
from service.actions.requests import desk, need
from service.domain.introductions import IntroductionState
from service.domain.requests.need import RequestState
from service.jobs import introductions
from service.store.tables import Introduction, IntroductionApproval, Job, JobState, Request
from tests.service.actions.introductions.village import Village, settle
from tests.work_off import work_off

NEED = "What should a pair of teachers watch for when they visit a lesson?"


def village(parts: wiring.Parts) -> Village:
    made = settle(parts.sessions)
    made.now = parts.now()
    return made


def suggested(parts: wiring.Parts) -> list[Introduction]:
    with parts.sessions.reading() as session:
        return list(session.scalars(select(Introduction).order_by(Introduction.id)))


def state(here: Village, person: str, text: str = NEED, ai: AI = AI.ANY) -> str:
    with here.sessions.writing() as session:
        return need.state(session, here.actor_in(session, person), text=text, ai=ai, now=here.now).id


def test_people_are_suggested_from_their_work_with_reasons_and_places_and_twice_is_once(parts: wiring.Parts) -> None:
    here = village(parts)
    for _ in range(2):
        with parts.sessions.writing() as session:
            suggest.look_for(session, here.platform, now=here.now)
        work_off(parts)
    rows = suggested(parts)
    assert any(row.kind == "complementary" and row.passages for row in rows)
    assert len({row.pair for row in rows}) == len(rows)
    names = {here.id(person): person for person in ("amara", "yusuf", "lin", "noor", "tiago")}
    for person in names:
        assert sum(person in (row.first_id, row.second_id) for row in rows) <= suggest.AT_A_TIME
    for row in rows:
        assert not any(text in str(row.wording) for text in ("pair teachers across", "notes what children"))


def test_no_work_of_people_who_do_not_allow_it_is_compared_at_all(parts: wiring.Parts, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    here = village(parts)
    here.allow("lin", introduce=False)
    here.allow("noor", ai=AI.NONE)
    seen: list[str] = []
    real = introductions.matches

    def watching(scene, people, embedder):  # type: ignore[no-untyped-def]
        assert parts.sessions.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]  # the heartbeat's at most
        seen.extend(work.person for work in scene.works)
        return real(scene, people, embedder)

    monkeypatch.setattr(introductions, "matches", watching)
    with parts.sessions.writing() as session:
        suggest.look_for(session, here.platform, group="south", now=here.now)
    work_off(parts)
    assert set(seen) == {here.id(person) for person in ("amara", "yusuf", "tiago")}
    shy = {here.id("lin"), here.id("noor")}
    assert not any(shy & {row.first_id, row.second_id} for row in suggested(parts))


def test_a_consent_withdrawn_while_the_machine_thinks_counts(parts: wiring.Parts, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    here = village(parts)
    real = introductions.matches

    def meanwhile(scene, people, embedder):  # type: ignore[no-untyped-def]
        found = real(scene, people, embedder)
        here.allow("lin", introduce=False)
        assert any(here.id("lin") in (one.match.first, one.match.second) for one in found)
        return found

    monkeypatch.setattr(introductions, "matches", meanwhile)
    with parts.sessions.writing() as session:
        suggest.look_for(session, here.platform, person="lin", now=here.now)
    work_off(parts)
    assert suggested(parts) == []


def test_a_consent_withdrawn_between_two_jobs_counts_though_the_work_is_kept_ready(parts: wiring.Parts) -> None:
    here = village(parts)

    def look() -> list[set[str]]:
        with parts.sessions.writing() as session:
            session.execute(delete(Introduction))
            suggest.look_for(session, here.platform, now=here.now)
        work_off(parts)
        return [{row.first_id, row.second_id} for row in suggested(parts)]

    lin = here.id("lin")
    assert any(lin in pair for pair in look())
    assert parts.commons.state(here.organization) is not None
    here.allow("lin", introduce=False)
    pairs = look()
    assert pairs
    assert not any(lin in pair for pair in pairs)


def test_an_approved_introduction_is_asked_by_its_job_when_it_can_no_longer_be_undone(parts: wiring.Parts) -> None:
    here = village(parts)
    one = here.suggest("amara", "lin")
    here.approve(one)
    work_off(parts)
    assert suggested(parts)[0].state is IntroductionState.APPROVED
    with parts.sessions.writing() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "ask"))
        job.not_before = here.now
        session.scalars(select(IntroductionApproval)).one().release_at = here.now
    work_off(parts)
    assert suggested(parts)[0].state is IntroductionState.ASKED


def test_a_request_finds_work_and_documents_that_its_author_may_see_and_people_to_meet(parts: wiring.Parts) -> None:
    here = village(parts)
    with parts.sessions.writing() as session:
        text = "What a pair of teachers watches for is agreed before they visit a lesson."
        versions.put_document(session, here.platform, "handbook", title="Handbook", text=text, now=here.now)
    work_off(parts)
    one, two = state(here, "tiago"), state(here, "amara", NEED + " Please tell us.")
    work_off(parts)
    with parts.sessions.reading() as session:
        assert not session.scalars(select(Job).where(Job.state != JobState.DONE)).all()
        mine = need.mine(session, here.actor("tiago"))[0]
        assert [quote.title for quote in mine.found.documents] == ["Handbook"]
        found = desk.clusters(session, here.actor("ines"))
        assert [[request.id for request in cluster.requests] for cluster in found] == [[one, two]]
        about = signs.asked_about(session, here.actor("ines"))
        assert [(passage.quote.title, passage.requests) for passage in about] == [("Handbook", 2)]
        experts = session.scalars(select(Introduction).where(Introduction.request_id.is_not(None))).all()
        assert all(row.kind == "expert" and NEED in row.wording["reason"] for row in experts)


def test_what_no_document_answers_is_told_at_the_desk_with_the_nearest_and_its_author_is_shown_none(
    parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MEASURED", frozenset({parts.embedder("").name.rpartition("@")[2]}))
    here = village(parts)
    with parts.sessions.writing() as session:
        text = "Bread is baked on Fridays. The oven holds nine loaves, and the flour is from the mill."
        versions.put_document(session, here.platform, "bakery", title="Bakery", text=text, now=here.now)
    work_off(parts)
    state(here, "tiago")
    work_off(parts)
    with parts.sessions.reading() as session:
        mine = need.mine(session, here.actor("tiago"))[0]
        assert mine.looked_at is not None
        assert mine.found.documents == ()
        (asked,) = desk.listed(session, here.actor("ines"), state=RequestState.OPEN)
        assert asked.found.documents == ()
        assert [quote.title for quote in asked.found.nearest] == ["Bakery"]
        assert signs.asked_about(session, here.actor("ines")) == []


def test_a_request_that_no_machine_may_read_is_only_for_people(parts: wiring.Parts) -> None:
    here = village(parts)
    one = state(here, "tiago", ai=AI.NONE)
    work_off(parts)
    with parts.sessions.writing() as session:
        row = session.get_one(Request, one)
        assert (row.looked_at, row.cluster_id) == (None, None)
        desk.reply(session, here.actor_in(session, "sofia"), one, text="Ask Lin.", now=here.now)
        assert need.mine(session, here.actor_in(session, "tiago"))[0].state is RequestState.ANSWERED
