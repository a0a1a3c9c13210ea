"""A wait for calibration ends, whatever comes in and whatever becomes of the pieces, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipelines.calibration import choose
from service.actions.approvals.deciding import Deciding
from service.actions.calibration import choosing, progress
from service.actions.challenges import editor, setting
from service.actions.challenges.setting import CriterionWish
from service.actions.decisions import review
from service.actions.drafts import make
from service.actions.erasure import begin as erasing
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.erasure.erased import ErasureKind
from service.jobs.calibration import measured
from service.store.tables import CalibrationPiece, DraftRow
from tests.service.jobs.village import WORKS, Village
from tests.work_off import work_off

AWAITS = DraftState.AWAITS_CALIBRATION
DAYS = ("Monday", "Tuesday", "Friday", "soon", "later", "daily")


def judge_all(village: Village) -> None:
    """Piece by piece, as long as one is next."""
    for _ in range(10):
        if (one := village.seen().next) is None:
            return
        village.judge(one.draft)
        work_off(village.parts)


def hand_in_again(village: Village, submission: str, text: str) -> None:
    with village.sessions.writing() as session:
        wish = submit.SubmissionWish("observe", f"p{submission[1:]}", text)
        submit.submit(session, village.platform, submission, wish, now=village.parts.now())
    work_off(village.parts)


def test_short_answers_are_chosen_where_there_are_no_others_and_the_rest_goes_on(village: Village) -> None:
    for number, day in enumerate(DAYS):
        village.hand_in(number, f"Pairs meet {day} in room {number}.")
    work_off(village.parts)
    assert len(village.seen().pieces) == 3
    judge_all(village)
    assert village.states()[AWAITS] == 0


def test_copies_are_chosen_where_there_are_no_others_and_the_rest_goes_on(village: Village) -> None:
    for number in range(6):
        village.hand_in(number, WORKS[0])
    work_off(village.parts)
    judge_all(village)
    assert (village.seen().judged, village.states()[AWAITS]) == (3, 0)


def test_once_all_that_can_be_judged_is_what_waits_for_more_goes_on(village: Village) -> None:
    village.hand_in_all(2)
    judge_all(village)
    assert village.seen().awaits  # nothing waits, and the next work is a piece
    hand_in_again(village, "s0", f"{WORKS[0]} We begin with those who want to.")
    assert village.states()[AWAITS] == 0
    assert not village.seen().awaits


def test_what_waits_for_pieces_of_others_is_told_today(filled: Village) -> None:
    with filled.sessions.writing() as session:
        for piece in session.scalars(select(CalibrationPiece)).all():
            session.delete(piece)
    with filled.sessions.reading() as session:
        (one,) = progress.still_to_do(session, filled.lena)
        assert (one.left, one.waiting) == (0, 4)


def test_a_piece_answered_without_a_verdict_gives_its_place_to_another(filled: Village) -> None:
    answered = filled.seen().pieces
    for one in answered:
        filled.answer_without_verdict(one.draft)
    work_off(filled.parts)
    assert not filled.chosen() & {one.submission for one in answered}
    assert len(filled.seen().pieces) == 3
    judge_all(filled)
    assert filled.states()[AWAITS] == 0


def test_pieces_approved_by_criteria_that_are_no_more_give_their_places_to_others(filled: Village) -> None:
    first, second, *_ = filled.seen().pieces
    for one in (first, second):
        filled.judge(one.draft)
        filled.approve(one.draft)
    with filled.sessions.writing() as session:
        wish = editor.form(session, filled.platform, "observe").wish
        changed = setting.ChallengeWish(
            wish.title, wish.prompt, criteria=(CriterionWish("n1", "Names who visits whom."),), calibrate=3
        )
        setting.put_challenge(session, filled.platform, "observe", changed, now=filled.parts.now())
    work_off(filled.parts)
    assert len(filled.seen().pieces) == 3
    assert not filled.chosen() & {first.submission, second.submission}
    for one in filled.seen().pieces:
        filled.judge(one.draft, "n1")
    work_off(filled.parts)
    assert filled.states()[AWAITS] == 0


def test_switched_on_late_pieces_are_chosen_of_what_waits(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_WORKS", 4)
    village.set_to_wait(0)
    village.hand_in_all(4)
    with village.sessions.writing() as session:
        for row in session.scalars(select(DraftRow)).all():
            row.state = DraftState.RELEASED
    village.set_to_wait(3)
    for number in range(4, 9):
        village.hand_in(number)
    work_off(village.parts)
    assert len(village.seen().pieces) == 3


def test_what_cannot_be_chosen_makes_nobody_choose_anew_with_each_work(village: Village) -> None:
    village.set_to_wait(0)
    village.hand_in_all(6)
    village.set_to_wait(3)
    for number in range(6, 9):
        village.hand_in(number)
    work_off(village.parts)
    before = village.chosen()
    village.hand_in(9, WORKS[4])
    work_off(village.parts)
    assert village.chosen() == before


def test_who_hands_in_again_undoes_nothing_that_was_judged_and_counts_once(filled: Village) -> None:
    first = filled.seen().pieces[0]
    filled.judge(first.draft)
    hand_in_again(filled, first.submission, f"{WORKS[0]} We begin with those who want to.")
    seen = filled.seen()
    assert seen.judged == 1
    assert [one.submission for one in seen.pieces if not one.judged].count(first.submission) == 0
    with filled.sessions.reading() as session:
        later = session.scalars(
            select(DraftRow.id).where(DraftRow.state == AWAITS).order_by(DraftRow.id.desc())
        ).first()
    filled.answer_without_verdict(later or "")
    assert filled.seen().judged == 1
    judge_all(filled)
    assert filled.states()[AWAITS] == 0


@pytest.mark.parametrize("leaves", ["withdraw", "say_no_to_machines"])
def test_whose_piece_is_gone_is_named_no_more_and_nobody_is_sent_there(village: Village, leaves: str) -> None:
    village.hand_in_all(3)
    first, *others = village.seen().pieces
    getattr(village, leaves)(first.submission)
    seen = village.seen()
    assert [one.draft for one in seen.pieces] == [one.draft for one in others]
    assert seen.next is not None
    assert seen.next.draft == others[0].draft
    assert seen.elsewhere == 0


def test_who_says_no_to_machines_gives_the_place_to_another_at_once(filled: Village) -> None:
    first = filled.seen().pieces[0]
    filled.say_no_to_machines(first.submission)
    work_off(filled.parts)
    assert len(filled.chosen() - {first.submission}) == 3


def test_whose_piece_is_erased_gives_the_place_to_another_at_once(filled: Village) -> None:
    first = filled.seen().pieces[0]
    with filled.sessions.writing() as session:
        erasing.erase(session, filled.platform, ErasureKind.PERSON, f"p{first.submission[1:]}", now=filled.parts.now())
    assert first.draft not in {one.draft for one in filled.seen().pieces}
    work_off(filled.parts)
    assert len(filled.seen().pieces) == 3


def test_a_piece_whose_job_was_given_up_and_taken_up_again_gets_its_sheet_and_no_draft(filled: Village) -> None:
    piece = filled.seen().pieces[0].draft
    with filled.sessions.writing() as session:
        row = session.get_one(DraftRow, piece)
        row.state = DraftState.WAITING
        session.flush()
        assert make.fail(session, piece, row.generation, make.GAVE_UP, "It was given up.", now=filled.parts.now())
        again = make.wait_again(session, piece, row.generation - 1, now=filled.parts.now())
        assert again == row.generation
        task = make.begin(session, piece, again, now=filled.parts.now())
        assert task is not None
        assert task.judge_first


def test_a_blank_that_somebody_judged_counts_and_pieces_are_chosen_beside_it(village: Village) -> None:
    blank = village.hand_in(0, "...")
    work_off(village.parts)
    village.judge(blank)
    for number in range(1, 5):
        village.hand_in(number)
    work_off(village.parts)
    assert (village.seen().judged, len(village.seen().pieces)) == (1, 2)
    judge_all(village)
    assert village.states()[AWAITS] == 0


def test_what_is_taken_back_while_it_is_being_chosen_is_no_piece(village: Village) -> None:
    for number in range(4):
        village.hand_in(number)
    with village.sessions.reading() as session:
        challenge = session.scalars(select(DraftRow.challenge_id)).first() or ""
        asked = choosing.begin(session, challenge)
    assert asked is not None
    embedder = village.parts.embedder(village.platform.organization)
    chosen = choose(measured(asked.works, embedder), asked.wanted, asked.kept)
    gone = next(number for number in range(4) if village.draft_of(f"s{number}") == chosen[0].id)
    village.withdraw(f"s{gone}")
    with village.sessions.writing() as session:
        choosing.keep(session, challenge, asked, chosen, now=village.parts.now())
    assert village.piece(chosen[0].id) is None
    work_off(village.parts)
    assert len(village.seen().pieces) == 3


def test_a_draft_that_a_facilitator_asked_for_is_not_taken_back_by_choosing_anew(village: Village) -> None:
    village.hand_in_all(4)
    asked = village.seen().pieces[0].draft
    with village.sessions.writing() as session:
        version = session.get_one(DraftRow, asked).version
        at = Deciding(session, village.lena, asked, version, village.parts.now())
        review.redraft(at, instruction="Say it in one sentence.")
    work_off(village.parts)
    for number in range(4, 9):
        village.hand_in(number)
    village.choose_anew()
    with village.sessions.reading() as session:
        row = session.get_one(DraftRow, asked)
        assert row.state is not AWAITS
        assert row.generation == 2
    assert village.piece(asked) is not None
