"""Erasure by its effect: after the job no byte of what was erased is left where it can be looked for, and all that
others said and was approved for them stands as it was."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.adapters.chroma import ChromaIndex
from pipelines.values import SourceKind
from service import wiring
from service.actions.decisions import release
from service.actions.drafts.points import current_points
from service.actions.erasure import begin
from service.actions.learners import asks, commitments, reactions
from service.actions.learners.disclosed import disclosed
from service.actions.people import reading, register
from service.domain.drafts import DraftState
from service.domain.erasure import FORMER, ErasureKind, ErasureState
from service.domain.errors import NotFound
from service.domain.roles import Actor
from service.jobs import erasing, handlers
from service.settings import load
from service.store import disclosures, replies
from service.store.disclosures import DisclosedTo
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import (
    Approval,
    AuditEntry,
    Challenge,
    DisclosureKind,
    DraftRow,
    Erasure,
    Group,
    Job,
    JobState,
    Organization,
    OutgoingEvent,
    PassageRow,
    Person,
    Revision,
    SourceRow,
    Submission,
    VectorRow,
)
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready

NAME = "Zephyrine Quackenbush"
ID = "zq-canary-4711"
WORK = "The heron ledger counts umbrella stands before vermilion kettles and every tuba sings at dusk."
WISH = "Tomorrow the walrus orchestra rehearses beneath marmalade skies."
ASK = "Why would a porcupine librarian need nine lanterns?"
QUOTE = "umbrella stands before vermilion kettles and every tuba"
CANARIES = (NAME, ID, WORK, WISH, ASK, QUOTE, "s-zq-canary-0815")


@dataclass
class Place:
    """An installation with one organization, in which the person with the canaries has worked, and others beside."""

    parts: wiring.Parts
    platform: Actor
    data: Path

    def erase(self, kind: ErasureKind, id_: str) -> str:
        with self.parts.sessions.writing() as session:
            return begin.erase(session, self.platform, kind, id_, now=self.parts.now()).id

    def work_off(self) -> None:
        handlers.work_off(self.parts)

    def erasure(self, id_: str) -> Erasure:
        with self.parts.sessions.reading() as session:
            return session.get_one(Erasure, id_)


@contextmanager
def _place(folder: Path, sessions: Sessions, database: str, index: str) -> Iterator[Place]:
    chosen = load(data=folder, database_url=database, index=index, embedder="hashing", model="")
    parts = replace(wiring.build(chosen), sessions=sessions, library=SqlLibrary(sessions))
    with sessions.writing() as session:
        platform = found(session)
        _people_it(session, platform)
    made = Place(parts, platform, folder)
    made.work_off()
    with sessions.writing() as session:
        _quote_it(session, platform)
    made.work_off()
    yield made
    if isinstance(parts.index, ChromaIndex):
        parts.index.close()


@pytest.fixture
def place(tmp_path: Path, sqlite_sessions: Sessions, sqlite_database: str) -> Iterator[Place]:
    with _place(tmp_path / "data", sqlite_sessions, sqlite_database, "exact") as made:
        yield made


@pytest.fixture(params=["chroma", pytest.param("exact", marks=pytest.mark.servers)])
def each_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Everything in files of this machine, with Chroma; and PostgreSQL."""
    kind = "sqlite" if request.param == "chroma" else "postgres"
    sessions, database = (request.getfixturevalue(f"{kind}_{what}") for what in ("sessions", "database"))
    with _place(tmp_path / "data", sessions, database, request.param) as made:
        yield made


def _people_it(session: Session, platform: Actor) -> None:
    yes = register.ConsentWish(*_all_allowed())
    roles = [(_learner(), "north")]
    register.put_person(session, platform, ID, name=NAME, roles=roles, consents=yes, now=NOW)
    register.put_person(session, platform, "yusuf", name="Yusuf Demir", roles=roles, consents=yes, now=NOW)
    hand_in(session, platform, ID, WORK, id_="s-zq-canary-0815")
    hand_in(session, platform, "yusuf")
    hand_in(session, platform, "amara", "We look at one lesson a week and write down what pupils ask.")


