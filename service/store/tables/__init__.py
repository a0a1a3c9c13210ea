"""The tables, by subject. Import them from here; migrations/ holds how they came to be."""

from service.store.tables.columns import Base
from service.store.tables.learners import AskKind, AskRow, CommitmentRow, Outcome, Reaction, ReadingRow
from service.store.tables.memory import Clarification, Right, Settlement
from service.store.tables.operations import (
    AuditEntry,
    Credential,
    ImportChunk,
    ImportError_,
    ImportRun,
    Job,
    JobState,
    OutgoingEvent,
    StoredReply,
)
from service.store.tables.overview import Opening, SpotCheck
from service.store.tables.people import Consent, Group, Organization, Person, RoleGrant
from service.store.tables.queue import Sketch
from service.store.tables.review import (
    Approval,
    Decision,
    DraftRow,
    FindingRow,
    PointRow,
    PointState,
    Release,
    SourceRow,
)
from service.store.tables.sign_ins import SignIn
from service.store.tables.spending import Reservation, Spending
from service.store.tables.work import (
    AssessmentFit,
    Challenge,
    ChallengeGroup,
    CriterionRow,
    Document,
    DocumentVersion,
    PassageRow,
    Revision,
    Submission,
    VectorRow,
)

__all__ = [
    "Approval",
    "AskKind",
    "AskRow",
    "AssessmentFit",
    "AuditEntry",
    "Base",
    "Challenge",
    "ChallengeGroup",
    "Clarification",
    "CommitmentRow",
    "Consent",
    "Credential",
    "CriterionRow",
    "Decision",
    "Document",
    "DocumentVersion",
    "DraftRow",
    "FindingRow",
    "Group",
    "ImportChunk",
    "ImportError_",
    "ImportRun",
    "Job",
    "JobState",
    "Opening",
    "Organization",
    "Outcome",
    "OutgoingEvent",
    "PassageRow",
    "Person",
    "PointRow",
    "PointState",
    "Reaction",
    "ReadingRow",
    "Release",
    "Reservation",
    "Revision",
    "Right",
    "RoleGrant",
    "Settlement",
    "SignIn",
    "Sketch",
    "SourceRow",
    "Spending",
    "SpotCheck",
    "StoredReply",
    "Submission",
    "VectorRow",
]
