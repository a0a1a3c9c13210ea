"""Sentences from tables of words, varied by the submission's own hash. May not decide what is said, only how."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.prompts import has_words, words
from pipelines.values import Criterion
from pipelines.wording import sentences

LONGEST_TOPIC = 80
"""Characters of a criterion in the one-line summary."""
LONGEST_SUMMARY = 190
LONGEST_QUOTED = 110
"""Characters of a criterion that is quoted as it stands."""

_TITLE_END = re.compile(r"\s*[,(–-]\s*(?:version|edition|fassung|stand|v)\b.*$|,\s.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a criterion asks for, in the grammar it allows.

    `form` is clause ("who visits whom"), noun ("a date") or other (as it stands, to be quoted). `open` and `told` fit
    after "a reader cannot tell" and "a reader can tell"; they are empty where the criterion's wording allows neither.
    """

    form: str
    words: str
    open: str = ""
    told: str = ""

    def short(self, told: bool) -> str:
        """For a summary: whole, or up to a natural break."""
        text = (self.told if told else self.open) or self.words
        if len(text) <= LONGEST_TOPIC:
            return text
        head = re.split(r"[,;:.] | \(", text)[0]
        return head if len(head) <= LONGEST_TOPIC else head[:LONGEST_TOPIC].rsplit(" ", 1)[0] + " …"


def table(language: str) -> Mapping[str, Any]:
    """The table of words for this language; an empty one where there is none."""
    return words(f"extractive/{language}") if speaks(language) else {}


def speaks(language: str) -> bool:
    """Whether there is a table of words for this language."""
    return has_words(f"extractive/{language}")


class Phrases:
    """One draft's way of speaking: no two sentences of a draft come from the same template."""

    def __init__(self, language: str, seed: str) -> None:
        self._table: Mapping[str, Any] = words(f"extractive/{language}")
        self._seed, self._used = seed, set[str]()
        self.language = language

    def say(self, part: str, form: str, key: str = "", **values: str) -> str:
        """A sentence of this part and form; `key` varies it between points of one draft."""
        options: Sequence[str] = self._table[part].get(form) or self._table[part]["other"]
        start = int(hashlib.sha256(f"{self._seed}|{part}|{key}".encode()).hexdigest()[:12], 16)
        turned = [options[(start + i) % len(options)] for i in range(len(options))]
        chosen = next((option for option in turned if _opening(option) not in self._used), turned[0])
        if not chosen.startswith("{question}"):
            self._used.add(_opening(chosen))
        for name in ("a", "b", "c"):
            if name in values:
                values[name.upper()] = _capital(values[name])
        return chosen.format(**values)

    def about(self, part: str, matter: Matter, key: str) -> str:
        """A sentence of this part about what a criterion asks for."""
        if part == "strength" and matter.form == "clause" and matter.told != matter.words:
            return self.say(part, "fact", key, c=matter.told)
        return self.say(part, matter.form, key, c=matter.words, t=matter.words)

    def quoted(self, text: str) -> str:
        """The text in this language's quotation marks."""
        return str(self._table["ask"]["quoted"]).format(q=text)

    def note(self, name: str, **values: str) -> str:
        """Why nothing is said."""
        return str(self._table["nothing"][name]).format(**values)

    def cite(self, title: str, quote: str, key: str) -> str:
        """A sentence that quotes a document of the organization."""
        title = _TITLE_END.sub("", title).strip() or title
        if re.match(self._table["cite"]["names"], title, re.IGNORECASE):
            return self.say("cite", "named", key, title=title, q=quote)
        spoken = title if self.language == "de" or title[1:2].isupper() else title[0].lower() + title[1:]
        return self.say("cite", "before", key, title=spoken, q=quote)

    def matter(self, criterion: Criterion) -> Matter:
        """What the criterion asks for, from its own words."""
        text = " ".join(criterion.text.split()).rstrip(" .;:")
        text = self._without("lead", text)
        bare = self._without("subject", text)
        if clause := self._after("verb", bare, f"{self._table['wh']}.*"):
            return Matter("clause", clause, clause, clause)
        if clause := self._after("does", bare, f"{self._table['wh']}.*"):
            return Matter("clause", clause, clause, clause)
        does = bool(re.match(self._table["does"], bare)) and bare.split()[0] not in self._table["not_verbs"].split()
        opened = self._table["open_that"].format(c=bare) if does else ""
        told = self._table["met_that"].format(c=bare) if does else ""
        noun = self._after("having", bare, r"(?!that\b|dass\b|daß\b).*")
        if noun and _closed(noun) and not re.match(self._table["having_not"], noun):
            return Matter("noun", noun, opened, told)
        return Matter("clause", opened, opened, told) if does else self.as_it_stands(text)

    def as_it_stands(self, text: str) -> Matter:
        """A criterion to be quoted: the last sentence of a long one, where what counts is said last."""
        if len(text) > LONGEST_QUOTED:
            text = text[slice(*sentences(text)[-1])]
        return Matter("other", text.strip(" .;:,"))

    def _without(self, name: str, text: str) -> str:
        rest = re.sub(self._table[name], "", text, count=1, flags=re.IGNORECASE)
        return rest or text

    def _after(self, name: str, text: str, rest: str) -> str:
        """What follows a verb of this table, if it is like `rest`."""
        match = re.match(f"(?:{self._table[name]})(?P<rest>{rest})$", text, re.IGNORECASE | re.DOTALL)
        return match["rest"] if match else ""

    def summary(self, met: Sequence[Matter], still: Sequence[Matter], *, sure: bool) -> str:
        """One line: what is clear, what is open."""
        part = "both" if met and still else "met" if met else "open" if sure else "check"
        part = f"{part}_two" if len(met) > 1 else part
        if any(not one.told for one in met) or any(not one.open for one in still):
            part = f"{part.removesuffix('_two')}_other"
            told, opened = [one.words for one in met], [one.words for one in still]
        else:
            told, opened = [one.short(told=True) for one in met], [one.short(told=False) for one in still]
        values = {"a": self._join(told), "b": self._join(opened)}
        text = self.say("summary", part, **values)
        return text if len(text) <= LONGEST_SUMMARY else self.say("summary", "long")

    @property
    def joint(self) -> str:
        """What two topics are joined by."""
        return str(self._table["summary"]["and"])

    def _join(self, topics: Sequence[str]) -> str:
        return self.joint.join(topics)


def _opening(template: str) -> str:
    """By what a reader would notice that two sentences are made alike."""
    return " ".join(template.split()[:3])


def _closed(text: str) -> bool:
    """Whether a noun phrase can stand alone: one sentence, no particle of a verb left at its end."""
    return not re.search(r"[.!?;]\s|\s(?:an|auf|aus|fest|dar|vor|aside|out|up)$", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
