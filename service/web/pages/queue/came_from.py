"""Which queue somebody came from. Addresses carry it along as `trail`, so that the next draft is of the same queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from pydantic import BeforeValidator

from pipelines.values import Band
from service.actions.access.sign_in import is_own_path
from service.actions.queue.waiting import QueueFilter, Whose
from service.domain.drafts import DraftState
from service.web.fields import Id, OwnId
from service.web.pages.visits import Visit

KNOWN = frozenset(
    {"state", "group", "challenge", "band", "days", "whose", "stale", "asks", "by_hand", "alone", "skip", "calibrating"}
)
MOST_SKIPPED = 100
MOST_FIELDS = 4 * MOST_SKIPPED
"""Of an address that somebody wrote; of those skipped the latest count."""


@dataclass(frozen=True, slots=True)
class CameFrom:
    """A queue, and what was skipped in it; or, `calibrating`, the challenge's list of pieces that are judged first."""

    filter: QueueFilter
    skip: tuple[str, ...]
    calibrating: bool = False


def _without_empty(given: object) -> object:
    """A form of filters sends every field; an empty one asks for nothing."""
    if isinstance(given, list):
        return [one for one in given if one != ""]
    return None if given == "" else given


_WITHOUT_EMPTY = BeforeValidator(_without_empty)
_WITHOUT_EMPTY_FLAG = BeforeValidator(lambda given: False if given == "" else given)


async def _came_from(
    state: Annotated[list[DraftState], Query(max_length=20), _WITHOUT_EMPTY] = [],  # noqa: B006 - FastAPI copies it
    group: Annotated[Id | None, Query(), _WITHOUT_EMPTY] = None,
    challenge: Annotated[Id | None, Query(), _WITHOUT_EMPTY] = None,
    band: Annotated[list[Band], Query(max_length=3), _WITHOUT_EMPTY] = [],  # noqa: B006
    days: Annotated[int | None, Query(ge=0, le=3650), _WITHOUT_EMPTY] = None,
    whose: Annotated[Whose | None, Query(), _WITHOUT_EMPTY] = None,
    stale: Annotated[bool, Query()] = False,
    asks: Annotated[bool, Query()] = False,
    by_hand: Annotated[bool, Query(), _WITHOUT_EMPTY_FLAG] = False,
    alone: Annotated[bool, Query()] = False,
    calibrating: Annotated[bool, Query()] = False,
    skip: Annotated[list[OwnId], Query(max_length=MOST_FIELDS)] = [],  # noqa: B006
) -> CameFrom:
    wanted = QueueFilter(tuple(state), challenge, group, tuple(band), days, whose, stale, asks, by_hand, alone)
    return CameFrom(wanted, tuple(skip[-MOST_SKIPPED:]), calibrating)


FromQueue = Annotated[CameFrom, Depends(_came_from)]


def clean(query: str) -> str:
    """The query with nothing in it but what a queue knows, encoded anew; a filter that asks for nothing goes, too."""
    pairs = [(name, value) for name, value in parse_qsl(query, max_num_fields=MOST_FIELDS) if name in KNOWN and value]
    skipped = [pair for pair in pairs if pair[0] == "skip"][-MOST_SKIPPED:]
    return urlencode([*(pair for pair in pairs if pair[0] != "skip"), *skipped])


def with_(query: str, **more: str) -> str:
    """The same with these added, where they are not empty."""
    added = {name: value for name, value in more.items() if value}
    return "&".join(part for part in (clean(query), urlencode(added)) if part)


def without(query: str, *names: str) -> str:
    """The same without these."""
    return urlencode([(name, value) for name, value in parse_qsl(clean(query)) if name not in names])


def of(visit: Visit) -> str:
    """The same in a page's own address."""
    return clean(visit.scope["query_string"].decode("ascii", "replace"))


def own_page(path: str) -> str:
    """The path, if it is one of ours to go back to; the queue otherwise."""
    return path if is_own_path(path) else "/desk"
