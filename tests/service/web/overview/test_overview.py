"""A challenge at a glance over HTTP, and a spot check from being asked to the comparison."""

from __future__ import annotations

from typing import Any

import httpx

from tests.service.web.conftest import School

OVERVIEW = "/v1/challenges/peer-observation/overview"


def approve(client: httpx.Client, draft: str) -> None:
    shown = client.get(f"/v1/drafts/{draft}")
    body = {"seen": shown.json()["text_hash"]}
    answer = client.post(f"/v1/drafts/{draft}/approve", json=body, headers={"If-Match": shown.headers["ETag"]})
    assert answer.status_code == 200, answer.text


def read(client: httpx.Client, path: str = OVERVIEW) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def drawn_one_in(school: School, every: int) -> None:
    """How many approved drafts are drawn for a second reader: 1 is all of them, 0 none, whatever their numbers are."""
    body = {"name": "Harbor", "spot_check_every": every}
    answer = school.platform.put("/v1/organization", json=body)
    assert (answer.status_code, answer.json()["spot_check_every"]) == (200, every)


def test_a_challenge_is_counted_for_those_who_review_it_and_for_nobody_else(school: School) -> None:
    lindiwe = school.person("lindiwe")
    nothing = read(lindiwe)
    assert nothing["progress"]["counts"] == dict.fromkeys(("waiting", "answered", "read", "declined", "acted"), 0) | {
        "not_submitted": 1
    }
    assert (nothing["times"]["median"], nothing["decisions"]["weeks"]) == (None, [])
    draft = school.drafted()
    approve(lindiwe, draft)
    seen = read(lindiwe)
    (learner,) = seen["progress"]["learners"]
    assert (learner["person"], learner["stage"], learner["draft"]) == ("amara", "waiting", draft)
    assert [one["criterion"] for one in seen["standings"]] == ["", "k1", "k2"]
    assert seen["standings"][1]["counts"]["met"] == seen["standings"][1]["judged"] == 1
    assert (seen["decisions"]["total"]["accepted"], len(seen["decisions"]["weeks"])) == (2, 1)
    assert read(school.platform, f"{OVERVIEW}?group=year-8")["progress"]["submitted"] == 1
    assert school.person("amara").get(OVERVIEW).status_code == 403
    assert lindiwe.get(f"{OVERVIEW}?group=nowhere").status_code == 404


def test_a_second_facilitator_is_asked_and_told_only_afterwards_what_the_first_thought(school: School) -> None:
    lindiwe, mateo = school.person("lindiwe"), school.person("mateo")
    draft = school.drafted()
    approve(lindiwe, draft)
    drawn_one_in(school, 1)
    assert read(lindiwe, "/v1/spot-checks")["items"] == []
    (asked,) = read(mateo, "/v1/spot-checks")["items"]
    assert set(asked) == {"draft", "challenge", "text"}
    said = {"standing": "partly", "judgements": {"k1": "met", "k2": "not_yet"}}
    answer = mateo.post(f"/v1/spot-checks/{draft}", json=said)
    assert answer.status_code == 201, answer.text
    assert answer.json()["first_judgements"] == {"k1": "met", "k2": "partly"}
    assert mateo.post(f"/v1/spot-checks/{draft}", json=said).status_code == 409
    assert read(mateo, "/v1/spot-checks")["items"] == []
    spot = read(mateo)["spot"]
    assert (spot["checked"], spot["due"], spot["together"]["pairs"], spot["together"]["same"]) == (1, 0, 2, 1)
    assert school.platform.get("/v1/spot-checks").status_code == 403
