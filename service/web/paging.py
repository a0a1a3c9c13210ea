"""Pages of a list, cut after the last row seen. The cursor is opaque: what it holds may change.

A list that is read in an order of its rows is cut by the last row's id. One that is worked out, and whose rows may be
gone from it by the time of the next page, is cut by the last row's place in its order.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.domain.errors import Invalid
from service.web.calls import Call
from service.web.errors import RequestFault

View = TypeVar("View", bound=BaseModel)
OfPage = TypeVar("OfPage")

CursorPlace = tuple[str | float, ...]
"""Where a row of a list that is worked out stands in its order; the last part tells it from all others."""

_ROW, _PLACE = "1:", "2:"
_LONGEST_NUMBER = 9
_SUFFIX = re.compile("(Shown|Listed)$")
_ID = re.compile(r"[0-9a-f]{32}|[1-9][0-9]{0,8}")


class Page(BaseModel, Generic[View]):
    """Some of a list."""

    model_config = ConfigDict(json_schema_extra={"description": "A page of a list."})

    items: list[View] = Field(description="The rows of this page.")
    next: str | None = Field(
        description="The `cursor` of the next page; null on the last one. The same as the Link header's rel=next."
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name that generated clients have for it: a page of `DraftShown` is a `DraftPage`."""
        return _SUFFIX.sub("", params[0].__name__) + "Page"


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows are asked for: those after the cursor, at most `limit`."""

    request: Request
    cursor: str | None
    limit: int

    @property
    def wanted(self) -> int:
        """One more than a page holds tells whether there is another."""
        return self.limit + 1

    @property
    def after(self) -> str | None:
        """The id of the last row seen. Raises Invalid for the cursor of another list."""
        return None if self.cursor is None else decode(self.cursor)

    @property
    def after_number(self) -> int:
        """For lists in the order of numbers. Raises Invalid for the cursor of another list."""
        after = self.after or "0"
        if len(after) > _LONGEST_NUMBER:
            raise _not_ours()
        return int(after)

    def page(
        self, call: Call, rows: Sequence[OfPage], view: Callable[[OfPage], View], key: Callable[[OfPage], str]
    ) -> Page[View]:
        """The page of these rows, of which there are `wanted` if there is a next page; its Link header is set."""
        shown = rows[: self.limit]
        return self._page(call, shown, view, encode(key(shown[-1])) if len(rows) > self.limit else None)

    def page_of_all(
        self, call: Call, rows: Iterable[OfPage], view: Callable[[OfPage], View], place: Callable[[OfPage], CursorPlace]
    ) -> Page[View]:
        """The page of a list that is worked out as a whole, in the order of `place`; its Link header is set."""
        ordered = sorted(rows, key=place)
        if ordered and self.cursor is not None:
            last = decode_place(self.cursor, place(ordered[0]))
            ordered = [row for row in ordered if place(row) > last]
        shown = ordered[: self.limit]
        return self._page(call, shown, view, encode_place(place(shown[-1])) if len(ordered) > self.limit else None)

    def _page(
        self, call: Call, shown: Sequence[OfPage], view: Callable[[OfPage], View], cursor: str | None
    ) -> Page[View]:
        if cursor is not None:
            target = self.request.url.include_query_params(cursor=cursor)
            call.headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'
        return Page(items=[view(row) for row in shown], next=cursor)


async def _slice(
    request: Request,
    cursor: Annotated[
        str | None, Query(max_length=2_000, description="`next` of the page before; leave out for the first page.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many rows a page has at most.")] = 50,
) -> Slice:
    return Slice(request, cursor, limit)


Sliced = Annotated[Slice, Depends(_slice)]


def encode(last: str) -> str:
    return _wrapped(_ROW + last)


def decode(cursor: str) -> str:
    """The id in a cursor. Raises Invalid for anything that `encode` did not make."""
    last = _unwrapped(cursor, _ROW)
    if not _ID.fullmatch(last):
        raise _not_ours()
    return last


def encode_place(place: CursorPlace) -> str:
    return _wrapped(_PLACE + json.dumps(place, ensure_ascii=False, separators=(",", ":")))


def decode_place(cursor: str, like: CursorPlace) -> CursorPlace:
    """The place in a cursor, of the same kinds as `like`. Raises Invalid for what is not of this list."""
    text, found = _unwrapped(cursor, _PLACE), None
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
    same = isinstance(found, list) and len(found) == len(like) and all(map(_alike, found, like))
    if not same or encode_place(tuple(found or ())) != cursor:
        raise _not_ours()
    return tuple(found or ())


def _alike(one: object, other: str | float) -> bool:
    if isinstance(other, str):
        return isinstance(one, str)
    return isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)


def _wrapped(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unwrapped(cursor: str, mark: str) -> str:
    found = ""
    with suppress(binascii.Error, ValueError):
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    if not found.startswith(mark) or _wrapped(found) != cursor:
        raise _not_ours()
    return found.removeprefix(mark)


def _not_ours() -> Invalid:
    return Invalid(errors=[RequestFault(pointer="query:cursor", message="This is not a cursor that this list gave.")])
