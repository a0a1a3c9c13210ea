"""VectorIndex in plain numpy: a search compares with every vector. The oracle for recall, and enough for small sites.

In memory, or in memory and in a folder, so that it is there again after a restart. One process owns the folder. Search
takes 0.1 ms in a collection of 2,500 vectors of 384 numbers and about 17 ms in one of 100,000.

A collection is one file: `PLVX`, the dimension, then a record for each vector (length of the id, id, float32 numbers,
CRC-32). Additions are appended and forced to disk before `write` returns; a torn last record, left by a crash before
that, is dropped at the next start. A replacement or deletion rewrites the file, so what was erased is gone from it.
"""

from __future__ import annotations

import os
import re
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from pipelines.ports import IndexUnavailable, Vectors, finite, rows_for

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,200}[A-Za-z0-9]")  # also a safe file name
_HEAD = struct.Struct("<4sI")
_MAGIC = b"PLVX"
_SUFFIX = ".vectors"


class ExactIndex:
    """Thread-safe. `folder` is made if needed; None keeps everything in memory only."""

    def __init__(self, folder: Path | str | None = None) -> None:
        self._folder = None if folder is None else Path(folder)
        self._collections: dict[str, _Collection] = {}
        self._lock = threading.Lock()
        if self._folder is not None:
            with _told(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
                    self._collections[file.name.removesuffix(_SUFFIX)] = _read(file)

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        _checked_name(collection)
        rows = _unit(rows_for(ids, vectors))
        if not len(ids):
            return
        last = {id_: at for at, id_ in enumerate(ids)}  # an id twice in one call: the last one counts
        names, chosen = list(last), rows[list(last.values())]
        with self._lock, _told(self._folder):
            held = self._collections.get(collection) or _Collection(rows.shape[1])
            held.check(collection, rows.shape[1])
            merged = held.with_(names, chosen)
            if held.ids and not any(id_ in held.place for id_ in names):
                self._append(collection, names, chosen)
            else:
                self._rewrite(collection, merged)
            self._collections[collection] = merged

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        _checked_name(collection)
        with self._lock, _told(self._folder):
            held = self._collections.get(collection)
            if held is None or not any(id_ in held.place for id_ in ids):
                return
            rest = held.without(set(ids))
            self._rewrite(collection, rest)
            if rest.ids:
                self._collections[collection] = rest
            else:
                del self._collections[collection]

    def search(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        _checked_name(collection)
        query = _unit(finite(np.asarray(vector, dtype=np.float32).reshape(1, -1)))[0]
        with self._lock:
            held = self._collections.get(collection)
        if held is None or limit <= 0:
            return []
        held.check(collection, len(query))
        return held.nearest(query, limit)

    def ids(self, collection: str) -> set[str]:
        _checked_name(collection)
        with self._lock:
            held = self._collections.get(collection)
        return set(held.ids) if held else set()

    def _file(self, collection: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{collection}{_SUFFIX}"

    def _append(self, collection: str, ids: Sequence[str], rows: Vectors) -> None:
        file = self._file(collection)
        if file is None:
            return
        with file.open("r+b") as stream:
            size = stream.seek(0, os.SEEK_END)
            try:
                stream.write(b"".join(_records(ids, rows)))
                _force(stream)
            except OSError:
                stream.truncate(size)  # a full disk leaves no half of a record behind for later ones to follow
                raise

    def _rewrite(self, collection: str, content: _Collection) -> None:
        file = self._file(collection)
        if file is None:
            return
        if not content.ids:
            file.unlink(missing_ok=True)
        else:
            _replace(file, content)
        _force_folder(file.parent)


class _Collection:
    """Never changed once it is in the index: a writer puts a new one in its place, so readers need no lock."""

    def __init__(self, dimensions: int, ids: list[str] | None = None, rows: Vectors | None = None) -> None:
        self.ids: list[str] = ids if ids is not None else []
        self.place = {id_: at for at, id_ in enumerate(self.ids)}
        self.rows: Vectors = rows if rows is not None else np.zeros((0, dimensions), dtype=np.float32)

    def check(self, collection: str, dimensions: int) -> None:
        if dimensions != self.rows.shape[1]:
            raise IndexUnavailable(
                f"The collection {collection} was written with another embedding model: it holds vectors of dimension "
                f"{self.rows.shape[1]}, not {dimensions}. Rebuild it (peerloom reindex), or go back to that model."
            )

    def with_(self, ids: Sequence[str], rows: Vectors) -> _Collection:
        new = [at for at, id_ in enumerate(ids) if id_ not in self.place]
        merged = np.concatenate([self.rows, rows[new]])
        for at, id_ in enumerate(ids):
            if id_ in self.place:
                merged[self.place[id_]] = rows[at]
        return _Collection(self.rows.shape[1], [*self.ids, *(ids[at] for at in new)], merged)

    def without(self, ids: set[str]) -> _Collection:
        kept = [at for at, id_ in enumerate(self.ids) if id_ not in ids]
        return _Collection(self.rows.shape[1], [self.ids[at] for at in kept], self.rows[kept])

    def nearest(self, query: Vectors, limit: int) -> list[tuple[str, float]]:
        cosines = np.clip(self.rows @ query, -1.0, 1.0)
        if limit < len(cosines):
            # All that tie with the last one are kept until the ids have decided, so the answer depends on no order.
            threshold = np.partition(cosines, -limit)[-limit]
            chosen = np.flatnonzero(cosines >= threshold)
        else:
            chosen = np.arange(len(cosines))
        return sorted(((self.ids[at], float(cosines[at])) for at in chosen), key=lambda hit: (-hit[1], hit[0]))[:limit]


def _records(ids: Iterable[str], rows: Vectors) -> Iterator[bytes]:
    for id_, row in zip(ids, rows, strict=True):
        name = id_.encode("utf-8", "surrogatepass")
        record = struct.pack("<H", len(name)) + name + row.astype("<f4").tobytes()
        yield record + struct.pack("<I", zlib.crc32(record))


def _read(file: Path) -> _Collection:
    """The collection in `file`; what follows the last whole record is cut off, or the next addition would be lost."""
    data = file.read_bytes()
    magic, dimensions = _HEAD.unpack_from(data) if len(data) >= _HEAD.size else (b"", 0)
    if magic != _MAGIC:
        raise IndexUnavailable(f"{file} is not a vector file of this program. Move it away and rebuild the index.")
    ids, rows, at = [], [], _HEAD.size
    while (record := _record_at(data, at, dimensions)) is not None:
        id_, row, at = record
        ids.append(id_)
        rows.append(row)
    if at < len(data):
        os.truncate(file, at)
    return _Collection(dimensions, ids, np.stack(rows) if rows else None)


def _record_at(data: bytes, at: int, dimensions: int) -> tuple[str, Vectors, int] | None:
    if at + 2 > len(data):
        return None
    (length,) = struct.unpack_from("<H", data, at)
    numbers = at + 2 + length
    end = numbers + 4 * dimensions
    if end + 4 > len(data) or struct.unpack_from("<I", data, end)[0] != zlib.crc32(data[at:end]):
        return None
    row = np.frombuffer(data, dtype="<f4", count=dimensions, offset=numbers).astype(np.float32)
    return data[at + 2 : numbers].decode("utf-8", "surrogatepass"), row, end + 4


def _replace(file: Path, content: _Collection) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as stream:
        stream.write(_HEAD.pack(_MAGIC, content.rows.shape[1]))
        stream.writelines(_records(content.ids, content.rows))
        _force(stream)
    fresh.replace(file)


def _force(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _force_folder(folder: Path) -> None:
    """A rename or removal is on disk only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(folder: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnavailable(
            f"The vector index could not use its folder {folder}: {error.strerror}. Check that it can be written and "
            "that the disk is not full; the index can be rebuilt from the database."
        ) from error


def _unit(rows: Vectors) -> Vectors:
    """Rows of length 1, so that a dot product is a cosine; a zero row stays zero and is like nothing."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return unit


def _checked_name(collection: str) -> None:
    if not _NAME.fullmatch(collection):
        raise ValueError(
            f"“{collection}” cannot name a collection: 3 to 202 of A-Z a-z 0-9 . _ -, letters at both ends."
        )
