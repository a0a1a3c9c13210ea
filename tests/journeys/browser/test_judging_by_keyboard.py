"""A facilitator judges work on five criteria first, with nothing but the keyboard and a mark in the work, and approves
what was composed from that."""

from __future__ import annotations

import time
from typing import Any

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import select

from service.domain.drafts import DraftState
from service.store.tables import CriterionReadingRow, DraftRow, PointRow, Revision, Submission
from tests.journeys.browser.people import COORDINATOR, Demo

TEXT = (
    "Noor and Tomás plan the bread morning together. We bake with twelve neighbours on the second Saturday in May. "
    "Each neighbour brings one story about bread, and Noor writes the stories down. "
    "The oven of the old mill costs forty euros, which the parish pays. "
    "Afterwards we hang the stories in the library for a month."
)
CRITERIA = [
    {"id": "who", "text": "names who plans it", "question": "Who answers when somebody asks?"},
    {"id": "when", "text": "says when and with how many it happens", "question": "On which day?"},
    {"id": "cost", "text": "says what it costs and who pays", "question": "Who pays for it?"},
    {"id": "risk", "text": "says what could go wrong and what then", "question": "What if it rains?"},
    {"id": "after", "text": "says how what was learned is kept", "question": "Where is it read afterwards?"},
]
MARK = """words => {
  const sheet = document.querySelector('.work .sheet');
  const walker = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return true;
  }
  return false;
}"""


def _hand_in(demo: Demo) -> str:
    """Work on a challenge that nobody has judged anything of, once it has come to the desk; the draft's id."""
    client = httpx.Client(base_url=demo.base, headers={"Authorization": f"Bearer {demo.key()}"}, timeout=30)
    with client:
        asked: dict[str, Any] = {"title": "Plan a bread morning", "prompt": "Plan it.", "criteria": CRITERIA}
        assert client.put("/v1/challenges/bread", json=asked).status_code in (200, 201)
        wish = {"challenge": "bread", "person": "p-adaeze", "text": TEXT, "language": "en"}
        answer = client.put("/v1/submissions/bread-1", json=wish)
        assert answer.status_code == 202, answer.text
        draft = str(answer.json()["draft"]["id"])
        until = time.monotonic() + 60
        while client.get(f"/v1/drafts/{draft}").json()["state"] in ("waiting", "drafting"):
            assert time.monotonic() < until
            time.sleep(0.2)
    return draft


def _say(page: Page, key: str, number: int) -> None:
    page.keyboard.press(key)
    expect(page.locator(".criterion-read")).to_have_count(number)
    page.wait_for_timeout(350)  # keys that come faster belong to what was in view before


def test_five_criteria_are_judged_and_what_is_composed_is_approved_by_keyboard_alone(demo: Demo) -> None:
    draft = _hand_in(demo)
    window = demo.window(COORDINATOR)
    page = window.open(f"/desk/drafts/{draft}")
    page.mouse.move(0, 0)
    expect(page.locator(".criterion")).to_have_count(5)
    began = time.monotonic()
    window.key("i")
    expect(page.locator("#criterion-1")).to_be_focused()
    _say(page, "m", 1)
    expect(page.locator(".points > .point").first).to_be_visible()
    assert page.evaluate(MARK, "twelve neighbours")
    _say(page, "p", 2)
    _say(page, "m", 3)
    _say(page, "l", 4)
    _say(page, "m", 5)
    took = time.monotonic() - began
    assert took < 40
    assert 1 <= page.locator(".points > .point").count() <= 3
    assert window.axe() == []
    window.key("y")
    expect(page.locator(f'[data-draft="{draft}"]')).to_have_count(0)
    assert window.wrong == []
    with demo.house.sessions.reading() as session:
        row = session.get_one(DraftRow, draft)
        assert row.state in (DraftState.APPROVED, DraftState.RELEASED)
        rows = session.scalars(select(CriterionReadingRow).where(CriterionReadingRow.draft_id == draft)).all()
        read = {one.criterion: one for one in rows}
        text = session.get_one(Revision, row.revision_id).text
        points = session.scalars(select(PointRow).where(PointRow.draft_id == draft)).all()
        assert session.get_one(Submission, row.submission_id).external_id == "bread-1"
    said = {key: one.standing.value for key, one in read.items()}
    assert said == {"who": "met", "when": "partly", "cost": "met", "risk": "not_yet", "after": "met"}
    assert text[read["when"].start : read["when"].end] == "twelve neighbours"
    assert {"risk", "when"} <= {point.criterion for point in points}
    assert "risk" in {point.criterion for point in points if point.composed}


def test_a_verdict_key_opens_nothing_else_and_a_button_does_the_same_by_touch(demo: Demo) -> None:
    draft = _hand_in(demo)
    window = demo.window(COORDINATOR, has_touch=True, viewport={"width": 390, "height": 800})
    page = window.open(f"/desk/drafts/{draft}")
    page.locator("label:has(#side-said)").tap()
    page.locator("#criterion-1 [data-verdict=m]").tap()
    expect(page.locator("#criterion-1.criterion-read")).to_have_count(1)
    expect(page.locator("#criterion-2")).to_be_focused()
    page.locator("#criterion-1 button", has_text="Take it back").tap()
    expect(page.locator(".criterion-read")).to_have_count(0)
    assert window.wrong == []
