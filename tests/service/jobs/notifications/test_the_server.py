"""The mail server is away, refuses an address, or the worker dies in between: nothing is lost, nobody is mailed twice
but where nobody can know, and an address that is gone is left alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.orm import Session

from service.actions.notifications import mailing
from service.actions.people import register
from service.domain.roles import Role
from service.jobs import notifications
from service.mail.post import Post
from service.store import jobs
from service.store.tables import JobState, MailingState
from tests.service.jobs.notifications.office import Office, plain
from tests.work_off import work_off

PASSES = (
    "550 5.7.1 Your network is on a list",
    "552 5.2.2 Mailbox full",
    "553 5.1.8 Your domain is none",
    "550 5.1.7 Bad sender",
    "550 5.3.0 Something is wrong here",
    "550 5.4.1 No route",
    "503 5.5.1 Bad sequence",
    "530 Authentication required",
    "554 Transaction failed",
    "554 Listed: 195.1.1.1",
)


def rested(office: Office) -> None:
    """The pause after which a server that was away is asked again is over."""
    assert office.parts.post is not None
    office.parts.post.rest._until = 0.0


def test_a_server_that_is_away_uses_up_no_attempt_and_gets_the_letter_when_it_is_back(office: Office) -> None:
    office.address("amara")
    office.server.stop()
    office.release()
    for _ in range(10):  # more often than a job is tried
        office.go()
        rested(office)
        office.wait(minutes=20)
    (job,) = office.jobs("mail")
    assert (job.state, job.attempts, job.waits_for) == (JobState.QUEUED, 0, "mail server")
    assert job.waits >= 10
    office.server.start()
    office.wait(minutes=20)
    office.go()
    assert len(office.server.letters) == 1


def test_a_server_that_is_away_is_left_alone_for_a_moment_by_all_letters(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in ("amara", "yusuf", "lin"):
        office.address(person)
        office.release(person)
    asked = []
    monkeypatch.setattr("service.mail.smtp._connect", lambda *_: asked.append(1) or (_ for _ in ()).throw(OSError()))
    office.go()
    assert len(office.jobs("mail", JobState.QUEUED)) == 3
    assert len(asked) == 1


def test_what_a_server_refuses_for_now_it_is_given_again(office: Office) -> None:
    office.address("amara")
    office.server.refuse["amara@example.org"] = "451 4.7.1 Greylisted, try again in a minute"
    office.release()
    office.go()
    assert office.server.letters == []
    office.server.refuse.clear()
    office.wait(minutes=20)
    office.go()
    assert len(office.server.letters) == 1


def test_an_address_refused_for_good_is_mailed_no_more_and_a_coordinator_is_told(office: Office) -> None:
    office.address("amara")
    office.address("ines")
    office.server.refuse["amara@example.org"] = "550 5.1.1 No such user"
    office.release()
    office.go()
    assert [one.state for one in office.mailings()] == [MailingState.REFUSED]
    assert office.kinds("ines") == ["address_bounced"]
    assert office.told("ines")[0].line.path == "/desk/people/amara"
    asked = office.server.asked
    office.server.refuse.clear()
    office.release("amara", "Another text, handed in later, of which feedback is given, too.")
    office.wait(days=1)
    office.go()
    assert office.server.asked == asked + 1  # Ines, in the morning
    assert office.mailed() == [("ines@example.org", "Mail comes back")]
    assert "amara" not in plain(office.server.letters[0]).lower()


def test_another_address_is_mailed_again_and_the_coordinators_page_forgets_it(office: Office) -> None:
    office.address("amara")
    office.server.refuse["amara@example.org"] = "550 5.1.1 No such user"
    office.release()
    office.go()
    office.address("amara", "amara.okafor@example.net")
    assert office.kinds("ines") == []
    office.release("amara", "Another text, handed in later, of which feedback is given, too.")
    office.go()
    assert office.mailed() == [("amara.okafor@example.net", "Your feedback is there")]


def test_an_address_that_was_refused_is_mailed_again_when_somebody_says_that_it_is_right(office: Office) -> None:
    office.address("amara")
    office.server.refuse["amara@example.org"] = "550 5.1.1 No such user"
    office.release()
    office.go()
    office.server.refuse.clear()

    def again(session: Session, *, anew: bool) -> None:
        roles, email = [(Role.LEARNER, "north")], "amara@example.org"
        given = {"name": "Amara Okafor", "roles": roles, "email": email, "mail_anew": anew}
        register.put_person(session, office.platform, "amara", now=office.now, **given)

    office.do(partial(again, anew=False))  # a roster that is read every night
    assert office.kinds("ines") == ["address_bounced"]
    office.do(partial(again, anew=True))
    assert office.kinds("ines") == []
    office.release("amara", "Another text, handed in later, of which feedback is given, too.")
    office.go()
    assert office.mailed() == [("amara@example.org", "Your feedback is there")]


def test_our_own_address_with_letters_of_any_alphabet_is_known_to_servers_without_them(office: Office) -> None:
    assert office.parts.post is not None
    office.address("amara")
    office.release()
    office.parts = replace(office.parts, post=replace(office.parts.post, sender="Peerloom <feedback@exämple.org>"))
    office.go()
    assert office.server.senders == ["feedback@xn--exmple-cua.org"]


@pytest.mark.parametrize("said", PASSES)
def test_a_server_that_refuses_us_or_a_full_mailbox_says_nothing_about_the_address(office: Office, said: str) -> None:
    office.address("amara")
    office.server.refuse["amara@example.org"] = said
    office.release()
    office.go()
    assert office.kinds("ines") == []
    assert [job.state for job in office.jobs("mail")] == [JobState.QUEUED]


def test_a_letter_that_is_refused_for_what_it_says_is_given_up_after_some_tries_and_told(office: Office) -> None:
    office.address("amara")
    office.server.refuse_text = "554 5.6.0 This looks odd"
    office.release()
    for _ in range(8):
        office.go()
        office.wait(minutes=15)
    assert [job.state for job in office.jobs("mail")] == [JobState.DEAD]
    assert "LetterRefused: 5.6.0" in office.jobs("mail")[0].last_error
    assert office.kinds("ines") == ["jobs_given_up"]


def test_a_worker_that_dies_after_sending_sends_the_same_letter_again_under_the_same_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.address("amara")
    office.release()
    office.ask()

    class Killed(BaseException):
        """As a process is killed: nothing is written any more."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mailing, "sent", killed)
        with pytest.raises(Killed):
            work_off(office.parts)
    assert len(office.server.letters) == 1
    (row,) = office.mailings()
    assert row.state is MailingState.PLANNED
    assert row.tried_at == office.now  # that it may have arrived is known
    office.wait(minutes=5)
    office.go()
    assert [one["Message-ID"] for one in office.server.letters] == [f"<{row.id}@example.org>"] * 2
    assert [(one.state, one.tries) for one in office.mailings()] == [(MailingState.SENT, 2)]


