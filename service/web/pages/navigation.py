"""Where a person can go, by what they are. Pure."""

from __future__ import annotations

from service.actions.access.frame import SignedIn
from service.domain.roles import Actor
from service.web.pages.views import NavigationEntry

FEEDBACK, PEOPLE, ORGANIZATION, OWN = "Feedback", "People", "Organization", "My own"

KEYS = {"/search": "/"}
"""Single keys of the desk that lead to a place."""


def places(actor: Actor, path: str, here: SignedIn) -> tuple[NavigationEntry, ...]:
    """The entries of the navigation; the one that holds `path` is current."""
    found: list[tuple[str, str, str]] = []
    if actor.reviews:
        found += [(FEEDBACK, "/desk/today", "Today"), (FEEDBACK, "/desk", "Queue")]
        found += [(FEEDBACK, "/desk/challenges", "Challenges"), (FEEDBACK, "/desk/galleries", "Galleries")]
        found += [(FEEDBACK, "/search", "Search")]
        found += [(PEOPLE, "/desk/people", "People"), (PEOPLE, "/desk/introductions", "Introductions")]
        found += [(PEOPLE, "/desk/requests", "Requests"), (PEOPLE, "/desk/network", "Network")]
        found += [(ORGANIZATION, "/desk/context", "Context"), (ORGANIZATION, "/desk/goals", "Goals")]
    if actor.coordinates:
        found += [(ORGANIZATION, "/desk/settings", "Settings")]
    if actor.learns_in:
        found += [(OWN, "/learn", "My learning"), (OWN, "/learn/introductions", "Introductions")]
        found += [(OWN, "/learn/requests", "What I need"), (OWN, "/learn/consents", "What I allow")]
    current = max((href for _, href, _ in found if _holds(href, path)), key=len, default="")
    return tuple(
        NavigationEntry(href, label, href == current, group, KEYS.get(href, "")) for group, href, label in found
    )


def _holds(href: str, path: str) -> bool:
    if href == "/desk":
        return path == href or path.startswith(("/desk/drafts", "/desk/learners"))
    return path == href or path.startswith(href + "/")


def first(actor: Actor) -> str:
    """Where a person begins."""
    return "/desk/today" if actor.reviews else "/learn"
