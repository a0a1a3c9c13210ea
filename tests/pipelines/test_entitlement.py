"""Who may say how a criterion stands: the comparison, where it has shown on the challenge's judged work that it can."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.assessment import Desks, assess, fit
from pipelines.assessment.entitlement import LeftOut, examine, standing_of
from pipelines.ports import Embedder
from pipelines.standings import FEWEST_JUDGED
from pipelines.values import ChallengeAsItStands, Judgement, PersonsReading, Reviewed, Standing, TrackRecord
from tests.pipelines.history import challenge

MET, PARTLY, NOT_YET, CANNOT_TELL = Standing.MET, Standing.PARTLY, Standing.NOT_YET, Standing.CANNOT_TELL
GOOD, BAD = "Lena asks the class at noon on Monday", "We hope that somebody will sometimes have a look"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return HashingEmbedder(256)


def plain(many: int, standings: Sequence[Standing] = (MET, NOT_YET), author: str = "") -> list[Reviewed]:
    """Work that stands as it reads, by as many authors, or by the one."""
    return [
        Reviewed(f"r{at}", f"{(GOOD, BAD)[at % 2]}, in case {at}.", None, None, {"k0": standings[at % 2]}, author)
        for at in range(many)
    ]


def judged(
    brief: ChallengeAsItStands, history: Sequence[Reviewed], embedder: Embedder, text: str = f"{GOOD}, in case 99."
) -> Judgement:
    kept = json.loads(json.dumps(fit([(brief, history)], embedder)))
    return assess(brief, text, history, embedder, Desks(), kept).criteria[0]


def test_what_reads_as_it_stands_is_said_with_what_entitles_to_it(embedder: Embedder) -> None:
    met = judged(challenge(1), plain(40), embedder)
    not_yet = judged(challenge(1), plain(40), embedder, f"{BAD}, in case 99.")
    assert (met.standing, not_yet.standing) == (MET, NOT_YET)
    assert met.record is not None
    assert (met.record.compared, met.record.said, met.record.right) == (40, 20, 20)


def test_below_twenty_judged_works_nothing_is_said_however_plain_it_is(embedder: Embedder) -> None:
    few = judged(challenge(1), plain(FEWEST_JUDGED - 2), embedder)
    assert (few.standing, few.record) == (CANNOT_TELL, None)
    assert judged(challenge(1), plain(FEWEST_JUDGED), embedder).standing is MET


@pytest.mark.parametrize("seed", range(8))
def test_where_standing_has_nothing_to_do_with_the_words_nothing_is_said(seed: int, embedder: Embedder) -> None:
    dice = random.Random(seed)
    history = [replace(one, criteria={"k0": dice.choice((MET, PARTLY, NOT_YET))}) for one in plain(40)]
    for text in (GOOD, BAD):
        assert judged(challenge(1), history, embedder, text).standing is CANNOT_TELL


def test_always_saying_the_commonest_is_no_knowledge(embedder: Embedder) -> None:
    history = [replace(one, criteria={"k0": MET if at == 7 else NOT_YET}) for at, one in enumerate(plain(40))]
    assert judged(challenge(1), history, embedder, BAD).standing is CANNOT_TELL


def test_what_one_author_writes_again_and_again_shows_nothing_of_others(embedder: Embedder) -> None:
    """Every author has words of their own, in five works that stand alike: who knows the author knows no other work."""
    words = ("acorn", "birch", "cedar", "damson", "elder", "fir", "ginkgo", "hazel")
    history = [
        Reviewed(
            f"{word}{at}", f"{word} {word} {word} in year {at}", None, None, {"k0": MET if n % 2 else NOT_YET}, word
        )
        for n, word in enumerate(words)
        for at in range(5)
    ]
    by_author = judged(challenge(1), history, embedder, "birch birch birch in year 9")
    nobody_known = [replace(one, author=one.id) for one in history]
    assert by_author.standing is CANNOT_TELL
    assert judged(challenge(1), nobody_known, embedder, "birch birch birch in year 9").standing is MET


WORDS = (
    *("fridge", "nurse", "milk", "monday", "list", "door", "key", "cook", "paper", "lunch", "water", "table"),
    *("lamp", "yard", "song", "pump", "valve", "book", "rain"),
)


def by_chance(dice: random.Random, works: int, members: int, *, mended: str = "") -> list[Reviewed]:
    """Works of words and standings by chance, each handed in by every member of its group, a word in them mended."""
    return [
        Reviewed(f"r{at}.{m}", f"{text}{mended * m}", None, None, {"k0": standing}, f"a{at}.{m}")
        for at in range(works)
        for standing, text in [(dice.choice((MET, NOT_YET)), _text(dice))]
        for m in range(members)
    ]


def _text(dice: random.Random) -> str:
    return " ".join(f"The {' '.join(dice.sample(WORDS, 9))}." for _ in range(4))


def allowed(brief: ChallengeAsItStands, history: Sequence[Reviewed], embedder: Embedder) -> list[float]:
    """The certainties from which it may speak on what was judged."""
    kept = fit([(brief, history)], embedder)["records"][brief.id]
    return [one[3] for of in kept.values() for one in of.values() if one[3] is not None]


@pytest.mark.parametrize("mended", ["", " Thanks."])
@pytest.mark.parametrize("seed", range(3))
def test_knowing_a_groups_text_by_heart_is_no_knowledge(seed: int, mended: str, embedder: Embedder) -> None:
    history = by_chance(random.Random(seed), 24, 3, mended=mended)
    assert allowed(challenge(1), history[-60:], embedder) == []


def test_a_text_that_three_hand_in_counts_once(embedder: Embedder) -> None:
    copied = [
        replace(one, id=f"{one.id}.{member}", author=f"{one.id}.{member}") for one in plain(40)[:15] for member in "abc"
    ]
    assert judged(challenge(1), copied, embedder).standing is CANNOT_TELL
    alone = judged(challenge(1), [*copied, *plain(40)[15:24]], embedder)
    assert alone.standing is MET
    assert alone.record is not None
    assert alone.record.compared == 24


def test_who_shares_a_text_shares_all_others_too(embedder: Embedder) -> None:
    """Pairs hand in one text together and write others alone, each pair in words of its own that stand alike."""
    words = ("acorn", "birch", "cedar", "damson", "elder", "fir", "ginkgo", "hazel")
    history = [
        Reviewed(
            f"{word}{at}", f"{word} {word} {word} in {year}", None, None, {"k0": (MET, NOT_YET)[n % 2]}, f"{word}{who}"
        )
        for n, word in enumerate(words)
        for at, (year, who) in enumerate([("all", 0), ("all", 1), ("1", 0), ("2", 1), ("3", 0), ("4", 1)])
    ]
    assert judged(challenge(1), history, embedder, "birch birch birch in 9").standing is CANNOT_TELL


def test_what_was_shown_of_other_words_entitles_to_nothing(embedder: Embedder) -> None:
    brief, history = challenge(1), plain(40)
    fitted = fit([(brief, history)], embedder)
    assert assess(brief, GOOD, history, embedder, Desks(), fitted).criteria[0].standing is MET
    for words in ({"text": "Thanks the family."}, {"question": "Whom do you thank?"}, {"evidence": "Any red lamp."}):
        reworded = replace(brief, criteria=(replace(brief.criteria[0], **words),))
        assert assess(reworded, GOOD, history, embedder, Desks(), fitted).criteria[0].standing is CANNOT_TELL
    other = replace(brief, id="another")
    assert assess(other, GOOD, history, embedder, Desks(), fitted).criteria[0].standing is CANNOT_TELL


def test_more_verdicts_take_a_right_away_again(embedder: Embedder) -> None:
    history = plain(40)
    turned = [replace(one, id=f"t{one.id}", criteria={"k0": NOT_YET}) for one in plain(20) if "Lena" in one.text]
    assert judged(challenge(1), history, embedder).standing is MET
    assert judged(challenge(1), [*history, *turned], embedder).standing is CANNOT_TELL


def test_what_was_shown_on_work_that_is_taken_back_entitles_to_nothing(embedder: Embedder) -> None:
    brief, history = challenge(1), plain(40)
    fitted = fit([(brief, history)], embedder)
    left = [assess(brief, GOOD, history[:many], embedder, Desks(), fitted).criteria[0] for many in (20, 19)]
    assert [one.standing for one in left] == [MET, CANNOT_TELL]
    assert left[1].record is None


def test_a_persons_word_needs_no_record(embedder: Embedder) -> None:
    brief, history = challenge(1), plain(40)
    said = (PersonsReading("k0", NOT_YET),)
    (found,) = assess(
        brief, GOOD, history, embedder, Desks(), fit([(brief, history)], embedder), readings=said
    ).criteria
    assert (found.standing, found.by_person, found.record) == (NOT_YET, True, None)


def read(*cases: tuple[float | None, Standing, int]) -> list[LeftOut]:
    return [LeftOut(chance, stood) for chance, stood, many in cases for _ in range(many)]


def test_where_it_is_right_only_when_it_is_sure_it_speaks_only_then() -> None:
    left_out = read((0.9, MET, 15), (0.7, MET, 5), (0.7, NOT_YET, 5), (0.1, NOT_YET, 15))
    records = examine(left_out)
    assert records[MET] == TrackRecord(40, 15, 15, 0.75)
    assert standing_of(0.7, records) == (CANNOT_TELL, None)
    assert standing_of(0.8, records) == (MET, records[MET])


def test_one_standing_may_be_known_and_the_other_not() -> None:
    records = examine(read((0.9, MET, 10), (0.9, PARTLY, 8), (0.1, NOT_YET, 22)))
    assert standing_of(0.95, records) == (CANNOT_TELL, None)
    assert standing_of(0.05, records) == (NOT_YET, records[NOT_YET])


def test_a_few_right_ones_are_luck() -> None:
    records = examine(read((0.9, MET, 3), (0.5, MET, 12), (0.5, NOT_YET, 15)))
    assert records[MET].least is None
    assert (records[MET].said, records[MET].right) == (3, 3)


@pytest.mark.parametrize(("many", "entitled"), [(3, False), (5, False), (6, True)])
def test_three_right_of_three_are_luck_even_where_no_standing_is_common(many: int, entitled: bool) -> None:
    """The lower end for three of three, .37, lies above .35."""
    records = examine(read((0.9, MET, many), (0.5, MET, 7 - many), (0.45, NOT_YET, 7), (0.45, PARTLY, 6)))
    assert (records[MET].least is not None) is entitled


def test_of_verdicts_by_chance_hardly_any_entitle() -> None:
    """In how many of 500 draws one of the two standings would be said, with chances of all sizes, and with timid ones,
    which say little. Without the least number of works it was 3, 1, 1 and 4."""
    timid = [_entitled(many, lambda dice: dice.gauss(0.5, 0.12)) for many in (20, 40)]
    assert [*(_entitled(many, random.Random.random) for many in (20, 40)), *timid] == [1, 0, 0, 0]


def _entitled(many: int, chance: Callable[[random.Random], float]) -> int:
    dice = random.Random(1)
    draws = (
        [LeftOut(min(0.98, max(0.02, chance(dice))), dice.choice((MET, PARTLY, NOT_YET))) for _ in range(many)]
        for _ in range(500)
    )
    return sum(any(one.least is not None for one in examine(draw).values()) for draw in draws)


def test_what_cannot_be_told_was_not_said() -> None:
    records = examine(read((None, MET, 20), (None, NOT_YET, 20)))
    assert {one.said for one in records.values()} == {0}
    assert standing_of(None, records) == (CANNOT_TELL, None)
