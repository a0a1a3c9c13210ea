"""Endpoints by the API: a secret that is shown once, changes in a version, and what became of each delivery."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service.integrations.webhooks import deliveries
from service.store.tables import WebhookEndpoint
from tests.connected import SEAL
from tests.service.web.conftest import School, bare, school, serve, sessions

__all__ = ["bare", "school", "serve", "sessions"]

URL = "https://courses.example.org/peerloom"
BODY = {"name": "Course platform", "url": URL, "events": ["feedback.released"]}


def made(school: School) -> dict[str, str]:
    answer = school.platform.post("/v1/webhooks", json=BODY)
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


def test_a_secret_is_shown_once_and_kept_sealed(school: School) -> None:
    shown = made(school)
    assert shown["secret"].startswith("whsec_")
    for path in ("/v1/webhooks", f"/v1/webhooks/{shown['id']}"):
        assert shown["secret"] not in school.platform.get(path).text
    with school.sessions.reading() as session:
        kept = session.scalars(select(WebhookEndpoint.secret)).one()
    assert shown["secret"] not in kept
    assert SEAL.opened(kept) == shown["secret"]


def test_the_same_call_again_makes_one_endpoint_and_does_not_show_its_secret_again(school: School) -> None:
    answers = [school.platform.post("/v1/webhooks", json=BODY, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].json()["secret"] is None
    assert len(school.platform.get("/v1/webhooks").json()["items"]) == 1


def test_it_is_changed_in_the_version_that_was_seen(school: School) -> None:
    address = f"/v1/webhooks/{made(school)['id']}"
    etag = school.platform.get(address).headers["ETag"]
    other = {**BODY, "name": "Other", "events": [], "on": False}
    assert school.platform.put(address, json=other).status_code == 428
    changed = school.platform.put(address, json=other, headers={"If-Match": etag})
    assert (changed.json()["state"], changed.json()["events"]) == ("off", [])
    assert school.platform.put(address, json=BODY, headers={"If-Match": etag}).status_code == 412
    assert school.platform.post(f"{address}/rotate", headers={"If-Match": etag}).status_code == 412
    rotated = school.platform.post(f"{address}/rotate", headers={"If-Match": changed.headers["ETag"]}).json()
    assert rotated["secret"].startswith("whsec_")
    assert rotated["old_secret_until"]
    assert school.platform.post(f"{address}/test").json()["kind"] == "not-now"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"url": "http://courses.example.org/"}, None),  # a house is named here; it is judged again when it is sent to
        ({"url": "https://169.254.169.254/"}, "#/url"),
        ({"url": "https://user:word@courses.example.org/"}, "#/url"),
        ({"url": ""}, "#/url"),
        ({"events": ["feedback.invented"]}, "#/events/0"),
        ({"name": ""}, "#/name"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(school: School, wrong: dict[str, object], pointer: str | None) -> None:
    answer = school.platform.post("/v1/webhooks", json={**BODY, **wrong})
    if pointer is None:
        assert answer.status_code == 201
    else:
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_there_are_ten_at_most(school: School) -> None:
    for _ in range(10):
        made(school)
    answer = school.platform.post("/v1/webhooks", json=BODY)
    assert (answer.status_code, "at most 10" in answer.json()["detail"]) == (422, True)


def test_a_test_is_listed_and_what_is_being_tried_is_tried_at_once(school: School) -> None:
    address = f"/v1/webhooks/{made(school)['id']}"
    trial = school.platform.post(f"{address}/test").json()
    assert (trial["event"], trial["state"], trial["number"]) == ("webhook.test", "pending", None)
    (listed,) = school.platform.get(f"{address}/deliveries?state=pending").json()["items"]
    assert listed == trial
    assert school.platform.get(f"{address}/deliveries?state=dead").json()["items"] == []
    again = school.platform.post(f"{address}/deliveries/{trial['id']}/replay")
    assert (again.json()["state"], again.json()["next_at"] > trial["next_at"]) == ("pending", True)
    ago = {"since": "2020-01-01T00:00:00Z"}
    assert school.platform.post(f"{address}/replay", json=ago).json() == {"replayed": 0}


def test_what_is_deleted_is_gone_with_its_deliveries(school: School) -> None:
    address = f"/v1/webhooks/{made(school)['id']}"
    school.platform.post(f"{address}/test")
    assert school.platform.delete(address).status_code == 204
    assert school.platform.get(address).status_code == 404
    with school.sessions.reading() as session:
        assert session.scalars(select(deliveries.WebhookDelivery)).all() == []


def test_it_is_for_whoever_leads_the_organization(school: School) -> None:
    made(school)
    for who in ("amara", "lindiwe"):
        assert school.person(who).get("/v1/webhooks").status_code == 403
    limited = school.platform.post("/v1/keys", json={"name": "x", "groups": ["year-8"]}).json()["secret"]
    assert school.client(limited).get("/v1/webhooks").status_code == 403
    reading = school.platform.post("/v1/keys", json={"name": "x", "scopes": ["read"]}).json()["secret"]
    assert school.client(reading).get("/v1/webhooks").json()["kind"] == "scope-missing"
    assert len(school.person("tomasz").get("/v1/webhooks").json()["items"]) == 1


def test_each_change_is_in_the_trail_without_the_address(school: School) -> None:
    address = f"/v1/webhooks/{made(school)['id']}"
    school.platform.post(f"{address}/rotate", headers={"If-Match": '"1"'})
    school.platform.post(f"{address}/test")
    school.platform.delete(address)
    trail = school.platform.get("/v1/audit").text
    assert all(f"webhook.{act}" in trail for act in ("create", "rotate", "test", "delete"))
    assert "courses.example.org" not in trail
