"""A second factor that the organization asks for, set up by a form that comes twice: one act, the last answer holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.store.tables import AuditEntry
from tests.conftest import sessions
from tests.service.web.access.test_second_factor import CODE, Telephone, half_way, set_clock, shown_secret
from tests.service.web.browsing import Page, Visitor
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases


def _made_to_set_up(school: School) -> tuple[Visitor, Page, Telephone]:
    wish = {"name": "Harbor School", "second_factor_needed": True}
    assert school.platform.put("/v1/organization", json=wish).status_code == 200
    visitor, asked = half_way(school, "mateo")
    return visitor, asked, Telephone(school, shown_secret(asked))


def test_a_set_up_that_was_asked_for_and_is_clicked_twice_loses_no_recovery_codes(school: School) -> None:
    """The browser shows the last answer only: whoever sees it must be in, with codes that work."""
    visitor, asked, telephone = _made_to_set_up(school)
    code = {"code": telephone.code()}
    first, twin = visitor.client.post(asked.path, data=code), visitor.client.cookies["peerloom"]
    assert len(CODE.findall(first.text)) == 10
    shown = [CODE.findall(visitor.client.post(asked.path, data=code).text) for _ in range(2)][-1]
    assert len(shown) == 10
    assert visitor.get("/desk/today").status == 200
    other = school.client()
    other.cookies["peerloom"] = twin
    assert other.get("/").headers["location"].startswith("/sign-in"), "one act has one session"
    again, page = half_way(school, "mateo")
    assert again.client.post(page.path, data={"code": CODE.findall(first.text)[0]}).status_code == 422
    assert again.client.post(page.path, data={"code": shown[0]}).status_code == 303
    with school.sessions.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "second-factor.on")).all()
    assert len(acts) == 1


def test_both_of_two_clicks_at_the_same_moment_show_codes_and_one_session_is_left(school: School) -> None:
    _, asked, telephone = _made_to_set_up(school)
    code = {"code": telephone.code()}
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: school.client().post(asked.path, data=code), range(2)))
    assert [len(CODE.findall(one.text)) for one in both] == [10, 10]
    open_ = 0
    for one in both:
        client = school.client()
        client.cookies["peerloom"] = one.cookies["peerloom"]
        open_ += client.get("/desk/today").status_code == 200
    assert open_ == 1


def test_a_click_that_began_first_and_is_done_last_is_the_same_act(school: School) -> None:
    visitor, asked, telephone = _made_to_set_up(school)
    code = {"code": telephone.code()}
    visitor.client.post(asked.path, data=code)
    set_clock(school, timedelta(seconds=telephone.ahead - 1))
    assert len(CODE.findall(visitor.client.post(asked.path, data=code).text)) == 10
    assert visitor.get("/desk/today").status == 200


def test_who_has_the_link_after_that_gets_nothing_by_guessing_late_or_once_it_was_ended(school: School) -> None:
    visitor, asked, telephone = _made_to_set_up(school)
    code = telephone.code()
    visitor.client.post(asked.path, data={"code": code})
    stranger = school.client()
    for _ in range(5):
        wrong = stranger.post(asked.path, data={"code": telephone.wrong()})
        assert (wrong.status_code, "peerloom" in stranger.cookies) == (401, False)
    assert stranger.post(asked.path, data={"code": code}).status_code == 401, "five wrong ones end it"
    assert visitor.get("/desk/today").status == 200


@pytest.mark.parametrize("how", ["late", "signed out"])
def test_a_second_click_after_a_minute_or_after_signing_out_begins_nothing(school: School, how: str) -> None:
    visitor, asked, telephone = _made_to_set_up(school)
    code = {"code": telephone.code()}
    visitor.client.post(asked.path, data=code)
    if how == "late":
        set_clock(school, timedelta(seconds=telephone.ahead + 61))
    else:
        visitor.send(visitor.get("/desk"), "/sign-out")
    stranger = school.client()
    assert stranger.post(asked.path, data=code).status_code == 401
    assert "peerloom" not in stranger.cookies
