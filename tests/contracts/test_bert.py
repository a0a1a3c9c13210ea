"""The packaged model run as it is gives what the library around it gives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.adapters.bert import PlainBert, is_plain
from pipelines.adapters.sentence_transformer import packaged_model_path
from tests.contracts.test_embedder import ODD, TEXTS


@pytest.mark.model
def test_texts_of_all_kinds_get_the_vectors_that_the_library_gives_them() -> None:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(packaged_model_path()), device="cpu", local_files_only=True)
    texts = [text.encode("utf-8", "replace").decode() for text in (*TEXTS, *ODD, "Who visits whom? " * 90)]
    ours = PlainBert(packaged_model_path(), "cpu", None)
    assert ours.get_embedding_dimension() == 384
    np.testing.assert_allclose(ours.encode(texts), library.encode(texts, batch_size=32), atol=1e-6)


@pytest.mark.parametrize(
    ("file", "other"),
    [
        ("config.json", {"model_type": "mpnet"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode": "max"}),
    ],
)
def test_a_model_that_computes_otherwise_is_left_to_the_library(tmp_path: Path, file: str, other: object) -> None:
    folder = tmp_path / "model"
    ignored = shutil.ignore_patterns("*.safetensors", "vocab.txt")
    shutil.copytree(packaged_model_path(), folder, ignore=ignored)
    assert not is_plain(folder), "it has no weights"
    (folder / "model.safetensors").touch()
    assert is_plain(folder)
    there = json.loads((folder / file).read_text("utf-8"))
    (folder / file).write_text(json.dumps({**there, **other}), "utf-8")  # type: ignore[dict-item]
    assert not is_plain(folder)
