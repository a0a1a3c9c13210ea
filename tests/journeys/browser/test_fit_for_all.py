"""Every page is fit for people who do not see well, use no mouse, hold a phone, or have no script: axe-core's rules,
light and dark, at 320 and 1280 pixels; and, by script, what axe-core does not look at."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest

from tests.journeys.browser.people import COLOURS, COORDINATOR, FACILITATOR, LEARNER, Demo, Window
from tests.journeys.browser.walking import kinds, walk

PEOPLE = {COORDINATOR: "/desk", FACILITATOR: "/desk", LEARNER: "/learn"}
ALONE = ("/sign-in", "/nothing-here", f"/mail/{32 * '0'}.{43 * 'x'}")
BY_NAME = {
    COORDINATOR: (
        "/desk/pace",
        "/desk/context/observation-handbook/changes?version=2",
        "/desk/settings/keeping/erase?kind=person&id=p-joao",
    ),
    LEARNER: ("/learn/shown", "/learn/work/s-001/others"),
}
"""Pages that a link leads to only once there is something to see."""
TWICE = {"text": "We visit each other twice a term and write one question down before each visit.", "language": "en"}
ELSEWHERE = {"/sign-in/{secret}", "/sign-in", "/mail/{token}", "/desk/spot-checks/{id}/compared"}
"""Looked at below, as nobody; and what two readers must have judged first."""
ELSEWHERE |= {f"/sign-in/account/{{provider}}{step}" for step in ("", "/back", "/leave")}  # these lead on

OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .filter(one => !one.closest('.scrolls, pre, .unseen, .skip, dialog'))
  .slice(0, 5).map(one => one.outerHTML.slice(0, 160))"""
"""What reaches beyond the window's edge, and does not scroll by itself."""

BAR_ROWS = """() => Math.round((document.querySelector('.bar')?.clientHeight ?? 0) / 46)"""
"""How many rows of places the bar takes up; 46 pixels each."""