def test_a_worker_that_dies_while_telling_tells_nobody_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.address("amara")
    office.release()
    office.ask()

    class Killed(BaseException):
        """As above."""

    def killed(*_: object, **__: object) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mailing, "plan", killed)
        with pytest.raises(Killed):
            work_off(office.parts)
    assert len([one for one in office.rows() if one.kind == "feedback_there"]) == 1
    office.wait(minutes=5)
    office.go()
    assert len([one for one in office.rows() if one.kind == "feedback_there"]) == 1
    assert len(office.server.letters) == 1


def test_two_workers_that_tell_at_the_same_time_tell_once(office_on_both: Office) -> None:
    office = office_on_both
    office.address("amara")
    office.release()
    for _ in range(3):
        with office.sessions.writing() as session:
            of = office.platform.organization
            jobs.enqueue(session, organization=of, kind="notify", subject=of, now=office.now)
    work_off(office.parts)
    assert len(office.server.letters) == 1


def test_without_a_mail_server_nothing_is_planned_and_pages_tell(office: Office) -> None:
    office.address("amara")
    office.release()
    silent = replace(office.parts, post=None)
    notifications.ask(silent)
    work_off(silent)
    assert office.mailings() == []
    assert office.kinds("amara") == ["feedback_there"]
    assert notifications.ask(silent) == []


def test_what_waited_for_a_server_for_days_is_not_mailed_any_more(office: Office) -> None:
    office.address("amara")
    office.release()
    silent = replace(office.parts, post=None)
    notifications.ask(silent)
    work_off(silent)
    office.wait(days=4)
    office.go()
    assert office.server.letters == []
    assert office.kinds("amara") == ["feedback_there"]


def test_a_server_taken_away_while_letters_wait_ends_them(office: Office) -> None:
    office.address("amara")
    office.server.stop()
    office.release()
    office.go()
    office.wait(minutes=20)
    work_off(replace(office.parts, post=None))
    assert [one.state for one in office.mailings()] == [MailingState.EMPTY]
    assert office.jobs("mail", JobState.QUEUED) == []


def test_ten_letters_are_planned_in_transactions_of_few(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "AT_ONCE", 1)
    for person in ("amara", "yusuf", "lin"):
        office.address(person)
        office.release(person)
    office.go()
    assert {to for to, _ in office.mailed()} == {f"{one}@example.org" for one in ("amara", "yusuf", "lin")}
    assert isinstance(office.parts.post, Post)
