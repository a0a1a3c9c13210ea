"""Where a person can go, by what they are. Pure."""

from __future__ import annotations

from service.actions.access.frame import SignedIn
from service.domain.roles import Actor
from service.web.pages.views import NavigationEntry


def places(actor: Actor, path: str, here: SignedIn) -> tuple[NavigationEntry, ...]:
    """The entries of the navigation; the one that holds `path` is current."""
    found: list[tuple[str, str]] = []
    if actor.reviews:
        found += [("/desk", "Queue"), ("/desk/challenges", "Challenges"), ("/desk/context", "Context")]
        found += [("/desk/people", "People"), ("/desk/introductions", "Introductions"), ("/desk/requests", "Requests")]
        found += [("/desk/network", "Network"), ("/desk/goals", "Goals")]
        found += [("/desk/galleries", "Galleries")]
    if actor.coordinates:
        found += [("/desk/settings", "Settings")]
    if actor.learns_in:
        found += [("/learn", "My learning"), ("/learn/introductions", "Introductions")]
        found += [("/learn/requests", "What I need"), ("/learn/consents", "What I allow")]
    current = max((href for href, _ in found if _holds(href, path)), key=len, default="")
    return tuple(NavigationEntry(href, label, href == current) for href, label in found)


def _holds(href: str, path: str) -> bool:
    if href == "/desk":
        return path == href or path.startswith("/desk/drafts")
    return path == href or path.startswith(href + "/")


def first(actor: Actor) -> str:
    """Where a person begins."""
    return "/desk" if actor.reviews else "/learn"