HIDDEN_FOCUS = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
  const { reached, before } = window;
  window.before = one;
  if (reached.has(one)) return one === before ? '' : null;  // a date has parts, each a stop
  reached.add(one);
  if (one === document.body || !box.width || one.closest('dialog')) return '';
  const style = getComputedStyle(one), seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  const x = Math.min(Math.max(box.left + Math.min(box.width, 24) / 2, 1), innerWidth - 1);
  const at = y => document.elementFromPoint(x, Math.min(Math.max(y, 1), innerHeight - 1));
  const top = at(box.top + Math.min(box.height, 24) / 2);
  const apart = found => found && !one.contains(found) && !found.contains(one);
  const tall = box.height > innerHeight / 2;  // of what fills the window, some has to be seen
  const covered = box.bottom < 0 || box.top > innerHeight || (apart(top) && !(tall && !apart(at(innerHeight / 2))));
  return !seen ? 'no focus to be seen: ' + one.outerHTML.slice(0, 120)
    : !covered ? ''
    : 'hidden by ' + (top ? top.outerHTML.slice(0, 80) : 'the edge') + ': ' + one.outerHTML.slice(0, 120) }"""
"""WCAG 2.2, 2.4.7 and 2.4.11: the focus is visible, and nothing lies over it. Null where it has been before: from there
it goes the same way again."""


def wrong_with(window: Window, where: str) -> list[str]:
    """What is wrong with the page as it is open."""
    found = []
    for width in (1280, 320):
        window.page.set_viewport_size({"width": width, "height": 900 if width > 400 else 640})
        for scheme in ("light", "dark"):
            window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            only = () if scheme == "light" else COLOURS  # nothing else is another in the dark
            found += [f"{where} {width} {scheme}: {one}" for one in window.axe(*only)]
    found += [f"{where} too wide at 320: {one}" for one in window.page.evaluate(OVERFLOWING)]
    window.page.set_viewport_size({"width": 1280, "height": 900})
    found += [f"{where} {rows} rows of places" for rows in [window.page.evaluate(BAR_ROWS)] if rows > 1]
    return found + [f"{where} {one}" for one in focus_troubles(window)]


def focus_troubles(window: Window, most: int = 40) -> list[str]:
    """Go through the page by Tab."""
    window.page.set_viewport_size({"width": 1280, "height": 900})
    window.page.evaluate("() => { document.activeElement?.blur(); window.reached = new Set(); window.before = null }")
    found = set()
    for _ in range(most):
        window.key("Tab")
        trouble = window.page.evaluate(HIDDEN_FOCUS)
        if trouble is None:
            break
        found.add(trouble)
    return sorted(found - {""})


def lived_in(demo: Demo) -> str:
    """Have some of everything there: spot checks (of all that is approved, since random numbers say which one in eight
    is drawn), a second version, a gallery, introductions, a decision that fits elsewhere, the same work twice.
    Gives the id of a draft on the last."""
    key = demo.key()
    house, name = demo.house, "observation-handbook"
    set_now = house.expect(200, "GET", "/v1/organization", key)
    del set_now["id"]
    house.expect(200, "PUT", "/v1/organization", key, {**set_now, "spot_check_every": 1})
    there = house.expect(200, "GET", f"/v1/context/{name}", key)
    text = there["text"] + "\n\nAgree on one question before each visit."
    house.expect(200, "PUT", f"/v1/context/{name}", key, {"title": there["title"], "text": text})
    token = house.expect(201, "POST", "/v1/tokens", key, {"person": COORDINATOR})["secret"]
    house.expect(202, "POST", "/v1/introductions/search", token, {})
    house.expect(202, "POST", "/v1/submissions/s-001/gallery", key)
    for what in ("introductions", "galleries"):
        house.wait_for(lambda what=what: house.expect(200, "GET", f"/v1/{what}", token)["items"])
    there = house.expect(200, "GET", "/v1/submissions/s-001", key)
    again = {**TWICE, "challenge": there["challenge"]}
    for number, person in enumerate((LEARNER, "p-joao")):
        twice = house.expect(202, "PUT", f"/v1/submissions/twice-{number}", key, {**again, "person": person})
    hook = {"name": "Course platform", "url": "https://courses.example.org/peerloom/" + "events-of-the-school-" * 3}
    endpoint = house.expect(201, "POST", "/v1/webhooks", key, hook)["id"]
    house.expect(201, "POST", f"/v1/webhooks/{endpoint}/test", key)
    draft = str(twice["draft"]["id"])
    house.wait_for(lambda: house.expect(200, "GET", f"/v1/drafts/{draft}", key)["state"] not in ("waiting", "drafting"))
    return draft


def reach(window: Window) -> None:
    """Where else the decision on a point fits."""
    window.open("/desk/next?state=ready")
    window.key("a")
    window.page.get_by_role("link", name="Where else does this fit?").first.click()
    window.page.wait_for_url("**/reach**")


def second_factor(demo: Demo) -> Iterator[tuple[Window, str]]:
    """Each page of a second factor, as it is open: setting it up, the codes to keep, and being asked for one."""
    window = demo.window(LEARNER)
    window.open("/safety")
    window.page.get_by_role("button", name="Set it up").click()
    window.page.wait_for_url("**/safety/second-factor")
    yield window, "/safety/second-factor"
    app = pyotp.TOTP(window.page.locator("code.breaks").inner_text().replace(" ", ""))
    window.page.get_by_label("Code").fill(app.now())
    window.page.get_by_role("button", name="Turn it on").click()
    window.page.get_by_role("heading", name="Recovery codes").wait_for()
    yield window, "recovery codes"
    other = demo.window(None)
    other.open(demo.link(LEARNER))
    other.page.get_by_role("button", name="Sign in").click()
    other.page.get_by_label("Code of your authenticator app").fill("12 34")
    yield other, "/sign-in/{secret}/code"


@pytest.mark.timeout(900)
def test_every_page_is_fit_for_all(demo: Demo) -> None:
    begins = {COORDINATOR: (f"/desk/drafts/{lived_in(demo)}/alike",)}
    found, seen = [], set[str]()
    for person, begin in PEOPLE.items():
        window = demo.window(person)
        for template in walk(window, begin, *BY_NAME.get(person, ()), *begins.get(person, ())):
            if template not in seen:
                seen.add(template)
                found += wrong_with(window, template)
    window = demo.window(COORDINATOR)
    reach(window)
    seen.add("/desk/drafts/{id}/points/{point}/reach")
    found += wrong_with(window, "reach")
    for window, where in second_factor(demo):
        seen.add(where)
        found += wrong_with(window, where)
    window = demo.window(None)
    for path in (*ALONE, demo.link(LEARNER)):
        window.open(path)
        found += wrong_with(window, path[:12])
    assert found == []
    assert {kind.template for kind in kinds()} - seen == ELSEWHERE
