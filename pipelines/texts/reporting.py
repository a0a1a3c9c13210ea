"""What a sentence says, given back: in reported speech ("you will ask your neighbour" after "You write that") or as it
stands, for quotation marks. Pure.

A wrong report puts words into somebody's mouth, so whatever is not plainly right is not reported, and quoted instead:
reported is only an English statement in nobody else's words. "I" becomes "you", and so does "we", but in a text in
which it may be everybody. No other language is reported: "ich gehe" would have to become "du gehst".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pipelines.prompts import words
from pipelines.texts.language import clauses, quotations, sentence_at, sentences, stop_words
from pipelines.texts.layout import unparted
from pipelines.values import Span

FEWEST_WORDS: Final = 4
MOST_WORDS: Final = 32
"""Words that are given back; more are lost on whoever reads them."""
SHORTEST_HEAD: Final = 6
"""Words before a colon from which they say something by themselves."""
ONE_VERB: Final = 2
"""Words from a verb within which another one belongs to it ("could have")."""
A_GERUND: Final = 6
"""Letters of a word in "-ing" from which it is no name."""

_EDGE = " .!;,:"
_MARK = re.compile(r"^(?:[-*•#>]+|\d+[.)]|[a-z]\))\s+")
_TABLE: Final = words("words/reporting")
_LABEL = re.compile(rf"^(?:[a-z]+ )?(?:{'|'.join(_TABLE['labels'].split())})(?: \d+| of the \w+)?:\s+", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]{1,80}\)|\s[-–—]\s[^-–—]{1,80}\s[-–—](?=\s)")
_JOINED = re.compile(
    rf"^(?:(?:{'|'.join(_TABLE['joining'].split())})\b,?\s+|(?:{'|'.join(map(re.escape, _TABLE['phrases']))}),\s+)+",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"[“”\"„‚‘()\[\]{}<>:?/=@\n]|\b(?:you|your|yours|yourself|mine|ours|ourselves|let[’']s|please)\b|(?-i:\bUS\b)|"
    r"\b(?:i[.]e|e[.]g)\b|\d{5,}|(?<![\d.,])\b0\d{2,}|(?<!\d)\+\d|(?<!\w)'\w|"
    r"\b(?:am|was|were|is|are|did|do|have|had|will|can|could|should|would|may) (?:i|we)\b|\bi (?:is|are|has|were)\b|"
    r"\bwe (?:was|is|has)\b|\b(?:is|are|was|were|be) us\b|"
    r"(?<!\bi )\bam\b",
    re.IGNORECASE,
)
_I = re.compile(r"(?:^|[,;] |\b(?:and|but|so|that|then|when|if|because|where|what|as|than|before|after|while|or|though|"
                r"although|since|until|unless|which|how|why|who|think|believe|know|say|am|time|day|way|all|one|thing|"
                r"now|here|today|finally|often|sometimes|also|next|later|end|first) )I\b(?! errors?\b)")  # fmt: skip
_FIRST, _PLAIN, _ORDERS, _FINITE, _BELOW, _BESIDE_VERBS, _PAST, _COMMON = (
    frozenset(_TABLE[name].split())
    for name in ("openers", "plain", "orders", "verbs", "below", "beside", "past", "common")
)
_MAYBE = _PAST | {one + end for one in _COMMON for end in ("", "s", "es")}
_I_DO = re.compile(rf"(?<=[a-z] )I (?:{'|'.join(sorted(_MAYBE))}|will|would|can|could|should|have|had|did)\b")
_NO_NAME = re.compile(r"^\w{3,}(?:ity|ment|tion|sion|ness|ism|ous|less|ful|able|ible|ship|ology|ical|cial)s?$")
"""Ends of nouns and adjectives that hardly a name has; those that do are in the table of names."""
_NAMES = frozenset(str(words("words/names")["en"]).split())
_WHO = frozenset(["what", "who", "which", "everyone", "everybody", "someone", "somebody", "nobody"])
_OF_MANY = frozenset(["are", "were", "have", "do", "aren't", "weren't", "haven't", "don't"])
"""Verbs before which a word in "-s" is more than one, and nobody's name."""
_DEAR = re.compile(r"^[Dd]ear [a-z]+(?: [a-z]+)?,\s+")
_NO_CLAUSE = frozenset(["", "on", "in", "at", "under", "not", "by"])
_BEFORE_ING = frozenset(["while", "when", "if", "though", "although"])
_SUBJECTS = frozenset(["i", "we", "he", "she", "it", "they", "there"])
_MARKED = re.compile(r"[“”\"„«»|`\n]")
_OF_WHOM = re.compile(
    r"\b(?:sa(?:y|id|ys)|according|claim\w*|argue\w*|sag\w*|laut|mein(?:t|en|te)|behaupt\w*)\b", re.IGNORECASE
)
_SAYS_ON = re.compile(
    r"\b(?:but|however|though|although|unless|except|only|if|not|nor|never|rather|instead|sa(?:y|id|ys|ying)|according|"
    r"claim\w*|argue\w*|think\w*|believe\w*|supposed\w*|aber|sondern|doch|jedoch|obwohl|außer|nur|falls|wenn|nicht|"
    r"sag\w*|laut|mein\w*|behaupt\w*|angeblich)\b|[?\"“”„«»]",
    re.IGNORECASE,
)
"""In what is left off, what may turn what comes before it, or say whose words they are."""
_OF_ITS_OWN = re.compile(
    r"(?<=[;:,] )(?:but|however|though|not|nor|never|only|aber|doch|nicht|nur)\b|[?\"“”„«»]|"
    r"\b(?:sa(?:y|id|ys|ying)|according|claim\w*|argue\w*|think\w*|believe\w*|sag\w*|laut|mein\w*|behaupt\w*)\b",
    re.IGNORECASE,
)
"""The same after a colon or semicolon, where what denies something denies its own."""
_SUB = "if|when|whenever|while|since|as|once|although|though|after|before|until|unless"
_WAITS = re.compile(
    rf"(?:(?:^|[,;]\s*)(?:(?:and|but|so|or|that|with this said,)\s+)*(?:{_SUB}|with|by|to|without|for|in)\b|"
    rf"\b(?:because|that|which|but|and) (?:{_SUB})\b)[^,;]*$",
    re.IGNORECASE,
)
"""The end of a beginning whose last clause has its main one in what was cut off."""
_LOOSE = re.compile(r"[,;]\s*(?!but\b)\S+(?:\s+\S+){0,2}$")
"""One to three words after a comma: they belong to what was cut off."""
_GOES_ON = re.compile(
    r"\s*,\s*(?:so|which|since|where|weil|denn|sodass)\b|\s*,?\s*(?:and|because|und)\b|\s*[;:–—]|"
    r"\s*,(?=\s(?:(?-i:I)(?!\.)|we|he|she|it|they|there)\b)",
    re.I,
)
_AND_THEN = re.compile(r"\s*(?:,\s*(?:and|so)|,?\s*and|[;:])\s+", re.I)
_OF_IT = re.compile(r"\b(?:if|when|while|as|because|since|whether|what|who|how|why|where|after|before|until)\b", re.I)
_WE = re.compile(r"\b(?:we|us|our)\b|\bwe[’']", re.IGNORECASE)
_EVERYBODY = re.compile(
    r"\b(?:we all|all of us|each of us|any of us|many of us|most of us|society|societies|humans?|humanity|mankind|"
    r"our (?:lives|life|world|planet|country|nation|future|generation|economy|environment|cities|roads|children)|"
    r"as (?:citizens|people|americans|drivers|consumers))\b",
    re.IGNORECASE,
)
"""Words of a text in which "we" may be everybody, whoever reads it included."""
_OTHER = {
    "i wasn't": "you weren't", "i wasn’t": "you weren’t", "i am": "you are", "i was": "you were", "i'm": "you're",
    "i’m": "you’re", "i'll": "you'll", "i’ll": "you’ll", "i've": "you've", "i’ve": "you’ve", "i'd": "you'd",
    "i’d": "you’d", "i": "you", "me": "you", "my": "your", "myself": "yourself",
    "we're": "you're", "we’re": "you’re", "we'll": "you'll", "we’ll": "you’ll", "we've": "you've", "we’ve": "you’ve",
    "we'd": "you'd", "we’d": "you’d", "we": "you", "us": "you", "our": "your",
}  # fmt: skip
_PERSON = re.compile(r"\b(?:" + "|".join(sorted(_OTHER, key=len, reverse=True)) + r")\b", re.IGNORECASE)