def _all_allowed() -> tuple[object, ...]:
    from pipelines.values import AI
    from service.domain.visibility import ShowWork

    return ShowWork.WITH_NAME, True, AI.ANY


def _learner() -> object:
    from service.domain.roles import Role

    return Role.LEARNER


def _draft_of(session: Session, submission: str) -> DraftRow:
    return session.scalars(
        select(DraftRow)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(Submission.external_id == submission)
    ).one()


def _quote_it(session: Session, platform: Actor) -> None:
    """Everything in which the canaries may come to stand: others' drafts, approved and not, learners' own words,
    replies, events, showings."""
    revision = session.scalars(select(Revision).where(Revision.text == WORK)).one()
    start = WORK.index(QUOTE)
    source = values.Source(
        SourceKind.PEER, f"{revision.id}@{start}-{start + len(QUOTE)}", QUOTE, start, start + len(QUOTE), title=NAME
    )
    lena = act_as(session, platform, "lena")
    for submission, approved in (("s-yusuf", True), ("s-amara", False)):
        row = _draft_of(session, submission)
        row.state = DraftState.WAITING
        row.generation += 1
        session.flush()
        make_ready(session, row, source)
        current_points(row)[-1].text = f"Another learner wrote: “{QUOTE}”. What do you think of {NAME}’s way?"
        row.prompt_rendered = f"PEER {NAME}: {WORK}"
        row.evidence = [{"label": "P1", "id": f"{revision.id}@0-10"}]
        session.flush()
        if approved:
            approve(session, lena, row)
            release.release(_deciding(session, lena, row))
    own = _draft_of(session, "s-zq-canary-0815")
    own.state = DraftState.WAITING
    own.generation += 1
    session.flush()
    make_ready(session, own)
    approve(session, lena, own)
    release.release(_deciding(session, lena, own))
    person = act_as(session, platform, ID)
    asks.ask(session, person, "s-zq-canary-0815", asks.AskWish(ASK), now=NOW)
    reactions.react(session, person, "s-zq-canary-0815", about="", helpful=True, why=WISH, now=NOW)
    commitments.make(
        session,
        person,
        ID,
        commitments.CommitmentWish(WISH, (NOW + timedelta(days=3)).date(), "s-zq-canary-0815"),
        now=NOW,
    )
    told = DisclosedTo(DisclosureKind.REQUEST, "0" * 32, session.scalars(_id_of("amara")).one(), approved_by=None)
    disclosures.record(session, [revision.id], told, now=NOW)
    asked = replies.KeyedRequest("key-1", "f" * 64)
    body = json.dumps({"id": ID, "name": NAME, "text": WORK})
    replies.once(session, platform, asked, lambda: replies.Reply(200, {}, body), lambda _: None, now=NOW)


def _id_of(person: str):
    return select(Person.id).where(Person.external_id == person)


def _deciding(session: Session, actor: Actor, row: DraftRow):
    from service.actions.approvals.deciding import Deciding

    session.flush()
    return Deciding(session, actor, row.id, row.version, NOW)


