"""The challenge editor: criteria without a script, a preview, stale drafts said beforehand, two who edit."""

from __future__ import annotations

from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import School, on_both

EDIT = "/desk/challenges/peer-observation/edit"
FORM: dict[str, str | list[str]] = {
    "title": "Peer observation",
    "prompt": "Plan how your team starts peer observation this term.",
    "reference": "Each pair names a question.",
    "key": ["k1", "k2"],
    "text": ["Names who and when.", "Says what to look for."],
    "question": ["", ""],
    "points": ["", ""],
    "peers": "after_attempt",
    "reach": "organization",
}


def sent(visitor: Visitor, page: Page, **fields: str | list[str]) -> Page:
    return visitor.send(page, EDIT, **{**FORM, "do": "save", **fields})


@on_both
def test_criteria_are_added_moved_and_taken_out_without_a_script_and_stored_on_saving(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    assert 'name="text" rows="2" dir="auto">\nNames who and when.' in page.html
    more = sent(tomasz, page, do="add")
    assert 'value="k3"' in more.html
    up = sent(tomasz, page, do="up:2")
    assert up.html.index("Says what to look for.") < up.html.index("Names who and when.")
    assert "Names who and when." not in sent(tomasz, page, do="out:1").html
    assert [c["id"] for c in stored(school)["criteria"]] == ["k1", "k2"]
    turned = {name: list(reversed(FORM[name])) for name in ("key", "text", "question", "points")}  # type: ignore[arg-type]
    sent(tomasz, page, **turned)
    assert [c["id"] for c in stored(school)["criteria"]] == ["k2", "k1"]


def stored(school: School) -> dict[str, object]:
    return school.platform.get("/v1/challenges/peer-observation").json()


def test_the_preview_says_how_many_drafts_become_stale_and_hides_the_reference(school: School) -> None:
    draft = school.drafted()
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    assert "1 draft waits on this challenge as it is" in page.text
    assert "No waiting draft becomes stale" in sent(tomasz, page, do="look", title="Another title").text
    look = sent(tomasz, page, do="look", prompt="Plan it anew.")
    assert "1 draft that waits would become stale" in look.text
    assert not school.platform.get(f"/v1/drafts/{draft}").json()["stale"]
    assert "Plan it anew" not in str(stored(school))
    sent(tomasz, page, prompt="Plan it anew.")
    assert school.platform.get(f"/v1/drafts/{draft}").json()["stale"]
    seen = tomasz.get("/desk/challenges/peer-observation/preview")
    assert "Plan it anew." in seen.text
    assert "Each pair names a question" not in seen.text


def test_two_who_edit_at_once_both_find_their_words(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    sent(tomasz, page, prompt="Theirs.")
    late = sent(tomasz, page, prompt="Mine.")
    assert late.status == 412
    assert "<del>Theirs</del><ins>Mine</ins>" in late.html
    assert stored(school)["prompt"] == "Theirs."
    assert sent(tomasz, late, prompt="Mine.").status == 200
    assert stored(school)["prompt"] == "Mine."


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    wrong = sent(
        tomasz, tomasz.get(EDIT), title="", prompt=" ", points=["many", ""], opened_at="soon", notes="<b>kept</b>"
    )
    assert wrong.status == 422
    assert {"title-error", "prompt-error"} <= {name for name in ("title-error", "prompt-error") if name in wrong.html}
    assert "Give a day and a time" in wrong.text
    assert "points: " in wrong.text
    assert "&lt;b&gt;kept&lt;/b&gt;" in wrong.html


def test_a_coordinator_of_some_groups_writes_challenges_for_these_only(school: School) -> None:
    school.platform.put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    noor = {"name": "Noor Aziz", "roles": [{"role": "coordinator", "group": "year-8"}]}
    school.platform.put("/v1/people/noor", json=noor)
    visitor = signed_in(school, "noor")
    assert visitor.get(EDIT).status == 403  # it is set to every group
    new = visitor.get("/desk/challenges/new")
    form = {**FORM, "id": "ours", "do": "save"}
    for groups in ([], ["year-9"], ["harbor"]):
        page = visitor.send(new, "/desk/challenges/new", **form, groups=groups)
        assert page.status == 403, groups
    assert visitor.send(new, "/desk/challenges/new", **form, groups=["year-8"]).path == "/desk/challenges/ours"
    assert visitor.get("/desk/challenges/ours/edit").status == 200
    body = {"title": "X", "prompt": "X", "groups": ["year-9"]}
    assert school.person("noor").put("/v1/challenges/ours", json=body).status_code == 403


def test_a_facilitator_looks_and_does_not_write_and_a_learner_does_neither(school: School) -> None:
    mateo, amara = signed_in(school, "mateo"), signed_in(school, "amara")
    assert mateo.get("/desk/challenges/peer-observation/preview").status == 200
    assert amara.get("/desk/challenges/peer-observation/preview").status == 403
    for visitor in (mateo, amara):
        assert visitor.get(EDIT).status == 403
        assert visitor.get("/desk/challenges/new").status == 403
    csrf = mateo.get("/desk/people").csrf
    for path in (EDIT, "/desk/challenges/new"):
        assert mateo.client.post(path, data={**FORM, "csrf": csrf, "do": "save", "id": "x"}).status_code == 403
