"""A facilitator brings two learners together and prepares a meeting, each person in a browser of their own."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from service.store.tables import Introduction, Person
from tests.journeys.browser.people import COORDINATOR, FACILITATOR, Demo, Window

DESK, OWN = "/desk/introductions", "/learn/introductions"
STEP = "Send each other one question by Friday, then talk for fifteen minutes."


def looked_for(facilitator: Window) -> str:
    """Has introductions looked for in the facilitator's own group, waits for the first, and opens it: its id."""
    page = facilitator.open(DESK)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("It is being looked for")).to_be_visible()
    first = page.locator(f"main a[href^='{DESK}/']").first
    for _ in range(120):
        facilitator.open(DESK)
        if first.count():
            break
        page.wait_for_timeout(500)
    first.click()
    expect(page.get_by_role("heading", name="What they would read")).to_be_visible()
    return page.url.rsplit("/", 1)[-1]


def the_two(demo: Demo, one: str) -> tuple[Person, Person]:
    with demo.house.sessions.reading() as session:
        row = session.get_one(Introduction, one)
        return session.get_one(Person, row.first_id), session.get_one(Person, row.second_id)


def approve(page: Page) -> None:
    page.get_by_label("A small first step").fill(STEP)
    page.get_by_role("button", name="Keep changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Approve, and ask both").click()
    expect(page.get_by_text("are asked in a moment")).to_be_visible()


def asked(window: Window) -> Page:
    """Waits until the undo window has passed and the question stands on this learner's page."""
    page = window.open(OWN)
    question = page.get_by_role("button", name="Yes, introduce us")
    for _ in range(120):
        if question.count():
            return page
        page.wait_for_timeout(500)
        window.open(OWN)
    raise AssertionError("Nobody was asked within a minute of the approval.")


def test_two_learners_whom_a_facilitator_brings_together_find_each_other(demo: Demo) -> None:
    facilitator = demo.window(FACILITATOR)
    one = looked_for(facilitator)
    first, second = the_two(demo, one)
    approve(facilitator.page)
    here, there = demo.window(first.external_id), demo.window(second.external_id)
    page = asked(here)
    expect(page.get_by_role("heading", name=f"Would you like to meet {second.name}?")).to_be_visible()
    expect(page.get_by_text(STEP)).to_be_visible()
    page.get_by_role("button", name="Yes, introduce us").click()
    expect(page.get_by_role("heading", name="You said yes")).to_be_visible()
    before = asked(there)
    expect(before.get_by_role("heading", name="are introduced")).to_have_count(0)
    before.get_by_role("button", name="Yes, introduce us").click()
    expect(before.get_by_role("heading", name=f"You and {first.name} are introduced")).to_be_visible()
    here.open(OWN)
    expect(page.get_by_role("heading", name=f"You and {second.name} are introduced")).to_be_visible()
    page.locator("summary", has_text="Did you meet?").click()
    page.get_by_label("Yes", exact=True).first.check()
    page.get_by_label("Yes", exact=True).last.check()
    page.get_by_role("button", name="Tell").click()
    expect(page.get_by_text("You said that you met")).to_be_visible()
    facilitator.open(f"{DESK}?view=made")
    expect(facilitator.page.get_by_text("they have met")).to_be_visible()
    assert [*facilitator.wrong, *here.wrong, *there.wrong] == []


def test_a_meeting_is_prepared_from_the_challenge_to_the_printed_page(demo: Demo) -> None:
    window = demo.window(COORDINATOR)
    page = window.open("/desk/challenges/peer-observation")
    page.get_by_role("link", name=re.compile("Meeting|Brief")).first.click()
    for heading in ("Questions worth", "How it was gone about", "call on"):
        expect(page.get_by_role("heading", name=re.compile(heading)).first).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take it along as a file").click()
    written = taken.value.path().read_text("utf-8")
    for quotation in page.locator(".brief blockquote").all_inner_texts():
        assert quotation.split("\n")[0][:40] in written
    source = page.get_by_role("link", name=re.compile("^Open the work")).first
    source.click()
    page.wait_for_url("**/desk/drafts/*")
    page.go_back()
    expect(page.get_by_role("heading", name="People to call on")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".no-print").first).to_be_hidden()
    assert window.wrong == []
