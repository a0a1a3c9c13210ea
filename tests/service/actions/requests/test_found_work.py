"""Others' work that was found for a request: nothing of it before a facilitator lets it, and all of it written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI, Evidence, Shelf, ShelfItem
from service.actions.approvals.deciding import Deciding
from service.actions.learners.disclosed import disclosed
from service.actions.learners.own_data import own_data
from service.actions.people import register
from service.actions.requests import desk, found, make, need
from service.actions.requests.found import DeskFoundWork
from service.actions.requests.make import RequestFinds, RequestSearch
from service.actions.requests.need import OwnRequest
from service.actions.work import submit
from service.domain.errors import ChangedSince, Invalid, NotFound, NotNow
from service.domain.requests.found import FoundWorkState
from service.domain.roles import Actor
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import Request, Revision, Submission
from tests.service.actions.school import NOW, PLAN, act_as, hand_in
from tests.service.actions.school import found as organization

NEED = "How do I get shy children to speak up in a visit?"
WORK = "I am Yusuf Demir. Shy children answer in pairs first, says Lin; write to yusuf@school.example for the cards."
SHOWN = "I am [name]. Shy children answer in pairs first, says [name]; write to [e-mail] for the cards."
LATER = NOW + timedelta(minutes=1)


def looked_for(session: Session, request: str, people: Sequence[str] = ("yusuf",), *, part: str = "") -> None:
    """A machine has found these people's work, or this part of it."""
    searched = make.begin(session, request, now=NOW)
    assert searched is not None
    work = tuple(_evidence(session, searched, one, part) for one in people)
    assert make.finish(session, searched, RequestFinds(work), {}, now=NOW)


