"""People and groups in the browser: each right, and that each is refused to every lower role."""

from __future__ import annotations

import re

import pytest

from service.domain.audit import PSEUDONYM
from service.store.tables import AuditEntry
from tests.service.web.browsing import Visitor, signed_in
from tests.service.web.conftest import School, on_both

PEOPLE = "/desk/people"


@pytest.fixture
def large(school: School) -> School:
    """With a coordinator of Year 8 only, a second group, and somebody in it who also learns in Year 8."""
    put = school.platform.put
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    put("/v1/people/noor", json={"name": "Noor Aziz", "roles": [{"role": "coordinator", "group": "year-8"}]})
    both = [{"role": "learner", "group": "year-8"}, {"role": "coordinator", "group": "harbor"}]
    put("/v1/people/ines", json={"name": "Inês Couto", "roles": both})
    put("/v1/people/olek", json={"name": "Олек", "roles": [{"role": "learner", "group": "year-9"}]})
    return school


def post(visitor: Visitor, path: str, **fields: object) -> int:
    """The status, of a form that was written by hand."""
    csrf = visitor.get("/desk/groups").csrf or visitor.get("/learn").csrf
    return visitor.client.post(path, data={"csrf": csrf, **fields}).status_code


def roles(school: School, person: str) -> set[tuple[str, str]]:
    found = school.platform.get("/v1/people?limit=200").json()["items"]
    return {(r["role"], r["group"]) for one in found if one["id"] == person for r in one["roles"]}


def test_a_coordinator_adds_somebody_and_the_link_lets_them_in(large: School) -> None:
    noor = signed_in(large, "noor")
    fields = {"name": "Kofi Mensah", "id": "kofi", "role": "learner", "group": "year-8"}
    page = noor.send(noor.get(PEOPLE + "/new"), PEOPLE, **fields)
    assert page.path == f"{PEOPLE}/kofi", page.text
    shown = noor.send(page, f"{PEOPLE}/kofi/invite", days="3")
    found = re.search(r"<code>http://[^/]+(/sign-in/[\w-]{43})</code>", shown.html)
    assert found
    kofi = Visitor(large.client())
    assert kofi.client.post(found[1]).status_code == 303
    assert "1 session open" in noor.get(f"{PEOPLE}/kofi").text
    noor.send(noor.get(f"{PEOPLE}/kofi"), f"{PEOPLE}/kofi/sign-out")
    assert kofi.client.get("/").headers["location"].startswith("/sign-in")


def test_nobody_gives_what_they_do_not_hold_nor_signs_in_as_somebody_who_may_more(large: School) -> None:
    noor = signed_in(large, "noor")
    give = {"name": "Noor Aziz", "held": ["coordinator|year-8"], "role": "coordinator", "group": "harbor"}
    assert post(noor, f"{PEOPLE}/noor", **give) == 403
    assert post(noor, PEOPLE, name="X", id="x", role="learner", group="year-9") == 403
    assert post(noor, PEOPLE, name="X", id="x") == 403
    for act in ("invite", "sign-out"):
        assert post(noor, f"{PEOPLE}/ines/{act}") == 403, act
        assert post(noor, f"{PEOPLE}/olek/{act}") == 404, act
    assert noor.get(f"{PEOPLE}/olek").status == 404
    assert post(noor, f"{PEOPLE}/ines", name="Renamed", held=["learner|year-8"]) == 403
    assert post(noor, f"{PEOPLE}/ines", name="Inês Couto", held=[]) == 303  # only the role in Year 8 is Noor's to take
    assert roles(large, "ines") == {("coordinator", "harbor")}
    assert post(noor, "/desk/groups", name="New") == 403
    assert post(noor, "/desk/groups/year-8", name="New") == 403


@pytest.mark.parametrize("who", ["mateo", "amara"])
def test_facilitators_and_learners_change_nobody(large: School, who: str) -> None:
    visitor = signed_in(large, who)
    assert post(visitor, PEOPLE, name="X", id="x", role="learner", group="year-8") == 403
    assert post(visitor, f"{PEOPLE}/amara", name="X") == 403
    assert post(visitor, f"{PEOPLE}/amara/invite") == 403
    assert post(visitor, f"{PEOPLE}/amara/sign-out") == 403
    assert post(visitor, "/desk/groups", name="X") == 403
    reads = 200 if who == "mateo" else 403
    assert {visitor.get(path).status for path in (PEOPLE, f"{PEOPLE}/amara", "/desk/groups")} == {reads}
    if who == "mateo":
        assert "Only they can change it" in visitor.get(f"{PEOPLE}/amara").text
        assert "Олек" not in visitor.get(PEOPLE).text


def test_the_last_coordinator_is_not_locked_out(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(f"{PEOPLE}/tomasz")
    kept = tomasz.send(page, f"{PEOPLE}/tomasz", name="Tomasz Nowak")
    assert kept.status == 422
    assert "Make somebody else a coordinator first" in kept.text
    assert roles(school, "tomasz") == {("coordinator", "harbor")}
    tomasz.send(tomasz.get(f"{PEOPLE}/mateo"), f"{PEOPLE}/mateo", name="Mateo", role="coordinator", group="harbor")
    assert tomasz.send(page, f"{PEOPLE}/tomasz", name="Tomasz Nowak").status in (200, 403)
    assert roles(school, "tomasz") == set()


@on_both
def test_a_new_group_at_the_top_is_coordinated_by_those_who_coordinate_everything(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    tomasz.send(tomasz.get("/desk/groups"), "/desk/groups", name="Evening school", id="evening")
    assert roles(school, "tomasz") == {("coordinator", "harbor"), ("coordinator", "evening")}
    assert tomasz.get("/desk/settings").status == 200
    page = tomasz.get("/desk/groups/harbor")
    bitten = tomasz.send(page, "/desk/groups/harbor", name="Harbor", parent="year-8")
    assert bitten.status == 422
    assert "cannot be below" in bitten.text
    with school.sessions.reading() as session:
        acts = [row.act for row in session.query(AuditEntry) if row.actor.startswith(PSEUDONYM)]
    assert acts.count("group.put") == 1


@on_both
def test_people_are_found_by_name_role_and_group_with_a_constant_number_of_statements(large: School) -> None:
    tomasz = signed_in(large, "tomasz")
    assert "Inês Couto" in tomasz.get(f"{PEOPLE}?search=in%C3%AAs").text
    assert "Nobody like that" in tomasz.get(f"{PEOPLE}?search=%25").text
    found = tomasz.get(f"{PEOPLE}?role=learner&group=year-9").text
    assert "1 person" in found
    assert "Олек" in found
