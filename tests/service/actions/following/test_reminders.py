"""Reminders: in the words that a facilitator saw, to the right people, not twice, and gone once they are acted on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.following import reminders
from service.actions.following.reminders import ReminderWish
from service.actions.learners import commitments
from service.actions.learners import reminders as reminders_own
from service.actions.learners.commitments import CommitmentWish
from service.actions.overview import challenge
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from service.domain.following.reminders import LONGEST, ReminderBar, ReminderKind, offer
from service.domain.roles import Actor, Role
from service.store import find
from service.store.session import Sessions
from service.store.tables import (
    Challenge,
    FeedbackReading,
    Group,
    Organization,
    OutgoingEvent,
    Release,
    Reminder,
    Submission,
)
from tests.service.actions.memory.remembered import NEXT, ready
from tests.service.actions.school import NOW, act_as, approve, found, hand_in

DAY = timedelta(days=1)
HAND_IN, UNREAD, ACT = ReminderKind.NOT_HANDED_IN, ReminderKind.UNREAD, ReminderKind.NOT_ACTED
TEXT = "We meet on Fridays and write nothing down."


def send(session: Session, actor: Actor, kind: ReminderKind = HAND_IN, text: str = "Please try.", **more: object):  # type: ignore[no-untyped-def]
    at = more.pop("now", NOW)
    wish = ReminderWish(kind, {"": text}, more.pop("people", None))  # type: ignore[arg-type]
    return reminders.send(session, actor, "observe", wish, now=at, **more)  # type: ignore[arg-type]


def told(session: Session) -> list[dict[str, object]]:
    rows = session.scalars(
        select(OutgoingEvent).where(OutgoingEvent.name == "reminder.sent").order_by(OutgoingEvent.id)
    )
    return [dict(row.data) for row in rows]


def open_for(session: Session, platform: Actor, person: str) -> list[str]:
    return [one.row.text for one in reminders_own.mine(session, platform, person)]


def answered(session: Session, platform: Actor, mateo: Actor) -> str:
    """Amara has feedback that she has not opened; the draft's id."""
    row = ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "What for?"))
    approve(session, mateo, row)
    return release.release(Deciding(session, mateo, row.id, row.version, NOW)).id


def opened(session: Session, draft: str) -> None:
    told = session.scalars(select(Release).where(Release.draft_id == draft)).one()
    author = session.scalars(select(Submission.person_id)).first()
    session.add(
        FeedbackReading(
            release_id=told.id, draft_id=draft, person_id=author, organization_id=told.organization_id, read_at=NOW
        )
    )
    session.flush()


def test_exactly_the_words_seen_reach_those_who_are_at_that_stage_and_the_event_has_ids_only(
    sqlite_sessions: Sessions,
) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        hand_in(session, platform, "lin")
        sent = send(session, mateo, text="  Your own words, please.  ")
        assert (
            open_for(session, platform, "amara") == open_for(session, platform, "yusuf") == ["Your own words, please."]
        )
        assert open_for(session, platform, "lin") == []
        ids = {one["person"]: one["reminder"] for one in told(session)}
        assert set(ids.values()) == {row.id for row in sent.rows}
        (first,) = [one for one in told(session) if one["person"] == "amara"]
        assert first == {
            "reminder": sent.rows[0].id,
            "person": "amara",
            "challenge": "observe",
            "kind": "not_handed_in",
        }
        assert len(told(session)) == 2
        (seen,) = reminders_own.mine(session, act_as(session, platform, "amara"), "amara")
        assert (seen.by, seen.open, seen.challenge) == ("Mateo", True, "observe")
        listed = challenge.glance(session, mateo, "observe", now=NOW).progress.learners
        assert {one.person for one in listed if one.reminded == ((HAND_IN, NOW),)} == {"amara", "yusuf"}


def test_nobody_is_reminded_of_the_same_thing_twice_within_the_days_that_the_organization_says(
    sqlite_sessions: Sessions,
) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        send(session, lena, people=["amara"])
        sent = send(session, mateo, now=NOW + DAY)
        assert sent.left_out == {"amara": ReminderBar.LATELY}
        assert len(sent.rows) == 2
        with pytest.raises(NotNow):
            send(session, mateo, people=["amara"], now=NOW + timedelta(days=6))
        send(session, mateo, people=["amara"], now=NOW + timedelta(days=7))
        row = session.get_one(Organization, platform.organization)
        row.settings = {**row.settings, "remind_again_days": 2}
        session.flush()
        with pytest.raises(NotNow):
            send(session, mateo, people=["amara"], now=NOW + timedelta(days=8))
        send(session, mateo, people=["amara"], now=NOW + timedelta(days=9))


def test_two_facilitators_at_once_remind_everybody_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        actors = [act_as(session, platform, name) for name in ("mateo", "lena") * 3]

    def one(actor: Actor) -> list[str]:
        with sessions.writing() as session:
            try:
                return [row.id for row in send(session, actor, people=["amara", "yusuf"]).rows]
            except NotNow:
                return []

    with ThreadPoolExecutor(6) as threads:  # whose it was hears of it again, however often it was sent
        told = list(threads.map(one, actors))
    assert sorted(map(len, told)) == [0, 0, 0, 2, 2, 2]
    assert len({id_ for ids in told for id_ in ids}) == 2


