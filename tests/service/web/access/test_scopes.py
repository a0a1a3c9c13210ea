"""A key may be used for what it was made for, until it ends; and so may all that was made with it."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.actions.access import credentials
from service.actions.bundles import take_in
from service.domain.access.keys import KeyScope
from service.store.tables import AuditEntry, Credential
from tests.service.web.access.test_organization import HERE, signed_in
from tests.service.web.conftest import School, on_both

KEYS = f"{HERE}/keys"


def _made(school: School, *scopes: str, client: httpx.Client | None = None, **more: Any) -> httpx.Client:
    answer = (client or school.platform).post("/v1/keys", json={"name": "k", "scopes": scopes, **more})
    assert answer.status_code == 201, answer.text
    return school.client(answer.json()["secret"])


def _token(school: School, key: httpx.Client, person: str, **more: Any) -> httpx.Client:
    answer = key.post("/v1/tokens", json={"person": person, **more})
    assert answer.status_code == 201, answer.text
    return school.client(answer.json()["secret"])


def _ends(school: School, secret: str, at: datetime) -> None:
    with school.sessions.writing() as session:
        id_ = credentials.authenticate(session, secret, now=school.now()).credential
        session.get_one(Credential, id_).expires_at = at


def _bearer(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def test_a_key_is_told_which_scope_it_lacks_in_words_and_for_programs(school: School) -> None:
    reader = _made(school, "read")
    assert reader.get("/v1/people").status_code == 200
    refused = reader.put("/v1/challenges/new", json={"title": "Ours", "prompt": "Ours."})
    assert refused.status_code == 403
    assert refused.json()["kind"] == "scope-missing"
    assert refused.json()["detail"].startswith("This needs the scope `submit`.")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="peerloom", error="insufficient_scope", scope="submit"'
    bundle = {"content": b"{}", "headers": {"Content-Type": "application/x-ndjson"}}
    assert "the scopes `submit` and `people`." in reader.post("/v1/imports", **bundle).json()["detail"]
    assert school.platform.get("/v1/challenges/new").status_code == 404


@on_both
def test_a_key_from_before_there_were_scopes_may_do_all_and_does_not_end(school: School) -> None:
    with school.sessions.writing() as session:
        row = session.scalars(select(Credential).where(Credential.organization_id == school.organization)).one()
        row.scopes = None
    me = school.platform.get("/v1/me").json()
    assert me["scopes"] == ["read", "submit", "people", "act", "admin"]
    assert me["expires_at"] is None
    assert me["may"] == ["push", "read", "mint_tokens", "manage_keys", "hand_in"]
    assert school.platform.put("/v1/organization", json={"name": "Harbor"}).status_code == 200
    assert school.platform.get("/v1/keys").json()["items"][0]["scopes"] == me["scopes"]


def test_a_key_is_never_given_more_than_its_maker_has_nor_for_longer(school: School) -> None:
    soon = school.now() + timedelta(days=10)
    maker = _made(school, "read", "admin", expires_at=soon.isoformat())
    more = maker.post("/v1/keys", json={"name": "k", "scopes": ["read", "act"]})
    assert (more.status_code, more.json()["kind"]) == (403, "scope-missing")
    assert "`act` is not yours" in more.json()["detail"]
    late = {"name": "k", "scopes": ["read"], "expires_at": (soon + timedelta(seconds=1)).isoformat()}
    longer = maker.post("/v1/keys", json=late)
    assert longer.status_code == 422
    assert "cannot last longer" in longer.json()["detail"]
    shown = maker.post("/v1/keys", json={"name": "k"}).json()
    assert shown["scopes"] == ["read", "admin"]
    assert datetime.fromisoformat(shown["expires_at"]) == soon


@pytest.mark.parametrize("way", ["token", "session"])
def test_a_coordinator_of_everything_makes_no_key_beyond_the_one_they_came_in_with(school: School, way: str) -> None:
    """By a token through the API, by a link on the page: who stands behind it may do everything, the key may not."""
    key = _made(school, "read", "act", "admin")
    if way == "token":
        tomasz = _token(school, key, "tomasz")
        assert tomasz.get("/v1/me").json()["scopes"] == ["read", "act", "admin"]
        assert tomasz.post("/v1/keys", json={"name": "k", "scopes": ["submit"]}).status_code == 403
        assert tomasz.post("/v1/keys", json={"name": "k"}).json()["scopes"] == ["read", "act", "admin"]
    else:
        client = _in_by_link(school, key, "tomasz")
        page = client.get(KEYS).text
        assert 'value="act"' in page
        assert 'value="submit"' not in page, "what is not theirs is not offered"
        form = {"csrf": _csrf(page), "name": "k", "scopes": ["submit"], "days": ""}
        refused = client.post(KEYS, data=form)
        assert (refused.status_code, "plk_" in refused.text) == (403, False)


def _csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


def _in_by_link(school: School, key: httpx.Client, person: str) -> httpx.Client:
    answer = key.post("/v1/sign-in-links", json={"person": person})
    assert answer.status_code == 201, answer.text
    client = school.client()
    entered = client.post(answer.json()["url"], headers={"Origin": school.url})
    assert entered.status_code == 303, entered.text
    return client


@on_both
def test_a_session_that_a_key_began_opens_no_page_that_the_key_may_not(school: School) -> None:
    client = _in_by_link(school, _made(school, "read", "act"), "tomasz")
    assert client.get("/desk/today").status_code == 200
    for path in ("/desk/settings", KEYS, "/desk/settings/audit", "/desk/settings/keeping"):
        refused = client.get(path, headers={"Accept": "text/html"})
        assert refused.status_code == 403
        assert "This needs the scope `admin`" in refused.text
    csrf = _csrf(client.get("/desk/people").text)
    sent = client.post("/desk/people", data={"csrf": csrf, "name": "New"}, headers={"Accept": "text/html"})
    assert "This needs the scope `people`" in sent.text


@on_both
def test_what_a_key_makes_is_told_to_end_with_it_and_does(school: School) -> None:
    end = school.now() + timedelta(minutes=5)
    key = _made(school, "read", "act", expires_at=end.isoformat())
    token = key.post("/v1/tokens", json={"person": "lindiwe", "seconds": 43_200}).json()
    link = key.post("/v1/sign-in-links", json={"person": "lindiwe"}).json()
    assert datetime.fromisoformat(token["expires_at"]) == datetime.fromisoformat(link["expires_at"]) == end
    again = key.post("/v1/tokens", json={"person": "lindiwe", "seconds": 43_200}).json()
    assert again["id"] == token["id"], "asked for again at once, it is the same token"
    client, bearer = _in_by_link(school, key, "lindiwe"), school.client(token["secret"])
    with school.sessions.reading() as session:
        begun = session.scalars(select(Credential).where(Credential.session)).one()
        assert begun.expires_at == end
    _ends(school, _bearer(key), school.now() - timedelta(seconds=1))
    assert bearer.get("/v1/me").status_code == 401
    assert client.get("/desk/today").status_code == 303


def test_a_key_that_has_ended_by_itself_is_told_so_and_nobody_else_is(school: School) -> None:
    key = _made(school, "read", "act")
    token = _token(school, key, "lindiwe")
    _ends(school, _bearer(key), datetime(2026, 3, 1, 12, 30, tzinfo=school.now().tzinfo))
    told = key.get("/v1/me")
    assert told.status_code == 401
    assert told.json()["detail"].startswith("This key ended by itself on 2026-03-01 at 12:30 UTC.")
    general = school.client("plk_" + "x" * 43).get("/v1/me").json()["detail"]
    assert general.startswith("A valid key or token is needed")
    assert token.get("/v1/me").json()["detail"] == general
    with school.sessions.writing() as session:
        for row in session.scalars(select(Credential).where(Credential.name == "k")):
            row.revoked_at = school.now()
    assert key.get("/v1/me").json()["detail"] == general, "a key that was taken away is told nothing"


@pytest.mark.parametrize(
    "body",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2090-01-01T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
    ],
)
def test_a_key_for_nothing_or_with_an_impossible_end_is_not_made(school: School, body: dict[str, Any]) -> None:
    assert school.platform.post("/v1/keys", json={"name": "k", **body}).status_code == 422


@on_both
def test_a_keys_list_says_what_each_is_for_until_when_and_when_it_was_used(school: School) -> None:
    end = school.now() + timedelta(days=90)
    key = _made(school, "submit", "read", expires_at=end.isoformat())
    listed = school.platform.get("/v1/keys").json()["items"]
    assert (listed[0]["scopes"], listed[0]["last_used_at"]) == (["read", "submit"], None)
    assert datetime.fromisoformat(listed[0]["expires_at"]) == end
    assert listed[1]["last_used_at"] is not None
    before = school.now()
    assert key.get("/v1/people").status_code == 200
    first = datetime.fromisoformat(school.platform.get("/v1/keys").json()["items"][0]["last_used_at"])
    assert before <= first <= school.now()
    assert key.get("/v1/people").status_code == 200
    assert datetime.fromisoformat(school.platform.get("/v1/keys").json()["items"][0]["last_used_at"]) == first
    with school.sessions.writing() as session:
        row = session.scalars(select(Credential).where(Credential.name == "k")).one()
        row.last_used_at = first - timedelta(hours=2)
    assert key.get("/v1/people").status_code == 200
    assert datetime.fromisoformat(school.platform.get("/v1/keys").json()["items"][0]["last_used_at"]) > first


def test_the_page_offers_a_year_and_reading_and_says_what_was_chosen(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(KEYS)
    assert 'name="days" value="365"' in page.html
    assert re.findall(r'value="(\w+)" checked', page.html) == ["read"]
    made = tomasz.send(page, KEYS, name="Wall display", scopes=["read"], days="20")
    assert "for read" in made.text
    assert "ends in 20 days" in made.text or "ends in 19 days" in made.text
    assert "Make a new one" in made.text
    for wrong in ({"scopes": [], "days": "20"}, {"scopes": ["read"], "days": "0"}, {"scopes": ["all"], "days": ""}):
        refused = tomasz.send(page, KEYS, name="Wall display", **wrong)
        assert refused.status == 422
        assert "plk_" not in refused.html
    for_good = tomasz.send(page, KEYS, name="Old platform", scopes=list(KeyScope), days="")
    assert "does not end by itself" in for_good.text
    assert "for everything" in for_good.text


def test_a_coordinator_of_everything_is_told_a_month_before_a_key_ends_and_a_week_after(school: School) -> None:
    tomasz, mateo = signed_in(school, "tomasz"), signed_in(school, "mateo")
    key = _made(school, "read")
    told = "1 key with little time left"
    secret, now = _bearer(key), school.now()
    assert told not in tomasz.get("/desk/today").text
    for days, expected in ((31, False), (29, True), (-6, True), (-8, False)):
        with school.sessions.writing() as session:
            row = session.scalars(select(Credential).where(Credential.name == "k")).one()
            row.expires_at = now + timedelta(days=days)
        assert (told in tomasz.get("/desk/today").text) is expected, days
        assert told not in mateo.get("/desk/today").text
    assert "ended by itself" in tomasz.get(KEYS).text
    assert secret not in tomasz.get(KEYS).html


@on_both
def test_the_trail_says_what_each_key_token_and_link_is_for_and_until_when(school: School) -> None:
    end = school.now() + timedelta(days=1)
    key = _made(school, "read", "act", expires_at=end.isoformat())
    _token(school, key, "lindiwe")
    key.post("/v1/sign-in-links", json={"person": "lindiwe"})
    with school.sessions.reading() as session:
        facts = {one.act: one.facts for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))}
    assert facts["key.issue"] == {"groups": [], "scopes": ["read", "act"], "expires_at": end.isoformat()}
    assert facts["token.mint"]["scopes"] == facts["sign-in.invite"]["scopes"] == ["read", "act"]


def test_who_may_put_people_in_makes_nobody_a_coordinator_by_call_or_by_bundle(school: School) -> None:
    """Whoever coordinates makes keys that may do everything."""
    key = _made(school, "people", "submit", "read")
    leads = {"name": "Amara", "roles": [{"role": "coordinator", "group": "harbor"}]}
    assert key.put("/v1/people/amara", json=leads).json()["kind"] == "scope-missing"
    no_more = {"name": "Tomasz", "roles": [{"role": "learner", "group": "year-8"}]}
    assert key.put("/v1/people/tomasz", json=no_more).json()["kind"] == "scope-missing"
    teaches = {"name": "Amara", "roles": [{"role": "facilitator", "group": "year-8"}]}
    assert key.put("/v1/people/amara", json=teaches).status_code == 200
    line = json.dumps({"kind": "person", "id": "amara", **leads})
    started = key.post("/v1/imports", content=line, headers={"Content-Type": "application/x-ndjson"}).json()
    with school.sessions.writing() as session:
        while take_in.take_chunk(session, started["id"], now=school.now()):
            pass
    errors = key.get(f"/v1/imports/{started['id']}/errors").json()["items"]
    assert ["`admin`" in one["message"] for one in errors] == [True]
    assert {one["role"] for one in school.platform.get("/v1/people/amara").json()["roles"]} == {"facilitator"}
