"""Groups and challenges that are over: nothing waits there, nothing more comes in, all that was said stays."""

from __future__ import annotations

import httpx
import pytest

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School

OVER = ("/v1/challenges/peer-observation", "/v1/groups/year-8", "/v1/groups/harbor")


def _queue(school: School) -> str:
    return signed_in(school, "lindiwe").get("/desk").text


def _hand_in(school: School, name: str) -> httpx.Response:
    body = {"challenge": "peer-observation", "person": "amara", "text": "Another plan altogether."}
    return school.platform.put(f"/v1/submissions/{name}", json=body)


@pytest.mark.parametrize("path", OVER)
def test_what_is_archived_takes_no_work_and_nothing_there_waits_until_it_is_back(school: School, path: str) -> None:
    draft = school.drafted()
    next_ = "/v1/drafts/next"
    assert "Amara Okafor" in _queue(school)
    assert school.platform.delete(path).status_code == 204
    assert school.platform.delete(path).status_code == 204
    assert school.platform.get(path).json()["archived_at"]
    assert "Amara Okafor" not in _queue(school)
    assert draft not in school.person("lindiwe").get(next_).text
    refused = _hand_in(school, "amara-2")
    assert (refused.status_code, refused.json()["kind"]) == (409, "not-now")
    assert "is archived and takes no more work" in refused.json()["detail"]
    amara = signed_in(school, "amara")
    assert "Peer observation over handed in" in amara.get("/learn").text
    work = amara.get("/learn/work/amara-1").text
    assert "nobody waits for it any more" in work
    assert "Hand in" not in work
    assert school.person("lindiwe").get(f"/v1/drafts/{draft}").status_code == 200
    back = school.platform.post(f"{path}/bring-back")
    assert (back.status_code, back.json()["archived_at"]) == (200, None)
    assert "Amara Okafor" in _queue(school)
    assert school.person("lindiwe").get(next_).json()["id"] == draft
    assert _hand_in(school, "amara-2").status_code == 202


def test_a_put_as_platforms_send_it_every_night_brings_nothing_back(school: School) -> None:
    school.platform.delete("/v1/groups/year-8")
    school.platform.delete("/v1/challenges/peer-observation")
    school.platform.put("/v1/groups/year-8", json={"name": "Year 8", "parent": "harbor"})
    body = school.platform.get("/v1/challenges/peer-observation").json()
    school.platform.put("/v1/challenges/peer-observation", json={"title": body["title"], "prompt": body["prompt"]})
    for path in ("/v1/groups/year-8", "/v1/challenges/peer-observation"):
        assert school.platform.get(path).json()["archived_at"]


def test_a_group_takes_those_below_along_and_brings_back_only_those_that_went_with_it(school: School) -> None:
    put, get = school.platform.put, school.platform.get
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    assert school.platform.delete("/v1/groups/year-9").status_code == 204
    assert school.platform.delete("/v1/groups/harbor").status_code == 204
    assert get("/v1/groups/year-8").json()["archived_at"]
    refused = school.platform.post("/v1/groups/year-8/bring-back")
    assert (refused.status_code, "above it is archived" in refused.json()["detail"]) == (409, True)
    school.platform.post("/v1/groups/harbor/bring-back")
    assert get("/v1/groups/year-8").json()["archived_at"] is None
    assert get("/v1/groups/year-9").json()["archived_at"]


def test_a_coordinator_archives_on_a_page_and_finds_it_again(school: School) -> None:
    tomasz, edit = signed_in(school, "tomasz"), "/desk/challenges/peer-observation/edit"
    listed = tomasz.send(tomasz.get(edit), "/desk/challenges/peer-observation/archive")
    assert "Archived. It takes no more work" in listed.text
    assert "Peer observation" not in listed.text
    assert "Peer observation" in tomasz.get("/desk/challenges?archived=1").text
    task = signed_in(school, "amara").get("/learn/challenges/peer-observation")
    assert task.status == 404  # never handed in
    back = tomasz.send(tomasz.get(edit), "/desk/challenges/peer-observation/bring-back")
    assert "It is back, as it was." in back.text
    groups = tomasz.send(tomasz.get("/desk/groups/year-8"), "/desk/groups/year-8/archive")
    assert "Year 8 0 people" not in groups.text
    assert "archived" in groups.text.partition("Year 8")[2][:60]
    assert '<option value="year-8"' not in tomasz.get("/desk/people").html
    assert "archived" not in tomasz.send(
        tomasz.get("/desk/groups/year-8"), "/desk/groups/year-8/bring-back"
    ).text.partition("Year 8")[2][:60]  # fmt: skip


def test_whoever_may_not_write_it_archives_nothing(school: School) -> None:
    for path in OVER:
        for name in ("mateo", "amara"):
            assert school.person(name).delete(path).status_code == 403
        assert school.platform.get(path).json()["archived_at"] is None


def test_a_person_is_erased_by_the_address_that_made_them_by_whoever_may_erase(school: School) -> None:
    assert school.person("mateo").delete("/v1/people/amara").status_code == 403
    begun = school.platform.delete("/v1/people/amara")
    assert (begun.status_code, begun.json()["kind"]) == (202, "person"), begun.text
    assert school.platform.get("/v1/people/amara").status_code == 404


def test_the_same_work_sent_again_changes_nothing_also_where_no_more_is_taken(school: School) -> None:
    body = {
        "challenge": "peer-observation",
        "person": "amara",
        "text": "A plan for the whole term, with days and names.",
    }
    assert school.platform.put("/v1/submissions/amara-9", json=body).status_code == 202
    school.platform.delete("/v1/challenges/peer-observation")
    again = school.platform.put("/v1/submissions/amara-9", json=body)
    assert again.status_code in (200, 202)
    changed = school.platform.put("/v1/submissions/amara-9", json={**body, "text": "Another plan altogether."})
    assert changed.status_code == 409


def test_a_page_that_changes_a_word_keeps_what_is_set_to_an_archived_group(school: School) -> None:
    school.platform.put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    asked = {"title": "Peer observation", "prompt": "Plan it.", "groups": ["year-9"]}
    school.platform.put("/v1/challenges/peer-observation", json=asked)
    school.platform.delete("/v1/groups/year-9")
    form = signed_in(school, "tomasz").get("/desk/challenges/peer-observation/edit").html
    assert '<option value="year-9" selected>' in form


def test_a_group_below_an_archived_one_stays_there_when_it_is_renamed(school: School) -> None:
    school.platform.put("/v1/groups/upper", json={"name": "Upper school", "parent": "harbor"})
    school.platform.put("/v1/groups/year-9", json={"name": "Year 9", "parent": "upper"})
    school.platform.delete("/v1/groups/upper")
    page = signed_in(school, "tomasz").get("/desk/groups/year-9").html
    assert '<option value="upper" selected>' in page
