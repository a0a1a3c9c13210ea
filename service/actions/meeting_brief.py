"""A meeting brief from its facts: approaches, then the brief, then what of it may be named. Reads nothing, so no
transaction need be open while it thinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.approaches import approaches
from pipelines.brief import MeetingBrief, Need, as_markdown, brief
from service.actions.brief_facts import Facts, Open
from service.actions.overview_lens import Lens
from service.store.tables import Group


@dataclass(frozen=True, slots=True)
class Prepared:
    """A brief with where it is from. The works in it are named by the ids of their drafts; `names` holds only people
    who show their work with their name, by our id, and `authors` whose work a draft of theirs is."""

    lens: Lens
    groups: tuple[Group, ...]
    made: MeetingBrief
    names: Mapping[str, str]
    authors: Mapping[str, str]
    quotable: int
    open: Open
    barred: int
    beyond: int


def prepared(facts: Facts) -> Prepared:
    """The same for the same facts. Approaches are told over works that may be quoted, since words name them."""
    found = approaches(facts.quoted, facts.vectors)
    made = brief(
        (*facts.quoted, *facts.counted), found, facts.criteria, unanswered=_waiting(facts.open), language=facts.language
    )
    return Prepared(
        lens=facts.lens,
        groups=facts.groups,
        made=made,
        names=facts.names,
        authors={work.id: facts.names[work.person] for work in facts.quoted if work.person},
        quotable=len(facts.quoted),
        open=facts.open,
        barred=facts.barred,
        beyond=facts.beyond,
    )


def _waiting(there: Open) -> tuple[Need, ...]:
    """What waits, as numbers in words: what people asked is not for a meeting's ears."""
    said = (
        ("waiting", there.waiting, "piece of work waits for an answer", "pieces of work wait for an answer"),
        ("questions", there.questions, "question on feedback is open", "questions on feedback are open"),
        ("requests", there.requests, "request of this group's learners is open", "requests of its learners are open"),
    )
    return tuple(Need(key, f"{count} {one if count == 1 else more}") for key, count, one, more in said if count)


def markdown(seen: Prepared) -> str:
    """The brief as a file to take along."""
    return as_markdown(seen.made, seen.names, seen.lens.challenge.title)
