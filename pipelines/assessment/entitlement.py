"""Where the comparison with judged work may say how a criterion stands, and from which certainty. May not read texts.

It may where it has shown that it can: each judged work of the challenge is read as if it had not been judged, its
author's work left out; of one standing ("met", "not yet") the comparison may speak if it was right of it oftener than
whoever always says the challenge's commonest. Nothing that was written down beforehand entitles it: on essays that
nobody judged, what it said by words alone was right as often as always saying "open" (.77 against .775), and half of
its praise was false.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.assessment.terms import MARKS
from pipelines.standings import FEWEST_JUDGED
from pipelines.values import Criterion, Standing, TrackRecord

INTERVAL: Final = 0.9
"""Level of the two-sided interval (Clopper and Pearson) of which the lower end must lie above the commonest standing's
share: with an approximate one, three right of three would do where half stand so."""
FEWEST_SAID: Final = 6
"""Works of which it must have said so: where no standing is common, three right of three pass the interval."""
RIGHT: Final = 0.9
"""Share that must be right besides: where the commonest is rare, little better than it would be enough else."""
CERTAINTIES: Final = (0.65, 0.75, 0.85)
"""Certainties tried, the least first. Few, since with every further one some would pass by luck."""

TOLD: Final = (Standing.MET, Standing.NOT_YET)
"""What the comparison says at all. "Partly" lies between them, and there it is least sure."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A judged work as the comparison reads it without its author: chance of "met", None where it cannot tell; and how
    a person said that it stands."""

    chance: float | None
    stood: Standing

    @property
    def said(self) -> Standing | None:
        """What the likelier of the two is."""
        return None if self.chance is None else TOLD[self.chance < 0.5]

    @property
    def certainty(self) -> float:
        return 0.0 if self.chance is None else max(self.chance, 1 - self.chance)


def examine(read: Sequence[LeftOut]) -> dict[Standing, TrackRecord]:
    """How the comparison did, by what it said; nothing where too few were judged."""
    if len(read) < FEWEST_JUDGED:
        return {}
    common = Counter(one.stood for one in read).most_common(1)[0][1] / len(read)
    return {standing: _record(standing, read, common) for standing in TOLD}


def _record(standing: Standing, read: Sequence[LeftOut], common: float) -> TrackRecord:
    """From the least certainty that entitles it; where none does, how it did from the least of all."""
    tried = [_from(least, standing, read) for least in CERTAINTIES]
    passed = (one for one in tried if _better(one, common))
    return next(passed, TrackRecord(tried[0].compared, tried[0].said, tried[0].right, None))


def _from(least: float, standing: Standing, read: Sequence[LeftOut]) -> TrackRecord:
    said = [one for one in read if one.said is standing and one.certainty >= least]
    return TrackRecord(len(read), len(said), sum(one.stood is standing for one in said), least)


def _better(record: TrackRecord, common: float) -> bool:
    if record.said < FEWEST_SAID or record.right / record.said < RIGHT:
        return False
    from scipy.stats import binomtest  # takes two seconds to load, and only examining needs it

    interval = binomtest(record.right, record.said).proportion_ci(INTERVAL, "exact")
    return bool(interval.low > common)


def standing_of(chance: float | None, records: Mapping[Standing, TrackRecord]) -> tuple[Standing, TrackRecord | None]:
    """What may be said at this chance of "met", and the record that entitles to it; else that nobody can tell."""
    read = LeftOut(chance, Standing.CANNOT_TELL)
    record = records.get(read.said) if read.said else None
    if read.said is None or record is None or record.least is None or read.certainty < record.least:
        return Standing.CANNOT_TELL, None
    return read.said, record


def stood(mark: float) -> Standing:
    """The standing that a judged criterion's mark came from."""
    return next(standing for standing, worth in MARKS.items() if worth == mark)


StoredNumbers = dict[str, dict[str, Any]]
"""Records of one challenge as JSON: by `key`, by standing."""


def numbers(records: Iterable[tuple[Criterion, Mapping[Standing, TrackRecord]]]) -> StoredNumbers:
    """Records to be kept."""
    return {
        key(criterion): {standing: [one.compared, one.said, one.right, one.least] for standing, one in some.items()}
        for criterion, some in records
        if some
    }


def records_of(kept: Mapping[str, Any], criterion: Criterion) -> dict[Standing, TrackRecord]:
    """What was kept of this criterion, as it is worded now."""
    return {Standing(standing): TrackRecord(*one) for standing, one in kept.get(key(criterion), {}).items()}


def key(criterion: Criterion) -> str:
    """Id and all words that the comparison reads: what was shown of others says nothing of these."""
    said = repr((criterion.text, criterion.question, criterion.evidence))
    return f"{criterion.id} {hashlib.sha256(said.encode()).hexdigest()[:12]}"
