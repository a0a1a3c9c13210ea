"""Whatever people write into any field, no page runs it, asks elsewhere for it, or breaks under it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.browser.people import COORDINATOR, LEARNER, Demo, Window
from tests.journeys.browser.walking import walk

HOSTILE = (
    "<script>window.pwned = 1</script><img src=https://evil.example/a.png onerror=window.pwned=1>",
    "\"'><svg/onload=window.pwned=1>",
    "{{ 7*7 }}${7*7}#{7*7}{% raw %}",
    "javascript:window.pwned=1//",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    '<a hx-get="https://evil.example" hx-trigger="load" data-hx-get="/sign-out">x</a>',
    "\u202eevil\u202c \u0627\u0644\u0633\u0644\u0627\u0645 \u200b\ufeff Z\u0351\u036b\u0343\u036a\u0302\u036b",
    "A" * 400,
)
"""Scripts by every door, templates, styles, htmx's own attributes, marks of direction, and a word without an end."""

FIELDS = ":is(textarea, input[type=text], input[type=search], input:not([type])):visible"
MOST_PAGES, MOST_FORMS = 40, 30


def overfull(window: Window) -> bool:
    return bool(window.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


def nothing_happened(window: Window, where: str) -> list[str]:
    """What a hostile word brought about, if anything."""
    own = urlsplit(window.base).netloc
    found = [f"{where} asked {url}" for url in window.asked if urlsplit(url).netloc not in (own, "")]
    found += [f"{where} ran a script"] if window.page.evaluate("window.pwned") else []
    found += [f"{where} is broken in width"] if overfull(window) else []
    found += [f"{where} complains: {one}" for one in window.wrong if "Failed to load resource" not in one]
    return found


def send(window: Window, number: int, word: str) -> bool:
    """Put the word into every field of one form and send it; False where it has no field to write into."""
    window.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    form = window.page.locator("main form[method=post]").nth(number)
    fields = form.locator(FIELDS)
    there = fields.count()
    for place in range(there):
        fields.nth(place).fill(word, force=True)
    if there:
        form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
        window.page.wait_for_timeout(300)
    return there > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("person", "begin", "least"), [(COORDINATOR, "/desk", 8), (LEARNER, "/learn", 2)])
def test_hostile_words_in_every_field_do_nothing(demo: Demo, person: str, begin: str, least: int) -> None:
    window, found, sent = demo.window(person), [], 0
    addresses = [window.page.url for _ in walk(window, begin, most=MOST_PAGES)]
    for address in addresses:
        window.page.goto(address)
        for number in range(window.page.locator("main form[method=post]").count()):
            if sent < MOST_FORMS and send(window, number, HOSTILE[sent % len(HOSTILE)]):
                sent += 1
                found += nothing_happened(window, f"{urlsplit(address).path} form {number}")
                window.page.goto(address)
    for template in walk(window, begin, most=MOST_PAGES):  # and where the words are shown afterwards
        found += nothing_happened(window, template)
    assert found == []
    assert sent >= least


def test_a_learners_work_is_shown_letter_for_letter_and_runs_nothing(demo: Demo) -> None:
    text = "\n\n".join(HOSTILE)
    key = demo.key()
    body = {"challenge": "peer-observation", "person": "p-malte", "text": text}
    demo.house.expect(202, "PUT", "/v1/submissions/hostile-1", key, body)

    def ready() -> list[dict[str, str]]:
        drafts = demo.house.expect(200, "GET", "/v1/drafts?submission=hostile-1", key)["items"]
        return [one for one in drafts if one["state"] in ("ready", "to_judge", "stuck")]

    draft = demo.house.wait_for(ready)[0]["id"]
    window = demo.window(COORDINATOR)
    window.open(f"/desk/drafts/{draft}")
    shown = window.page.locator(".sheet").evaluate(
        "sheet => { const copy = sheet.cloneNode(true); copy.querySelectorAll('.pin').forEach(one => one.remove());"
        " return copy.textContent }"
    )
    assert shown.strip() == text.strip()
    expect(window.page.locator("h1")).to_be_visible()
    assert nothing_happened(window, "the draft") == []
