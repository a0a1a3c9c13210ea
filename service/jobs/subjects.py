"""What each kind of job is about, and that it is its own organization's. Reads; changes nothing.

A job names its subject by an id of ours, and most of what is done for it looks that id up without asking whose it is.
Jobs are written by our own code only; this is for the day on which a line of it, or a restored table, is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select
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
    Mailing,
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
    "calibrate": (Challenge,),
    "criteria": (Challenge,),
    "erase": (Erasure,),
    "notify": (Organization,),
    "mail": (Mailing,),
    "sync": (Submission, Document),
}
"""Of every kind, the tables in which its subject may be."""


def foreign(
    session: Session, about: Collection[Job], where: Mapping[str, tuple[type[Any], ...]] = SUBJECTS
) -> set[str]:
    """The ids of those jobs whose subject is another organization's, in a statement for each table that they may be in.
    A subject that is not there, or not any more, is nobody's; so is that of a kind which only a newer release knows,
    and which is not done here."""
    named: dict[type[Any], list[Job]] = defaultdict(list)
    for job in about:
        for table in where.get(job.kind, ()):
            named[table].append(job)
    found = set()
    for table, some in named.items():
        owner = table.id if table is Organization else table.organization_id
        subjects = {job.subject_id for job in some}
        owners: dict[str, str] = dict(session.execute(select(table.id, owner).where(table.id.in_(subjects))).all())
        found |= {job.id for job in some if owners.get(job.subject_id, job.organization_id) != job.organization_id}
    return found
