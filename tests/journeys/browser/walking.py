"""Every page that a person can reach by following links, one of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from fastapi.routing import APIRoute

from tests.connected import PAGES
from tests.journeys.browser.people import Window

NOT_PAGES = re.compile(r"/pulse$|/download$|\.(jsonl?|md|csv|graphml|html|ics)$|^/embed/|^/$|/next$|/files/\{file\}$")
"""Marks for scripts, files to keep or that somebody sent, and addresses that only lead elsewhere."""


@dataclass(frozen=True)
class Kind:
    """A kind of page: its route's template, and a pattern of its addresses."""

    template: str
    pattern: re.Pattern[str]


def kinds() -> list[Kind]:
    """All kinds of pages there are, the most particular first."""
    routes = [route for router in PAGES for route in router.routes if isinstance(route, APIRoute)]
    found = {
        route.path: Kind(route.path, route.path_regex)
        for route in routes
        if "GET" in route.methods and not NOT_PAGES.search(route.path)
    }
    return sorted(found.values(), key=lambda kind: (kind.template.count("{"), kind.template))


def kind_of(address: str) -> Kind | None:
    path = urlsplit(address).path
    return next((kind for kind in kinds() if kind.pattern.match(path)), None)


def walk(window: Window, *begin: str, most: int = 80) -> Iterator[str]:
    """Opens one page of each kind that can be reached from these; gives its template each time."""
    todo, seen = list(begin), set[str]()
    while todo and len(seen) < most:
        path = todo.pop(0)
        kind = kind_of(path)
        if kind is None or kind.template in seen:
            continue
        seen.add(kind.template)
        answer = window.page.goto(window.base + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answers {answer.status}"
        yield kind.template
        links = window.page.eval_on_selector_all(
            "main a[href], header a[href]", "all => all.map(one => one.getAttribute('href'))"
        )
        full = (urljoin(window.page.url, link) for link in links)
        inside = (urlsplit(link) for link in full if link.startswith(window.base))
        todo += [f"{one.path}?{one.query}" if one.query else one.path for one in inside]
