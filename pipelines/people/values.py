"""What matching is given and gives back, as frozen values. Holds and checks; decides nothing.

Everybody's consent, load and earlier introductions come in as they stand now; matching reads no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipelines.values import Standing


@dataclass(frozen=True, slots=True)
class PersonWork:
    """One piece of a person's work that may be used for matching and quoted to the person it is matched with.

    `criteria`: how it stands on the criteria of its challenge, by criterion id, as judged by a person or assessed.
    `places`: offsets into the text where it speaks of a criterion. Only a `quotable` work is quoted: its author's
    consent and the challenge's sharing policy let the other person read it, with the name.
    """

    id: str
    person: str
    challenge: str
    text: str
    title: str = ""
    criteria: Mapping[str, Standing] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    quotable: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as matching sees them. Only `open_to` (consent to be introduced, not opted out) lets anybody in.

    `groups`: the groups that the person is in, without those above them in the tree; `roles`: what they are there
    besides learners ("facilitator", "librarian"). `load`: introductions that weigh on them now. `past`: people whom
    they are not suggested to again. `usefulness`: mean of their earlier answers to "was it useful?", from -1 to 1; 0
    where there is none.
    """

    person: str
    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    working_on: frozenset[str] = frozenset()  # challenges that are not finished for them
    open_to: bool = False
    load: int = 0
    past: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()  # people whom they work with: introduced and met, or said so
    usefulness: float = 0.0
    language: str = "en"


class ReasonKind(StrEnum):
    """Why two people should meet."""

    COMPLEMENTARY = "complementary"  # each met a criterion that the other did not yet
    SAME_PROBLEM = "same_problem"  # both are at the same thing now
    TRIANGLE = "triangle"  # one contact in common, and alike work
    BRIDGE = "bridge"  # groups that nothing connects
    SAME_ROLE = "same_role"  # the same role elsewhere
    EXPERT = "expert"  # one has done what the other asks for


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that shows what a person brings: `text[start:end]` of the work, verbatim, is `quote`."""

    id: str
    work: str
    person: str
    start: int
    end: int
    quote: str
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class MeetingReason:
    """One reason, with what it rests on, so that both can check it. `strength` is in [0, 1].

    `facts`: what the words are filled with, all of it ids or names: the criteria that each gives (`first_gives`,
    `second_gives`), `challenge`, the common contact (`through`), `role`, `first_groups`, `second_groups`, `request`.
    `passages`: the place of each that shows it, beside the words; `on` the challenge that both are from, and `matter`
    words that both works have, so that whoever reads them reads their own.
    """

    kind: ReasonKind
    strength: float
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passages: tuple[ShownPassage, ...] = ()
    on: str = ""
    matter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntroductionWording:
    """What is drafted for a facilitator to approve, in the reader's own language."""

    reason: str
    first_brings: str
    second_brings: str
    step: str
    message_to_first: str
    message_to_second: str

    def texts(self) -> dict[str, str]:
        """Every text by its name, as an approval's hash takes them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Match:
    """Two people who should meet: the person matched for is `first`. `reasons`: the strongest first, never none."""

    first: str
    second: str
    score: float
    nearness: float  # how alike their work is, in standard deviations over everybody
    reasons: tuple[MeetingReason, ...]
    wording: IntroductionWording
    features: Mapping[str, float]  # what the score was made from; kept with the introduction, for ranking later ones

    @property
    def kind(self) -> ReasonKind:
        return self.reasons[0].kind
