"""Coming in through the browser: links that work once, sessions that end, forms that only our own pages can send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service.actions.access import credentials, sign_in
from service.store import find
from service.store.tables import Person
from tests.service.web.browsing import Visitor, link_for, signed_in
from tests.service.web.conftest import School


def test_a_link_signs_in_once_and_says_whom_it_is_for(school: School) -> None:
    link = link_for(school, "lindiwe")
    visitor = Visitor(school.client())
    assert "Welcome, Lindiwe Dube" in visitor.get(link).text
    assert "Welcome, Lindiwe Dube" in visitor.get(link).text  # looking does not use it up
    came = visitor.client.post(link)
    assert came.headers["location"] == "/"
    cookie = came.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    another = Visitor(school.client())
    assert "This link has ended" in another.get(link).text
    assert another.client.post(link).status_code == 401


def test_a_link_that_waited_too_long_has_ended(school: School) -> None:
    link = link_for(school, "lindiwe", now=school.now() - timedelta(days=4))
    assert "This link has ended" in Visitor(school.client()).get(link).text
    assert school.client().post(link).status_code == 401


def test_what_never_was_a_link_says_so(school: School) -> None:
    page = Visitor(school.client()).get("/sign-in/" + "x" * 43)
    assert page.status == 404
    assert "not a sign-in link" in page.text


def test_each_begins_where_their_work_is(school: School) -> None:
    begins = {
        name: signed_in(school, name).client.get("/").headers["location"] for name in ("amara", "lindiwe", "tomasz")
    }
    assert begins == {"amara": "/learn", "lindiwe": "/desk/today", "tomasz": "/desk/today"}


def test_whoever_is_not_signed_in_is_asked_to_and_may_come_back(school: School) -> None:
    answer = school.client().get("/?a=b")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/%3Fa%3Db"
    assert school.client().post("/sign-out").status_code == 401


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    kept = visitor.client.cookies["peerloom"]
    page = visitor.get("/desk")
    out = visitor.send(page, "/sign-out")
    assert "You are signed out" in out.text
    assert out.answer.history[0].headers["clear-site-data"] == '"cache", "storage"'
    thief = school.client()
    thief.cookies["peerloom"] = kept
    assert thief.get("/").headers["location"].startswith("/sign-in")


def test_a_session_ends_by_itself_after_twelve_hours(school: School) -> None:
    with school.sessions.writing() as session:
        row = find.one(session, Person, school.organization, "lindiwe")
        _, secret = sign_in.invite(session, school.organization, row, by="operator", now=school.now())
        begun = sign_in.enter(session, secret, embedded=False, now=school.now())
        ends = school.now() + sign_in.SESSION
        assert credentials.authenticate(session, begun.secret, now=ends - timedelta(minutes=1)).person == row.id
        with pytest.raises(Exception, match="A valid key or token"):
            credentials.authenticate(session, begun.secret, now=ends + timedelta(minutes=1))


def test_revoking_a_platforms_key_ends_the_sessions_that_began_with_its_links(school: School) -> None:
    made = school.platform.post("/v1/sign-in-links", json={"person": "amara"})
    assert made.status_code == 201
    visitor = Visitor(school.client())
    visitor.client.post(made.json()["url"])
    assert visitor.client.get("/").headers["location"] == "/learn"
    key = school.platform.get("/v1/keys").json()["items"][0]["id"]
    assert school.platform.delete(f"/v1/keys/{key}").status_code == 204
    assert visitor.client.get("/").headers["location"].startswith("/sign-in")


def test_a_form_of_another_session_or_site_is_refused(school: School) -> None:
    visitor, other = signed_in(school, "lindiwe"), signed_in(school, "mateo")
    stolen = other.get("/desk").csrf
    assert visitor.client.post("/sign-out").status_code == 403
    assert visitor.client.post("/sign-out", data={"csrf": stolen}).status_code == 403
    own = {"csrf": visitor.get("/desk").csrf}
    assert visitor.client.post("/sign-out", data=own, headers={"Origin": "https://evil.example"}).status_code == 403
    assert visitor.client.post("/sign-out", data=own).status_code == 303


def test_a_link_cannot_be_used_by_a_form_of_another_site(school: School) -> None:
    answer = school.client().post(link_for(school, "lindiwe"), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_key_in_a_cookie_opens_nothing(school: School) -> None:
    client = school.client()
    client.cookies["peerloom"] = school.key
    assert client.get("/").headers["location"].startswith("/sign-in")


def test_a_link_leads_nowhere_else(school: School) -> None:
    for path in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = school.platform.post("/v1/sign-in-links", json={"person": "amara", "path": path})
        assert answer.status_code == 422, path


def test_looking_at_an_embedded_link_begins_nothing_and_it_works_only_for_what_it_was_made(school: School) -> None:
    settings = {"name": "Harbor School", "embed_origins": ["https://courses.example.org"]}
    assert school.platform.put("/v1/organization", json=settings).status_code == 200
    asked = {"person": "amara", "embedded": True, "path": "/learn"}
    url = school.platform.post("/v1/sign-in-links", json=asked).json()["url"]
    client = school.client()
    for _ in range(2):
        seen = client.get(url)
        assert seen.status_code == 200
        assert "Amara Okafor" in seen.text
        assert "set-cookie" not in seen.headers
        assert "frame-ancestors https://courses.example.org" in seen.headers["content-security-policy"]
    assert client.post(url, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(url).headers["location"] == "/learn"
    assert client.post(url).status_code == 401
    plain = link_for(school, "amara").replace("/sign-in/", "/embed/")
    assert school.client().get(plain).status_code == 401
    assert school.client().post(plain).status_code == 401


def test_a_link_begins_with_no_host_that_only_the_caller_has_named(serve: Callable[..., School]) -> None:
    school = serve().founded("harbor").peopled()
    evil = {"Host": "evil.example"}
    made = school.platform.post("/v1/sign-in-links", json={"person": "amara"}, headers=evil)
    assert made.status_code == 422
    assert "PEERLOOM_PUBLIC_URL" in made.text
    assert "evil" not in made.text
    coordinator = signed_in(school, "tomasz")
    page = coordinator.get("/desk/people/amara")
    form = {"csrf": page.csrf, "days": "1"}
    invited = coordinator.client.post("/desk/people/amara/invite", data=form, headers=evil)
    assert invited.status_code == 422, invited.text
    assert "evil" not in invited.text
    school.app.state.services = replace(school.app.state.services, hosts=frozenset({"peerloom.lan"}))
    known = school.platform.post("/v1/sign-in-links", json={"person": "amara"}, headers={"Host": "peerloom.lan:80"})
    assert known.json()["url"].startswith("http://peerloom.lan:80/sign-in/")
    for odd in ("evil.example@peerloom.lan", "peerloom.lan/evil", "peerloom.lan?evil"):
        refused = school.platform.post("/v1/sign-in-links", json={"person": "amara"}, headers={"Host": odd})
        assert (refused.status_code, "evil" in refused.text) == (422, False)
    school.app.state.services = replace(school.app.state.services, public_url="https://feedback.example.org")
    public = school.platform.post("/v1/sign-in-links", json={"person": "amara"}, headers=evil)
    assert public.json()["url"].startswith("https://feedback.example.org/sign-in/")


def test_behind_tls_the_cookie_is_this_hosts_alone_and_browsers_come_back_over_tls(
    serve: Callable[..., School],
) -> None:
    school = serve().founded("harbor").peopled()
    plain = school.client().post(link_for(school, "amara"))
    assert plain.headers["set-cookie"].startswith("peerloom=")
    assert "strict-transport-security" not in plain.headers
    school.app.state.services = replace(school.app.state.services, public_url="https://feedback.example.org")
    came = school.client().post(link_for(school, "amara"))
    name, _, rest = came.headers["set-cookie"].partition("=")
    assert name == "__Host-peerloom"
    assert {"Path=/", "HttpOnly", "Secure"} <= set(rest.split("; "))
    assert "Domain" not in rest
    assert came.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    secret = rest.partition(";")[0]
    for cookie, place in (("__Host-peerloom", "/learn"), ("peerloom", "/sign-in")):
        answer = school.client(Cookie=f"{cookie}={secret}").get("/")
        assert answer.headers["location"].startswith(place)


def test_pages_carry_a_policy_without_anything_inline(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    for path in ("/desk", "/sign-in", "/nothing-here"):
        policy = visitor.client.get(path, headers={"Accept": "text/html"}).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in visitor.client.get("/desk").headers["content-security-policy"]


def test_a_page_that_is_not_there_is_told_to_people_as_a_page_and_to_programs_as_a_problem(school: School) -> None:
    page = school.client().get("/nothing-here", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert school.client().get("/nothing-here").headers["content-type"] == "application/problem+json"


def test_files_may_be_kept_for_good_by_the_address_that_pages_use(school: School) -> None:
    page = Visitor(school.client()).get("/sign-in")
    import re

    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.html):
        answer = school.client().get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_signing_in_ends_the_session_that_this_browser_held_and_no_other(school: School) -> None:
    visitor, elsewhere = signed_in(school, "lindiwe"), signed_in(school, "lindiwe")
    before = visitor.client.cookies["peerloom"]
    assert visitor.client.post(link_for(school, "mateo")).status_code == 303
    assert visitor.client.cookies["peerloom"] != before
    assert "Mateo Ruiz" in visitor.get("/desk").text
    thief = school.client()
    thief.cookies["peerloom"] = before
    assert thief.get("/").headers["location"].startswith("/sign-in")
    assert elsewhere.get("/desk").status == 200


def test_a_link_that_does_not_work_ends_no_session(school: School) -> None:
    visitor, used = signed_in(school, "lindiwe"), link_for(school, "mateo")
    assert school.client().post(used).status_code == 303
    assert visitor.client.post(used).status_code == 401
    assert "Lindiwe Dube" in visitor.get("/desk").text
