"""How a group stands on each criterion, and how far drafts and facilitators agree about it. Pure over rows.

A facilitator's judgement counts first; where there is none, the assessment's reading stands in, with how sure it is.
Approving a point judges its criterion (see `review`), so facilitators and drafts agree more here than two readers would
who know nothing of each other: for that there are spot checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipelines.values import Standing
from service.actions.work.lens import RevisionInLens
from service.domain import assessed
from service.domain.overview import statistics
from service.domain.overview.statistics import ReaderAgreement

OVERALL = ""
"""In the place of a criterion's key: the work as a whole."""

ORDER = (Standing.NOT_YET, Standing.PARTLY, Standing.MET)


@dataclass(frozen=True, slots=True)
class Standings:
    """How the latest revisions stand on one criterion. `judged` were judged by a person; the others were read by the
    assessment, which is `confidence` sure on average; `unread` were neither."""

    criterion: str
    text: str
    counts: Mapping[Standing, int]
    judged: int
    confidence: float | None
    unread: int

    @property
    def read(self) -> int:
        return sum(self.counts.values())


def standings(criteria: Mapping[str, str], pieces: Sequence[RevisionInLens]) -> list[Standings]:
    """For the work as a whole and for each criterion, in their order."""
    latest = [piece for piece in pieces if piece.latest]
    whole = _stand(OVERALL, "", [(piece.standing, _overall(piece)) for piece in latest])
    return [
        whole,
        *(_stand(key, text, [(_judged(p, key), _read(p, key)) for p in latest]) for key, text in criteria.items()),
    ]


def _stand(key: str, text: str, seen: Iterable[tuple[Standing | None, tuple[Standing, float] | None]]) -> Standings:
    counts = dict.fromkeys((*reversed(ORDER), Standing.CANNOT_TELL), 0)
    judged, unread, sure = 0, 0, list[float]()
    for person, machine in seen:
        if person is not None:
            judged += 1
            counts[person] += 1
        elif machine is not None:
            counts[machine[0]] += 1
            sure.append(machine[1])
        else:
            unread += 1
    return Standings(key, text, counts, judged, sum(sure) / len(sure) if sure else None, unread)


def _judged(piece: RevisionInLens, key: str) -> Standing | None:
    said = piece.judgements.get(key)
    return Standing(said) if said else None


def _read(piece: RevisionInLens, key: str) -> tuple[Standing, float] | None:
    """What the assessment read, and how sure it was."""
    found = next((one for one in piece.assessment.get("criteria", ()) if one["criterion"] == key), None)
    return (assessed.standing_of(found), float(found["confidence"])) if found else None


def _overall(piece: RevisionInLens) -> tuple[Standing, float] | None:
    found = piece.assessment.get("overall")
    return (assessed.overall_of(piece.assessment), float(found["confidence"])) if found else None


@dataclass(frozen=True, slots=True)
class JudgementsCompared:
    """What the assessment and facilitators said of the same work on one criterion.

    `abstained`: one of the two could not tell, which is neither agreement nor disagreement. Of the others the draft was
    `kinder` or `harsher` where they differ. `table` counts (draft's, facilitator's).
    """

    criterion: str
    text: str
    agreement: ReaderAgreement
    abstained: int
    kinder: int
    harsher: int
    table: Mapping[tuple[Standing, Standing], int] = field(default_factory=dict)


def compared(criteria: Mapping[str, str], pieces: Sequence[RevisionInLens]) -> list[JudgementsCompared]:
    """For the work as a whole and each criterion, over all revisions that both have judged."""
    whole = _compare(OVERALL, "", pieces, lambda piece: (_overall(piece), piece.standing))
    each = (_compare(key, text, pieces, partial(_on, key)) for key, text in criteria.items())
    return [whole, *each]


def _on(key: str, piece: RevisionInLens) -> tuple[tuple[Standing, float] | None, Standing | None]:
    return _read(piece, key), _judged(piece, key)


def _compare(
    key: str,
    text: str,
    pieces: Sequence[RevisionInLens],
    both: Callable[[RevisionInLens], tuple[tuple[Standing, float] | None, Standing | None]],
) -> JudgementsCompared:
    seen = [(machine[0], person) for machine, person in map(both, pieces) if machine is not None and person is not None]
    return of_pairs(key, text, seen)


def of_pairs(key: str, text: str, seen: Sequence[tuple[Standing, Standing]]) -> JudgementsCompared:
    """The same of any two readers; the first one's words are the draft's."""
    pairs = [pair for pair in seen if Standing.CANNOT_TELL not in pair]
    table: dict[tuple[Standing, Standing], int] = {}
    for pair in pairs:
        table[pair] = table.get(pair, 0) + 1
    apart = [ORDER.index(first) - ORDER.index(second) for first, second in pairs]
    return JudgementsCompared(
        key,
        text,
        statistics.agreement((first.value, second.value) for first, second in pairs),
        abstained=len(seen) - len(pairs),
        kinder=sum(one > 0 for one in apart),
        harsher=sum(one < 0 for one in apart),
        table=table,
    )
