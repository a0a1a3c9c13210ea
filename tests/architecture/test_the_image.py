"""What the container image holds: all that serves and drafts, and nothing that only measures."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = "pipelines/evaluation"

WITHOUT_THE_CHECKOUT = """
import runpy, sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in getattr(finder, "__module__", "")]
runpy.run_module("service.cli", run_name="__main__", alter_sys=True)
"""
"""An editable installation would find in the checkout whatever the copy leaves out."""

BUNDLE = [
    {"kind": "organization", "id": "quillmere", "name": "Quillmere Schools", "language": "en"},
    {"kind": "group", "id": "year-8", "name": "Year 8"},
    {"kind": "person", "id": "amara", "name": "Amara Lind", "roles": [{"role": "learner", "group": "year-8"}]},
    {"kind": "challenge", "id": "observation", "title": "Peer observation", "prompt": "Plan peer observation.",
     "criteria": [{"id": "k1", "text": "names who observes whom", "question": "Who visits whom?"}]},
    {"kind": "submission", "id": "s-1", "challenge": "observation", "person": "amara",
     "text": "We pair teachers across grades and visit each other twice before half-term."},
]  # fmt: skip


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders that the Dockerfile copies, as .dockerignore lets them through; and what Python has compiled of them
    (but for what another process is just writing), or each command here would do it anew."""
    folder = tmp_path_factory.mktemp("image")
    for package in re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc.*"))
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if re.fullmatch(r"[\w/]+", line):
            shutil.rmtree(folder / line)
    (folder / "bundle.ndjson").write_text("".join(json.dumps(line) + "\n" for line in BUNDLE), "utf-8")
    return folder


def command(image: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PEERLOOM_", "OPENAI_"))}
    own = {"PYTHONPATH": str(image), "PEERLOOM_DATA": str(image / "data"), "PEERLOOM_EMBEDDER": "hashing"}
    return [sys.executable, "-c", WITHOUT_THE_CHECKOUT, *arguments], {**clean, **own, "PEERLOOM_INDEX": "exact"}


def run(image: Path, *arguments: str, code: int = 0) -> str:
    line, environment = command(image, *arguments)
    result = subprocess.run(line, cwd=image, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_the_image_leaves_out_what_measures(image: Path) -> None:
    assert not (image / LEFT_OUT).exists()
    assert (image / "service" / "cli" / "evaluate.py").exists()


def test_it_takes_work_in_and_drafts_and_serves_without_what_measures(image: Path) -> None:
    assert "5 lines, 5 kept, 0 not" in run(image, "import", str(image / "bundle.ndjson"))
    assert "names who observes whom" in run(image, "draft", "s-1")
    line, environment = command(image, "serve", "--port", "0")
    with subprocess.Popen(line, cwd=image, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            address = next(found[0] for said in server.stderr if (found := re.search(r"http://\S+", said)))
            with urllib.request.urlopen(f"{address}/ready", timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.terminate()


def test_evaluating_there_says_what_to_install(image: Path) -> None:
    said = run(image, "evaluate", "--answers", str(image), code=1)
    assert "pip install ." in said
    assert "Traceback" not in said
