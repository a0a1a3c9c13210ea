"""Where the organization says nothing, an approval can be undone as long as the installation says: by API and page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.actions.access import credentials
from service.store.tables import Approval, FoundWork, FoundWorkApproval, GalleryApproval, IntroductionApproval
from service.store.tables.approvals import ApprovalColumns
from service.web.calls import tag
from tests.conftest import sessions
from tests.service.actions.galleries.world import WORKS, machine
from tests.service.actions.introductions.village import Village, settle
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School
from tests.service.web.introductions.test_found_work import NEED, looked_for

__all__ = ["sessions"]  # on both databases

UNDO = timedelta(minutes=5)
Ready = tuple[str, type[ApprovalColumns]]


def _draft(school: School) -> Ready:
    return f"drafts/{school.peopled().drafted()}", Approval


def _gallery(school: School) -> Ready:
    school.peopled()
    for name in ("amara", "yusuf", "noor", "tiago"):
        body = {"name": name.title(), "roles": [{"role": "learner", "group": "year-8"}]}
        school.platform.put(f"/v1/people/{name}", json=body)
        school.platform.put(f"/v1/people/{name}/consents", json={"show_work": "without_name"})
        work = {"challenge": "peer-observation", "person": name, "text": WORKS[name]}
        assert school.platform.put(f"/v1/submissions/{name}-1", json=work).status_code == 202
    assert school.person("amara").post("/v1/submissions/amara-1/gallery").status_code == 202
    with school.sessions.writing() as session:
        machine(session, now=school.now())
    return f"galleries/{school.person('mateo').get('/v1/galleries').json()['items'][0]['id']}", GalleryApproval


def _introduction(school: School) -> Ready:
    return f"introductions/{_village(school).suggest('amara', 'lin')}", IntroductionApproval


def _found_work(school: School) -> Ready:
    _village(school)
    amara = signed_in(school, "amara")
    amara.send(amara.get("/learn/requests"), "/learn/requests", text=NEED)
    with school.sessions.writing() as session:
        looked_for(session, school, "lin")
        return f"requests/found/{session.scalars(select(FoundWork.id)).one()}", FoundWorkApproval


def _village(school: School) -> Village:
    village = settle(school.sessions)
    village.now, school.organization = school.now(), village.organization
    return village


@pytest.mark.parametrize(
    "ready", [_draft, _gallery, _introduction, _found_work], ids=lambda one: one.__name__.strip("_")
)
def test_an_approval_by_api_or_by_page_can_be_undone_as_long_as_the_installation_says(
    serve: Callable[..., School], ready: Callable[[School], Ready]
) -> None:
    school = serve(undo=UNDO).founded("harbor")
    what, approvals = ready(school)
    mateo = signed_in(school, "mateo")
    page = "/desk/requests" if approvals is FoundWorkApproval else f"/desk/{what}"
    desk = mateo.send(mateo.get(page), f"/desk/{what}/approve")
    assert desk.status == 200
    mateo.send(mateo.get(page), f"/desk/{what}/undo")
    _approve(school, what)
    with school.sessions.reading() as session:
        windows = [row.release_at - row.approved_at for row in session.scalars(select(approvals))]
    assert windows == [UNDO, UNDO]


def _approve(school: School, what: str) -> None:
    """By the API, as a program would: read, then name what was read."""
    client = school.client(_token(school))
    if what.startswith("requests/found/"):  # is read with its request
        seen = client.get("/v1/requests").json()["items"][0]["found"][0]
    else:
        seen = client.get(f"/v1/{what}").json()
    match = {"If-Match": tag(seen["version"])}
    answer = client.post(f"/v1/{what}/approve", json={"seen": seen["text_hash"]}, headers=match)
    assert answer.status_code == 200, answer.text


def _token(school: School) -> str:
    with school.sessions.writing() as session:
        _, key = credentials.issue_key(session, school.organization, name="A program", now=school.now())
        platform = credentials.authenticate(session, key, now=school.now())
        return credentials.mint_token(session, platform, person="mateo", now=school.now())[1]
