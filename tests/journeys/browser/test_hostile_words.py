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

FIELDS = "main textarea:visible, main input[type=text]:visible, main input:not([type]):visible"
MOST_PAGES = 40


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


def fill(window: Window, word: str) -> int:
    """Put the word into every field of the page, opening what is closed; how many there were."""
    window.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    fields = window.page.locator(FIELDS)
    for number in range(fields.count()):
        fields.nth(number).fill(word, force=True)
    return fields.count()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("person", "begin"), [(COORDINATOR, "/desk"), (LEARNER, "/learn")])
def test_hostile_words_in_every_field_do_nothing(demo: Demo, person: str, begin: str) -> None:
    window, found, forms = demo.window(person), [], 0
    pages = list(walk(window, begin, most=MOST_PAGES))
    addresses = dict.fromkeys(window.asked)
    for address in [one for one in addresses if "/static/" not in one and "/pulse" not in one][: len(pages) + 10]:
        answer = window.page.goto(address)
        if answer is None or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        for form in range(window.page.locator("main form[method=post]").count()):
            window.page.goto(address)
            word = HOSTILE[forms % len(HOSTILE)]
            one = window.page.locator("main form[method=post]").nth(form)
            if not fill(window, word) or one.locator(FIELDS).count() == 0:
                continue
            one.evaluate("form => HTMLFormElement.prototype.requestSubmit.call(form)")
            window.page.wait_for_timeout(250)
            forms += 1
            found += nothing_happened(window, f"{urlsplit(address).path} form {form}")
    for template in walk(window, begin, most=MOST_PAGES):  # and where the words are shown afterwards
        found += nothing_happened(window, template)
    assert found == []
    assert forms >= 4


def test_a_learners_work_is_shown_letter_for_letter_and_runs_nothing(demo: Demo) -> None:
    text = "\n\n".join(HOSTILE)
    key = demo.key()
    body = {"challenge": "peer-observation", "person": "p-malte", "text": text}
    demo.house.expect(202, "PUT", "/v1/submissions/hostile-1", key, body)

    def ready() -> list[dict[str, str]]:
        drafts = demo.house.expect(200, "GET", "/v1/drafts?submission=hostile-1", key)["items"]
        return [one for one in drafts if one["state"] in ("ready", "stuck")]

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
