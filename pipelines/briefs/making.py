"""What a facilitator brings to a meeting on a challenge, from its solutions: no model, and every word with its source.

Pure over values. The caller passes only works that may be quoted before this group as of now; people are ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from pipelines.approaches import QUOTE, Approach, ApproachPlace, ApproachWork
from pipelines.prompts import has_words, words
from pipelines.texts.language import content, language_code, passages_alike, stem, tokens
from pipelines.texts.plain import one_line, sentence
from pipelines.texts.wholes import whole
from pipelines.values import Criterion, Standing

QUESTIONS: Final = 3
TENSIONS: Final = 3
CALLED: Final = 5
NEAR: Final = 0.6  # share of the shorter passage's stems, as for "nearly the same passage"
SHARED: Final = 3  # stems that two opposed passages must share: two are often chance
COMPARED: Final = 120  # passages a criterion that are compared with one another
JUDGED: Final = 2  # works with a verdict on a criterion below which it is no question for the meeting
MOST_OF: Final = 10  # works with a verdict below which nothing is said of "most": of few, the counts say it
OPEN: Final = 0.25  # share of those judged that must lack something, two at least, for a meeting to talk about it


@dataclass(frozen=True, slots=True)
class BriefNeed:
    """Something that somebody asked for, or that waits for an answer. `work`: what it is about, if anything."""

    id: str
    text: str
    person: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the solutions stand on a criterion; `lack` counts "partly" and "not yet", `cannot_tell` all others.
    `example`: one that has it."""

    criterion: Criterion
    met: int
    lack: int
    cannot_tell: int
    example: ApproachPlace | None

    @property
    def judged(self) -> int:
        return self.met + self.lack

    @property
    def told(self) -> bool:
        """Whether it can be said of half of the solutions at least how they stand; of fewer, a table misleads."""
        return self.judged > 0 and self.judged >= self.cannot_tell


@dataclass(frozen=True, slots=True)
class Tension:
    """Two passages of two people that oppose. `kind`: "opposite" says so in words, "verdict" was judged differently."""

    kind: str
    criterion: str
    one: ApproachPlace
    other: ApproachPlace


@dataclass(frozen=True, slots=True)
class MeetingQuestion:
    """A question worth the meeting's time, with the passages or the need (by id) that it comes from."""

    text: str
    places: tuple[ApproachPlace, ...] = ()
    needs: tuple[str, ...] = ()
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class CallOn:
    """A person to call on, why, and the passage that shows it."""

    person: str
    why: str
    place: ApproachPlace


@dataclass(frozen=True, slots=True)
class MeetingBrief:
    """The brief; a page draws it, `as_markdown` writes it."""

    works: int
    approaches: tuple[Approach, ...]
    tallies: tuple[Tally, ...]
    most_have: tuple[str, ...]  # ids of criteria
    most_lack: tuple[str, ...]  # the most lacked first
    tensions: tuple[Tension, ...]
    questions: tuple[MeetingQuestion, ...]
    call_on: tuple[CallOn, ...]
    unanswered: tuple[BriefNeed, ...]
    language: str


def brief(
    works: Sequence[ApproachWork],
    found: Sequence[Approach],
    criteria: Sequence[Criterion],
    *,
    requests: Sequence[BriefNeed] = (),
    unanswered: Sequence[BriefNeed] = (),
    language: str = "en",
) -> MeetingBrief:
    """The same for the works in any order. `found`: their approaches. `requests` are open; `unanswered` waits for
    feedback or a reply. Raises ValueError if an approach holds a work that is not among the works."""
    ordered = sorted(works, key=lambda work: work.id)
    if not {id_ for one in found for id_ in one.members} <= {work.id for work in ordered}:
        raise ValueError("An approach holds a work that is not among the works.")
    tallies = tuple(_tally(ordered, criterion) for criterion in criteria)
    told = [tally for tally in tallies if tally.judged >= JUDGED]
    lacking = sorted((t for t in told if _is_open(t)), key=lambda t: -t.lack / t.judged)
    opposed = tensions(ordered, criteria, language)
    table = _table(language)
    return MeetingBrief(
        works=len(ordered),
        approaches=tuple(found),
        tallies=tallies,
        most_have=tuple(tally.criterion.id for tally in told if _most(tally, tally.met)),
        most_lack=tuple(tally.criterion.id for tally in lacking if _most(tally, tally.lack)),
        tensions=opposed,
        questions=tuple(_questions(table["questions"], lacking, opposed, found, requests))[:QUESTIONS],
        call_on=_call_on(table["call_on"], ordered, lacking, opposed, found),
        unanswered=tuple({need.id: need for need in (*requests, *unanswered)}.values()),
        language=language_code(language),
    )


