"""Every page and every answer of the API is read by those who review and those who learn. Wherever a peer's words come
back, that peer is told of it, or it is declared here why not: a new way to show them fails until somebody thought of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from service.jobs.briefs import briefing
from service.jobs.following import comparing_uptake
from service.jobs.network import charting
from service.store.session import Sessions
from service.web.openapi import operations
from tests.begun import begun
from tests.conftest import KINDS
from tests.connected import PAGES
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, serve
from tests.service.web.test_foreign_callers import _session
from tests.service.web.test_tenants import BODIES, Secrets
from tests.trust.test_who_gets_in import LONG, _fill, looking
from tests.trust.told_words import LOOKED_FOR, WORD, Told, let_out, told

__all__ = ["serve"]

OF_OWN_GROUPS = {"GET /desk/challenges/{id}/solutions", "GET /v1/challenges/{id}/map", "GET /search", "GET /v1/search"}
"""Work of learners whom one reviews, gathered for nobody but who reviews it (docs/trust/data.md)."""
DESK = {
    "GET /desk/drafts/{id}": "desk",
    "GET /v1/drafts/{id}": "desk",
    "GET /v1/drafts/next": "desk",
    "GET /desk/galleries": "desk",
    "GET /desk/galleries/{id}": "desk",
    "GET /v1/galleries/{id}": "desk",
    "GET /desk/introductions/{id}": "desk",
    "GET /v1/introductions/{id}": "desk",
    "GET /desk/requests": "desk",
    "GET /v1/requests": "desk",
    "GET /desk/challenges/{id}/brief": "brief",
    "GET /desk/challenges/{id}/brief.md": "brief",
    "GET /v1/challenges/{id}/brief": "brief",
    "POST /v1/search": "search",
    "GET /desk/challenges/{id}/work.csv": "table",
    "GET /desk/challenges/{id}/decisions.csv": "table",
    "GET /v1/challenges/{id}/work.csv": "table",
    "GET /v1/challenges/{id}/decisions.csv": "table",
}
LEARNER = {
    "GET /learn/work/{id}/others": "gallery",
    "GET /v1/submissions/{id}/gallery": "gallery",
    "GET /learn/requests": "request",
    "GET /v1/requests/mine": "request",
}
"""Where a peer's words are read, and what its author is told of."""
NETWORK = ("network.csv", "network.graphml", "graph.json")


@pytest.fixture
def here(serve: Callable[..., School], sessions: Sessions) -> Told:
    given = {"network": charting, "brief": briefing, "following": comparing_uptake}
    made: dict[str, Any] = {name: make(sessions) for name, make in given.items()}
    found: list[Told] = []
    there = serve(**made, similar=lambda actor, **asked: found[0].similar(actor, **asked))

    def begin() -> tuple[tuple[str, str], tuple[Secrets, str, str]]:
        school = there.founded("harbor").peopled()
        first = told(school)
        return (school.organization, school.key), (first.secrets, first.person, first.revision)

    school, ids = begun("whose words are shown", sessions, begin)
    found.append(Told(there.of(*school), *ids))
    return found[0]


def _pages() -> list[str]:
    routes = [one for router in PAGES for one in router.routes if isinstance(one, APIRoute)]
    return sorted(one.path_format for one in routes if "GET" in (one.methods or ()))


def _everything(here: Told, name: str) -> Iterator[tuple[str, Callable[[], httpx.Response]]]:
    visitor, caller = _session(here.school, name), here.school.person(name)
    for route in _pages():
        yield f"GET {route}", lambda route=route: visitor.get(looking(_fill(here.secrets, route), LOOKED_FOR))
    for template, method, operation in operations(here.school.app.openapi()):
        path = here.secrets.fill(template)
        if method == "get":
            yield f"GET {template}", lambda path=path: caller.get(looking(path, LOOKED_FOR))
        if operation["operationId"] == "search":
            yield f"POST {template}", lambda path=path: caller.post(path, json=BODIES["search"])


def _read(here: Told, name: str, *, afresh: bool) -> dict[str, set[str]]:
    """The routes where this person reads the peer's words, and what the peer was told of by then."""
    found = {}
    for route, ask in _everything(here, name):
        if afresh:
            here.forget()
        if WORD in ask().text.lower():
            found[route] = {one.kind.value for one in here.entries()}
    return found


