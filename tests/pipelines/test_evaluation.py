"""Measuring: what a folder says, what a figure is, and what the difference of two configurations is worth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.evaluation import answers, configuration, context, folders, measures
from pipelines.evaluation.answers import Bench, Drafter, Read
from pipelines.evaluation.comparing import ComparedMeasure, compare
from pipelines.evaluation.configuration import Assessing, Configuration, ConfigurationUnusable, PromptChoice, Retrieving
from pipelines.evaluation.folders import CasesUnusable, JudgedAnswer
from pipelines.evaluation.measures import Measure, Outcomes
from pipelines.evaluation.shelves import Remembering
from pipelines.ports import LanguageModel, ModelReply, ModelRequest, ModelUnavailable, Vectors
from pipelines.values import Standing, Usage

REGRESSION = Path(__file__).parents[1] / "regression"
NOW = Configuration("now")


def quietly(what: str, done: int, of: int) -> None:
    """Nobody waits for a test's progress."""


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


# Folders


def test_a_folder_of_answers_is_read_as_its_format_says(tmp_path: Path) -> None:
    write(
        tmp_path / "challenges.jsonl",
        [
            {
                "id": 1,
                "language": "ge",
                "prompt": "Warum?",
                "full_marks": 4,
                "criteria": [{"id": "k1", "text": "sagt es"}],
            }
        ],
    )
    row = {"id": "a", "challenge": 1, "text": "Darum.", "label": "Partially correct", "score": 3}
    write(tmp_path / "history.jsonl", [row, {**row, "id": "b", "score": None, "author": "x"}])
    read = folders.answers(tmp_path)
    assert read.challenges["1"].language == "de"
    assert [(one.mark, one.standing) for one in read.history["1"]] == [(0.75, Standing.PARTLY), (0.5, Standing.PARTLY)]
    assert read.probes == read.blanks == read.cold == []


def test_a_line_separator_inside_a_string_ends_no_row(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "one\u2028two\x85three"}\n\n', encoding="utf-8")
    assert folders.rows(tmp_path / "rows.jsonl") == [{"text": "one\u2028two\x85three"}]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "a", "challenge": "c", "text": "t", "label": "Wrong"}, "row 1"),
        ({"id": "a", "challenge": "other", "text": "t", "label": "Correct", "score": 1}, "one of challenges.jsonl"),
        ({"id": "a", "challenge": "c", "label": "Correct"}, "text"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: Mapping[str, Any], said: str) -> None:
    write(tmp_path / "challenges.jsonl", [{"id": "c"}])
    write(tmp_path / "history.jsonl", [row])
    with pytest.raises(CasesUnusable, match=said):
        folders.answers(tmp_path)


def test_a_folder_without_cases_says_what_should_be_there(tmp_path: Path) -> None:
    with pytest.raises(CasesUnusable, match=r"challenges\.jsonl"):
        folders.answers(tmp_path)
    with pytest.raises(CasesUnusable, match=r"questions\.jsonl"):
        folders.documents(tmp_path)
    (tmp_path / "bad.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(CasesUnusable, match="line 1"):
        folders.rows(tmp_path / "bad.jsonl")


# Configurations


def test_a_configuration_says_only_what_differs_from_the_settings_in_force(tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text(
        'embedder = "hashing"\n[model]\nname = "qwen"\nlocal = true\n[retrieval]\npassage_tokens = 60\n', "utf-8"
    )
    found = configuration.read(file, NOW)
    assert found.name == "short"
    assert (found.embedder, found.model.name, found.model.local) == ("hashing", "qwen", True)
    assert found.retrieval == Retrieving(passage_tokens=60)
    assert found.assessment == NOW.assessment


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("embeder = 'hashing'", "Did you mean embedder"),
        ("[retrieval]\nchunk = 3", "retrieval.chunk is nothing that can be set"),
        ("[assessment]\njudged = 'all'", "should be like 400"),
        ("[assessment]\nshared = 1", "should be like True"),
        ("model = 'gpt'", "should be a table"),
        ("[retrieval]\npassage_tokens = 2", "it can be 8 to 400"),
        ("= 3", "cannot be read as TOML"),
    ],
)
def test_a_configuration_that_says_nonsense_is_refused_with_what_to_change(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationUnusable, match=said):
        configuration.read(tmp_path / "c.toml", NOW)


# Figures


def outcomes(truth: Sequence[int], said: Sequence[int], confidence: Sequence[float]) -> Outcomes:
    rows = [
        {"truth": float(t), "said": float(s), "right": float(t == s), "confidence": c, "answered": float(c > 0.5)}
        for t, s, c in zip(truth, said, confidence, strict=True)
    ]
    return Outcomes.of([f"p{at}" for at in range(len(rows))], rows)


