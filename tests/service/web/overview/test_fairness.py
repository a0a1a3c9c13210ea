"""By group and language, as a page and by the API: drawn, said in words, and for coordinators alone."""

from __future__ import annotations

from service.actions.access import credentials
from tests.service.actions.overview.test_fairness import world
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School


def test_a_coordinator_comes_to_it_by_a_link_and_reads_what_parts(bare: School) -> None:
    with bare.sessions.writing() as session:
        bare.organization = world(session, biased=True).organization
        _, secret = credentials.issue_key(session, bare.organization, name="Course platform", now=bare.now())
    platform = bare.client(secret)
    cora, lena = signed_in(bare, "cora"), signed_in(bare, "lena")
    assert 'href="/desk/by-group"' in cora.get("/desk/challenges").html
    page = cora.get("/desk/by-group")
    assert "These part by more than chance." in page.text
    assert "Points kept as drafted, de:" in page.text
    assert "points less than elsewhere" in page.text
    assert 'aria-label="de: 0%, likely 0% to ' in page.html
    assert 'href="/desk/by-group"' not in lena.get("/desk/challenges").html
    assert lena.get("/desk/by-group").status == 403
    found = platform.get("/v1/by-group").json()
    assert found["parting"]
    kept = next(one for one in found["tables"] if (one["measure"], one["by"]) == ("kept", "group"))
    assert [line["key"] for line in kept["lines"]] == ["north", "south"]


def test_before_anything_was_decided_there_is_nothing_to_compare(school: School) -> None:
    page = signed_in(school, "tomasz").get("/desk/by-group")
    assert "part by more than chance" not in page.text.replace("Nothing parts by more than chance", "")
    assert school.platform.get("/v1/by-group").json()["parting"] is False
