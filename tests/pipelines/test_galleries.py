"""A gallery is near, varied, never a twin, never unsolved, never the best alone, and what it quotes is there."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.approaches import ApproachWork
from pipelines.comparing import compare
from pipelines.evaluation import gallery as scoring
from pipelines.galleries import GalleryReason, choose
from pipelines.texts.shapes import copied, is_program, twins
from pipelines.values import Criterion, Standing
from tests.budget import examples
from tests.pipelines.gallery_works import FIGURES, INTERVIEWS, PROGRAMS, anything, works

OWN = ApproachWork(
    "own", "We begin with interviews: Lena asks two colleagues what they would like to be asked.", "lena"
)


@settings(max_examples=examples(20, 300), deadline=None)
@given(anything, st.integers(1, 4), st.randoms(use_true_random=False))
def test_only_fit_candidates_are_chosen_never_two_twins_and_in_any_order_the_same(
    some: list[ApproachWork], wanted: int, dice: random.Random
) -> None:
    own = ApproachWork("own", PROGRAMS[0], "amara", score=0.2)
    made = choose(own, some, wanted=wanted)
    by_id = {work.id: work for work in some} | {"own": own}
    shown = [by_id[one.work] for one in made.choices]
    assert len(shown) <= wanted
    assert "own" not in {work.id for work in shown}
    assert all(work.person != "amara" for work in shown)
    assert all(work.standing not in (Standing.NOT_YET, Standing.PARTLY) for work in shown)
    assert not any(copied(a.text, b.text) for a, b in combinations([own, *shown], 2))
    assert len({one.reasons for one in made.choices}) == len(made.choices) or any(is_program(w.text) for w in shown)
    said = compare(own, shown, [Criterion("k1", "says who"), Criterion("k2", "says when")])
    for place in said.places if said else ():
        assert by_id[place.work].text[place.start : place.end] == place.quote
        assert place.quote in said.text
    assert choose(own, dice.sample(some, len(some)), wanted=wanted) == made


def test_of_works_that_are_the_same_but_for_names_one_is_shown_whatever_their_order() -> None:
    said = "Figures first: {} counts how often each question was asked, before anybody is visited."
    copies = [
        ApproachWork(f"copy{n}", said.format(name), name.lower()) for n, name in enumerate(("Mei", "Tariq", "Ifeoma"))
    ]
    (shown,) = choose(OWN, copies).choices
    assert choose(OWN, copies[::-1]).choices == (shown,)
    same = [ApproachWork(id_, copies[0].text, id_) for id_ in ("a", "b")]
    assert choose(OWN, same).choices == choose(OWN, same[::-1]).choices


def test_the_first_goes_about_it_as_the_learner_does_and_another_does_not() -> None:
    made = choose(OWN, works())
    assert made.choices[0].work.startswith("i")
    assert len({one.approach for one in made.choices}) == 3
    assert GalleryReason.OTHER_APPROACH in {reason.why for reason in made.choices[1].reasons}
    assert made.choices[0].reasons[0].why is GalleryReason.SAME_APPROACH


def test_meaning_counts_where_there_are_vectors() -> None:
    some = works()
    vectors = dict(
        zip((w.id for w in (OWN, *some)), HashingEmbedder().embed([w.text for w in (OWN, *some)]), strict=True)
    )
    assert choose(OWN, some, vectors).choices[0].nearness != choose(OWN, some).choices[0].nearness


def test_a_step_ahead_is_better_than_the_best_and_the_best_is_never_alone() -> None:
    own = ApproachWork("own", OWN.text, score=0.4)
    step = ApproachWork("step", INTERVIEWS[1].format(a="Mei", b="Tariq"), standing=Standing.MET, score=0.6)
    best = [
        ApproachWork(f"best{n}", FIGURES[n].format(a="Mei", b="Tariq"), standing=Standing.MET, score=1.0)
        for n in range(3)
    ]
    made = choose(own, [step, *best])
    assert made.choices[0].work == "step"
    assert len(made.choices) == 2
    assert choose(own, best).choices == ()


def test_reasons_are_in_the_readers_language_and_unjudged_work_says_so() -> None:
    made = choose(OWN, [ApproachWork("one", INTERVIEWS[2].format(a="Mei", b=""))], language="de-AT")
    assert "Noch von niemandem beurteilt: Bitte nachsehen, ob die Aufgabe erfüllt ist." in [
        reason.text for reason in made.choices[0].reasons
    ]


def test_who_judged_is_told_only_where_a_person_did() -> None:
    read = ApproachWork("one", FIGURES[0].format(a="Mei", b=""), standing=Standing.MET)
    said = choose(OWN, [read, replace(read, id="two", text=FIGURES[1].format(a="Mei", b=""), by_person=True)])
    told = {one.work: {reason.why for reason in one.reasons} for one in said.choices}
    assert GalleryReason.UNJUDGED in told["one"]
    assert GalleryReason.SOLVED in told["two"]


def test_a_criterion_is_named_once_and_only_where_a_person_judged_it() -> None:
    met, asked = {"k1": Standing.MET}, [Criterion("k1", "starts from figures")]
    some = [
        ApproachWork(f"w{n}", FIGURES[n].format(a="Mei", b="Tariq"), criteria=met, judged=frozenset(met if n else ()))
        for n in range(3)
    ]
    told = {
        one.work: [reason.text for reason in one.reasons if reason.why is GalleryReason.MET]
        for one in choose(OWN, some, criteria=asked).choices
    }
    assert told["w0"] == []
    assert sorted(map(len, told.values())) == [0, 0, 1]


def test_words_that_a_work_has_alone_are_in_none_of_the_others() -> None:
    some = [ApproachWork(f"w{n}", text.format(a="Mei", b="Tariq")) for n, text in enumerate(FIGURES[:2])]
    made = choose(OWN, [*some, ApproachWork("w9", INTERVIEWS[4].format(a="Mei", b=""))])
    texts = {work.id: work.text.casefold() for work in some}
    reason = {one.work: " ".join(r.text for r in one.reasons if r.why is GalleryReason.ALONE) for one in made.choices}
    assert "attendance" in reason["w0"]
    assert "attendance" not in texts["w1"]
    assert "figures" not in reason["w0"] + reason["w1"]  # both have it


def test_most_of_somebodys_text_taken_over_is_a_copy_and_is_not_shown() -> None:
    taken = f"{OWN.text} Then we meet on Friday, and the notes hang beside the kettle until half-term."
    assert copied(taken, OWN.text)
    assert not twins(taken, OWN.text)
    assert choose(OWN, [ApproachWork("copy", taken, "mei")]).choices == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PROGRAMS[0], PROGRAMS[1], True),
        (PROGRAMS[0], PROGRAMS[2], False),
        ("for (int i = 0; i < n; i++) { sum += a[i]; }", "for (int k = 0; k < m; k++) { all += b[k]; } // k", True),
        (INTERVIEWS[0].format(a="Amara", b=""), INTERVIEWS[0].format(a="Piotr", b=""), True),
        ("Amara visits Ben, then Ben visits Amara in spring.", "Mei visits Ole, then Mei visits Ole in spring.", False),
        (INTERVIEWS[0].format(a="Amara", b=""), INTERVIEWS[1].format(a="Amara", b="Mei"), False),
    ],
)
def test_texts_are_twins_when_only_names_differ_throughout(one: str, other: str, same: bool) -> None:
    assert twins(one, other) is same
    assert twins(other, one) is same


def test_programs_are_told_from_prose() -> None:
    assert all(map(is_program, PROGRAMS))
    assert not any(is_program(text) for text in (*INTERVIEWS, *FIGURES, "If we meet, we talk.\nFor us, it works.", ""))


def test_the_scorer_counts_what_is_shown(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"s{n}",
            "challenge": "c",
            "text": text,
            "solved": True,
            "approach": str(max(1, n)),
            "same_after_renaming": str(max(1, n)),
        }
        for n, text in enumerate(PROGRAMS)
    ]
    rows.append(
        {**rows[0], "id": "u", "text": PROGRAMS[0].replace("<=", "<"), "solved": False, "same_after_renaming": "u"}
    )
    (tmp_path / "programs.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    programs = scoring.read(tmp_path)["c"]
    twice = scoring.measure(programs, lambda own, _: ["s0", "s1", "u"]).figures()
    assert (twice["twins_shown"], twice["unsolved_shown"], twice["distinct_approaches"]) == (1, 1, 1.0)
    found = scoring.measure(programs, scoring.by_pipeline([one.work for one in programs], HashingEmbedder())).figures()
    assert (found["distinct_approaches"], found["twins_shown"], found["first_shares_approach"]) == (3.0, 0, 1.0)
