"""A small organization of invented people, for tests of matching."""

from __future__ import annotations

from typing import Any

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.people.commons import Commons
from pipelines.people.reasons import Circle
from pipelines.people.values import PersonWork, Profile
from pipelines.values import ChallengeAsItStands, Criterion, Standing

MET, NOT_YET = Standing.MET, Standing.NOT_YET
EMBEDDER = HashingEmbedder(256)
CHALLENGES = {
    "observe": ChallengeAsItStands(
        "observe",
        "Plan how your team starts peer observation.",
        "Peer observation",
        criteria=(Criterion("who", "names who observes whom and when"), Criterion("look", "says what is looked for")),
    )
}
TEXTS = {
    "amara": "We pair teachers across grades. Each pair visits twice before half-term and writes down the dates.",
    "bilal": "One question is agreed before each visit. The visitor counts which pupils speak and reports the number.",
    "chiyo": "Pairs of teachers visit each other before half-term. The dates hang in the staff room for everybody.",
    "dagny": "The garden club sells tomatoes and keeps a book of what was sown, watered and harvested each week.",
    "emeka": "The loan desk counts returned books and sends reminders by letter to readers who are late.",
}


def person(name: str, **given: Any) -> Profile:
    """Open to introductions unless told otherwise, in a group of their own."""
    return Profile(name, name.capitalize(), **({"open_to": True, "groups": frozenset({f"group-{name}"})} | given))


def work(name: str, text: str = "", **given: Any) -> PersonWork:
    """A person's work on the one challenge, quotable unless told otherwise."""
    return PersonWork(f"w-{name}", name, "observe", text or TEXTS[name], **({"quotable": True} | given))


def commons(*works: PersonWork) -> Commons:
    """These works, or one of everybody."""
    return Commons(works or [work(name) for name in TEXTS], EMBEDDER)


def circle(*people: Profile) -> Circle:
    """These people, and everybody else as they are without further ado."""
    named = {one.person: one for one in people}
    return Circle.of({name: named.get(name, person(name)) for name in TEXTS} | named)


def reciprocal() -> Commons:
    """Amara has met what Bilal has not, and the other way round; a person pointed at where."""
    has = {"amara": {"who": MET, "look": NOT_YET}, "bilal": {"who": NOT_YET, "look": MET}}
    at = {"amara": {"who": (0, 31)}, "bilal": {"look": (44, 80)}}
    return commons(*(work(name, criteria=has.get(name, {}), places=at.get(name, {})) for name in TEXTS))
