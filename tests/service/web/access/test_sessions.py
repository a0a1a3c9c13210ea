"""Where one is signed in: listed for oneself and for who coordinates, and ended one by one or all at once."""

from __future__ import annotations

import re

from tests.service.web.browsing import Visitor, link_for, signed_in
from tests.service.web.conftest import School


def ids(html: str) -> list[str]:
    return re.findall(r'action="/safety/sessions/([0-9a-f]{32})/end"', html)


def is_in(visitor: Visitor) -> bool:
    return not visitor.client.get("/").headers["location"].startswith("/sign-in")


def test_a_person_sees_where_they_are_signed_in_and_ends_one_of_them(school: School) -> None:
    old, here = signed_in(school, "amara"), signed_in(school, "amara")
    signed_in(school, "lindiwe")
    page = here.get("/safety")
    assert page.text.count("By a sign-in link") == 2
    assert page.text.count("this one") == 1
    (other,) = ids(page.html)
    for _ in range(2):  # sent twice, it is one act
        assert "That session has ended" in here.send(page, f"/safety/sessions/{other}/end").text
    assert (is_in(old), is_in(here)) == (False, True)
    assert ids(here.get("/safety").html) == []


def test_a_person_ends_all_others_and_links_that_wait(school: School) -> None:
    others, here = [signed_in(school, "amara") for _ in range(2)], signed_in(school, "amara")
    waiting, stranger = link_for(school, "amara"), signed_in(school, "lindiwe")
    here.send(here.get("/safety"), "/safety/sessions/end-others")
    assert [is_in(one) for one in (*others, here, stranger)] == [False, False, True, True]
    assert school.client().post(waiting).status_code == 401


def test_nobody_ends_a_session_or_a_token_of_somebody_else_or_of_their_platform(school: School) -> None:
    amara, lindiwe = signed_in(school, "amara"), signed_in(school, "lindiwe")
    signed_in(school, "amara")
    (theirs,) = ids(amara.get("/safety").html)
    token = school.person("lindiwe").get("/v1/me").json()["credential"]
    csrf = lindiwe.get("/safety").csrf
    for id_ in (theirs, token, "0" * 32):
        assert lindiwe.client.post(f"/safety/sessions/{id_}/end", data={"csrf": csrf}).status_code == 404
    assert is_in(amara)


def test_a_platform_and_who_coordinates_list_and_end_a_persons_sessions(school: School) -> None:
    visitor = signed_in(school, "amara")
    for client in (school.platform, school.person("tomasz")):
        (shown,) = client.get("/v1/people/amara/sessions").json()["items"]
        assert set(shown) == {"id", "begun_at", "ends_at", "embedded"}
        assert shown["embedded"] is False
    for name in ("mateo", "lindiwe", "amara"):
        assert school.person(name).get("/v1/people/amara/sessions").status_code == 403, name
        assert school.person(name).delete("/v1/people/amara/sessions").status_code == 403, name
    assert is_in(visitor)
    assert school.platform.delete("/v1/people/amara/sessions").status_code == 204
    assert school.platform.get("/v1/people/amara/sessions").json()["items"] == []
    assert not is_in(visitor)
