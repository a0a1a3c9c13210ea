"""A challenge as tables to take along: its work and feedback, what was decided on each point, how far everybody is.

For whoever reviews this work, of the groups that they may see. Work that was taken back, or whose author was erased, is
in none, nor is the reader's own: nobody reads drafts on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.network import table
from service.actions.decisions.release import Readable, readable_of
from service.actions.overview.progress import progress
from service.actions.work.lens import Lens, RevisionInLens, pieces
from service.domain.errors import Invalid
from service.domain.roles import Actor
from service.store.disclosures import DisclosedTo, Showing
from service.store.names import names_of
from service.store.tables import DisclosureKind, DraftRow, Group, Person, PointRow, Reaction, Revision

MOST: Final = 4000
"""Revisions of one table, each with an entry of its showing: eight values in one statement, of which a database takes
32,766 at least."""
WORK: Final = (
    "submission", "person", "name", "group", "group name", "revision", "latest", "handed in at", "language", "text",
    "state", "standing", "score", "feedback", "approved by", "released at", "read at", "helpful",
)  # fmt: skip
DECISIONS: Final = (
    "submission", "person", "name", "group", "revision", "criterion", "kind", "place", "drafted", "text", "state",
    "reason", "in words", "band", "decided by", "decided at",
)  # fmt: skip
PEOPLE: Final = (
    "person", "name", "group", "group name", "stage", "since", "submission", "answered", "read", "acted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenTable:
    """A table as a spreadsheet opens it, and whose work stands in it, who is told of that."""

    text: str
    showings: tuple[Showing, ...] = ()


def work(session: Session, actor: Actor, lens: Lens) -> TakenTable:
    """Every revision a row, in the order handed in, with the feedback that its author can read now. Raises Invalid for
    more than MOST."""
    seen = _others(session, actor, lens)
    texts = _texts(session, [one.revision for one in seen])
    released = {one.revision.id: one for one in readable_of(session, sorted({one.submission for one in seen}))}
    helped = _helped(session, [one.draft for one in seen])
    scores = _scores(session, [one.draft for one in seen])
    who = _Names.of(session, seen, (one.approval.facilitator_id for one in released.values()))
    rows = []
    for one in seen:
        told, (text, language) = released.get(one.revision), texts[one.revision]
        facilitator = who.names.get(told.approval.facilitator_id, "") if told else ""
        rows.append(
            [
                *who.of_work(one),
                one.number,
                _yes(one.latest),
                _moment(one.submitted_at),
                language,
                text,
                one.state.value,
                one.standing.value if one.standing else "",
                "" if scores[one.draft] is None else scores[one.draft],
                _said(told) if told else "",
                facilitator,
                _moment(told.release.released_at) if told else "",
                _moment(one.read_at) if told else "",
                _yes(helped.get(one.draft)),
            ]
        )
    return TakenTable(table(WORK, rows), _shown(actor, lens, seen))


def decisions(session: Session, actor: Actor, lens: Lens) -> TakenTable:
    """Every point of every draft as it stands a row, with what was decided on it and by whom. Raises as `work` does."""
    seen = {one.draft: one for one in _others(session, actor, lens)}
    found = session.scalars(
        select(PointRow)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(PointRow.draft_id.in_(seen), PointRow.generation == DraftRow.generation)
        .order_by(DraftRow.handed_in_at, PointRow.draft_id, PointRow.position, PointRow.id)
    ).all()
    who = _Names.of(session, [seen[one.draft_id] for one in found], (one.decided_by for one in found))
    rows = []
    for point in found:
        of = seen[point.draft_id]
        submission, person, name, group, _ = who.of_work(of)
        rows.append(
            [
                *(submission, person, name, group, of.number),
                point.criterion,
                point.kind.value,
                point.quote,
                point.drafted,
                point.text,
                point.state.value,
                point.reason_code,
                point.reason,
                point.band.value if point.band else "",
                who.names.get(point.decided_by or "", ""),
                _moment(point.decided_at),
            ]
        )
    shown = {one.draft_id for one in found}
    return TakenTable(table(DECISIONS, rows), _shown(actor, lens, [seen[id_] for id_ in seen if id_ in shown]))


def people(session: Session, lens: Lens) -> TakenTable:
    """Everybody whom the challenge is set to, or who has handed in, a row, with how far they are; no work is in it."""
    learners = progress(session, lens, pieces(session, lens)).learners
    rows = [
        [
            *(one.person, one.name, one.group, one.group_name, one.stage.value, _moment(one.since), one.submission),
            *(_yes(one.answered), _yes(one.read), _yes(one.acted)),
        ]
        for one in learners
    ]
    return TakenTable(table(PEOPLE, rows))


@dataclass(frozen=True, slots=True)
class _Names:
    """People and groups by our ids: as (the platform's id, name), and those who decided by name."""

    people: Mapping[str, tuple[str, str]]
    groups: Mapping[str, tuple[str, str]]
    names: Mapping[str, str]

    @classmethod
    def of(cls, session: Session, seen: Sequence[RevisionInLens], deciding: Iterable[str | None]) -> _Names:
        authors = {one.person for one in seen}
        deciders = {one for one in deciding if one}
        names = names_of(session, authors | deciders, apart=True)
        ids = session.execute(select(Person.id, Person.external_id).where(Person.id.in_(authors))).all()
        groups = select(Group.id, Group.external_id, Group.name).where(Group.id.in_({one.group for one in seen}))
        return cls(
            {id_: (external, names[id_]) for id_, external in ids},
            {id_: (external, name) for id_, external, name in session.execute(groups)},
            names,
        )

    def of_work(self, one: RevisionInLens) -> tuple[str, str, str, str, str]:
        return one.external_id, *self.people[one.person], *self.groups[one.group]


def _others(session: Session, actor: Actor, lens: Lens) -> list[RevisionInLens]:
    found = [one for one in pieces(session, lens) if one.person != actor.person]
    if len(found) > MOST:
        raise Invalid(f"That is more than {MOST} pieces of work. Choose a group.")
    return found


def _texts(session: Session, revisions: Sequence[str]) -> dict[str, tuple[str, str]]:
    rows = session.execute(select(Revision.id, Revision.text, Revision.language).where(Revision.id.in_(revisions)))
    return {id_: (text, language) for id_, text, language in rows}


def _scores(session: Session, drafts: Sequence[str]) -> dict[str, float | None]:
    return dict(session.execute(select(DraftRow.id, DraftRow.score).where(DraftRow.id.in_(drafts))).all())


def _helped(session: Session, drafts: Sequence[str]) -> dict[str, bool]:
    """What learners said of a feedback as a whole."""
    said = select(Reaction.draft_id, Reaction.helpful).where(Reaction.draft_id.in_(drafts), Reaction.about == "")
    return dict(session.execute(said).all())


def _said(one: Readable) -> str:
    """The feedback as it was approved, a line for each part."""
    points = [f"{at}. {point['text']}" for at, point in enumerate(one.approval.body["points"], 1)]
    return "\n".join([one.approval.body["summary"], *points]).strip()


def _shown(actor: Actor, lens: Lens, seen: Sequence[RevisionInLens]) -> tuple[Showing, ...]:
    told = DisclosedTo(DisclosureKind.TABLE, lens.challenge.id, actor.person)
    return (Showing(told, frozenset(one.revision for one in seen)),) if seen else ()


def _yes(said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
