"""How often somebody may ask: by address, key, person and route; what is said of it, and when to try again."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.routing import APIRoute

from service.web.services import Limits
from service.web.throttle import COSTLY, Rates, Throttle
from tests.connected import API, PAGES
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both

REDIS = "redis://127.0.0.1:6379/6"
Served = Callable[..., School]


def _school(serve: Served, **rates: int) -> School:
    """Set up without limits, which hold from then on."""
    none = dict.fromkeys(("address", "refused", "key", "person", "route", "costly"), 0)
    school = serve(throttle=Throttle(Rates(**none))).founded("harbor").peopled()
    school.amara, school.mateo = school.person("amara"), school.person("mateo")  # type: ignore[attr-defined]
    limited: Throttle = school.app.state.services.throttle
    limited.rates = Rates(**{**none, **rates})
    return school


def _refused(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 429, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].split(";")[1] == "r=0"
    assert f"Try again in {answer.headers['Retry-After']} s" in answer.json()["detail"]
    body: dict[str, Any] = answer.json()
    return body


def test_a_key_may_ask_so_often_and_is_then_told_when_to_ask_again(serve: Served) -> None:
    school = _school(serve, key=3)
    left = [school.platform.get("/v1/me").headers["RateLimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=2", "r=1", "r=0"]
    assert _refused(school.platform.get("/v1/me"))["kind"] == "too-many"
    assert school.amara.get("/v1/me").status_code == 200  # type: ignore[attr-defined]


def test_a_person_is_one_however_many_tokens_and_sessions_they_have(serve: Served) -> None:
    school = _school(serve, person=2)
    visitor = signed_in(school, "amara")
    assert school.amara.get("/v1/me").status_code == 200  # type: ignore[attr-defined]
    assert school.person("amara").get("/v1/me").status_code == 200
    _refused(school.person("amara").get("/v1/me"))
    page = visitor.client.get("/learn", headers={"Accept": "text/html"})
    assert page.status_code == 429
    assert page.headers["Retry-After"]
    assert "A little slower, please" in page.text
    assert school.mateo.get("/v1/me").status_code == 200  # type: ignore[attr-defined]


def test_who_has_no_valid_key_is_told_no_more_often_than_that(serve: Served) -> None:
    school = _school(serve, refused=2)
    stranger = school.client("plk_nothing")
    assert [stranger.get("/v1/me").status_code for _ in range(3)] == [401, 401, 429]
    assert school.platform.get("/v1/me").status_code == 200


def test_an_address_may_ask_so_often_whoever_asks_and_pages_count_too(serve: Served) -> None:
    school = _school(serve, address=2)
    assert school.platform.get("/v1/me").status_code == 200
    assert school.client().get("/sign-in").status_code == 200
    _refused(school.amara.get("/v1/me"))  # type: ignore[attr-defined]
    assert school.client().get("/sign-in").status_code == 429
    assert school.client().get("/health").status_code == 200


def test_a_learner_cannot_hand_in_eighteen_times_in_ten_seconds(serve: Served) -> None:
    school = _school(serve, costly=Rates().costly)
    body = {"challenge": "peer-observation", "person": "amara", "text": TEXT}
    asked = [school.amara.put(f"/v1/submissions/{number}", json=body).status_code for number in range(18)]  # type: ignore[attr-defined]
    assert asked[: Rates().costly] == [202] * Rates().costly
    assert 429 in asked  # on a slow machine the first may be a minute old by then
    for number in range(18):
        assert school.platform.put(f"/v1/submissions/p-{number}", json=body).status_code == 202


@on_both
def test_what_a_learner_hands_in_themselves_is_limited_for_the_day(serve: Served) -> None:
    school = serve(limits=Limits(hand_ins=2)).founded("harbor").peopled()
    amara, body = school.person("amara"), {"challenge": "peer-observation", "person": "amara"}
    texts = [f"{TEXT} {number}" for number in range(3)]
    assert [amara.put("/v1/submissions/a", json={**body, "text": one}).status_code for one in texts[:2]] == [202, 202]
    assert amara.put("/v1/submissions/a", json={**body, "text": texts[1]}).status_code == 202  # the same text again
    once = {"Idempotency-Key": "the-third"}
    refused = amara.put("/v1/submissions/a", json={**body, "text": texts[2]}, headers=once)
    assert (refused.status_code, refused.json()["kind"]) == (429, "too-many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 86_400
    assert amara.put("/v1/submissions/b", json={**body, "text": texts[2]}).status_code == 429
    assert school.platform.put("/v1/submissions/p", json={**body, "text": texts[2]}).status_code == 202
    assert (
        "Idempotency-Replayed"
        not in amara.put("/v1/submissions/a", json={**body, "text": texts[2]}, headers=once).headers
    )


def test_a_counter_that_does_not_answer_stops_nobody(serve: Served) -> None:
    nobody = Throttle(Rates(key=1), "redis://127.0.0.1:1/0")
    school = serve(throttle=nobody).founded("harbor")
    assert [school.platform.get("/v1/me").status_code for _ in range(3)] == [200] * 3


@pytest.mark.servers
def test_processes_that_share_redis_count_together(serve: Served, without_server: Callable[[str], None]) -> None:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        without_server("No Redis answers at 127.0.0.1:6379.")
    rates = Rates(address=0, refused=0, key=2)
    school = serve(throttle=Throttle(rates, REDIS)).founded("harbor")
    other = Throttle(rates, REDIS)
    assert school.platform.get("/v1/me").status_code == 200
    key = school.platform.get("/v1/me").json()["credential"]
    with pytest.raises(Exception, match="Try again in"):
        other.known(key, person=False, method="GET", route="/v1/me")


def test_every_route_that_is_called_costly_is_there() -> None:
    routes = [route for router in (*API, *PAGES) for route in router.routes]
    there = {(way, route.path_format) for route in routes if isinstance(route, APIRoute) for way in route.methods or ()}
    assert there >= COSTLY
