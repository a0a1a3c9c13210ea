"""What learners do over the API, by themselves or by a platform for them; it is theirs alone."""

from __future__ import annotations

from datetime import timedelta

from service.web.calls import tag
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.learners.learning import released

HOSTILE = "<script>alert(1)</script> {{7*7}} ' OR 1=1; -- \u202eשלום\u202c 🌱"


@on_both
def test_a_learner_reads_reacts_asks_and_commits_and_a_facilitator_answers(school: School) -> None:
    point = released(school)
    amara, mateo = school.person("amara"), school.person("mateo")
    here = "/v1/submissions/amara-1"
    assert [amara.post(f"{here}/readings", json={}).status_code for _ in range(2)] == [201, 200]
    (only,) = amara.get(f"{here}/revisions").json()["items"]
    assert (only["stage"], only["feedback"]["approved_by"], only["read_at"] is not None) == (
        "there",
        "Lindiwe Dube",
        True,
    )
    statuses = [
        amara.put(f"{here}/reactions/{point}", json={"helpful": h, "why": HOSTILE}).status_code for h in (True, False)
    ]
    assert statuses == [201, 200]
    assert amara.put(f"{here}/reactions/whole", json={"helpful": True}).status_code == 201
    said = {one["about"]: one for one in amara.get(f"{here}/reactions").json()["items"]}
    assert (said[point]["helpful"], said[point]["why"], said["whole"]["helpful"]) == (False, HOSTILE, True)
    assert amara.delete(f"{here}/reactions/whole").status_code == 204
    asked = amara.post(f"{here}/asks", json={"text": HOSTILE, "point": point}).json()
    assert [one["text"] for one in mateo.get("/v1/asks").json()["items"]] == [HOSTILE]
    answer, here_asked = {"text": "One a visit."}, f"/v1/asks/{asked['id']}/answer"
    assert mateo.put(here_asked, json=answer).status_code == 428
    assert mateo.put(here_asked, json=answer, headers={"If-Match": tag(1)}).status_code == 412
    answered = mateo.put(here_asked, json=answer, headers={"If-Match": tag(asked["version"])}).json()
    assert answered["answered_by"] == "Mateo Ruiz"
    assert answered["version"] != asked["version"]
    assert amara.get(f"{here}/asks").json()["items"][0]["answer"] == "One a visit."
    step = {"text": "Agree on one.", "due_on": f"{school.now():%Y-%m-%d}", "submission": "amara-1", "point": point}
    made = amara.post("/v1/people/amara/commitments", json=step).json()
    assert (made["due"], made["outcome"]) == (True, None)
    kept = school.platform.put(
        f"/v1/commitments/{made['id']}/outcome", json={"outcome": "kept", "said": HOSTILE}
    ).json()
    assert (kept["outcome"], kept["said"]) == ("kept", HOSTILE)
    data = amara.get("/v1/people/amara/data").json()
    assert (data["asks"][0]["answer"], data["commitments"][0]["said"]) == ("One a visit.", HOSTILE)


def test_the_next_revision_is_compared_with_the_one_before(school: School) -> None:
    point = released(school)
    assert school.platform.get("/v1/submissions/amara-1/changes").status_code == 404
    school.handed_in(text=TEXT + " The first pair will look for one thing: waiting.")
    seen = school.platform.get("/v1/submissions/amara-1/changes").json()
    assert (seen["before"], seen["after"], seen["points"][0]["id"]) == (1, 2, point)
    assert [piece["kind"] for piece in seen["pieces"]] == ["same", "added"]


def test_consents_can_be_read_by_the_person_and_the_platform_only(school: School) -> None:
    for client, status in ((school.person("amara"), 200), (school.platform, 200), (school.person("mateo"), 404)):
        assert client.get("/v1/people/amara/consents").status_code == status


def test_what_is_too_long_or_out_of_range_is_refused(school: School) -> None:
    released(school)
    amara = school.person("amara")
    late = f"{school.now() + timedelta(days=900):%Y-%m-%d}"
    for path, body in (
        ("/v1/submissions/amara-1/asks", {"text": "x" * 5_001}),
        ("/v1/submissions/amara-1/asks", {"text": ""}),
        ("/v1/submissions/amara-1/asks", {"text": "a\x00b"}),
        ("/v1/people/amara/commitments", {"text": "x", "due_on": late}),
    ):
        assert amara.post(path, json=body).status_code == 422, path


def test_a_repeated_call_with_its_key_asks_once(school: School) -> None:
    released(school)
    amara, key = school.person("amara"), {"Idempotency-Key": "once"}
    answers = [amara.post("/v1/submissions/amara-1/asks", json={"text": "Which?"}, headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert len(amara.get("/v1/submissions/amara-1/asks").json()["items"]) == 1
