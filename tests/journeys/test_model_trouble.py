"""Whatever a model does, a facilitator gets a verified draft or one made without it, with the reason and the cost.

The service runs as it would, from settings, in this process; the model is a loopback server that speaks the wire.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from pipelines.drafting import Budget, most
from pipelines.values import AI, Usage
from service import wiring
from service.actions.access import organizations
from service.actions.challenges import setting
from service.actions.challenges.setting import ChallengeWish, CriterionWish
from service.domain.budgets import Prices
from service.domain.drafts import DraftState
from service.jobs.handlers import work_one
from service.settings import Settings, load
from service.store import jobs, spending
from service.store.tables import DraftRow, FindingRow, Job, JobState, Organization, PointRow
from tests.journeys.booked import Booked, booked
from tests.service.jobs.conftest import School, school
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import Behavior, OpenAIWire, Received, openai_wire
from tests.work_off import work_off

__all__ = ["openai_wire", "school"]  # fixtures

TEXT = (
    "We pair teachers across grades and visit each other twice before half-term. Afterwards Amara and Tiago talk about "
    "it with me, and Amara's notes go into the folder."
)
PRICES = Prices.of(2, 10)
ONE_ANSWER = PRICES.cost(Usage(11, 7))  # as the stub counts

POINT: dict[str, Any] = {
    "kind": "question",
    "criterion": "k1",
    "quote": "visit each other twice before half-term",
    "text": "Which pair begins, and on which day of the term do they visit each other?",
    "sources": ["k1"],
}


def answer(*points: dict[str, Any]) -> dict[str, Any]:
    said = {"summary": "Who visits is clear; the days are still open.", "abstain": False, "reason": ""}
    return {**said, "points": list(points or [POINT])}


GERMAN = {**POINT, "text": "Welches Paar beginnt, und an welchem Tag des Halbjahres besuchen sie einander zuerst?"}
INVENTED = {**POINT, "quote": "we never visit anybody at all"}


def settings_for(wire: OpenAIWire, folder: Path, database: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "data": folder / "data",
        "database_url": database,
        "index": "exact",
        "embedder": "hashing",
        "model": "stub-model",
        "model_seconds": 0.5,
        "model_critique": False,  # one call a draft; the second look has tests of its own
        "openai_base_url": wire.base_url,
        "openai_api_key": "sk-nobodys",
        "price_prompt": 2,
        "price_completion": 10,
    }
    return load(**{**given, **changes})


@pytest.fixture
def knobs() -> dict[str, Any]:
    """Settings that a test changes, by parametrization."""
    return {}


@pytest.fixture
def parts(openai_wire: OpenAIWire, tmp_path: Path, database: str, knobs: dict[str, Any]) -> Iterator[wiring.Parts]:
    settings = settings_for(openai_wire, tmp_path, database, **knobs)
    model = wiring.language_model(settings)
    made = replace(wiring.build(settings), model=wiring.guarded(settings, model))
    yield made
    made.sessions.engine.dispose()
    model.close()  # type: ignore[union-attr]


@pytest.fixture(autouse=True)
def _challenge(school: School) -> None:
    """One that leaves something to say without any model."""
    criteria = (
        CriterionWish("k1", "names who observes whom and when", "Who visits whom, and when?"),
        CriterionWish("k2", "says what will be looked for in lessons", "Which one question will a pair agree on?"),
        CriterionWish("k3", "plans cover for the hours lost", "Who teaches the class meanwhile?"),
    )
    wish = ChallengeWish("Plan peer observation", "Plan how your team starts it.", criteria=criteria)
    with school.parts.sessions.writing() as session:
        setting.put_challenge(session, school.actor, "observation", wish, now=school.parts.now())


def drafts(at: School) -> list[DraftRow]:
    with at.parts.sessions.reading() as session:
        return list(session.scalars(select(DraftRow).order_by(DraftRow.created_at, DraftRow.id)))


def points(at: School) -> list[PointRow]:
    with at.parts.sessions.reading() as session:
        return list(session.scalars(select(PointRow).order_by(PointRow.position)))


def findings(at: School) -> set[str]:
    with at.parts.sessions.reading() as session:
        return set(session.scalars(select(FindingRow.code)))


def day(at: School) -> Booked:
    with at.parts.sessions.reading() as session:
        return booked(session, at.actor.organization)


def handed_in(at: School, ai: AI = AI.ANY, id_: str = "s-1") -> None:
    at.hand_in(id_, text=TEXT, ai=ai)
    work_off(at.parts)


@dataclass(frozen=True)
class Trouble:
    """What the server does, what the facilitator is told, and what is paid (None: an estimate, but something)."""

    does: Behavior
    told: str
    calls: int
    cost: int | None


TROUBLES = {
    "silence": Trouble(wire_of.timeout(), "gave no answer within 0.5 seconds", 1, None),
    "a server that hangs up": Trouble(wire_of.hang_up(), "cannot be reached", 1, 0),
    "too many requests": Trouble(wire_of.status(429, retry_after="7"), "asks to slow down (429)", 1, 0),
    "a fault of the server": Trouble(wire_of.status(500), "had a fault of its own (500)", 1, 0),
    "a body cut off": Trouble(wire_of.cut_off(answer()), "connection broke before", 1, None),
    "an answer cut off": Trouble(wire_of.length(), "did not fit into 2400 tokens", 1, ONE_ANSWER),
    "a refusal": Trouble(wire_of.refusal(), "declined to answer", 1, ONE_ANSWER),
    "a content filter": Trouble(wire_of.content_filter(), "content filter", 1, ONE_ANSWER),
    "no JSON": Trouble(wire_of.not_json(), "could not be read", 2, 2 * ONE_ANSWER),
    "half of a JSON": Trouble(wire_of.reply('{"points": [{"te'), "could not be read", 2, 2 * ONE_ANSWER),
    "a page of a proxy": Trouble(wire_of.not_an_answer(), "something that is not an answer", 1, 0),
    "an invented quotation": Trouble(wire_of.reply(answer(INVENTED)), "is not in the submission", 2, 2 * ONE_ANSWER),
    "another language": Trouble(wire_of.reply(answer(GERMAN)), "could be used", 2, 2 * ONE_ANSWER),
    "100 kB": Trouble(wire_of.huge(), "longer than 60000 characters", 1, ONE_ANSWER),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_trouble_ends_in_a_draft_without_the_model_with_its_reason_and_its_cost(
    school: School, openai_wire: OpenAIWire, trouble: Trouble
) -> None:
    openai_wire.script = [trouble.does]
    handed_in(school)
    (draft,) = drafts(school)
    assert (draft.state, draft.reason_code) == (DraftState.READY, "fallback"), draft.reason
    assert trouble.told in draft.reason
    assert draft.reason.endswith("Drafted without it.")
    assert draft.model == school.parts.fallback.name
    assert all(TEXT[point.start : point.end] == point.quote for point in points(school))
    assert len(openai_wire.received) == draft.model_calls == day(school).calls == trouble.calls
    assert draft.cost == day(school).spent
    assert draft.cost == trouble.cost if trouble.cost is not None else draft.cost > 0
    assert day(school).reserved == 0
    assert {job.state for job in school.jobs()} == {JobState.DONE}, "the job is not tried again: the draft is there"


def test_a_good_answer_is_the_draft_and_is_paid_for_once(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    handed_in(school)
    (draft,) = drafts(school)
    assert (draft.state, draft.reason, draft.model) == (DraftState.READY, "", "stub-model")
    assert [point.text for point in points(school)] == [POINT["text"]]
    assert draft.cost == day(school).spent == ONE_ANSWER
    assert (day(school).reserved, day(school).prompt_tokens, day(school).completion_tokens) == (0, 11, 7)


def test_a_wrong_answer_that_is_put_right_is_the_draft_and_both_are_paid_for(
    school: School, openai_wire: OpenAIWire
) -> None:
    openai_wire.script = [wire_of.reply(answer(INVENTED)), wire_of.reply(answer())]
    handed_in(school)
    (draft,) = drafts(school)
    assert (draft.model, draft.reason, draft.model_calls) == ("stub-model", "", 2)
    assert draft.cost == day(school).spent == 2 * ONE_ANSWER


def test_what_stands_up_to_checking_is_kept_and_the_rest_is_said_to_be_left_out(
    school: School, openai_wire: OpenAIWire
) -> None:
    openai_wire.script = [wire_of.reply(answer(POINT, INVENTED))]
    handed_in(school)
    assert [point.quote for point in points(school)] == [POINT["quote"]]
    assert "left-out" in findings(school)
    assert drafts(school)[0].model == "stub-model"


# Who may read


def test_no_name_of_a_person_reaches_the_wire_and_names_come_back_in_the_draft(
    school: School, openai_wire: OpenAIWire
) -> None:
    def script(request: Received) -> Behavior:
        sent = request.messages[-1][1]
        quote = sent[sent.index("Afterwards ") : sent.index(" talk about")] + " talk about"
        return wire_of.reply(answer({**POINT, "quote": quote}))

    openai_wire.script = script
    handed_in(school)
    sent = json.dumps([received.body for received in openai_wire.received], ensure_ascii=False)
    assert not [name for name in ("Amara", "Tiago", "Ilse") if name in sent]
    assert "Person1" in sent
    (draft,) = drafts(school)
    assert draft.model == "stub-model"
    assert [point.quote for point in points(school)] == ["Afterwards Amara and Tiago talk about"]


def test_the_key_is_sent_to_the_model_and_kept_nowhere(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    handed_in(school)
    assert openai_wire.received[0].headers["authorization"] == "Bearer sk-nobodys"
    assert "sk-nobodys" not in drafts(school)[0].prompt_rendered


def test_a_text_for_local_machines_only_never_goes_elsewhere(school: School, openai_wire: OpenAIWire) -> None:
    handed_in(school, AI.LOCAL)
    (draft,) = drafts(school)
    assert openai_wire.received == []
    assert draft.state is DraftState.READY
    assert "only AI on the organization's own machines" in draft.reason
    assert (draft.cost, draft.prompt_rendered) == (0, "")


@pytest.mark.parametrize("knobs", [{"model_local": True}])
def test_a_local_model_reads_it_with_names(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    handed_in(school, AI.LOCAL)
    assert drafts(school)[0].model == "stub-model"
    assert "Amara" in openai_wire.received[0].messages[-1][1]


def test_a_text_for_no_machine_is_left_to_a_person(school: School, openai_wire: OpenAIWire) -> None:
    handed_in(school, AI.NONE)
    (draft,) = drafts(school)
    assert openai_wire.received == []
    assert draft.state is DraftState.STUCK
    assert draft.cost == 0
    assert points(school) == []


# Money


def most_of_a_draft() -> float:
    return PRICES.cost(most(Budget())) / 1_000_000


@pytest.mark.parametrize("knobs", [{"model_budget_per_day": most_of_a_draft()}])
def test_when_the_days_budget_is_spent_drafts_are_made_without_the_model_and_say_so(
    school: School, openai_wire: OpenAIWire
) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    handed_in(school, id_="s-1")
    handed_in(school, id_="s-2")
    first, second = drafts(school)
    assert (first.model, first.cost) == ("stub-model", ONE_ANSWER)
    assert second.reason == "The day's budget for the model is spent. Drafted without it."
    assert (second.state, second.cost, second.prompt_rendered) == (DraftState.READY, 0, "")
    assert len(openai_wire.received) == 1
    assert (day(school).spent, day(school).reserved) == (ONE_ANSWER, 0)


def test_an_organization_may_set_its_own_limit(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    with school.parts.sessions.writing() as session:
        row = session.get_one(Organization, school.actor.organization)
        organizations.set_model_budget(session, row, 0.000_1, now=school.parts.now())
    handed_in(school)
    assert "budget" in drafts(school)[0].reason
    assert openai_wire.received == []


@dataclass(frozen=True)
class Ahead(wiring.Parts):
    """The same parts, an hour from now."""

    def now(self) -> Any:
        return super().now() + timedelta(hours=1)


def ahead(parts: wiring.Parts) -> Ahead:
    return Ahead(**{one.name: getattr(parts, one.name) for one in fields(wiring.Parts)})


def only_drafts(at: School) -> None:
    """Leave index jobs out of a race for the draft's."""
    with at.parts.sessions.writing() as session:
        for job in session.scalars(select(Job).where(Job.kind == "sync")):
            job.state = JobState.DONE


