"""Everything in one file, made while the service runs, and put back. Knows no meaning of any table.

A backup is a tar file: `manifest.json`, then the database as its own program copies it (SQLite's online backup, or
pg_dump's custom format), then files that the data folder holds besides. The index is left out, since it is made anew
from the rows. The manifest has the count and a digest of every table's rows, to compare a restored database with.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from sqlalchemy import URL, Connection, Engine, Table, inspect, select, text

from service.domain.errors import Conflict, Invalid, Unavailable
from service.domain.visibility import ConsentStand
from service.store import data_folder, migrate, visible
from service.store.erasure import replay
from service.store.erasure.replay import ReplayList
from service.store.session import READING, Sessions, make_engine
from service.store.tables import Base, Consent, Erasure, ErasureSalt, Submission

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
ERASED: Final = "erased.json"
NOT_TAKEN: Final = (*data_folder.INDEX, *data_folder.OF_ONE_PROCESS, "onnx")
"""In the data folder: the index, what is of one process only, and what can be made again. The database's own files are
not taken as files, either."""
BLOCK: Final = 1 << 20
ASIDE: Final = "peerloom_before_restore"

Teller = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class TableSeal:
    """How many rows a table has, and a digest of them in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `files` are sha256 by name in the archive."""

    made_at: datetime
    kind: str  # sqlite, postgresql
    revision: str
    tables: dict[str, TableSeal]
    files: dict[str, str]
    size: int = field(default=0, compare=False)

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


def write(sessions: Sessions, data: Path, target: Path, *, now: datetime, told: Teller = lambda _: None) -> Manifest:
    """Write a backup. It is there whole or not at all. Raises Conflict for a file that is there, Unavailable."""
    if target.exists():
        raise Conflict(f"There is a file {target} already. Name another one, or a folder.")
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {target.parent}. Make it first, on another disk than the database's.")
    with TemporaryDirectory(prefix=".peerloom-backup-", dir=target.parent) as work:
        folder = Path(work)
        told("Copying the database …")
        kind, seals, erased = _copied(sessions.engine, folder, told)
        (folder / ERASED).write_text(erased.to_json(), encoding="utf-8")
        told("Writing the file …")
        part = folder / "part.tar"
        files = _packed(part, folder, data, _database_files(sessions.engine))
        manifest = Manifest(now, kind, migrate.current(sessions.engine) or "", seals, files)
        _add_manifest(part, manifest)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
    return Manifest(now, kind, manifest.revision, seals, files, target.stat().st_size)


def _copied(engine: Engine, folder: Path, told: Teller) -> tuple[str, dict[str, TableSeal], ReplayList]:
    if engine.dialect.name == "sqlite":
        copy = folder / "peerloom.db"
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as to:
            source.backup(to, pages=2000, sleep=0.01)  # in parts, so that writers go on
        copied = make_engine(f"sqlite:///{copy}")
        try:
            with copied.connect().execution_options(**{READING: True}) as connection:
                made = seals(connection, told), _erased(connection)
        finally:
            copied.dispose()
        for left in ("-wal", "-shm"):
            copy.with_name(copy.name + left).unlink(missing_ok=True)
        return "sqlite", *made
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        dump = folder / "peerloom.pgdump"
        _run("pg_dump", engine.url, "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}")
        return "postgresql", seals(connection, told), _erased(connection)


def seals(connection: Connection, told: Teller = lambda _: None) -> dict[str, TableSeal]:
    """Of every table that this version knows and that is there."""
    found = {}
    there = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name in there:
            told(f"Reading {table.name} …")
            found[table.name] = _seal(connection, table)
    return found


def _seal(connection: Connection, table: Table) -> TableSeal:
    """Digests of rows are added up, so that their order does not matter."""
    rows, total = 0, 0
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}  # an older one may have fewer
    columns = [column for column in table.columns if column.name in there]
    for row in connection.execute(select(*columns).execution_options(yield_per=1000)):
        rows += 1
        said = json.dumps([_said(value) for value in row], sort_keys=True, ensure_ascii=True)
        total += int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")
    return TableSeal(rows, f"{total % (1 << 256):064x}")


def _said(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _database_files(engine: Engine) -> set[Path]:
    if engine.dialect.name != "sqlite":
        return set()
    file = Path(str(engine.url.database)).resolve()
    return {file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")}


def _packed(part: Path, folder: Path, data: Path, database: set[Path]) -> dict[str, str]:
    """Pack all of it; sha256 by name."""
    found: dict[str, str] = {}
    with tarfile.open(part, "w") as archive:
        for file in sorted(folder.iterdir()):
            if file != part:
                found[file.name] = _add(archive, file, file.name)
        for file in _kept_files(data, database):
            name = f"files/{file.relative_to(data).as_posix()}"
            found[name] = _add(archive, file, name)
    return found


def _kept_files(data: Path, database: set[Path]) -> Iterator[Path]:
    if not data.is_dir():
        return
    for file in sorted(data.rglob("*")):
        own = file.relative_to(data).parts[0]
        if file.is_file() and not file.is_symlink() and own not in NOT_TAKEN and file.resolve() not in database:
            yield file


def _add(archive: tarfile.TarFile, file: Path, name: str) -> str:
    archive.add(file, arcname=name, recursive=False)
    with file.open("rb") as stream:
        return _sha(stream)


def _sha(stream: IO[bytes]) -> str:
    sha = hashlib.sha256()
    while block := stream.read(BLOCK):
        sha.update(block)
    return sha.hexdigest()


def _add_manifest(part: Path, manifest: Manifest) -> None:
    told = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    content = json.dumps(told, indent=1).encode()
    with tarfile.open(part, "a") as archive:
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(content), 0o600
        archive.addfile(member, io.BytesIO(content))


def check(file: Path) -> Manifest:
    """What the backup holds, each file in it compared with its digest. Raises Invalid where anything is wrong."""
    with _open(file) as archive:
        manifest = _manifest(archive, file)
        members = {one.name: one for one in archive.getmembers() if one.isfile() and one.name != MANIFEST}
        if set(members) != set(manifest.files):
            raise Invalid(f"{file} is damaged: what is in it is not what it should hold. Take another backup.")
        for name, wanted in manifest.files.items():
            stream = archive.extractfile(members[name])
            if stream is None or _sha(stream) != wanted:
                raise Invalid(f"{file} is damaged: {name} is not as it was written. Take another backup.")
    return manifest


@contextmanager
def _open(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Invalid(f"{file} cannot be read as a backup ({error}). Take another one.") from error


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    try:
        stream = archive.extractfile(MANIFEST)
        told = json.loads(stream.read()) if stream is not None else {}
        if told["format"] != FORMAT:
            raise Invalid(f"{file} was written by another version of Peerloom (format {told['format']}). Use that one.")
        tables = {name: TableSeal(**one) for name, one in told["tables"].items()}
        made_at = datetime.fromisoformat(told["made_at"])
        return Manifest(made_at, told["kind"], told["revision"], tables, told["files"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Invalid(
            f"{file} is no backup of Peerloom, or is cut off: it has no whole manifest. Take another one."
        ) from error


def known_by(file: Path) -> ReplayList:
    """What had been erased, taken back and allowed when this backup was made. Raises Invalid."""
    with _open(file) as archive:
        try:
            stream = archive.extractfile(ERASED)
            return ReplayList.of_json(stream.read().decode() if stream is not None else "")
        except (KeyError, ValueError) as error:
            raise Invalid(f"{file} has no list of what was erased, so it is no whole backup.") from error


def known_in(engine: Engine) -> ReplayList:
    """What this database knows of the same; nothing where it is too old to know."""
    with engine.connect().execution_options(**{READING: True}) as connection:
        return _erased(connection)


def _erased(connection: Connection) -> ReplayList:
    """Where nothing was erased yet there is no salt: the list has one of its own, which whoever restores takes over."""
    if Erasure.__tablename__ not in inspect(connection).get_table_names():
        return ReplayList("", frozenset())
    salt = connection.scalar(select(ErasureSalt.salt).order_by(ErasureSalt.id).limit(1)) or secrets.token_hex(32)
    rows = connection.execute(select(Erasure.kind, Erasure.digest))
    return ReplayList(
        salt,
        frozenset((row.kind, row.digest) for row in rows),
        dict(_taken_back(connection, salt)),
        dict(_consents(connection, salt)),
    )


def _taken_back(connection: Connection, salt: str) -> Iterator[tuple[str, datetime]]:
    query = select(Submission.id, Submission.withdrawn_at).where(visible.withdrawn())
    for id_, at in connection.execute(query):
        if at is not None:
            yield replay.taken_back(salt, id_), at


def _consents(connection: Connection, salt: str) -> Iterator[tuple[str, tuple[ConsentStand, datetime]]]:
    for row in connection.execute(
        select(Consent.person_id, Consent.show_work, Consent.introduce, Consent.ai, Consent.changed_at)
    ):
        stand = ConsentStand(row.show_work, row.introduce, row.ai)
        yield replay.allows(salt, row.person_id), (stand, row.changed_at)


def restore(engine: Engine, data: Path, file: Path, manifest: Manifest, *, told: Teller = lambda _: None) -> None:
    """Put it in the place of what is there, compared before the old one is gone where that can be. Raises Invalid for
    another kind of database, or where the restored rows are not those that were written."""
    if manifest.kind != engine.dialect.name:
        raise Invalid(
            f"This backup is of {manifest.kind}, and the settings say {engine.dialect.name}: set PEERLOOM_DATABASE_URL."
        )
    data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".peerloom-restore-", dir=data) as work:
        folder = Path(work)
        with _open(file) as archive:
            archive.extractall(folder, filter="data")
        if manifest.kind == "sqlite":
            _restore_sqlite(engine, folder / "peerloom.db", manifest, told)
        else:
            _restore_postgresql(engine, folder / "peerloom.pgdump", manifest, told)
        told("Putting files back …")
        for one in sorted((folder / "files").rglob("*")):
            if one.is_file():
                to = data / one.relative_to(folder / "files")
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(one, to)


def _restore_sqlite(engine: Engine, copy: Path, manifest: Manifest, told: Teller) -> None:
    copied = make_engine(f"sqlite:///{copy}")
    try:
        _compare(copied, manifest, told)
    finally:
        copied.dispose()
    for left in ("-wal", "-shm"):
        copy.with_name(copy.name + left).unlink(missing_ok=True)
    engine.dispose()
    there = Path(str(engine.url.database))
    for old in ("-wal", "-shm", "-journal"):
        there.with_name(there.name + old).unlink(missing_ok=True)
    shutil.copy2(copy, there.with_name(there.name + ".new"))  # the two may lie on different disks
    there.with_name(there.name + ".new").replace(there)


def _restore_postgresql(engine: Engine, dump: Path, manifest: Manifest, told: Teller) -> None:
    """What is there steps aside, and is gone only once the restored rows are those that were written."""
    engine.dispose()
    told("Putting the database back …")
    _administer(engine, f"ALTER SCHEMA public RENAME TO {ASIDE}", "CREATE SCHEMA public")
    try:
        _run("pg_restore", engine.url, "--no-owner", "--single-transaction", "--exit-on-error", str(dump))
        _compare(engine, manifest, told)
    except BaseException:
        engine.dispose()
        _administer(engine, "DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    _administer(engine, f"DROP SCHEMA {ASIDE} CASCADE")


def _administer(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _compare(engine: Engine, manifest: Manifest, told: Teller) -> None:
    with engine.connect().execution_options(**{READING: True}) as connection:
        here = seals(connection, told)
    wrong = sorted(name for name, seal in manifest.tables.items() if here.get(name) != seal)
    if wrong:
        raise Invalid(f"The rows of {', '.join(wrong)} are not those that were written. Take another backup.")


def _run(program: str, url: URL, *arguments: str) -> None:
    """Raises Unavailable where the program is missing or fails."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(
            f"The program {program} is needed for PostgreSQL and is not on this machine. Install PostgreSQL's client "
            "programs (Debian: apt install postgresql-client), of the server's version or later."
        )
    with TemporaryDirectory(prefix="peerloom-") as folder:
        address = url.set(drivername="postgresql", password=None)
        if url.password:
            address = address.update_query_dict({"passfile": str(_password_file(Path(folder), str(url.password)))})
        where = f"--dbname={address.render_as_string(hide_password=False)}"
        done = subprocess.run([found, where, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Unavailable(f"{program} did not do its work: {done.stderr.strip()[-500:]}")


def _password_file(folder: Path, password: str) -> Path:
    """In a file of its own, since everybody on the machine may read a program's arguments."""
    file = folder / "pgpass"
    file.touch(mode=0o600)
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    file.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
    return file


def forget_index(data: Path) -> None:
    """The embedded index's files go, since they are of other rows."""
    for name in data_folder.INDEX:
        shutil.rmtree(data / name, ignore_errors=True)
