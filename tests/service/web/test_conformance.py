"""Whatever is sent, to every operation: no failure of ours, and no answer that the document does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.jobs.briefs import briefing
from service.store.session import Sessions
from tests.budget import MANY, examples
from tests.conftest import sessions
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = examples(4, 100)
"""Of each operation on PostgreSQL, which refuses more than SQLite: a NUL in a text, a number beyond its column."""
APART = {"postgresql": 1, "sqlite": 1 if MANY else 3}
"""Of how many operations one is tried. What all of them ask of SQLite, other tests of this folder do."""
KNOWN = {
    "groups": "year-8",
    "people": "amara",
    "challenges": "peer-observation",
    "context": "handbook",
}


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


def test_every_operation_answers_as_documented(serve: Callable[..., School], sessions: Sessions) -> None:
    school = serve(similar=lambda *_, **__: [], brief=briefing(sessions)).founded("harbor").peopled()
    keys = {"platform": school.key, "person": school.person("lindiwe").headers["Authorization"].removeprefix("Bearer ")}
    document = schemathesis.openapi.from_dict(school.app.openapi())
    tried, draft, changed = [], "", True
    apart = APART[sessions.engine.dialect.name]
    for number, found in enumerate(document.get_all_operations()):
        operation = found.ok()
        if number % apart:
            continue
        if changed:  # what was done before may have undone anything
            for path in ("/v1/groups/harbor", "/v1/groups/year-8", "/v1/challenges/peer-observation"):
                school.platform.post(f"{path}/bring-back")  # no write sets back what was archived
            allowed = school.peopled().platform.put("/v1/people/amara/consents", json={"ai": "any"})
            assert allowed.status_code == 200, allowed.text
            draft = school.drafted(f"amara-{number}")
        tried.append(operation.label)
        changed = _try(operation, school, draft, keys) and operation.method.upper() != "GET"
    there = sum(len(item) for item in school.app.openapi()["paths"].values())
    assert len(tried) == -(-there // apart)


def _try(operation: Any, school: School, draft: str, keys: dict[str, str]) -> bool:
    """Whether any of what was tried was done."""
    done = False
    reviewing = operation.path.startswith("/v1/drafts/")

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), real=st.booleans(), other=st.booleans(), late=st.booleans())
    def attempt(case: Any, real: bool, other: bool, late: bool) -> None:
        headers = {"Authorization": "Bearer " + keys["person" if reviewing != (other and not real) else "platform"]}
        if real:
            seen = school.platform.get(f"/v1/drafts/{draft}")
            headers["If-Match"] = '"1"' if late else seen.headers["ETag"]
            _point_at_something(case, seen.json())
            if other:
                case.headers.pop("Idempotency-Key", None)
        nonlocal done
        answer = case.call(base_url=school.url, headers=headers)
        done |= not 400 <= answer.status_code < 500
        case.validate_response(answer, checks=CHECKS)

    attempt()
    return done


def _point_at_something(case: Any, seen: dict[str, Any]) -> None:
    """Half of the attempts are made on things that are there, or they would all end with 404."""
    part = case.operation.path.split("/")[2] if case.operation.path.startswith("/v1/") else ""
    known = {**KNOWN, "submissions": seen["submission"], "drafts": seen["id"]}
    if "id" in (case.path_parameters or {}) and part in known:
        case.path_parameters["id"] = known[part]
    if "point" in (case.path_parameters or {}):
        case.path_parameters["point"] = seen["points"][0]["id"] if seen["points"] else "0" * 32