@pytest.mark.parametrize("knobs", [{"model_seconds": 20}])
def test_a_draft_that_two_workers_made_is_stored_once_and_booked_once(school: School, openai_wire: OpenAIWire) -> None:
    school.hand_in("s-1", text=TEXT)
    only_drafts(school)
    openai_wire.script = [wire_of.slow(2, answer()), wire_of.reply(answer())]
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(work_one, school.parts)
        while not openai_wire.received:
            time.sleep(0.01)
        work_one(ahead(school.parts))
        assert first.result(), "the first worker finds its lease gone and writes nothing"
    (draft,) = drafts(school)
    assert len(openai_wire.received) == 2, "both workers asked the model"
    assert draft.state is DraftState.READY
    assert draft.cost == day(school).spent == ONE_ANSWER
    assert (day(school).reserved, day(school).lapsed) == (0, 1)
    assert len(points(school)) == 1


def test_what_a_worker_that_died_had_set_aside_lapses_and_the_next_one_pays(
    school: School, openai_wire: OpenAIWire
) -> None:
    openai_wire.script = [wire_of.reply(answer())]
    school.hand_in("s-1", text=TEXT)
    with school.parts.sessions.writing() as session:
        now = school.parts.now()
        (job,) = jobs.claim(session, owner="dead", now=now, lease=timedelta(seconds=30), kinds=["draft"])
        spending.reserve(
            session, organization=job.organization_id, job=job.id, amount=5_000, per_day=None, now=now
        )  # fmt: skip
    assert day(school).reserved == 5_000
    work_off(ahead(school.parts))
    assert (day(school).reserved, day(school).lapsed) == (0, 1)
    assert day(school).spent == drafts(school)[0].cost == ONE_ANSWER


