"""A coordinator sets accounts up by the pages, and a learner comes in with hers, through the provider and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser.conftest import serving
from tests.journeys.browser.people import COORDINATOR, LEARNER, Demo
from tests.stubs.provider import CLIENT, SECRET, providing


@pytest.fixture
def demo(_drafted_demo: Path, browser: Browser, tmp_path: Path) -> Iterator[Demo]:
    """The demonstration, on a machine that may ask a provider on the same one."""
    for house in serving(_drafted_demo, tmp_path, PEERLOOM_WEBHOOK_NETWORKS="127.0.0.1/32"):
        with Demo(house, browser) as one:
            yield one


def test_accounts_are_set_up_and_a_learner_comes_in_with_hers_and_leaves(demo: Demo) -> None:
    with providing() as provider:
        coordinator = demo.window(COORDINATOR)
        page = coordinator.open("/desk/settings")
        page.get_by_role("link", name="Accounts").click()
        page.get_by_label("What people call their account").fill("the school’s account")
        page.get_by_label("Issuer").fill(provider.url)
        page.get_by_label("Client id").fill(CLIENT)
        page.get_by_label("Client secret").fill(SECRET)
        page.get_by_label("Claim that holds the platform’s id of a person").fill("employee")
        page.get_by_label("The button stands on this installation’s sign-in page").check()
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".notice").first).to_have_text("Saved.")
        provider.redirect = page.locator("dd code").first.inner_text()
        page.get_by_role("button", name="Ask the provider whether it answers").click()
        expect(page.locator(".notice").first).to_contain_text("It answers")
        assert coordinator.axe() == []

        provider.account = {"sub": "a-1", "name": "Adaeze", "employee": LEARNER}
        learner = demo.window(None)
        learner.open("/learn/consents")
        assert learner.axe() == []
        learner.page.get_by_role("button", name="Sign in with the school’s account").click()
        expect(learner.page.get_by_role("heading", name="What I allow")).to_be_visible()
        learner.page.get_by_role("button", name="Sign out").click()
        learner.page.get_by_role("link", name="Sign out of the school’s account, too").click()
        learner.page.wait_for_url("**/sign-in")
        assert "/end" in provider.asked
        learner.open("/learn")
        expect(learner.page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert learner.wrong == []
        assert coordinator.wrong == []
