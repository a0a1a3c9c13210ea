"""Sharing out what waits: on a page without any script, and by the API."""

from __future__ import annotations

from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/challenges/peer-observation/assign"


def test_a_coordinator_types_shares_looks_gives_and_takes_back(school: School) -> None:
    for number in range(3):
        school.drafted(f"amara-{number}", f"Plan {number}: we pair teachers across grades.")
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE)
    assert "Lindiwe Dube" in page.text
    shares = {"person": ["lindiwe", "mateo"], "weight": ["2", "1"]}
    looked = tomasz.send(page, HERE, **shares, do="look")
    assert "3 drafts would be given; nothing is yet." in looked.text
    assert signed_in(school, "lindiwe").get("/desk?whose=mine").text.count("Amara Okafor") == 0
    given = tomasz.send(looked, HERE, **shares, do="give")
    assert "Given. Each is told" in given.text
    assert "2 drafts" in signed_in(school, "lindiwe").get("/desk?whose=mine").text
    back = tomasz.send(given, f"{HERE}/take-back")
    assert "Taken back." in back.text
    assert "0 drafts" in signed_in(school, "lindiwe").get("/desk?whose=mine").text


def test_what_is_no_share_or_has_changed_since_is_said_on_the_page(school: School) -> None:
    school.drafted()
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE)
    wrong = tomasz.send(page, HERE, person=["lindiwe"], weight=["many"], do="look")
    assert (wrong.status, "“many” is no share" in wrong.text) == (422, True)
    looked = tomasz.send(page, HERE, person=["lindiwe"], weight=["1"], do="look")
    school.drafted("amara-2", "We visit each other on Tuesdays.")
    late = tomasz.send(looked, HERE, person=["lindiwe"], weight=["1"], do="give")
    assert "What waits has changed since you looked" in late.text
    assert signed_in(school, "mateo").get(HERE).status == 403


@on_both
def test_the_api_shows_first_then_gives_and_takes_back(school: School) -> None:
    school.drafted()
    tomasz, at = school.person("tomasz"), "/v1/challenges/peer-observation/assignment"
    asked = {"shares": [{"person": "mateo", "weight": 1}]}
    looked = tomasz.post(at, json=asked).json()
    assert (looked["given_at"], [one["gets"] for one in looked["shares"] if one["person"] == "mateo"]) == (None, [1])
    done = tomasz.post(at, json={**asked, "seen": looked["seen"]}).json()
    assert tomasz.post(at, json={**asked, "seen": looked["seen"]}).status_code == 412
    back = tomasz.post(f"{at}/take-back", json={"given_at": done["given_at"]})
    assert back.json() == {"taken_back": 1}
    assert school.person("lindiwe").post(at, json=asked).status_code == 403