def _most(tally: Tally, count: int) -> bool:
    """Whether so many are most of all works, those included of which nobody can tell, and there are enough to say."""
    return tally.judged >= MOST_OF and count * 2 > tally.judged + tally.cannot_tell


def _is_open(tally: Tally) -> bool:
    return tally.lack * 2 > tally.judged or tally.lack >= max(2, OPEN * tally.judged)


def _table(language: str) -> Mapping[str, Any]:
    path = f"brief/{language_code(language)}"
    return words(path if has_words(path) else "brief/en")


def _tally(works: Sequence[ApproachWork], criterion: Criterion) -> Tally:
    said = [work.criteria[criterion.id] for work in works if criterion.id in work.criteria]
    met = [work for work in works if work.criteria.get(criterion.id) is Standing.MET]
    example = next((place for work in met if (place := _place(work, criterion.id))), None)
    lack = len(said) - len(met) - said.count(Standing.CANNOT_TELL)
    return Tally(criterion, len(met), lack, len(works) - len(met) - lack, example)


def _place(work: ApproachWork, criterion: str) -> ApproachPlace | None:
    """Where the work speaks of the criterion, cut to what a reader takes in; None where that is not known."""
    start, end = work.places.get(criterion, (0, 0))
    if not 0 <= start < end <= len(work.text):
        return None
    start, end = whole(work.text, (start, end), QUOTE)
    return ApproachPlace(work.id, start, end, work.text[start:end])


def tensions(works: Sequence[ApproachWork], criteria: Sequence[Criterion], language: str = "en") -> tuple[Tension, ...]:
    """Few and right: passages on one criterion by two people that share most of their words, where one denies what the
    other says or has the opposite word, or where one was judged as met and the other as not yet."""
    table = _table(language)
    code, found = language_code(language), list[tuple[bool, float, str, Tension]]()
    for criterion in criteria:
        here = [(work, place) for work in works if (place := _place(work, criterion.id))][:COMPARED]
        for (one, a), (other, b) in combinations(here, 2):
            if one.person and one.person == other.person:
                continue
            kind = _kind(a.quote, b.quote, one.criteria, other.criteria, criterion.id, table, code)
            if kind:
                near = passages_alike(a.quote, b.quote, code)
                tension = Tension(kind, criterion.id, a, b)
                found.append((kind == "verdict", -near, f"{a.id} {b.id}", tension))
    return tuple(one[-1] for one in sorted(found, key=lambda one: one[:3]))[:TENSIONS]


def _kind(
    a: str,
    b: str,
    one: Mapping[str, Standing],
    other: Mapping[str, Standing],
    criterion: str,
    table: Mapping[str, Any],
    language: str,
) -> str:
    negations = frozenset(table["negations"].split())
    bare = [content(a, language), content(b, language)]
    bare = [stems - {stem(word, language) for word in negations} for stems in bare]
    if len(bare[0] & bare[1]) < SHARED or len(bare[0] & bare[1]) < NEAR * min(map(len, bare)):
        return ""
    denied = [sum(word in negations for word in tokens(text)) for text in (a, b)]
    if sorted(denied) == [0, 1] or (denied == [0, 0] and _opposite(tokens(a), tokens(b), table["opposites"])):
        return "opposite"
    return "verdict" if {one.get(criterion), other.get(criterion)} == {Standing.MET, Standing.NOT_YET} else ""


