"""Every error has one shape, says what to do, and gives nothing of the inside away."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.actions.people import register
from service.domain import errors as domain
from service.web.errors import KINDS
from service.web.services import Limits
from tests.conftest import sessions
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases

JSON = {"Content-Type": "application/json"}


def check(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["kind"]) == (status, status, kind), body
    assert body["type"] == f"/problems/{kind}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body


def test_every_kind_of_the_domain_has_a_status() -> None:
    kinds = {cls.kind for cls in vars(domain).values() if isinstance(cls, type) and issubclass(cls, Exception)}
    assert kinds <= KINDS.keys()


def test_the_frameworks_own_errors_have_the_same_shape(bare: School) -> None:
    check(bare.platform.get("/v1/nothing"), 404, "not-found")
    check(bare.platform.get("/v1/groups/"), 404, "not-found")
    assert check(bare.platform.post("/v1/groups"), 405, "method-not-allowed")
    assert bare.platform.post("/v1/groups").headers["Allow"] == "GET"
    check(bare.platform.put("/v1/groups/a", content=b"name=A", headers={"Content-Type": "text/plain"}), 415,
          "unsupported-media-type")  # fmt: skip


@pytest.mark.parametrize("secret", ["", "plk_wrong", "plt_wrong", "plk_ and more", "x" * 5000])
def test_without_a_valid_key_nothing_is_told(bare: School, secret: str) -> None:
    answer = bare.client(secret).get("/v1/groups")
    assert check(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_who_asks_is_settled_before_the_body_is_read(bare: School) -> None:
    check(bare.client().put("/v1/groups/a", content=b"{", headers=JSON), 401, "not-signed-in")


@pytest.mark.parametrize(
    "garbage", [b"{", b'{"name": }', b"\xff\xfe", b"[" * 100_000, b'{"name": ' + b"9" * 5000 + b"}"]
)
def test_garbage_is_told_as_garbage(bare: School, garbage: bytes) -> None:
    answer = bare.platform.put("/v1/groups/a", content=garbage, headers=JSON)
    assert answer.status_code == 400, answer.text
    assert answer.json()["kind"] in ("not-json", "bad-request")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/name"),
        ({"name": 1}, "#/name"),
        ({"name": "nul\x00"}, "#/name"),
        ({"name": "half \ud83d"}, "#/name"),
        ({"name": "A", "half \ud83d": 1}, "#"),
        ({"name": "A", "a/b~c": 1}, "#/a~1b~0c"),
        ({"name": "A" * 256}, "#/name"),
        ({"name": "A", "roles": [{"role": "king", "group": "g"}]}, "#/roles/0/role"),
        ({"name": "A", "roles": [{"role": "learner", "group": "g"}] * 201}, "#/roles"),
        ({"name": "A", "language": "not a language"}, "#/language"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(bare: School, body: Any, pointer: str) -> None:
    answer = bare.platform.put("/v1/people/a", content=json.dumps(body).encode(), headers=JSON)
    problem = check(answer, 422, "invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/groups?limit=0", "query:limit"),
        ("/v1/groups?limit=many", "query:limit"),
        ("/v1/groups?cursor=x", "query:cursor"),
        ("/v1/groups?cursor=MTox%00", "query:cursor"),
        ("/v1/drafts?state=lost", "query:state/0"),
        ("/v1/drafts?group=a%00b", "query:group"),
        ("/v1/drafts/NOT-AN-ID", "path:id"),
        ("/v1/challenges/a%00b", "path:id"),
    ],
)
def test_an_address_that_cannot_be_is_told_by_its_part(bare: School, path: str, pointer: str) -> None:
    problem = check(bare.platform.get(path), 422, "invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-01T10:00:00"])
def test_a_time_that_no_database_keeps_is_refused(school: School, at: str) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": "We meet.", "submitted_at": at}
    problem = check(school.platform.put("/v1/submissions/s", json=body), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "#/submitted_at"


def test_an_id_of_another_alphabet_is_an_id(bare: School) -> None:
    for name in ("grupo 8 ñ", "組-八", "a%2Fb", "...", "🌱"):
        path = "/v1/context/" + "".join(f"%{byte:02X}" for byte in name.encode())
        assert bare.platform.put(path, json={"title": "T", "text": "Words."}).status_code == 201, name
        assert bare.platform.get(path).json()["id"] == name


def test_the_unforeseen_tells_only_where_to_ask(bare: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(register, "put_group", broken)
    answer = bare.platform.put("/v1/groups/a", json={"name": "A"})
    check(answer, 500, "error")
    assert "secret" not in answer.text


def test_a_body_may_not_be_larger_than_it_may(serve: Any) -> None:
    harbor = serve(limits=Limits(body=1000, bundle=2000)).founded("harbor")
    check(harbor.platform.put("/v1/groups/a", json={"name": "A" * 1000}), 413, "too-large")
    ndjson = {"Content-Type": "application/x-ndjson"}
    assert harbor.platform.post("/v1/imports", content=b"{}\n" * 600, headers=ndjson).status_code == 202
    check(harbor.platform.post("/v1/imports", content=b"{}\n" * 700, headers=ndjson), 413, "too-large")


def test_a_body_without_a_length_is_cut_off_while_it_comes(serve: Any) -> None:
    harbor = serve(limits=Limits(body=1000, bundle=2000)).founded("harbor")
    sent = []

    def endless() -> Iterator[bytes]:
        for number in range(200):
            sent.append(number)
            yield b" " * 1000

    check(harbor.platform.put("/v1/groups/a", content=endless(), headers=JSON), 413, "too-large")
    ndjson = {"Content-Type": "application/x-ndjson"}
    check(harbor.platform.post("/v1/imports", content=endless(), headers=ndjson), 413, "too-large")


def test_a_length_that_promises_too_much_is_refused_before_the_body_comes(bare: School) -> None:
    host, port = bare.url.removeprefix("http://").split(":")
    head = f"PUT /v1/groups/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bare.key}\r\nContent-Length: 99999999\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall((head + "Content-Type: application/json\r\n\r\n").encode())
        assert b" 413 " in connection.recv(200)


def test_a_bundle_that_is_not_text_is_refused_by_its_line(bare: School) -> None:
    ndjson = {"Content-Type": "application/x-ndjson"}
    for content, line in ((b"{}\n\xff\n", 2), (b"{}\n{}\n{\x00}\n", 3), (b"\xed\xa0\x80", 1), (b"{}\n\xe4", 2)):
        problem = check(bare.platform.post("/v1/imports", content=content, headers=ndjson), 422, "invalid")
        assert problem["errors"][0]["pointer"] == f"line:{line}"
    check(bare.platform.post("/v1/imports", content=b"", headers=ndjson), 422, "invalid")
    check(bare.platform.post("/v1/imports", json=[]), 415, "unsupported-media-type")
