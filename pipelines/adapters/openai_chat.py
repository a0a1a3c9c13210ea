"""LanguageModel over any server that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama and others.

Each request is tried once; whoever calls decides about another try, so that time and money are counted in one place.
What a server does not understand (a schema, a parameter's newer name) is left out and remembered. Reasons are written
for facilitators and never carry the key, the learner's text or the provider's own message, which may quote both.
Nothing of a request or an answer is logged.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast

import httpx2
import openai

from pipelines.ports import ModelCutOff, ModelRefused, ModelReply, ModelRequest, ModelTrouble, ModelUnavailable
from pipelines.texts.plain import sendable
from pipelines.values import Usage

LONGEST_ANSWER = 60_000  # characters; three points and a summary need about 3,000
LARGEST_BODY = 4_000_000  # bytes of one response, so that no server can fill this process's memory
LONGEST_WAIT = 24 * 3600.0  # seconds; a Retry-After beyond this is a mistake of the server
_CHARACTERS_PER_TOKEN = 4
_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_UNFINISHED = re.compile(r"\s*<think", re.IGNORECASE)
_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\n(.*)\n```\s*\Z", re.DOTALL)


_Limit = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What this server is known to understand. Starts with everything and only ever loses something."""

    format: Literal["json_schema", "json_object", "none"] = "json_schema"
    limit: _Limit = "max_tokens"
    temperature: bool = True
    turned: bool = False  # the other name of the limit was tried already

    def without(self, complaint: str) -> _Dialect | None:
        """The next simpler dialect after a 400 or 422 saying `complaint`; None if it is about something else."""
        if not self.turned and self.limit in complaint:
            other: _Limit = "max_completion_tokens" if self.limit == "max_tokens" else "max_tokens"
            return replace(self, limit=other, turned=True)
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.format != "none" and re.search(r"response_format|json_schema|json_object|schema|grammar", complaint):
            return replace(self, format="json_object" if self.format == "json_schema" else "none")
        return None


