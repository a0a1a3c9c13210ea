"""Questioned passages on the desk and over the API: quoted, decided on, closed by a new version."""

from __future__ import annotations

from pipelines.differing import DifferingText, differing
from service.actions.questioned import make
from service.store.tables import DocumentVersion, Revision, Submission
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/context/questioned"
SAYS = "A visit lasts 45 minutes."
WRITES = ("Our visits last 20 minutes each.", "A visit lasts twenty minutes <here>.")


def doubted(school: School, *documents: str) -> None:
    """Two people of two groups write another length than the handbook (or these), and a worker has found it."""
    school.platform.put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    body = {"name": "Noor Haddad", "roles": [{"role": "learner", "group": "year-9"}]}
    school.platform.put("/v1/people/noor", json=body)
    for document in documents or ("handbook",):
        school.platform.put(f"/v1/context/{document}", json={"title": document.title(), "text": SAYS})
    for person, text in zip(("amara", "noor"), WRITES, strict=True):
        wish = {"challenge": "peer-observation", "person": person, "text": text, "consents": {}}
        wish.pop("consents")
        assert school.platform.put(f"/v1/submissions/{person}-1", json=wish).status_code == 202
    with school.sessions.writing() as session:
        of = session.query(Revision, Submission).join(Submission, Submission.id == Revision.submission_id)
        work = [DifferingText(one.id, one.text, 0, sub.person_id, sub.group_id) for one, sub in of]
        versions = session.query(DocumentVersion).filter_by(text=SAYS).all()
        found = {one.document_id: differing([DifferingText(one.id, SAYS)], work) for one in versions}
        make.finish(session, school.organization, found, now=school.now())


@on_both
def test_both_texts_are_quoted_and_a_new_version_closes_what_was_to_be_changed(school: School) -> None:
    doubted(school)
    tomasz = signed_in(school, "tomasz")
    assert "1 passage to look at" in tomasz.get("/desk/context/handbook").text
    assert HERE in tomasz.get("/desk/context").html
    page = tomasz.get(HERE)
    assert all(text in page.text for text in (SAYS, *WRITES, "2 people in 2 groups wrote", "Which is right?"))
    assert "<here>" not in page.html
    (item,) = school.person("tomasz").get("/v1/questioned").json()["items"]
    form = tomasz.send(page, f"{HERE}/{item['id']}/to_change")
    assert form.path == "/desk/context/handbook/edit"
    assert "the passage in question" in form.text
    tomasz.send(
        form, "/desk/context/handbook", title="Handbook", text="A visit lasts 20 minutes.", kind="text/markdown"
    )
    assert "Nothing to look at" in tomasz.get(HERE).text
    assert SAYS in tomasz.get(HERE + "?view=changed").text


def test_what_is_fine_can_be_taken_back_and_a_facilitator_of_one_group_sees_nothing_of_it(school: School) -> None:
    doubted(school)
    lindiwe = signed_in(school, "lindiwe")
    (item,) = school.person("lindiwe").get("/v1/questioned").json()["items"]
    lindiwe.send(lindiwe.get(HERE), f"{HERE}/{item['id']}/fine")
    fine = lindiwe.get(HERE + "?view=fine")
    assert SAYS in fine.text
    assert "says Lindiwe Dube" in fine.text
    lindiwe.send(fine, f"{HERE}/{item['id']}/undo")
    assert SAYS in lindiwe.get(HERE).text
    mateo = signed_in(school, "mateo")
    assert "Nothing to look at" in mateo.get(HERE).text  # nobody shows their work, and one of the two is not his
    assert school.person("mateo").get("/v1/questioned").json()["items"] == []


@on_both
def test_over_the_api_it_is_decided_with_the_version_seen_and_kept_from_learners_and_platforms(school: School) -> None:
    doubted(school)
    tomasz = school.person("tomasz")
    (item,) = tomasz.get("/v1/questioned").json()["items"]
    there = f"/v1/questioned/{item['id']}/decide"
    assert tomasz.post(there, json={"act": "fine"}).status_code == 428
    assert tomasz.post(there, json={"act": "fine"}, headers={"If-Match": '"9"'}).status_code == 412
    seen = {"If-Match": f'"{item["version"]}"'}
    assert tomasz.post(there, json={"act": "nothing"}, headers=seen).status_code == 422
    done = tomasz.post(there, json={"act": "fine", "note": "Both are."}, headers=seen)
    assert (done.status_code, done.json()["state"], done.json()["note"]) == (200, "fine", "Both are.")
    assert tomasz.post("/v1/questioned/look").status_code == 202
    assert tomasz.get("/v1/questioned").json()["items"] == []
    for who in (school.person("amara"), school.platform):
        assert who.get("/v1/questioned").status_code == 403


def test_whose_words_stand_beside_a_passage_is_told_once_by_api_and_page(school: School) -> None:
    doubted(school)
    told = school.platform.get("/v1/people/amara/disclosures").json()["items"]
    tomasz = school.person("tomasz")
    (item,) = tomasz.get("/v1/questioned").json()["items"]
    signed_in(school, "tomasz").get(HERE)
    tomasz.post(
        f"/v1/questioned/{item['id']}/decide", json={"act": "fine"}, headers={"If-Match": f'"{item["version"]}"'}
    )
    for person in ("amara", "noor"):
        entries = school.platform.get(f"/v1/people/{person}/disclosures").json()["items"]
        assert [one["kind"] for one in entries if one not in told] == ["desk"]


def test_of_a_list_only_what_is_on_the_page_that_is_sent_is_told(school: School) -> None:
    doubted(school, "handbook", "visits")
    tomasz, told = school.person("tomasz"), []
    page = tomasz.get("/v1/questioned", params={"limit": 1}).json()
    for _ in range(2):
        told.append(len(school.platform.get("/v1/people/amara/disclosures").json()["items"]))
        if page["next"]:
            page = tomasz.get("/v1/questioned", params={"limit": 1, "cursor": page["next"]}).json()
    assert told == [1, 2]
