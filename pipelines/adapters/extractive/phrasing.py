"""Sentences from tables of words, varied by the submission's own hash. May not decide what is said, only how.

Inside a sentence stands of a criterion only what a person confirmed; all else is quoted whole, as it stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.prompts import has_words, words
from pipelines.texts.in_sentences import Matter
from pipelines.texts.language import stop_words

LONGEST_SUMMARY = 120

_BEGINS = frozenset(["around", "close", "whoever", "half", "part", "under", "somebody", "part", "one", "nothing"])
"""First words of sentences of ours that are in no list of small words."""
_TITLE_END = re.compile(r"\s*[,(–-]\s*(?:version|edition|fassung|stand|v)\b.*$|,\s.*$", re.IGNORECASE)


def table(language: str) -> Mapping[str, Any]:
    """The table of words for this language; an empty one where there is none."""
    return words(f"extractive/{language}") if speaks(language) else {}


def speaks(language: str) -> bool:
    """Whether there is a table of words for this language."""
    return has_words(f"extractive/{language}")


def joined(lead: str, rest: str, language: str) -> str:
    """What is said of a passage, with what is said or asked then. After a colon an English sentence begins small, where
    its first word may; a German one has its capital."""
    if language == "de":
        return f"{lead}: {rest}"
    small = _with_small_letter(rest)
    mark = " –" if ":" in small else ":"
    return f"{lead}{mark} {small}" if small else f"{lead}. {rest}"


def _with_small_letter(said: str) -> str:
    """An English sentence as it goes on after a colon; "" where its first word may be a name."""
    first = re.split(r"[\W_]", said, maxsplit=1)[0].casefold()
    verbs = str(words("words/judging")["asking"]["en"]).split()
    known = first in stop_words("en") or first in verbs or first in _BEGINS
    return said[:1].lower() + said[1:] if known and first != "i" else ""


class Phrases:
    """One draft's way of speaking: no two sentences of a draft come from the same template.

    What the learner reads is in `language`; why nothing is said is read by a facilitator, in the `reader`'s.
    """

    def __init__(self, language: str, seed: str, reader: str) -> None:
        self._table: Mapping[str, Any] = words(f"extractive/{language}")
        self._nothing: Mapping[str, str] = words(f"extractive/{reader if speaks(reader) else 'en'}")["nothing"]
        self._seed, self._used = seed, set[str]()
        self.language = language

    def say(self, part: str, form: str, key: str = "", **values: str) -> str:
        """A sentence of this part and form; `key` varies it between points of one draft."""
        turned = self._turned(part, form, key)
        chosen = next((option for option in turned if _opening(option) not in self._used), turned[0])
        self._used.add(_opening(chosen))
        return chosen.format(**values)

    def _turned(self, part: str, form: str, key: str) -> list[str]:
        """All templates of this part and form, beginning with the submission's own."""
        options: Sequence[str] = self._table[part].get(form) or self._table[part]["plain"]
        return _turn(options, f"{self._seed}|{part}|{key}")

    def about(self, part: str, matter: Matter, key: str) -> str:
        """A sentence of this part about what a criterion asks for."""
        return self.say(part, matter.form, key, c=matter.clause, n=matter.name)

    def ask(self, options: Sequence[str], key: str) -> str:
        """One of these questions that the draft does not ask yet, the submission's own first; empty if none is left."""
        turned = _turn(options, f"{self._seed}|ask|{key}")
        chosen = next((one for one in turned if one not in self._used), "")
        self._used.add(chosen)
        return chosen

    def note(self, name: str, **values: str) -> str:
        """Why nothing is said."""
        return self._nothing[name].format(**values)

    def cite(self, title: str, quote: str, key: str) -> str:
        """A sentence that quotes a document of the organization."""
        title = _TITLE_END.sub("", title).strip() or title
        if re.match(self._table["cite"]["names"], title, re.IGNORECASE):
            return self.say("cite", "named", key, title=title, q=quote)
        spoken = title if self.language == "de" or title[1:2].isupper() else title[0].lower() + title[1:]
        return self.say("cite", "before", key, title=spoken, q=quote)

    def summary(self, met: Sequence[Matter], still: Sequence[Matter], *, sure: bool) -> str:
        """One line: what is clear, what is open; of what is clear the most that fits."""
        for clear in (met[:2], met[:1], met[1:2], []):
            for text in self._summed(clear, still, sure=sure):
                if len(text) <= LONGEST_SUMMARY:
                    return text
        return self.say("summary", "long" if met and still else "long_open" if still else "long_met")

    def first_short(self, part: str, form: str, met: Sequence[Matter], still: Sequence[Matter]) -> str:
        """The first of these templates that names all it speaks of in a short line; else one that names nothing."""
        a, b = (" ".join(one.name for one in some) for some in (met, still))
        named = all(one.name for one in (*met, *still))
        told = [template.format(a=a, b=b) for template in self._turned(part, form, "")] if named else []
        return next((one for one in told if len(one) <= LONGEST_SUMMARY), self.say(part, f"{form}_long"))

    def _summed(self, met: Sequence[Matter], still: Sequence[Matter], *, sure: bool) -> Iterator[str]:
        """All ways to say it; none where something has no name."""
        part = "both" if met and still else "met" if met else "open"
        part = part if sure or not still else f"{part}_check" if met else "check"
        told, opened = ([one.name for one in some] for some in (met, still))
        if (met or still) and all(told) and all(opened):
            joined: str = self._table["marks"]["join"]
            for template in self._turned("summary", part, ""):
                yield template.format(a=joined.join(told), b=joined.join(opened))


def _turn(options: Sequence[str], seed: str) -> list[str]:
    start = int(hashlib.sha256(seed.encode()).hexdigest()[:12], 16)
    return [options[(start + i) % len(options)] for i in range(len(options))]


def _opening(template: str) -> str:
    """By what a reader would notice that two sentences are made alike."""
    return " ".join(template.split()[:3])
