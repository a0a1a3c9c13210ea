"""Sentences from tables of words, varied by the submission's own hash. May not decide what is said, only how."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.prompts import has_words, words
from pipelines.texts.language import sentences
from pipelines.values import Criterion

LONGEST_SUMMARY = 120
LONGEST_QUOTED = 110
"""Characters of a criterion that is quoted as it stands."""

_TITLE_END = re.compile(r"\s*[,(–-]\s*(?:version|edition|fassung|stand|v)\b.*$|,\s.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a criterion asks for, in the grammar it allows.

    `form` is clause ("who visits whom"), noun ("a date"), does ("sets aside lesson time") or other (as it stands, to be
    quoted). `topic` names it in passing, as a clause or a noun phrase; it is empty where the wording allows neither.
    """

    form: str
    words: str
    topic: str = ""
    listed: bool = False  # the topic is a noun phrase, of which nobody knows whether it is one thing or many


def table(language: str) -> Mapping[str, Any]:
    """The table of words for this language; an empty one where there is none."""
    return words(f"extractive/{language}") if speaks(language) else {}


def speaks(language: str) -> bool:
    """Whether there is a table of words for this language."""
    return has_words(f"extractive/{language}")


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
        options: Sequence[str] = self._table[part].get(form) or self._table[part]["other"]
        start = int(hashlib.sha256(f"{self._seed}|{part}|{key}".encode()).hexdigest()[:12], 16)
        turned = [options[(start + i) % len(options)] for i in range(len(options))]
        chosen = next((option for option in turned if _opening(option) not in self._used), turned[0])
        if not chosen.startswith("{question}"):
            self._used.add(_opening(chosen))
        for name in ("a", "b", "c"):
            if name in values:
                values[name.upper()] = _capital(values[name])
        pattern, better = self._table["tidy"]
        return re.sub(pattern, better, chosen.format(**values))

    def about(self, part: str, matter: Matter, key: str, *, asked: bool = False) -> str:
        """A sentence of this part about what a criterion asks for; a long-winded one is not said where it is asked."""
        if part == "gap" and matter.form == "does" and asked and "," in matter.words:
            return self.say(part, "plain", key)
        return self.say(part, matter.form, key, c=matter.words, t=matter.words)

    def quoted(self, text: str) -> str:
        """The text in this language's quotation marks."""
        return str(self._table["ask"]["quoted"]).format(q=text)

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

    def matter(self, criterion: Criterion) -> Matter:
        """What the criterion asks for, from its own words."""
        text = " ".join(criterion.text.split()).rstrip(" .;:")
        text = self._without("lead", text)
        bare = self._without("subject", text)
        clause = f"{self._table['wh']}.*"
        if said := self._after("verb", bare, clause) or self._after("does", bare, clause):
            return Matter("clause", said, said)
        noun = self._after("having", bare, r"(?!that\b|dass\b|daß\b).*")
        noun = noun if _closed(noun) and not re.match(self._table["having_not"], noun) else ""
        if re.match(self._table["does"], bare) and bare.split()[0] not in self._table["not_verbs"].split():
            inside = re.search(rf"(?<=\s){self._table['wh']}(?:\s+\S+){{2,}}$", bare, re.IGNORECASE)
            topic = noun or self._after("taking", bare, ".*") or (inside[0] if inside else "")
            return Matter("does", bare, topic, listed=not (inside and topic == inside[0]))
        return Matter("noun", noun, noun, listed=True) if noun else self.as_it_stands(text)

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
        """One line: what is clear, what is open; of what is clear the most that fits."""
        for clear in (met[:2], met[:1], met[1:2], []):
            text = self._summed(clear, still, sure=sure)
            if text and len(text) <= LONGEST_SUMMARY:
                return text
        return self.say("summary", "long" if met and still else "long_open" if still else "long_met")

    def _summed(self, met: Sequence[Matter], still: Sequence[Matter], *, sure: bool) -> str:
        part = "both" if met and still else "met" if met else "open"
        part = part if sure or not still else f"{part}_check" if met else "check"
        matters = [*met, *still]
        if not matters:
            return ""
        quoted = any(not one.topic for one in matters)
        form = "_other" if quoted else "_list" if len(met) > 1 or any(one.listed for one in matters) else ""
        told, opened = (
            [self.quoted(one.words) if not one.topic else one.topic for one in some] for some in (met, still)
        )
        return self.say("summary", part + form, a="; ".join(told), b="; ".join(opened))


def _opening(template: str) -> str:
    """By what a reader would notice that two sentences are made alike."""
    return " ".join(template.split()[:3])


def _closed(text: str) -> bool:
    """Whether a noun phrase can stand alone: one sentence, no particle of a verb left at its end."""
    return not re.search(r"[.!?;]\s|\s(?:an|auf|aus|fest|dar|vor|aside|out|up)$", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
