"""VectorIndex over Chroma, embedded or its Rust server. Holds ids and vectors only: no text, no metadata.

Embedded, one process owns the folder; whoever wires it takes the lock. Chroma's Python server is never used. What is
deleted leaves searches at once, but its bytes stay in the index files until the collection is written anew: vectors in
files of its folder that Chroma leaves behind, and in a log in its database.

chromadb is imported at the first use, not with this module, because the import alone takes most of a second.
"""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import numpy as np

from pipelines.ports import IndexUnavailable, Vectors, finite, rows_for

T = TypeVar("T")

# Recall@10 against exact search, mean of 200 queries, 384 dimensions, on 2 cores: 0.9995 at 6,000 texts embedded with
# the packaged model; with vectors mixed from pairs of those, 0.999 at 20,000 (12 s to write, 1.1 ms a search) and
# 0.996 at 100,000 (131 s, 1.4 ms). Chroma's defaults (16, 100, 100) gave 0.998 at 6,000 and 0.991 at 20,000.
HNSW = {"space": "cosine", "max_neighbors": 16, "ef_construction": 200, "ef_search": 200}
BATCH = 2000  # 2,000 vectors of 384 numbers are 3 MB on the wire; Chroma's own limit may be lower
_FRESH = ".fresh"
"""What the copy of a collection is called until it takes its place."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,510}[A-Za-z0-9]")

log = logging.getLogger(__name__)


class ChromaIndex:
    """Thread-safe. Made with `embedded` or `server`; neither touches disk or network before the first use."""

    def __init__(self, connect: Callable[[], Any], advice: str, folder: Path | None = None) -> None:
        self._connect, self._advice, self._folder = connect, advice, folder
        self._gate = _Gate()
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._lock = threading.RLock()

    @classmethod
    def embedded(cls, folder: Path | str) -> ChromaIndex:
        """Chroma in this process, in `folder`. At most one process may have the folder open."""
        return cls(
            lambda: _open_folder(Path(folder)),
            f"Check that the folder {folder} can be written, that the disk is not full and that no other process has "
            "it open; the index can be rebuilt from the database.",
            Path(folder),
        )

    @classmethod
    def server(
        cls,
        host: str,
        port: int = 8000,
        *,
        ssl: bool = False,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> ChromaIndex:
        """A server started with `chroma run`. `timeout` is in seconds and bounds each read from it."""
        return cls(
            lambda: _open_server(host, port, ssl, dict(headers or {}), timeout),
            f"Check that Chroma runs and answers at {host}:{port}, then try again.",
        )

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        _checked_name(collection)
        rows = rows_for(ids, vectors)
        place = {id_: at for at, id_ in enumerate(ids)}  # Chroma refuses an id twice in one call; the last one counts
        names, chosen = list(place), rows[list(place.values())]
        with self._told(collection):
            step = min(BATCH, int(self._opened().get_max_batch_size()))
            for at in range(0, len(names), step):
                self._upsert(collection, names[at : at + step], chosen[at : at + step])

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        _checked_name(collection)
        names = list(dict.fromkeys(ids))
        with self._told(collection):
            step = min(BATCH, int(self._opened().get_max_batch_size()))
            for at in range(0, len(names), step):
                self._remove(collection, names[at : at + step])

    def search(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        _checked_name(collection)
        query = finite(np.asarray(vector, dtype=np.float32).reshape(1, -1))
        if limit <= 0:
            return []
        with self._told(collection):
            found = self._on(collection, lambda at: _query(at, query, limit))
        return sorted(found or [], key=lambda hit: (-hit[1], hit[0]))

    def ids(self, collection: str) -> set[str]:
        _checked_name(collection)
        with self._told(collection):
            return set(self._on(collection, lambda found: found.get(include=[])["ids"]) or [])

    def rewrite(self, collections: Sequence[str]) -> bool:
        """pipelines.ports.Rewriting. Embedded, the folder is swept, too; a server's folder is its operator's, see
        `sweep`."""
        for name in collections:
            _checked_name(name)
            with self._told(name, alone=True):
                self._write_anew(name)
        if self._folder is None:
            return True
        with self._told("", alone=True):
            self.close()
            if self._folder.exists():
                sweep(self._folder)
        return False

    def _write_anew(self, name: str) -> None:
        """Copy the collection, and put the copy in its place. A crash in between leaves the copy, which is then all."""
        client, fresh, missing = self._opened(), f"{name}{_FRESH}", _chroma_errors().NotFoundError
        with self._lock:
            self._collections.pop(name, None)
        try:
            old = client.get_collection(name, embedding_function=None)
        except missing:
            with suppress(missing):
                client.get_collection(fresh, embedding_function=None).modify(name=name)
            return
        with suppress(missing):
            client.delete_collection(fresh)
        if not old.count():
            client.delete_collection(name)
            return
        new = client.create_collection(fresh, embedding_function=None, configuration={"hnsw": HNSW})
        step = min(BATCH, int(client.get_max_batch_size()))
        for at in range(0, old.count(), step):
            part = old.get(limit=step, offset=at, include=["embeddings"])
            new.upsert(ids=part["ids"], embeddings=part["embeddings"])
        client.delete_collection(name)
        new.modify(name=name)

    def close(self) -> None:
        """Let go of files and connections. The next use opens them again."""
        with self._lock:
            client, self._client, self._collections = self._client, None, {}
        if client is not None:
            client.close()
            for session in _sessions(client):  # its own close leaves a server's sockets open
                session.close()

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _remove(self, collection: str, ids: list[str]) -> None:
        self._on(collection, lambda found: found.delete(ids=ids))

    def _upsert(self, collection: str, ids: list[str], rows: Vectors) -> None:
        def upsert(found: Any) -> None:
            found.upsert(ids=ids, embeddings=rows)

        try:
            self._on(collection, upsert, create=True)
        except _chroma_errors().InvalidArgumentError as error:
            if "dimension" not in str(error) or self.ids(collection):
                raise
            # Chroma keeps the dimension of a collection that was emptied. Another model may move in: start afresh.
            self._drop(collection)
            self._on(collection, upsert, create=True)

    def _on(self, collection: str, act: Callable[[Any], T], *, create: bool = False) -> T | None:
        """`act` on the collection; None if there is none. One deleted elsewhere is looked up (or made) once more."""
        missing = _chroma_errors().NotFoundError
        for last in (False, True):
            try:
                return act(self._found(collection, create))
            except missing:
                with self._lock:
                    self._collections.pop(collection, None)
                if last and create:
                    raise
        return None

    def _found(self, collection: str, create: bool) -> Any:
        with self._lock:
            known = self._collections.get(collection)
        if known is not None:
            return known
        client = self._opened()
        # embedding_function=None: otherwise Chroma would fetch a model of its own, and run code named in its database.
        if create:
            made = client.get_or_create_collection(collection, embedding_function=None, configuration={"hnsw": HNSW})
        else:
            made = client.get_collection(collection, embedding_function=None)
        with self._lock:
            return self._collections.setdefault(collection, made)

    def _drop(self, collection: str) -> None:
        with self._lock:
            self._collections.pop(collection, None)
        self._opened().delete_collection(collection)

    @contextmanager
    def _told(self, collection: str, *, alone: bool = False) -> Iterator[None]:
        """Whatever Chroma or its connection raises, as the one error of the port, with what to do about it. Any number
        pass at a time; who writes a collection anew is alone."""
        try:
            with self._gate.alone() if alone else self._gate.passing():
                yield
        except IndexUnavailable:
            raise
        except Exception as error:
            log.warning("chroma failed: %s", type(error).__name__)
            if "dimension" in str(error):
                raise IndexUnavailable(
                    f"The collection {collection} was written with another embedding model: {error}. "
                    "Rebuild it (peerloom reindex), or go back to that model."
                ) from error
            raise IndexUnavailable(
                f"The vector index did not do its work ({type(error).__name__}). {self._advice}"
            ) from error


class _Gate:
    """Many pass, or one is alone. Not to be entered twice by one thread."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._inside = 0
        self._shut = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            with self._change:
                self._inside -= 1
                self._change.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: not self._shut)
            self._shut = True
            self._change.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._change:
                self._shut = False
                self._change.notify_all()


