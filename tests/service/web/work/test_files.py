"""Files go with work: sent, read, handed in, and opened by whoever may read the work, and by nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image

from service.actions.work import files
from service.store.tables import WorkFile
from service.web.services import Limits
from tests.service.files import made
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.test_errors import check

PLAN = made.pdf(["We pair teachers across grades.", "Each pair agrees on one question."])


@pytest.fixture
def school(serve: Callable[..., School]) -> School:
    return serve(limits=Limits(file=300_000)).founded("harbor").peopled()


def send(client: httpx.Client, data: bytes = PLAN, name: str = "plan.pdf", person: str = "amara", **more: Any) -> Any:
    return client.post(f"/v1/files?person={person}", files={"file": (name, data)}, **more)


def hand_in(client: httpx.Client, *sent: str, text: str = TEXT, name: str = "amara-1", person: str = "amara") -> Any:
    body = {"challenge": "peer-observation", "person": person, "text": text, "files": list(sent)}
    return client.put(f"/v1/submissions/{name}", json=body)


def test_a_file_is_read_handed_in_and_opened_by_those_who_may_read_the_work(school: School) -> None:
    sent = send(school.platform)
    assert sent.status_code == 201, sent.text
    body = sent.json()
    assert body["text"] == "We pair teachers across grades.\nEach pair agrees on one question."
    assert (body["kind"], body["pages"], body["remarks"]) == ("pdf", 1, [])
    handed = hand_in(school.platform, body["id"], text=body["text"])
    assert handed.status_code == 202, handed.text
    assert [one["name"] for one in handed.json()["files"]] == ["plan.pdf"]
    where = f"/v1/submissions/amara-1/files/{body['id']}"
    for who in (school.platform, school.person("amara"), school.person("mateo"), school.person("tomasz")):
        answer = who.get(where)
        assert (answer.status_code, answer.content) == (200, PLAN)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''plan.pdf"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; base-uri 'none'; sandbox"


def test_nobody_else_opens_it(school: School) -> None:
    id_ = send(school.platform).json()["id"]
    hand_in(school.platform, id_)
    put = school.platform.put
    put("/v1/groups/year-9", json={"name": "Year 9", "parent": "harbor"})
    put("/v1/people/ben", json={"name": "Ben", "roles": [{"role": "learner", "group": "year-8"}]})
    put("/v1/people/rosa", json={"name": "Rosa", "roles": [{"role": "facilitator", "group": "year-9"}]})
    other = school.founded("valley").peopled()
    where = f"/v1/submissions/amara-1/files/{id_}"
    for who in (school.person("ben"), school.person("rosa"), other.platform, other.person("amara")):
        check(who.get(where), 404, "not-found")
    hand_in(other.platform)
    check(other.platform.get(where), 404, "not-found")
    check(hand_in(other.platform, id_, name="amara-2"), 404, "not-found")


def test_a_file_is_its_persons_own(school: School) -> None:
    school.platform.put("/v1/people/ben", json={"name": "Ben", "roles": [{"role": "learner", "group": "year-8"}]})
    id_ = send(school.platform).json()["id"]
    check(hand_in(school.platform, id_, name="ben-1", person="ben"), 404, "not-found")
    check(send(school.person("ben")), 403, "not-allowed")
    check(send(school.person("mateo")), 403, "not-allowed")
    amara = school.person("amara")
    assert send(amara).status_code == 201
    own = amara.post("/v1/files", files={"file": ("notes.txt", b"Mine.")})
    assert own.status_code == 201
    assert (
        "whose work"
        in check(school.platform.post("/v1/files", files={"file": ("a.txt", b"x")}), 422, "invalid")["detail"]
    )


def test_work_that_was_taken_back_takes_its_files_along(school: School) -> None:
    id_ = send(school.platform).json()["id"]
    hand_in(school.platform, id_)
    school.platform.delete("/v1/submissions/amara-1")
    for who in (school.platform, school.person("amara"), school.person("mateo")):
        check(who.get(f"/v1/submissions/amara-1/files/{id_}"), 404, "not-found")


@on_both
def test_sent_twice_is_sent_once_and_handed_in_twice_changes_nothing(school: School) -> None:
    first, again = send(school.platform).json(), send(school.platform).json()
    assert first["id"] == again["id"]
    hand_in(school.platform, first["id"])
    assert hand_in(school.platform, first["id"]).json()["revision"] == 1
    resent = send(school.platform).json()["id"]
    assert resent != first["id"]
    assert hand_in(school.platform, resent).json()["revision"] == 1
    picture = send(school.platform, made.picture(), "board.png").json()["id"]
    later = hand_in(school.platform, first["id"], picture).json()
    assert (later["revision"], [one["name"] for one in later["files"]]) == (2, ["plan.pdf", "board.png"])
    with school.sessions.reading() as session:
        handed_in = [row.name for row in session.query(WorkFile).where(WorkFile.revision_id.is_not(None))]
    assert sorted(handed_in) == ["board.png", "plan.pdf", "plan.pdf"]


def test_the_same_key_gives_the_first_answer_whatever_parts_the_form(school: School) -> None:
    key = {"Idempotency-Key": "send-1"}
    first = send(school.platform, headers=key)
    again = send(school.platform, headers=key)
    assert first.request.headers["Content-Type"] != again.request.headers["Content-Type"]
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    check(send(school.platform, b"else", "b.txt", headers=key), 422, "same-key-other-body")


@on_both
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_kept(school: School) -> None:
    said = check(send(school.platform, b"%PDF-1.7 broken"), 422, "invalid")["detail"]
    assert said == "This PDF is damaged: it cannot be opened. Save or print it anew as PDF, and send that."
    check(send(school.platform, b"a" * 300_001), 413, "too-large")
    check(school.platform.post("/v1/files?person=amara", json={"file": "x"}), 415, "unsupported-media-type")
    none = school.platform.post("/v1/files?person=amara", files={"other": ("a.txt", b"x")})
    assert check(none, 422, "invalid")["errors"][0]["pointer"] == "/file"
    check(send(school.platform, b"x", "a\u202etxt.exe"), 422, "invalid")
    check(send(school.platform, b"x", person="nobody"), 404, "not-found")
    with school.sessions.reading() as session:
        assert session.query(WorkFile).count() == 0


def test_files_that_are_not_handed_in_are_forgotten_after_a_day(school: School) -> None:
    kept = send(school.platform).json()["id"]
    hand_in(school.platform, kept)
    send(school.platform, b"never handed in", "a.txt")
    for hours, left in ((23, 2), (25, 1)):
        with school.sessions.writing() as session:
            files.sweep(session, school.organization, now=school.now() + timedelta(hours=hours))
        with school.sessions.reading() as session:
            assert session.query(WorkFile).count() == left


@on_both
def test_a_learner_sees_what_was_read_and_hands_it_in_from_the_page(school: School) -> None:
    amara = signed_in(school, "amara")
    here = "/learn/challenges/peer-observation"
    page = amara.get(here)
    fields = {**page.hidden(here), "text": "By hand first.", "read": "yes"}
    shown = amara.client.post(here, data=fields, files={"file": ("plan.pdf", PLAN)})
    assert shown.status_code == 200, shown.text
    assert "By hand first.\n\nWe pair teachers across grades." in shown.text
    id_ = shown.text.partition('name="files" value="')[2][:32]
    photo = amara.client.post(
        here, data={**fields, "read": "", "files": id_}, files={"file": ("board.jpg", made.picture("JPEG", place=True))}
    )
    assert "no text is read from it" in photo.text
    other = photo.text.rpartition('name="files" value="')[2][:32]
    done = amara.client.post(
        here, data={**fields, "read": "", "text": TEXT, "files": [id_, other]}, follow_redirects=True
    )
    assert done.url.path.startswith("/learn/work/")
    assert "plan.pdf" in done.text
    source = done.text.partition('<img class="sent" src="')[2].partition('"')[0]
    picture = amara.client.get(source)
    assert picture.headers["Content-Disposition"].startswith("inline;")
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert not drawn.getexif()
    draft = school.platform.get("/v1/drafts?state=waiting").json()["items"][0]["id"]
    mateo = signed_in(school, "mateo")
    desk = mateo.get(f"/desk/drafts/{draft}")
    assert "board.jpg" in desk.text
    link = desk.html.partition("/files/")[0].rpartition('"')[2]
    assert mateo.client.get(f"{link}/files/{other}").content == picture.content


def test_what_is_wrong_with_a_file_is_said_on_the_page_and_nothing_typed_is_lost(school: School) -> None:
    amara = signed_in(school, "amara")
    here = "/learn/challenges/peer-observation"
    fields = {**amara.get(here).hidden(here), "text": "Typed before."}
    for sent, said in ((b"%PDF-1.7 broken", "damaged"), (b"", "empty"), (bytes(range(256)), "not taken in")):
        page = amara.client.post(here, data=fields, files={"file": ("a.pdf", sent)})
        assert (page.status_code, said in page.text, "Typed before." in page.text) == (422, True, True)
    chosen = amara.client.post(here, data={**fields, "read": "yes"}, files={"none": ("", b"")})
    assert "Choose a file first." in chosen.text


def test_a_document_is_taken_from_a_word_file(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {**tomasz.get("/desk/context/new").hidden("/desk/context"), "id": "rules"}
    book = made.word(made.paragraph("Agree on one question."))
    done = tomasz.client.post(
        "/desk/context", data=fields, files={"file": ("observation_rules.docx", book)}, follow_redirects=True
    )
    assert done.url.path == "/desk/context/rules", done.text
    stored = school.platform.get("/v1/context/rules").json()
    assert (stored["title"], stored["text"]) == ("Observation rules", "Agree on one question.")
