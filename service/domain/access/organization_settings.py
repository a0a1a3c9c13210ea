"""What an organization decides for itself: name, language, the undo window, a model's budget, who may frame it.

Pure. `faults` says what is wrong with a wish, field by field, in words for the person who typed it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.domain import budgets
from service.domain.following.reminders import MOST_DAYS
from service.domain.notifications.timing import is_zone

UNDO: Final = "undo_seconds"
EMBED: Final = "embed_origins"
REMIND: Final = "remind_again_days"
ANSWER: Final = "answer_within_days"
LOOK: Final = "look_for_introductions_weekly"
OUTDATED: Final = "say_what_is_outdated"
SPOT: Final = "spot_check_every"
SECOND_FACTOR: Final = "second_factor_needed"
TIME_ZONE: Final = "time_zone"
SAYS_MORE: Final = "mail_says_more"
LONGEST_UNDO: Final = 3_600
"""An hour: whoever waits for feedback should not wait for a second thought much longer."""
MOST_ORIGINS: Final = 20
LARGEST_BUDGET: Final = 1_000_000.0
RAREST_SPOT_CHECK: Final = 256
"""Drawn is by two hexadecimal digits, so nothing rarer can be."""
SPOT_CHECK_EVERY: Final = 8

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([1-9][0-9]{{0,4}}))?")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HERE: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class OrganizationWish:
    """All that a coordinator sets. `undo_seconds` and `model_budget_per_day`: None is what the installation says; a
    budget of 0 is no limit. `embed_origins` are sites such as `https://courses.example.org`.

    `remind_again_days`: None is `reminders.AGAIN_DAYS`. `answer_within_days`: what learners are promised; None promises
    nothing, and nobody is told of work that waits. `say_what_is_outdated`: learners read at a released quotation that
    its document no longer says so. `spot_check_every`: one approved draft in so many is read by a second facilitator; 0
    is none, None is `SPOT_CHECK_EVERY`. `second_factor_needed`: facilitators and coordinators set one up at sign-in.
    `time_zone`: by whose clock people are mailed who say none; empty is UTC. `mail_says_more`: mail may hold learners'
    words and names of peers.
    """

    name: str
    language: str = "en"
    undo_seconds: int | None = None
    model_budget_per_day: float | None = None
    embed_origins: tuple[str, ...] = ()
    remind_again_days: int | None = None
    answer_within_days: int | None = None
    look_for_introductions_weekly: bool = False
    say_what_is_outdated: bool = False
    spot_check_every: int | None = None
    second_factor_needed: bool = False
    time_zone: str = ""
    mail_says_more: bool = False


def is_origin(text: str) -> bool:
    """Whether this is one site and nothing else: https, a host, perhaps a port; http only for this machine.

    What passes is written into a header that says who may frame a page, so there is no room for anything besides.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None or len(found[2]) > 253 or int(found[3] or 1) > 65_535:
        return False
    return found[1] == "https" or found[2] in _HERE


def faults(wish: OrganizationWish) -> dict[str, str]:
    """What is wrong, by field; empty where the wish can be stored."""
    found = {
        "name": _name(wish.name),
        "language": "" if _LANGUAGE.fullmatch(wish.language) and len(wish.language) <= 35 else _NO_LANGUAGE,
        UNDO: "" if wish.undo_seconds is None or 0 <= wish.undo_seconds <= LONGEST_UNDO else _NO_UNDO,
        budgets.PER_DAY: _budget(wish.model_budget_per_day),
        EMBED: _origins(wish.embed_origins),
        REMIND: _days(wish.remind_again_days),
        ANSWER: _days(wish.answer_within_days),
        SPOT: "" if wish.spot_check_every is None or 0 <= wish.spot_check_every <= RAREST_SPOT_CHECK else _NO_SPOT,
        TIME_ZONE: "" if not wish.time_zone or is_zone(wish.time_zone) else _NO_ZONE,
    }
    return {field: words for field, words in found.items() if words}


