"""What becomes of each column when something is erased. A column without a rule here fails a test.

Columns that can hold no words (numbers, moments, choices, keys to other rows) need no rule of their own: a row goes
with what its keys with ON DELETE CASCADE point to. All others, text and JSON and bytes, are declared:

* `OWN`: words of whoever or whatever the row belongs to; they go with the row, and stay while it stays.
* `MADE`: may repeat words of others, or name them; words of what is erased are taken out, wherever the row stays.
* `PLACES`: JSON that points into texts by our own ids; parts that point into what is erased are taken out, and words.
* `PLAIN`: codes, hashes, numbers and our own ids, which are random; nobody's words.
* `FOREIGN`: what somebody else's machine answered, in which ids may stand in any form; emptied with each erasure.
* `LEARNED`: worked out of many people's work; thrown away with each erasure and worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Column, Enum, LargeBinary, String, Table


class ErasureRule(StrEnum):
    """What becomes of a column; see the module."""

    OWN = "own"
    MADE = "made"
    PLACES = "places"
    PLAIN = "plain"
    FOREIGN = "foreign"
    LEARNED = "learned"


OWN, MADE, PLACES, PLAIN, FOREIGN, LEARNED = ErasureRule


@dataclass(frozen=True, slots=True)
class Loose:
    """A column that names a row of another table by our own id without a key: such rows are looked for and deleted."""

    column: str


def _of(**rules: str) -> dict[str, ErasureRule]:
    return {column: ErasureRule(rule) for rule, columns in rules.items() for column in columns.split()}


_APPROVAL: Final = _of(made="body", plain="text_hash")
_DECISION: Final = _of(made="note before after", plain="act reason_code text_hash")

RULES: Final[dict[str, dict[str, ErasureRule]]] = {
    "account_bindings": _of(own="said", plain="account_hash granted"),
    "account_providers": _of(own="name issuer client_id scopes person_claim", plain="secret trouble trouble_said"),
    "account_rules": _of(own="claim value"),
    "account_sign_ins": _of(plain="session_hash"),
    "account_uses": _of(plain="use_hash"),
    "approvals": _APPROVAL,
    "asks": _of(own="text answer"),
    "assessment_fits": _of(learned="data", plain="model"),
    "audit_entries": _of(plain="actor act subject facts hash previous_hash"),
    "audit_heads": _of(plain="hash"),
    "brief_wordings": _of(
        places="lines",
        made="reason",
        plain="scope lens fingerprint line_order model prompt_name prompt_sha",
    ),
    "calibration_pieces": {},
    "calibrations": _of(plain="remarks"),
    "challenges": _of(own="external_id title prompt outcome reference notes language tags"),
    "clarifications": _of(made="question answer", plain="criterion"),
    "commitments": _of(own="text said"),
    "compared_points": _of(plain="stamp"),
    "consent_versions": _of(own="basis_note", plain="said_by"),
    "credentials": _of(own="name", plain="secret_hash groups scopes"),
    "criteria": _of(own="key text question forms"),
    "criterion_readings": _of(plain="criterion"),
    "decisions": _DECISION,
    "disclosures": _of(plain="subject_id reader"),
    "document_versions": _of(own="text", plain="text_hash"),
    "documents": _of(own="external_id title media_type tags"),
    "drafts": _of(
        made="reason summary instruction prompt_rendered assessment passes",
        places="evidence",
        plain="reason_code language judgements shuffle model prompt_name prompt_sha sheet",
    ),
    "erasure_salts": _of(plain="salt"),
    "erasures": _of(own="name external_id", plain="organization_id digest subject_id asked_by counts left"),
    "events": _of(made="data", plain="name"),
    "files": _of(own="name media_type data text remarks", plain="sha256"),
    "findings": _of(made="message", plain="code"),
    "found_work_approvals": _APPROVAL,
    "found_work_decisions": _DECISION,
    "galleries": _of(made="reason comparison drafted", own="takeaway", plain="reason_code marks"),
    "gallery_approvals": _APPROVAL,
    "gallery_decisions": _DECISION,
    "gallery_items": _of(made="reasons", plain="marks"),
    "gallery_policies": _of(own="question"),
    "goal_evidence": _of(plain="passage_id"),
    "goals": _of(own="title", plain="key"),
    "groups": _of(own="external_id name"),
    "import_chunks": _of(own="body"),
    "import_errors": _of(made="message", plain="kind"),
    "imports": _of(plain="credential_id state"),
    "integration_troubles": _of(plain="integration subject_id path"),
    "introduction_answers": _of(own="note"),
    "introduction_approvals": _APPROVAL,
    "introductions": _of(made="reasons features wording note", places="passages", plain="pair kind reason_code"),
    "jobs": _of(made="last_error", plain="kind subject_id dedupe lease_owner waits_for request_id"),
    "mailboxes": _of(own="address taken_away", plain="time_zone bounced_code"),
    "mailings": {},
    "notification_rhythms": {},
    "notification_runs": {},
    "notifications": _of(plain="subject_id turn"),
    "organizations": _of(own="external_id name language settings"),
    "passages": _of(own="heading", plain="part_id owner_id"),
    "people": _of(own="external_id name language"),
    "phrases": _of(made="text"),
    "points": _of(made="text drafted reason", own="quote", plain="criterion reason_code"),
    "pseudonyms": _of(plain="name"),
    "questioned": _of(made="note", plain="wording kind says instead"),
    "reactions": _of(own="why", plain="about text_hash"),
    "recovery_codes": _of(plain="code_hash"),
    "releases": _of(made="retracted_reason"),
    "reminders": _of(own="text"),
    "request_findings": _of(plain="shelf passage_id owner_id"),
    "requests": _of(own="text answer", plain="cluster_id"),
    "revisions": _of(own="text", plain="text_hash language"),
    "search_texts": _of(own="text", plain="subject_id language"),  # whatever it copies is scrubbed, and copied anew
    "second_factors": _of(plain="secret"),
    "settlements": _of(made="note"),
    "sign_ins": _of(own="path", plain="secret_hash"),
    "sketches": _of(own="data", plain="first_id"),
    "source_openings": _of(plain="source"),
    "sources": _of(made="quote title", plain="ref_id owner_id"),
    "spending": {},
    "spot_checks": _of(made="note", plain="first_judgements second_judgements"),
    "stored_replies": _of(own="key headers body", plain="request_hash"),
    "submissions": _of(own="external_id"),
    "tellings": _of(plain="name subject_id turn"),
    "uptakes": _of(plain="approval_id month"),
    "vectors": _of(own="data", plain="model text_hash"),
    "webhook_deliveries": _of(foreign="excerpt", plain="event_name lane trouble"),
    "webhook_endpoints": _of(own="name url", plain="events secret old_secret"),
}

LOOSE: Final[dict[str, Loose]] = {
    "jobs": Loose("subject_id"),
    "notifications": Loose("subject_id"),
    "passages": Loose("owner_id"),
    "request_findings": Loose("owner_id"),
    "sources": Loose("owner_id"),
    "tellings": Loose("subject_id"),
}
"""`vectors` have no owner at all, since two people may hand in the same text: what is nobody's any more is swept."""

