"""Stored cases, read from folders of JSON lines: judged answers, and documents with questions that they answer.

Nothing depends on particular rows: files that are not there are empty, and a score that is missing follows from its
label. The format is described in docs/how-to/evaluate.md.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipelines.assessment.terms import MARKS
from pipelines.texts.language import language_code
from pipelines.texts.passages import PASSAGE_TOKENS, cut
from pipelines.values import ChallengeAsItStands, Criterion, Reviewed, Shelf, ShelfItem, Standing

LABELS: Final = {"Correct": Standing.MET, "Partially correct": Standing.PARTLY, "Incorrect": Standing.NOT_YET}


class CasesUnusable(Exception):
    """The cases cannot be read; the message says which file and line, and what should be there."""


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """One answer, with what a person said of it. `mark` is a share of full marks."""

    id: str
    challenge: str
    author: str
    text: str
    feedback: str
    mark: float
    standing: Standing

    @property
    def reviewed(self) -> Reviewed:
        return Reviewed(self.id, self.text, self.standing, self.mark, author=self.author, feedback=self.feedback)


@dataclass(frozen=True, slots=True)
class Answers:
    """A folder of answers, read. `history` is in the order of its file, the oldest first."""

    challenges: Mapping[str, ChallengeAsItStands]
    history: Mapping[str, list[JudgedAnswer]]
    probes: list[JudgedAnswer]
    blanks: list[JudgedAnswer]
    cold: list[JudgedAnswer]


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """A question, and the files any of which answers it."""

    id: str
    organization: str
    text: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Documents:
    """A folder of organizations, read: the Markdown of each by file name, and all questions."""

    texts: Mapping[str, Mapping[str, str]]
    questions: list[DocumentQuestion]


def answers(folder: Path) -> Answers:
    """A folder with challenges.jsonl, history.jsonl and probes.jsonl; blanks.jsonl and cold.jsonl may be there too."""
    raw = rows(folder / "challenges.jsonl")
    if not raw:
        raise CasesUnusable(f"{folder} holds no challenges.jsonl with rows. Name a folder of judged answers.")
    marks = {str(one["id"]): float(one.get("full_marks") or 1.0) for one in raw}
    history: dict[str, list[JudgedAnswer]] = defaultdict(list)
    for row in _judged(folder / "history.jsonl", marks):
        history[row.challenge].append(row)
    probes, blanks, cold = (_judged(folder / f"{name}.jsonl", marks) for name in ("probes", "blanks", "cold"))
    return Answers({str(one["id"]): _challenge(one) for one in raw}, history, probes, blanks, cold)


def _challenge(one: Mapping[str, Any]) -> ChallengeAsItStands:
    criteria = tuple(Criterion(c["id"], c["text"], points=c.get("points")) for c in one.get("criteria") or ())
    return ChallengeAsItStands(
        str(one["id"]),
        one.get("prompt") or "",
        reference=one.get("reference") or "",
        language=language_code(one.get("language") or "en"),
        criteria=criteria,
    )


def _judged(path: Path, marks: Mapping[str, float]) -> list[JudgedAnswer]:
    return [_row(path, number, one, marks) for number, one in enumerate(rows(path), 1)]


def _row(path: Path, number: int, one: Mapping[str, Any], marks: Mapping[str, float]) -> JudgedAnswer:
    try:
        standing, challenge = LABELS[one["label"]], str(one["challenge"])
        mark = MARKS[standing] if one.get("score") is None else float(one["score"]) / marks[challenge]
        author, feedback = str(one.get("author") or ""), one.get("feedback") or ""
        return JudgedAnswer(str(one["id"]), challenge, author, one["text"], feedback, mark, standing)
    except (KeyError, TypeError, ValueError) as wrong:
        raise CasesUnusable(
            f"{path}, row {number}: {wrong!r}. A row has id, challenge (one of challenges.jsonl), text, and label "
            f"({', '.join(LABELS)})."
        ) from wrong


def documents(folder: Path) -> Documents:
    """A folder with one folder an organization: docs/*.md and questions.jsonl."""
    homes = sorted(path for path in folder.iterdir() if (path / "questions.jsonl").exists()) if folder.is_dir() else []
    if not homes:
        raise CasesUnusable(f"{folder} holds no folder with a questions.jsonl. Name a folder of organizations.")
    texts = {home.name: {p.name: p.read_text("utf-8") for p in sorted((home / "docs").glob("*.md"))} for home in homes}
    questions = [
        DocumentQuestion(f"{home.name}/{at}", home.name, str(row["question"]), frozenset(row["gold_files"]))
        for home in homes
        for at, row in enumerate(rows(home / "questions.jsonl"), 1)
    ]
    return Documents(texts, questions)


def passages(texts: Mapping[str, str], organization: str, max_tokens: int = PASSAGE_TOKENS) -> list[ShelfItem]:
    """An organization's documents as items on its shelf; their `document` is `organization/file name`."""
    return [
        ShelfItem(p.id, Shelf.CONTEXT, p.text, p.document, p.start, p.end, Path(name).stem, p.heading)
        for name, text in texts.items()
        for p in cut(text, f"{organization}/{name}", markdown=True, max_tokens=max_tokens)
    ]


def rows(path: Path) -> Sequence[dict[str, Any]]:
    """The objects of a JSON-lines file; none if there is no file."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as wrong:
                raise CasesUnusable(f"{path}, line {number} is no JSON object: {wrong}.") from wrong
    return found
