"""The learner's page in a frame on a platform's page: on a registered one only, and never the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browser.people import COORDINATOR, LEARNER, Demo


@pytest.fixture
def platform() -> Iterator[Callable[[str], str]]:
    """`platform(address)` is the address of a page of another site that shows `address` in a frame."""
    servers: list[HTTPServer] = []

    def page_with(address: str) -> str:
        frame = f"<iframe src='{address}' width=600 height=500></iframe>"
        html = f"<!doctype html><title>Course</title><h1>Our course</h1>{frame}"

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_: Any) -> None: ...

        servers.append(HTTPServer(("127.0.0.1", 0), Page))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield page_with
    for server in servers:
        server.shutdown()
        server.server_close()


def register(demo: Demo, key: str, *origins: str) -> None:
    """Have these sites allowed to frame the learner's pages."""
    there = demo.house.expect(200, "GET", "/v1/organization", key)
    wanted = {
        name: there[name] for name in ("name", "language", "undo_seconds", "model_budget_per_day") if name in there
    }
    demo.house.expect(200, "PUT", "/v1/organization", key, {**wanted, "embed_origins": list(origins)})


def frame_link(demo: Demo, key: str, person: str, path: str) -> str:
    asked = {"person": person, "embedded": True, "path": path}
    return str(demo.house.expect(201, "POST", "/v1/sign-in-links", key, asked)["url"])


def test_a_registered_platform_shows_the_learners_page_and_the_learner_acts_in_it(
    demo: Demo, platform: Callable[[str], str]
) -> None:
    key = demo.key()
    address = platform(frame_link(demo, key, LEARNER, "/learn"))
    register(demo, key, address)
    window = demo.window(None)
    window.page.goto(address)
    frame = window.page.frame_locator("iframe")
    frame.get_by_role("button", name="Sign in").click()
    expect(frame.get_by_role("heading", name="My learning")).to_be_visible()
    frame.get_by_role("link", name="What I allow").click()
    expect(frame.locator("h1")).not_to_have_text("My learning")
    frame.locator("main form[method=post] button").first.click()
    expect(frame.locator(".notice")).to_be_visible()


@pytest.mark.parametrize("who", ["nobody registered", "the desk"])
def test_no_other_site_and_no_other_page_is_framed(demo: Demo, platform: Callable[[str], str], who: str) -> None:
    key = demo.key()
    desk = who == "the desk"
    address = platform(frame_link(demo, key, COORDINATOR if desk else LEARNER, "/desk" if desk else "/learn"))
    if desk:
        register(demo, key, address)
    window = demo.window(None)
    window.page.goto(address)
    if desk:
        window.page.frame_locator("iframe").get_by_role("button", name="Sign in").click()
    for _ in range(100):
        window.page.wait_for_timeout(100)
        if any("frame-ancestors" in one for one in window.wrong):
            break
    else:
        pytest.fail(f"The browser says nothing of frame-ancestors: {window.wrong}")
    expect(window.page.frame_locator("iframe").locator("main")).to_have_count(0)
