"""The chat adapter on the wire: what it sends, what it makes of each failure, and what a facilitator is told of it."""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections.abc import Callable, Iterator

import openai
import pytest

from pipelines.adapters.openai_chat import LARGEST_BODY, OpenAIChat, portable
from pipelines.adapters.probing import probe
from pipelines.ports import LanguageModel, ModelCutOff, ModelRefused, ModelRequest, ModelTrouble, ModelUnavailable
from pipelines.values import Usage
from tests.contracts.model_request import ANSWER, KEY, LEARNERS_TEXT, NOW, REQUEST, SCHEMA, chat_at
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import Behavior, OpenAIWire, Received


@pytest.fixture
def chat(openai_wire: OpenAIWire) -> Iterator[OpenAIChat]:
    made = chat_at(openai_wire)
    yield made
    made.close()


def trouble_of(model: LanguageModel, request: ModelRequest = REQUEST) -> ModelTrouble:
    with pytest.raises(ModelTrouble) as caught:
        model.reply(request)
    return caught.value


# What is sent


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_model_that_leads_elsewhere_is_not_followed(openai_wire: OpenAIWire, code: int) -> None:
    """Nobody has allowed that the text goes to the other address."""
    with OpenAIWire([wire_of.reply(ANSWER)]) as elsewhere:
        openai_wire.script = [Behavior(code, b"", {"Location": f"{elsewhere.base_url}/chat/completions"})]
        chat = chat_at(openai_wire)
        trouble_of(chat)
        chat.close()
        assert len(openai_wire.received) == 1
        assert elsewhere.received == []


def test_the_prompt_the_schema_and_the_key_are_sent_as_the_wire_wants_them(
    openai_wire: OpenAIWire, chat: OpenAIChat
) -> None:
    openai_wire.script = [wire_of.reply(ANSWER)]
    reply = chat.reply(dataclasses.replace(REQUEST, earlier=(("{", "That was not JSON."),)))
    (sent,) = openai_wire.received
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.messages == [
        ("system", REQUEST.system),
        ("user", REQUEST.user),
        ("assistant", "{"),
        ("user", "That was not JSON."),
    ]
    assert sent.body["max_tokens"] == 900
    assert sent.body["response_format"]["json_schema"] == {
        "name": "feedback",
        "strict": True,
        "schema": portable(SCHEMA),
    }
    assert json.loads(reply.text) == ANSWER
    assert (reply.model, reply.usage) == ("stub-model", Usage(11, 7, calls=1))


def test_nothing_is_taken_from_the_environment(openai_wire: OpenAIWire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "from-the-environment")
    openai_wire.script = [wire_of.reply(ANSWER)]
    chat = chat_at(openai_wire, api_key="")
    chat.reply(REQUEST)
    chat.close()
    assert "from-the-environment" not in str(openai_wire.received[0].headers)


