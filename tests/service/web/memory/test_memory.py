"""Memory of decisions over HTTP: reach before it is applied, alerts until settled, one question, and gentle advice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from service.web.calls import tag
from tests.service.actions.memory.remembered import compare
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School
from tests.service.web.learners.learning import released

NEARLY = "We pair teachers across grades; they visit each other twice before half-term."


@pytest.fixture
def lindiwe(school: School) -> httpx.Client:
    return school.person("lindiwe")


def act(client: httpx.Client, path: str, body: Any, method: str = "POST", status: int = 200) -> Any:
    """Read the draft's tag, then do something to it."""
    draft = "/".join(path.split("/")[:4])
    answer = client.request(method, path, json=body, headers={"If-Match": client.get(draft).headers["ETag"]})
    assert answer.status_code == status, answer.text
    return answer.json()


def point_of(client: httpx.Client, draft: str, number: int = 0) -> str:
    return str(client.get(f"/v1/drafts/{draft}").json()["points"][number]["id"])


def test_a_decision_is_listed_where_it_fits_and_applied_to_what_was_listed(
    school: School, lindiwe: httpx.Client
) -> None:
    first, second = school.drafted("one"), school.drafted("two", NEARLY)
    here = f"/v1/drafts/{first}/points/{point_of(lindiwe, first)}"
    listed = lindiwe.get(f"{here}/reach").json()["items"]
    assert [(one["draft"], one["why"], one["submission"]) for one in listed] == [(second, "wording", "two")]
    to = {"to": [{name: listed[0][name] for name in ("draft", "version", "point")}]}
    assert act(lindiwe, f"{here}/apply", to, status=409)["kind"] == "not-now"
    act(lindiwe, here, {"act": "dismiss", "reason_code": "wrong", "note": "It is said."}, "PATCH")
    (marked,) = lindiwe.get(f"/v1/drafts/{second}").json()["findings"]
    assert (marked["code"], marked["point"]) == ("dismissed-elsewhere", listed[0]["point"])
    (done,) = act(lindiwe, f"{here}/apply", to)["items"]
    assert (done["done"], done["kind"]) == (True, "")
    (again,) = act(lindiwe, f"{here}/apply", to)["items"]
    assert (again["done"], again["version"]) == (False, None)
    assert lindiwe.get(f"/v1/drafts/{second}").json()["detail"][0]["reason"] == "It is said."


def test_what_was_listed_and_changed_meanwhile_is_told_apart(school: School, lindiwe: httpx.Client) -> None:
    first, second = school.drafted("one"), school.drafted("two", NEARLY)
    here = f"/v1/drafts/{first}/points/{point_of(lindiwe, first)}"
    (listed,) = lindiwe.get(f"{here}/reach").json()["items"]
    act(lindiwe, here, {"act": "accept"}, "PATCH")
    act(lindiwe, f"/v1/drafts/{second}", {"summary": "Another."}, "PATCH")
    to = {"to": [{name: listed[name] for name in ("draft", "version", "point")}]}
    (told,) = act(lindiwe, f"{here}/apply", to)["items"]
    assert (told["done"], told["kind"]) == (False, "changed-since")
    assert lindiwe.get(f"/v1/drafts/{second}").json()["points"][0]["state"] == "proposed"


def opposed(school: School, lindiwe: httpx.Client) -> str:
    """Praise and a next step for one passage, both approved; the alert's id."""
    for name, text, kind in (("one", "Pairs make this doable.", "strength"), ("two", "Name the pairs.", "next_step")):
        draft = f"/v1/drafts/{school.drafted(name, NEARLY)}"
        for point in lindiwe.get(draft).json()["points"]:
            act(lindiwe, f"{draft}/points/{point['id']}", {"act": "dismiss", "reason_code": "already_said"}, "PATCH")
        own = {"kind": kind, "text": text, "quote": "visit each other twice", "criterion": "k1"}
        act(lindiwe, f"{draft}/points", own, status=201)
        decided = act(lindiwe, f"{draft}/approve", {"seen": lindiwe.get(draft).json()["text_hash"]})
        if name == "one":  # of one submission nothing contradicts itself
            assert decided["alerts"] == []
    (alert,) = decided["alerts"]
    with school.sessions.writing() as session:
        compare(session)
    return str(alert)


