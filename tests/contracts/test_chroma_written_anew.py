"""What was deleted from Chroma leaves its files, too; where it is not sure what is whose, nothing is touched."""

from __future__ import annotations

import secrets
from pathlib import Path

import numpy as np
import pytest

from pipelines.adapters.chroma import ChromaIndex, sweep
from pipelines.ports import IndexUnavailable
from tests.contracts.chroma_server import ChromaServer
from tests.contracts.test_vector_index import names, unit


@pytest.fixture
def collection() -> str:
    return f"work-{secrets.token_hex(16)}"


def test_what_was_deleted_is_in_no_file_once_its_collection_is_written_anew(tmp_path: Path, collection: str) -> None:
    index = ChromaIndex.embedded(tmp_path / "chroma")
    rows = unit(1200, dimensions=64)  # more than a thousand, which Chroma writes into the files of its graph
    index.write(collection, names(1200), rows)
    index.write(f"{collection}-other", names(3), unit(3, seed=2, dimensions=64))
    kept = index._opened().get_collection(collection, embedding_function=None).get(include=["embeddings"])
    of = dict(zip(kept["ids"], kept["embeddings"], strict=True))
    canaries = {np.asarray(of[name], dtype=np.float32).tobytes() for name in names(2)} | {rows[0].tobytes()}
    assert any(canary in content for content in _contents(tmp_path) for canary in canaries)
    index.delete(collection, names(2))
    index.delete(f"{collection}-other", names(3))
    assert index.rewrite([collection, f"{collection}-other", "never-there"]) is False
    assert not any(canary in content for content in _contents(tmp_path) for canary in canaries)
    assert index.ids(collection) == set(names(1198, start=2))
    assert [hit for hit, _ in index.search(collection, rows[5], 1)] == [names(1, start=5)[0]]
    assert len([one for one in (tmp_path / "chroma").iterdir() if one.is_dir()]) == 1
    index.write(collection, names(1), rows[:1])
    assert index.search(collection, rows[0], 1)[0][0] == names(1)[0]
    index.close()


def _contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_a_collection_whose_writing_anew_was_cut_off_is_found_again(tmp_path: Path, collection: str) -> None:
    index = ChromaIndex.embedded(tmp_path / "chroma")
    index.write(collection, names(3), unit(3))
    index._opened().get_collection(collection, embedding_function=None).modify(name=f"{collection}.fresh")
    index.rewrite([collection])
    assert index.ids(collection) == set(names(3))
    index.close()


def test_a_server_says_that_others_may_have_written_meanwhile(chroma_server: ChromaServer, collection: str) -> None:
    index = ChromaIndex.server("127.0.0.1", chroma_server.port)
    index.write(collection, names(5), unit(5))
    index.delete(collection, names(1))
    assert index.rewrite([collection]) is True
    assert index.ids(collection) == set(names(4, start=1))
    index.close()


def test_a_folder_that_is_not_chromas_is_left_as_it_is(tmp_path: Path) -> None:
    stray = tmp_path / "01234567-89ab-4def-8123-456789abcdef"
    stray.mkdir()
    with pytest.raises(IndexUnavailable, match="no folder of Chroma"):
        sweep(tmp_path)
    (tmp_path / "chroma.sqlite3").write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(IndexUnavailable):
        sweep(tmp_path)
    assert stray.exists()
