"""The desk remembers: the version before, one learner across challenges, how far one is, and where to go next."""

from __future__ import annotations

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.learners.learning import released

REVISED = f"{TEXT} We look for how long students wait."


@on_both
def test_the_version_before_stands_beside_the_new_one_with_what_was_told_and_taken_up(school: School) -> None:
    released(school)
    draft = school.drafted(text=REVISED)
    page = signed_in(school, "lindiwe").get(f"/desk/drafts/{draft}")
    assert "Version 1, before this one" in page.text
    assert "<ins>" in page.html
    assert "What will the first pair look for?" in page.html[page.html.index('class="earlier"') :]
    assert "Plan how your team starts peer observation this term." in page.text
    first = school.platform.get("/v1/submissions/amara-1").json()
    assert first["revision"] == 2
    assert "Version 1, before" not in signed_in(school, "lindiwe").get(f"/desk/drafts/{_first(school)}").text


def _first(school: School) -> str:
    items = school.platform.get("/v1/drafts", params={"submission": "amara-1"}).json()["items"]
    return str(min(items, key=lambda one: one["revision"])["id"])


@on_both
def test_a_learners_page_holds_their_work_and_feedback_for_those_who_review_them_and_for_nobody_else(
    school: School,
) -> None:
    released(school)
    asked = {"text": "What counts as a question here?", "revision": 1}
    assert school.person("amara").post("/v1/submissions/amara-1/asks", json=asked).status_code == 201
    page = signed_in(school, "lindiwe").get("/desk/learners/amara")
    assert "What counts as a question here?" in page.text
    assert "Pairs make this doable." in page.text
    assert signed_in(school, "amara").get("/desk/learners/amara").status == 403
    body = {"name": "Ines", "roles": [{"role": "facilitator", "group": "elsewhere"}]}
    assert school.platform.put("/v1/groups/elsewhere", json={"name": "Elsewhere"}).status_code == 201
    assert school.platform.put("/v1/people/ines", json=body).status_code == 201
    assert signed_in(school, "ines").get("/desk/learners/amara").status == 404
    assert school.platform.delete("/v1/submissions/amara-1").status_code in (200, 204)
    assert "Pairs make this doable." not in signed_in(school, "lindiwe").get("/desk/learners/amara").text


@on_both
def test_after_the_last_of_a_filter_it_says_where_more_waits(school: School) -> None:
    school.drafted()
    lindiwe = signed_in(school, "lindiwe")
    other = {"title": "Another plan", "prompt": "Plan it."}
    assert school.platform.put("/v1/challenges/other", json=other).status_code == 201
    done = lindiwe.get("/desk/next?challenge=other")
    assert "Done here" in done.text
    assert "Peer observation: 1 waits" in done.text
    assert "Nothing waits elsewhere" not in done.text


def test_today_says_what_needs_whoever_reviews(school: School) -> None:
    lindiwe = signed_in(school, "lindiwe")
    home = lindiwe.get("/")
    assert (home.path, "Nothing waits." in home.text) == ("/desk/today", True)
    school.drafted()
    assert "Begin: 1 waits" in lindiwe.get("/desk/today").text
    tomasz = signed_in(school, "tomasz").get("/desk/today").text
    assert "First steps" in tomasz
    assert "First steps" not in lindiwe.get("/desk/today").text
    assert signed_in(school, "amara").get("/desk/today").status == 403


def test_places_stand_in_groups_and_rare_acts_under_one_button(school: School) -> None:
    draft = school.drafted()
    lindiwe = signed_in(school, "lindiwe")
    page = lindiwe.get(f"/desk/drafts/{draft}")
    assert page.html.count('class="nav-group"') == 3
    menu = page.html[page.html.index('class="menu"') :]
    assert "Hand over" in menu
    assert "Approve" not in menu
