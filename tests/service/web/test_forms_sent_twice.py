"""Every form of every page, sent twice, is one act: the second leads where the first led, and changes nothing.

All forms go through one door, so what is tried here on those that refused or doubled a repeat holds for all; that
there is no other door is tried on the routes.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from fastapi.routing import APIRoute
from sqlalchemy import func, select
from starlette.datastructures import FormData

from service.store.tables import AuditEntry, Credential, Decision, Job, StoredReply
from service.web.pages import site, visits
from tests.service.web.access.test_second_factor import set_clock
from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import School, on_both

NEARLY = "We pair teachers across grades; they visit each other twice before half-term."
OPEN = {"/sign-in/{secret}", "/embed/{secret}", "/sign-out", "/mail/{token}", "/sign-in/{secret}/code"}
"""Of nobody who is signed in; each holds a secret that is used up, or does what is done already."""


def counted(school: School) -> list[int]:
    """How much was done: acts in the trail, jobs asked for, answers kept."""
    with school.sessions.reading() as session:
        tables = (AuditEntry, Job, StoredReply)
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def twice(school: School, visitor: Visitor, at: str, action: str, **fields: str) -> None:
    page = visitor.get(at)
    sent = {**page.hidden(action), **fields}
    first = visitor.client.post(action, data=sent)
    done = counted(school)
    second = visitor.client.post(action, data=sent)
    assert (first.status_code, second.status_code) == (303, 303), second.text
    assert second.headers["location"] == first.headers["location"]
    assert counted(school) == done


def test_what_is_ended_looked_for_or_settled_by_a_form_sent_twice_is_so_once(school: School) -> None:
    tomasz, amara = signed_in(school, "tomasz"), signed_in(school, "amara")
    twice(school, tomasz, "/desk/introductions", "/desk/introductions/search")
    twice(school, tomasz, "/desk/context/new", "/desk/context", id="two", title="Two", text="Agree on one question.")
    twice(school, tomasz, "/desk/context/handbook", "/desk/context/handbook/remove")
    said = "Who has started peer observation here?"
    twice(school, amara, "/learn/requests", "/learn/requests", text=said)
    page = amara.get("/learn/requests")
    settle = next(part for part in page.html.split('"') if part.endswith("/settle"))
    twice(school, amara, "/learn/requests", settle, answered="true")


def test_the_same_meant_again_from_a_page_shown_since_is_done_again(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    action = "/desk/challenges/peer-observation/archive"
    for _ in range(2):
        edit = tomasz.get("/desk/challenges/peer-observation/edit")
        tomasz.send(edit, action)
        assert school.platform.get("/v1/challenges/peer-observation").json()["archived_at"]
        tomasz.send(
            tomasz.get("/desk/challenges/peer-observation/edit"), "/desk/challenges/peer-observation/bring-back"
        )
        assert not school.platform.get("/v1/challenges/peer-observation").json()["archived_at"]


def test_what_somebody_allows_is_as_they_said_last_also_by_a_page_that_the_browser_gave_back(school: School) -> None:
    amara = signed_in(school, "amara")
    old = amara.get("/learn/consents")
    for introduce in ("false", "true", "false"):
        amara.send(old, "/learn/consents", show_work="with_name", introduce=introduce, ai="any")
        held = school.platform.get("/v1/people/amara").json()["consents"]["introduce"]
        assert str(held).lower() == introduce


def test_what_was_refused_is_tried_again(school: School) -> None:
    lindiwe = signed_in(school, "lindiwe")
    here = f"/desk/drafts/{school.drafted()}"
    page = lindiwe.get(here)
    for _ in range(2):
        assert lindiwe.send(page, f"{here}/points", kind="next_step", text="", quote="").status == 422


def test_a_key_made_by_a_form_sent_twice_is_the_one_that_was_seen(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get("/desk/settings/keys")
    sent = {**page.hidden("/desk/settings/keys"), "name": "Nightly", "scopes": "read", "days": "30"}
    answers = [tomasz.client.post("/desk/settings/keys", data=sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    with school.sessions.reading() as session:
        made = session.scalars(select(Credential).where(Credential.name == "Nightly").order_by(Credential.id)).all()
    assert [one.revoked_at is None for one in made] == [False, True]


def test_whoever_sends_a_form_again_ends_no_key_of_the_same_name_but_that_forms(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get("/desk/settings/keys")
    sent = {**page.hidden("/desk/settings/keys"), "name": "Nightly", "scopes": "read", "days": "30"}
    tomasz.client.post("/desk/settings/keys", data=sent)
    other = school.platform.post("/v1/keys", json={"name": "Nightly"}).json()["id"]
    set_clock(school, timedelta(minutes=5))
    tomasz.client.post("/desk/settings/keys", data=sent)
    with school.sessions.reading() as session:
        rows = session.scalars(select(Credential).where(Credential.name == "Nightly").order_by(Credential.id)).all()
    assert [(one.id == other, one.revoked_at is None) for one in rows] == [(False, False), (True, True), (False, True)]


def test_what_is_decided_for_several_by_a_form_sent_twice_is_told_the_same_and_can_be_taken_back(
    school: School,
) -> None:
    lindiwe = signed_in(school, "lindiwe")
    first, second = school.drafted("one"), school.drafted("two", NEARLY)
    here = f"/desk/drafts/{first}"
    for draft in (first, second):
        seen = lindiwe.get(f"/desk/drafts/{draft}")
        assert lindiwe.client.post(f"{seen.path}/open", data={"csrf": seen.csrf}).status_code == 204
    listed = lindiwe.get(f"{here}/alike")
    done = sent_twice(school, lindiwe, listed, f"{here}/together", verdict="approve", target=targets(listed))
    assert "2 drafts approved" in done.text
    back = sent_twice(school, lindiwe, done, f"{here}/together/back", target=targets(done))
    assert "2 decisions taken back" in back.text
    dismiss = next(part for part in lindiwe.get(here).html.split('"') if part.endswith("/dismiss"))
    lindiwe.send(lindiwe.get(here), dismiss, reason="wrong", note="It is said.")
    reach = lindiwe.get(dismiss.replace("/dismiss", "/reach"))
    apply = dismiss.replace("/dismiss", "/apply")
    applied = sent_twice(school, lindiwe, reach, apply, target=targets(reach))
    assert "1 point decided likewise" in applied.text


def sent_twice(school: School, visitor: Visitor, page: Page, action: str, **fields: str | list[str]) -> Page:
    """The second answer, which says what the first did."""
    first = visitor.send(page, action, **fields)
    done = counted(school)
    second = visitor.send(page, action, **fields)
    assert (first.status, second.status, second.text) == (200, 200, first.text)
    assert counted(school) == done
    return second


def targets(page: Page) -> list[str]:
    return re.findall(r'name="target" value="([^"]+)"', page.html)


@on_both
def test_of_two_that_come_at_once_the_second_waits_for_the_first(school: School) -> None:
    lindiwe = signed_in(school, "lindiwe")
    draft = school.drafted()
    action = f"/desk/drafts/{draft}/approve"
    sent = lindiwe.get(f"/desk/drafts/{draft}").hidden(action)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: lindiwe.client.post(action, data=sent), range(3)))
    assert [one.status_code for one in answers] == [303] * 3
    assert len({one.headers["location"] for one in answers}) == 1
    with school.sessions.reading() as session:
        assert list(session.scalars(select(Decision.act).where(Decision.draft_id == draft))) == ["approve"]


def test_what_is_another_form_is_never_taken_for_this_one() -> None:
    def mark(query: bytes, *fields: tuple[str, str]) -> str:
        return visits._mark_of({"path": "/x", "query_string": query}, FormData(list(fields)))

    one = mark(b"", ("a", "1"), ("b", "2"))
    others = {mark(b"", ("a", "1\nb=2")), mark(b"", ("a", "11:b1:2")), mark(b"c=1", ("a", "1"), ("b", "2"))}
    assert one == mark(b"", ("a", "1"), ("b", "2"))
    assert one not in others


POSTS = {
    route.path_format: route
    for router in site.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in (route.methods or ()) and route.path_format not in OPEN
}


def test_every_form_goes_through_the_door_that_knows_it_again() -> None:
    takes = {path: route.endpoint.__wrapped__.__annotations__["visit"] for path, route in POSTS.items()}
    assert len(takes) > 100
    assert {path for path, one in takes.items() if one != "WritingVisit"} == set()
