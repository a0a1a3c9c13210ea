"""A backup made while others write, put back, compared; what was erased since is erased again; what is damaged is
refused."""

from __future__ import annotations

import json
import tarfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.erasure import again, begin, since
from service.actions.erasure.since import SinceThen
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.erasure.erased import ErasureKind
from service.domain.errors import Conflict, Invalid
from service.domain.roles import Actor
from service.domain.visibility import ShowWork
from service.store import backup
from service.store.erasure.replay import ReplayList
from service.store.session import Sessions
from service.store.tables import DraftRow, Erasure, Person, Submission
from tests.service.actions.school import NOW, OTHER_PLAN, found, hand_in


@pytest.fixture
def platform(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, "amara")
        hand_in(session, platform, "yusuf", OTHER_PLAN)
        return platform


def _submissions(sessions: Sessions) -> list[str]:
    with sessions.reading() as session:
        return list(session.scalars(select(Submission.external_id).order_by(Submission.external_id)))


def test_what_was_backed_up_is_there_again_with_its_files_and_nothing_of_later(
    sessions: Sessions, platform: Actor, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "one.pdf").write_bytes(b"a learner's file")
    (data / "chroma").mkdir()
    (data / "chroma" / "chroma.sqlite3").write_bytes(b"made anew")
    made = backup.write(sessions, data, tmp_path / "one.tar", now=NOW)
    with sessions.writing() as session:
        hand_in(session, platform, "lin", "Later work.")
    (data / "files" / "ab" / "one.pdf").write_bytes(b"changed")
    manifest = backup.check(tmp_path / "one.tar")
    assert (manifest.tables, manifest.rows) == (made.tables, made.rows)
    assert manifest.tables["submissions"].rows == 2
    backup.restore(sessions.engine, data, tmp_path / "one.tar", manifest)
    assert _submissions(sessions) == ["s-amara", "s-yusuf"]
    assert (data / "files" / "ab" / "one.pdf").read_bytes() == b"a learner's file"
    with tarfile.open(tmp_path / "one.tar") as archive:
        assert not [name for name in archive.getnames() if "chroma" in name]


def test_a_backup_holds_one_moment_while_others_write(sessions: Sessions, platform: Actor, tmp_path: Path) -> None:
    stop = threading.Event()
    written = []

    def write_on() -> None:
        while not stop.is_set() and len(written) < 200:
            with sessions.writing() as session:
                hand_in(session, platform, "lin", f"Work number {len(written)}.", id_=f"s-lin-{len(written)}")
            written.append(1)

    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        made = backup.write(sessions, tmp_path / "data", tmp_path / "one.tar", now=NOW)
    finally:
        stop.set()
        thread.join()
    assert written
    assert made.tables["submissions"].rows == made.tables["revisions"].rows == made.tables["drafts"].rows
    backup.restore(sessions.engine, tmp_path / "data", tmp_path / "one.tar", backup.check(tmp_path / "one.tar"))
    assert len(_submissions(sessions)) == made.tables["submissions"].rows


def test_what_was_erased_since_is_erased_again_and_said(sessions: Sessions, platform: Actor, tmp_path: Path) -> None:
    backup.write(sessions, tmp_path / "data", tmp_path / "before.tar", now=NOW)
    with sessions.writing() as session:
        begin.erase(session, platform, ErasureKind.PERSON, "amara", now=NOW)
    backup.write(sessions, tmp_path / "data", tmp_path / "after.tar", now=NOW)
    known = backup.known_in(sessions.engine)
    assert backup.known_by(tmp_path / "after.tar") == known
    backup.restore(sessions.engine, tmp_path / "data", tmp_path / "before.tar", backup.check(tmp_path / "before.tar"))
    with sessions.writing() as session:
        assert session.scalars(select(Person.name).where(Person.external_id == "amara")).all() == ["Amara Okafor"]
        assert again.erase_again(session, [backup.known_by(tmp_path / "before.tar"), known], now=NOW) == {"person": 1}
        assert again.erase_again(session, [known], now=NOW) == {}
    with sessions.reading() as session:
        assert session.scalars(select(Person).where(Person.external_id == "amara")).all() == []
        assert [one.kind for one in session.scalars(select(Erasure))] == [ErasureKind.PERSON]
        assert set(known.digests) == {(one.kind.value, one.digest) for one in session.scalars(select(Erasure))}


def test_the_list_names_nobody(sessions: Sessions, platform: Actor, tmp_path: Path) -> None:
    with sessions.writing() as session:
        id_ = session.scalars(select(Person.id).where(Person.external_id == "amara")).one()
        begin.erase(session, platform, ErasureKind.PERSON, "amara", now=NOW)
        submit.withdraw(session, platform, "s-yusuf", now=NOW)
        others = [*session.scalars(select(Submission.id)), *session.scalars(select(Person.id))]
    known = backup.known_in(sessions.engine)
    assert ReplayList.of_json(known.to_json()) == known
    assert (len(known.taken_back), len(known.consents)) == (2, 5)
    assert not [one for one in ("amara", "yusuf", "Okafor", id_, *others) if one in known.to_json()]


