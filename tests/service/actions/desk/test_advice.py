"""Advice on a person's own words is given before approval and is never in its way."""

from __future__ import annotations

import pytest

from pipelines.values import PointKind
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points
from service.actions.decisions.points import PointWish
from service.actions.desk import advice, in_full
from service.actions.drafts import read
from service.actions.people import register
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import NotFound
from service.store.session import Sessions
from tests.service.actions.memory.remembered import CARD, NEXT, QUIET, first, ready
from tests.service.actions.school import NOW, act_as, approve, found
from tests.statements import statements

ROUGH = "Great work, Amara! You are a natural talent. 7/10."


def codes(found: list[advice.PointAdvice]) -> set[str]:
    return {one.code for one in found}


def test_a_point_being_written_is_held_against_the_rules_of_drafted_ones(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        given = advice.on_wish(session, lena, row.id, PointWish(NEXT, ROUGH))
        assert {"grade", "about-person", "names-person", "no-place"} <= codes(given)
        assert codes(advice.on_wish(session, lena, row.id, PointWish(NEXT, "Clear so far.", "No notes"))) == {"no-step"}
        at = {one.code: ROUGH[one.start : one.end] for one in given if one.start is not None}
        assert (at["grade"], at["names-person"]) == ("7/10", "Amara")
        assert advice.on_wish(session, lena, row.id, PointWish(NEXT, CARD, "No notes", "k2")) == []
        elsewhere = advice.on_wish(session, lena, row.id, PointWish(NEXT, CARD, "no such words", "k9"))
        assert codes(elsewhere) == {"quote-not-there", "criterion-unknown"}
        assert (row.version, len(row.points)) == (2 + 1, 1)


def test_advice_stands_beside_own_and_edited_points_and_approval_goes_through(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        assert in_full.draft(session, lena, read.draft(session, lena, row.id)).advice == {}
        points.edit_point(Deciding(session, lena, row.id, row.version, NOW), first(row).id, text=ROUGH)
        own = PointWish(PointKind.STRENGTH, "Keeping the visit free of notes lets the room stay as it is.", "No notes")
        points.add_point(Deciding(session, lena, row.id, row.version, NOW), wish=own)
        shown = in_full.draft(session, lena, row).advice
        edited, added = (point.id for point in shown_points(row))
        assert "grade" in codes(shown[edited])
        assert shown[added] == []
        assert approve(session, lena, row).state is DraftState.APPROVED


def shown_points(row):
    return sorted(row.points, key=lambda point: point.position)


def test_advice_tells_nothing_of_work_that_one_may_not_see_or_that_was_taken_back(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        row = ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        wish = PointWish(NEXT, CARD, "No notes", "k2")
        for name in ("lena", "lin"):
            with pytest.raises(NotFound):
                advice.on_wish(session, act_as(session, platform, name), row.id, wish)
        submit.withdraw(session, platform, "s-lin", now=NOW)
        mateo = act_as(session, platform, "mateo")
        assert codes(advice.on_wish(session, mateo, row.id, wish)) == {"quote-not-there"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Amara Okafor", "Ask Amara's pair."),
        ("Amara Okafor", "Ask OKAFOR first."),
        ("Li Wei", "Ask the pair of Li."),
        ("Siobhán O’Brien", "Ask O’Brien about it."),
        ("Jean-Luc Moreau", "Ask Luc about it."),
        ("Ömer Şahin", "Ask Ömer about it."),
        ("Ömer Şahin", "Ask ÖMER about it."),
        ("100% Sure_Name", "Ask Sure about it."),
    ],
)
def test_of_many_people_only_those_are_read_whose_name_may_stand_in_the_point(
    sessions: Sessions, name: str, text: str
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        register.put_person(session, platform, "one", name=name, now=NOW)
        for at in range(40):
            register.put_person(session, platform, f"other-{at}", name=f"Livia Number{at} Asker", now=NOW)
        session.flush()
        with statements(session) as asked:
            names = advice.mentioned(session, platform.organization, text, "en")
    assert name in names
    assert len(names) <= 2  # the school has an Amara of its own
    assert len(asked) == 1


def test_a_point_without_a_capital_letter_names_nobody_and_asks_nothing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        session.flush()
        with statements(session) as asked:
            assert advice.mentioned(session, platform.organization, "which pair goes first?", "en") == ()
    assert asked == []
