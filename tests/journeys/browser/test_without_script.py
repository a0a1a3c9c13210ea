"""The desk and the learner's page without JavaScript: the same links and forms, by reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser.people import COORDINATOR, LEARNER, Demo
from tests.journeys.browser.test_review_by_keyboard import here


def test_a_draft_is_edited_dismissed_added_to_approved_and_undone_without_a_script(demo: Demo) -> None:
    window = demo.window(COORDINATOR, java_script_enabled=False)
    page = window.open("/desk?state=ready")
    page.get_by_role("link", name="Begin").click()
    draft = here(page)
    expect(page.locator("kbd").first).to_be_hidden()
    first = page.locator("#point-1")
    first.get_by_text("Edit", exact=False).first.click()
    first.get_by_label("What it says instead").fill("By when will you have agreed on one question?")
    first.get_by_role("button", name="Save").click()
    expect(page.locator("#point-1 .point-text")).to_have_text("By when will you have agreed on one question?")
    page.locator("summary", has_text="Add a point of your own").click()
    page.get_by_label("What it says", exact=True).fill("Who writes down what you hear?")
    page.locator("details.add").get_by_role("button", name="Add", exact=True).click()
    added = page.locator(".point-added", has_text="Who writes down what you hear?")
    added.get_by_text("Dismiss", exact=False).first.click()
    added.get_by_label("True, but not useful now").check()
    added.get_by_role("button", name="Dismiss").last.click()
    expect(page.locator("details.dismissed")).to_contain_text("Who writes down what you hear?")
    page.get_by_role("button", name="Approve").click()
    assert here(page) != draft
    page.locator("[data-done]").get_by_role("button", name="Undo").click()
    assert here(page) == draft
    expect(page.locator(".facts .tag")).to_have_text("waits for you")


def test_filters_redrafts_and_hand_overs_work_without_a_script(demo: Demo) -> None:
    window = demo.window(COORDINATOR, java_script_enabled=False)
    page = window.open("/desk")
    page.get_by_label("Group").select_option("stonehythe")
    page.get_by_role("button", name="Show").click()
    assert "group=stonehythe" in page.url
    page.get_by_role("link", name="Begin").click()
    draft = here(page)
    page.locator("details.more > summary").click()
    page.locator("summary", has_text="Hand over").click()
    page.get_by_label("To whom?").select_option(label="Desmond Achterberg")
    page.locator("details", has_text="To whom?").locator("form button").click()
    colleague = demo.window("p-desmond", java_script_enabled=False)
    colleague.open("/desk?whose=mine")
    expect(colleague.page.locator(".queue")).to_contain_text("yours")
    assert draft in colleague.page.content()


def test_a_learner_hands_in_and_reads_without_a_script(demo: Demo) -> None:
    window = demo.window(LEARNER, java_script_enabled=False)
    page = window.open("/learn")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main a[href^='/learn/']").count() > 0