def measure(name: str) -> Measure:
    return next(one for one in measures.ASSESSING if one.name == name)


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_macro_f1_is_that_of_scikit_learn_with_all_three_verdicts(classes: int) -> None:
    dice = np.random.default_rng(classes)
    truth, said = dice.integers(0, classes, 50).tolist(), dice.integers(0, classes, 50).tolist()
    expected = f1_score(truth, said, average="macro", labels=[0, 1, 2], zero_division=0)
    assert outcomes(truth, said, [0.5] * 50).value(measure("verdict_macro_f1")) == pytest.approx(expected)


def test_precision_is_that_of_the_surest() -> None:
    made = outcomes([2] * 20, [2] * 9 + [0] * 11, [1 - at / 20 for at in range(20)])
    assert made.value(measure("precision_at_45")) == 1.0
    assert made.value(measure("verdict_accuracy")) == 0.45
    assert made.value(measure("answered_precision")) == 0.9
    assert [precision for coverage, precision in measures.curve(made) if coverage in (0.45, 1.0)] == [1.0, 0.45]


def test_a_figure_over_nothing_is_none_rather_than_a_number() -> None:
    nothing = Outcomes.of([], [])
    assert set(measures.figures(nothing, measures.ASSESSING).values()) == {None}
    assert measures.curve(nothing) == []
    silent = outcomes([2, 2], [0, 0], [0.1, 0.2])
    assert measures.figures(silent, [measure("answered_precision")]) == {"answered_precision": None}


def test_a_case_that_a_column_says_nothing_of_counts_nothing() -> None:
    made = Outcomes.of(["a", "b", "c"], [{"fits": 1.0}, {"fits": None}, {"fits": 0.0}])
    assert made.value(measures.mean_of("fits", "")) == 0.5
    assert made.rows()[1] == {"case": "b", "fits": None}


# Comparing


HIT = measures.mean_of("hit_at_1", "first")


def hits(*values: int) -> Outcomes:
    return Outcomes.of([f"q{at}" for at in range(len(values))], [{"hit_at_1": float(value)} for value in values])


def line(one: Outcomes, other: Outcomes, by: Measure = HIT, **how: int) -> ComparedMeasure:
    (found,) = compare([one, other], [by], **how)
    return found


def test_a_configuration_does_not_differ_from_itself() -> None:
    same = hits(*[0, 1] * 30)
    found = line(same, same)
    assert found.difference is not None
    assert (found.difference.value, found.difference.low, found.difference.high) == (0, 0, 0)
    assert found.told == 0


def test_pairing_tells_what_two_intervals_side_by_side_would_hide() -> None:
    """The second is right wherever the first is, and on eight more of a hundred; yet the two intervals overlap."""
    one = hits(*[1] * 50 + [0] * 50)
    other = hits(*[1] * 58 + [0] * 42)
    found = line(one, other)
    assert found.each[1].low < found.each[0].high
    assert found.told == 1
    assert found.difference is not None
    assert found.difference.low == pytest.approx(0.03, abs=0.02)


def test_two_cases_of_a_hundred_are_not_told_apart_from_chance() -> None:
    one, other = hits(*[1, 0] * 50), hits(*[1, 0] * 48, 0, 1, 1, 1)
    assert line(one, other).told == 0


def test_where_less_is_better_the_smaller_one_wins() -> None:
    less = measures.mean_of("hit_at_1", "errors", -1)
    assert line(hits(*[1] * 60), hits(*[0] * 60), less).told == 1
    assert line(hits(*[0] * 60), hits(*[1] * 60), less).told == -1
    neither = measures.mean_of("hit_at_1", "answered", 0)
    assert line(hits(*[0] * 60), hits(*[1] * 60), neither).told == 0


def test_the_interval_is_about_as_wide_as_theory_says() -> None:
    made = hits(*[1] * 80 + [0] * 20)
    (found,) = compare([made], [HIT])
    wide = found.each[0].high - found.each[0].low
    assert wide == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 100) ** 0.5, rel=0.15)
    assert found.difference is None


def test_the_same_seed_gives_the_same_intervals() -> None:
    one, other = hits(*[1, 0, 1] * 20), hits(*[0, 1, 1] * 20)
    assert line(one, other) == line(one, other)
    assert line(one, other, seed=1) != line(one, other, seed=2)


def test_only_the_same_cases_can_be_compared() -> None:
    with pytest.raises(ValueError, match="same cases"):
        compare([hits(1, 0), hits(1, 0, 1)], [HIT])


def test_what_neither_side_says_is_left_out() -> None:
    assert compare([hits(1), hits(0)], [measures.mean_of("tokens", "")]) == []