def reported(text: str, span: Span, language: str) -> str:
    """The sentence as it stands after "You write that", or "" where that is not plainly right; of a long one its
    beginning, where what follows only goes on."""
    return next(iter(reports(text, span, language)), "")


def reports(text: str, span: Span, language: str) -> list[str]:
    """All that may be reported of the sentence: as much of it as can be, shorter beginnings, clauses after them."""
    if language != "en" or not is_whole(text, span):
        return []
    found = (_english(text[slice(*one)], text) for one in (*_beginnings(text, span), *_later(text, span)))
    return list(dict.fromkeys(filter(None, found)))


def verbatim(text: str, span: Span) -> str:
    """The passage as it stands between quotation marks: whole, or of a long one its beginning up to a clause's end,
    with "…"; "" where there is none that short, or a mark in it would close the quotation."""
    for start, end in (*_beginnings(text, span), *_cut_short(text, span)):
        said = _MARK.sub("", " ".join(unparted(text[start:end]).split()).strip(_EDGE))
        if FEWEST_WORDS <= len(said.split()) <= MOST_WORDS and not _MARKED.search(said):
            return f"{said} …" if text[end : span[1]].strip(_EDGE) else said
    return ""


def _cut_short(text: str, span: Span) -> Iterator[Span]:
    """Beginnings of the passage up to the end of any clause, the longest first; none where what is left off may say
    whose words they are."""
    ends = [end for _, end in clauses(text, span)[1:]]
    ends = [end for end in ends if not _WAITS.search(text[span[0] : end])]
    yield from ((span[0], end) for end in reversed(ends) if not _OF_WHOM.search(text, end, span[1]))


