"""A facilitator decides on an introduction; both are asked; only two yeses introduce."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from service.actions.approvals.deciding import Deciding
from service.actions.introductions import answers, common, desk, ends, review
from service.actions.learners.disclosed import disclosed
from service.domain.errors import ChangedSince, Invalid, NotAllowed, NotFound, NotNow
from service.domain.introductions import (
    ANSWER_WITHIN,
    SUGGESTION_KEEPS,
    IntroductionState,
    OwnIntroductionState,
    wording_digest,
)
from service.domain.visibility import ShowWork
from service.store.tables import IntroductionQuestion, OutgoingEvent
from tests.service.actions.introductions.village import UNDO, Village


def events(village: Village) -> list[str]:
    with village.sessions.reading() as session:
        return [row.name for row in session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id))]


def test_two_people_are_introduced_after_an_approval_of_that_text_and_a_yes_of_each(village: Village) -> None:
    one = village.suggest("amara", "lin")
    assert village.sees("amara").items == village.sees("lin").items == ()
    village.approve(one)
    assert not introductions_answers_ask(village, one)
    village.now += UNDO
    assert village.ask(one)
    (asked,) = village.sees("amara").items
    assert (asked.seen, asked.other, asked.message) == (
        OwnIntroductionState.QUESTION,
        "Lin Tester",
        "message_to_first of amara and lin",
    )
    village.answer(one, "amara", True)
    assert village.sees("amara").items[0].seen is OwnIntroductionState.WAITING
    assert village.sees("lin").items[0].seen is OwnIntroductionState.QUESTION
    village.answer(one, "lin", True)
    (made,) = village.sees("lin").items
    assert (made.seen, made.other, made.introduced_at) == (OwnIntroductionState.TOGETHER, "Amara Tester", village.now)
    assert events(village)[-2:] == ["introduction.asked", "introduction.made"]


def introductions_answers_ask(village: Village, one: str) -> bool:
    """Before the undo window has passed."""
    with village.sessions.writing() as session:
        return answers.ask_due(session, one, now=village.now)


def test_the_database_refuses_a_question_without_an_approval_and_a_meeting_without_two_yeses(village: Village) -> None:
    one = village.suggest("amara", "lin")
    with pytest.raises(IntegrityError), village.sessions.writing() as session:
        session.add(
            IntroductionQuestion(
                introduction_id=one,
                organization_id=village.organization,
                text_hash="0" * 64,
                approval_id="0" * 32,
                released_at=village.now,
            )
        )
    two = village.asked("yusuf", "noor")
    village.answer(two, "yusuf", True)
    said = {"i": two, "o": village.organization, "a": village.id("yusuf"), "b": village.id("noor"), "at": village.now}
    insert = text("INSERT INTO meetings VALUES (:i, :o, :a, 'yes', :b, 'yes', :at)")
    for answer in (None, False):
        if answer is not None:
            village.answer(two, "noor", answer)
        with pytest.raises(IntegrityError), village.sessions.writing() as session:
            session.execute(insert, {**said, "at": str(village.now)})


def test_a_changed_text_needs_a_new_approval_and_an_old_look_approves_nothing(hamlet: Village) -> None:
    one = hamlet.suggest("amara", "lin")
    seen = wording_digest(common.texts(hamlet.row(one)))
    mateo = hamlet.actor("mateo")
    hamlet.approve(one)
    with hamlet.sessions.writing() as session:
        review.revise(Deciding(session, mateo, one, 2, hamlet.now), wording={"step": "Have tea."})
    assert hamlet.row(one).state is IntroductionState.SUGGESTED
    assert not hamlet.ask(one)
    with pytest.raises(ChangedSince), hamlet.sessions.writing() as session:
        review.approve(Deciding(session, mateo, one, 3, hamlet.now), seen=seen)
    with pytest.raises(ChangedSince), hamlet.sessions.writing() as session:
        review.revise(Deciding(session, mateo, one, 2, hamlet.now), wording={"step": "Late."})
    with pytest.raises(Invalid), hamlet.sessions.writing() as session:
        review.revise(Deciding(session, mateo, one, 3, hamlet.now), wording={"step": " "})


def test_who_reviews_either_group_decides_and_nobody_else(hamlet: Village) -> None:
    one = hamlet.suggest("amara", "lin")
    for person in ("lena", "sofia", "mateo", "ines"):
        with hamlet.sessions.reading() as session:
            assert desk.show(session, hamlet.actor(person), one, now=hamlet.now).line.id == one
    two = hamlet.suggest("noor", "tiago")
    with hamlet.sessions.reading() as session:
        lena = desk.queue(session, hamlet.actor("lena"), now=hamlet.now)
        assert [line.id for line in lena] == [one]
        with pytest.raises(NotFound):
            desk.show(session, hamlet.actor("lena"), two, now=hamlet.now)
        with pytest.raises(NotAllowed):
            desk.queue(session, hamlet.actor("amara"), now=hamlet.now)
        with pytest.raises(NotAllowed):
            desk.show(session, hamlet.platform, one, now=hamlet.now)
    for person, error in (("lena", NotFound), ("noor", NotAllowed)):
        with pytest.raises(error), hamlet.sessions.writing() as session:
            review.dismiss(
                Deciding(session, hamlet.actor(person), two, 1, hamlet.now),
                reason=review.IntroductionDismissalReason.OTHER,
            )


def test_nobody_decides_on_an_introduction_of_their_own(hamlet: Village) -> None:
    hamlet.allow("mateo", introduce=True)
    one = hamlet.suggest("mateo", "lin", quoting=False)
    with hamlet.sessions.reading() as session:
        assert desk.queue(session, hamlet.actor("mateo"), now=hamlet.now) == []
        assert desk.queue(session, hamlet.actor("sofia"), now=hamlet.now)[0].id == one


def test_a_facilitator_reads_own_learners_words_and_of_the_other_what_consent_allows(hamlet: Village) -> None:
    one = hamlet.suggest("amara", "lin")

    def quoted(person: str) -> list[str]:
        with hamlet.sessions.reading() as session:
            shown = desk.show(session, hamlet.actor(person), one, now=hamlet.now)
            return [quote.name.split()[0] for quote in shown.quotes]

    assert quoted("lena") == quoted("mateo") == ["Amara", "Lin"]
    for consent in (ShowWork.WITHOUT_NAME, ShowWork.NO):
        hamlet.allow("lin", show_work=consent)
        assert quoted("lena") == ["Amara"]
        assert quoted("mateo") == ["Amara", "Lin"]


def test_words_are_quoted_to_the_other_only_as_the_author_allows_now(hamlet: Village) -> None:
    one = hamlet.asked("amara", "lin")
    names = [quote.name for quote in hamlet.sees("amara").items[0].quotes]
    assert names == ["Amara Tester", "Lin Tester"]
    hamlet.allow("lin", show_work=ShowWork.NO)
    (asked,) = hamlet.sees("amara").items
    assert [quote.name for quote in asked.quotes] == ["Amara Tester"]
    assert (asked.seen, asked.reason) == (OwnIntroductionState.QUESTION, "reason of amara and lin")
    assert len(hamlet.sees("lin").items[0].quotes) == 2
    assert hamlet.row(one).state is IntroductionState.ASKED


def test_a_withdrawn_consent_ends_it_at_once_wherever_it_is(village: Village) -> None:
    suggested, asked = village.suggest("amara", "lin"), village.asked("yusuf", "noor")
    village.answer(asked, "yusuf", True)
    village.answer(asked, "noor", True)
    for person in ("lin", "noor"):
        village.allow(person, introduce=False)
    assert {village.row(one).state for one in (suggested, asked)} == {IntroductionState.WITHDRAWN}
    assert village.sees("yusuf").items == ()
    village.allow("noor", introduce=True)
    assert village.sees("yusuf").items == village.sees("noor").items == ()
    assert village.suggest("noor", "yusuf") == ""
    village.allow("lin", introduce=True)
    assert village.suggest("amara", "lin") != ""  # nobody was asked then


def test_a_third_person_is_named_only_as_long_as_they_allow_it(hamlet: Village) -> None:
    one = hamlet.asked("amara", "lin", through="noor")
    two = hamlet.asked("yusuf", "lin", through="noor")
    for person in ("yusuf", "lin"):
        hamlet.answer(two, person, True)
    hamlet.allow("noor", introduce=False)
    assert hamlet.row(one).state is IntroductionState.WITHDRAWN
    (made,) = hamlet.sees("yusuf").items
    assert (made.seen, made.other, made.reason, made.message) == (OwnIntroductionState.TOGETHER, "Lin Tester", "", "")
    assert hamlet.suggest("amara", "tiago", through="noor") == ""


def test_who_lets_no_machine_read_is_not_suggested_and_not_asked(hamlet: Village) -> None:
    from pipelines.values import AI

    one = hamlet.suggest("amara", "lin")
    hamlet.approve(one)
    hamlet.allow("lin", ai=AI.NONE)
    assert hamlet.row(one).state is IntroductionState.WITHDRAWN
    assert not hamlet.ask(one)
    assert hamlet.suggest("yusuf", "lin") == ""


def test_what_nobody_decides_on_or_answers_fades_and_a_no_fades_with_it(village: Village) -> None:
    faded, declined = village.suggest("amara", "noor"), village.asked("amara", "lin")
    silent = village.asked("yusuf", "tiago")
    village.answer(declined, "lin", False)
    with village.sessions.writing() as session:
        assert ends.sweep(session, now=village.now + ANSWER_WITHIN - timedelta(minutes=1)) == 0
        assert ends.sweep(session, now=village.now + ANSWER_WITHIN) == 2
        assert ends.sweep(session, now=village.now + SUGGESTION_KEEPS) == 1
    assert events(village).count("introduction.ended") == 2
    states = [village.row(one).state for one in (faded, declined, silent)]
    assert states == [IntroductionState.EXPIRED, IntroductionState.DECLINED, IntroductionState.EXPIRED]
    village.now += SUGGESTION_KEEPS
    assert village.sees("amara").items == ()
    with pytest.raises(NotNow):
        village.answer(silent, "yusuf", True)
    assert village.suggest("lin", "amara") == village.suggest("tiago", "yusuf") == ""
    assert village.suggest("noor", "amara") != ""  # nobody was asked then


def test_each_reads_that_own_words_were_quoted_to_the_other_once_both_are_asked(village: Village) -> None:
    village.allow("lin", show_work=ShowWork.WITHOUT_NAME)
    one = village.suggest("amara", "lin")
    village.approve(one)
    assert told_of(village, "amara") == []
    assert village.ask(one)
    assert told_of(village, "amara") == [("s-amara", "introduction", "Mateo")]
    assert told_of(village, "lin") == [], "who is shown without a name is not quoted to whom they may meet"


def told_of(village: Village, person: str) -> list[tuple[str, str, str]]:
    with village.sessions.reading() as session:
        found = disclosed(session, village.platform, person)
    return [(told.submission, told.kind, told.approved_by) for told in found]
