"""Pages and answers are compressed for whoever takes that, and files are kept for good by what is in them."""

from __future__ import annotations

import re

import httpx

from service.web.pages import rendering
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TRUSTED, School


def wire(client: httpx.Client, path: str, **headers: str) -> tuple[httpx.Response, int]:
    """The answer, and how many bytes of body came over the wire."""
    with client.stream("GET", path, headers=headers) as answer:
        raw = sum(map(len, answer.iter_raw()))
    return answer, raw


def test_a_page_and_its_files_are_compressed_for_a_browser_and_plain_for_whoever_asks_so(school: School) -> None:
    school.drafted()
    browser = signed_in(school, "lindiwe").client
    styles = rendering.static("base.css")
    for path in ("/desk", styles, "/openapi.json"):
        small, packed = wire(browser, path, **{"Accept-Encoding": "gzip"})
        large, plain = wire(browser, path, **{"Accept-Encoding": "identity"})
        assert small.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in large.headers
        assert "accept-encoding" in small.headers["vary"].casefold()
        assert packed * 2 < plain


def test_what_is_tiny_is_sent_as_it_is(school: School) -> None:
    answer, _ = wire(school.platform, "/health", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_every_file_of_a_page_is_kept_for_good_under_an_address_that_changes_with_it(school: School) -> None:
    page = signed_in(school, "lindiwe").get("/desk").html
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(files) > 3
    anybody = httpx.Client(base_url=school.url, verify=TRUSTED)
    for path in files:
        answer = anybody.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in anybody.get(files[0].partition("?")[0]).headers.get("cache-control", "")
    anybody.close()


def test_the_mark_in_forms_is_another_on_each_page_and_all_of_them_are_taken(school: School) -> None:
    mateo = signed_in(school, "mateo")
    marks = [mateo.get("/desk").csrf for _ in range(3)]
    assert len(set(marks)) == 3
    draft = school.drafted()
    for mark in marks:
        assert mateo.client.post(f"/desk/drafts/{draft}/open", headers={"X-CSRF": mark}).status_code in (200, 204)
    crossed = marks[0][:64] + marks[1][64:]
    for bad in (crossed, marks[0][64:], "0" * 128, marks[0].upper()[:-2] + "zz", ""):
        assert mateo.client.post(f"/desk/drafts/{draft}/open", headers={"X-CSRF": bad}).status_code == 403
