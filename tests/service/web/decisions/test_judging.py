"""A facilitator judges first, over HTTP and in a form without a script: from the evidence sheet to what is released."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from service.store.tables import DraftRow
from tests.entitled import ENTITLED
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School


@pytest.fixture
def draft(school: School) -> str:
    return "/v1/drafts/" + school.to_judge()


@pytest.fixture
def lindiwe(school: School) -> httpx.Client:
    return school.person("lindiwe")


def put(client: httpx.Client, draft: str, tag: str, *readings: dict[str, Any]) -> httpx.Response:
    return client.put(f"{draft}/readings", json={"readings": readings}, headers={"If-Match": tag})


def test_from_the_sheet_to_what_the_learner_reads(school: School, lindiwe: httpx.Client, draft: str) -> None:
    (waiting,) = lindiwe.get("/v1/drafts?state=to_judge").json()["items"]
    assert f"/v1/drafts/{waiting['id']}" == draft
    assert lindiwe.get("/v1/drafts/next").json()["id"] == waiting["id"]
    sheet = lindiwe.get(f"{draft}/readings")
    one, two = sheet.json()["readings"]
    assert [place["quote"] for place in one["places"]] == [TEXT[:18]]
    assert (two["places"], one["reading"], one["machine"]) == ([], None, None)
    nowhere = {"criterion": "k2", "standing": "not_yet", "nowhere": True}
    judged = put(lindiwe, draft, sheet.headers["ETag"], {"criterion": "k1", "standing": "met"}, nowhere)
    assert judged.status_code == 200, judged.text
    assert judged.json()["state"] == "ready"
    assert lindiwe.get("/v1/drafts?state=to_judge").json()["items"] == []
    kept = lindiwe.get(f"{draft}/readings").json()["readings"]
    assert [(line["reading"]["standing"], line["reading"]["quote"]) for line in kept] == [
        ("met", TEXT[:18]),
        ("not_yet", ""),
    ]
    assert {line["reading"]["person"] for line in kept} == {"lindiwe"}
    learner = school.person("amara")
    assert learner.get("/v1/submissions/amara-1/feedback").status_code == 404
    seen = {"seen": judged.json()["text_hash"]}
    approved = lindiwe.post(f"{draft}/approve", json=seen, headers={"If-Match": judged.headers["ETag"]})
    lindiwe.post(f"{draft}/release", headers={"If-Match": approved.headers["ETag"]})
    read = learner.get("/v1/submissions/amara-1/feedback").json()
    assert [point["criterion"] for point in read["points"]] == ["k2"]  # nothing is praised where something is asked
    assert "“Names who and when”: clear" in read["summary"]


def test_a_sheet_that_was_judged_meanwhile_is_not_judged_over(
    school: School, lindiwe: httpx.Client, draft: str
) -> None:
    before = lindiwe.get(f"{draft}/readings").headers["ETag"]
    assert put(lindiwe, draft, before, {"criterion": "k1", "standing": "met"}).status_code == 200
    late = put(school.person("mateo"), draft, before, {"criterion": "k1", "standing": "not_yet"})
    assert late.status_code in (409, 412)
    assert lindiwe.get(f"{draft}/readings").json()["readings"][0]["reading"]["standing"] == "met"


@pytest.mark.parametrize(
    "reading",
    [
        {"criterion": "k1", "standing": "cannot_tell"},
        {"criterion": "k9", "standing": "met"},
        {"criterion": "k1", "standing": "met", "quote": "words that are not there"},
        {"criterion": "k1", "standing": "met", "quote": "twice", "nowhere": True},
    ],
)
def test_a_reading_that_is_none_is_refused_and_nothing_is_kept(
    lindiwe: httpx.Client, draft: str, reading: dict[str, Any]
) -> None:
    tag = lindiwe.get(f"{draft}/readings").headers["ETag"]
    assert put(lindiwe, draft, tag, reading).status_code in (400, 409, 422)
    assert lindiwe.get(f"{draft}/readings").json()["state"] == "to_judge"


def test_of_a_verdict_and_an_approval_at_once_one_is_done_and_the_other_told(school: School) -> None:
    one, two = school.person("lindiwe"), school.person("mateo")
    for turn in range(3):
        draft = "/v1/drafts/" + school.drafted(f"amara-{turn}", f"{TEXT} Turn {turn}.")
        seen = one.get(draft)
        tag, text = seen.headers["ETag"], {"seen": seen.json()["text_hash"]}
        with ThreadPoolExecutor(2) as pool:
            judged = pool.submit(put, one, draft, tag, {"criterion": "k1", "standing": "not_yet"})
            approved = pool.submit(two.post, f"{draft}/approve", json=text, headers={"If-Match": tag})
        done, told = sorted((judged.result().status_code, approved.result().status_code))
        assert done == 200
        assert told in (409, 412)


def test_the_sheet_is_found_in_the_queue_counted_apart_and_judged_by_a_form(school: School) -> None:
    draft = school.to_judge()
    school.drafted("amara-2", TEXT + " Then we meet.")
    visitor = signed_in(school, "lindiwe")
    queue = visitor.get("/desk")
    assert "2 drafts wait" in queue.text
    assert "waits to be judged 1" in queue.text
    assert "1 draft" in visitor.get("/desk?state=to_judge").text
    page = visitor.get(f"/desk/drafts/{draft}")
    assert "Nobody has judged work on this challenge yet." in page.text
    assert TEXT[:18] in page.text
    action = f"/desk/drafts/{draft}/readings"
    judged = visitor.send(page, action, standing="met", place="0-18")
    assert "Lindiwe Dube" in judged.text
    with_point = visitor.get(f"/desk/drafts/{draft}")
    assert 'id="point-1"' in with_point.html
    assert "1 of 2 judged by a person" in with_point.text
    undone = visitor.send(with_point, action, standing="nobody")
    assert "0 of 2 judged by a person" in undone.text


def test_the_page_says_where_person_and_machine_differ(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    with school.sessions.writing() as session:
        said = {"criterion": "k1", "standing": "met", "confidence": 0.9, "record": ENTITLED}
        session.get_one(DraftRow, draft).assessment = {"criteria": [said]}
    page = visitor.get(f"/desk/drafts/{draft}")
    assert (
        "the machine says met: compared with 40 judged works, it was right in 19 of the 20 of which it said so"
        in page.text
    )
    judged = visitor.send(page, f"/desk/drafts/{draft}/readings", standing="not_yet", place="nowhere")
    assert "but the machine says met" in judged.text
