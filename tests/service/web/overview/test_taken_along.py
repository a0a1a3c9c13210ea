"""Tables to take along: what is in them, for whom, and who is told."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School

HERE = "/v1/challenges/peer-observation"
TABLES = ("work", "decisions", "people")


def _rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _released(school: School) -> str:
    draft = school.drafted(text="=SUM(A1) pairs visit each other twice before half-term; Łukasz writes it down.")
    lindiwe = school.person("lindiwe")
    seen = lindiwe.get(f"/v1/drafts/{draft}").json()
    for point, act in zip(seen["detail"], ({"act": "accept"}, {"act": "dismiss", "reason_code": "wrong"}), strict=True):
        etag = {"If-Match": f'"{lindiwe.get(f"/v1/drafts/{draft}").json()["version"]}"'}
        assert lindiwe.patch(f"/v1/drafts/{draft}/points/{point['id']}", json=act, headers=etag).status_code == 200
    for act, body in (("approve", lambda now: {"seen": now["text_hash"]}), ("release", lambda _: {})):
        now = lindiwe.get(f"/v1/drafts/{draft}").json()
        done = lindiwe.post(f"/v1/drafts/{draft}/{act}", json=body(now), headers={"If-Match": f'"{now["version"]}"'})
        assert done.status_code == 200, done.text
    return draft


def test_work_is_taken_along_with_its_feedback_as_spreadsheets_read_it(school: School) -> None:
    _released(school)
    (row,) = _rows(school.platform.get(f"{HERE}/work.csv"))
    assert (row["submission"], row["person"], row["name"], row["group"]) == (
        "amara-1",
        "amara",
        "Amara Okafor",
        "year-8",
    )
    assert row["text"].startswith("'=SUM(A1) pairs")
    assert "Łukasz" in row["text"]
    assert (row["state"], row["latest"], row["approved by"]) == ("released", "yes", "Lindiwe Dube")
    assert row["feedback"]
    assert "\n1. " in f"\n{row['feedback']}"


def test_what_was_decided_is_taken_along_point_by_point(school: School) -> None:
    _released(school)
    rows = _rows(school.person("lindiwe").get(f"{HERE}/decisions.csv"))
    assert [(row["state"], row["reason"], row["decided by"]) for row in rows] == [
        ("accepted", "", "Lindiwe Dube"),
        ("dismissed", "wrong", "Lindiwe Dube"),
    ]
    assert all(row["decided at"] and row["drafted"] for row in rows)


def test_feedback_that_waits_is_in_no_table_of_work(school: School) -> None:
    school.drafted()
    (row,) = _rows(school.platform.get(f"{HERE}/work.csv"))
    assert (row["state"], row["feedback"], row["approved by"]) == ("ready", "", "")


def test_people_are_taken_along_with_how_far_they_are(school: School) -> None:
    _released(school)
    (row,) = _rows(school.platform.get(f"{HERE}/people.csv"))
    assert (row["person"], row["stage"], row["answered"], row["read"]) == ("amara", "answered", "yes", "no")
    rows = {row["person"]: row for row in _rows(school.person("mateo").get("/v1/people.csv"))}
    assert rows.keys() == {"amara", "mateo"}
    assert rows["amara"]["roles"] == "learner in year-8"
    figures = ("works handed in", "with feedback", "feedback opened", "waiting")
    assert [rows["amara"][name] for name in figures] == ["1", "1", "0", "0"]
    school.person("amara").post("/v1/submissions/amara-1/readings", json={})
    assert {row["person"]: row for row in _rows(school.platform.get("/v1/people.csv"))}["amara"][
        "feedback opened"
    ] == "1"


def test_an_author_is_told_that_their_work_was_taken_along_before_it_is_out(school: School) -> None:
    school.drafted()
    told = "/v1/people/amara/disclosures"
    signed_in(school, "lindiwe").get("/desk/challenges/peer-observation/work.csv")
    assert [one["kind"] for one in school.person("amara").get(told).json()["items"]] == ["table"]
    assert (
        "in a table that a facilitator or coordinator took along" in signed_in(school, "amara").get("/learn/shown").text
    )
    school.platform.get(f"{HERE}/people.csv")
    assert len(school.person("amara").get(told).json()["items"]) == 1


@pytest.mark.parametrize("gone", ["taken back", "erased"])
def test_what_was_taken_back_or_erased_is_in_none(school: School, gone: str) -> None:
    _released(school)
    school.platform.delete("/v1/submissions/amara-1" if gone == "taken back" else "/v1/people/amara")
    assert _rows(school.platform.get(f"{HERE}/work.csv")) == []
    assert _rows(school.platform.get(f"{HERE}/decisions.csv")) == []
    people = _rows(school.platform.get(f"{HERE}/people.csv")) + _rows(school.platform.get("/v1/people.csv"))
    named = [row for row in people if row["person"] == "amara"]
    assert len(named) == (0 if gone == "erased" else 2)
    assert not any(row.get("submission") or row.get("works handed in", "0") != "0" for row in named)


def test_whoever_facilitates_takes_what_they_may_see_and_nothing_of_their_own(school: School) -> None:
    put = school.platform.put
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    both = [{"role": "facilitator", "group": "year-9"}, {"role": "learner", "group": "year-9"}]
    put("/v1/people/noor", json={"name": "Noor Aziz", "roles": both})
    put("/v1/people/olek", json={"name": "Олек", "roles": [{"role": "learner", "group": "year-9"}]})
    school.drafted()
    for name, person in (("noor-1", "noor"), ("olek-1", "olek")):
        body = {"challenge": "peer-observation", "person": person, "text": f"A plan by {name}."}
        assert put(f"/v1/submissions/{name}", json=body).status_code == 202
    noor = school.person("noor")
    assert [row["submission"] for row in _rows(noor.get(f"{HERE}/work.csv"))] == ["olek-1"]
    assert {row["person"] for row in _rows(noor.get("/v1/people.csv"))} == {"noor", "olek"}
    assert noor.get(f"{HERE}/work.csv?group=year-8").status_code == 404
    for table in TABLES:
        assert school.person("amara").get(f"{HERE}/{table}.csv").status_code == 403
        assert signed_in(school, "amara").get(f"/desk/challenges/peer-observation/{table}.csv").status == 403
    assert school.person("amara").get("/v1/people.csv").status_code == 403


def test_the_page_of_a_challenge_leads_to_its_tables(school: School) -> None:
    school.drafted()
    lindiwe, here = signed_in(school, "lindiwe"), "/desk/challenges/peer-observation"
    page = lindiwe.get(f"{here}?group=year-8").html
    for table in TABLES:
        assert f'href="{here}/{table}.csv?group=year-8"' in page
        got = lindiwe.client.get(f"{here}/{table}.csv?group=year-8")
        assert got.content.startswith(b"\xef\xbb\xbf"), table
        assert got.headers["content-disposition"] == f'attachment; filename="{table}.csv"'
    assert lindiwe.client.get("/desk/people.csv").content.startswith(b"\xef\xbb\xbf")
