"""A list of people as a spreadsheet saves it is taken in, and a table that is sent as something else is told so."""

from __future__ import annotations

import pytest

from service.actions.bundles import roster, take_in
from service.domain.errors import Invalid
from tests.service.web.conftest import School, on_both

HEAD = "id,name,group,role,language"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_spreadsheets_of_all_kinds_say_the_same(delimiter: str, encoding: str) -> None:
    rows = [HEAD, "x1,Zoë Bélanger,g1,Learner,", "", '"x2","Ann ""Bee""",g1,facilitator,en']
    body = "\r\n".join(rows).replace(",", delimiter).encode(encoding)
    assert list(roster.lines(roster.decoded(body))) == [
        "",
        '{"kind": "member", "id": "x1", "name": "Zoë Bélanger", "group": "g1", "role": "learner"}',
        "",
        '{"kind": "member", "id": "x2", "name": "Ann \\"Bee\\"", "group": "g1", "role": "facilitator", '
        '"language": "en"}',
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_that_names_its_delimiter_is_read_by_it(delimiter: str) -> None:
    rows = [f"sep={delimiter}", "id,name,group".replace(",", delimiter), f"x1{delimiter}Bee; Ann, Dr.{delimiter}g1"]
    quoted = rows[2].replace("Bee; Ann, Dr.", '"Bee; Ann, Dr."')
    found = list(roster.lines("\r\n".join([*rows[:2], quoted])))
    assert found == ["", "", '{"kind": "member", "id": "x1", "name": "Bee; Ann, Dr.", "group": "g1"}']


@pytest.mark.parametrize(
    ("heading", "says"), [("id,name,grade", "no column “grade”"), ("id,name", "“group” is missing")]
)
def test_a_heading_that_is_not_understood_is_refused_with_what_it_should_be(heading: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        list(roster.lines(f"{heading}\nx,X,g\n"))


def test_a_cell_that_was_kept_from_being_a_formula_is_read_as_it_was_meant() -> None:
    assert '"name": "=Ann"' in list(roster.lines("id,name,group\nx,'=Ann,g"))[1]
    assert '"name": "\'t Hooft"' in list(roster.lines("id,name,group\nx,'t Hooft,g"))[1]


def sent(school: School, body: str, kind: str) -> dict[str, object]:
    answer = school.platform.post("/v1/imports", content=body.encode(), headers={"Content-Type": kind})
    assert answer.status_code == 202, answer.text
    found: dict[str, object] = answer.json()
    return found


def worked(school: School, run: object) -> dict[str, object]:
    while True:
        with school.sessions.writing() as session:
            if not take_in.take_chunk(session, str(run), now=school.now()):
                break
    found: dict[str, object] = school.platform.get(f"/v1/imports/{run}").json()
    return found


@on_both
def test_a_roster_adds_people_to_their_groups_and_takes_nothing_away(school: School) -> None:
    run = sent(school, "id;name;group\nx1;Ann Bee;year-8\nmateo;Mateo Ruiz;harbor\nx3;;year-8\n", "text/csv")
    done = worked(school, run["id"])
    assert (done["kept"], done["failed"]) == (2, 1)
    (fault,) = school.platform.get(f"/v1/imports/{run['id']}/errors").json()["items"]
    assert (fault["line"], "name" in fault["message"]) == (4, True)
    assert school.platform.get("/v1/people/x1").json()["roles"] == [{"role": "learner", "group": "year-8"}]
    held = school.platform.get("/v1/people/mateo").json()["roles"]
    assert {(one["role"], one["group"]) for one in held} == {("facilitator", "year-8"), ("learner", "harbor")}


def test_a_table_sent_as_a_bundle_is_told_how_to_send_it(school: School) -> None:
    run = sent(school, f"{HEAD}\nx1,Ann Bee,year-8,learner,\n", "application/x-ndjson")
    assert worked(school, run["id"])["failed"] == 2
    for fault in school.platform.get(f"/v1/imports/{run['id']}/errors").json()["items"]:
        assert "Content-Type text/csv" in fault["message"]
