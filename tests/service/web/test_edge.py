"""What is true of every answer: its id, its headers, its one log line without anybody's words; and who is alive."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service.actions.people import register
from service.domain.errors import NotAllowed
from service.domain.roles import Actor
from service.store import jobs
from service.store.tables import ImportRun
from service.web.edge import OuterLayer
from service.web.pages import trouble
from service.web.services import Similar
from tests.conftest import sessions
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases

MARK = "zebrafish"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, by structlog and by the standard library."""
    lines = io.StringIO()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(lines)
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))  # the test's own client
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def requests(log: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "request"]


def test_each_request_leaves_one_line(school: School, log: io.StringIO) -> None:
    answer = school.platform.get("/v1/challenges/peer-observation", headers={"X-Request-ID": "from-the-platform-1"})
    school.platform.get("/v1/no/such/thing")
    first, second = requests(log)
    assert answer.headers["X-Request-ID"] == first["request_id"] == "from-the-platform-1"
    assert (first["method"], first["route"], first["status"]) == ("GET", "/v1/challenges/{id}", 200)
    assert first["ms"] > 0
    assert (second["route"], second["status"]) == ("-", 404)
    assert second["request_id"] != first["request_id"]


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in it", "<script>alert</script>"])
def test_a_request_id_that_is_not_sane_is_replaced(bare: School, given: str) -> None:
    assert bare.platform.get("/v1/me", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_no_word_of_anybody_is_in_the_log(school: School, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bodies, paths, queries, headers and methods; taken, refused, and failing."""
    school.drafted("amara-1", f"We bring a {MARK} to each visit.")
    lindiwe = school.person("lindiwe")
    seen = lindiwe.get("/v1/drafts/next")
    etag = {"If-Match": seen.headers["ETag"], "Idempotency-Key": f"key-{MARK}"}
    path = "/v1/drafts/" + seen.json()["id"]
    assert lindiwe.patch(path, json={"summary": MARK}, headers=etag).status_code == 200
    school.platform.put(f"/v1/groups/{MARK}", json={"name": MARK})
    school.platform.put(f"/v1/people/{MARK}", json={"name": MARK, "roles": [{"role": MARK, "group": MARK}]})
    school.platform.put(f"/v1/people/{MARK}", json={"name": MARK, "roles": [{"role": "learner", "group": MARK * 2}]})
    school.platform.get(f"/v1/drafts?challenge={MARK}")
    school.platform.get(f"/{MARK}?{MARK}={MARK}")
    school.platform.request(MARK.upper(), "/v1/me")
    bundle = f'{{"kind": "{MARK}"}}\n{{"{MARK}'.encode()
    school.platform.post("/v1/imports", content=bundle, headers={"Content-Type": "application/x-ndjson"})
    school.platform.put("/v1/groups/a", content=f'{{"{MARK}'.encode(), headers={"Content-Type": "application/json"})

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"could not store {MARK}")

    monkeypatch.setattr(register, "put_group", broken)
    assert school.platform.put("/v1/groups/a", json={"name": MARK}).status_code == 500
    written = log.getvalue()
    assert "request.failed" in written
    assert "RuntimeError" in written
    assert MARK not in written.lower()


def test_every_answer_is_kept_by_nobody_and_runs_nothing(bare: School) -> None:
    for path in ("/v1/me", "/v1/nothing", "/health", "/openapi.json"):
        headers = bare.platform.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_it_lives_without_a_database_and_says_which_part_is_not_ready(serve: Callable[..., School]) -> None:
    served = serve(sessions=None, readiness=lambda: {"database": "does not answer", "index": "ok"})
    client = served.client()
    assert client.get("/health").json() == {"status": "ok"}
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "parts": {"database": "does not answer", "index": "ok"}}


def test_without_index_or_broker_it_still_takes_in_work_and_says_what_is_away(serve: Callable[..., School]) -> None:
    parts = {"database": "ok", "index": "does not answer", "broker": "does not answer"}
    answer = serve(sessions=None, readiness=lambda: parts).client().get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "parts": parts}


def test_it_is_ready_when_every_part_is(bare: School) -> None:
    assert bare.client().get("/ready").json() == {"status": "ready", "parts": {"database": "ok"}}


def test_search_that_is_not_set_up_says_so(school: School) -> None:
    answer = school.person("lindiwe").post("/v1/search", json={"submission": "amara-1"})
    assert (answer.status_code, answer.json()["kind"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_search_finds_work_for_facilitators(serve: Callable[..., School]) -> None:
    def similar(
        actor: Actor, *, challenge: Any, submission: Any, text: Any, limit: int, now: datetime
    ) -> list[Similar]:
        if not actor.reviews:
            raise NotAllowed
        return [Similar("kofi-1", 1, "kofi", text or submission, 0, 4, 0.75)][:limit]

    school = serve(similar=similar).founded("harbor").peopled()
    found = school.person("lindiwe").post("/v1/search", json={"text": "pairs", "challenge": "peer-observation"})
    assert found.json()["items"][0]["similarity"] == 0.75
    assert school.person("amara").post("/v1/search", json={"submission": "amara-1"}).status_code == 403
    for body in ({}, {"text": "pairs"}, {"text": "x", "challenge": "c", "submission": "s"}):
        assert school.person("lindiwe").post("/v1/search", json=body).status_code == 422


def test_a_bundle_is_followed_to_its_end_and_its_errors_line_by_line(bare: School) -> None:
    from service.actions.bundles import take_in

    lines = [{"kind": "group", "id": "g", "name": "Group"}, {"kind": "king"}, {"kind": "group", "id": "h"}]
    body = "\n".join(json.dumps(line) for line in lines).encode()
    started = bare.platform.post("/v1/imports", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert (started.status_code, started.json()["lines"]) == (202, 3)
    with bare.sessions.writing() as session:
        now = session.get_one(ImportRun, started.json()["id"]).created_at
        assert jobs.counts(session)
        while take_in.take_chunk(session, started.json()["id"], now=now):
            pass
    status: httpx.Response = bare.platform.get(started.headers["Location"])
    assert (status.json()["state"], status.json()["kept"], status.json()["failed"]) == ("finished", 1, 2)
    first = bare.platform.get(started.headers["Location"] + "/errors?limit=1")
    second = bare.platform.get(first.links["next"]["url"])
    assert [page.json()["items"][0]["line"] for page in (first, second)] == [2, 3]
    assert second.json()["next"] is None
    ids = bare.platform.get("/v1/groups?limit=1")
    assert bare.platform.get(f"{started.headers['Location']}/errors?cursor={'MTow' * 11}").status_code == 422
    assert ids.status_code == 200


def test_a_sign_in_that_is_refused_leaves_a_line_by_which_way_and_nothing_that_was_shown(
    school: School, log: io.StringIO
) -> None:
    wrong = "plk_" + "z" * 43
    school.client(wrong).get("/v1/me")
    visitor = school.client()
    visitor.post("/sign-in/" + "z" * 43)
    visitor.cookies["peerloom"] = "pls_" + "z" * 43
    visitor.get("/desk")
    lines = [json.loads(line) for line in log.getvalue().splitlines() if line.startswith("{")]
    refused = [(one["route"], one["request_id"]) for one in lines if one["event"] == "sign_in.refused"]
    asked = [(one["route"], one["request_id"]) for one in lines if one["event"] == "request"]
    assert [route for route, _ in refused] == ["/v1/me", "/sign-in/{secret}", "/desk"]
    assert refused == asked
    assert "zzzz" not in log.getvalue()
    assert school.platform.get("/v1/me").status_code == 200
    assert log.getvalue().count("sign_in.refused") == 3


@pytest.mark.parametrize("path", ["/v1/me", "/v1/drafts", "/sign-in", "/static/page.js", "/health"])
def test_trace_is_answered_nowhere(school: School, path: str) -> None:
    """It would read back what a browser sends along unseen."""
    answer = school.client().request("TRACE", path, headers={"X-Secret": "of-a-proxy"})
    assert answer.status_code == 405
    assert "of-a-proxy" not in answer.text


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/vendor", "/static/vendor/", "/static/../app.py"])
def test_no_folder_is_listed(school: School, path: str) -> None:
    answer = school.client().get(path)
    assert answer.status_code == 404
    assert "page.js" not in answer.text


def test_no_answer_lets_a_page_change_where_its_addresses_begin_or_tells_where_one_came_from(school: School) -> None:
    for path in ("/v1/me", "/v1/no-such", "/sign-in", "/health"):
        headers = school.platform.get(path).headers
        assert "base-uri 'none'" in headers["Content-Security-Policy"], path
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin"), path


def test_a_proxy_that_is_not_believed_is_told_once_and_no_other(school: School, log: io.StringIO) -> None:
    """One that is believed stands no longer in the request when it comes here: uvicorn puts the caller there."""
    layer = OuterLayer(PlainTextResponse("here"), trouble.page)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await layer({**scope, "app": school.app}, receive, send)

    async def ask(client: str, named: str) -> None:
        headers = {"X-Forwarded-For": named} if named else {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(client, 4711))) as from_there:
            await from_there.get("http://testserver/health", headers=headers)

    proxy, caller = "10.0.0.9", "203.0.113.7"
    for client, named, told in ((proxy, "", 0), (caller, caller, 0), *[(proxy, f"{caller}, 10.0.0.1", 1)] * 3):
        with ThreadPoolExecutor(1) as apart:  # a browser of other tests may have its loop in this thread
            apart.submit(lambda c=client, n=named: asyncio.run(ask(c, n))).result()
        assert log.getvalue().count("proxy.not_believed") == told
    assert "FORWARDED_ALLOW_IPS" in log.getvalue()
    assert caller not in log.getvalue()
