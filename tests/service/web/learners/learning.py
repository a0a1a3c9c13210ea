"""Feedback released to Amara over the API, for tests of what comes after."""

from __future__ import annotations

from tests.service.web.conftest import TEXT, School


def released(school: School, name: str = "amara-1", text: str = TEXT) -> str:
    """The id of the first of two points of feedback that Lindiwe approved and released."""
    draft = f"/v1/drafts/{school.drafted(name, text)}"
    lindiwe = school.person("lindiwe")
    shown = lindiwe.get(draft)
    seen = {"seen": shown.json()["text_hash"]}
    approved = lindiwe.post(f"{draft}/approve", json=seen, headers={"If-Match": shown.headers["ETag"]})
    assert approved.status_code == 200, approved.text
    done = lindiwe.post(f"{draft}/release", headers={"If-Match": approved.headers["ETag"]})
    assert done.status_code == 200, done.text
    return str(shown.json()["points"][0]["id"])
