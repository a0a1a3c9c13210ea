"""At most one question is open on a challenge, and its answer is in every draft made after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.values import Standing
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.drafts import make
from service.actions.memory import alerts, clarifying, decided
from service.actions.memory.decided import Target
from service.actions.people import register
from service.domain.errors import ChangedSince, Invalid, NotAllowed
from service.domain.memory.clarifying import QuestionCause
from service.domain.roles import Actor, CredentialReach, Role
from service.store.session import Sessions
from service.store.tables import Challenge, Clarification, DraftRow, RightDecision
from tests.service.actions.memory.remembered import (
    CARD,
    HUSHED,
    NATURAL,
    NEXT,
    QUIET,
    STRENGTH,
    compare,
    dismiss,
    first,
    ready,
)
from tests.service.actions.school import NOW, OTHER_PLAN, act_as, approve, found, hand_in

ASKED = (
    "Points on “says what will be looked for” were dismissed three times (reasons: They agreed on one; wrong). "
    "What would you accept as evidence of it?"
)
ANSWER = "One question that the pair agrees on before the visit."


def minutes(count: int):
    return NOW + timedelta(minutes=count)


def thrice(session: Session, *, code: str = "wrong") -> tuple[Actor, Actor, list[DraftRow]]:
    """Three points on k2, dismissed one by one."""
    platform = found(session)
    lena = act_as(session, platform, "lena")
    rows = []
    for number in range(3):
        text = f"Plan {number}. {OTHER_PLAN}"
        row = ready(
            session, platform, "amara", text, (NEXT, "k2", text[:6], f"Say more of {number}."), id_=f"s-{number}"
        )
        dismiss(session, lena, row, "" if number else "They agreed on one.", code=code, now=minutes(number))
        rows.append(row)
    return platform, lena, rows


def the_challenge(session: Session) -> Challenge:
    return session.scalars(select(Challenge)).one()


def seen(session: Session, actor: Actor, now: datetime) -> Deciding:
    """What is asked about the challenge, as it stands."""
    platform = replace(actor, reach=CredentialReach.PLATFORM, person=None)
    return Deciding(
        session, actor, "observe", clarifying.challenge_questions(session, platform, "observe").version, now
    )


def test_three_dismissals_on_a_criterion_ask_one_question(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        open_ = clarifying.challenge_questions(session, lena, "observe").open
        assert open_ is not None
        assert (open_.criterion, open_.cause, open_.at, open_.text) == (
            "k2",
            QuestionCause.DISMISSALS,
            minutes(2),
            ASKED,
        )
        assert clarifying.challenge_questions(session, platform, "observe").open == open_
        with pytest.raises(NotAllowed):
            clarifying.challenge_questions(session, act_as(session, platform, "amara"), "observe")


def test_dismissals_of_what_was_said_already_or_of_several_at_once_ask_nothing(sessions: Sessions):
    with sessions.writing() as session:
        _, lena, _ = thrice(session, code="already_said")
        assert clarifying.challenge_questions(session, lena, "observe").open is None


def test_one_judgement_applied_to_many_counts_once(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = [
            ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD), id_=f"s-{n}") for n in range(4)
        ]
        dismiss(session, lena, rows[0])
        to = [Target(row.id, row.version, first(row).id) for row in rows[1:]]
        done = decided.apply_to(Deciding(session, lena, rows[0].id, rows[0].version, NOW), first(rows[0]).id, to=to)
        assert [one.problem for one in done] == [None] * 3
        assert clarifying.challenge_questions(session, lena, "observe").open is None


def test_an_answer_reaches_every_later_brief_and_makes_earlier_drafts_stale(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, rows = thrice(session)
        asked = clarifying.answer(seen(session, lena, minutes(9)), criterion="k2", text=ANSWER)
        assert (asked.open, the_challenge(session).version) == (None, 2)
        assert {row.stale for row in rows} == {True}
        later = hand_in(session, platform, "yusuf").draft
        assert later is not None
        brief = make.begin(session, later.id, later.generation, now=minutes(10))
        assert brief is not None
        assert brief.challenge.notes == f"k2, “says what will be looked for” (Lena, 2026-10-05): {ANSWER}"
        assert [criterion.evidence for criterion in brief.challenge.criteria] == ["", ANSWER]
        assert not later.stale


def test_the_platform_sends_the_challenge_again_and_the_answer_stays(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        clarifying.answer(seen(session, lena, minutes(9)), criterion="k2", text=ANSWER)
        criteria = tuple(setting.CriterionWish(c.key, c.text) for c in the_challenge(session).criteria)
        wish = setting.ChallengeWish("Peer observation", "Plan it.", notes="Small teams.", criteria=criteria)
        setting.put_challenge(session, platform, "observe", wish, now=minutes(10))
        row = hand_in(session, platform, "yusuf").draft
        brief = make.begin(session, row.id, row.generation, now=minutes(11))
        assert brief is not None
        assert brief.challenge.notes.splitlines()[0] == "Small teams."
        assert brief.challenge.notes.endswith(ANSWER)


def test_the_same_answer_again_changes_nothing_and_another_one_replaces_it(sessions: Sessions):
    with sessions.writing() as session:
        _, lena, _ = thrice(session)
        for number in range(2):
            clarifying.answer(seen(session, lena, minutes(9 + number)), criterion="k2", text=ANSWER)
        assert the_challenge(session).version == 2
        assert len(session.scalars(select(Clarification)).all()) == 1
        asked = clarifying.answer(seen(session, lena, minutes(12)), criterion="k2", text="A card.")
        assert [row.answer for row in asked.answered] == ["A card.", ANSWER]
        assert (the_challenge(session).version, asked.answered[0].question) == (3, ASKED)


def test_an_answer_by_whoever_has_not_seen_the_one_before_is_refused(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        mateo = act_as(session, platform, "mateo")
        both = [seen(session, actor, minutes(9)) for actor in (lena, mateo)]
        clarifying.answer(both[0], criterion="k2", text=ANSWER)
        with pytest.raises(ChangedSince):
            clarifying.answer(both[1], criterion="k2", text="A card.")
        assert [row.answer for row in clarifying.challenge_questions(session, lena, "observe").answered] == [ANSWER]
        clarifying.answer(seen(session, mateo, minutes(10)), criterion="k2", text="A card.")


@pytest.mark.parametrize(("first", "then"), [("", ANSWER), (ANSWER, "")], ids=["left first", "answered first"])
def test_who_leaves_a_question_and_who_answers_it_do_not_pass_each_other_by(sessions: Sessions, first: str, then: str):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        mateo = act_as(session, platform, "mateo")
        both = [seen(session, actor, minutes(9)) for actor in (lena, mateo)]
        clarifying.answer(both[0], criterion="k2", text=first)
        with pytest.raises(ChangedSince):
            clarifying.answer(both[1], criterion="k2", text=then)
        assert [row.answer for row in clarifying.challenge_questions(session, lena, "observe").answered] == [first]


def test_who_has_not_read_the_question_in_its_present_words_does_not_answer_it(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        read = seen(session, lena, minutes(9))
        row = ready(session, platform, "amara", "Plan 7. " + OTHER_PLAN, (NEXT, "k2", "Plan 7", "More 7."), id_="s-7")
        dismiss(session, act_as(session, platform, "lena"), row)
        with pytest.raises(ChangedSince):
            clarifying.answer(read, criterion="k2", text=ANSWER)
        clarifying.answer(seen(session, lena, minutes(9)), criterion="k2", text=ANSWER)


def test_a_question_that_is_left_is_asked_again_only_when_it_shows_anew(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        asked = clarifying.answer(seen(session, lena, minutes(9)), criterion="k2", text="")
        assert (asked.open, the_challenge(session).version) == (None, 1)
        clarifying.answer(seen(session, lena, minutes(9)), criterion="k2", text="")
        for number in range(3, 6):
            text = f"Plan {number}. {OTHER_PLAN}"
            row = ready(session, platform, "amara", text, (NEXT, "k2", text[:6], f"More {number}."), id_=f"s-{number}")
            assert clarifying.challenge_questions(session, lena, "observe").open is None
            dismiss(session, lena, row, now=minutes(10 + number))
        assert clarifying.challenge_questions(session, lena, "observe").open is not None


def test_only_what_was_asked_is_answered_and_only_by_who_reviews_work_on_it(sessions: Sessions):
    with sessions.writing() as session:
        platform, lena, _ = thrice(session)
        with pytest.raises(Invalid, match="Nothing was asked"):
            clarifying.answer(seen(session, lena, minutes(9)), criterion="k1", text=ANSWER)
        with pytest.raises(NotAllowed):
            clarifying.answer(seen(session, platform, minutes(9)), criterion="k2", text=ANSWER)
        wish = setting.ChallengeWish("Peer observation", "Plan it.", groups=("north",))
        setting.put_challenge(session, platform, "observe", wish, now=NOW)
        register.put_person(session, platform, "ola", name="Ola", roles=[(Role.FACILITATOR, "south")], now=NOW)
        ola = act_as(session, platform, "ola")
        with pytest.raises(NotAllowed):
            clarifying.answer(seen(session, ola, minutes(9)), criterion="k2", text=ANSWER)


def test_a_contradiction_is_asked_about_until_it_is_settled(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        for person, text, kind, words in (("amara", HUSHED, STRENGTH, NATURAL), ("lin", QUIET, NEXT, CARD)):
            approve(session, mateo, ready(session, platform, person, text, (kind, "k2", text[:-1], words)))
        compare(session)
        open_ = clarifying.challenge_questions(session, mateo, "observe").open
        assert open_ is not None
        assert open_.cause is QuestionCause.CONTRADICTION
        (alert,) = alerts.alerts(session, mateo, "observe")
        alerts.settle(Deciding(session, mateo, alert.id, alert.version, minutes(1)), right=RightDecision.BOTH, note="")
        assert clarifying.challenge_questions(session, mateo, "observe").open is None


def test_what_could_not_be_read_five_times_though_a_facilitator_could_is_asked_about(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        blind = values.Judgement("k2", Standing.CANNOT_TELL, 0.0)
        read = values.Assessment(values.Judgement("", Standing.CANNOT_TELL, 0.0), criteria=(blind,))
        for number in range(5):
            assert clarifying.challenge_questions(session, lena, "observe").open is None
            text = f"Plan {number}. {OTHER_PLAN}"
            line = (NEXT, "k2", text[:6], f"Say more of {number}.")
            row = ready(session, platform, "amara", text, line, id_=f"s-{number}", assessment=read)
            approve(session, lena, row, now=minutes(number))
        open_ = clarifying.challenge_questions(session, lena, "observe").open
        assert open_ is not None
        assert (open_.criterion, open_.cause) == ("k2", QuestionCause.CANNOT_TELL)
