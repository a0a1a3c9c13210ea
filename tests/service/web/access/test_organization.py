"""Settings and keys: for coordinators of the whole organization, in the browser and through the API."""

from __future__ import annotations

import re

import pytest

from service.domain.access.organization_settings import is_origin
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/settings"


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("https://courses.example.org", True),
        ("https://courses.example.org:8443", True),
        ("http://localhost:3000", True),
        ("http://courses.example.org", False),
        ("https://courses.example.org/", False),
        ("https://a.example; script-src *", False),
        ("https://*.example.org", False),
        ("https://user@example.org", False),
        ("https://example.org:99999", False),
        ("https://EXAMPLE.org", False),
        ("https://example.org\n", False),
        ("null", False),
        ("'self'", False),
    ],
)
def test_a_site_that_may_frame_pages_is_one_site_and_nothing_else(origin: str, good: bool) -> None:
    assert is_origin(origin) is good


def test_settings_are_kept_and_hold_at_once(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    fields = {"name": "Harbour", "language": "en", "undo_seconds": "30", "model_budget_per_day": "2,5"}
    sites = "https://courses.example.org/\nhttp://localhost:3000"
    page = tomasz.send(tomasz.get(HERE), HERE, **fields, embed_origins=sites)
    assert "Saved." in page.text
    stored = school.platform.get("/v1/organization").json()
    assert (stored["name"], stored["undo_seconds"], stored["model_budget_per_day"]) == ("Harbour", 30, 2.5)
    assert stored["embed_origins"] == ["https://courses.example.org", "http://localhost:3000"]
    framed = signed_in(school, "amara").client.get("/learn").headers["content-security-policy"]
    assert "frame-ancestors https://courses.example.org http://localhost:3000" in framed
    wrong = tomasz.send(tomasz.get(HERE), HERE, name="", undo_seconds="soon", embed_origins="http://evil.example")
    assert wrong.status == 422
    assert {"name-error", "undo_seconds-error", "embed_origins-error"} <= set(
        re.findall(r'id="(\w+-error)"', wrong.html)
    )
    assert 'value="soon"' in wrong.html
    assert school.platform.get("/v1/organization").json() == stored


def test_the_api_refuses_a_site_that_is_none(school: School) -> None:
    body = {"name": "Harbor", "embed_origins": ["https://a.example; script-src *"]}
    assert school.platform.put("/v1/organization", json=body).status_code == 422
    limited = school.client(school.platform.post("/v1/keys", json={"name": "k", "groups": ["year-8"]}).json()["secret"])
    assert limited.get("/v1/organization").status_code == 403


@on_both
def test_a_keys_secret_is_shown_once_and_the_key_can_be_ended(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    path = f"{HERE}/keys"
    made = tomasz.send(tomasz.get(path), path, name="Intranet", groups=["year-8"], scopes=["read"], days="365")
    found = re.search(r"<code>(plk_[\w-]+)</code>", made.html)
    assert found
    assert school.client(found[1]).get("/v1/me").json()["groups"] == ["year-8"]
    assert found[1] not in tomasz.get(path).html
    end = re.search(rf"{path}/[0-9a-f]{{32}}/revoke", made.html)
    assert end
    tomasz.send(made, end[0])
    assert school.client(found[1]).get("/v1/me").status_code == 401


@on_both
@pytest.mark.parametrize("who", ["noor", "lindiwe", "amara"])
def test_settings_and_keys_are_refused_to_everybody_else(school: School, who: str) -> None:
    noor = {"name": "Noor Aziz", "roles": [{"role": "coordinator", "group": "year-8"}]}
    school.platform.put("/v1/people/noor", json=noor)
    visitor, client = signed_in(school, who), school.person(who)
    for path in (HERE, f"{HERE}/keys"):
        page = visitor.get(path)
        assert page.status == 403
        csrf = visitor.get("/desk/people").csrf or visitor.get("/learn").csrf
        assert visitor.client.post(path, data={"csrf": csrf, "name": "X", "language": "en"}).status_code == 403
    assert client.get("/v1/organization").status_code == 403
    assert client.put("/v1/organization", json={"name": "X"}).status_code == 403
    assert client.put("/v1/context/handbook", json={"title": "X", "text": "X"}).status_code == 403
    assert client.post("/v1/keys", json={"name": "X"}).status_code == 403
