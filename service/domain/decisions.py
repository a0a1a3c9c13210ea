"""Work given to several people by shares, the same each time it is asked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction


def shared_out(
    items: Sequence[str],
    weights: Mapping[str, int],
    may: Mapping[str, Collection[str]],
    *,
    has: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Who gets which item: person by item, in the order of the items. What nobody may have is left out.

    `weights` are shares (2:1:1), of at least 1; among equals the one named first comes first. `may` are those who may
    have an item, `has` what each has already, which counts as part of their share. What fewest may have is given first,
    so that it does not find them full; each goes to whoever is then furthest below their share.
    """
    count = {person: (has or {}).get(person, 0) for person in weights}
    given: dict[str, str] = {}
    for item in sorted(items, key=lambda one: len(set(may.get(one, ())) & set(weights))):
        able = [person for person in weights if person in may.get(item, ())]
        if able:
            person = min(able, key=lambda one: Fraction(count[one] + 1, weights[one]))
            given[item] = person
            count[person] += 1
    return {item: given[item] for item in items if item in given}
