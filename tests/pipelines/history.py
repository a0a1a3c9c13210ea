"""Judged work on an invented challenge, made by chance but the same each time: for tests that need many rows."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pipelines.values import ChallengeAsItStands, Criterion, Reviewed, Standing

WORDS = (
    *("cells", "energy", "light", "water", "sugar", "leaf", "plant", "oxygen", "sun", "makes", "from", "the", "and"),
    *("root", "air,", "store", "uses.", "green", "chlorophyll", "carbon"),
)
REFERENCE = "Plants use light, water and air to make sugar. They store energy."
SAID = ("", "Say more about light.", "Name the gas.")
SCORES = (0.0, 0.25, 0.5, 0.75, 1.0)


def challenge(criteria: int = 0, *, reference: str = REFERENCE, points: bool = True) -> ChallengeAsItStands:
    """How do plants make energy?"""
    worth = 1 / criteria if criteria and points else None
    return ChallengeAsItStands(
        "plants",
        "How do plants make energy?",
        reference=reference,
        criteria=tuple(Criterion(f"k{i}", f"names {WORDS[i]} and what it does", points=worth) for i in range(criteria)),
    )


def answer(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(6, 25)))


def reviewed(count: int, standings: Sequence[Standing | None], *, scores: bool, seed: int = 0) -> list[Reviewed]:
    """So many judged answers, the verdicts in turn; words and scores are chance: nothing can be learned from them."""
    dice = random.Random(seed)
    return [
        Reviewed(
            f"r{i}",
            answer(dice),
            standings[i % len(standings)],
            dice.choice(SCORES) if scores else None,
            author=f"author-{i}",
            feedback=dice.choice(SAID),
        )
        for i in range(count)
    ]


def clear(count: int, author: str = "") -> list[Reviewed]:
    """Answers whose verdict anybody can see: half say it all, half say nothing of it."""
    good = "Plants use light and water and air to make sugar, and they store the energy of the sun in part {}."
    bad = "My grandmother keeps some old books on the top shelf of cupboard number {}."
    return [
        Reviewed(
            f"r{i}",
            (good if i % 2 else bad).format(i),
            Standing.MET if i % 2 else Standing.NOT_YET,
            float(i % 2),
            author=author or f"author-{i}",
            feedback="" if i % 2 else "Say what plants do with light.",
        )
        for i in range(count)
    ]