def test_people_of_other_groups_and_organizations_are_out_of_reach(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform, other = found(session), found(session, "hillside")
        lena = act_as(session, platform, "lena")
        sent = send(session, lena, people=["amara", "lin", "nobody"])
        assert ([row.person_id for row in sent.rows], sent.left_out) == (
            [act_as(session, platform, "amara").person],
            {"lin": None, "nobody": None},
        )
        assert open_for(session, other, "amara") == []
        for actor in (other, act_as(session, other, "mateo"), act_as(session, platform, "yusuf")):
            with pytest.raises(NotFound):
                reminders_own.one(session, actor, sent.rows[0].id)
        for actor in (platform, act_as(session, platform, "amara")):
            with pytest.raises(NotAllowed):
                send(session, actor)


def test_work_that_was_taken_back_is_neither_asked_for_again_nor_spoken_of(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        answered(session, platform, mateo)
        (row,) = send(session, mateo, UNREAD).rows
        assert open_for(session, platform, "amara") == ["Please try."]
        submit.withdraw(session, platform, "s-amara", now=NOW + DAY)
        assert open_for(session, platform, "amara") == []
        with pytest.raises(NotFound):
            reminders_own.one(session, platform, row.id)
        sent = send(session, mateo, now=NOW + DAY)
        assert sent.left_out == {"amara": ReminderBar.TAKEN_BACK}


@pytest.mark.parametrize("act", ["hand in", "read", "again", "step", "dismiss"])
def test_a_reminder_is_gone_once_it_is_acted_on_or_set_aside(sqlite_sessions: Sessions, act: str) -> None:
    later = NOW + DAY
    with sqlite_sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        if act == "hand in":
            send(session, mateo, people=["amara"])
        else:
            draft = answered(session, platform, mateo)
            if act != "read":
                opened(session, draft)
            send(session, mateo, UNREAD if act == "read" else ACT)
        (seen,) = reminders_own.mine(session, platform, "amara")
        match act:
            case "hand in":
                hand_in(session, platform, "amara", now=later)
            case "read":
                opened(session, draft)
            case "again":
                hand_in(session, platform, "amara", "We meet on Mondays.", now=later)
            case "step":
                wish = CommitmentWish("Ask one question.", later.date(), "s-amara")
                commitments.make(session, platform, "amara", wish, now=later)
            case _:
                reminders_own.dismiss(session, platform, seen.row.id, now=later)
        assert open_for(session, platform, "amara") == []
        assert not reminders_own.one(session, platform, seen.row.id).open


def test_words_are_offered_in_each_learners_language_and_nobody_gets_none(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        roles = [(Role.LEARNER, "north")]
        register.put_person(session, platform, "yusuf", name="Yusuf", language="pt-BR", roles=roles, now=NOW)
        seen = reminders.offered(session, mateo, "observe", HAND_IN, now=NOW)
        assert {one.learner.person: one.language for one in seen.open} == {"amara": "en", "yusuf": "pt", "lin": "en"}
        assert seen.texts == {lang: offer(HAND_IN, lang, "Peer observation") for lang in ("en", "pt")}
        only = ReminderWish(HAND_IN, {"en": "Try it."})
        with pytest.raises(Invalid, match="'pt'"):
            reminders.send(session, mateo, "observe", only, now=NOW)
        both = ReminderWish(HAND_IN, {"en": "Try it.", "pt-PT": "Tenta."})
        reminders.send(session, mateo, "observe", both, now=NOW)
        assert open_for(session, platform, "yusuf") == ["Tenta."]
        for text in (" ", "x" * (LONGEST + 1)):
            with pytest.raises(Invalid):
                send(session, mateo, text=text, now=NOW + 30 * DAY)


def test_an_offer_fits_whatever_the_title_and_falls_back_to_english() -> None:
    for kind in ReminderKind:
        assert len(offer(kind, "de-AT", "{title}" * 900)) <= LONGEST
        assert offer(kind, "xx", "A") == offer(kind, "en", "A")


def test_erasing_the_person_erases_their_reminders(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        (row,) = send(session, act_as(session, platform, "mateo"), people=["amara"]).rows
        person = session.get_one(register.Person, row.person_id)
        session.delete(person)
        session.flush()
        assert session.scalars(select(Reminder)).all() == []


@pytest.mark.parametrize("what", [Challenge, Group])
def test_nobody_is_reminded_or_reads_a_reminder_of_what_is_archived(
    sessions: Sessions, what: type[Challenge] | type[Group]
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        send(session, lena, people=["amara"])
        assert open_for(session, platform, "amara") == ["Please try."]
        name = "observe" if what is Challenge else "north"
        row = find.one(session, what, platform.organization, name)
        row.archived_at = NOW
        session.flush()
        assert open_for(session, platform, "amara") == []
        offered = reminders.offered(session, lena, "observe", HAND_IN, now=NOW + 30 * DAY)
        assert {one.bar for one in offered.candidates} == {ReminderBar.OVER}
        with pytest.raises(NotNow):
            send(session, lena, now=NOW + 30 * DAY)
        row.archived_at = None
        session.flush()
        assert open_for(session, platform, "amara") == ["Please try."]


def test_who_also_learns_in_a_group_that_goes_on_is_reminded_there(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        roles = [(Role.LEARNER, "north"), (Role.LEARNER, "south")]
        register.put_person(session, platform, "amara", name="Amara Okafor", roles=roles, now=NOW)
        for over in ("north", "south"):
            find.one(session, Group, platform.organization, over).archived_at = NOW
            session.flush()
            seen = reminders.offered(session, act_as(session, platform, "mateo"), "observe", HAND_IN, now=NOW)
            assert {one.learner.person: one.bar for one in seen.candidates}["amara"] is None
            find.one(session, Group, platform.organization, over).archived_at = None
            session.flush()