@pytest.mark.parametrize("sessions", KINDS if LONG else ("sqlite",), indirect=True)
def test_whoever_reads_a_peers_words_at_the_desk_the_peer_is_told(here: Told) -> None:
    found = _read(here, "tomasz", afresh=True)
    assert found.keys() >= OF_OWN_GROUPS
    assert {route: kinds for route, kinds in found.items() if route not in OF_OWN_GROUPS} == {
        route: {kind} for route, kind in DESK.items()
    }
    assert _read(here, "mateo", afresh=True).keys() <= DESK.keys(), "who does not review the peer reads no more"


@pytest.mark.parametrize("sessions", KINDS if LONG else ("sqlite",), indirect=True)
def test_whoever_learns_reads_a_peers_words_only_where_the_peer_is_told(here: Told) -> None:
    assert _read(here, "amara", afresh=True) == {}
    let_out(here)
    found = _read(here, "amara", afresh=False)
    assert found.keys() == LEARNER.keys()
    assert all(kind in found[route] for route, kind in LEARNER.items())


@pytest.mark.parametrize("route", ["/desk/drafts/{draft}", "/desk/challenges/peer-observation/brief"])
def test_looking_again_in_two_windows_and_by_others_is_one_entry(here: Told, route: str) -> None:
    path = route.format(draft=here.secrets.draft)
    windows = [_session(here.school, name) for name in ("mateo", "tomasz", "mateo", "tomasz")]
    with ThreadPoolExecutor(len(windows)) as threads:
        answers = list(threads.map(lambda client: client.get(path), windows * 2))
    assert {answer.status_code for answer in answers} == {200}
    assert len(here.entries()) == 1


def test_what_cannot_be_written_down_is_not_shown(here: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("service.store.disclosures.keep", full)
    answer = _session(here.school, "mateo").get(f"/desk/drafts/{here.secrets.draft}")
    assert answer.status_code == 500
    assert WORD not in answer.text.lower()


@pytest.mark.parametrize("file", NETWORK)
def test_whose_name_is_in_a_file_of_the_network_is_told_of_each_export(here: Told, file: str) -> None:
    visitor = _session(here.school, "tomasz")
    for _ in range(2):
        assert "Oriol" in visitor.get(f"/desk/network/{file}?group=year-9").text
    entries = here.entries("export")
    assert len(entries) == (1 if file == "graph.json" else 2), "the drawing of the map is told once a day"
    assert {one.revision_id for one in entries} == {None}
    items = here.school.platform.get("/v1/people/oriol/disclosures").json()["items"]
    assert {(one["kind"], one["place"]) for one in items} == {("export", "Year 9")}


def test_a_platform_reads_its_own_copy_and_an_author_is_told_of_a_brief_all_the_same(here: Told) -> None:
    for path in (f"/v1/drafts/{here.secrets.draft}", f"/v1/galleries/{here.secrets.gallery}"):
        assert WORD in here.school.platform.get(path).text
    assert here.entries() == []
    assert WORD in here.school.platform.get("/v1/challenges/peer-observation/brief").text
    assert [one.kind for one in here.entries()] == ["brief"]


def test_an_author_reads_many_looks_in_one_line_and_a_gallery_in_another(here: Told) -> None:
    let_out(here)
    mateo = here.school.person("mateo")
    for text in range(20):
        asked = {"challenge": "peer-observation", "text": f"Which question, {text}?"}
        assert mateo.post("/v1/search", json=asked).status_code == 200
    page = signed_in(here.school, "oriol").get("/learn/shown")
    assert "to a facilitator who looked for work like it, 20 times, last on" in page.text
    assert page.text.count("beside others’ work, to a learner") == 1
    told = here.school.platform.get("/v1/people/oriol/disclosures").json()
    assert {one["kind"]: one["count"] for one in told["alike"]} == {"search": 20, "gallery": 1, "request": 1}
    assert len(told["items"]) == 22
    kept = here.school.platform.get("/v1/people/oriol/data").json()["disclosures"]
    assert len(kept) == 22
