"""A call that is repeated with its Idempotency-Key is answered again and done once, whatever happens in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from service.actions.people import register
from service.store import replies
from service.store.session import Sessions
from service.store.tables import Credential, Group, StoredReply
from tests.conftest import sessions
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases

KEY = {"Idempotency-Key": "b0a1-first"}


def count(sessions: Sessions, model: type) -> int:
    with sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_first_answer_is_given_again(bare: School) -> None:
    first = bare.platform.post("/v1/keys", json={"name": "Second"}, headers=KEY)
    again = bare.platform.post("/v1/keys", json={"name": "Second"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert count(bare.sessions, Credential) == 2


def test_status_body_and_headers_are_all_given_again(school: School) -> None:
    body = {"challenge": "peer-observation", "person": "amara", "text": "We meet on Monday."}
    first = school.platform.put("/v1/submissions/amara-1", json=body, headers=KEY)
    again = school.platform.put("/v1/submissions/amara-1", json=body, headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]


def test_a_secret_is_not_kept_with_the_answer(bare: School) -> None:
    first = bare.platform.post("/v1/keys", json={"name": "Second"}, headers=KEY).json()
    assert bare.platform.post("/v1/keys", json={"name": "Second"}, headers=KEY).json() == {**first, "secret": None}
    with bare.sessions.reading() as session:
        assert first["secret"] not in session.scalars(select(StoredReply.body)).one()


@pytest.mark.parametrize("change", ["body", "path"])
def test_the_same_key_for_another_request_is_refused(bare: School, change: str) -> None:
    bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    path = "/v1/groups/b" if change == "path" else "/v1/groups/a"
    answer = bare.platform.put(path, json={"name": "B" if change == "body" else "A"}, headers=KEY)
    assert (answer.status_code, answer.json()["kind"]) == (422, "same-key-other-body")


def test_the_same_key_for_another_query_is_refused(bare: School) -> None:
    assert bare.platform.get("/v1/events?after=0", headers=KEY).status_code == 200
    answer = bare.platform.get("/v1/events?after=1", headers=KEY)
    assert (answer.status_code, answer.json()["kind"]) == (422, "same-key-other-body")


def test_a_key_is_one_credentials_own(bare: School) -> None:
    other = bare.founded("valley")
    assert bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY).status_code == 201
    answer = other.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)


def test_whose_role_is_gone_is_not_told_again_what_they_were_told_then(school: School) -> None:
    draft, mateo = school.drafted("amara-1"), school.person("mateo")
    claim = f"/v1/drafts/{draft}/claim"
    asked = {**KEY, "If-Match": mateo.get(f"/v1/drafts/{draft}").headers["ETag"]}
    assert mateo.post(claim, headers=asked).status_code == 200
    assert mateo.post(claim, headers=asked).headers["Idempotency-Replayed"] == "true"
    left = {"name": "Mateo", "roles": [{"role": "learner", "group": "year-8"}]}
    assert school.platform.put("/v1/people/mateo", json=left).status_code == 200
    again = mateo.post(claim, headers=asked)
    assert (again.status_code, again.json()["kind"]) == (422, "same-key-other-body")


def test_a_refusal_is_an_answer_too_and_leaves_nothing_behind(school: School) -> None:
    missing = {"name": "Kofi", "roles": [{"role": "learner", "group": "year-9"}]}
    first = school.platform.put("/v1/people/kofi", json=missing, headers=KEY)
    school.platform.put("/v1/groups/year-9", json={"name": "Year 9"})
    again = school.platform.put("/v1/people/kofi", json=missing, headers=KEY)
    assert (first.status_code, again.status_code) == (404, 404)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "kofi" not in school.platform.get("/v1/people").text


def test_a_failure_of_ours_is_not_kept(bare: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the roof leaks")

    with monkeypatch.context() as patch:
        patch.setattr(register, "put_group", broken)
        assert bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY).status_code == 500
    answer = bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)


def test_a_commit_that_fails_is_no_success_and_keeps_neither_change_nor_answer(bare: School) -> None:
    def refuse(_: Session) -> None:
        raise RuntimeError("the disk is full")

    event.listen(Session, "before_commit", refuse)
    answer = bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    event.remove(Session, "before_commit", refuse)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert (count(bare.sessions, Group), count(bare.sessions, StoredReply)) == (0, 0)
    assert len(bare.woken) == 0


def test_a_dispatcher_that_cannot_be_woken_spoils_no_answer(serve: Callable[..., School]) -> None:
    def broken() -> None:
        raise ConnectionError("the broker is away")

    harbor = serve(after_commit=broken).founded("harbor")
    assert harbor.platform.put("/v1/groups/a", json={"name": "A"}).status_code == 201


def test_many_at_once_with_one_key_are_done_once(bare: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is answered with the one result, or told that the first is still being worked on; none does it again."""
    done = []
    act = register.put_group

    def slow(*given: Any, **named: Any) -> Any:
        done.append(threading.get_ident())
        time.sleep(0.3)
        return act(*given, **named)

    monkeypatch.setattr(register, "put_group", slow)
    with ThreadPoolExecutor(8) as pool:
        send = lambda _: bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)  # noqa: E731
        answers = list(pool.map(send, range(8)))
    assert len(done) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["kind"] for answer in answers if answer.status_code == 409} <= {"still-running"}
    assert bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY).status_code == 201


def test_many_at_once_without_a_key_make_one_row(bare: School) -> None:
    with ThreadPoolExecutor(12) as pool:
        send = lambda _: bare.platform.put("/v1/groups/a", json={"name": "A"}).status_code  # noqa: E731
        answers = list(pool.map(send, range(24)))
    assert set(answers) <= {200, 201}
    assert answers.count(201) == 1


def test_more_writers_than_threads_do_not_lock_one_another_out(bare: School) -> None:
    """A transaction held over two turns of the thread pool would wait for a thread that those who wait for it hold."""
    began = time.monotonic()
    with ThreadPoolExecutor(60) as pool:
        send = lambda n: bare.client(bare.key).put(f"/v1/groups/g{n}", json={"name": "G"}).status_code  # noqa: E731
        answers = list(pool.map(send, range(120)))
    assert set(answers) == {201}
    assert time.monotonic() - began < 25


def test_an_answer_is_kept_for_two_days_and_then_forgotten(bare: School) -> None:
    bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    with bare.sessions.writing() as session:
        session.execute(update(StoredReply).values(created_at=datetime.now(UTC) - timedelta(days=3)))
    fresh = bare.platform.put("/v1/groups/a", json={"name": "A"}, headers=KEY)
    assert (fresh.status_code, "Idempotency-Replayed" in fresh.headers) == (200, False)
    with bare.sessions.writing() as session:
        assert replies.forget(session, now=datetime.now(UTC)) == 0
        assert replies.forget(session, now=datetime.now(UTC) + timedelta(days=3)) == 1


def test_a_bundle_is_kept_once(bare: School) -> None:
    sent = {
        "content": b'{"kind":"group","id":"g","name":"G"}\n',
        "headers": {**KEY, "Content-Type": "application/x-ndjson"},
    }
    first, again = (bare.platform.post("/v1/imports", **sent) for _ in range(2))  # type: ignore[arg-type]
    assert (first.status_code, again.json()) == (202, first.json())
