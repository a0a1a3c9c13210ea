"""A match in words, from tables of words, for a facilitator to change and approve. Decides nothing.

They quote nobody: passages stand beside, and are read again whenever they are shown. What the two would talk about is
told by words that both works have, so that each reads nothing but what is in the own work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pipelines.people.values import IntroductionWording, MeetingReason, Profile, ReasonKind
from pipelines.prompts import has_words, words
from pipelines.texts.names import parts_of
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
        "on": _on(reason, challenges, table),
        "matter": _matter(reason, "matter", names.values(), table),
        "begin": _matter(reason, "begin", names.values(), table),
    }


def _criteria(challenge: str, challenges: Mapping[str, ChallengeAsItStands]) -> Sequence[Any]:
    return challenges[challenge].criteria if challenge in challenges else ()


def _topic(ids: Sequence[str], challenges: Mapping[str, ChallengeAsItStands], table: Mapping[str, Any]) -> str:
    titles = [challenges[id_].title.strip() for id_ in ids if id_ in challenges and challenges[id_].title.strip()]
    return str(table["quoted"].format(t=titles[0]) if titles else table["this_challenge"])


def _on(reason: MeetingReason, challenges: Mapping[str, ChallengeAsItStands], table: Mapping[str, Any]) -> str:
    """Which challenge both passages are from, where that is known."""
    return str(table["on"]).format(topic=_topic((reason.on,), challenges, table)) if reason.on in challenges else ""


def _matter(reason: MeetingReason, key: str, names: Iterable[str], table: Mapping[str, Any]) -> str:
    """What both write of; nobody is named by it."""
    people = {part for name in names for part in parts_of(name)} if reason.matter else set()
    kept = [word for word in reason.matter if word.casefold() not in people]
    told = str(table["and"]).join(table["quoted"].format(t=word) for word in kept)
    return str(table[key]).format(words=told) if told else ""


def introduced_through(reason: MeetingReason) -> str | None:
    """The common contact that a triangle's words name."""
    return reason.facts["through"][0] if reason.kind is ReasonKind.TRIANGLE else None
