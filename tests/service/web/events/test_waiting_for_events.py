"""Events are filtered, and waited for without holding anything that others need."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.orm import Session

from service.actions.events import read as actions
from service.domain.roles import Actor
from service.web.api import events as api
from service.web.throttle import Waiters
from tests.service.web.conftest import School, on_both


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


@on_both
def test_events_are_filtered_by_name_subject_person_and_challenge(school: School) -> None:
    school.drafted("amara-1")
    school.drafted("amara-2")
    school.platform.delete("/v1/submissions/amara-2")
    school.platform.put("/v1/people/amara/consents", json={"show_work": "with_name"})
    word = {"kind": "not_handed_in", "text": "Hello."}
    school.person("lindiwe").post("/v1/challenges/peer-observation/reminders", json=word)
    ask = school.platform.get
    assert names(ask("/v1/events?type=submission.withdrawn&type=consent.changed")) == [
        "submission.withdrawn",
        "consent.changed",
    ]
    assert names(ask("/v1/events?subject=amara-2")) == ["draft.ready", "submission.withdrawn"]
    assert names(ask("/v1/events?subject=amara")) == ["consent.changed"]
    assert "draft.ready" not in names(ask("/v1/events?person=amara"))
    assert names(ask("/v1/events?challenge=another")) == []
    assert ask("/v1/events?type=invented").status_code == 422


def test_the_link_leads_on_from_the_last_one_and_keeps_the_filter(school: School) -> None:
    school.drafted("amara-1")
    school.drafted("amara-2")
    first = school.platform.get("/v1/events?type=draft.ready&limit=1")
    assert first.links["next"]["url"] == "/v1/events?type=draft.ready&limit=1&after=1"
    second = school.platform.get(first.links["next"]["url"])
    assert second.json()["items"][0]["data"]["submission"] == "amara-2"
    end = school.platform.get(second.links["next"]["url"])
    assert names(end) == []
    assert end.links["next"]["url"] == second.links["next"]["url"]


def test_the_link_leads_on_behind_what_the_filter_left_out(school: School) -> None:
    """So whoever asks for what seldom happens has each event looked at once."""
    school.drafted("amara-1")
    last = school.platform.get("/v1/events").json()["items"][-1]["number"]
    none = school.platform.get("/v1/events?type=consent.changed")
    assert names(none) == []
    assert none.links["next"]["url"] == f"/v1/events?type=consent.changed&after={last}"
    school.platform.put("/v1/people/amara/consents", json={"show_work": "with_name"})
    assert names(school.platform.get(none.links["next"]["url"])) == ["consent.changed"]


def test_who_waits_looks_at_what_is_new_only(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    school.drafted("amara-1")
    last = school.platform.get("/v1/events").json()["items"][-1]["number"]
    monkeypatch.setattr(api, "LOOK_SECONDS", 0.1)
    looked: list[int] = []
    look = actions.look

    def looking(session: Session, actor: Actor, *, after: int, wanted: actions.EventsWanted) -> int | None:
        looked.append(after)
        return look(session, actor, after=after, wanted=wanted)

    monkeypatch.setattr(actions, "look", looking)
    assert names(school.platform.get("/v1/events?type=consent.changed&wait=1")) == []
    assert looked[:2] == [0, last]
    assert set(looked[1:]) == {last}


def test_who_waits_is_answered_as_soon_as_something_happens(school: School) -> None:
    answers: list[httpx.Response] = []

    def wait() -> None:
        answers.append(school.platform.get("/v1/events?wait=20&type=consent.changed"))

    waiting = threading.Thread(target=wait)
    begun = time.monotonic()
    waiting.start()
    school.drafted("amara-1")  # something else
    other = school.client(school.key)
    other.put("/v1/people/amara/consents", json={"show_work": "with_name"})
    waiting.join(15)
    assert names(answers[0]) == ["consent.changed"]
    assert time.monotonic() - begun < 15


def test_who_waits_for_nothing_is_told_so_in_time_and_holds_no_connection(school: School) -> None:
    before = school.sessions.engine.pool.checkedout()  # type: ignore[attr-defined]
    seen: list[int] = []

    def look() -> None:
        time.sleep(0.5)
        seen.append(school.sessions.engine.pool.checkedout() - before)  # type: ignore[attr-defined]

    looking = threading.Thread(target=look)
    looking.start()
    assert names(school.platform.get("/v1/events?wait=1")) == []
    looking.join()
    assert seen == [0]
    assert school.platform.get("/v1/events?wait=26").status_code == 422


def test_beyond_so_many_nobody_is_kept_waiting(serve: Callable[..., School]) -> None:
    waiters = Waiters(most=1, each=1)
    school = serve(waiters=waiters).founded("harbor")
    key = school.platform.get("/v1/me").json()["credential"]
    with waiters.place(key):
        own = school.platform.get("/v1/events?wait=5")
        assert (own.status_code, own.headers["Retry-After"]) == (429, "1")
        assert school.platform.get("/v1/events").status_code == 200
    with waiters.place("somebody else"):
        full = school.platform.get("/v1/events?wait=5")
        assert (full.status_code, full.json()["kind"]) == (503, "unavailable")
    assert school.platform.get("/v1/events?wait=1").status_code == 200


def test_a_place_is_free_again_whatever_happens_in_it() -> None:
    waiters = Waiters(most=1, each=1)
    with pytest.raises(KeyError), waiters.place("one"):
        raise KeyError
    with waiters.place("one"):
        pass
