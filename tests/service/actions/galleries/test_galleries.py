"""A gallery from the wish to the page, and what is left of it when somebody changes their mind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.approvals.deciding import Deciding
from service.actions.galleries import changes, policy, review
from service.actions.galleries import desk as galleries_desk
from service.actions.learners import commitments, galleries
from service.actions.learners.galleries import GalleryStage
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import ChangedSince, Invalid, NotAllowed, NotFound, NotNow
from service.domain.galleries import GalleryState, SharingHindrance
from service.domain.roles import Actor, Role
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.store.session import Sessions
from service.store.tables import GalleryApproval, GalleryDecision, GalleryShowing, Job, OutgoingEvent
from tests.service.actions.galleries.world import (
    WORKS,
    all_hand_in,
    allow,
    approved,
    authors,
    machine,
    of,
    peopled,
    shown,
)
from tests.service.actions.galleries.world import share as let_share
from tests.service.actions.school import NOW, act_as, hand_in
from tests.statements import statements

LATER = NOW + timedelta(seconds=10)


@pytest.fixture
def platform(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform)
        galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
    return platform


def names(session: Session) -> list[str]:
    return list(session.scalars(select(OutgoingEvent.name).where(OutgoingEvent.name.startswith("gallery"))))


def test_a_learner_asks_a_facilitator_approves_and_the_learner_compares(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        amara = act_as(session, platform, "amara")
        assert galleries.others(session, amara, "s-amara", now=NOW).stage is GalleryStage.WAITING
        row = shown(session, platform)
        seen = galleries.others(session, amara, "s-amara", now=LATER)
        assert (seen.stage, seen.own, seen.approved_by, seen.by_rule) == (
            GalleryStage.SHOWN,
            WORKS["amara"],
            "Mateo",
            False,
        )
        assert 2 <= len(seen.works) <= 3
        assert {work.text for work in seen.works} <= set(WORKS.values()) - {WORKS["amara"]}
        assert not any(work.author for work in seen.works)
        for work in seen.works[:2]:
            ((start, end),) = work.marks
            assert work.text[start:end] in seen.comparison
        assert names(session) == ["gallery.ready", "gallery.shown"]
        assert row.asked


def test_nobody_sees_a_word_before_the_approval_and_the_reasons_never(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        amara, mateo = act_as(session, platform, "amara"), act_as(session, platform, "mateo")
        desk = galleries_desk.show(session, mateo, of(session).id, now=NOW)
        assert all(work.reasons for work in desk.works)
        assert desk.alternatives
        row = approved(session, mateo, of(session))
        assert not review.show_due(session, row.id, now=NOW)
        waiting = galleries.others(session, amara, "s-amara", now=NOW)
        assert (waiting.stage, waiting.works, waiting.comparison) == (GalleryStage.WAITING, (), "")
        review.undo(Deciding(session, mateo, row.id, row.version, NOW))
        assert not review.show_due(session, row.id, now=LATER)
        with pytest.raises(NotFound):
            galleries_desk.show(session, act_as(session, platform, "lena"), of(session).id + "x", now=NOW)
        with pytest.raises(NotAllowed):
            galleries_desk.show(session, amara, row.id, now=NOW)
        shown(session, platform)
        reasons = [reason for work in desk.works for reason in work.reasons]
        assert not any(reason in str(galleries.others(session, amara, "s-amara", now=LATER)) for reason in reasons)


def test_only_the_text_that_was_seen_is_approved(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        mateo, row = act_as(session, platform, "mateo"), of(session)
        seen = galleries_desk.show(session, mateo, row.id, now=NOW).text_hash
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text="Which one counts?")
        with pytest.raises(ChangedSince):
            review.approve(Deciding(session, mateo, row.id, row.version, NOW), seen=seen)
        with pytest.raises(ChangedSince):
            review.approve(Deciding(session, mateo, row.id, row.version - 1, NOW), seen=seen)
        assert row.marks == []
        assert all(item.marks == [] for item in row.items)
        change = session.scalars(select(GalleryDecision)).one()
        assert (change.act, change.after) == ("compare", "Which one counts?")
        shown(session, platform)
        others = galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=LATER)
        assert others.comparison == "Which one counts?"


def test_the_database_shows_nothing_that_was_not_approved(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        row = approved(session, act_as(session, platform, "mateo"), of(session))
        approval = session.scalars(select(GalleryApproval)).one()
    for text_hash, of_approval in (("0" * 64, approval.id), (approval.text_hash, "0" * 32)):
        with pytest.raises(IntegrityError), sessions.writing() as session:
            session.add(
                GalleryShowing(
                    organization_id=platform.organization,
                    gallery_id=row.id,
                    text_hash=text_hash,
                    approval_id=of_approval,
                    released_at=NOW,
                )
            )


def _no(session: Session, platform: Actor, author: str) -> None:
    allow(session, platform, author, show_work=ShowWork.NO)


def _take_back(session: Session, platform: Actor, author: str) -> None:
    submit.withdraw(session, act_as(session, platform, author), f"s-{author}", now=NOW)


def _no_machine(session: Session, platform: Actor, author: str) -> None:
    allow(session, platform, author, ai=AI.NONE)


def _never(session: Session, platform: Actor, author: str) -> None:
    let_share(session, platform, peers=PeersShown.NEVER)


@pytest.mark.parametrize("change", [_no, _take_back, _no_machine, _never], ids=lambda one: one.__name__)
def test_what_is_taken_back_is_gone_at_once_also_from_a_gallery_that_is_shown(
    sessions: Sessions, platform: Actor, change: Callable[[Session, Actor, str], None]
) -> None:
    with sessions.writing() as session:
        row = shown(session, platform)
        author = authors(session, row)[0]
        change(session, platform, author)
        amara, mateo = act_as(session, platform, "amara"), act_as(session, platform, "mateo")
        seen = galleries.others(session, amara, "s-amara", now=LATER)
        assert not seen.works[0].shared
        assert (seen.works[0].text, seen.works[0].author, seen.comparison) == ("", "", "")
        assert WORKS[author][:30] not in str(seen)
        desk = galleries_desk.show(session, mateo, row.id, now=LATER)
        assert WORKS[author][:30] not in str(desk.works) + desk.comparison
        with pytest.raises(NotNow):
            galleries.thank(session, amara, "s-amara", seen.works[0].id, now=LATER)


def test_a_gallery_whose_work_is_taken_back_in_the_undo_window_is_not_shown(
    sessions: Sessions, platform: Actor
) -> None:
    with sessions.writing() as session:
        row = approved(session, act_as(session, platform, "mateo"), of(session))
        _no(session, platform, authors(session, row)[0])
        assert not review.show_due(session, row.id, now=LATER)
        assert (row.state, row.reason_code) == (GalleryState.READY, "no_longer_shared")
        mateo = act_as(session, platform, "mateo")
        desk = galleries_desk.show(session, mateo, row.id, now=LATER)
        assert desk.works[0].hindrance is SharingHindrance.CONSENT
        with pytest.raises(Invalid):
            approved(session, mateo, row, now=LATER)
        changes.leave_out(Deciding(session, mateo, row.id, row.version, LATER), revision=desk.works[0].revision)
        anew = galleries_desk.show(session, mateo, row.id, now=LATER)
        assert anew.comparison
        assert authors(session, row) == [work.who.split()[0].lower() for work in anew.works]


def test_what_a_facilitator_quoted_by_hand_goes_with_the_work_that_is_no_longer_shared(
    sqlite_sessions: Sessions,
) -> None:
    with sqlite_sessions.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform)
        galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        row, mateo = of(session), act_as(session, platform, "mateo")
        last, author = row.items[-1].revision_id, authors(session, row)[-1]
        said = "Would you draw lots, or write it into a notebook?"
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text=said)
        assert not any(item.marks for item in row.items)
        _no(session, platform, author)
        changes.leave_out(Deciding(session, mateo, row.id, row.version, NOW), revision=last)
        seen = galleries_desk.show(session, mateo, row.id, now=NOW)
        assert len(seen.works) == 2
        assert seen.comparison
        assert seen.comparison != said


def test_work_shared_within_the_group_only_is_shown_to_no_other_group(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        let_share(session, platform, reach=SharingReach.GROUP)
        all_hand_in(session, platform)
        for person in ("lin", "amara"):
            galleries.ask(session, act_as(session, platform, person), f"s-{person}", now=NOW)
        machine(session)
        assert (of(session, "lin").state, of(session, "lin").reason_code) == (GalleryState.STUCK, "too_few")
        assert "lin" not in authors(session, of(session, "amara"))
        let_share(session, platform)
        mateo, row = act_as(session, platform, "mateo"), of(session, "lin")
        choices = galleries_desk.show(session, mateo, row.id, now=NOW).alternatives
        for one in choices[:2]:
            changes.put_in(Deciding(session, mateo, row.id, row.version, NOW), revision=one.revision)
        lin = act_as(session, platform, "lin")
        shown(session, platform, "lin")
        assert all(work.shared for work in galleries.others(session, lin, "s-lin", now=LATER).works)
        let_share(session, platform, reach=SharingReach.GROUP)
        assert not any(work.shared for work in galleries.others(session, lin, "s-lin", now=LATER).works)


def test_whoever_has_left_a_group_sees_nothing_any_more_that_is_shared_within_it(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = peopled(session)
        let_share(session, platform, reach=SharingReach.GROUP)
        all_hand_in(session, platform)
        amara = act_as(session, platform, "amara")
        galleries.ask(session, amara, "s-amara", now=NOW)
        machine(session)
        row = shown(session, platform, now=NOW)
        assert all(work.shared for work in galleries.others(session, amara, "s-amara", now=LATER).works)
        roles = [(Role.LEARNER, "south")]
        register.put_person(session, platform, "amara", name="Amara Okafor", roles=roles, now=LATER)
        moved = galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=LATER)
        assert (moved.comparison, {work.shared for work in moved.works}) == ("", {False})
        desk = galleries_desk.show(session, act_as(session, platform, "mateo"), row.id, now=LATER)
        assert {work.hindrance for work in desk.works} == {SharingHindrance.OTHER_GROUP}


def test_names_are_shown_as_their_authors_choose_now(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        row, amara = shown(session, platform), act_as(session, platform, "amara")
        author = authors(session, row)[0]
        allow(session, platform, author, show_work=ShowWork.WITH_NAME)
        named = galleries.others(session, amara, "s-amara", now=LATER).works[0].author
        assert named.split()[0].lower() == author
        allow(session, platform, author, show_work=ShowWork.WITHOUT_NAME)
        assert galleries.others(session, amara, "s-amara", now=LATER).works[0].author == ""


def test_thanks_reach_the_author_and_names_only_where_both_wish(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        row, amara = shown(session, platform), act_as(session, platform, "amara")
        first, second = authors(session, row)[:2]
        one, other = act_as(session, platform, first), act_as(session, platform, second)
        items = [work.id for work in galleries.others(session, amara, "s-amara", now=LATER).works]
        galleries.thank(session, amara, "s-amara", items[0], named=True, now=LATER)
        galleries.thank(session, amara, "s-amara", items[1], now=LATER)
        (work,) = galleries.shown_to_others(session, one, first)
        assert (len(work.times), work.thanks[0].offers, work.thanks[0].met) == (1, True, "")
        assert "Amara" not in str(galleries.shown_to_others(session, other, second))
        with pytest.raises(NotNow):
            galleries.thank_back(session, other, second, items[1], meet=True, now=LATER)
        with pytest.raises(NotFound):
            galleries.thank_back(session, other, second, items[0], now=LATER)
        with pytest.raises(NotFound):
            galleries.shown_to_others(session, other, first)
        galleries.thank_back(session, one, first, items[0], meet=True, now=LATER)
        assert galleries.shown_to_others(session, one, first)[0].thanks[0].met == "Amara Okafor"
        met = galleries.others(session, amara, "s-amara", now=LATER).works[0].met
        assert met.split()[0].lower() == first
        galleries.thank(session, amara, "s-amara", items[0], named=False, now=LATER)
        assert galleries.shown_to_others(session, one, first)[0].thanks[0].met == ""


def test_what_a_learner_takes_away_becomes_a_next_step_if_they_like(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        amara = act_as(session, platform, "amara")
        with pytest.raises(NotFound):
            galleries.take_away(session, amara, "s-amara", "Nothing yet.", now=NOW)
        shown(session, platform)
        galleries.take_away(session, amara, "s-amara", "Agree on one question first.", now=LATER)
        assert not galleries.others(session, amara, "s-amara", now=LATER).committed
        day = LATER.date() + timedelta(days=7)
        galleries.take_away(session, amara, "s-amara", "Agree on one question.", due_on=day, now=LATER)
        (step,) = commitments.commitments(session, amara, "amara", now=LATER)
        assert (step.row.text, step.row.due_on, step.submission) == ("Agree on one question.", day, "s-amara")
        assert galleries.others(session, amara, "s-amara", now=LATER).takeaway == "Agree on one question."


def test_others_find_nothing_and_may_decide_nothing(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        row = of(session)
        for person in ("yusuf", "mateo"):
            with pytest.raises(NotFound):
                galleries.others(session, act_as(session, platform, person), "s-amara", now=NOW)

        def at(who: Actor) -> Deciding:
            return Deciding(session, who, row.id, row.version, NOW)

        amara = act_as(session, platform, "amara")
        for actor, refused in ((amara, NotFound), (platform, NotAllowed)):
            for act in (
                lambda who: review.approve(at(who), seen="0" * 64),
                lambda who: review.dismiss(at(who)),
                lambda who: review.remake(at(who)),
                lambda who: review.undo(at(who)),
                lambda who: changes.word(at(who), text="Ours?"),
                lambda who: changes.leave_out(at(who), revision="x"),
                lambda who: changes.put_in(at(who), revision="x"),
            ):
                with pytest.raises(refused):
                    act(actor)
            with pytest.raises(NotAllowed):
                policy.place(session, actor, "observe")
            with pytest.raises(NotAllowed):
                policy.suggest(session, actor, "observe", group=None, now=NOW)
        foreign = act_as(session, peopled(session, "valley"), "mateo")
        with pytest.raises(NotFound):
            galleries_desk.show(session, foreign, row.id, now=NOW)
        with pytest.raises(NotFound):
            review.dismiss(at(foreign))
        assert galleries_desk.listing(session, foreign, now=NOW).counts == {}


def test_a_shown_gallery_can_be_taken_back_and_an_attempt_taken_back_ends_it(
    sessions: Sessions, platform: Actor
) -> None:
    with sessions.writing() as session:
        row, amara, mateo = (
            shown(session, platform),
            act_as(session, platform, "amara"),
            act_as(session, platform, "mateo"),
        )
        review.dismiss(Deciding(session, mateo, row.id, row.version, LATER), reason_code="other")
        assert galleries.others(session, amara, "s-amara", now=LATER).stage is GalleryStage.NOT_NOW
        review.remake(Deciding(session, mateo, row.id, row.version, LATER))
        machine(session, now=LATER)
        shown(session, platform, now=LATER)
        submit.withdraw(session, amara, "s-amara", now=LATER)
        assert row.state is GalleryState.WITHDRAWN
        with pytest.raises(NotFound):
            galleries.others(session, amara, "s-amara", now=LATER)
        desk = galleries_desk.show(session, mateo, row.id, now=LATER)
        assert (desk.own, desk.works, desk.comparison, desk.possible) == ((), (), "", ())


def test_a_revision_has_an_undecided_gallery_chosen_anew(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        before = of(session).generation
        hand_in(session, platform, "amara", "We ask the students what to look for.", now=LATER)
        assert (of(session).state, of(session).generation, of(session).items) == (
            GalleryState.SUGGESTED,
            before + 1,
            [],
        )
        assert session.scalars(select(Job).where(Job.kind == "gallery", Job.generation == before + 1)).one()


def test_a_learner_who_wants_no_machine_gets_what_a_facilitator_chooses(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        allow(session, platform, "yusuf", ai=AI.NONE)
        yusuf, mateo = act_as(session, platform, "yusuf"), act_as(session, platform, "mateo")
        galleries.ask(session, yusuf, "s-yusuf", now=NOW)
        row = of(session, "yusuf")
        assert (row.state, row.reason_code) == (GalleryState.STUCK, "ai_none")
        for one in galleries_desk.show(session, mateo, row.id, now=NOW).alternatives[:2]:
            changes.put_in(Deciding(session, mateo, row.id, row.version, NOW), revision=one.revision)
        assert row.comparison == ""
        with pytest.raises(Invalid):
            approved(session, mateo, row)
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text="Who begins where?")
        shown(session, platform, "yusuf")
        assert galleries.others(session, yusuf, "s-yusuf", now=LATER).comparison == "Who begins where?"


def test_the_list_takes_as_many_statements_for_five_as_for_one(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        mateo = act_as(session, platform, "mateo")
    with sessions.reading() as session, statements(session) as few:
        assert len(galleries_desk.listing(session, mateo, now=NOW).items) == 1
    with sessions.writing() as session:
        assert policy.suggest(session, mateo, "observe", group=None, now=NOW) == 4
        machine(session)
    with sessions.reading() as session, statements(session) as many:
        listing = galleries_desk.listing(session, mateo, now=NOW)
    assert (len(listing.items), listing.counts) == (5, {GalleryState.READY: 5})
    assert len(many) == len(few)
