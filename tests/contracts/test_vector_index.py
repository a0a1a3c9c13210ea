"""What every VectorIndex keeps to, run on Chroma embedded, on Chroma's server and on the exact index, the oracle.

Recall was measured apart, with 384 dimensions, 200 queries and the ten nearest: see `pipelines/adapters/chroma.py`.
"""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.adapters.chroma import ChromaIndex
from pipelines.adapters.exact import ExactIndex
from pipelines.ports import IndexUnavailable, VectorIndex, Vectors
from tests.budget import examples
from tests.contracts.chroma_server import ChromaServer

DIMENSIONS = 16
KINDS = ("exact in memory", "exact in a folder", "chroma embedded", "chroma server")


@pytest.fixture(params=KINDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    match request.param:
        case "exact in memory":
            yield ExactIndex()
        case "exact in a folder":
            yield ExactIndex(tmp_path / "exact")
        case "chroma embedded":
            embedded = ChromaIndex.embedded(tmp_path / "chroma")
            yield embedded
            embedded.close()
        case _:
            server: ChromaServer = request.getfixturevalue("chroma_server")
            client = ChromaIndex.server("127.0.0.1", server.port)
            yield client
            client.close()


@pytest.fixture
def collection() -> str:
    return f"work-{secrets.token_hex(16)}"


def unit(count: int, seed: int = 1, dimensions: int = DIMENSIONS) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def names(count: int, start: int = 0) -> list[str]:
    return [f"rev{number}@0-{number}" for number in range(start, start + count)]


def test_a_collection_that_does_not_exist_reads_as_empty(index: VectorIndex, collection: str) -> None:
    assert index.search(collection, unit(1)[0], 5) == []
    assert index.ids(collection) == set()
    index.delete(collection, ["a"])


def test_a_written_vector_is_found_with_its_cosine_best_first(index: VectorIndex, collection: str) -> None:
    rows = np.zeros((3, DIMENSIONS), dtype=np.float32)
    rows[0, 0] = rows[1, 1] = 1
    rows[2, :2] = [0.6, 0.8]
    index.write(collection, ["x", "y", "between"], rows)
    found = index.search(collection, rows[1], 3)
    assert [id_ for id_, _ in found] == ["y", "between", "x"]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.8, 0.0], abs=1e-5)


def test_the_cosine_does_not_depend_on_the_lengths_of_the_vectors(index: VectorIndex, collection: str) -> None:
    rows = unit(4)
    index.write(collection, names(4), rows * 7)
    found = dict(index.search(collection, rows[0] * 3, 4))
    assert found == pytest.approx(dict(zip(names(4), (rows @ rows[0]).tolist(), strict=True)), abs=1e-5)


def test_an_id_written_again_is_replaced_not_doubled(index: VectorIndex, collection: str) -> None:
    rows = unit(3)
    index.write(collection, ["a", "b"], rows[:2])
    index.write(collection, ["a"], rows[2:])
    assert index.ids(collection) == {"a", "b"}
    assert dict(index.search(collection, rows[2], 2))["a"] == pytest.approx(1.0, abs=1e-5)


def test_of_an_id_twice_in_one_write_the_last_counts(index: VectorIndex, collection: str) -> None:
    rows = unit(3)
    index.write(collection, ["a", "b", "a"], rows)
    assert dict(index.search(collection, rows[2], 5))["a"] == pytest.approx(1.0, abs=1e-5)
    assert index.ids(collection) == {"a", "b"}


def test_what_was_deleted_is_not_found_and_deleting_again_is_fine(index: VectorIndex, collection: str) -> None:
    rows = unit(5)
    index.write(collection, names(5), rows)
    for _ in range(2):
        index.delete(collection, [*names(2), *names(1), "never there"])
        assert index.ids(collection) == set(names(3, 2))
        assert {id_ for id_, _ in index.search(collection, rows[0], 5)} == set(names(3, 2))


def test_nothing_to_write_or_delete_is_fine(index: VectorIndex, collection: str) -> None:
    index.write(collection, [], np.zeros((0, DIMENSIONS), dtype=np.float32))
    index.delete(collection, [])
    assert index.ids(collection) == set()
    assert index.search(collection, unit(1)[0], 3) == []