def is_whole(text: str, span: Span, ends: str = ".!") -> bool:
    """Whether the span is a sentence that ends with such a mark: what is cut off may say whose words they are, and a
    line without an end may go on in the next."""
    around = sentence_at(text, span[0])
    if around is None or text[around[1] : around[1] + 1] in ("?", ")") or text[around[1] - 1] not in ends:
        return False
    if any(start < span[1] and span[0] < end for start, end in quotations(text)):
        return False
    return not text[around[0] : span[0]].strip(_EDGE) and not text[span[1] : around[1]].strip(_EDGE)


def _beginnings(text: str, span: Span) -> Iterator[Span]:
    """The passage, if it is one sentence, and its beginnings up to a clause that goes on, the longest first."""
    start, end = span
    if len(sentences(text[start:end])) > 1:
        return
    yield span
    pieces = clauses(text, span)[1:]
    for (_, before), following in reversed(list(pairwise(pieces))):
        goes_on = _GOES_ON.match(text, before, end)
        turned = _OF_ITS_OWN if goes_on and goes_on[0].strip() in ":;," else _SAYS_ON
        if not goes_on or turned.search(text, before, end) or not _parts(goes_on[0], text[slice(*following)]):
            continue
        if not _is_torn(text[start:before], goes_on[0].strip()):
            yield start, before


def _later(text: str, span: Span) -> Iterator[Span]:
    """Ends of the passage that are statements by themselves, where nothing before may turn them or say whose words they
    are: they begin with who does it, after "and", a colon or a semicolon."""
    for (_, before), (start, _) in pairwise(clauses(text, span)[1:]):
        leans = _SAYS_ON.search(text, span[0], before) or _OF_IT.search(text, span[0], before)
        alone = text[start : span[1]].split(maxsplit=1)[0].casefold() in _SUBJECTS
        joint = _AND_THEN.fullmatch(text, before, start)
        if alone and not leans and joint and not _is_torn(text[span[0] : before], joint[0].strip()):
            yield start, span[1]


