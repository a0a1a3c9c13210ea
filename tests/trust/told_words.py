"""A learner of another group whose words stand wherever the service can put them before somebody else: beside a draft,
in its prompt, in a gallery, an introduction, a request's findings and a brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.values import Evidence, Shelf, ShelfItem, SourceKind
from service.actions.access import credentials
from service.actions.approvals.deciding import Deciding
from service.actions.galleries import review
from service.actions.introductions import common
from service.actions.requests import found, make
from service.actions.requests.make import RequestFinds
from service.actions.work import similar
from service.actions.work.similar import Similar
from service.domain.ids import new_id
from service.domain.roles import Actor
from service.store import find
from service.store.tables import (
    Disclosure,
    DraftRow,
    Gallery,
    Introduction,
    Person,
    PointRow,
    PointState,
    Request,
    Revision,
    SourceRow,
    Submission,
)
from tests.service.actions.galleries.world import approved, machine
from tests.service.actions.school import act_as
from tests.service.web.conftest import School
from tests.service.web.test_foreign_callers import ELSEWHERE
from tests.service.web.test_tenants import Secrets

WORD = "heron"
LOOKED_FOR = "notebook"
"""By what search finds it: a page says again what was asked, so that WORD itself would tell nothing."""
TEXT = f"Each pair agrees on one question about the {WORD} before a visit and writes the answer into a notebook."
OTHERS = {
    "zuri": "We film a lesson, watch it together on Friday and count how often students ask something themselves.",
    "noor": "Students fill in three lines after class; the teachers read them in pairs and choose what to watch for.",
}
SHARES = {"show_work": "with_name", "introduce": True, "ai": "local"}


@dataclass(frozen=True)
class Told:
    """The school, its ids, and the person whose words they are."""

    school: School
    secrets: Secrets
    person: str
    revision: str

    def similar(self, actor: Actor, *, limit: int, **asked: Any) -> Sequence[Similar]:
        """A search that finds this text, for those who may search."""
        with self.school.sessions.reading() as session:
            similar.query(session, actor, **asked)
        return [Similar("oriol-1", 1, "oriol", TEXT, 0, len(TEXT), 0.9, self.revision)]

    def entries(self, *kinds: str) -> list[Disclosure]:
        with self.school.sessions.reading() as session:
            rows = session.scalars(
                select(Disclosure).where(Disclosure.person_id == self.person).order_by(Disclosure.at, Disclosure.id)
            )
            return [row for row in rows if not kinds or row.kind in kinds]

    def forget(self) -> None:
        with self.school.sessions.writing() as session:
            session.execute(delete(Disclosure))


def told(school: School) -> Told:
    """Oriol of Year 9 shows his work by name; Amara of Year 8 is whom it is shown to, or beside."""
    for path, body in ELSEWHERE.items():
        assert school.platform.put(path, json=body).status_code == 201
    noor = {"name": "Noor", "roles": [{"role": "learner", "group": "year-8"}]}
    assert school.platform.put("/v1/people/noor", json=noor).status_code == 201
    for name, text in {"oriol": TEXT, **OTHERS}.items():
        assert school.platform.put(f"/v1/people/{name}/consents", json=SHARES).status_code == 200
        body = {"challenge": "peer-observation", "person": name, "text": text}
        assert school.platform.put(f"/v1/submissions/{name}-1", json=body).status_code == 202
    secrets = Secrets(school)
    with school.sessions.writing() as session:
        oriol = find.one(session, Person, school.organization, "oriol").id
        revision = _revision(session, oriol)
        _beside_the_draft(session, secrets.draft, revision)
        _in_an_introduction(session, secrets.meeting, oriol, revision.id)
        _found_for_a_request(session, revision, school)
        machine(session, now=school.now())
    return Told(school, secrets, oriol, revision.id)


def _revision(session: Session, person: str) -> Revision:
    return session.scalars(
        select(Revision).join(Submission, Submission.id == Revision.submission_id).where(Submission.person_id == person)
    ).one()


def _beside_the_draft(session: Session, draft: str, revision: Revision) -> None:
    """A peer's passage and a point that was decided on it, both in the prompt."""
    row, passage = session.get_one(DraftRow, draft), f"{revision.id}@0-{len(revision.text)}"
    past = PointRow(
        id=new_id(),
        organization_id=row.organization_id,
        draft_id=session.scalars(select(DraftRow.id).where(DraftRow.revision_id == revision.id)).one(),
        generation=1,
        position=1,
        kind="question",
        criterion="k1",
        text="Which question?",
        drafted="Which question?",
        quote=revision.text,
        start=0,
        end=len(revision.text),
        state=PointState.DISMISSED,
        decided_at=row.created_at,
    )
    session.add(past)
    session.flush()
    for at, (kind, ref) in enumerate(((SourceKind.PEER, passage), (SourceKind.PRECEDENT, past.id)), start=5):
        session.add(
            SourceRow(
                point_id=row.points[0].id,
                position=at,
                organization_id=row.organization_id,
                kind=kind,
                ref_id=ref,
                owner_id=revision.id if kind is SourceKind.PEER else "",
                quote=revision.text,
            )
        )
    found = {"dense": 0.5, "lexical": 1.0, "fused": 1.0}
    row.evidence = [
        {"label": "E1", "id": passage, "shelf": Shelf.WORK.value, **found},
        {"label": "E2", "id": past.id, "shelf": Shelf.PRECEDENTS.value, **found},
    ]
    row.prompt_rendered = f"Read this beside it: {revision.text}"


def _in_an_introduction(session: Session, meeting: str, other: str, revision: str) -> None:
    place = {"id": f"{revision}@0-{len(TEXT)}", "work": revision, "start": 0, "end": len(TEXT)}
    row = session.get_one(Introduction, meeting)
    row.second_id, row.passages = other, [place]
    row.pair = common.pair(row.first_id, other)


def _found_for_a_request(session: Session, revision: Revision, school: School) -> None:
    searched = make.begin(session, session.scalars(select(Request.id)).one(), now=school.now())
    assert searched is not None
    item = ShelfItem(f"{revision.id}@0-{len(TEXT)}", Shelf.WORK, TEXT, revision.id, 0, len(TEXT))
    assert make.finish(session, searched, RequestFinds((Evidence("E1", item, 0.9, 1.0, 1.0),)), {}, now=school.now())


def let_out(here: Told) -> None:
    """The gallery and what was found for the request are approved, and the undo windows are over."""
    school, now = here.school, here.school.now()
    with school.sessions.writing() as session:
        platform = credentials.authenticate(session, school.key, now=now)
        mateo = act_as(session, platform, "mateo", now=now)
        approved(session, mateo, session.get_one(Gallery, here.secrets.gallery), now=now)
        assert review.show_due(session, here.secrets.gallery, now=now + timedelta(minutes=1))
        (one,) = found.for_desk(session, {here.secrets.need: session.scalars(select(Request.person_id)).one()}).values()
        found.approve(Deciding(session, mateo, one[0].id, one[0].version, now), seen=one[0].text_hash)
        assert found.show_due(session, one[0].id, now=now + timedelta(minutes=1))
