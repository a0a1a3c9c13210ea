"""How a criterion reads inside a sentence: what rules propose, what a person confirmed, or the line quoted whole.

What rules propose is for the person alone: nothing is said with it before it was confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pipelines.prompts import has_words, words
from pipelines.texts.language import language_code
from pipelines.values import Criterion, CriterionForm

LONGEST_QUOTED: Final = 220
"""Characters of a criterion up to which it is quoted; a longer one stands beside the point, and is not said again."""
LONGEST_PROPOSED: Final = 120

_UNSURE = re.compile(r"[:;()\[\]\"“”„«»…?!/–—|•]|[.]\s|[.][.]")
"""In such lines a part may stand for itself: rules propose nothing."""
_STOP = re.compile(r"(?<!\betc)(?<!\busw)(?<!\b\w)(?<!\.)\.$")
"""The full stop that ends a line, and does not stand for what was left out."""
_MARKS = re.compile(r"[“„«\"]([^“”„«»\"]*)[”“»«\"]")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a criterion asks for, and how it is spoken of.

    `name` stands for it in passing: a confirmed topic, or the whole line in quotation marks; empty for one that is too
    long. `clause` is empty where none was confirmed. `words` are those that are looked for in a text.
    """

    words: str
    name: str
    clause: str = ""

    @property
    def form(self) -> str:
        return "clause" if self.clause else "name" if self.name else "plain"


def matter(criterion: Criterion, language: str) -> Matter:
    """A criterion as it was confirmed in this language, which has words of ours; where it was not, to be quoted."""
    form = criterion.form_in(language)
    short = len(criterion.text) <= LONGEST_QUOTED
    name = form.topic or (quoted(criterion.text, language) if short else "")
    return Matter(criterion.text, name, form.clause)


def quoted(text: str, language: str) -> str:
    """A whole line in this language's quotation marks, without the full stop at its end; marks inside become single."""
    marks: Mapping[str, str] = words(f"extractive/{language_code(language)}")["marks"]
    line = _STOP.sub("", " ".join(text.split()))
    inside = _MARKS.sub(lambda found: marks["inside"].format(q=found[1]), line)
    return marks["quoted"].format(q=inside)


def read_out(criterion: Criterion, language: str) -> tuple[str, ...]:
    """Sentences in which a learner may read of a criterion; none in a language without words of ours."""
    if not spoken(language):
        return ()
    table, one = words(f"extractive/{language_code(language)}"), matter(criterion, language)
    told = [table[part][one.form][0].format(c=one.clause, n=one.name) for part in ("gap", "strength")]
    named = (
        [table["strength"]["link"][0].format(b=one.name)] if one.clause and criterion.form_in(language).topic else []
    )
    return (*told, *named)


def spoken(language: str) -> bool:
    """Whether sentences of ours, and so forms of criteria, are of use in this language."""
    return has_words(f"extractive/{language_code(language)}")


def asked(language: str) -> Mapping[str, str]:
    """The beginnings that a person completes, for clause and topic, in a language with words of ours."""
    found: Mapping[str, str] = words(f"extractive/{language_code(language)}")["asked"]
    return found


def proposed(text: str, language: str) -> CriterionForm:
    """What rules are sure of in a criterion's own wording; "" for what they are not."""
    code, line = language_code(language), " ".join(text.split()).rstrip(" .")
    if not has_words(f"forms/{code}") or _UNSURE.search(line) or len(line) > LONGEST_PROPOSED:
        return CriterionForm(language)
    return CriterionForm(language, _first(line, code, "clause"), _first(line, code, "topic"))


def _first(line: str, code: str, kind: str) -> str:
    for rule, says in _rules(code)[kind]:
        if found := rule.fullmatch(line):
            return _said(found.groupdict(), says, code)
    return ""


def _said(parts: Mapping[str, str], says: str, code: str) -> str:
    small, told = _small(code), _told(code)
    values = {name: _lowered(part, always=name == "low", small=small) for name, part in parts.items()}
    return says.format(**values, told=told.get(parts.get("verb", "").casefold(), ""))


def _lowered(part: str, *, always: bool, small: frozenset[str]) -> str:
    """With a small letter, where a line began with a word that has a capital for no other reason."""
    return part[:1].lower() + part[1:] if always or part.split()[0].casefold() in small else part


@cache
def _small(code: str) -> frozenset[str]:
    lists = words(f"forms/{code}")["lists"]
    verbs = [form for verb in lists["verbs"] for form in verb.split()]
    return frozenset(word for name in ("small", "wh") for line in lists[name] for word in line.split()) | {
        *verbs,
        "you",
    }


@cache
def _told(code: str) -> dict[str, str]:
    """Each form of a verb with the one by which it is told."""
    verbs = [verb.split() for verb in words(f"forms/{code}")["lists"]["verbs"]]
    return {form: verb[1] for verb in verbs for form in verb}


@cache
def _rules(code: str) -> dict[str, Sequence[tuple[re.Pattern[str], str]]]:
    table = words(f"forms/{code}")
    lists = {name: "|".join(map(re.escape, given)) for name, given in table["lists"].items() if name != "verbs"}
    forms = zip(*(verb.split() for verb in table["lists"]["verbs"]), strict=True)
    for name, every in zip(("verbs", "told", "named"), forms, strict=False):
        lists[name] = "|".join(form for form in every if form != "-")
    return {kind: [_rule(one, lists) for one in table[kind]] for kind in ("clause", "topic")}


def _rule(given: Mapping[str, Any], lists: Mapping[str, str]) -> tuple[re.Pattern[str], str]:
    return re.compile(given["like"].format(**lists), re.IGNORECASE), given["says"]