def _opposite(a: Sequence[str], b: Sequence[str], pairs: Sequence[str]) -> bool:
    """One text has one word of a pair and not the other, the other text the other way round."""
    for pair in pairs:
        x, y = pair.split()
        if (x in a and y not in a and y in b and x not in b) or (y in a and x not in a and x in b and y not in b):
            return True
    return False


def _questions(
    said: Mapping[str, str],
    lacking: Sequence[Tally],
    opposed: Sequence[Tension],
    found: Sequence[Approach],
    requests: Sequence[BriefNeed],
) -> Iterator[MeetingQuestion]:
    """The most lacked, the clearest tension, the request, the approaches, then what else is lacked."""
    yield from (_of_lacking(said, tally) for tally in lacking[:1])
    for tension in opposed[:1]:
        kind = "tension" if tension.kind == "opposite" else "verdict"
        yield MeetingQuestion(said[kind], (tension.one, tension.other), (), tension.criterion)
    for need in requests[:1]:
        yield MeetingQuestion(said["request"].format(request=sentence(need.text)), (), (need.id,))
    shown = [one for one in found if one.representative and one.words][:2]
    if len(shown) == 2:
        places = tuple(one.representative for one in shown if one.representative)
        yield MeetingQuestion(said["ways"].format(first=shown[0].label, second=shown[1].label), places)
    yield from (_of_lacking(said, tally) for tally in lacking[1:])
    yield from (
        MeetingQuestion(said["request"].format(request=sentence(need.text)), (), (need.id,)) for need in requests[1:]
    )


def _of_lacking(said: Mapping[str, str], tally: Tally) -> MeetingQuestion:
    criterion = tally.criterion
    text = said["asked" if criterion.question else "lacking"].format(
        question=criterion.question, criterion=sentence(criterion.text), lack=tally.lack, judged=tally.judged
    )
    return MeetingQuestion(text, (tally.example,) if tally.example else (), (), criterion.id)


def _call_on(
    said: Mapping[str, str],
    works: Sequence[ApproachWork],
    lacking: Sequence[Tally],
    opposed: Sequence[Tension],
    found: Sequence[Approach],
) -> tuple[CallOn, ...]:
    """Each person once, for the first of: has what most or several lack, holds a side, stands for an approach."""
    person = {work.id: work.person for work in works}
    wanted = [
        (t.example, said["has_it" if _most(t, t.lack) else "has_it_too"].format(criterion=sentence(t.criterion.text)))
        for t in lacking
    ]
    wanted += [(place, said["tension"]) for tension in opposed for place in (tension.one, tension.other)]
    wanted += [(one.representative, said["way"].format(label=one.label)) for one in found if len(found) > 1]
    chosen: dict[str, CallOn] = {}
    for place, why in wanted:
        if place and person.get(place.work):
            chosen.setdefault(person[place.work], CallOn(person[place.work], why, place))
    return tuple(chosen.values())[:CALLED]


def waiting(counts: Mapping[str, int], language: str = "en") -> tuple[BriefNeed, ...]:
    """What waits, as numbers in words, by the keys of the table `waits`: what people asked is not for a meeting's ears.
    Of what there is none of, nothing is said."""
    said = _table(language)["waits"]
    return tuple(BriefNeed(key, said[key][count != 1].format(n=count)) for key, count in counts.items() if count)


def labels(language: str) -> Mapping[str, str]:
    """Headings and labels of a brief in this language, or in English where there are none; `language` says which."""
    found: Mapping[str, str] = _table(language)["labels"]
    return found


