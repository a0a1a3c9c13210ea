"""A bundle of lines: good lines are kept, bad ones told by number, and sending it again changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipelines.values import PointKind
from service.actions.access import credentials, organizations
from service.actions.bundles import take_in
from service.actions.memory import alerts, outward
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotFound
from service.domain.roles import Actor, CredentialReach
from service.store.session import Sessions
from service.store.tables import (
    Base,
    Challenge,
    CriterionRow,
    Document,
    DraftRow,
    ImportChunk,
    Job,
    OutgoingEvent,
    Person,
    Release,
    Revision,
    Submission,
)
from tests.begun import begun
from tests.service.actions.memory.remembered import compare
from tests.service.actions.school import act_as, found

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""After all that the example organization tells of: what is to come is refused."""
EXAMPLES = Path(__file__).parents[4] / "examples"


def _examples() -> list[str]:
    lines = []
    for text in (EXAMPLES / "bundle.ndjson").read_text("utf-8").splitlines():
        line = json.loads(text)
        if "file" in line:
            line["text"] = (EXAMPLES / line.pop("file")).read_text("utf-8")
        lines.append(json.dumps(line, ensure_ascii=False))
    return lines


def _take_all(sessions: Sessions, import_id: str) -> None:
    more = True
    while more:
        with sessions.writing() as session:
            more = take_in.take_chunk(session, import_id, now=NOW)


def _take_a_chunk_and_die(sessions: Sessions, import_id: str) -> None:
    with sessions.writing() as session:
        take_in.take_chunk(session, import_id, now=NOW)
        raise RuntimeError("the worker dies before it commits")


def _import(sessions: Sessions, actor: Actor, lines: list[str]) -> take_in.ImportRun:
    with sessions.writing() as session:
        run = take_in.start(session, actor, lines, now=NOW)
    _take_all(sessions, run.id)
    with sessions.reading() as session:
        return take_in.status(session, actor, run.id)


def _new(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        organization = organizations.create(session, external_id="quillmere", name="Quillmere", now=NOW)
        return Actor(organization.id, "key", CredentialReach.PLATFORM)


def _with_the_examples(sessions: Sessions) -> tuple[Actor, take_in.ImportRun]:
    def made() -> tuple[Actor, take_in.ImportRun]:
        actor = _new(sessions)
        return actor, _import(sessions, actor, _examples())

    return begun("the example organization", sessions, made)


def _counts(sessions: Sessions) -> dict[str, int]:
    kept = (Person, Challenge, Document, Submission, Revision, DraftRow, Release, Job)
    with sessions.reading() as session:
        return {m.__tablename__: session.scalar(select(func.count()).select_from(m)) or 0 for m in kept}


def test_the_example_organization_comes_in_whole_and_a_second_time_changes_nothing(sessions: Sessions):
    lines = _examples()
    actor, first = _with_the_examples(sessions)
    before = _counts(sessions)
    second = _import(sessions, actor, lines)
    after = _counts(sessions)
    assert (first.state, first.failed, first.kept) == ("finished", 0, len(lines))
    assert (second.failed, second.kept) == (0, len(lines))
    assert after == {**before, "jobs": after["jobs"]}
    assert before["people"] == 28
    assert before["challenges"] == 3
    assert before["submissions"] >= 60


def test_a_bundle_brings_confirmed_forms_and_one_without_them_leaves_those_there_are(sessions: Sessions):
    actor = _new(sessions)
    (line,) = (one for one in _examples() if '"kind": "challenge"' in one and '"id": "quiet-families"' in one)
    bare = json.loads(line)
    for criterion in bare["criteria"]:
        del criterion["forms"]
    bare["criteria"][0]["text"] = "says which families are meant"
    for given in (line, json.dumps({**bare, "groups": []})):
        assert _import(sessions, actor, [json.dumps({**json.loads(given), "groups": []})]).failed == 0
    with sessions.reading() as session:
        first, second, *_ = session.scalars(select(CriterionRow).order_by(CriterionRow.position)).all()
    assert first.forms == []
    assert [form["language"] for form in second.forms or ()] == ["en", "de"]


def test_what_waits_is_queued_for_drafting_only_once_the_whole_bundle_is_in(sqlite_sessions: Sessions):
    actor = _new(sqlite_sessions)
    with sqlite_sessions.writing() as session:
        run = take_in.start(session, actor, _examples(), now=NOW)
    with sqlite_sessions.reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["import"]
    _take_all(sqlite_sessions, run.id)
    with sqlite_sessions.reading() as session:
        waiting = session.scalars(select(DraftRow.id).where(DraftRow.state == DraftState.WAITING)).all()
        queued = session.scalars(select(Job.subject_id).where(Job.kind == "draft")).all()
        fits = session.scalars(select(Job).where(Job.kind == "fit")).all()
    assert sorted(waiting) == sorted(queued)
    assert len(waiting) > 20
    assert len(fits) == 1


def test_a_bad_line_is_told_by_its_number_and_the_good_ones_around_it_are_kept(sessions: Sessions):
    with sessions.writing() as session:
        actor = found(session)
    good = json.dumps({"kind": "submission", "id": "s1", "challenge": "observe", "person": "amara", "text": "A plan."})
    lines = [
        "{not json",
        json.dumps({"kind": "submission", "id": "s2", "challenge": "nowhere", "person": "amara", "text": "x"}),
        good,
        json.dumps({"kind": "spell", "id": "s3"}),
        json.dumps({"kind": "person", "id": "p\u0000", "name": "Nul"}),
        '{"kind":"person","id":"p","name":"\\ud800"}',
        "",
        json.dumps({"kind": "group", "id": "g", "name": "G", "wrong": True}),
    ]
    run = _import(sessions, actor, lines)
    with sessions.reading() as session:
        errors = take_in.errors(session, actor, run.id)
        page = take_in.errors(session, actor, run.id, after=2, limit=2)
        told = session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == "import.finished")).one()
    assert (run.lines, run.kept, run.failed) == (8, 1, 6)
    assert [error.line for error in errors] == [1, 2, 4, 5, 6, 8]
    assert "nowhere" in errors[1].message
    assert [error.line for error in page] == [4, 5]
    assert (told.data["kept"], told.data["failed"]) == (1, 6)


