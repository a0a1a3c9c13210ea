"""What a key may be used for, and for how long. Nobody gives more than they have, nor for longer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain.errors import Invalid, PeerloomError


class KeyScope(StrEnum):
    """What a key may be used for. Each route and page needs one, a few need two or none."""

    READ = "read"
    SUBMIT = "submit"
    PEOPLE = "people"
    ACT = "act"
    ADMIN = "admin"


EVERY_SCOPE: Final = frozenset(KeyScope)

MEANS: Final[Mapping[KeyScope, str]] = {
    KeyScope.READ: "read whatever its groups allow: people, work, drafts, feedback, events",
    KeyScope.SUBMIT: "put in challenges, documents, work with its files, and feedback given elsewhere",
    KeyScope.PEOPLE: "put in groups and people with their roles and what they allow, and end their sessions",
    KeyScope.ACT: "stand in for people: tokens and sign-in links for them, answers and decisions in their names",
    KeyScope.ADMIN: "keys, settings, second factors, the trail, erasing and how long what is kept, failed jobs",
}

A_YEAR: Final = timedelta(days=365)
"""Offered wherever a person makes a key: long enough to be left alone, short enough not to be forgotten."""
LONGEST: Final = timedelta(days=3_660)
SOON: Final = timedelta(days=30)
"""How long before a key ends coordinators are told: time enough to put a new one into another system."""
TOLD_AFTER: Final = timedelta(days=7)
"""How long after: what used the key stands still, and whoever looks after it should learn why."""


class KeyState(StrEnum):
    """Whether a key may still be used. Whoever ends one does so for good, whenever it would have ended."""

    IN_USE = "in use"
    ENDED = "ended"  # by itself
    REVOKED = "revoked"


def state_of_key(ends: datetime | None, revoked: datetime | None, *, now: datetime) -> KeyState:
    """The state of a key that ends at this moment (None is never), and that somebody ended at that one, if so."""
    if revoked is not None:
        return KeyState.REVOKED
    return KeyState.ENDED if ends is not None and ends <= now else KeyState.IN_USE


class ScopeMissing(PeerloomError):
    """The key that is used here, or that the token or session was made with, may not be used for this."""

    kind = "scope-missing"


def scopes_in(stored: Iterable[str] | None) -> frozenset[KeyScope]:
    """The scopes that are kept with a key; None, as keys from before there were any have it, is all of them.

    A scope that only a newer release knows is passed over: it opens nothing here.
    """
    return EVERY_SCOPE if stored is None else EVERY_SCOPE & frozenset(stored)


def in_order(scopes: Collection[KeyScope]) -> list[KeyScope]:
    """As they are shown and kept: from the least to the most."""
    return [one for one in KeyScope if one in scopes]


def require_scopes(held: Collection[KeyScope], needed: Collection[KeyScope]) -> None:
    """Raises ScopeMissing, with the scopes that lack by name."""
    missing = in_order(set(needed) - set(held))
    if missing:
        raise ScopeMissing(f"This needs {_named(missing)}. {ScopeMissing.__doc__} {_HELP}", scopes=missing)


def require_may_give(held: Collection[KeyScope], given: Collection[KeyScope]) -> None:
    """Raises ScopeMissing if a key would be given what its maker has not, Invalid if it would be given nothing."""
    if not given:
        raise Invalid("A key that may be used for nothing is no key. Choose what it is for.")
    missing = in_order(set(given) - set(held))
    if missing:
        raise ScopeMissing(f"Nobody gives a key more than they have: {_named(missing)} is not yours.", scopes=missing)


def end_of_key(wanted: datetime | None, of_maker: datetime | None, *, now: datetime) -> datetime | None:
    """When a new key ends: as wanted, and no later than the key that it is made with. None is never.

    Raises Invalid for an end that has passed, is too far away, or later than its maker's.
    """
    if wanted is None:
        return of_maker
    if not now < wanted <= now + LONGEST:
        raise Invalid("A key ends in the future, within ten years. Left out, it ends only when somebody ends it.")
    if of_maker is not None and wanted > of_maker:
        raise Invalid(f"The key that you use ends on {of_maker:%Y-%m-%d}; what it makes cannot last longer.")
    return wanted


_HELP: Final = "A coordinator of the whole organization makes keys, and says there what for."


def _named(scopes: Collection[KeyScope]) -> str:
    names = " and ".join(f"`{one}`" for one in scopes)
    return f"the scope {names}" if len(scopes) == 1 else f"the scopes {names}"