def as_markdown(
    made: MeetingBrief,
    names: Mapping[str, str] | None = None,
    title: str = "",
    *,
    worded: Mapping[str, str] | None = None,
    model: str = "",
) -> str:
    """The brief to print or to send. `names` of people by id; whoever is not there is not named. People's words, and a
    model's, are escaped: they make no heading, link or markup. `worded`: lines in the words of `model`, by a letter for
    the kind and a number from 1 (q1, a1, t1, p1); each of them is marked, and its passages stand below it as ever."""
    said, called = labels(made.language), names or {}
    line = _Line(worded or {})
    criteria = {tally.criterion.id: tally.criterion.text for tally in made.tallies}
    parts = [f"# {_plain(title or said['title'])}", said["works"].format(n=made.works)]
    parts += [said["worded"].format(model=_plain(model)) if worded else said["found"]]
    parts += [f"## {said['approaches']}", *(_approach_lines(said, made.approaches, line) or [said["nothing"]])]
    parts += [f"## {said['standings']}", *(_standing_lines(said, made) or [said["nothing"]])]
    parts += [f"## {said['tensions']}"] + ([] if made.tensions else [said["nothing"]])
    for number, tension in enumerate(made.tensions, 1):
        parts += [f"**{_plain(criteria.get(tension.criterion, ''))}**"]
        parts += [held for held in [line.of(f"t{number}", "")] if held]
        parts += map(_quoted, (tension.one, tension.other))
    parts += [f"## {said['questions']}"] + ([] if made.questions else [said["nothing"]])
    for number, question in enumerate(made.questions, 1):
        parts += [f"**{number}.** {line.of(f'q{number}', question.text)}", *map(_quoted, question.places)]
    parts += [f"## {said['people']}"]
    parts += [
        f"- {_plain(called[one.person])}: {line.of(f'p{number}', one.why)} (`{one.place.id}`)"
        for number, one in enumerate(made.call_on, 1)
        if one.person in called
    ] or [said["nothing"]]
    parts += [f"## {said['unanswered']}"]
    parts += [f"- {_plain(need.text)}" for need in made.unanswered] or [said["nothing"]]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """Lines by what a model worded them as, marked, else as they were found."""

    worded: Mapping[str, str]

    def of(self, id_: str, found: str) -> str:
        return f"{_plain(self.worded[id_])} \\*" if id_ in self.worded else _plain(found)


def _approach_lines(said: Mapping[str, str], found: Sequence[Approach], line: _Line) -> list[str]:
    lines = [said["one_way"]] if len(found) == 1 else []
    for number, one in enumerate(found, 1):
        label = line.of(f"a{number}", said["named"].format(label=one.label))
        if len(found) > 1 or f"a{number}" in line.worded:
            lines.append(f"**{said['approach'].format(label=label, n=len(one.members))}**")
        lines += [_quoted(one.representative)] if one.representative else []
    return lines


def _standing_lines(said: Mapping[str, str], made: MeetingBrief) -> list[str]:
    if not made.tallies:
        return []
    told, untold = ([t for t in made.tallies if t.told is known] for known in (True, False))
    rows = [f"| {said['row']} |", "|---|---:|---:|---:|"]
    rows += [f"| {_plain(t.criterion.text)} | {t.met} | {t.lack} | {t.cannot_tell} |" for t in told]
    lines = ["\n".join(rows)] if told else []
    lines += [f"{said['untold']} {'; '.join(_plain(t.criterion.text) for t in untold)}"] if untold else []
    text = {tally.criterion.id: _plain(tally.criterion.text) for tally in made.tallies}
    sides = (("most_have", made.most_have), ("most_lack", made.most_lack))
    return [*lines, *(f"{said[key]}: {'; '.join(map(text.__getitem__, ids))}" for key, ids in sides if ids)]


def _quoted(place: ApproachPlace) -> str:
    """A quotation as a block of its own, with its source."""
    lines = [f"> {_plain(line)}  " for line in place.quote.splitlines()]
    return "\n".join([*lines, f"> — `{place.id.replace('`', '')}`"])


def _plain(text: str) -> str:
    """The words on one line, with everything that Markdown or HTML would read as markup escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~-])", r"\\\1", one_line(text))
