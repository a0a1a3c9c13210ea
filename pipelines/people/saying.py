"""A match in words, from tables of words, for a facilitator to change and approve. Decides nothing.

Messages name the other person and what both bring in general words; they quote nobody. Quotations stand in what each
brings, and only of work that may be quoted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipelines.people.values import IntroductionWording, MeetingReason, Profile, ReasonKind, ShownPassage
from pipelines.prompts import has_words, words
from pipelines.values import ChallengeAsItStands

NAMED: Final = 2
"""Criteria, contacts or roles that a sentence names; more are not read."""


def wording(
    reason: MeetingReason,
    first: Profile,
    second: Profile,
    names: Mapping[str, str],
    challenges: Mapping[str, ChallengeAsItStands],
    language: str,
) -> IntroductionWording:
    """All texts of an introduction; each message in its reader's language, the rest in the facilitator's `language`."""
    values = _values(reason, first, second, names, challenges, _table(language))
    part = _table(language)[reason.kind.value]
    return IntroductionWording(
        reason=part["reason"].format(**values),
        first_brings=part["first_brings"].format(**values),
        second_brings=part["second_brings"].format(**values),
        step=part["step"].format(**values),
        message_to_first=_message(reason, first, second, False, names, challenges),
        message_to_second=_message(reason, first, second, True, names, challenges),
    )


def _message(
    reason: MeetingReason,
    first: Profile,
    second: Profile,
    turned: bool,
    names: Mapping[str, str],
    challenges: Mapping[str, ChallengeAsItStands],
) -> str:
    reader, other = (second, first) if turned else (first, second)
    table = _table(reader.language)
    values = _values(reason, first, second, names, challenges, table)
    sides = ("second_gives", "first_gives") if turned else ("first_gives", "second_gives")
    part = table[reason.kind.value]
    text = part.get("message_to_second", part["message"]) if turned else part["message"]
    gives, takes = (values[side] for side in sides)
    return str(text.format(**values, name=reader.name, other=other.name, gives=gives, takes=takes))


def _table(language: str) -> Mapping[str, Any]:
    """The words of this language; English where there are none."""
    path = f"introductions/{language}"
    return words(path if has_words(path) else "introductions/en")


def _values(
    reason: MeetingReason,
    first: Profile,
    second: Profile,
    names: Mapping[str, str],
    challenges: Mapping[str, ChallengeAsItStands],
    table: Mapping[str, Any],
) -> dict[str, str]:
    facts = reason.facts
    asked = {c.id: c.text for challenge in facts.get("challenge", ()) for c in _criteria(challenge, challenges)}

    def listed(ids: Sequence[str], known: Mapping[str, str], marked: bool) -> str:
        texts = [known.get(id_, id_).strip().rstrip(".") for id_ in ids[:NAMED]]
        return str(table["and"]).join(table["quoted"].format(t=text) if marked else text for text in texts)

    return {
        "first": first.name,
        "second": second.name,
        "topic": _topic(facts.get("challenge", ()), challenges, table),
        "first_gives": listed(facts.get("first_gives", ()), asked, True),
        "second_gives": listed(facts.get("second_gives", ()), asked, True),
        "through": listed(facts.get("through", ())[:1], names, False),
        "role": listed(facts.get("role", ()), {}, False),
        "request": listed(facts.get("request", ()), {}, True),
        "first_quote": _quote(first.person, reason.passages, table),
        "second_quote": _quote(second.person, reason.passages, table),
    }


def _criteria(challenge: str, challenges: Mapping[str, ChallengeAsItStands]) -> Sequence[Any]:
    return challenges[challenge].criteria if challenge in challenges else ()


def _topic(ids: Sequence[str], challenges: Mapping[str, ChallengeAsItStands], table: Mapping[str, Any]) -> str:
    titles = [challenges[id_].title.strip() for id_ in ids if id_ in challenges and challenges[id_].title.strip()]
    return str(table["quoted"].format(t=titles[0]) if titles else table["this_challenge"])


def _quote(person: str, passages: Sequence[ShownPassage], table: Mapping[str, Any]) -> str:
    mine = next((passage for passage in passages if passage.person == person), None)
    return str(table["quote"]).format(q=mine.quote) if mine else ""


def introduced_through(reason: MeetingReason) -> str | None:
    """The common contact that a triangle's words name."""
    return reason.facts["through"][0] if reason.kind is ReasonKind.TRIANGLE else None
