"""A meeting brief from its facts: approaches, then the brief, then what of it may be named, then which of its lines
have a model's wording that still fits. Reads nothing, so no transaction need be open while it thinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.approaches import approaches
from pipelines.briefs.items import BriefItem, in_order, items
from pipelines.briefs.making import MeetingBrief, as_markdown, brief, waiting
from pipelines.values import AI
from service.actions.briefs.facts import BriefFacts, Open
from service.actions.work.lens import Lens
from service.domain.texts import digest
from service.store.tables import Group, WordingState


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model worded, as it is kept: wordings by the key of the line they were made for. `local`: the model runs
    on the organization's own machines."""

    state: WordingState
    reason: str
    fingerprint: str
    lines: Mapping[str, str]
    order: tuple[str, ...]
    local: bool
    model: str
    worded_at: datetime | None


@dataclass(frozen=True, slots=True)
class WordedBrief:
    """Which lines stand in a model's words, by their place in the brief (q1, a1, t1, p1), and how many of those that a
    model may word do not. `fits`: nothing has changed since; `state` is None where nobody asked for it."""

    lines: Mapping[str, str] = field(default_factory=dict)
    kept: int = 0
    state: WordingState | None = None
    reason: str = ""
    model: str = ""
    at: datetime | None = None
    fits: bool = False


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
    items: tuple[BriefItem, ...]
    allows: Mapping[str, AI]
    worded: WordedBrief


def prepared(facts: BriefFacts, stored: Stored | None = None) -> Prepared:
    """The same for the same facts. Approaches are told over works that may be quoted, since words name them. A stored
    wording stands only beside exactly the line that it was made for."""
    found = approaches(facts.quoted, facts.vectors)
    there = facts.open
    waits = {"waiting": there.waiting, "questions": there.questions, "requests": there.requests}
    made = brief(
        (*facts.quoted, *facts.counted),
        found,
        facts.criteria,
        unanswered=waiting(waits, facts.language),
        language=facts.language,
    )
    made = in_order(made, stored.order) if stored else made
    lines = items(made)
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
        items=lines,
        allows=facts.allows,
        worded=_worded(lines, facts.allows, stored) if stored else WordedBrief(kept=len(lines)),
    )


def _worded(lines: tuple[BriefItem, ...], allows: Mapping[str, AI], stored: Stored) -> WordedBrief:
    """What an author no longer lets that model read is not shown in its words any more either."""
    still = {
        item.id: stored.lines[item.key]
        for item in lines
        if item.key in stored.lines and all(allows.get(work, AI.NONE).lets(local=stored.local) for work in item.rests)
    }
    return WordedBrief(
        lines=still,
        kept=len(lines) - len(still),
        state=stored.state,
        reason=stored.reason,
        model=stored.model,
        at=stored.worded_at,
        fits=stored.fingerprint == fingerprint(lines),
    )


def fingerprint(lines: tuple[BriefItem, ...]) -> str:
    """Of all that a model may word, whatever its order."""
    return digest(" ".join(sorted(item.key for item in lines)))


def markdown(seen: Prepared) -> str:
    """The brief as a file to take along; says which lines a model worded."""
    worded = seen.worded
    return as_markdown(seen.made, seen.names, seen.lens.challenge.title, worded=worded.lines, model=worded.model)
