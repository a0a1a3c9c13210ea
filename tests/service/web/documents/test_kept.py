"""The context documents in the browser: documents come in, are read safely, change in versions, and go."""

from __future__ import annotations

from tests.service.web.browsing import Visitor, signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/context"
HOSTILE = (
    "# Visits\n\n<script>alert(1)</script> ![x](http://evil.example/p.png) [go](javascript:alert(1)) **Agree** first."
)


def added(visitor: Visitor, **fields: str) -> str:
    """The page that follows."""
    form = {"id": "visits", "title": "Visits", "text": HOSTILE, "tags": "one, two", **fields}
    page = visitor.send(visitor.get(HERE + "/new"), HERE, **form)
    assert page.status == 200, page.text
    return page.html


@on_both
def test_a_document_is_added_read_safely_changed_and_removed(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    html = added(tomasz)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("[go](javascript:alert(1))", "")
    assert "<strong>Agree</strong>" in html
    assert "<h3>Visits</h3>" in html
    changed = {"title": "Visits", "text": HOSTILE.replace("first", "at last"), "kind": "text/markdown"}
    page = tomasz.send(tomasz.get(f"{HERE}/visits/edit"), f"{HERE}/visits", **changed)
    assert "Version 2" in page.text
    changes = tomasz.get(f"{HERE}/visits/changes?version=2")
    assert "<del>first</del><ins>at last</ins>" in changes.html
    assert "Agree first" not in tomasz.get(f"{HERE}/visits").text
    gone = tomasz.send(tomasz.get(f"{HERE}/visits"), f"{HERE}/visits/remove")
    assert "Removed." in gone.text
    assert tomasz.get(f"{HERE}/visits").status == 404


def test_html_that_is_uploaded_becomes_markdown_without_its_scripts(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    data = b"<title>Hand book</title><script>steal()</script><h1>Before</h1><ul><li>Ask <b>one</b> question</ul>"
    page = tomasz.get(HERE + "/new")
    fields = {**page.hidden(HERE), "id": "book", "text": ""}
    files = {"file": ("book.html", data, "text/html")}
    answer = tomasz.client.post(HERE, data=fields, files=files, follow_redirects=True)
    assert answer.url.path == f"{HERE}/book", answer.text
    stored = school.platform.get("/v1/context/book").json()
    assert stored["title"] == "Hand book"
    assert stored["text"] == "# Before\n\n- Ask **one** question\n"
    assert stored["media_type"] == "text/markdown"


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE + "/new")
    wrong = tomasz.send(page, HERE, id="", title="Übung & more", text=" ", tags="t" * 70)
    assert wrong.status == 422
    assert "There is no text yet" in wrong.text
    assert 'value="Übung &amp; more"' in wrong.html
    assert 'id="id-error"' in wrong.html
    taken = tomasz.send(page, HERE, id="handbook", title="Mine", text="Kept words")
    assert "There is one by this id already" in taken.text
    assert "Kept words" in taken.html
    fields, binary = page.hidden(HERE), {"file": ("a.md", b"\xff\xfe\x00", "text/markdown")}
    assert "not taken in" in tomasz.client.post(HERE, data=fields, files=binary).text
    other = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    assert "This PDF is damaged" in tomasz.client.post(HERE, data=fields, files=other).text


def test_two_who_change_a_document_at_once_both_find_their_words(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    edit = tomasz.get(f"{HERE}/handbook/edit")
    tomasz.send(edit, f"{HERE}/handbook", title="Handbook", text="Theirs.", kind="text/markdown")
    late = tomasz.send(edit, f"{HERE}/handbook", title="Handbook", text="Mine.", kind="text/markdown")
    assert late.status == 412
    assert "<del>Theirs</del><ins>Mine</ins>" in late.html
    assert school.platform.get("/v1/context/handbook").json()["text"] == "Theirs."
    after = tomasz.send(late, f"{HERE}/handbook", title="Handbook", text="Mine.", kind="text/markdown")
    assert after.status == 200
    assert school.platform.get("/v1/context/handbook").json()["text"] == "Mine."


def test_a_facilitator_reads_and_does_not_write_and_a_learner_does_neither(school: School) -> None:
    tomasz, mateo, amara = (signed_in(school, name) for name in ("tomasz", "mateo", "amara"))
    page = mateo.get(f"{HERE}/handbook")
    assert "Agree on one question" in page.text
    assert "Edit" not in page.text
    new = tomasz.get(HERE + "/new")
    form = {"id": "x", "title": "X", "text": "X", "csrf": page.csrf}
    assert new.status == 200
    for path in (HERE, f"{HERE}/handbook", f"{HERE}/handbook/remove"):
        assert mateo.client.post(path, data=form).status_code == 403, path
    for path in (HERE, f"{HERE}/handbook", f"{HERE}/handbook/usage", f"{HERE}/new", f"{HERE}/handbook/edit"):
        assert amara.get(path).status == 403, path
    assert school.platform.get("/v1/context/handbook").json()["version"] == 1


def test_the_documents_of_another_organization_are_not_there(school: School) -> None:
    other = school.founded("valley").peopled()
    added(signed_in(school, "tomasz"))
    stranger = signed_in(other, "tomasz")
    assert stranger.get(f"{HERE}/visits").status == 404
    assert "Visits" not in stranger.get(HERE).text