def sweep(folder: Path) -> list[str]:
    """Remove what Chroma left behind in its folder while nobody has it open: folders of collections that are no more
    (their names), and deleted rows of its database. Removes nothing where it does not know for sure. Raises
    IndexUnavailable."""
    file = folder / "chroma.sqlite3"
    if not file.is_file():
        raise IndexUnavailable(f"{folder} is no folder of Chroma: there is no {file.name} in it.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete=ON")
            segments = {str(row[0]) for row in database.execute("SELECT id FROM segments")}
            strays = [
                one for one in folder.iterdir() if one.is_dir() and _is_uuid(one.name) and one.name not in segments
            ]
            for one in strays:
                shutil.rmtree(one)
            database.execute("VACUUM")
    except (sqlite3.Error, OSError) as error:
        raise IndexUnavailable(
            f"What was deleted could not be taken out of {folder} ({error}). Check that it can be written, that the "
            "disk is not full and that no other process has it open; then try again."
        ) from error
    return sorted(one.name for one in strays)


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _query(found: Any, query: Vectors, limit: int) -> list[tuple[str, float]]:
    try:
        answer = found.query(query_embeddings=query, n_results=limit, include=["distances"])
    except _chroma_errors().InvalidArgumentError:
        if found.count():
            raise
        return []  # emptied, but Chroma still remembers the dimension it had
    hits = zip(answer["ids"][0], answer["distances"][0], strict=True)
    return [(id_, float(min(1.0, max(-1.0, 1.0 - distance)))) for id_, distance in hits]


def _open_folder(folder: Path) -> Any:
    import chromadb

    folder.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(str(folder), settings=_quiet())


def _open_server(host: str, port: int, ssl: bool, headers: dict[str, str], timeout: float) -> Any:
    import chromadb
    import httpx

    # Chroma's client waits for ever, also while it is being made. So: first ask whether anybody answers at all,
    # then bound its sessions. They are private; the contract suite stops a server to see that this holds.
    address = f"{'https' if ssl else 'http'}://{host}:{port}/api/v2/heartbeat"
    httpx.get(address, headers=headers, timeout=timeout).raise_for_status()
    client: Any = chromadb.HttpClient(host, port, ssl=ssl, headers=headers, settings=_quiet())
    for session in _sessions(client):
        session.timeout = httpx.Timeout(timeout)
    return client


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client (it has a second one for itself); none when embedded."""
    parts = (client._server, client._admin_client._server)
    return [part._session for part in parts if hasattr(part, "_session")]


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, _env_file=None)


def _chroma_errors() -> Any:
    import chromadb.errors

    return chromadb.errors


def _checked_name(collection: str) -> None:
    if not _NAME.fullmatch(collection):
        raise ValueError(
            f"“{collection}” cannot name a collection: 3 to 512 of A-Z a-z 0-9 . _ -, letters at both ends."
        )
