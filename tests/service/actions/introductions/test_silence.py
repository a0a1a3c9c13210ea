"""A no is silent: page and API answer of the other are, byte for byte, what they would be if nobody had answered."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from service.actions.access import sign_in
from service.actions.approvals.deciding import Deciding
from service.domain.introductions import ANSWER_WITHIN
from service.store import find
from service.store.session import Sessions, make_engine
from service.store.tables import Introduction, Person
from service.web.services import Services
from tests.service.actions.introductions.village import Village
from tests.service.conftest import Serve
from tests.service.web.conftest import TRUSTED

PATHS = ("/v1/introductions/mine", "/learn/introductions", "/learn", "/desk/introductions?view=asked")


@pytest.fixture
def twins(hamlet: Village, tmp_path: Path) -> Callable[[], tuple[Village, Village]]:
    """The same village twice, down to every id and session: what happens in one does not happen in the other."""

    def copy() -> tuple[Village, Village]:
        source, target = str(hamlet.sessions.engine.url.database), tmp_path / "twin.db"
        with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
            here.backup(there)
        twin = Sessions(make_engine(f"sqlite:///{target}"))
        return hamlet, Village(twin, hamlet.organization, hamlet.platform, hamlet.now)

    return copy


def come_in(village: Village, person: str) -> str:
    """A session's secret, which is good for the pages, and for the API too."""
    with village.sessions.writing() as session:
        row = find.one(session, Person, village.organization, person)
        _, secret = sign_in.invite(session, village.organization, row, by="operator", now=village.now)
        return sign_in.enter(session, secret, embedded=False, now=village.now).secret


MARK_OF_A_FORM = re.compile(rb'(?<=name="csrf" value=")[^"]*|(?<=data-csrf=")[^"]*')
"""Hidden anew on each page, so that nothing can be told from how well a page is compressed."""

Read = Callable[[Village, dict[str, str], str], dict[tuple[str, str], bytes]]


@pytest.fixture
def reads(served: Serve) -> Read:
    """Every page and answer on which anything of the introduction could stand, of everybody."""

    def read(village: Village, secrets: dict[str, str], introduction: str) -> dict[tuple[str, str], bytes]:
        given = {"sessions": village.sessions, "after_commit": lambda: None, "clock": lambda: village.now}
        found = {}
        with served(Services(readiness=dict, **given)) as door:
            for person, secret in secrets.items():
                with httpx.Client(base_url=door.url, cookies={"peerloom": secret}, verify=TRUSTED) as client:
                    for path in (*PATHS, f"/desk/introductions/{introduction}", "/v1/introductions?view=asked"):
                        headers = {"Authorization": f"Bearer {secret}", "X-Request-ID": "0" * 32}
                        answer = client.get(path, headers=headers)
                        assert answer.status_code in (200, 403), (person, path, answer.status_code)
                        found[person, path] = MARK_OF_A_FORM.sub(b"", answer.content)
        return found

    return read


def test_nobody_else_can_tell_a_no_from_no_answer(
    hamlet: Village, twins: Callable[[], tuple[Village, Village]], reads: Read
) -> None:
    one = hamlet.asked("amara", "lin")
    secrets = {person: come_in(hamlet, person) for person in ("amara", "mateo")}
    declined, silent = twins()
    declined.answer(one, "lin", False)
    before = reads(silent, secrets, one)
    assert reads(declined, secrets, one) == before
    assert b"Would you like to meet" in before["amara", "/learn/introductions"]
    assert b"Lin Tester" in before["amara", "/v1/introductions/mine"]
    assert b"Lin Tester" in before["mateo", "/desk/introductions?view=asked"]
    for village in (declined, silent):
        village.answer(one, "amara", True)
    waiting = reads(silent, secrets, one)
    assert reads(declined, secrets, one) == waiting != before
    for village in (declined, silent):
        village.now += ANSWER_WITHIN - (village.now - _asked_at(village, one))
    silent_sees, declined_sees = silent.sees("amara"), declined.sees("amara")
    assert silent_sees == declined_sees
    assert silent_sees.items == ()
    silent.sessions.engine.dispose()


def _asked_at(village: Village, introduction: str):  # type: ignore[no-untyped-def]
    with village.sessions.reading() as session:
        return session.get_one(Introduction, introduction).asked_at


def test_a_yes_of_the_other_is_not_to_be_seen_either(
    hamlet: Village, twins: Callable[[], tuple[Village, Village]], reads: Read
) -> None:
    one = hamlet.asked("amara", "lin")
    secrets = {"amara": come_in(hamlet, "amara")}
    agreed, silent = twins()
    agreed.answer(one, "lin", True)
    assert reads(agreed, secrets, one) == reads(silent, secrets, one)
    silent.sessions.engine.dispose()


def test_a_facilitators_late_doubt_closes_it_for_both_whatever_was_answered(
    hamlet: Village, twins: Callable[[], tuple[Village, Village]]
) -> None:
    from service.actions.introductions import desk, review

    one = hamlet.asked("amara", "lin")
    declined, silent = twins()
    declined.answer(one, "lin", False)
    for village in (declined, silent):
        with village.sessions.writing() as session:
            version, mateo = session.get_one(Introduction, one).version, village.actor_in(session, "mateo")
            why = review.IntroductionDismissalReason.WRONG_TIME
            review.dismiss(Deciding(session, mateo, one, version, village.now), reason=why)
        assert village.sees("amara").items == village.sees("lin").items == ()
        with village.sessions.reading() as session:
            mateo = session.get_one(Introduction, one)
            assert desk.view_of(mateo, village.now) == "ended"
    silent.sessions.engine.dispose()
