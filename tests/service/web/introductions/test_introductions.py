"""Introductions and requests by pages alone, from the look to "it was useful", and what lower roles are refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from service.actions.access import credentials
from service.actions.introductions import answers
from service.store.tables import Introduction
from tests.service.actions.introductions.village import settle
from tests.service.web.browsing import Page, signed_in
from tests.service.web.conftest import School, on_both

DESK = "/desk/introductions"


def moved_in(bare: School) -> tuple[School, str]:
    """The village on this server, and an introduction that waits for a facilitator."""
    village = settle(bare.sessions)
    village.now = bare.now()
    bare.organization = village.organization
    return bare, village.suggest("amara", "lin")


def ask(school: School, one: str) -> None:
    with school.sessions.writing() as session:
        assert answers.ask_due(session, one, now=school.now() + timedelta(minutes=1))


def row(school: School) -> Introduction:
    with school.sessions.reading() as session:
        return session.scalars(select(Introduction)).one()


@on_both
def test_two_people_meet_by_pages_alone(bare: School) -> None:
    school, one = moved_in(bare)
    mateo, amara, lin = (signed_in(school, person) for person in ("mateo", "amara", "lin"))
    queue = mateo.get(DESK)
    assert "Amara Tester and Lin Tester" in queue.text
    assert "Nothing at the moment" in amara.get("/learn/introductions").text
    page = mateo.get(f"{DESK}/{one}")
    assert "What they would read" in page.text
    changed = mateo.send(page, f"{DESK}/{one}/revise", **{**wording(page), "step": "Have tea for ten minutes."})
    assert "Saved." in changed.text
    again = mateo.send(page, f"{DESK}/{one}/approve")
    assert again.status == 412
    after = mateo.send(changed, f"{DESK}/{one}/approve")
    assert "Nothing else waits for you here." in after.text
    undone = mateo.send(mateo.get(f"{DESK}/{one}"), f"{DESK}/{one}/undo")
    assert "Nobody was asked" in undone.text
    mateo.send(undone, f"{DESK}/{one}/approve")
    ask(school, one)
    asked = amara.get("/learn/introductions")
    assert "Would you like to meet Lin Tester ?" in asked.text
    assert "Have tea for ten minutes." in asked.text
    said = amara.send(asked, f"/learn/introductions/{one}/answer", yes="true")
    assert "You said yes" in said.text
    made = lin.send(lin.get("/learn/introductions"), f"/learn/introductions/{one}/answer", yes="true")
    assert "You and Amara Tester are introduced" in made.text
    told = lin.send(made, f"/learn/introductions/{one}/report", met="true", useful="yes")
    assert "was it useful? yes" in told.text
    assert "Did you meet?" in amara.get("/learn/introductions").text
    assert "they have met" in mateo.get(f"{DESK}?view=made").text


def wording(page: Page) -> dict[str, str]:
    return dict(re.findall(r'<textarea id="(\w+)" name="\w+"[^>]*>([^<]*)</textarea>', page.html))


@on_both
def test_a_need_is_stated_seen_and_answered_by_pages_alone(bare: School) -> None:
    school, _ = moved_in(bare)
    tiago, ines, lena = (signed_in(school, person) for person in ("tiago", "ines", "lena"))
    asked = tiago.send(tiago.get("/learn/requests"), "/learn/requests", text="Who knows how to water <b>tomatoes</b>?")
    assert "It is being looked for" in asked.text
    assert "&lt;b&gt;tomatoes" in asked.html
    assert "tomatoes" not in lena.get("/desk/requests").text
    page = ines.get("/desk/requests")
    (action,) = re.findall(r'action="(/desk/requests/\w+/reply)"', page.html)
    assert "Nobody waits for an answer." in ines.send(page, action, text="In the morning, at the root.").text
    assert "In the morning, at the root." in tiago.get("/learn/requests").text
    assert "In the morning, at the root." in ines.get("/desk/requests?view=answered").text
    short = tiago.send(tiago.get("/learn/requests"), "/learn/requests", text="Help")
    assert short.status == 422


def test_an_opt_out_on_the_page_ends_what_is_open(bare: School) -> None:
    school, one = moved_in(bare)
    amara = signed_in(school, "amara")
    page = amara.send(amara.get("/learn/introductions"), "/learn/introductions/allow", introduce="false")
    assert "nobody is told of you" in page.text
    assert row(school).state.value == "withdrawn"
    assert one


def test_lower_roles_and_strangers_are_refused(bare: School) -> None:
    school, one = moved_in(bare)
    mateo, noor, lena = (signed_in(school, person) for person in ("mateo", "noor", "lena"))
    for path in (DESK, f"{DESK}/{one}", "/desk/requests"):
        assert noor.get(path).status == 403
    page = mateo.get(f"{DESK}/{one}")
    mateo.send(page, f"{DESK}/{one}/approve")
    ask(school, one)
    fields = {"csrf": noor.get("/learn/introductions").csrf, "yes": "true"}
    assert noor.client.post(f"/learn/introductions/{one}/answer", data=fields).status_code == 404
    assert row(school).state.value == "asked"
    fields = {"csrf": lena.get(DESK).csrf, "group": "south"}
    assert lena.client.post(f"{DESK}/search", data=fields).status_code == 404
    assert lena.client.post(f"{DESK}/search", data={**fields, "group": ""}).status_code == 403
    assert "It is being looked for." in lena.send(lena.get(DESK), f"{DESK}/search", group="north").text


def test_an_answer_that_is_given_again_names_nobody(bare: School) -> None:
    """By then whom one is introduced to may wish it no longer."""
    school, one = moved_in(bare)
    mateo, there, key = signed_in(school, "mateo"), f"/v1/introductions/{one}/answer", {"Idempotency-Key": "yes-1"}
    mateo.send(mateo.get(f"{DESK}/{one}"), f"{DESK}/{one}/approve")
    ask(school, one)
    with school.sessions.writing() as session:
        secret = credentials.issue_key(session, school.organization, name="platform", now=school.now())[1]
    amara = replace(school, platform=school.client(secret)).person("amara")
    first, again = (amara.post(there, json={"yes": True}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Lin" in first.text
    assert again.json() == {**first.json(), "items": []}
    assert "Lin" in amara.get("/v1/introductions/mine").text
