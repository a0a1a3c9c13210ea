"""Reviewed answers and documents in plain folders → the lines of a bundle. Pure but for reading those files.

A folder of answers holds challenges.jsonl and history.jsonl (reviewed before, with feedback, score and label), and may
hold probes.jsonl, blanks.jsonl and cold.jsonl (new work, handed in without the feedback that people gave on it).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ReadLine = dict[str, Any]


GROUP, FACILITATOR = "learners", "facilitator"
BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The rows carry no times; invented ones must be the same each time, so that importing twice changes nothing."""

STANDING = {"Correct": "met", "Partially correct": "partly", "Incorrect": "not_yet"}
LANGUAGE = {"ge": "de"}
NEW_WORK = ("probes.jsonl", "blanks.jsonl", "cold.jsonl")


def answers(folder: Path) -> Iterator[ReadLine]:
    """All of a folder of answers. Raises FileNotFoundError if it holds no challenges.jsonl."""
    challenges = list(_rows(folder / "challenges.jsonl"))
    history = list(_rows(folder / "history.jsonl")) if (folder / "history.jsonl").exists() else []
    new = [row for name in NEW_WORK if (folder / name).exists() for row in _rows(folder / name)]
    language = LANGUAGE.get(str(challenges[0]["language"]), str(challenges[0]["language"])) if challenges else "en"
    yield {"kind": "group", "id": GROUP, "name": "Learners"}
    yield _person(FACILITATOR, "facilitator", language)
    for author in sorted({str(row["author"]) for row in [*history, *new]}):
        yield _person(author, "learner", language)
    marks = {str(row["id"]): float(row.get("full_marks") or 1.0) for row in challenges}
    yield from map(_challenge, challenges)
    for place, row in enumerate(history):
        at = BEGINNING + timedelta(minutes=place)
        yield _submission(row, at)
        yield _feedback(row, marks.get(str(row["challenge"]), 1.0), at + timedelta(days=1))
    for place, row in enumerate(new):
        yield _submission(row, BEGINNING + timedelta(days=30, minutes=place))


def documents(folder: Path) -> Iterator[ReadLine]:
    """Every Markdown file in the folder, or in its `docs`, as a context document called after the file."""
    docs = folder / "docs"
    for file in sorted((docs if docs.is_dir() else folder).glob("*.md")):
        text = file.read_text(encoding="utf-8")
        yield {
            "kind": "context",
            "id": file.name,
            "title": _title(text, file),
            "text": text,
            "media_type": "text/markdown",
        }


def _title(text: str, file: Path) -> str:
    heading = re.search(r"^#\s+(.+?)\s*#*$", text, flags=re.MULTILINE)
    return (heading.group(1) if heading else file.stem.strip())[:255]


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _person(id_: str, role: str, language: str) -> ReadLine:
    return {
        "kind": "person",
        "id": id_,
        "name": id_.replace("-", " ").capitalize(),
        "language": language,
        "roles": [{"role": role, "group": GROUP}],
        "consents": {"show_work": "without_name", "introduce": False, "ai": "local"},
    }


def _challenge(row: Mapping[str, Any]) -> ReadLine:
    prompt = str(row["prompt"])
    return {
        "kind": "challenge",
        "id": str(row["id"]),
        "title": " ".join(prompt.split())[:120] or str(row["id"]),
        "prompt": prompt,
        "reference": str(row.get("reference") or ""),
        "language": LANGUAGE.get(str(row["language"]), str(row["language"])),
        "criteria": [
            {"id": str(one["id"]), "text": str(one["text"]), "points": one.get("points")}
            for one in row.get("criteria") or []
        ],
        "sharing": {"peers": "after_attempt", "reach": "organization"},
    }


def _submission(row: Mapping[str, Any], at: datetime) -> ReadLine:
    return {
        "kind": "submission",
        "id": str(row["id"]),
        "challenge": str(row["challenge"]),
        "person": str(row["author"]),
        "revision": 1,
        "text": str(row["text"]),
        "submitted_at": at.isoformat(),
    }


def _feedback(row: Mapping[str, Any], full_marks: float, at: datetime) -> ReadLine:
    """What a person wrote then is one point, about the whole of the answer."""
    standing = STANDING[str(row["label"])]
    said = str(row["feedback"]).strip()
    kind = "strength" if standing == "met" else "next_step"
    return {
        "kind": "feedback",
        "submission": str(row["id"]),
        "revision": 1,
        "approved_by": FACILITATOR,
        "released_at": at.isoformat(),
        "summary": "" if said else "Seen.",
        "verdict": standing,
        "score": min(1.0, max(0.0, float(row["score"]) / full_marks)),
        "points": [{"kind": kind, "text": said, "quote": str(row["text"])}] if said else [],
    }