def test_a_limit_beyond_the_collection_gives_all_and_none_gives_none(index: VectorIndex, collection: str) -> None:
    index.write(collection, names(3), unit(3))
    assert len(index.search(collection, unit(1)[0], 500)) == 3
    assert index.search(collection, unit(1)[0], 0) == []


def test_collections_do_not_see_one_another(index: VectorIndex, collection: str) -> None:
    other = collection.replace("work", "context")
    index.write(collection, ["a"], unit(1))
    index.write(other, ["b"], unit(1))
    index.delete(other, ["a"])
    assert index.ids(collection) == {"a"}
    assert [id_ for id_, _ in index.search(other, unit(1)[0], 5)] == ["b"]


def test_a_zero_vector_is_kept_and_is_like_nothing(index: VectorIndex, collection: str) -> None:
    rows = np.concatenate([unit(1), np.zeros((1, DIMENSIONS), dtype=np.float32)])
    index.write(collection, ["a", "blank"], rows)
    assert index.ids(collection) == {"a", "blank"}
    assert dict(index.search(collection, rows[0], 2)) == pytest.approx({"a": 1.0, "blank": 0.0}, abs=1e-5)
    assert dict(index.search(collection, rows[1], 2)) == pytest.approx({"a": 0.0, "blank": 0.0}, abs=1e-5)


def test_vectors_of_another_dimension_are_refused_with_what_to_do(index: VectorIndex, collection: str) -> None:
    index.write(collection, ["a"], unit(1))
    with pytest.raises(IndexUnavailable, match=r"another embedding model.*reindex"):
        index.write(collection, ["b"], unit(1, dimensions=8))
    with pytest.raises(IndexUnavailable, match=r"another embedding model.*reindex"):
        index.search(collection, unit(1, dimensions=8)[0], 3)
    assert index.ids(collection) == {"a"}


def test_an_emptied_collection_takes_another_model(index: VectorIndex, collection: str) -> None:
    index.write(collection, ["a"], unit(1))
    index.delete(collection, ["a"])
    assert index.search(collection, unit(1, dimensions=8)[0], 3) == []
    index.write(collection, ["b"], unit(1, dimensions=8))
    assert [id_ for id_, _ in index.search(collection, unit(1, dimensions=8)[0], 3)] == ["b"]


@pytest.mark.parametrize("name", ["", "ab", "../escape", "work/1", "wörk-1", "-work", "work ", "a" * 600])
def test_a_name_that_could_not_be_kept_is_refused(index: VectorIndex, name: str) -> None:
    for act in (
        lambda: index.write(name, ["a"], unit(1)),
        lambda: index.delete(name, ["a"]),
        lambda: index.search(name, unit(1)[0], 1),
        lambda: index.ids(name),
    ):
        with pytest.raises(ValueError, match="cannot name a collection"):
            act()


def test_vectors_that_are_no_numbers_or_too_few_are_refused(index: VectorIndex, collection: str) -> None:
    for ids, rows in ((["a", "b"], unit(1)), (["a"], unit(1)[0]), ([""], unit(1)), (["a"], unit(1) * np.nan)):
        with pytest.raises(ValueError, match=r"rows of numbers|not finite"):
            index.write(collection, ids, rows)
    with pytest.raises(ValueError, match="not finite"):
        index.search(collection, unit(1)[0] * np.inf, 3)
    assert index.ids(collection) == set()


def test_ids_may_hold_any_letters(index: VectorIndex, collection: str) -> None:
    odd = ["ü@0-4", "家@1-2", "a b\tc", "'; DROP TABLE", "🧵", "x" * 300]
    index.write(collection, odd, unit(len(odd)))
    assert index.ids(collection) == set(odd)
    index.delete(collection, odd[:3])
    assert index.ids(collection) == set(odd[3:])


def test_more_than_one_batch_is_written_and_deleted_whole(index: VectorIndex, collection: str) -> None:
    index.write(collection, names(6000), unit(6000))
    assert index.ids(collection) == set(names(6000))
    index.delete(collection, names(5990))
    assert index.ids(collection) == set(names(10, 5990))


def test_several_threads_may_write_search_and_delete_at_once(index: VectorIndex, collection: str) -> None:
    rows = unit(200)

    def work(part: int) -> None:
        mine = names(25, 25 * part)
        index.write(collection, mine, rows[25 * part : 25 * part + 25])
        assert index.search(collection, rows[25 * part], 1)[0][1] == pytest.approx(1.0, abs=1e-5)
        index.delete(collection, mine[:5])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert index.ids(collection) == {id_ for part in range(8) for id_ in names(20, 25 * part + 5)}


