"""The list of submissions, narrowed: by what, for whom, and never to more than one may see."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.service.web.conftest import SEED, TEXT, School, on_both
from tests.service.web.test_errors import check


@pytest.fixture
def busy(school: School) -> School:
    """Four submissions: two learners, two groups, two challenges, one of them with a draft that is ready."""
    put = school.platform.put
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    put("/v1/people/ben", json={"name": "Ben", "roles": [{"role": "learner", "group": "year-9"}]})
    put("/v1/challenges/second", json=SEED["/v1/challenges/peer-observation"])
    school.drafted("amara-1")
    for name, person, challenge, at in (
        ("amara-2", "amara", "second", "2026-01-05T00:00:00Z"),
        ("ben-1", "ben", "peer-observation", "2026-01-03T00:00:00Z"),
        ("ben-2", "ben", "second", "2026-01-04T00:00:00Z"),
    ):
        body = {"challenge": challenge, "person": person, "text": TEXT, "submitted_at": at}
        assert put(f"/v1/submissions/{name}", json=body).status_code == 202
    return school


def listed(client: httpx.Client, **query: Any) -> set[str]:
    answer = client.get("/v1/submissions", params=query)
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


@on_both
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"amara-1", "amara-2", "ben-1", "ben-2"}),
        ({"person": "ben"}, {"ben-1", "ben-2"}),
        ({"challenge": "second"}, {"amara-2", "ben-2"}),
        ({"group": "year-8"}, {"amara-1", "amara-2"}),
        ({"state": "ready"}, {"amara-1"}),
        ({"state": ["ready", "waiting"], "person": "amara"}, {"amara-1", "amara-2"}),
        ({"since": "2026-01-04T00:00:00Z"}, {"amara-1", "amara-2", "ben-2"}),
        ({"since": "2026-01-04T02:00:01+02:00", "state": "waiting"}, {"amara-2"}),
        ({"person": "nobody"}, set()),
    ],
)
def test_submissions_are_listed_by_what_is_asked_for(busy: School, query: dict[str, Any], found: set[str]) -> None:
    assert listed(busy.platform, **query) == found


@on_both
def test_a_filter_shows_no_more_than_the_list_would(busy: School) -> None:
    mateo = busy.person("mateo")
    assert listed(mateo) == {"amara-1", "amara-2"}
    for query in ({"person": "ben"}, {"group": "year-9"}, {"group": "nothing"}, {"person": "nobody"}):
        assert listed(mateo, **query) == set()
    assert listed(mateo, challenge="second") == {"amara-2"}
    check(busy.person("amara").get("/v1/submissions?person=amara"), 403, "not-allowed")


@on_both
def test_the_same_names_in_another_organization_find_nothing_of_this_one(busy: School) -> None:
    other = busy.founded("valley").peopled()
    for query in ({"person": "amara"}, {"challenge": "peer-observation"}, {"group": "year-8"}, {"state": "waiting"}):
        assert listed(other.platform, **query) == set()


def test_what_is_no_state_and_what_is_no_moment_is_refused(busy: School) -> None:
    for query, pointer in (("state=done", "query:state/0"), ("since=yesterday", "query:since")):
        problem = check(busy.platform.get(f"/v1/submissions?{query}"), 422, "invalid")
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


@on_both
def test_a_narrowed_list_is_paged_with_the_same_filter(busy: School) -> None:
    first = busy.platform.get("/v1/submissions?person=ben&limit=1")
    link = first.headers["Link"].partition(">")[0].removeprefix("<")
    second = busy.platform.get(link).json()
    assert [one["id"] for one in (*first.json()["items"], *second["items"])] == ["ben-1", "ben-2"]
    assert second["next"] is None


def test_only_the_latest_revision_says_where_a_submission_is(busy: School) -> None:
    busy.handed_in("amara-1", TEXT + " And again after half-term.")
    assert listed(busy.platform, state="ready") == listed(busy.platform, state="superseded") == set()
    assert "amara-1" in listed(busy.platform, state="waiting")
