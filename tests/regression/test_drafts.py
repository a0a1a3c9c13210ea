"""Whole drafts against known standings, on works of our own: what is claimed is so, however little that leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import drafts as benchmark
from pipelines.evaluation import drafts
from pipelines.evaluation.drafts import DraftSaid, KnownWorks, PointSaid
from pipelines.evaluation.folders import CasesUnusable
from pipelines.values import Band, PointKind, Standing

HERE = Path(__file__).parent / "drafts"


@pytest.fixture(scope="module")
def known() -> KnownWorks:
    return drafts.read(HERE)


def test_a_line_for_each_folder_comes_before_the_last_over_all(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main([str(HERE), str(HERE), "--embedder", "hashing"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("folder") for line in lines] == ["drafts", "drafts", None]
    assert lines[2]["works"] == lines[0]["works"] + lines[1]["works"]
    assert lines[2]["baseline"]["claims"] == 2 * lines[0]["baseline"]["claims"]


def test_each_figure_counts_what_its_name_says(known: KnownWorks) -> None:
    work = next(one for one in known.works if one.id == "w2")
    at = work.text.index("We will see")
    points = (
        PointSaid(PointKind.STRENGTH, "a1", at, at + 10, "This names what is sown.", Band.HIGH),
        PointSaid(PointKind.NEXT_STEP, "a2", 0, 5, "Who is it while you are in Denmark?"),
        PointSaid(PointKind.QUESTION, "a3", 0, 5, "This names what is sown."),
    )
    standings = {"a1": Standing.MET, "a2": Standing.PARTLY}
    found = drafts.figures(drafts.counted(known, [DraftSaid(work, points, standings)]))
    assert (found["points"], found["claims"], found["questions"], found["sheets"]) == (3, 2, 1, 0)
    assert (found["claim_precision"], found["false_praise"], found["false_lack"]) == (0.5, 1.0, 0.0)
    assert (found["open_named"], found["top_named"], found["idle_questions"]) == (0.5, 0.0, 0.0)
    assert (found["placed"], found["specific"]) == (0.3333, 0.3333)
    assert (found["verdict_right"], found["band_high_right"], found["repeated"]) == (0.5, 0.0, 0.0)


def test_a_sentence_in_two_drafts_is_repeated_and_a_quotation_is_not(known: KnownWorks) -> None:
    first, second = known.works[:2]
    same = PointSaid(PointKind.QUESTION, "a1", 0, 5, "Who waters? Our rules say: “tells the board who waters”.")
    other = PointSaid(PointKind.QUESTION, "a1", 0, 5, "Who waters?")
    found = drafts.figures(drafts.counted(known, [DraftSaid(first, (same,)), DraftSaid(second, (other,))]))
    assert found["repeated"] == 0.6667


def test_a_row_without_gold_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "challenges.jsonl").write_text('{"id": "c", "prompt": "Plan."}\n')
    (tmp_path / "works.jsonl").write_text('{"id": "w", "challenge": "c", "text": "A plan."}\n')
    with pytest.raises(CasesUnusable, match="row 1"):
        drafts.read(tmp_path)