KEPT: Final[dict[str, str]] = {
    "account_providers": "An organization's own service, and how it is asked.",
    "account_rules": "They say which of its accounts have which roles, and go with their group.",
    "account_uses": "Hashes of random signs, for some minutes.",
    "audit_entries": "Who did what stays told, by pseudonyms, which mean nobody once their row is gone.",
    "audit_heads": "The end of the trail.",
    "disclosures": "That something was shown stays told; whose it was does not.",
    "erasures": "By it a backup is brought up to date.",
    "erasure_salts": "Digests would mean nothing without it.",
    "events": "Their numbers are a feed that platforms read; what they name of what is erased is taken out.",
    "import_errors": "They belong to an import; what they name of what is erased is taken out.",
    "imports": "Counts of lines.",
    "integration_troubles": "They are about what is connected, not about people.",
    "notification_runs": "A number for each organization.",
    "reservations": "Amounts of money, which go with their job.",
    "spending": "Amounts of money.",
    "webhook_deliveries": "That an event was sent stays told for a month; of what is erased it held ids at most.",
    "webhook_endpoints": "Addresses of platforms.",
}
"""Tables whose rows stay when a person or their work is erased, and why. All go with their organization, but for
erasures."""


def can_hold_words(column: Column[Any]) -> bool:
    """Whether a column needs a rule."""
    if column.foreign_keys or (column.primary_key and column.name == "id") or isinstance(column.type, Enum):
        return False
    return isinstance(column.type, String | JSON | LargeBinary)


def undeclared(tables: Iterable[Table]) -> list[str]:
    """Columns that need a rule and have none, and rules of columns that are not there, as `table.column`."""
    needed = {f"{table.name}.{column.name}" for table in tables for column in table.columns if can_hold_words(column)}
    declared = {f"{table}.{column}" for table, columns in RULES.items() for column in columns}
    return sorted(needed ^ declared)


def columns_of(table: Table, *rules: ErasureRule) -> Iterator[Column[Any]]:
    """A table's columns with one of these rules."""
    declared = RULES.get(table.name, {})
    return (column for column in table.columns if declared.get(column.name) in rules)
