"""Through the service, over the wire: what a model may not say does not reach the desk, and a second look is booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.values import AI
from service import wiring
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.domain.roles import Role
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import DraftRow, FindingRow, PointRow, Submission
from tests.journeys.test_model_trouble import ONE_ANSWER, POINT, TEXT, answer, settings_for
from tests.service.jobs.conftest import School, school
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import Behavior, OpenAIWire, Received, openai_wire
from tests.work_off import work_off

__all__ = ["openai_wire", "school"]  # fixtures

WELL = {"found": "", "true": True, "specific": True, "one_step": True, "new": True, "wrong": "", "better": ""}
PRIVATE = "My sister trains nervous visitors with a stopwatch and a bag of marbles before every lesson."


@pytest.fixture
def parts(openai_wire: OpenAIWire, tmp_path: Path, sqlite_database: str) -> Iterator[wiring.Parts]:
    settings = settings_for(openai_wire, tmp_path, sqlite_database, model_critique=True, model_seconds=20)
    model = wiring.language_model(settings)
    made = replace(wiring.build(settings), model=wiring.guarded(settings, model))
    yield made
    made.sessions.engine.dispose()
    model.close()  # type: ignore[union-attr]


def says(*points: dict[str, Any], looked: dict[str, Any] | None = None) -> Any:
    """A model that drafts these points, and finds them all well, or the first as it is told."""

    def script(request: Received) -> Behavior:
        if request.body["response_format"]["json_schema"]["name"] == "critique":
            verdicts = [{"id": f"p{number + 1}", **WELL} for number in range(len(points))]
            verdicts[0] |= looked or {}
            return wire_of.reply({"points": verdicts})
        return wire_of.reply(answer(*points))

    return script


def of_tiago(sessions: Sessions) -> tuple[DraftRow, list[str], set[str]]:
    """The draft on the work that is looked at, with its points and findings."""
    with sessions.reading() as session:
        of = select(DraftRow).join(Submission, Submission.id == DraftRow.submission_id)
        row = session.scalars(of.where(Submission.external_id == "s-1")).one()
        points = session.scalars(select(PointRow.text).where(PointRow.draft_id == row.id)).all()
        found = session.scalars(select(FindingRow.code).where(FindingRow.draft_id == row.id)).all()
        return row, list(points), set(found)


def test_the_words_of_somebody_who_shares_nothing_do_not_come_out(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = says(POINT)
    nothing = ConsentWish(ShowWork.NO, False, AI.NONE)
    with school.parts.sessions.writing() as session:
        register.put_person(
            session, school.actor, "noor", name="Noor", language="en", roles=[(Role.LEARNER, "year-8")],
            consents=nothing, now=school.parts.now(),
        )  # fmt: skip
    school.hand_in("s-0", person="noor", text=PRIVATE, ai=AI.NONE)
    work_off(school.parts)
    stolen = {**POINT, "text": "Could somebody train nervous visitors with a stopwatch and a bag of marbles first?"}
    openai_wire.script = says(stolen, POINT)
    school.hand_in("s-1", text=TEXT)
    work_off(school.parts)
    row, points, found = of_tiago(school.parts.sessions)
    assert (points, row.model) == ([POINT["text"]], "stub-model")
    assert "left-out" in found
    assert "marbles" not in "".join(str(one.body) for one in openai_wire.received[:1])


def test_each_pass_is_kept_and_all_of_them_are_booked(school: School, openai_wire: OpenAIWire) -> None:
    openai_wire.script = says(POINT)
    school.hand_in("s-1", text=TEXT)
    work_off(school.parts)
    row, points, _ = of_tiago(school.parts.sessions)
    assert points == [POINT["text"]]
    assert [(one["name"], one["prompt_tokens"], one["calls"]) for one in row.passes] == [
        ("draft", 11, 1),
        ("critique", 11, 1),
    ]
    assert (row.cost, row.model_calls) == (2 * ONE_ANSWER, 2)


def test_what_the_second_look_finds_untrue_is_told_and_not_shown(school: School, openai_wire: OpenAIWire) -> None:
    second = {**POINT, "quote": "We pair teachers across grades", "text": "Which grades do you pair first across?"}
    openai_wire.script = says(POINT, second, looked={"true": False, "wrong": "The days are named."})
    school.hand_in("s-1", text=TEXT)
    work_off(school.parts)
    _, points, found = of_tiago(school.parts.sessions)
    assert points == [second["text"]]
    assert "left-out" in found
