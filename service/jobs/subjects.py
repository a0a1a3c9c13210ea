"""What each kind of job is about, and that it is its own organization's. Reads; changes nothing.

A job names its subject by an id of ours, and most of what is done for it looks that id up without asking whose it is.
Jobs are written by our own code only; this is for the day on which a line of it, or a restored table, is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from service.store.tables import (
    BriefWording,
    Challenge,
    Document,
    DraftRow,
    Erasure,
    FoundWork,
    Gallery,
    Group,
    ImportRun,
    Introduction,
    Job,
    Organization,
    Person,
    Request,
    Submission,
)

SUBJECTS: Final[Mapping[str, tuple[type[Any], ...]]] = {
    "draft": (DraftRow,),
    "release": (DraftRow,),
    "import": (ImportRun,),
    "fit": (Organization,),
    "gallery": (Gallery,),
    "gallery_again": (Challenge,),
    "gallery_show": (Gallery,),
    "introduce": (Organization, Group, Person),
    "ask": (Introduction,),
    "request": (Request,),
    "found_show": (FoundWork,),
    "question": (Organization,),
    "goals": (Document,),
    "uptake": (Challenge,),
    "oppose": (Challenge,),
    "brief": (BriefWording,),
    "erase": (Erasure,),
    "sync": (Submission, Document),
}
"""Of every kind, the tables in which its subject may be."""


def is_foreign(session: Session, job: Job) -> bool:
    """Whether the subject is another organization's. One that is not there, or not any more, is nobody's; so is that of
    a kind which only a newer release knows, and which is not done here."""
    found = (session.get(table, job.subject_id) for table in SUBJECTS.get(job.kind, ()))
    return any(row is not None and _owner(row) != job.organization_id for row in found)


def _owner(row: Any) -> str:
    return str(row.id if isinstance(row, Organization) else row.organization_id)
