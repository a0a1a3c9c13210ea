"""Whose words are quoted to whom, as consent, withdrawal and sharing policy stand now. Reads anew with every call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pipelines.drafting.blanks import is_blank
from pipelines.texts.masking import HiddenPlace, cut_out, masked
from service.actions.visibility.unnamed import Unnamed
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork, may_see_peers, shown_as
from service.store import tree, visible
from service.store.tables import Challenge, Consent, Document, DocumentVersion, Person, Revision, RoleGrant, Submission


@dataclass(frozen=True, slots=True)
class QuotePlace:
    """Where some words stand: in a revision or a document's version, by its id."""

    owner: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody's work, or of a document. `name` is empty where the author is not named."""

    place: QuotePlace
    text: str
    title: str
    person: str = ""  # our own id; empty where the author is not named
    name: str = ""
    hidden: tuple[HiddenPlace, ...] = ()  # what is put out of sight, in the words as they were written


@dataclass(frozen=True, slots=True)
class QuoteReader:
    """To whom it is quoted: own work always, that of reviewed groups, and of others what they share."""

    person: str
    learns_in: frozenset[str]  # with the groups below
    reviews: frozenset[str]
    attempted: frozenset[str]  # challenges


def reader(session: Session, actor: Actor, *, reviewing: bool = False) -> QuoteReader:
    """The actor as one who reads; as a reviewer only where that is what they are doing."""
    person = actor.person or ""
    return QuoteReader(
        person,
        tree.below(session, actor.learns_in),
        actor.reviews if reviewing else frozenset(),
        attempted(session, person),
    )


def reader_of(session: Session, person: str) -> QuoteReader:
    """A person (our id) as one who reads what others share, whoever looks at it for them."""
    learns = session.scalars(
        select(RoleGrant.group_id).where(RoleGrant.person_id == person, RoleGrant.role == Role.LEARNER)
    ).all()
    return QuoteReader(person, tree.below(session, learns), frozenset(), attempted(session, person))


def attempted(session: Session, person: str) -> frozenset[str]:
    """Challenges on which the person has an own attempt that was not taken back, and that says something."""
    rows = session.execute(
        select(Submission.challenge_id, Revision.text)
        .join(Revision, visible.latest_text())
        .where(Submission.person_id == person, ~visible.withdrawn())
    )
    return frozenset(challenge for challenge, text in rows if not is_blank(text))


def of_work(
    session: Session,
    places: Iterable[QuotePlace],
    to: QuoteReader,
    *,
    named: bool,
    hidden: Mapping[QuotePlace, tuple[HiddenPlace, ...]] | None = None,
) -> dict[QuotePlace, Quote]:
    """Those of these words that may be quoted to the reader now. `named`: the reader knows whose they are, so only who
    shows their work with their name is quoted. Where the author is not named, nobody is, in the words either: what is a
    name there is told by the whole work. `hidden` is what was put out of sight when it was approved, in these words,
    and is worked out anew for all else.
    """
    unnamed: Unnamed | None = None
    wanted = list(places)
    rows = {row.id: row for row in session.execute(_works(wanted))}
    found: dict[QuotePlace, Quote] = {}
    for place in wanted:
        row = rows.get(place.owner)
        shown = how(row, to) if row is not None else ShowWork.NO
        if row is None or shown is ShowWork.NO or (named and shown is not ShowWork.WITH_NAME):
            continue
        text, span = row.text[place.start : place.end], (place.start, place.end)
        person, name = (row.person_id, row.name) if shown is ShowWork.WITH_NAME else ("", "")
        away = (hidden or {}).get(place)
        if away is None and shown is ShowWork.WITHOUT_NAME:
            unnamed = unnamed or Unnamed(session, row.organization_id)
            away = cut_out(span, unnamed.hidden(row.text, row.name, row.language))
        if text:
            found[place] = Quote(place, masked(text, away or ()), row.title, person, name, away or ())
    return found


def _works(places: Sequence[QuotePlace]) -> Any:
    return (
        select(
            Revision.id,
            Revision.text,
            Revision.language,
            Submission.organization_id,
            Submission.person_id,
            Submission.group_id,
            Submission.challenge_id,
            Submission.withdrawn_at,
            Person.name,
            Consent.show_work,
            visible.barred().label("barred"),
            Challenge.title,
            Challenge.sharing_peers,
            Challenge.sharing_reach,
        )
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .where(Revision.id.in_({place.owner for place in places}))
    )


def how(row: Row[Any], to: QuoteReader) -> ShowWork:
    """How a piece of work may be shown to the reader now."""
    if row.withdrawn_at is not None:
        return ShowWork.NO
    if row.person_id == to.person or row.group_id in to.reviews:
        return ShowWork.WITH_NAME
    if row.barred:  # what a machine found in it, it may not read any more
        return ShowWork.NO
    tried = bool(to.reviews) or row.challenge_id in to.attempted  # who reviews has nothing to attempt
    if not may_see_peers(row.sharing_peers, has_attempted=tried):
        return ShowWork.NO
    same = row.group_id in to.learns_in
    return shown_as(row.show_work, withdrawn=False, same_group=same, reach=row.sharing_reach)


def of_documents(session: Session, places: Iterable[QuotePlace]) -> dict[QuotePlace, Quote]:
    """Those of these words that stand in a document that was not removed."""
    wanted = list(places)
    rows = session.execute(
        select(DocumentVersion.id, DocumentVersion.text, Document.title)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(DocumentVersion.id.in_({place.owner for place in wanted}), ~visible.removed())
    )
    found = {id_: (text, title) for id_, text, title in rows}
    return {
        place: Quote(place, found[place.owner][0][place.start : place.end], found[place.owner][1])
        for place in wanted
        if place.owner in found
    }
