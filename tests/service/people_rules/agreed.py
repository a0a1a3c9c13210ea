"""What people agreed to, in plain Python: an independent reading of the rules, which knows nothing of the product.

Every text carries marks (`qlin3`: the third text of Lin), so that whoever wrote what can be told from any output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PEOPLE = ("amara", "lin", "noor", "tiago", "yusuf")
ABOVE = {"all": ("all",), "north": ("north", "all"), "south": ("south", "all")}
REVIEWED = {"lena": "north", "sofia": "south", "mateo": "all", "ines": "all"}
WORK = re.compile(rf"q(?:{'|'.join(PEOPLE)})\d+", re.IGNORECASE)
NEED = re.compile(rf"w({'|'.join(PEOPLE)})\d+", re.IGNORECASE)
NAMES = re.compile(rf"\b({'|'.join(PEOPLE)}) tester", re.IGNORECASE)
IDS = re.compile(rf"person:({'|'.join(PEOPLE)})\b")


@dataclass
class Text:
    """One revision that somebody handed in."""

    author: str
    mark: str
    group: str
    at: datetime
    unread: bool  # by any machine, for good
    latest: bool = True
    taken_back: bool = False


@dataclass
class Person:
    """What somebody allows now, and where they learn now."""

    show: str = "with_name"
    introduce: bool = True
    ai: str = "local"
    groups: frozenset[str] = frozenset()
    submission: str = ""  # that stands
    group: str = ""  # in which it was handed in


@dataclass
class Meeting:
    """An introduction: who it names, and who said what."""

    first: str
    second: str
    through: str = ""
    approved: bool = False
    asked_at: datetime | None = None
    yes: set[str] = field(default_factory=set)
    no: set[str] = field(default_factory=set)
    closed: bool = False  # by a facilitator

    def other(self, person: str) -> str:
        return self.second if person == self.first else self.first

    @property
    def both(self) -> set[str]:
        return {self.first, self.second}


@dataclass
class GalleryRule:
    """What a facilitator laid down for galleries in a group."""

    automatic: bool = False
    without_names: bool = False
    weeks: int = 0
    most: int = 0


class Agreed:
    """Everything that was agreed to so far, and what follows from it."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.texts: dict[str, Text] = {}
        self.peers, self.reach = "after_attempt", "organization"
        self.rules: dict[str, GalleryRule] = {}
        self.meetings: dict[str, Meeting] = {}
        self.ever_asked: list[tuple[frozenset[str], datetime]] = []
        self.ended: set[str] = set()  # introductions, by a consent that was taken back
        self.let: set[tuple[str, str]] = set()  # (who asked, whose text) that a facilitator let be shown
        self.known: set[frozenset[str]] = set()  # both wished to know each other's names after thanks

    # What was done

    def allow(self, person: str, show: str | None, introduce: bool | None, ai: str | None) -> None:
        one = self.people[person]
        one.show = show or one.show
        one.introduce = one.introduce if introduce is None else introduce
        one.ai = ai or one.ai
        if not one.introduce:
            self.ended |= {
                id_
                for id_, at in self.meetings.items()
                if person in at.both or (person == at.through and not self.together(at))
            }
        if one.ai == "none":
            for text in self.of(person):
                text.unread = True

    def handed_in(self, text: Text, submission: str) -> None:
        for before in self.of(text.author):
            before.latest = False
        self.texts[text.mark] = text
        one = self.people[text.author]
        one.submission, one.group = submission, text.group

    def took_back(self, person: str) -> None:
        for text in self.of(person):
            text.taken_back = True
        self.people[person].submission = ""

    def of(self, person: str) -> list[Text]:
        return [text for text in self.texts.values() if text.author == person]

    # What follows

    def learns_in(self, person: str, group: str) -> bool:
        """There, or in a group above it."""
        return bool(self.people[person].groups & set(ABOVE[group]))

    def machines(self, text: Text) -> bool:
        return not text.unread and self.people[text.author].ai != "none"

    def peer_work(self, reader: str, mark: str, *, named: bool = False) -> str:
        """Why this text may not be shown to a fellow learner; empty if it may. `named`: its author is known."""
        text = self.texts[mark.lower()]
        if text.author == reader:
            return "taken back" if text.taken_back else ""
        show = self.people[text.author].show
        found = {
            "taken back": text.taken_back,
            "consent": show == "no" or (named and show != "with_name"),
            "machines": not self.machines(text),
            "never": self.peers == "never",
            "no own attempt": self.peers == "after_attempt" and not self.people[reader].submission,
            "another group": self.reach == "group" and not self.learns_in(reader, text.group),
        }
        return ", ".join(why for why, broken in found.items() if broken)

    def rule(self, group: str) -> GalleryRule:
        return next((self.rules[at] for at in ABOVE[group] if at in self.rules), GalleryRule())

    def in_gallery(self, reader: str, mark: str, now: datetime) -> str:
        """The same of a gallery that hangs on the reader's own attempt."""
        text, here = self.texts[mark.lower()], self.people[reader]
        if not here.submission:
            return "no own attempt"
        recent = text.author != reader and text.at > now - timedelta(weeks=self.rule(here.group).weeks)
        return self.peer_work(reader, mark) or ("recent" if recent else "")

    def on_desk(self, who: str, mark: str) -> str:
        """Why a facilitator may not read this text as a reviewer, or as one of those whom it is shared with."""
        text = self.texts[mark.lower()]
        if text.taken_back:
            return "taken back"
        if REVIEWED[who] in ABOVE[text.group]:
            return ""
        shared = self.people[text.author].show != "no" and self.peers != "never" and self.reach == "organization"
        return "" if shared and self.machines(text) else "of another group, and not shared with it"

    def in_brief(self, who: str, group: str, mark: str) -> str:
        """Why this text may not be quoted in a meeting of this group."""
        text = self.texts[mark.lower()]
        meeting = [at for at in ABOVE if group in ABOVE[at]]
        there = {at for at in meeting if any(at in one.groups for one in self.people.values())}
        found = {
            "taken back": text.taken_back,
            "consent": self.people[text.author].show == "no",
            "machines": not self.machines(text),
            "never": self.peers == "never",
            "another group": self.reach == "group" and not there <= set(ABOVE[text.group]),
            "another meeting": REVIEWED[who] not in ABOVE[text.group] or group not in ABOVE[text.group],
        }
        return ", ".join(why for why, broken in found.items() if broken)

    def on_map(self, who: str, mark: str) -> str:
        """Why this text may not be on the map of solutions, which is for those who review it."""
        text = self.texts[mark.lower()]
        if text.taken_back or not self.machines(text):
            return "taken back or not for machines"
        return "" if REVIEWED[who] in ABOVE[text.group] else "of another group"

    def open(self, person: str) -> bool:
        """Whether machines may match this person with others."""
        one = self.people[person]
        return one.introduce and one.ai != "none"

    def may_know(self, reader: str, other: str) -> bool:
        """Whether an introduction may name the other now."""
        return self.people[reader].introduce and self.people[other].introduce

    def together(self, meeting: Meeting) -> bool:
        return meeting.approved and meeting.yes == meeting.both