def test_opposite_decisions_are_told_listed_and_settled(school: School, lindiwe: httpx.Client) -> None:
    alert = opposed(school, lindiwe)
    (shown,) = lindiwe.get("/v1/challenges/peer-observation/alerts").json()["items"]
    assert (shown["id"], shown["clash"], shown["criterion"]) == (alert, "strength_and_gap", "k1")
    assert {shown["first"]["text"], shown["second"]["text"]} == {"Pairs make this doable.", "Name the pairs."}
    assert (shown["first"]["decided_by"], shown["first"]["name"]) == ("lindiwe", "Lindiwe Dube")
    asked = lindiwe.get("/v1/challenges/peer-observation/question").json()["open"]
    assert asked["cause"] == "contradiction"
    body = {"right": "second", "note": "Names first."}
    assert lindiwe.put(f"/v1/alerts/{alert}", json=body).status_code == 428
    seen = {"If-Match": tag(shown["version"])}
    settled = lindiwe.put(f"/v1/alerts/{alert}", json=body, headers={"Idempotency-Key": "1", **seen})
    assert (settled.status_code, settled.json()["settled_by"]) == (200, "lindiwe")
    assert settled.headers["ETag"] == tag(settled.json()["version"]) != seen["If-Match"]
    assert "Names first" not in settled.text  # what is kept to be answered again holds nobody's words
    assert lindiwe.get("/v1/challenges/peer-observation/alerts").json()["items"] == []
    (kept,) = lindiwe.get("/v1/challenges/peer-observation/alerts?settled=true").json()["items"]
    assert kept["settlement"]["note"] == "Names first."
    late = school.person("lindiwe").put(f"/v1/alerts/{alert}", json={"right": "first"}, headers=seen)
    assert (late.status_code, late.json()["kind"]) == (412, "changed-since")
    assert lindiwe.get("/v1/challenges/peer-observation/question").json()["open"] is None


def test_a_question_is_asked_answered_and_makes_drafts_stale(school: School, lindiwe: httpx.Client) -> None:
    path = "/v1/challenges/peer-observation/question"
    there = lindiwe.get(path)
    assert there.json() == {"version": int(there.headers["ETag"].strip('"')), "open": None, "answered": []}
    seen = {"If-Match": there.headers["ETag"]}
    answer = {"criterion": "k2", "answer": "A card."}
    assert lindiwe.put(path, json=answer).status_code == 428
    assert lindiwe.put(path, json=answer, headers=seen).status_code == 422
    for number in range(3):
        draft = school.drafted(f"one-{number}", f"Plan {number}. {NEARLY}")
        here = f"/v1/drafts/{draft}/points/{point_of(lindiwe, draft, 1)}"
        act(lindiwe, here, {"act": "dismiss", "reason_code": "wrong"}, "PATCH")
    asked = lindiwe.get(path).json()["open"]
    assert (asked["criterion"], asked["cause"]) == ("k2", "dismissals")
    assert asked["text"].startswith("Points on “Says what to look for.” were dismissed three times (reasons: wrong).")
    assert lindiwe.put(path, json=answer, headers=seen).status_code == 412  # nothing was asked when it was read
    seen = {"If-Match": lindiwe.get(path).headers["ETag"]}
    answered = lindiwe.put(path, json=answer, headers=seen)
    assert answered.json() == {"criterion": "k2", "version": 2, "open": None}
    assert school.person("mateo").put(path, json=answer, headers=seen).status_code == 412
    assert lindiwe.put(path, json=answer, headers={"If-Match": answered.headers["ETag"]}).json()["version"] == 2
    (kept,) = lindiwe.get(path).json()["answered"]
    assert (kept["answer"], kept["answered_by"], kept["question"]) == ("A card.", "lindiwe", asked["text"])
    assert lindiwe.get(f"/v1/drafts/{draft}").json()["stale"]
    assert school.person("amara").get(path).status_code == 403


