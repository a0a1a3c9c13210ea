"""A model's answer as values: lenient about what stands around the JSON, strict about what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from pipelines.values import PointKind, Standing

_MOST = 300_000
"""Characters looked at: a JSON answer of three points is far below, and a runaway answer costs no more than this."""


_KINDS = {
    "praise": "strength", "positive": "strength", "keep": "strength", "stärke": "strength", "lob": "strength",
    "suggestion": "next_step", "improvement": "next_step", "step": "next_step", "nextstep": "next_step",
    "gap": "next_step", "next": "next_step", "nächster_schritt": "next_step", "schritt": "next_step",
    "frage": "question", "ask": "question",
}  # fmt: skip
_STANDINGS = {
    "notyet": "not_yet", "not_met": "not_yet", "unmet": "not_yet", "missing": "not_yet", "no": "not_yet",
    "partial": "partly", "partially": "partly", "partially_met": "partly", "partly_met": "partly",
    "yes": "met", "fully_met": "met", "unclear": "cannot_tell", "unknown": "cannot_tell", "": "cannot_tell",
}  # fmt: skip


def _named(value: object, others: dict[str, str]) -> object:
    if not isinstance(value, str):
        return value
    name = value.strip().lower().replace(" ", "_").replace("-", "_")
    return others.get(name, name)


def _kind(value: object) -> object:
    return _named(value, _KINDS)


def _standing(value: object) -> object:
    """One that is nothing known says nothing."""
    name = _named("" if value is None else value, _STANDINGS)
    return name if name in set(Standing) else Standing.CANNOT_TELL


def _first(value: object) -> object:
    """A criterion given as a list, or with its words beside the id."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("id", value.get("text", ""))
    return "" if value is None else value


def _list(value: object) -> object:
    return [] if value is None else [value] if isinstance(value, str | dict) else value


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _labels(value: object) -> object:
    """`"E1, k2"`, null and `[{"label": "E1"}]` are read as people would read them."""
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list):
        return [one.get("label", one.get("id", "")) if isinstance(one, dict) else one for one in value]
    return value


Text = Annotated[str, BeforeValidator(_or_empty)]


class RawPoint(BaseModel):
    """A point as a model gave it, unchecked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    kind: Annotated[PointKind, BeforeValidator(_kind)]
    criterion: Annotated[str, BeforeValidator(_first)] = ""
    quote: Text = ""
    text: str
    sources: Annotated[list[str], BeforeValidator(_labels)] = []


class RawReading(BaseModel):
    """How the model read one criterion, unchecked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    criterion: Annotated[str, BeforeValidator(_first)] = ""
    quotes: Annotated[list[str], BeforeValidator(_list)] = []
    standing: Annotated[Standing, BeforeValidator(_standing)] = Standing.CANNOT_TELL
    cannot_tell: Text = ""


class RawReply(BaseModel):
    """An answer by the schema, unchecked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    readings: Annotated[list[RawReading], BeforeValidator(_list)] = []
    points: Annotated[list[RawPoint], BeforeValidator(_list)] = []
    summary: Text = ""
    abstain: bool = False
    reason: Text = ""

    def restored(self, restore: Callable[[str], str]) -> RawReply:
        """With people's names again."""
        points = [
            point.model_copy(update={"quote": restore(point.quote), "text": restore(point.text)})
            for point in self.points
        ]
        readings = [
            one.model_copy(update={"quotes": [*map(restore, one.quotes)], "cannot_tell": restore(one.cannot_tell)})
            for one in self.readings
        ]
        said = {"summary": restore(self.summary), "reason": restore(self.reason)}
        return self.model_copy(update={**said, "points": points, "readings": readings})


class Unreadable(Exception):
    """The answer is not JSON by the schema; the message says where it is wrong, for the model and for people."""


def read(text: str) -> RawReply:
    """The first JSON object in the answer that fits the schema. Raises Unreadable."""
    return fitting(text, RawReply, ("points", "abstain"))


_THINKING = re.compile(r"\A\s*<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_THOUGHT = re.compile(r"\A\s*<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_DEEPEST = 3


def _unwrapped(value: object, telling: Sequence[str], depth: int = 0) -> object | None:
    """The object that has a key of `telling`, in what was given or in what it wraps; None if there is none."""
    if isinstance(value, str) and "{" in value and depth:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    if any(key in value for key in telling):
        return value
    found = (_unwrapped(inner, telling, depth + 1) for inner in value.values())
    return next((one for one in found if one is not None), None)


_Shape = TypeVar("_Shape", bound=BaseModel)


def fitting(text: str, shape: type[_Shape], telling: Sequence[str]) -> _Shape:
    """The first JSON object in the answer that fits this shape. One that has a key of `telling` was meant to be it, so
    none is looked for behind it; one that has none is looked into, since some models wrap their answer like the call of
    a tool. What is thought aloud is no answer. Raises Unreadable."""
    text = _THOUGHT.sub(" ", text)[:_MOST]
    if _THINKING.match(text):
        raise Unreadable("it ended while the model was still thinking")
    decoder, at, wrong = json.JSONDecoder(), -1, "there is no JSON object in the answer"
    for _ in range(20):
        at = text.find("{", at + 1)
        if at < 0:
            break
        try:
            value, _end = decoder.raw_decode(text, at)
            value = _unwrapped(value, telling)
            if value is None:
                wrong = "the JSON object is not the answer that was asked for"
                continue
            return shape.model_validate(value)
        except (json.JSONDecodeError, RecursionError) as problem:
            wrong = (
                "the JSON is not complete" if isinstance(problem, RecursionError) else f"invalid JSON: {problem.msg}"
            )
        except ValidationError as problem:
            first = problem.errors()[0]
            wrong = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            if any(key in value for key in telling):
                break
    raise Unreadable(wrong)
