"""The OpenAPI document says all that a client needs, of every route, and says it truly."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from service import web
from service.web.app import create_app
from service.web.errors import KINDS, MEDIA_TYPE
from service.web.openapi import operations
from service.web.services import Services
from tests.connected import CONNECTED

ASKS = {"/v1/search", "/v1/drafts/{id}/lint"}
"""What is asked with a POST, because a text is sent, and changes nothing."""


def _app(**given: Any) -> FastAPI:
    plain: dict[str, Any] = {"sessions": None, "after_commit": lambda: None, "clock": lambda: datetime.now(UTC)}
    plain |= {"readiness": dict, "integrations": CONNECTED}
    return create_app(Services(**{**plain, **given}))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return _app().openapi()


def test_every_field_is_described(document: dict[str, Any]) -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if not shape.get("description")
    ]
    assert not bare


def test_every_schema_and_every_parameter_is_described(document: dict[str, Any]) -> None:
    schemas = [name for name, shape in document["components"]["schemas"].items() if not shape.get("description")]
    parameters = [
        (operation["operationId"], parameter["name"])
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert (schemas, parameters) == ([], [])


def test_every_operation_has_a_summary_a_description_a_tag_and_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, _, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}


def test_every_route_says_what_it_returns(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        good = {status: shape for status, shape in operation["responses"].items() if status < "400"}
        assert good, (method, path)
        for status, shape in good.items():
            schemas = [content.get("schema") for content in shape.get("content", {}).values()]
            assert all(schemas) if schemas else status == "204", (method, path, status)


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, shape in operation["responses"].items():
            if status >= "400" and path != "/ready":
                assert list(shape["content"]) == [MEDIA_TYPE], (method, path, status)


def test_everything_under_v1_needs_a_key_and_nothing_else_does(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert bool(operation.get("security")) == path.startswith("/v1/"), (method, path)
        assert ("401" in operation["responses"]) == path.startswith("/v1/"), (method, path)


def test_everything_that_writes_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if method != "get" and path not in ASKS:
            assert "Idempotency-Key" in names, (method, path)


OF_NO_VERSION = {
    "whoever it is of says how it is, whole; what was said last holds": """
        put /v1/groups/{id}
        put /v1/people/{id}
        put /v1/people/{id}/consents
        put /v1/challenges/{id}
        put /v1/context/{id}
        put /v1/submissions/{id}
        put /v1/submissions/{id}/feedback
        put /v1/organization
        put /v1/retention
        put /v1/people/{id}/notifications/settings""",
    "it is gone or back afterwards, whatever it was like; again changes nothing": """
        delete /v1/groups/{id}
        post /v1/groups/{id}/bring-back
        delete /v1/people/{id}
        delete /v1/challenges/{id}
        post /v1/challenges/{id}/bring-back
        delete /v1/context/{id}
        delete /v1/submissions/{id}
        delete /v1/keys/{id}
        delete /v1/people/{id}/sessions
        delete /v1/people/{id}/second-factor
        delete /v1/webhooks/{id}
        post /v1/erasures""",
    "something new is made, and nothing changed": """
        post /v1/files
        post /v1/imports
        post /v1/requests
        post /v1/submissions/{id}/asks
        post /v1/submissions/{id}/gallery
        post /v1/people/{id}/commitments
        post /v1/keys
        post /v1/tokens
        post /v1/sign-in-links
        post /v1/webhooks""",
    "a machine is asked to look or to try again, and what a person decided stays": """
        post /v1/challenges/{id}/calibration/choose
        post /v1/challenges/{id}/calibration/draft-now
        post /v1/challenges/{id}/calibration/look
        post /v1/questioned/look
        post /v1/introductions/search
        post /v1/goals/look-again
        post /v1/jobs/{id}/retry
        post /v1/webhooks/{id}/test
        post /v1/webhooks/{id}/replay
        post /v1/webhooks/{id}/deliveries/{delivery}/replay""",
    "somebody says it for themselves, and nobody else can say it": """
        post /v1/submissions/{id}/readings
        put /v1/submissions/{id}/reactions/{about}
        delete /v1/submissions/{id}/reactions/{about}
        put /v1/commitments/{id}/outcome
        post /v1/reminders/{id}/dismiss
        post /v1/submissions/{id}/gallery/thanks
        put /v1/submissions/{id}/gallery/takeaway
        post /v1/introductions/{id}/answer
        post /v1/introductions/{id}/report
        post /v1/requests/{id}/settle
        post /v1/people/{id}/notifications/read""",
    "a request's words never change, and it is answered once: whoever comes second is refused": """
        post /v1/requests/{id}/reply""",
    "judged is a text that never changes, once for each approval: whoever comes second is refused": """
        post /v1/spot-checks/{id}""",
    "what would be given to whom is named in the body, and taken back is what one gave at a moment": """
        post /v1/challenges/{id}/assignment
        post /v1/challenges/{id}/assignment/take-back""",
    "each learner is looked at anew, and nobody is reminded of the same twice": """
        post /v1/challenges/{id}/reminders""",
    "nothing is changed": """
        post /v1/search
        post /v1/drafts/{id}/lint""",
}
"""Whatever else writes is decided on as it was seen, and so needs If-Match; by why this does not."""


def test_every_decision_needs_if_match_and_what_needs_none_is_no_decision(document: dict[str, Any]) -> None:
    written = [(path, method, one) for path, method, one in operations(document) if method != "get"]
    unseen = {
        f"{method} {path}"
        for path, method, operation in written
        if "If-Match" not in {parameter["name"] for parameter in operation.get("parameters", [])}
    }
    said = [line.strip() for lines in OF_NO_VERSION.values() for line in lines.strip().splitlines()]
    assert sorted(unseen) == sorted(said)


def test_no_body_names_the_version_that_was_seen(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            options = [schema, *schema.get("oneOf", []), *schema.get("anyOf", [])]
            named = [
                document["components"]["schemas"][one["$ref"].rpartition("/")[2]] for one in options if "$ref" in one
            ]
            assert not any("version" in shape.get("properties", {}) for shape in named), (method, path)


def test_every_shape_has_a_name_of_its_own_and_stands_under_it(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    assert {name: shape["title"] for name, shape in shapes.items() if shape["title"] != name} == {}
    assert [name for name in shapes if not re.fullmatch("[A-Z][A-Za-z]+", name)] == []


def test_the_document_says_where_it_holds_and_how_it_may_change() -> None:
    at_home, elsewhere = (_app(public_url=url).openapi() for url in ("", "https://peerloom.example.org"))
    assert [at_home["servers"][0]["url"], elsewhere["servers"][0]["url"]] == ["/", "https://peerloom.example.org"]
    assert at_home["info"]["version"] == version("peerloom")
    for said in ("`/v1`", "`deprecated`", "`Deprecation`", "`Sunset`", "six months"):
        assert said in " ".join(at_home["info"]["description"].split())


NEEDED = {("/v1/search", "q"), ("/v1/erasures/preview", "kind"), ("/v1/erasures/preview", "id")}
"""Parts of a query without which there is nothing to answer."""


def test_what_may_be_left_out_is_not_said_to_be_null(document: dict[str, Any]) -> None:
    """Nobody can send null in an address or a header."""
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert "anyOf" not in parameter["schema"], (method, path, parameter["name"])
            needed = (path, parameter["name"]) in NEEDED
            assert parameter["required"] == (needed or parameter["in"] == "path" or parameter["name"] == "If-Match")


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert _examples(document, content), (method, path)


def _examples(document: dict[str, Any], content: dict[str, Any]) -> bool:
    schema = content["schema"]
    options = [schema, *schema.get("oneOf", []), *schema.get("anyOf", [])]
    named = [
        document["components"]["schemas"][option["$ref"].rpartition("/")[2]] for option in options if "$ref" in option
    ]
    return "example" in content or any("example" in shape or not shape.get("required") for shape in named)


def test_a_submission_leads_to_its_status_and_its_feedback(document: dict[str, Any]) -> None:
    links = document["paths"]["/v1/submissions/{id}"]["put"]["responses"]["202"]["links"]
    names = {operation["operationId"] for _, _, operation in operations(document)}
    assert {link["operationId"] for link in links.values()} == {"get_submission", "get_feedback"} <= names


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in Path(inspect.getfile(web)).parent.rglob("*.py"):
        yield path, ast.parse(path.read_text())


def test_no_route_is_longer_than_fifteen_lines() -> None:
    for path, tree in _modules():
        for node in ast.walk(tree):
            if path.parent.name == "api" and isinstance(node, ast.FunctionDef):
                body = node.body[1:] if isinstance(node.body[0], ast.Expr) else node.body
                assert not body or body[-1].end_lineno - body[0].lineno < 15, (path.name, node.name)  # type: ignore[operator]


def test_the_web_tries_nothing_selects_nothing_and_commits_nothing() -> None:
    for path, tree in _modules():
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Try), (path.name, node.lineno)
            named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
            assert named not in ("select", "commit", "rollback", "execute", "scalars"), (path.name, named)


def test_only_errors_and_the_document_know_status_codes_of_errors() -> None:
    codes = {answer.status for answer in KINDS.values()}
    for path, tree in _modules():
        numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is int}
        if path.parent.name != "schemas" and path.name not in ("errors.py", "openapi.py", "health.py"):
            assert not numbers & codes, path
