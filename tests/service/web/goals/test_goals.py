"""Goals over HTTP: a page to read and decide on, and the same under /v1."""

from __future__ import annotations

import re

from sqlalchemy import select

from service.store.tables import Job
from service.web.calls import tag
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.goals.goaled import PLAN, goaled

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@on_both
def test_a_facilitator_finds_reads_confirms_and_takes_back(school: School) -> None:
    goal, piece = goaled(school)
    mateo = signed_in(school, "mateo")
    desk = mateo.get("/desk")
    assert 'href="/desk/goals"' in desk.html
    page = mateo.get("/desk/goals")
    assert "Goal 1: Visits nothing yet 1 0 of 1" in page.text
    page = mateo.get(f"/desk/goals/{goal}")
    assert "Nothing is confirmed yet, and that is a good answer" in page.text
    assert TEXT in page.text
    assert "without a name" in page.text
    assert "Amara" not in page.html
    here = f"/desk/goals/{goal}/pieces/{piece}"
    page = mateo.send(page, f"{here}/confirm")
    assert "it counts as progress" in page.text
    assert "Confirmed by Mateo Ruiz" in page.text
    assert "1 of 1 groups have confirmed work" in page.text
    assert "1 0 1 of 1" in mateo.get("/desk/goals").text
    page = mateo.send(page, f"{here}/undo")
    page = mateo.send(page, f"{here}/dismiss")
    assert "Nothing waits here" in page.text
    assert "not offered for this goal again" in page.text


def test_what_is_taken_back_is_gone_from_page_and_api_at_once(school: School) -> None:
    goal, piece = goaled(school)
    lindiwe = school.person("lindiwe")
    here, confirm = f"/v1/goals/{goal}/pieces/{piece}/decide", {"act": "confirm"}
    seen = {"If-Match": tag(lindiwe.get(f"/v1/goals/{goal}").json()["offered"][0]["version"])}
    assert lindiwe.post(here, json=confirm).status_code == 428
    done = lindiwe.post(here, json=confirm, headers=seen).json()
    assert done["standing"] == "confirmed"
    assert lindiwe.post(here, json=confirm, headers=seen).status_code == 412
    seen = {"If-Match": tag(done["version"])}
    assert lindiwe.post(here, json=confirm, headers=seen).status_code == 409
    never = {"show_work": "no", "introduce": False, "ai": "local"}
    assert school.platform.put("/v1/people/amara/consents", json=never).status_code == 200
    for who in (lindiwe, school.platform):
        answer = who.get(f"/v1/goals/{goal}")
        assert "half-term" not in answer.text.replace(PLAN.split("\n\n")[2], "")
        assert answer.json()["confirmed"] == []
        assert answer.json()["goal"]["figures"]["hidden"] == 1
    page = signed_in(school, "lindiwe").get(f"/desk/goals/{goal}")
    assert TEXT not in page.text
    assert "1 confirmed piece is not shared now, and counts nowhere" in page.text
    assert lindiwe.post(here, json={"act": "undo"}, headers=seen).status_code == 404


@on_both
def test_learners_neither_read_nor_decide_and_a_platform_does_not_decide(school: School) -> None:
    goal, piece = goaled(school)
    amara = school.person("amara")
    seen = {"If-Match": tag(school.platform.get(f"/v1/goals/{goal}").json()["offered"][0]["version"])}
    here, body = f"/v1/goals/{goal}/pieces/{piece}/decide", {"act": "confirm"}
    for path in ("/v1/goals", f"/v1/goals/{goal}"):
        assert amara.get(path).status_code == 403
    assert amara.post("/v1/goals/look-again").status_code == 403
    for who in (amara, school.platform):
        assert who.post(here, json=body, headers=seen).status_code == 403
    assert signed_in(school, "amara").get("/desk/goals").status == 403
    answer = school.person("mateo").post(here, json=body, headers={"If-Match": tag(1)})
    assert answer.status_code == 412
    assert "Read it, then decide" in answer.json()["detail"]


def test_a_page_from_before_somebody_decided_decides_nothing(school: School) -> None:
    goal, piece = goaled(school)
    mateo, lindiwe = signed_in(school, "mateo"), signed_in(school, "lindiwe")
    here = f"/desk/goals/{goal}/pieces/{piece}"
    before = mateo.get(f"/desk/goals/{goal}")
    lindiwe.send(lindiwe.send(lindiwe.get(f"/desk/goals/{goal}"), f"{here}/confirm"), f"{here}/undo")
    lindiwe.send(lindiwe.get(f"/desk/goals/{goal}"), f"{here}/dismiss")
    late = mateo.send(before, f"{here}/confirm")
    assert (late.status, "Somebody changed this meanwhile" in late.text) == (412, True)
    assert "not offered for this goal again" in mateo.get(f"/desk/goals/{goal}").text


def test_looking_again_waits_as_one_job_for_each_plan_and_thinks_in_no_request(school: School) -> None:
    goaled(school)
    mateo = signed_in(school, "mateo")
    for _ in range(2):
        page = mateo.send(mateo.get("/desk/goals"), "/desk/goals/look-again")
        assert "Work is being looked for" in page.text
    answer = school.person("mateo").post("/v1/goals/look-again")
    assert (answer.status_code, answer.json()) == (202, {"documents": 1})
    with school.sessions.reading() as session:
        assert len(session.scalars(select(Job).where(Job.kind == "goals")).all()) == 1


def test_without_a_plan_the_page_says_what_to_do_and_a_plan_without_goals_how_to_name_them(school: School) -> None:
    mateo = signed_in(school, "mateo")
    assert "Tag one with strategy" in mateo.get("/desk/goals").text
    body = {"title": "Plan", "text": "Be kind.", "tags": ["strategy"]}
    assert school.platform.put("/v1/context/plan", json=body).status_code == 201
    assert "Version 1 is being read" in mateo.get("/desk/goals").text


def test_hostile_words_in_a_plan_and_in_work_stay_words(school: School) -> None:
    goal, _ = goaled(school, text=f"{HOSTILE} visits", plan=PLAN.replace("Visits", f"Visits {HOSTILE}"))
    mateo = signed_in(school, "mateo")
    for path in ("/desk/goals", f"/desk/goals/{goal}"):
        page = mateo.get(path)
        assert page.status == 200
        assert not re.search(r"<(script>|img src=x)", page.html)
        assert "alert(1)" in page.text


def test_addresses_that_lead_nowhere_say_so(school: School) -> None:
    mateo = signed_in(school, "mateo")
    assert mateo.get("/desk/goals/" + "0" * 32).status == 404
    assert school.person("mateo").get("/v1/goals/" + "0" * 32).status_code == 404
    assert school.person("mateo").get("/v1/goals/nothing").status_code == 422
