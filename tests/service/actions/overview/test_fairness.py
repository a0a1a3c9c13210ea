"""By group and by language: a planted bias is told to who coordinates, and to nobody else; equal data tell of none."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Band, PointKind
from service.actions.overview.fairness import Fairness, fairness
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import NotAllowed
from service.domain.ids import new_id
from service.domain.introductions import IntroductionState
from service.domain.overview.fairness import FairnessBy, FairnessMeasure
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import DraftRow, Introduction, PointRow, PointState
from tests.service.actions.school import NOW, act_as, found

PEOPLE = 16


def world(session: Session, *, biased: bool) -> Actor:
    """Two groups alike, half of each in German; where it is biased, what is drafted on German work is dismissed, and
    nobody of the south is introduced."""
    platform = found(session)
    register.put_person(session, platform, "cora", name="Cora", roles=[(Role.COORDINATOR, "all")], now=NOW)
    register.put_person(session, platform, "sol", name="Sol", roles=[(Role.COORDINATOR, "south")], now=NOW)
    for group in ("north", "south"):
        people = [_one(session, platform, f"{group}-{number}", group, number, biased) for number in range(PEOPLE)]
        for first, second in zip(people[::2], people[1::2], strict=True):
            _introduced(session, platform, first, second, made=not (biased and group == "south"))
    session.flush()
    return platform


def _one(session: Session, platform: Actor, key: str, group: str, number: int, biased: bool) -> str:
    language = "de" if number % 2 else "en"
    roles = [(Role.LEARNER, group)]
    person, _ = register.put_person(session, platform, key, name=key, language=language, roles=roles, now=NOW)
    wish = submit.SubmissionWish("observe", key, f"We plan visits, says {key}.", language=language)
    handed = submit.submit(session, platform, f"s-{key}", wish, now=NOW)
    draft = session.get_one(DraftRow, handed.draft.id)
    draft.band = Band.HIGH if number // 2 % 2 else Band.LOW
    kept = number // 2 % 4 > 0 and not (biased and language == "de")
    for position in (1, 2):
        session.add(
            PointRow(
                id=new_id(),
                organization_id=platform.organization,
                draft_id=draft.id,
                generation=1,
                position=position,
                kind=PointKind.QUESTION,
                criterion="k1",
                text="Who visits whom?",
                drafted="Who visits whom?",
                quote="We plan",
                start=0,
                end=7,
                state=PointState.ACCEPTED if kept else PointState.DISMISSED,
                decided_at=NOW,
            )
        )
    return person.id


def _introduced(session: Session, platform: Actor, first: str, second: str, *, made: bool) -> None:
    both = sorted((first, second))
    session.add(
        Introduction(
            organization_id=platform.organization,
            first_id=both[0],
            second_id=both[1],
            pair="|".join(both)[:65],
            kind="same_problem",
            reasons=[],
            features={},
            score=0.5,
            wording={},
            passages=[],
            note="",
            state=IntroductionState.INTRODUCED if made else IntroductionState.DECLINED,
            created_at=NOW,
            asked_at=NOW,
            introduced_at=NOW if made else None,
            ended_at=None if made else NOW,
        )
    )


def told(seen: Fairness) -> set[tuple[str, str, str]]:
    names = {id_: external for id_, (external, _) in seen.groups.items()}
    return {(one.measure, one.by, names.get(line.key, line.key)) for one in seen.tables for line in one.parting}


def test_equal_groups_and_languages_are_not_told_to_part(sessions: Sessions) -> None:
    with sessions.writing() as session:
        seen = fairness(session, act_as(session, world(session, biased=False), "cora"), now=NOW)
        assert told(seen) == set()
        assert {one.measure for one in seen.tables} == set(FairnessMeasure)
        kept = next(one for one in seen.tables if one.measure == "kept" and one.by is FairnessBy.LANGUAGE)
        assert [(line.key, line.people, line.share) for line in kept.lines] == [("de", 16, 0.75), ("en", 16, 0.75)]


def test_a_bias_is_told_where_it_is(sessions: Sessions) -> None:
    with sessions.writing() as session:
        seen = fairness(session, act_as(session, world(session, biased=True), "cora"), now=NOW)
        of_points = {(measure, "language", one) for measure in ("kept", "dismissed") for one in ("de", "en")}
        assert told(seen) == of_points | {("accepted", "group", one) for one in ("north", "south")}


def test_a_coordinator_of_a_group_sees_that_group_alone_and_a_facilitator_nothing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = world(session, biased=True)
        seen = fairness(session, act_as(session, platform, "sol"), now=NOW)
        south = {id_ for id_, (external, _) in seen.groups.items() if external == "south"}
        assert {line.key for one in seen.tables if one.by is FairnessBy.GROUP for line in one.lines} == south
        assert all(line.people <= PEOPLE + 1 for one in seen.tables for line in one.lines)
        for person in ("lena", "amara"):
            with pytest.raises(NotAllowed):
                fairness(session, act_as(session, platform, person), now=NOW)


def test_what_is_asked_and_not_over_counts_for_nobody(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = world(session, biased=False)
        for row in session.scalars(select(Introduction)):
            row.state, row.introduced_at = IntroductionState.FIRST_AGREED, None
        session.flush()
        seen = fairness(session, act_as(session, platform, "cora"), now=NOW)
        assert "accepted" not in {one.measure for one in seen.tables}
