"""Moments that somebody else's clock tells. Pure; `now` is given."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.domain.errors import Invalid

SKEW = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours."""


def happened(at: datetime | None, what: str, *, now: datetime) -> datetime:
    """When something happened, if somebody says so, or now. Raises Invalid for what is still to come."""
    if at is not None and at > now + SKEW:
        raise Invalid(f"`{what}` is still to come. Give a time that has passed, or leave it out for now.")
    return at or now
