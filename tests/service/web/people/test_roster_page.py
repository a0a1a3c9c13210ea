"""A table of people pasted on a page: looked at before it counts, and then taken in."""

from __future__ import annotations

from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import School

HERE = "/desk/people/roster"
TABLE = "id;name;group;role\nzed;Zed Kowal;year-8;\namara;Amara Okafor;year-8;learner\nmateo;Mateo Ruiz;nowhere;\n"


def _send(visitor: Visitor, page: Page, table: str, do: str) -> Page:
    return visitor.send(page, HERE, table=table, do=do)


def _people(school: School) -> set[str]:
    return {one["id"] for one in school.platform.get("/v1/people?limit=200").json()["items"]}


def test_a_table_is_shown_with_what_it_would_change_before_it_counts(school: School) -> None:
    tomasz, before = signed_in(school, "tomasz"), _people(school)
    entries = len(school.platform.get("/v1/audit").json()["items"])
    seen = _send(tomasz, tomasz.get(HERE), TABLE, "look")
    assert "1 new, 1 is there already, 1 cannot be taken in." in seen.text
    assert "Row 4: There is no group 'nowhere' here" in seen.text
    assert _people(school) == before
    assert len(school.platform.get("/v1/audit").json()["items"]) == entries
    taken = _send(tomasz, seen, TABLE, "take")
    assert taken.path == "/desk/people"
    assert "Taken in. Rows that could not be are left out." in taken.text
    assert _people(school) == before | {"zed"}
    assert school.platform.get("/v1/people/zed").json()["roles"] == [{"role": "learner", "group": "year-8"}]
    assert school.platform.get("/v1/audit/check").json()["faults"] == []


def test_what_was_changed_since_it_was_looked_at_is_looked_at_first(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    seen = _send(tomasz, tomasz.get(HERE), TABLE, "look")
    again = _send(tomasz, seen, TABLE + "yan;Yan Li;year-8;\n", "take")
    assert "2 new" in again.text
    assert not {"zed", "yan"} & _people(school)


def test_somebody_known_by_another_name_is_pointed_out(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    seen = _send(tomasz, tomasz.get(HERE), "id,name,group\namara,A. Okafor-Bello,year-8\n", "look")
    assert "has another name so far Name so far: Amara Okafor" in seen.text
    assert school.platform.get("/v1/people/amara").json()["name"] == "Amara Okafor"


def test_a_table_that_is_none_is_told_so_and_stays_on_the_page(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    wrong = {"id,name,grade\nx,X,8\n": "no column “grade”", "": "missing", "id,name,group\n": "no row"}
    for table, said in wrong.items():
        page = _send(tomasz, tomasz.get(HERE), table, "look")
        assert (page.status, said in page.text) == (422, True), page.text
    assert "id,name,group" in page.html


def test_a_coordinator_of_some_groups_adds_to_those_and_a_facilitator_to_none(school: School) -> None:
    put = school.platform.put
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    put("/v1/people/noor", json={"name": "Noor Aziz", "roles": [{"role": "coordinator", "group": "year-8"}]})
    noor = signed_in(school, "noor")
    table = "id,name,group\nz8,Zed Eight,year-8\nz9,Zed Nine,year-9\n"
    _send(noor, _send(noor, noor.get(HERE), table, "look"), table, "take")
    assert {"z8", "z9"} & _people(school) == {"z8"}
    assert signed_in(school, "mateo").get(HERE).status == 403


def test_addresses_are_taken_in_and_what_changes_of_somebody_known_is_shown_before(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    table = "id,name,group,email\namara,Amara Okafor,year-8,amara@school.example\nmateo,Mateo Ruiz,year-8,\n"
    seen = _send(tomasz, tomasz.get(HERE), table, "look")
    assert "E-mail so far: none" in seen.text
    assert "amara@school.example changes" in seen.text
    _send(tomasz, seen, table, "take")
    assert "amara@school.example" in tomasz.get("/desk/people/amara").html
    again = _send(tomasz, tomasz.get(HERE), table.replace("amara@school", "a.okafor@school"), "look")
    assert "E-mail so far: amara@school.example" in again.text
    assert "1 is there already" in _send(tomasz, tomasz.get(HERE), "\n".join(table.split("\n")[:2]), "look").text


def test_an_address_that_its_person_took_away_comes_back_from_no_pasted_table(school: School) -> None:
    tomasz, amara = signed_in(school, "tomasz"), signed_in(school, "amara")
    table = "id,name,group,email\namara,Amara Okafor,year-8,amara@school.example\n"
    _send(tomasz, _send(tomasz, tomasz.get(HERE), table, "look"), table, "take")
    amara.send(amara.get("/notifications/settings"), "/notifications/address/remove")
    seen = _send(tomasz, tomasz.get(HERE), table, "look")
    assert "They took this e-mail address away" in seen.text
    assert "1 is there already" in seen.text
    _send(tomasz, seen, table, "take")
    assert "amara@school.example" not in tomasz.get("/desk/people/amara").html
