"""The pages of a challenge's overview, read without a script: from nothing handed in to a second reader's judgement."""

from __future__ import annotations

import pytest

from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import School, on_both
from tests.service.web.overview.test_overview import approve, drawn_one_in

HERE = "/desk/challenges/peer-observation"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def mateo(school: School) -> Visitor:
    return signed_in(school, "mateo")


def test_where_nothing_was_handed_in_each_page_says_so(mateo: Visitor) -> None:
    listed = mateo.get("/desk/challenges")
    assert 'href="/desk/challenges/peer-observation"' in listed.html
    assert "1 not handed in yet" in listed.text
    page = mateo.get(HERE)
    assert page.status == 200
    assert "Of 1 learner, 0 handed in" in page.text
    assert "Nothing was handed in yet." in page.text
    assert "No solution to place yet" in mateo.get(f"{HERE}/solutions").text
    decisions = mateo.get(f"{HERE}/decisions").text
    assert "Nobody has decided on a drafted point yet." in decisions
    assert "Nothing to compare yet" in decisions


def test_one_submission_and_its_approval_are_seen_on_every_page(school: School, mateo: Visitor) -> None:
    draft = school.drafted()
    assert "1 draft to decide on" in mateo.get("/desk/challenges").text
    page = mateo.get(HERE)
    assert f'<a href="/desk/drafts/{draft}"><bdi>Amara Okafor</bdi></a>' in page.html
    assert "1 piece of work waits still" in page.text
    assert 'role="img" aria-label="How far everybody is: waiting for an answer 1"' in page.html
    solutions = mateo.get(f"{HERE}/solutions")
    assert "do not part clearly enough" in solutions.text
    assert f'href="/desk/drafts/{draft}"' in solutions.html
    approve(school.person("lindiwe"), draft)
    decisions = mateo.get(f"{HERE}/decisions").text
    assert "2 kept as drafted" in decisions
    assert "1 met" in mateo.get(HERE).text


def test_a_group_is_chosen_by_a_form_and_stays_chosen_from_page_to_page(school: School) -> None:
    lindiwe = signed_in(school, "lindiwe")
    school.drafted()
    page = lindiwe.get(f"{HERE}?group=year-8")
    assert '<option value="year-8" selected>Year 8</option>' in page.html
    assert f'href="{HERE}/solutions?group=year-8"' in page.html
    assert "Of 1 learner, 1 handed in" in page.text
    assert lindiwe.get(f"{HERE}?group=").status == 200  # as the form sends it for all groups
    assert lindiwe.get(f"{HERE}?group=nowhere").status == 404
    assert signed_in(school, "amara").get(HERE).status == 403


def draw(coordinator: Visitor, every: str) -> Page:
    """Set on the page of settings how many approved drafts are drawn."""
    page = coordinator.get("/desk/settings")
    return coordinator.send(page, "/desk/settings", name="Harbor", language="en", spot_check_every=every)


@on_both
def test_a_second_reader_judges_without_being_told_and_then_sees_both(school: School, mateo: Visitor) -> None:
    draft, tomasz = school.drafted(), signed_in(school, "tomasz")
    assert 'id="spot_check_every-error"' in draw(tomasz, "257").html
    draw(tomasz, "1")
    assert "Nothing waits for you" in mateo.get("/desk/spot-checks").text
    approve(school.person("lindiwe"), draft)
    draw(tomasz, "0")
    assert "Spot checks are switched off" in mateo.get("/desk/spot-checks").text
    draw(tomasz, "1")
    assert "1 piece of work waits for your second pair of eyes" in mateo.get("/desk/challenges").text
    here = f"/desk/spot-checks/{draft}"
    page = mateo.get(here)
    assert "We pair teachers across grades" in page.text
    for told in ("Amara", "Lindiwe", "Pairs make this doable", "Who is clear."):
        assert told not in page.text
    fields: dict[str, str | list[str]] = {
        "key": ["k1", "k2"],
        "judged": ["met", ""],
        "whole": "not_yet",
        "note": HOSTILE,
    }
    done = mateo.send(page, here, **fields)
    assert (done.status, done.path) == (200, f"{here}/compared")
    assert "Lindiwe Dube" in done.text
    assert "Names who and when. met met the same" in done.text
    assert "The work as a whole partly not yet not the same" in done.text
    assert "<script>alert" not in done.html
    assert "<img" not in done.html
    assert mateo.get(here).status == 409
    assert "1 was read so far" in mateo.get(f"{HERE}/decisions").text
    assert signed_in(school, "lindiwe").get(f"{here}/compared").status == 404


def test_a_judgement_of_nothing_is_refused_in_words(school: School, mateo: Visitor) -> None:
    draft = school.drafted()
    approve(school.person("lindiwe"), draft)
    drawn_one_in(school, 1)
    here = f"/desk/spot-checks/{draft}"
    refused = mateo.send(mateo.get(here), here, judged=["", ""])
    assert refused.status == 422
    assert "Say how the work stands" in refused.text


def test_ones_own_pace_is_known_once_a_draft_was_opened_at_the_desk(school: School, mateo: Visitor) -> None:
    assert "None of your approvals" in mateo.get("/desk/pace").text
    draft = school.drafted(text="We pair teachers across grades. " * 200)
    page = mateo.get(f"/desk/drafts/{draft}")
    opened = mateo.client.post(f"/desk/drafts/{draft}/open", data={"csrf": page.csrf})
    assert opened.status_code == 204, opened.text
    approve(school.person("mateo"), draft)
    pace = mateo.get("/desk/pace").text
    assert "Of your last 1 approval, 1 came sooner" in pace
    assert "Nothing needs to be done." in pace
    assert "None of your approvals" in signed_in(school, "lindiwe").get("/desk/pace").text


def test_words_of_learners_and_platforms_stay_words(school: School, mateo: Visitor) -> None:
    body = {"title": HOSTILE, "prompt": HOSTILE, "criteria": [{"id": "k1", "text": HOSTILE}]}
    assert school.platform.put("/v1/challenges/peer-observation", json=body).status_code == 200
    roles = [{"role": "learner", "group": "year-8"}]
    assert school.platform.put("/v1/people/amara", json={"name": HOSTILE, "roles": roles}).status_code == 200
    draft = school.drafted(text=f"{HOSTILE} We pair teachers.")
    drawn_one_in(school, 1)
    approve(school.person("lindiwe"), draft)
    paths = ["/desk/challenges", HERE, f"{HERE}/solutions", f"{HERE}/decisions", f"/desk/spot-checks/{draft}"]
    for path in (*paths, "/desk/spot-checks", "/desk/pace"):
        page = mateo.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.html, path
        assert "<img" not in page.html, path