# The whole of it, on the cases of our own and an embedder that needs no model


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(folders.answers(REGRESSION / "answers"), Remembering(HashingEmbedder()))


def test_reading_gives_a_row_a_probe(bench: Bench) -> None:
    seen: list[tuple[str, int, int]] = []
    read = bench.read_all(lambda *said: seen.append(said))
    made = answers.outcomes(read)
    assert made.cases == tuple(row.id for row in bench.answers.probes)
    assert [done for _, done, _ in seen] == list(range(len(read)))
    found = measures.figures(made, measures.ASSESSING)
    assert all(value is not None for value in found.values())
    assert (found["verdict_macro_f1"] or 0) > 0.6


def test_reviews_that_are_not_to_be_used_are_not_used() -> None:
    few = Bench(folders.answers(REGRESSION / "answers"), Remembering(HashingEmbedder()), Assessing(judged=10))
    assert len(few.history("leaves")) == 10
    assert few.history("leaves")[0].id == "h-leaves-26", "the latest are kept"
    untaught = replace(few.settings, shared=False)
    alone = Bench(few.answers, few.embedder, untaught)
    assert all(one.abstained for one in alone.read_all(quietly))


def test_every_probe_is_drafted_by_the_whole_pipeline(bench: Bench) -> None:
    drafter = Drafter.over(bench)
    made = drafter.drafts(9, quietly)
    assert len(made.cases) == 9
    assert len({case.split("-")[1] for case in made.cases}) == 3, "they are picked from all challenges"
    assert np.isnan(made.columns["tokens"]).all(), "no model was asked"
    assert all(drafter.refused(quietly))
    assert (cold := drafter.cold(quietly)) is not None
    assert all(cold[1])


class Unreachable:
    """A model that never answers."""

    name, local = "unreachable", True

    def reply(self, request: ModelRequest) -> ModelReply:
        raise ModelUnavailable("It does not answer.", usage=Usage(10, 0, 1))


def test_a_model_that_does_not_answer_shows_in_the_figures(bench: Bench) -> None:
    model: LanguageModel = Unreachable()
    made = Drafter.over(bench, model, PromptChoice(repairs=0)).drafts(6, quietly)
    found = measures.figures(made, measures.DRAFTING)
    assert (found["tokens"] or 0) > 0
    assert made.columns["fell_back"][made.columns["drafted"] > 0].all()


def test_documents_are_asked_for_inside_their_own_organization() -> None:
    documents = folders.documents(REGRESSION / "context")
    asked = context.measure(documents, Remembering(HashingEmbedder()), Retrieving(), quietly)
    found = measures.figures(asked.outcomes, measures.FINDING)
    assert asked.foreign == 0
    assert (found["mrr"] or 0) > 0.8
    assert len(asked.ranks) == len(documents.questions) == 50


def test_shorter_passages_are_more_passages() -> None:
    texts = folders.documents(REGRESSION / "context").texts["fenwick-cycles"]
    assert len(folders.passages(texts, "f", 40)) > 2 * len(folders.passages(texts, "f"))


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, (1, 1, 1)), (2, (0, 1, 0.5)), (5, (0, 1, 0.2)), (6, (0, 0, 1 / 6)), (None, (0, 0, 0))]
)
def test_a_rank_is_a_hit_or_not(rank: int | None, expected: tuple[float, float, float]) -> None:
    question = folders.DocumentQuestion("q", "o", "?", frozenset())
    row = context.outcomes([question], [rank]).rows()[0]
    assert (row["hit_at_1"], row["hit_at_5"], row["mrr"]) == pytest.approx(expected, abs=1e-5)


def test_points_of_criteria_are_ranked_within_each_challenge() -> None:
    def read(challenge: str, mark: float, points: float | None) -> Read:
        row = JudgedAnswer("r", challenge, "", "t", "", mark, Standing.PARTLY)
        return Read(row, Standing.PARTLY, mark, 0.5, False, (), points)

    one = [read("a", 0.1, 0.1), read("a", 0.5, 0.5), read("b", 0.9, 0.0), read("b", 0.1, 0.4)]
    assert answers.criterion_spearman(one) == 0.0
    assert answers.criterion_spearman(one[:2]) == 1.0
    assert answers.criterion_spearman([read("a", 0.1, None)]) is None


def test_no_text_is_embedded_twice() -> None:
    embedded: list[str] = []

    class Counting(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            embedded.extend(texts)
            return super().embed(texts)

    counting = Counting(16)
    remembering = Remembering(counting)
    remembering.embed(["a", "b", "a"])
    assert remembering.embed(["b", "c"]).shape == (2, 16)
    assert remembering.embed([]).shape == (0, 16)
    assert embedded == ["a", "b", "c"]