class OpenAIChat:
    """One model at one server. Thread-safe.

    `local`: the server is the organization's own, so no text leaves its machines. `timeout` (seconds) bounds each wait
    for the server; an answer that trickles in takes at most twice as long. `api_key` may be empty for a server that
    wants none. `temperature` None leaves the server's. `thinking` is for a model that thinks before it answers: so many
    tokens may go into that, apart from those of the answer that is asked for.
    """

    def __init__(
        self,
        model: str,
        *,
        api_key: str,
        base_url: str,
        local: bool,
        timeout: float = 60.0,
        temperature: float | None = 0.2,
        thinking: int = 0,
        longest_answer: int = LONGEST_ANSWER,
        proxy: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._model, self._local, self._timeout = model, local, timeout
        self._temperature, self._longest, self._clock = temperature, longest_answer, clock
        self._thinking = thinking
        limit: Literal["max_tokens", "max_completion_tokens"] = "max_completion_tokens" if thinking else "max_tokens"
        self._dialect = _Dialect(limit=limit, temperature=temperature is not None)
        self._client = openai.OpenAI(
            api_key=api_key or "none-needed",
            base_url=base_url,
            max_retries=0,
            default_headers={"Accept-Encoding": "identity"},  # so that the bound on the body's size is the true size
            http_client=httpx2.Client(
                transport=_Bounded(timeout, proxy), timeout=timeout, follow_redirects=False
            ),  # texts go to the address that is set, and to no other that it names
        )
        # The client takes these two from the environment, where only the settings may look.
        self._client.organization = self._client.project = None

    @property
    def name(self) -> str:
        return self._model

    @property
    def local(self) -> bool:
        return self._local

    @property
    def enforces(self) -> str:
        """The response format in use: json_schema, json_object or none. Falls as the server turns formats down."""
        return self._dialect.format

    def reply(self, request: ModelRequest) -> ModelReply:
        since = time.monotonic()
        try:
            answered = self._answered(request)
        except ModelTrouble as trouble:
            trouble.usage = replace(trouble.usage, seconds=time.monotonic() - since)
            raise
        return replace(answered, usage=replace(answered.usage, seconds=time.monotonic() - since))

    def _answered(self, request: ModelRequest) -> ModelReply:
        dialect, calls = self._dialect, 1
        answer, trouble, simpler = self._call(request, dialect)
        while simpler is not None:
            dialect, calls = simpler, calls + 1
            answer, trouble, simpler = self._call(request, dialect)
        # Raised here rather than where it was caught: the library's own error quotes the provider, which may quote the
        # learner, and would otherwise hang on to this one as its context.
        if trouble is not None:
            trouble.usage = replace(trouble.usage, calls=calls)
            raise trouble
        self._dialect = dialect  # remembered only now: a simpler request that fails as well proves nothing
        return self._read(answer, request, calls)

    def _cut_off(self, request: ModelRequest, message: Mapping[str, Any], counted: object, text: str) -> str:
        """Why the answer has no end: thinking may have taken what was meant for it."""
        details = counted.get("completion_tokens_details") if isinstance(counted, dict) else None
        thought = details.get("reasoning_tokens") if isinstance(details, dict) else None
        aloud = message.get("reasoning_content") or message.get("reasoning") or _UNFINISHED.match(text)
        if not (thought or aloud):
            return f"The answer did not fit into {request.max_tokens} tokens."
        given = request.max_tokens + self._thinking
        return (
            f"The model's thinking took so much of its {given} tokens that its answer has no end. "
            "An operator can allow it more tokens for thinking."
        )

    def close(self) -> None:
        self._client.close()

    def _call(self, request: ModelRequest, dialect: _Dialect) -> tuple[bytes, ModelTrouble | None, _Dialect | None]:
        """The body of an answer, or the trouble, or the simpler dialect to try."""
        try:
            raw = self._client.chat.completions.with_raw_response.create(**self._body(request, dialect))
            return raw.http_response.content, None, None
        except openai.APIStatusError as error:
            simpler = dialect.without(_complaint(error))
            return b"", None if simpler else _of_status(error, self._model, self._clock()), simpler
        except openai.APIConnectionError as error:
            return b"", self._of_connection(error, request), None

    def _body(self, request: ModelRequest, dialect: _Dialect) -> dict[str, Any]:
        limit = request.max_tokens + self._thinking
        body: dict[str, Any] = {"model": self._model, "messages": _messages(request), dialect.limit: limit}
        if dialect.temperature:
            body["temperature"] = self._temperature
        if dialect.format == "json_schema":
            schema = {"name": request.schema_name, "strict": True, "schema": portable(request.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif dialect.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def _of_connection(self, error: openai.APIConnectionError, request: ModelRequest) -> ModelTrouble:
        spent = Usage(prompt_tokens=_estimate(request), estimated=True)  # it may well have read, and billed, the prompt
        cause = error.__cause__
        if isinstance(cause, _TooLarge):
            return ModelCutOff("The language model's answer was far too long and was not read to its end.", usage=spent)
        if isinstance(cause, _Dropped):
            return ModelCutOff("The connection broke before the language model's answer was complete.", usage=spent)
        if isinstance(error, openai.APITimeoutError):
            if isinstance(cause, httpx2.ConnectTimeout):
                spent = Usage()
            return ModelUnavailable(f"The language model gave no answer within {self._timeout:g} seconds.", usage=spent)
        return ModelUnavailable(
            "The language model cannot be reached. An operator should check that it runs and that its address is right."
        )

    def _read(self, body: bytes, request: ModelRequest, calls: int) -> ModelReply:
        answer = _parsed(body)
        choice = _first(answer.get("choices"))
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        text = _text(message.get("content"))
        usage = replace(_usage(answer.get("usage"), request, text), calls=calls)
        if message.get("refusal"):
            raise ModelRefused("The language model declined to answer.", usage=usage)
        finish = choice.get("finish_reason")
        if finish == "content_filter":
            raise ModelRefused("The provider's content filter held the answer back.", usage=usage)
        if finish == "length":
            raise ModelCutOff(self._cut_off(request, message, answer.get("usage"), text), usage=usage)
        if _UNFINISHED.match(text) and "</think" not in text:
            raise ModelCutOff("The answer ended while the model was still thinking.", usage=usage)
        if len(text) > self._longest:
            raise ModelCutOff(f"The answer was longer than {self._longest} characters and was not used.", usage=usage)
        if not text.strip():
            raise ModelUnavailable("The language model answered with nothing.", usage=usage)
        model = answer.get("model")
        return ModelReply(text=_bare(text), usage=usage, model=model if isinstance(model, str) and model else self.name)


def portable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` in the subset that servers agree on: type, properties, items, enum, anyOf, description; closed objects.

    References are written out; limits such as maxItems are dropped and left to whoever checks the answer.
    """
    return _portable(schema, schema.get("$defs", {}))


def _portable(schema: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _portable(known[str(schema["$ref"]).rsplit("/", 1)[-1]], known)
    kept = {key: schema[key] for key in ("type", "enum", "description") if key in schema}
    if "const" in schema:
        kept["enum"] = [schema["const"]]
    if "anyOf" in schema:
        kept["anyOf"] = [_portable(option, known) for option in schema["anyOf"]]
    if "items" in schema:
        kept["items"] = _portable(schema["items"], known)
    if "properties" in schema:
        kept["properties"] = {name: _portable(inner, known) for name, inner in schema["properties"].items()}
        kept["required"] = list(schema["properties"])  # strict mode wants every property named
        kept["additionalProperties"] = False
    return kept


class _TooLarge(httpx2.ReadError):
    """The response has more bytes than any answer needs."""


class _Dropped(httpx2.ReadError):
    """The connection ended inside the response's body."""


class _Bounded(httpx2.HTTPTransport):
    """Bounds a whole response: the library's time-out is per read, so a byte a minute would keep a worker for hours."""

    def __init__(self, seconds: float, proxy: str | None) -> None:
        super().__init__(proxy=proxy)
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        until = time.monotonic() + self._seconds
        response = super().handle_request(request)
        response.stream = _BoundedStream(cast(httpx2.SyncByteStream, response.stream), until)
        return response


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, until: float) -> None:
        self._inner, self._until = inner, until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        try:
            for chunk in self._inner:
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise _TooLarge("response too large")
                if time.monotonic() > self._until:
                    raise httpx2.ReadTimeout("response too slow")
                yield chunk
        except (httpx2.RemoteProtocolError, httpx2.ReadError) as error:
            raise error if isinstance(error, _TooLarge) else _Dropped("connection lost") from None

    def close(self) -> None:
        self._inner.close()


def _messages(request: ModelRequest) -> list[dict[str, str]]:
    messages = [("system", request.system), ("user", request.user)]
    for answer, complaint in request.earlier:
        messages += [("assistant", answer), ("user", complaint)]
    return [{"role": role, "content": sendable(text)} for role, text in messages]


def _complaint(error: openai.APIStatusError) -> str:
    """What a server says of a request it cannot take, to look for parameter names in; never shown or kept.

    Only the beginning: some servers go on to quote the request, where a learner may well have written “schema”.
    """
    if error.status_code not in (400, 422) or _filtered(error):
        return ""
    said = error.body.get("message") if isinstance(error.body, dict) else error.body
    return f"{error.param or ''} {str(said or error.body)[:300]}"


def _filtered(error: openai.APIStatusError) -> bool:
    return error.status_code == 400 and "content_filter" in f"{error.code} {error.type}"


def _of_status(error: openai.APIStatusError, model: str, now: datetime) -> ModelTrouble:
    status, code = error.status_code, str(error.code or "")
    wait = _retry_after(error.response.headers, now)
    if _filtered(error):
        return ModelRefused("The provider's content filter turned the request down.")
    if code == "insufficient_quota":
        return ModelUnavailable("The account at the language model's provider has no credit left.", retry_after=wait)
    if status == 429:
        return ModelUnavailable("The language model's provider asks to slow down (429).", retry_after=wait)
    if status >= 500 or status in (408, 409, 425):
        return ModelUnavailable(f"The language model's server had a fault of its own ({status}).", retry_after=wait)
    if status in (401, 403):
        return ModelUnavailable(
            f"The language model's provider did not accept the key ({status}). An operator must check it."
        )
    if status == 404:
        return ModelUnavailable(f"The server knows no model named {model}, or its address is wrong (404).")
    if status == 413 or code == "context_length_exceeded":
        return ModelUnavailable(f"The text with its evidence is too long for the language model ({status}).")
    return ModelUnavailable(f"The language model's server did not accept the request ({status}).")


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, from a number or an HTTP date; None if there is neither. Never negative, never beyond a day."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(0.0, seconds), LONGEST_WAIT) if math.isfinite(seconds) else None


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ModelUnavailable(
            "The language model's server sent something that is not an answer.", usage=Usage(calls=1)
        )
    return answer


def _first(choices: object) -> dict[str, Any]:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _text(content: object) -> str:
    """The words of a message; some servers send them in parts. Lone surrogates are replaced: no database takes them."""
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return sendable(content) if isinstance(content, str) else ""


def _bare(text: str) -> str:
    """Without what small models put around JSON: thinking aloud, and a Markdown fence."""
    text = _THINKING.sub("", text, count=1)
    fenced = _FENCE.match(text)
    return (fenced[1] if fenced else text).strip()


def _usage(counted: object, request: ModelRequest, text: str) -> Usage:
    """As the provider counted; where it did not, a quarter of the characters, marked as an estimate."""
    if isinstance(counted, dict):
        tokens = counted.get("prompt_tokens"), counted.get("completion_tokens", 0)
        if all(type(number) is int and number >= 0 for number in tokens):
            return Usage(tokens[0] or 0, tokens[1] or 0)
    return Usage(_estimate(request), math.ceil(len(text) / _CHARACTERS_PER_TOKEN), estimated=True)


def _estimate(request: ModelRequest) -> int:
    sent = sum(len(message["content"]) for message in _messages(request))
    return math.ceil(sent / _CHARACTERS_PER_TOKEN)
