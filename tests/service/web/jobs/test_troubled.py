"""Jobs in trouble, in the browser and through the API: listed for who leads, and taken up again."""

from __future__ import annotations

from sqlalchemy import update

from service.store.tables import Job, JobState
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/settings/jobs"


def give_up(school: School) -> None:
    with school.sessions.writing() as session:
        dead = {"state": JobState.DEAD, "attempts": 6, "last_error": "KeyError: 'x'", "finished_at": school.now()}
        session.execute(update(Job).where(Job.kind == "draft").values(dead))
        away = {"waits": 3, "waits_for": "index", "last_error": "IndexUnavailable"}
        session.execute(update(Job).where(Job.kind == "sync").values(away))


def test_a_coordinator_sees_what_was_given_up_and_has_it_tried_again(school: School) -> None:
    school.handed_in("amara-1")
    school.handed_in("amara-2")
    give_up(school)
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE)
    assert "KeyError" in page.text
    assert "waits for the index" in page.text
    (first, second) = school.platform.get("/v1/jobs").json()["items"]
    said = tomasz.send(page, f"{HERE}/{first['id']}/retry")
    assert "It is tried again" in said.text
    assert [one["id"] for one in school.platform.get("/v1/jobs").json()["items"]] == [second["id"]]
    assert "They are tried again" in tomasz.send(tomasz.get(HERE), f"{HERE}/retry").text
    assert school.platform.get("/v1/jobs").json()["items"] == []


@on_both
def test_a_platform_reads_them_in_pages_and_takes_one_up_once(school: School) -> None:
    school.handed_in("amara-1")
    school.handed_in("amara-2")
    give_up(school)
    page = school.platform.get("/v1/jobs", params={"limit": 1}).json()
    (job,) = page["items"]
    assert (job["state"], job["attempts"], job["next_at"]) == ("dead", 6, None)
    assert len(school.platform.get("/v1/jobs", params={"cursor": page["next"]}).json()["items"]) == 1
    waiting = school.platform.get("/v1/jobs", params={"state": "waiting"}).json()["items"]
    assert {one["waits_for"] for one in waiting} == {"index"}
    again = school.platform.post(f"/v1/jobs/{job['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert school.platform.post(f"/v1/jobs/{job['id']}/retry").status_code == 409


def test_facilitators_do_not_see_them(school: School) -> None:
    assert school.person("lindiwe").get("/v1/jobs").status_code == 403
    assert signed_in(school, "lindiwe").get(HERE).status == 403
