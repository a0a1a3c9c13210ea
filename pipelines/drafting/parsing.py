"""A model's answer as values: lenient about what stands around the JSON, strict about what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from pipelines.values import PointKind

_MOST = 300_000
"""Characters looked at: a JSON answer of three points is far below, and a runaway answer costs no more than this."""


def _kind(value: object) -> object:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


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
    criterion: Text = ""
    quote: Text = ""
    text: str
    sources: Annotated[list[str], BeforeValidator(_labels)] = []


class RawReply(BaseModel):
    """An answer by the schema, unchecked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    summary: Text = ""
    points: list[RawPoint] = []
    abstain: bool = False
    reason: Text = ""

    def restored(self, restore: Callable[[str], str]) -> RawReply:
        """With people's names again."""
        points = [
            point.model_copy(update={"quote": restore(point.quote), "text": restore(point.text)})
            for point in self.points
        ]
        return self.model_copy(
            update={"summary": restore(self.summary), "reason": restore(self.reason), "points": points}
        )


class Unreadable(Exception):
    """The answer is not JSON by the schema; the message says where it is wrong, for the model and for people."""


def read(text: str) -> RawReply:
    """The first JSON object in the answer that fits the schema. Raises Unreadable."""
    return fitting(text, RawReply, ("points", "abstain"))


_Shape = TypeVar("_Shape", bound=BaseModel)


def fitting(text: str, shape: type[_Shape], telling: Sequence[str]) -> _Shape:
    """The first JSON object in the answer that fits this shape. One that has a key of `telling` was meant to be it, so
    none is looked for behind it. Raises Unreadable."""
    text = text[:_MOST]
    decoder, at, wrong = json.JSONDecoder(), -1, "there is no JSON object in the answer"
    for _ in range(20):
        at = text.find("{", at + 1)
        if at < 0:
            break
        try:
            value, _end = decoder.raw_decode(text, at)
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