MEANWHILE = "Somebody changed this meanwhile"


def test_a_page_from_before_an_alert_was_settled_settles_nothing(school: School, lindiwe: httpx.Client) -> None:
    here = "/desk/challenges/peer-observation/alerts"
    action = f"{here}/{opposed(school, lindiwe)}"
    visitor, colleague = signed_in(school, "lindiwe"), signed_in(school, "lindiwe")
    before = visitor.get(here)
    assert "Nothing to settle" in colleague.send(colleague.get(here), action, right="second", note="Names.").text
    late = visitor.send(before, action, right="first")
    assert (late.status, MEANWHILE in late.text) == (412, True)
    (kept,) = lindiwe.get("/v1/challenges/peer-observation/alerts?settled=true").json()["items"]
    assert kept["settlement"]["right"] == "second"


def test_a_page_from_before_a_question_was_answered_answers_nothing(school: School, lindiwe: httpx.Client) -> None:
    for number in range(3):
        draft = school.drafted(f"one-{number}", f"Plan {number}. {NEARLY}")
        here = f"/v1/drafts/{draft}/points/{point_of(lindiwe, draft, 1)}"
        act(lindiwe, here, {"act": "dismiss", "reason_code": "wrong"}, "PATCH")
    visitor, colleague = signed_in(school, "mateo"), signed_in(school, "lindiwe")
    page, action = f"/desk/drafts/{draft}", "/desk/challenges/peer-observation/question"
    before = visitor.get(page)
    assert colleague.send(colleague.get(page), action, answer="A card.").status == 200
    late = visitor.send(before, action, answer="A form.")
    assert (late.status, MEANWHILE in late.text) == (412, True)
    (kept,) = lindiwe.get("/v1/challenges/peer-observation/question").json()["answered"]
    assert kept["answer"] == "A card."


def test_a_page_from_before_a_learner_was_answered_answers_nothing(school: School) -> None:
    point = released(school)
    asked = school.person("amara").post("/v1/submissions/amara-1/asks", json={"text": "Which one?", "point": point})
    (draft,) = [one["id"] for one in school.person("mateo").get("/v1/drafts?state=released").json()["items"]]
    mateo, again = signed_in(school, "mateo"), signed_in(school, "mateo")
    page, action = f"/desk/drafts/{draft}", f"/desk/asks/{asked.json()['id']}/answer"
    before = again.get(page)
    assert mateo.send(mateo.get(page), action, text="The first one.").status == 200
    late = again.send(before, action, text="Any.")
    assert (late.status, MEANWHILE in late.text) == (412, True)
    (kept,) = school.person("amara").get("/v1/submissions/amara-1/asks").json()["items"]
    assert kept["answer"] == "The first one."


def test_advice_is_given_on_words_and_stands_in_nobodys_way(school: School, lindiwe: httpx.Client) -> None:
    draft = f"/v1/drafts/{school.drafted('one')}"
    rough = "Great work, Amara! 7/10."
    advice = lindiwe.post(f"{draft}/lint", json={"kind": "next_step", "text": rough}).json()["items"]
    assert {"grade", "names-person", "no-place"} <= {one["code"] for one in advice}
    grade = next(one for one in advice if one["code"] == "grade")
    assert rough[grade["start"] : grade["end"]] == "7/10"
    point = point_of(lindiwe, draft.rpartition("/")[2])
    act(lindiwe, f"{draft}/points/{point}", {"act": "edit", "text": rough}, "PATCH")
    shown = lindiwe.get(draft).json()
    assert "grade" in {one["code"] for one in shown["detail"][0]["advice"]}
    assert shown["detail"][1]["advice"] == []
    assert act(lindiwe, f"{draft}/approve", {"seen": shown["text_hash"]})["state"] == "approved"
