"""What a draft rests on, as the desk says it: a mark for the worst fifth, and the comparison's own figures."""

from __future__ import annotations

from dataclasses import asdict

from pipelines.values import Assessment, Judgement, Standing, Trial
from service.actions.desk.evidence import among_the_worst, support, trial


def test_of_ten_drafts_the_two_worst_are_marked() -> None:
    near = [n / 10 for n in range(10)]
    marked = [own for at, own in enumerate(near) if among_the_worst(own, near[:at] + near[at + 1 :])]
    assert marked == [0.0, 0.1]


def test_where_all_are_equal_or_there_are_few_none_is_marked() -> None:
    assert not among_the_worst(0.2, [0.2] * 30)
    assert not among_the_worst(0.1, [0.5, 0.6, 0.7])


def test_a_draft_rests_on_how_near_the_work_speaks_to_the_criteria() -> None:
    overall = Judgement("", Standing.MET, 0.9)
    criteria = tuple(Judgement(key, Standing.CANNOT_TELL, 0.5, evidence=near) for key, near in (("a", 0.2), ("b", 0.4)))
    assert round(support(asdict(Assessment(overall, criteria))), 6) == 0.3
    assert support(asdict(Assessment(overall))) == 0.9


def test_the_figures_of_a_trial_are_kept_and_found_again() -> None:
    found = Trial(34, 34, 31, 20, entitled=True)
    assert trial(asdict(Judgement("a", Standing.MET, 0.9, trial=found))) == found
    assert trial({"criterion": "a", "standing": "met", "confidence": 0.9}) is None
