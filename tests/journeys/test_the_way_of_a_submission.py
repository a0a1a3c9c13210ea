"""The way of one submission goes through the files that ARCHITECTURE.md says, and through no more in all than it says.

Walked in one process, by API and pages, with real jobs; whatever function of ours runs meanwhile is noted.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.testclient import TestClient

from service.actions.access import credentials
from service.web.app import create_app
from service.web.services import Services
from tests.service.jobs.conftest import TEXT, School, parts, school
from tests.work_off import work_off

__all__ = ["parts", "school"]  # fixtures

ROOT = Path(__file__).parents[2]
OURS = ("service", "pipelines", "prompts")
FEWER = 12
"""Modules by which the walk may stay below the ceiling: what an earlier test of the process has kept is not made again,
so that there can be fewer, and never more. By more than these the ceiling is to be lowered."""
FUNCTION = 1  # CO_OPTIMIZED: a function's code, not a module's or a class's
Walked = dict[str, set[str]]


@contextmanager
def noted() -> Iterator[Walked]:
    """Functions of ours that run in threads begun within, and in this one, by file."""
    found: Walked = defaultdict(set)

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_flags & FUNCTION and code.co_filename.startswith(str(ROOT)):
            file = Path(code.co_filename).relative_to(ROOT)
            if file.parts[0] in OURS and file.suffix == ".py":
                found[file.as_posix()].add(code.co_name)

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


def clients(school: School) -> tuple[str, Any]:
    """The platform's key, and what makes a client for a person with a session in a browser."""
    parts = school.parts
    app = create_app(Services(parts.sessions, lambda: None, parts.now, parts.readiness, undo=timedelta(0)))
    with parts.sessions.writing() as session:
        key = credentials.issue_key(session, school.actor.organization, name="platform", now=parts.now())[1]

    def made() -> TestClient:
        return TestClient(app, base_url="http://localhost", follow_redirects=True)

    return key, made


def signed_in(made: Any, key: str, person: str) -> TestClient:
    link = made().post("/v1/sign-in-links", json={"person": person}, headers=_with(key)).json()["url"]
    browser: TestClient = made()
    path = "/" + link.split("/", 3)[3]
    assert browser.get(path).status_code == 200
    assert browser.post(path).status_code == 200
    return browser


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def approve(browser: TestClient, draft: str) -> None:
    page = browser.get(f"/desk/drafts/{draft}").text
    action = f"/desk/drafts/{draft}/approve"
    form = next(form for form in re.findall(r"<form\b.*?</form>", page, re.S) if f'action="{action}"' in form)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert browser.post(action, data=hidden).status_code == 200


def walk(school: School) -> Walked:
    """From hand-in to the learner's page."""
    key, made = clients(school)
    ilse, amara = signed_in(made, key, "ilse"), signed_in(made, key, "amara")
    work_off(school.parts)
    with noted() as walked:
        body = {"challenge": "observation", "person": "amara", "text": TEXT}
        handed_in = made().put("/v1/submissions/s-1", json=body, headers=_with(key))
        assert handed_in.status_code == 202, handed_in.text
        work_off(school.parts)
        approve(ilse, handed_in.json()["draft"]["id"])
        work_off(school.parts)
        read = amara.get("/learn/work/s-1")
    said = made().get("/v1/submissions/s-1/feedback", headers=_with(key)).json()["points"][0]["text"]
    assert said in unescape(read.text)
    return walked


def test_a_submission_goes_the_way_that_is_drawn_and_touches_no_more_files_than_are_said(school: School) -> None:
    walked = walk(school)
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    way = text.split("## The way of one submission")[1].split("\n## ")[0]
    steps = re.findall(r"`([\w/]+\.py)` `(\w+)`", way)
    assert len(steps) > 15
    assert [step for step in steps if step[1] not in walked.get(step[0], ())] == []
    ceiling = re.search(r"at most (\d+) modules", way)
    assert ceiling is not None
    assert int(ceiling[1]) - FEWER <= len(walked) <= int(ceiling[1]), by_floor(walked)


def by_floor(walked: Walked) -> str:
    """How many modules, on which floors, and which."""
    floors = Counter("/".join(Path(file).parts[: 2 if file.startswith("service/") else 1]) for file in walked)
    return f"{len(walked)} modules: {dict(sorted(floors.items()))}; {sorted(walked)}"
