"""What follows an address is known there or refused, and a method that an address lacks is told with those it has."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import httpx
import pytest

from service.web.errors import METHODS
from service.web.openapi import operations
from tests.service.web.conftest import School
from tests.service.web.test_errors import check


def _filled(template: str) -> str:
    """The address with some id in it: what is asked for need not be there."""
    filled = template.replace("{kind}", "unread").replace("{about}", "whole").replace("/alerts/{id}", "/alerts/0-0")
    return filled.replace("{id}", "0" * 32).replace("{point}", "0" * 32).replace("{piece}", "0" * 32)


def test_a_parameter_that_an_address_does_not_know_is_refused_at_every_address(school: School) -> None:
    tried = 0
    for template, method, operation in operations(school.app.openapi()):
        if not template.startswith("/v1/"):
            continue
        answer = school.platform.request(method, _filled(template), params={"prson": "amara"})
        problem = check(answer, 422, "invalid")
        assert [fault["pointer"] for fault in problem["errors"]] == ["query:prson"], (method, template)
        known = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
        for name in known:
            assert f"`{name}`" in problem["detail"], (method, template)
        assert bool(known) != ("knows none" in problem["detail"])
        tried += 1
    assert tried > 100


def test_every_unknown_parameter_is_named_and_nothing_is_done(school: School) -> None:
    answer = school.platform.put("/v1/groups/new?dry=1&b%0A=2", json={"name": "New"})
    assert [fault["pointer"] for fault in check(answer, 422, "invalid")["errors"]] == ["query:b\n", "query:dry"]
    assert school.platform.get("/v1/groups/new").status_code == 404


def test_who_asks_is_settled_before_parameters_are_looked_at(bare: School) -> None:
    check(bare.client().get("/v1/groups?what=1"), 401, "not-signed-in")


def test_a_method_that_an_address_lacks_is_answered_with_all_that_it_has(school: School) -> None:
    has: dict[str, set[str]] = defaultdict(set)
    for template, method, _ in operations(school.app.openapi()):
        has[template].add(method.upper())
    for template in has:
        path = _filled(template)  # one that is written out, such as `/requests/mine`, is also where an id would stand
        methods = {
            one for other, ones in has.items() if re.fullmatch(re.sub("{[a-z]+}", "[^/]+", other), path) for one in ones
        }
        missing = [method for method in METHODS if method not in methods and method not in ("HEAD", "OPTIONS")]
        answer = school.platform.request(missing[0], path)
        problem = check(answer, 405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) == methods, (template, problem)


@pytest.fixture
def of_the_school(school: School) -> dict[str, httpx.Client]:
    return {name: school.person(name) for name in ("amara", "lindiwe", "mateo")} | {"platform": school.platform}


def read(client: httpx.Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_one_group_and_one_person_are_read_as_they_are_listed(of_the_school: dict[str, httpx.Client]) -> None:
    for who in ("platform", "lindiwe", "mateo"):
        for kind in ("groups", "people"):
            for one in read(of_the_school[who], f"/v1/{kind}")["items"]:
                assert read(of_the_school[who], f"/v1/{kind}/{one['id']}") == one


def test_whom_one_may_not_see_is_answered_as_if_not_there(of_the_school: dict[str, httpx.Client]) -> None:
    mateo, amara = of_the_school["mateo"], of_the_school["amara"]
    assert read(amara, "/v1/people/amara")["name"] == "Amara Okafor"
    assert read(amara, "/v1/groups/year-8")["parent"] == "harbor"
    for client, path, other in (
        (mateo, "/v1/people/lindiwe", "/v1/people/nobody"),
        (mateo, "/v1/groups/harbor", "/v1/groups/none"),
        (amara, "/v1/people/mateo", "/v1/people/nobody"),
        (amara, "/v1/groups/harbor", "/v1/groups/none"),
    ):
        hidden, missing = check(client.get(path), 404, "not-found"), check(client.get(other), 404, "not-found")
        assert hidden["detail"].replace(path.split("/")[-1], "X") == missing["detail"].replace(
            other.split("/")[-1], "X"
        )
