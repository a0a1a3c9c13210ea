"""Search in the desk's pages and by the API."""

from __future__ import annotations

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both


@on_both
def test_whoever_reviews_finds_work_by_words_on_the_page_and_by_the_api(school: School) -> None:
    school.drafted("amara-1", "We bring a <b>lantern</b> to each visit.")
    lindiwe = signed_in(school, "lindiwe")
    assert 'href="/search"' in lindiwe.get("/desk").html
    assert lindiwe.get("/desk").html.count('aria-keyshortcuts="/"') == 1, "one thing for one key"
    page = lindiwe.get("/search?q=lant")
    assert "Amara Okafor" in page.text
    assert "&lt;b&gt;<mark>lantern</mark>&lt;/b&gt;" in page.html
    found = school.person("lindiwe").get("/v1/search?q=lantern").json()["items"]
    assert [(one["kind"], one["id"]) for one in found] == [("work", "amara-1")]
    assert {"text": "lantern", "found": True} in found[0]["snippet"]
    assert lindiwe.get("/search?q=lantern&kind=person").text.count("Amara") == 0
    assert "/desk/learners/amara" in lindiwe.get("/search?q=amara+oka").html


def test_learners_search_nothing_and_a_page_leads_to_the_next(school: School) -> None:
    for number in range(22):
        school.handed_in(f"w-{number}", f"A lantern, number {number}.")
    assert signed_in(school, "amara").get("/search?q=lantern").status == 403
    lindiwe = signed_in(school, "lindiwe")
    first = lindiwe.get("/search?q=lantern")
    more = next(part for part in first.html.split('"') if part.startswith("/search?q=lantern&amp;before="))
    assert lindiwe.get(more.replace("&amp;", "&")).html.count("/desk/drafts/") == 2
    cut = school.platform.get("/v1/search?q=lantern&limit=20")
    assert cut.json()["next"]
    assert len(school.platform.get(cut.links["next"]["url"]).json()["items"]) == 2
