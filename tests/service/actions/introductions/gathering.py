"""The village with its work embedded, on a server, for what is shown of it as a whole."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select

from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.hashing import HashingEmbedder
from service.jobs import indexing
from service.jobs.indexed import everything
from service.store.tables import DraftRow, Submission
from service.store.vectors import RememberedEmbedder
from tests.entitled import ENTITLED
from tests.service.actions.introductions.village import TEXTS, Village


def embed(village: Village, folder: Path) -> None:
    """Let the index job make passages and vectors of all there is."""
    tools = SimpleNamespace(
        sessions=village.sessions,
        index=ExactIndex(folder / "vectors"),
        embedder=lambda of: RememberedEmbedder(HashingEmbedder(), village.sessions, of),
    )
    with village.sessions.reading() as session:
        subjects = everything(session, village.organization)
    indexing.bring(tools, village.organization, subjects)  # type: ignore[arg-type]


def read_everything(village: Village) -> None:
    """As if an assessment had found where each text speaks of the first criterion: in its first sentence."""
    with village.sessions.writing() as session:
        rows = session.execute(
            select(DraftRow, Submission.external_id)
            .join(Submission, Submission.id == DraftRow.submission_id)
            .where(DraftRow.organization_id == village.organization)
        )
        for row, submission in rows:
            text = TEXTS[submission.removeprefix("s-")]
            place = {
                "criterion": "k1",
                "standing": "met",
                "confidence": 0.9,
                "record": ENTITLED,
                "start": 0,
                "end": text.index(".") + 1,
            }
            row.assessment = {"criteria": [place]}


def introduced(village: Village, first: str, second: str) -> str:
    """Both said yes."""
    introduction = village.asked(first, second, quoting=False)
    for person in (first, second):
        village.answer(introduction, person, True)
    return introduction