_NO_LANGUAGE: Final = "Give a language tag such as en, de or pt-BR."
_NO_UNDO: Final = f"Give whole seconds, from 0 to {LONGEST_UNDO:,}."
_NO_ZONE: Final = "Give a zone by its name, such as Europe/Berlin or America/Bogota."
_NO_SPOT: Final = f"Give a whole number, from 0 to {RAREST_SPOT_CHECK}; 0 is none."


def _name(name: str) -> str:
    if not name.strip():
        return "An organization needs a name."
    if len(name) > 255 or not name.isprintable():
        return "A name is one line of at most 255 characters."
    return ""


def _days(days: int | None) -> str:
    return "" if days is None or 1 <= days <= MOST_DAYS else f"Give whole days, from 1 to {MOST_DAYS}."


def _budget(amount: float | None) -> str:
    fits = amount is None or (math.isfinite(amount) and 0 <= amount <= LARGEST_BUDGET)
    return "" if fits else f"Give an amount from 0 to {LARGEST_BUDGET:,.0f}; 0 is no limit."


def _origins(origins: tuple[str, ...]) -> str:
    if len(origins) > MOST_ORIGINS:
        return f"At most {MOST_ORIGINS} sites."
    wrong = next((one for one in origins if not is_origin(one)), None)
    if wrong is None:
        return ""
    return (
        f"“{wrong[:80]}” is not a site. Write https:// and the host, in small letters and without a path: "
        "https://courses.example.org. Only localhost may begin with http://."
    )


def stored(settings: Mapping[str, Any], wish: OrganizationWish) -> dict[str, Any]:
    """The organization's settings with this wish in them; whatever else is kept there stays."""
    own = {
        UNDO: wish.undo_seconds,
        budgets.PER_DAY: wish.model_budget_per_day,
        EMBED: list(dict.fromkeys(wish.embed_origins)) or None,
        REMIND: wish.remind_again_days,
        ANSWER: wish.answer_within_days,
        LOOK: wish.look_for_introductions_weekly or None,
        OUTDATED: wish.say_what_is_outdated or None,
        SPOT: wish.spot_check_every,
        SECOND_FACTOR: wish.second_factor_needed or None,
        TIME_ZONE: wish.time_zone or None,
        SAYS_MORE: wish.mail_says_more or None,
    }
    rest = {name: value for name, value in settings.items() if name not in own}
    return {**rest, **{name: value for name, value in own.items() if value is not None}}


def wish_of(name: str, language: str, settings: Mapping[str, Any]) -> OrganizationWish:
    """What is set now. A value that is none of ours reads as not set."""
    undo, budget, origins = settings.get(UNDO), settings.get(budgets.PER_DAY), settings.get(EMBED)
    return OrganizationWish(
        name,
        language,
        int(undo) if isinstance(undo, int | float) and _is_amount(undo) else None,
        float(budget) if isinstance(budget, int | float) and _is_amount(budget) else None,
        tuple(one for one in origins if isinstance(one, str) and is_origin(one)) if isinstance(origins, list) else (),
        _whole(settings.get(REMIND)),
        _whole(settings.get(ANSWER)),
        settings.get(LOOK) is True,
        settings.get(OUTDATED) is True,
        _spot(settings.get(SPOT)),
        settings.get(SECOND_FACTOR) is True,
        time_zone(settings, otherwise=""),
        settings.get(SAYS_MORE) is True,
    )


def time_zone(settings: Mapping[str, Any], *, otherwise: str = "UTC") -> str:
    """By whose clock people are mailed who say none themselves."""
    zone = settings.get(TIME_ZONE)
    return zone if isinstance(zone, str) and is_zone(zone) else otherwise


def spot_check_every(settings: Mapping[str, Any]) -> int:
    """One approved draft in how many is drawn for a second reading; 0: none."""
    said = _spot(settings.get(SPOT))
    return SPOT_CHECK_EVERY if said is None else said


def _spot(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= RAREST_SPOT_CHECK else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and not _days(value) else None


def _is_amount(value: float) -> bool:
    return not isinstance(value, bool) and math.isfinite(value)
