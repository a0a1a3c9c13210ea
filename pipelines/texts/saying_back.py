"""What sentences of ours say back of one work, and how a point is freed of it before it is said of another. Pure.

A point that was approved on one work may come to others: as a precedent, or because the same was decided on them. The
clause of its author that it begins with, and what it says of an earlier version, are nothing of theirs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.prompts import tables, words

FORMS: Final = ("clause", "ask", "order", "quote", "again", "past")
"""Ways to begin by what a passage says: what it states, asks or tells, quoted, or said already; and those of earlier
versions."""


def without_mention(text: str) -> str:
    """A point that was said of another text, without what it says of that one, or of an earlier version of it."""
    for pattern in _mentioning():
        text = pattern.sub(lambda found: found["rest"].upper(), text)
    for said in (one for code in tables("extractive") for one in words(f"extractive/{code}")["since"]["here"]):
        text = text.replace(said, "")
    return text.strip()


@cache
def _mentioning() -> tuple[re.Pattern[str], ...]:
    """What begins a sentence of ours that speaks of a text, in any language that we have words of."""
    known = [words(f"extractive/{code}") for code in tables("extractive")]
    leads = [lead for one in known for form in FORMS for lead in one["mention"][form]]
    leads += [lead for one in known for form, some in one["since"].items() if form != "here" for lead in some]
    return tuple(re.compile(rf"(?<!\S){_anything(lead)}(?:[:.]| –) (?P<rest>\S)") for lead in leads)


def _anything(lead: str) -> str:
    """A pattern in which whatever is named may stand: a clause has no stop or colon, a quotation ends with its mark."""
    clause = r"(?:[^:.\n]|[:.](?=\S))+?"
    lead = re.escape(lead).replace(re.escape("“{a}”"), "“[^”]+”").replace(re.escape("„{a}“"), "„[^“]+“")
    return lead.replace(re.escape("{a}"), clause)
