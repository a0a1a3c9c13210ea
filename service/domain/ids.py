"""Identifiers that sort by the time they were made, so that a page of rows can be cut by id alone."""

from __future__ import annotations

import secrets
import time


def new_id() -> str:
    """32 hexadecimal digits: UUID version 7 (RFC 9562, section 5.7) without hyphens.

    Its 12 bits after the milliseconds are parts of one (section 6.2, method 3), each a quarter of a microsecond: what
    is told in one transaction, one thing after the other, keeps that order.
    """
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    part = (rest << 12) // 1_000_000
    value = (stamp & (1 << 48) - 1) << 80 | 0x7 << 76 | part << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{value:032x}"


LONGEST = 255
"""Characters of an external id."""


def named_by(person: str, given: str) -> str:
    """What something is called that this person (our own id) calls `given`: nobody else's ids begin so."""
    return f"~{person}~{given}"
