"""Letters come when their reader wants them, once, and never about what is not theirs to know any more."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.erasure import begin
from service.actions.notifications import own, wishes
from service.actions.people import register
from service.actions.work import submit
from service.domain.erasure.erased import ErasureKind
from service.domain.notifications.kinds import NotificationTopic
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Role
from service.store.tables import DraftRow, Mailbox, Mailing, MailingState, Notification, NotificationRhythm
from tests.service.jobs.notifications.office import BASE, Office, html, plain
from tests.work_off import work_off

FEEDBACK = "Your feedback is there"


def test_released_feedback_is_mailed_at_once_and_once(office_on_both: Office) -> None:
    office = office_on_both
    office.address("amara")
    office.release()
    for _ in range(3):
        office.go()
        office.wait(hours=1)
    assert office.mailed() == [("amara@example.org", FEEDBACK)]
    assert office.kinds("amara") == ["feedback_there"]
    assert [one.state for one in office.mailings()] == [MailingState.SENT]


def test_a_letter_says_what_it_is_to_people_and_to_programs(office: Office) -> None:
    office.address("amara")
    office.release()
    office.go()
    (letter,) = office.server.letters
    said = "Feedback on your work on “Peer observation” is there."
    assert said in plain(letter)
    assert said in html(letter)
    assert f"{BASE}/learn/work/s-amara" in plain(letter)
    assert f'href="{BASE}/learn/work/s-amara"' in html(letter)
    assert '<html lang="en" dir="ltr">' in html(letter)
    assert "<img" not in html(letter)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith(f"<{BASE}/mail/")
    assert letter["Message-ID"] == f"<{office.mailings()[0].id}@example.org>"
    assert letter["Date"].datetime == office.mailings()[0].tried_at
    assert letter["From"] == "Peerloom <feedback@example.org>"


def test_the_link_that_ends_mail_is_on_the_wire_as_it_is(office: Office) -> None:
    office.address("amara")
    office.release()
    office.go()
    (sent,) = office.server.raw
    (line,) = [line for line in sent.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert line.startswith(f"List-Unsubscribe: <{BASE}/mail/".encode())
    assert line.endswith(b">")
    assert line[-2:-1].isalnum()


def test_a_letter_is_in_its_readers_language(office: Office) -> None:
    office.address("amara")

    def speaks_german(session: Session) -> None:
        office.row(session, "amara").language = "de-AT"

    office.do(speaks_german)
    office.release()
    office.go()
    assert office.mailed() == [("amara@example.org", "Deine Rückmeldung ist da")]
    assert "Hallo Amara Okafor," in plain(office.server.letters[0])
    assert '<html lang="de"' in html(office.server.letters[0])


def test_what_waits_for_a_facilitator_comes_once_a_day_as_one_line_with_a_count(office: Office) -> None:
    office.address("lena")
    office.ready("amara")
    office.wait(hours=1)
    office.ready("yusuf")
    office.go()
    assert office.mailed() == []
    assert [one.line.count for one in office.told("lena")] == [2]
    office.until(datetime(2026, 10, 6, 6, 59, tzinfo=UTC))
    office.go()
    assert office.mailed() == []
    office.until(datetime(2026, 10, 6, 7, 0, tzinfo=UTC))
    office.go()
    assert office.mailed() == [("lena@example.org", "Work waits for you")]
    assert "2 pieces of work on “Peer observation” wait for you, the oldest since 5 October 2026." in plain(
        office.server.letters[0]
    )
    office.wait(days=3)
    office.go()
    assert len(office.server.letters) == 1


def test_what_comes_in_after_the_mornings_letter_is_in_the_next_mornings(office: Office) -> None:
    office.address("lena")
    office.ready("amara")
    office.go()
    office.until(datetime(2026, 10, 6, 7, 0, tzinfo=UTC))
    office.go()
    office.wait(hours=2)
    office.ready("yusuf")
    office.go()
    office.until(datetime(2026, 10, 7, 7, 0, tzinfo=UTC))
    office.go()
    assert office.mailed() == [("lena@example.org", "Work waits for you")] * 2
    assert [one.line.count for one in office.told("lena")] == [2]


def test_who_wants_to_hear_at_once_hears_of_many_hand_ins_every_three_hours(office: Office) -> None:
    office.address("lena")
    office.wish("lena", Rhythm.AT_ONCE)
    office.ready("amara")
    office.go()
    assert len(office.server.letters) == 1
    office.wait(minutes=5)
    office.ready("yusuf")
    office.go()
    assert len(office.server.letters) == 1
    office.wait(hours=3)
    office.go()
    assert len(office.server.letters) == 2


def test_a_weekly_letter_comes_on_monday(office: Office) -> None:
    office.address("lena")
    office.wish("lena", Rhythm.WEEKLY)
    office.ready("amara")
    office.go()
    office.until(datetime(2026, 10, 11, 23, 0, tzinfo=UTC))
    office.go()
    assert office.mailed() == []
    office.until(datetime(2026, 10, 12, 7, 0, tzinfo=UTC))
    office.go()
    assert len(office.server.letters) == 1


def test_never_is_never_and_the_page_shows_it_all_the_same(office: Office) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.NEVER)
    office.release()
    office.go()
    office.wait(days=8)
    office.go()
    assert office.mailed() == []
    assert office.kinds("amara") == ["feedback_there"]


def test_who_has_no_address_is_told_on_the_page_only(office: Office) -> None:
    office.release()
    office.go()
    assert office.mailed() == []
    assert office.kinds("amara") == ["feedback_there"]


def test_in_quiet_hours_nothing_comes_and_in_the_morning_it_does(office: Office) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.AT_ONCE, quiet_from=21, quiet_until=7, time_zone="America/Bogota")
    office.until(datetime(2026, 10, 6, 2, 30, tzinfo=UTC))  # half past nine in the evening in Bogotá
    office.release()
    office.go()
    office.until(datetime(2026, 10, 6, 11, 59, tzinfo=UTC))
    office.go()
    assert office.mailed() == []
    office.until(datetime(2026, 10, 6, 12, 0, tzinfo=UTC))
    office.go()
    assert len(office.server.letters) == 1


def test_what_was_put_off_into_the_night_waits_for_the_morning(office: Office) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.AT_ONCE, quiet_from=21, quiet_until=7)
    office.until(datetime(2026, 10, 5, 20, 50, tzinfo=UTC))
    office.release()
    office.server.stop()
    office.go()
    office.parts.post.rest._until = 0
    office.server.start()
    office.until(datetime(2026, 10, 5, 22, 0, tzinfo=UTC))
    office.go()
    assert office.mailed() == []
    office.until(datetime(2026, 10, 6, 7, 0, tzinfo=UTC))
    office.go()
    assert len(office.server.letters) == 1


def test_what_was_read_on_the_page_is_not_mailed(office: Office) -> None:
    office.address("lena")
    office.ready("amara")
    office.go()
    office.do(lambda session: own.read(session, office.platform, "lena", now=office.now))
    office.wait(days=2)
    office.go()
    assert office.mailed() == []
    assert [one.read for one in office.told("lena")] == [True]


def test_feedback_that_was_taken_back_before_the_letter_goes_is_not_in_it(office: Office) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.DAILY)
    draft = office.release()

    def take_back(session: Session) -> None:
        row = session.get_one(DraftRow, draft)
        release.retract(Deciding(session, office.actor(session, "mateo"), draft, row.version, office.now))

    office.do(take_back)
    office.go()
    office.wait(days=1)
    office.go()
    assert office.kinds("amara") == ["feedback_taken_back"]
    assert [subject for _, subject in office.mailed()] == ["Your feedback is looked at again"]


def test_work_that_was_taken_back_is_told_of_to_nobody(office: Office) -> None:
    office.address("amara")
    office.address("lena")
    office.wish("amara", Rhythm.DAILY)
    office.release("amara")
    office.ready("yusuf")
    office.go()

    def take_back(session: Session) -> None:
        for name in ("s-amara", "s-yusuf"):
            submit.withdraw(session, office.platform, name, now=office.now)

    office.do(take_back)
    office.wait(days=2)
    office.go()
    assert office.mailed() == []
    assert [office.kinds(person) for person in ("amara", "lena", "mateo")] == [[], [], []]
    assert {one.state for one in office.mailings()} == {MailingState.EMPTY}


def test_who_lost_the_role_before_the_letter_goes_is_told_nothing(office: Office) -> None:
    office.address("lena")
    office.ready("amara")
    office.go()
    assert office.kinds("lena") == ["work_waits"]
    office.do(lambda session: [session.delete(grant) for grant in office.row(session, "lena").roles])
    office.wait(days=2)
    office.go()
    assert office.mailed() == []
    assert office.kinds("lena") == []


def test_nobody_is_told_of_own_work_as_the_one_who_decides(office: Office) -> None:
    def learns_too(session: Session) -> None:
        held = [(Role.FACILITATOR, "north"), (Role.LEARNER, "north")]
        register.put_person(session, office.platform, "lena", name="Lena", roles=held, now=office.now)
        register.put_person(session, office.platform, "mateo", name="Mateo", now=office.now)

    office.do(learns_too)
    office.ready("lena")
    office.go()
    assert office.kinds("lena") == []
    assert office.kinds("ines") == ["nobody_there"]  # there is nobody else
    office.ready("amara")
    office.go()
    assert [(one.line.kind, one.line.count) for one in office.told("lena")] == [("work_waits", 1)]


def test_where_nobody_facilitates_who_coordinates_is_told(office: Office) -> None:
    def nobody(session: Session) -> None:
        for person in ("lena", "mateo"):
            register.put_person(session, office.platform, person, name=person.title(), now=office.now)

    office.do(nobody)
    office.ready("amara")
    office.go()
    assert office.kinds("ines") == ["nobody_there"]
    assert office.told("ines")[0].line.path == "/desk?challenge=observe"


def test_topics_are_those_of_ones_roles(office: Office) -> None:
    with office.sessions.reading() as session:
        shown = {one: set(wishes.show(session, office.platform, one).rhythms) for one in ("amara", "lena", "ines")}
    assert shown["amara"] == {NotificationTopic.FEEDBACK, NotificationTopic.MEETINGS, NotificationTopic.REMINDERS}
    assert shown["lena"] == {NotificationTopic.WORK, NotificationTopic.QUESTIONS}
    assert shown["ines"] == {NotificationTopic.QUESTIONS, NotificationTopic.ORGANIZATION}


def test_news_of_last_week_is_no_news(office: Office) -> None:
    office.address("amara")
    office.release()
    office.wait(days=4)
    office.go()
    assert office.rows() == []


def test_who_was_erased_meanwhile_gets_nothing_and_leaves_nothing(office: Office) -> None:
    office.address("amara")
    office.wish("amara", Rhythm.DAILY)
    office.release()
    office.go()
    assert office.kinds("amara") == ["feedback_there"]
    office.do(lambda session: begin.erase(session, office.platform, ErasureKind.PERSON, "amara", now=office.now))
    work_off(office.parts)
    office.wait(days=2)
    office.go()
    assert office.mailed() == []
    with office.sessions.reading() as session:
        left = [session.scalar(select(func.count()).select_from(one)) for one in (Mailbox, Mailing, NotificationRhythm)]
        own = select(func.count()).select_from(Notification).where(Notification.kind == "feedback_there")
        assert [*left, session.scalar(own)] == [0, 0, 0, 0]
