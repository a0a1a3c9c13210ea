"""Pages of a list, cut by the id of the last row seen. The cursor is opaque: what it holds may change."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.domain.errors import Invalid
from service.web.calls import Call
from service.web.errors import Fault

View = TypeVar("View", bound=BaseModel)
Row = TypeVar("Row")

_MARK = "1:"
_LONGEST_NUMBER = 9
_ID = re.compile(r"[0-9a-f]{32}|[1-9][0-9]{0,8}")


class Page(BaseModel, Generic[View]):
    """Some of a list, in the order of ids, which is the order in which things came."""

    model_config = ConfigDict(json_schema_extra={"description": "A page of a list, in the order of ids."})

    items: list[View] = Field(description="The rows of this page.")
    next: str | None = Field(
        description="The `cursor` of the next page; null on the last one. The same as the Link header's rel=next."
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows are asked for: those after the id `after`, at most `limit`."""

    request: Request
    after: str | None
    limit: int

    @property
    def wanted(self) -> int:
        """One more than a page holds tells whether there is another."""
        return self.limit + 1

    @property
    def after_number(self) -> int:
        """For lists in the order of numbers. Raises Invalid for the cursor of another list."""
        if len(self.after or "0") > _LONGEST_NUMBER:
            raise _not_ours()
        return int(self.after or "0")

    def page(
        self, call: Call, rows: Sequence[Row], view: Callable[[Row], View], key: Callable[[Row], str]
    ) -> Page[View]:
        """The page of these rows, of which there are `wanted` if there is a next page; its Link header is set."""
        shown = rows[: self.limit]
        cursor = encode(key(shown[-1])) if len(rows) > self.limit else None
        if cursor is not None:
            target = self.request.url.include_query_params(cursor=cursor)
            call.headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'
        return Page(items=[view(row) for row in shown], next=cursor)


async def _slice(
    request: Request,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before; leave out for the first page.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many rows a page has at most.")] = 50,
) -> Slice:
    return Slice(request, decode(cursor) if cursor is not None else None, limit)


Sliced = Annotated[Slice, Depends(_slice)]


def encode(last: str) -> str:
    return base64.urlsafe_b64encode((_MARK + last).encode()).decode().rstrip("=")


def decode(cursor: str) -> str:
    """The id in a cursor. Raises Invalid for anything that `encode` did not make."""
    found = ""
    with suppress(binascii.Error, ValueError):
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    last = found.removeprefix(_MARK)
    if not found.startswith(_MARK) or not _ID.fullmatch(last) or encode(last) != cursor:
        raise _not_ours()
    return last


def _not_ours() -> Invalid:
    return Invalid(errors=[Fault(pointer="query:cursor", message="This is not a cursor that this list gave.")])
