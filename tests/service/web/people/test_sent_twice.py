"""A form that is sent twice makes one person and one group, and what is answered or sent twice is answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.web.browsing import Visitor, signed_in
from tests.service.web.conftest import School

AT_ONCE = 3


def _together(visitor: Visitor, at: str, action: str, fields: dict[str, str]) -> list[httpx.Response]:
    page = visitor.get(at)
    sent = {**page.hidden(action), **fields}

    def send(_: int) -> httpx.Response:
        return visitor.client.post(action, data=sent)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


@pytest.mark.parametrize("id_", ["", "zed"])
def test_a_person_is_added_once_however_often_the_form_is_sent(school: School, id_: str) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {"name": "Zed Kowal", "id": id_, "role": "learner", "group": "year-8"}
    answers = _together(tomasz, "/desk/people/new", "/desk/people", fields)
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, answers[0].headers["location"])}
    people = school.platform.get("/v1/people?limit=200").json()["items"]
    assert sum(one["name"] == "Zed Kowal" for one in people) == 1


@pytest.mark.parametrize("id_", ["", "year-9"])
def test_a_group_is_added_once_however_often_the_form_is_sent(school: School, id_: str) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {"name": "Year 9", "id": id_, "parent": "harbor"}
    answers = _together(tomasz, "/desk/groups", "/desk/groups", fields)
    assert {one.status_code for one in answers} == {303}
    assert sum(one["name"] == "Year 9" for one in school.platform.get("/v1/groups").json()["items"]) == 1


def test_two_forms_make_two_people_of_one_name(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {"name": "Kim Lee", "id": "", "role": "learner", "group": "year-8"}
    for _ in range(2):
        tomasz.send(tomasz.get("/desk/people/new"), "/desk/people", **fields)
    people = school.platform.get("/v1/people?limit=200").json()["items"]
    assert sum(one["name"] == "Kim Lee" for one in people) == 2


def test_another_person_by_an_id_that_is_taken_is_refused(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {"name": "Somebody Else", "id": "amara", "role": "learner", "group": "year-8"}
    assert tomasz.send(tomasz.get("/desk/people/new"), "/desk/people", **fields).status == 422
    assert school.platform.get("/v1/people/amara").json()["name"] == "Amara Okafor"


def test_an_answer_and_a_reminder_sent_twice_at_once_are_one_and_no_trouble_is_told(school: School) -> None:
    amara, lindiwe = school.person("amara"), school.person("lindiwe")
    need = amara.post("/v1/requests", json={"text": "Who has started peer observation here?"}).json()["id"]
    reminder = {"kind": "not_handed_in", "people": ["amara"], "texts": {"en": "Please hand in."}}
    acts = [
        (f"/v1/requests/{need}/reply", {"text": "Ask Tomasz."}, 200),
        ("/v1/challenges/peer-observation/reminders", reminder, 201),
    ]
    for path, body, status in acts:
        clients = [school.person("lindiwe") for _ in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda one, path=path, body=body: one.post(path, json=body), clients))
        assert [one.status_code for one in answers] == [status] * AT_ONCE, [one.text for one in answers]
        assert len({one.text for one in answers}) == 1
    assert len(amara.get("/v1/people/amara/reminders").json()["items"]) == 1
    assert lindiwe.post(acts[0][0], json={"text": "Something else."}).status_code == 409
