"""Passages that work contradicts or that are asked about, as those see them who review: read anew with every call.

Nothing is listed on the word of people who may not be quoted to the reader now: consent, withdrawal, sharing policy and
`ai = none` are looked up again, and so is the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.differing import At, agreed
from pipelines.texts.quoting import locate
from service.actions.approvals.deciding import Deciding
from service.actions.questioned.make import UNCLEAR, readable
from service.actions.questioned.signs import ASKED_ABOUT, Signs, signs
from service.actions.visibility.quotes import Quote, QuotePlace, of_work, reader
from service.domain import questioned as questioned_rules
from service.domain.errors import NotAllowed, NotFound
from service.domain.questioned import QuestionedAct, QuestionedState
from service.domain.roles import Actor, leads
from service.store import audit, visible
from service.store import names as store_names
from service.store.tables import (
    Consent,
    Document,
    DocumentVersion,
    Questioned,
    QuestionedBy,
    Revision,
    Submission,
)


@dataclass(frozen=True, slots=True)
class QuestionedItem:
    """A passage to look at. `quote` is the document's, as it stands now, or as it stood if it was changed; `work` what
    people write otherwise; the counts are of what the reader reviews. `at`: version of the document."""

    id: str
    document: str  # external id
    title: str
    at: int
    kind: str
    state: QuestionedState
    version: int
    quote: str
    work: tuple[Quote, ...]
    groups: int
    requests: int
    questions: int
    dismissed: int
    note: str
    decided_by: str
    decided_at: datetime | None
    may_edit: bool

    @property
    def people(self) -> int:
        return len(self.work)

    @property
    def signs(self) -> int:
        return questioned_rules.signs(
            people=self.people, requests=self.requests, questions=self.questions, dismissed=self.dismissed
        )


def listed(
    session: Session, actor: Actor, *, state: QuestionedState = QuestionedState.OPEN, document: str | None = None
) -> tuple[QuestionedItem, ...]:
    """Items in a state, most signs first; of one document (external id), if given. Raises NotAllowed for learners and
    platforms."""
    return tuple(one for one in _seen(session, actor, document=document) if one.state is state)


def by_state(session: Session, actor: Actor) -> dict[QuestionedState, tuple[QuestionedItem, ...]]:
    """All items, each state's with most signs first; read once. Raises as `listed`."""
    found = _seen(session, actor)
    return {state: tuple(one for one in found if one.state is state) for state in QuestionedState}


def one(session: Session, actor: Actor, id_: str) -> QuestionedItem:
    """One of them. Raises NotFound also where nothing of it may be shown to the actor."""
    for found in _seen(session, actor):
        if found.id == id_:
            return found
    raise NotFound("There is no such passage here, or what spoke for it may no longer be shown.")


def decide(at: Deciding, act: QuestionedAct, *, note: str = "") -> QuestionedItem:
    """Say that the document will be changed, that it is fine, or take that back. Raises NotFound, ChangedSince,
    NotNow."""
    session, actor = at.session, at.actor
    found = one(session, actor, at.id)
    row = session.get_one(Questioned, at.id, with_for_update={"key_share": True})
    session.refresh(row)
    at.require(row.version, "Somebody decided on this passage since you saw it. Read it again, then decide.")
    row.state = questioned_rules.step(found.state, act)
    row.version += 1
    row.note = note.strip()
    row.decided_by, row.decided_at = (None, None) if act is QuestionedAct.UNDO else (actor.person, at.now)
    audit.record(
        session,
        organization=row.organization_id,
        actor=actor.name,
        act=f"questioned.{act.value}",
        subject=row.id,
        now=at.now,
    )
    session.flush()
    return one(session, actor, at.id)


