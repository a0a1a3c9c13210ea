"""From a brief and the judged work of its challenge to an assessment, in the words of `pipelines.values`."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar, cast

import numpy as np

from pipelines.assessment.entitlement import examine, numbers, records_of, standing_of
from pipelines.assessment.model import (
    MIN_PEERS,
    MOST_JUDGED,
    AssessedWorks,
    AssessmentModel,
    Desk,
    desk,
    read,
)
from pipelines.assessment.model import fit as fit_desks
from pipelines.assessment.places import CriterionPlace, CriterionPlaces, left_out
from pipelines.assessment.space import texts_to_embed
from pipelines.assessment.terms import MARKS, VERDICTS, Judged, KnownVectors, judged
from pipelines.ports import Embedder
from pipelines.standings import FEWEST_JUDGED
from pipelines.texts.language import count_words, language_code, language_of, orders, written_in
from pipelines.values import (
    Assessment,
    ChallengeAsItStands,
    Judgement,
    PersonsReading,
    Reviewed,
    ShelfItem,
    Standing,
    TrackRecord,
)

NEAREST: Final = 5
"""Peers whose agreement is counted."""
LEAST_HEARD: Final = 5
"""Words that must be left of a text when orders to a machine are left out of it."""
SAME_CONFIDENCE: Final = 1e-6
"""Confidences nearer than this are equal. Where a history is read without a mistake the threshold is its least
confidence, and those of clear cases then differ by 1e-12: by how the machine adds up, not by what was read."""
RECORDS: Final = "records"
"""Where what `fit` learned holds what the comparison has shown, by challenge."""
UNTAUGHT: Final = Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), abstained=True)
"""What can be said where nobody judged anything: nothing."""
KEPT: Final = 128
"""Challenges kept ready at once, the least used dropped first."""


T = TypeVar("T")


class Desks:
    """Challenges made ready for reading, kept while neither their words, their judged work nor the embedder changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, object] = OrderedDict()
        self._lock = threading.Lock()

    def ready(self, challenge: ChallengeAsItStands, rows: Sequence[Judged], embedder: Embedder) -> Desk:
        """The challenge's desk; about 0.1 s for 200 short answers when it has to be made."""

        def make() -> Desk:
            return desk(challenge, rows, _known(challenge, [row.text for row in rows], embedder))

        return self._keep(f"desk {_key(challenge, rows, embedder)}", make)

    def places(
        self, challenge: ChallengeAsItStands, rows: Sequence[Judged], approved: Sequence[ShelfItem], embedder: Embedder
    ) -> CriterionPlaces:
        """Where its criteria are spoken of; embeds what was quoted and the sentences of judged work when it is made."""
        seal = hashlib.sha256(repr([(item.id, item.document, item.past) for item in approved]).encode()).hexdigest()
        return self._keep(
            f"places {_key(challenge, rows, embedder)} {seal}",
            lambda: CriterionPlaces(challenge, rows, approved, embedder),
        )

    def places_of(
        self,
        challenge: ChallengeAsItStands,
        reviewed: Sequence[Reviewed],
        approved: Sequence[ShelfItem],
        embedder: Embedder,
    ) -> CriterionPlaces:
        """The same, from judged work as the library gives it."""
        return self.places(challenge, _learned(reviewed), approved, embedder)

    def _keep(self, key: str, make: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.get(key)
        made = cast(T, kept) if kept is not None else make()
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > 2 * KEPT:
                self._kept.popitem(last=False)
        return made


def _key(challenge: ChallengeAsItStands, rows: Sequence[Judged], embedder: Embedder) -> str:
    seal = hashlib.sha256(repr((embedder.name, challenge)).encode())
    for row in rows:
        seal.update(
            repr(
                (row.id, row.verdict, row.mark, sorted(row.criteria.items()), sorted(row.places.items()), row.feedback)
            ).encode()
        )
    return seal.hexdigest()


def _known(challenge: ChallengeAsItStands, texts: Sequence[str], embedder: Embedder) -> KnownVectors:
    """The vectors of all texts that reading these needs."""
    wanted = sorted(texts_to_embed(challenge, texts))
    return dict(zip(wanted, embedder.embed(wanted).astype(np.float64), strict=True))


def fit(
    histories: Sequence[tuple[ChallengeAsItStands, Sequence[Reviewed]]],
    embedder: Embedder,
    approved: Mapping[str, Sequence[ShelfItem]] | None = None,
) -> dict[str, Any]:
    """Learn from an organization's judged work, as plain numbers for `assess`. Rows come the most recent first;
    `approved` are points that facilitators decided, by challenge. Nothing where nothing was judged."""
    desks: list[Desk] = []
    known: dict[str, Any] = {}
    records: dict[str, Any] = {}
    for challenge, reviewed in histories:
        rows = _learned(reviewed)
        texts = _known(challenge, [row.text for row in rows], embedder)
        known.update(texts)
        desks.append(desk(challenge, rows, texts))
        records[challenge.id] = _examined(challenge, rows, (approved or {}).get(challenge.id, ()), embedder)
    taught = [one for one in desks if one.rows]
    return fit_desks(taught, known).numbers() | {RECORDS: records} if taught else {}


def _examined(
    challenge: ChallengeAsItStands, rows: Sequence[Judged], approved: Sequence[ShelfItem], embedder: Embedder
) -> dict[str, Any]:
    """What the comparison has shown of each criterion on the challenge's own judged work."""
    counts = Counter(key for row in rows for key in row.criteria)
    if max(counts.values(), default=0) < FEWEST_JUDGED:
        return {}
    read = left_out(challenge, rows, approved, embedder)
    return numbers((one, examine(read[at])) for at, one in enumerate(challenge.criteria))


def _learned(reviewed: Sequence[Reviewed]) -> list[Judged]:
    """What says how work stands, oldest first."""
    return [row for one in reversed(reviewed[:MOST_JUDGED]) if (row := judged(one)) is not None]


def assess(
    challenge: ChallengeAsItStands,
    text: str,
    reviewed: Sequence[Reviewed],
    embedder: Embedder,
    desks: Desks,
    fitted: Mapping[str, Any] | None,
    approved: Sequence[ShelfItem] = (),
    readings: Sequence[PersonsReading] = (),
) -> Assessment:
    """How `text` stands. `reviewed`: judged work on the challenge, the most recent first; `fitted`: from `fit`.

    `approved` are points that facilitators decided on this challenge: what they quoted shows where a criterion is
    spoken of, and where enough of it was judged, its place in `text` decides how it stands. What people said of this
    very text in `readings` stands above all that is compared.
    Abstains on the whole where fewer than 20 peers were judged, or where the confidence is below that at which 95 % of
    the organization's own history was read rightly. Says how a criterion stands only where it has shown that it can.
    """
    rows = _learned(reviewed)
    places = desks.places(challenge, rows, approved, embedder).find(text, embedder)
    shown = _shown(challenge, rows, fitted or {})
    nothing = tuple(Judgement(one.id, Standing.CANNOT_TELL, 0.5) for one in challenge.criteria)
    same = _same_language(challenge, text)  # of a text in another, what is there would count as missing

    def told(criteria: Sequence[Judgement]) -> tuple[Judgement, ...]:
        return _by_people(_placed(criteria, places, shown) if same else nothing, readings)

    if not fitted:
        return replace(UNTAUGHT, criteria=told(nothing), peers=len(rows))
    ready, heard, model = desks.ready(challenge, rows, embedder), _heard(text), AssessmentModel.of(fitted)
    found = read(model, ready, [heard], _known(challenge, [heard], embedder))
    sure = float(found.confidence[0])
    best = int(found.chosen[0])
    met, enough = float(found.probabilities[0, 2]), len(ready.rows) >= MIN_PEERS
    near = [int(at) for at in found.peers[0]]
    overall = Judgement("", VERDICTS[best], sure, _agreeing(ready, near, [row.verdict == best for row in ready.rows]))
    return Assessment(
        overall,
        told(_criteria(challenge, found)),
        float(found.score[0]),
        abstained=sure < model.threshold - SAME_CONFIDENCE or not enough,
        surely_met=enough and met >= model.met_from,
        surely_open=enough and 1 - met >= model.open_from,
        peers=len(ready.rows),
        nearest=tuple(ready.rows[at].id for at in near),
        precedents=tuple(ready.rows[int(at)].id for at in found.precedents[0]),
    )


def _by_people(judgements: Sequence[Judgement], readings: Sequence[PersonsReading]) -> tuple[Judgement, ...]:
    """Each as a person said that it stands in this text, and where, if one said so."""
    said = {one.criterion: one for one in readings if one.standing in MARKS}
    return tuple(one.as_read(said[one.criterion]) if one.criterion in said else one for one in judgements)


def _heard(text: str) -> str:
    """The text without sentences that give orders to a machine; all of it where hardly anything else would be left.

    With 180 attacks put into honest answers, verdicts that flip went from .050 to .011 (English), .211 to .139 (very
    short answers) and .139 to .144 (German); none of 586 honest answers held such a sentence.
    """
    parts, last = [], 0
    for start, end in orders(text):
        if start >= last:
            parts.append(text[last:start])
        last = max(last, end)
    rest = " ".join("".join([*parts, text[last:]]).split())
    return rest if last and count_words(rest) >= LEAST_HEARD else text


def _same_language(challenge: ChallengeAsItStands, text: str) -> bool:
    asked = language_of(_asked(challenge)) or language_code(challenge.language)
    return written_in(text, asked) == asked


def _asked(challenge: ChallengeAsItStands) -> str:
    return " ".join(f"{one.text} {one.question}" for one in challenge.criteria)


def _shown(
    challenge: ChallengeAsItStands, rows: Sequence[Judged], fitted: Mapping[str, Any]
) -> list[Mapping[Standing, TrackRecord]]:
    """What the comparison has shown of each criterion; nothing where too little of what it was shown on is there still:
    work may have been taken back since."""
    kept = fitted.get(RECORDS, {}).get(challenge.id, {})
    counts = Counter(key for row in rows for key in row.criteria)
    return [records_of(kept, one) if counts[one.id] >= FEWEST_JUDGED else {} for one in challenge.criteria]


def _placed(
    judgements: Sequence[Judgement],
    places: Sequence[CriterionPlace],
    shown: Sequence[Mapping[Standing, TrackRecord]],
) -> tuple[Judgement, ...]:
    """Each with its place, and how it stands where the comparison has shown that it can say so."""
    if len(places) != len(judgements):
        return tuple(judgements)
    return tuple(_at(*one) for one in zip(judgements, places, shown, strict=True))


def _at(judgement: Judgement, found: CriterionPlace, records: Mapping[Standing, TrackRecord]) -> Judgement:
    start, end = found.span
    placed = replace(judgement, start=start, end=end, evidence=found.evidence)
    if found.chance is None:
        return placed
    standing, record = standing_of(found.chance, records)
    return replace(
        placed,
        standing=standing,
        confidence=max(found.chance, 1 - found.chance),
        agreeing=found.agreeing if record else 0,
        chance=found.chance,
        record=record,
    )


def _criteria(challenge: ChallengeAsItStands, found: AssessedWorks) -> tuple[Judgement, ...]:
    """How probable it is that each is met, by whole scores alone: no verdict, since nobody can check it."""
    chances = [float(chance) for chance in found.criteria[0]]
    return tuple(
        Judgement(one.id, Standing.CANNOT_TELL, max(chance, 1 - chance), chance=chance)
        for one, chance in zip(challenge.criteria, chances, strict=True)
    )


def _agreeing(ready: Desk, near: Sequence[int], same: Sequence[bool]) -> int:
    """How many different authors among the nearest peers were judged the same."""
    rows = [ready.rows[at] for at in near[:NEAREST] if same[at]]
    return len({row.author or row.id for row in rows})
