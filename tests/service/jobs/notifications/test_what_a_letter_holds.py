"""A letter is thin: no learner's words, no peer's name, nothing of another organization, and no header of anybody's."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import hand_over, release, review
from service.actions.learners import asks
from service.actions.learners.asks import AskWish
from service.actions.people import addresses, register
from service.domain.drafts import DraftState
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Role
from service.store.tables import DraftRow, Organization
from tests.service.actions.school import approve, found, hand_in, make_ready
from tests.service.jobs.notifications.office import Office, plain
from tests.work_off import work_off

ASKED = "Why would a porcupine librarian need nine lanterns?"


def ask(office: Office) -> None:
    office.release()

    def put(session: Session) -> None:
        asks.ask(session, office.actor(session, "amara"), "s-amara", AskWish(ASKED), now=office.now)

    office.do(put)


def test_a_letter_holds_no_words_of_a_learner_and_no_name_of_one(office: Office) -> None:
    office.address("lena")
    office.wish("lena", Rhythm.AT_ONCE)
    ask(office)
    office.go()
    (letter,) = office.server.letters
    assert letter["Subject"] == "A learner asks you something"
    for word in ("porcupine", "Amara", "Okafor", "visit each other"):
        assert word not in letter.as_string()


def test_it_holds_them_where_the_organization_says_so_but_never_in_its_subject(office: Office) -> None:
    office.setting(mail_says_more=True)
    office.address("lena")
    office.wish("lena", Rhythm.AT_ONCE)
    ask(office)
    office.go()
    (letter,) = office.server.letters
    assert f"> Amara Okafor: {ASKED}" in plain(letter)
    assert letter["Subject"] == "A learner asks you something"


def test_a_question_that_was_answered_is_told_to_its_learner_and_no_more_to_facilitators(office: Office) -> None:
    office.address("amara")
    ask(office)
    office.go()
    assert office.kinds("lena") == office.kinds("mateo") == ["question_asked"]

    def answer(session: Session) -> None:
        lena = office.actor(session, "lena")
        (one,) = asks.asks_open(session, lena)
        asks.answer(Deciding(session, lena, one.id, one.version, office.now), "Because of the dark.")

    office.do(answer)
    office.go()
    assert office.kinds("mateo") == []
    assert office.kinds("amara") == ["question_answered", "feedback_there"]
    assert [subject for _, subject in office.mailed()] == ["Your feedback is there", "Your question is answered"]


def test_whoever_is_given_a_draft_is_told(office: Office) -> None:
    draft = office.ready()
    office.go()

    def give(session: Session) -> None:
        row = session.get_one(DraftRow, draft)
        hand_over.hand_over(
            Deciding(session, office.actor(session, "mateo"), draft, row.version, office.now), to="lena"
        )

    office.do(give)
    office.go()
    assert "handed_over" in office.kinds("lena")
    assert "handed_over" not in office.kinds("mateo")


def test_no_name_or_title_can_add_a_header(office: Office) -> None:
    def rename(session: Session) -> None:
        office.row(session, "amara").name = "Amara\r\nBcc: everybody@example.net\r\n\r\nHello"
        session.get_one(Organization, office.platform.organization).name = "Lake\nSubject: no"

    office.do(rename)
    office.address("amara")
    office.release()
    office.go()
    (letter,) = office.server.letters
    assert letter["Bcc"] is None
    assert letter.get_all("Subject") == ["Your feedback is there"]
    assert office.server.recipients == ["amara@example.org"]


def test_names_and_addresses_of_any_alphabet_arrive(office: Office) -> None:
    def rename(session: Session) -> None:
        office.row(session, "amara").name = "عمارة “Ama” Ọkáfọ̀"

    office.do(rename)
    office.address("amara", "amara@exämple.org")
    office.release()
    office.go()
    office.address("amara", "अमारा@exämple.org")
    office.release("amara", "Another text, handed in later, of which feedback is given, too.")
    office.go()
    assert office.server.recipients == ["amara@xn--exmple-cua.org", "अमारा@xn--exmple-cua.org"]
    assert office.server.letters[0]["To"].addresses[0].display_name == "عمارة “Ama” Ọkáfọ̀"


def test_an_address_that_a_server_cannot_write_is_told_to_the_coordinator(office: Office) -> None:
    office.server.stop()
    office.server.utf8 = False
    office.server.start()
    office.address("amara", "अमारा@example.org")
    office.release()
    office.go()
    assert office.server.letters == []
    assert office.kinds("ines") == ["address_bounced"]


def test_another_organization_is_told_nothing(office: Office) -> None:
    def other(session: Session) -> object:
        platform = found(session, "hillside")
        roles = [(Role.COORDINATOR, "all")]
        register.put_person(
            session, platform, "ines", name="Other", roles=roles, email="other@example.com", now=office.now
        )
        for person in ("amara", "lena", "mateo"):
            row = session.query(type(office.row(session, "amara"))).filter_by(
                organization_id=platform.organization, external_id=person
            )
            addresses.put(session, row.one(), f"{person}@example.com", now=office.now)
        return platform

    office.do(other)
    for person in ("amara", "lena"):
        office.address(person)
        office.wish(person, Rhythm.AT_ONCE)
    office.release()
    office.ready("yusuf")
    office.go()
    office.wait(days=2)
    office.go()
    assert {to.partition("@")[2] for to, _ in office.mailed()} == {"example.org"}
    assert {row.organization_id for row in office.rows()} == {office.platform.organization}


def test_feedback_that_was_corrected_says_so(office: Office) -> None:
    draft = office.release()

    def take_back(session: Session) -> None:
        lena = office.actor(session, "lena")
        row = session.get_one(DraftRow, draft)
        release.retract(Deciding(session, lena, draft, row.version, office.now))
        review.reopen(Deciding(session, lena, draft, row.version, office.now))
        assert row.state is DraftState.READY
        approve(session, lena, row, now=office.now)

    office.do(take_back)
    office.wait(minutes=1)
    work_off(office.parts)
    office.go()
    assert office.told("amara")[0].line.again
    assert office.kinds("amara") == ["feedback_there"]


def test_two_things_are_one_letter_that_says_how_many(office: Office) -> None:
    office.address("lena")
    ask(office)
    office.do(lambda session: make_ready(session, hand_in(session, office.platform, "yusuf", now=office.now).draft))
    office.go()
    office.wait(days=1)
    office.go()
    assert office.mailed() == [("lena@example.org", "2 things for you")]
