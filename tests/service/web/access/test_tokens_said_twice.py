"""The same token asked for twice in a row is one token; nothing that is stored tells its secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select, update

from service.store.tables import Credential
from tests.conftest import sessions
from tests.service.web.conftest import School

__all__ = ["sessions"]  # on both databases

ASKED = {"person": "amara"}


def rows(school: School) -> list[Credential]:
    with school.sessions.reading() as session:
        found = list(session.scalars(select(Credential).where(Credential.name == "token for amara")))
        session.expunge_all()
        return found


def test_a_call_that_is_repeated_at_once_gives_the_token_that_there_is(school: School) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: school.platform.post("/v1/tokens", json=ASKED), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4, [answer.text for answer in answers]
    assert len({answer.json()["secret"] for answer in answers}) == 1
    assert len(rows(school)) == 1
    secret = answers[0].json()["secret"]
    assert school.client(secret).get("/v1/me").json()["person"] == "amara"
    assert secret not in str(vars(rows(school)[0]))


def test_what_differs_ended_or_has_a_key_of_its_own_is_another_token(school: School) -> None:
    first = school.platform.post("/v1/tokens", json=ASKED).json()
    longer = school.platform.post("/v1/tokens", json={**ASKED, "seconds": 7200}).json()
    keyed = [
        school.platform.post("/v1/tokens", json=ASKED, headers={"Idempotency-Key": key}).json() for key in ("a", "b")
    ]
    other = school.platform.post("/v1/tokens", json={"person": "mateo"}).json()
    elsewhere = school.platform.post("/v1/keys", json={"name": "Another"}).json()["secret"]
    by_another_key = school.client(elsewhere).post("/v1/tokens", json=ASKED).json()
    secrets = {one["secret"] for one in (first, longer, *keyed, other, by_another_key)}
    assert len(secrets) == 6
    assert school.platform.delete(f"/v1/keys/{first['id']}").status_code == 204
    again = school.platform.post("/v1/tokens", json=ASKED).json()["secret"]
    assert again not in secrets
    with school.sessions.writing() as session:
        session.execute(update(Credential).values(created_at=school.now() - timedelta(minutes=2)))
    assert school.platform.post("/v1/tokens", json=ASKED).json()["secret"] not in {*secrets, again}
