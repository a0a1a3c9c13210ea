"""Each kind of thing that people are told of: by real acts, to whom it is for, and only as long as it is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.access import credentials
from service.actions.following import reminders
from service.actions.following.reminders import ReminderWish
from service.actions.galleries import desk as galleries_desk
from service.actions.introductions import answers
from service.actions.learners import commitments
from service.actions.learners.commitments import CommitmentWish
from service.actions.learners.galleries import ask as ask_for_others
from service.actions.notifications import clock, own, tell
from service.actions.people import register
from service.actions.requests import desk, need
from service.domain.events import Event
from service.domain.following.reminders import ReminderKind
from service.domain.notifications.kinds import NotificationKind
from service.domain.requests.need import RequestState
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.store import find, outbox
from service.store.session import Sessions
from service.store.tables import (
    Challenge,
    CommitmentOutcome,
    Group,
    Introduction,
    IntroductionUseful,
    Job,
    JobState,
    Notification,
    Request,
)
from tests.service.actions.galleries import world
from tests.service.actions.introductions.village import Village
from tests.service.actions.school import NOW, act_as, found, hand_in, make_ready
from tests.service.actions.sweeping import setting, sweep

DAY = timedelta(days=1)


def kinds(sessions: Sessions, platform: Actor, person: str, now: datetime = NOW) -> list[str]:
    """What this person reads, once everybody was told, the latest first."""
    with sessions.writing() as session:
        while tell.tell_some(session, platform.organization, now=now):
            pass
    with sessions.reading() as session:
        return [one.line.kind.value for one in own.told(session, platform, person, now=now)]


def of_village(village: Village, person: str) -> list[str]:
    return kinds(village.sessions, village.platform, person, village.now)


def test_two_are_asked_introduced_and_told_so_and_one_who_allows_it_no_more_is_told_nothing(hamlet: Village) -> None:
    village = hamlet
    introduction = village.asked("amara", "lin")
    assert of_village(village, "amara") == of_village(village, "lin") == ["introduction_asked"]
    village.answer(introduction, "amara", yes=True)
    assert of_village(village, "amara") == []  # it is the other's turn
    village.answer(introduction, "lin", yes=True)
    assert of_village(village, "amara") == of_village(village, "lin") == ["introduced"]
    village.now += 11 * DAY
    sweep(village.sessions, village.now)
    assert "did_you_meet" in of_village(village, "amara")
    village.allow("lin", introduce=False)
    assert of_village(village, "amara") == of_village(village, "lin") == []


def test_a_suggested_introduction_waits_for_those_who_facilitate_one_of_the_two_and_is_told_once(
    hamlet: Village,
) -> None:
    village = hamlet
    introduction = village.suggest("amara", "lin")
    for _ in range(3):
        sweep(village.sessions, village.now)
    for person in ("lena", "mateo", "sofia"):
        assert of_village(village, person) == ["introduction_waits"]
    assert of_village(village, "ines") == of_village(village, "amara") == []
    village.approve(introduction)
    assert of_village(village, "lena") == []


def test_a_request_waits_until_it_is_answered_and_then_its_learner_is_told(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        row = need.state(session, amara, text="How do I begin a first conversation after a visit?", ai=AI.NONE, now=NOW)
        request = row.id
    assert kinds(sqlite_sessions, platform, "lena") == kinds(sqlite_sessions, platform, "mateo") == ["request_waits"]
    with sqlite_sessions.writing() as session:
        desk.reply(session, act_as(session, platform, "lena"), request, text="With a question.", now=NOW)
    assert kinds(sqlite_sessions, platform, "mateo") == []
    assert kinds(sqlite_sessions, platform, "amara") == ["request_answered"]


def test_who_settles_an_own_request_is_not_told_of_it(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        row = need.state(session, amara, text="How do I begin a first conversation after a visit?", ai=AI.NONE, now=NOW)
        need.settle(session, amara, row.id, answered=True, now=NOW)
    assert kinds(sqlite_sessions, platform, "amara") == kinds(sqlite_sessions, platform, "lena") == []
    assert told_of(sqlite_sessions, NotificationKind.REQUEST_ANSWERED) == 0


def told_of(sessions: Sessions, kind: NotificationKind) -> int:
    """How many rows there are of it, whether they say something or not."""
    with sessions.reading() as session:
        return len(session.scalars(select(Notification).where(Notification.kind == kind)).all())


def test_who_says_that_a_meeting_answered_an_own_request_is_not_told_so(hamlet: Village) -> None:
    village = hamlet
    amara, introduction = village.actor("amara"), village.asked("amara", "lin")
    with village.sessions.writing() as session:
        text = "How do I begin a first conversation after a visit?"
        row = need.state(session, amara, text=text, ai=AI.NONE, now=village.now)
        session.get_one(Introduction, introduction).request_id = row.id
    for person in ("amara", "lin"):
        village.answer(introduction, person, yes=True)
    with village.sessions.writing() as session:
        useful = IntroductionUseful.YES
        answers.report(session, amara, introduction, met=True, useful=useful, now=village.now)
        assert session.get_one(Request, row.id).state is RequestState.ANSWERED
    assert "request_answered" not in of_village(village, "amara")
    assert told_of(village.sessions, NotificationKind.REQUEST_ANSWERED) == 0


def test_a_reminder_is_told_until_it_is_acted_on(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        wish = ReminderWish(ReminderKind.NOT_HANDED_IN, {"": "A first attempt is enough."})
        reminders.send(session, lena, "observe", wish, group=None, now=NOW)
    assert kinds(sqlite_sessions, platform, "amara") == ["reminded"]
    with sqlite_sessions.writing() as session:
        hand_in(session, platform)
    assert kinds(sqlite_sessions, platform, "amara") == []


def test_the_day_of_a_next_step_is_told_until_its_learner_says_what_became_of_it(sqlite_sessions: Sessions) -> None:
    later = NOW + 3 * DAY
    with sqlite_sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        wish = CommitmentWish("Ask Yusuf which question he chose.", later.date())
        step = commitments.make(session, amara, "amara", wish, now=NOW).row.id
    assert kinds(sqlite_sessions, platform, "amara") == []
    sweep(sqlite_sessions, later)
    assert kinds(sqlite_sessions, platform, "amara", later) == ["step_due"]
    with sqlite_sessions.writing() as session:
        amara = act_as(session, platform, "amara", now=later)
        commitments.tell_outcome(session, amara, step, CommitmentOutcome.KEPT, now=later)
    assert kinds(sqlite_sessions, platform, "amara", later) == []


def test_a_gallery_waits_then_is_shown_and_is_told_no_more_when_nobody_shares(sqlite_sessions: Sessions) -> None:
    def make(session: Session) -> Actor:
        platform = world.peopled(session)
        world.all_hand_in(session, platform)
        ask_for_others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        world.machine(session)
        return platform

    with sqlite_sessions.writing() as session:
        platform = make(session)
    for what, name in ((Challenge, "observe"), (Group, "north")):
        assert "gallery_waits" in kinds(sqlite_sessions, platform, "lena")
        with sqlite_sessions.writing() as session:
            lena = act_as(session, platform, "lena")
            assert galleries_desk.to_look_at(session, lena) == 1
            find.one(session, what, platform.organization, name).archived_at = NOW
            session.flush()
            assert galleries_desk.to_look_at(session, lena) == 0
        assert "gallery_waits" not in kinds(sqlite_sessions, platform, "lena")
        with sqlite_sessions.writing() as session:
            find.one(session, what, platform.organization, name).archived_at = None
    with sqlite_sessions.writing() as session:
        world.shown(session, platform)
    assert "gallery_waits" not in kinds(sqlite_sessions, platform, "lena")
    assert kinds(sqlite_sessions, platform, "amara") == ["gallery_shown"]
    with sqlite_sessions.writing() as session:
        for person in world.WORKS:
            world.allow(session, platform, person, show_work=ShowWork.NO)
    assert kinds(sqlite_sessions, platform, "amara") == []


def test_a_key_that_ends_is_told_a_month_and_a_week_before_to_who_leads(sqlite_sessions: Sessions) -> None:
    end = NOW + 40 * DAY
    with sqlite_sessions.writing() as session:
        platform = found(session)
        for person, group in (("ines", "all"), ("tiago", "north")):
            roles = [(Role.COORDINATOR, group)]
            register.put_person(session, platform, person, name=person.title(), roles=roles, now=NOW)
        of = platform.organization
        key, _ = credentials.issue_key(session, of, name="Course platform", expires_at=end, now=NOW)
        ending = key.id
    expected = {9: [], 11: ["key_ends"], 20: ["key_ends"], 34: ["key_ends"], 41: []}
    for days, told in expected.items():
        sweep(sqlite_sessions, NOW + days * DAY)
        assert kinds(sqlite_sessions, platform, "ines", NOW + days * DAY) == told, days
        assert kinds(sqlite_sessions, platform, "tiago", NOW + days * DAY) == []
    with sqlite_sessions.writing() as session:
        assert clock.say(session, platform.organization, now=NOW + 34 * DAY) == 0  # it was told
    with sqlite_sessions.reading() as session:
        rows = session.query(Notification).where(Notification.subject_id == ending)
        assert sorted(row.turn for row in rows) == ["month", "week"]


def test_jobs_that_were_given_up_are_counted_for_who_leads(sqlite_sessions: Sessions) -> None:

    with sqlite_sessions.writing() as session:
        platform = found(session)
        register.put_person(session, platform, "ines", name="Ines", roles=[(Role.COORDINATOR, "all")], now=NOW)
        of = platform.organization
        for at in range(3):
            facts = {"kind": "draft", "subject_id": f"{at:032}", "not_before": NOW, "created_at": NOW}
            session.add(Job(organization_id=of, state=JobState.DEAD, finished_at=NOW, **facts))
            outbox.tell(session, of, Event.JOB_FAILED, now=NOW, job="0" * 32, kind="draft", subject="0" * 32)
    assert kinds(sqlite_sessions, platform, "ines") == ["jobs_given_up"]
    with sqlite_sessions.reading() as session:
        assert own.told(session, platform, "ines", now=NOW)[0].line.count == 3


def test_work_that_waits_longer_than_promised_is_told_to_coordinators(sqlite_sessions: Sessions) -> None:

    with sqlite_sessions.writing() as session:
        platform = found(session)
        register.put_person(session, platform, "ines", name="Ines", roles=[(Role.COORDINATOR, "all")], now=NOW)
        make_ready(session, hand_in(session, platform).draft)
    setting(sqlite_sessions, platform.organization, answer_within_days=3)
    sweep(sqlite_sessions, NOW + 4 * DAY)
    assert kinds(sqlite_sessions, platform, "ines", NOW + 4 * DAY) == ["waits_too_long"]
    setting(sqlite_sessions, platform.organization, answer_within_days=None)
    assert kinds(sqlite_sessions, platform, "ines", NOW + 4 * DAY) == []


def test_what_was_told_a_season_ago_is_forgotten(sqlite_sessions: Sessions) -> None:

    with sqlite_sessions.writing() as session:
        platform = found(session)
        make_ready(session, hand_in(session, platform).draft)
    assert kinds(sqlite_sessions, platform, "lena") == ["work_waits"]
    sweep(sqlite_sessions, NOW + 91 * DAY)
    assert kinds(sqlite_sessions, platform, "lena", NOW + 91 * DAY) == []
