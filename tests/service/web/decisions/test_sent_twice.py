"""A form on a draft that is sent twice, or from two windows of one person: one decision, and nobody else is blamed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.store.tables import Decision, StoredReply
from tests.conftest import sessions
from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases


def acts(school: School) -> list[str]:
    with school.sessions.reading() as session:
        return list(session.scalars(select(Decision.act).order_by(Decision.at, Decision.id)))


def at_a_draft(school: School) -> tuple[Visitor, Page, str]:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    return visitor, visitor.get(f"/desk/drafts/{draft}"), f"/desk/drafts/{draft}"


def of_the_first_point(page: Page, act: str) -> str:
    return next(part for part in page.html.split('"') if part.endswith(f"/{act}"))


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("accept", {}),
        ("edit", {"text": "Say it\r\nin two lines."}),
        ("dismiss", {"reason": "wrong", "note": "It says so."}),
    ],
)
def test_a_decision_on_a_point_that_is_sent_twice_is_made_once(
    school: School, act: str, fields: dict[str, str]
) -> None:
    visitor, page, _ = at_a_draft(school)
    action = of_the_first_point(page, act)
    first, second = (visitor.send(page, action, **fields) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert second.path == first.path
    assert acts(school) == [act]


@pytest.mark.parametrize(
    ("act", "fields", "recorded"),
    [
        ("points", {"kind": "next_step", "text": "Name a day.", "quote": ""}, "add"),
        ("summary", {"text": "Nearly there."}, "summary"),
        ("approve", {}, "approve"),
        ("decline", {"note": "Not for me."}, "decline"),
        ("redraft", {"instruction": "Shorter."}, "redraft"),
    ],
)
def test_a_decision_on_a_draft_that_is_sent_twice_is_made_once(
    school: School, act: str, fields: dict[str, str], recorded: str
) -> None:
    visitor, page, here = at_a_draft(school)
    first, second = (visitor.send(page, f"{here}/{act}", **fields) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert second.path == first.path
    assert acts(school) == [recorded]


def test_other_words_from_ones_own_other_window_are_shown_and_nobody_else_is_said_to_have_changed_it(
    school: School,
) -> None:
    visitor, page, _ = at_a_draft(school)
    action = of_the_first_point(page, "edit")
    visitor.send(page, action, text="In one window.")
    clash = visitor.send(page, action, text="In the other.")
    assert clash.status == 412
    assert "You have changed this" in clash.text
    assert "Somebody" not in clash.text
    assert "In one window." in clash.text
    assert "In the other." in clash.text


def test_the_same_decision_by_somebody_else_is_not_taken_for_ones_own(school: School) -> None:
    visitor, page, here = at_a_draft(school)
    other = signed_in(school, "mateo")
    assert other.send(other.get(here), f"{here}/approve").status == 200
    clash = visitor.send(page, f"{here}/approve")
    assert clash.status == 412
    assert "Somebody changed this" in clash.text
    assert acts(school) == ["approve"]


def test_the_same_form_sent_much_later_is_a_decision_of_its_own(school: School) -> None:
    visitor, page, _ = at_a_draft(school)
    action = of_the_first_point(page, "accept")
    visitor.send(page, action)
    with school.sessions.writing() as session:
        session.execute(update(Decision).values(at=school.now() - timedelta(hours=2)))
        session.execute(update(StoredReply).values(created_at=school.now() - timedelta(hours=2)))
    assert visitor.send(page, action).status == 412
    assert acts(school) == ["accept"]


@pytest.mark.parametrize("act", ["take-over", "hand-back"])
def test_being_at_a_draft_is_settled_on_what_was_seen_of_it(school: School, act: str) -> None:
    visitor, page, here = at_a_draft(school)
    stale = {**page.hidden(f"{here}/summary")}
    visitor.send(page, f"{here}/summary", text="Another.")
    assert visitor.client.post(f"{here}/{act}", data=stale).status_code == 412
