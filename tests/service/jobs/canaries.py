"""An installation full of canaries, and a search for them in every byte that can be reached."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.adapters.chroma import ChromaIndex
from pipelines.values import SourceKind
from service import wiring
from service.actions.decisions import release
from service.actions.drafts.points import current_points
from service.actions.erasure import begin
from service.actions.learners import asks, commitments, reactions
from service.actions.people import register
from service.domain.drafts import DraftState
from service.domain.erasure.erased import ErasureKind
from service.domain.roles import Actor
from service.settings import load
from service.store import disclosures, find, replies
from service.store.disclosures import DisclosedTo, Showing
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import (
    AccountBinding,
    AccountProvider,
    DeliveryState,
    DisclosureKind,
    DraftRow,
    Erasure,
    Person,
    Revision,
    Submission,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready
from tests.work_off import work_off

NAME = "Zephyrine Quackenbush"
ID = "zq-canary-4711"
WORK = "The heron ledger counts umbrella stands before vermilion kettles and every tuba sings at dusk."
WISH = "Tomorrow the walrus orchestra rehearses beneath marmalade skies."
ASK = "Why would a porcupine librarian need nine lanterns?"
ADDRESS = "zq-canary-heron@quackenbush.example"
QUOTE = "umbrella stands before vermilion kettles and every tuba"
CANARIES = (NAME, ID, WORK, WISH, ASK, QUOTE, "s-zq-canary-0815", ADDRESS)
INDEXED = ("heron", "vermilion", "zephyrin", "quackenbush")
"""Words of theirs that nobody else says, folded and stemmed: so they stand in the database's own index of words, which
holds no phrases."""


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
        work_off(self.parts)

    def erasure(self, id_: str) -> Erasure:
        with self.parts.sessions.reading() as session:
            return session.get_one(Erasure, id_)


@contextmanager
def installed(folder: Path, sessions: Sessions, database: str, index: str) -> Iterator[Place]:
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


def _people_it(session: Session, platform: Actor) -> None:
    yes = register.ConsentWish(*_all_allowed())
    roles = [(_learner(), "north")]
    register.put_person(session, platform, ID, name=NAME, roles=roles, consents=yes, email=ADDRESS, now=NOW)
    register.put_person(session, platform, "yusuf", name="Yusuf Demir", roles=roles, consents=yes, now=NOW)
    hand_in(session, platform, ID, WORK, id_="s-zq-canary-0815")
    hand_in(session, platform, "yusuf")
    hand_in(session, platform, "amara", "We look at one lesson a week and write down what pupils ask.")
    _sent_it(session, platform.organization)
    _waits_to_be_confirmed(session, platform.organization)


def _sent_it(session: Session, organization: str) -> None:
    """What a platform answered to a webhook: it may say whatever it likes."""
    facts = {"organization_id": organization, "name": "Courses", "url": "https://courses.example.org/", "reached": 0}
    endpoint = WebhookEndpoint(**facts, secret="sealed", created_at=NOW)
    session.add(endpoint)
    session.flush()
    said = {"event_name": "webhook.test", "number": 0, "lane": "0" * 64, "excerpt": f"Nobody here is {NAME} ({ID})."}
    times = {"begun_at": NOW, "due_at": NOW, "ended_at": NOW, "state": DeliveryState.DELIVERED}
    session.add(WebhookDelivery(organization_id=organization, endpoint_id=endpoint.id, **said, **times))


def _waits_to_be_confirmed(session: Session, organization: str) -> None:
    """What a coordinator reads of an account that may be the person's."""
    said = {"name": "Accounts", "issuer": "https://accounts.example.org", "client_id": "peerloom", "created_at": NOW}
    provider = AccountProvider(organization_id=organization, **said)
    session.add(provider)
    session.flush()
    of = {"organization_id": organization, "provider_id": provider.id, "account_hash": "0" * 64, "made_at": NOW}
    person = find.one(session, Person, organization, ID)
    session.add(AccountBinding(person_id=person.id, said=f"{NAME}, {ADDRESS}, id {ID}", **of))


def _all_allowed() -> tuple[object, ...]:
    from pipelines.values import AI
    from service.domain.visibility import ShowWork

    return ShowWork.WITH_NAME, True, AI.ANY


def _learner() -> object:
    from service.domain.roles import Role

    return Role.LEARNER


def draft_of(session: Session, submission: str) -> DraftRow:
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
        row = draft_of(session, submission)
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
    own = draft_of(session, "s-zq-canary-0815")
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
    reader = session.scalars(_id_of("amara")).one()
    for kind in (DisclosureKind.REQUEST, DisclosureKind.DESK, DisclosureKind.BRIEF, DisclosureKind.LOCAL_MODEL):
        disclosures.record(session, [revision.id], DisclosedTo(kind, "0" * 32, reader), now=NOW)
    named = Showing(
        DisclosedTo(DisclosureKind.EXPORT, platform.organization, reader),
        people=frozenset(session.scalars(_id_of(ID))),
    )
    disclosures.keep(session, [named], now=NOW)
    asked = replies.KeyedRequest("key-1", "f" * 64)
    body = json.dumps({"id": ID, "name": NAME, "text": WORK})
    replies.once(session, platform, asked, lambda: replies.Reply(200, {}, body), lambda _: None, now=NOW)
    elsewhere = replies.Reply(303, {"Location": f"/desk/people/{ID}?said=person-saved"}, "")
    replies.of_a_form(session, platform, "e" * 64, lambda _: elsewhere, now=NOW)


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


def canaries_in(place: Place, canaries: tuple[str, ...] = CANARIES) -> set[tuple[str, str]]:
    spellings = {one: {one.encode(), json.dumps(one)[1:-1].encode(), one.casefold().encode()} for one in canaries}
    return {
        (Path(name).name, one)
        for name, content in _bytes_of(place)
        for one, written in spellings.items()
        if any(each in content for each in written)
    }
