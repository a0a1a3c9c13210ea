"""Two people of one name are told apart wherever somebody works with both; learners read plain names."""

from __future__ import annotations

import pytest

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School

PAGES = ("/desk", "/desk/people", "/desk/challenges/peer-observation")


@pytest.fixture
def school(school: School) -> School:
    for key in ("kim1", "kim2"):
        consents = {"show_work": "with_name", "introduce": True, "ai": "any"}
        body = {"name": "Kim Lee", "roles": [{"role": "learner", "group": "year-8"}], "consents": consents}
        assert school.platform.put(f"/v1/people/{key}", json=body).status_code == 201
        work = {"challenge": "peer-observation", "person": key, "text": f"{key} pairs teachers across grades."}
        assert school.platform.put(f"/v1/submissions/{key}", json=work).status_code == 202
    return school


@pytest.mark.parametrize("path", PAGES)
def test_a_list_of_people_says_which_of_two_is_meant(school: School, path: str) -> None:
    states = "?state=waiting" if path == "/desk" else ""
    seen = signed_in(school, "lindiwe").get(path + states).text
    assert "Kim Lee (kim1)" in seen
    assert "Kim Lee (kim2)" in seen
    assert "Amara Okafor (amara)" not in seen


def test_the_page_of_a_draft_says_which_of_two_wrote_it(school: School) -> None:
    draft = school.platform.get("/v1/submissions/kim1").json()["draft"]["id"]
    assert "Kim Lee (kim1)" in signed_in(school, "lindiwe").get(f"/desk/drafts/{draft}").text
    assert "(kim1)" not in signed_in(school, "kim1").get("/learn").text
