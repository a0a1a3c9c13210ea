"""Long outages, the same thing told every hour, and what happens in between: nothing is lost, or said twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.challenges import archiving
from service.actions.learners import asks
from service.actions.learners.asks import AskWish
from service.actions.notifications import clock, mailing, tell, wishes
from service.actions.notifications.tell import Told
from service.actions.notifications.wishes import Wishes
from service.actions.work import submit
from service.domain.notifications.kinds import NotificationKind
from service.domain.notifications.timing import Rhythm
from service.store.tables import JobState, Mailing, MailingState, Notification
from tests.service.jobs.notifications.office import Office
from tests.service.jobs.notifications.test_the_server import rested

WAITS = NotificationKind.WORK_WAITS


def tell_of(office: Office, turn: str, *, gathered: bool = True, kind: NotificationKind = WAITS) -> int:
    """Lena is told of something; how many rows that made."""

    def told(session: Session) -> int:
        one = Told(office.row(session, "lena").id, kind, "a" * 32, turn, gathered)
        return tell.told(session, office.platform.organization, [one], now=office.now)

    return int(office.do(told))


def mail_goes(office: Office) -> None:
    """All that waits goes with a letter, without a look at what it says."""

    def go(session: Session) -> None:
        row = Mailing(
            organization_id=office.platform.organization,
            person_id=office.row(session, "lena").id,
            planned_at=office.now,
            state=MailingState.SENT,
        )
        session.add(row)
        session.flush()
        session.execute(update(Notification).values(mailing_id=row.id, mail_at=None))

    office.do(go)


@pytest.mark.parametrize("said", ["", "550 5.7.1 Not from you to her"])
def test_what_no_server_took_for_longer_than_a_job_waits_is_in_the_next_letter(office: Office, said: str) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.AT_ONCE)  # without quiet hours, in which a letter is put off and begins anew
    if said:
        office.server.refuse["amara@example.org"] = said
    else:
        office.server.stop()
    office.release()
    for _ in range(27):
        office.go()
        rested(office)
        office.wait(hours=1)
    assert len(office.jobs("mail", JobState.DEAD)) == 1
    assert "jobs_given_up" not in office.kinds("ines")  # there is nothing that she could do about it
    office.server.refuse.clear()
    if not said:
        office.server.start()
    office.wait(hours=1)
    office.go()
    assert office.mailed() == [("amara@example.org", "Your feedback is there")]


def test_what_was_told_too_long_ago_is_not_put_back(office: Office) -> None:
    office.address("amara")
    office.server.stop()
    office.release()
    office.go()
    (row,) = office.mailings()
    office.wait(days=11)
    office.do(lambda session: mailing.put_back(session, row.id, now=office.now))
    assert [one.mail_at for one in office.rows() if one.kind == "feedback_there"] == [None]


def test_the_same_told_every_hour_stays_as_it_is(office: Office) -> None:
    office.address("lena")
    assert tell_of(office, "one") == 1
    (before,) = office.rows()
    office.wait(hours=1)
    assert tell_of(office, "one") == 0
    (after,) = office.rows()
    assert (after.at, after.mail_at) == (before.at, before.mail_at)
    mail_goes(office)
    office.wait(hours=1)
    assert tell_of(office, "one") == 0
    assert [one.read_at for one in office.rows()] == [None]


def test_a_later_turn_that_joined_a_waiting_row_is_not_told_again_after_the_letter(office: Office) -> None:
    office.address("lena")
    tell_of(office, "one")
    assert tell_of(office, "two") == 0
    mail_goes(office)
    assert tell_of(office, "two") == 0
    assert [one.read_at for one in office.rows()] == [None]
    assert tell_of(office, "three") == 1


def test_an_answer_to_one_question_leaves_the_other_one_to_be_read(office: Office) -> None:
    office.release()

    def put(session: Session) -> None:
        for text in ("Which of the two examples do you mean?", "And what would a third one be?"):
            asks.ask(session, office.actor(session, "amara"), "s-amara", AskWish(text), now=office.now)

    office.do(put)
    office.go()

    def answer(session: Session) -> None:
        lena = office.actor(session, "lena")
        (asked, *_) = asks.asks_open(session, lena)
        asks.answer(Deciding(session, lena, asked.id, asked.version, office.now), "The first.")

    office.do(answer)
    office.go()
    assert [(one.line.kind, one.read) for one in office.told("mateo")] == [("question_asked", False)]


def test_what_becomes_due_while_a_letter_is_planned_is_not_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.address("lena")
    tell_of(office, "one", gathered=False)
    tell_of(office, "two", gathered=False)
    first, second = office.rows()

    def due(session: Session, which: str) -> None:
        session.execute(update(Notification).where(Notification.id == which).values(mail_at=office.now))

    office.do(lambda session: due(session, first.id))
    changed = mailing.changed_rows

    def and_another(session: Session, statement: Any) -> int:
        found = changed(session, statement)
        due(session, second.id)
        return found

    monkeypatch.setattr(mailing, "changed_rows", and_another)
    office.do(lambda session: mailing.plan(session, office.platform.organization, now=office.now))
    assert [one.mail_at for one in office.rows()] == [None, office.now]


def test_a_change_of_wishes_leaves_what_goes_with_a_letter_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.address("lena")
    tell_of(office, "one")
    mailed_at = Wishes.mailed_at

    def meanwhile(self: Wishes, *given: Any) -> Any:
        mail_goes(office_session)
        return mailed_at(self, *given)

    with office.sessions.writing() as session:

        class Here:
            """The office, in this transaction."""

            platform, now, row = office.platform, office.now, staticmethod(office.row)

            @staticmethod
            def do(what: Any) -> Any:
                return what(session)

        office_session: Any = Here
        monkeypatch.setattr(Wishes, "mailed_at", meanwhile)
        wishes._follow(session, office.row(session, "lena"), now=office.now)
    assert [one.mail_at for one in office.rows()] == [None]


def test_what_is_archived_waits_for_nobody(office: Office) -> None:
    office.address("lena")
    office.ready()
    office.go()
    assert office.kinds("lena") == ["work_waits"]
    office.do(lambda session: archiving.archive(session, office.platform, "observe", now=office.now))
    assert office.kinds("lena") == []
    office.wait(days=1)
    office.go()
    assert office.mailed() == []


def test_many_are_told_in_statements_of_few(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell, "ROWS_AT_ONCE", 2)

    def told(session: Session) -> int:
        lena = office.row(session, "lena").id
        some = [Told(lena, WAITS, f"{number:032}", "one") for number in range(5)]
        return tell.told(session, office.platform.organization, some, now=office.now)

    assert office.do(told) == len(office.rows()) == 5


def test_old_letters_are_forgotten_some_at_a_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FORGOTTEN_AT_ONCE", 2)
    for _ in range(3):
        mail_goes(office)
    office.wait(days=91)
    gone = [office.do(lambda s: clock.forget(s, office.platform.organization, now=office.now)) for _ in range(2)]
    assert gone == [2, 1]
    assert office.mailings() == []


def test_what_says_nothing_any_more_counts_as_read_within_the_hour(office: Office) -> None:
    office.release("amara")
    office.ready("yusuf")
    office.go()
    office.do(lambda session: submit.withdraw(session, office.platform, "s-yusuf", now=office.now))
    hushed = office.do(lambda session: clock.hush(session, office.platform.organization, now=office.now))
    assert hushed > 0
    assert {one.kind.value for one in office.rows() if one.read_at is None} == {"feedback_there"}
    again = office.do(lambda session: clock.hush(session, office.platform.organization, now=office.now))
    assert again == 0


def test_everybody_has_their_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "HUSHED_AT_ONCE", 1)

    def silent(session: Session) -> None:
        some = [Told(office.row(session, one).id, WAITS, "a" * 32, "one") for one in ("amara", "lin", "lena")]
        tell.told(session, office.platform.organization, some, now=office.now)

    office.do(silent)
    for _ in range(6):
        office.do(lambda session: clock.hush(session, office.platform.organization, now=office.now))
        office.wait(hours=1)
    assert [one for one in office.rows() if one.read_at is None] == []
