"""The trail on its page, by the API and from the command line: for who leads the organization, and for nobody else."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from service.domain.audit import Anchor, ChainedEntry, beginning, chained
from service.store import audit
from service.store.tables import DraftRow, Opening, PointRow
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both


def entries(school: School) -> list[dict]:
    found, address = [], "/v1/audit?limit=20"
    while address:
        answer = school.platform.get(address)
        assert answer.status_code == 200
        found += answer.json()["items"]
        address = answer.links.get("next", {}).get("url")
    return found


def test_whoever_leads_reads_all_of_it_page_by_page_and_can_hash_it_again_alone(school: School) -> None:
    found = entries(school)
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    assert {"organization.create", "key.issue", "person.put", "group.put"} <= {one["act"] for one in found}
    lines = signed_in(school, "tomasz").client.get("/desk/settings/audit/audit.jsonl").text.splitlines()
    at = beginning(school.organization)
    for line in map(json.loads, lines):
        entry = {name: line[name] for name in ("number", "actor", "act", "subject", "facts")}
        made = ChainedEntry(school.organization, at=datetime.fromisoformat(line["at"]), **entry)
        assert line["previous_hash"] == at.hash
        at = Anchor(line["number"], chained(made, at.hash))
        assert line["hash"] == at.hash
    checked = school.platform.get("/v1/audit/check", params={"anchor": str(at)}).json()
    assert checked["faults"] == []
    assert int(checked["anchor"].partition(":")[0]) >= at.number
    wrong = school.platform.get("/v1/audit/check", params={"anchor": f"{at.number}:{'0' * 64}"}).json()
    assert len(wrong["faults"]) == 1
    assert school.platform.get("/v1/audit/check", params={"anchor": "12"}).status_code == 422


def test_nobody_else_reads_it(school: School) -> None:
    key = school.platform.post("/v1/keys", json={"name": "Year 8", "groups": ["year-8"]}).json()["secret"]
    for client in (school.client(key), school.person("lindiwe"), school.person("amara")):
        for path in ("/v1/audit", "/v1/audit/check"):
            assert client.get(path).status_code == 403
    for name in ("lindiwe", "amara"):
        visitor = signed_in(school, name)
        for path in ("", "/check", "/audit.jsonl", "/audit.csv"):
            assert visitor.client.get(f"/desk/settings/audit{path}").status_code == 403


@on_both
def test_the_page_shows_who_by_name_and_what_and_what_is_taken_along_has_no_name(school: School) -> None:
    coordinator = signed_in(school, "tomasz")
    page = coordinator.get("/desk/settings/audit")
    assert "sign-in" in page.html
    assert page.html.count("Tomasz") > 1
    table = coordinator.client.get("/desk/settings/audit/audit.csv").text
    assert "Tomasz" not in table
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows[-1]["actor"].startswith("somebody:")
    check = coordinator.get("/desk/settings/audit/check")
    assert "every entry is there" in check.html


def test_a_table_holds_nothing_that_a_spreadsheet_would_work_out(school: School) -> None:
    with school.sessions.writing() as session:
        who = {"organization": school.organization, "actor": "=HYPERLINK(1)", "act": "+x", "subject": "@y"}
        audit.record(session, **who, now=school.now())
    table = signed_in(school, "tomasz").client.get("/desk/settings/audit/audit.csv").text
    for formula in ("=HYPERLINK(1)", "+x", "@y"):
        assert f",{formula}" not in table
        assert f",'{formula}" in table


@on_both
def test_an_approval_tells_after_how_long_on_which_sources_and_with_which_corrections(school: School) -> None:
    id_ = school.drafted("amara-1")
    desk = signed_in(school, "lindiwe")
    page = desk.get(f"/desk/drafts/{id_}")
    form = {"X-CSRF": page.csrf}
    assert desk.client.post(f"/desk/drafts/{id_}/open", headers=form).status_code == 204
    with school.sessions.reading() as session:
        point = session.scalars(select(PointRow).where(PointRow.draft_id == id_).order_by(PointRow.position)).first()
        source, point_id = point.sources[0].ref_id, point.id
    for _ in range(2):
        answer = desk.client.post(f"/desk/drafts/{id_}/open-source", headers=form, data={"source": source})
        assert answer.status_code == 204, answer.text
    unknown = desk.client.post(f"/desk/drafts/{id_}/open-source", headers=form, data={"source": "0" * 32})
    assert unknown.status_code == 404
    with school.sessions.writing() as session:
        session.scalars(select(Opening).where(Opening.draft_id == id_)).one().opened_at -= timedelta(seconds=90)
    person = school.person("lindiwe")
    tag = person.get(f"/v1/drafts/{id_}").headers["ETag"]
    edit = {"act": "edit", "text": "Say who visits whom."}
    edited = person.patch(f"/v1/drafts/{id_}/points/{point_id}", json=edit, headers={"If-Match": tag})
    assert edited.status_code == 200, edited.text
    seen = person.get(f"/v1/drafts/{id_}")
    body = {"seen": seen.json()["text_hash"]}
    done = person.post(f"/v1/drafts/{id_}/approve", json=body, headers={"If-Match": seen.headers["ETag"]})
    assert done.status_code == 200, done.text
    by_act = {one["act"]: one for one in entries(school) if id_ in (one["subject"], one["facts"].get("draft"))}
    assert by_act["source.open"]["subject"] == source
    assert by_act["draft.edit"]["facts"]["words_added"] > 0
    facts = by_act["draft.approve"]["facts"]
    assert 90 <= facts["seconds"] < 120
    assert facts["sources_opened"] == 1
    assert facts["points"]["edited"] == 1
    assert by_act["draft.approve"]["who"] == "Lindiwe Dube"
    with school.sessions.reading() as session:
        draft = session.get_one(DraftRow, id_)
        told = str([[*map(str, row)] for row in session.execute(text("SELECT * FROM audit_entries"))])
        assert seen.json()["text_hash"] not in told
        people = session.execute(text("SELECT id FROM people")).scalars().all()
        assert [one for one in people if one in told] == []
        assert draft.organization_id == school.organization


@pytest.mark.parametrize("act", ["sign-in.invite", "sign-in", "token.mint", "key.issue", "sign-out", "key.revoke"])
def test_each_way_in_and_out_is_in_it(school: School, act: str) -> None:
    visitor = signed_in(school, "lindiwe")
    school.person("amara")
    key = school.platform.post("/v1/keys", json={"name": "Another"}).json()["id"]
    school.platform.delete(f"/v1/keys/{key}")
    school.platform.post("/v1/sign-in-links", json={"person": "amara"})
    visitor.client.post("/sign-out", data={"csrf": visitor.get("/desk").csrf})
    assert act in {one["act"] for one in entries(school)}
