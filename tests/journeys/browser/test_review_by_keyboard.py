"""Twenty drafts of the demonstration, reviewed with nothing but the keyboard, as a facilitator does it on a morning.

The time it takes is printed, not judged: it is the machine's, since nothing here reads.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from service.domain.drafts import DraftState
from service.store.tables import Decision, DraftRow, PointRow, PointState, Release
from tests.journeys.browser.people import COORDINATOR, Demo, Window

TWENTY = 20
GLANCE = 350
"""Milliseconds. Keys that come faster belong to what was in view before."""


@pytest.fixture
def demo(demo_again: Demo) -> Demo:
    return demo_again


def here(page: Page) -> str:
    return page.locator("[data-draft]").get_attribute("data-draft") or ""


def state(page: Page) -> str:
    return page.locator(".facts .tag").inner_text()


def gone_from(window: Window, draft: str) -> None:
    """Wait until another draft, or the queue, is there, and for as long as a person takes to see that it is."""
    expect(window.page.locator(f'[data-draft="{draft}"]')).to_have_count(0)
    expect(window.page.locator("main h1")).to_be_visible()
    window.page.wait_for_timeout(GLANCE)


def decided(window: Window) -> int:
    return window.page.locator(".point:not(.point-proposed)").count()


def on_a_point(window: Window, key: str, *then: str) -> None:
    """A key that decides on the current point, and what must be typed after it."""
    before = decided(window)
    window.key(key)
    for one in then:
        if len(one) > 1 and one not in ("Enter", "Control+Enter", "Control+a", "Backspace"):
            window.page.keyboard.type(one)
        else:
            window.key(one)
    expect(window.page.locator(".point:not(.point-proposed)")).to_have_count(before + 1)
    window.page.wait_for_timeout(GLANCE)


def write_by_hand(window: Window) -> None:
    window.key("w")
    expect(window.page.locator(".facts .tag")).to_have_text("waits for you")
    window.page.locator("#add-text").wait_for()
    if not window.page.locator("#add-text").evaluate("field => field === document.activeElement"):
        window.key("n") if not window.page.locator("details.add[open]").count() else window.page.focus("#add-text")
    window.page.keyboard.type("Say who writes down what you hear.")
    window.key("Control+Enter")
    expect(window.page.locator(".point-added")).to_have_count(1)
    expect(window.page.locator("#add-text")).to_have_value("")
    window.page.wait_for_timeout(GLANCE)


def judge_first(window: Window) -> None:
    """Say how it stands on each criterion; where nothing can be composed from that, write a point."""
    page = window.page
    for number in range(page.locator(".criterion").count()):
        window.key("l" if number == 1 else "m")
        expect(page.locator(".criterion-read")).to_have_count(number + 1)
        page.wait_for_timeout(GLANCE)
    if not page.locator(".points > .point").count():
        window.key("n")
        page.keyboard.type("Say who writes down what you hear.")
        window.key("Control+Enter")
        expect(page.locator(".point-added")).to_have_count(1)
        page.wait_for_timeout(GLANCE)


def review(window: Window, number: int) -> str:
    """One draft, decided on as its turn says; what was done."""
    page, draft = window.page, here(window.page)
    if state(page) == "waits to be judged":
        judge_first(window)
        window.key("y")
        gone_from(window, draft)
        return "judged"
    if state(page) == "needs a person":
        write_by_hand(window)
        window.key("y")
        gone_from(window, draft)
        return "written"
    if number % 7 == 3:
        window.key("x", "Enter")
        gone_from(window, draft)
        return "declined"
    for turn in range(page.locator(".point-proposed").count()):
        match (number + turn) % 4:
            case 1:
                on_a_point(window, "e", " Which one?", "Control+Enter")
            case 2:
                on_a_point(window, "d", "3", "Enter")
            case _:
                on_a_point(window, "a")
    window.key("y")
    if not page.locator(".points > .point:not(.point-dismissed)").count() and not page.locator(".summary-text").count():
        return "nothing"
    gone_from(window, draft)
    return "approved"


@pytest.mark.timeout(300)
def test_twenty_drafts_are_decided_on_by_keyboard_alone(
    demo: Demo, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    window = demo.window(COORDINATOR)
    window.page.mouse.move(0, 0)
    began, done = time.monotonic(), Counter[str]()
    for queue, count in (("/desk?state=ready", TWENTY - 12), ("/desk?by_hand=1", 12)):
        window.open(queue)
        window.key("y")
        window.page.wait_for_url("**/desk/drafts/**")
        window.page.wait_for_timeout(GLANCE)
        for number in range(count):
            done[review(window, number)] += 1
    minutes = (time.monotonic() - began) / 60
    assert sum(done.values()) == TWENTY
    assert done["written"] + done["judged"] == 12
    assert done["judged"] >= 1
    assert done["declined"] >= 1
    assert window.wrong == []
    with demo.house.sessions.reading() as session:
        acts = Counter(session.scalars(select(Decision.act).where(Decision.at > func.datetime("now", "-10 minutes"))))
        by_hand = session.scalar(select(func.count()).where(PointRow.state == PointState.EDITED))
    assert acts["approve"] == done["written"] + done["judged"] + done["approved"]
    assert acts["edit"] >= 2
    assert acts["dismiss"] >= 2
    assert by_hand
    pace = (
        f"{sum(acts.values())} decisions on {TWENTY} drafts, {sum(acts.values()) / minutes:.0f} a minute: {dict(done)}"
    )
    record_property("pace", pace)
    with capsys.disabled():
        sys.stdout.write(f"\n{pace}\n")


def test_an_approval_is_undone_by_a_key_as_long_as_it_says_so(demo: Demo) -> None:
    window = demo.window(COORDINATOR)
    window.open("/desk/next?state=ready")
    draft = here(window.page)
    window.key("y")
    gone_from(window, draft)
    expect(window.page.locator("[data-done]")).to_contain_text("it is released in")
    window.key("u")
    window.page.wait_for_url(f"**/desk/drafts/{draft}**")
    expect(window.page.locator(".facts .tag")).to_have_text("waits for you")
    with demo.house.sessions.reading() as session:
        assert session.get_one(DraftRow, draft).state is DraftState.READY
        assert session.scalar(select(func.count()).where(Release.draft_id == draft)) == 0


def test_two_windows_of_one_person_on_one_draft_show_both_texts_and_lose_neither(demo: Demo) -> None:
    first, second = demo.window(COORDINATOR), demo.window(COORDINATOR)
    first.open("/desk/next?state=ready")
    draft = here(first.page)
    second.open(f"/desk/drafts/{draft}")
    second.key("e")
    second.page.keyboard.type(" Mine.")
    on_a_point(first, "e", " Theirs.", "Control+Enter")
    second.key("Control+Enter")
    expect(second.page.locator("h1")).to_have_text("You have changed this since this page was shown")
    expect(second.page.locator(".side-by-side")).to_contain_text("Theirs.")
    expect(second.page.locator("#typed")).to_contain_text("Mine.")
    second.page.get_by_role("button", name="Do mine on what stands now").click()
    expect(second.page.locator("#point-1 .point-text")).to_contain_text("Mine.")
    expect(first.page.locator("#point-1 .point-text")).to_contain_text("Mine.")  # shown there by itself


def test_what_is_typed_survives_a_lost_connection_and_is_sent_when_it_is_back(demo: Demo) -> None:
    window = demo.window(COORDINATOR)
    window.open("/desk/next?state=ready")
    window.key("e")
    window.page.keyboard.type(" And by when?")
    window.page.context.set_offline(True)
    window.key("Control+Enter")
    expect(window.page.locator("#connection")).to_contain_text("The server does not answer")
    expect(window.page.locator("#point-1 textarea")).to_have_value(with_more(window, " And by when?"))
    window.page.context.set_offline(False)
    expect(window.page.locator("#connection")).to_contain_text("answers again")
    window.page.reload()
    expect(window.page.locator("#point-1 textarea")).to_have_value(with_more(window, " And by when?"))
    expect(window.page.locator("#point-1 [data-kept]")).to_be_visible()
    window.page.locator("#point-1 textarea").focus()
    window.key("Control+Enter")
    expect(window.page.locator("#point-1 .point-text")).to_contain_text("And by when?")


def with_more(window: Window, more: str) -> str:
    """What the point says, and what was typed behind it."""
    return window.page.locator("#point-1 .point-text").inner_text() + more


def test_a_draft_that_somebody_else_opened_is_seen_to_be_taken_and_can_be_taken_over(demo: Demo) -> None:
    first, second = demo.window(COORDINATOR), demo.window("p-marit")
    second.open("/desk/next?state=ready")
    draft = here(second.page)
    second.page.wait_for_timeout(300)
    first.open(f"/desk/drafts/{draft}")
    expect(first.page.locator("#claim")).to_contain_text("Marit Solvang is at this draft")
    first.key("a")
    expect(first.page.locator("main")).to_contain_text("Marit Solvang is at this draft")
    first.open(f"/desk/drafts/{draft}")
    first.key("t")
    expect(first.page.locator("#claim")).to_have_count(0)
    expect(second.page.locator("#claim")).to_contain_text("Tomasz Więckowski is at this draft")


def test_the_queue_shows_by_itself_what_others_do(demo: Demo) -> None:
    watching, working = demo.window(COORDINATOR), demo.window("p-marit")
    watching.open("/desk")
    before = int(watching.page.locator("h1").inner_text().split()[0])
    working.open("/desk/next?state=ready")
    expect(watching.page.locator(".queue")).to_contain_text("Marit Solvang is at it")
    working.key("y")
    expect(watching.page.locator("h1")).to_contain_text(f"{before - 1} drafts wait")


def test_single_keys_can_be_switched_off_and_help_says_what_they_are(demo: Demo) -> None:
    window = demo.window(COORDINATOR)
    window.open("/desk/next?state=ready")
    draft = here(window.page)
    window.key("?")
    expect(window.page.get_by_role("dialog")).to_be_visible()
    window.page.get_by_role("switch").press("Space")
    window.key("Escape")
    window.key("y", "x", "a")
    window.page.wait_for_timeout(300)
    assert here(window.page) == draft
    assert decided(window) == 0
    expect(window.page.locator("details.opens[open]")).to_have_count(0)


def test_a_key_leads_to_the_search_and_is_a_letter_where_words_are_typed(demo: Demo) -> None:
    window = demo.window(COORDINATOR)
    window.open("/desk/goals")
    window.key("/")
    expect(window.page.locator("#q")).to_be_focused()
    window.page.keyboard.type("to/day")
    expect(window.page.locator("#q")).to_have_value("to/day")
    window.open("/desk/next?state=ready")
    window.key("n")
    window.page.keyboard.type("and/or")
    expect(window.page.locator("#add-text")).to_have_value("and/or")
    assert window.wrong == []
