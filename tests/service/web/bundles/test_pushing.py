"""A platform pushes its groups, people, challenges, documents and work, and may do so as often as it likes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.web.conftest import SEED, TEXT, School, on_both


@pytest.mark.parametrize("path", SEED)
def test_a_put_makes_once_and_changes_nothing_when_repeated(bare: School, path: str) -> None:
    bare.peopled()
    first = bare.platform.put(path, json=SEED[path])
    again = bare.platform.put(path, json=SEED[path])
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_the_first_put_says_that_it_made_something(bare: School) -> None:
    assert bare.platform.put("/v1/groups/harbor", json={"name": "Harbor"}).status_code == 201


def test_a_challenge_is_read_back_as_it_was_put(school: School) -> None:
    shown = school.platform.get("/v1/challenges/peer-observation").json()
    assert shown["criteria"][1] == {
        "id": "k2",
        "text": "Says what to look for.",
        "question": "",
        "points": None,
        "forms": [],
    }
    assert shown["reference"] == "Each pair names a question."
    assert shown["version"] == 1


def test_a_learner_reads_a_challenge_without_its_reference_solution(school: School) -> None:
    shown = school.person("amara").get("/v1/challenges/peer-observation").json()
    assert shown["reference"] is None
    assert shown["notes"] is None


def test_a_document_is_removed_once(school: School) -> None:
    assert school.platform.delete("/v1/context/handbook").status_code == 204
    assert school.platform.get("/v1/context/handbook").status_code == 404


def test_consents_change_one_by_one(school: School) -> None:
    learner = school.person("amara")
    learner.put("/v1/people/amara/consents", json={"show_work": "with_name"})
    shown = learner.put("/v1/people/amara/consents", json={"introduce": True}).json()
    assert (shown["show_work"], shown["introduce"]) == ("with_name", True)


def test_a_submission_is_taken_in_with_a_place_to_look(school: School) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": TEXT}
    answer = school.platform.put("/v1/submissions/amara-1", json=body)
    assert answer.status_code == 202
    status = school.platform.get(answer.headers["Location"])
    assert status.json()["draft"]["state"] == "waiting"
    assert "draft" in status.json()["draft"]["next"]


def test_the_same_text_again_is_no_new_revision(school: School) -> None:
    school.handed_in()
    again = school.platform.put(
        "/v1/submissions/amara-1", json={"challenge": "peer-observation", "person": "amara", "text": TEXT}
    )
    assert again.json()["revision"] == 1


def test_a_text_that_no_machine_may_read_is_not_waited_for(school: School) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": TEXT, "ai": "none"}
    answer = school.platform.put("/v1/submissions/amara-1", json=body)
    assert answer.status_code == 201
    assert answer.json()["draft"]["state"] == "stuck"
    assert "machine" in answer.json()["draft"]["reason"]


def test_a_learner_is_told_the_state_and_not_the_reason(school: School) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": TEXT, "ai": "none"}
    school.platform.put("/v1/submissions/amara-1", json=body)
    told = school.person("amara").get("/v1/submissions/amara-1").json()["draft"]
    assert (told["id"], told["reason"]) == (None, "")


def test_a_submission_is_taken_back_and_stays_so(school: School) -> None:
    school.handed_in()
    first = school.person("amara").delete("/v1/submissions/amara-1")
    assert first.json()["withdrawn_at"] is not None
    assert school.platform.delete("/v1/submissions/amara-1").json() == {
        **first.json(),
        "draft": {**first.json()["draft"], "id": school.platform.get("/v1/submissions/amara-1").json()["draft"]["id"]},
    }


def test_feedback_given_elsewhere_is_released_as_it_is(school: School) -> None:
    school.handed_in()
    body: dict[str, Any] = {
        "approved_by": "lindiwe",
        "summary": "Clear.",
        "points": [{"kind": "strength", "text": "Dates help.", "quote": "before half-term", "criterion": "k1"}],
    }
    first = school.platform.put("/v1/submissions/amara-1/feedback", json=body)
    again = school.platform.put("/v1/submissions/amara-1/feedback", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    read = school.person("amara").get("/v1/submissions/amara-1/feedback").json()
    assert (read["summary"], read["points"][0]["text"]) == ("Clear.", "Dates help.")
    assert read["drafted_by_machine"] is False


def test_feedback_that_is_not_there_yet_is_a_kind_404(school: School) -> None:
    school.handed_in()
    answer = school.person("amara").get("/v1/submissions/amara-1/feedback")
    assert answer.status_code == 404
    assert "facilitator" in answer.json()["detail"]


def test_whoever_reads_the_answer_finds_the_change_stored(school: School) -> None:
    """The commit comes before the answer: otherwise some of these would be 404."""
    for number in range(60):
        school.platform.put(f"/v1/context/d{number}", json={"title": "Note", "text": "Words."})
        assert school.platform.get(f"/v1/context/d{number}").status_code == 200


def test_each_change_wakes_the_dispatcher_once_and_reading_never(school: School) -> None:
    before = len(school.woken)
    school.handed_in()
    assert len(school.woken) == before + 1
    school.platform.get("/v1/submissions")
    assert len(school.woken) == before + 1


@on_both
def test_lists_are_walked_by_their_link_header(school: School) -> None:
    for number in range(7):
        school.platform.put(f"/v1/groups/g{number}", json={"name": f"Group {number}"})
    found, target = [], "/v1/groups?limit=2"
    while target:
        answer = school.platform.get(target)
        found += [item["id"] for item in answer.json()["items"]]
        target = answer.links.get("next", {}).get("url", "")
        assert bool(target) == (answer.json()["next"] is not None)
    assert found == ["harbor", "year-8", *(f"g{number}" for number in range(7))]


@pytest.mark.parametrize("kind", ["groups", "people", "challenges", "context", "submissions", "drafts", "events"])
def test_every_list_answers_a_platform(school: School, kind: str) -> None:
    school.drafted()
    answer = school.platform.get(f"/v1/{kind}")
    assert answer.status_code == 200
    assert answer.json()["items"]


def test_a_token_says_who_it_stands_for(school: School) -> None:
    me = school.person("lindiwe").get("/v1/me").json()
    assert (me["organization"], me["person"], me["reach"]) == ("harbor", "lindiwe", "person")
    assert me["facilitates"] == ["harbor", "year-8"]
    assert me["may"] == ["read", "review"]


def test_a_key_that_was_ended_opens_nothing_more(school: School) -> None:
    made = school.platform.post("/v1/keys", json={"name": "Second", "groups": ["year-8"]}).json()
    second = school.client(made["secret"])
    assert second.get("/v1/me").json()["groups"] == ["year-8"]
    assert school.platform.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert second.get("/v1/me").status_code == 401
    assert [key["name"] for key in school.platform.get("/v1/keys").json()["items"]] == ["Second", "Course platform"]
