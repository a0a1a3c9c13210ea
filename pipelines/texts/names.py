"""Where people are named; their names out before a model that is not local reads, and back in after. Keeps nothing.

The rule. A name is taken apart ("Amara N. Okafor": Amara, Okafor), and every part has a stand-in of its own, so that
"Amara", "Okafor" and "Amara Okafor" all come back exactly as they stood. A part is replaced where it is a word by
itself, written as it is or in capitals, longest first; letters of any script count as letters. What an inflection
adds ("Amara's", "Amaras", "Amara’s") stays outside. A part that is also an ordinary word in lower case (Will, Rose,
Klein; listed in prompts/words/names.toml, or seen in lower case in the same texts) is replaced only in the whole
name, after a title (Ms, Herr …), or, in languages that do not capitalize nouns, with a capital within a sentence.
"Will" at the start of a sentence stays. What tells how to reach or find somebody (`contacts`) goes out, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from pipelines.prompts import has_words, words
from pipelines.texts.contacts import contacts_in, merged

_PARTS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
PARTICLES = frozenset(
    {"al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "le"}
    | {"ter", "van", "von", "y", "zu", "zur"}
)
_INFLECTION = r"(?=(?:['’]s?|s)?(?![\w]))"
_WITHIN = r"(?<=[\w,;:()\-–] )"


class Pseudonyms:
    """Stand-ins for one request and its repair. `hide` and `restore` undo each other."""

    def __init__(self, names: Iterable[str], texts: Sequence[str], language: str) -> None:
        whole = "\n".join(texts)
        self._prefix = next(word for word in ("Person", "Someone", "Participant", "Xq") if word not in whole)
        self._stand_ins: dict[str, str] = {}
        self._pattern = _pattern(_mentioned(names, whole), frozenset(_lower(whole)), language)

    def hide(self, text: str) -> str:
        """The text with stand-ins."""
        text = self._contacts_out(text)
        return self._pattern.sub(self._names_out, text) if self._pattern else text

    def _contacts_out(self, text: str) -> str:
        """From the last to the first, so that places stay where they are."""
        for one in reversed(merged(text, contacts_in(text))):
            text = text[: one.start] + self._stand_in(text[one.start : one.end]) + text[one.end :]
        return text

    def restore(self, text: str) -> str:
        """The text with names again. A stand-in that was never given out stays as it is."""
        back = {stand_in: name for name, stand_in in self._stand_ins.items()}
        return re.sub(rf"{self._prefix}\d+(?!\d)", lambda match: back.get(match[0], match[0]), text)

    def _names_out(self, match: re.Match[str]) -> str:
        return _PARTS.sub(lambda part: part[0] if part[0].lower() in PARTICLES else self._stand_in(part[0]), match[0])

    def _stand_in(self, name: str) -> str:
        return self._stand_ins.setdefault(name, f"{self._prefix}{len(self._stand_ins) + 1}")


def _lower(text: str) -> Iterable[str]:
    return (word for word in _PARTS.findall(text) if word.islower())


@cache
def ordinary_words() -> frozenset[str]:
    """Parts of names that are also ordinary words, in lower case, of all languages listed."""
    table = words("words/names")
    languages = (listed for key, listed in table.items() if key not in ("titles", "calendar", "dates"))
    return frozenset(word for listed in languages for word in listed.split())


@cache
def small_words() -> frozenset[str]:
    """The commonest words of all languages known."""
    return frozenset(word for table in words("words/languages").values() for word in table.get("stop", "").split())


@cache
def calendar() -> frozenset[str]:
    """Months and weekdays of all languages that have tables: they are nobody's own words."""
    told = (
        words(f"differing/{code}")["classes"] for code in words("words/languages") if has_words(f"differing/{code}")
    )
    listed = (name for classes in told for kind in ("weekday", "month") for name in classes[kind].values())
    return frozenset(word for names in listed for word in names.split("|"))