def _seen(session: Session, actor: Actor, *, document: str | None = None) -> list[QuestionedItem]:
    if actor.person is None or not actor.reviews:
        raise NotAllowed("What is asked about documents is read by facilitators and coordinators.")
    query = (
        select(Questioned, Document, DocumentVersion.text)
        .join(Document, Document.id == Questioned.document_id)
        .join(DocumentVersion, DocumentVersion.id == Questioned.version_id)
        .where(Questioned.organization_id == actor.organization, ~visible.removed())
    )
    rows = session.execute(query if document is None else query.where(Document.external_id == document)).all()
    latest = _latest(session, {paper.id for _, paper, _ in rows})
    work = _work(session, actor, [row.id for row, _, _ in rows])
    told = signs(session, actor.organization, actor.reviews)
    names = store_names.names_of(session, [row.decided_by for row, _, _ in rows])
    found = []
    for row, paper, text in rows:
        version, now_ = latest[paper.id]
        here = _standing(row, text, version, now_)
        quotes, ones = work.get(row.id, ((), ()))
        counted = _counted(told, here)
        if row.kind == UNCLEAR:
            shown = sum(counted) >= ASKED_ABOUT or (here is None and row.decided_at is not None)
        else:
            shown = agreed(ones)
        if shown:
            found.append(_item(row, paper, text, here, quotes, ones, counted, names, leads(actor)))
    return sorted(found, key=lambda item: (-item.signs, item.title, item.id))


def _latest(session: Session, documents: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Id and text of each document's present version."""
    rows = session.execute(
        select(Document.id, DocumentVersion.id, DocumentVersion.text)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.id.in_(set(documents)), Document.version == DocumentVersion.number)
    )
    return {document: (version, text) for document, version, text in rows}


def _standing(row: Questioned, text: str, version: str, now_: str) -> QuotePlace | None:
    """Where the passage's words stand in the present version; None if they do not."""
    if row.version_id == version:
        return QuotePlace(version, row.start, row.end)
    found = locate(text[row.start : row.end], now_, max(0, row.start - 200))
    return QuotePlace(version, *found) if found else None


def _work(session: Session, actor: Actor, ids: Sequence[str]) -> dict[str, tuple[tuple[Quote, ...], tuple[At, ...]]]:
    """What people write otherwise, by item: the quotations that the actor may read now, and who and where they are."""
    rows = session.execute(
        select(QuestionedBy, Submission.person_id, Submission.group_id)
        .join(Revision, Revision.id == QuestionedBy.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(QuestionedBy.questioned_id.in_(ids), *readable())
        .order_by(QuestionedBy.revision_id)
    )
    found: dict[str, dict[str, tuple[QuotePlace, At]]] = defaultdict(dict)
    for row, person, group in rows:
        place = QuotePlace(row.revision_id, row.start, row.end)
        at = At(row.revision_id, row.start, row.end, "", person, group)
        found[row.questioned_id].setdefault(person, (place, at))
    places = [place for ones in found.values() for place, _ in ones.values()]
    quotes = of_work(session, places, reader(session, actor, reviewing=True), named=False)
    shown = {id_: [pair for pair in ones.values() if pair[0] in quotes] for id_, ones in found.items()}
    return {
        id_: (tuple(quotes[place] for place, _ in ones), tuple(at for _, at in ones)) for id_, ones in shown.items()
    }


def _counted(told: Signs, here: QuotePlace | None) -> tuple[int, int, int]:
    """Requests, questions and dismissed points on passages that overlap the place."""
    if here is None:
        return (0, 0, 0)
    over = [
        sum(n for place, n in counter.items() if _overlap(place, here))
        for counter in (told.requests, told.questions, told.dismissed)
    ]
    return over[0], over[1], over[2]


def _overlap(one: QuotePlace, other: QuotePlace) -> bool:
    return one.owner == other.owner and one.start < other.end and other.start < one.end


def _item(
    row: Questioned,
    paper: Document,
    text: str,
    here: QuotePlace | None,
    quotes: tuple[Quote, ...],
    ones: tuple[At, ...],
    counted: tuple[int, int, int],
    names: Mapping[str, str],
    may_edit: bool,
) -> QuestionedItem:
    gone = here is None and row.state in (QuestionedState.OPEN, QuestionedState.TO_CHANGE)
    return QuestionedItem(
        id=row.id,
        document=paper.external_id,
        title=paper.title,
        at=paper.version,
        kind=row.kind,
        state=QuestionedState.CHANGED if gone else row.state,
        version=row.version,
        quote=text[row.start : row.end],
        work=quotes,
        groups=len({at.group for at in ones}),
        requests=counted[0],
        questions=counted[1],
        dismissed=counted[2],
        note=row.note,
        decided_by=names.get(row.decided_by or "", ""),
        decided_at=row.decided_at,
        may_edit=may_edit,
    )
