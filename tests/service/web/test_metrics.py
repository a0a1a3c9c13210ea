"""What Prometheus is told, in its own format and by real HTTP; and that examples ask for nothing else."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from service.store.measures import Measures, Took
from service.web.metrics import MeasuredNow, Numbers, serve

EXAMPLES = Path(__file__).parents[3] / "examples" / "monitoring"
FOUND = Measures(
    jobs={("draft", "queued"): 3, ("mail", "dead"): 1},
    oldest={"draft": 12.5},
    took={"draft": Took(9, 1.25, 4.0)},
    drafts={"ready": 7},
    spent=1234567.25,
    calls=4,
    prompt_tokens=1000,
    completion_tokens=200,
)
LINE = re.compile(r'^(\w+)(\{(\w+="([^"\\]|\\.)*"(,|(?=\})))*\})? (\S+)$')


PARTS = {"database": "ok", "index": 'It says "no".'}


def exposition(measured: MeasuredNow) -> str:
    """As Prometheus reads it."""
    return generate_latest(Numbers(lambda: measured, "0.1.0")).decode()


def told() -> str:
    return exposition((FOUND, PARTS))


def test_each_number_has_a_line_and_each_family_says_what_it_is() -> None:
    lines = told().splitlines()
    samples = [match for line in lines if not line.startswith("#") and (match := LINE.match(line))]
    assert len(samples) == sum(not line.startswith("#") for line in lines), "every line is well formed"
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {match[1] for match in samples} == families
    for line in (
        'peerloom_up{part="database"} 1.0',
        'peerloom_up{part="index"} 0.0',
        'peerloom_jobs{kind="mail",state="dead"} 1.0',
        'peerloom_oldest_due_job_seconds{kind="draft"} 12.5',
        'peerloom_job_seconds{kind="draft",quantile="0.95"} 4.0',
        "peerloom_model_cost_today 1.23456725e+06",
    ):
        assert line in lines


def test_without_the_database_only_the_parts_are_told() -> None:
    said = exposition((None, {"database": "It does not answer."}))
    assert 'peerloom_up{part="database"} 0' in said
    assert "peerloom_jobs" not in said


def test_a_server_of_its_own_answers_anew_each_time_until_it_is_stopped() -> None:
    looks: list[int] = []

    def measured() -> tuple[Measures, dict[str, str]]:
        looks.append(1)
        return FOUND, PARTS

    port, stop = serve("127.0.0.1", 0, Numbers(measured, "0.1.0"))
    try:
        for _ in range(2):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                assert answer.read().decode() == told()
                assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert len(looks) == 2
    finally:
        stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)


@pytest.mark.parametrize("file", ["alerts.yml", "dashboard.json"])
def test_examples_ask_for_what_there_is(file: str) -> None:
    asked = set(re.findall(r"\bpeerloom_[a-z_]+", (EXAMPLES / file).read_text("utf-8")))
    assert asked
    assert asked <= {line.split()[2] for line in told().splitlines() if line.startswith("# TYPE")}


def test_the_dashboard_is_json_in_which_no_two_panels_lie_upon_each_other() -> None:
    panels = json.loads((EXAMPLES / "dashboard.json").read_text("utf-8"))["panels"]
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
    assert len(set(places)) == len(panels) == len({one["id"] for one in panels})
