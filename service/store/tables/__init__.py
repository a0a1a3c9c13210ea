"""The tables, by topic. Import them from here; migrations/ holds how they came to be."""

from service.store.columns import Base
from service.store.tables.access import Credential, Organization, RecoveryCode, SecondFactor, SignIn, StoredReply
from service.store.tables.accounts import (
    AccountBinding,
    AccountProvider,
    AccountRule,
    AccountSignIn,
    AccountUse,
    StrangerRule,
)
from service.store.tables.audit import AuditEntry, AuditHead, Pseudonym
from service.store.tables.briefs import BriefWording, WordingState
from service.store.tables.bundles import ImportChunk, ImportError_, ImportRun
from service.store.tables.calibration import Calibration, CalibrationPiece
from service.store.tables.challenges import Challenge, ChallengeGroup, Clarification, CriterionRow
from service.store.tables.decisions import Approval, Decision, Opening, Release, SourceOpening
from service.store.tables.documents import Document, DocumentVersion
from service.store.tables.drafts import (
    CriterionReadingRow,
    DraftRow,
    FindingRow,
    PointRow,
    PointState,
    Sketch,
    SourceRow,
)
from service.store.tables.erasure import Erasure, ErasureSalt
from service.store.tables.events import OutgoingEvent
from service.store.tables.following import Reminder, Telling, Uptake, UptakeCount
from service.store.tables.galleries import (
    Gallery,
    GalleryApproval,
    GalleryDecision,
    GalleryItem,
    GalleryPolicy,
    GalleryShowing,
    GalleryThanks,
)
from service.store.tables.goals import Goal, GoalEvidence, PlanReading
from service.store.tables.integrations import IntegrationTrouble
from service.store.tables.introductions import (
    Introduction,
    IntroductionAnswer,
    IntroductionApproval,
    IntroductionQuestion,
    IntroductionSaid,
    IntroductionUseful,
    Meeting,
)
from service.store.tables.jobs import Job, JobState, Reservation, Spending
from service.store.tables.learners import AskKind, AskRow, CommitmentOutcome, CommitmentRow, FeedbackReading, Reaction
from service.store.tables.memory import OpposedDecisions, PointCompared, RightDecision, Settlement
from service.store.tables.notifications import (
    Mailbox,
    Mailing,
    MailingState,
    Notification,
    NotificationRhythm,
    NotificationRun,
)
from service.store.tables.overview import SpotCheck
from service.store.tables.people import Consent, ConsentVersion, Group, Person, RoleGrant
from service.store.tables.phrases import Phrase
from service.store.tables.questioned import Questioned, QuestionedBy
from service.store.tables.requests import (
    FoundWork,
    FoundWorkApproval,
    FoundWorkDecision,
    FoundWorkShowing,
    PassageForRequest,
    Request,
)
from service.store.tables.search import SearchKind, SearchText
from service.store.tables.visibility import Disclosure, DisclosureKind
from service.store.tables.webhooks import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookState
from service.store.tables.work import AssessmentFit, PassageRow, Revision, Submission, VectorRow, WorkFile

__all__ = [
    "AccountBinding",
    "AccountProvider",
    "AccountRule",
    "AccountSignIn",
    "AccountUse",
    "Approval",
    "AskKind",
    "AskRow",
    "AssessmentFit",
    "AuditEntry",
    "AuditHead",
    "Base",
    "BriefWording",
    "Calibration",
    "CalibrationPiece",
    "Challenge",
    "ChallengeGroup",
    "Clarification",
    "CommitmentOutcome",
    "CommitmentRow",
    "Consent",
    "ConsentVersion",
    "Credential",
    "CriterionReadingRow",
    "CriterionRow",
    "Decision",
    "DeliveryState",
    "Disclosure",
    "DisclosureKind",
    "Document",
    "DocumentVersion",
    "DraftRow",
    "Erasure",
    "ErasureSalt",
    "FeedbackReading",
    "FindingRow",
    "FoundWork",
    "FoundWorkApproval",
    "FoundWorkDecision",
    "FoundWorkShowing",
    "Gallery",
    "GalleryApproval",
    "GalleryDecision",
    "GalleryItem",
    "GalleryPolicy",
    "GalleryShowing",
    "GalleryThanks",
    "Goal",
    "GoalEvidence",
    "Group",
    "ImportChunk",
    "ImportError_",
    "ImportRun",
    "IntegrationTrouble",
    "Introduction",
    "IntroductionAnswer",
    "IntroductionApproval",
    "IntroductionQuestion",
    "IntroductionSaid",
    "IntroductionUseful",
    "Job",
    "JobState",
    "Mailbox",
    "Mailing",
    "MailingState",
    "Meeting",
    "Notification",
    "NotificationRhythm",
    "NotificationRun",
    "Opening",
    "OpposedDecisions",
    "Organization",
    "OutgoingEvent",
    "PassageForRequest",
    "PassageRow",
    "Person",
    "Phrase",
    "PlanReading",
    "PointCompared",
    "PointRow",
    "PointState",
    "Pseudonym",
    "Questioned",
    "QuestionedBy",
    "Reaction",
    "RecoveryCode",
    "Release",
    "Reminder",
    "Request",
    "Reservation",
    "Revision",
    "RightDecision",
    "RoleGrant",
    "SearchKind",
    "SearchText",
    "SecondFactor",
    "Settlement",
    "SignIn",
    "Sketch",
    "SourceOpening",
    "SourceRow",
    "Spending",
    "SpotCheck",
    "StoredReply",
    "StrangerRule",
    "Submission",
    "Telling",
    "Uptake",
    "UptakeCount",
    "VectorRow",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookState",
    "WordingState",
    "WorkFile",
]
