"""What platforms are told of corrections, consents and erased people."""

from __future__ import annotations

import httpx

from tests.service.web.conftest import School


def events(school: School) -> list[tuple[str, dict[str, str]]]:
    return [(one["name"], one["data"]) for one in school.platform.get("/v1/events").json()["items"]]


def released(school: School, desk: httpx.Client, draft: str) -> None:
    shown = desk.get(f"/v1/drafts/{draft}")
    seen = {"If-Match": shown.headers["ETag"]}
    answer = desk.post(f"/v1/drafts/{draft}/approve", json={"seen": shown.json()["text_hash"]}, headers=seen)
    assert answer.is_success, answer.text
    seen = {"If-Match": desk.get(f"/v1/drafts/{draft}").headers["ETag"]}
    assert desk.post(f"/v1/drafts/{draft}/release", headers=seen).is_success


def test_feedback_that_was_taken_back_and_released_anew_is_told_as_corrected(school: School) -> None:
    desk, draft = school.person("lindiwe"), school.drafted()
    released(school, desk, draft)
    assert "feedback.corrected" not in dict(events(school))
    for act in ("retract", "reopen"):
        seen = {"If-Match": desk.get(f"/v1/drafts/{draft}").headers["ETag"]}
        assert desk.post(f"/v1/drafts/{draft}/{act}", json={}, headers=seen).is_success, act
    released(school, desk, draft)
    told = [name for name, _ in events(school) if name.startswith("feedback")]
    assert told == ["feedback.released", "feedback.retracted", "feedback.released", "feedback.corrected"]


def test_a_consent_is_told_when_it_changes_and_by_whom_it_is_held(school: School) -> None:
    for show_work in ("without_name", "without_name", "with_name"):
        assert school.platform.put("/v1/people/amara/consents", json={"show_work": show_work}).is_success
    assert [one for one in events(school) if one[0] == "consent.changed"] == [
        ("consent.changed", {"person": "amara"})
    ] * 2


def test_that_a_person_is_erased_is_told_by_the_erasure_alone(school: School) -> None:
    erasure = school.platform.post("/v1/erasures", json={"kind": "person", "id": "amara"}).json()["id"]
    assert events(school)[-2:] == [
        ("erased", {"kind": "person", "erasure": erasure}),
        ("person.erased", {"erasure": erasure}),
    ]