def _bytes_of(place: Place) -> Iterator[tuple[str, bytes]]:
    """Every file of the data folder, the database's own files, and all that PostgreSQL gives out or keeps."""
    for file in sorted(place.data.rglob("*")):
        if file.is_file():
            yield str(file), file.read_bytes()
    engine = place.parts.sessions.engine
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        for file in sorted(path.parent.glob(f"{path.name}*")):
            yield str(file), file.read_bytes()
        return
    yield "pg_dump", _dump(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    with engine.connect() as connection:
        folder = Path(connection.scalar(text("SHOW data_directory")))
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    where = folder / "base" / str(number)
    if _readable(where):
        for file in sorted(where.iterdir()):
            yield str(file), file.read_bytes()


def _readable(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except PermissionError:
        return False


def _dump(url: str) -> bytes:
    program = shutil.which("pg_dump")
    if program is None:
        pytest.skip("There is no pg_dump here.")
    return subprocess.run([program, "--inserts", url], check=True, capture_output=True).stdout


def _found(place: Place, canaries: tuple[str, ...] = CANARIES) -> set[tuple[str, str]]:
    spellings = {one: {one.encode(), json.dumps(one)[1:-1].encode(), one.casefold().encode()} for one in canaries}
    return {
        (Path(name).name, one)
        for name, content in _bytes_of(place)
        for one, written in spellings.items()
        if any(each in content for each in written)
    }


def test_no_byte_of_a_person_is_left_and_what_others_have_stands(each_place: Place) -> None:
    place = each_place
    assert {canary for _, canary in _found(place)} == set(CANARIES)
    with place.parts.sessions.reading() as session:
        before = session.scalars(select(Revision.text).order_by(Revision.id)).all()
        vectors = len(session.scalars(select(VectorRow.text_hash)).all())
    id_ = place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    assert _found(place) == set()
    with place.parts.sessions.reading() as session:
        assert session.scalars(select(Revision.text).order_by(Revision.id)).all() == [t for t in before if t != WORK]
        assert len(session.scalars(select(VectorRow.text_hash)).all()) < vectors
        assert {row.display for row in _others(session)} == {"Amara Okafor", "Yusuf Demir"}
        assert not session.scalars(select(SourceRow).where(SourceRow.kind == SourceKind.PEER)).all()
        for row in session.scalars(select(DraftRow)):
            assert row.prompt_rendered in ("", "PEER [erased]: [erased].")
            assert row.evidence == []
    row = place.erasure(id_)
    assert (row.state, row.left, row.subject_id, row.name, row.external_id) == (ErasureState.DONE, "", "", "", "")
    assert row.counts["submissions"] == 1


def _others(session: Session):
    return session.execute(
        select(Person.name.label("display")).join(Submission, Submission.person_id == Person.id)
    ).all()


def test_nobody_reads_any_of_it_from_the_moment_it_is_asked(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    with place.parts.sessions.writing() as session:
        with pytest.raises(NotFound):
            reading.person(session, place.platform, ID)
        lena = act_as(session, place.platform, "lena")
        assert asks.asks_open(session, lena, after=None, limit=10) == []
        with pytest.raises(NotFound):
            release.feedback_of(session, place.platform, "s-zq-canary-0815")
        assert register.put_person(session, place.platform, ID, name="Somebody Else", now=NOW)[1]


def test_what_was_approved_with_the_words_is_looked_at_again_before_anybody_reads_it(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    with place.parts.sessions.writing() as session:
        released, waiting = _draft_of(session, "s-yusuf"), _draft_of(session, "s-amara")
        assert (released.state, waiting.state) == (DraftState.RETRACTED, DraftState.READY)
        assert "[erased]" in current_points(released)[-1].text
        assert "[erased]" in current_points(waiting)[-1].text
        with pytest.raises(NotFound):
            release.feedback_of(session, act_as(session, place.platform, "yusuf"), "s-yusuf")


def test_work_alone_goes_and_its_author_reads_on_that_it_was_shown(place: Place) -> None:
    place.erase(ErasureKind.SUBMISSION, "s-zq-canary-0815")
    place.work_off()
    assert {canary for _, canary in _found(place)} == {NAME, ID}
    with place.parts.sessions.writing() as session:
        (told,) = disclosed(session, act_as(session, place.platform, ID), ID)
        assert (told.submission, told.kind) == ("", DisclosureKind.REQUEST)


def test_the_same_words_of_somebody_else_stay_theirs(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        hand_in(session, place.platform, "lin", WORK)
    place.work_off()
    place.erase(ErasureKind.PERSON, ID)
    place.work_off()
    with place.parts.sessions.reading() as session:
        assert WORK in session.scalars(select(Revision.text)).all()
        owners = set(session.scalars(select(PassageRow.owner_id)))
        there = set(session.scalars(select(Revision.id)))
        assert {one for one in owners if one in there}
        of_lin = session.scalars(select(Revision.id).where(Revision.text == WORK)).one()
    assert of_lin in {id_.partition("@")[0] for id_ in place.parts.index.ids(f"work-{_challenge(place)}")}


def _challenge(place: Place) -> str:
    with place.parts.sessions.reading() as session:
        return session.scalars(select(Challenge.id).where(Challenge.external_id == "observe")).one()


def test_what_an_erased_facilitator_approved_stays_approved_by_a_former_one(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        register.put_person(session, place.platform, "lena", name="Lenarda Quixotova", now=NOW)
        approvals = session.scalars(select(Approval.id).order_by(Approval.id)).all()
    place.erase(ErasureKind.PERSON, "lena")
    place.work_off()
    assert _found(place, ("Lenarda Quixotova",)) == set()
    with place.parts.sessions.writing() as session:
        seen = release.feedback_of(session, act_as(session, place.platform, "yusuf"), "s-yusuf")
        assert seen.approved_by == FORMER
        assert session.scalars(select(Approval.id).order_by(Approval.id)).all() == approvals
        with pytest.raises(NotFound):
            reading.person(session, place.platform, "lena")


@pytest.mark.parametrize(
    ("kind", "id_", "left"),
    [
        (ErasureKind.CHALLENGE, "observe", {NAME, ID}),
        (ErasureKind.GROUP, "north", set()),
        (ErasureKind.ORGANIZATION, "lakeside", set()),
    ],
)
def test_a_challenge_a_group_and_an_organization_go_with_all_that_is_in_them(
    place: Place, kind: ErasureKind, id_: str, left: set[str]
) -> None:
    place.erase(kind, id_)
    place.work_off()
    assert {canary for _, canary in _found(place)} == left
    with place.parts.sessions.reading() as session:
        there = {
            ErasureKind.CHALLENGE: select(Challenge.id),
            ErasureKind.GROUP: select(Group.id).where(Group.name == "North"),
            ErasureKind.ORGANIZATION: select(Organization.id),
        }
        assert session.scalars(there[kind]).all() == []
        assert all(one.state is ErasureState.DONE for one in session.scalars(select(Erasure)))


def test_nothing_of_another_organization_changes(place: Place) -> None:
    with place.parts.sessions.writing() as session:
        other = found(session, "hillside")
        hand_in(session, other, "amara", WORK)
    place.work_off()
    with place.parts.sessions.reading() as session:
        before = _all_of(session, other.organization)
    place.erase(ErasureKind.ORGANIZATION, "lakeside")
    place.work_off()
    with place.parts.sessions.reading() as session:
        assert _all_of(session, other.organization) == before


def _all_of(session: Session, organization: str) -> dict[str, list[object]]:
    from service.store.tables import Base

    return {
        table.name: sorted(map(repr, session.execute(select(table).where(table.c.organization_id == organization))))
        for table in Base.metadata.sorted_tables
        if "organization_id" in table.c
    }


def test_the_trail_says_that_it_was_erased_and_by_whom_and_names_nobody(place: Place) -> None:
    place.erase(ErasureKind.PERSON, ID)
    with place.parts.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "erase.person")).one()
        assert entry.actor == place.platform.name
        event = session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == "erased")).one()
        assert set(event.data) == {"kind", "erasure"}


def test_a_job_that_dies_anywhere_is_done_again_to_the_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = place.erase(ErasureKind.PERSON, ID)
    steps: list[Callable[..., object]] = []

    def fail(*_: object, **__: object) -> None:
        steps.append(fail)
        raise ConnectionError("the machine stopped")

    monkeypatch.setattr(erasing, "write_anew", fail)
    place.work_off()
    assert steps
    assert place.erasure(id_).state is ErasureState.GONE
    monkeypatch.undo()
    with place.parts.sessions.writing() as session:  # the job's attempts are used up
        session.execute(update(Job).where(Job.kind == "erase").values(state=JobState.DEAD))
    erasing.write_anew(place.parts)
    assert place.erasure(id_).state is ErasureState.DONE
    assert _found(place) == set()
