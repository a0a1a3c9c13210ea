"""Forms that keep what was typed: taken as they come, checked by the schema of the API, and told field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from service.web import errors

FormModel = TypeVar("FormModel", bound=BaseModel)

EMPTY: Final = "This cannot be empty."
TAKEN: Final = "There is one by this id already. Choose another id."


def checked(model: type[FormModel], given: Mapping[str, Any]) -> tuple[FormModel | None, dict[str, str]]:
    """What was given as a `model`; or None, and what is wrong by field (`criteria.0.text`)."""
    with errors.Caught(ValidationError) as caught:
        return model.model_validate(given), {}
    assert isinstance(caught.error, ValidationError)  # noqa: S101 - nothing else is caught
    found: dict[str, str] = {}
    for one in caught.error.errors():
        found.setdefault(".".join(str(step) for step in one["loc"]), _words(dict(one)))
    return None, found


def _words(error: dict[str, Any]) -> str:
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing" | "string_too_short":
            return EMPTY
        case "string_too_long":
            return f"Too long: at most {limits['max_length']:,} characters."
        case "too_long":
            return f"Too many: at most {limits['max_length']:,}."
        case "string_pattern_mismatch":
            return "This is not written as it should be."
        case _:
            message = str(error["msg"]).removeprefix("Value error, ")
            return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")


def lines(text: str) -> list[str]:
    """What stands on each line or between commas, without empty ones."""
    return [part for line in text.splitlines() for part in (one.strip() for one in line.split(",")) if part]
