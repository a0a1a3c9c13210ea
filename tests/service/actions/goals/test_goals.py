"""Goals come from the organization's own documents; what machines find is offered, and only confirmed work counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pipelines import goals as thinking
from pipelines.values import AI
from service.actions.access import organizations
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.challenges.setting import ChallengeWish
from service.actions.documents import versions
from service.actions.goals import make
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.actions.work import submit
from service.domain.errors import ChangedSince, NotAllowed, NotFound, NotNow
from service.domain.goals import EvidenceAct, EvidenceStanding
from service.domain.roles import Actor, CredentialReach, Role
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.store import find
from service.store.session import Sessions
from service.store.tables import AuditEntry, GoalEvidence, Job, JobState, Person
from tests.service.actions.goals.planned import GARDEN, OPEN, OTHER, PLAN, VISITS, Planned, planned


@pytest.fixture
def here(tmp_path: Path, sqlite_sessions: Sessions) -> Planned:
    return planned(tmp_path / "data", sqlite_sessions)


def texts(pieces) -> set[str]:  # type: ignore[no-untyped-def]
    return {piece.text for piece in pieces}


def test_a_document_tagged_as_strategy_is_read_into_goals_and_near_work_is_offered_verbatim(here: Planned) -> None:
    (found,) = here.plans()
    assert [goal.title for goal in found.goals] == ["Goal 1: Visits", "Goal 2: Tomatoes"]
    assert [PLAN[goal.start : goal.end] == goal.text for goal in found.goals] == [True, True]
    assert [goal.figures.offered for goal in found.goals] == [2, 1]
    assert [goal.figures.confirmed for goal in found.goals] == [0, 0]
    assert texts(here.goal(0).offered) == {VISITS, VISITS.replace("Our", "The")}
    (piece,) = here.goal(1).offered
    assert (piece.text, piece.name, GARDEN[piece.start : piece.end]) == (GARDEN, "Noor Tester", piece.text)
    with here.school.parts.sessions.reading() as session:
        assert not session.scalars(select(Job).where(Job.kind == "goals", Job.state != JobState.DONE)).all()


def test_a_document_without_the_tag_is_no_plan_and_a_tag_given_later_makes_it_one(here: Planned) -> None:
    here.put(PLAN, tags=("families",), id_="handbook")
    here.look()
    assert [one.document for one in here.plans()] == ["plan"]
    here.put(PLAN, tags=("Strategie",), id_="handbook")
    here.look()
    assert {one.document: len(one.goals) for one in here.plans()} == {"plan": 2, "handbook": 2}


def test_only_what_a_person_confirmed_counts_and_who_and_when_is_kept(here: Planned) -> None:
    goal = here.goal(0)
    piece = next(one for one in goal.offered if one.group == "year-8")
    here.decide(goal.goal.id, piece)
    after = here.goal(0)
    figures = after.goal.figures
    assert (figures.confirmed, figures.offered) == (1, 1)
    assert (figures.groups.count, figures.groups.of) == (1, 2)
    assert (figures.challenges.count, figures.challenges.of) == (1, 1)
    assert [month.pieces for month in figures.months] == [1]
    assert after.confirmed[0].decided_by == "Ilse"
    with here.school.parts.sessions.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "goal.confirm"))
        assert (entry.subject, entry.facts["goal"]) == (piece.id, goal.goal.id)
        assert VISITS not in str(entry.facts)
    here.decide(goal.goal.id, after.confirmed[0], EvidenceAct.UNDO)
    assert here.goal(0).goal.figures.confirmed == 0
    assert texts(here.goal(0).offered) == texts(goal.offered)


def test_a_piece_that_shows_no_progress_is_not_offered_for_this_goal_again_not_even_anew(here: Planned) -> None:
    goal = here.goal(0)
    piece = next(one for one in goal.offered if one.group == "year-8")
    here.decide(goal.goal.id, piece, EvidenceAct.DISMISS)
    here.school.hand_in("s-amara", "amara", VISITS + " Every grade.")
    here.look()
    here.again()
    after = here.goal(0)
    assert {one.group for one in after.offered} == {"year-9"}
    assert [one.id for one in after.dismissed] == [piece.id]
    assert texts(after.dismissed) == {VISITS}, "what was decided on stays what it was"
    assert not after.dismissed[0].latest
    assert after.goal.figures.confirmed == 0


def test_who_facilitates_sees_and_decides_on_their_groups_alone(here: Planned) -> None:
    goal = here.goal(0)
    mine = here.show(goal.goal.id, "bao")
    assert [one.group for one in mine.offered] == ["year-9"]
    assert mine.goal.figures.groups.of == 1
    foreign = next(one for one in goal.offered if one.group == "year-8")
    with pytest.raises(NotFound):
        here.decide(goal.goal.id, foreign, person="bao")
    for person in ("amara", "tiago"):
        with pytest.raises(NotAllowed):
            here.plans(person)
    with pytest.raises(NotAllowed), here.school.parts.sessions.writing() as session:
        make.search_all_again(session, here.actor("amara"), now=here.school.parts.now())


def test_a_decision_is_for_the_passage_that_was_read_and_only_the_first_of_two_holds(here: Planned) -> None:
    goal = here.goal(1)
    (piece,) = goal.offered
    with pytest.raises(ChangedSince):
        here.decide(goal.goal.id, piece, seen=1)
    with pytest.raises(NotFound):
        here.decide(here.goal(0).goal.id, piece)
    here.decide(goal.goal.id, piece)
    with pytest.raises(ChangedSince):
        here.decide(goal.goal.id, piece, EvidenceAct.DISMISS, person="rosa")
    with pytest.raises(NotNow):
        here.decide(goal.goal.id, here.goal(1).confirmed[0], EvidenceAct.DISMISS, person="rosa")
    assert here.goal(1).confirmed[0].standing is EvidenceStanding.CONFIRMED


def test_a_platform_reads_and_does_not_decide(here: Planned) -> None:
    goal = here.goal(1)
    from service.actions.goals import decisions, progress

    with here.school.parts.sessions.writing() as session:
        (piece,) = progress.show(session, here.school.actor, goal.goal.id).offered
        assert (piece.text, piece.draft) == (GARDEN, "")
        at = Deciding(session, here.school.actor, piece.id, piece.version, piece.handed_in)
        with pytest.raises(NotAllowed):
            decisions.decide(at, goal.goal.id, EvidenceAct.CONFIRM)


def test_when_a_new_version_words_a_goal_anew_its_confirmed_work_stays_with_the_earlier_wording(here: Planned) -> None:
    old = here.goal(0)
    here.decide(old.goal.id, next(one for one in old.offered if one.group == "year-8"))
    tomatoes = here.goal(1).goal.id
    here.put(PLAN.replace("visit each other twice before half-term", "visit each other four times a year"))
    assert here.plans()[0].behind
    assert here.goal(0).goal.id == old.goal.id, "until it is read, the version before is shown"
    here.look()
    (found,) = here.plans()
    assert not found.behind
    assert [goal.title for goal in found.goals] == ["Goal 1: Visits", "Goal 2: Tomatoes"]
    assert found.goals[1].id == tomatoes, "what is worded the same is the same goal"
    assert [goal.id for goal in found.earlier] == [old.goal.id]
    new = here.goal(0)
    assert (new.goal.figures.confirmed, len(new.before)) == (0, 1)
    wording, pieces = new.before[0]
    assert (wording.text, texts(pieces)) == (old.goal.text, {VISITS})
    earlier = here.show(old.goal.id)
    assert (earlier.goal.present, earlier.now) == (False, (new.goal.id, new.goal.title))
    with pytest.raises(NotNow):
        here.decide(old.goal.id, earlier.offered[0], person="bao")
    here.decide(old.goal.id, earlier.confirmed[0], EvidenceAct.UNDO)


def test_a_goal_that_a_version_drops_is_kept_and_is_itself_again_when_it_comes_back(here: Planned) -> None:
    old = here.goal(1)
    here.decide(old.goal.id, old.offered[0])
    here.put(PLAN.replace("## Goal 2: Tomatoes", "## Tomatoes"))
    here.look()
    assert [goal.id for goal in here.plans()[0].earlier] == [old.goal.id]
    assert texts(here.show(old.goal.id).confirmed) == {GARDEN}
    here.put(PLAN.replace("grows tomatoes", "grows **Tomatoes**"))
    here.look()
    (found,) = here.plans()
    assert (found.earlier, found.goals[1].id, found.goals[1].figures.confirmed) == ((), old.goal.id, 1)


def test_a_plan_that_loses_its_tag_keeps_what_was_confirmed_and_one_that_is_removed_is_read_by_nobody(
    here: Planned,
) -> None:
    goal = here.goal(1)
    here.decide(goal.goal.id, goal.offered[0])
    here.put(PLAN, tags=())
    here.look()
    (found,) = here.plans()
    assert (found.goals, [one.id for one in found.earlier]) == ((), [goal.goal.id])
    with here.school.parts.sessions.writing() as session:
        versions.remove_document(session, here.school.actor, "plan", now=here.school.parts.now())
    assert here.plans() == []
    with pytest.raises(NotFound):
        here.show(goal.goal.id)


def _taken_back(here: Planned) -> None:
    here.school.withdraw("s-noor")


def _not_shown(here: Planned) -> None:
    here.allow("noor", ConsentWish(ShowWork.NO, True, AI.LOCAL))


def _no_machine(here: Planned) -> None:
    here.allow("noor", ConsentWish(ShowWork.WITH_NAME, True, AI.NONE))


def _never(here: Planned) -> None:
    with here.school.parts.sessions.writing() as session:
        find.one(
            session, setting.Challenge, here.school.actor.organization, "observation"
        ).sharing_peers = PeersShown.NEVER


@pytest.mark.parametrize("standing", list(EvidenceStanding))
@pytest.mark.parametrize("gone", [_taken_back, _not_shown, _no_machine, _never])
def test_what_is_shown_disappears_at_once_when_it_is_not_allowed_any_more(here: Planned, gone, standing) -> None:  # type: ignore[no-untyped-def]
    goal = here.goal(1)
    if standing is not EvidenceStanding.OFFERED:
        here.decide(
            goal.goal.id,
            goal.offered[0],
            EvidenceAct.CONFIRM if standing is EvidenceStanding.CONFIRMED else EvidenceAct.DISMISS,
        )
    gone(here)  # and no job has run since
    after = here.goal(1)
    assert (after.offered, after.confirmed, after.dismissed) == ((), (), ())
    figures = after.goal.figures
    assert (figures.confirmed, figures.offered, figures.groups.count) == (0, 0, 0)
    assert figures.hidden == (standing is EvidenceStanding.CONFIRMED)
    with pytest.raises(NotFound):
        here.decide(goal.goal.id, goal.offered[0], EvidenceAct.UNDO)


def test_a_name_is_shown_only_as_long_as_its_owner_shows_it(here: Planned) -> None:
    assert here.goal(1).offered[0].name == "Noor Tester"
    here.allow("noor", ConsentWish(ShowWork.WITHOUT_NAME, True, AI.LOCAL))
    assert here.goal(1).offered[0].name == ""


def test_a_consent_taken_back_while_the_machine_thinks_counts_and_no_transaction_is_open_meanwhile(
    here: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = thinking.speaking
    with here.school.parts.sessions.writing() as session:
        session.execute(GoalEvidence.__table__.delete())

    def meanwhile(*given, **how):  # type: ignore[no-untyped-def]
        assert here.school.parts.sessions.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]  # the heartbeat's
        found = real(*given, **how)
        if any(one.item.text == GARDEN for one in found):
            _not_shown(here)
        return found

    monkeypatch.setattr(thinking, "speaking", meanwhile)
    here.again()
    with here.school.parts.sessions.reading() as session:
        kept = session.scalars(select(GoalEvidence)).all()
    assert len(kept) == 2
    assert here.goal(1).offered == ()


def test_erasing_a_person_erases_what_was_found_and_said_of_their_work(here: Planned) -> None:
    goal = here.goal(1)
    here.decide(goal.goal.id, goal.offered[0])
    with here.school.parts.sessions.writing() as session:
        session.delete(find.one(session, Person, here.school.actor.organization, "noor"))
    assert here.goal(1).goal.figures.hidden == here.goal(1).goal.figures.confirmed == 0
    with here.school.parts.sessions.writing() as session:  # who decided may go as well; what was decided stays
        session.delete(find.one(session, Person, here.school.actor.organization, "ilse"))


def test_new_work_is_told_and_looked_for_when_asked_and_by_the_sweep_and_only_then(here: Planned) -> None:
    assert here.plans()[0].new_work == 0
    here.school.hand_in("s-noor-2", "noor", GARDEN.replace("warmest", "brightest"))
    here.school.hand_in("s-bad", "noor", OTHER)
    here.look()
    assert here.plans()[0].new_work == 2
    assert here.goal(1).goal.figures.offered == 1
    with here.school.parts.sessions.writing() as session:
        assert make.sweep(session, now=here.school.parts.now()) == 1
    here.look()
    assert here.plans()[0].new_work == 0
    assert here.goal(1).goal.figures.offered == 2
    assert OTHER not in texts([*here.goal(0).offered, *here.goal(1).offered])
    with here.school.parts.sessions.writing() as session:
        assert make.sweep(session, now=here.school.parts.now() + timedelta(days=1)) == 0
    assert here.again() == 1


def test_work_that_is_shared_within_its_group_is_shown_to_its_own_reviewers(here: Planned) -> None:
    with here.school.parts.sessions.writing() as session:
        row = find.one(session, setting.Challenge, here.school.actor.organization, "observation")
        row.sharing_reach = SharingReach.GROUP
    here.again()
    assert {one.group for one in here.goal(0, "ilse").offered} == {"year-8"}
    assert {one.group for one in here.goal(0, "bao").offered} == {"year-9"}


def test_an_organization_with_the_same_ids_sees_and_finds_nothing_of_another(here: Planned) -> None:
    parts, now = here.school.parts, here.school.parts.now()
    theirs = here.goal(1)
    with parts.sessions.writing() as session:
        row = organizations.create(session, external_id="twin", name="Twin", now=now)
        actor = Actor(row.id, "operator", CredentialReach.PLATFORM)
        register.put_group(session, actor, "all", name="All", parent=None, now=now)
        register.put_person(session, actor, "noor", name="Noor", roles=[(Role.LEARNER, "all")], consents=OPEN, now=now)
        setting.put_challenge(session, actor, "observation", ChallengeWish("Garden", "Grow."), now=now)
        wish = submit.SubmissionWish("observation", "noor", "Twins " + GARDEN)
        submit.submit(session, actor, "s-noor", wish, now=now)
        versions.put_document(session, actor, "plan", title="Plan", text=PLAN, tags=("goals",), now=now)
    here.look()
    from service.actions.goals import progress

    with parts.sessions.reading() as session:
        (found,) = progress.listed(session, actor)
        assert [goal.figures.offered for goal in found.goals] == [0, 1]
        (piece,) = progress.show(session, actor, found.goals[1].id).offered
        assert piece.text == "Twins " + GARDEN
        with pytest.raises(NotFound):
            progress.show(session, actor, theirs.goal.id)
    assert texts(here.goal(1).offered) == {GARDEN}
