"""A person, a model, or a comparison that has shown on judged work that it knows more than the commonest verdict."""

from __future__ import annotations

import pytest

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.assessment import Desks, assess
from pipelines.assessment.trials import lower_bound, trial
from pipelines.values import Assessment, ChallengeAsItStands, Criterion, Reviewed, Standing

MET, NOT_YET, PARTLY, UNTOLD = Standing.MET, Standing.NOT_YET, Standing.PARTLY, Standing.CANNOT_TELL
CRITERION = Criterion("k1", "names a day for the visit", "On which day is it?")
CHALLENGE = ChallengeAsItStands("visits", "Plan a visit.", criteria=(CRITERION,))
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
ROOMS = ("kitchen", "library", "garden", "workshop", "office", "hall", "studio")


def work(number: int, met: bool) -> Reviewed:
    room = ROOMS[number % len(ROOMS)]
    named = f"The visit to the {room} takes place on {DAYS[number % 5]} the {number + 1}th of May at nine."
    vague = f"We look forward to the {room} and hope that somebody finds the time for it somehow, idea {number}."
    return Reviewed(
        f"w{number}", named if met else vague, author=f"p{number}", criteria={"k1": MET if met else NOT_YET}
    )


def read(count: int, *, telling: bool = True, verdicts: dict[str, Standing] | None = None) -> Assessment:
    """A new text against so many judged works, whose verdicts go by what they say, or by nothing in them."""
    works = [work(n, n % 2 == 0) for n in range(count)]
    if not telling:
        works = [Reviewed(w.id, work(n, True).text, author=w.author, criteria=w.criteria) for n, w in enumerate(works)]
    text = "The visit to the cellar takes place on Tuesday the 30th of May at nine."
    return assess(CHALLENGE, text, works, HashingEmbedder(), Desks(), None, (), verdicts)


def test_the_lower_bound_of_a_share_is_wilsons() -> None:
    assert lower_bound(31, 34) == pytest.approx(0.7986, abs=0.0001)
    assert lower_bound(0, 0) == 0.0


def test_better_than_the_commonest_verdict_by_more_than_chance_may_speak() -> None:
    judged = [MET] * 15 + [NOT_YET] * 15
    assert trial(judged, judged).entitled
    wrong = [MET] * 22 + [NOT_YET] * 8
    assert trial(wrong, judged).right == 23
    assert trial(wrong, judged).entitled
    assert not trial([MET] * 30, judged).entitled


def test_the_commonest_verdict_itself_is_no_knowledge() -> None:
    judged = [NOT_YET] * 27 + [MET] * 3
    found = trial([NOT_YET] * 30, judged)
    assert (found.right, found.commonest, found.entitled) == (27, 27, False)


def test_of_fewer_than_twenty_nothing_is_said_however_well_it_did() -> None:
    judged = [MET] * 10 + [NOT_YET] * 9
    assert not trial(judged, judged).entitled
    assert trial(judged, judged).missing == 1


def test_what_was_not_told_is_neither_right_nor_wrong() -> None:
    judged = [MET] * 12 + [NOT_YET] * 12
    found = trial([MET] * 12 + [UNTOLD] * 12, judged)
    assert (found.told, found.right, found.entitled) == (12, 12, True)
    assert not trial([UNTOLD] * 24, judged).entitled


def test_partly_is_not_right_where_a_person_said_not_yet() -> None:
    assert trial([PARTLY], [NOT_YET]).right == 0


def test_a_comparison_that_reads_judged_work_rightly_says_how_a_new_text_stands() -> None:
    (found,) = read(30).criteria
    assert found.trial is not None
    assert (found.trial.judged, found.trial.entitled, found.standing) == (30, True, MET)
    assert found.trial.right >= 27


def test_a_comparison_that_cannot_read_judged_work_is_silent_and_shows_its_figures() -> None:
    (found,) = read(30, telling=False).criteria
    assert found.trial is not None
    assert (found.trial.judged, found.trial.entitled, found.standing) == (30, False, UNTOLD)


def test_with_fewer_than_twenty_judged_the_same_comparison_is_silent() -> None:
    (found,) = read(18).criteria
    assert found.trial is not None
    assert (found.trial.judged, found.standing) == (18, UNTOLD)


def test_without_any_judged_work_words_alone_give_no_verdict() -> None:
    (found,) = read(0).criteria
    assert (found.trial, found.standing, found.chance) == (None, UNTOLD, 0.5)


def test_a_persons_verdict_on_this_text_holds_against_the_comparison() -> None:
    (found,) = read(30, verdicts={"k1": PARTLY}).criteria
    assert (found.standing, found.confidence, found.by_person) == (PARTLY, 1.0, True)
    (unsaid,) = read(30, verdicts={"k1": UNTOLD}).criteria
    assert (unsaid.standing, unsaid.by_person) == (MET, False)


def test_a_verdict_that_comes_in_is_weighed_with_the_next_reading() -> None:
    desks, embedder = Desks(), HashingEmbedder()
    works = [work(n, n % 2 == 0) for n in range(20)]
    before = assess(CHALLENGE, works[0].text, works[1:], embedder, desks, None).criteria[0]
    after = assess(CHALLENGE, works[0].text, works, embedder, desks, None).criteria[0]
    assert before.trial is not None
    assert after.trial is not None
    assert (before.trial.judged, before.trial.entitled) == (19, False)
    assert (after.trial.judged, after.trial.entitled) == (20, True)
