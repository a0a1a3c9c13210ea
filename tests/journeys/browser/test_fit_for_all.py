"""Every page is fit for people who do not see well, use no mouse, hold a phone, or have no script: axe-core's rules,
light and dark, at 320 and 1280 pixels; and, by script, what axe-core does not look at."""

from __future__ import annotations

import pytest

from tests.journeys.browser.people import COORDINATOR, FACILITATOR, LEARNER, Demo, Window
from tests.journeys.browser.walking import kinds, walk

PEOPLE = {COORDINATOR: "/desk", FACILITATOR: "/desk", LEARNER: "/learn"}
ALONE = ("/sign-in", "/nothing-here")
REACHED_OTHERWISE = {"/sign-in/{secret}"}
"""Looked at by name below, since no link leads there."""

OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .filter(one => !one.closest('.scrolls, pre, .unseen, .skip, dialog'))
  .slice(0, 5).map(one => one.outerHTML.slice(0, 160))"""
"""What reaches beyond the window's edge, and does not scroll by itself."""

HIDDEN_FOCUS = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || !box.width || one.closest('dialog')) return '';
  const style = getComputedStyle(one), seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  const x = Math.min(Math.max(box.left + Math.min(box.width, 24) / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 24) / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const covered = box.bottom < 0 || box.top > innerHeight || (top && !one.contains(top) && !top.contains(one));
  return !seen ? 'no focus to be seen: ' + one.outerHTML.slice(0, 120)
    : !covered ? ''
    : 'hidden by ' + (top ? top.outerHTML.slice(0, 80) : 'the edge') + ': ' + one.outerHTML.slice(0, 120) }"""
"""WCAG 2.2, 2.4.7 and 2.4.11: the focus is visible, and nothing lies over it."""


def wrong_with(window: Window, where: str) -> list[str]:
    """What is wrong with the page as it is open."""
    found = []
    for width in (1280, 320):
        window.page.set_viewport_size({"width": width, "height": 900 if width > 400 else 640})
        for scheme in ("light", "dark"):
            window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{where} {width} {scheme}: {one}" for one in window.axe()]
    found += [f"{where} too wide at 320: {one}" for one in window.page.evaluate(OVERFLOWING)]
    return found + [f"{where} {one}" for one in focus_troubles(window)]


def focus_troubles(window: Window, most: int = 40) -> list[str]:
    """Go through the page by Tab."""
    window.page.set_viewport_size({"width": 1280, "height": 900})
    window.page.evaluate("document.activeElement?.blur()")
    found = set()
    for _ in range(most):
        window.key("Tab")
        found.add(window.page.evaluate(HIDDEN_FOCUS))
    return sorted(found - {""})


@pytest.mark.timeout(900)
def test_every_page_is_fit_for_all(shown: Demo) -> None:
    found, seen = [], set[str]()
    for person, begin in PEOPLE.items():
        window = shown.window(person)
        for template in walk(window, begin):
            if template not in seen:
                seen.add(template)
                found += wrong_with(window, template)
    window = shown.window(None)
    for path in (*ALONE, shown.link(LEARNER)):
        window.open(path)
        found += wrong_with(window, path[:12])
    assert found == []
    assert {kind.template for kind in kinds()} - seen - REACHED_OTHERWISE - {"/sign-in"} == set()
