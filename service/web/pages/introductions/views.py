"""The contexts of the pages about introductions and requests, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from service.actions.introductions.desk import DeskIntroduction, ListedIntroduction
from service.actions.introductions.own import OwnIntroduction
from service.actions.introductions.review import IntroductionDismissalReason
from service.actions.questioned.signs import AskedAbout
from service.actions.requests.desk import Cluster, DeskRequest
from service.actions.requests.need import OwnRequest
from service.store.tables import IntroductionUseful
from service.web.pages.views import PageView

KINDS: Mapping[str, str] = {
    "complementary": "each has what the other lacks",
    "same_problem": "at the same thing now",
    "triangle": "a contact in common",
    "bridge": "groups that nothing connects",
    "same_role": "the same role elsewhere",
    "expert": "an answer to a stated need",
}
VIEWS: Mapping[str, str] = {
    "suggested": "To decide",
    "approved": "Approved",
    "asked": "Asked",
    "made": "Introduced",
    "ended": "Ended",
}
STATES: Mapping[str, str] = {
    "suggested": "waits for you",
    "approved": "approved, both are asked in a moment",
    "asked": "both are asked",
    "introduced": "introduced",
    "met": "they have met",
    "missed": "not met so far",
    "dismissed": "decided against",
    "expired": "faded",
    "withdrawn": "withdrawn",
    "ended": "ended",
}
WHYS: Mapping[IntroductionDismissalReason, str] = {
    IntroductionDismissalReason.KNOW_EACH_OTHER: "They know each other already",
    IntroductionDismissalReason.NOT_USEFUL: "It would not help them",
    IntroductionDismissalReason.WRONG_TIME: "This is not the time",
    IntroductionDismissalReason.WRONG_READING: "Their work is read wrongly",
    IntroductionDismissalReason.OTHER: "Something else",
}
TEXTS: Mapping[str, str] = {
    "reason": "Why they should meet",
    "first_brings": "What the first brings",
    "second_brings": "What the second brings",
    "step": "A small first step",
    "message_to_first": "The question to the first",
    "message_to_second": "The question to the second",
}
USES: Mapping[IntroductionUseful, str] = {
    IntroductionUseful.YES: "Yes",
    IntroductionUseful.A_LITTLE: "A little",
    IntroductionUseful.NO: "No",
}
REQUEST_VIEWS: Mapping[str, str] = {"open": "Open", "answered": "Answered", "closed": "Not needed any more"}


@dataclass(frozen=True)
class OwnIntroductionsPage(PageView):
    """A person's own introductions: asked, waiting, made."""

    template: ClassVar[str] = "learners/introductions.html"
    open_to: bool
    questions: tuple[OwnIntroduction, ...]
    waiting: tuple[OwnIntroduction, ...]
    together: tuple[OwnIntroduction, ...]
    uses: Mapping[IntroductionUseful, str] = field(default_factory=lambda: USES)


@dataclass(frozen=True)
class OwnRequestsPage(PageView):
    """A person's own requests, and room for a new one."""

    template: ClassVar[str] = "learners/requests.html"
    requests: tuple[OwnRequest, ...]
    now: datetime
    longest: int
    shortest: int


@dataclass(frozen=True)
class IntroductionsPage(PageView):
    """The queue of introductions."""

    template: ClassVar[str] = "introductions/list.html"
    view: str
    rows: tuple[ListedIntroduction, ...]
    counts: Mapping[str, int]
    groups: tuple[tuple[str, str], ...]
    everywhere: bool
    now: datetime
    views: Mapping[str, str] = field(default_factory=lambda: VIEWS)
    kinds: Mapping[str, str] = field(default_factory=lambda: KINDS)
    states: Mapping[str, str] = field(default_factory=lambda: STATES)


@dataclass(frozen=True)
class IntroductionPage(PageView):
    """One introduction, to decide on. `done` is the one that was approved just before, as long as it can be undone."""

    template: ClassVar[str] = "introductions/introduction.html"
    one: DeskIntroduction
    left: int
    done: DeskIntroduction | None
    kinds: Mapping[str, str] = field(default_factory=lambda: KINDS)
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    whys: Mapping[IntroductionDismissalReason, str] = field(default_factory=lambda: WHYS)
    labels: Mapping[str, str] = field(default_factory=lambda: TEXTS)


@dataclass(frozen=True)
class RequestsPage(PageView):
    """Requests of those whom one reviews: open ones by what they ask for, others as a list."""

    template: ClassVar[str] = "requests/list.html"
    view: str
    clusters: tuple[Cluster, ...]
    rows: tuple[DeskRequest, ...]
    counts: Mapping[str, int]
    asked_about: tuple[AskedAbout, ...]
    now: datetime
    views: Mapping[str, str] = field(default_factory=lambda: REQUEST_VIEWS)