def test_a_schema_is_sent_in_the_subset_that_servers_agree_on() -> None:
    schema = {
        "$defs": {"Point": {"type": "object", "title": "Point", "properties": {"k": {"const": "a"}}}},
        "type": "object",
        "title": "Answer",
        "properties": {
            "points": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/Point"}},
            "score": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}], "default": None},
        },
        "required": ["points"],
    }
    closed = {"type": "object", "properties": {"k": {"enum": ["a"]}}, "required": ["k"], "additionalProperties": False}
    assert portable(schema) == {
        "type": "object",
        "properties": {
            "points": {"type": "array", "items": closed},
            "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        },
        "required": ["points", "score"],
        "additionalProperties": False,
    }


def test_a_lone_surrogate_in_a_text_does_not_stop_the_request(openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    openai_wire.script = [wire_of.reply('{"summary": "\ud83d"}')]
    assert chat.reply(dataclasses.replace(REQUEST, user="half \ud83d a pair")).text == '{"summary": "?"}'
    assert openai_wire.received[0].messages[1] == ("user", "half ? a pair")


# What a server does not understand


@pytest.mark.parametrize(
    ("unknown", "asked"),
    [
        (["json_schema"], ["json_schema", "json_object", "json_object"]),
        (["json_schema", "json_object"], ["json_schema", "json_object", "none", "none"]),
    ],
)
def test_a_response_format_that_is_turned_down_is_left_out_and_remembered(
    openai_wire: OpenAIWire, chat: OpenAIChat, unknown: list[str], asked: list[str]
) -> None:
    openai_wire.script = wire_of.rejecting(*unknown, then=wire_of.reply(ANSWER))
    assert chat.reply(REQUEST).usage.calls == len(asked) - 1
    assert chat.reply(REQUEST).usage.calls == 1
    assert [request.format for request in openai_wire.received] == asked
    assert chat.enforces == asked[-1]


def test_newer_names_of_parameters_are_learned(openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    def newer(request: Received) -> Behavior:
        if "max_tokens" in request.body:
            return wire_of.status(400, message="Use 'max_completion_tokens' instead.", param="max_tokens")
        if "temperature" in request.body:
            return wire_of.status(400, message="Only the default is supported.", param="temperature")
        return wire_of.reply(ANSWER)

    openai_wire.script = newer
    assert chat.reply(REQUEST).usage.calls == 3
    assert chat.reply(REQUEST).usage.calls == 1
    assert openai_wire.received[-1].body["max_completion_tokens"] == 900
    assert chat.enforces == "json_schema"


def test_a_request_that_fails_in_every_form_teaches_nothing(openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    openai_wire.script = [wire_of.status(400, message="schema schema schema")]
    assert trouble_of(chat).usage.calls == 3
    assert chat.enforces == "json_schema"


def test_a_bad_request_that_is_not_about_a_parameter_is_not_tried_again(
    openai_wire: OpenAIWire, chat: OpenAIChat
) -> None:
    openai_wire.script = [wire_of.status(400, message="too long", error="context_length_exceeded")]
    assert "too long" in trouble_of(chat).reason
    assert len(openai_wire.received) == 1


# What a server answers

FAILURES: dict[str, tuple[Behavior, type[ModelTrouble], str]] = {
    "refusal": (wire_of.refusal(), ModelRefused, "declined to answer"),
    "content filter": (wire_of.content_filter(), ModelRefused, "content filter held"),
    "filtered request": (wire_of.status(400, error="content_filter"), ModelRefused, "turned the request down"),
    "length": (wire_of.length(), ModelCutOff, "did not fit into 900 tokens"),
    "cut off": (wire_of.cut_off(), ModelCutOff, "connection broke"),
    "huge": (wire_of.huge(100_000), ModelCutOff, "longer than 60000 characters"),
    "enormous": (wire_of.raw(b" " * (LARGEST_BODY + 1)), ModelCutOff, "far too long"),
    "empty": (wire_of.reply(""), ModelUnavailable, "answered with nothing"),
    "blank": (wire_of.reply(" \n"), ModelUnavailable, "answered with nothing"),
    "null": (wire_of.reply(None), ModelUnavailable, "answered with nothing"),
    "hang up": (wire_of.hang_up(), ModelUnavailable, "cannot be reached"),
    "a page": (wire_of.not_an_answer(), ModelUnavailable, "not an answer"),
    "half a json": (wire_of.raw(b'{"choices": ['), ModelUnavailable, "not an answer"),
    "deep json": (wire_of.raw(b"[" * 100_000), ModelUnavailable, "not an answer"),
    "a list": (wire_of.raw(b"[1]"), ModelUnavailable, "not an answer"),
    "no choices": (wire_of.raw(b'{"choices": []}'), ModelUnavailable, "nothing"),
    "odd choices": (wire_of.raw(b'{"choices": [7], "usage": "many"}'), ModelUnavailable, "nothing"),
    "odd message": (wire_of.raw(b'{"choices": [{"message": 7}]}'), ModelUnavailable, "nothing"),
    "error with 200": (wire_of.raw(b'{"error": {"message": "x"}}'), ModelUnavailable, "nothing"),
    "not utf-8": (wire_of.raw(b'{"choices": "\xff\xfe"}'), ModelUnavailable, "not an answer"),
    "bad gzip": (
        Behavior(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
        ModelUnavailable,
        "cannot be reached",
    ),
    "429": (wire_of.status(429), ModelUnavailable, "slow down"),
    "no credit": (wire_of.status(429, error="insufficient_quota"), ModelUnavailable, "no credit"),
    "500": (wire_of.status(500), ModelUnavailable, "fault of its own"),
    "503": (wire_of.status(503), ModelUnavailable, "fault of its own"),
    "500 without json": (wire_of.raw(b"<h1>Oops</h1>", status=502, kind="text/html"), ModelUnavailable, "fault"),
    "401": (wire_of.status(401), ModelUnavailable, "did not accept the key"),
    "403": (wire_of.status(403), ModelUnavailable, "did not accept the key"),
    "404": (wire_of.status(404), ModelUnavailable, "no model named stub-model"),
    "413": (wire_of.status(413), ModelUnavailable, "too long"),
    "redirect": (Behavior(status=301, headers={"Location": "http://127.0.0.1:1/"}), ModelUnavailable, "."),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_in_words_after_one_try(name: str, openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    behavior, kind, words = FAILURES[name]
    openai_wire.script = [behavior]
    trouble = trouble_of(chat)
    assert type(trouble) is kind
    assert words in trouble.reason
    assert trouble.usage.calls == 1
    assert len(openai_wire.received) == 1


@pytest.mark.parametrize("name", ["refusal", "length", "huge", "empty"])
def test_what_an_unusable_answer_cost_is_kept(name: str, openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    openai_wire.script = [FAILURES[name][0]]
    assert trouble_of(chat).usage == Usage(11, 7, calls=1)


def test_a_cost_that_the_provider_does_not_send_is_estimated_and_said_to_be(
    openai_wire: OpenAIWire, chat: OpenAIChat
) -> None:
    openai_wire.script = [wire_of.no_usage("x" * 400)]
    sent = len(REQUEST.system) + len(REQUEST.user)
    assert chat.reply(REQUEST).usage == Usage(-(-sent // 4), 100, calls=1, estimated=True)
    openai_wire.script = [wire_of.cut_off()]
    assert trouble_of(chat).usage == Usage(-(-sent // 4), 0, calls=1, estimated=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Mon, 01 Mar 2027 12:01:30 GMT", 90.0),
        ("Mon, 01 Mar 2027 11:00:00 GMT", 0.0),
        ("-3", 0.0),
        ("99999999", 86400.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_when_to_try_again_is_read_from_seconds_or_a_date(
    openai_wire: OpenAIWire, status: int, said: str, seconds: float | None
) -> None:
    openai_wire.script = [wire_of.status(status, retry_after=said)]
    chat = chat_at(openai_wire, clock=lambda: NOW)
    assert trouble_of(chat).retry_after == seconds
    chat.close()


@pytest.mark.parametrize("behavior", [wire_of.timeout(), wire_of.slow(30), wire_of.trickle(0.02, "{}" + " " * 400)])
def test_silence_and_trickling_end_when_the_time_is_up(openai_wire: OpenAIWire, behavior: Behavior) -> None:
    openai_wire.script = [behavior]
    chat = chat_at(openai_wire, timeout=0.4)
    started = time.monotonic()
    trouble = trouble_of(chat)
    assert time.monotonic() - started < 2.0
    assert isinstance(trouble, ModelUnavailable)
    assert trouble.reason == "The language model gave no answer within 0.4 seconds."
    assert trouble.usage.estimated
    chat.close()


def test_a_slow_answer_within_the_time_is_an_answer(openai_wire: OpenAIWire, chat: OpenAIChat) -> None:
    openai_wire.script = [wire_of.slow(0.3, ANSWER)]
    assert json.loads(chat.reply(REQUEST).text) == ANSWER


def test_a_server_that_is_not_there_is_told_and_costs_nothing() -> None:
    chat = OpenAIChat("m", api_key=KEY, base_url="http://127.0.0.1:1/v1", local=True)
    trouble = trouble_of(chat)
    assert isinstance(trouble, ModelUnavailable)
    assert "cannot be reached" in trouble.reason
    assert trouble.usage == Usage(calls=1)
    chat.close()


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ('<think>Hm, "{" maybe?</think>\n{"a": 1}', '{"a": 1}'),
        ('```json\n{"a": "```"}\n```', '{"a": "```"}'),
        ('{"a": "<think>kept</think>"}', '{"a": "<think>kept</think>"}'),
    ],
)
def test_thinking_aloud_and_fences_are_taken_off(
    openai_wire: OpenAIWire, chat: OpenAIChat, words: str, bare: str
) -> None:
    openai_wire.script = [wire_of.reply(words)]
    assert chat.reply(REQUEST).text == bare


def test_words_that_are_no_json_are_handed_on_for_the_caller_to_judge(
    openai_wire: OpenAIWire, chat: OpenAIChat
) -> None:
    openai_wire.script = [wire_of.not_json(), wire_of.wrong_ids({"points": [{"sources": ["E1", "k2"]}]})]
    assert chat.reply(REQUEST).text.startswith("Great work")
    assert json.loads(chat.reply(REQUEST).text) == {"points": [{"sources": ["E999", "k999"]}]}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("name", [*FAILURES, "echo"])
def test_neither_the_key_nor_the_text_is_in_an_error_or_a_log(
    name: str, openai_wire: OpenAIWire, chat: OpenAIChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = wire_of.status(500, message=f"{KEY} {LEARNERS_TEXT}")
    openai_wire.script = [FAILURES[name][0] if name != "echo" else echo]
    trouble = trouble_of(chat)
    told = [*(repr(error) + str(error) for error in chain(trouble)), caplog.text, repr(chat)]
    for secret in (KEY, LEARNERS_TEXT, "half-term"):
        assert not any(secret in words for words in told)


# The start-up check


def careful(request: Received) -> Behavior:
    """A server that reads all of a prompt and enforces the schema."""
    if "marigold" in request.messages[1][1]:
        return wire_of.reply({"password": "marigold"})
    return wire_of.fitting(request)


def forgetful(request: Received) -> Behavior:
    """One that keeps the end of a long prompt only, as some do at 4,096 tokens, and says nothing."""
    return wire_of.reply({"password": "line"}) if "Line 699" in request.messages[1][1] else wire_of.fitting(request)


def lax(request: Received) -> Behavior:
    """One that takes a schema and does not look at it."""
    return careful(request) if "marigold" in request.messages[1][1] else wire_of.reply("It rarely does.")


@pytest.mark.parametrize(
    ("script", "findings"),
    [
        (careful, []),
        (forgetful, ["not read from its start"]),
        (lax, ["does not enforce a schema"]),
        ([wire_of.status(401)], ["8,000 tokens brought no answer", "schema brought no answer"]),
        (wire_of.rejecting("json_schema", then=wire_of.reply("Yes.")), ["not read", "it refused the response format"]),
    ],
)
def test_the_probe_says_in_words_what_is_wrong_with_a_server(
    script: Callable[[Received], Behavior] | list[Behavior],
    findings: list[str],
    openai_wire: OpenAIWire,
    chat: OpenAIChat,
) -> None:
    openai_wire.script = script
    found = probe(chat)
    assert len(found) == len(findings)
    for words, finding in zip(findings, found, strict=True):
        assert words in finding


def test_the_stub_lists_its_models(openai_wire: OpenAIWire) -> None:
    with openai.OpenAI(api_key="k", base_url=openai_wire.base_url) as client:
        assert [model.id for model in client.models.list()] == ["stub-model"]