def test_a_crash_between_two_chunks_loses_nothing_and_doubles_nothing(sessions: Sessions):
    with sessions.writing() as session:
        actor = found(session)
    lines = [json.dumps({"kind": "group", "id": f"g{n}", "name": f"Group {n}"}) for n in range(450)]
    with sessions.writing() as session:
        run = take_in.start(session, actor, lines, now=NOW)
    with sessions.writing() as session:
        assert take_in.take_chunk(session, run.id, now=NOW)
    with pytest.raises(RuntimeError):
        _take_a_chunk_and_die(sessions, run.id)
    _take_all(sessions, run.id)
    with sessions.reading() as session:
        assert take_in.status(session, actor, run.id).kept == 450
        assert session.scalars(select(ImportChunk)).all() == []


def test_an_empty_bundle_is_refused_and_another_organizations_import_is_not_found(sqlite_sessions: Sessions):
    with sqlite_sessions.writing() as session:
        ours, theirs = found(session, "lakeside"), found(session, "hillside")
        run = take_in.start(session, ours, ["{}"], now=NOW)
        with pytest.raises(Invalid, match="empty"):
            take_in.start(session, ours, [], now=NOW)
        with pytest.raises(NotFound):
            take_in.status(session, theirs, run.id)


def test_no_table_is_left_out_of_the_organization():
    """What belongs to nobody could not be erased with its organization."""
    alone = {"organizations", "import_chunks", "import_errors", "erasure_salts"}  # the last: one for the installation
    assert {t.name for t in Base.metadata.sorted_tables if "organization_id" not in t.c} == alone


def test_the_contradiction_in_the_example_organization_is_found_and_nothing_else_is(sessions: Sessions):
    actor, _ = _with_the_examples(sessions)
    with sessions.writing() as session:
        _, secret = credentials.issue_key(session, actor.organization, name="platform", now=NOW)
        actor = credentials.authenticate(session, secret, now=NOW)
        tomasz, marit = (act_as(session, actor, name, now=NOW) for name in ("p-tomasz", "p-marit"))
        compare(session)
        (alert,) = alerts.alerts(session, tomasz, "peer-observation")
        (seen,) = outward.alerts(session, [alert])
        assert {seen.first.submission, seen.second.submission} == {"s-006", "s-008"}
        assert {seen.first.name, seen.second.name} == {"Desmond Achterberg", "Farida Noorzai"}
        assert {seen.first.said.kind, seen.second.said.kind} == {PointKind.STRENGTH, PointKind.NEXT_STEP}
        assert alerts.alerts(session, marit, "peer-observation") == []
        for challenge in ("act-on-assessment", "quiet-families"):
            assert alerts.alerts(session, tomasz, challenge) == []
