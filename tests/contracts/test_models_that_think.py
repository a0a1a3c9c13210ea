"""A model that thinks first has tokens for that apart from those of the answer; what ends in thinking is told so."""

from __future__ import annotations

import pytest

from pipelines.ports import ModelCutOff, ModelTrouble
from tests.contracts.model_request import ANSWER, REQUEST, chat_at
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import Behavior, OpenAIWire, Received


def test_tokens_for_thinking_are_asked_for_beside_those_of_the_answer(openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.reply(ANSWER)]
    chat = chat_at(openai_wire, thinking=5000)
    reply = chat.reply(REQUEST)
    chat.close()
    (sent,) = openai_wire.received
    assert sent.body["max_completion_tokens"] == REQUEST.max_tokens + 5000
    assert "max_tokens" not in sent.body
    assert reply.usage.seconds > 0


def test_a_server_that_knows_only_the_older_name_is_asked_by_it(openai_wire: OpenAIWire) -> None:
    def script(request: Received) -> Behavior:
        if "max_completion_tokens" in request.body:
            return wire_of.status(400, message="Unrecognized argument: max_completion_tokens")
        return wire_of.reply(ANSWER)

    openai_wire.script = script
    chat = chat_at(openai_wire, thinking=5000)
    chat.reply(REQUEST)
    chat.reply(REQUEST)
    chat.close()
    assert [one.body.get("max_tokens") for one in openai_wire.received] == [None, *[REQUEST.max_tokens + 5000] * 2]


THOUGHT = {"prompt_tokens": 9, "completion_tokens": 900, "completion_tokens_details": {"reasoning_tokens": 880}}


@pytest.mark.parametrize(
    ("behavior", "said"),
    [
        (wire_of.reply("", finish="length", usage=THOUGHT), "thinking took so much"),
        (wire_of.reply("", finish="length", reasoning_content="First, the log."), "thinking took so much"),
        (wire_of.reply('<think>Is "{" the end?', finish="length"), "thinking took so much"),
        (wire_of.reply('<think>Perhaps {"points": []}'), "still thinking"),
        (wire_of.reply('{"points": [{"te', finish="length"), "did not fit into"),
        (wire_of.reply(None, tool_calls=[{"id": "c1", "type": "function", "function": {"name": "search"}}]), "nothing"),
    ],
)
def test_an_answer_that_ends_too_early_is_told_as_what_it_is(
    openai_wire: OpenAIWire, behavior: Behavior, said: str
) -> None:
    openai_wire.script = [behavior]
    chat = chat_at(openai_wire)
    with pytest.raises(ModelTrouble, match=said) as caught:
        chat.reply(REQUEST)
    chat.close()
    assert isinstance(caught.value, ModelCutOff) is (said != "nothing")
