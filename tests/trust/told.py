"""What was tried, how often, and how much got through: printed at the end of a run of these tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Told:
    """Counts by what was tried, on which database."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    through: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, database: str, what: str, tried: int = 1, through: int = 0) -> None:
        self.tried[what, database] += tried
        self.through[what, database] += through

    def lines(self) -> list[str]:
        rows = [("what was tried", "database", "how many", "got through")]
        rows += [(what, on, f"{n:,}", f"{self.through[what, on]:,}") for (what, on), n in sorted(self.tried.items())]
        wide = max(len(row[0]) for row in rows)
        return [f"{what:{wide}}  {on:10}  {n:>10}  {through:>11}" for what, on, n, through in rows]


TOLD = Told()