# A model that is down


@pytest.mark.parametrize("knobs", [{"model_failures": 2}])
def test_a_model_that_is_down_is_left_alone_and_drafts_say_so(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.status(500)]
    for number in range(4):
        handed_in(school, id_=f"s-{number}")
    made = drafts(school)
    assert len(openai_wire.received) == 2
    assert all(draft.state is DraftState.READY for draft in made)
    assert [("left alone" in draft.reason) for draft in made] == [False, False, True, True]
    assert [bool(draft.prompt_rendered) for draft in made] == [True, True, False, False], "only what was sent is kept"


def test_a_server_that_cuts_long_prompts_is_found_out_at_the_start_and_stops_nothing(
    openai_wire: OpenAIWire, tmp_path: Path
) -> None:
    openai_wire.script = wire_of.fitting
    with capture_logs() as logged:
        look = wiring.probe_soon(settings_for(openai_wire, tmp_path, ""))
        assert look is not None
        look.join(10)
    assert len(openai_wire.received) == 2
    assert any("cut long prompts" in entry.get("finding", "") for entry in logged)


def test_a_server_that_is_not_there_is_told_and_the_providers_own_is_not_asked(
    openai_wire: OpenAIWire, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        found = wiring.probe(settings_for(openai_wire, tmp_path, "", openai_base_url=nobody))
    assert all("cannot be reached" in one for one in found)
    assert len(found) == 2
    assert wiring.probe_soon(settings_for(openai_wire, tmp_path, "", openai_base_url="")) is None
    assert wiring.probe_soon(settings_for(openai_wire, tmp_path, "", model="")) is None
