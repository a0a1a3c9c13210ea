"""Calibrating by jobs, on both databases: a few pieces get their sheet, the rest waits, and nothing of it is lost."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pipelines.looked_at import CalibrationReason
from pipelines.values import AI
from service.actions.access import credentials
from service.actions.approvals.deciding import Deciding
from service.actions.calibration import asking, criteria, going_on, progress, resting
from service.actions.challenges import editor, setting
from service.actions.decisions import openings, review
from service.actions.drafts.points import text_to_approve
from service.actions.people import register
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotAllowed, NotNow
from service.domain.roles import Role
from service.jobs.handlers import work_one
from service.store.tables import CalibrationPiece, DraftRow, Job, Submission
from tests.service.actions.school import act_as
from tests.service.jobs.village import WORKS, Village
from tests.work_off import work_off

AWAITS, WAITING, TO_JUDGE = DraftState.AWAITS_CALIBRATION, DraftState.WAITING, DraftState.TO_JUDGE


def test_three_pieces_get_their_sheet_at_once_and_the_rest_waits(filled: Village) -> None:
    seen = filled.seen()
    assert filled.states() == {TO_JUDGE: 3, AWAITS: 4}
    assert [(one.state, one.judged) for one in seen.pieces] == [(TO_JUDGE, False)] * 3
    assert (seen.awaits, seen.judged, seen.waiting, seen.wanted) == (True, 0, 4, 3)
    with filled.sessions.reading() as session:
        drafts = [session.get_one(DraftRow, one.draft) for one in seen.pieces]
        assert all(draft.sheet and not draft.points and not draft.assessment["criteria"] for draft in drafts)


def test_each_piece_is_told_with_its_true_reason(filled: Village) -> None:
    reasons = {one.submission: one.reason for one in filled.seen().pieces}
    assert reasons["s4"] is CalibrationReason.LONGEST
    assert CalibrationReason.TYPICAL in reasons.values()
    assert len(set(reasons.values())) == 3


def test_once_three_are_judged_the_rest_is_drafted_each_once(filled: Village) -> None:
    for one in filled.seen().pieces:
        filled.judge(one.draft)
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0
    assert filled.seen().done_at is not None
    made = Counter(filled.drafts_made())
    assert len(made) == len(WORKS)
    with filled.sessions.reading() as session:
        rows = session.scalars(select(DraftRow)).all()
        pieces = {piece.draft_id for piece in session.scalars(select(CalibrationPiece))}
        assert all(made[row.id] == 1 for row in rows if row.id not in pieces)
        drafted = [row for row in rows if row.id not in pieces]
        assert {row.assessment["peers"] for row in drafted} == {3}


def test_what_comes_in_afterwards_is_drafted_as_usual(filled: Village) -> None:
    for one in filled.seen().pieces:
        filled.judge(one.draft)
    work_off(filled.parts)
    draft = filled.hand_in(8)
    with filled.sessions.reading() as session:
        assert session.get_one(DraftRow, draft).state is WAITING


def test_a_piece_judged_in_part_does_not_count_until_its_feedback_is_approved(filled: Village) -> None:
    first, *others = filled.seen().pieces
    for one in others:
        filled.judge(one.draft)
    filled.judge(first.draft, "k1")
    work_off(filled.parts)
    assert filled.seen().judged == 2
    with filled.sessions.writing() as session:
        row = session.get_one(DraftRow, first.draft)
        row.summary = "Who and when are clear."
        at = Deciding(session, filled.lena, row.id, row.version, filled.parts.now())
        review.approve(at, seen=text_to_approve(row)[0])
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0


def test_a_facilitator_of_all_can_have_the_rest_drafted_now_and_unopened_pieces_with_it(filled: Village) -> None:
    with filled.sessions.writing() as session:
        mateo = act_as(session, filled.platform, "mateo", now=datetime.now(UTC))
        asking.draft_now(session, mateo, "observe", now=filled.parts.now())
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0
    assert filled.seen().pieces == ()
    assert not filled.seen().awaits
    with filled.sessions.writing() as session, pytest.raises(NotNow):
        asking.draft_now(session, mateo, "observe", now=filled.parts.now())


def test_a_facilitator_of_one_group_of_several_cannot_end_the_wait_of_all(filled: Village) -> None:
    with filled.sessions.writing() as session, pytest.raises(NotAllowed):
        asking.draft_now(session, filled.lena, "observe", now=filled.parts.now())
    filled.choose_anew()
    assert filled.states()[AWAITS] == 4


def test_taking_the_setting_away_drafts_what_waits(filled: Village) -> None:
    filled.set_to_wait(0)
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0
    assert sum(filled.states().values()) == len(WORKS)


def test_a_platform_that_does_not_speak_of_the_setting_leaves_it(filled: Village) -> None:
    with filled.sessions.writing() as session:
        wish = editor.form(session, filled.platform, "observe").wish
        setting.put_challenge(
            session, filled.platform, "observe", replace(wish, calibrate=None, title="Peers"), now=filled.parts.now()
        )
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 4


def test_taking_out_all_criteria_drafts_what_waits(filled: Village) -> None:
    with filled.sessions.writing() as session:
        wish = editor.form(session, filled.platform, "observe").wish
        setting.put_challenge(session, filled.platform, "observe", replace(wish, criteria=()), now=filled.parts.now())
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0


@pytest.mark.parametrize("pieces", [1, 2, 6, -1])
def test_another_number_of_pieces_than_three_to_five_is_refused(village: Village, pieces: int) -> None:
    with pytest.raises(Invalid):
        village.set_to_wait(pieces)


def test_work_that_no_machine_may_read_is_not_put_off_and_not_chosen(village: Village) -> None:
    draft = village.hand_in(0, ai=AI.NONE)
    with village.sessions.reading() as session:
        assert session.get_one(DraftRow, draft).state is DraftState.STUCK
    for number in range(1, 7):
        village.hand_in(number)
    work_off(village.parts)
    assert "s0" not in {one.submission for one in village.seen().pieces}


def test_who_says_no_to_machines_while_it_waits_is_told_to_a_person(filled: Village) -> None:
    (left, *_) = [one for one in range(7) if f"s{one}" not in {piece.submission for piece in filled.seen().pieces}]
    with filled.sessions.writing() as session:
        consents = register.ConsentWish(ai=AI.NONE)
        register.put_person(
            session, filled.platform, f"p{left}", name="Person", roles=[(Role.LEARNER, "north")], consents=consents,
            now=filled.parts.now(),
        )  # fmt: skip
        row = session.scalars(select(DraftRow).join(Submission).where(Submission.external_id == f"s{left}")).one()
        assert (row.state, row.reason_code) == (DraftState.STUCK, "ai_none")


def test_near_copies_and_what_was_taken_back_are_not_chosen_and_blanks_wait_for_nothing(village: Village) -> None:
    for number in range(4):
        village.hand_in(number, text=f"{WORKS[0]} " if number else WORKS[0])
    blank = village.hand_in(4, text="I don't know.")
    village.hand_in(5)
    village.hand_in(6)
    village.hand_in(7, text=WORKS[3])
    with village.sessions.writing() as session:
        submit.withdraw(session, village.platform, "s6", now=village.parts.now())
    work_off(village.parts)
    chosen = {one.submission for one in village.seen().pieces}
    assert len(chosen & {"s0", "s1", "s2", "s3"}) == 1
    assert chosen == {*(chosen & {"s0", "s1", "s2", "s3"}), "s5", "s7"}
    with village.sessions.reading() as session:
        assert session.get_one(DraftRow, blank).state is DraftState.STUCK


def test_a_piece_that_is_taken_back_gives_its_place_to_another(filled: Village) -> None:
    first = filled.seen().pieces[0]
    with filled.sessions.writing() as session:
        submit.withdraw(session, filled.platform, first.submission, now=filled.parts.now())
    work_off(filled.parts)
    pieces = filled.seen().pieces
    assert first.submission not in {one.submission for one in pieces}
    assert len(pieces) == 3


def test_with_twice_the_work_what_nobody_has_opened_is_chosen_anew_and_goes_back(village: Village) -> None:
    village.hand_in_all(3)
    assert village.states() == {TO_JUDGE: 3}
    kept, *_ = village.seen().pieces
    with village.sessions.writing() as session:
        openings.opened(session, village.lena, kept.draft, now=village.parts.now())
    for number in range(3, 7):
        village.hand_in(number)
    work_off(village.parts)
    seen = village.seen()
    assert kept.draft in {one.draft for one in seen.pieces}
    assert "s4" in {one.submission for one in seen.pieces}  # by far the longest, which came late
    assert village.states() == {TO_JUDGE: 3, AWAITS: 4}


def test_choosing_anew_counts_all_that_is_there_by_now(village: Village) -> None:
    village.hand_in_all(4)
    village.hand_in(4)
    work_off(village.parts)
    assert "s4" not in {one.submission for one in village.seen().pieces}
    with village.sessions.writing() as session:
        asking.choose_anew(session, village.lena, "observe", now=village.parts.now())
    work_off(village.parts)
    assert "s4" in {one.submission for one in village.seen().pieces}
    assert {one.of for one in village.seen().pieces} == {5}


def test_nothing_changes_where_the_setting_is_off(village: Village) -> None:
    village.set_to_wait(0)
    village.hand_in_all()
    assert village.states()[AWAITS] == 0
    assert village.seen().pieces == ()
    with village.sessions.reading() as session:
        kinds = Counter(session.scalars(select(Job.kind)))
    assert kinds["draft"] == len(WORKS)


def test_the_clock_finds_what_waits_though_its_job_is_gone(filled: Village) -> None:
    with filled.sessions.writing() as session:
        for job in session.scalars(select(Job)):
            session.delete(job)
        assert going_on.sweep(session, filled.platform.organization, now=filled.parts.now()) == 1
    for one in filled.seen().pieces:
        filled.judge(one.draft)
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0


def test_a_job_that_died_between_two_transactions_is_done_by_another(filled: Village) -> None:
    for one in filled.seen().pieces:
        filled.judge(one.draft)
    with filled.sessions.writing() as session:  # what was to be kept is, and the job is not ended
        going_on.go_on(session, session.scalars(select(DraftRow.challenge_id)).first() or "", now=filled.parts.now())
    work_off(filled.parts)
    assert set(Counter(filled.drafts_made()).values()) == {1}
    assert set(filled.states()) <= {DraftState.READY, TO_JUDGE}


def test_a_facilitator_is_told_what_a_draft_rests_on(filled: Village) -> None:
    pieces = {one.draft for one in filled.seen().pieces}
    for draft in pieces:
        filled.judge(draft)
    work_off(filled.parts)
    with filled.sessions.writing() as session:
        row = next(one for one in session.scalars(select(DraftRow)) if one.id not in pieces)
        seen = resting.of_draft(session, filled.lena, row.id)
        assert seen.reason is None
        if row.state is DraftState.READY:
            assert (seen.rests_on, seen.own) == (3, 3)


def test_criteria_are_looked_at_when_they_are_written_and_again_with_the_first_works(village: Village) -> None:
    with village.sessions.writing() as session:
        wish = editor.form(session, village.platform, "observe").wish
        twins = (*wish.criteria, setting.CriterionWish("k3", "Names who observes whom, and when!"))
        setting.write_challenge(
            session, village.platform, "observe", replace(wish, criteria=twins), now=village.parts.now()
        )
    work_off(village.parts)
    seen = village.seen()
    assert [(one.code, one.criteria) for one in seen.remarks] == [("same", ("k1", "k3"))]
    assert (seen.looked, seen.works) == (True, 0)
    village.hand_in_all()
    with village.sessions.writing() as session:
        assert criteria.sweep(session, village.platform.organization, now=village.parts.now()) == 1
    work_off(village.parts)
    assert village.seen().works == len(WORKS)
    with village.sessions.writing() as session:
        assert criteria.sweep(session, village.platform.organization, now=village.parts.now()) == 0


def test_a_learner_is_shown_nothing_of_it(village: Village) -> None:
    with village.sessions.writing() as session:
        _, secret = credentials.mint_token(
            session, village.platform, person="p1", now=datetime.now(UTC), lifetime=timedelta(hours=2)
        )
        learner = credentials.authenticate(session, secret, now=datetime.now(UTC))
        with pytest.raises(NotAllowed):
            progress.progress(session, learner, "observe")


def test_work_handed_in_while_the_last_piece_is_judged_is_drafted(filled: Village) -> None:
    """Whichever of the two is stored first, and whichever job runs between them."""
    *some, last = filled.seen().pieces
    for one in some:
        filled.judge(one.draft)
    for round_ in range(4):
        ready = threading.Barrier(3)

        def hand_in(number: int, ready: threading.Barrier = ready) -> None:
            ready.wait()
            filled.hand_in(number)

        def judge(ready: threading.Barrier = ready, round_: int = round_) -> None:
            ready.wait()
            if not round_:
                filled.judge(last.draft)

        def work(ready: threading.Barrier = ready) -> None:
            ready.wait()
            for _ in range(6):
                work_one(filled.parts)

        threads = [threading.Thread(target=hand_in, args=(7 + round_,))]
        threads += [threading.Thread(target=one) for one in (judge, work)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    work_off(filled.parts)
    states = filled.states()
    assert states[AWAITS] == states[WAITING] == 0
    assert sum(states.values()) == len(WORKS) + 4
