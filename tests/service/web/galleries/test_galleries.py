"""Galleries over HTTP and in the pages: asked for, approved, looked at, thanked for, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.actions.galleries import review
from service.store.tables import Gallery
from tests.service.actions.galleries.world import WORKS, machine
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

OTHERS = "/learn/work/amara-1/others"


@pytest.fixture
def quartet(school: School) -> School:
    """Three peers who share their work, and Amara, who has handed in hers."""
    for name in ("yusuf", "noor", "tiago"):
        body = {"name": name.title(), "roles": [{"role": "learner", "group": "year-8"}]}
        assert school.platform.put(f"/v1/people/{name}", json=body).status_code == 201
        school.platform.put(f"/v1/people/{name}/consents", json={"show_work": "without_name"})
        _hand_in(school, name)
    _hand_in(school, "amara")
    return school


def _hand_in(school: School, name: str) -> None:
    body = {"challenge": "peer-observation", "person": name, "text": WORKS[name]}
    assert school.platform.put(f"/v1/submissions/{name}-1", json=body).status_code == 202


def _asked_and_chosen(school: School) -> None:
    asked = school.person("amara").post("/v1/submissions/amara-1/gallery")
    assert asked.json()["stage"] == "waiting"
    _chosen(school)


def _chosen(school: School) -> None:
    with school.sessions.writing() as session:
        machine(session, now=school.now())


def _undo_window_over(school: School, id_: str) -> None:
    with school.sessions.writing() as session:
        assert review.show_due(session, id_, now=school.now() + timedelta(minutes=1))


@on_both
def test_a_learner_asks_and_compares_in_pages_after_a_facilitator_has_looked(quartet: School) -> None:
    amara, mateo, yusuf = (signed_in(quartet, name) for name in ("amara", "mateo", "yusuf"))
    page = amara.send(amara.get(OTHERS), f"{OTHERS}/ask")
    assert "On the way" in page.text
    _chosen(quartet)
    listing = mateo.get("/desk/galleries?state=ready")
    assert "asked for it" in listing.text
    with quartet.sessions.reading() as session:
        (row,) = session.query(Gallery).all()
    here = f"/desk/galleries/{row.id}"
    desk = mateo.get(here)
    assert "the nearest to the learner" in desk.text
    desk = mateo.send(desk, f"{here}/comparison", comparison="Which one begins with the students?")
    desk = mateo.send(desk, f"{here}/approve")
    assert "Approved" in desk.text
    _undo_window_over(quartet, row.id)
    page = amara.get(OTHERS)
    assert "Which one begins with the students?" in page.text
    assert WORKS["yusuf"] in page.text
    assert "Yusuf" not in page.text
    assert "the nearest to the learner" not in page.text
    page = amara.send(
        page,
        f"{OTHERS}/take-away",
        text="Ask the students first.",
        due_on=(quartet.now() + timedelta(days=7)).date().isoformat(),
    )
    assert "one of your next steps" in page.text
    page = amara.send(page, f"{OTHERS}/thanks")
    assert "You said thank you" in page.text
    assert "Shown to 1 person" in yusuf.get("/learn/shown").text
    quartet.platform.put("/v1/people/yusuf/consents", json={"show_work": "no"})
    page = amara.get(OTHERS)
    assert "No longer shared" in page.text
    assert WORKS["yusuf"] not in page.html
    assert WORKS["yusuf"] not in mateo.get(here).html
    for path in (here, "/desk/galleries", "/desk/challenges/peer-observation/gallery-policy"):
        assert amara.get(path).status in (403, 404), path
    assert yusuf.get(OTHERS).status == 404


@on_both
def test_a_rule_is_tried_out_before_it_is_saved(quartet: School) -> None:
    mateo = signed_in(quartet, "mateo")
    here = "/desk/challenges/peer-observation/gallery-policy"
    page = mateo.get("/desk/galleries?challenge=peer-observation")
    mateo.send(page, "/desk/challenges/peer-observation/galleries")
    _chosen(quartet)
    tried = mateo.get(f"{here}?try_out=true&weeks=3&automatic=true")
    assert "It would have shown 0 of" in tried.text
    assert "more recent than your rule allows" in tried.text
    assert "only tried out" in tried.text
    assert "Nothing is set yet" in mateo.get(here).text
    refused = mateo.send(mateo.get(here), here, automatic="true")
    assert refused.status == 422
    saved = mateo.send(mateo.get(here), here, automatic="true", question="Who begins where?")
    assert "Saved" in saved.text
    assert signed_in(quartet, "lindiwe").get("/desk/galleries?state=approved").text.count("approved") > 2


def test_every_act_that_is_told_as_possible_is_possible_by_api(quartet: School) -> None:
    _asked_and_chosen(quartet)
    mateo = quartet.person("mateo")
    path = f"/v1/galleries/{mateo.get('/v1/galleries').json()['items'][0]['id']}"

    def act(method: str, where: str, **body: object) -> tuple[int, dict[str, Any]]:
        match = {"If-Match": mateo.get(path).headers["ETag"]}
        answer = mateo.request(method, f"{path}/{where}", headers=match, **({"json": body} if body else {}))
        return answer.status_code, mateo.get(path).json()

    first = mateo.get(path).json()
    status, left = act("DELETE", f"works/{first['works'][0]['revision']}")
    assert (status, len(left["works"])) == (200, len(first["works"]) - 1)
    back = left["alternatives"][0]["revision"]
    status, swapped = act("PUT", f"works/{back}", instead_of=left["works"][-1]["revision"])
    assert (status, swapped["works"][-1]["revision"]) == (200, back)
    assert act("PUT", f"works/{back}")[0] == 422
    assert act("PUT", "comparison", text="Who begins where?")[1]["comparison"] == "Who begins where?"
    assert act("POST", "approve", seen=mateo.get(path).json()["text_hash"])[1]["state"] == "approved"
    assert act("POST", "undo")[1]["state"] == "ready"
    assert act("POST", "remake")[0] == 202
    assert mateo.post(f"{path}/undo").status_code == 428


def test_a_platform_shows_a_gallery_on_its_own_page(quartet: School) -> None:
    amara, mateo = quartet.person("amara"), quartet.person("mateo")
    assert amara.get("/v1/submissions/amara-1/gallery").json()["stage"] == "open"
    _asked_and_chosen(quartet)
    (one,) = mateo.get("/v1/galleries").json()["items"]
    path = f"/v1/galleries/{one['id']}"
    desk = mateo.get(path)
    seen, match = {"seen": desk.json()["text_hash"]}, {"If-Match": desk.headers["ETag"]}
    assert amara.post(f"{path}/approve", json=seen, headers=match).status_code == 404
    assert mateo.post(f"{path}/approve", json=seen, headers={"If-Match": '"99"'}).status_code == 412
    assert mateo.post(f"{path}/approve", json=seen, headers=match).json()["state"] == "approved"
    _undo_window_over(quartet, one["id"])
    shown = quartet.platform.get("/v1/submissions/amara-1/gallery").json()
    assert (shown["stage"], shown["approved_by"]) == ("shown", "Mateo Ruiz")
    thanks = {"item": shown["works"][0]["id"], "named": True}
    assert amara.post("/v1/submissions/amara-1/gallery/thanks", json=thanks).status_code == 201
    author = next(name for name, text in WORKS.items() if text == shown["works"][0]["text"])
    (own,) = quartet.person(author).get(f"/v1/people/{author}/shown-work").json()["items"]
    assert own["thanks"][0]["offers"]
    assert "Amara" not in str(own)
    assert quartet.person("mateo").get("/v1/submissions/amara-1/gallery").status_code == 404
