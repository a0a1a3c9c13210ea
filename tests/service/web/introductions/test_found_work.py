"""Others' work that was found for a request, by pages and by the API: it waits, is let out, and its author is told."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Evidence, Shelf, ShelfItem
from service.actions.documents import versions
from service.actions.requests import found, make
from service.actions.requests.make import RequestFinds
from service.domain.roles import Actor, CredentialReach
from service.store.tables import DocumentVersion, FoundWork, Person, Request, Revision, Submission
from tests.service.actions.introductions.village import TEXTS
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both
from tests.service.web.introductions.test_introductions import moved_in

NEED = "How do pairs agree on what to watch for in a visit?"


def looked_for(session: Session, school: School, person: str) -> None:
    request = session.scalars(select(Request.id)).one()
    row = session.scalars(
        select(Revision)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(Person.external_id == person)
    ).one()
    searched = make.begin(session, request, now=school.now())
    assert searched is not None
    item = ShelfItem(f"{row.id}@0-{len(row.text)}", Shelf.WORK, row.text, row.id, 0, len(row.text))
    assert make.finish(session, searched, RequestFinds((Evidence("E1", item, 0.9, 1.0, 1.0),)), {}, now=school.now())


def test_that_no_document_answers_is_said_at_the_desk_with_the_nearest(bare: School) -> None:
    school, _ = moved_in(bare)
    tiago, ines = (signed_in(school, person) for person in ("tiago", "ines"))
    tiago.send(tiago.get("/learn/requests"), "/learn/requests", text=NEED)
    line = "The oven holds nine loaves."
    with school.sessions.writing() as session:
        platform = Actor(school.organization, "operator", CredentialReach.PLATFORM)
        versions.put_document(session, platform, "bakery", title="Bakery", text=line, now=school.now())
        version = session.scalars(select(DocumentVersion.id)).one()
        searched = make.begin(session, session.scalars(select(Request.id)).one(), now=school.now())
        assert searched is not None
        nearest = Evidence("", ShelfItem("p", Shelf.CONTEXT, line, version, 0, len(line)), 0.1, 0.0, 0.0)
        finds = RequestFinds(documents=(nearest,), answered=False)
        assert make.finish(session, searched, finds, {}, now=school.now())
    page = ines.get("/desk/requests").text
    assert "No document answers this. The nearest that there are" in page
    assert line in page
    assert line not in tiago.get("/learn/requests").text


def _shown(school: School) -> None:
    with school.sessions.writing() as session:
        one = session.scalars(select(FoundWork.id)).one()
        assert found.show_due(session, one, now=school.now() + timedelta(minutes=1))


@on_both
def test_found_work_is_decided_on_by_pages_alone(bare: School) -> None:
    school, _ = moved_in(bare)
    tiago, ines, lin = (signed_in(school, person) for person in ("tiago", "ines", "lin"))
    tiago.send(tiago.get("/learn/requests"), "/learn/requests", text=NEED)
    with school.sessions.writing() as session:
        looked_for(session, school, "lin")
    waits = tiago.get("/learn/requests").text
    assert "A facilitator looks at it first." in waits
    assert TEXTS["lin"] not in waits
    page = ines.get("/desk/requests")
    assert TEXTS["lin"] in page.text
    (approve,) = re.findall(r'action="(/desk/requests/found/\w+/approve)"', page.html)
    approved = ines.send(page, approve)
    assert "You can undo it until then." in approved.text
    undone = ines.send(approved, approve.replace("approve", "undo"))
    ines.send(undone, approve)
    assert TEXTS["lin"] not in tiago.get("/learn/requests").text
    before = lin.get("/learn/shown").text
    assert "to a facilitator, beside a document or what somebody else had handed in or asked for" in before
    assert "let by" not in before
    _shown(school)
    assert TEXTS["lin"] in tiago.get("/learn/requests").text
    assert "to a learner who asked for something like it, let by Ines" in lin.get("/learn/shown").text
    ines.send(ines.get("/desk/requests"), approve.replace("approve", "keep-back"))
    assert TEXTS["lin"] not in tiago.get("/learn/requests").text
