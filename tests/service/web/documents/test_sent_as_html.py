"""What rich-text editors send is kept as the words that were seen: of documents, challenges, and what people say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.service.web.conftest import School

HTML = "<h2>Before</h2><p>Agree on <b>one</b> question&nbsp;each.</p><ul><li>early</li></ul><script>alert(1)</script>"


@pytest.mark.parametrize("media_type", ["text/html", None])
def test_a_document_is_kept_as_markdown_and_the_same_again_is_the_same_version(
    school: School, media_type: str | None
) -> None:
    text = HTML if media_type else HTML.partition("<script>")[0]
    body: dict[str, Any] = {"title": "Visits", "text": text, **({"media_type": media_type} if media_type else {})}
    for _ in range(2):
        assert school.platform.put("/v1/context/visits", json=body).status_code in (200, 201)
    kept = school.platform.get("/v1/context/visits").json()
    assert (kept["media_type"], kept["version"]) == ("text/markdown", 1)
    assert kept["text"].startswith("## Before\n\nAgree on **one** question each.")
    assert "alert" not in kept["text"]


def test_a_plain_document_about_markup_is_kept_sign_by_sign(school: School) -> None:
    body = {"title": "Tags", "text": "<p>This is how a paragraph is written.</p>", "media_type": "text/plain"}
    assert school.platform.put("/v1/context/tags", json=body).status_code == 201
    assert school.platform.get("/v1/context/tags").json()["text"] == body["text"]


def test_html_without_a_word_is_refused(school: School) -> None:
    for path, body in (
        ("/v1/context/none", {"title": "None", "text": "<p></p>", "media_type": "text/html"}),
        ("/v1/challenges/none", {"title": "None", "prompt": "<p>&nbsp;</p>"}),
    ):
        assert school.platform.put(path, json=body).status_code == 422, path


def test_a_challenge_and_what_is_said_are_kept_as_they_were_seen(school: School) -> None:
    criteria = [{"id": "k1", "text": "<p>Names <i>who</i> &amp; when.</p>", "question": "<div>On which day?</div>"}]
    body = {"title": "Visits", "prompt": "<p>Plan&nbsp;it.</p><ul><li>soon</li></ul>", "outcome": "<p></p>"}
    assert school.platform.put("/v1/challenges/visits", json={**body, "criteria": criteria}).status_code == 201
    kept = school.platform.get("/v1/challenges/visits").json()
    assert (kept["prompt"], kept["outcome"]) == ("Plan it.\n- soon", "")
    assert [(one["text"], one["question"]) for one in kept["criteria"]] == [("Names who & when.", "On which day?")]
    day = (school.now() + timedelta(days=7)).date().isoformat()
    amara = school.person("amara")
    step = amara.post("/v1/people/amara/commitments", json={"text": "<p>Ask&nbsp;Noor</p>", "due_on": day})
    assert step.json()["text"] == "Ask Noor"
