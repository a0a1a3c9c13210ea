"""The command line, run as a person runs it, on real files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from service.actions.access import second_factor
from service.store.sealing import Seal
from service.store.session import Sessions, make_engine
from service.store.tables import Person
from tests import commands

ROOT = Path(__file__).parents[2]

BUNDLE = [
    {"kind": "organization", "id": "quillmere", "name": "Quillmere Schools", "language": "en"},
    {"kind": "group", "id": "year-8", "name": "Year 8"},
    {"kind": "person", "id": "ilse", "name": "Ilse Brandsma", "roles": [{"role": "facilitator", "group": "year-8"}]},
    {
        "kind": "person",
        "id": "amara",
        "name": "Amara Okonkwo-Lind",
        "roles": [{"role": "learner", "group": "year-8"}],
        "consents": {"show_work": "without_name", "introduce": True, "ai": "local"},
    },
    {
        "kind": "challenge",
        "id": "observation",
        "title": "Plan peer observation",
        "prompt": "Plan how your team starts peer observation this term.",
        "criteria": [{"id": "k1", "text": "names who observes whom", "question": "Who visits whom?"}],
    },
    {"kind": "context", "id": "handbook", "title": "Handbook", "file": "handbook.md"},
    {
        "kind": "submission",
        "id": "s-1",
        "challenge": "observation",
        "person": "amara",
        "text": "We pair teachers across grades and visit each other twice before half-term.",
    },
]


class Peerloom:
    """The command, with a data folder of its own and an embedder that starts at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prompts_of: Path | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PEERLOOM_", "OPENAI_"))},
            "PEERLOOM_DATA": str(folder / "data"),
            "PEERLOOM_EMBEDDER": "hashing",
            "PEERLOOM_INDEX": "exact",
        }

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """What it says on both outputs."""
        given = {**self.environment, **environment}
        return self._said(commands.said(self.folder, list(arguments), given, self.prompts_of), code)

    def run_anew(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """The same by a Python that imports everything itself."""
        result = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning:service", "-m", "service.cli", *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return self._said(result, code)

    @staticmethod
    def _said(result: subprocess.CompletedProcess[str], code: int) -> str:
        said = result.stdout + result.stderr
        assert result.returncode == code, said
        assert "Traceback" not in said
        return said


def _with_a_bundle(folder: Path) -> Peerloom:
    (folder / "handbook.md").write_text("# Visits\n\nAgree on one question before each visit.\n", encoding="utf-8")
    lines = "".join(json.dumps(line) + "\n" for line in BUNDLE)
    (folder / "bundle.ndjson").write_text(lines, encoding="utf-8")
    return Peerloom(folder)


@pytest.fixture
def peerloom(tmp_path: Path) -> Peerloom:
    return _with_a_bundle(tmp_path)


@pytest.fixture(scope="module")
def _taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after one import: each makes all tables, and waits some seconds for what is done by the clock."""
    there = _with_a_bundle(tmp_path_factory.mktemp("taken-in"))
    there.run("import", str(there.folder / "bundle.ndjson"))
    return there.folder / "data"


@pytest.fixture
def filled(peerloom: Peerloom, _taken_in: Path) -> Peerloom:
    """The same where the bundle was taken in and drafted."""
    shutil.copytree(_taken_in, peerloom.folder / "data")
    return peerloom


def test_a_bundle_is_taken_in_drafted_shown_and_found_well(peerloom: Peerloom) -> None:
    bundle = str(peerloom.folder / "bundle.ndjson")
    said = peerloom.run("import", bundle)
    assert "7 lines, 7 kept, 0 not" in said
    assert "7 kept" in peerloom.run("import", bundle), "the same again changes nothing"
    assert "names who observes whom" in peerloom.run("draft", "s-1")
    assert "NO " not in peerloom.run("doctor")
    assert "Quillmere Schools: 2 entries" in peerloom.run("reindex")
    seen = peerloom.run("top", "--once")
    assert "Releases are 0 s late" in seen
    assert "draft" in seen


def test_keys_and_tokens_are_shown_once_and_can_be_ended(filled: Peerloom) -> None:
    assert "make one first" in filled.run("token", "amara", code=1)
    secret = next(line for line in filled.run("key", "create", "our platform").splitlines() if line.startswith("plk_"))
    listed = filled.run("key", "list")
    assert "our platform" in listed
    assert secret not in listed
    assert "plt_" in filled.run("token", "amara")
    id_ = next(word for word in listed.split() if len(word) == 32)
    filled.run("key", "revoke", id_)
    assert "revoked" in filled.run("key", "list")


def test_a_lost_second_factor_is_taken_away_by_who_runs_the_machine(filled: Peerloom) -> None:
    assert "There was none." in filled.run("reset-second-factor", "amara")
    engine = make_engine(f"sqlite:///{filled.folder / 'data' / 'peerloom.db'}")
    with Sessions(engine).writing() as session:
        row, now = session.scalars(select(Person).where(Person.external_id == "amara")).one(), datetime.now(UTC)
        second_factor.begin_for(session, row.organization_id, row.id, Seal("of this test"), now=now)
    engine.dispose()
    assert "Print a new link with `peerloom invite`" in filled.run("reset-second-factor", "amara")
    assert "There was none." in filled.run("reset-second-factor", "amara")
    assert "second-factor.reset" in filled.run("audit", "export")


def _still_to_do(peerloom: Peerloom) -> str:
    """How jobs stand, but for how many are done: what is looked after by the clock adds to them."""
    return re.sub(r"\d+ done", "done", peerloom.run("doctor", "--only", "jobs"))


def test_the_demonstration_shows_drafts_and_a_second_run_changes_nothing(peerloom: Peerloom) -> None:
    first = peerloom.run("demo", "--once", "--examples", str(peerloom.folder))
    assert "what waits for a facilitator" in first
    assert "sources:" in first
    assert "plk_" in first
    before = _still_to_do(peerloom)
    second = peerloom.run("demo", "--once", "--examples", str(peerloom.folder))
    assert "plk_" not in second
    assert "peerloom key create" in second
    assert _still_to_do(peerloom) == before


def test_what_cannot_be_is_said_in_a_sentence_that_says_what_to_do(peerloom: Peerloom) -> None:
    assert "There is no organization yet" in peerloom.run("key", "list", code=1, PEERLOOM_DATA=_migrated(peerloom))
    assert "set PEERLOOM_BROKER_URL" in peerloom.run("serve", code=1, PEERLOOM_DISPATCH="celery")
    assert "set PEERLOOM_DISPATCH=celery" in peerloom.run("worker", code=1)
    assert "Did you mean PEERLOOM_PORT?" in peerloom.run("migrate", PEERLOOM_PROT="1")
    assert "There are: folder" in peerloom.run("doctor", "--only", "everything", code=2)


def _migrated(peerloom: Peerloom) -> str:
    peerloom.run("migrate")
    return str(peerloom.folder / "data")


def test_doctor_says_what_is_not_well_and_ends_with_1(peerloom: Peerloom) -> None:
    said = peerloom.run("doctor", "--only", "database", code=1)
    assert "Run 'peerloom migrate'" in said


def test_reviewed_answers_and_documents_are_taken_in(peerloom: Peerloom) -> None:
    folder = peerloom.folder / "answers"
    folder.mkdir()
    _write(
        folder / "challenges.jsonl",
        {"id": "1", "language": "ge", "prompt": "Was tust du?", "reference": "Fragen.", "full_marks": 2.0,
         "criteria": [{"id": "k1", "text": "fragt nach", "points": 2.0}]},
    )  # fmt: skip
    _write(
        folder / "history.jsonl",
        {"id": "h-1", "challenge": "1", "author": "learner-1", "text": "Ich frage nach.", "feedback": "Gut gefragt.",
         "score": 1.0, "label": "Partially correct"},
    )  # fmt: skip
    _write(
        folder / "probes.jsonl",
        {"id": "p-1", "challenge": "1", "author": "learner-2", "text": "Ich warte ab.", "feedback": "geheim",
         "score": 0.0, "label": "Incorrect"},
    )  # fmt: skip
    said = peerloom.run(
        "import", "--answers", str(folder), "--context", str(peerloom.folder), "--organization", "probe"
    )
    assert " 0 not" in said
    shown = peerloom.run("draft", "h-1")
    assert "Gut gefragt." in shown
    assert "released" in shown
    assert "geheim" not in peerloom.run("draft", "p-1")


def _write(file: Path, *rows: dict[str, object]) -> None:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_every_prompt_in_use_is_listed(peerloom: Peerloom) -> None:
    assert "feedback/" in peerloom.run("prompts", "list")


def test_help_names_every_command(peerloom: Peerloom) -> None:
    said = peerloom.run_anew("--help")
    for command in (
        "demo",
        "serve",
        "worker",
        "migrate",
        "import",
        "draft",
        "reindex",
        "doctor",
        "token",
        "key",
        "prompts",
    ):
        assert command in said


def test_a_person_is_erased_after_a_look_at_what_goes(filled: Peerloom) -> None:
    assert "Nothing was erased" in filled.run("erase", "person", "amara", "--dry-run")
    assert "Aborted" in filled.run("erase", "person", "amara", code=1), "nobody said yes"
    said = filled.run("erase", "person", "amara", "--yes")
    assert "Hidden from everybody" in said
    assert "Gone: rows" in said
    assert "done" in filled.run("erase", "list")
    left = (filled.folder / "data" / "peerloom.db").read_bytes()
    assert b"Okonkwo-Lind" not in left
    assert b"visit each other twice" not in left
    assert "There is no person" in filled.run("erase", "person", "amara", "--yes", code=1)


def test_what_was_erased_after_a_backup_is_erased_again_when_it_is_put_back(filled: Peerloom) -> None:
    file = str(filled.folder / "one.tar")
    assert "rows in" in filled.run("backup", file)
    assert "There is a file" in filled.run("backup", file, code=1)
    assert "Whole:" in filled.run("restore", file, "--check")
    filled.run("erase", "person", "amara", "--yes")
    assert "add --replace" in filled.run("restore", file, code=1)
    damaged = filled.folder / "later.tar"
    damaged.write_bytes((whole := (filled.folder / "one.tar").read_bytes())[: len(whole) // 2])
    assert "Take another" in filled.run("restore", file, "--replace", "--erased", str(damaged), code=1)
    said = filled.run("restore", file, "--replace")
    assert "Restored and compared" in said
    assert "erased since: 1 person" in said
    for left in sorted((filled.folder / "data").rglob("*")):
        assert left.is_dir() or b"Okonkwo-Lind" not in left.read_bytes(), left
    assert "Quillmere Schools: 1 entries" in filled.run("reindex"), "the handbook is found"
    (filled.folder / "one.tar").write_bytes((filled.folder / "one.tar").read_bytes()[:5000])
    assert "Take another" in filled.run("restore", file, "--replace", code=1)
