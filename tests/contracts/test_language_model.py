"""What every LanguageModel keeps to, run on the chat adapter against a loopback stub, with and without a
breaker around it, and on the extractive model."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.adapters.breaker import Breaker
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.ports import LanguageModel, ModelTrouble
from tests.budget import examples
from tests.contracts.model_request import NOW, REQUEST, chat_at, material
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import OpenAIWire


@pytest.fixture(params=["openai_chat", "extractive", "breaker"])
def model(request: pytest.FixtureRequest, openai_wire: OpenAIWire) -> Iterator[LanguageModel]:
    if request.param == "extractive":
        yield ExtractiveModel()
        return
    openai_wire.script = wire_of.fitting
    chat = chat_at(openai_wire)
    yield Breaker(chat, clock=lambda: NOW) if request.param == "breaker" else chat
    chat.close()


def test_an_answer_is_a_json_object_with_its_model_and_its_cost(model: LanguageModel) -> None:
    reply = model.reply(REQUEST)
    assert isinstance(json.loads(reply.text), dict)
    assert reply.model
    assert reply.usage.calls in (0, 1)
    assert min(reply.usage.prompt_tokens, reply.usage.completion_tokens) >= 0


def test_a_model_has_a_name_and_says_whether_text_leaves_the_machines(model: LanguageModel) -> None:
    assert model.name.strip()
    assert model.local is True


def test_a_repair_turn_is_answered_too(model: LanguageModel) -> None:
    again = dataclasses.replace(REQUEST, earlier=(("{", "That was not JSON."), ("{}", "points is missing.")))
    assert isinstance(json.loads(model.reply(again).text), dict)


def test_several_threads_may_ask_at_once(model: LanguageModel) -> None:
    expected = model.reply(REQUEST).text
    with ThreadPoolExecutor(6) as threads:
        assert {reply.text for reply in threads.map(lambda _: model.reply(REQUEST), range(12))} == {expected}


@settings(max_examples=examples(10, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_brings_an_answer_or_a_trouble_of_the_port(model: LanguageModel, text: str) -> None:
    brief = dataclasses.replace(material().brief, text=text)
    request = dataclasses.replace(REQUEST, user=text, material=dataclasses.replace(material(), brief=brief))
    with contextlib.suppress(ModelTrouble):
        json.loads(model.reply(request).text)
