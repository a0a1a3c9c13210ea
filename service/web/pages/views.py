"""What a route of pages gives back: a page's context, a place to go next, or a file. Plain values.

A page's context is a frozen dataclass whose fields are the template's variables, beside `page`, the frame around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup


@dataclass(frozen=True)
class PageView:
    """A page. Subclasses are frozen dataclasses and name their template."""

    template: ClassVar[str]
    status: ClassVar[int] = 200


@dataclass(frozen=True)
class Goto:
    """Go there next (303). `said` names a notice of `notices.NOTICES` that the next page shows."""

    path: str
    said: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        query = {**self.query, **({"said": self.said} if self.said else {})}
        if not query:
            return self.path
        parts = urlsplit(self.path)
        joined = "&".join(part for part in (parts.query, urlencode(query)) if part)
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        return f"{parts.path}?{joined}{anchor}"


@dataclass(frozen=True)
class Download:
    """A file to keep."""

    name: str  # plain ASCII
    media_type: str
    text: str


@dataclass(frozen=True)
class PageMark:
    """A mark of what a page shows, for a script that asks whether it has changed."""

    text: str


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A way to another page: in the navigation, or beside it among the pages of one thing."""

    href: str
    label: str
    current: bool = False
    group: str = ""
    key: str = ""  # that leads there, where single keys are on


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every page: who is signed in, where they can go, and what is said on top."""

    who: str = ""
    organization: str = ""
    language: str = "en"
    places: tuple[NavigationEntry, ...] = ()
    notice: str = ""
    csrf: str = ""
    embedded: bool = False
    path: str = "/"
    reviews: bool = False
    coordinates: bool = False
    learns: bool = False
    unread: int = 0  # of what they were told
    connected: tuple[NavigationEntry, ...] = ()  # settings of integrations

    @property
    def place_groups(self) -> tuple[tuple[str, tuple[NavigationEntry, ...]], ...]:
        """The places by what they are about, each group in its order."""
        found: dict[str, list[NavigationEntry]] = {}
        for place in self.places:
            found.setdefault(place.group, []).append(place)
        return tuple((name, tuple(places)) for name, places in found.items())

    @property
    def csrf_field(self) -> Markup:
        """The hidden field that every form carries."""
        return Markup('<input type="hidden" name="csrf" value="{}">').format(self.csrf)