def _evidence(session: Session, searched: RequestSearch, person: str, part: str = "") -> Evidence:
    row = session.scalars(
        select(Revision)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(Submission.external_id == f"s-{person}", Submission.organization_id == searched.organization)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one()
    text = part or row.text
    start = row.text.index(text)
    end = start + len(text)
    return Evidence("E1", ShelfItem(f"{row.id}@{start}-{end}", Shelf.WORK, text, row.id, start, end), 0.9, 1.0, 1.0)


def asked(session: Session, *, attempt: str = PLAN, show: ShowWork = ShowWork.WITHOUT_NAME) -> Actor:
    """Amara asks, after this attempt, and Yusuf's work was found."""
    platform = organization(session)
    register.set_consent(session, platform, "yusuf", register.ConsentWish(show_work=show), now=NOW)
    hand_in(session, platform, "yusuf", WORK)
    hand_in(session, platform, "amara", attempt)
    request = need.state(session, act_as(session, platform, "amara"), text=NEED, now=NOW)
    looked_for(session, request.id)
    return platform


def mine(session: Session, platform: Actor) -> OwnRequest:
    return need.mine(session, act_as(session, platform, "amara"))[0]


def waiting(session: Session, platform: Actor, who: str = "lena") -> tuple[DeskFoundWork, ...]:
    rows = desk.listed(session, act_as(session, platform, who), state=mine(session, platform).state)
    return rows[0].found_works if rows else ()


def at(session: Session, platform: Actor, one: DeskFoundWork, who: str = "lena") -> Deciding:
    return Deciding(session, act_as(session, platform, who), one.id, one.version, NOW)


def let_out(session: Session, platform: Actor) -> DeskFoundWork:
    (one,) = waiting(session, platform)
    found.approve(at(session, platform, one), seen=one.text_hash)
    assert found.show_due(session, one.id, now=LATER)
    return one


def test_whoever_asks_reads_nothing_of_others_work_before_a_facilitator_lets_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        seen = mine(session, platform)
        assert (seen.found.work, seen.found.waiting) == ((), 1)
        (one,) = waiting(session, platform)
        assert (one.quote.text, one.quote.name, one.hidden) == (SHOWN, "", 3)
        found.approve(at(session, platform, one), seen=one.text_hash)
        assert mine(session, platform).found.work == ()
        assert not found.show_due(session, one.id, now=NOW)
        assert found.show_due(session, one.id, now=LATER)
        after = mine(session, platform).found
        assert ([quote.text for quote in after.work], after.waiting) == ([SHOWN], 0)


def test_whom_only_the_whole_work_shows_to_be_named_is_not_named_in_a_part_of_it(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = organization(session)
        consent = register.ConsentWish(show_work=ShowWork.WITHOUT_NAME)
        register.set_consent(session, platform, "yusuf", consent, now=NOW)
        hand_in(session, platform, "yusuf", "Shy children answer in pairs, as I learned from Dr. Zola Mbeki. It works.")
        hand_in(session, platform, "amara", PLAN)
        request = need.state(session, act_as(session, platform, "amara"), text=NEED, now=NOW)
        looked_for(session, request.id, part="Mbeki. It works.")
        let_out(session, platform)
        assert [quote.text for quote in mine(session, platform).found.work] == ["[name]. It works."]


def test_what_a_facilitator_keeps_back_or_undoes_is_not_shown(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        (one,) = waiting(session, platform)
        found.approve(at(session, platform, one), seen=one.text_hash)
        found.undo(at(session, platform, waiting(session, platform)[0]))
        assert not found.show_due(session, one.id, now=LATER)
        found.keep_back(at(session, platform, waiting(session, platform)[0]))
        assert (mine(session, platform).found.work, mine(session, platform).found.waiting) == ((), 0)


def test_what_is_shown_can_be_taken_back(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        let_out(session, platform)
        found.keep_back(at(session, platform, waiting(session, platform)[0]))
        assert mine(session, platform).found.work == ()


def test_asking_anew_shows_nothing_either(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        amara = act_as(session, platform, "amara")
        need.settle(session, amara, mine(session, platform).id, answered=False, now=NOW)
        looked_for(session, need.state(session, amara, text=NEED, now=NOW).id)
        assert [one.found.work for one in need.mine(session, amara)] == [(), ()]


def test_looking_again_keeps_what_was_decided(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        let_out(session, platform)
        looked_for(session, mine(session, platform).id)
        assert [one.state for one in waiting(session, platform)] == [FoundWorkState.SHOWN]
        looked_for(session, mine(session, platform).id, ())
        assert len(mine(session, platform).found.work) == 1


@pytest.mark.parametrize("attempt", [" ", "?", "I don't know", "later"])
def test_an_attempt_that_says_nothing_opens_nobodys_work(sessions: Sessions, attempt: str) -> None:
    with sessions.writing() as session:
        platform = organization(session)
        hand_in(session, platform, "yusuf", WORK)
        hand_in(session, platform, "amara", attempt)
        request = need.state(session, act_as(session, platform, "amara"), text=NEED, now=NOW)
        searched = make.begin(session, request.id, now=NOW)
        assert searched is not None
        assert searched.work == ()
        make.finish(session, searched, RequestFinds((_evidence(session, searched, "yusuf"),)), {}, now=NOW)
        assert mine(session, platform).found.waiting == 0
        assert waiting(session, platform) == ()


@pytest.mark.parametrize("change", ["consent", "withdrawal", "own attempt", "no machines"])
def test_what_was_let_out_is_looked_at_again_with_every_look(sessions: Sessions, change: str) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        let_out(session, platform)
        match change:
            case "consent":
                register.set_consent(session, platform, "yusuf", register.ConsentWish(ShowWork.NO), now=LATER)
            case "no machines":
                register.set_consent(session, platform, "yusuf", register.ConsentWish(ai=AI.NONE), now=LATER)
            case "withdrawal":
                submit.withdraw(session, act_as(session, platform, "yusuf"), "s-yusuf", now=LATER)
            case _:
                submit.withdraw(session, act_as(session, platform, "amara"), "s-amara", now=LATER)
        assert mine(session, platform).found.work == ()


def test_consent_taken_back_in_the_undo_window_stops_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        (one,) = waiting(session, platform)
        found.approve(at(session, platform, one), seen=one.text_hash)
        register.set_consent(session, platform, "yusuf", register.ConsentWish(ShowWork.NO), now=NOW)
        assert not found.show_due(session, one.id, now=LATER)
        register.set_consent(session, platform, "yusuf", register.ConsentWish(ShowWork.WITHOUT_NAME), now=LATER)
        assert [one.state for one in waiting(session, platform)] == [FoundWorkState.FOUND]


def test_a_name_taken_back_after_it_was_approved_is_shown_nowhere(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session, show=ShowWork.WITH_NAME)
        let_out(session, platform)
        assert [quote.name for quote in mine(session, platform).found.work] == ["Yusuf Demir"]
        register.set_consent(session, platform, "yusuf", register.ConsentWish(ShowWork.WITHOUT_NAME), now=LATER)
        assert mine(session, platform).found.work == ()


def test_only_what_was_seen_is_approved_and_only_by_who_reviews_whoever_asked(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        (one,) = waiting(session, platform)
        with pytest.raises(ChangedSince):
            found.approve(at(session, platform, one), seen="0" * 64)
        with pytest.raises(NotFound):
            found.approve(at(session, platform, one, "amara"), seen=one.text_hash)
        register.set_consent(session, platform, "yusuf", register.ConsentWish(ShowWork.NO), now=NOW)
        with pytest.raises(Invalid):
            found.approve(at(session, platform, one), seen=one.text_hash)


def test_nothing_is_let_out_to_who_does_not_ask_any_more(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        (one,) = waiting(session, platform)
        found.approve(at(session, platform, one), seen=one.text_hash)
        need.settle(session, act_as(session, platform, "amara"), mine(session, platform).id, answered=False, now=NOW)
        assert not found.show_due(session, one.id, now=LATER)
        row = session.scalars(select(Request)).one()
        assert row.state == "closed"
        with pytest.raises((NotNow, ChangedSince)):
            found.approve(at(session, platform, one), seen=one.text_hash)


def test_its_author_reads_of_every_showing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = asked(session)
        yusuf = act_as(session, platform, "yusuf")
        assert disclosed(session, yusuf, "yusuf") == []
        let_out(session, platform)
        (told,) = disclosed(session, yusuf, "yusuf")
        assert (told.submission, told.kind, told.approved_by, told.at) == ("s-yusuf", "request", "Lena", LATER)
        assert [one["kind"] for one in own_data(session, yusuf, "yusuf", now=LATER)["disclosures"]] == ["request"]
        with pytest.raises(NotFound):
            disclosed(session, act_as(session, platform, "amara"), "yusuf")
