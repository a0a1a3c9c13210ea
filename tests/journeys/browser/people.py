"""People of the demonstration, each in a browser of their own, signed in by a link as anybody is."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from service.actions.access import credentials, sign_in
from service.store import find
from service.store.tables import Organization, Person
from tests.journeys.house import House

FACILITATOR, COORDINATOR, LEARNER = "p-farida", "p-tomasz", "p-adaeze"
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
"""Of these rules, those that look at colours."""
_SCAN = """async only => {
    const bars = [...document.querySelectorAll('body *')].filter(one => getComputedStyle(one).position === 'sticky');
    for (const bar of bars) bar.style.position = 'static';
    try {
        return await axe.run(document, {runOnly: only, resultTypes: ['violations']});
    } finally {
        for (const bar of bars) bar.style.position = '';
    }
}"""


@dataclass
class Window:
    """One person's browser window. `asked` are all addresses it asked for, `wrong` what its console complained of."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def axe(self, *only: str) -> list[str]:
        """What axe-core finds wrong with the page as it is, by rule and place; but for what lies under a bar that
        sticks to an edge: it can be scrolled clear of it, as test_fit_for_all holds for all that can have the focus.
        `only`: rules by name, instead of all of them."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = self.page.evaluate(_SCAN, only or RULES)
        return [
            f"{violation['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


@dataclass
class Demo:
    """The service, and windows onto it. Every window is closed at the end."""

    house: House
    browser: Browser
    closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.house.port}"

    def window(self, person: str | None, **options: Any) -> Window:
        """A window of this person, who has just come in (of nobody: None). `options` are those of a browser context."""
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context: BrowserContext = self.browser.new_context(**options)
        self.closing.callback(context.close)
        window = Window(context.new_page(), self.base)
        window.page.set_default_timeout(15_000)
        window.page.on("request", lambda request: window.asked.append(request.url))
        window.page.on(
            "console", lambda message: window.wrong.append(message.text) if message.type == "error" else None
        )
        window.page.on("pageerror", lambda error: window.wrong.append(str(error)))
        if person is not None:
            window.open(self.link(person))
            window.page.get_by_role("button", name="Sign in").click()
            window.page.wait_for_url(lambda url: "/sign-in" not in url)
        return window

    def key(self) -> str:
        """The secret of a new platform's key."""
        with self.house.sessions.writing() as session:
            organization = session.scalars(select(Organization.id)).one()
            return credentials.issue_key(session, organization, name="platform", now=datetime.now(UTC))[1]

    def link(self, person: str, **wish: Any) -> str:
        """A sign-in link's path."""
        with self.house.sessions.writing() as session:
            organization = session.scalars(select(Organization.id)).one()
            row = find.one(session, Person, organization, person)
            made, secret = sign_in.invite(session, organization, row, by="operator", now=datetime.now(UTC), **wish)
        return f"/{'embed' if made.embedded else 'sign-in'}/{secret}"
