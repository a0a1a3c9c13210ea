"""Names, ids and times as they come in: through the API, in a bundle, and on pages."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from pydantic import ValidationError

from service.actions.bundles.lines import LINE
from tests.service.web.conftest import TEXT, School

LEARNER = [{"role": "learner", "group": "year-8"}]


def test_one_letter_in_two_forms_is_one_person(school: School) -> None:
    composed, apart = "am\u00e9lie", "ame\u0301lie"
    body = {"name": "Ame\u0301lie", "roles": LEARNER}
    assert school.platform.put(f"/v1/people/{quote(apart)}", json=body).status_code == 201
    assert school.platform.put(f"/v1/people/{quote(composed)}", json=body).status_code == 200
    assert school.platform.get(f"/v1/people/{quote(apart)}").json()["name"] == "Am\u00e9lie"
    given = {"challenge": "peer-observation", "person": apart, "text": TEXT}
    assert school.platform.put("/v1/submissions/a", json=given).json()["person"] == composed
    with pytest.raises(ValidationError, match="nothing in it"):
        LINE.validate_python({"kind": "group", "id": "g", "name": "\u200b"})
    assert LINE.validate_python({"kind": "group", "id": apart, "name": "G"}).id == composed  # type: ignore[union-attr]


def test_names_that_nobody_can_read_are_refused(school: School) -> None:
    for words in ("  ", "\u200b\u200d", "Amara\u202egnp.exe"):
        body = {"name": words, "roles": LEARNER}
        answer = school.platform.put("/v1/people/new", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "#/name"
    for id_ in ("%2e%2e", "%E2%80%8B", "a%E2%80%AEb"):
        assert school.platform.put(f"/v1/groups/{id_}", json={"name": "G"}).status_code in (404, 405, 422), id_
    body = {"name": "G", "parent": ".."}
    assert school.platform.put("/v1/groups/g", json=body).status_code == 422


def test_what_is_handed_in_in_years_to_come_is_refused_with_a_sentence(school: School) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": TEXT}
    late = {**body, "submitted_at": "2030-01-01T00:00:00Z"}
    answer = school.platform.put("/v1/submissions/a", json=late)
    assert answer.status_code == 422
    assert "`submitted_at` is still to come" in answer.json()["detail"]
    assert school.platform.get("/v1/submissions/a").status_code == 404
    soon = {**body, "submitted_at": (school.now() + timedelta(minutes=2)).isoformat()}
    assert school.platform.put("/v1/submissions/a", json=soon).status_code == 202
    given = {"approved_by": "lindiwe", "summary": "Good.", "released_at": "2030-01-01T00:00:00Z"}
    told = school.platform.put("/v1/submissions/a/feedback", json=given)
    assert (told.status_code, "`released_at` is still to come" in told.text) == (422, True)
