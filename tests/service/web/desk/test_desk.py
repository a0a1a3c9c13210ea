"""The desk's pages as a person uses them: filters, conflicts, hand-overs, and what is refused to whom."""

from __future__ import annotations

import pytest

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

FILTERS = "challenge=&group=&band=&days=&whose="


@on_both
def test_filters_that_ask_for_nothing_show_everything(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    assert "1 draft waits" in visitor.get(f"/desk?{FILTERS}").text
    assert visitor.get(f"/desk/next?{FILTERS}").path == f"/desk/drafts/{draft}"
    assert "Nothing waits here" in visitor.get("/desk?band=high").text


def test_the_queue_says_how_many_are_drafted_while_others_are_being_made(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    school.handed_in("amara-1")
    page = visitor.get("/desk").text
    assert "0 of 1 drafted" in page
    assert "Nothing waits for you yet" in page
    school.drafted("amara-2")
    assert "1 of 2 drafted. The rest comes here by itself." in visitor.get("/desk").text
    assert " drafted." not in visitor.get("/desk?state=ready").text
    school.drafted("amara-1")
    assert " drafted." not in visitor.get("/desk").text


@pytest.mark.parametrize("address", ["/desk?state=asleep", "/desk?days=-1", "/desk?after=x", "/desk?group=nowhere"])
def test_a_filter_that_is_none_is_told_as_a_page(school: School, address: str) -> None:
    page = signed_in(school, "lindiwe").get(address)
    assert page.status in (404, 422)
    assert "Nothing was changed" in page.text


def test_a_learner_is_shown_no_desk_and_a_facilitator_only_own_groups(school: School) -> None:
    draft = school.drafted()
    learner = signed_in(school, "amara")
    assert learner.get("/desk").status == 403
    assert learner.get(f"/desk/drafts/{draft}").status == 404
    school.platform.put("/v1/groups/elsewhere", json={"name": "Elsewhere"})
    roles = [{"role": "facilitator", "group": "elsewhere"}]
    school.platform.put("/v1/people/jun", json={"name": "Jun Sato", "roles": roles})
    other = signed_in(school, "jun")
    assert other.get(f"/desk/drafts/{draft}").status == 404
    assert "All done" in other.get("/desk").text


@on_both
def test_an_edit_of_a_draft_that_changed_meanwhile_shows_both_texts_and_stores_neither(school: School) -> None:
    draft = school.drafted()
    one, two = signed_in(school, "lindiwe"), signed_in(school, "mateo")
    seen, later = one.get(f"/desk/drafts/{draft}"), two.get(f"/desk/drafts/{draft}")
    action = next(part for part in seen.html.split('"') if part.endswith("/edit"))
    assert one.send(seen, action, text="Hers.").status == 200
    clash = two.send(later, action, text="His.")
    assert clash.status == 412
    assert "Hers." in clash.text
    assert "His." in clash.text
    mended = two.client.post(action, data={**clash.hidden(action), "text": "His.", "trail": ""}, follow_redirects=True)
    assert "His." in mended.text


def test_an_approval_is_of_the_text_that_was_seen(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    page = visitor.get(f"/desk/drafts/{draft}")
    action = f"/desk/drafts/{draft}/approve"
    other = {**page.hidden(action), "text_hash": "0" * 64}
    assert visitor.client.post(action, data=other).status_code == 412
    assert "All done" in visitor.send(page, action).text


def test_bad_forms_are_told_and_change_nothing(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    page = visitor.get(f"/desk/drafts/{draft}")
    seen = page.hidden(f"/desk/drafts/{draft}/points")
    for fields in (
        {"kind": "praise"},
        {"kind": "question", "text": "Who?", "quote": "not in there"},
        {"kind": "question"},
    ):
        answer = visitor.client.post(f"/desk/drafts/{draft}/points", data={**seen, **fields})
        assert answer.status_code == 422, fields
        assert "Nothing was changed" in answer.text
    assert visitor.get(f"/desk/drafts/{draft}").html.count("point-added") == 0


@on_both
def test_a_trail_leads_nowhere_else(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    page = visitor.get(f"/desk/drafts/{draft}?group=harbor&next=https://evil.example&skip={'0' * 32}")
    assert "evil.example" not in page.html
    assert "group=harbor" in page.html


def test_a_draft_that_was_skipped_comes_no_more_and_the_queue_says_when_it_is_done(school: School) -> None:
    draft = school.drafted()
    visitor = signed_in(school, "lindiwe")
    assert visitor.get(f"/desk/next?skip={draft}").path == "/desk"
    assert visitor.get("/desk/next").path == f"/desk/drafts/{draft}"


def test_whoever_opens_a_draft_is_seen_to_be_at_it_and_it_can_be_taken_over(school: School) -> None:
    draft = school.drafted()
    one, two = signed_in(school, "lindiwe"), signed_in(school, "mateo")
    mark = one.get(f"/desk/drafts/{draft}").csrf
    assert one.client.post(f"/desk/drafts/{draft}/open", headers={"X-CSRF": mark}).status_code == 204
    page = two.get(f"/desk/drafts/{draft}")
    assert "Lindiwe Dube is at this draft" in page.text
    assert two.client.post(f"/desk/drafts/{draft}/open", headers={"X-CSRF": page.csrf}).status_code == 409
    assert "is at this draft" not in two.send(page, f"/desk/drafts/{draft}/take-over").text
    assert "Mateo Ruiz is at it" in one.get("/desk").text
