"""The trail: which queue somebody came from. Addresses carry it along, so that the next draft is of the same queue."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from service.actions.sign_in import is_own_path
from service.web.pages.visits import Visit

KNOWN = frozenset({"state", "group", "challenge", "band", "age", "mine", "stale", "asks", "skip"})
MOST_SKIPPED = 100


def clean(query: str, *more: str) -> str:
    """The query with nothing in it but what a queue knows (and `more`), encoded anew."""
    known = KNOWN | set(more)
    pairs = [(name, value) for name, value in parse_qsl(query, max_num_fields=400) if name in known]
    skipped = [pair for pair in pairs if pair[0] == "skip"][-MOST_SKIPPED:]
    return urlencode([*(pair for pair in pairs if pair[0] != "skip"), *skipped])


def with_(query: str, **more: str) -> str:
    """The same with these added, where they are not empty."""
    added = {name: value for name, value in more.items() if value}
    return "&".join(part for part in (clean(query), urlencode(added)) if part)


def of(visit: Visit) -> str:
    """The trail in a page's own address."""
    return clean(visit.scope["query_string"].decode("ascii", "replace"))


def own_page(path: str) -> str:
    """The path, if it is one of ours to go back to; the queue otherwise."""
    return path if is_own_path(path) else "/desk"
