"""A facilitator decides, over HTTP: nobody's change is lost, and exactly the text that was seen is approved."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.service.web.conftest import School, on_both


@pytest.fixture
def draft(school: School) -> str:
    return "/v1/drafts/" + school.drafted()


@pytest.fixture
def lindiwe(school: School) -> httpx.Client:
    return school.person("lindiwe")


def act(
    client: httpx.Client, path: str, seen: httpx.Response, body: Any = None, method: str = "POST"
) -> httpx.Response:
    """Do something to what was seen."""
    answer = client.request(method, path, json=body, headers={"If-Match": seen.headers["ETag"]})
    assert answer.status_code in (200, 201), answer.text
    return answer


def test_a_draft_is_read_with_all_that_it_rests_on(lindiwe: httpx.Client, draft: str) -> None:
    shown = lindiwe.get(draft).json()
    assert shown["detail"][0]["sources"][0]["quote"] == shown["detail"][0]["quote"] == "We pair teachers a"
    assert shown["prompt"]["rendered"].startswith("Read this: We pair")
    assert shown["usage"] == {"prompt_tokens": 10, "completion_tokens": 5, "calls": 1, "cost": 0, "passes": []}
    assert shown["possible"] == ["judge", "revise", "approve", "decline", "redraft"]


@on_both
def test_from_points_to_release_and_back(school: School, lindiwe: httpx.Client, draft: str) -> None:
    seen = lindiwe.get(draft)
    first, second = (point["id"] for point in seen.json()["points"])
    seen = act(lindiwe, f"{draft}/points/{first}", seen, {"act": "accept"}, "PATCH")
    change = {"act": "edit", "text": "Which question would they agree on?"}
    seen = act(lindiwe, f"{draft}/points/{second}", seen, change, "PATCH")
    seen = act(lindiwe, f"{draft}/points", seen, {"kind": "next_step", "text": "Name a day.", "quote": "twice"})
    dismissal = {"act": "dismiss", "reason_code": "not_useful", "note": "Too general."}
    seen = act(lindiwe, f"{draft}/points/{first}", seen, dismissal, "PATCH")
    seen = act(lindiwe, draft, seen, {"summary": "What to look for is open.", "standing": "partly"}, "PATCH")
    assert [point["state"] for point in seen.json()["points"]] == ["dismissed", "edited", "added"]
    seen = act(lindiwe, f"{draft}/approve", seen, {"seen": seen.json()["text_hash"]})
    seen = act(lindiwe, f"{draft}/undo", seen)
    seen = act(lindiwe, f"{draft}/approve", seen, {"seen": seen.json()["text_hash"]})
    learner = school.person("amara")
    assert learner.get("/v1/submissions/amara-1/feedback").status_code == 404
    seen = act(lindiwe, f"{draft}/release", seen)
    read = learner.get("/v1/submissions/amara-1/feedback").json()
    assert [point["text"] for point in read["points"]] == ["Which question would they agree on?", "Name a day."]
    assert read["text_hash"] == seen.json()["text_hash"]
    seen = act(lindiwe, f"{draft}/retract", seen, {"reason": "Wrong revision."})
    assert learner.get("/v1/submissions/amara-1/feedback").status_code == 404
    assert seen.json()["possible"] == ["reopen", "redraft"]


def test_what_is_declined_is_reopened_or_drafted_anew(lindiwe: httpx.Client, draft: str) -> None:
    seen = act(lindiwe, f"{draft}/decline", lindiwe.get(draft), {"reason_code": "empty", "note": "Nothing there."})
    seen = act(lindiwe, f"{draft}/reopen", seen)
    seen = act(lindiwe, f"{draft}/redraft", seen, {"instruction": "Ask about dates."})
    assert seen.json()["state"] == "waiting"
    assert act(lindiwe, f"{draft}/write", seen).json()["state"] == "ready"


def test_a_claimed_draft_is_left_alone_until_it_is_handed_back(
    school: School, lindiwe: httpx.Client, draft: str
) -> None:
    mateo = school.person("mateo")
    seen = act(lindiwe, f"{draft}/claim", lindiwe.get(draft))
    assert mateo.get("/v1/drafts/next").status_code == 404
    assert lindiwe.get("/v1/drafts/next").json()["claimed_by"] == "lindiwe"
    refused = mateo.post(f"{draft}/decline", headers={"If-Match": seen.headers["ETag"]})
    assert (refused.status_code, refused.json()["kind"]) == (409, "conflict")
    act(lindiwe, f"{draft}/hand-back", seen)
    assert mateo.get("/v1/drafts/next").headers["ETag"]


def test_being_at_a_draft_changes_nothing_of_what_was_seen(lindiwe: httpx.Client, draft: str) -> None:
    seen = lindiwe.get(draft)
    for act_ in ("claim", "claim", "hand-back"):
        answer = act(lindiwe, f"{draft}/{act_}", seen)
        assert answer.headers["ETag"] == seen.headers["ETag"]
    assert act(lindiwe, f"{draft}/decline", seen).json()["state"] == "declined"


def test_what_is_decided_on_waits_for_nobody(lindiwe: httpx.Client, draft: str) -> None:
    declined = act(lindiwe, f"{draft}/decline", lindiwe.get(draft))
    assert act(lindiwe, f"{draft}/claim", declined).json()["claimed_by"] is None


def test_a_decision_without_if_match_is_refused(lindiwe: httpx.Client, draft: str) -> None:
    answer = lindiwe.post(f"{draft}/decline")
    assert (answer.status_code, answer.json()["kind"]) == (428, "precondition-needed")


@pytest.mark.parametrize("tag", ['"1"', '"999999"', 'W/"1"', "1", '"what"', "what", '"03"', "-1"])
def test_a_decision_on_what_was_seen_before_is_refused(lindiwe: httpx.Client, draft: str, tag: str) -> None:
    answer = lindiwe.post(f"{draft}/decline", headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["kind"]) == (412, "changed-since")


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', "{}"])
def test_a_version_is_read_as_what_it_means_however_it_is_written(lindiwe: httpx.Client, draft: str, form: str) -> None:
    version = lindiwe.get(draft).json()["version"]
    assert lindiwe.post(f"{draft}/decline", headers={"If-Match": form.format(version)}).status_code == 200


def test_a_star_says_nothing_of_what_was_seen(lindiwe: httpx.Client, draft: str) -> None:
    answer = lindiwe.post(f"{draft}/decline", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["kind"]) == (428, "precondition-needed")
    assert "`*`" in answer.json()["detail"]


@pytest.mark.parametrize("tag", ['"1", "2"', '"3', "3 4", "W/3 3"])
def test_what_is_not_one_etag_is_refused_with_a_sentence(lindiwe: httpx.Client, draft: str, tag: str) -> None:
    answer = lindiwe.post(f"{draft}/decline", headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "header:If-Match")


def test_another_text_than_the_one_seen_is_not_approved(lindiwe: httpx.Client, draft: str) -> None:
    seen = lindiwe.get(draft)
    answer = lindiwe.post(f"{draft}/approve", json={"seen": "0" * 64}, headers={"If-Match": seen.headers["ETag"]})
    assert (answer.status_code, answer.json()["kind"]) == (412, "changed-since")


def test_an_act_that_is_not_possible_now_says_what_is(lindiwe: httpx.Client, draft: str) -> None:
    answer = lindiwe.post(f"{draft}/undo", headers={"If-Match": lindiwe.get(draft).headers["ETag"]})
    assert (answer.status_code, answer.json()["kind"]) == (409, "not-now")
    assert "approve" in answer.json()["detail"]


def test_neither_a_platform_nor_a_learner_decides(school: School, draft: str) -> None:
    etag = school.platform.get(draft).headers["ETag"]
    assert school.platform.post(f"{draft}/decline", headers={"If-Match": etag}).status_code == 403
    amara = school.person("amara")
    assert amara.post(f"{draft}/decline", headers={"If-Match": etag}).status_code == 404
    assert amara.get(draft).status_code == 404


def test_a_summary_and_a_judgement_change_together_or_not_at_all(lindiwe: httpx.Client, draft: str) -> None:
    seen = lindiwe.get(draft)
    body = {"summary": "Other words.", "judgements": {"k9": "met"}}
    answer = lindiwe.patch(draft, json=body, headers={"If-Match": seen.headers["ETag"]})
    assert answer.status_code == 422
    assert lindiwe.get(draft).json() == seen.json()


def test_of_work_that_was_taken_back_no_word_is_left_to_read(school: School, lindiwe: httpx.Client, draft: str) -> None:
    school.platform.delete("/v1/submissions/amara-1")
    shown = lindiwe.get(draft)
    assert shown.json()["state"] == "withdrawn"
    assert "teachers" not in shown.text


@on_both
def test_drafts_are_filtered_by_what_is_asked(school: School, lindiwe: httpx.Client, draft: str) -> None:
    school.handed_in("amara-2")
    for query, count in (
        ("state=ready", 1),
        ("state=ready&state=waiting", 2),
        ("stale=true", 0),
        ("mine=true", 0),
        ("group=year-8&challenge=peer-observation", 2),
        ("submission=amara-2", 1),
    ):
        assert len(lindiwe.get(f"/v1/drafts?{query}").json()["items"]) == count, query
    assert lindiwe.get(f"/v1/drafts/next?skip={draft.rpartition('/')[2]}").status_code == 404
