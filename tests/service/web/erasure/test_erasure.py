"""Erasing by the API: who may, what the answer says, and what nobody reads any more from then on."""

from __future__ import annotations

from tests.service.web.conftest import SEED, TEXT, School


def test_a_person_is_counted_erased_and_read_by_nobody_from_then_on(school: School) -> None:
    school.handed_in()
    seen = school.platform.get("/v1/erasures/preview", params={"kind": "person", "id": "amara"}).json()["counts"]
    assert (seen["people"], seen["work"], seen["groups"]) == (1, 1, 0)
    answer = school.platform.post("/v1/erasures", json={"kind": "person", "id": "amara"})
    assert answer.status_code == 202, answer.text
    made = answer.json()
    assert (made["kind"], made["state"], made["done_at"]) == ("person", "hidden", None)
    assert "amara" not in answer.text
    assert school.platform.get(f"/v1/erasures/{made['id']}").json() == made
    assert school.platform.get("/v1/erasures").json()["items"] == [made]
    assert school.platform.get("/v1/people/amara").status_code == 404
    assert school.platform.get("/v1/submissions/amara-1/revisions").status_code == 404
    everything = "".join(
        school.platform.get(path).text for path in ("/v1/people", "/v1/submissions", "/v1/drafts", "/v1/erasures")
    )
    assert TEXT not in everything
    assert SEED["/v1/people/amara"]["name"] not in everything
    assert school.platform.post("/v1/erasures", json={"kind": "person", "id": "amara"}).status_code == 404


def test_a_learner_a_facilitator_and_a_key_of_some_groups_erase_nothing(school: School) -> None:
    limited = school.platform.post("/v1/keys", json={"name": "year 8", "groups": ["year-8"]}).json()["secret"]
    for client in (school.person("amara"), school.person("lindiwe"), school.client(limited)):
        for method, path, given in (
            ("POST", "/v1/erasures", {"json": {"kind": "person", "id": "amara"}}),
            ("GET", "/v1/erasures/preview?kind=person&id=amara", {}),
            ("GET", "/v1/erasures", {}),
            ("GET", "/v1/retention", {}),
            ("PUT", "/v1/retention", {"json": {"withdrawn_days": 1}}),
        ):
            assert client.request(method, path, **given).status_code == 403, (method, path)
    assert school.platform.get("/v1/people/amara").status_code == 200


def test_an_organization_is_erased_by_its_whole_name_only(school: School) -> None:
    answer = school.platform.post("/v1/erasures", json={"kind": "organization", "id": "another"})
    assert answer.status_code == 404
    assert "Give exactly that" in answer.json()["detail"]


def test_rules_of_retention_are_set_and_say_what_goes(school: School) -> None:
    before = {one["kind"]: one for one in school.platform.get("/v1/retention").json()["kinds"]}
    assert before["withdrawn_days"]["days"] == 30
    assert {one["days"] for name, one in before.items() if name != "withdrawn_days"} == {None}
    answer = school.platform.put("/v1/retention", json={"withdrawn_days": 7, "work_days": 400})
    assert answer.status_code == 200, answer.text
    after = {one["kind"]: one["days"] for one in school.platform.get("/v1/retention").json()["kinds"]}
    assert (after["withdrawn_days"], after["work_days"], after["event_days"]) == (7, 400, None)
    for wrong in ({"withdrawn_days": 0}, {"withdrawn_days": 366}, {"work_days": -1}, {"work_years": 3}):
        assert school.platform.put("/v1/retention", json=wrong).status_code == 422, wrong