def _is_torn(said: str, joint: str) -> bool:
    """Whether a beginning waits for what comes after its joint; short before a colon, it only announces that."""
    short = joint == ":" and len(said.split()) < SHORTEST_HEAD
    return short or bool(_WAITS.search(said) or _LOOSE.search(said))


def _parts(joint: str, following: str) -> bool:
    """Whether a statement ends at the joint: "and" parts two statements, or only the things of a list."""
    return joint.strip(" ,").casefold() not in ("and", "und") or _states(following)


def _english(said: str, text: str) -> str:
    said = bare(said)
    if _NEVER.search(said) or not FEWEST_WORDS <= len(said.split()) <= MOST_WORDS:
        return ""
    first = re.split(r"[,'’]", said.split()[0])[0]
    name = re.search(rf"(?<=[\w,;] ){re.escape(first)}\b", text) is not None
    if not (name or _small(said, first, text)) or not _states(said):
        return ""
    said = said if first == "I" or (name and not _small(said, first, text)) else said[:1].lower() + said[1:]
    return as_you(said, text)


def bare(said: str) -> str:
    """A sentence without what marks, labels or joins it to another, and without asides that are nobody's words."""
    said = _MARK.sub("", " ".join(unparted(said).split()).strip(_EDGE))
    said = _JOINED.sub("", _LABEL.sub("", _DEAR.sub("", said)))
    return _ASIDE.sub(lambda aside: aside[0] if _SAYS_ON.search(aside[0]) else "", said)


def may_be_turned(said: str) -> bool:
    """Whether nothing in the words is anybody else's, or may be meant otherwise once they are turned."""
    return not _NEVER.search(said)


def as_you(said: str, text: str) -> str:
    """With its author spoken to; "" where it has an "I" that may be another thing ("phase I")."""
    if len(re.findall(r"\bI\b", said)) != len(_I.findall(said)) + len(_I_DO.findall(_I.sub(" ", said))):
        return ""
    everybody = _EVERYBODY.search(text) is not None

    def turned(match: re.Match[str]) -> str:
        return match[0] if everybody and _WE.match(match[0]) else _OTHER[match[0].casefold()]

    return _PERSON.sub(turned, said)


def _small(said: str, first: str, text: str) -> bool:
    """Whether the first word has its capital from the sentence alone, begins no name, and gives no order."""
    if re.match(r"[A-Z]\w", said.partition(" ")[2]) and first.casefold() in _PLAIN:
        return False
    if first.casefold() in _FINITE | _ORDERS or first.casefold() in str(words("words/judging")["asking"]["en"]).split():
        return False
    many = first.endswith("s") and said.replace("’", "'").casefold().split()[1] in _OF_MANY
    if many or (_NO_NAME.search(first) and first.casefold() not in _NAMES):
        return True
    plain = (
        first[:1].isdigit() or first.casefold() in _FIRST | _PLAIN or (first.endswith("ing") and len(first) >= A_GERUND)
    )
    return plain or re.search(rf"(?<![^\s(]){re.escape(first.lower())}\b", text) is not None


def _states(said: str) -> bool:
    """Whether more verbs are there than clauses that are no statement by themselves: then one is the sentence's own."""
    found = [re.sub("’", "'", word.strip(",;").casefold()) for word in said.split()]
    small = stop_words("en") - _SUBJECTS - _BESIDE_VERBS - _WHO
    if found[0] == "that" and found[1] in _FINITE:  # "That is why …"
        found[0] = "it"
    verbs, last = 0, -ONE_VERB
    for at, word in enumerate(found):
        subject = word.partition("'")[0] in _SUBJECTS and at + 1 < len(found)
        if word in _BELOW:
            last = -ONE_VERB
        elif word in _FINITE or subject or (at and word in _MAYBE and found[at - 1] not in small):
            verbs, last = verbs + (at - last >= ONE_VERB), at
    below = (
        word in _BELOW
        and not (word in _BEFORE_ING and (following.endswith("ing") or following in _NO_CLAUSE))
        and following != "to"
        and not (word == "that" and (following == "of" or written.endswith((",", ";"))))
        for word, following, written in zip(found, [*found[1:], ""], said.split(), strict=True)
    )
    return verbs > sum(below)
