"""Network, meeting brief and following through over HTTP: who may see them, and what leaves as a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.briefs import Reworded
from service.actions.access import credentials
from service.actions.briefs import wording
from service.actions.network import graph
from service.domain.roles import Actor
from service.jobs.briefs import briefing
from service.jobs.following import comparing_uptake
from service.jobs.network import charting
from service.store.session import Sessions
from service.web.pages.rendering import STATIC
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import SEED, School, on_both

HERE = "/desk/challenges/peer-observation"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
PATHS = (
    "/desk/network",
    "/desk/network/graph.json",
    "/desk/network/network.csv",
    "/desk/network/network.graphml",
    f"{HERE}/brief",
    f"{HERE}/brief.md",
    f"{HERE}/following",
)


@pytest.fixture
def thinking(serve: Callable[..., School], sessions: Sessions) -> School:
    """The small school, with what thinks beside the web."""
    given: dict[str, Any] = {
        "network": charting(sessions),
        "brief": briefing(sessions),
        "following": comparing_uptake(sessions),
    }
    return serve(**given).founded("harbor").peopled()


def open_up(school: School, name: str = "Amara Okafor", **wish: object) -> None:
    consents = {"show_work": "with_name", "introduce": True, "ai": "local", **wish}
    roles = [{"role": "learner", "group": "year-8"}]
    body = {"name": name, "roles": roles, "consents": consents}
    answer = school.platform.put("/v1/people/amara", json=body)
    assert answer.status_code == 200, answer.text


@on_both
def test_every_page_and_file_is_there_for_reviewers_and_for_nobody_else(thinking: School) -> None:
    open_up(thinking)
    thinking.drafted()
    mateo, amara = signed_in(thinking, "mateo"), signed_in(thinking, "amara")
    other = thinking.founded("fjord")
    for path, body in SEED.items():
        named = {"name": "Other Learner"} if path.endswith("amara") else {}
        assert other.platform.put(path, json={**body, **named}).status_code == 201
    stranger = signed_in(other, "mateo")
    for path in PATHS:
        assert mateo.get(path).status == 200, path
        assert amara.get(path).status == 403, path
        assert mateo.get(f"{path}?group=nowhere").status == 404, path
        assert "Okafor" not in stranger.get(path).html, path
        assert "We pair teachers" not in stranger.get(path).html, path
    assert "Amara Okafor" in mateo.get("/desk/network/network.csv").html
    assert "We pair teachers" in mateo.get(f"{HERE}/brief.md").html
    assert 'href="/desk/network"' in mateo.get("/desk").html
    assert mateo.client.get("/desk/network/network.csv").headers["content-type"].startswith("text/csv")


def test_consent_taken_back_takes_effect_with_the_next_look(thinking: School) -> None:
    open_up(thinking)
    thinking.drafted()
    mateo, lindiwe = signed_in(thinking, "mateo"), thinking.person("lindiwe")
    brief = "/v1/challenges/peer-observation/brief"
    assert lindiwe.get(brief).json()["approaches"][0]["passage"]["author"] == "Amara Okafor"
    open_up(thinking, show_work="no", introduce=False)
    after = lindiwe.get(brief).json()
    assert (after["works"], after["quotable"], after["approaches"]) == (1, 0, [])
    assert thinking.person("amara").get(brief).status_code == 403
    for path in (f"{HERE}/brief", f"{HERE}/brief.md"):
        assert "We pair" not in mateo.get(path).html, path
    for path in PATHS[1:4]:
        assert "Amara" not in mateo.get(path).html, path
    assert "not to be introduced" in mateo.get("/desk/network").text


def test_words_of_people_stay_words_in_pages_and_files(thinking: School) -> None:
    open_up(thinking, name=HOSTILE)
    thinking.drafted(text=f"{HOSTILE} We pair teachers.")
    mateo = signed_in(thinking, "mateo")
    for path in ("/desk/network", f"{HERE}/brief", f"{HERE}/following", "/desk/network/network.graphml"):
        page = mateo.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.html, path
        assert "<img" not in page.html, path
    assert "<script>" not in mateo.get(f"{HERE}/brief.md").html


def test_the_list_is_there_without_a_script_and_the_vendored_one_has_its_licence(thinking: School) -> None:
    open_up(thinking)
    page = signed_in(thinking, "mateo").get("/desk/network")
    assert "Without contact Amara Okafor" in page.text
    assert "style=" not in page.html
    assert (STATIC / "vendor" / "cytoscape-3.34.4.min.js").exists()
    assert "Permission is hereby granted" in (STATIC / "vendor" / "cytoscape.LICENSE.txt").read_text("utf-8")
    assert graph.HEAD[0] == "kind"


@on_both
def test_a_brief_has_the_same_headings_on_its_page_and_in_its_file_in_the_language_of_the_challenge(
    thinking: School,
) -> None:
    path = "/v1/challenges/peer-observation"
    answer = thinking.platform.put(path, json={**SEED[path], "language": "de"})
    assert answer.status_code == 200, answer.text
    open_up(thinking)
    thinking.drafted()
    mateo = signed_in(thinking, "mateo")
    page, file = mateo.get(f"{HERE}/brief").text, mateo.get(f"{HERE}/brief.md").text
    headings = ("Fragen, die die Zeit wert sind", "Wie vorgegangen wurde", "Wen ansprechen", "Unbeantwortet")
    assert [one for one in headings if one not in page or f"## {one}" not in file] == []
    assert "Questions worth the time" not in page + file


def test_where_it_is_not_set_up_the_page_says_so(school: School) -> None:
    assert signed_in(school, "mateo").get("/desk/network").status == 503


def test_a_brief_is_worded_by_a_model_only_when_somebody_asks_and_only_where_there_is_one(
    serve: Callable[..., School], sessions: Sessions
) -> None:
    without = serve(brief=briefing(sessions)).founded("fjord").peopled()
    open_up(without)
    without.drafted()
    mateo = signed_in(without, "mateo")
    page = mateo.get(f"{HERE}/brief")
    assert "Word it better" not in page.text
    sent = {"csrf": mateo.get("/desk").csrf, "group": "year-8"}
    assert mateo.client.post(f"{HERE}/brief/wording", data=sent).status_code == 409
    school = serve(brief=briefing(sessions), model="any").founded("harbor").peopled()
    open_up(school)
    school.drafted()
    mateo = signed_in(school, "mateo")
    page = mateo.get(f"{HERE}/brief?group=year-8")
    assert "Word it better" in page.text
    hidden = page.hidden(f"{HERE}/brief/wording")
    assert hidden["group"] == "year-8"
    assert mateo.client.post(f"{HERE}/brief/wording", data={"group": "year-8"}).status_code == 403
    answer = mateo.client.post(f"{HERE}/brief/wording", data=hidden, follow_redirects=False)
    assert answer.headers["location"] == f"{HERE}/brief?group=year-8&said=brief-asked"
    waits = mateo.get(f"{HERE}/brief?group=year-8")
    assert "A model is asked to word this better" in waits.text
    assert "Word it better" not in waits.text
    assert "Word it better" in mateo.get(f"{HERE}/brief").text, "of all groups it is another brief"


@on_both
def test_lines_in_a_models_words_are_marked_and_their_passages_stand_beside_them(
    thinking: School, sessions: Sessions
) -> None:
    open_up(thinking)
    thinking.drafted()
    mateo = signed_in(thinking, "mateo")
    found = mateo.get(f"{HERE}/brief")
    assert "worded by a model" not in found.text
    with sessions.reading() as session:
        actor = credentials.authenticate(session, mateo.client.cookies["peerloom"], now=datetime.now(UTC))
    assert worded(sessions, actor, f"{HOSTILE} Better?") == 1
    seen = mateo.get(f"{HERE}/brief")
    assert "1 line is worded by a model (m-1), from the sources beside it" in seen.text
    assert seen.text.count("Better? worded by a model") == 1
    assert seen.html.count("<blockquote") == found.html.count("<blockquote")
    for page in (seen.html, mateo.get(f"{HERE}/brief.md").html):
        assert "<script>alert" not in page
        assert not re.search(r"(?<!\\)<img", page), "in Markdown it is escaped"
    api = thinking.person("lindiwe").get("/v1/challenges/peer-observation/brief").json()
    assert api["approaches"][0]["by_model"] is False, "whoever sees other groups sees no wording made for these"


def worded(sessions: Sessions, actor: Actor, text: str) -> int:
    """Every line of a brief in these words, as a job would keep it; how many there are."""
    lines = briefing(sessions)(actor, "peer-observation", group=None).items
    made = Reworded({one.key: text for one in lines}, model="m-1")
    with sessions.writing() as session:
        row = wording.ask(session, actor, "peer-observation", model=True, now=datetime.now(UTC))
        wording.finish(session, row.id, 1, made, lines, local=True, asked_for=len(lines), cost=0, now=datetime.now(UTC))
    return len(lines)