def test_what_was_taken_back_and_forbidden_since_is_so_again_and_said(
    sessions: Sessions, platform: Actor, tmp_path: Path
) -> None:
    later = NOW + timedelta(days=1)
    all_of_it = ConsentWish(ShowWork.WITH_NAME, introduce=True, ai=AI.ANY)
    with sessions.writing() as session:
        for person in ("amara", "yusuf", "lin"):
            register.set_consent(session, platform, person, all_of_it, now=NOW)
    backup.write(sessions, tmp_path / "data", tmp_path / "before.tar", now=NOW)
    with sessions.writing() as session:
        submit.withdraw(session, platform, "s-amara", now=later)
        register.set_consent(session, platform, "yusuf", ConsentWish(ShowWork.NO, ai=AI.LOCAL), now=later)
        register.set_consent(session, platform, "lin", ConsentWish(ShowWork.NO, introduce=False), now=later)
        register.set_consent(session, platform, "lin", all_of_it, now=later + timedelta(days=1))
    backup.write(sessions, tmp_path / "data", tmp_path / "after.tar", now=later)
    lists = [backup.known_by(tmp_path / "before.tar"), backup.known_by(tmp_path / "after.tar")]
    lists.append(backup.known_in(sessions.engine))
    backup.restore(sessions.engine, tmp_path / "data", tmp_path / "before.tar", backup.check(tmp_path / "before.tar"))
    with sessions.writing() as session:
        assert _allowed(session, "yusuf") == (ShowWork.WITH_NAME, True, AI.ANY), "the backup itself knows no better"
        assert since.hold_again(session, lists, now=later + timedelta(days=7)) == SinceThen(1, 1)
        assert since.hold_again(session, lists, now=later + timedelta(days=8)) == SinceThen(0, 0)
    with sessions.reading() as session:
        assert _allowed(session, "yusuf") == (ShowWork.NO, True, AI.LOCAL)
        assert _allowed(session, "lin") == (ShowWork.WITH_NAME, True, AI.ANY), "the person allowed it again since"
        row = session.scalars(select(Submission).where(Submission.external_id == "s-amara")).one()
        assert row.withdrawn_at == later, "the days until it is erased count from when it was taken back"
        drafts = session.scalars(select(DraftRow).where(DraftRow.submission_id == row.id))
        assert {draft.state for draft in drafts} == {DraftState.WITHDRAWN}
        person = session.scalars(select(Person).where(Person.external_id == "yusuf")).one()
        assert register.consent_history(session, person)[0].basis_note == since.WHY


def test_whoever_said_otherwise_after_the_list_was_made_is_believed(sessions: Sessions, platform: Actor) -> None:
    known = backup.known_in(sessions.engine)
    wider = ConsentWish(ShowWork.WITH_NAME)
    with sessions.writing() as session:
        register.set_consent(session, platform, "amara", wider, now=NOW + timedelta(days=1))
        assert since.hold_again(session, [known], now=NOW + timedelta(days=2)) == SinceThen(0, 0)


def test_a_list_of_an_earlier_version_knows_of_erasures_alone(sessions: Sessions, platform: Actor) -> None:
    old = ReplayList.of_json('{"salt": "00", "erased": [["person", "ab"]]}')
    assert old == ReplayList("00", frozenset({("person", "ab")}))
    with sessions.writing() as session:
        assert since.hold_again(session, [old], now=NOW) == SinceThen(0, 0)


def _allowed(session: Session, person: str) -> tuple[ShowWork, bool, AI]:
    held = session.scalars(select(Person).where(Person.external_id == person)).one().consent
    return held.show_work, held.introduce, held.ai


@pytest.mark.parametrize("damage", ["cut", "flip", "missing", "other", "empty"])
def test_a_damaged_backup_is_refused_with_a_sentence_and_changes_nothing(
    sqlite_sessions: Sessions, tmp_path: Path, damage: str
) -> None:
    with sqlite_sessions.writing() as session:
        hand_in(session, found(session), "amara")
    file = tmp_path / "one.tar"
    backup.write(sqlite_sessions, tmp_path / "data", file, now=NOW)
    content = bytearray(file.read_bytes())
    match damage:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flip":
            content[len(content) // 3] ^= 1
            file.write_bytes(content)
        case "missing":
            _without(file, "erased.json")
        case "other":
            file.write_bytes(b"this is a letter to my aunt " * 100)
        case "empty":
            file.write_bytes(b"")
    with pytest.raises(Invalid, match="Take another"):
        backup.check(file)


def _without(file: Path, name: str) -> None:
    kept = file.with_suffix(".kept")
    with tarfile.open(file) as old, tarfile.open(kept, "w") as new:
        for member in old.getmembers():
            if member.name != name:
                new.addfile(member, old.extractfile(member))
    kept.replace(file)


def test_rows_that_were_changed_in_the_archive_are_not_put_back(sqlite_sessions: Sessions, tmp_path: Path) -> None:
    """Somebody who changes the database in it and its digest as a file is found by the digests of the rows."""
    with sqlite_sessions.writing() as session:
        hand_in(session, found(session), "amara")
    file = tmp_path / "one.tar"
    made = backup.write(sqlite_sessions, tmp_path / "data", file, now=NOW)
    wrong = {**made.tables, "submissions": backup.TableSeal(1, "0" * 64)}
    lying = backup.Manifest(made.made_at, made.kind, made.revision, wrong, made.files)
    with pytest.raises(Invalid, match="submissions"):
        backup.restore(sqlite_sessions.engine, tmp_path / "data", file, lying)
    assert _submissions(sqlite_sessions) == ["s-amara"]


def test_a_backup_does_not_take_the_place_of_a_file(sqlite_sessions: Sessions, tmp_path: Path) -> None:
    there = tmp_path / "letter.txt"
    there.write_text("keep me")
    with pytest.raises(Conflict):
        backup.write(sqlite_sessions, tmp_path, there, now=NOW)
    with pytest.raises(Invalid, match="no folder"):
        backup.write(sqlite_sessions, tmp_path, tmp_path / "nowhere" / "one.tar", now=NOW)
    assert json.dumps(there.read_text()) == '"keep me"'
