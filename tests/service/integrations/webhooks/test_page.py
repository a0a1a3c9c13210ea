"""Webhooks for people: to make an endpoint, see what was sent, send it again, and end it."""

from __future__ import annotations

import re

from sqlalchemy import update

from service.store.tables import DeliveryState, WebhookDelivery
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, school, serve, sessions

__all__ = ["school", "serve", "sessions"]

HERE = "/desk/settings/webhooks"
URL = "https://courses.example.org/peerloom"


def test_a_coordinator_makes_one_tries_it_sends_again_and_deletes_it(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE)
    assert "No endpoints yet." in page.text
    wrong = tomasz.send(page, HERE, name="Courses", url="http://[::1", events=["feedback.released"])
    assert wrong.status == 422
    assert "not an address" in wrong.text
    assert 'value="feedback.released" checked' in wrong.html
    made = tomasz.send(wrong, HERE, name="Courses", url=URL, events=["feedback.released"])
    assert re.search(r"whsec_[A-Za-z0-9+/=]{44}", made.html)
    assert "whsec_" not in tomasz.get(HERE).html
    (endpoint,) = school.platform.get("/v1/webhooks").json()["items"]
    own = f"{HERE}/{endpoint['id']}"
    assert "It is tried again" in tomasz.send(tomasz.get(own), f"{own}/test").text
    with school.sessions.writing() as session:
        said = {"status": 500, "excerpt": "No <b>room</b>.", "attempts": 10, "tried_at": school.now()}
        dead = {"state": DeliveryState.DEAD, "ended_at": school.now()}
        session.execute(update(WebhookDelivery).values(said | dead))
    page = tomasz.get(own)
    assert "given up" in page.text
    assert "10 attempts" in page.text
    assert "answered 500" in page.text
    assert "No <b>room</b>." in page.text
    (delivery,) = school.platform.get(f"/v1/webhooks/{endpoint['id']}/deliveries").json()["items"]
    tomasz.send(page, f"{own}/deliveries/{delivery['id']}/replay")
    (again,) = school.platform.get(f"/v1/webhooks/{endpoint['id']}/deliveries").json()["items"]
    assert (again["id"], again["state"], again["attempts"]) == (delivery["id"], "pending", 0)
    assert "Removed." in tomasz.send(tomasz.get(own), f"{own}/delete").text
    assert school.platform.get("/v1/webhooks").json()["items"] == []


def test_what_somebody_else_changed_meanwhile_is_not_written_over(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    tomasz.send(tomasz.get(HERE), HERE, name="Courses", url=URL)
    (endpoint,) = school.platform.get("/v1/webhooks").json()["items"]
    own = f"{HERE}/{endpoint['id']}"
    page = tomasz.get(own)
    body = {"name": "Renamed", "url": URL}
    school.platform.put(f"/v1/webhooks/{endpoint['id']}", json=body, headers={"If-Match": '"1"'})
    assert tomasz.send(page, own, **page.hidden(own), name="Mine", url=URL).status == 412
    page = tomasz.get(own)
    changed = tomasz.send(page, own, **page.hidden(own), name="Mine", url=URL, events=["draft.ready"])
    assert "Saved." in changed.text
    (endpoint,) = school.platform.get("/v1/webhooks").json()["items"]
    assert (endpoint["name"], endpoint["state"], endpoint["events"]) == ("Mine", "off", ["draft.ready"])
    rotated = tomasz.send(tomasz.get(own), f"{own}/rotate", version=str(endpoint["version"]))
    assert "whsec_" in rotated.html
    assert "is signed with the secret before" in rotated.text
    assert "ends at once" in rotated.text


def test_who_leads_nothing_sees_none_of_it(school: School) -> None:
    assert signed_in(school, "lindiwe").get(HERE).status == 403