def test_the_nearest_are_those_that_the_oracle_finds(index: VectorIndex, collection: str) -> None:
    rows, queries, oracle = unit(3000), unit(40, seed=2), ExactIndex()
    for written in (index, oracle):
        written.write(collection, names(3000), rows)
    found = [{id_ for id_, _ in index.search(collection, query, 10)} for query in queries]
    truth = [{id_ for id_, _ in oracle.search(collection, query, 10)} for query in queries]
    recall = sum(len(mine & right) for mine, right in zip(found, truth, strict=True)) / (10 * len(queries))
    assert recall >= 0.99


steps = st.lists(
    st.tuples(st.sampled_from(["write", "delete"]), st.lists(st.integers(0, 7), min_size=1, max_size=4)), max_size=8
)


@settings(max_examples=examples(5, 50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_run_of_writes_and_deletions_leaves_what_a_dictionary_would(
    index: VectorIndex, steps: list[tuple[str, list[int]]]
) -> None:
    collection, kept, seed = f"work-{secrets.token_hex(16)}", dict[str, Vectors](), 0
    for act, picked in steps:
        ids, seed = [f"id{number}" for number in picked], seed + 1
        if act == "write":
            rows = unit(len(ids), seed)
            index.write(collection, ids, rows)
            kept.update(zip(ids, rows, strict=True))
        else:
            index.delete(collection, ids)
            kept = {id_: row for id_, row in kept.items() if id_ not in ids}
    assert index.ids(collection) == set(kept)
    query = unit(1, 99)[0]
    expected = {id_: float(row @ query) for id_, row in kept.items()}
    assert dict(index.search(collection, query, 20)) == pytest.approx(expected, abs=1e-5)


WRITE_AND_DIE = """
import os, signal, sys
import numpy as np
from pipelines.adapters.{module} import {maker}
index = {call}(sys.argv[1])
for number in range(3):
    index.write("work-1", [f"{{number}}-{{at}}" for at in range(40)], np.eye(40, dtype=np.float32) + number)
    index.delete("work-1", ["0-0"])
print("acknowledged", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
ON_DISK: dict[str, tuple[str, str, Callable[[Path], VectorIndex]]] = {
    "chroma": ("ChromaIndex", "ChromaIndex.embedded", ChromaIndex.embedded),
    "exact": ("ExactIndex", "ExactIndex", ExactIndex),
}


@pytest.mark.parametrize("module", ON_DISK)
def test_acknowledged_writes_are_there_after_the_process_was_killed(module: str, tmp_path: Path) -> None:
    maker, call, make = ON_DISK[module]
    program = WRITE_AND_DIE.format(module=module, maker=maker, call=call)
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (died.returncode, died.stdout) == (-signal.SIGKILL, "acknowledged\n"), died.stderr
    index = make(tmp_path)
    everything = {f"{number}-{at}" for number in range(3) for at in range(40)}
    assert index.ids("work-1") == everything - {"0-0"}
    assert index.search("work-1", np.eye(40, dtype=np.float32)[5], 1)[0][0] == "0-5"
    if isinstance(index, ChromaIndex):
        index.close()


def test_chroma_embedded_opens_again_after_it_was_closed(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path)
    index.write("work-1", names(50), unit(50))
    index.close()
    assert index.ids("work-1") == set(names(50))
    index.close()


def test_chroma_holds_ids_and_vectors_only(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path)
    index.write("work-1", ["a"], unit(1))
    held = index._opened().get_collection("work-1", embedding_function=None).get(include=["metadatas", "documents"])
    index.close()
    assert (held["ids"], held["documents"], held["metadatas"]) == (["a"], [None], [None])


def test_chroma_embedded_says_what_to_do_when_its_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexUnavailable, match="can be written"):
        ChromaIndex.embedded(tmp_path / "file").ids("work-1")


def test_a_collection_deleted_elsewhere_is_made_again_or_reads_as_empty(chroma_server: ChromaServer) -> None:
    index = ChromaIndex.server("127.0.0.1", chroma_server.port)
    other = ChromaIndex.server("127.0.0.1", chroma_server.port)
    for act in ("write", "search", "ids", "delete"):
        name = f"work-{secrets.token_hex(16)}"
        index.write(name, ["old"], unit(1))
        other._drop(name)
        if act == "write":
            index.write(name, ["new"], unit(1, dimensions=8))
            assert index.ids(name) == other.ids(name) == {"new"}
        elif act == "search":
            assert index.search(name, unit(1)[0], 3) == []
            other.write(name, ["made again"], unit(1))
            assert index.ids(name) == {"made again"}
            other._drop(name)
            other.write(name, ["and again"], unit(1))
            assert index.ids(name) == {"and again"}
        elif act == "ids":
            assert index.ids(name) == set()
        else:
            index.delete(name, ["old"])
    index.close()
    other.close()


def test_two_clients_of_one_server_see_each_others_writes_at_once(chroma_server: ChromaServer, collection: str) -> None:
    one, two = (ChromaIndex.server("127.0.0.1", chroma_server.port) for _ in range(2))
    one.write(collection, ["a"], unit(1))
    two.write(collection, ["b"], unit(1))
    assert one.ids(collection) == two.ids(collection) == {"a", "b"}
    one.close()
    two.close()


def test_a_server_that_is_killed_and_started_again_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with ChromaServer(tmp_path) as server:
        index = ChromaIndex.server("127.0.0.1", server.port)
        for part in range(4):
            index.write("work-1", names(300, 300 * part), unit(300, part))
        index.delete("work-1", names(10))
        server.kill()
        with pytest.raises(IndexUnavailable, match="Check that Chroma runs"):
            index.ids("work-1")
        with pytest.raises(IndexUnavailable, match="Check that Chroma runs"):
            index.write("work-1", ["x"], unit(1))
        server.start()
        assert index.ids("work-1") == set(names(1190, 10))
        assert index.search("work-1", unit(300, 2)[7], 1)[0][0] == names(1, 607)[0]
        index.close()


def test_a_server_that_no_longer_answers_is_given_up_in_time(tmp_path: Path) -> None:
    with ChromaServer(tmp_path) as server:
        index = ChromaIndex.server("127.0.0.1", server.port, timeout=0.5)
        index.write("work-1", ["a"], unit(1))
        server.send(signal.SIGSTOP)
        with pytest.raises(IndexUnavailable, match="ReadTimeout"):
            index.search("work-1", unit(1)[0], 1)
        with pytest.raises(IndexUnavailable, match="ReadTimeout"):
            ChromaIndex.server("127.0.0.1", server.port, timeout=0.5).ids("work-1")
        server.send(signal.SIGCONT)
        assert index.ids("work-1") == {"a"}
        index.close()


def test_a_server_that_is_not_there_is_told_at_the_first_use_and_not_before() -> None:
    index = ChromaIndex.server("127.0.0.1", 1)
    with pytest.raises(IndexUnavailable, match=r"answers at 127\.0\.0\.1:1"):
        index.search("work-1", unit(1)[0], 1)


def test_the_exact_index_drops_a_torn_last_record_and_goes_on(tmp_path: Path) -> None:
    ExactIndex(tmp_path).write("work-1", ["a", "b"], unit(2))
    file = tmp_path / "work-1.vectors"
    whole = file.read_bytes()
    for torn in (whole[:-5], whole + b"\x03\x00abc", whole[:-4] + b"\x00\x00\x00\x00"):
        file.write_bytes(torn)
        ExactIndex(tmp_path).write("work-1", ["c"], unit(1))
        assert ExactIndex(tmp_path).ids("work-1") == ({"a", "b", "c"} if torn.startswith(whole) else {"a", "c"})


def test_the_exact_index_keeps_no_bytes_of_what_was_deleted_or_replaced(tmp_path: Path) -> None:
    rows, index = np.eye(4, dtype=np.float32), ExactIndex(tmp_path)
    index.write("work-1", ["a", "b", "c"], rows[:3])
    index.delete("work-1", ["a"])
    index.write("work-1", ["b"], rows[3:])
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [row.tobytes() in left for row in rows] == [False, False, True, True]
    assert ExactIndex(tmp_path).ids("work-1") == {"b", "c"}
    index.delete("work-1", ["b", "c"])
    assert list(tmp_path.iterdir()) == []


def test_the_exact_index_refuses_a_file_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "work-1.vectors").write_bytes(b"something else")
    with pytest.raises(IndexUnavailable, match="Move it away"):
        ExactIndex(tmp_path)