def _pattern(names: Sequence[str], seen: frozenset[str], language: str) -> re.Pattern[str] | None:
    """Whole names first, then parts that are only names, then parts that are ordinary words where they are names."""
    parts = {part for name in names for part in _PARTS.findall(name) if len(part) > 1 and part.lower() not in PARTICLES}
    ordinary = {part for part in parts if part.lower() in seen or part.lower() in ordinary_words() or len(part) < 3}
    wholes = [r"\s+".join(map(re.escape, name.split())) for name in _longest({n for n in names if len(n.split()) > 1})]
    forms = _forms(parts - ordinary)
    alternatives = [*wholes, *forms]
    if doubtful := "|".join(_forms(ordinary)):
        titles = "|".join(words("words/names")["titles"].split())
        alternatives += _after_titles(titles, doubtful)
        if language != "de":
            alternatives.append(rf"{_WITHIN}(?:{_not_a_date(ordinary)})")
    if not alternatives:
        return None
    return re.compile(rf"(?<![\w])(?:{'|'.join(alternatives)}){_INFLECTION}")


def _not_a_date(parts: Iterable[str]) -> str:
    """These parts; a name that is a month's or a weekday's as well (May, April) only where no date is meant."""
    calendar = frozenset(words("words/names")["calendar"].split())
    before = "".join(rf"(?<!\b(?i:{word})\s)" for word in words("words/names")["dates"])
    dated = "|".join(_forms(part for part in parts if part.lower() in calendar))
    plain = "|".join(_forms(part for part in parts if part.lower() not in calendar))
    kept = [plain] if plain else []
    kept += [rf"{before}(?<!\d\s)(?<!\d\.\s)(?<!\d(?:st|nd|rd|th)\s)(?:{dated})(?!\s+\d)"] if dated else []
    return "|".join(kept)


def _after_titles(titles: str, doubtful: str) -> list[str]:
    """Look-behinds need a fixed width: one for each length of title, with and without a full stop."""
    by_width: dict[int, list[str]] = {}
    for title in titles.split("|"):
        for form in (title.capitalize(), title.capitalize() + "."):
            by_width.setdefault(len(form), []).append(re.escape(form))
    return [rf"(?<=(?:{'|'.join(forms)})\s)(?:{doubtful})" for _, forms in sorted(by_width.items())]


def _forms(parts: Iterable[str]) -> list[str]:
    """As written and in capitals, longest first."""
    return [re.escape(form) for form in _longest({form for part in parts for form in (part, part.upper())})]


def _longest(forms: Iterable[str]) -> list[str]:
    return sorted(forms, key=lambda form: (-len(form), form))


def _mentioned(names: Iterable[str], text: str) -> list[str]:
    """The names of which at least one part may stand in the text; keeps the pattern small in a large organization."""
    there = {piece.lower() for word in _PARTS.findall(text) for piece in (word, *re.split("['’-]", word))}
    there |= {word.removesuffix("s") for word in there}

    def stands(name: str) -> bool:
        return any(piece.lower() in there for part in _PARTS.findall(name) for piece in re.split("['’-]", part))

    return [name for name in names if stands(name)]


def capitalized(text: str) -> set[str]:
    """Words of the text, and parts of words with a hyphen or an apostrophe, that may be a part of somebody's name as it
    is usually written: not in lower case. What an inflection may have added is taken off as well."""
    pieces = {piece for word in _PARTS.findall(text) for piece in (word, *re.split("['’-]", word))}
    pieces |= {piece.removesuffix("s") for piece in pieces}
    return {piece for piece in pieces if len(piece) > 1 and not piece.islower()}


def names_in(text: str, names: Sequence[str], also: str, language: str) -> list[str]:
    """Names of people that stand in the text, by the same rule; `also` is text that shows what is an ordinary word."""
    return [text[start:end] for start, end in places_of(text, names, also, language)]


def places_of(text: str, names: Sequence[str], also: str, language: str) -> list[tuple[int, int]]:
    """Where names of people stand in the text, by the same rule, end exclusive."""
    mentioned = _mentioned(names, text)
    pattern = _pattern(mentioned, frozenset(_lower(f"{also} {text}")), language) if mentioned else None
    return [match.span() for match in pattern.finditer(text)] if pattern else []


def parts_of(text: str) -> frozenset[str]:
    """Words and parts of words in lower case, without what an inflection may have added: by these a name is looked up
    among many. Particles such as "van" are none."""
    pieces = {piece.lower() for word in _PARTS.findall(text) for piece in (word, *re.split("['’-]", word))}
    pieces |= {piece.removesuffix("s") for piece in pieces}
    return frozenset(piece for piece in pieces if len(piece) > 1 and piece not in PARTICLES)
