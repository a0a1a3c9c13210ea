"""A look at a challenge's criteria before work is judged by them: which could not be told apart, which ask two things,
which no work speaks to. It advises whoever wrote them, and is in nobody's way. May not fetch, nor judge any work.

Every remark was measured on rubrics of our own, in English and German (`benchmarks.criteria`): a rule is in here only
as far as nine of ten remarks that it makes are right. So much goes unsaid, and what is said is worth a look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any, Final

import numpy as np

from pipelines.assessment.places import CriterionPlaces
from pipelines.looked_at import FEWEST_WORKS, MOST_WORKS, CriteriaRemark, CriteriaRemarkCode
from pipelines.ports import Embedder
from pipelines.prompts import has_words, words
from pipelines.texts.language import content, count_words, language_code, orders, sentences, shared, tokens
from pipelines.values import ChallengeAsItStands, Criterion

ALIKE: Final = 0.55
"""How much nearer two criteria are by meaning than criteria of this challenge commonly are (1: the same), from which
they cannot be told apart."""
IN_WORDS: Final = 0.75
"""The same by shared stems, verbs that carry no matter left out."""
CONTRAST: Final = 0.4
"""Share of stems in common from which two that also each have words of their own are a pair of opposites ("a long-term
cause", "a short-term cause"): those are near by meaning, and quite different."""
FEWEST_TO_COMPARE: Final = 4
LONGEST: Final = 40
"""Words of a criterion that are still read in one breath."""
GIVEN_STEMS: Final = 3
GIVEN_AWAY: Final = 0.5
"""Words of a sentence of the reference, and share of them, from which a criterion gives the answer away."""
UNSPOKEN: Final = 0.55
"""Share of what works commonly say to a criterion here, below which none speaks to this one."""


def look(challenge: ChallengeAsItStands, works: Sequence[str], embedder: Embedder) -> tuple[CriteriaRemark, ...]:
    """What whoever wrote the criteria may want to look at again, in the order of the criteria. `works` are the first
    that were handed in, as far as machines may read them."""
    language = language_code(challenge.language)
    found = [CriteriaRemark(code, (one.id,)) for one in challenge.criteria for code in _alone(one, challenge, language)]
    said = [one for one in challenge.criteria if content(one.text, language)]
    found += _pairs(said, language, embedder)
    found += [CriteriaRemark(CriteriaRemarkCode.UNSPOKEN, (id_,)) for id_ in _unspoken(challenge, works, embedder)]
    order = {one.id: at for at, one in enumerate(challenge.criteria)}
    return tuple(sorted(found, key=lambda one: [order[id_] for id_ in one.criteria]))


def _alone(criterion: Criterion, challenge: ChallengeAsItStands, language: str) -> Iterator[CriteriaRemarkCode]:
    """What a criterion's own words show."""
    text = criterion.text.strip()
    if _says_nothing(text, language):
        yield CriteriaRemarkCode.EMPTY
        return
    if _is_order(text, language):
        yield CriteriaRemarkCode.ORDER
    elif _asks(text, language):
        yield CriteriaRemarkCode.QUESTION
    elif asks_two(text, language):
        yield CriteriaRemarkCode.TWO_THINGS
    if count_words(text) > LONGEST:
        yield CriteriaRemarkCode.LONG
    if _gives_away(text, challenge, language):
        yield CriteriaRemarkCode.GIVES_AWAY


@cache
def _table(language: str) -> Mapping[str, Any]:
    """How criteria are worded in the language; of one without a table, nothing is told by words."""
    return words(f"criteria/{language}") if has_words(f"criteria/{language}") else {}


@cache
def _set(language: str, *names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in _table(language).get(name, "").split())


def _says_nothing(text: str, language: str) -> bool:
    line = " ".join(tokens(text))
    return not line or line in {" ".join(tokens(one)) for one in _table(language).get("nothing", ())}


def _is_order(text: str, language: str) -> bool:
    line = text.casefold()
    return bool(orders(text)) or any(
        re.match(rf"{re.escape(one)}\b", line) for one in _table(language).get("orders", ())
    )


def _asks(text: str, language: str) -> bool:
    first, second = [*tokens(text), "", ""][:2]
    return text.endswith("?") or (first in _set(language, "asks") and second in _set(language, "subjects"))


def asks_two(text: str, language: str) -> bool:
    """Whether the criterion asks for two things, of which a work can do one: "names a price and justifies it"."""
    line = " ".join(tokens(text))
    if any(f" {one} " in f" {line} " for one in _table(language).get("strong_joins", ())):
        return True
    joins = "|".join(re.escape(one) for one in sorted(_table(language).get("joins", ()), key=len, reverse=True))
    cuts = re.finditer(rf" (?:{joins}) ", line) if joins else ()
    return any(_second(line[: cut.start()].split(), line[cut.end() :].split(), language) for cut in cuts)


def _second(left: Sequence[str], right: Sequence[str], language: str) -> bool:
    """Whether what follows "and" is a matter of its own: another verb with its object, or another clause."""
    light, verbs = _set(language, "verbs"), _set(language, "verbs", "more_verbs", "finite")
    within = bool(set(left) & _set(language, "subordinate"))
    if len(right) < 2 or not (set(left) & verbs or left[0].endswith(_table(language)["ending"])):
        return False
    if right[0] in light or (right[0] in verbs and not within):
        return True
    return right[0] in _set(language, "subjects") and bool(set(right) & verbs) and not within


def _gives_away(text: str, challenge: ChallengeAsItStands, language: str) -> bool:
    """Whether a learner reads the expected answer off the criterion, beyond what the task says anyway."""
    told = content(text, language) - content(f"{challenge.title} {challenge.prompt} {challenge.outcome}", language)
    for start, end in sentences(challenge.reference):
        answer = content(challenge.reference[start:end], language)
        said = shared(answer, told)
        if len(said) >= GIVEN_STEMS and len(said) >= GIVEN_AWAY * len(answer):
            return True
    return False


def _pairs(criteria: Sequence[Criterion], language: str, embedder: Embedder) -> list[CriteriaRemark]:
    """Two that are the same word for word, or that nobody could tell apart."""
    nearness = _nearness(criteria, language, embedder)
    found = []
    for (i, one), (j, other) in combinations(enumerate(criteria), 2):
        if tokens(one.text) == tokens(other.text):
            found.append(CriteriaRemark(CriteriaRemarkCode.SAME, (one.id, other.id)))
        elif _cannot_be_told_apart(one.text, other.text, float(nearness[i, j]), language):
            found.append(CriteriaRemark(CriteriaRemarkCode.ALIKE, (one.id, other.id)))
    return found


def _nearness(criteria: Sequence[Criterion], language: str, embedder: Embedder) -> Any:
    """(n, n): cosines of the criteria's matters, with what is common among them taken off: embedders differ in that."""
    vectors = np.asarray(embedder.embed([_matter(one.text, language) for one in criteria]), np.float64)
    cosines = vectors @ vectors.T
    if len(criteria) < FEWEST_TO_COMPARE:
        return np.zeros_like(cosines)
    usual = float(np.median(cosines[np.triu_indices(len(criteria), 1)]))
    return (cosines - usual) / max(1.0 - usual, 1e-9)


def _matter(text: str, language: str) -> str:
    """The criterion without the verb it begins with: "names the date" and "gives the date" have one matter."""
    first, _, rest = text.strip().partition(" ")
    return rest.strip(" ,") if rest and first.casefold().strip(",") in _set(language, "verbs") else text.strip()


def _cannot_be_told_apart(one: str, other: str, nearness: float, language: str) -> bool:
    turned = _set(language, "turns")
    if turned & set(tokens(one)) != turned & set(tokens(other)):  # before and after, with and without
        return False
    light = content(" ".join(_set(language, "verbs")), language)
    a, b = content(one, language) - light, content(other, language) - light
    both = a & b
    if a - b and b - a and len(both) >= CONTRAST * min(len(a), len(b)):
        return False
    return (len(both) > 1 and len(both) >= IN_WORDS * len(a | b)) or nearness >= ALIKE


def _unspoken(challenge: ChallengeAsItStands, works: Sequence[str], embedder: Embedder) -> list[str]:
    """Criteria that none of the first works speaks to, or far less than to the others."""
    if len(works) < FEWEST_WORKS or not challenge.criteria:
        return []
    places = CriterionPlaces(challenge, (), (), embedder)
    near = np.zeros(len(challenge.criteria))
    for text in works[:MOST_WORKS]:
        found = places.speaking(text, embedder)
        near = np.maximum(near, [max((one for _, one in some), default=0.0) for some in found])
    common = float(np.median(near))
    return [one.id for one, best in zip(challenge.criteria, near, strict=True) if best < UNSPOKEN * common or not best]
